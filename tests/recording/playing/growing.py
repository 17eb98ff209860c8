"""A recording that is still being loaded, as far as a test lets it: the shape of `recording_ports.AudioStream`."""

import threading

from desk.usecases.recording_ports import StreamBroken

WAIT_S = 10.0


class GrowingStream:
    """`let(until)` loads up to this byte; `break_off` makes all further reads fail."""

    def __init__(self, data: bytes, loaded: int = 0) -> None:
        self._data, self._loaded, self._place = data, loaded, 0
        self._news = threading.Condition()
        self._broken: StreamBroken | None = None
        self.closed = False

    def let(self, until: int) -> None:
        with self._news:
            self._loaded = min(len(self._data), max(self._loaded, until))
            self._news.notify_all()

    def break_off(self, why: StreamBroken | None = None) -> None:
        with self._news:
            self._broken = why or StreamBroken("span 3 of 9 is not what was sealed")
            self._news.notify_all()

    @property
    def size(self) -> int:
        return len(self._data)

    @property
    def loaded(self) -> int:
        return self._loaded

    def read(self, size: int = -1, /) -> bytes:
        wanted = self.size if size < 0 else min(self._place + size, self.size)
        with self._news:
            assert self._news.wait_for(lambda: self._loaded >= wanted or self._broken is not None, WAIT_S)
            self._check()
            found = self._data[self._place : wanted]
            self._place += len(found)
            return found

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._check()
        assert whence == 0
        self._place = offset
        return offset

    def tell(self) -> int:
        self._check()
        return self._place

    def close(self) -> None:
        self.closed = True

    def _check(self) -> None:
        if self._broken is not None:
            raise self._broken
