"""Builds `desk central init|upgrade|check`: the owner's own connection to the central database."""

from pathlib import Path
from urllib.parse import urlsplit

from desk.secrets import KeyringSecrets
from desk.settings import Settings
from desk.sync.central import admin as central_admin
from desk.usecases.ports import KeyringWeak


def run(settings: Settings, action: str, url: str) -> int:
    owner = central_admin.Owner(
        url or settings.central.url,
        _password(url or settings.central.url),
        Path(settings.central.ca_file) if settings.central.ca_file else None,
    )
    match action:
        case "init":
            central_admin.init(owner, print)
        case "upgrade":
            central_admin.upgrade(owner, print)
        case _:
            return 0 if central_admin.check(owner, print) else 1
    return 0


def _password(url: str) -> str | None:
    """The owner's password, if the keyring has it. A server without a desktop has none: PGPASSWORD serves there."""
    parts = urlsplit(url)
    try:
        return KeyringSecrets().get(f"central:{parts.username}@{parts.hostname or 'localhost'}")
    except KeyringWeak:
        return None
