"""The seat store's health is looked at without touching it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.domain.health import Level
from desk.secrets import FakeSecrets
from desk.store import damage, health, schema
from desk.store.health import StoreLook, Waiting, changes
from desk.store.store import Store

KEY, NOW = "5a" * 32, datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "seat.db"
    Store.open(made, FakeSecrets({"store": KEY})).close()
    return made


def level(look: StoreLook) -> Level:
    (found,) = look.findings()
    assert bool(found.remedy) == (found.level is not Level.OK)
    return found.level


def everything(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def test_a_store_that_is_whole_is_well_and_left_as_it_was(file: Path) -> None:
    before = file.read_bytes()
    look = StoreLook(file, KEY)
    assert level(look) is Level.OK
    assert look.waiting() == Waiting(0, 0, None)
    assert file.read_bytes() == before


def test_where_there_is_none_none_is_made(tmp_path: Path) -> None:
    look = StoreLook(tmp_path / "seat.db", None)
    assert level(look) is Level.OK
    assert look.waiting() == Waiting(0, 0, None)
    assert list(tmp_path.iterdir()) == []


def test_another_stores_key_is_told_apart_from_damage(file: Path) -> None:
    (unfit,) = StoreLook(file, "a5" * 32).findings()
    assert unfit.level is Level.WRONG
    assert "key" in unfit.why
    with file.open("r+b") as handle:
        handle.seek(8192)
        handle.write(os.urandom(40_960))
    (damaged,) = StoreLook(file, KEY).findings()
    assert damaged.level is Level.WRONG
    assert "damaged" in damaged.why
    assert not damage.note_of(file).exists()  # the seat finds it by itself, and repairs it


def test_damage_that_the_seat_has_noted_is_told(file: Path) -> None:
    damage.note(file, damage.Damage("page 7"))
    (found,) = StoreLook(file, KEY).findings()
    assert found.level is Level.WRONG
    assert "page 7" in found.why


def test_a_large_store_is_not_read_from_end_to_end(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "WHOLE_MB", 0)
    monkeypatch.setattr(health, "_WHOLE", "SELECT this_would_fail")
    assert level(StoreLook(file, KEY)) is Level.OK


def test_a_newer_programs_store_is_not_this_ones(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "STEPS", schema.STEPS[:1])
    (found,) = StoreLook(file, KEY).findings()
    assert found.level is Level.WRONG
    assert "newer" in found.why


@pytest.mark.parametrize(
    ("waiting", "levels"),
    [
        (Waiting(0, 0, None), [Level.OK]),
        (Waiting(500, 0, NOW - timedelta(hours=2)), [Level.OK]),
        (Waiting(1, 0, NOW - timedelta(hours=30)), [Level.WARNING]),
        (Waiting(0, 3, None), [Level.WARNING]),
        (Waiting(9, 3, NOW - timedelta(hours=30)), [Level.WARNING, Level.WARNING]),
        (Waiting(1, 0, NOW + timedelta(hours=1)), [Level.OK]),  # the clock was put back
    ],
)
def test_work_that_waits_too_long_is_told(waiting: Waiting, levels: list[Level]) -> None:
    assert [found.level for found in changes(waiting, NOW, alone=False)] == levels
    assert changes(waiting, NOW, alone=True) == ()
