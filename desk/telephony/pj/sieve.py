"""What stands before PJSIP: every message that it has parsed is looked at by `sip_sieve` before any other part of it is
given it, and what it would choke on is refused, dropped or mended. PJSIP as built aborts the whole process where one of
its assertions fails, and strangers can make some of them fail with one datagram.

pjsua2 has no way in so early, but PJSIP has: a module with a priority below its transaction layer's. It is registered
by ctypes, since the Linux wheel exports PJSIP's functions. The Windows wheel does not: there is no sieve then, the
launcher starts the phone again after an abort, and the log says so. This leans on the layout of `pjsip_rx_data` in
2.15.1 on 64 bits; each message is checked to lie where it must, and one that does not ends the sieve, never the phone.

Main thread only: PJSIP calls it from within `libHandleEvents`."""

import ctypes
import importlib.util
import logging
import time

from desk.telephony.lines.sip_sieve import PASS, UNENDED, Sieve
from desk.telephony.pj.module import Module, OnMessage, Str, register

PRIORITY = 4  # PJSIP_MOD_PRIORITY_TSX_LAYER is 16, the transport layer's own 8
_PACKET_AT, _PACKET_SIZE = 320, 4000  # rdata->pkt_info.packet[PJSIP_MAX_PKT_LEN]
_LINE_END = b"\r\n\0"
_MSG_BUF_AT = 4424  # rdata->msg_info.msg_buf, and the int `len` behind it

_log = logging.getLogger(__name__)


class PjSieve:
    """Kept as long as PJSIP lives: PJSIP holds pointers into it. `refused` counts what did not pass."""

    def __init__(self, library_file: str) -> None:
        self.refused = 0
        self.works = True
        self._sieve = Sieve()
        self._library = ctypes.CDLL(library_file)
        self._endpoint = self._function("pjsua_get_pjsip_endpt", ctypes.c_void_p)()
        self._respond = self._function(
            "pjsip_endpt_respond_stateless",
            ctypes.c_int,
            *(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p),
        )
        name = b"mod-desk-sieve"
        on_request = OnMessage(lambda rdata: self._look(rdata, answerable=True))
        on_response = OnMessage(lambda rdata: self._look(rdata, answerable=False))
        self._module = Module(
            name=Str(name, len(name)), id=-1, priority=PRIORITY, on_rx_request=on_request, on_rx_response=on_response
        )
        register(self._library, self._module)

    def _function(self, name: str, result: type, *arguments: type) -> "ctypes._NamedFuncPointer":
        function = getattr(self._library, name)
        function.restype, function.argtypes = result, list(arguments)
        return function  # type: ignore[no-any-return]

    def _look(self, rdata: int, answerable: bool) -> int:
        """PJSIP's callback: 1 = it is done with, 0 = on to the next module."""
        try:
            place = self._place(rdata) if self.works else None
            if place is None:
                return 0
            verdict = self._sieve.verdict(ctypes.string_at(*place), time.monotonic())
            if verdict == UNENDED:
                verdict = PASS if _end_line(rdata, sum(place)) else 400
            if verdict == PASS:
                return 0
            self.refused += 1
            _log.info("a SIP message that the stack is spared", extra={"code": verdict})
            if verdict and answerable:
                self._respond(self._endpoint, rdata, verdict, None, None, None)
        except Exception:  # noqa: BLE001 - nothing may be raised into C
            _log.exception("the sieve failed on a message")
            return 0
        return 1

    def _place(self, rdata: int) -> tuple[int, int] | None:
        """Where the message is, and how long."""
        start = ctypes.c_void_p.from_address(rdata + _MSG_BUF_AT).value or 0
        length = ctypes.c_int.from_address(rdata + _MSG_BUF_AT + ctypes.sizeof(ctypes.c_void_p)).value
        packet = rdata + _PACKET_AT
        if not (packet <= start <= start + length <= packet + _PACKET_SIZE and length > 0):
            self.works = False
            _log.warning("PJSIP's messages are not where they should be: they are not looked at any more")
            return None
        return start, length


def _end_line(rdata: int, end: int) -> bool:
    """Put a line's end behind a message, where it is the last in its packet and there is room: PJSIP reads a body up
    to the zero behind the packet."""
    if ctypes.c_char.from_address(end).value != b"\0" or end + len(_LINE_END) > rdata + _PACKET_AT + _PACKET_SIZE:
        return False
    ctypes.memmove(end, _LINE_END, len(_LINE_END))
    return True


def library_file() -> str:
    """Where pjsua2's C library is."""
    found = importlib.util.find_spec("pjsua2._pjsua2")
    return (found.origin or "") if found is not None else ""


def stand_before(library: str) -> PjSieve | None:
    """The sieve, where this build of PJSIP lets one stand before it."""
    try:
        return PjSieve(library)
    except (OSError, AttributeError) as error:
        _log.warning("nothing stands before the SIP stack: %s", error)
        return None
