"""Calls that the stack refuses before anybody hears of them: one too many, or an offer that it cannot take (RFC 3261
21.4.25). Seen in the messages that pass: an INVITE that was never offered, and its final answer. Phone process, main
thread; where the messages cannot be heard (`desk.telephony.pj.tap`), such calls leave no trace.

Strangers can make as many as they like, so no more than `MOST` a minute are told."""

import re
import time
from collections import deque
from collections.abc import Callable

from desk.domain.calls import TurnedAway
from desk.settings import LineSettings
from desk.telephony.lines.sdp_codecs import offers_any
from desk.telephony.lines.via import seen_as

MOST, WITHIN_S = 30, 60.0
MOST_KEPT = 64  # INVITEs without an answer yet
_CALL_ID = re.compile(rb"\r\n(?:Call-ID|i)[ \t]*:[ \t]*([^\r\n]*?)[ \t]*\r\n", re.IGNORECASE)
_TO_TAG = re.compile(rb"\r\n(?:To|t)[ \t]*:[^\r\n]*;[ \t]*tag[ \t]*=", re.IGNORECASE)
_OF_INVITE = re.compile(rb"\r\nCSeq[ \t]*:[ \t]*\d+[ \t]+INVITE\b", re.IGNORECASE)
_FINAL = re.compile(rb"SIP/2\.0 ([2-6]\d\d) ")
BUSY, NOT_ACCEPTABLE = 486, 488

Tell = Callable[[bytes, int, str], None]  # the INVITE, the code of its answer, whom it went to ("address:port")


class Turning:
    """`clock_s`: monotonic."""

    def __init__(self, tell: Tell, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._clock_s = tell, clock_s
        self._unheard: dict[bytes, bytes] = {}  # Call-ID -> INVITE
        self._told_at: deque[float] = deque(maxlen=MOST)

    def passed(self, out: bool, untrusted_message: bytes) -> None:
        """Every message."""
        if not out and untrusted_message.startswith(b"INVITE "):
            self._came(untrusted_message)
        elif out and self._unheard:
            self._goes(untrusted_message)

    def offered(self, untrusted_invite: bytes) -> None:
        """This one is known."""
        call_id = _CALL_ID.search(untrusted_invite)
        if call_id is not None:
            self._unheard.pop(call_id[1], None)

    def _came(self, untrusted_invite: bytes) -> None:
        call_id = _CALL_ID.search(untrusted_invite)
        if call_id is None or _TO_TAG.search(untrusted_invite) is not None:
            return
        self._unheard[call_id[1]] = untrusted_invite
        if len(self._unheard) > MOST_KEPT:
            del self._unheard[next(iter(self._unheard))]

    def _goes(self, message: bytes) -> None:
        final, call_id = _FINAL.match(message), _CALL_ID.search(message)
        if final is None or call_id is None or _OF_INVITE.search(message) is None:
            return
        invite, code = self._unheard.pop(call_id[1], None), int(final[1])
        if invite is None or code not in (BUSY, NOT_ACCEPTABLE):
            return
        now_s = self._clock_s()
        if len(self._told_at) < MOST or now_s - self._told_at[0] >= WITHIN_S:
            self._told_at.append(now_s)
            self._tell(invite, code, seen_as(message))


def why(untrusted_invite: bytes, code: int, line: LineSettings) -> str:
    """The reason of its end: a value of `TurnedAway`, or "" where it is another."""
    offer = untrusted_invite.decode("utf-8", "replace")
    if code == BUSY:
        return TurnedAway.ALL_LINES.value
    if not offers_any(offer, line.codecs):
        return TurnedAway.NO_CODEC.value
    encrypted = "a=crypto:" in offer
    return TurnedAway.NOT_ENCRYPTED.value if line.srtp == "required" and not encrypted else ""
