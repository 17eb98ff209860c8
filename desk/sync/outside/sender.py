"""Sends the messages that wait: one at a time, claimed first, tried again after growing pauses, given up after
`MOST_TRIES` or when nobody needs it any more. What became of it is a change, so that every seat sees it on the ticket.

At least once: what is sent is written down after it was taken, so a death in between sends it again, under the same id;
channels that know ids take it once. Two seats send the same message only when one died, or was cut off, in the
middle. A worker's thread."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from desk.domain.messages import MOST_TRIES, Delivery, Message, due_at
from desk.domain.patches import field_value
from desk.domain.quiet_hours import QuietHours
from desk.store.messages import SqlMessages
from desk.sync.outside.channels import Channel, Outcome, SecretMissing
from desk.sync.outside.claims import Claim, Claims
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock

LOOKED_AT = 200  # waiting messages of a channel at once
REST_S = 30.0  # a channel that failed is left alone for so long: its gateway is down, and a thousand messages wait
FRESH_S = 60.0  # a message the centre has not taken yet may still be on its way there
ASK_S = 20.0  # channels with receipts are gone through this often
ASKED_FOR = timedelta(hours=36)  # after a message was made
ASK_AGAIN_S = (60.0, 300.0, 1_800.0, 7_200.0, 28_800.0)  # after a message was taken: whether it has arrived
TOO_LATE = "too late"  # why a message was dropped; the words for it belong to the ui
GIVEN_UP = "given up"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class SenderParts:
    """`author` writes in the machine's name. `connected`: the centre answers. `on_changed`: the log has something new.
    `expires`: how long after it was due a message is still wanted."""

    messages: SqlMessages
    log: ChangeLog
    author: ChangeAuthor
    channels: Mapping[str, Channel]
    quiet: Mapping[str, QuietHours]
    claims: Claims
    seat: str
    clock: Clock
    connected: Callable[[], bool]
    on_changed: Callable[[], None]
    expires: timedelta = timedelta(hours=24)


class Sender:
    def __init__(self, parts: SenderParts) -> None:
        self._parts = parts
        self._not_before: dict[str, datetime] = {}  # message -> when its claim, or its channel, is asked again
        self._rests_until: dict[str, datetime] = {}  # channel ->
        self._asks_at = parts.clock()
        self._asked: dict[str, int] = {}  # message -> how often its channel was asked after it
        self._missing: set[str] = set()  # channels of which it was told that their secret is not there

    def work_once(self) -> bool:
        """Send the oldest message that is due; whether there was one."""
        parts, now = self._parts, self._parts.clock()
        for channel in parts.channels:
            if now < self._rests_until.get(channel, now):
                continue
            for message in parts.messages.waiting(channel, now, LOOKED_AT):
                if now >= self._due(message) and self._handle(message, now):
                    return True
        return self._ask_after(now)

    def _due(self, message: Message) -> datetime:
        due = max(due_at(message), self._not_before.get(message.message_id, message.made_at))
        hours = self._parts.quiet.get(message.channel)
        return due if hours is None or message.at_any_hour else hours.after(max(due, self._parts.clock()))

    def _handle(self, message: Message, now: datetime) -> bool:
        if now - (message.not_before or message.made_at) > self._parts.expires:
            return self._when_mine(message, now, lambda: self._say(message, Outcome(Delivery.DROPPED, TOO_LATE), now))
        return self._when_mine(message, now, lambda: self._try(message, now))

    def _when_mine(self, message: Message, now: datetime, act: Callable[[], None]) -> bool:
        if not self._mine(message, now):
            self._not_before[message.message_id] = now + timedelta(seconds=5)
            return False
        try:
            act()
        except SecretMissing as error:
            if message.channel not in self._missing:
                _log.error("messages by %s wait: the keyring has no entry %s", message.channel, error)
            self._missing.add(message.channel)
            self._not_before[message.message_id] = now + timedelta(seconds=60)
            return False
        self._missing.discard(message.channel)
        self._not_before.pop(message.message_id, None)
        return True

    def _mine(self, message: Message, now: datetime) -> bool:
        """While the centre does not know of it nobody else can; it is only given a moment to get there first."""
        origin = self._parts.messages.origin(message.message_id)
        if not origin.known_to_centre:
            on_its_way = self._parts.connected() and not origin.refused
            return not (on_its_way and now - message.made_at < timedelta(seconds=FRESH_S))
        return self._parts.claims.claim(message.message_id) is Claim.MINE

    def _try(self, message: Message, now: datetime) -> None:
        outcome = self._parts.channels[message.channel].send(message)
        if outcome.delivery is Delivery.WAITING and message.tries + 1 >= MOST_TRIES:
            outcome = Outcome(Delivery.FAILED, f"{GIVEN_UP}: {outcome.why}", outcome.channel_id)
        if outcome.delivery is Delivery.WAITING:
            why = _without(outcome.why, message.recipient)
            _log.warning("a message could not be sent: %s", why, extra={"message_id": message.message_id})
            self._rests_until[message.channel] = now + timedelta(seconds=max(REST_S, outcome.after_s))
        self._say(message, outcome, now, tries=message.tries + 1)

    def _say(self, message: Message, outcome: Outcome, now: datetime, tries: int | None = None) -> None:
        why = _without(outcome.why, message.recipient)
        patch: dict[str, Any] = {"delivery": outcome.delivery.value, "why": why}
        if outcome.channel_id:
            patch["channel_id"] = outcome.channel_id
        if tries is not None:
            patch |= {"tries": tries, "tried_at": field_value(now)}
            if outcome.delivery in (Delivery.SENT, Delivery.DELIVERED):
                patch["sent_at"] = field_value(now)
        self._parts.log.append([self._parts.author.change("message", message.message_id, patch)])
        self._parts.on_changed()
        _log.info("message", extra={"message_id": message.message_id, "delivery": outcome.delivery.value})

    def _ask_after(self, now: datetime) -> bool:
        """Whether one of the messages that were taken has arrived; only of those that this seat sent."""
        if now < self._asks_at:
            return False
        messages, since = self._parts.messages, now - ASKED_FOR
        for name, channel in self._parts.channels.items():
            if not channel.has_receipts:
                continue
            for message in messages.unconfirmed(name, since, LOOKED_AT):
                if self._ask_one(message, channel, now):
                    return True
        self._asks_at = now + timedelta(seconds=ASK_S)
        return False

    def _ask_one(self, message: Message, channel: Channel, now: datetime) -> bool:
        if message.message_id not in self._asked:
            ours = self._parts.messages.sent_by(message.message_id) == self._parts.seat
            self._asked[message.message_id] = 0 if ours else len(ASK_AGAIN_S)
        times = self._asked[message.message_id]
        if times >= len(ASK_AGAIN_S) or message.sent_at is None:
            return False
        if now < message.sent_at + timedelta(seconds=ASK_AGAIN_S[times]):
            return False
        self._asked[message.message_id] = times + 1
        try:
            outcome = channel.ask(message)
        except SecretMissing:
            return False
        if outcome is None:
            return False
        self._say(message, outcome, now)
        return True


def _without(untrusted_why: str, recipient: str) -> str:
    """A reason without the number it is about, which gateways like to repeat."""
    for form in (recipient, recipient.removeprefix("+"), recipient.removeprefix("+86")):
        untrusted_why = untrusted_why.replace(form, "…") if form else untrusted_why
    return untrusted_why
