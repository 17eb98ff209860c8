"""Notices are written, changed and ended; an inquiry that one answers is closed in one step."""

from datetime import timedelta

import pytest

from desk.domain.drafts import Draft, Intake
from desk.domain.identity import BuildingId, CallId, EstateId
from desk.domain.notice_rules import NoticeReason
from desk.domain.notices import Notice
from desk.domain.tickets import Kind, Stage
from desk.usecases.close_by_notice import CloseByNotice
from desk.usecases.write_notice import NoticeRefused, NoticeUnknown
from tests.usecases.conftest import World
from tests.usecases.incident_world import Hotline, hotline_of

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.parametrize("empty_world", ["in memory"], indirect=True)


@pytest.fixture
def desk(world: World) -> Hotline:
    return hotline_of(world)


def cut(desk: Hotline, start_h: float = -1, until_h: float = 4) -> Notice:
    now = desk.world.now
    start, until = now + start_h * HOUR, now + until_h * HOUR
    return Notice("", EstateId("e1"), " 5栋 停水 ", "水箱清洗 ", start, until, (BuildingId("b5"),))


def test_a_notice_that_is_written_stands_for_its_building(desk: Hotline) -> None:
    written = desk.writing.write(cut(desk), "1001")
    assert (written.title, written.text, written.written_by) == ("5栋 停水", "水箱清洗", "1001")
    assert desk.world.notices.current(desk.world.now, EstateId("e1")) == [written]
    assert list(desk.writing.listed()) == [written]


def test_one_that_is_wrong_is_refused_by_field_and_nothing_is_written(desk: Hotline) -> None:
    with pytest.raises(NoticeRefused) as refused:
        desk.writing.write(cut(desk, 4, 1), "1001")
    assert refused.value.reasons == {"until": NoticeReason.ENDS_BEFORE_START}
    assert list(desk.writing.listed()) == []


def test_a_change_writes_what_differs_and_nothing_else(desk: Hotline) -> None:
    written = desk.writing.write(cut(desk), "1001")
    longer = desk.writing.write(
        Notice(written.notice_id, written.estate_id, "5栋停水延长", written.text, written.start, written.until + HOUR),
        "1002",
    )
    (listed,) = desk.writing.listed()
    assert listed == longer
    assert listed.building_ids == ()


def test_one_that_is_ended_stands_no_longer_and_is_still_listed(desk: Hotline) -> None:
    written = desk.writing.write(cut(desk), "1001")
    ended = desk.writing.end(written.notice_id, "提前来水")
    assert ended.until == desk.world.now
    assert desk.world.notices.current(desk.world.now) == []
    assert list(desk.writing.listed()) == [ended]
    desk.later(5)
    assert desk.writing.end(written.notice_id) == ended  # a second key changes nothing


def test_one_that_was_to_come_never_does(desk: Hotline) -> None:
    written = desk.writing.write(cut(desk, 5, 9), "1001")
    ended = desk.writing.end(written.notice_id)
    assert ended.until == written.start
    assert desk.world.notices.current(written.start) == []


def test_an_unknown_one_cannot_be_ended(desk: Hotline) -> None:
    with pytest.raises(NoticeUnknown):
        desk.writing.end("n9")


def test_an_inquiry_that_it_answers_is_closed_at_once_and_says_by_which(desk: Hotline) -> None:
    notice = desk.writing.write(cut(desk), "1001")
    closing = CloseByNotice(desk.filing, desk.tree, lambda one: f"已告知：{one.title}", "inquiry.service.outage")
    call = CallId(desk.world.call("13800138000", 0))
    draft = Draft("01900000-0000-7000-8000-00000000ffff", "1001", desk.world.now, desk.world.now, Intake(), call)
    ticket = closing.close(draft, notice)
    assert (ticket.stage, ticket.kind, ticket.category) == (Stage.CLOSED, Kind.INQUIRY, "inquiry.service.outage")
    assert ticket.description == "已告知：5栋 停水"
    assert ticket.notice_id == notice.notice_id
    entry = desk.world.calls.get(call)
    assert entry is not None
    assert entry.ticket_id == ticket.ticket_id


def test_a_tree_without_such_a_leaf_leaves_the_category_to_the_agent(desk: Hotline) -> None:
    notice = desk.writing.write(cut(desk), "1001")
    closing = CloseByNotice(desk.filing, desk.tree, lambda one: one.title, "inquiry.no.such")
    assert closing.prepare(Intake(), notice).category == ""
