"""Builds what looks after the seat store: for the sync process its workers, for the window that cannot open it the
repair, for `desk store` both. Here age and the store meet: unsent work is sealed for the hotline's recipients, as
recordings are, and for a key of this seat's own, so that a repair can open it without a supervisor."""

import io
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from desk import wire
from desk.compose.clock import new_id, now
from desk.compose.sealing import seal_keys_of
from desk.domain.changes import Change, Patch
from desk.domain.drafts import Draft
from desk.recording.sealing import age
from desk.recording.sealing.keys import HotlineKeys
from desk.secrets import Secrets
from desk.settings import Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.refill import Refill
from desk.store.repair import Progress, Repair
from desk.store.second_place import SecondPlace, files_in
from desk.store.store import Store
from desk.store.unsent_export import Head, read
from desk.sync.store_care import StoreCare
from desk.usecases.ports import KeyMissing

OWN_ENTRY = "store-copies-key"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sealing:
    """To whom unsent work of this seat is sealed, and what opens it here."""

    settings: Settings
    secrets: Secrets

    def seal(self, plain: IO[bytes], sealed: IO[bytes]) -> None:
        """Raises `OSError`, `KeyringWeak`."""
        age.encrypt(plain, sealed, [self.own().to_public(), *self.hotline()])

    def hotline(self) -> list[age.Recipient]:
        """Those who may open it beside this seat; [] where nobody is named, and no recording was ever sealed."""
        try:
            return seal_keys_of(self.settings, self.secrets).of_hotline()
        except KeyMissing as error:
            log.warning("unsent work is sealed for this seat alone: %s", error)
            return []

    def own(self) -> age.Identity:
        """This seat's own; made when it is first needed."""
        kept = self.secrets.get(OWN_ENTRY)
        if kept is not None:
            return age.identity_of(kept)
        made = age.new_identity()
        self.secrets.set(OWN_ENTRY, str(made))
        return made

    def identities(self) -> list[age.Identity]:
        """Raises `KeyringWeak`."""
        kept = self.secrets.get(OWN_ENTRY)
        return [*([age.identity_of(kept)] if kept else []), *HotlineKeys(self.secrets).identities()]

    def opened(self, file: Path, identities: Sequence[age.Identity]) -> IO[bytes]:
        """The plain text, in memory. Raises `age.NotEncryptedForThese`, `OSError`."""
        plain = io.BytesIO()
        with file.open("rb") as source:
            age.decrypt(source, plain, identities)
        plain.seek(0)
        return plain


def second_place_of(settings: Settings, secrets: Secrets, store: Store, sends: Callable[[], bool]) -> SecondPlace:
    return SecondPlace(store, settings.second_dir, settings.seat.name, Sealing(settings, secrets).seal, now, sends)


def copies_of(settings: Settings, secrets: Secrets) -> Iterator[Iterator[Head | Change | Draft]]:
    """What this seat can open of its second copies. Those that it cannot stay where they are, for a supervisor."""
    sealing = Sealing(settings, secrets)
    identities = sealing.identities()
    for file in files_in(settings.second_dir):
        try:
            plain = sealing.opened(file, identities)
        except (age.NotEncryptedForThese, OSError) as error:
            log.warning("a copy of unsent work cannot be opened here: %s: %s", file.name, error)
            continue
        yield read(plain)


def repair_of(
    settings: Settings, secrets: Secrets, tell: Callable[[Progress], None] = lambda _progress: None
) -> Repair:
    return Repair(settings.store_file, secrets, now, lambda: copies_of(settings, secrets), tell)


def care_of(
    settings: Settings,
    secrets: Secrets,
    store: Store,
    tell: Callable[[wire.StoreCare], None],
    stop: threading.Event,
    in_call: Callable[[], bool],
    catching_up: Callable[[], bool],
    connected: Callable[[], bool],
    on_refilled: Callable[[], None],
) -> StoreCare:
    """The sync process's."""
    changes = SqlChangeLog(store)
    author = SeatAuthor(settings.seat.name, lambda: settings.seat.name, now, new_id, changes.base_seq)

    def make(entity: str, entity_id: str, patch: Patch, reason: str) -> Change:
        return author.change(entity, entity_id, patch, reason)

    return StoreCare(
        store,
        second_place_of(settings, secrets, store, connected),
        Refill(
            store,
            secrets,
            make,
            bool(settings.central.url),
            on_refilled,
            lambda: copies_of(settings, secrets),
        ),
        tell,
        stop,
        in_call,
        lambda: in_call() or catching_up(),
        now,
    )
