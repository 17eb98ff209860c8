"""A store that is filled with rows instead of history: how far that has come, and taking them.

A row is taken as one synthetic change (`desk.store.synthetic`) whose place in the central order is the head that the
centre had when the fill began. It may be a little newer than that; the log from that head on says the same again, in
order, so that both come to the same row. The cursor stands at that head from the beginning: what happens meanwhile
arrives while the fill goes on. A fill that was cut goes on where it was.

The sync process's. Writes a few hundred rows at a time and leaves the writer's lock alone in between for longer than a
waiting save sleeps between two looks at it."""

import time
from collections.abc import Callable, Mapping
from itertools import islice

import msgspec

from desk.domain.changes import Patch
from desk.domain.identity import ChangeId
from desk.store.meta import drop_value, keep_value, value_of
from desk.store.rows import Key, refold
from desk.store.store import Store
from desk.store.whole_rows import write_whole_rows

FILL, AGED = "fill", "fill_aged"
_FILLED = "filled"  # there has been one
# How long the writer's lock is held at most, about, and then left alone: while people work, and while nobody does.
# SQLite looks again for the lock after 1, 3, 8, 18 ms.
GENTLE_S, HEARTY_S = (0.015, 0.015), (0.15, 0.002)
_FIRST_LOT, _LEAST, _MOST, _LEFT_AT_ONCE = 50, 10, 4_000, 200
_SYNTHETIC_OF_OLD = "SELECT entity, entity_id, change_id FROM change WHERE central_seq = 0 LIMIT ?"


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """`head`: see above. `rights`: whose rights of reading it is made with. `part`: the one being taken, of the parts
    of a fill in their order; `after`: the id up to which it was taken, "" = none. `total`: rows there were at the
    beginning, estimated. `fresh`: there was nothing of an earlier fill."""

    head: int
    rights: str
    part: int = 0
    after: str = ""
    taken: int = 0
    total: int = 0
    fresh: bool = True

    @property
    def permille(self) -> int:
        """How much is there; never all of it before the end."""
        return min(999, self.taken * 1000 // max(1, self.total))


class SqlFilling:
    """`rest` sleeps so many seconds. `gentle`: whether people work at this seat right now."""

    def __init__(
        self, store: Store, rest: Callable[[float], object] = time.sleep, gentle: Callable[[], bool] = lambda: True
    ) -> None:
        self._store, self._rest, self._gentle = store, rest, gentle
        self._last_lot, self._row_s = _FIRST_LOT, GENTLE_S[0] / _FIRST_LOT

    def fill(self) -> Fill | None:
        """The one that goes on; None: this store is whole."""
        with self._store.read() as connection:
            text = value_of(connection, FILL)
        return msgspec.json.decode(text, type=Fill) if text else None

    @property
    def is_needed(self) -> bool:
        """A fill goes on, or has to begin again."""
        with self._store.read() as connection:
            return any(value_of(connection, name) is not None for name in (FILL, AGED))

    @property
    def is_aged(self) -> bool:
        """It holds rows of an earlier fill that the centre may know nothing of: it is to be filled again."""
        with self._store.read() as connection:
            return value_of(connection, AGED) is not None

    def begin(self, head: int, head_id: ChangeId, rights: str, total: int) -> Fill:
        with self._store.write() as connection:
            fresh = all(value_of(connection, name) is None for name in (AGED, FILL, _FILLED))
            begun = Fill(head=head, rights=rights, total=total, fresh=fresh)
            keep_value(connection, FILL, msgspec.json.encode(begun).decode())
            keep_value(connection, "cursor", str(head))
            if head > int(value_of(connection, "top") or 0):
                keep_value(connection, "top", str(head))
                keep_value(connection, "top_id", head_id)
        return begun

    def take(
        self,
        fill: Fill,
        entity: str,
        rows: Mapping[str, Patch],
        between: Callable[[], object] = lambda: None,
        going_on: Callable[[], bool] = lambda: True,
    ) -> None:
        """Put these rows (id -> fields that are not empty) into the store, in as many transactions as the lock's time
        asks for, while `going_on`; `between` is called after each."""
        left = iter(rows.items())
        while going_on():
            hold_s, rest_s = GENTLE_S if self._gentle() else HEARTY_S
            lot = max(_LEAST, min(_MOST, int(hold_s / self._row_s), self._last_lot * 2))
            if not (some := dict(islice(left, lot))):
                return
            with self._store.write_lightly() as connection:
                began = time.monotonic()
                write_whole_rows(connection, entity, some, fill.head, fill.fresh)
                took_s = time.monotonic() - began
            self._last_lot = lot
            self._row_s = (self._row_s + max(took_s, 0.0005) / len(some)) / 2
            between()
            self._rest(rest_s)

    def keep(self, fill: Fill) -> None:
        """How far it has come. After the rows in the store's order of writing: it never says more than is there."""
        with self._store.write_lightly() as connection:
            keep_value(connection, FILL, msgspec.json.encode(fill).decode())

    def finish(self) -> set[str]:
        """All rows are there. What an earlier fill left and the centre does not know goes; returns the entities
        (names) of such rows."""
        gone: set[str] = set()
        aged = self.is_aged  # else no need to look through the whole log
        while True:
            with self._store.write() as connection:
                old = connection.exec_driver_sql(_SYNTHETIC_OF_OLD, (_LEFT_AT_ONCE,)).all() if aged else []
                if not old:
                    drop_value(connection, FILL)
                    drop_value(connection, AGED)
                    keep_value(connection, _FILLED, "1")
                    return gone
                keys: set[Key] = {(row[0], row[1]) for row in old}
                connection.exec_driver_sql("DELETE FROM change WHERE change_id = ?", [(row[2],) for row in old])
                refold(connection, keys)
                gone |= {entity for entity, _id in keys}
            self._rest(GENTLE_S[1])
