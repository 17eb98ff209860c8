"""Messages to people outside the telephone: which ones a ticket's move calls for, by rules of the settings, and what
they say. They are made with the move, in one transaction: a ticket that is saved has its messages, whatever dies next.
`Notifying` stands before a change log and adds them to what is appended.

A rule makes one message for each time that a ticket comes to a stage; two seats that move the same ticket unseen by
each other make the same one (see `desk.domain.messages`). Who sends it is not decided here. Worker's thread."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum
from typing import Any, Protocol, assert_never

from desk.domain.changes import Change
from desk.domain.estate import Staff
from desk.domain.identity import TicketId
from desk.domain.message_texts import GAPS, MessageText, short
from desk.domain.messages import Delivery, Message, message_id_of
from desk.domain.moves import undoes
from desk.domain.numbers import NumberKind, read_number
from desk.domain.patches import patch_of
from desk.domain.quiet_hours import QuietHours
from desk.domain.tickets import Kind, Priority, Stage
from desk.domain.times import from_text
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, Tickets

CORRECTED = "corrected"  # template for whoever has a task: what is so now; and why what still waited was unsaid


class To(Enum):
    """Whom a message goes to."""

    CONTACT = "contact"  # the number that the resident gave; mobile numbers only
    HANDLER = "handler"  # the phone of the ticket's handler
    CHANNEL = "channel"  # whoever the channel has: a group chat, a mailbox


@dataclass(frozen=True, slots=True)
class NotifyRule:
    """`kinds` none = all."""

    when: Stage
    template: str
    channel: str
    to: To
    kinds: tuple[Kind, ...] = ()


class Messages(Protocol):
    """Reads of messages, from the seat store. Any thread."""

    def of_ticket(self, ticket_id: TicketId) -> list[Message]:
        """Oldest first."""
        ...

    def moves_to(self, ticket_id: TicketId, stage: Stage) -> int:
        """How many changes known here brought the ticket to this stage."""
        ...


@dataclass(frozen=True, kw_only=True)
class NotifyParts:
    """`quiet`: the quiet hours of each channel that has some. `category`: a category's name by its code."""

    rules: Sequence[NotifyRule]
    texts: Mapping[str, MessageText]
    quiet: Mapping[str, QuietHours]
    tickets: Tickets
    messages: Messages
    staff: Callable[[], Sequence[Staff]]
    author: ChangeAuthor
    clock: Clock
    category: Callable[[str], str]
    kind: Callable[[Kind], str]
    zone: tzinfo
    hotline: str = ""
    area_code: str = ""


Row = Mapping[str, Any]  # a ticket as its patches hold it


class Notify:
    def __init__(self, parts: NotifyParts) -> None:
        self._parts = parts

    def called_for(self, changes: Sequence[Change]) -> list[Change]:
        """The messages that these changes, not yet appended, call for."""
        found: list[Change] = []
        by_task = any(map(is_task_sent, changes))  # then its handler is told of the task (`notify_tasks`)
        rules = [rule for rule in self._parts.rules if not (by_task and rule.to is To.HANDLER)]
        for change in changes:
            found.extend(self._readdressed(change))
            stage = _stage(change)
            if stage is None or not any(rule.when is stage for rule in rules):
                continue
            ticket_id = TicketId(change.entity_id)
            before = self._parts.tickets.get(ticket_id)
            if before is not None and before.stage is stage:
                continue
            row = {**(patch_of(before, "ticket_id") if before else {}), **change.patch}
            occasion = self._parts.messages.moves_to(ticket_id, stage) + 1
            due = [rule for rule in rules if rule.when is stage]
            if stage is Stage.DISPATCHED and before is not None and before.stage is Stage.SUSPENDED:
                due = [rule for rule in due if rule.to is not To.HANDLER]  # told that it goes on (`notify_tasks`)
            made = (self._make(rule, ticket_id, row, occasion) for rule in due)
            found.extend(message for message in made if message is not None)
        return found

    def _readdressed(self, change: Change) -> Iterator[Change]:
        """What still waits for a number that the resident is not to be reached by: it goes to the right one."""
        parts, ticket_id = self._parts, TicketId(change.entity_id)
        if change.entity != "ticket" or "contact_number" not in change.patch:
            return
        before = parts.tickets.get(ticket_id)
        if before is None or before.contact_number == change.patch["contact_number"]:
            return
        known = patch_of(before, "ticket_id")
        old, rules = self._recipient(To.CONTACT, known, None), [one for one in parts.rules if one.to is To.CONTACT]
        for message in parts.messages.of_ticket(ticket_id):
            about = next((one for one in rules if (one.channel, one.template) == _way(message)), None)
            if about is None or message.recipient != old or message.delivery is not Delivery.WAITING:
                continue
            yield unsaid(parts.author, message, CORRECTED)
            occasion = parts.messages.moves_to(ticket_id, about.when)
            anew = self._make(about, ticket_id, {**known, **change.patch}, occasion, f"/{change.change_id}")
            if anew is not None:
                yield anew

    def _make(
        self, rule: NotifyRule, ticket_id: TicketId, row: Row, occasion: int, correction: str = ""
    ) -> Change | None:
        """`correction`: part of its key, where it is said anew."""
        if rule.kinds and row.get("kind") not in {kind.value for kind in rule.kinds}:
            return None
        handler = self._handler(row)
        recipient = self._recipient(rule.to, row, handler)
        template = self._parts.texts.get(rule.template)
        if recipient is None or template is None:
            return None
        known = self.known(row, handler)
        key = f"{ticket_id}/{rule.when.value}/{occasion}/{rule.template}/{rule.channel}/{recipient}{correction}"
        now = self._parts.clock()
        any_hour = rule.to is not To.CONTACT and row.get("priority") == Priority.URGENT.value
        message = Message(
            message_id=message_id_of(key),
            channel=rule.channel,
            recipient=recipient,
            template=rule.template,
            text=template.fill(known),
            dedupe_key=key,
            made_at=now,
            ticket_id=ticket_id,
            not_before=None if any_hour else self._not_before(rule.channel, now),
            fields=as_fields(known, template),
            at_any_hour=any_hour,
        )
        return self._parts.author.change("message", message.message_id, making_patch(message))

    def _not_before(self, channel: str, now: datetime) -> datetime | None:
        hours = self._parts.quiet.get(channel)
        return hours.after(now) if hours is not None and hours.hold(now) else None

    def _recipient(self, to: To, row: Row, handler: Staff | None) -> str | None:
        """None: there is nobody whom a message could reach."""
        match to:
            case To.CONTACT:
                number = read_number(str(row.get("contact_number") or ""), self._parts.area_code)
                return number.key if number.kind is NumberKind.MOBILE else None
            case To.HANDLER:
                number = read_number(handler.phone if handler else "", self._parts.area_code)
                return number.key if number.kind is NumberKind.MOBILE else None
            case To.CHANNEL:
                return ""
            case _:
                assert_never(to)

    def _handler(self, row: Row) -> Staff | None:
        wanted = row.get("handler_id")
        return next((one for one in self._parts.staff() if one.staff_id == wanted), None) if wanted else None

    def known(self, row: Row, handler: Staff | None = None) -> dict[str, str]:
        """What templates may say of a ticket: gap -> text."""
        parts = self._parts
        contact = str(row.get("contact_number") or "")
        return {
            "hotline": parts.hotline,
            "number": str(row.get("number") or ""),
            "kind": parts.kind(Kind(row["kind"])) if row.get("kind") in _KINDS else "",
            "category": parts.category(str(row.get("category") or "")),
            "place": str(row.get("place_text") or ""),
            "description": str(row.get("description") or ""),
            "caller": str(row.get("caller_name") or ""),
            "contact": read_number(contact, parts.area_code).shown or contact,
            "visit": _visit(row.get("appointment_start"), row.get("appointment_until"), parts.zone),
            "handler": handler.name if handler else "",
        }


class MakesMessages(Protocol):
    """What knows which messages changes call for."""

    def called_for(self, changes: Sequence[Change]) -> list[Change]:
        """Changes that make messages; `changes` are not appended yet."""
        ...


class Notifying:
    """A `ChangeLog` that adds to what is appended the messages it calls for."""

    def __init__(self, log: ChangeLog, *makers: MakesMessages) -> None:
        self._log, self._makers = log, makers

    def append(self, changes: Sequence[Change]) -> None:
        made = [message for maker in self._makers for message in maker.called_for(changes)]
        self._log.append([*changes, *made])

    def base_seq(self) -> int:
        return self._log.base_seq()


_KINDS = frozenset(kind.value for kind in Kind)
_SENDERS = (
    "message_id",
    "delivery",
    "tries",
    "tried_at",
    "sent_at",
    "why",
    "channel_id",
)  # none of the maker's business


def making_patch(message: Message) -> dict[str, Any]:
    """The change that makes a message: without what its sender will say of it, and without what is not there."""
    return {field: value for field, value in patch_of(message, *_SENDERS).items() if value not in (None, [], False)}


def unsaid(author: ChangeAuthor, message: Message, why: str, reason: str = "") -> Change:
    """That nobody wants this one any more, which still waits, and why: `Message.why`."""
    return author.change("message", message.message_id, {"delivery": Delivery.DROPPED.value, "why": why}, reason)


def as_fields(known: Mapping[str, str], template: MessageText) -> tuple[str, ...]:
    """ "number=20261122-S01-001": what the template names, and its title as it reads."""
    named = [f"{gap}={short(known.get(gap, ''))}" for gap in GAPS if f"{{{gap}}}" in template.text + template.title]
    title = template.fill_title(known)
    return (*named, f"title={title}") if title else tuple(named)


def is_task_sent(change: Change) -> bool:
    """A task goes to a handler by this change: the first one, or another."""
    return change.entity == "task" and change.patch.get("dispatched_at") is not None


def _way(message: Message) -> tuple[str, str]:
    return message.channel, message.template


def _stage(change: Change) -> Stage | None:
    if change.entity != "ticket" or undoes(change.patch.get("step")):
        return None
    found = change.patch.get("stage")
    return next((stage for stage in Stage if stage.value == found), None)


def _visit(start: str | None, until: str | None, zone: tzinfo) -> str:
    if not start or not until:
        return ""
    begins, ends = from_text(start).astimezone(zone), from_text(until).astimezone(zone)
    return f"{begins:%m-%d %H:%M}-{ends:%H:%M}"
