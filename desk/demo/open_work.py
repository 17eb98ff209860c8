"""Work of the sample that is still open: made by the same moves as real work (`desk.domain.move_effects`), so that it
has an owner, tasks and clocks as if people had done it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from desk.domain.changes import FieldValue
from desk.domain.clocks import Clocks
from desk.domain.identity import StaffId, TaskId
from desk.domain.move_effects import Moment, Work, made
from desk.domain.moves import Given, MoveKind, rule_of
from desk.domain.patches import patch_of
from desk.domain.tasks import TaskStage
from desk.domain.tickets import Stage, Ticket

# Which moves bring a ticket to its stage, the handler's after the hotline's.
_MOVES: Mapping[Stage, tuple[MoveKind, ...]] = {
    Stage.REGISTERED: (),
    Stage.DISPATCHED: (MoveKind.DISPATCH,),
    Stage.ACCEPTED: (MoveKind.DISPATCH, MoveKind.ACCEPT),
    Stage.IN_PROGRESS: (MoveKind.DISPATCH, MoveKind.ACCEPT, MoveKind.START),
    Stage.DONE: (MoveKind.DISPATCH, MoveKind.ACCEPT, MoveKind.START, MoveKind.FINISH),
}
_CLOCKS = Clocks()


def filed(ticket: Ticket) -> dict[str, FieldValue]:
    """The whole first patch of this ticket, with its owner and its first clocks."""
    owner = "" if ticket.stage is Stage.CLOSED else ticket.registered_by
    return patch_of(_CLOCKS.filed(replace(ticket, owner=owner)), "ticket_id")


def worked_on(
    ticket: Ticket, stage: Stage, handler_id: str | None, task_id: str, title: str, now: datetime, random: Random
) -> Iterator[tuple[str, str, datetime, dict[str, FieldValue]]]:
    """From a ticket as it was filed to this stage: entity, id, when, and what was written, in their order. The handler
    was sent for a while after it was registered, and no move lies after `now`."""
    before = _CLOCKS.filed(replace(ticket, owner=ticket.registered_by))
    work, at = Work(before, ()), ticket.registered_at
    for kind in _MOVES[stage]:
        at = min(at + timedelta(minutes=random.randrange(5, 90)), now)
        rule = rule_of(kind, work.ticket.stage)
        task = next((one for one in work.tasks if one.stage is not TaskStage.DONE), None)
        if rule is None:
            raise AssertionError(f"{kind} from {work.ticket.stage}")
        given = Given(handler_id=StaffId(handler_id) if handler_id else None, text="已处理完毕。", via="call")
        work = made(work, rule, task, given, Moment(at, ticket.registered_by, _CLOCKS, TaskId(task_id), title))
    old, new = patch_of(before, "ticket_id"), patch_of(work.ticket, "ticket_id")
    if work.tasks:
        yield "ticket", ticket.ticket_id, at, {name: value for name, value in new.items() if old[name] != value}
        for task in work.tasks:
            yield "task", task.task_id, at, patch_of(task, "task_id")
