"""How long the spool's disks can still record. Warned of early, because a disk that is full costs words; told to be
well again only when there is clearly more, so that a disk on the edge does not make the lamp flicker. The recorder's
syncer thread asks once a minute."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from desk.recording.spool.interleave import FRAME_BYTES

EVERY_S = 60.0
CLEARLY_MORE = 1.2
BYTES_PER_HOUR = 3600 * 16_000 * FRAME_BYTES
MB = 1_000_000
STEP = 10 * MB  # what is told changes every few minutes of a call


def free_bytes(folder: Path) -> int | None:
    """What an ordinary user may still write where this folder is or will be; None where nobody can say."""
    for known in (folder, *folder.parents):
        try:
            return shutil.disk_usage(known).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None


class Space:
    """Of these folders, the spool's first and maybe its second."""

    def __init__(
        self, folders: Sequence[Path], warn_bytes: int, free_bytes: Callable[[Path], int | None] = free_bytes
    ) -> None:
        self._folders, self._warn_bytes, self._free_bytes = tuple(folders), warn_bytes, free_bytes
        self._low: set[Path] = set()

    def look(self) -> str:
        """What is low, with the hours of calls that fit; "" = there is room."""
        told = []
        for folder in self._folders:
            free = self._free_bytes(folder)
            if free is None:
                continue
            if free < self._warn_bytes:
                self._low.add(folder)
            elif free >= self._warn_bytes * CLEARLY_MORE:
                self._low.discard(folder)
            if folder in self._low:
                told.append(f"{free // STEP * STEP // MB} MB, {free / BYTES_PER_HOUR:.1f} h: {folder}")
        return "; ".join(told)
