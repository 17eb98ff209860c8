"""A reel: one recording that is open, and as many readers of it as there are uses (the ear, the bars, a closer look).

A recording that comes from the vault is still growing while it is played. What has not come yet is waited for, in small
steps, so that whoever reads can be called away. The surprising part: a reader says that it does not know where the file
ends while FFmpeg opens it, because FFmpeg would read the last pages first, and those come last; for a seek, what has
come so far is the whole file. Both were tried with Ogg and FLAC of FFmpeg 8.

A reel may be used by any threads; each `Reader` belongs to one. No thread waits while it holds the stream."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import SEEK_CUR, SEEK_END, SEEK_SET, BytesIO
from pathlib import Path
from typing import BinaryIO, TypeAlias

from desk.usecases.recording_ports import AudioStream, StreamBroken

Source: TypeAlias = Path | bytes | AudioStream
LOOK_S = 0.005  # between two looks whether more has come
UNKNOWN = -1  # what FFmpeg takes for "I do not know"


class CalledAway(Exception):
    """Whoever waited for bytes has something else to do now."""


def never() -> bool:
    return False


class Reel:
    """`length_ms`: what the log says, 0 = ask the file. `close` ends the loading; readers find the end then."""

    def __init__(self, source: Source, length_ms: int = 0) -> None:
        self.length_ms = length_ms
        self._lock = threading.Lock()
        self._closed = False
        self._stream: AudioStream | BinaryIO
        if isinstance(source, bytes):
            self._stream, self._size = BytesIO(source), len(source)
        elif isinstance(source, Path):
            self._stream, self._size = source.open("rb"), source.stat().st_size
        else:
            self._stream, self._size = source, source.size
        self._grows = not isinstance(source, bytes | Path)

    @property
    def size(self) -> int:
        return self._size

    @property
    def loaded(self) -> int:
        """Bytes that can be read now, from the start."""
        if not self._grows:
            return self._size
        return self._stream.loaded  # type: ignore[union-attr]

    @property
    def closed(self) -> bool:
        return self._closed

    def share_loaded(self) -> float:
        """0.0 to 1.0. Never raises: what broke is told to those who read."""
        if not self._size:
            return 1.0
        try:
            return min(1.0, self.loaded / self._size)
        except StreamBroken:
            return 0.0

    def read_at(self, place: int, size: int) -> bytes:
        """Of what has come already: never waits for more. Raises `StreamBroken`."""
        with self._lock:
            if self._closed:
                return b""
            self._stream.seek(place)
            return self._stream.read(size)

    def broken(self) -> None:
        """Raises `StreamBroken` if it is."""
        with self._lock:
            if not self._closed:
                self._stream.tell()

    def reader(self, called_away: Callable[[], bool] = never) -> "Reader":
        """A reader from the start. `called_away` is asked while it waits for bytes."""
        return Reader(self, called_away)

    def close(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                with suppress(StreamBroken):
                    self._stream.close()


class Reader:
    """A binary file as PyAV takes it. `waiting`: it waits for bytes right now; any thread may look."""

    def __init__(self, reel: Reel, called_away: Callable[[], bool]) -> None:
        self._reel, self._called_away = reel, called_away
        self._place = 0
        self._end: int | None = None  # where the file ends, as far as it is known while a seek looks around
        self._knows_end = False
        self._pause = threading.Event()
        self.waiting = False

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, as soon as there are any. Raises `CalledAway`, `StreamBroken`."""
        end = self._reel.size if self._end is None else self._end
        if self._place >= end:
            return b""
        ready = self._wait(end)
        room = min(ready, end) - self._place
        block = self._reel.read_at(self._place, room if size < 0 else min(size, room))
        self._place += len(block)
        return block

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        if whence == SEEK_END:
            if not self._knows_end:
                return UNKNOWN
            self._place = (self._reel.size if self._end is None else self._end) + offset
        elif whence == SEEK_CUR:
            self._place += offset
        elif whence == SEEK_SET:
            self._place = offset
        else:
            return UNKNOWN
        return self._place

    def tell(self) -> int:
        return self._place

    def wait_for(self, place: int) -> None:
        """Until the file has come up to here. Raises `CalledAway`, `StreamBroken`."""
        place = min(place, self._reel.size)
        while self._reel.loaded < place and not self._reel.closed:
            self._wait_once()
        self.waiting = False

    @contextmanager
    def as_far_as_it_came(self) -> Iterator[None]:
        """Within, the file ends where loading stands: for what looks around in it."""
        self._knows_end, self._end = True, self._reel.loaded
        try:
            yield
        finally:
            self._knows_end, self._end = False, None

    def _wait(self, end: int) -> int:
        """How many bytes there are, once there is one at this place."""
        while (ready := self._reel.loaded) <= self._place < end and not self._reel.closed:
            self._wait_once()
        self.waiting = False
        return ready

    def _wait_once(self) -> None:
        if self._called_away():
            self.waiting = False
            raise CalledAway
        self.waiting = True
        self._reel.broken()
        self._pause.wait(LOOK_S)
