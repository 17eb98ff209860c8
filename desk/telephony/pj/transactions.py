"""Requests of ours that nobody need answer any more. PJSIP keeps them beyond the end of their call, for 32 s or, once
the far side has said that it is at it, for ever; and when they end, it takes the media away from whichever call has the
number by then (PJSIP 2.15.1, `pjsua_call_on_tsx_state_changed`), which aborts the process where that one is answered
afterwards. So they end with their call.

pjsua2 has no way to it, but PJSIP has, by ctypes as in `pj.sieve`; on Windows they are left. Main thread only."""

import ctypes
import functools
import logging
from collections.abc import Callable, Iterable

import pjsua2 as pj

from desk.telephony.pj.sieve import library_file

_log = logging.getLogger(__name__)


@functools.cache
def _terminate() -> Callable[[int, int], int]:
    try:
        function = ctypes.CDLL(library_file()).pjsip_tsx_terminate
    except (OSError, AttributeError) as error:
        _log.warning("requests without an answer are left to PJSIP: %s", error)
        return lambda _address, _code: 0
    function.restype, function.argtypes = ctypes.c_int, [ctypes.c_void_p, ctypes.c_int]
    return function


def end(addresses: Iterable[int]) -> None:
    """As if each (a `pjsip_transaction`, alive) had been answered 487. The callbacks come before this returns."""
    for address in addresses:
        _terminate()(address, pj.PJSIP_SC_REQUEST_TERMINATED)
