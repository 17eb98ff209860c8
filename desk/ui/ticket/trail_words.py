"""What one change of a ticket did, in plain words: the move first, then each field that is another now. Clocks that a
move started or stopped stand in its second line. No Qt; pure functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from desk.domain.changes import FieldValue
from desk.domain.clocks import DUE_FIELDS
from desk.domain.moves import IN_WORK, SOLVED, UNDO, MoveKind, is_made_by
from desk.domain.numbers import read_number
from desk.domain.tickets import Kind, Priority, Stage, Window
from desk.domain.times import from_text
from desk.i18n import _
from desk.ui import words
from desk.ui.after import words as after_words
from desk.ui.intake.window_entry import show_window
from desk.ui.rows_presenter import CategoryName, short_time
from desk.usecases.read_timeline import Moment
from desk.usecases.settle_conflict import BY_HAND, BY_TABLE

CLOCK = "timer"


@dataclass(frozen=True, slots=True)
class Said:
    """`text` is what was done, `detail` stands below it. `icon`, `tone` as in `theme` ("" plain)."""

    text: str
    detail: str = ""
    icon: str = "circle"
    tone: str = ""

    @property
    def is_clock(self) -> bool:
        """Nothing but times were set."""
        return self.icon == CLOCK


@dataclass(frozen=True, slots=True)
class Ground:
    """What words are made with. `name(id)`: of a work number, or of a member of staff's id."""

    name: Callable[[str], str]
    category: CategoryName
    now: datetime
    zone: tzinfo

    def time(self, value: FieldValue) -> str:
        """ "" for what is no time."""
        try:
            return short_time(from_text(str(value)), self.now, self.zone) if value else ""
        except ValueError:
            return ""


_STAGE_ICONS = {
    Stage.REGISTERED: ("note-pencil", "accent"),
    Stage.DISPATCHED: ("paper-plane-tilt", "accent"),
    Stage.ACCEPTED: ("handshake", "accent"),
    Stage.IN_PROGRESS: ("wrench", "accent"),
    Stage.DONE: ("check-circle", "go"),
    Stage.FOLLOWED_UP: ("chat-circle-text", "go"),
    Stage.CLOSED: ("check-square", "go"),
    Stage.RETURNED: ("arrow-u-down-left", "danger"),
    Stage.SUSPENDED: ("pause-circle", "warn"),
    Stage.CANCELLED: ("x-circle", ""),
    Stage.JOINED: ("git-merge", ""),
}
_ENDED = frozenset({Stage.CLOSED, Stage.CANCELLED})


def said(moment: Moment, ground: Ground) -> Said | None:
    """None where nothing is worth a line (only what the machine keeps for itself)."""
    if moment.is_first:
        return _registered(moment, ground)
    lines = _lines(moment, ground)
    stage = _stage(moment.patch.get("stage"))
    if moment.reason == UNDO:
        back = _("Step taken back")
        head = _("{field}: {value}").format(field=back, value=words.stage(stage)) if stage is not None else back
        return Said(head, _joined(tuple(lines)), "arrow-counter-clockwise")
    noted = _noted(moment)
    if noted is not None:
        return replace(noted, detail=_joined((*lines, _clocks(moment, ground))))
    if stage is not None:
        icon, tone = _STAGE_ICONS[stage]
        head = _moved(moment, stage, ground)
    elif lines:
        icon, tone = "pencil-simple", ""
        head = _("Corrected") if _is_move(moment, MoveKind.CORRECT) else lines.pop(0)
    else:
        clocks = _clocks(moment, ground)
        return Said(clocks, icon=CLOCK) if clocks else None
    return Said(head, _joined((*lines, _why(moment), _clocks(moment, ground))), icon, tone)


def _registered(moment: Moment, ground: Ground) -> Said:
    stage = _stage(moment.patch.get("stage")) or Stage.REGISTERED
    at_once = stage is Stage.CLOSED
    head = _("Registered, answered and closed at once") if at_once else _("Registered")
    icon, tone = _STAGE_ICONS[stage]
    return Said(head, _joined((_owner(moment.patch.get("owner"), ground), _clocks(moment, ground))), icon, tone)


def _moved(moment: Moment, stage: Stage, ground: Ground) -> str:
    before = _stage(moment.before.get("stage"))
    if stage is Stage.REGISTERED and before in _ENDED:
        return _("Taken up again")
    if stage in IN_WORK and before in SOLVED:
        return _("Reopened: not solved")
    if before is Stage.SUSPENDED and stage not in _ENDED:
        return _("Taken up again after its pause: {stage}").format(stage=words.stage(stage))
    handler = ground.name(str(moment.after.get("handler_id") or ""))
    until = ground.time(moment.patch.get("suspended_until"))
    if stage is Stage.DISPATCHED and handler:
        return _("Dispatched to {handler}").format(handler=handler)
    if stage is Stage.ACCEPTED and handler:
        return _("Accepted by {handler}").format(handler=handler)
    if stage is Stage.RETURNED:
        return _("Returned as misdispatched")
    if stage is Stage.SUSPENDED and until:
        return _("Suspended until {time}").format(time=until)
    return words.stage(stage)


def _why(moment: Moment) -> str:
    reason = str(moment.patch.get("stage_reason") or moment.reason or "").strip()
    if reason.startswith(BY_TABLE):
        return _("Two seats had moved it without seeing each other's move; the rules decided.")
    if reason.startswith(f"{BY_HAND}:"):
        return _("Two people had written it without seeing each other; this version was chosen.")
    return _("Reason: {words}").format(words=reason) if reason else ""


def _lines(moment: Moment, ground: Ground) -> list[str]:
    """Each field that is another now, in the order of the page."""
    patch = moment.patch
    lines = [say(moment, ground) for field, say in _FIELDS.items() if field in patch]
    return [line for line in dict.fromkeys(lines) if line]


def _clocks(moment: Moment, ground: Ground) -> str:
    """The times that the move has set."""
    parts = []
    for clock, field in DUE_FIELDS.items():
        at = ground.time(moment.patch.get(field))
        said_above = field == "suspended_until" or (field == "promise_due_at" and _promised(moment, ground))
        if at and not said_above:
            parts.append(_("{clock} by {time}").format(clock=after_words.clock(clock), time=at))
    return " · ".join(parts)


def _stage(value: FieldValue) -> Stage | None:
    try:
        return Stage(value) if value else None
    except ValueError:
        return None


def _joined(parts: tuple[str, ...]) -> str:
    return "\n".join(part for part in parts if part)


# One field each: what it says now


def _noted(moment: Moment) -> Said | None:
    """What somebody said, without a call; whose text is the reason of the change."""
    said = " ".join(moment.reason.split())
    if _is_move(moment, MoveKind.NOTE):
        return Said(_("Note: {words}").format(words=said), icon="note-pencil")
    if _is_move(moment, MoveKind.REPEAT):
        return Said(_("Asked again, without a call: {words}").format(words=said), icon="arrow-clockwise")
    return None


def _is_move(moment: Moment, kind: MoveKind) -> bool:
    return is_made_by(kind, moment.patch.get("step"))


def _turned(label: Callable[[], str], field: str) -> Callable[[Moment, Ground], str]:
    def say(moment: Moment, _ground: Ground) -> str:
        before, value = (" ".join(str(row.get(field) or "").split()) for row in (moment.before, moment.patch))
        if not before:
            return _("{field}: {value}").format(field=label(), value=value or _("nothing"))
        return _("{field}: {before} → {value}").format(field=label(), before=before, value=value or _("nothing"))

    return say


def _plain(label: Callable[[], str], field: str) -> Callable[[Moment, Ground], str]:
    def say(moment: Moment, _ground: Ground) -> str:
        value = " ".join(str(moment.patch.get(field) or "").split())
        return _("{field}: {value}").format(field=label(), value=value or _("nothing"))

    return say


def _at(label: Callable[[], str], field: str) -> Callable[[Moment, Ground], str]:
    """A deed whose time stands in the row."""

    def say(moment: Moment, _ground: Ground) -> str:
        return label() if moment.patch.get(field) else ""

    return say


def _category(moment: Moment, ground: Ground) -> str:
    code, old = str(moment.patch.get("category") or ""), str(moment.before.get("category") or "")
    return _("{field}: {before} → {value}").format(
        field=_("Category"), before=ground.category(old) or old, value=ground.category(code) or code
    )


def _among(label: Callable[[], str], field: str, name: Callable[[str], str]) -> Callable[[Moment, Ground], str]:
    """One of a few, by its name; what is none of ours stands as it is."""

    def say(moment: Moment, _ground: Ground) -> str:
        shown = []
        for value in (str(row.get(field) or "") for row in (moment.before, moment.patch)):
            try:
                shown.append(name(value))
            except ValueError:
                shown.append(value)
        return _("{field}: {before} → {value}").format(field=label(), before=shown[0], value=shown[1])

    return say


def _handler(moment: Moment, ground: Ground) -> str:
    if _stage(moment.patch.get("stage")) is not None or moment.patch.get("step"):
        return ""  # the move has said it, or its task does
    handler = ground.name(str(moment.patch.get("handler_id") or ""))
    return _("Handler: {name}").format(name=handler) if handler else _("No handler any more")


def _owner(value: FieldValue, ground: Ground) -> str:
    return _("Looked after by {name}").format(name=ground.name(str(value))) if value else ""


def _appointment(moment: Moment, ground: Ground) -> str:
    after = moment.after
    try:
        window = Window(from_text(str(after["appointment_start"])), from_text(str(after["appointment_until"])))
        return _("Home visit: {window}").format(window=show_window(window, ground.zone, ground.now))
    except (KeyError, ValueError):
        return _("No home visit any more")


def _contact(moment: Moment, _ground: Ground) -> str:
    number = str(moment.patch.get("contact_number") or "")
    shown = read_number(number).shown or number
    return _("{field}: {value}").format(field=_("Contact"), value=shown or _("nothing"))


def _parent(moment: Moment, _ground: Ground) -> str:
    """Of an incident's tickets that is said by the incident."""
    split = moment.patch.get("parent_id") and not moment.patch.get("incident_id")
    return _("Split from another ticket") if split else ""


def _household(moment: Moment, _ground: Ground) -> str:
    """With another place the place has said it."""
    return "" if "place_text" in moment.patch else _("It is another household's ticket")


def _answer(moment: Moment, _ground: Ground) -> str:
    """What the resident said."""
    patch, parts = moment.patch, []
    if isinstance(patch.get("solved"), bool):
        parts.append(_("solved") if patch["solved"] else _("not solved"))
    if isinstance(patch.get("satisfied"), bool):
        parts.append(_("satisfied") if patch["satisfied"] else _("not satisfied"))
    if isinstance(patch.get("score"), int):
        parts.append(_("score {score}").format(score=patch["score"]))
    return _("The resident says: {words}").format(words=", ".join(parts)) if parts else ""


def _promised(moment: Moment, ground: Ground) -> str:
    """A promised date that was moved; the first one stands among the clocks."""
    before, now = ground.time(moment.before.get("promise_due_at")), ground.time(moment.patch.get("promise_due_at"))
    if before and now and moment.patch.get("stage") is None:
        return _("Promised completion moved: {before} → {value}").format(before=before, value=now)
    return ""


_FIELDS: Mapping[str, Callable[[Moment, Ground], str]] = {
    "kind": _among(lambda: _("Kind"), "kind", lambda value: words.kind(Kind(value))),
    "category": _category,
    "priority": _among(lambda: _("Priority"), "priority", lambda value: words.priority(Priority(value))),
    "household_id": _household,
    "description": _plain(lambda: _("What happened"), "description"),
    "place_text": _turned(lambda: _("Place"), "place_text"),
    "caller_name": _turned(lambda: _("Caller"), "caller_name"),
    "contact_number": _contact,
    "appointment_start": _appointment,
    "appointment_until": _appointment,
    "read_back_asked": _at(lambda: _("The place has to be read back"), "read_back_asked"),
    "read_back_at": _at(lambda: _("The place was read back to the caller, who agreed"), "read_back_at"),
    "handler_id": _handler,
    "owner": lambda moment, ground: _owner(moment.patch.get("owner"), ground),
    "plan_told_at": _at(lambda: _("The resident was told the plan"), "plan_told_at"),
    "progress_at": _at(lambda: _("A progress report came in"), "progress_at"),
    "promise_due_at": _promised,
    "solved": _answer,
    "satisfied": _answer,
    "score": _answer,
    "overdue_cause": _plain(lambda: _("Why overdue"), "overdue_cause"),
    "outcome": _plain(lambda: _("Outcome"), "outcome"),
    "incident_id": _at(lambda: _("Belongs to an incident"), "incident_id"),
    "warning_id": _at(lambda: _("An early warning was raised"), "warning_id"),
    "parent_id": _parent,
    "notice_id": _at(lambda: _("Answered by a notice"), "notice_id"),
}
