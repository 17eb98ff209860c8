"""A ticket's page as text, without Qt."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.estate import Duty, Person, Staff
from desk.domain.identity import CallId, PersonId, StaffId, TicketId
from desk.domain.journal import WhyMissing
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.domain.times import to_text
from desk.ui.rows_presenter import Chip
from desk.ui.ticket.presenter import Fact, duration, missing, present, recording_state
from desk.usecases.read_ticket import TicketCall, TicketPage
from tests.ui.intake.scene import NOW, ZONE
from tests.ui.media import category_name

TICKET = Ticket(
    TicketId("t-1"),
    "20261118-S01-001",
    Kind.REPAIR,
    "repair.water.above",
    Priority.URGENT,
    Stage.DISPATCHED,
    "客厅漏水",
    NOW - timedelta(hours=1),
    "1001",
    "S01",
    place_text="5栋2单元203",
    caller_name="李秀英",
    contact_number="013800138000",
    appointment_start=NOW + timedelta(days=1),
    appointment_until=NOW + timedelta(days=1, hours=2),
)
PAGE = TicketPage(TICKET, (), None, None, None, None)


def facts(page: TicketPage) -> dict[str, str]:
    return {fact.label: fact.value for fact in present(page, category_name, NOW, ZONE).facts}


def test_the_page_says_what_where_for_whom_and_when() -> None:
    view = present(PAGE, category_name, NOW, ZONE)
    assert (view.number, view.title) == ("20261118-S01-001", "楼上漏水")
    assert view.chips == (Chip("Dispatched", "accent"), Chip("Repair"), Chip("Urgent", "danger"))
    assert view.facts == (
        Fact("Place", "5栋2单元203"),
        Fact("Caller", "李秀英"),
        Fact("Contact", "138 0013 8000"),
        Fact("Home visit", "tomorrow 11/19 Thu 10:30-12:30"),
        Fact("Registered", "09:30 by 1001 at S01"),
    )


def test_whoever_looks_after_it_is_named_beside_the_work_number() -> None:
    staff = [Staff(StaffId("s9"), "1001", "张三", Duty.AGENT)]
    owned = replace(PAGE, ticket=replace(TICKET, owner="1001"))
    named = {fact.label: fact.value for fact in present(owned, category_name, NOW, ZONE, staff).facts}
    assert named["Looked after by"] == "1001 张三"
    assert named["Registered"] == "09:30 by 1001 张三 at S01"
    gone = replace(PAGE, ticket=replace(TICKET, owner="1007"))
    assert {fact.label: fact.value for fact in present(gone, category_name, NOW, ZONE, staff).facts}[
        "Looked after by"
    ] == "1007"


def test_what_is_not_known_takes_no_line() -> None:
    bare = replace(TICKET, place_text="", caller_name="", contact_number="", appointment_start=None)
    assert set(facts(replace(PAGE, ticket=bare))) == {"Registered"}


def test_somebody_calling_for_a_resident_is_told_apart() -> None:
    page = replace(PAGE, person=Person(PersonId("p"), "王建国"))
    assert facts(page)["Caller"] == "李秀英 (for 王建国)"


def test_a_category_that_the_tree_lost_shows_the_kind() -> None:
    page = replace(PAGE, ticket=replace(TICKET, category="gone"))
    assert present(page, category_name, NOW, ZONE).title == "Repair"


def test_a_running_call_promises_its_recording() -> None:
    view = present(replace(PAGE, calls=(TicketCall("c-1", None, None),)), category_name, NOW, ZONE)
    assert view.calls[0].state == "The recording comes when the call is over."
    assert not view.calls[0].playable
    assert view.calls[0].key == ""


def test_a_joined_ticket_names_the_one_it_went_into() -> None:
    view = present(replace(PAGE, joined_to=replace(TICKET, number="N-2", ticket_id=TicketId("t-2"))), str, NOW, ZONE)
    assert (view.joined_to, view.joined_number) == ("t-2", "N-2")


def test_a_recording_says_its_length_and_whether_it_broke_off() -> None:
    entry = RecordingEntry(CallId("c-1"), RecordingKept.KEPT, length_ms=187_400)
    assert recording_state(entry, now_running=False) == ("Recording 3:07", True)
    broken = recording_state(replace(entry, interrupted=True), now_running=False)
    assert broken == ("Recording 3:07, broken off by a fault", True)


@pytest.mark.parametrize("why", [*(why.value for why in WhyMissing), "disk full: 0 bytes left", "??", ""])
def test_every_reason_for_a_missing_recording_has_words(why: str) -> None:
    assert missing(why).startswith("No recording: ")
    assert len(missing(why)) > len("No recording: ")


def test_an_hour_is_shown_with_its_hours() -> None:
    assert duration(3_600_000) == "1:00:00"


def test_a_field_says_where_in_the_recording_it_was_typed() -> None:
    call_id = CallId("c-1")
    entry = RecordingEntry(
        call_id, RecordingKept.KEPT, length_ms=60_000, spans=(f"0 {to_text(NOW - timedelta(minutes=1))}",)
    )
    typed = (
        f"place {to_text(NOW - timedelta(seconds=50))}",
        f"description {to_text(NOW - timedelta(seconds=40))}",
        f"caller_name {to_text(NOW - timedelta(minutes=2))}",  # before there was anything to hear
        f"contact_number {to_text(NOW + timedelta(minutes=5))}",  # long after the call
        "category at noon",
    )
    ticket = replace(TICKET, call_id=call_id, typed=typed)
    page = replace(PAGE, ticket=ticket, calls=(TicketCall(call_id, None, entry),))
    view = present(page, category_name, NOW, ZONE)
    assert {fact.label: fact.heard_from for fact in view.facts if fact.heard_from is not None} == {"Place": 10_000}
    assert (view.title_heard_from, view.description_heard_from, view.first_call) == (None, 20_000, call_id)
    gone = replace(entry, deleted_at=NOW)
    assert present(
        replace(page, calls=(TicketCall(call_id, None, gone),)), category_name, NOW, ZONE
    ).facts == facts_only(view.facts)


def facts_only(given: tuple[Fact, ...]) -> tuple[Fact, ...]:
    return tuple(replace(fact, heard_from=None) for fact in given)
