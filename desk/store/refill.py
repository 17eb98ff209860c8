"""After a repair: brings into the new store what can be read of the damaged one, oldest first, so that the register of
residents comes before the tickets. It goes on beside the seat's work and beside the centre's first fill (whatever both
bring is known by its id), over restarts, until it has seen all of it; once the centre has filled the store, only what
the centre never had is still taken.

Rows that an earlier fill brought (`desk.store.synthetic`) go below everything else in the order, as after a restored
centre: they are to work with until the centre's own come.

Last, what the damaged pages held: the changes are lost, but their rows may not be. Where a row of the damaged store
says more than the fold does now, the difference is a change of its own, in the seat's name. A worker of the sync
process; some hundred changes a turn."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from desk.domain.changes import Change, FieldValue, Patch, fold
from desk.store.change_log import SqlChangeLog
from desk.store.entities import ENTITIES, Entity, values_of
from desk.store.filling import AGED
from desk.store.key import ENTRY, KeyKeeper
from desk.store.meta import drop_value, keep_value, value_of
from desk.store.repair import ASIDE, AT_ONCE, REFILL_FROM, Copies, put
from desk.store.rows import history_of, present, write_changes
from desk.store.salvage import Salvage, Saved
from desk.store.store import Store
from desk.store.synthetic import is_synthetic
from desk.store.unsent_export import NotAnExport

_MARK, _UNREAD = "refilled_until", "refill_unread"  # in `meta`
TOLD_S = 5.0
REASON = "recovered from the row after damage"

MakeChange = Callable[[str, str, Patch, str], Change]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refilled:
    """`recovered` entities had lost changes, of which the row told; `unread` changes are known of and lost."""

    taken: int = 0
    recovered: int = 0
    unread: int = 0


class Refill:
    """`has_centre`: there is one that fills this store. `make`: a change in the seat's name. `on_taken` hears of it
    every few seconds. `copies`: the second copy, where its files can be opened here."""

    def __init__(
        self,
        store: Store,
        secrets: KeyKeeper,
        make: MakeChange,
        has_centre: bool,
        on_taken: Callable[[], None] = lambda: None,
        copies: Copies = lambda: (),
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._secrets, self._make, self._has_centre = store, secrets, make, has_centre
        self._on_taken, self._copies, self._now_s = on_taken, copies, monotonic_s
        self._told_s = 0.0
        self._lots: Iterator[list[Saved]] | None = None
        self._salvage: Salvage | None = None
        self._read = False
        self.done = Refilled()

    @property
    def running(self) -> bool:
        return self._salvage is not None

    def work_once(self) -> bool:
        """Take some; whether there is more. Raises `StoreFull`, `StoreBroken`, `KeyringWeak`."""
        if self._lots is None and not self._begin():
            return False
        assert self._lots is not None  # noqa: S101 - begun
        lot = None if self._read else next(self._lots, None)
        if lot is None:
            self._read = True
            if self._is_filled():
                self._end()
            return False
        taken = self._take(lot)
        self.done = Refilled(self.done.taken + taken)
        if taken and self._now_s() - self._told_s >= TOLD_S:
            self._told_s = self._now_s()
            self._on_taken()
        return True

    def _take(self, lot: list[Saved]) -> int:
        """And note how far it has come; one transaction, so that a fill that ends meanwhile is seen."""
        ids = [one.change.change_id for one in lot]
        with self._store.write() as connection:
            here = present(connection, ids)
            wanted = [one for one in lot if one.change.change_id not in here]
            if self._has_centre and value_of(connection, AGED) is None:
                wanted = [one for one in wanted if one.change.central_seq is None]
            elif self._has_centre:
                wanted = [_aged(one) if is_synthetic(one.change.change_id) else one for one in wanted]
            write_changes(connection, [one.change for one in wanted], [one.role for one in wanted])
            if lot:
                keep_value(connection, _MARK, lot[-1].change.change_id)
        return len(wanted)

    def _is_filled(self) -> bool:
        """What the centre gives has come: now it can be told what is missing."""
        with self._store.read() as connection:
            return not self._has_centre or value_of(connection, AGED) is None

    def close(self) -> None:
        if self._salvage is not None:
            self._salvage.close()
        self._salvage = self._lots = None
        self._read = False

    def _begin(self) -> bool:
        with self._store.read() as connection:
            name, after = value_of(connection, REFILL_FROM), value_of(connection, _MARK) or ""
        if name is None:
            return False
        file = self._store.file.with_name(ASIDE) / name / self._store.file.name
        key = self._secrets.get(ENTRY)
        if key is None or not file.exists():
            _log.warning("the store that was set aside cannot be read any more: %s", file)
            self._forget()
            return False
        self._salvage = Salvage(file, key)
        self._lots = self._salvage.changes(after)
        return True

    def _end(self) -> None:
        assert self._salvage is not None  # noqa: S101 - begun
        if self._salvage.gaps:
            self._take_copies()
        recovered, unread = self._recover(self._salvage)
        self.done = Refilled(self.done.taken, recovered, unread)
        self.close()
        self._forget(unread)
        _log.warning(
            "all that can be read of the damaged store is here again",
            extra={"changes": self.done.taken, "recovered": recovered, "unread": unread},
        )
        self._on_taken()

    def _take_copies(self) -> None:
        """What damaged pages held, the second copy may have."""
        for parts in self._copies():
            with suppress(NotAnExport):
                changes = (Saved(part, None) for part in parts if isinstance(part, Change))
                while lot := list(islice(changes, AT_ONCE)):
                    put(self._store, lot)

    def _forget(self, unread: int = 0) -> None:
        with self._store.write() as connection:
            for name in (REFILL_FROM, _MARK):
                drop_value(connection, name)
            keep_value(connection, _UNREAD, str(unread))

    def _recover(self, salvage: Salvage) -> tuple[int, int]:
        """Only what the centre never had: of everything else it knows more than a row of then. The changes are made as
        if at that time (`base_seq`), so that what others wrote since stands beside them as a conflict, and is not
        overwritten unseen."""
        cursor = next((int(row["value"]) for row in salvage.rows("meta") if row["name"] == "cursor"), 0)
        unsent = frozenset(salvage.unsent_ids()) if cursor else None
        recovered = unread = 0
        for lot in salvage.ids_in_gaps():
            ids = [change_id for _entity_id, change_id in lot]
            with self._store.read() as connection:
                here = present(connection, ids)
            lost = [(e, c) for e, c in lot if c not in here and (unsent is None or c in unsent)]
            unread += len(lost)
            changes = [
                replace(change, base_seq=cursor)
                for entity_id in dict.fromkeys(entity_id for entity_id, _change_id in lost)
                for change in self._differences(salvage, entity_id)
            ]
            SqlChangeLog(self._store).append(changes)
            recovered += len(changes)
        return recovered, unread

    def _differences(self, salvage: Salvage, entity_id: str) -> list[Change]:
        with self._store.read() as connection:
            history = history_of(connection, {entity_id})
        made = []
        for name, entity in ENTITIES.items():
            row = salvage.row(name, entity.id_field, entity_id)
            if row is None:
                continue
            now = fold(history.get((name, entity_id), {}).values())
            patch = {field: value for field, value in _patch_of(entity, row).items() if now.get(field) != value}
            if patch:
                made.append(self._make(name, entity_id, patch, REASON))
        return made


def _aged(saved: Saved) -> Saved:
    return Saved(replace(saved.change, central_seq=0), saved.role)


def _patch_of(entity: Entity, row: dict[str, Any]) -> dict[str, FieldValue]:
    """Nothing of fields that are empty, or that an older store had not yet: a lost change may not have told."""
    return values_of(entity, {field: row.get(field) for field in entity.kinds})


def unread_of(store: Store) -> int:
    """Changes that a repair could not read, and nothing else told of."""
    with store.read() as connection:
        return int(value_of(connection, _UNREAD) or 0)


def file_of(store: Store) -> Path | None:
    """The damaged store that is still being read."""
    with store.read() as connection:
        name = value_of(connection, REFILL_FROM)
    return store.file.with_name(ASIDE) / name / store.file.name if name else None
