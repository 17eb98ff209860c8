"""Which entries of the keyring these settings need: by a word that stands for them in a list, and their name. Pure."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from desk.settings.values import Settings


def entries_of(settings: Settings) -> dict[str, str]:
    """Word to entry: "sip" (of the first registered line), "sip:label" of each, "central", "vault", "hook",
    "channel:name"."""
    found: dict[str, str] = {}
    for word, entry in _all(settings):
        found.setdefault(word, entry)
    return found


def _all(settings: Settings) -> Iterator[tuple[str, str]]:
    for line in settings.lines:
        if line.kind == "registered":
            yield "sip", f"sip:{line.user}@{line.registrar}"
            yield f"sip:{line.label}", f"sip:{line.user}@{line.registrar}"
    central, vault = settings.central, settings.vault
    if central.url:
        parts = urlsplit(central.url)
        user = central.user or parts.username
        if user:
            yield "central", f"central:{user}@{parts.hostname or 'localhost'}"
    if vault.url.startswith("s3://"):
        yield "vault", f"vault:{vault.access_key}@{urlsplit(vault.url).netloc}"
    if settings.ticket_hook.url:
        yield "hook", f"hook:{urlsplit(settings.ticket_hook.url).hostname}"
    for channel in settings.channels:
        if channel.kind == "webhook" or "{secret}" in channel.url:
            yield f"channel:{channel.name}", f"channel:{channel.name}"
