"""A segment of a spool file while it is open. The threads of `file`."""

import contextlib
import errno
import os
from io import FileIO
from pathlib import Path
from typing import Protocol

from desk.recording.files import sync_folder

BLOCK_BYTES = 1024 * 1024


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
    return FileIO(path, "xb+", opener=lambda name, flags: os.open(name, flags, 0o600))


class Part:
    """A segment that is open: bytes from `start` on."""

    def __init__(self, path: Path, start: int, file: Growing) -> None:
        self.path, self.start, self.file = path, start, file
        self.size = 0
        self.unsynced = False
        self.fresh = True  # just created: its name is not durable before the folder is synced
        self.deleted = False

    def write(self, data: bytearray, at: int) -> int:
        self.file.seek(at - self.start)
        written = self.file.write(data)
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.size = at - self.start + written
        self.unsynced = True
        return written

    def look(self) -> None:
        """Notice that its name is gone: `st_nlink` is 0, or on a share it has been renamed out of sight."""
        with contextlib.suppress(OSError):
            self.deleted = os.fstat(self.file.fileno()).st_nlink == 0
        try:
            self.path.stat()
        except FileNotFoundError:
            self.deleted = True
        except OSError:
            pass  # away, which the next write tells

    def copy_of(self, source: "Part") -> None:
        """Take over all that this deleted one holds. Raises `OSError`."""
        handle, at = source.file.fileno(), 0
        while at < source.size:
            os.lseek(handle, at, os.SEEK_SET)
            block = os.read(handle, min(BLOCK_BYTES, source.size - at))
            if not block:
                break
            at += self.write(bytearray(block), self.start + at)

    def sync(self) -> None:
        if self.unsynced:
            self.unsynced = False
            os.fsync(self.file.fileno())
            if self.fresh:
                self.fresh = False
                sync_folder(self.path.parent)
