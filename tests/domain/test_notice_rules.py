"""Notices: what is wrong with one, and which stands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from desk.domain.drafts import Intake
from desk.domain.identity import BuildingId, EstateId
from desk.domain.notice_rules import NoticeReason, answered, concerning, notice_refusals
from desk.domain.notices import Notice
from desk.domain.tickets import Kind

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
CUT = Notice("n1", EstateId("e1"), "5栋停水", "水箱清洗", NOW - HOUR, NOW + HOUR, (BuildingId("b5"),))
ESTATE_OF = {"b5": "e1", "b6": "e1", "x1": "e2"}


def refusals(notice: Notice) -> dict[str, NoticeReason]:
    return notice_refusals(notice, NOW, {"e1", "e2"}, ESTATE_OF)


def test_a_good_one_is_taken() -> None:
    assert refusals(CUT) == {}
    assert refusals(replace(CUT, building_ids=())) == {}


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = replace(CUT, title=" ", estate_id=EstateId("e9"), building_ids=(BuildingId("b9"),), until=CUT.start)
    assert refusals(wrong) == {
        "title": NoticeReason.MISSING,
        "estate_id": NoticeReason.UNKNOWN,
        "building_ids": NoticeReason.UNKNOWN,
        "until": NoticeReason.ENDS_BEFORE_START,
    }


def test_a_building_of_another_estate_and_a_time_that_is_over_are_refused() -> None:
    assert refusals(replace(CUT, building_ids=(BuildingId("x1"),))) == {"building_ids": NoticeReason.ELSEWHERE}
    assert refusals(replace(CUT, until=NOW)) == {"until": NoticeReason.IN_THE_PAST}
    assert refusals(replace(CUT, until=NOW + timedelta(days=400))) == {"until": NoticeReason.TOO_LATE}


def test_those_of_the_building_concern_a_caller_and_after_them_those_to_come() -> None:
    estate = replace(CUT, notice_id="n2", building_ids=(), start=NOW - HOUR / 2)
    elsewhere = replace(CUT, notice_id="n4", building_ids=(BuildingId("b6"),))
    over = replace(CUT, notice_id="n5", until=NOW)
    later = replace(CUT, notice_id="n6", start=NOW + 20 * HOUR, until=NOW + 30 * HOUR)
    soon = replace(CUT, notice_id="n7", start=NOW + HOUR, until=NOW + 30 * HOUR)
    called_off = replace(CUT, notice_id="n8", start=NOW + HOUR, until=NOW + HOUR)
    far = replace(CUT, notice_id="n9", start=NOW + 30 * HOUR, until=NOW + 40 * HOUR)
    notices = [later, estate, CUT, elsewhere, over, soon, called_off, far]
    found = concerning(notices, BuildingId("b5"), NOW, 24 * HOUR)
    assert [one.notice_id for one in found] == ["n2", "n1", "n7", "n6"]


def test_an_inquiry_that_it_answers_is_filled_in_once_and_keeps_what_the_agent_typed() -> None:
    told = "已告知：5栋停水"
    first = answered(Intake(description="问水什么时候来"), CUT, told, "inquiry.service.outage")
    assert (first.kind, first.category, first.notice_id) == (Kind.INQUIRY, "inquiry.service.outage", "n1")
    assert first.description == f"问水什么时候来\n{told}"
    assert answered(first, CUT, told, "inquiry.service.outage") == first
    chosen = Intake(kind=Kind.COMPLAINT, category="complaint.service.slow")
    kept = answered(chosen, CUT, told, "inquiry.service.outage")
    assert (kept.kind, kept.category) == (Kind.COMPLAINT, "complaint.service.slow")


def test_the_notice_may_say_what_such_an_inquiry_is_filed_under() -> None:
    lift = replace(CUT, categories=("repair.lift.stopped", "inquiry.service.facility"))
    assert answered(Intake(), lift, "x", "inquiry.service.outage").category == "inquiry.service.facility"
