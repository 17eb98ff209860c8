"""A ticket's page as text: a `TicketPage` in, view values out. No Qt; pure functions; time and zone are arguments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.estate import Staff
from desk.domain.journal import WhyMissing, why_missing
from desk.domain.numbers import read_number
from desk.domain.party import Direction
from desk.domain.spans import place_of
from desk.domain.tickets import OPEN_STAGES, Priority, Stage, Ticket, Window
from desk.domain.times import from_text
from desk.i18n import _
from desk.ui import message_lines, words
from desk.ui.intake.window_entry import show_window
from desk.ui.rows_presenter import CategoryName, Chip, short_time
from desk.usecases.read_ticket import TicketCall, TicketPage

KEYED_CALLS = 9
_STAGE_TONES = {Stage.CLOSED: "go", Stage.FOLLOWED_UP: "go", Stage.DONE: "go", Stage.CANCELLED: "", Stage.JOINED: ""}
_PRIORITY_TONES = {Priority.URGENT: "danger", Priority.HIGH: "warn"}


@dataclass(frozen=True, slots=True)
class Fact:
    """`heard_from`: the moment (ms) when this field got its first character, in the recording of
    `TicketPageView.first_call`; None where that is not known."""

    label: str
    value: str
    heard_from: int | None = None


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call of the ticket. `playable`: it has a recording; `state`: what there is to hear, or why not. `key` plays
    it ("" from the tenth on)."""

    call_id: str
    head: str
    state: str
    playable: bool
    key: str = ""


@dataclass(frozen=True, slots=True)
class TicketPageView:
    number: str
    title: str
    chips: tuple[Chip, ...] = ()
    description: str = ""
    facts: tuple[Fact, ...] = ()
    calls: tuple[CallLine, ...] = ()
    joined_to: str = ""  # id of the ticket that this one was joined to
    joined_number: str = ""
    first_call: str = ""
    title_heard_from: int | None = None
    description_heard_from: int | None = None


def present(
    page: TicketPage, category: CategoryName, now: datetime, zone: tzinfo, staff: Sequence[Staff] = ()
) -> TicketPageView:
    """`staff`: whose names stand beside their work numbers."""
    ticket = page.ticket
    heard = moments(ticket, page.calls)
    stage_tone = _STAGE_TONES.get(ticket.stage, "accent")
    chips = (
        Chip(words.stage(ticket.stage), stage_tone),
        Chip(words.kind(ticket.kind)),
        Chip(words.priority(ticket.priority), _PRIORITY_TONES.get(ticket.priority, "")),
        *((Chip(_("Early warning"), "danger"),) if ticket.warning_id else ()),
    )
    return TicketPageView(
        number=ticket.number,
        title=category(ticket.category) or words.kind(ticket.kind),
        chips=chips,
        description=ticket.description,
        facts=_facts(page, heard, now, zone, {one.number: one.name for one in staff}),
        calls=tuple(
            _call(call, f"Alt+{index}" if index <= KEYED_CALLS else "", now, zone)
            for index, call in enumerate(page.calls, 1)
        ),
        joined_to=page.joined_to.ticket_id if page.joined_to else "",
        joined_number=page.joined_to.number if page.joined_to else "",
        first_call=ticket.call_id or "",
        title_heard_from=heard.get("category"),
        description_heard_from=heard.get("description"),
    )


def moments(ticket: Ticket, calls: Sequence[TicketCall]) -> dict[str, int]:
    """Field of the form -> the place (ms) in the recording of the call the ticket was taken from, where it was begun;
    only what can be heard."""
    entry = next((call.recording for call in calls if call.call_id == ticket.call_id), None)
    return field_moments(ticket.typed, entry)


def field_moments(untrusted_typed: Sequence[str], entry: RecordingEntry | None) -> dict[str, int]:
    """The same of `Ticket.typed` and a recording; what cannot be read, or was typed before or after it, is left out."""
    if entry is None or entry.kept is RecordingKept.MISSING or entry.deleted_at is not None:
        return {}
    found = {}
    for one in untrusted_typed:
        field, _space, at = one.partition(" ")
        try:
            place = place_of(entry.spans, from_text(at), entry.length_ms)
        except ValueError:
            continue
        if place is not None and place < entry.length_ms:
            found[field] = place
    return found


def field_name(field: str) -> str:
    """A field of the form in words; "" for one that is not ours."""
    names = {
        "kind": _("Kind"),
        "category": _("Category"),
        "priority": _("Priority"),
        "place": _("Place"),
        "description": _("What happened"),
        "caller_name": _("Caller"),
        "contact_number": _("Contact"),
        "appointment": _("Home visit"),
    }
    return names.get(field, "")


def _facts(
    page: TicketPage, heard: Mapping[str, int], now: datetime, zone: tzinfo, names: Mapping[str, str]
) -> tuple[Fact, ...]:
    """Only what is known; an empty line would have to be read to learn nothing."""
    ticket = page.ticket
    contact = read_number(ticket.contact_number).shown or ticket.contact_number
    caller = ticket.caller_name
    if page.person is not None and page.person.name not in ("", caller):
        caller = (
            _("{caller} (for {resident})").format(caller=caller, resident=page.person.name)
            if caller
            else (page.person.name)
        )
    window = ""
    if ticket.appointment_start and ticket.appointment_until:
        window = show_window(Window(ticket.appointment_start, ticket.appointment_until), zone, now)
    facts = (
        Fact(_("Place"), ticket.place_text, heard.get("place")),
        Fact(_("Caller"), caller, heard.get("caller_name")),
        Fact(_("Contact"), contact, heard.get("contact_number")),
        Fact(_("Home visit"), window, heard.get("appointment")),
        Fact(_("Looked after by"), _named(ticket.owner, names) if ticket.stage in OPEN_STAGES else ""),
        Fact(_("Promised for"), short_time(ticket.promise_due_at, now, zone) if ticket.promise_due_at else ""),
        Fact(_("Paused until"), short_time(ticket.suspended_until, now, zone) if ticket.suspended_until else ""),
        Fact(_("Reason"), ticket.stage_reason),
        Fact(
            _("Registered"),
            _("{time} by {agent} at {seat}").format(
                time=short_time(ticket.registered_at, now, zone),
                agent=_named(ticket.registered_by, names),
                seat=ticket.seat,
            ),
        ),
        Fact(_("Closed"), short_time(ticket.closed_at, now, zone) if ticket.closed_at else ""),
        *(Fact(_("Message"), message_lines.line(message, now, zone)) for message in page.messages),
    )
    return tuple(fact for fact in facts if fact.value)


def _named(number: str, names: Mapping[str, str]) -> str:
    """ "1001 张三"; the work number alone where nobody is known by it."""
    return f"{number} {names.get(number, '')}".strip()


def _call(call: TicketCall, key: str, now: datetime, zone: tzinfo) -> CallLine:
    entry = call.entry
    state, playable = recording_state(call.recording, now_running=entry is None)
    if entry is None:
        return CallLine(call.call_id, _("This call"), state, playable, key if playable else "")
    number = read_number(entry.number).shown or entry.number or _("Number withheld")
    way = _("to {number}") if entry.direction is Direction.OUTGOING else _("from {number}")
    head = " · ".join(
        part
        for part in (
            short_time(entry.offered_at, now, zone),
            way.format(number=number),
            words.outcome(entry.outcome),
            _("agent {agent}").format(agent=entry.agent) if entry.agent else "",
        )
        if part
    )
    return CallLine(call.call_id, head, state, playable, key if playable else "")


def recording_state(entry: RecordingEntry | None, *, now_running: bool) -> tuple[str, bool]:
    """(what there is to hear, in words; whether it can be heard)."""
    if entry is None:
        if now_running:
            return _("The recording comes when the call is over."), False
        return _("The recording is being made ready; it comes in a moment."), False
    if entry.kept is RecordingKept.MISSING:
        return missing(entry.why), False
    if entry.deleted_at is not None:
        return _("The recording was deleted: {why}").format(why=entry.deleted_why or "-"), False
    length = duration(entry.length_ms)
    if entry.interrupted:
        return _("Recording {length}, broken off by a fault").format(length=length), True
    return _("Recording {length}").format(length=length), True


def missing(untrusted_why: str) -> str:
    """Why there is no recording (`RecordingEntry.why`); a reason that is not ours is shown as it stands."""
    why, detail = why_missing(untrusted_why)
    if why is None:
        return _("No recording: {why}").format(why=detail or _("reason unknown"))
    return {
        WhyMissing.NOT_ANSWERED: _("No recording: the call was not answered."),
        WhyMissing.INTERRUPTED: _("No recording: the call broke off before anybody spoke."),
        WhyMissing.NO_AUDIO: _("No recording: no sound came from either side."),
        WhyMissing.DISK_FULL: _("No recording: the disk was full."),
        WhyMissing.UNWRITABLE: _("No recording: its folder could not be written."),
        WhyMissing.LOST: _("No recording: its audio file is gone. Tell IT."),
        WhyMissing.UNSEALABLE: _("No recording: it could not be encoded. IT can still recover the raw audio."),
        WhyMissing.UNREADABLE: _(
            "No recording: nobody can read which call it is of. IT finds what there is in spool/aside."
        ),
    }[why]


def duration(length_ms: int) -> str:
    """ "3:07", "1:02:03"."""
    seconds = length_ms // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"
