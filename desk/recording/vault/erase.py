"""Taking a recording out of the vault for good, and the note at the seat that it is being done. Any thread."""

import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from desk.domain.identity import CallId
from desk.domain.seal import TOMBSTONE_SUFFIX
from desk.i18n import _
from desk.recording.files import sync_folder
from desk.recording.sealing.seal_file import KEY_SUFFIX, stem_of
from desk.recording.vault.port import Vault
from desk.usecases.recording_ports import VaultRefused, VaultTaken

_CALL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class VaultEraser:
    """Implements `recording_ports.RecordingEraser`. `untold`: the centre would not take from this seat that a recording
    is deleted, and all others would miss it without knowing why; then nothing more is deleted."""

    def __init__(self, vault: Vault, untold: Callable[[], bool] = lambda: False) -> None:
        self._vault, self._untold = vault, untold

    def holds(self, file: str) -> bool:
        if self._untold():
            raise VaultRefused(
                _(
                    "This seat reaches the centre as an agent, who may not write that a recording is deleted. Give it "
                    "a role of its own: desk central user add S01 --kind seat"
                )
            )
        return self._vault.stat(file) is not None

    def erase(self, file: str, tombstone: Mapping[str, str]) -> None:
        self._put_tombstone(stem_of(file) + TOMBSTONE_SUFFIX, tombstone)
        self._vault.delete(file)
        # As they are listed, and not by counting: one may be missing before others.
        key = stem_of(file) + KEY_SUFFIX
        day = file.rpartition("/")[0]
        for name in [kept.name for kept in self._vault.names(day) if kept.name.startswith(key)]:
            self._vault.delete(name)

    def spare(self, file: str) -> None:
        self._vault.delete(stem_of(file) + TOMBSTONE_SUFFIX)

    def _put_tombstone(self, name: str, tombstone: Mapping[str, str]) -> None:
        content = json.dumps(dict(tombstone), ensure_ascii=False, sort_keys=True) + "\n"
        with tempfile.TemporaryDirectory(prefix="desk-") as folder:
            file = Path(folder) / "tombstone"
            file.write_text(content, encoding="utf-8")
            try:
                self._vault.put_new(name, file)
            except VaultTaken:
                return  # another seat was faster, or an earlier try: one is enough


class ErasureFolder:
    """Implements `recording_ports.Erasures`: an empty file per call."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, call_id: CallId) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._folder / call_id, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        sync_folder(self._folder)

    def end(self, call_id: CallId) -> None:
        (self._folder / call_id).unlink(missing_ok=True)

    def begun(self) -> list[CallId]:
        try:
            names = sorted(file.name for file in self._folder.iterdir())
        except FileNotFoundError:
            return []
        return [CallId(name) for name in names if _CALL_ID.fullmatch(name)]
