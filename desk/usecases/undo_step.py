"""Undoing the last step: what the last move of a ticket wrote is written again as it was before. Only by whoever made
it, and only while nobody has written since about what it wrote: the ticket, its tasks, what stands beside it. A task or
a ticket that the step made is cancelled, a call that it promised released, for nothing is ever taken out of the log; a
message that still waits is dropped. A follow-up that the step ended is due again and keeps what was answered, as a
draft. Any thread; durable when `undo` returns.

What a step wrote is known by its id: tickets and tasks bear the step as a field; of what stands beside a ticket it is
the reason of the change (`bearing`), for no move of a ticket is theirs. Steps with one id are one act (followed up and
closed by one answer) and are undone together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from datetime import datetime, timedelta

from desk.domain.changes import Change, FieldValue, fold
from desk.domain.conflicts import has_seen, is_whole_row
from desk.domain.early_warnings import EarlyWarning
from desk.domain.follow_ups import FollowUp, FollowUpState
from desk.domain.identity import TicketId
from desk.domain.knowledge import Question
from desk.domain.messages import Delivery
from desk.domain.moves import UNDO, MoveKind, MoveRefused, Refusal, undoes
from desk.domain.patches import field_value
from desk.domain.promises import Promise, PromiseState
from desk.domain.tasks import Task, TaskStage
from desk.domain.tickets import Stage, Ticket
from desk.domain.times import to_text
from desk.usecases.move_ports import Beside
from desk.usecases.notify import Messages, unsaid
from desk.usecases.ports import ChangeAuthor, ChangeLog, Tickets
from desk.usecases.recording_ports import Histories
from desk.usecases.task_ports import Tasks

_AT_ONCE = timedelta(seconds=5)  # messages are made in the move's own transaction
_BESIDE: dict[str, type[FollowUp | Promise | Question | EarlyWarning]] = {
    "follow_up": FollowUp,
    "promise": Promise,
    "question": Question,
    "warning": EarlyWarning,
}
_CLASSES: dict[str, type[Ticket | Task | FollowUp | Promise | Question | EarlyWarning]] = {
    "ticket": Ticket,
    "task": Task,
    **_BESIDE,
}
_DRAFT = frozenset({"answers", "text", "questionnaire", "version"})  # of a follow-up: what was said in it
_ENDED = frozenset({"solved", "satisfied", "confirmed", "score", "call_id", "done_at", "done_by", "reason"})


def bearing(step: str, also: Iterable[Change]) -> list[Change]:
    """These changes, those of what stands beside the ticket as brought by this step."""
    return [replace(change, reason=step) if change.entity in _BESIDE else change for change in also]


@dataclass(frozen=True, slots=True)
class _Written:
    """What the step wrote of one thing, and all that was written of it before."""

    changes: tuple[Change, ...]
    before: tuple[Change, ...]

    @property
    def patch(self) -> dict[str, FieldValue]:
        return {name: value for change in self.changes for name, value in change.patch.items()}


class UndoStep:
    def __init__(
        self,
        log: ChangeLog,
        author: ChangeAuthor,
        histories: Histories,
        tickets: Tickets,
        tasks: Tasks,
        messages: Messages | None = None,
        beside: Callable[[], Beside] | None = None,
    ) -> None:
        self._log, self._author, self._histories = log, author, histories
        self._tickets, self._tasks, self._messages, self._beside = tickets, tasks, messages, beside

    def refusal(self, ticket_id: TicketId, who: str) -> Refusal | None:
        """Why this person cannot undo the ticket's last step; None: they can."""
        found = self._last(ticket_id, who)
        return found if isinstance(found, Refusal) else None

    def undo(self, ticket_id: TicketId, who: str, now: datetime) -> Ticket:
        """The ticket as it is then. Raises `MoveRefused`."""
        found = self._last(ticket_id, who)
        if isinstance(found, Refusal):
            raise MoveRefused(found)
        step = found[0].changes[0]
        undone = f"{UNDO} {_id(step.patch['step'])}"
        self._log.append([*(self._reverse(written, undone, now) for written in found), *self._unsaid(ticket_id, step)])
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
        kind, _space, name = step.partition(" ")
        others: list[tuple[str, str]] = [("task", task.task_id) for task in self._tasks.of_ticket(ticket_id)]
        beside, ticket = self._beside() if self._beside else None, self._tickets.get(ticket_id)
        others += beside.of(ticket) if beside and ticket else []
        if kind == MoveKind.SPLIT.value:
            others.append(("ticket", name))
        found = [_part(own, name)]
        for entity, entity_id in others:
            changes = self._histories.of(entity, entity_id)
            part = _part(changes, name)
            if part.changes:
                found.append(part)
            elif entity == "ticket" or any(_step_id(change) == name for change in changes):
                return Refusal.WRITTEN_SINCE
        undone = {part.changes[0].entity_id for part in found}
        if not all(map(_undisturbed, found)) or (beside and beside.is_checked(ticket_id, undone)):
            return Refusal.WRITTEN_SINCE
        return found

    def _unsaid(self, ticket_id: TicketId, step: Change) -> list[Change]:
        """The messages that the step has made, where nobody has them yet."""
        waiting = [
            message
            for message in (self._messages.of_ticket(ticket_id) if self._messages else ())
            if message.delivery is Delivery.WAITING and timedelta() <= message.made_at - step.at <= _AT_ONCE
        ]
        return [unsaid(self._author, message, UNDO, UNDO) for message in waiting]

    def _reverse(self, written: _Written, step: str, now: datetime) -> Change:
        change, patch = written.changes[0], written.patch
        if change.entity in _BESIDE:
            undone = _not_ended(written, now) if change.entity == "follow_up" else _not_promised(written)
            return self._author.change(change.entity, change.entity_id, undone, UNDO)
        if not written.before:
            stage = TaskStage.CANCELLED.value if change.entity == "task" else Stage.CANCELLED.value
            ended: dict[str, FieldValue] = {"stage": stage, "step": step, **_no_clocks(change)}
            return self._author.change(change.entity, change.entity_id, ended, UNDO)
        return self._author.change(change.entity, change.entity_id, {**_as_before(written, patch), "step": step}, UNDO)


def _id(step: object) -> str:
    return str(step or "").partition(" ")[2]


def _step_id(change: Change) -> str:
    return _id(change.reason if change.entity in _BESIDE else change.patch.get("step"))


def _part(changes: Sequence[Change], step_id: str) -> _Written:
    """What the step wrote last of this thing; nothing, where somebody went on from there."""
    first = len(changes)
    while first and _step_id(changes[first - 1]) == step_id and not undoes(changes[first - 1].patch.get("step")):
        first -= 1
    return _Written(tuple(changes[first:]), tuple(changes[:first]))


def _undisturbed(written: _Written) -> bool:
    """Whether its author had seen all that stands before it: what came in meanwhile is somebody's work."""
    return all(has_seen(change, earlier) for change in written.changes for earlier in written.before)


def _as_before(written: _Written, names: Iterable[str]) -> dict[str, FieldValue]:
    row = fold(written.before)
    cls = _CLASSES[written.changes[0].entity]
    empty = {one.name: one.default for one in fields(cls) if one.default is not MISSING}
    return {name: row[name] if name in row else field_value(empty[name]) for name in names}


def _not_ended(written: _Written, now: datetime) -> dict[str, FieldValue]:
    """A follow-up that the step has made is needed by nobody any more; one that it has ended is due, with what was
    said in it; one that it has moved is where it was."""
    patch, due = written.patch, FollowUpState.DUE.value
    if written.before:
        return _as_before(written, [name for name in patch if name not in _DRAFT])
    if patch.get("state") == due:
        from desk.domain.follow_up_rules import GivenUp

        overtaken = GivenUp.OVERTAKEN.value
        return {"state": FollowUpState.GIVEN_UP.value, "reason": overtaken, "done_at": to_text(now)}
    return {**_as_before(written, [name for name in patch if name in _ENDED]), "state": due}


def _not_promised(written: _Written) -> dict[str, FieldValue]:
    """A call that the step has promised is needed by nobody any more; all else is as it was."""
    return _as_before(written, written.patch) if written.before else {"state": PromiseState.RELEASED.value}


def _no_clocks(change: Change) -> dict[str, FieldValue]:
    stopped: dict[str, FieldValue] = {name: None for name in change.patch if name.endswith("due_at")}
    return {**stopped, "next_clock": ""} if change.entity == "ticket" else stopped
