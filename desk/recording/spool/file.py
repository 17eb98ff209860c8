"""One growing file of the spool that survives a full disk: what could not be written stays in memory and is tried
again, at its own place in the file. So a file of audio stays true to time whatever happens: what had to be given up
is a hole, which reads as silence and takes no space.

Used by the recorder's writer thread only; `sync` and `close` are also called by its syncer thread, after the
last write that they concern."""

import contextlib
import errno
import os
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Protocol

from desk.domain.troubles import Trouble
from desk.recording.spool.folder import fsync_dir

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def trouble_of(error: OSError) -> Trouble:
    """What a failed write means to the agent."""
    return Trouble.SPOOL_FULL if error.errno in _FULL else Trouble.SPOOL_UNWRITABLE


class Growing(Protocol):
    """The part of a raw binary file that is needed here."""

    def seek(self, offset: int, /) -> int: ...
    def write(self, data: bytes | bytearray, /) -> int | None: ...
    def truncate(self, size: int, /) -> int: ...
    def fileno(self) -> int: ...
    def close(self) -> None: ...


def open_growing(path: Path) -> Growing:
    """Create the file (it must not exist), readable by its owner only, and its folder; or raise `OSError`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return FileIO(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600))


class SpoolFile:
    """`keep_bytes`: how much may wait in memory, None = everything (a manifest); `frame_bytes`: what is given up is a
    multiple of it, so that channels never change sides; `reserve_bytes`: zeros that hold the place for what comes, so
    that a manifest once begun can be ended on a disk that is full by then."""

    def __init__(
        self,
        path: Path,
        keep_bytes: int | None = None,
        frame_bytes: int = 1,
        reserve_bytes: int = 0,
        open_file: Callable[[Path], Growing] = open_growing,
    ) -> None:
        self.path = path
        self._reserve_bytes, self._open_file = reserve_bytes, open_file
        self._given_up: list[tuple[int, int]] = []  # (from byte, to byte)
        self.unsynced = False
        self.fresh = False  # just created: its name is not durable before the folder is synced
        self._keep_bytes, self._frame_bytes = keep_bytes, frame_bytes
        self._waiting = bytearray()
        self._waiting_at = 0
        self._file: Growing | None = None

    @property
    def waiting_bytes(self) -> int:
        return len(self._waiting)

    def add(self, data: bytes) -> None:
        self._waiting += data

    def write(self) -> None:
        """Write what waits. Raises `OSError`: then what is beyond `keep_bytes` has been given up, and the rest waits
        for the next try."""
        try:
            while self._waiting:
                self._write_some()
        except OSError:
            self._give_up()
            raise

    def _write_some(self) -> None:
        if self._file is None:
            self._file = self._open_file(self.path)
            self.fresh = True
            if self._reserve_bytes:
                with contextlib.suppress(OSError):
                    self._file.write(bytes(self._reserve_bytes))
        self._file.seek(self._waiting_at)
        written = self._file.write(self._waiting)
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.unsynced = True
        self._waiting_at += written
        del self._waiting[:written]

    def _give_up(self) -> None:
        if self._keep_bytes is None or len(self._waiting) <= self._keep_bytes:
            return
        # The file may end in the middle of a frame: the boundary counts from the file's start.
        target = self._waiting_at + len(self._waiting) - self._keep_bytes
        target += -target % self._frame_bytes
        self._drop(min(target - self._waiting_at, len(self._waiting)))

    def give_up_all(self) -> None:
        """Nothing more is tried: what waits is given up."""
        self._drop(len(self._waiting))

    def _drop(self, count: int) -> None:
        start, end = self._waiting_at, self._waiting_at + count
        del self._waiting[:count]
        self._waiting_at = end
        if self._given_up and self._given_up[-1][1] == start:
            self._given_up[-1] = (self._given_up[-1][0], end)
        elif count:
            self._given_up.append((start, end))

    def take_given_up(self) -> list[tuple[int, int]]:
        """Where there is nothing, as (from byte, to byte), since the last call of this."""
        regions, self._given_up = self._given_up, []
        return regions

    def sync(self) -> None:
        """Make what is written survive a power cut. Raises `OSError`."""
        if self._file is not None:
            self.unsynced = False
            os.fsync(self._file.fileno())
            if self.fresh:
                self.fresh = False
                fsync_dir(self.path.parent)

    def close(self) -> None:
        """Give back what was reserved and close. Raises `OSError`."""
        if self._file is not None:
            if self._reserve_bytes:
                self._file.truncate(self._waiting_at)
                os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
