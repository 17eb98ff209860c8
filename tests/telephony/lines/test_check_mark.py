"""The word by which a seat knows its own call again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.telephony.lines.check_mark import LONGEST, MOST, mark_headers, read_marks

MARK = "019ab0c4-5f2e-7c11-9a55-2f0c5d1b7e90"


def invite(*lines: bytes) -> bytes:
    return b"\r\n".join((b"INVITE sip:8001@pbx SIP/2.0", b"Via: SIP/2.0/UDP x", *lines, b"", b""))


def sent(mark: str) -> list[bytes]:
    return [f"{name}: {value}".encode() for name, value in mark_headers(mark)]


def test_either_field_is_enough() -> None:
    both = sent(MARK)
    assert len(both) == 2
    for lines in (both, both[:1], both[1:]):
        assert read_marks(invite(*lines)) == (MARK,)
    assert mark_headers("") == ()


@pytest.mark.parametrize(
    "value",
    [
        b"00" + MARK.encode().hex().upper().encode() + b";encoding=hex;purpose=isdn-uui",
        b'"00' + MARK.encode().hex().encode() + b'" ; encoding=hex',
        MARK.encode().hex().encode(),  # an exchange that took the protocol for its own, and the parameter away
        b"04c81031;encoding=hex, 00" + MARK.encode().hex().encode() + b";encoding=hex",
    ],
)
def test_user_to_user_is_read_as_exchanges_write_it(value: bytes) -> None:
    assert MARK in read_marks(invite(b"user-to-USER: " + value))


def test_what_others_send_there_is_no_mark_of_ours_and_does_no_harm() -> None:
    assert read_marks(invite(b"From: <sip:1@x>")) == ()
    assert read_marks(invite(b"User-to-User: zz;encoding=hex", b"User-to-User:", b"X-Desk-Check: ")) == ()
    assert read_marks(invite(b"X-Desk-Check: " + b"a" * (LONGEST + 1))) == ()
    assert len(read_marks(invite(*[b"X-Desk-Check: %d" % number for number in range(100)]))) == MOST


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_nothing_that_arrives_there_raises(first: bytes, second: bytes) -> None:
    assert all(read_marks(invite(b"X-Desk-Check: " + first, b"User-to-User: " + second)))
