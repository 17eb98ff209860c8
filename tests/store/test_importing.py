"""A list against a real seat store: compared, decided upon, carried out, cut off, gone on with."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from desk.domain.changes import Change
from desk.domain.estate import Role
from desk.domain.import_plan import Outcome, Planned
from desk.domain.import_rows import Column, ImportedNumber, ImportRules, Problem, ResidentRow, RowFault
from desk.domain.numbers import lookup_key
from desk.domain.sensitive_tags import SensitiveTags
from desk.secrets import FakeSecrets
from desk.store.change_log import SqlChangeLog
from desk.store.import_register import SqlImportRegister
from desk.store.import_stage import ImportRuns, SqlImportStage
from desk.store.store import Store
from desk.usecases.import_residents import Difference, ImportResidents
from desk.usecases.ports import StoreFull
from tests.making import START, change, new_id

SAYS = frozenset({Column.NAME, Column.ROLE, Column.NUMBERS, Column.NOTES, Column.TAGS})
RULES = ImportRules("nc", "万达花园")


def row(number: int, place: str, name: str = "", *numbers: str, **fields: Any) -> ResidentRow:
    building, unit, room = place.split("-")
    found = tuple(ImportedNumber(raw, lookup_key(raw)) for raw in numbers)
    given = {"estate": "万达花园", "phase": "一期", "building_name": f"{building}栋", **fields}
    return ResidentRow(number, building=building, unit=unit, room=room, name=name, numbers=found, **given)


LIST = (
    row(2, "5-2-203", "张三", "13800138000", notes="慢", tags=("vip",)),
    row(3, "5-2-203", "李梅", "13900139000", role=Role.FAMILY),
    row(4, "5-2-204", "王五", "13700137000"),
    row(5, "5-2-205", "", "0755-87654321"),
)


class Import:
    """One import, driven by hand."""

    def __init__(self, store: Store, rules: ImportRules = RULES) -> None:
        self.store, self.rules = store, rules
        self.log = SqlChangeLog(store)
        self.stage = SqlImportStage.new(store, new_id)

    def compare(self, rows: Iterable[ResidentRow], ending: bool = False, says: frozenset[Column] = SAYS) -> Difference:
        register = SqlImportRegister(self.store)
        usecase = ImportResidents(register, self.stage, self.rules, says)
        nothing: list[Problem] = []
        return usecase.compare(((one, nothing) for one in rows), ending)

    def decide(self) -> None:
        self.stage.decide(f"import.{self.rules.source}", "S01", "a.xlsx", START, self.log.base_seq())

    def carry_out(
        self, append: Callable[[Any], None] | None = None, going_on: Callable[[], bool] = lambda: True
    ) -> bool:
        return self.stage.carry_out(append or self.log.append, going_on=going_on, rest=lambda _s: None)

    def plans(self, *outcomes: Outcome) -> list[Planned]:
        return list(self.stage.planned(outcomes))


@contextmanager
def importing(store: Store, rules: ImportRules = RULES) -> Iterator[Import]:
    one = Import(store, rules)
    try:
        yield one
    finally:
        one.stage.close()


def bring(store: Store, rows: Iterable[ResidentRow], ending: bool = False, rules: ImportRules = RULES) -> Difference:
    with importing(store, rules) as one:
        difference = one.compare(rows, ending)
        one.decide()
        assert one.carry_out()
        return difference


def rows_of(store: Store, query: str) -> list[tuple[Any, ...]]:
    with store.read() as connection:
        return [tuple(found) for found in connection.execute(text(query))]


def people(store: Store) -> list[tuple[Any, ...]]:
    return rows_of(
        store,
        "SELECT h.place_code, p.name, m.role, m.ended FROM membership m JOIN household h USING (household_id)"
        " JOIN person p USING (person_id) ORDER BY 1, 2",
    )


def numbers(store: Store) -> list[tuple[Any, ...]]:
    return rows_of(store, "SELECT raw, ended FROM number ORDER BY 1")


def log_size(store: Store) -> int:
    return int(rows_of(store, "SELECT count(*) FROM change")[0][0])


def counts(difference: Difference) -> dict[tuple[str, str], int]:
    return {(entity, outcome.value): count for (entity, outcome), count in difference.counts.items()}


def test_a_first_list_makes_estate_building_homes_people_and_numbers(store: Store) -> None:
    difference = bring(store, LIST)
    assert counts(difference) == {
        ("estate", "new"): 1,
        ("building", "new"): 1,
        ("household", "new"): 3,
        ("person", "new"): 3,
        ("membership", "new"): 3,
        ("number", "new"): 4,
    }
    assert people(store) == [
        ("5-2-203", "张三", "owner", 0),
        ("5-2-203", "李梅", "family", 0),
        ("5-2-204", "王五", "owner", 0),
    ]
    [(author, seat, reason)] = rows_of(store, "SELECT DISTINCT author, seat, reason FROM change")
    assert (author, seat, reason) == ("import.nc", "S01", "a.xlsx")
    assert rows_of(store, "SELECT count(*) FROM person WHERE estate_id IS NULL") == [(0,)]


def test_the_same_list_again_changes_nothing(store: Store) -> None:
    bring(store, LIST)
    before = log_size(store)
    assert counts(bring(store, LIST)) == {}
    assert log_size(store) == before


def test_two_seats_make_the_same_people_of_the_same_list(tmp_path: Path, store: Store) -> None:
    other = Store.open(tmp_path / "other" / "seat.db", FakeSecrets())
    try:
        bring(store, LIST)
        bring(other, reversed(LIST))
        for query in (
            "SELECT * FROM household ORDER BY 1",
            "SELECT * FROM membership ORDER BY 1",
            "SELECT * FROM number ORDER BY 1",
        ):
            assert rows_of(store, query) == rows_of(other, query)
    finally:
        other.close()


def test_a_dry_run_leaves_nothing_behind(store: Store) -> None:
    with importing(store) as one:
        one.compare(LIST)
    assert log_size(store) == 0
    assert not list(store.file.parent.glob("*.import"))


def test_what_the_list_changes_is_shown_before_and_after(store: Store) -> None:
    bring(store, LIST)
    changed = (row(2, "5-2-203", "张三", "13800138000", notes="听力不好", tags=("vip",)), *LIST[1:])
    with importing(store) as one:
        assert counts(one.compare(changed)) == {("person", "changed"): 1}
        [plan] = one.plans(Outcome.CHANGED)
    assert (plan.patch, plan.before, plan.row) == ({"notes": "听力不好"}, {"notes": "慢"}, 2)
    assert plan.about == "万达花园一期5栋2单元203 张三"


def test_what_was_corrected_at_the_hotline_stands_until_the_list_says_something_new(store: Store) -> None:
    bring(store, LIST)
    [(person_id,)] = rows_of(store, "SELECT person_id FROM person WHERE name = '张三'")
    SqlChangeLog(store).append([change("person", person_id, {"notes": "请打手机", "tags": ["vip", "独居"]})])
    assert counts(bring(store, LIST)) == {("person", "kept"): 1}
    assert rows_of(store, "SELECT notes FROM person WHERE name = '张三'") == [("请打手机",)]
    newer = (row(2, "5-2-203", "张三", "13800138000", notes="新的备注"), *LIST[1:])
    assert counts(bring(store, newer)) == {("person", "changed"): 1}
    # Its notes are new, its tag is gone, and the tag that was given here stays.
    assert rows_of(store, "SELECT notes, tags FROM person WHERE name = '张三'") == [("新的备注", '["独居"]')]


def test_a_list_without_a_column_says_nothing_of_it(store: Store) -> None:
    bring(store, LIST)
    bare = [row(one.row, one.place_code, one.name) for one in LIST]
    with importing(store) as one:
        difference = one.compare(bare, says=frozenset({Column.NAME}))
        assert {key for key in counts(difference) if key[1] in ("changed", "kept")} == set()


def test_what_is_missing_is_told_and_ended_only_on_order(store: Store) -> None:
    bring(store, LIST)
    shorter = (row(2, "5-2-203", "张三", "13600136000", notes="慢", tags=("vip",)), LIST[3])
    told = {("number", "new"): 1, ("number", "missing"): 1, ("membership", "missing"): 2}
    assert counts(bring(store, shorter)) == told
    assert all(not ended for *_rest, ended in people(store))
    assert counts(bring(store, shorter, ending=True)) == {("number", "ended"): 1, ("membership", "ended"): 2}
    assert [(name, ended) for _place, name, _role, ended in people(store)] == [("张三", 0), ("李梅", 1), ("王五", 1)]
    assert counts(bring(store, LIST)) == {
        ("number", "changed"): 1,
        ("number", "missing"): 1,
        ("membership", "changed"): 2,
    }


def test_what_people_at_the_hotline_wrote_down_is_not_the_lists_to_end(store: Store) -> None:
    bring(store, LIST)
    [(household,)] = rows_of(store, "SELECT household_id FROM household WHERE place_code = '5-2-204'")
    SqlChangeLog(store).append(
        [
            change("person", "by-hand", {"name": "赵六", "tags": [], "notes": ""}),
            change(
                "membership", "m", {"household_id": household, "person_id": "by-hand", "role": "tenant", "ended": False}
            ),
        ]
    )
    assert counts(bring(store, LIST, ending=True)) == {}


def test_an_owner_of_two_homes_is_one_person(store: Store) -> None:
    both = (row(2, "5-2-203", "张三", "13800138000"), row(3, "8-1-101", "张三", "13800138000"))
    difference = bring(store, both)
    assert difference.counts["person", Outcome.NEW] == 1
    assert difference.counts["number", Outcome.NEW] == 1
    assert [place for place, *_rest in people(store)] == ["5-2-203", "8-1-101"]
    assert counts(bring(store, both, ending=True)) == {}


def test_numbers_that_stand_in_one_home_of_an_owner_are_not_missing_from_the_other(store: Store) -> None:
    rules = ImportRules("nc", "万达花园")
    both = (
        row(2, "5-2-203", "张三", "13800138000", person_key="K1"),
        row(3, "8-1-101", "张三", "13900139000", person_key="K1"),
    )
    bring(store, both, rules=rules)
    assert counts(bring(store, both, ending=True, rules=rules)) == {}


def test_who_has_a_number_of_the_list_may_change_their_name(store: Store) -> None:
    bring(store, [row(2, "5-2-203", "张三", person_key="K1")])
    assert counts(bring(store, [row(2, "5-2-203", "张山", person_key="K1")])) == {("person", "changed"): 1}
    assert [name for _place, name, *_rest in people(store)] == ["张山"]


def test_a_register_made_by_hand_is_met_by_home_and_name(store: Store) -> None:
    SqlChangeLog(store).append(
        [
            change("estate", "e", {"name": "万达花园"}),
            change("building", "b", {"estate_id": "e", "code": "5", "name": "5栋", "phase": "一期"}),
            change(
                "household",
                "h",
                {"estate_id": "e", "building_id": "b", "unit": "2", "room": "203", "place_code": "5-2-203"},
            ),
            change("person", "p", {"name": "张 三", "tags": [], "notes": ""}),
            change("membership", "m", {"household_id": "h", "person_id": "p", "role": "owner", "ended": False}),
            change("number", "n", {"raw": "138-0013-8000", "lookup_key": "+8613800138000", "person_id": "p"}),
        ]
    )
    difference = bring(store, [row(2, "5-2-203", "张三", "13800138000")])
    assert counts(difference) == {("person", "changed"): 1}  # their estate, which nobody had said


def test_rows_that_contradict_each_other_are_told_by_row(store: Store) -> None:
    with importing(store) as one:
        difference = one.compare(
            [
                row(2, "5-2-203", "张三", "13800138000"),
                row(7, "5-2-203", "张三", role=Role.TENANT),
                row(8, "5-2-203", "张三", "13800138000"),
            ]
        )
        found = [(problem.row, problem.fault, problem.other_row) for problem in one.stage.problems()]
    assert found == [(7, RowFault.ROLE_DIFFERS, 2), (8, RowFault.ROW_TWICE, 2)]
    assert (difference.grave, difference.told) == (1, 1)


def test_a_room_that_stands_twice_in_a_list_of_rooms_is_told(store: Store) -> None:
    with importing(store, ImportRules("nc", "万达花园", one_row_per_room=True)) as one:
        one.compare([row(2, "5-2-203", "张三"), row(9, "5-2-203", "李四")])
        [problem] = one.stage.problems()
    assert (problem.row, problem.fault, problem.other_row) == (9, RowFault.ROOM_TWICE, 2)


def test_a_building_of_several_phases_needs_its_phase(store: Store) -> None:
    bring(store, [row(2, "5-2-203", "张三"), row(3, "5-2-203", "李四", phase="二期")])
    with importing(store) as one:
        one.compare([row(2, "5-2-203", "张三", phase="")])
        assert [problem.fault for problem in one.stage.problems()] == [RowFault.PHASE_NEEDED]


class _Cut(Exception):
    """The process ends here."""


@pytest.mark.parametrize("after", [0, 1, 2])
def test_an_import_that_was_cut_off_is_gone_on_with(store: Store, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.store.import_stage.LOT", 5)
    log = SqlChangeLog(store)
    done = 0

    def append(lot: list[Change]) -> None:
        nonlocal done
        if done == after:
            raise _Cut
        done += 1
        log.append(lot)

    with importing(store) as one:
        one.compare(LIST)
        one.decide()
        with pytest.raises(_Cut):
            one.carry_out(append)
    assert log_size(store) == 5 * after
    again = SqlImportStage.unfinished(store, new_id)
    assert again is not None
    assert again.carry_out(log.append, rest=lambda _s: None)
    again.close()
    assert log_size(store) == 15
    assert len(people(store)) == 3
    assert SqlImportStage.unfinished(store, new_id) is None
    assert not list(store.file.parent.glob("*.import"))


def test_an_import_that_is_told_to_stop_goes_on_later(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.store.import_stage.LOT", 4)
    answers = iter([True, False])
    with importing(store) as one:
        one.compare(LIST)
        one.decide()
        assert not one.carry_out(going_on=lambda: next(answers))
    assert log_size(store) == 4
    again = SqlImportStage.unfinished(store, new_id)
    assert again is not None
    assert again.carry_out(SqlChangeLog(store).append, rest=lambda _s: None)
    again.close()
    assert log_size(store) == 15


def test_a_full_disk_changes_nothing(store: Store) -> None:
    with importing(store) as one:
        one.stage._run("PRAGMA max_page_count = 40")
        with pytest.raises(StoreFull):
            one.compare([row(number, f"5-2-{number}", f"张{number}") for number in range(5_000)])
    assert log_size(store) == 0
    assert not list(store.file.parent.glob("*.import"))


def test_what_a_killed_process_had_not_decided_upon_is_thrown_away(store: Store) -> None:
    left = store.file.with_name("seat.db.import")
    left.write_bytes(bytes(4096))
    assert SqlImportStage.unfinished(store, new_id) is None
    assert not left.exists()
    with importing(store):
        assert SqlImportStage.unfinished(store, new_id) is None
        assert left.exists(), "one that is under way is left alone"


def test_one_import_at_a_time(store: Store) -> None:
    with importing(store), pytest.raises(ImportRuns):
        SqlImportStage.new(store, new_id)


def test_the_stage_holds_nothing_that_can_be_read(store: Store) -> None:
    with importing(store) as one:
        one.compare(LIST)
        one.decide()
        content = store.file.with_name("seat.db.import").read_bytes()
        assert one.carry_out()
    assert len(content) > 4096
    assert "张三".encode() not in content
    assert b"13800138000" not in content


def test_a_save_gets_in_between_two_lots(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.store.import_stage.LOT", 3)
    log = SqlChangeLog(store)
    saved = 0

    def rest(_pause_s: float) -> None:
        nonlocal saved
        saved += 1
        log.append([change("comment", f"c{saved}", {"text": "x"})])

    with importing(store) as one:
        one.compare(LIST)
        one.decide()
        one.stage.carry_out(log.append, rest=rest)
    assert saved == 5


LISTED = SensitiveTags({"litigation": ("诉讼",)})
DISCREET = replace(RULES, sensitive=LISTED)


def tagged(store: Store) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """What stands on people, and the sensitive tags beside them."""
    people = rows_of(store, "SELECT name, tags FROM person ORDER BY 1")
    query = "SELECT p.name, s.tag, s.ended FROM sensitive_tag s JOIN person p ON person_id = subject_id ORDER BY 1, 2"
    return people, rows_of(store, query)


def zhang(*tags: str) -> tuple[ResidentRow, ...]:
    return (row(2, "5-2-203", "张三", "13800138000", tags=tags), *LIST[1:])


def of_zhang(store: Store) -> tuple[str, list[tuple[Any, ...]]]:
    people, sensitive = tagged(store)
    return dict(people)["张三"], [(tag, bool(ended)) for _name, tag, ended in sensitive]


def test_a_tag_that_not_everybody_may_read_never_stands_on_the_person(store: Store) -> None:
    bring(store, zhang("vip", "诉讼"), rules=DISCREET)
    assert of_zhang(store) == ('["vip"]', [("诉讼", False)])
    assert "诉讼" not in str(rows_of(store, "SELECT patch FROM change WHERE entity <> 'sensitive_tag'"))
    size = log_size(store)
    bring(store, zhang("vip", "诉讼"), rules=DISCREET)
    assert log_size(store) == size


def test_what_the_list_has_no_more_is_over_and_what_was_taken_away_here_stays_away(store: Store) -> None:
    bring(store, zhang("诉讼"), rules=DISCREET)
    bring(store, zhang(), rules=DISCREET)
    assert of_zhang(store) == ("[]", [("诉讼", True)])
    bring(store, zhang("诉讼"), rules=DISCREET)
    [(tag_id,)] = rows_of(store, "SELECT sensitive_tag_id FROM sensitive_tag")
    SqlChangeLog(store).append([change("sensitive_tag", tag_id, {"ended": True})])
    bring(store, zhang("诉讼"), rules=DISCREET)
    assert of_zhang(store) == ("[]", [("诉讼", True)])


@pytest.mark.parametrize("says", [SAYS, SAYS - {Column.TAGS}])
def test_what_stood_on_the_person_is_moved_by_the_next_import_and_stays(store: Store, says: frozenset[Column]) -> None:
    bring(store, zhang("vip"))
    [(person_id, home_id)] = rows_of(
        store, "SELECT person_id, household_id FROM membership JOIN person USING (person_id) WHERE name = '张三'"
    )
    log = SqlChangeLog(store)
    log.append(
        [change("person", person_id, {"tags": ["vip", "诉讼"]}), change("household", home_id, {"tags": ["诉讼"]})]
    )
    for _time in range(2):
        with importing(store, DISCREET) as one:
            one.compare(zhang("vip"), says=says)
            one.decide()
            assert one.carry_out()
        assert of_zhang(store) == ('["vip"]', [("诉讼", False)])
    assert rows_of(store, "SELECT subject, tag FROM sensitive_tag ORDER BY 1") == [
        ("household", "诉讼"),
        ("person", "诉讼"),
    ]
    assert rows_of(store, f"SELECT tags FROM household WHERE household_id = '{home_id}'") == [("[]",)]  # noqa: S608


def test_who_may_not_write_them_leaves_them_out_and_where_they_are_and_says_so(store: Store) -> None:
    rules = replace(DISCREET, takes_sensitive=False)
    bring(store, zhang("vip", "诉讼"))
    with importing(store, rules) as one:
        difference = one.compare((*zhang("vip", "诉讼"), row(9, "5-2-209", "钱七", "13600136000", tags=("诉讼",))))
        assert (difference.grave, difference.told) == (0, 2)
        assert {problem.fault for problem in one.stage.problems()} == {RowFault.TAG_KEPT_BACK}
        one.decide()
        assert one.carry_out()
    people, sensitive = tagged(store)
    assert (dict(people)["张三"], dict(people)["钱七"], sensitive) == ('["vip","诉讼"]', "[]", [])
