"""A seat whose store is damaged is filled again by a real centre, and no different from the others afterwards."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.domain.changes import Change, Patch
from desk.secrets import FakeSecrets
from desk.store import damage
from desk.store.refill import Refill
from desk.store.repair import Repair, Repaired
from desk.store.store import Store
from tests.making import change, ticket
from tests.store.spoiling import pages_of, spoil
from tests.sync.conftest import Seat
from tests.sync.exchange.meeting import meet, rows_of

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SECRETS = FakeSecrets({"store": "5a" * 32})


def repaired(seat: Seat) -> Repaired:
    seat.store.close()
    return Repair(seat.store.file, SECRETS, lambda: NOW, wait_s=0.3).run(anew=True)


def refill(store: Store) -> Refill:
    def make(entity: str, entity_id: str, patch: Patch, reason: str) -> Change:
        raise AssertionError(f"nothing was lost, and yet {entity} {entity_id} differs: {patch} ({reason})")

    return Refill(store, SECRETS, make, has_centre=True)


def run_out(work: Refill) -> None:
    while work.work_once():
        pass


@pytest.fixture
def seats(make_seat: Callable[..., Seat]) -> tuple[Seat, Seat]:
    """Two that worked together; the first has three changes that were not sent."""
    one, two = make_seat("S01"), make_seat("S02", "1002")
    one.log.append([ticket(f"t{number}", number) for number in range(60)])
    meet(one)
    meet(two)
    two.log.append([change("ticket", f"t{number}", {"description": "by two"}) for number in range(0, 60, 2)])
    meet(two)
    meet(one)
    one.log.append([ticket("u1"), ticket("u2"), change("ticket", "t3", {"description": "typed while away"})])
    return one, two


@pytest.mark.parametrize("order", ["centre first", "file first", "half and half", "file long after"])
def test_repaired_seat_is_as_the_others_and_nothing_unsent_is_lost(
    seats: tuple[Seat, Seat], order: str, make_seat: Callable[..., Seat], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    one, two = seats
    done = repaired(one)
    assert (done.from_file, done.lost) == (3, [])
    two.log.append([change("ticket", "t5", {"description": "newer than the damaged file"})])
    meet(two)
    again = make_seat("S01")
    work = refill(again.store)
    match order:
        case "centre first":
            meet(again)
        case "file first":
            run_out(work)
        case "half and half":
            work.work_once()
            meet(again)
        case _:
            meet(again)
            meet(again)
    run_out(work)
    meet(again)
    run_out(work)
    assert not work.running
    meet(two)
    assert rows_of(again) == rows_of(two)
    with two.store.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT ticket_id, description FROM ticket WHERE ticket_id IN ('t3', 't4', 't5', 'u1')"
        ).all()
    assert dict(tuple(row) for row in rows) == {
        "t3": "typed while away",
        "t4": "by two",
        "t5": "newer than the damaged file",
        "u1": "厨房漏水",
    }


def test_seat_that_was_filled_by_rows_is_repaired_the_same(
    seats: tuple[Seat, Seat], make_seat: Callable[..., Seat], tmp_path: Path
) -> None:
    """Its file holds rows of the earlier fill, which say less than the centre knows by now."""
    _one, two = seats
    third = make_seat("S03")
    meet(third, fill_from=1)
    two.log.append([change("ticket", "t7", {"description": "after the fill"})])
    meet(two)
    done = repaired(third)
    assert done.readable
    again = make_seat("S03")
    work = refill(again.store)
    run_out(work)
    assert rows_of(again)["ticket"]
    meet(again, fill_from=1)
    run_out(work)
    meet(two)
    assert rows_of(again) == rows_of(two)


def test_centre_away_the_damaged_file_gives_what_there_is_to_work_with(
    seats: tuple[Seat, Seat], make_seat: Callable[..., Seat]
) -> None:
    one, _two = seats
    before = rows_of(one)
    one.store.close()
    spoil(one.store.file, pages_of(one.store.file) - 1)
    damage.note(one.store.file, damage.Damage("the daily check"))
    Repair(one.store.file, SECRETS, lambda: NOW, wait_s=0.3).run()
    again = make_seat("S01")
    run_out(refill(again.store))
    assert {row[0] for row in rows_of(again)["ticket"]} >= {row[0] for row in before["ticket"]} - {"u1", "u2"}
