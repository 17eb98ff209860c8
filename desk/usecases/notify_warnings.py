"""Messages about complaint early warnings: which ones a step calls for, by rules of the settings. Like a ticket's
(`desk.usecases.notify`), they are made with the step, in one transaction, and two seats that make the same step unseen
by each other make the same message. They go at any hour: the ladder's clocks run at night, too. Worker's thread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum
from typing import assert_never

from desk.domain.changes import Change, FieldValue
from desk.domain.early_warnings import EarlyWarning, WarningStep
from desk.domain.identity import TicketId
from desk.domain.ladder import LadderPolicy, LadderPost
from desk.domain.messages import Message, message_id_of
from desk.domain.numbers import NumberKind, read_number
from desk.domain.patches import patch_of
from desk.domain.tickets import Kind
from desk.domain.times import from_text, to_text
from desk.usecases.notify import Notify, NotifyParts, as_fields, making_patch
from desk.usecases.warning_ports import Warnings


class WarningTo(Enum):
    """Whom a message about a warning goes to."""

    TURN = "turn"  # whose turn it is; mobile numbers only
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class WarningRule:
    """`kinds` none = warnings about tickets of every kind."""

    when: WarningStep
    template: str
    channel: str
    to: WarningTo
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WarningMessageParts:
    """`step`, `post`: their names in the language of the messages."""

    notify: NotifyParts
    rules: Sequence[WarningRule]
    warnings: Warnings
    policy: Callable[[str | None], LadderPolicy]
    step: Callable[[WarningStep], str]
    post: Callable[[LadderPost], str]
    zone: tzinfo


Row = Mapping[str, FieldValue]  # a warning as its patches hold it


class NotifyWarnings:
    """`notify.MakesMessages`."""

    def __init__(self, parts: WarningMessageParts) -> None:
        self._parts = parts
        self._tickets = Notify(parts.notify)

    def called_for(self, changes: Sequence[Change]) -> list[Change]:
        found: list[Change] = []
        for change in changes:
            step = _step(change)
            rules = [rule for rule in self._parts.rules if rule.when is step]
            if step is None or not rules:
                continue
            before = self._parts.warnings.get(change.entity_id)
            if before is not None and not _is_new(before, step, change.patch):
                continue
            row = {**(patch_of(before, "warning_id") if before else {}), **change.patch}
            occasion = self._parts.warnings.times_at(change.entity_id, step) + 1
            made = (self._make(rule, change.entity_id, row, occasion) for rule in rules)
            found.extend(message for message in made if message is not None)
        return found

    def _make(self, rule: WarningRule, warning_id: str, row: Row, occasion: int) -> Change | None:
        notify = self._parts.notify
        ticket = notify.tickets.get(TicketId(str(row.get("ticket_id"))))
        if ticket is None or (rule.kinds and ticket.kind not in rule.kinds):
            return None
        recipient, template = self._recipient(rule.to, row), notify.texts.get(rule.template)
        if recipient is None or template is None:
            return None
        known = {**self._tickets.known(patch_of(ticket, "ticket_id")), **self._known(rule.when, row)}
        key = f"{warning_id}/{rule.when.value}/{occasion}/{rule.template}/{rule.channel}/{recipient}"
        message = Message(
            message_id=message_id_of(key),
            channel=rule.channel,
            recipient=recipient,
            template=rule.template,
            text=template.fill(known),
            dedupe_key=key,
            made_at=notify.clock(),
            ticket_id=ticket.ticket_id,
            fields=as_fields(known, template),
            at_any_hour=True,
        )
        return notify.author.change("message", message.message_id, making_patch(message))

    def _recipient(self, to: WarningTo, row: Row) -> str | None:
        """None: there is nobody whom a message could reach."""
        match to:
            case WarningTo.CHANNEL:
                return ""
            case WarningTo.TURN:
                number = read_number(self._holder(row)[1], self._parts.notify.area_code)
                return number.key if number.kind is NumberKind.MOBILE else None
            case _:
                assert_never(to)

    def _holder(self, row: Row) -> tuple[str, str]:
        """(name, phone) of whose turn it is."""
        turn = str(row.get("turn") or "")
        post = next((one for one in LadderPost if one.value == turn), None)
        if post is None:
            person = next((one for one in self._parts.notify.staff() if one.number == turn), None)
            return (person.name, person.phone) if person else (turn, "")
        estate_id = row.get("estate_id")
        holder = self._parts.policy(estate_id if isinstance(estate_id, str) else None).holder(post)
        return holder.name or self._parts.post(post), holder.phone

    def _known(self, step: WarningStep, row: Row) -> dict[str, str]:
        due_at = row.get("due_at")
        due = f"{from_text(due_at).astimezone(self._parts.zone):%m-%d %H:%M}" if isinstance(due_at, str) else ""
        return {
            "step": self._parts.step(step),
            "turn": self._holder(row)[0],
            "due": due,
            "issue": str(row.get("issue") or ""),
            "said": str(row.get("said") or ""),
        }


def _step(change: Change) -> WarningStep | None:
    found = change.patch.get("step") if change.entity == "warning" else None
    return next((step for step in WarningStep if step.value == found), None)


def _is_new(before: EarlyWarning, step: WarningStep, patch: Row) -> bool:
    """It comes to this step, or another day of being unsatisfied begins; one day has one warning."""
    if step is WarningStep.UNSATISFIED:
        return patch.get("warned_at") != (to_text(before.warned_at) if before.warned_at else None)
    return before.step is not step
