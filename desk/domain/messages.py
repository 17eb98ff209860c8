"""What is told to people outside the telephone: residents, handlers, leads. A message is an entity of the change log,
so that every seat sees on the ticket what became of it."""

from dataclasses import dataclass
from datetime import datetime
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
