"""What `[update]` must be. Pure functions, any thread."""

import base64
import binascii
from pathlib import Path
from urllib.parse import urlsplit

from desk.i18n import _
from desk.settings.values import Settings

MOST_MINUTES, MOST_KBIT_S, MOST_KEYS = 10_080, 10_000_000, 20
KEY_BYTES = 42  # algorithm, id, Ed25519 key: as minisign writes them
Problem = tuple[str, str]


def problem(settings: Settings) -> Problem | None:
    """Dotted key and reason; None where all is well."""
    update = settings.update
    if update.channel:
        found = _channel(update.channel)
        if found is not None:
            return "update.channel", found
        if not update.keys:
            return "update.keys", _("a channel is believed for its signature: put IT's public key here")
    if len(update.keys) > MOST_KEYS:
        return "update.keys", _("more than {most} keys").format(most=MOST_KEYS)
    for key in update.keys:
        if not _is_key(key):
            return "update.keys", _("{text} is no public key: the second line of minisign's .pub file").format(
                text=key[:16]
            )
    if update.folder and ("\0" in update.folder or not Path(update.folder).is_absolute()):
        return "update.folder", _("a folder's whole name is needed, from the root on")
    if not 1 <= update.every_minutes <= MOST_MINUTES:
        return "update.every_minutes", _("minutes from 1 to {most}").format(most=MOST_MINUTES)
    if not 0 <= update.kbit_s <= MOST_KBIT_S:
        return "update.kbit_s", _("kbit/s from 0 (no limit) to {most}").format(most=MOST_KBIT_S)
    return None


def _channel(text: str) -> str | None:
    try:
        url = urlsplit(text)
        host, _port = url.hostname, url.port
    except ValueError:
        return _('neither an address, as in "https://it.example.com/desk", nor a folder\'s whole name')
    if url.scheme in ("http", "https") and host:
        return _("no password may stand in this file") if url.password is not None else None
    if "\0" in text or not Path(text).is_absolute():
        return _('neither an address, as in "https://it.example.com/desk", nor a folder\'s whole name')
    return None


def _is_key(text: str) -> bool:
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) == KEY_BYTES and raw[:2] == b"Ed"
