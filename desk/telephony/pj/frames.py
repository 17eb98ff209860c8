"""Samples in and out of PJSIP's `MediaFrame`.

SWIG offers its buffer only as a vector of Python integers: 640 crossings a frame, 0.4 ms, each a chance to lose the
interpreter lock. So the bytes are read where they lie: a `std::vector` begins with the address of its first element in
every standard library in use. That is tested once at start (`probe`), with the slow and safe way as the fall-back."""

import ctypes
import logging
from collections.abc import Callable

import pjsua2 as pj

from desk.telephony.frames import FRAME_BYTES

_log = logging.getLogger(__name__)

ReadFrame = Callable[[pj.MediaFrame], bytes]
WriteFrame = Callable[[pj.MediaFrame, bytes], None]


def _address(vector: pj.ByteVector) -> int:
    return ctypes.c_void_p.from_address(int(vector.this)).value or 0


def read_fast(frame: pj.MediaFrame) -> bytes:
    return ctypes.string_at(_address(frame.buf), frame.size)


def read_slowly(frame: pj.MediaFrame) -> bytes:
    return bytes(frame.buf)[: frame.size]


class FastWriter:
    """Copies into one vector that is kept, then hands that over as a whole."""

    def __init__(self) -> None:
        self._vector = pj.ByteVector(FRAME_BYTES, 0)
        self._at = _address(self._vector)

    def __call__(self, frame: pj.MediaFrame, pcm: bytes) -> None:
        ctypes.memmove(self._at, pcm, FRAME_BYTES)
        frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
        frame.buf = self._vector
        frame.size = FRAME_BYTES


def write_slowly(frame: pj.MediaFrame, pcm: bytes) -> None:
    frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
    frame.buf = pj.ByteVector(list(pcm))
    frame.size = FRAME_BYTES


def probe() -> tuple[ReadFrame, WriteFrame]:
    """The fast pair where it holds on this machine, else the slow one."""
    pattern = bytes(range(256)) * 2 + bytes(range(FRAME_BYTES - 512))
    frame = pj.MediaFrame()
    writer = FastWriter()
    try:
        writer(frame, pattern)
        sound = read_slowly(frame) == pattern and read_fast(frame) == pattern
    except (TypeError, ValueError, OverflowError):
        sound = False
    if sound:
        return read_fast, writer
    _log.warning("PJSIP's frames are read the slow way: this build lays them out differently")
    return read_slowly, write_slowly
