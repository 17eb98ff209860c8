"""A vault in memory, which can be made to fail: for tests, and to try the rest without a disk. Any thread."""

import threading
from collections.abc import Iterator
from pathlib import Path

from desk.recording.vault.names import parts_of, shown
from desk.recording.vault.port import Kept, Pace, unhurried
from desk.usecases.recording_ports import RecordingAway, VaultRefused, VaultTaken

BLOCK = 65_536


class FakeVault:
    """`trouble`: raised by every call until it is None again. `puts`: the names that `put_new` was asked for."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.trouble: Exception | None = None
        self.puts: list[str] = []
        self._lock = threading.Lock()

    def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        self._check()
        content = self.objects.get(name)
        if content is None:
            raise RecordingAway(f"the vault holds nothing under {shown(name)}")
        until = len(content) if length is None else min(len(content), start + length)
        return (content[at : min(at + BLOCK, until)] for at in range(start, until, BLOCK))

    def stat(self, name: str) -> Kept | None:
        self._check()
        content = self.objects.get(name)
        return None if content is None else Kept(name, len(content))

    def put_new(self, name: str, file: Path, pace: Pace = unhurried) -> None:
        self.puts.append(name)
        content = file.read_bytes()
        self._check()
        if parts_of(name) is None:
            raise VaultRefused(f"the vault can hold nothing under {shown(name)}")
        for at in range(0, len(content), BLOCK):
            pace(min(BLOCK, len(content) - at))
        with self._lock:
            if self.objects.setdefault(name, content) != content:
                raise VaultTaken(f"something else lies in the vault under {shown(name)}")

    def names(self, prefix: str = "") -> Iterator[Kept]:
        self._check()
        start = f"{prefix}/" if prefix else ""
        return (Kept(name, len(self.objects[name])) for name in sorted(self.objects) if name.startswith(start))

    def delete(self, name: str) -> None:
        self._check()
        self.objects.pop(name, None)

    def try_writing(self) -> None:
        self._check()

    def _check(self) -> None:
        if self.trouble is not None:
            raise self.trouble
