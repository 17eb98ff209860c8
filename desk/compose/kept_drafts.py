"""Drafts that survive a store which cannot be written: what is typed then is sealed into `unsent` in the data folder,
a file for each draft, and brought back when a store opens again. So nothing typed is lost between damage and repair.

In an ordinary hour it costs nothing: the store is asked first, and age is not even loaded. On the worker's ordered lane
of the ui process; `recover` where the store is opened."""

import io
import logging
from collections.abc import Callable
from pathlib import Path
from typing import IO

from desk.domain.drafts import Draft
from desk.secrets import KeyringSecrets
from desk.settings import Settings
from desk.store.drafts import SqlDrafts
from desk.store.store import Store
from desk.usecases.ports import Drafts, StoreBroken, StoreFull

MARK = ".draft"
SUFFIX = f"{MARK}.unsent.age"

Seal = Callable[[IO[bytes], IO[bytes]], None]
Opened = Callable[[Path], IO[bytes]]
log = logging.getLogger(__name__)


class KeptDrafts:
    """Implements `ports.Drafts` over another one. `seal` raises `OSError`, `KeyringWeak`."""

    def __init__(self, drafts: Drafts, folder: Path, seat: str, seal: Seal) -> None:
        self._drafts, self._folder, self._seat, self._seal = drafts, folder, seat, seal
        self._beside: set[str] = set()

    def save(self, draft: Draft) -> None:
        try:
            self._drafts.save(draft)
        except (StoreBroken, StoreFull):
            self._keep(draft)
            raise  # the form says that it is not saved as usual
        self._forget(draft.draft_id)

    def drop(self, draft_id: str) -> None:
        self._drafts.drop(draft_id)
        self._forget(draft_id)

    def of_author(self, author: str) -> list[Draft]:
        return self._drafts.of_author(author)

    def _keep(self, draft: Draft) -> None:
        from desk.store.unsent_export import Head, write

        file = self._file(draft.draft_id)
        part = file.with_name(f".{file.name}.part")
        plain, sealed = io.BytesIO(), io.BytesIO()
        write(plain, Head(self._seat, draft.saved_at.isoformat()), [], [draft])
        plain.seek(0)
        try:
            self._seal(plain, sealed)
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.touch(mode=0o600)
            part.write_bytes(sealed.getvalue())
            part.replace(file)
        except Exception as error:  # noqa: BLE001 - the store's own error is the one to be told
            log.error("a draft could not be kept beside the store either: %s", type(error).__name__)  # noqa: TRY400
            return
        self._beside.add(draft.draft_id)

    def _forget(self, draft_id: str) -> None:
        if draft_id in self._beside:
            self._file(draft_id).unlink(missing_ok=True)
            self._beside.discard(draft_id)

    def _file(self, draft_id: str) -> Path:
        return self._folder / f"{self._seat}-{draft_id}{SUFFIX}"


def recover(drafts: Drafts, folder: Path, opened: Opened) -> int:
    """Bring back what was kept beside the store; how many drafts. A newer one in the store stays. What cannot be opened
    here is left where it is. Raises `StoreFull`, `StoreBroken`."""
    from desk.store.unsent_export import NotAnExport, read

    count = 0
    for file in sorted(folder.glob(f"*{SUFFIX}")) if folder.exists() else ():
        try:
            found = [part for part in read(opened(file)) if isinstance(part, Draft)]
        except (NotAnExport, OSError, ValueError, LookupError) as error:
            log.warning("a draft beside the store cannot be read: %s: %s", file.name, type(error).__name__)
            continue
        for draft in found:
            there = {one.draft_id: one.saved_at for one in drafts.of_author(draft.author)}
            if draft.draft_id not in there or there[draft.draft_id] < draft.saved_at:
                drafts.save(draft)
                count += 1
        file.unlink(missing_ok=True)
    return count


def drafts_of_seat(settings: Settings, store: Store) -> KeptDrafts:
    def seal(plain: IO[bytes], sealed: IO[bytes]) -> None:
        from desk.compose.store_care import Sealing

        Sealing(settings, KeyringSecrets()).seal(plain, sealed)

    return KeptDrafts(SqlDrafts(store), settings.data_dir / "unsent", settings.seat.name, seal)


def open_with_drafts(settings: Settings) -> Store:
    """The seat store, and in it what was typed while it could not be written. Raises what opening it raises."""
    secrets = KeyringSecrets()
    store = Store.open(settings.store_file, secrets)

    def opened(file: Path) -> IO[bytes]:
        from desk.compose.store_care import Sealing
        from desk.recording.sealing.age import NotEncryptedForThese

        sealing = Sealing(settings, secrets)
        try:
            return sealing.opened(file, sealing.identities())
        except NotEncryptedForThese as error:
            raise OSError(str(error)) from error

    recover(SqlDrafts(store), settings.data_dir / "unsent", opened)
    return store
