"""Sealed recordings wherever they are now: at this seat while they wait for the vault, else in the vault. Any
thread."""

from collections.abc import Iterator
from pathlib import Path

from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.port import Kept, Source
from desk.usecases.recording_ports import RecordingAway, VaultAway


class StagedSource:
    """Implements `port.Source`: `sealed_dir` first, because that is at hand, then the vault."""

    def __init__(self, sealed_dir: Path, vault: Source) -> None:
        self._staged, self._vault = FolderVault(sealed_dir), vault

    def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        try:
            blocks = self._staged.read(name, start, length)
        except (RecordingAway, VaultAway):
            return self._vault.read(name, start, length)
        return self._go_on(blocks, name, start, length)

    def stat(self, name: str) -> Kept | None:
        try:
            found = self._staged.stat(name)
        except VaultAway:
            found = None
        return found or self._vault.stat(name)

    def _go_on(self, blocks: Iterator[bytes], name: str, start: int, length: int | None) -> Iterator[bytes]:
        """It may be brought to the vault, and leave this seat, between two looks."""
        given = 0
        try:
            for block in blocks:
                given += len(block)
                yield block
        except RecordingAway:
            left = None if length is None else length - given
            yield from self._vault.read(name, start + given, left)
