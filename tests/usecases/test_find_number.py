"""Whom to dial, found by name, number and place."""

from dataclasses import replace

from desk.domain.call_log import CallEntry, Outcome
from desk.domain.estate import Duty, Staff
from desk.domain.identity import CallId, StaffId
from desk.domain.patches import patch_of
from desk.usecases.estate_map import EstateMap
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.find_number import NumberFinder
from desk.usecases.find_person import PersonFinder
from tests.ui import harness, seat

HANDLER = Staff(StaffId("s5"), "8001", "赵师傅", Duty.HANDLER, "13700137000")
GONE = Staff(StaffId("s6"), "8002", "赵四", Duty.HANDLER, "13700137002", active=False)


def finder() -> NumberFinder:
    store = FakeStore()
    ids = iter(f"00000000-0000-7000-8000-{n:012}" for n in range(1000))
    author = FakeAuthor("1001", "S01", lambda: seat.NOW, lambda: next(ids))
    late = replace(seat.past_call("c-late", 0, Outcome.ABANDONED), number="02087654321", lookup_key="+862087654321")
    rows = [*harness.entries(), ("staff", "s5", HANDLER), ("staff", "s6", GONE), ("call", "c-late", late)]
    for entity, entity_id, value in rows:
        key = "call_id" if isinstance(value, CallEntry) else f"{entity}_id"
        store.append([author.change(entity, entity_id, patch_of(value, key))])
    people = PersonFinder(store, EstateMap(store), "0755")
    return NumberFinder(store, store.calls, store.tickets, people, "0755")


def test_staff_come_first_by_part_of_their_name_in_pinyin() -> None:
    hits = finder().find("zsf")
    assert [(hit.number, hit.staff.name if hit.staff else "") for hit in hits] == [("13700137000", "赵师傅")]


def test_staff_are_found_by_work_number_and_by_part_of_their_telephone_number() -> None:
    assert finder().find("8001")[0].staff == HANDLER
    assert HANDLER in [hit.staff for hit in finder().find("1370013")]


def test_whoever_has_left_is_not_offered() -> None:
    assert GONE not in [hit.staff for hit in finder().find("zhao")]


def test_a_resident_is_found_by_name_and_by_room_with_their_number() -> None:
    for typed in ("王建国", "wjg", "5-2-203"):
        hits = [hit for hit in finder().find(typed) if hit.person]
        assert [hit.number for hit in hits] == ["13800138000"], typed


def test_nothing_typed_offers_the_numbers_of_late_calls_each_once_the_newest_first() -> None:
    hits = finder().find("")
    assert [hit.number for hit in hits] == ["02087654321", "013800138000"]
    assert all(hit.call for hit in hits)


def test_part_of_a_late_number_finds_it() -> None:
    assert [hit.number for hit in finder().find("8765")] == ["02087654321"]


def test_one_number_in_two_writings_is_offered_once() -> None:
    numbers = [hit.number for hit in finder().find("138001")]
    assert numbers == ["013800138000"]


def test_the_number_behind_a_row_is_the_calls_or_the_tickets_callers() -> None:
    found = finder()
    assert found.of_row("call:c-late") == "02087654321"
    assert found.of_row("ticket:t1") == "13800138000"
    assert found.of_row("ticket:nobody") == ""
    assert found.of_row("draft:x") == ""


def test_a_colleagues_telephone_is_known_in_any_writing() -> None:
    assert finder().staff_of("+86 137 0013 7000") == HANDLER
    assert finder().staff_of("02087654321") is None
    assert finder().staff_of(GONE.phone) is None
    assert finder().staff_of("") is None


def test_those_at_a_seat_are_found_to_be_supervised() -> None:
    assert {one.number for one in finder().agents("")} == {"1001", "1002"}
    assert [one.number for one in finder().agents("ls")] == ["1002"]


def test_a_call_without_a_number_is_offered_nowhere() -> None:
    assert CallId("") not in [hit.number for hit in finder().find("")]
