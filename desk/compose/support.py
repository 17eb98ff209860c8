"""Builds what makes support bundles of the notes: for the window, for `desk bundle`, and for the sync process, which
brings them to where the settings say. Loaded when it is first needed: age is costly."""

import io
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from desk.compose.clock import now
from desk.health.machine import version_of
from desk.recording.files import write_new
from desk.recording.sealing import age
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import LineSettings, Settings
from desk.support.sending import Sender, into_folder, to_address
from desk.support.shelf import Shelf
from desk.support.what_happened import Place, WhatHappened
from desk.version import build

KEY_ENTRY = "support-key"
_LIBRARIES = ("pjsua2-python", "PySide6-Essentials", "sqlcipher3", "miniaudio", "psycopg", "av")


def what_happened_of(settings: Settings, secrets: Secrets | None = None) -> WhatHappened:
    """Over the notes, logs and crash files of this seat."""
    place = Place(settings.runtime_dir / "notes", settings.log_dir, settings.crash_dir, settings.seat.name)
    return WhatHappened(place, shelf_of(settings), sealer_of(settings, secrets), lambda: facts_of(settings), now)


def shelf_of(settings: Settings) -> Shelf:
    return Shelf(settings.support_dir, settings.support.keep, write_new)


def sealer_of(settings: Settings, secrets: Secrets | None = None) -> Callable[[bytes], bytes]:
    """For the recipients of the settings, else for this seat's own key, made when it is first needed. What it returns
    raises `KeyringWeak`."""

    def seal(packed: bytes) -> bytes:
        named = settings.support.recipients
        recipients = [age.recipient_of(one) for one in named] or [_own_key(secrets or KeyringSecrets()).to_public()]
        sealed = io.BytesIO()
        age.encrypt(io.BytesIO(packed), sealed, recipients)
        return sealed.getvalue()

    return seal


def sender_of(settings: Settings, busy: Callable[[], bool]) -> Sender | None:
    """None: nothing leaves the seat."""
    to = settings.support.upload
    if not to:
        return None
    bring = to_address(to) if to.startswith("https://") else into_folder(Path(to), write_new)
    return Sender(shelf_of(settings), bring, busy, now)


def opened(untrusted_sealed: bytes, identities: Sequence[age.Identity]) -> bytes:
    """Raises `NotEncryptedForThese`."""
    plain = io.BytesIO()
    age.decrypt(io.BytesIO(untrusted_sealed), plain, identities)
    return plain.getvalue()


def own_identities(secrets: Secrets) -> list[age.Identity]:
    """This seat's own key, where it has made one. Raises `KeyringWeak`."""
    kept = secrets.get(KEY_ENTRY)
    return [age.identity_of(kept)] if kept else []


def facts_of(settings: Settings) -> dict[str, Any]:
    """What this seat is, for IT: nobody's name, number or password."""
    program = build()
    return {
        "desk": program.version,
        "commit": program.commit,
        "libraries": {name: version for name in _LIBRARIES if (version := version_of(name))},
        "disk_free_mb": {name: _free_mb(folder) for name, folder in _folders(settings).items()},
        "settings": {
            "lines": [_line(line) for line in settings.lines],
            "headset": settings.headset.kind,
            "headset_keys": settings.headset.keys,
            "central": bool(settings.central.url),
            "sign_in": settings.seat.sign_in,
            "language": settings.seat.language,
            "vault": settings.vault.url.partition("://")[0]
            if "://" in settings.vault.url
            else bool(settings.vault.url),
        },
    }


def _own_key(secrets: Secrets) -> age.Identity:
    found = own_identities(secrets)
    if found:
        return found[0]
    identity = age.new_identity()
    secrets.set(KEY_ENTRY, str(identity))
    return identity


def _line(line: LineSettings) -> dict[str, Any]:
    """Without its user, which is a number."""
    names = ("kind", "registrar", "backups", "proxy", "transport", "srtp", "codecs", "port", "expires_s", "retry_s")
    return {name: getattr(line, name) for name in names} | {"bound": bool(line.bind), "peers": len(line.peers)}


def _folders(settings: Settings) -> dict[str, Path]:
    return {"data": settings.data_dir, "spool": settings.spool_dir, "runtime": settings.runtime_dir}


def _free_mb(folder: Path) -> int | None:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free // 1_000_000
    except OSError:
        return None
