"""The sender over a real seat store, with channels that do as they are told."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import time, timedelta, timezone
from pathlib import Path

import pytest

from desk.domain.messages import MOST_TRIES, PAUSES_S, Delivery, Message
from desk.domain.quiet_hours import QuietHours
from desk.secrets import FakeSecrets
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.messages import SqlMessages
from desk.store.outbox import Ordered, SqlOutbox
from desk.store.store import Store
from desk.sync.outside.channels import Channel, FakeChannel, Outcome, SecretMissing
from desk.sync.outside.claims import AloneClaims, Claim
from desk.sync.outside.sender import ASK_AGAIN_S, ASK_S, REST_S, TOO_LATE, Sender, SenderParts
from tests.making import new_id
from tests.sync.outside.messages import NOW, made, message

CHINA = timezone(timedelta(hours=8))
AGAIN = Outcome(Delivery.WAITING, "HTTP 503")


@dataclass
class FakeClaims:
    answers: list[Claim] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def claim(self, message_id: str) -> Claim:
        self.asked.append(message_id)
        return self.answers.pop(0) if self.answers else Claim.MINE


class Office:
    """One seat that sends."""

    def __init__(self, store: Store) -> None:
        self.now = NOW
        self.store, self.log, self.messages = store, SqlChangeLog(store), SqlMessages(store)
        self.sms, self.group = FakeChannel(), FakeChannel()
        self.channels: dict[str, Channel] = {"sms": self.sms, "group": self.group}
        self.claims: FakeClaims | AloneClaims = AloneClaims()
        self.connected = False
        self.changed = 0
        self.quiet: dict[str, QuietHours] = {}
        self.sender = self.restarted()

    def restarted(self) -> Sender:
        author = SeatAuthor("S01", lambda: "S01", lambda: self.now, new_id, self.log.base_seq)
        self.sender = Sender(
            SenderParts(
                messages=self.messages,
                log=self.log,
                author=author,
                channels=self.channels,
                quiet=self.quiet,
                claims=self.claims,
                seat="S01",
                clock=lambda: self.now,
                connected=lambda: self.connected,
                on_changed=self._count,
            )
        )
        return self.sender

    def _count(self) -> None:
        self.changed += 1

    def make(self, *messages: Message, seat: str = "S01") -> None:
        self.log.append([made(one, seat) for one in messages])

    def ordered(self, one: Message, seat: str = "S09") -> None:
        """As if it came from the centre."""
        change = made(one, seat)
        SqlOutbox(self.store).apply([Ordered(replace(change, central_seq=7), "1001")], 7)

    def later(self, **delta: float) -> bool:
        self.now += timedelta(**delta)
        return self.sender.work_once()

    def state(self, one: Message) -> Message:
        found = self.messages.get(one.message_id)
        assert found is not None
        return found


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    yield Office(store)
    store.close()


def test_what_waits_is_sent_once_and_that_is_on_record(office: Office) -> None:
    office.make(message("a"), message("b", channel="group", recipient=""))
    while office.sender.work_once():
        pass
    assert [one.dedupe_key for one in office.sms.sent] == ["a"]
    assert [one.dedupe_key for one in office.group.sent] == ["b"]
    after = office.state(message("a"))
    assert (after.delivery, after.tries, after.sent_at, after.why) == (Delivery.SENT, 1, NOW, "")
    assert office.changed == 2
    assert not office.restarted().work_once()


def test_a_death_before_it_was_written_down_sends_it_again_under_the_same_id(office: Office) -> None:
    office.make(message())

    class PowerCut(Exception):
        pass

    class Dies(FakeChannel):
        def send(self, message: Message) -> Outcome:
            super().send(message)
            raise PowerCut

    dying = Dies()
    office.channels["sms"] = dying
    with pytest.raises(PowerCut):
        office.restarted().work_once()
    office.channels["sms"] = office.sms
    assert office.restarted().work_once()
    assert [one.message_id for one in dying.sent] == [one.message_id for one in office.sms.sent]
    assert office.state(message()).delivery is Delivery.SENT


def test_tries_are_made_after_growing_pauses_and_then_given_up(office: Office) -> None:
    office.make(message())
    office.sms.outcomes = [AGAIN] * MOST_TRIES
    assert office.sender.work_once()
    for tries, pause in enumerate(PAUSES_S, 1):
        assert office.state(message()).tries == tries
        assert office.state(message()).delivery is Delivery.WAITING
        assert not office.later(seconds=pause - 1)
        assert office.later(seconds=1)
    after = office.state(message())
    assert (after.delivery, after.tries) == (Delivery.FAILED, MOST_TRIES)
    assert after.why == "given up: HTTP 503"
    assert not office.later(days=1)


def test_a_channel_that_failed_rests_and_the_others_go_on(office: Office) -> None:
    office.make(message("a"), message("b"), message("c", channel="group"))
    office.sms.outcomes = [AGAIN]
    while office.sender.work_once():
        pass
    assert [one.dedupe_key for one in office.sms.sent] == ["a"]
    assert [one.dedupe_key for one in office.group.sent] == ["c"]
    assert office.later(seconds=REST_S)
    while office.sender.work_once():
        pass
    assert [one.dedupe_key for one in office.sms.sent] == ["a", "a", "b"]


def test_a_gateway_that_asks_for_patience_gets_it(office: Office) -> None:
    office.make(message())
    office.sms.outcomes = [Outcome(Delivery.WAITING, "HTTP 429", after_s=600)]
    assert office.sender.work_once()
    assert not office.later(seconds=599)
    assert office.later(seconds=1)


def test_what_a_gateway_refuses_for_good_is_not_tried_again(office: Office) -> None:
    office.make(message())
    office.sms.outcomes = [Outcome(Delivery.FAILED, "HTTP 400: barred")]
    assert office.sender.work_once()
    assert (office.state(message()).delivery, office.state(message()).why) == (Delivery.FAILED, "HTTP 400: barred")
    assert not office.later(days=1)


@pytest.mark.parametrize("form", ["+8613800138000", "8613800138000", "13800138000"])
def test_a_reason_does_not_repeat_the_number(office: Office, form: str) -> None:
    office.make(message())
    office.sms.outcomes = [Outcome(Delivery.FAILED, f"HTTP 400: {form} is barred")]
    assert office.sender.work_once()
    assert office.state(message()).why == "HTTP 400: … is barred"


def test_what_nobody_needs_any_more_is_dropped_with_its_reason(office: Office) -> None:
    office.make(message())
    assert office.later(hours=25)
    assert office.sms.sent == []
    assert (office.state(message()).delivery, office.state(message()).why) == (Delivery.DROPPED, TOO_LATE)


def test_quiet_hours_hold_also_what_was_made_before_them(office: Office) -> None:
    office.quiet["sms"] = QuietHours(time(10, 30), time(12, 0), CHINA)
    office.make(message("a"), message("b", at_any_hour=True))
    office.sms.outcomes = [AGAIN]
    assert office.sender.work_once()  # 10:00, and it fails
    assert office.later(minutes=35)
    assert [one.dedupe_key for one in office.sms.sent] == ["a", "b"]
    assert not office.later(minutes=84)
    assert office.later(minutes=1)  # 12:00
    assert [one.dedupe_key for one in office.sms.sent] == ["a", "b", "a"]


def test_a_message_for_the_morning_is_not_looked_at_before(office: Office) -> None:
    office.make(message("a", not_before=NOW + timedelta(hours=10)))
    assert not office.sender.work_once()
    assert not office.later(hours=9)
    assert office.later(hours=1)


def test_a_message_the_centre_knows_is_claimed_first(office: Office) -> None:
    claims = FakeClaims([Claim.OTHER, Claim.AWAY, Claim.MINE])
    office.claims = claims
    office.restarted()
    office.ordered(message())
    assert not office.sender.work_once()
    assert not office.later(seconds=5)
    assert office.sms.sent == []
    assert office.later(seconds=5)
    assert len(office.sms.sent) == 1
    assert len(claims.asked) == 3


def test_a_message_nobody_else_can_know_is_sent_without_the_centre(office: Office) -> None:
    claims = FakeClaims([Claim.AWAY])
    office.claims = claims
    office.restarted()
    office.make(message())
    assert office.sender.work_once()
    assert claims.asked == []


def test_a_message_on_its_way_to_the_centre_is_given_a_moment(office: Office) -> None:
    office.connected = True
    office.make(message())
    assert not office.sender.work_once()
    assert office.later(seconds=60)
    assert len(office.sms.sent) == 1


def test_a_missing_secret_stops_nothing_else_and_loses_nothing(office: Office) -> None:
    class Locked(FakeChannel):
        def send(self, message: Message) -> Outcome:
            raise SecretMissing("channel:sms")

    office.channels["sms"] = Locked()
    office.restarted()
    office.make(message("a"), message("b", channel="group"))
    while office.sender.work_once():
        pass
    assert [one.dedupe_key for one in office.group.sent] == ["b"]
    waiting = office.state(message("a"))
    assert (waiting.delivery, waiting.tries) == (Delivery.WAITING, 0)
    office.channels["sms"] = office.sms
    office.restarted()
    assert office.sender.work_once()


def test_a_receipt_makes_it_delivered(office: Office) -> None:
    office.make(message())
    office.sms.outcomes = [Outcome(Delivery.SENT, "", "id-7")]
    assert office.sender.work_once()
    assert not office.later(seconds=ASK_AGAIN_S[0])
    office.sms.receipts[message().message_id] = Outcome(Delivery.DELIVERED, "", "id-7")
    assert office.later(seconds=ASK_AGAIN_S[1])
    assert office.state(message()).delivery is Delivery.DELIVERED
    assert not office.later(days=1)


def test_a_channel_without_receipts_is_not_asked(office: Office) -> None:
    office.make(message())
    office.sms.outcomes = [Outcome(Delivery.SENT, "", "id-7")]
    office.sms.receipts[message().message_id] = Outcome(Delivery.DELIVERED, "", "id-7")
    office.sms.has_receipts = False
    assert office.sender.work_once()
    assert not office.later(seconds=ASK_AGAIN_S[0] + ASK_S)


def test_another_seats_message_is_not_asked_after(office: Office) -> None:
    sent = message("x")
    office.ordered(sent)
    told = replace(
        made(sent, "S09"), patch={"delivery": "sent", "sent_at": "2026-11-22T02:00:00.000000Z", "channel_id": "9"}
    )
    SqlOutbox(office.store).apply([Ordered(replace(told, central_seq=8), "1001")], 8)
    office.sms.receipts[sent.message_id] = Outcome(Delivery.DELIVERED, "", "9")
    assert not office.later(seconds=ASK_AGAIN_S[0])
    assert office.state(sent).delivery is Delivery.SENT


def test_the_oldest_of_very_many_come_first(office: Office) -> None:
    office.make(*(message(f"k{n}", made_at=NOW - timedelta(minutes=n)) for n in range(300)))
    assert office.sender.work_once()
    assert office.sms.sent[0].dedupe_key == "k299"
