"""Builds the vault and what brings recordings there."""

from collections.abc import Callable
from datetime import datetime

from desk.compose.clock import now
from desk.domain.identity import CallId
from desk.recording.vault.configured import vault_of
from desk.recording.vault.pace import Paced
from desk.recording.vault.port import Pace, Vault
from desk.recording.vault.uploader import Bringing, EntryOf, Uploader
from desk.secrets import Secrets
from desk.settings import Settings


def vault_of_seat(settings: Settings, secrets: Secrets) -> Vault:
    """Nothing is connected to yet."""
    return vault_of(settings, secrets.get, now)


def pace_of(settings: Settings, call_runs: Callable[[], bool]) -> Pace:
    """One for all that goes to the vault and comes back in the background."""

    def limit_kbit_s() -> int:
        return settings.vault.upload_in_call_kbit_s if call_runs() else settings.vault.upload_kbit_s

    return Paced(limit_kbit_s)


def uploader_of(
    settings: Settings,
    vault: Vault,
    entry_of: EntryOf,
    vaulted: Callable[[CallId, datetime], None],
    pace: Pace,
    tell: Callable[[Bringing], None],
) -> Uploader:
    """The uploader of the sync process."""
    return Uploader(settings.sealed_dir, vault, entry_of, vaulted, now, pace=pace, tell=tell)
