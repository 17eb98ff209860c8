"""Undoing the last step: what the last move of a ticket wrote is written again as it was before. Only by whoever made
it, and only while nobody has written about the ticket or its tasks since; a task or a ticket that the step made is
cancelled, for nothing is ever taken out of the log; a message that still waits is dropped. Any thread; durable when
`undo` returns."""

from dataclasses import MISSING, dataclass, fields
from datetime import timedelta

from desk.domain.changes import Change, FieldValue, fold
from desk.domain.conflicts import has_seen, is_whole_row
from desk.domain.identity import TicketId
from desk.domain.messages import Delivery
from desk.domain.moves import UNDO, MoveKind, MoveRefused, Refusal, undoes
from desk.domain.patches import field_value
from desk.domain.tasks import Task, TaskStage
from desk.domain.tickets import Stage, Ticket
from desk.usecases.notify import Messages
from desk.usecases.ports import ChangeAuthor, ChangeLog, Tickets
from desk.usecases.recording_ports import Histories
from desk.usecases.task_ports import Tasks

_AT_ONCE = timedelta(seconds=5)  # messages are made in the move's own transaction
_CLASSES: dict[str, type[Ticket] | type[Task]] = {"ticket": Ticket, "task": Task}


@dataclass(frozen=True, slots=True)
class _Written:
    """What the step wrote of one thing, and all that was written of it before."""

    change: Change
    before: tuple[Change, ...]


class UndoStep:
    def __init__(
        self,
        log: ChangeLog,
        author: ChangeAuthor,
        histories: Histories,
        tickets: Tickets,
        tasks: Tasks,
        messages: Messages | None = None,
    ) -> None:
        self._log, self._author, self._histories = log, author, histories
        self._tickets, self._tasks, self._messages = tickets, tasks, messages

    def refusal(self, ticket_id: TicketId, who: str) -> Refusal | None:
        """Why this person cannot undo the ticket's last step; None: they can."""
        found = self._last(ticket_id, who)
        return found if isinstance(found, Refusal) else None

    def undo(self, ticket_id: TicketId, who: str) -> Ticket:
        """The ticket as it is then. Raises `MoveRefused`."""
        found = self._last(ticket_id, who)
        if isinstance(found, Refusal):
            raise MoveRefused(found)
        step = str(found[0].change.patch["step"]).partition(" ")[2]
        changes = [self._reverse(written, f"{UNDO} {step}") for written in found]
        self._log.append([*changes, *self._unsaid(ticket_id, found[0].change)])
        ticket = self._tickets.get(ticket_id)
        if ticket is None:
            raise MoveRefused(Refusal.NOT_FOUND)
        return ticket

    def _last(self, ticket_id: TicketId, who: str) -> list[_Written] | Refusal:
        """What the last step of this ticket wrote, the ticket's part first."""
        own = self._histories.of("ticket", ticket_id)
        step = str(own[-1].patch.get("step") or "") if own else ""
        if not step or undoes(step) or is_whole_row(own[-1]):
            moved = not step and any(change.patch.get("step") for change in own)
            return Refusal.WRITTEN_SINCE if moved else Refusal.NOTHING_TO_UNDO
        if own[-1].author != who:
            return Refusal.NOT_YOUR_STEP
        found = [_Written(own[-1], tuple(own[:-1]))]
        others: list[tuple[str, str]] = [("task", task.task_id) for task in self._tasks.of_ticket(ticket_id)]
        kind, _space, name = step.partition(" ")
        if kind == MoveKind.SPLIT.value:
            others.append(("ticket", name))
        for entity, entity_id in others:
            changes = self._histories.of(entity, entity_id)
            if changes and changes[-1].patch.get("step") == step:
                found.append(_Written(changes[-1], tuple(changes[:-1])))
            elif entity == "ticket" or any(change.patch.get("step") == step for change in changes):
                return Refusal.WRITTEN_SINCE
        return found if all(map(_undisturbed, found)) else Refusal.WRITTEN_SINCE

    def _unsaid(self, ticket_id: TicketId, step: Change) -> list[Change]:
        """The messages that the step has made, where nobody has them yet."""
        waiting = [
            message
            for message in (self._messages.of_ticket(ticket_id) if self._messages else ())
            if message.delivery is Delivery.WAITING and timedelta() <= message.made_at - step.at <= _AT_ONCE
        ]
        dropped: dict[str, FieldValue] = {"delivery": Delivery.DROPPED.value, "why": UNDO}
        return [self._author.change("message", message.message_id, dropped, UNDO) for message in waiting]

    def _reverse(self, written: _Written, step: str) -> Change:
        change = written.change
        if not written.before:
            stage = TaskStage.CANCELLED.value if change.entity == "task" else Stage.CANCELLED.value
            ended: dict[str, FieldValue] = {"stage": stage, "step": step, **_no_clocks(change)}
            return self._author.change(change.entity, change.entity_id, ended, UNDO)
        row = fold(written.before)
        empty = {f.name: f.default for f in fields(_CLASSES[change.entity]) if f.default is not MISSING}
        patch = {name: row[name] if name in row else field_value(empty[name]) for name in change.patch}
        return self._author.change(change.entity, change.entity_id, {**patch, "step": step}, UNDO)


def _undisturbed(written: _Written) -> bool:
    """Whether its author had seen all that stands before it: what came in meanwhile is somebody's work."""
    return all(has_seen(written.change, earlier) for earlier in written.before)


def _no_clocks(change: Change) -> dict[str, FieldValue]:
    stopped: dict[str, FieldValue] = {name: None for name in change.patch if name.endswith("due_at")}
    return {**stopped, "next_clock": ""} if change.entity == "ticket" else stopped
