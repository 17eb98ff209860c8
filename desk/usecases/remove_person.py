"""Somebody leaves the hotline while work is open in their name. `remove` takes them out of the staff and gives what
they had to somebody else: what is open in their name gets another owner, a handler's tasks come back to be sent to
another. Without a successor nothing is done: work is never ownerless.

People go in other ways, too (a list from elsewhere, another seat). `AdoptWork` is the net below: what is found open in
the name of somebody who has left is given to a supervisor, or while there is none to an agent, and says so. Worker's
thread; durable when it returns."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from desk.domain.changes import Change
from desk.domain.estate import Duty, Staff
from desk.domain.hand_over import OWNED, OpenItem
from desk.domain.identity import StaffId
from desk.domain.moves import ANYBODY, Given, MoveKind, MoveRefused
from desk.domain.tasks import Task
from desk.usecases.move_ticket import MoveTicket
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock
from desk.usecases.shift_ports import OpenWork
from desk.usecases.task_ports import Tasks

_LOOK_EVERY = timedelta(minutes=1)
_log = logging.getLogger(__name__)


class WhyNotRemoved(Enum):
    """The words for it belong to the ui and the command line."""

    UNKNOWN = "unknown"  # nobody has this work number
    NO_SUCCESSOR = "no_successor"  # work is open, and nobody is named who takes it
    SUCCESSOR_UNKNOWN = "successor_unknown"  # or has left, too
    SAME = "same"
    LAST_SUPERVISOR = "last_supervisor"  # nobody could review a warning or promise another date any more


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What is open in somebody's name. `tasks`: with them as their handler."""

    items: tuple[OpenItem, ...]
    tasks: tuple[Task, ...]

    def __len__(self) -> int:
        return len(self.items) + len(self.tasks)


class RemovalRefused(Exception):
    """Nothing was written."""

    def __init__(self, why: WhyNotRemoved, left: LeftBehind | None = None) -> None:
        super().__init__(why.value)
        self.why, self.left = why, left


@dataclass(frozen=True, kw_only=True)
class RemovalParts:
    """`reason`: why tasks come back, in the hotline's language."""

    log: ChangeLog
    author: ChangeAuthor
    staff: Callable[[], Sequence[Staff]]
    work: OpenWork
    tasks: Tasks
    moves: MoveTicket
    reason: str


class RemovePerson:
    def __init__(self, parts: RemovalParts) -> None:
        self._parts = parts

    def work_of(self, number: str) -> LeftBehind:
        """What is open in the name of this person, by work number."""
        ids = [one.staff_id for one in self._parts.staff() if one.number == number]
        return LeftBehind(tuple(self._parts.work.of(number)), tuple(self._parts.tasks.open_of_handlers(ids)))

    def remove(self, number: str, to: str = "") -> LeftBehind:
        """Take this person out of the staff; what they had is `to`'s (a work number) now. What it was. Raises
        `RemovalRefused`."""
        staff = self._parts.staff()
        entries = [one for one in staff if one.number == number and one.active]
        if not entries:
            raise RemovalRefused(WhyNotRemoved.UNKNOWN)
        left = self.work_of(number)
        supervisors = {one.number for one in staff if one.active and one.duty is Duty.SUPERVISOR}
        if supervisors == {number}:
            raise RemovalRefused(WhyNotRemoved.LAST_SUPERVISOR, left)
        if to == number:
            raise RemovalRefused(WhyNotRemoved.SAME, left)
        if left.items and not to:
            raise RemovalRefused(WhyNotRemoved.NO_SUCCESSOR, left)
        if to and not any(one.number == to and one.active for one in staff):
            raise RemovalRefused(WhyNotRemoved.SUCCESSOR_UNKNOWN, left)
        author = self._parts.author
        gone = [author.change("staff", one.staff_id, {"active": False}) for one in entries]
        self._parts.log.append([*gone, *(self._given(item, to) for item in left.items)])
        self.give_back(left.tasks)
        return left

    def hand_on(self, left: LeftBehind, to: str) -> None:
        """All of it to this work number; the tasks back to be sent to others."""
        self._parts.log.append([self._given(item, to) for item in left.items])
        self.give_back(left.tasks)

    def give_back(self, tasks: Sequence[Task]) -> int:
        """Each task that can come back now does; of a suspended ticket when it is taken up again. How many did."""
        done = 0
        for task in tasks:
            given = Given(task_id=task.task_id, reason=self._parts.reason)
            try:
                self._parts.moves.move(task.ticket_id, MoveKind.RETURN, given, duties=ANYBODY)
            except MoveRefused:
                continue
            done += 1
        return done

    def _given(self, item: OpenItem, to: str) -> Change:
        entity, field = OWNED[item.what]
        return self._parts.author.change(entity, item.item_id, {field: to})


def left_of(staff: Sequence[Staff]) -> list[tuple[str, list[StaffId]]]:
    """Who has left: work number, and the entries it had. A number that somebody has again is theirs."""
    there = {one.number for one in staff if one.active}
    gone: dict[str, list[StaffId]] = {}
    for one in staff:
        if one.number not in there:
            gone.setdefault(one.number, []).append(one.staff_id)
    return sorted(gone.items())


def successor(staff: Sequence[Staff]) -> str:
    """Who takes what nobody has: the supervisor with the lowest work number, else an agent, else an area assistant; ""
    nobody is there. The same at every seat, so that two who adopt agree."""
    for duty in (Duty.SUPERVISOR, Duty.AGENT, Duty.AREA_ASSISTANT):
        numbers = sorted(one.number for one in staff if one.active and one.duty is duty)
        if numbers:
            return numbers[0]
    return ""


class AdoptWork:
    """The sync process's worker. `parts.author` writes in the seat's name. `adopted`: it has appended changes."""

    def __init__(self, parts: RemovalParts, clock: Clock, adopted: Callable[[], None] = lambda: None) -> None:
        self._parts, self._removing = parts, RemovePerson(parts)
        self._clock, self._adopted = clock, adopted
        self._looks_at: datetime | None = None

    def work_once(self) -> bool:
        """Give away what people who have left still have; whether there was any."""
        now = self._clock()
        if self._looks_at is not None and now < self._looks_at:
            return False
        self._looks_at = now + _LOOK_EVERY
        staff, done = self._parts.staff(), 0
        to = successor(staff)
        for number, _ids in left_of(staff):
            left = self._removing.work_of(number)
            if left.items and to:
                self._removing.hand_on(LeftBehind(left.items, ()), to)
                done += len(left.items)
            done += self._removing.give_back(left.tasks)
        if done:
            _log.warning("work of people who have left was given to others", extra={"things": done})
            self._adopted()
        return done > 0
