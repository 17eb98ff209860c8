"""Messages for the tests of what leaves the hotline."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from desk.domain.changes import Change
from desk.domain.identity import ChangeId
from desk.domain.messages import Message, message_id_of
from desk.usecases.notify import making_patch
from tests.making import new_id

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # 10:00 in China


def message(key: str = "k", **fields: Any) -> Message:
    made = Message(
        message_id_of(key),
        "sms",
        "+8613800138000",
        "registered",
        "您好，已登记。",
        key,
        NOW,
        fields=("number=1", "title=标题"),
    )
    return replace(made, **fields)


def made(one: Message, seat: str = "S01") -> Change:
    """The change that makes it."""
    return Change(ChangeId(new_id()), "message", one.message_id, one.made_at, "1001", seat, making_patch(one))
