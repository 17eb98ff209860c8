"""What is told to people outside the telephone: residents, handlers, leads. A message is an entity of the change log,
so that every seat sees on the ticket what became of it.

A message's id follows from its dedupe key, and whoever makes one leaves `delivery` out of the change: so two seats that
make the same one unseen by each other make one row, and a late maker does not set a message that was sent back to
waiting. Pure functions."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from desk.domain.identity import TicketId


class Delivery(Enum):
    """What became of a message."""

    WAITING = "waiting"
    SENT = "sent"  # taken by the channel; most channels say no more
    DELIVERED = "delivered"  # the channel says that it has arrived
    FAILED = "failed"  # given up, see `why`
    DROPPED = "dropped"  # nobody wanted it any more


@dataclass(frozen=True, slots=True)
class Message:
    """`channel`: the name of a channel in the settings ("sms", "repair-group"). `recipient`: a number, an address, or
    "" where the channel has only one. `dedupe_key`: messages with the same one are one message. `not_before`: quiet
    hours, or a promise to remind."""

    message_id: str
    channel: str
    recipient: str
    template: str
    text: str
    dedupe_key: str
    made_at: datetime
    delivery: Delivery = Delivery.WAITING
    ticket_id: TicketId | None = None
    not_before: datetime | None = None
    tries: int = 0
    tried_at: datetime | None = None
    sent_at: datetime | None = None
    why: str = ""
    channel_id: str = ""  # the channel's own name for it
    fields: tuple[str, ...] = ()  # "number=20261122-S01-001": for gateways that fill in templates of their own
    at_any_hour: bool = False  # quiet hours do not hold it


_NAMESPACE = uuid.UUID("6f3f7c0e-5d0b-5a52-8a3e-0d8b8f6a1c77")
# After the first try, the second, ...: some eleven hours in all. A gateway that is down for longer needs a person.
PAUSES_S = (30, 120, 600, 1_800, 3_600, 10_800, 21_600)
MOST_TRIES = len(PAUSES_S) + 1


def message_id_of(dedupe_key: str) -> str:
    """The id of the one message with this key."""
    return str(uuid.uuid5(_NAMESPACE, dedupe_key))


def due_at(message: Message) -> datetime:
    """When a waiting message is to be tried (again), quiet hours apart."""
    first = message.not_before or message.made_at
    if message.tries == 0 or message.tried_at is None:
        return first
    return max(first, message.tried_at + timedelta(seconds=PAUSES_S[min(message.tries, len(PAUSES_S)) - 1]))
