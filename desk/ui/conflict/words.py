"""Names of things and of what can be in conflict in them, values as people read them, and why the centre refused a
change. Every table is closed: an aspect without words fails `tests/ui/conflict/test_words.py`. No Qt; the tables are
built when asked for, because the language is chosen at run time."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from desk.domain.changes import FieldValue
from desk.domain.early_warnings import WarningStep
from desk.domain.estate import Duty, Role
from desk.domain.set_aside import WhyRefused
from desk.domain.tickets import Kind, Priority, Stage, Window
from desk.domain.times import from_text
from desk.i18n import _
from desk.ui import words
from desk.ui.after import words as after_words
from desk.ui.intake.window_entry import show_window
from desk.ui.rows_presenter import CategoryName, short_time


def thing(entity: str) -> str:
    """What kind of thing; the entity's own name for one that only a newer version knows."""
    return {
        "ticket": _("Ticket"),
        "call": _("Call"),
        "person": _("Resident"),
        "household": _("Room"),
        "membership": _("Who lives where"),
        "number": _("Phone number"),
        "sensitive_tag": _("Tag"),
        "notice": _("Notice"),
        "staff": _("Staff"),
        "building": _("Building"),
        "public_area": _("Public area"),
        "estate": _("Estate"),
        "recording": _("Recording"),
        "listening": _("Listening log"),
        "comment": _("Remark"),
        "score": _("Score"),
        "sample": _("Sample"),
        "message": _("Message"),
        "task": _("Task"),
        "attempt": _("Attempt"),
        "promise": _("Promise"),
        "follow_up": _("Follow-up"),
        "survey": _("Survey"),
        "warning": _("Early warning"),
        "incident": _("Incident"),
        "article": _("Article"),
        "question": _("Question"),
        "duty_turn": _("Duty roster"),
        "seat_record": _("Seat register"),
        "seat_check": _("Check of the seat"),
        "stay": _("Time at the seat"),
        "state_span": _("Agent state"),
        "hand_over": _("Hand-over note"),
    }.get(entity, entity)


def aspect(entity: str, name: str) -> str:
    """What of it; the aspect's own name for one that only a newer version knows."""
    special = {
        ("call", "with"): _("Who called"),
        ("call", "ticket"): _("Its ticket"),
        ("person", "estate"): _("Estate"),
        ("household", "place"): _("Address"),
        ("membership", "who"): _("Who"),
        ("membership", "ended"): _("Moved out"),
        ("number", "number"): _("Number"),
        ("number", "whose"): _("Whose number"),
        ("number", "ended"): _("No longer used"),
        ("sensitive_tag", "ended"): _("No longer applies"),
        ("staff", "number"): _("Work number"),
        ("building", "code"): _("Short name"),
        ("public_area", "where"): _("Where it is"),
        ("ticket", "answer"): _("What the resident said"),
        ("task", "due"): _("Internal limit"),
        ("duty_turn", "ended"): _("No longer applies"),
        ("hand_over", "accepted"): _("Taken over by"),
        ("warning", "facts"): _("What it is about"),
        ("seat_record", "retired"): _("Out of service"),
    }
    general = {
        "stage": _("Stage"),
        "category": _("Category"),
        "priority": _("Priority"),
        "description": _("What happened"),
        "place": _("Place"),
        "caller": _("Caller"),
        "contact": _("Contact"),
        "appointment": _("Home visit"),
        "handler": _("Handler"),
        "name": _("Name"),
        "tags": _("Tags"),
        "tag": _("Tag"),
        "notes": _("Notes"),
        "role": _("Role"),
        "label": _("Label"),
        "title": _("Title"),
        "text": _("Text"),
        "time": _("Time"),
        "scope": _("Where it applies"),
        "phone": _("Telephone"),
        "duty": _("Duty"),
        "active": _("Works here"),
        "phase": _("Phase"),
        "area": _("Area"),
        "owner": _("Who looks after it"),
        "promised": _("Promised for"),
        "cause": _("Why overdue"),
        "state": _("State"),
        "due": _("Due"),
        "step": _("Step"),
        "evidence": _("Evidence"),
        "reply": _("Answer to callers"),
        "retired": _("No longer applies"),
        "when": _("When and who"),
        "words": _("Words to find it by"),
        "categories": _("Categories"),
        "hold": _("Legal hold"),
        "asset": _("Asset number"),
        "bought": _("Bought"),
        "price": _("Price (yuan)"),
        "supplier": _("Supplier"),
        "warranty": _("Warranty until"),
    }
    return special.get((entity, name)) or general.get(name, name)


def value(values: Mapping[str, FieldValue], named: str, category: CategoryName, now: datetime, zone: tzinfo) -> str:
    """What one version says, in a few words; `named` where an id stands for something (`read_conflicts.named`)."""
    field, first = next(iter(values.items()))
    if field == "appointment_start":
        return _window(first, values.get("appointment_until"), now, zone)
    if first in (None, "", []):
        return _("nothing")
    if named:
        return named
    if isinstance(first, bool):
        return _("yes") if first else _("no")
    if isinstance(first, list):
        return ", ".join(words.tag(one) for one in first)
    if field == "start":
        return " – ".join(_time(at, now, zone) for at in (first, values.get("until")))
    return _known(field, str(first), category)


def _known(field: str, text: str, category: CategoryName) -> str:
    """A word of ours in the agent's language, and any other text as it stands."""
    if field == "category":
        return category(text) or text
    tables = {
        "stage": {one.value: words.stage(one) for one in Stage},
        "kind": {one.value: words.kind(one) for one in Kind},
        "priority": {one.value: words.priority(one) for one in Priority},
        "role": {one.value: words.role(one) for one in Role},
        "duty": {one.value: words.duty(one) for one in Duty},
        "tag": {text: words.tag(text)},
        "step": {one.value: after_words.warning_step(one) for one in WarningStep},
    }
    return tables.get(field, {}).get(text, text)


def _window(start: FieldValue, until: FieldValue, now: datetime, zone: tzinfo) -> str:
    try:
        return show_window(Window(from_text(str(start)), from_text(str(until))), zone, now)
    except ValueError:
        return _("nothing")


def _time(at: FieldValue, now: datetime, zone: tzinfo) -> str:
    try:
        return short_time(from_text(str(at)), now, zone)
    except ValueError:
        return _("nothing")


def refused(why: WhyRefused) -> tuple[str, str]:
    """(why the centre would not take it, what to do about it)."""
    return {
        WhyRefused.UNKNOWN_HERE: (
            _("The centre does not know this kind of entry yet"),
            _("IT brings the centre up to date (desk central upgrade); then it is taken by itself."),
        ),
        WhyRefused.BAD_VALUE: (
            _("The centre cannot keep what stands in it"),
            _("Enter it again with other words, then drop this one. Export it for IT."),
        ),
        WhyRefused.NOT_ALLOWED: (
            _("Its author may not write this"),
            _("Ask the supervisor for the right, or who may do it; then offer it again."),
        ),
        WhyRefused.OTHER_ESTATE: (
            _("It is about an estate that its author does not work for"),
            _("Ask the supervisor to add the estate for them; then offer it again."),
        ),
        WhyRefused.OTHER_NAME: (
            _("It was written by somebody else than who is signed in"),
            _("It goes as soon as they sign in at this seat; or ask IT for the seat's own role."),
        ),
        WhyRefused.TOO_MUCH: (
            _("The centre takes no more of this now"),
            _("It is offered again later by itself."),
        ),
        WhyRefused.BROKEN: (
            _("The entry contradicts itself"),
            _("Enter it again, then drop this one. Export it for IT."),
        ),
        WhyRefused.OTHER: (
            _("The centre does not take it"),
            _("Export it and ask IT; nothing of it is lost here."),
        ),
    }[why]
