"""What one seat imported, at the others: through the centre, with the rights of whoever carries it."""

from collections.abc import Callable, Iterable
from typing import Any

import psycopg

from desk.domain.import_rows import Column, ImportedNumber, ImportRules, Problem, ResidentRow
from desk.store.import_register import SqlImportRegister
from desk.store.import_stage import SqlImportStage
from desk.usecases.import_residents import ImportResidents
from tests.making import START, new_id
from tests.sync.conftest import Seat

SAYS = frozenset({Column.NAME, Column.NUMBERS, Column.NOTES})


def row(number: int, room: str, name: str, notes: str = "") -> ResidentRow:
    phone = ImportedNumber(f"1380013{number:04}", f"+861380013{number:04}")
    return ResidentRow(number, "万达花园", "一期", "5", "5栋", "2", room, name=name, numbers=(phone,), notes=notes)


def bring(seat: Seat, rows: Iterable[ResidentRow]) -> int:
    """How many changes it made."""
    stage = SqlImportStage.new(seat.store, new_id)
    try:
        nothing: list[Problem] = []
        usecase = ImportResidents(SqlImportRegister(seat.store), stage, ImportRules("nc"), SAYS)
        difference = usecase.compare((one, nothing) for one in rows)
        stage.decide("import.nc", "S01", "a.xlsx", START, seat.log.base_seq())
        assert stage.carry_out(seat.log.append, rest=lambda _s: None)
        return sum(difference.counts.values())
    finally:
        stage.close()


LIST = [row(number, f"{number // 2 + 100}", f"张{number}") for number in range(40)]


def test_every_seat_gets_what_one_has_imported(
    make_seat: Callable[..., Seat], central: Callable[..., psycopg.Connection[Any]]
) -> None:
    here, there = make_seat("s1"), make_seat("s2", "1002")
    made = bring(here, LIST)
    here.exchange()
    there.exchange()
    assert here.outbox.refused_count() == 0
    assert there.rows() == here.rows()
    carried = central("reader").execute("SELECT DISTINCT author, agent FROM desk.change").fetchall()
    assert carried == [("1001", "import.nc")]
    [(rows,)] = central("reader").execute("SELECT count(*) FROM desk.change").fetchall()
    assert rows == made


def test_a_list_that_came_in_at_one_seat_is_known_at_another(make_seat: Callable[..., Seat]) -> None:
    here, there = make_seat("s1"), make_seat("s2", "1002")
    bring(here, LIST)
    here.exchange()
    there.exchange()
    assert bring(there, LIST) == 0
    assert bring(there, [*LIST[1:], row(0, "100", "张0", "新")]) == 1


def test_the_same_list_at_two_seats_that_do_not_know_of_each_other_makes_no_double(
    make_seat: Callable[..., Seat],
) -> None:
    here, there = make_seat("s1"), make_seat("s2", "1002")
    bring(here, LIST)
    bring(there, LIST)
    for seat in (here, there, here):
        seat.exchange()
    assert there.rows() == here.rows()
    assert len(here.rows()["household"]) == 20
    assert len(here.rows()["person"]) == 40
