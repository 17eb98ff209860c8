"""The duty roster: read by days with what is wrong in it, taken in from a list, changed by a typed line, and kept
against: who came, how long they were there.

A list replaces what stands for the people and days it speaks about, and nothing else; what it would change is told
before anything is written. A turn is never deleted: it is taken back. Worker's thread; durable when it returns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from desk.domain.adherence import Kept, keep_turns
from desk.domain.estate import Staff
from desk.domain.patches import patch_of
from desk.domain.roster import ShiftPolicy, holes, on_duty, overlapping, standing
from desk.domain.roster_rows import Reading, RosterFault, RosterProblem, RosterRead, read_line
from desk.domain.shifts import DutyTurn, Post
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock
from desk.usecases.shift_ports import Shifts

_DAY = timedelta(days=1)
_LOOKED_BACK = timedelta(days=2)  # no turn is longer


@dataclass(frozen=True, slots=True)
class RosterDay:
    """`turns` by time. `holes`: when within the hotline's hours nobody is there."""

    day: date
    turns: tuple[DutyTurn, ...]
    holes: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class RosterView:
    """`names`: of whoever stands in it, by work number. `overlaps`: one person, two turns at one time."""

    days: tuple[RosterDay, ...]
    names: dict[str, str]
    overlaps: tuple[tuple[DutyTurn, DutyTurn], ...] = ()


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """What taking in a list would do. `gone`: stand now and are not in the list any more."""

    new: tuple[DutyTurn, ...]
    gone: tuple[DutyTurn, ...]
    same: int
    problems: tuple[RosterProblem, ...]

    @property
    def changes_anything(self) -> bool:
        return bool(self.new or self.gone)


class RosterRefused(Exception):
    """The line makes no turn."""

    def __init__(self, problem: RosterProblem) -> None:
        super().__init__(f"{problem.fault.value}: {problem.text}")
        self.problem = problem


class Roster:
    """`may_write`: whether whoever sits here may change it (a supervisor)."""

    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        shifts: Shifts,
        staff: Callable[[], Sequence[Staff]],
        clock: Clock,
        zone: tzinfo,
        policy: ShiftPolicy,
        may_write: Callable[[], bool] = lambda: True,
    ) -> None:
        self._log, self._author, self._shifts, self._staff = change_log, author, shifts, staff
        self._clock, self._zone, self.policy, self._may_write = clock, zone, policy, may_write

    def may_write(self) -> bool:
        return self._may_write()

    def today(self) -> date:
        return self._clock().astimezone(self._zone).date()

    def names(self) -> dict[str, str]:
        """Of the staff, by work number."""
        return {one.number: one.name for one in self._staff()}

    def reading(self) -> Reading:
        """What a list or a line is understood by."""
        return Reading(self._staff(), self.policy, self._zone, self.today())

    def read(self, first: date, days: int = 7) -> RosterView:
        """These days; a turn stands on the day it begins."""
        since = datetime.combine(first, time(), self._zone)
        turns = standing(self._shifts.turns(since - _LOOKED_BACK, since + days * _DAY))
        found: list[RosterDay] = []
        for place in range(days):
            day = first + place * _DAY
            here = tuple(t for t in turns if t.start.astimezone(self._zone).date() == day)
            found.append(RosterDay(day, here, tuple(holes(turns, day, self.policy, self._zone))))
        return RosterView(tuple(found), self.names(), tuple(overlapping(turns)))

    def on_duty(self, at: datetime, post: Post | None = None) -> list[DutyTurn]:
        return on_duty(self._shifts.turns(at, at + timedelta(seconds=1)), at, post)

    def compare(self, read: RosterRead) -> RosterPlan:
        """What this list would change; writes nothing."""
        if not read.days:
            return RosterPlan(read.turns, (), 0, read.problems)
        since = datetime.combine(read.days[0], time(), self._zone)
        until = datetime.combine(read.days[-1], time(), self._zone) + _DAY
        days = set(read.days)
        here = {
            turn.duty_turn_id: turn
            for turn in standing(self._shifts.turns(since, until))
            if turn.who in read.people and turn.start.astimezone(self._zone).date() in days
        }
        wanted = {turn.duty_turn_id: turn for turn in read.turns}
        new = tuple(t for name, t in wanted.items() if name not in here or here[name].until != t.until)
        gone = tuple(turn for name, turn in here.items() if name not in wanted)
        return RosterPlan(new, gone, len(wanted) - len(new), read.problems)

    def carry_out(self, plan: RosterPlan) -> int:
        """How many turns were written, in one transaction."""
        self._check()
        changes = [
            self._author.change("duty_turn", turn.duty_turn_id, patch_of(turn, "duty_turn_id")) for turn in plan.new
        ]
        changes += [self._author.change("duty_turn", turn.duty_turn_id, {"ended": True}) for turn in plan.gone]
        if changes:
            self._log.append(changes)
        return len(changes)

    def add(self, line: str) -> DutyTurn:
        """One turn, as typed. Raises `RosterRefused`."""
        self._check()
        made = read_line(line, self.reading())
        if isinstance(made, RosterProblem):
            raise RosterRefused(made)
        others = [
            t for t in self._shifts.turns(made.start, made.until, made.who) if t.duty_turn_id != made.duty_turn_id
        ]
        if standing(others):
            shown = f"{standing(others)[0].start.astimezone(self._zone):%m-%d %H:%M}"
            raise RosterRefused(RosterProblem(0, RosterFault.OVERLAPS, f"{made.who} {shown}"))
        self._log.append([self._author.change("duty_turn", made.duty_turn_id, patch_of(made, "duty_turn_id"))])
        return made

    def end(self, duty_turn_id: str, reason: str = "") -> DutyTurn | None:
        """Take a turn back. None where there is no such one."""
        self._check()
        turn = self._shifts.turn(duty_turn_id)
        if turn is None or turn.ended:
            return turn
        self._log.append([self._author.change("duty_turn", duty_turn_id, {"ended": True}, reason.strip())])
        return replace(turn, ended=True)

    def kept(self, since: datetime, until: datetime, who: str = "") -> Kept:
        """How the turns that begin in this time were kept, by one person or by all."""
        now, near = self._clock(), self.policy.belongs_before
        turns = [t for t in self._shifts.turns(since, until, who) if since <= t.start < until]
        stays = self._shifts.stays(since - near, until + near + _DAY, who)
        spans = self._shifts.spans(since - near, until + near + _DAY, who)
        return keep_turns(turns, stays, spans, now, self.policy)

    def _check(self) -> None:
        if not self._may_write():
            raise PermissionError("only a supervisor changes the roster")
