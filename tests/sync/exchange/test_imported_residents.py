"""What one seat imported, at the others: through the centre, with the rights of whoever carries it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg

from desk.compose import imports, sensitive_tags
from desk.domain.import_rows import Column, ImportedNumber, ImportRules, Problem, ResidentRow
from desk.imports.mapping import Mapping
from desk.settings import SeatSettings, Settings
from desk.store.import_register import SqlImportRegister
from desk.store.import_stage import SqlImportStage
from desk.usecases.import_residents import ImportResidents
from tests.making import START, change, new_id
from tests.sync.conftest import Seat
from tests.sync.exchange.meeting import meet

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


COLUMNS: dict[Column, tuple[str, ...]] = {
    column: (column.value,) for column in (Column.ESTATE, Column.BUILDING, Column.ROOM, Column.NAME, Column.TAGS)
}
TAGGED = "estate,building,room,name,tags\n万达花园,5栋,203,张三,VIP、诉讼\n万达花园,5栋,204,李四,重病\n"


def bring_file(seat: Seat, folder: Path) -> tuple[int, int]:
    """As `desk import residents` does: changes made, remarks told."""
    file = folder / "a.csv"
    file.write_text(TAGGED, encoding="utf-8")
    settings = Settings(seat=SeatSettings(name="S01"))
    mapping = Mapping(ImportRules("nc"), COLUMNS)
    with imports.compared(seat.store, settings, file, mapping, False, lambda _what, _rows: None) as found:
        assert found.carry_out(lambda _done: None)
        return sum(found.difference.counts.values()), found.difference.told


def found_by(connection: psycopg.Connection[Any]) -> list[int]:
    """How often a sensitive tag turns up in all that somebody can read."""
    found = []
    for table in ("person", "household", "sensitive_tag", "change"):
        query = f"SELECT count(*) FROM desk.{table} t WHERE to_jsonb(t)::text ~ '诉讼|重病'"  # noqa: S608
        found += [row[0] for row in connection.execute(query.encode())]
    return found


def test_sensitive_tags_of_a_list_are_found_by_those_who_may_and_by_no_agent(
    make_seat: Callable[..., Seat], central: Callable[..., psycopg.Connection[Any]], tmp_path: Path
) -> None:
    here, there = make_seat("s1", "admin"), make_seat("s2", "1002")
    meet(here)
    assert bring_file(here, tmp_path)[1] == 0
    meet(here)
    meet(there)
    assert (here.outbox.refused_count(), here.outbox.takes_tags, there.outbox.takes_tags) == (0, True, False)
    assert found_by(central("admin")) == [0, 0, 2, 2]
    for role in ("1001", "1002", "reader"):
        assert found_by(central(role)) == [0, 0, 0, 0]
    assert not there.rows().get("sensitive_tag")
    assert "诉讼" not in str(there.rows()["person"])


def test_a_seat_that_may_not_write_them_brings_the_list_without_them_and_nothing_is_refused(
    make_seat: Callable[..., Seat], central: Callable[..., psycopg.Connection[Any]], tmp_path: Path
) -> None:
    here = make_seat("s1")
    meet(here)
    assert bring_file(here, tmp_path)[1] == 2
    meet(here)
    assert here.outbox.refused_count() == 0
    assert found_by(central("admin")) == [0, 0, 0, 0]
    assert len(here.rows()["person"]) == 2


def test_what_lay_on_people_is_moved_by_the_command_where_the_centre_takes_it(
    make_seat: Callable[..., Seat], central: Callable[..., psycopg.Connection[Any]], tmp_path: Path
) -> None:
    agent, chief = make_seat("s1"), make_seat("s2", "admin")
    agent.log.append([change("person", "p1", {"name": "张三", "tags": ["VIP", "诉讼"], "notes": ""})])
    meet(agent)
    meet(chief)
    for seat, moved in ((agent, 0), (chief, 1)):
        done = sensitive_tags.move(Settings(seat=SeatSettings(name="S01")), seat.store)
        assert done == (moved or None)
    meet(chief)
    meet(agent)
    assert "诉讼" not in str(agent.rows()["person"])
    [*rows, _log] = found_by(central("1001"))
    assert rows == [0, 0, 0]
    assert found_by(central("admin"))[2] == 1
