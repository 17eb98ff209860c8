from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from desk.domain.messages import MOST_TRIES, PAUSES_S, Message, due_at, message_id_of

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


BASE = Message("m", "sms", "13800138000", "registered", "text", "key", AT)


def message(**fields: Any) -> Message:
    return replace(BASE, **fields)


def test_the_same_key_is_the_same_message_and_another_is_another() -> None:
    assert message_id_of("a") == message_id_of("a")
    assert message_id_of("a") != message_id_of("b")
    assert len(message_id_of("a" * 1000)) == 36


def test_a_fresh_message_is_due_at_once_and_one_for_the_morning_then() -> None:
    assert due_at(message()) == AT
    assert due_at(message(not_before=AT + timedelta(hours=8))) == AT + timedelta(hours=8)


def test_pauses_grow_with_the_tries_and_never_come_before_the_promised_time() -> None:
    pauses = [(due_at(message(tries=tries, tried_at=AT)) - AT).total_seconds() for tries in range(1, MOST_TRIES + 1)]
    assert pauses == [*PAUSES_S, PAUSES_S[-1]]
    late = AT + timedelta(hours=1)
    assert due_at(message(tries=1, tried_at=AT, not_before=late)) == late
