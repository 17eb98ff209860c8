"""Reading what can be read of a store that is damaged, change by change.

The log lies in one tree, in the order of the changes' ids. Where a page of it is damaged, a look for the next id
behind it fails until it passes that page's last id: so the gap is found by halving, and what lies behind it is read as
ever. Which ids the gap held is known from an index, which has them a second time.

A connection that has met a damaged page is spoilt for all pages (SQLCipher remembers the error): each failure costs a
new one, a millisecond. Nothing is written into the file but what its write-ahead log holds. One thread."""

import contextlib
import json
import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desk.domain.changes import Change
from desk.domain.identity import ChangeId
from desk.domain.times import from_text
from desk.store import cipher
from desk.store.entities import patch_from_text

AT_ONCE = 500
CACHE_KIB = 8_192
LAST = "g"  # behind every id
_END = 1 << 128  # ids as numbers
_SELECT = (
    "SELECT change_id, entity, entity_id, at, author, seat, patch, reason, base_seq, central_seq, role FROM change"
)
_AMONG = " WHERE change_id IN (SELECT value FROM json_each(?))"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Saved:
    """`role`: who the centre saw, None for what it has not taken."""

    change: Change
    role: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """What lies between these ids cannot be read."""

    after: str
    before: str


class Salvage:
    """`gaps` and `spoilt` (ids of single changes that make no sense) are filled as the changes are read."""

    def __init__(self, file: Path, key: str) -> None:
        self._file, self._key = file, key
        self._connection: Any = None
        self.gaps: list[Gap] = []
        self.spoilt: list[str] = []

    def close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(Exception):
                self._connection.close()
            self._connection = None

    @property
    def readable(self) -> bool:
        """Whether anything can be read at all: the first page and the list of tables."""
        return self._ask("SELECT count(*) FROM sqlite_schema") is not None

    def unsent_ids(self, newest: int | None = None) -> list[str]:
        """From the indexes, which are small; all, or so many of each kind. What they have lost is found by
        `changes`."""
        found: list[str] = []
        for condition in ("central_seq IS NULL AND refused IS NULL", "refused IS NOT NULL"):
            query = f"SELECT change_id FROM change WHERE {condition} ORDER BY change_id DESC LIMIT ?"  # noqa: S608
            found += [row[0] for row in self._ask(query, (-1 if newest is None else newest,)) or []]
        return found

    def these(self, ids: list[str]) -> Iterator[Saved]:
        """Those of them that can be read."""
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            rows = self._ask(_SELECT + _AMONG, (json.dumps(some),))
            if rows is None:
                rows = [row for one in some for row in self._ask(_SELECT + " WHERE change_id = ?", (one,)) or []]
            yield from self._saved(rows)

    def changes(self, after: str = "") -> Iterator[list[Saved]]:
        """All that can be read, by the hundred, in the order of their ids."""
        limit = AT_ONCE
        while True:
            rows = self._after(after, limit)
            if rows is None and limit > 1:
                limit //= 4  # up to the very edge of the gap
                limit = max(1, limit)
                continue
            if rows is None:
                rows = self._behind_the_gap(after)
                self.gaps.append(Gap(after, rows[0][0] if rows else LAST))
                limit = AT_ONCE
            if not rows:
                return
            after = rows[-1][0]
            yield list(self._saved(rows))

    def ids_in_gaps(self) -> Iterator[list[tuple[str, str]]]:
        """(entity id, change id) of what the gaps held, by the hundred, as far as the index by entity can be read."""
        after = ("", "")
        while self.gaps and (
            rows := self._ask(
                "SELECT entity_id, change_id FROM change INDEXED BY change_by_entity_id"
                " WHERE (entity_id, change_id) > (?, ?) ORDER BY entity_id, change_id LIMIT ?",
                (*after, AT_ONCE),
            )
        ):
            after = rows[-1]
            yield [(row[0], row[1]) for row in rows if any(gap.after < row[1] < gap.before for gap in self.gaps)]

    def rows(self, table: str) -> list[dict[str, Any]]:
        """A small table of this seat's own, as far as it can be read from its beginning."""
        columns = self._ask(f'PRAGMA table_info("{table}")')
        if not columns:
            return []
        names = [str(column[1]) for column in columns]
        found = self._ask(f'SELECT {_quoted(names)} FROM "{table}"')  # noqa: S608 - a table of our own
        if found is None:
            _log.error("a table of the damaged store cannot be read: %s", table)
        return [dict(zip(names, row, strict=True)) for row in found or []]

    def row(self, table: str, id_field: str, entity_id: str) -> dict[str, Any] | None:
        """The row of an entity, which is the second copy of what its changes said."""
        columns = self._ask(f'PRAGMA table_info("{table}")') or []
        names = [str(column[1]) for column in columns]
        found = self._ask(f'SELECT {_quoted(names)} FROM "{table}" WHERE {id_field} = ?', (entity_id,))  # noqa: S608
        return dict(zip(names, found[0], strict=True)) if found else None

    def _after(self, after: str, limit: int) -> list[Any] | None:
        return self._ask(_SELECT + " WHERE change_id > ? ORDER BY change_id LIMIT ?", (after, limit))

    def _behind_the_gap(self, after: str) -> list[Any]:
        """The first change that can be read again; [] where there is none."""
        low, step = _number(after), 1
        while (found := self._after(_text(low + step), 1)) is None:
            step <<= 1
            if low + step >= _END:
                return []
        low, high = low + (step >> 1), low + step
        while high - low > 1:
            middle = (low + high) // 2
            nearer = self._after(_text(middle), 1)
            if nearer is None:
                low = middle
            else:
                found, high = nearer or found, middle
        return found

    def _saved(self, rows: list[Any]) -> Iterator[Saved]:
        for change_id, entity, entity_id, at, author, seat, patch, reason, base_seq, central_seq, role in rows:
            try:
                change = Change(
                    ChangeId(change_id),
                    entity,
                    entity_id,
                    from_text(at),
                    author,
                    seat,
                    patch_from_text(patch),
                    reason,
                    base_seq,
                    central_seq,
                )
            except (ValueError, TypeError):
                self.spoilt.append(str(change_id))
                continue
            yield Saved(change, role)

    def _ask(self, query: str, given: tuple[Any, ...] = ()) -> list[Any] | None:
        """None where a page that is needed for the answer is damaged, or a table is not there any more."""
        try:
            if self._connection is None:
                self._connection = cipher.connect(self._file, self._key, CACHE_KIB, quiet=True)
                self._connection.execute("PRAGMA query_only = ON")
            rows: list[Any] = self._connection.execute(query, given).fetchall()
        except cipher.DriverError as error:
            _log.debug("the damaged store: %s", error)
            self.close()
            return None
        return rows


def _number(change_id: str) -> int:
    try:
        return uuid.UUID(change_id).int
    except ValueError:
        return 0


def _text(number: int) -> str:
    return str(uuid.UUID(int=number))


def _quoted(names: list[str]) -> str:
    """A column may be called by a word of SQL's own."""
    return ", ".join(f'"{name}"' for name in names)
