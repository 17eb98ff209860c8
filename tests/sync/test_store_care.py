"""Looking after the store beside its work: when it is checked, what follows from damage, what the windows are told."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import pytest

from desk import wire
from desk.secrets import FakeSecrets
from desk.store import damage
from desk.store.change_log import SqlChangeLog
from desk.store.meta import value_of
from desk.store.refill import Refill
from desk.store.second_place import EVERY_S, SecondPlace, files_in
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.sync import store_care
from desk.sync.store_care import CHECKED, FIRST_S, StoreCare
from desk.usecases.ports import StoreDamaged
from tests.making import change, ticket
from tests.store.spoiling import pages_of, spoil


class Scene:
    """A store that is looked after, with clocks of the test's."""

    def __init__(self, folder: Path) -> None:
        self.file, self.second_dir = folder / "seat.db", folder / "second"
        self.now, self.now_s = datetime(2026, 11, 22, 8, 0, tzinfo=UTC), 0.0
        self.in_call = self.busy = False
        self.told: list[wire.StoreCare] = []
        self.begin()

    def begin(self) -> None:
        """The sync process starts."""
        self.stop = threading.Event()
        secrets = FakeSecrets({"store": "5a" * 32})
        self.store = Store.open(self.file, secrets)
        second = SecondPlace(
            self.store, self.second_dir, "S01", _plainly, lambda: self.now, lambda: True, lambda: self.now_s
        )
        self.care = StoreCare(
            self.store,
            second,
            Refill(self.store, secrets, lambda *_given: change("ticket", "x", {}), has_centre=False),
            self.told.append,
            self.stop,
            lambda: self.in_call,
            lambda: self.busy or self.in_call,
            lambda: self.now,
            lambda: self.now_s,
        )

    def end(self, *, orderly: bool = True) -> None:
        if orderly:
            self.care.close()
        self.store.close()

    def check(self) -> None:
        """Until nothing is left to be checked now."""
        while self.care.check_once():
            pass

    def checked(self) -> str | None:
        with self.store.read() as connection:
            return value_of(connection, CHECKED)


def _plainly(source: IO[bytes], target: IO[bytes]) -> None:
    target.write(source.read())


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(store_care, "MOST_REST_S", 0.0)
    made = Scene(tmp_path)
    SqlChangeLog(made.store).append([ticket("t1"), ticket("t2")])
    yield made
    made.store.close()


def test_the_whole_is_checked_a_while_after_the_start_and_then_daily(scene: Scene) -> None:
    scene.check()
    assert scene.checked() is None, "the start has enough to do"
    scene.now_s = FIRST_S
    scene.check()
    first = scene.checked()
    assert first is not None
    scene.now += timedelta(hours=23)
    scene.check()
    assert scene.checked() == first
    scene.now += timedelta(hours=1)
    scene.check()
    assert (scene.checked() or "") > first


def test_clock_that_was_put_back_makes_no_check_wait_for_years(scene: Scene) -> None:
    scene.now_s = FIRST_S
    scene.check()
    first = scene.checked()
    scene.now -= timedelta(days=400)
    scene.check()
    assert scene.checked() != first


def test_after_an_end_that_was_not_in_order_it_is_checked_at_once(scene: Scene) -> None:
    scene.now_s = FIRST_S
    scene.check()
    first = scene.checked()
    scene.end()
    scene.begin()
    scene.now += timedelta(hours=1)
    scene.now_s += FIRST_S
    scene.check()
    assert scene.checked() == first
    scene.end(orderly=False)
    scene.begin()
    scene.now_s += FIRST_S
    scene.check()
    assert scene.checked() != first


def test_check_waits_while_a_call_runs(scene: Scene) -> None:
    scene.now_s, scene.in_call = FIRST_S, True
    scene.check()
    assert scene.checked() is None
    scene.in_call = False
    scene.check()
    assert scene.checked() is not None


def test_row_that_is_not_its_fold_is_made_anew_while_people_work(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    with scene.store.write() as connection:
        connection.exec_driver_sql("UPDATE ticket SET description = 'nobody wrote this' WHERE ticket_id = 't2'")
    scene.now_s = FIRST_S
    scene.check()
    assert [found.description for found in SqlTickets(scene.store).recent(9)] == ["厨房漏水", "厨房漏水"]
    assert "t2" in caplog.text


def test_damage_that_the_check_finds_starts_the_seat_again_once_no_call_runs(tmp_path: Path, scene: Scene) -> None:
    SqlChangeLog(scene.store).append([ticket(f"x{number}") for number in range(300)])
    scene.end()
    _spoil_unseen(scene)
    scene.now_s = FIRST_S
    scene.now += timedelta(days=2)
    scene.check()
    assert damage.noted(scene.file) is not None
    scene.in_call = True
    scene.care.watch_once()
    assert (scene.told[-1].damaged, scene.told[-1].restart, scene.stop.is_set()) == (True, False, False)
    scene.in_call = False
    scene.care.watch_once()
    assert (scene.told[-1].restart, scene.stop.is_set()) == (True, False), "the windows first"
    scene.now_s += 5
    scene.care.watch_once()
    assert (scene.stop.is_set(), scene.care.again) == (True, True)


def test_second_place_that_is_away_is_told_until_it_is_back(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.second_dir.write_text("a file where the folder should be")
    _look_twice(scene)
    scene.second_dir.unlink()
    _look_twice(scene)
    assert [one.copy_away for one in scene.told if not one.doing] == [True, False]
    assert len(files_in(scene.second_dir)) == 1
    assert caplog.text.count("cannot be written") == 1


def _look_twice(scene: Scene) -> None:
    for _look in range(2):
        scene.now_s += EVERY_S
        while scene.care.copy_once():
            pass


def _spoil_unseen(scene: Scene) -> None:
    """A page that opening the store does not come by."""
    whole = scene.file.read_bytes()
    for page in range(pages_of(scene.file), 1, -1):
        spoil(scene.file, page)
        try:
            scene.begin()
        except StoreDamaged:
            damage.forget(scene.file)
            scene.file.write_bytes(whole)
            continue
        return
    raise AssertionError("opening reads every page")
