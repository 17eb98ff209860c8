"""What opens recordings in the window, loaded when the first one is played: age, PyAV and the vault's client take
longer to load than a window may take to open. A worker's thread."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from desk.compose.clock import now
from desk.domain.call_log import RecordingEntry
from desk.secrets import KeyringSecrets
from desk.settings import Settings
from desk.usecases.recording_ports import AudioStream

if TYPE_CHECKING:
    from desk.recording.playing.stream import SealedOpener


class LateOpener:
    """Implements `recording_ports.Opener`: what waits at this seat for the vault, then the vault. `agent`: whose own
    keys may open, beside the hotline's."""

    def __init__(self, settings: Settings, agent: Callable[[], str]) -> None:
        self._settings, self._agent = settings, agent
        self._real: SealedOpener | None = None
        self._making = threading.Lock()

    def open(self, entry: RecordingEntry) -> AudioStream:
        """Raises `KeyringWeak` as well."""
        with self._making:
            if self._real is None:
                self._real = self._make()
        return self._real.open(entry)

    def _make(self) -> "SealedOpener":
        from desk.compose.sealing import opener_of
        from desk.recording.vault.configured import vault_of
        from desk.recording.vault.staged import StagedSource

        settings, secrets = self._settings, KeyringSecrets()
        source = StagedSource(settings.sealed_dir, vault_of(settings, secrets.get, now))
        return opener_of(settings, secrets, source, self._agent)
