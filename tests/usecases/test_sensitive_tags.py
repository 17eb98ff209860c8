"""Tags that not everybody may read: told to whom, put and taken away by whom, moved from where everybody reads them."""

from dataclasses import replace

import pytest

from desk.domain.estate import Role, Subject
from desk.domain.identity import BuildingId, PersonId
from desk.domain.sensitive_tags import SensitiveTags
from desk.store.residents import SqlResidents
from desk.store.sensitive_tags import SqlSensitiveTags
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_tags import FakeSensitiveTags
from desk.usecases.profile import Candidate, Seen
from desk.usecases.sensitive_tags import ResidentTags, SensitiveRows, move_old
from tests.usecases.conftest import World

LISTED = SensitiveTags({"litigation": ("诉讼",), "illness": ("疾病",)})


class Ground:
    def __init__(self, world: World) -> None:
        self.world, self.reader, self.whole = world, "2001", True
        self.rows: SensitiveRows
        if world.store is not None:
            self.rows = SqlSensitiveTags(world.store)
        else:
            assert isinstance(world.log, FakeStore)
            self.rows = FakeSensitiveTags(world.log)
        self.tags = ResidentTags(
            self.rows,
            LISTED,
            lambda: self.reader or None,
            world.log,
            world.author,
            world.new_id,
            lambda: self.whole,
        )

    def candidate(self, person_id: str) -> Candidate:
        person = self.world.residents.people([PersonId(person_id)])[PersonId(person_id)]
        home = self.world.residents.households([self.world.home("5", "2", "203")])
        return Candidate(person, next(iter(home.values())), None, Role.OWNER)

    def seen(self, person_id: str) -> Seen | None:
        [told] = self.tags.told([self.candidate(person_id)])
        return told.sensitive

    def moved(self) -> int:
        return max(move_old(self.rows, LISTED, self.world.log, self.world.author), default=0)


@pytest.fixture
def ground(world: World) -> Ground:
    return Ground(world)


def test_they_are_told_to_those_who_may_and_to_nobody_else(ground: Ground) -> None:
    ground.world.put("person", "p1", name="王", tags=["vip"], notes="")
    ground.world.put("sensitive_tag", "s1", subject="person", subject_id="p1", tag="诉讼", ended=False)
    ground.world.put("sensitive_tag", "s2", subject="household", subject_id="h5-2-203", tag="疾病", ended=False)
    ground.world.put("sensitive_tag", "s3", subject="person", subject_id="p1", tag="minor", ended=True)
    assert ground.seen("p1") == Seen("2001", ("诉讼", "疾病"), ())
    ground.reader = ""
    assert ground.seen("p1") is None


def test_one_is_put_on_and_taken_away_again(ground: Ground) -> None:
    ground.world.put("person", "p1", name="王", tags=["vip"], notes="")
    assert ground.tags.toggle(ground.candidate("p1"), "litigation")
    assert ground.seen("p1") == Seen("2001", ("litigation",), ("illness",))
    assert ground.tags.toggle(ground.candidate("p1"), "litigation")
    assert ground.seen("p1") == Seen("2001", (), ("litigation", "illness"))
    ground.reader = ""
    assert not ground.tags.toggle(ground.candidate("p1"), "litigation")
    ground.reader = "2001"
    assert ground.seen("p1") == Seen("2001", (), ("litigation", "illness"))


def test_where_not_all_of_them_are_here_none_is_denied_and_none_put_on_twice(ground: Ground) -> None:
    ground.world.put("person", "p1", name="王", tags=["vip"], notes="")
    ground.whole = False
    assert ground.seen("p1") == Seen("2001", (), (), whole=False)
    assert not ground.tags.toggle(ground.candidate("p1"), "litigation")
    ground.whole = True
    assert ground.seen("p1") == Seen("2001", (), ("litigation", "illness"))
    assert ground.tags.toggle(ground.candidate("p1"), "litigation")
    ground.whole = False
    assert ground.seen("p1") == Seen("2001", ("litigation",), (), whole=False)  # what is here is shown
    assert ground.tags.toggle(ground.candidate("p1"), "litigation")
    assert ground.seen("p1") == Seen("2001", (), (), whole=False)


def test_one_that_still_lies_on_the_person_is_shown_to_those_who_may_and_can_be_taken_away(ground: Ground) -> None:
    ground.world.put("person", "p1", name="王", tags=["vip", "诉讼"], notes="")
    assert ground.seen("p1") == Seen("2001", ("诉讼",), ("illness",))
    assert ground.tags.toggle(ground.candidate("p1"), "诉讼")
    assert ground.candidate("p1").person == replace(ground.candidate("p1").person, tags=("vip",))  # type: ignore[type-var]
    assert ground.seen("p1") == Seen("2001", (), ("litigation", "illness"))


def test_what_lies_on_people_and_homes_is_moved_once(ground: Ground) -> None:
    world = ground.world
    world.put("person", "p1", name="王", tags=["vip", "诉讼"], notes="", estate_id="e1")
    world.put("person", "p2", name="李", tags=["illness"], notes="")
    world.put("person", "p3", name="张", tags=["vip"], notes="")
    world.put("household", world.home("5", "2", "203"), tags=["疾病"])
    assert ground.moved() == 3
    assert {p.person_id: p.tags for p in world.residents.people([PersonId(f"p{n}") for n in (1, 2, 3)]).values()} == {
        "p1": ("vip",),
        "p2": (),
        "p3": ("vip",),
    }
    found = {(row.subject, row.subject_id, row.tag) for row in ground.rows.of(["p1", "p2", "h5-2-203"])}
    person, home = Subject.PERSON, Subject.HOUSEHOLD
    assert found == {(person, "p1", "诉讼"), (person, "p2", "illness"), (home, "h5-2-203", "疾病")}
    assert ground.moved() == 0


def test_what_was_moved_half_way_is_not_doubled(ground: Ground) -> None:
    ground.world.put("person", "p1", name="王", tags=["诉讼"], notes="")
    assert ground.moved() == 1
    ground.world.put("person", "p1", tags=["诉讼"])  # another seat's older program
    assert ground.moved() == 1
    assert [row.tag for row in ground.rows.of(["p1"])] == ["诉讼"]


def test_the_register_leaves_them_out_wherever_people_are_read(world: World) -> None:
    if world.store is None:
        pytest.skip("the store's own")
    world.person("王建国")
    world.put("person", "p1", name="王小明", tags=["vip", "诉讼"], notes="")
    world.put("household", world.home("5", "2", "203"), tags=["疾病", "vip"])
    register = SqlResidents(world.store, LISTED)
    homes = [
        *register.households([world.home("5", "2", "203")]).values(),
        *register.households_by_place("5-2-203", 5),
        *register.households_in_building(BuildingId("b5"), "", "203", 5),
    ]
    people = [*register.people([PersonId("p1")]).values(), *register.search_people("王小明", 5)]
    assert {person.tags for person in people} == {("vip",)}
    assert {home.tags for home in homes if home.place_code == "5-2-203"} == {("vip",)}
