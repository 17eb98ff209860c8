"""Mending tickets that do not add up. The rules run where a move is made; two seats that move one ticket unseen by each
other each leave it right, and the fold of both may not be: the last task done here while another was done there, a
date told to the resident while the work was finished. The table settles the stage (`settle_conflict.SettleStages`);
here the rest is made to fit it: tasks, clocks, the next limit. Two who sent somebody at once have made two tasks of one
piece of work: the one that the centre had first stands, and the other handler need not go. And two tickets that were
joined to each other, or one that was joined to what had ended or was called off, would be nobody's: such a ticket is
registered again.

A worker's, in the sync process: the seat that wrote last mends at once; any other after a while, should that one be
off. It writes in the machine's name, and what it writes follows from what stands, so that two who mend agree."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from desk.domain.changes import Change
from desk.domain.clocks import ClockName, Clocks
from desk.domain.conflicts import has_seen, in_order, is_whole_row
from desk.domain.identity import TaskId, TicketId
from desk.domain.moves import ENDED, IN_WORK, SENT, SOLVED, stage_of
from desk.domain.patches import difference
from desk.domain.tasks import OPEN_TASKS, Task, TaskStage
from desk.domain.tickets import Stage, Ticket
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, Tickets
from desk.usecases.recording_ports import Histories
from desk.usecases.task_ports import Tasks

MENDED = "made to fit"
SENT_TWICE = "dispatched at two seats at once"
JOINED_TO_NOTHING = "joined to a ticket that has ended"
OTHERS_WAIT = timedelta(minutes=10)
_LOOKS = timedelta(minutes=1)  # also where nothing came from other seats: a stage may have been settled here
_STRANDED_FOR = timedelta(days=60)  # how far back it is looked for what was joined to nothing
_LOT = 50
_NOT_TAKEN = frozenset({TaskStage.WAITING, TaskStage.DISPATCHED})
_OVER: Mapping[str, Any] = {
    "stage": TaskStage.CANCELLED,
    "accept_due_at": None,
    "due_at": None,
    "progress_due_at": None,
}
_log = logging.getLogger(__name__)


class UnfitTickets(Protocol):
    """Any thread; indexed reads."""

    def unfit(self, limit: int) -> list[str]:
        """Ids of tickets that do not add up, but for those whose stage is still in dispute."""
        ...

    def sent_twice(self, limit: int) -> list[str]:
        """Ids of tickets with two open tasks of one name, one of which nobody has taken yet."""
        ...

    def stranded(self, since: datetime, limit: int) -> list[str]:
        """Ids of tickets joined since then whose work goes on nowhere: in a circle (of each the first), to one that
        was cancelled, or to one that had been closed before. Not those of an incident, who are called back; nor where
        a stage is in dispute."""
        ...


class MendTickets:
    """`author` writes in the seat's name. `mended`: it has appended changes."""

    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        found: UnfitTickets,
        tickets: Tickets,
        tasks: Tasks,
        histories: Histories,
        clocks: Clocks,
        clock: Clock,
        seat: str,
        mended: Callable[[], None] = lambda: None,
    ) -> None:
        self._log, self._author, self._found = change_log, author, found
        self._tickets, self._tasks, self._histories = tickets, tasks, histories
        self._clocks, self._clock, self._seat, self._mended = clocks, clock, seat, mended
        self._looked: tuple[int, datetime] | None = None  # the place in the central order then, and when
        self._stranded_at: datetime | None = None

    def work_once(self) -> bool:
        """Mend what this seat has to mend; whether there was any. Looks only after something has come from the centre,
        or a minute has gone by."""
        seq, now = self._log.base_seq(), self._clock()
        if self._looked is not None and self._looked[0] == seq and now - self._looked[1] < _LOOKS:
            return False
        self._looked = (seq, now)
        done = self._take_up_stranded(now) + self._call_off_twins()
        for ticket_id in self._found.unfit(_LOT):
            changes = self._changes(TicketId(ticket_id)) if self._is_ours(ticket_id) else []
            if changes:
                self._log.append(changes)
                _log.info("a ticket written twice at once was made to fit", extra={"ticket_id": ticket_id})
                done += 1
        if done:
            self._mended()
        return done > 0

    def _take_up_stranded(self, now: datetime) -> int:
        if self._stranded_at is not None and now - self._stranded_at < _LOOKS:
            return 0
        self._stranded_at, done = now, 0
        for ticket_id in self._found.stranded(now - _STRANDED_FOR, _LOT):
            ticket = self._tickets.get(TicketId(ticket_id)) if self._is_ours(ticket_id) else None
            if ticket is None or ticket.stage is not Stage.JOINED:
                continue
            patch = difference(ticket, taken_up(ticket, self._clocks.of(ticket), now), "ticket_id")
            self._log.append([self._author.change("ticket", ticket_id, patch, JOINED_TO_NOTHING)])
            _log.warning("a ticket that was joined to nothing is registered again", extra={"ticket_id": ticket_id})
            done += 1
        return done

    def _call_off_twins(self) -> int:
        done = 0
        for ticket_id in map(TicketId, self._found.sent_twice(_LOT)):
            ticket, tasks = self._tickets.get(ticket_id), self._tasks.of_ticket(ticket_id)
            histories = {task.task_id: self._histories.of("task", task.task_id) for task in tasks}
            after = without_twins(tasks, {name: changes[0] for name, changes in histories.items() if changes})
            if ticket is None or after == tasks or not self._is_ours(ticket_id):
                continue
            fit, after = fitted(ticket, after, self._clocks.of(ticket), self._clock)
            self._log.append(self._differences(ticket, fit, tasks, after, SENT_TWICE))
            _log.warning("a ticket was dispatched at two seats at once", extra={"ticket_id": ticket_id})
            done += 1
        return done

    def _is_ours(self, ticket_id: str) -> bool:
        changes = self._histories.of("ticket", ticket_id)
        if not changes:
            return False
        return changes[-1].seat == self._seat or self._clock() - changes[-1].at >= OTHERS_WAIT

    def _changes(self, ticket_id: TicketId) -> list[Change]:
        ticket = self._tickets.get(ticket_id)
        if ticket is None:
            return []
        tasks = self._tasks.of_ticket(ticket_id)
        fit, fit_tasks = fitted(ticket, tasks, self._clocks.of(ticket), self._clock)
        return self._differences(ticket, fit, tasks, fit_tasks, MENDED)

    def _differences(
        self, ticket: Ticket, fit: Ticket, tasks: Sequence[Task], fit_tasks: Sequence[Task], reason: str
    ) -> list[Change]:
        found = [
            ("ticket", ticket.ticket_id, difference(ticket, fit, "ticket_id")),
            *(
                ("task", old.task_id, difference(old, new, "task_id"))
                for old, new in zip(tasks, fit_tasks, strict=True)
            ),
        ]
        return [self._author.change(entity, name, patch, reason) for entity, name, patch in found if patch]


def without_twins(tasks: Sequence[Task], made: Mapping[TaskId, Change]) -> list[Task]:
    """The tasks, those called off that were made unseen by whoever had made the same before, and that nobody has taken
    yet. `made`: the change that made each. Where that is not known (a seat that was filled by rows) or the centre has
    not ordered it yet, nobody can tell, and the task is left alone."""
    told = {name: change for name, change in made.items() if change.central_seq and not is_whole_row(change)}

    def is_twin(task: Task, other: Task) -> bool:
        mine, its = told.get(task.task_id), told.get(other.task_id)
        if mine is None or its is None or other.stage not in OPEN_TASKS:
            return False
        if (task.title, task.round) != (other.title, other.round):
            return False
        earlier, later = in_order((mine, its))
        return not has_seen(later, earlier) and (other.stage not in _NOT_TAKEN or earlier is its)

    return [
        replace(task, **_OVER, reason=SENT_TWICE)
        if task.stage in _NOT_TAKEN and any(is_twin(task, other) for other in tasks if other is not task)
        else task
        for task in tasks
    ]


def taken_up(ticket: Ticket, clocks: Clocks, now: datetime) -> Ticket:
    """A joined ticket as one of its own again, to be dispatched, with the clocks of one that was opened again."""
    ticket = replace(ticket, stage=Stage.REGISTERED, joined_to=None, closed_at=None, stage_reason=JOINED_TO_NOTHING)
    return clocks.fitted(clocks.started(ticket, (ClockName.ACCEPT, ClockName.PLAN, ClockName.PROMISE), now), now)


def fitted(ticket: Ticket, tasks: Sequence[Task], clocks: Clocks, clock: Clock) -> tuple[Ticket, list[Task]]:
    """The ticket and its tasks as they add up. What keeps work visible wins: a task that is still open opens a ticket
    that was done, and one that was closed without having seen it; one whose tasks were all dropped has to be sent anew.
    Only with a ticket that was called off or joined its tasks end, too."""
    now = clock()
    is_open = any(task.stage in OPEN_TASKS for task in tasks)
    if ticket.stage in ENDED and not (ticket.stage is Stage.CLOSED and is_open):
        tasks = [replace(task, **_OVER, reason=MENDED) if task.stage in OPEN_TASKS else task for task in tasks]
        return clocks.fitted(ticket, now), list(tasks)
    stage = stage_of(ticket, tasks) if tasks else ticket.stage
    if ticket.stage in IN_WORK and stage is Stage.DONE:
        ticket = replace(ticket, stage=stage, done_at=now, stage_reason="")
    elif ticket.stage in SENT and stage is Stage.REGISTERED:
        ticket = replace(ticket, stage=stage, handler_id=None, stage_reason="")
    elif (ticket.stage in SOLVED or ticket.stage is Stage.CLOSED) and is_open:
        again = replace(ticket, stage=stage, stage_reason="")
        ticket = replace(again, done_at=None, followed_up_at=None, closed_at=None)
    if ticket.stage is not Stage.SUSPENDED:
        ticket = clocks.from_tasks(ticket, tasks)
    return clocks.fitted(ticket, now), list(tasks)
