"""Whether the seat store is what it should be: the structure of its file, and that every row is the fold of its
changes.

In small steps, so that a seat goes on working beside it: a table at a time for the structure (each page that is read
is authenticated by SQLCipher), a few hundred entities at a time for the rows. A row that is not its fold is made anew
at once and told; damage to the file is told and mended by `desk.store.repair`. Any thread; one check at a time."""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from desk.domain.changes import fold
from desk.store.cipher import is_damage
from desk.store.entities import ENTITIES, columns_of, to_columns
from desk.store.rows import Key, history_of, refold
from desk.store.store import Store
from desk.usecases.ports import StoreDamaged

ENTITIES_AT_ONCE = 300
MOST_TOLD = 20
_TURNS = 20_000  # of SQLite's machine between two looks whether the check is to stop

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """`part`: "structure" or "rows". `done` of `total` of that part."""

    part: str
    done: int
    total: int


@dataclass
class Found:
    """`damage`: what is wrong with the file, for IT, [] = nothing. `mended`: rows that were not the fold of their
    changes, made anew. `orphans`: rows without a change in the log."""

    damage: list[str] = field(default_factory=list)
    mended: list[Key] = field(default_factory=list)
    orphans: list[Key] = field(default_factory=list)
    changes: int = 0
    entities: int = 0

    @property
    def whole(self) -> bool:
        return not self.damage and not self.orphans


class IntegrityCheck:
    """`stopping` is asked while a long statement runs: True breaks the check off. `rows_from`: the entity id after
    which the rows are looked at ("" = all), `at` where it has come to."""

    def __init__(self, store: Store, stopping: Callable[[], bool] = lambda: False, rows_from: str = "") -> None:
        self._store, self._stopping = store, stopping
        self.found = Found()
        self.at = rows_from

    def steps(self) -> Iterator[Step]:
        """Runs the check as it is iterated over. Ends early when it is to stop, or at the first damage that keeps the
        store from being read. Raises `StoreFull`, `StoreBroken`."""
        try:
            yield from self._structure()
            if not self.found.damage:
                yield from self._rows()
        except StoreDamaged as error:
            self.found.damage.append(str(error))
        except _Stopped:
            return

    def _structure(self) -> Iterator[Step]:
        with self._store.read() as connection:
            tables = connection.exec_driver_sql(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            ).scalars()
            names = list(tables)
        for done, name in enumerate(names):
            yield Step("structure", done, len(names))
            told = self._quick_check(name)
            if told:
                self.found.damage += [f"{name}: {line}" for line in told[:MOST_TOLD]]
        yield Step("structure", len(names), len(names))

    def _quick_check(self, table: str) -> list[str]:
        with self._store.read() as connection:
            raw: Any = connection.connection.driver_connection
            raw.set_progress_handler(self._stopping, _TURNS)
            try:
                told = [str(row[0]) for row in raw.execute(f'PRAGMA integrity_check("{table}")')]
            except Exception as error:
                if self._stopping():
                    raise _Stopped from error
                if is_damage(error):
                    return [str(error)]
                raise
            finally:
                raw.set_progress_handler(None, 0)
        return [] if told == ["ok"] else told

    def _rows(self) -> Iterator[Step]:
        with self._store.read() as connection:
            total = connection.exec_driver_sql("SELECT count(*) FROM change").scalar_one()
        self.found.changes = total
        done = 0
        while True:
            if self._stopping():
                raise _Stopped
            ids = self._next_ids()
            if not ids:
                break
            with self._store.read() as connection:
                wrong = self._compare(connection, ids)
                done += len(ids)
            self._mend(wrong)
            self.at = ids[-1]
            self.found.entities += len(ids)
            yield Step("rows", min(done, total), total)
        self.at = ""
        for entity in ENTITIES.values():
            if self._stopping():
                raise _Stopped
            self._find_orphans(entity.name, entity.id_field)
            yield Step("rows", total, total)

    def _next_ids(self) -> list[str]:
        query = "SELECT DISTINCT entity_id FROM change WHERE entity_id > ? ORDER BY entity_id LIMIT ?"
        with self._store.read() as connection:
            return [row[0] for row in connection.exec_driver_sql(query, (self.at, ENTITIES_AT_ONCE))]

    def _compare(self, connection: Connection, ids: Sequence[str]) -> set[Key]:
        """The entities of which the row is not the fold."""
        given = json.dumps(list(ids))
        made: dict[str, dict[str, tuple[Any, ...]]] = {}
        for (name, entity_id), known in history_of(connection, set(ids)).items():
            if (entity := ENTITIES.get(name)) is not None:
                made.setdefault(name, {})[entity_id] = to_columns(entity, entity_id, fold(known.values()))
        wrong: set[Key] = set()
        for name, rows in made.items():
            columns = [f'"{column}"' for column in columns_of(ENTITIES[name])]
            query = (
                f'SELECT {", ".join(columns)} FROM "{name}"'  # noqa: S608 - names of our own
                f" WHERE {columns[0]} IN (SELECT value FROM json_each(?))"
            )
            there = {row[0]: tuple(row) for row in connection.exec_driver_sql(query, (given,))}
            wrong |= {(name, entity_id) for entity_id, row in rows.items() if there.get(entity_id) != row}
        return wrong

    def _mend(self, wrong: set[Key]) -> None:
        if not wrong:
            return
        with self._store.write() as connection:  # somebody may have written it since: look again where nobody can
            still = self._compare(connection, [entity_id for _entity, entity_id in wrong]) & wrong
            refold(connection, still)
        for entity, entity_id in sorted(still):
            _log.error("a row was not the fold of its changes, and was made anew: %s %s", entity, entity_id)
        self.found.mended += sorted(still)

    def _find_orphans(self, name: str, id_field: str) -> None:
        query = (
            f'SELECT r.{id_field} FROM "{name}" r WHERE NOT EXISTS'  # noqa: S608 - names of our own
            f" (SELECT 1 FROM change c WHERE c.entity_id = r.{id_field}) LIMIT {MOST_TOLD}"
        )
        with self._store.read() as connection:
            found = [row[0] for row in connection.exec_driver_sql(query)]
        self.found.orphans += [(name, entity_id) for entity_id in found]


class _Stopped(Exception):
    """The check is to stop."""
