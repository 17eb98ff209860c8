"""The way to people as a port: a channel takes one message at a time and says what became of it. Owns no network
itself; `webhook`, `apprise_channel` and `FakeChannel` stand behind it and pass one contract."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from desk.domain.messages import Delivery, Message
from desk.usecases.ports import KeyringWeak


@dataclass(frozen=True, slots=True)
class Outcome:
    """`delivery` SENT, DELIVERED, or FAILED for good; WAITING: try again later, `after_s` at the earliest. `why`: for
    people, never with the recipient's number. `channel_id`: what the channel calls the message."""

    delivery: Delivery
    why: str = ""
    channel_id: str = ""
    after_s: float = 0.0


class Channel(Protocol):
    """Blocks for the network, half a minute at most; a worker's thread. Never raises for what the far side does.
    `has_receipts`: it can be asked what became of a message."""

    @property
    def has_receipts(self) -> bool: ...

    def send(self, message: Message) -> Outcome:
        """`message.message_id` is the same at every try: whoever can, takes it once."""
        ...

    def ask(self, message: Message) -> Outcome | None:
        """What became of a message that was SENT; None where the channel cannot say (yet)."""
        ...


class SecretMissing(Exception):
    """The keyring holds nothing for this channel: nothing is sent, and nothing is lost. The text names the entry."""


Secret = Callable[[], str | None]


def secret_entry(channel: str) -> str:
    """The channel's name in the keyring."""
    return f"channel:{channel}"


def asked(secret: Secret, channel: str) -> str:
    """The channel's secret. Raises `SecretMissing`."""
    try:
        found = secret()
    except KeyringWeak as error:
        raise SecretMissing(f"{secret_entry(channel)} ({error})") from error
    if not found:
        raise SecretMissing(secret_entry(channel))
    return found


@dataclass
class FakeChannel:
    """Takes every message, or says what stands next in `outcomes`."""

    outcomes: list[Outcome] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    receipts: dict[str, Outcome] = field(default_factory=dict)
    has_receipts: bool = True

    def send(self, message: Message) -> Outcome:
        self.sent.append(message)
        return self.outcomes.pop(0) if self.outcomes else Outcome(Delivery.SENT)

    def ask(self, message: Message) -> Outcome | None:
        return self.receipts.get(message.message_id)
