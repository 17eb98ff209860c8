"""A damaged store is made anew and nothing that exists only at this seat is lost: a real store, really damaged."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.domain.changes import Change
from desk.domain.drafts import Draft, Intake
from desk.domain.identity import TicketId
from desk.secrets import FakeSecrets
from desk.store import cipher, damage
from desk.store import repair as repairing
from desk.store.change_log import SqlChangeLog
from desk.store.drafts import SqlDrafts
from desk.store.filling import SqlFilling
from desk.store.holding import StoreInUse
from desk.store.integrity import IntegrityCheck
from desk.store.outbox import Ordered, SqlOutbox
from desk.store.refill import REASON, Refill, Refilled, unread_of
from desk.store.repair import Copies, Progress, Repair, Repaired, last_repair, stores_set_aside
from desk.store.second_place import SecondPlace, files_in
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.store.unsent_export import Head, read
from desk.usecases.ports import KeyUnfit, StoreDamaged
from tests.making import START, change, ticket
from tests.store.spoiling import cut, pages_of, spoil

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
KEY = "5a" * 32


def plainly(source: IO[bytes], target: IO[bytes]) -> None:
    """Sealing is another room's; here it does not matter."""
    target.write(source.read())


@cache
def _filled(unsent: int, ordered: int) -> tuple[bytes, list[Change]]:
    """A store's file, made once, and what in it was never sent."""
    made = [ticket(f"u{n}", n, description=f"never sent {n}" * 20) for n in range(unsent)]
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "seat.db", FakeSecrets({"store": KEY}))
        pulled = [change("ticket", f"t{n}", ticket(f"t{n}", n).patch, seq=n + 1) for n in range(ordered)]
        SqlOutbox(store).apply([Ordered(one, "1002") for one in pulled], ordered)
        SqlChangeLog(store).append(made)
        SqlDrafts(store).save(Draft("d1", "1001", START, START, Intake(description="half a sen")))
        store.close()
        return (Path(folder) / "seat.db").read_bytes(), made


class Seat:
    """A seat store with 200 tickets of the centre's and some that were never sent."""

    def __init__(self, folder: Path, unsent: int = 40, ordered: int = 200) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file, self.copies_dir = folder / "seat.db", folder / "copies"
        self.secrets = FakeSecrets({"store": KEY})
        content, self.unsent = _filled(unsent, ordered)
        self.file.write_bytes(content)

    def copy(self) -> None:
        """Make the second copy, all of it."""
        store = Store.open(self.file, self.secrets)
        place = self.second_place(store)
        while place.copy():
            pass
        place._due_s = 0.0
        place.work_once()
        store.close()

    def second_place(self, store: Store) -> SecondPlace:
        return SecondPlace(store, self.copies_dir, "S01", plainly, lambda: NOW, lambda: True)

    def copies(self) -> Iterator[Iterator[Head | Change | Draft]]:
        for file in files_in(self.copies_dir):
            with file.open("rb") as handle:
                yield read(handle)

    def repair(self, *, anew: bool = False, told: list[Progress] | None = None) -> Repaired:
        tell = (lambda _progress: None) if told is None else told.append
        return Repair(self.file, self.secrets, lambda: NOW, self.copies, tell, wait_s=0.3).run(anew=anew)

    def open(self) -> Store:
        return Store.open(self.file, self.secrets)


def ids_in(store: Store) -> set[str]:
    with store.read() as connection:
        return set(connection.exec_driver_sql("SELECT change_id FROM change").scalars())


def refill_all(
    store: Store, secrets: FakeSecrets, *, has_centre: bool = False, copies: Copies = lambda: ()
) -> Refilled:
    def make(entity: str, entity_id: str, patch: object, reason: str) -> Change:
        return Change(change("x", "x", {}).change_id, entity, entity_id, NOW, "S01", "S01", patch, reason)  # type: ignore[arg-type]

    refill = Refill(store, secrets, make, has_centre, copies=copies)
    while refill.work_once():
        pass
    return refill.done


def whole(store: Store) -> IntegrityCheck:
    check = IntegrityCheck(store)
    for _step in check.steps():
        pass
    return check


def test_whole_store_is_left_as_it_is(tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    damage.note(seat.file, damage.Damage("somebody saw a ghost"))
    with pytest.raises(StoreDamaged, match="ghost"):
        seat.open()
    assert seat.repair().was_whole
    store = seat.open()
    assert {one.change_id for one in seat.unsent} <= ids_in(store)
    assert not stores_set_aside(seat.file)
    store.close()


def test_damaged_first_page_is_told_from_a_wrong_key(tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    assert cipher.fit(seat.file, KEY) is cipher.Fit.FITS
    spoil(seat.file, 1)
    assert cipher.fit(seat.file, KEY) is cipher.Fit.DAMAGED
    assert cipher.fit(seat.file, "0" * 64) is cipher.Fit.UNFIT
    with pytest.raises(StoreDamaged):
        seat.open()
    assert damage.noted(seat.file) is not None


def test_wrong_key_damages_nothing(tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    before = seat.file.read_bytes()
    seat.secrets.set("store", "0" * 64)
    with pytest.raises(KeyUnfit):
        seat.open()
    assert damage.noted(seat.file) is None
    seat.secrets.set("store", KEY)
    seat.open().close()
    assert seat.file.read_bytes()[:4096] == before[:4096]


def test_unreadable_file_gives_back_all_unsent_work_from_the_second_copy(tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    seat.copy()
    spoil(seat.file, 1)
    told: list[Progress] = []
    with pytest.raises(StoreDamaged):
        seat.open()
    done = seat.repair(told=told)
    assert (done.from_file, done.from_copies, done.drafts, done.lost) == (0, len(seat.unsent), 1, [])
    store = seat.open()
    assert ids_in(store) == {one.change_id for one in seat.unsent}
    assert [one.intake.description for one in SqlDrafts(store).of_author("1001")] == ["half a sen"]
    assert {"waiting", "looking", "copies"} >= {one.step for one in told} >= {"waiting", "copies"}
    assert whole(store).found.whole
    assert SqlOutbox(store).cursor() == 0  # the centre fills it
    assert last_repair(store) == done
    store.close()
    assert len(stores_set_aside(seat.file)) == 1


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_pages_are_damaged_no_unsent_change_is_lost(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    seat = Seat(tmp_path_factory.mktemp("seat"))
    seat.copy()
    pages = pages_of(seat.file)
    if data.draw(st.booleans()):
        spoil(seat.file, *data.draw(st.lists(st.integers(1, pages), min_size=1, max_size=8, unique=True)))
    else:
        cut(seat.file, data.draw(st.integers(1, pages - 1)))
    try:
        seat.open().close()
    except StoreDamaged:
        pass
    else:
        damage.note(seat.file, damage.Damage("found by the daily check"))
    done = seat.repair()
    store = seat.open()
    assert {one.change_id for one in seat.unsent} <= ids_in(store)
    if not done.was_whole:
        refill_all(store, seat.secrets)
        found = SqlTickets(store).get(TicketId("u7"))
        assert found is not None
        assert found.description == "never sent 7" * 20
    assert [draft.draft_id for draft in SqlDrafts(store).of_author("1001")] == ["d1"]
    assert whole(store).found.whole
    store.close()


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.data())
def test_without_a_copy_what_is_lost_is_known(tmp_path_factory: pytest.TempPathFactory, numbers: st.DataObject) -> None:
    """Standing alone: everything is unsent, and the damaged file is all there is."""
    seat = Seat(tmp_path_factory.mktemp("seat"), unsent=300, ordered=0)
    spoil(seat.file, numbers.draw(st.integers(2, pages_of(seat.file))))
    damage.note(seat.file, damage.Damage("found by the daily check"))
    done = seat.repair()
    store = seat.open()
    if done.was_whole or not done.readable:  # the pages with the list of tables: only a copy helps there
        store.close()
        return
    refilled = refill_all(store, seat.secrets)
    there = ids_in(store)
    missing = {one.change_id for one in seat.unsent} - there
    assert unread_of(store) == len(missing) == refilled.unread
    told = SqlTickets(store)
    kept = {one.entity_id for one in seat.unsent if told.get(TicketId(one.entity_id)) is not None}
    # A page of the log and the page of its rows are two: what one held is told by the other.
    assert len(kept) == len(seat.unsent)
    assert whole(store).found.whole
    store.close()


def test_lost_change_is_recovered_from_its_row_in_the_seats_name(tmp_path: Path) -> None:
    recovered = 0
    last = pages_of(Seat(tmp_path / "first", unsent=60, ordered=0).file)
    for page in range(last, 2, -1):
        seat = Seat(tmp_path / str(page), unsent=60, ordered=0)
        spoil(seat.file, page)
        damage.note(seat.file, damage.Damage("found"))
        if seat.repair().was_whole:
            continue
        store = seat.open()
        done = refill_all(store, seat.secrets)
        recovered += done.recovered
        with store.read() as connection:
            made = connection.exec_driver_sql("SELECT author, patch FROM change WHERE reason = ?", (REASON,)).all()
        assert len(made) == done.recovered
        assert all(author == "S01" and json.loads(patch)["kind"] == "repair" for author, patch in made)
        store.close()
        if recovered:
            break
    assert recovered, "no page held changes of which the rows were elsewhere"


def test_refill_brings_back_what_the_centre_had_ordered(tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    damage.note(seat.file, damage.Damage("asked for", sure=True))
    seat.repair()
    store = seat.open()
    assert len(ids_in(store)) == 40
    refill_all(store, seat.secrets)
    assert len(ids_in(store)) == 240
    with store.read() as connection:
        role = "SELECT DISTINCT role FROM change WHERE central_seq IS NOT NULL"
        assert connection.exec_driver_sql(role).scalars().all() == ["1002"]
    store.close()


def test_refill_takes_nothing_ordered_once_the_centre_has_filled_the_store(tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    damage.note(seat.file, damage.Damage("asked for", sure=True))
    seat.repair()
    store = seat.open()
    SqlFilling(store).finish()
    refill_all(store, seat.secrets, has_centre=True)
    assert ids_in(store) == {one.change_id for one in seat.unsent}
    store.close()


def test_window_waits_for_the_newest_only_and_the_rest_comes_from_file_and_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repairing, "MOST_AT_ONCE", 50)
    seat = Seat(tmp_path, unsent=300, ordered=0)
    seat.copy()
    spoil(seat.file, *range(pages_of(seat.file) // 3, pages_of(seat.file) // 3 + 4))
    damage.note(seat.file, damage.Damage("found", sure=True))
    done = seat.repair()
    store = seat.open()
    if done.from_file == 50:
        assert ids_in(store) == {one.change_id for one in seat.unsent[-50:]}
    refill_all(store, seat.secrets, copies=seat.copies)
    assert ids_in(store) == {one.change_id for one in seat.unsent}
    store.close()


def test_lost_key_means_a_new_store_and_the_old_one_kept(tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    old = seat.file.read_bytes()
    seat.secrets.delete("store")
    done = seat.repair(anew=True)
    assert not done.readable
    store = seat.open()
    assert ids_in(store) == set()
    assert seat.secrets.get("store") not in (None, KEY)
    store.close()
    assert stores_set_aside(seat.file)[0].read_bytes() == old


def test_store_in_use_is_not_repaired(tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    store = seat.open()
    with pytest.raises(StoreInUse):
        seat.repair(anew=True)
    store.close()
    seat.repair(anew=True)


_KILLED = """
import os, sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from desk.secrets import FakeSecrets
from desk.store import repair
from desk.store.repair import Repair
left = int(sys.argv[2])
def dying(function):
    def run(*given, **named):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return function(*given, **named)
    return run
Path.rename, Path.replace, Path.unlink = dying(Path.rename), dying(Path.replace), dying(Path.unlink)
repair.put, repair.keep_value = dying(repair.put), dying(repair.keep_value)
Repair(Path(sys.argv[1]), FakeSecrets({"store": "5a" * 32}), lambda: datetime(2026, 11, 22, tzinfo=UTC)).run(anew=True)
"""


def killed_at(seat: Seat, step: int) -> bool:
    command = [sys.executable, "-c", _KILLED, str(seat.file), str(step)]
    return subprocess.run(command, cwd=Path(__file__).parents[2], check=False).returncode == 9


@pytest.mark.parametrize("step", [0, 1, 4, 8, 12, 15])
def test_repair_that_was_killed_is_gone_on_with(tmp_path: Path, step: int) -> None:
    seat = Seat(tmp_path, ordered=5, unsent=5)
    assert killed_at(seat, step)
    if damage.noted(seat.file) is not None:
        assert seat.repair().aside
    store = seat.open()
    assert {one.change_id for one in seat.unsent} <= ids_in(store)
    assert len(SqlDrafts(store).of_author("1001")) == 1
    store.close()


def test_repair_has_no_more_steps_than_were_tried(tmp_path: Path) -> None:
    assert not killed_at(Seat(tmp_path, ordered=5, unsent=5), 24)
