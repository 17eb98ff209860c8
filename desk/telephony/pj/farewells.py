"""Goodbyes of ours that nobody answers. PJSIP repeats them for 32 s (RFC 3261, timers B and F) and keeps the call's
place so long, of which it has but `MOST_LEGS`: four calls into a network that is down, and nobody could call or be
called. So while not one place is free, the oldest of those that wait for nothing but such an answer is ended; as long
as one is free, they have all their time.

A transaction is found by its key, never by its address: one that has ended is not there. Neither pjsua2 nor the Windows
wheel has a way to it (`pj.module`): there they keep their places. Main thread only."""

import ctypes
import logging
import re
import time
from collections.abc import Callable

import pjsua2 as pj

from desk.telephony.pj.module import Str
from desk.telephony.pj.sieve import library_file
from desk.telephony.stack import MOST_LEGS

LEAST_S = 1.0  # it has been said twice by then
MOST_KEPT = 4 * MOST_LEGS  # INVITEs whose branch is known
_METHOD = re.compile(rb"(INVITE|CANCEL|BYE) ")
_BRANCH = re.compile(rb"\r\n(?:Via|v)[ \t]*:[^\r\n]*?;branch=([^;,\s]+)", re.IGNORECASE)
_CALL_ID = re.compile(rb"\r\n(?:Call-ID|i)[ \t]*:[ \t]*([^\r\n]*?)[ \t]*\r\n", re.IGNORECASE)

_log = logging.getLogger(__name__)


class Farewells:
    """Make it when PJSIP runs. `clock_s`: a monotonic clock."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._invites: dict[bytes, bytes] = {}  # Call-ID -> branch of the last INVITE of ours
        self._unanswered: dict[bytes, float] = {}  # keys of transactions, since when; the oldest first
        self._library: ctypes.CDLL | None = None
        try:
            library = ctypes.CDLL(library_file())
            library.pjsip_tsx_layer_find_tsx.restype = ctypes.c_void_p
            library.pjsip_tsx_layer_find_tsx.argtypes = [ctypes.POINTER(Str), ctypes.c_int]
            library.pjsip_tsx_terminate.argtypes = [ctypes.c_void_p, ctypes.c_int]
            library.pjsua_call_get_count.argtypes = []
        except (OSError, AttributeError) as error:
            _log.warning("goodbyes without an answer keep their places: %s", error)
        else:
            self._library = library

    def sent(self, message: bytes) -> None:
        """Every SIP message that goes out, also when it is repeated."""
        method = _METHOD.match(message)
        if method is None:
            return
        branch, call_id = _BRANCH.search(message), _CALL_ID.search(message)
        if branch is None or call_id is None:
            return
        if method[1] == b"INVITE":
            self._invites.pop(call_id[1], None)
            self._invites[call_id[1]] = branch[1]
            if len(self._invites) > MOST_KEPT:
                del self._invites[next(iter(self._invites))]
        else:  # a CANCEL has its INVITE's branch, and it is the INVITE's answer that ends the call
            self._waits(b"c$BYE$" + branch[1] if method[1] == b"BYE" else b"c$" + branch[1])

    def hung_up(self, call_id: str) -> None:
        """Of a call that we dialled and nobody has answered: before the first word of the far side not even a CANCEL
        is sent (RFC 3261 9.1). `call_id`: SIP's."""
        branch = self._invites.get(call_id.encode())
        if branch is not None:
            self._waits(b"c$" + branch)

    def _waits(self, key: bytes) -> None:
        self._unanswered.setdefault(key, self._clock_s())
        if len(self._unanswered) > MOST_KEPT:
            del self._unanswered[next(iter(self._unanswered))]  # it has long been answered

    def make_room(self) -> None:
        """To be said again and again. The callbacks of what ends come before it returns."""
        while self._unanswered and self._library is not None and self._library.pjsua_call_get_count() >= MOST_LEGS:
            key, since_s = next(iter(self._unanswered.items()))
            if self._clock_s() - since_s < LEAST_S:
                return
            del self._unanswered[key]
            found = self._library.pjsip_tsx_layer_find_tsx(ctypes.byref(Str(key, len(key))), 0)
            if found:
                _log.info("a goodbye without an answer gives its place to another call")
                self._library.pjsip_tsx_terminate(found, pj.PJSIP_SC_REQUEST_TIMEOUT)
