"""What a supervisor types into one line, and what is looked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.domain.call_log import MISSED_OUTCOMES, Outcome
from desk.domain.call_search import CallQuery, Recorded, Whose
from desk.domain.party import Direction
from desk.domain.tickets import Kind
from desk.texts import ShippedTexts
from desk.usecases.call_phrases import Sought
from desk.usecases.find_calls import FindCalls
from desk.usecases.find_category import CategoryFinder
from desk.usecases.find_person import PersonFinder
from desk.usecases.find_place import PlaceFinder
from tests.usecases.conftest import AREA_CODE, World

CHINA = timezone(timedelta(hours=8))
CATEGORIES = CategoryFinder(ShippedTexts().categories())
NOTHING = CallQuery()


@pytest.fixture
def find(world: World) -> FindCalls:
    world.put("staff", "s7", number="1007", name="李华", duty="agent", phone="", active=True)
    world.person("王小明", (world.home("5", "2", "203"), "owner"), numbers=("13800138000", "0755-87654321"))
    people = PersonFinder(world.residents, world.map, AREA_CODE)
    places = PlaceFinder(world.residents, world.map)
    return FindCalls(world.residents, people, places, CATEGORIES, world.clock, CHINA, AREA_CODE)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def span(first: str, until: str) -> dict[str, Any]:
    return {"since": day(first), "until": day(until)}


MOBILE = Whose(lookup_keys=("+8613800138000",))

# How a line is read is the same whatever keeps the people; those they are looked up with are tried in both.
IN_MEMORY = pytest.mark.parametrize("empty_world", ["in memory"], indirect=True)

# Today is Monday, 2 March 2026.
SHAPES: list[tuple[str, dict[str, Any]]] = [
    ("", {}),
    ("  ，, ", {}),
    *((text, {"whose": (MOBILE,)}) for text in ("13800138000", "+86 138 0013 8000", "138-0013-8000")),
    ("138 0013 8000", {"whose": (MOBILE,)}),
    ("尾号8000", {"whose": (Whose(digits=("8000",)),)}),
    ("0013", {"whose": (Whose(lookup_keys=("0013",), digits=("0013",)),)}),
    ("尾号8000 0013", {"whose": (Whose(digits=("8000",)), Whose(lookup_keys=("0013",), digits=("0013",)))}),
    ("13800138000 尾号8000", {"whose": (MOBILE, Whose(digits=("8000",)))}),
    ("13800138000 13900139000", {"whose": (MOBILE | Whose(lookup_keys=("+8613900139000",)),)}),
    ("1007", {"agents": ("1007",)}),
    ("李华", {"agents": ("1007",)}),
    ("工号1007", {"agents": ("1007",)}),
    ("今天", span("2026-03-02", "2026-03-03")),
    ("昨天", span("2026-03-01", "2026-03-02")),
    ("前天", span("2026-02-28", "2026-03-01")),
    ("上周", span("2026-02-23", "2026-03-02")),
    ("本月", span("2026-03-01", "2026-04-01")),
    ("上个月", span("2026-02-01", "2026-03-01")),
    ("周三", span("2026-02-25", "2026-02-26")),
    ("上周日", span("2026-03-01", "2026-03-02")),
    ("近7天", span("2026-02-24", "2026-03-03")),
    ("11-20", span("2025-11-20", "2025-11-21")),
    ("3/2", span("2026-03-02", "2026-03-03")),
    ("2月29日", span("2024-02-29", "2024-03-01")),
    ("2025-11", span("2025-11-01", "2025-12-01")),
    ("2025年12月", span("2025-12-01", "2026-01-01")),
    ("12月", span("2025-12-01", "2026-01-01")),
    ("20251120", span("2025-11-20", "2025-11-21")),
    ("2025-11-20", span("2025-11-20", "2025-11-21")),
    ("2025年", span("2025-01-01", "2026-01-01")),
    ("11月1日至11月5日", span("2025-11-01", "2025-11-06")),
    ("11-01..11-20", span("2025-11-01", "2025-11-21")),
    (">5分钟", {"least_length_s": 300}),
    ("＞５分钟", {"least_length_s": 300}),
    ("5分钟以上", {"least_length_s": 300}),
    ("超过1.5分钟", {"least_length_s": 90}),
    ("<10秒", {"most_length_s": 9}),
    ("30秒以内", {"most_length_s": 30}),
    (">60", {"least_length_s": 60}),
    ("保持>60", {"least_hold_s": 60}),
    ("保持超过2分钟", {"least_hold_s": 120}),
    ("静音>20", {"least_silence_s": 20}),
    ("评分<60", {"most_score": 59}),
    ("评分>=80分", {"least_score": 80}),
    ("音质<3", {"most_mos_x100": 299}),
    ("mos<=3.1", {"most_mos_x100": 310}),
    ("未录音", {"recorded": Recorded.MISSING}),
    ("未评分", {"scored": False}),
    ("呼入", {"direction": Direction.INCOMING}),
    ("未接", {"outcomes": MISSED_OUTCOMES}),
    ("投诉", {"kinds": frozenset({Kind.COMPLAINT})}),
    ("20260302-S01-003", {"ticket_number": "20260302-S01-003"}),
    ("20260302-s01", {"ticket_number": "20260302-S01"}),
    ("还是没人来", {"words": ("还是没人来",)}),
    ("没来 又漏", {"words": ("没来", "又漏")}),
    ("呼入 >60秒 未评分", {"direction": Direction.INCOMING, "least_length_s": 60, "scored": False}),
]


@IN_MEMORY
@pytest.mark.parametrize(("typed", "wanted"), SHAPES)
def test_what_is_typed_is_what_is_looked_for(find: FindCalls, typed: str, wanted: dict[str, Any]) -> None:
    query = find.read(typed).query
    assert {name: getattr(query, name) for name in wanted} == wanted
    assert replace(query, **{name: getattr(NOTHING, name) for name in wanted}) == NOTHING


@pytest.mark.parametrize("typed", ["王小明", "wangxiaoming", "wxm"])
def test_a_person_stands_for_all_their_numbers(find: FindCalls, typed: str) -> None:
    sentence = find.read(typed)
    assert sentence.chips[0].sought is Sought.PERSON
    assert sentence.chips[0].shown == "王小明"
    (whose,) = sentence.query.whose
    assert set(whose.lookup_keys) == {"+8613800138000", "+8675587654321"}
    assert len(whose.person_ids) == 1


@pytest.mark.parametrize("typed", ["5-2-203", "5栋2单元203", "五栋二单元203", "5d2dy203"])
def test_a_room_stands_for_whoever_lives_there(find: FindCalls, world: World, typed: str) -> None:
    (whose,) = find.read(typed).query.whose
    assert whose.household_ids == (world.home("5", "2", "203"),)
    assert "+8613800138000" in whose.lookup_keys
    assert len(whose.person_ids) == 1


def test_a_person_a_room_and_a_number_narrow_each_other_down(find: FindCalls, world: World) -> None:
    world.person("张伟", (world.home("6", "1", "101"), "owner"), numbers=("13900139000",))
    person, room, number = find.read("张伟 5-2-203 13800138000").query.whose
    assert "+8613900139000" in person.lookup_keys
    assert not person.household_ids
    assert room.household_ids == (world.home("5", "2", "203"),)
    assert number == MOBILE
    (either,) = find.read("张伟 王小明").query.whose
    assert len(either.person_ids) == 2
    assert either.shown_names == ("张伟", "王小明")


@pytest.mark.parametrize("typed", ["5栋", "五栋", "wd5d"])
def test_a_building_stands_for_itself(find: FindCalls, typed: str) -> None:
    assert find.read(typed).query.building_id == "b5"


def test_a_category_is_found_by_its_name_and_its_letters(find: FindCalls) -> None:
    leaf = next(one for one in ShippedTexts().categories().categories if len(one.zh) > 3)
    by_name = find.read(leaf.zh)
    assert by_name.chips[0].sought is Sought.CATEGORY
    assert leaf.code in by_name.query.categories


def test_a_word_of_several_readings_gives_a_chip_for_each_and_the_first_is_in_force(find: FindCalls) -> None:
    sentence = find.read("11-20")
    assert [chip.on for chip in sentence.chips] == [True] + [False] * (len(sentence.chips) - 1)
    assert sentence.chips[0].sought is Sought.TIME
    off = sentence.switched((), sentence.chips[0].key)
    second = find.read("11-20", off)
    assert [chip.on for chip in second.chips][:2] == [False, True]
    assert second.query.since is None
    last = sentence.chips[-1]
    third = find.read("11-20", sentence.switched((), last.key))
    assert [chip.key for chip in third.chips if chip.on] == [last.key]
    back = find.read("11-20", third.switched(sentence.switched((), last.key), sentence.chips[0].key))
    assert back.query == sentence.query


@pytest.mark.parametrize(
    ("typed", "field", "counts", "instead"),
    [
        ("昨天 今天", "since", day("2026-03-02"), day("2026-03-01")),
        ("呼入 呼出", "direction", Direction.OUTGOING, Direction.INCOMING),
        ("20260302-S01-003 20260302-S01-004", "ticket_number", "20260302-S01-004", "20260302-S01-003"),
        ("保持>60 保持>120", "least_hold_s", 120, 60),
    ],
)
def test_of_two_words_for_one_value_the_later_counts_and_the_other_says_so(
    find: FindCalls, typed: str, field: str, counts: object, instead: object
) -> None:
    sentence = find.read(typed)
    assert getattr(sentence.query, field) == counts
    first = next(chip for chip in sentence.chips if chip.start == 0)
    later = next(chip for chip in sentence.chips if chip.on)
    assert (first.on, first.yields_to) == (False, later.key)
    turned = find.read(typed, sentence.switched((), first.key))
    assert getattr(turned.query, field) == instead
    assert turned.query.words == ()
    assert [chip.key for chip in turned.chips if chip.on] == [first.key]


def test_what_asks_for_different_values_is_in_force_together(find: FindCalls) -> None:
    sentence = find.read("保持>60 保持<300 昨天 >30")
    assert len([chip for chip in sentence.chips if chip.on]) == 4


def test_a_chip_tells_where_its_word_stands(find: FindCalls) -> None:
    typed = "王小明  昨天，138 0013 8000"
    words = {typed[chip.start : chip.end] for chip in find.read(typed).chips if chip.on}
    assert words == {"王小明", "昨天", "138 0013 8000"}


def test_what_other_means_ask_for_stays(find: FindCalls) -> None:
    base = CallQuery(seat="S02", kinds=frozenset({Kind.REPAIR}))
    query = find.read("投诉 昨天", base=base).query
    assert query.seat == "S02"
    assert query.kinds == {Kind.REPAIR, Kind.COMPLAINT}


def test_two_outcomes_are_either(find: FindCalls) -> None:
    assert find.read("拒接 转接").query.outcomes == {Outcome.REJECTED, Outcome.TRANSFERRED}


WORDS = st.sampled_from([shape for shape, _wanted in SHAPES] + ["9" * 40, "二", "-", "<", "99-99", "0年"])


@IN_MEMORY
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30) | st.lists(WORDS, max_size=4).map(" ".join), st.integers(0, 9))
def test_odd_text_never_raises(find: FindCalls, typed: str, switched: int) -> None:
    sentence = find.read(typed)
    for chip in sentence.chips:
        assert 0 <= chip.start < chip.end <= len(typed)
    if sentence.chips:
        chip = sentence.chips[switched % len(sentence.chips)]
        assert find.read(typed, sentence.switched((), chip.key)) is not None


def test_times_are_those_of_the_hotline(find: FindCalls, world: World) -> None:
    world.now = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # the third of March, where the hotline is
    assert find.read("今天").query.since == day("2026-03-03")
