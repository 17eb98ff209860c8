"""Calls that the stack refuses by itself, seen in the messages that pass."""

import pytest

from desk.domain.calls import TurnedAway
from desk.settings import LineSettings
from desk.telephony.lines.turned_away import MOST, MOST_KEPT, WITHIN_S, Turning, why

Told = list[tuple[bytes, int, str]]


def invite(call_id: str = "a", more: str = "", sdp: str = "") -> bytes:
    return (
        f"INVITE sip:desk@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.5;branch=z9hG4bK1\r\nTo: <sip:desk@h>{more}\r\n"
        f"Call-ID: {call_id}\r\nCSeq: 1 INVITE\r\n\r\n{sdp}"
    ).encode()


def answer(code: int, call_id: str = "a", method: str = "INVITE") -> bytes:
    return (
        f"SIP/2.0 {code} Why\r\nVia: SIP/2.0/UDP 10.0.0.5;received=10.9.8.7;rport=5070;branch=z9hG4bK1\r\n"
        f"To: <sip:desk@h>;tag=1\r\nCall-ID: {call_id}\r\nCSeq: 1 {method}\r\n\r\n"
    ).encode()


def turning(clock_s: float = 0.0) -> tuple[Turning, Told]:
    told: Told = []
    return Turning(lambda *one: told.append(one), lambda: clock_s), told


@pytest.mark.parametrize("code", [486, 488])
def test_an_invite_that_is_refused_unheard_is_told_once_with_whom_it_came_from(code: int) -> None:
    turns, told = turning()
    for _ in range(2):
        turns.passed(False, invite())
    for _ in range(2):
        turns.passed(True, answer(100))
        turns.passed(True, answer(code))
    assert told == [(invite(), code, "10.9.8.7:5070")]


def test_what_was_offered_is_a_re_invite_or_has_another_answer_is_not_told() -> None:
    turns, told = turning()
    turns.passed(False, invite())
    turns.offered(invite())
    turns.passed(True, answer(486))
    turns.passed(False, invite(more=";tag=2"))
    turns.passed(True, answer(488))
    turns.passed(False, invite())
    turns.passed(True, answer(486, method="OPTIONS"))
    turns.passed(False, answer(486))
    turns.passed(True, answer(403))
    turns.passed(True, answer(486))
    assert told == []


def test_whoever_calls_without_end_is_told_so_often_a_minute_and_kept_within_bounds() -> None:
    now_s = 100.0
    told: Told = []
    turns = Turning(lambda *one: told.append(one), lambda: now_s)
    for at in range(3 * MOST):
        turns.passed(False, invite(str(at)))
        turns.passed(True, answer(486, str(at)))
    assert len(told) == MOST
    now_s += WITHIN_S
    turns.passed(False, invite("late"))
    turns.passed(True, answer(486, "late"))
    assert len(told) == MOST + 1
    for at in range(3 * MOST_KEPT):
        turns.passed(False, invite(f"more{at}"))
    assert len(turns._unheard) == MOST_KEPT


PCMA, OPUS = "v=0\r\nm=audio 9 RTP/AVP 8\r\n", "v=0\r\nm=audio 9 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2\r\n"
ENCRYPTED = PCMA + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"


@pytest.mark.parametrize(
    ("code", "sdp", "srtp", "reason"),
    [
        (486, PCMA, "off", TurnedAway.ALL_LINES.value),
        (488, OPUS, "off", TurnedAway.NO_CODEC.value),
        (488, PCMA, "required", TurnedAway.NOT_ENCRYPTED.value),
        (488, ENCRYPTED, "required", ""),
        (488, PCMA, "off", ""),
    ],
)
def test_why_a_call_was_turned_away(code: int, sdp: str, srtp: str, reason: str) -> None:
    line = LineSettings(srtp=srtp)  # type: ignore[arg-type]
    assert why(invite(sdp=sdp), code, line) == reason


@pytest.mark.parametrize("untrusted", [b"INVITE ", b"INVITE \xff\r\nCall-ID:\r\n", b"SIP/2.0 486 ", b"", b"\0" * 5000])
def test_no_message_breaks_it(untrusted: bytes) -> None:
    turns, told = turning()
    for out in (False, True):
        turns.passed(False, invite("kept"))
        turns.passed(out, untrusted)
    assert told == []
