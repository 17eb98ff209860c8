"""Who is calling."""

import pytest

from desk.domain.estate import Role
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.usecases.profile import Profile
from desk.usecases.screen_pop import CANDIDATES, ScreenPop
from tests.usecases.conftest import AREA_CODE, World

MOBILE = "13800138000"


def screen_pop(world: World) -> ScreenPop:
    return ScreenPop(world.residents, world.tickets, world.calls, world.notices, world.clock, AREA_CODE, world.map)


def pop(world: World, number: str, **party: object) -> Profile:
    return screen_pop(world).profile(Party(number, **party))  # type: ignore[arg-type]


def names(profile: Profile) -> list[str]:
    return [c.person.name if c.person else "-" for c in profile.candidates]


@pytest.mark.parametrize(
    "signalled",
    [MOBILE, "0" + MOBILE, "+86" + MOBILE, "0086" + MOBILE, "86" + MOBILE, "%2B86" + MOBILE, "138-0013-8000"],
)
@pytest.mark.parametrize("written", [MOBILE, "138 0013 8000", "+86-138-0013-8000"])
def test_a_caller_is_known_however_the_number_is_written_and_signalled(
    world: World, signalled: str, written: str
) -> None:
    home = world.home("5", "2", "203")
    world.person("王建国", (home, "owner"), numbers=(written,))
    profile = pop(world, signalled)
    assert names(profile) == ["王建国"]
    candidate = profile.candidates[0]
    assert candidate.role is Role.OWNER
    assert candidate.household
    assert candidate.household.place_code == "5-2-203"
    assert candidate.building
    assert candidate.building.name == "5栋"
    assert profile.number_shown == "138 0013 8000"


@pytest.mark.parametrize(("signalled", "written"), [("075587654321", "87654321"), ("87654321", "0755-87654321转803")])
def test_a_fixed_line_is_known_with_and_without_area_code_and_extension(
    world: World, signalled: str, written: str
) -> None:
    world.person("王建国", (world.home("5", "2", "203"), "owner"), numbers=(written,))
    assert names(pop(world, signalled)) == ["王建国"]


def test_an_unknown_number_has_no_candidates_but_its_past_calls(world: World) -> None:
    call_id = world.call("0" + MOBILE)
    profile = pop(world, MOBILE)
    assert profile.candidates == ()
    assert profile.card is None
    assert [c.call_id for c in profile.calls_of_number] == [call_id]


@pytest.mark.parametrize("number", ["", "anonymous"])
def test_a_withheld_caller_is_nobody_and_matches_nobody(world: World, number: str) -> None:
    world.call("anonymous")
    assert pop(world, number, withheld=True) == Profile(Party(number, withheld=True), "")


def test_the_card_has_all_that_belongs_to_the_household(world: World) -> None:
    home = world.home("5", "2", "203")
    world.person("王小明", (home, "family"))
    world.person("王建国", (home, "owner"), numbers=(MOBILE,))
    old = world.ticket(home, ago_h=900, stage="closed")
    older = world.ticket(home, ago_h=1900, stage="cancelled")
    opened = world.ticket(home, ago_h=5)
    world.ticket(world.home("5", "1", "101"))
    call_id = world.call("02012345678", household_id=home)
    world.notice("停水", ("b5", "b12"))
    world.notice("停电", ("b12",))
    world.notice("水箱清洗", start_h=24, until_h=30)
    world.notice("全区通知")
    card = pop(world, MOBILE).card
    assert card
    assert [t.ticket_id for t in card.open_tickets] == [opened]
    assert [t.ticket_id for t in card.past_tickets] == [old, older]
    assert [c.call_id for c in card.past_calls] == [call_id]
    assert sorted(n.title for n in card.notices) == ["停水", "全区通知"]
    assert [(p.name, r) for p, r in card.household_people] == [("王建国", Role.OWNER), ("王小明", Role.FAMILY)]
    assert [n.raw for n in card.numbers] == [MOBILE]
    assert card.assistant
    assert card.assistant.name == "陈晓燕"


def test_owner_comes_before_family_and_family_before_tenant(world: World) -> None:
    home = world.home("5", "2", "203")
    for name, role in (("租客", "tenant"), ("家属", "family"), ("业主", "owner")):
        world.person(name, (home, role), numbers=(MOBILE,))
    assert names(pop(world, MOBILE)) == ["业主", "家属", "租客"]


def test_whoever_this_number_was_last_time_comes_first(world: World) -> None:
    home = world.home("5", "2", "203")
    world.person("业主", (home, "owner"), numbers=(MOBILE,))
    family = world.person("家属", (home, "family"), numbers=(MOBILE,))
    world.call(MOBILE, person_id=family, household_id=home)
    assert names(pop(world, MOBILE)) == ["家属", "业主"]


def test_whoever_the_call_was_said_to_be_with_stands_in_front_with_their_card(world: World) -> None:
    first, second = world.home("5", "1", "101"), world.home("12", "2", "203")
    world.person("王建国", (first, "owner"), (second, "owner"), numbers=(MOBILE,))
    world.ticket(first)
    world.put("call", "c-runs", person_id=None, household_id=second)
    tied = screen_pop(world).profile(Party(MOBILE), CallId("c-runs"))
    assert [c.household.place_code for c in tied.candidates if c.household] == ["12-2-203", "5-1-101", "12-2-203"]
    assert tied.candidates[0].person is None
    assert tied.card
    assert tied.card.candidate == tied.candidates[0]
    assert screen_pop(world).profile(Party(MOBILE), CallId("c-other")) == pop(world, MOBILE)


def test_one_of_several_who_was_chosen_for_the_call_is_not_offered_twice(world: World) -> None:
    first, second = world.home("5", "1", "101"), world.home("12", "2", "203")
    wang = world.person("王建国", (first, "owner"), (second, "owner"), numbers=(MOBILE,))
    world.ticket(first)
    world.put("call", "c-runs", person_id=wang, household_id=second)
    tied = screen_pop(world).profile(Party(MOBILE), CallId("c-runs"))
    assert [c.household.place_code for c in tied.candidates if c.household] == ["12-2-203", "5-1-101"]


def test_a_withheld_caller_who_was_found_is_known_for_this_call(world: World) -> None:
    home = world.home("5", "2", "203")
    wang = world.person("王建国", (home, "owner"), numbers=(MOBILE,))
    world.put("call", "c-runs", person_id=wang, household_id=home)
    tied = screen_pop(world).profile(Party("", withheld=True), CallId("c-runs"))
    assert names(tied) == ["王建国"]
    assert tied.candidates[0].role is Role.OWNER
    assert tied.card
    assert tied.tied_only
    assert not screen_pop(world).profile(Party(MOBILE), CallId("c-runs")).tied_only


def test_a_household_with_an_open_ticket_comes_before_one_without(world: World) -> None:
    quiet, waiting = world.home("5", "1", "101"), world.home("12", "2", "203")
    world.person("王建国", (quiet, "owner"), (waiting, "owner"), numbers=(MOBILE,))
    world.ticket(waiting)
    profile = pop(world, MOBILE)
    assert [c.household.place_code for c in profile.candidates if c.household] == ["12-2-203", "5-1-101"]
    assert profile.card
    assert profile.card.open_tickets


def test_the_household_that_called_last_comes_before_others(world: World) -> None:
    one, two = world.home("5", "1", "101"), world.home("12", "2", "203")
    world.person("王建国", (one, "owner"), (two, "owner"), numbers=(MOBILE,))
    world.call("02012345678", ago_h=90, household_id=one)
    world.call("02012345678", ago_h=9, household_id=two)
    assert [c.household.place_code for c in pop(world, MOBILE).candidates if c.household] == ["12-2-203", "5-1-101"]


def test_a_number_of_a_household_offers_the_household(world: World) -> None:
    home = world.home("5", "2", "203")
    world.number("0755-87654321", household_id=home)
    profile = pop(world, "87654321")
    assert names(profile) == ["-"]
    assert profile.candidates[0].household
    assert profile.card
    assert profile.card.assistant


def test_a_person_without_a_household_is_offered_too(world: World) -> None:
    world.person("房东", numbers=(MOBILE,))
    world.call(MOBILE)
    profile = pop(world, MOBILE)
    assert names(profile) == ["房东"]
    assert profile.card
    assert profile.card.past_calls


def test_ended_numbers_and_memberships_are_not_offered(world: World) -> None:
    person = world.person("前业主", numbers=(MOBILE,))
    world.put("membership", "m9", household_id=world.home("5", "2", "203"), person_id=person, role="owner", ended=True)
    assert pop(world, MOBILE).candidates[0].household is None
    other = world.number("13900139000", person_id=person)
    world.put("number", other, ended=True)
    assert pop(world, "13900139000").candidates == ()


def test_an_agency_with_very_many_flats_is_cut_off(world: World) -> None:
    homes = [world.home(b, u, r) for b in ("5", "12", "A") for u in "12" for r in ("101", "203")]
    for _count in range(4):
        world.person("中介", *((home, "tenant") for home in homes), numbers=(MOBILE,))
    assert len(pop(world, MOBILE).candidates) == CANDIDATES


@pytest.mark.parametrize("number", ["<script>", "'; DROP TABLE number;--", "9" * 200, "😀", "\x00", "%%%", "+"])
def test_an_odd_number_is_a_stranger(world: World, number: str) -> None:
    assert pop(world, number).candidates == ()


def test_a_card_asked_for_again_shows_the_caller_as_they_are_now(world: World) -> None:
    home = world.home("5", "2", "203")
    person = world.person("王建国", (home, "owner"), numbers=(MOBILE,))
    candidate = pop(world, MOBILE).candidates[0]
    world.put("person", person, name="王建中")
    world.put("household", home, notes="门禁坏了")
    fresh = screen_pop(world).fresh_card(candidate).candidate
    assert fresh.person
    assert fresh.household
    assert (fresh.person.name, fresh.household.notes) == ("王建中", "门禁坏了")
