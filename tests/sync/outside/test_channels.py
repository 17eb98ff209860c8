"""The channels, real and fake, over one contract; the real ones against a real HTTP server."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from desk.domain.messages import Delivery
from desk.sync.outside.apprise_channel import AppriseChannel, BadAddress, check
from desk.sync.outside.channels import Channel, FakeChannel, Outcome, SecretMissing
from desk.sync.outside.signed_post import signature
from desk.sync.outside.webhook import Webhook
from tests.sync.outside.messages import NOW, message
from tests.sync.outside.receiver import Receiver, receiver

SECRET = "s3cret-s3cret"


@pytest.fixture
def state() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


def webhook(state: Receiver, receipts: str = "") -> Webhook:
    return Webhook("sms", f"{state.url}/send", lambda: SECRET, lambda: NOW, receipts)


def through_apprise(state: Receiver) -> AppriseChannel:
    return AppriseChannel("group", state.url.replace("http://", "json://") + "/{secret}?+X-To={to}", lambda: SECRET)


Make = Callable[[Receiver], Channel]


def fake(state: Receiver) -> FakeChannel:
    """As the receiver is told to behave."""
    outcomes = [Outcome(Delivery.WAITING, "HTTP 503")] if state.answers else []
    return FakeChannel(outcomes)


@pytest.fixture(params=[webhook, through_apprise, fake])
def make(request: pytest.FixtureRequest) -> Make:
    found: Make = request.param
    return found


def test_a_message_that_is_taken_is_sent(make: Make, state: Receiver) -> None:
    outcome = make(state).send(message())
    assert (outcome.delivery, outcome.why) == (Delivery.SENT, "")


def test_a_receiver_in_trouble_is_asked_again_later(make: Make, state: Receiver) -> None:
    state.answers.append((503, b"", {}))
    channel = make(state)
    outcome = channel.send(message())
    assert outcome.delivery is Delivery.WAITING
    assert outcome.why
    assert channel.send(message()).delivery is Delivery.SENT


def test_no_receipt_is_none(make: Make, state: Receiver) -> None:
    assert make(state).ask(message(delivery=Delivery.SENT)) is None


def test_the_webhook_gets_all_that_a_gateway_needs_signed(state: Receiver) -> None:
    state.answers.append((200, b'{"id": "abc-1"}', {}))
    sent = message(ticket_id="t1", tries=2)
    assert webhook(state).send(sent) == Outcome(Delivery.SENT, "", "abc-1")
    (got,) = state.got
    assert json.loads(got.body) == {
        "id": sent.message_id,
        "channel": "sms",
        "recipient": "+8613800138000",
        "template": "registered",
        "text": "您好，已登记。",
        "fields": {"number": "1", "title": "标题"},
        "ticket_id": "t1",
        "made_at": "2026-11-22T02:00:00.000000Z",
        "try": 3,
    }
    assert got.headers["idempotency-key"] == sent.message_id
    assert got.headers["x-desk-signature"] == signature(SECRET, int(NOW.timestamp()), got.body)


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b"OK", Outcome(Delivery.SENT)),
        (200, b'{"state": "delivered", "id": "7"}', Outcome(Delivery.DELIVERED, "", "7")),
        (200, b'{"state": "failed", "why": "number barred"}', Outcome(Delivery.FAILED, "HTTP 200: number barred")),
        (200, b"[1, 2]", Outcome(Delivery.SENT)),
        (400, b'{"why": "no such\\ntemplate"}', Outcome(Delivery.FAILED, "HTTP 400: no such template")),
        (403, b"\xff\xfe", Outcome(Delivery.FAILED, "HTTP 403")),
        (302, b"", Outcome(Delivery.FAILED, "HTTP 302")),
        (429, b"", Outcome(Delivery.WAITING, "HTTP 429", after_s=90.0)),
    ],
)
def test_what_the_webhook_makes_of_an_answer(state: Receiver, status: int, body: bytes, outcome: Outcome) -> None:
    state.answers.append((status, body, {"Retry-After": "90"} if status == 429 else {}))
    assert webhook(state).send(message()) == outcome


def test_a_receipt_says_that_it_has_arrived_or_why_not(state: Receiver) -> None:
    channel = webhook(state, f"{state.url}/receipts")
    sent = message(delivery=Delivery.SENT, channel_id="7", sent_at=NOW + timedelta(seconds=1))
    state.answers += [
        (200, b'{"state": "sent"}', {}),
        (200, b'{"state": "delivered"}', {}),
        (200, b'{"state": "failed", "why": "off"}', {}),
        (500, b"", {}),
    ]
    assert channel.ask(sent) is None
    assert channel.ask(sent) == Outcome(Delivery.DELIVERED, "", "7")
    assert channel.ask(sent) == Outcome(Delivery.FAILED, "HTTP 200: off", "7")
    assert channel.ask(sent) is None
    assert [json.loads(got.body) for got in state.got] == [{"id": "7"}] * 4
    assert {got.path for got in state.got} == {"/receipts"}


def test_apprise_gets_title_text_recipient_and_the_secret_in_its_place(state: Receiver) -> None:
    assert through_apprise(state).send(message()).delivery is Delivery.SENT
    (got,) = state.got
    body = json.loads(got.body)
    assert (body["title"], body["message"]) == ("标题", "您好，已登记。")
    assert got.path.startswith(f"/{SECRET}")
    assert got.headers["x-to"] == "+8613800138000"


def test_neither_secret_nor_number_gets_into_the_log_or_the_reason(state: Receiver) -> None:
    state.answers.append((500, f"{SECRET} +8613800138000".encode(), {}))
    heard, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(heard), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        outcome = through_apprise(state).send(message())
        root.debug("the log listens")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert outcome.delivery is Delivery.WAITING
    said = outcome.why + heard.getvalue()
    assert "the log listens" in said
    assert SECRET not in said
    assert not re.search(r"138\d{8}", said)


def test_a_secret_that_is_not_there_sends_nothing(state: Receiver) -> None:
    for channel in (
        Webhook("sms", state.url, lambda: None, lambda: NOW),
        AppriseChannel("sms", "json://127.0.0.1/{secret}", lambda: ""),
    ):
        with pytest.raises(SecretMissing, match="channel:sms"):
            channel.send(message())
    assert state.got == []


@pytest.mark.parametrize(
    "url",
    [
        "dingtalk://{secret}",
        "wecombot://{secret}",
        "feishu://{secret}",
        "lark://{secret}",
        "mailtos://desk:{secret}@smtp.example.com?from=desk@example.com&to=head@example.com",
        "twilio://AC00000000000000000000000000000000:{secret}@+14155550100/{to}",
        "{secret}",
    ],
)
def test_the_addresses_of_the_manual_are_apprises(url: str) -> None:
    if url == "{secret}":
        with pytest.raises(BadAddress):
            check(url)  # the whole address stands in the keyring, and this one is none
    else:
        check(url)


@pytest.mark.parametrize("url", ["nosuchservice://x", "dingtalk://", "twilio://short"])
def test_an_address_that_apprise_does_not_know_fails_for_good(url: str) -> None:
    outcome = AppriseChannel("x", url, lambda: SECRET).send(message())
    assert outcome.delivery is Delivery.FAILED
    assert "apprise" in outcome.why
