"""The chains of a whole vault, put together on a disk: a million links in a temporary SQLite file, a few megabytes in
memory. Places are then read in their order, and what is missing, doubled or joined to the wrong one is told.

One thread at a time."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from desk.recording.proof.checked import Checked, Link
from desk.recording.proof.findings import Finding, What

_LOT = 2_000
_TABLE = (
    "CREATE TABLE link (chain TEXT, place INTEGER, seal_hash TEXT, previous TEXT, stem TEXT,"
    " PRIMARY KEY (chain, place, stem)) WITHOUT ROWID"
)
_SEEN = (
    "CREATE TABLE seen (stem TEXT PRIMARY KEY, seal_hash TEXT, chain TEXT, place INTEGER, deleted INTEGER,"
    " tombstone TEXT) WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What lies in the vault of one recording. `seal_hash`, `chain` "" and `place` 0 where its seal cannot be read;
    `tombstone`: digest of the note on its deletion, "" where there is none or it cannot be read."""

    stem: str
    seal_hash: str
    chain: str
    place: int
    deleted: bool
    tombstone: str


class Links:
    """Use as a context: the file goes with it."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="desk-verify-", dir=folder)
        self._db = sqlite3.connect(Path(self._folder.name) / "links.db", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("PRAGMA cache_size = -8192")
        self._db.execute(_TABLE)
        self._db.execute(_SEEN)
        self._lot: list[tuple[str, int, str, str, str]] = []
        self._seen: list[tuple[str, str, str, int, int, str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._folder.cleanup()

    def add(self, checked: Checked) -> None:
        """A recording that lies there, also one whose seal cannot be read."""
        stem, link = checked.stem, checked.link or Link("", 0, "", "")
        self._seen.append((stem, link.seal_hash, link.chain, link.place, checked.deleted, checked.tombstone))
        if checked.link is not None:
            self._lot.append((link.chain, link.place, link.seal_hash, link.previous, stem))
        if len(self._seen) >= _LOT:
            self._write()

    def seen(self, stem: str) -> Seen | None:
        """None where the vault holds nothing of it."""
        self._write()
        row = self._db.execute("SELECT * FROM seen WHERE stem = ?", (stem,)).fetchone()
        return _seen(row) if row else None

    def forget(self, stem: str) -> None:
        """It was told of in the log, too: what is left at the end was not."""
        self._db.execute("DELETE FROM seen WHERE stem = ?", (stem,))

    def unforgotten(self) -> Iterator[Seen]:
        self._write()
        with closing(self._db.cursor()) as cursor:
            for row in cursor.execute("SELECT * FROM seen ORDER BY stem"):
                yield _seen(row)

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
        self._db.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?, ?)", self._seen)
        self._db.execute("COMMIT")
        self._lot.clear()
        self._seen.clear()


def _seen(row: tuple[str, str, str, int, int, str]) -> Seen:
    stem, seal_hash, chain, place, deleted, tombstone = row
    return Seen(stem, seal_hash, chain, place, bool(deleted), tombstone)


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
