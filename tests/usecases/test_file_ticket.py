"""From the intake form to the ticket."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.domain.call_log import CallEntry
from desk.domain.categories import Category, CategoryTree, Whereabouts
from desk.domain.drafts import Draft, Intake
from desk.domain.identity import BuildingId, CallId, HouseholdId, TicketId
from desk.domain.tickets import Kind, Place, Priority, Stage, Window
from desk.texts import ShippedTexts
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.file_ticket import FileTicket, IntakeRefused, Reason
from tests.usecases.conftest import NOW, World

TREE = CategoryTree(
    (
        Category("repair.tap", Kind.REPAIR, "给排水", "Water", "水龙头漏水", "Tap leaks", Priority.HIGH),
        Category("inquiry.fee", Kind.INQUIRY, "费用", "Fees", "物业费", "Fee", whereabouts=Whereabouts.NOWHERE),
        Category("complaint.noise", Kind.COMPLAINT, "噪音", "Noise", "邻居噪音", "Neighbours"),
        Category("praise.agent", Kind.PRAISE, "表扬", "Praise", "表扬客服", "Agent", whereabouts=Whereabouts.NOWHERE),
    )
)
GOOD = Intake(
    kind=Kind.REPAIR,
    category="repair.tap",
    place=Place("一期5栋2单元203", HouseholdId("h5-2-203"), BuildingId("b5")),
    description=" 厨房水龙头漏水 ",
    caller_name="王建国",
    contact_number="138 0013 8000",
)


def draft(
    intake: Intake = GOOD, draft_id: str = "01900000-0000-7000-8000-00000000d001", call: str | None = None
) -> Draft:
    return Draft(draft_id, "1001", NOW, NOW, intake, CallId(call) if call else None)


def filing(world: World) -> FileTicket:
    return FileTicket(world.log, world.author, world.tickets, world.clock, "S01", TREE, "0755")


def refused(world: World, at_once: bool = False, **changed: Any) -> dict[str, Reason]:
    with pytest.raises(IntakeRefused) as refusal:
        filing(world).file(draft(replace(GOOD, **changed)), at_once)
    assert world.tickets.recent(5) == []
    return refusal.value.reasons


def test_a_good_form_becomes_a_ticket_as_it_stands(world: World) -> None:
    window = Window(NOW + timedelta(hours=24), NOW + timedelta(hours=26))
    filed = filing(world).file(draft(replace(GOOD, appointment=window, person_id="p1")))
    assert world.tickets.get(filed.ticket_id) == filed
    assert (filed.number, filed.stage, filed.priority) == ("20260302-S01-001", Stage.REGISTERED, Priority.HIGH)
    assert (filed.place_text, filed.household_id, filed.building_id) == ("一期5栋2单元203", "h5-2-203", "b5")
    assert (filed.description, filed.registered_by, filed.registered_at) == ("厨房水龙头漏水", "1001", NOW)
    assert (filed.appointment_start, filed.appointment_until) == (window.start, window.until)
    assert world.tickets.open_of_households([HouseholdId("h5-2-203")]) == [filed]


def test_the_ticket_and_its_call_know_each_other_in_one_append(world: World) -> None:
    call = world.call("13800138000")
    filed = filing(world).file(draft(replace(GOOD, person_id="p1"), call=call))
    entry = world.calls.get(CallId(call))
    assert entry
    assert (entry.ticket_id, entry.person_id, entry.household_id) == (filed.ticket_id, "p1", "h5-2-203")
    assert filed.call_id == call
    assert [c.call_id for c in world.calls.of_ticket(filed.ticket_id)] == [call]


def test_whoever_reports_a_neighbours_fault_has_called_from_their_own_home(world: World) -> None:
    call = world.call("13800138000")
    filed = filing(world).file(draft(replace(GOOD, person_id="p1", household_id="h5-1-101"), call=call))
    entry = world.calls.get(CallId(call))
    assert entry
    assert (entry.person_id, entry.household_id) == ("p1", "h5-1-101")
    assert filed.household_id == "h5-2-203"


def test_the_ticket_and_its_call_are_written_all_or_nothing() -> None:
    fake = FakeStore()
    author = FakeAuthor("1001", "S01", lambda: NOW, lambda: f"id{len(fake.changes)}-{fake.appends}")
    FileTicket(fake, author, fake.tickets, lambda: NOW, "S01", TREE).file(draft(call="c1"))
    assert fake.appends == 1
    assert [c.entity for c in fake.changes] == ["ticket", "call"]


def test_a_call_that_is_still_running_is_linked_before_it_is_in_the_log() -> None:
    fake = FakeStore()
    author = FakeAuthor("1001", "S01", lambda: NOW, lambda: f"id{len(fake.changes)}")
    filed = FileTicket(fake, author, fake.tickets, lambda: NOW, "S01", TREE).file(draft(call="c1"))
    facts = CallEntry(CallId("c1"), "l", next(iter(_directions())), "1", "1", "", "", NOW, "S01", "1001")
    assert fake.calls.get(CallId("c1")) is None
    fake.append([author.change("call", "c1", _facts(facts))])
    entry = fake.calls.get(CallId("c1"))
    assert entry
    assert entry.ticket_id == filed.ticket_id


def _directions() -> list[Any]:
    from desk.domain.party import Direction

    return list(Direction)


def _facts(entry: CallEntry) -> dict[str, Any]:
    from desk.domain.patches import patch_of

    return patch_of(entry, "call_id", "person_id", "household_id", "ticket_id")


def test_numbers_count_up_by_seat_and_by_chinese_day(world: World) -> None:
    file = filing(world)
    first, second = file.file(draft(draft_id="d1")), file.file(draft(draft_id="d2"))
    world.now = datetime(2026, 3, 2, 16, 1, tzinfo=UTC)  # past midnight in China
    third = file.file(draft(draft_id="d3"))
    assert [t.number for t in (first, second, third)] == ["20260302-S01-001", "20260302-S01-002", "20260303-S01-001"]


def test_filing_twice_gives_the_same_ticket(world: World) -> None:
    first = filing(world).file(draft())
    again = filing(world).file(draft(replace(GOOD, description="other")))
    assert again == first
    assert len(world.tickets.recent(5)) == 1


def test_an_inquiry_answered_at_once_is_closed_at_once(world: World) -> None:
    asked = Intake(kind=Kind.INQUIRY, category="inquiry.fee", description="问物业费")
    filed = filing(world).file(draft(asked), answered_at_once=True)
    assert (filed.stage, filed.closed_at, filed.contact_number) == (Stage.CLOSED, NOW, "")


def test_the_agents_priority_wins_over_the_categorys(world: World) -> None:
    assert filing(world).file(draft(replace(GOOD, priority=Priority.LOW))).priority is Priority.LOW


def test_a_caller_who_reports_a_public_place_still_owns_the_ticket(world: World) -> None:
    place = Place("一期5栋大堂", building_id=BuildingId("b5"), public_area_id="a5大堂")
    filed = filing(world).file(draft(replace(GOOD, place=place, household_id="h12-1-101")))
    assert (filed.household_id, filed.building_id, filed.public_area_id) == ("h12-1-101", "b5", "a5大堂")


def test_all_that_is_missing_is_said_at_once(world: World) -> None:
    with pytest.raises(IntakeRefused) as refusal:
        filing(world).file(draft(Intake()))
    missing = Reason.MISSING
    assert refusal.value.reasons == {"kind": missing, "category": missing, "contact_number": missing}


def test_half_typed_fields_are_to_be_resolved(world: World) -> None:
    typed = {"category": "lsls", "place": "5-2", "appointment": "明天"}
    reasons = refused(world, category="", place=Place(), typed=typed)
    assert reasons == dict.fromkeys(("category", "place", "appointment"), Reason.UNRESOLVED)


@pytest.mark.parametrize(
    ("field", "changed", "reason"),
    [
        ("category", {"category": "repair.gone"}, Reason.UNKNOWN),
        ("category", {"category": "inquiry.fee"}, Reason.WRONG_KIND),
        ("place", {"place": Place(" ")}, Reason.MISSING),
        ("contact_number", {"contact_number": "  "}, Reason.MISSING),
        ("contact_number", {"contact_number": "打给我"}, Reason.NOT_A_NUMBER),
        ("contact_number", {"contact_number": "1380013800012345"}, Reason.NOT_A_NUMBER),
        ("description", {"description": "水" * 4001}, Reason.TOO_LONG),
        ("appointment", {"appointment": Window(NOW, NOW)}, Reason.ENDS_BEFORE_START),
        ("appointment", {"appointment": Window(NOW + timedelta(2), NOW + timedelta(1))}, Reason.ENDS_BEFORE_START),
        ("appointment", {"appointment": Window(NOW - timedelta(2), NOW - timedelta(1))}, Reason.IN_THE_PAST),
    ],
)
def test_each_mistake_is_told_by_its_field(world: World, field: str, changed: dict[str, Any], reason: Reason) -> None:
    assert refused(world, **changed) == {field: reason}


def test_a_repair_cannot_be_answered_at_once(world: World) -> None:
    assert refused(world, at_once=True) == {"kind": Reason.NOT_AT_ONCE}


def test_a_complaint_says_what_happened(world: World) -> None:
    assert refused(world, kind=Kind.COMPLAINT, category="complaint.noise", description=" ") == {
        "description": Reason.MISSING
    }


def test_praise_needs_no_way_to_call_back(world: World) -> None:
    praise = Intake(kind=Kind.PRAISE, category="praise.agent", description="谢谢")
    assert filing(world).file(draft(praise)).stage is Stage.REGISTERED


def test_a_place_that_the_register_does_not_have_is_kept_as_text(world: World) -> None:
    assert filing(world).file(draft(replace(GOOD, place=Place("小区北门外")))).place_text == "小区北门外"


@pytest.mark.parametrize("contact", ["138-0013-8000", "87654321", "0755-87654321转803", "1001", "+852 2123 4567"])
def test_any_number_that_can_be_called_is_a_contact(world: World, contact: str) -> None:
    assert filing(world).file(draft(replace(GOOD, contact_number=contact))).contact_number == contact


times = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
intakes = st.builds(
    Intake,
    kind=st.none() | st.sampled_from(Kind),
    category=st.sampled_from(["", "x", "repair.tap", "inquiry.fee", "praise.agent"]),
    priority=st.none() | st.sampled_from(Priority),
    place=st.builds(Place, st.text(max_size=5)),
    description=st.text(max_size=20),
    caller_name=st.text(max_size=10),
    contact_number=st.text(max_size=14),
    appointment=st.none() | st.builds(Window, times, times),
    typed=st.dictionaries(st.sampled_from(["category", "place", "appointment"]), st.text(max_size=4)),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(intake=intakes, at_once=st.booleans())
def test_any_form_is_either_filed_whole_or_refused_by_field(intake: Intake, at_once: bool) -> None:
    fake = FakeStore()
    author = FakeAuthor("1001", "S01", lambda: NOW, lambda: f"id{len(fake.changes)}")
    file = FileTicket(fake, author, fake.tickets, lambda: NOW, "S01", TREE, "0755")
    reasons = file.refusals(intake, at_once)
    if reasons:
        with pytest.raises(IntakeRefused):
            file.file(draft(intake), at_once)
        assert fake.changes == []
        assert set(reasons) <= {"kind", "category", "place", "description", "contact_number", "appointment"}
    else:
        ticket = file.file(draft(intake), at_once)
        assert fake.tickets.get(TicketId(ticket.ticket_id)) == ticket


def test_every_shipped_category_can_be_filed(world: World) -> None:
    tree = ShippedTexts().categories()
    file = FileTicket(world.log, world.author, world.tickets, world.clock, "S01", tree, "0755")
    for category in tree.categories:
        assert file.refusals(replace(GOOD, kind=category.kind, category=category.code)) == {}


def test_the_ticket_knows_when_each_of_its_fields_was_begun(world: World) -> None:
    at = {name: f"2026-03-02T01:30:0{second}.000000Z" for second, name in enumerate(("place", "description", "kind"))}
    gone = {"appointment": "2026-03-02T01:30:09.000000Z"}  # typed and taken back
    filed = filing(world).file(draft(replace(GOOD, typed_at=dict(reversed((at | gone).items())))))
    assert filed.typed == tuple(f"{name} {time}" for name, time in at.items())
    assert world.tickets.get(filed.ticket_id) == filed
