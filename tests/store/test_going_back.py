"""A store that a newer Desk has brought further is gone on with by the one before, and by the newer one again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, MetaData, Table

from desk.domain.changes import Change
from desk.secrets import FakeSecrets
from desk.store import going_back, rows, schema
from desk.store.change_log import SqlChangeLog
from desk.store.entities import ENTITIES
from desk.store.meta import value_of
from desk.store.repair import Repair
from desk.store.store import Store
from desk.usecases.ports import StoreNewer

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
Step = Callable[[Connection], None]


def a_change(number: int, patch: dict[str, object], entity: str = "person", entity_id: str = "p1") -> Change:
    return Change(f"0190c2d4-0000-7000-8000-{number:012d}", entity, entity_id, AT, "1001", "S01", patch, "", 0)  # type: ignore[arg-type]


@contextmanager
def newer(monkeypatch: pytest.MonkeyPatch, step: Step, goes_on_from: int = going_back.GOES_ON_FROM) -> Iterator[None]:
    """A Desk of one schema step more."""
    with monkeypatch.context() as patched:
        patched.setattr(schema, "STEPS", (*schema.STEPS, step))
        patched.setattr(going_back, "GOES_ON_FROM", goes_on_from)
        yield


def version_of(store: Store) -> int:
    with store.read() as connection:
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def names_in(store: Store) -> list[str]:
    with store.read() as connection:
        return [str(name) for name in connection.exec_driver_sql("SELECT name FROM person ORDER BY 1").scalars()]


def remarks_in(store: Store) -> list[str]:
    with store.read() as connection:
        return [str(remark) for remark in connection.exec_driver_sql("SELECT notes FROM person").scalars()]


def changes_in(store: Store) -> set[str]:
    with store.read() as connection:
        return set(connection.exec_driver_sql("SELECT change_id FROM change").scalars())


def an_index(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS of_tomorrow (id TEXT PRIMARY KEY)")


def test_the_version_before_goes_on_with_what_the_newer_one_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, secrets = tmp_path / "seat.db", FakeSecrets()
    Store.open(file, secrets).close()
    with newer(monkeypatch, an_index):
        store = Store.open(file, secrets)
        SqlChangeLog(store).append([a_change(1, {"name": "王芳"})])
        store.close()
    store = Store.open(file, secrets)
    assert names_in(store) == ["王芳"]
    SqlChangeLog(store).append([a_change(2, {"name": "王小芳"})])
    assert version_of(store) == len(schema.STEPS)
    store.close()
    with newer(monkeypatch, an_index):
        store = Store.open(file, secrets)
        assert version_of(store) == len(schema.STEPS)
        assert names_in(store) == ["王小芳"]
        assert len(changes_in(store)) == 2
        store.close()


def test_what_the_older_one_took_of_fields_it_does_not_know_is_folded_in_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, secrets = tmp_path / "seat.db", FakeSecrets()
    store = Store.open(file, secrets)
    SqlChangeLog(store).append([a_change(1, {"name": "王芳", "notes": "二楼"})])
    store.close()
    with monkeypatch.context() as before:  # a Desk that knows no remarks
        known = ENTITIES["person"]
        older = replace(known, kinds={field: kind for field, kind in known.kinds.items() if field != "notes"})
        before.setitem(ENTITIES, "person", older)
        before.setitem(rows._UPSERTS, "person", rows._upsert(older))
        columns = [
            Column(column.name, column.type, primary_key=column.primary_key)
            for column in schema.ROWS["person"].columns
            if column.name != "notes"
        ]
        before.setitem(schema.ROWS, "person", Table("person", MetaData(), *columns))
        before.setattr(schema, "STEPS", schema.STEPS[: going_back.GOES_ON_FROM])
        store = Store.open(file, secrets)
        with store.write() as connection:  # as it comes from a seat that knows them
            rows.write_changes(connection, [a_change(2, {"name": "王小芳", "notes": "三楼"})])
        assert names_in(store) == ["王小芳"]
        assert remarks_in(store) == ["二楼"]
        store.close()
    store = Store.open(file, secrets)
    assert remarks_in(store) == ["三楼"]
    with store.read() as connection:
        assert value_of(connection, "unknown_columns") is None
    store.close()


def test_every_step_that_can_be_gone_back_from_can_be_taken_again(tmp_path: Path) -> None:
    file, secrets = tmp_path / "seat.db", FakeSecrets()
    store = Store.open(file, secrets)
    SqlChangeLog(store).append([a_change(1, {"name": "王芳"})])
    before = _tables(store)
    with store.write() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version={going_back.GOES_ON_FROM}")
    store.close()
    store = Store.open(file, secrets)
    assert version_of(store) == len(schema.STEPS)
    assert _tables(store) == before
    assert names_in(store) == ["王芳"]
    store.close()


def test_a_step_that_changes_what_was_there_is_not_gone_back_from_but_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, secrets = tmp_path / "seat.db", FakeSecrets()
    Store.open(file, secrets).close()
    with newer(monkeypatch, an_index, goes_on_from=len(schema.STEPS) + 1):
        store = Store.open(file, secrets)
        SqlChangeLog(store).append([a_change(number, {"name": f"王{number}"}) for number in range(1, 20)])
        kept = changes_in(store)
        store.close()
    with pytest.raises(StoreNewer, match="newer Desk"):
        Store.open(file, secrets)
    done = Repair(file, secrets, lambda: AT).run(anew=True, why="made by a newer Desk")
    assert done.from_file == 19
    assert not done.lost
    store = Store.open(file, secrets)
    assert changes_in(store) == kept
    assert names_in(store) == ["王19"]
    store.close()


def test_a_store_that_says_nothing_of_going_back_is_refused(tmp_path: Path) -> None:
    file, secrets = tmp_path / "seat.db", FakeSecrets()
    store = Store.open(file, secrets)
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM meta WHERE name = 'goes_on_from'")
        connection.exec_driver_sql("PRAGMA user_version=99")
    store.close()
    with pytest.raises(StoreNewer):
        Store.open(file, secrets)


def _tables(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.exec_driver_sql("SELECT sql FROM sqlite_schema ORDER BY name").scalars())
