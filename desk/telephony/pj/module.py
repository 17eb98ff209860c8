"""A module of PJSIP's as ctypes sees it (pjsip/sip_module.h of 2.15.1 on 64 bits): pjsua2 has no way to see every
message, PJSIP has. The Linux wheel exports its functions; the Windows wheel does not, and `library` says so by
`AttributeError` where one is asked for.

Who registers one keeps it as long as PJSIP lives. Main thread only: PJSIP calls from within `libHandleEvents`."""

import ctypes
from collections.abc import Callable

OnMessage = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)


class Str(ctypes.Structure):
    _fields_ = (("ptr", ctypes.c_char_p), ("slen", ctypes.c_ssize_t))


class Module(ctypes.Structure):
    """Build with `module`. `on_tx_*` see a message printed where the priority is below the transport layer's 8."""

    _fields_ = (
        ("prev", ctypes.c_void_p),
        ("next", ctypes.c_void_p),
        ("name", Str),
        ("id", ctypes.c_int),
        ("priority", ctypes.c_int),
        ("load", ctypes.c_void_p),
        ("start", ctypes.c_void_p),
        ("stop", ctypes.c_void_p),
        ("unload", ctypes.c_void_p),
        ("on_rx_request", OnMessage),
        ("on_rx_response", OnMessage),
        ("on_tx_request", OnMessage),
        ("on_tx_response", OnMessage),
        ("on_tsx_state", ctypes.c_void_p),
    )


def register(library: ctypes.CDLL, module: Module) -> None:
    """Raises `OSError` where PJSIP refuses, `AttributeError` where this build does not show its functions."""
    endpoint: Callable[[], int] = library.pjsua_get_pjsip_endpt
    endpoint.restype, endpoint.argtypes = ctypes.c_void_p, []  # type: ignore[attr-defined]
    function = library.pjsip_endpt_register_module
    function.restype, function.argtypes = ctypes.c_int, [ctypes.c_void_p, ctypes.c_void_p]
    status = function(endpoint(), ctypes.byref(module))
    if status != 0:
        raise OSError(f"pjsip_endpt_register_module: {status}")
