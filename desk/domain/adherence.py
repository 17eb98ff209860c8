"""How a turn of the roster was kept: signed in and out against it, how long somebody was there, what of it went to
breaks beyond the allowance, and what was lost to technical faults, which is nobody's fault and is logged as such. A
table says what each state counts as. Pure functions, any thread.

Surprising choice: being on a call is no state here. It follows from the call log to the second, and nobody has to press
a key for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from desk.domain.agent_state import AgentState
from desk.domain.roster import ShiftPolicy
from desk.domain.shifts import DutyTurn, StateSpan, Stay

NONE = timedelta(0)


class Counts(Enum):
    """What the time in a state counts as."""

    THERE = "there"
    BREAK = "break"  # there, up to the allowance
    LUNCH = "lunch"  # there, up to the allowance
    LOST = "lost"  # to a technical fault: there, and told apart


# state -> what it counts as; a state that a newer version knows counts as being there
COUNTS: dict[AgentState, Counts] = {
    AgentState.READY: Counts.THERE,
    AgentState.WRAP_UP: Counts.THERE,
    AgentState.TRAINING: Counts.THERE,
    AgentState.BREAK: Counts.BREAK,
    AgentState.LUNCH: Counts.LUNCH,
    AgentState.FAULT: Counts.LOST,
}


class Punctual(Enum):
    """How a turn was begun, or ended."""

    ON_TIME = "on_time"  # with the minutes before (after) it that the policy asks for
    SHORT = "short"  # within the turn, without those minutes
    LATE = "late"  # after it had begun; before it had ended
    ABSENT = "absent"
    OPEN = "open"  # it still runs


@dataclass(frozen=True, slots=True)
class TurnKept:
    """`late_by`, `early_by`: after the turn's beginning, before its end. `there` leaves out breaks beyond the
    allowance; `planned` is the turn up to now. `in_state`: how long in which state, within the turn."""

    turn: DutyTurn
    begun: Punctual
    ended: Punctual
    late_by: timedelta
    early_by: timedelta
    planned: timedelta
    there: timedelta
    lost: timedelta
    in_state: dict[str, timedelta]

    @property
    def adherence_pct(self) -> float:
        return round(100 * self.there / self.planned, 1) if self.planned > NONE else 100.0


@dataclass(frozen=True, slots=True)
class Kept:
    """Of several turns. `attended` of `over`: turns that are over, and those of them somebody came to."""

    turns: tuple[TurnKept, ...]
    over: int
    attended: int
    planned: timedelta
    there: timedelta
    lost: timedelta

    @property
    def adherence_pct(self) -> float | None:
        return round(100 * self.there / self.planned, 1) if self.planned > NONE else None

    @property
    def attendance_pct(self) -> float | None:
        return round(100 * self.attended / self.over, 1) if self.over else None


def keep_turn(
    turn: DutyTurn, stays: Iterable[Stay], spans: Iterable[StateSpan], now: datetime, policy: ShiftPolicy
) -> TurnKept:
    """`stays` and `spans` of whoever has the turn."""
    until = min(turn.until, now)
    near = turn.start - policy.belongs_before, turn.until + policy.belongs_before
    mine = [s for s in stays if s.who == turn.who and s.since < near[1] and (s.until or now) > near[0]]
    there = _merged([(max(s.since, turn.start), min(s.until or now, until)) for s in mine])
    in_state = _in_states([s for s in spans if s.who == turn.who], there, now)
    over_break = max(NONE, _sum(in_state, Counts.BREAK) - policy.break_allowed)
    over_lunch = max(NONE, _sum(in_state, Counts.LUNCH) - policy.lunch_allowed)
    came = bool(there)
    first, last = min((s.since for s in mine), default=now), max((s.until or now for s in mine), default=now)
    return TurnKept(
        turn=turn,
        begun=_begun(first, turn, came=came, now=now, policy=policy),
        ended=_ended(last, turn, came=came, now=now, policy=policy),
        late_by=max(NONE, there[0][0] - turn.start) if came else NONE,
        early_by=max(NONE, turn.until - there[-1][1]) if came and now >= turn.until else NONE,
        planned=max(NONE, until - turn.start),
        there=max(NONE, _length(there) - over_break - over_lunch),
        lost=_sum(in_state, Counts.LOST),
        in_state=in_state,
    )


def keep_turns(
    turns: Sequence[DutyTurn], stays: Sequence[Stay], spans: Sequence[StateSpan], now: datetime, policy: ShiftPolicy
) -> Kept:
    """Of those turns that have begun and were not taken back."""
    kept = tuple(keep_turn(t, stays, spans, now, policy) for t in turns if not t.ended and t.start <= now)
    over = [one for one in kept if one.turn.until <= now]
    return Kept(
        kept,
        len(over),
        sum(one.begun is not Punctual.ABSENT for one in over),
        sum((one.planned for one in kept), NONE),
        sum((one.there for one in kept), NONE),
        sum((one.lost for one in kept), NONE),
    )


def _begun(first: datetime, turn: DutyTurn, *, came: bool, now: datetime, policy: ShiftPolicy) -> Punctual:
    if not came:
        return Punctual.ABSENT if now >= turn.until else Punctual.OPEN
    if first <= turn.start - policy.sign_in_before:
        return Punctual.ON_TIME
    return Punctual.SHORT if first <= turn.start else Punctual.LATE


def _ended(last: datetime, turn: DutyTurn, *, came: bool, now: datetime, policy: ShiftPolicy) -> Punctual:
    if now < turn.until:
        return Punctual.OPEN
    if not came:
        return Punctual.ABSENT
    if last >= turn.until + policy.sign_out_after:
        return Punctual.ON_TIME
    if last == now:  # still signed in, and the minutes after it are not over
        return Punctual.OPEN
    return Punctual.SHORT if last >= turn.until else Punctual.LATE


def _in_states(
    spans: Sequence[StateSpan], there: Sequence[tuple[datetime, datetime]], now: datetime
) -> dict[str, timedelta]:
    """The next span ends the one before it."""
    ordered = sorted(spans, key=lambda span: (span.since, span.state_span_id))
    found: dict[str, timedelta] = {}
    for place, span in enumerate(ordered):
        until = ordered[place + 1].since if place + 1 < len(ordered) else now
        length = sum((max(NONE, min(until, ends) - max(span.since, begins)) for begins, ends in there), NONE)
        if length > NONE:
            found[span.state] = found.get(span.state, NONE) + length
    return found


def _sum(in_state: dict[str, timedelta], counts: Counts) -> timedelta:
    return sum((in_state.get(state.value, NONE) for state, what in COUNTS.items() if what is counts), NONE)


def _merged(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Two seats at once count once."""
    found: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted(span for span in spans if span[0] < span[1]):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found


def _length(spans: Sequence[tuple[datetime, datetime]]) -> timedelta:
    return sum((ends - begins for begins, ends in spans), NONE)
