"""A seat's sealed recordings, read from outside with the key in that seat's own keyring: what a supervisor would do,
for the demo's own checks and for the end-to-end tests."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from desk.demo.seat import Seat
from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.identity import CallId
from desk.domain.seal import AUDIO_SUFFIX, SEAL_SUFFIX
from desk.recording.playing.stream import SealedOpener
from desk.recording.sealing import age
from desk.recording.sealing.keys import HOTLINE_ENTRY
from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.staged import StagedSource
from desk.secrets import SERVICE

_COLLECTION = "/org/freedesktop/secrets/collection/login"


@contextmanager
def _collection(seat: Seat) -> Iterator[Any]:
    import secretstorage  # Linux only
    from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]

    with closing(open_dbus_connection(bus=seat.env["DBUS_SESSION_BUS_ADDRESS"])) as connection:
        yield secretstorage.Collection(connection, _COLLECTION)


@contextmanager
def secret_items(seat: Seat, entry: str) -> Iterator[list[Any]]:
    """What the seat's keyring holds under this name, as the Secret Service's items."""
    with _collection(seat) as collection:
        yield list(collection.search_items({"service": SERVICE, "username": entry}))


def lay_secret(seat: Seat, entry: str, value: str) -> None:
    """Into the keyring of a seat that does not run yet, where `desk secret set` would put it: half a second less than
    that takes."""
    attributes = {"application": "Python keyring library", "service": SERVICE, "username": entry}
    with _collection(seat) as collection:
        collection.create_item(f"Password for '{entry}' on '{SERVICE}'", attributes, value.encode(), replace=True)


def secret(seat: Seat, entry: str) -> str | None:
    with secret_items(seat, entry) as items:
        return str(items[0].get_secret().decode()) if items else None


def sealed_name(seat: Seat, call_id: str) -> str | None:
    """The name of this call's sealed audio, in the vault or on the way there; None where there is none yet."""
    for folder in (seat.data_dir / "recordings", seat.data_dir / "sealed"):
        for seal in folder.rglob(f"{call_id}{SEAL_SUFFIX}"):
            return seal.with_suffix(AUDIO_SUFFIX).relative_to(folder).as_posix()
    return None


def plain_recording(seat: Seat, call_id: str) -> Path | None:
    """The audio of this call as an ordinary file in the seat's folder, every span of it compared with its seal; None
    where it is not sealed yet. Raises `StreamBroken`, `NotForYou`."""
    name = sealed_name(seat, call_id)
    keys = (secret(seat, HOTLINE_ENTRY) or "").split()
    if name is None:
        return None
    source = StagedSource(seat.data_dir / "sealed", FolderVault(seat.data_dir / "recordings"))
    opener = SealedOpener(source, lambda: [age.identity_of(key) for key in keys])
    entry = RecordingEntry(CallId(call_id), RecordingKept.KEPT, file=name)
    stream = opener.open_sealed(entry)
    plain = seat.folder / "plain" / f"{call_id}.{stream.seal.codec}"
    plain.parent.mkdir(exist_ok=True)
    with stream:
        plain.write_bytes(stream.read())
    return plain
