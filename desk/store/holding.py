"""Who has the store open: every opener shares a lock on `seat.db.use`; a repair needs it alone.

On Linux a file can be renamed under those who have it open, who would go on writing into what was set aside: hence the
lock, which the system releases when its holder dies. On Windows the rename itself is refused while anybody has the file
open. Any thread."""

import contextlib
import os
import sys
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk.usecases.ports import StoreBroken

if sys.platform != "win32":
    import fcntl

AGAIN_S = 0.1


class StoreInUse(StoreBroken):
    """Another program of this seat has the store open."""


class Holding:
    """One opener's share of the lock, until `release`. Raises `StoreInUse` while it is being repaired, `OSError`."""

    def __init__(self, file: Path) -> None:
        handle = os.open(_lock_file(file), os.O_RDWR | os.O_CREAT, 0o600)
        self._close = weakref.finalize(self, os.close, handle)  # also of a store that nobody closed
        if sys.platform != "win32":
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError as error:
                self.release()
                raise StoreInUse(f"{file}: it is being repaired") from error

    def release(self) -> None:
        self._close()


@contextmanager
def alone(file: Path, wait_s: float) -> Iterator[None]:
    """Nobody else has the store open within this block, nor can open it. Waits for those who are just leaving. Raises
    `StoreInUse`, `OSError`."""
    with _lock_file(file).open("ab") as handle:
        if sys.platform != "win32":
            end = time.monotonic() + wait_s
            while True:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                if time.monotonic() > end:
                    raise StoreInUse(f"{file}: another program of this seat has it open")
                time.sleep(AGAIN_S)
        yield


def _lock_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.use")
