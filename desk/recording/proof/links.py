"""The chains of a whole vault, put together on a disk: a million links in a temporary SQLite file, a few megabytes in
memory. Places are then read in their order, and what is missing, doubled or joined to the wrong one is told.

One thread at a time."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from desk.recording.proof.check import Link
from desk.recording.proof.findings import Finding, What

_LOT = 2_000
_TABLE = (
    "CREATE TABLE link (chain TEXT, place INTEGER, seal_hash TEXT, previous TEXT, stem TEXT,"
    " PRIMARY KEY (chain, place, stem)) WITHOUT ROWID"
)


class Links:
    """Use as a context: the file goes with it."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="desk-verify-", dir=folder)
        self._db = sqlite3.connect(Path(self._folder.name) / "links.db", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("PRAGMA cache_size = -8192")
        self._db.execute(_TABLE)
        self._db.execute("CREATE TABLE seen (stem TEXT PRIMARY KEY, seal_hash TEXT, deleted INTEGER) WITHOUT ROWID")
        self._lot: list[tuple[str, int, str, str, str]] = []
        self._seen: list[tuple[str, str, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._folder.cleanup()

    def add(self, stem: str, link: Link | None, *, deleted: bool) -> None:
        """`link` None: something lies there, and its seal cannot be read."""
        self._seen.append((stem, link.seal_hash if link else "", deleted))
        if link is not None:
            self._lot.append((link.chain, link.place, link.seal_hash, link.previous, stem))
        if len(self._seen) >= _LOT:
            self._write()

    def hash_of(self, stem: str) -> tuple[str, bool] | None:
        """The seal's hash and whether it is deleted; None where the vault holds nothing of it."""
        self._write()
        row = self._db.execute("SELECT seal_hash, deleted FROM seen WHERE stem = ?", (stem,)).fetchone()
        return (row[0], bool(row[1])) if row else None

    def forget(self, stem: str) -> None:
        """It was told of in the log, too: what is left at the end was not."""
        self._db.execute("DELETE FROM seen WHERE stem = ?", (stem,))

    def unforgotten(self) -> Iterator[str]:
        self._write()
        with closing(self._db.cursor()) as cursor:
            for (stem,) in cursor.execute("SELECT stem FROM seen ORDER BY stem"):
                yield stem

    @property
    def chains(self) -> int:
        self._write()
        return int(self._db.execute("SELECT count(DISTINCT chain) FROM link").fetchone()[0])

    def findings(self, *, all_days: bool) -> Iterator[Finding]:
        """`all_days` False: only some days were looked at, so that a place which is not among them proves nothing."""
        self._write()
        rows = "SELECT chain, place, seal_hash, previous, stem FROM link ORDER BY chain, place, stem"
        with closing(self._db.cursor()) as cursor:
            yield from _walk(cursor.execute(rows), What.PLACE_MISSING if all_days else What.PLACE_UNSEEN, all_days)

    def _write(self) -> None:
        if not self._seen:
            return
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?, ?)", self._lot)
        self._db.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", self._seen)
        self._db.execute("COMMIT")
        self._lot.clear()
        self._seen.clear()


def _walk(rows: Iterable[tuple[str, int, str, str, str]], missing: What, all_days: bool) -> Iterator[Finding]:
    """Rows in the order of chain and place."""
    chain, place, before = "", 0, ""
    for row_chain, row_place, seal_hash, previous, stem in rows:
        if row_chain != chain:
            chain, place, before = row_chain, 0 if all_days else row_place - 1, "" if all_days else previous
        if row_place == place:
            yield Finding(What.PLACE_TWICE, stem, f"{chain} {place}")
            continue
        gap = row_place - place - 1
        if gap:
            yield from _gap(chain, place + 1, row_place - 1, missing)
        elif previous != before:
            yield Finding(What.LINK_BROKEN, stem, f"{chain} {row_place}")
        place, before = row_place, seal_hash


def _gap(chain: str, first: int, last: int, missing: What) -> Iterator[Finding]:
    """One finding for the whole gap, however many places are in it."""
    yield Finding(missing, chain, f"{first}" if first == last else f"{first}-{last}")
