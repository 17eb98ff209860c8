"""Builds `desk central init|upgrade|check`: the owner's own connection to the central database."""

from pathlib import Path
from urllib.parse import urlsplit

from desk.secrets import KeyringSecrets
from desk.settings import Settings
from desk.sync.central import admin as central_admin
from desk.usecases.ports import KeyringWeak


def run(settings: Settings, action: str, url: str) -> int:
    owner = owner_of(settings, url)
    match action:
        case "init":
            central_admin.init(owner, print)
        case "upgrade":
            central_admin.upgrade(owner, print)
        case _:
            return 0 if central_admin.check(owner, print) else 1
    return 0


def owner_of(settings: Settings, url: str) -> central_admin.Owner:
    """Who looks after the centre: by this address, else by that of the settings."""
    address = url or settings.central.url
    ca_file = Path(settings.central.ca_file) if settings.central.ca_file else None
    return central_admin.Owner(address, _password(address), ca_file)


def _password(url: str) -> str | None:
    """The owner's password, if the keyring has it. A server without a desktop has none: PGPASSWORD serves there."""
    parts = urlsplit(url)
    try:
        return KeyringSecrets().get(f"central:{parts.username}@{parts.hostname or 'localhost'}")
    except KeyringWeak:
        return None
