"""Signing in and out against the roster: a stay begins with the sign-in and ends with the sign-out, and belongs to the
turn that it was for. A window that died and came back goes on with the stay it had; one that nobody ended is ended when
the next person comes, with the reason. Worker's thread; durable when it returns."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from desk.domain.changes import Change
from desk.domain.patches import patch_of
from desk.domain.roster import ShiftPolicy, turn_for
from desk.domain.shifts import DutyTurn, Stay
from desk.domain.times import to_text
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, NewId
from desk.usecases.shift_ports import Shifts

NOT_SIGNED_OUT = "not_signed_out"  # the seat found it open long after
REPLACED = "replaced"  # somebody else signed in here
SIGNED_OUT = "signed_out"
WINDOW_CLOSED = "window_closed"
LEFT_WORK = "left_work"  # gone although promises were theirs that nobody had taken over; the reason stands beside it


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`turn` None: the roster has none for them now. `late_by` after the turn began, zero where in time; `short_by`: of
    the minutes that are asked for before it. `resumed`: the stay had begun before."""

    stay: Stay
    turn: DutyTurn | None
    late_by: timedelta = timedelta(0)
    short_by: timedelta = timedelta(0)
    resumed: bool = False


class KeepStay:
    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        shifts: Shifts,
        clock: Clock,
        new_id: NewId,
        seat: str,
        policy: ShiftPolicy,
    ) -> None:
        self._log, self._author, self._shifts = change_log, author, shifts
        self._clock, self._new_id, self._seat, self._policy = clock, new_id, seat, policy

    def sign_in(self, who: str) -> SignedIn:
        now = self._clock()
        before = self._shifts.open_stay(self._seat)
        if before is not None and before.who == who and now - before.since < self._policy.longest_stay:
            turn = self._shifts.turn(before.duty_turn_id) if before.duty_turn_id else None
            return SignedIn(before, turn, resumed=True)
        changes: list[Change] = [self._left_open(before, now)] if before is not None else []
        near = self._policy.belongs_before
        turn = turn_for(self._shifts.turns(now - near, now + near, who), who, now, self._policy)
        name = turn.duty_turn_id if turn else None
        stay = Stay(self._new_id(), who, self._seat, now, duty_turn_id=name)
        changes.append(self._author.change("stay", stay.stay_id, patch_of(stay, "stay_id")))
        self._log.append(changes)
        if turn is None:
            return SignedIn(stay, None)
        none = timedelta(0)
        late = max(none, now - turn.start)
        short = max(none, now - turn.start + self._policy.sign_in_before) if not late else none
        return SignedIn(stay, turn, late, short)

    def sign_out(self, who: str, why: str = SIGNED_OUT, reason: str = "") -> Stay | None:
        """The stay that has ended; None where none was open here."""
        stay = self._shifts.open_stay(self._seat)
        if stay is None or stay.who != who:
            return None
        now = self._clock()
        self._log.append([self._ended(stay, now, why, reason)])
        return replace(stay, until=now, why_ended=_words(why, reason))

    def _left_open(self, stay: Stay, now: datetime) -> Change:
        """Nobody has ended it. When did they leave? At the end of their turn as far as anybody knows, else when they
        last changed their state: never later than somebody else came."""
        if now - stay.since < self._policy.longest_stay:
            return self._ended(stay, now, REPLACED, "")
        turn = self._shifts.turn(stay.duty_turn_id) if stay.duty_turn_id else None
        last = self._shifts.last_span(stay.who)
        seen = last.since if last is not None and last.stay_id == stay.stay_id else stay.since
        until = min(now, max(seen, turn.until)) if turn is not None else min(now, seen)
        return self._ended(stay, until, NOT_SIGNED_OUT, "")

    def _ended(self, stay: Stay, until: datetime, why: str, reason: str) -> Change:
        return self._author.change(
            "stay", stay.stay_id, {"until": to_text(until), "why_ended": _words(why, reason)}, reason
        )


def _words(why: str, reason: str) -> str:
    return f"{why}: {reason}" if reason else why
