"""A file that appears whole or not at all, where somebody has chosen: written beside its place under a name of its own,
synced, renamed. Any thread."""

import os
import secrets
from pathlib import Path
from types import TracebackType

from desk.recording.files import sync_folder


class NewFile:
    """As a context gives the part file to write; it takes its name when the block ends well, and goes when it does not.
    Only its owner may read it. Raises `OSError`, also for a folder that is not there."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._part = target.with_name(f".{target.name[:80]}.{secrets.token_hex(4)}.part")

    def __enter__(self) -> Path:
        self._part.touch(mode=0o600, exist_ok=False)
        return self._part

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                with self._part.open("r+b") as handle:
                    os.fsync(handle.fileno())
                self._part.replace(self._target)
                sync_folder(self._target.parent)
        finally:
            self._part.unlink(missing_ok=True)
