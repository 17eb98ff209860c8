"""The list of calls, over the store in memory and the real one: newest first, narrowed down, with names where they are
known."""

from dataclasses import replace
from datetime import date, timedelta, timezone

import pytest

from desk.domain.call_log import CallPlace
from desk.domain.identity import CallId
from desk.domain.times import to_text
from desk.store.calls import SqlCallLog
from desk.usecases.fakes import FakeCallLog
from desk.usecases.find_person import PersonFinder
from desk.usecases.read_call_log import CallQuery, CallRow, ReadCallLog, Which
from tests.usecases.conftest import AREA_CODE, NOW, World

CHINA = timezone(timedelta(hours=8))


@pytest.fixture
def read(world: World) -> ReadCallLog:
    assert isinstance(world.calls, FakeCallLog | SqlCallLog)
    finder = PersonFinder(world.residents, world.map, AREA_CODE)
    return ReadCallLog(world.calls, world.calls, world.residents, world.tickets, world.map, finder, CHINA, AREA_CODE)


def rows(read: ReadCallLog, **query: object) -> list[CallRow]:
    return list(read.read(replace(CallQuery(), **query)).rows)  # type: ignore[arg-type]


def ids(read: ReadCallLog, **query: object) -> list[str]:
    return [row.call.call_id for row in rows(read, **query)]


def test_calls_come_newest_first_a_page_at_a_time_and_none_twice(world: World, read: ReadCallLog) -> None:
    made = [world.call("13800138000", ago_h=hours) for hours in (5, 4, 3, 3, 3, 2, 1)]
    expected = [made[6], made[5], *sorted(made[2:5], reverse=True), made[1], made[0]]
    seen: list[str] = []
    place: CallPlace | None = None
    pages = 0
    while True:
        page = read.read(CallQuery(), place, limit=2)
        seen += [row.call.call_id for row in page.rows]
        pages += 1
        if page.next is None:
            break
        if pages == 1:
            world.call("13900139000", ago_h=0)  # comes in while somebody reads
        place = page.next
    assert seen == expected
    assert pages == 4


def test_kinds_narrow_the_list_down(world: World, read: ReadCallLog) -> None:
    outcomes = ("answered", "abandoned", "missed", "rejected", "forwarded", "transferred", "failed", "interrupted")
    incoming = {outcome: world.call("13800138000", outcome=outcome) for outcome in outcomes}
    out = world.call("13800138000", direction="outgoing", outcome="unanswered")
    assert set(ids(read)) == {*incoming.values(), out}
    assert set(ids(read, which=Which.INCOMING)) == set(incoming.values())
    assert ids(read, which=Which.OUTGOING) == [out]
    assert set(ids(read, which=Which.MISSED)) == {incoming["abandoned"], incoming["missed"]}
    assert ids(read, which=Which.REJECTED) == [incoming["rejected"]]
    assert set(ids(read, which=Which.TRANSFERRED)) == {incoming["transferred"], incoming["forwarded"]}


def test_a_seat_an_agent_and_a_day_narrow_it_down(world: World, read: ReadCallLog) -> None:
    mine = world.call("1", ago_h=1)
    theirs = world.call("1", ago_h=1, seat="S02", agent="1002")
    yesterday = world.call("1", ago_h=9.75)  # 23:45 of the day before, where the hotline is
    assert ids(read, seat="S02") == [theirs]
    assert ids(read, agent="1001") == [mine, yesterday]
    assert set(ids(read, day=date(2026, 3, 2))) == {mine, theirs}
    assert ids(read, day=date(2026, 3, 1)) == [yesterday]
    assert ids(read, day=date(2026, 3, 3)) == []


@pytest.mark.parametrize(
    "text", ["13800138000", "013800138000", "+86 138 0013 8000", "0086-138-0013-8000", "0138", "138-0013"]
)
def test_a_number_is_found_in_any_shape_and_by_any_part(world: World, read: ReadCallLog, text: str) -> None:
    found = [world.call("13800138000", ago_h=2), world.call("013800138000", ago_h=3)]
    world.call("13900139000")
    assert ids(read, text=text) == found


def test_a_local_number_is_found_with_and_without_its_area_code(world: World, read: ReadCallLog) -> None:
    found = [world.call("87654321", ago_h=2), world.call("075587654321", ago_h=3)]
    for text in ("87654321", "0755-87654321", "+8675587654321"):
        assert ids(read, text=text) == found


def test_a_name_finds_tied_calls_and_those_from_its_numbers(world: World, read: ReadCallLog) -> None:
    home = world.home("5", "2", "203")
    person = world.person("王小明", (home, "owner"), numbers=("13800138000",))
    world.person("李芳", numbers=("13900139000",))
    untied = world.call("13800138000", ago_h=2)
    tied = world.call("13700137000", ago_h=3, person_id=person)
    world.call("13900139000", ago_h=1)
    signalled = world.call("8001", ago_h=4, display_name="王小明")
    for text in ("王小明", "wxm"):
        assert ids(read, text=text)[:2] == [untied, tied]
    assert ids(read, text="王小明") == [untied, tied, signalled]


def test_a_place_finds_the_calls_of_those_who_live_there(world: World, read: ReadCallLog) -> None:
    home = world.home("5", "2", "203")
    world.person("王小明", (home, "owner"), numbers=("13800138000",))
    world.person("李芳", (world.home("5", "2", "101"), "owner"), numbers=("13900139000",))
    from_number = world.call("13800138000", ago_h=2)
    tied_to_home = world.call("13700137000", ago_h=3, household_id=home)
    world.call("13900139000", ago_h=1)
    assert ids(read, text="5-2-203") == [from_number, tied_to_home]


def test_a_text_that_stands_for_nobody_finds_nothing(world: World, read: ReadCallLog) -> None:
    world.call("13800138000")
    for text in ("赵子龙", "99999", "';--", "%", "_"):
        assert ids(read, text=text) == []


def test_a_row_names_who_it_was_and_says_how_sure_that_is(world: World, read: ReadCallLog) -> None:
    home = world.home("5", "2", "203")
    person = world.person("王小明", (home, "owner"), numbers=("13800138000",))
    world.person("李芳", (home, "family"), numbers=("13900139000",))
    world.person("李大", (home, "family"), numbers=("13900139000",))
    world.number("87654321", household_id=home)
    tied = world.call("13600136000", ago_h=1, person_id=person, household_id=world.home("12", "1", "101"))
    by_number = world.call("13800138000", ago_h=2)
    shared = world.call("13900139000", ago_h=3)
    home_phone = world.call("87654321", ago_h=4)
    withheld = world.call("", ago_h=5)
    shown = {row.call.call_id: (row.name, row.place, row.sure) for row in rows(read)}
    assert shown == {
        tied: ("王小明", "一期12栋1单元101", True),
        by_number: ("王小明", "一期5栋2单元203", False),
        shared: ("", "", False),
        home_phone: ("", "一期5栋2单元203", False),
        withheld: ("", "", False),
    }


def test_a_row_has_its_recording_its_ticket_and_its_times(world: World, read: ReadCallLog) -> None:
    ticket = world.ticket(world.home("5", "2", "203"))
    times = {
        "answered_at": to_text(NOW - timedelta(seconds=95.5)),
        "ended_at": to_text(NOW - timedelta(seconds=30.25)),
        "offered_at": to_text(NOW - timedelta(seconds=100.125)),
    }
    kept = world.call("13800138000", ago_h=1, ticket_id=ticket, **times)
    world.put("recording", kept, kept="kept", why="", file="a.opus", sha256="ab", length_ms=1, interrupted=False)
    missed = world.call("13800138000", ago_h=2, outcome="abandoned", ended_at=to_text(NOW))
    world.put("recording", missed, kept="missing", why="not answered")
    first, second = rows(read)
    assert (first.waited, first.talked) == (timedelta(seconds=4.625), timedelta(seconds=65.25))
    assert first.recording is not None
    assert first.recording.file == "a.opus"
    number = world.tickets.get(world.tickets.recent(1)[0].ticket_id)
    assert number is not None
    assert first.ticket_number == number.number
    assert second.talked is None
    assert second.recording is not None
    assert second.recording.why == "not answered"
    assert read.row(CallId(kept)) == first
    assert read.row(CallId("nobody's")) is None


@pytest.mark.parametrize(
    ("text", "number"), [("138 0013 8000", "138 0013 8000"), (" 013 ", "013"), ("王小明", ""), ("13", "")]
)
def test_a_page_tells_which_number_was_searched_for(read: ReadCallLog, text: str, number: str) -> None:
    assert read.read(CallQuery(text=text)).number == number
    assert read.read(CallQuery(Which.FAULTY, text)).number == number
