"""Messages to handlers about tasks: that one was sent to them, with all they need to know and how to answer; where it
goes to somebody else or is called off, that they need not go; where the ticket is suspended, that they are to wait, and
when it goes on; another limit; and where what the ticket says is corrected, what is so now. Whoever has not been told
yet (quiet hours, no network) is not told at all then that they need not go. By the same rules as tickets have
(`desk.usecases.notify`): what a rule says about the handler of a dispatched ticket, it says about each of its tasks.
Worker's thread."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.domain.changes import Change
from desk.domain.estate import Staff
from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.messages import Delivery, Message, message_id_of
from desk.domain.moves import ANSWERED, IN_WORK, MoveKind, is_made_by, undoes
from desk.domain.numbers import NumberKind, read_number
from desk.domain.patches import patch_of
from desk.domain.tasks import TaskStage
from desk.domain.tickets import Priority, Stage
from desk.domain.times import from_text
from desk.usecases.notify import (
    CORRECTED,
    Notify,
    NotifyParts,
    NotifyRule,
    To,
    as_fields,
    is_task_sent,
    making_patch,
    unsaid,
)
from desk.usecases.task_ports import Tasks

TAKEN_OFF, CALLED_OFF = "taken_off", "called_off"  # templates for whoever had it: somebody else goes, nobody does
ON_HOLD, GOES_ON, NEW_LIMIT = "on_hold", "goes_on", "new_limit"  # for whoever has it
_OFF = frozenset({TAKEN_OFF, CALLED_OFF})
_NOT_NOW = _OFF | {ON_HOLD}
# Of a ticket: what a handler goes by.
_GOES_BY = frozenset(
    {
        "category",
        "place_text",
        "description",
        "caller_name",
        "contact_number",
        "appointment_start",
        "appointment_until",
    }
)
_HAD_IT = frozenset({TaskStage.DISPATCHED, TaskStage.ACCEPTED, TaskStage.IN_PROGRESS})
_HAD_IT_NOW = frozenset(stage.value for stage in _HAD_IT)
_IN_WORK = frozenset(stage.value for stage in IN_WORK)
Link = Callable[[TaskId, StaffId], str]  # where this handler can answer, "" = nowhere
Row = Mapping[str, Any]


def no_link(_task_id: TaskId, _staff_id: StaffId) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class TaskMessageParts:
    """`notify`: as the messages about tickets have them."""

    notify: NotifyParts
    tasks: Tasks
    link: Link = no_link


def _is_off(change: Change) -> bool:
    """Nobody has to go (any more): it was called off, or was done after all and not to be done again."""
    stage = change.patch.get("stage")
    is_done_after_all = stage == TaskStage.DONE.value and undoes(change.patch.get("step"))
    return is_done_after_all or stage == TaskStage.CANCELLED.value


class NotifyTasks:
    def __init__(self, parts: TaskMessageParts) -> None:
        self._parts = parts
        self._tickets = Notify(parts.notify)
        self._rules = [one for one in parts.notify.rules if one.when is Stage.DISPATCHED and one.to is To.HANDLER]

    def called_for(self, changes: Sequence[Change]) -> list[Change]:
        """The messages that these changes, not yet appended, call for."""
        by = {"task": (self._of_task,), "ticket": (self._of_correction, self._of_suspension)}
        known = [change for change in changes if change.entity in by] if self._rules else []
        return [message for change in known for of in by[change.entity] for message in of(change, changes)]

    def _rules_for(self, ticket: Row) -> list[NotifyRule]:
        return [one for one in self._rules if not one.kinds or ticket.get("kind") in {kind.value for kind in one.kinds}]

    def _in_hand(self, ticket_id: TicketId, changes: Sequence[Change]) -> Iterator[tuple[Row, StaffId]]:
        """The tasks somebody is on the way for, as these changes make them, and who that is."""
        for task in self._parts.tasks.of_ticket(ticket_id):
            if task.stage in _HAD_IT and task.handler_id is not None:
                own = (one.patch for one in changes if (one.entity, one.entity_id) == ("task", task.task_id))
                yield {**patch_of(task), **next(own, {})}, task.handler_id

    def _of_task(self, change: Change, changes: Sequence[Change]) -> Iterator[Change]:
        is_sent, is_off = is_task_sent(change), _is_off(change)
        if not is_sent and not is_off and change.patch.get("due_at") is None:
            return
        before = self._parts.tasks.get(TaskId(change.entity_id))
        row = {**(patch_of(before) if before else {"task_id": change.entity_id}), **change.patch}
        ticket = self._ticket(str(row.get("ticket_id") or ""), changes)
        if before is not None and before.stage is TaskStage.DONE:
            why = ticket.get("stage_reason")
            row["again"] = why if why != ANSWERED else ""
        handler_id = str(row.get("handler_id") or "")
        had_it = before.handler_id if before is not None and before.stage in _HAD_IT else None
        for rule in self._rules_for(ticket):
            if not is_sent and not is_off:
                if had_it is not None and row.get("stage") in _HAD_IT_NOW:
                    yield from self._another_limit(rule, row, ticket, had_it)
                continue
            if is_sent and not is_off:
                yield from self._make(rule, rule.template, row, ticket, handler_id)
            if had_it is not None and (is_off or had_it != handler_id):
                yield from self._need_not_go(rule, row, ticket, had_it, CALLED_OFF if is_off else TAKEN_OFF)

    def _of_suspension(self, change: Change, changes: Sequence[Change]) -> Iterator[Change]:
        """It is suspended, or goes on: whoever is on the way hears of it."""
        before, stage = self._parts.notify.tickets.get(TicketId(change.entity_id)), change.patch.get("stage")
        held = Stage.SUSPENDED.value
        if before is None or stage is None or (stage == held) is (before.stage is Stage.SUSPENDED):
            return
        if stage != held and stage not in _IN_WORK:
            return  # it has ended: its tasks are called off
        ticket = self._ticket(change.entity_id, changes)
        for row, handler_id in self._in_hand(before.ticket_id, changes):
            for rule in self._rules_for(ticket):
                if stage == held:
                    hold = {**row, "due_at": ticket.get("suspended_until")}
                    yield from self._need_not_go(rule, hold, ticket, handler_id, ON_HOLD)
                else:
                    yield from self._go_on(rule, row, ticket, handler_id)

    def _go_on(self, rule: NotifyRule, row: Row, ticket: Row, handler_id: StaffId) -> Iterator[Change]:
        """Who has not heard that it was suspended does not; who was not even told of the task is told of it now."""
        said = self._said(rule, row, self._number(self._staff(handler_id)))
        last = said[-1] if said else None
        if last is None:
            return
        if last.why == ON_HOLD:
            yield from self._make(rule, rule.template, row, ticket, handler_id)
        elif last.template == ON_HOLD and last.delivery is Delivery.WAITING:
            yield unsaid(self._parts.notify.author, last, GOES_ON)
        elif last.template == ON_HOLD:
            yield from self._make(rule, GOES_ON, row, ticket, handler_id)

    def _of_correction(self, change: Change, changes: Sequence[Change]) -> Iterator[Change]:
        """Also where a correction is taken back: they go by what was said to them last."""
        step, ticket_id = str(change.patch.get("step") or ""), TicketId(change.entity_id)
        if not (is_made_by(MoveKind.CORRECT, step) or undoes(step)):
            return
        before = self._parts.notify.tickets.get(ticket_id)
        if before is None:
            return
        known = patch_of(before)
        if not any(field in change.patch and change.patch[field] != known[field] for field in _GOES_BY):
            return
        ticket = self._ticket(ticket_id, changes)
        for row, handler_id in self._in_hand(ticket_id, changes):
            for rule in self._rules_for(ticket):
                yield from self._say_anew(rule, row, ticket, handler_id, step)

    def _say_anew(self, rule: NotifyRule, row: Row, ticket: Row, handler_id: StaffId, step: str) -> Iterator[Change]:
        """What still waits is said as it is now, instead; who has heard it hears of the correction. Nothing to those
        whom no message was made for: they are called."""
        said = self._said(rule, row, self._number(self._staff(handler_id)))
        last = next((one for one in reversed(said) if one.delivery is not Delivery.DROPPED), None)
        if last is None or last.template in _OFF:
            return
        template = CORRECTED
        if last.delivery is Delivery.WAITING:
            yield unsaid(self._parts.notify.author, last, CORRECTED)
            template = last.template
            if template == CORRECTED and undoes(step):
                return  # they never heard of it
        yield from self._make(rule, template, row, ticket, handler_id, step)

    def _another_limit(self, rule: NotifyRule, row: Row, ticket: Row, handler_id: StaffId) -> Iterator[Change]:
        """Of a suspended ticket, or one that goes on again, and of a correction, they are told with that."""
        before = self._parts.notify.tickets.get(TicketId(str(row.get("ticket_id"))))
        if before is None or before.stage is Stage.SUSPENDED or is_made_by(MoveKind.CORRECT, row.get("step")):
            return
        said = self._said(rule, row, self._number(self._staff(handler_id)))
        if said and said[-1].template not in _NOT_NOW and said[-1].delivery is not Delivery.DROPPED:
            yield from self._make(rule, NEW_LIMIT, row, ticket, handler_id)

    def _need_not_go(
        self, rule: NotifyRule, row: Row, ticket: Row, handler_id: StaffId, template: str
    ) -> Iterator[Change]:
        """What was said to them last of this task: unsaid where it still waits, taken back where they have it."""
        said = self._said(rule, row, self._number(self._staff(handler_id)))
        over = _OFF if template in _OFF else _NOT_NOW
        if not said or said[-1].template in over:
            return
        for waiting in (one for one in said if one.delivery is Delivery.WAITING):
            yield unsaid(self._parts.notify.author, waiting, template)
        known = [one.template for one in said if one.delivery in (Delivery.SENT, Delivery.DELIVERED)]
        if known and known[-1] not in over:
            yield from self._make(rule, template, row, ticket, handler_id)

    def _said(self, rule: NotifyRule, row: Row, recipient: str) -> list[Message]:
        """What was said to them of this task by this channel, oldest first."""
        return [
            message
            for message in self._parts.notify.messages.of_ticket(TicketId(str(row.get("ticket_id"))))
            if message.dedupe_key.startswith(f"{row['task_id']}/")
            and (message.channel, message.recipient) == (rule.channel, recipient)
        ]

    def _make(
        self, rule: NotifyRule, template_code: str, row: Row, ticket: Row, handler_id: str, correction: str = ""
    ) -> Iterator[Change]:
        """None where there is nobody whom a message could reach. `correction`: the step that it is said anew for."""
        notify, handler = self._parts.notify, self._staff(handler_id)
        template = notify.texts.get(template_code)
        recipient = self._number(handler)
        if handler is None or template is None or not recipient:
            return
        known = {**self._tickets.known(ticket, handler), **self._known(row, handler)}
        # taken back and taken up again (an undone step): they have to hear of it once more
        said = self._said(rule, row, recipient)
        turns = sum(one.template in _NOT_NOW or one.delivery is Delivery.DROPPED for one in said)
        limit = f"@{row.get('due_at')}" if template_code == NEW_LIMIT else ""
        key = f"{row['task_id']}/{row.get('dispatched_at')}/{turns}{limit}/{template_code}/{rule.channel}/{recipient}"
        key = f"{key}/{correction}" if correction else key
        now = notify.clock()
        any_hour = ticket.get("priority") == Priority.URGENT.value
        message = Message(
            message_id=message_id_of(key),
            channel=rule.channel,
            recipient=recipient,
            template=template_code,
            text=template.fill(known),
            dedupe_key=key,
            made_at=now,
            ticket_id=TicketId(str(row.get("ticket_id"))),
            not_before=None if any_hour else self._not_before(rule.channel, now),
            fields=as_fields(known, template),
            at_any_hour=any_hour,
        )
        yield notify.author.change("message", message.message_id, making_patch(message))

    def _staff(self, staff_id: str) -> Staff | None:
        return next((one for one in self._parts.notify.staff() if one.staff_id == staff_id), None)

    def _known(self, row: Row, handler: Staff) -> dict[str, str]:
        due_at = row.get("due_at")
        due = f"{from_text(due_at).astimezone(self._parts.notify.zone):%m-%d %H:%M}" if due_at else ""
        link = self._parts.link(TaskId(row["task_id"]), handler.staff_id)
        again = str(row.get("again") or "")
        return {"task": str(row.get("title") or ""), "again": again, "due": due, "link": link}

    def _ticket(self, ticket_id: str, changes: Sequence[Change]) -> Row:
        """Its row, with what these very changes make of it."""
        ticket = self._parts.notify.tickets.get(TicketId(ticket_id))
        row: dict[str, Any] = patch_of(ticket, "ticket_id") if ticket else {}
        for change in changes:
            if change.entity == "ticket" and change.entity_id == ticket_id:
                row |= change.patch
        return row

    def _number(self, handler: Staff | None) -> str:
        number = read_number(handler.phone if handler else "", self._parts.notify.area_code)
        return number.key if number.kind is NumberKind.MOBILE else ""

    def _not_before(self, channel: str, now: datetime) -> datetime | None:
        hours = self._parts.notify.quiet.get(channel)
        return hours.after(now) if hours is not None and hours.hold(now) else None
