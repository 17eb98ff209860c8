"""Builds the vault and what brings recordings there."""

from collections.abc import Callable
from datetime import datetime

from desk.compose.clock import now
from desk.domain.identity import CallId
from desk.recording.vault.configured import vault_of
from desk.recording.vault.pace import Paced
from desk.recording.vault.port import Vault
from desk.recording.vault.uploader import Bringing, EntryOf, Uploader
from desk.secrets import Secrets
from desk.settings import Settings


def vault_of_seat(settings: Settings, secrets: Secrets) -> Vault:
    """Nothing is connected to yet."""
    return vault_of(settings, secrets.get, now)


def uploader_of(
    settings: Settings,
    vault: Vault,
    entry_of: EntryOf,
    vaulted: Callable[[CallId, datetime], None],
    call_runs: Callable[[], bool],
    tell: Callable[[Bringing], None],
) -> Uploader:
    """The uploader of the sync process."""

    def limit_kbit_s() -> int:
        return settings.vault.upload_in_call_kbit_s if call_runs() else settings.vault.upload_kbit_s

    return Uploader(settings.sealed_dir, vault, entry_of, vaulted, now, pace=Paced(limit_kbit_s), tell=tell)
