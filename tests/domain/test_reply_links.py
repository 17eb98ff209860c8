from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.identity import StaffId, TaskId
from desk.domain.reply_links import BadLink, LinkFault, ReplyLink, read, sign

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SECRET = b"sixteen bytes or more"
LINK = ReplyLink(
    TaskId("01900000-0000-7000-8000-00000000d001"),
    StaffId("01900000-0000-7000-8000-00000000d002"),
    NOW + timedelta(hours=72),
)


def fault(token: str, secret: bytes = SECRET, now: datetime = NOW) -> LinkFault:
    with pytest.raises(BadLink) as caught:
        read(token, secret, now)
    return caught.value.fault


def test_a_link_says_what_it_was_made_for_and_fits_into_a_text_message() -> None:
    token = sign(LINK, SECRET)
    assert read(token, SECRET, NOW) == LINK
    assert len(token) == 64


def test_a_link_runs_out() -> None:
    token = sign(LINK, SECRET)
    assert read(token, SECRET, LINK.until - timedelta(seconds=1)) == LINK
    assert fault(token, now=LINK.until) is LinkFault.EXPIRED


def test_a_link_sealed_with_another_secret_opens_nothing() -> None:
    assert fault(sign(LINK, b"another secret of some length")) is LinkFault.FORGED
    assert fault(sign(LINK, SECRET), b"") is LinkFault.FORGED


@given(st.integers(0, 383))
def test_one_changed_bit_is_noticed(bit: int) -> None:
    import base64

    raw = bytearray(base64.urlsafe_b64decode(sign(LINK, SECRET)))
    raw[bit // 8] ^= 1 << bit % 8
    token = base64.urlsafe_b64encode(bytes(raw)).decode()
    assert fault(token) in (LinkFault.FORGED, LinkFault.UNREADABLE)


@given(st.text(max_size=100))
def test_anything_else_is_unreadable_and_nothing_worse(text: str) -> None:
    assert fault(text) in (LinkFault.UNREADABLE, LinkFault.FORGED)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        sign(LINK, b"short")
