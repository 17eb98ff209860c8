"""Every SIP message, in and out, for whoever looks at what happened: as bytes, at the moment it passes, those included
that the sieve refuses. Whoever listens must keep nothing that it may not (`desk.support.sip_text`), and be quick.

A module of PJSIP's of its own, before the sieve for what comes, behind the printing for what goes. It leans on the
layout of `pjsip_rx_data` and `pjsip_tx_data` in 2.15.1 on 64 bits: what does not look like a message where one must be
ends the tap, never the phone. On Windows there is none (`desk.telephony.pj.module`); the notes have PJSIP's own log
there (`log_tap`).

Main thread only: PJSIP calls it from within its own work."""

import ctypes
import logging
from collections.abc import Callable

from desk.telephony.pj.module import Module, OnMessage, Str, register
from desk.telephony.pj.sieve import library_file

PRIORITY = 3  # the sieve's is 4
_MOST = 4_000  # PJSIP_MAX_PKT_LEN
_RX_BUF_AT, _RX_LEN_AT = 4424, 4432  # rdata->msg_info.msg_buf, .len
_TX_BUF_AT = 408  # tdata->buf: start, cur, end
_log = logging.getLogger(__name__)

Listen = Callable[[bool, bytes], None]  # out?, the message


class PjTap:
    """Kept as long as PJSIP lives: PJSIP holds pointers into it. Raises `OSError`, `AttributeError`."""

    def __init__(self, library: str, listen: Listen) -> None:
        self.works = True
        self._listen = listen
        self._library = ctypes.CDLL(library)
        name = b"mod-desk-tap"
        came, goes = OnMessage(self._came), OnMessage(self._goes)
        self._module = Module(
            name=Str(name, len(name)),
            id=-1,
            priority=PRIORITY,
            on_rx_request=came,
            on_rx_response=came,
            on_tx_request=goes,
            on_tx_response=goes,
        )
        register(self._library, self._module)

    def _came(self, rdata: int) -> int:
        return self._pass_on(False, rdata, _received)

    def _goes(self, tdata: int) -> int:
        return self._pass_on(True, tdata, _sent)

    def _pass_on(self, out: bool, data: int, place_of: Callable[[int], tuple[int, int] | None]) -> int:
        """PJSIP's callback: 0 = on to the next module, always."""
        try:
            if self.works:
                place = place_of(data)
                if place is None:
                    self.works = False
                    _log.warning("PJSIP's messages are not where they should be: none is noted any more")
                else:
                    self._listen(out, ctypes.string_at(*place))
        except Exception:  # noqa: BLE001 - nothing may be raised into C
            _log.exception("a SIP message could not be noted")
        return 0


def can_tap() -> bool:
    """Before PJSIP runs."""
    try:
        return bool(ctypes.CDLL(library_file()).pjsip_endpt_register_module)
    except (OSError, AttributeError):
        return False


def tap(listen: Listen) -> PjTap | None:
    """None where this build of PJSIP lets nobody listen. PJSIP runs already."""
    try:
        return PjTap(library_file(), listen)
    except (OSError, AttributeError) as error:
        _log.warning("SIP messages are not seen as they pass: %s", error)
        return None


def _received(rdata: int) -> tuple[int, int] | None:
    """Inside the packet, which lies in the structure itself."""
    start = ctypes.c_void_p.from_address(rdata + _RX_BUF_AT).value or 0
    length = ctypes.c_int.from_address(rdata + _RX_LEN_AT).value
    return (start, length) if rdata < start < rdata + _RX_BUF_AT and 0 < length <= _MOST else None


def _sent(tdata: int) -> tuple[int, int] | None:
    start, now, end = (ctypes.c_void_p.from_address(tdata + _TX_BUF_AT + 8 * n).value or 0 for n in range(3))
    return (start, now - start) if 4096 < start < now <= end and end - start <= 16 * _MOST else None
