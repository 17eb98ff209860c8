"""Complaint early warnings for people to read: everybody sees which are open, whose turn each is, for how long and what
was missed. A page of what is open, and one warning in full with its steps, calls and tries. Worker's thread."""

from collections.abc import Mapping
from dataclasses import dataclass

from desk.domain.attempts import Attempt
from desk.domain.call_log import CallEntry, RecordingEntry
from desk.domain.changes import Change
from desk.domain.early_warnings import EarlyWarning
from desk.domain.estate import Staff
from desk.domain.identity import CallId, TicketId
from desk.domain.ladder import RUNGS, LadderMove, LadderPost, LadderRefusal, Stepper
from desk.domain.tickets import Ticket
from desk.usecases.raise_warning import WarningParts, calls_of
from desk.usecases.step_warning import StepWarning
from desk.usecases.task_ports import Attempts

MOST = 200
ENDED = 20


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is. `number`, `name` "" where only the post is known. `has_left`: the person named does not work
    here any more; somebody has to take it. `phone` to call them by, "" none."""

    post: LadderPost | None
    number: str = ""
    name: str = ""
    phone: str = ""
    staff_id: str | None = None
    has_left: bool = False
    is_mine: bool = False


@dataclass(frozen=True, slots=True)
class WarningLine:
    """`ticket` None: not at this seat yet."""

    warning: EarlyWarning
    turn: Turn
    ticket: Ticket | None
    raiser: str  # name, else work number


@dataclass(frozen=True, slots=True)
class Evidence:
    """A call of it, attached or (`is_attached` False) of the ticket and not attached yet."""

    call_id: str
    entry: CallEntry | None
    recording: RecordingEntry | None
    is_attached: bool


@dataclass(frozen=True, slots=True)
class WarningPage:
    """`steps`: the changes that stepped it or gave the turn to somebody, oldest first. `names`: work number -> name."""

    line: WarningLine
    evidence: tuple[Evidence, ...]
    steps: tuple[Change, ...]
    attempts: tuple[Attempt, ...]
    allowed: Mapping[LadderMove, LadderRefusal | None]
    names: Mapping[str, str]
    why_not_undo: LadderRefusal | None = LadderRefusal.NOTHING_TO_UNDO


@dataclass(frozen=True, slots=True)
class OpenWarnings:
    """`open` by when they are due; `ended` the latest of the closed ones."""

    open: tuple[WarningLine, ...]
    ended: tuple[WarningLine, ...] = ()


class ReadWarnings:
    def __init__(self, parts: WarningParts, stepping: StepWarning, attempts: Attempts) -> None:
        self._parts, self._stepping, self._attempts = parts, stepping, attempts

    def all(self, *, with_ended: bool = False) -> OpenWarnings:
        staff, me = self._staff(), self._stepping.stepper()
        going = tuple(self._line(one, staff, me) for one in self._parts.warnings.open(MOST))
        ended = self._parts.warnings.ended(ENDED) if with_ended else []
        return OpenWarnings(going, tuple(self._line(one, staff, me) for one in ended))

    def of_ticket(self, ticket_id: TicketId) -> WarningPage | None:
        """The one that is going, else the last one; None: there is none."""
        found = self._parts.warnings.of_ticket(ticket_id)
        if not found:
            return None
        going = next((one for one in found if one.step in RUNGS), found[0])
        return self._page(going)

    def one(self, warning_id: str) -> WarningPage | None:
        warning = self._parts.warnings.get(warning_id)
        return self._page(warning) if warning is not None else None

    def of_turn(self, number: str) -> list[EarlyWarning]:
        """Those that this person has to go on with by name: what they hand over at the end of their shift."""
        return [one for one in self._parts.warnings.open(MOST) if one.turn == number]

    def _page(self, warning: EarlyWarning) -> WarningPage:
        staff = self._staff()
        line = self._line(warning, staff, self._stepping.stepper())
        changes = self._parts.histories.of("warning", warning.warning_id)
        return WarningPage(
            line,
            self._evidence(warning, line.ticket),
            tuple(change for change in changes if "step" in change.patch or "turn" in change.patch),
            tuple(self._attempts.about(warning.warning_id)),
            self._stepping.allowed(warning),
            {one.number: one.name for one in staff.values()},
            self._stepping.why_not_undo(warning.warning_id),
        )

    def _evidence(self, warning: EarlyWarning, ticket: Ticket | None) -> tuple[Evidence, ...]:
        calls = self._parts.calls
        of_ticket = calls_of(ticket, calls) if ticket is not None else ()
        ids = [*warning.evidence, *(one for one in of_ticket if one not in warning.evidence)]
        found = [
            Evidence(one, calls.get(CallId(one)), calls.recording(CallId(one)), one in warning.evidence) for one in ids
        ]
        return tuple(sorted(found, key=lambda one: (not one.is_attached, one.entry is None)))

    def _line(self, warning: EarlyWarning, staff: Mapping[str, Staff], me: Stepper) -> WarningLine:
        raiser = staff.get(warning.raised_by)
        name = raiser.name if raiser else warning.raised_by
        return WarningLine(warning, self._turn(warning, staff, me), self._parts.tickets.get(warning.ticket_id), name)

    def _turn(self, warning: EarlyWarning, staff: Mapping[str, Staff], me: Stepper) -> Turn:
        rung = RUNGS.get(warning.step)
        if rung is None:
            return Turn(None)
        posts = {post.value: post for post in LadderPost}
        if warning.turn in posts:
            post = posts[warning.turn]
            holder = self._parts.policy(warning.estate_id).holder(post)
            # A supervisor's turn is every supervisor's until one takes it.
            is_mine = post is LadderPost.SUPERVISOR and bool(me.number) and me.is_supervisor
            return Turn(post, "", holder.name, holder.phone, is_mine=is_mine)
        person, is_mine = staff.get(warning.turn), bool(me.number) and warning.turn == me.number
        if person is None:
            return Turn(rung.turn, warning.turn, is_mine=is_mine)
        return Turn(
            rung.turn,
            person.number,
            person.name,
            person.phone,
            person.staff_id,
            has_left=not person.active,
            is_mine=is_mine,
        )

    def _staff(self) -> dict[str, Staff]:
        return {one.number: one for one in self._parts.staff()}
