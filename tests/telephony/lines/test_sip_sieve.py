"""What the stack is spared, told from bytes; that PJSIP really stands behind it is shown in tests/robustness."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.telephony.lines.sip_sieve import DROP, FREED_AFTER_S, PASS, SOCKETS, UNENDED, Sieve

SDP = b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n"


def request(method: bytes = b"INVITE", *more: bytes, body: bytes = SDP, to: bytes = b"<sip:b@x>") -> bytes:
    head = (
        b"Via: SIP/2.0/UDP a;branch=z9hG4bK1",
        b"From: <sip:a@x>;tag=1",
        b"To: " + to,
        b"Call-ID: 1",
        b"Contact: <sip:a@x:5060>",
    )
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join((method + b" sip:b@x SIP/2.0", *head, b"CSeq: 1 " + method, length, *more, b"", body))


def digit(body: bytes) -> bytes:
    return request(b"INFO", b"Content-Type: application/dtmf-relay", body=body)


def answer(code: int, to: bytes = b"<sip:b@x>;tag=2", method: bytes = b"INVITE") -> bytes:
    head = (b"From: <sip:a@x>;tag=1", b"To: " + to, b"Call-ID: 1", b"CSeq: 1 " + method, b"Content-Length: 0")
    return b"\r\n".join((b"SIP/2.0 %d Whatever" % code, *head, b"", b""))


def verdict(message: bytes) -> int:
    return Sieve().verdict(message, 0.0)


@pytest.mark.parametrize(
    "message",
    [
        request(),
        request(b"OPTIONS", body=b""),
        request(b"INVITE", body=b""),
        digit(b"Signal=5\r\nDuration=160\r\n"),
        digit(b"Signal= #\nDuration= 160"),
        digit(b"Signal=5\r\n"),
        digit(b""),
        request(body=SDP + b"m=video 9 RTP/AVP 31\r\n"),
        request(to=b'"Mr. < User" <tel:+8675512345678>'),
        answer(200),
        answer(100, to=b"<sip:b@x>"),
        answer(200, to=b"<sip:b@x>", method=b"REGISTER"),
    ],
)
def test_what_is_in_order_passes(message: bytes) -> None:
    assert verdict(message) == PASS


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (request(b"NEWMETHOD"), 501),
        (request(b"REGISTER"), 405),
        (request().replace(b"CSeq: 1 INVITE", b"CSeq: 1 OPTIONS"), 400),
        (request().replace(b"CSeq: 1 ", b"CSeq: 4294967296 "), 400),
        (request(b"INVITE", b"Call-ID: 2"), 400),
        (request(b"INVITE", b"l: 5"), 400),
        (request().replace(b"Content-Length: ", b"Content-Length: 9"), 400),
        (request(to=b"isbn:2983792873"), 400),
        (request(body=SDP + b"m=audio 9 RTP/AVP 8\r\n" * 4), 488),
        (request(body=SDP.replace(b"audio 9", b"audio 9/65535")), 488),
        (request(body=SDP.replace(b"audio 9", b"audio -1")), 488),
        (digit(b"Signal=5\0\r\n"), 400),
        (digit(b"Signal=5\n\0"), 400),
        (digit(b"Signal=16\r\n"), 400),
        (digit(b"5"), 400),
        (request(b"INVITE", *[b"Via: SIP/2.0/TCP host"] * 200), DROP),
        (request(b"ACK", b"CSeq: 2 ACK"), DROP),
        (answer(200, to=b"<sip:b@x>"), DROP),
        (answer(200, to=b"isbn:1;tag=2"), DROP),
        (answer(200).replace(b"From", b"Contact: <%sip:a@x>\r\nFrom"), DROP),
        (answer(200).replace(b"\r\n\r\n", b"\r\n\r\nc=IN IP4 " + b"a" * 254), DROP),
        (request().replace(b"<sip:a@x:5060>", b"<sip:a@%b>" % (b"x" * 254)), 400),
        (request().replace(b"Contact: <sip:a@x:5060>", b"Subject: x"), 400),
        (request(body=SDP.replace(b"IP4 127.0.0.1", b"IP4 " + b"a" * 254)), 488),
        (request().replace(b"/UDP a;", b"/UDP %b;" % (b"a" * 300)), DROP),
        (answer(486).replace(b"Call-ID: 1", b"Call-ID: 1\r\nCall-ID: 2"), DROP),
    ],
)
def test_what_is_not_is_refused_or_dropped(message: bytes, code: int) -> None:
    assert verdict(message) == code


@pytest.mark.parametrize("body", [b"Signal=5", b"Signal=5\n", b"Signal=5\r", b"\r\n signal = d "])
def test_a_digit_whose_line_does_not_end_may_be_given_its_end(body: bytes) -> None:
    assert verdict(digit(body)) == UNENDED
    assert verdict(digit(body + b"\r\n")) == PASS


def test_an_answer_that_has_lost_its_tag_is_dropped_and_one_that_never_had_any_is_not() -> None:
    sieve = Sieve()
    bare = answer(180, to=b"<sip:b@x>")
    assert sieve.verdict(bare, 0.0) == PASS
    assert sieve.verdict(answer(183), 0.1) == PASS
    assert sieve.verdict(bare, 0.2) == DROP


def test_a_flood_of_calls_is_told_to_come_back_and_soon_taken_again() -> None:
    sieve = Sieve()
    codes = [sieve.verdict(request(), 0.001 * at) for at in range(SOCKETS)]
    assert codes == [PASS] * (SOCKETS // 2) + [503] * (SOCKETS // 2)
    assert sieve.verdict(request(), FREED_AFTER_S + 0.1) == PASS


def test_holding_and_resuming_takes_no_sockets() -> None:
    sieve = Sieve()
    again = request(to=b"<sip:b@x>;tag=9")
    assert {sieve.verdict(again, 0.0) for _ in range(500)} == {PASS}


@given(st.binary(max_size=300), st.integers(0, 400))
def test_bytes_of_any_kind_get_a_verdict(junk: bytes, at: int) -> None:
    whole = request()
    for message in (junk, whole[:at] + junk + whole[at:], b"SIP/2.0 200 " + junk):
        assert verdict(message) in {UNENDED, PASS, DROP, 400, 405, 488, 501, 503}
