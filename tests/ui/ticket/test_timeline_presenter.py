"""A ticket's timeline in plain words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.domain.attempts import Outcome
from desk.domain.changes import Patch
from desk.domain.corrections import Correction, form_of
from desk.domain.moves import MoveKind
from desk.domain.tickets import Kind, Place, Stage
from desk.ui.ticket import presenter, timeline_presenter
from desk.ui.ticket.timeline_presenter import TimeLine
from desk.usecases.estate_map import EstateMap
from desk.usecases.fakes import FakeStore
from desk.usecases.read_ticket import ReadTicket, TicketPage
from desk.usecases.read_timeline import Timeline
from tests.ui.ticket import story
from tests.ui.ticket.story import TICKET, Story
from tests.ui.ticket.uses import ZONE


@pytest.fixture
def told() -> Story:
    return Story(FakeStore())


def category(code: str) -> str:
    return {"repair.water.tap": "水龙头漏水"}.get(code, "")


def lines(told: Story) -> list[TimeLine]:
    """Oldest first."""
    page = _page(told)
    calls = presenter.present(page, category, told.now, ZONE).calls
    timeline = told.uses.timeline(TICKET)
    return list(timeline_presenter.present(timeline, page, calls, category, told.now, ZONE, on_paper=True))


def _page(told: Story) -> TicketPage:
    page = ReadTicket(told.store.tickets, told.store.calls, told.store, EstateMap(told.store)).read(TICKET)
    assert page is not None
    return page


def last(told: Story) -> TimeLine:
    return lines(told)[-1]


def test_the_whole_course_of_a_ticket_reads_as_it_went(told: Story) -> None:
    story.closed(told)
    assert [line.text for line in lines(told)] == [
        "Call from 138 0013 8000 · Picked up · 3:07",
        "Registered",
        "Dispatched to 周师傅",
        "Returned as misdispatched",
        "Dispatched to 陈师傅",
        "Message to 短信 138 1111 2222",
        "Message to 短信 138 1111 2222: sent",
        "Dispatch: 陈师傅 138 1111 2222, no answer",
        "Dispatch: 陈师傅 138 1111 2222, reached",
        "Accepted by 陈师傅",
        "The resident was told the plan",
        "Promised to call back by 11-19 16:07",
        "Promised call: Promise kept",
        "In progress",
        "Repeat call: 住户催单：柜门已经泡坏了",
        "Priority: Normal → High",
        "Call from 138 0013 8000 · Picked up · 1:04",
        "A progress report came in",
        "Task: 天花板补漆 (Waiting its turn)",
        "Task: 水龙头维修 (Done · 陈师傅)",
        "Task: 天花板补漆 (Dispatched · 周师傅)",
        "Task: 天花板补漆 (Accepted · 周师傅)",
        "Done",
        "Closing follow-up: solved, satisfied, score 90",
        "Followed up",
        "Closed",
    ]


def test_a_line_says_why_and_what_runs_from_now(told: Story) -> None:
    story.filed(told)
    told.wait(minutes=2)
    told.move(MoveKind.SUSPEND, reason="等配件", until=told.now + timedelta(days=3))
    line = last(told)
    assert line.text.startswith("Suspended until ")
    assert "Reason: 等配件" in line.detail
    first = lines(told)[1]
    assert first.text == "Registered"
    assert "Accept by " in first.detail
    assert "Looked after by 1001" in first.detail


def test_work_that_is_reopened_says_so_and_why(told: Story) -> None:
    story.filed(told, Stage.DONE)
    told.wait(minutes=2)
    told.write("ticket", TICKET, {"stage": Stage.DISPATCHED.value, "stage_reason": "drips again"})
    assert (last(told).text, last(told).detail) == ("Reopened: not solved", "Reason: drips again")


def test_a_step_taken_back_is_told_as_that(told: Story) -> None:
    story.filed(told)
    told.wait(minutes=2)
    told.move(MoveKind.SUSPEND, reason="等配件", until=told.now + timedelta(days=3))
    told.wait(minutes=1)
    told.uses.moves.undo(TICKET)
    assert last(told).text == "Step taken back: Registered"


def test_lines_of_one_key_press_say_their_time_and_author_once(told: Story) -> None:
    story.filed(told)
    told.wait(minutes=2)
    told.move(MoveKind.DISPATCH, handler_id=story.PLUMBER.staff_id)
    story.tried(told, Outcome.REACHED)
    timeline = told.uses.timeline(TICKET)
    first, second, *_others = timeline_presenter.present(timeline, _page(told), (), category, told.now, ZONE)
    assert (first.text, second.text) == ("Dispatched to 陈师傅", "Dispatch: 陈师傅 138 1111 2222, reached")
    assert (bool(first.when), bool(first.who)) == (True, True)
    assert (second.when, second.who) == ("", "")
    assert all(line.when and line.who for line in lines(told))


def test_what_a_move_wrote_of_ticket_and_task_is_one_line(told: Story) -> None:
    story.filed(told)
    told.wait(minutes=2)
    told.move(MoveKind.DISPATCH, handler_id=story.PLUMBER.staff_id, title="修水龙头")
    told.wait(minutes=9)
    told.move(MoveKind.RETURN, reason="不是本工种", via="keyword")
    line = last(told)
    assert line.text == "Returned as misdispatched"
    assert line.detail.split("\n").count("Reason: 不是本工种") == 1
    assert "Task: 修水龙头 (Returned · 陈师傅)" in line.detail
    assert "by a reply to the message" in line.detail


def test_a_step_says_over_whose_role_it_came_and_what_the_centre_s_clock_said(told: Story) -> None:
    story.filed(told)
    timeline, hour = told.uses.timeline(TICKET), timedelta(hours=1)
    first = timeline.moments[0]
    for brought_by, arrived, who, detail in (
        ("", None, "1001 · S01", ""),
        ("1003", None, "1001 · S01 · brought by 1003", ""),
        ("", first.at + hour, "1001 · S01", "Arrived at the centre at "),
        ("", first.at - hour, "1001 · S01", "The clock of S01 was ahead: it said "),
    ):
        moment = replace(first, brought_by=brought_by, arrived_at=arrived, seat_said=first.at)
        changed = replace(timeline, moments=(moment, *timeline.moments[1:]))
        shown = timeline_presenter.present(changed, _page(told), (), category, told.now, ZONE, on_paper=True)
        line = next(line for line in shown if line.text == "Registered")
        assert line.who == who
        assert (detail in line.detail) if detail else "centre" not in line.detail


def test_who_was_not_reached_stands_out(told: Story) -> None:
    story.filed(told)
    told.wait(minutes=2)
    story.tried(told, Outcome.NO_ANSWER, "两次都没人接")
    assert (last(told).tone, last(told).detail) == ("warn", "两次都没人接")


@pytest.mark.parametrize(
    ("patch", "reason", "text"),
    [
        ({"category": "repair.other"}, "", "Category: 水龙头漏水 → repair.other"),
        ({"contact_number": "013900139000"}, "", "Contact: 139 0013 9000"),
        ({"description": "已停水"}, "", "What happened: 已停水"),
        ({"place_text": ""}, "", "Place: 5栋2单元203 → nothing"),
        ({"owner": "1002"}, "", "Looked after by 1002"),
        (
            {"solved": False, "satisfied": False, "score": 20},
            "",
            "The resident says: not solved, not satisfied, score 20",
        ),
        ({"accept_due_at": "2026-11-30T01:00:00.000000Z"}, "", "Accept by 11-30 09:00"),
    ],
)
def test_a_field_that_is_another_now_is_named(told: Story, patch: Patch, reason: str, text: str) -> None:
    story.filed(told)
    told.wait(minutes=2)
    told.write("ticket", TICKET, patch, reason)
    assert last(told).text == text


def test_a_correction_says_what_was_and_what_is_so_and_why(told: Story) -> None:
    story.filed(told)
    told.wait(minutes=2)
    was = form_of(told.ticket, Place(told.ticket.place_text, building_id=told.ticket.building_id))
    now = replace(was, kind=Kind.COMPLAINT, category="complaint.noise", place=Place("6栋2单元203"))
    told.move(MoveKind.CORRECT, correction=Correction(was, now, "another_home"), reason="复述地址时住户更正")
    line = last(told)
    assert line.text == "Corrected"
    assert "Place: 5栋2单元203 → 6栋2单元203" in line.detail
    assert "Kind: Repair → Complaint" in line.detail
    assert "The place has to be read back" in line.detail
    assert "Reason: 复述地址时住户更正" in line.detail


def test_what_was_said_without_a_call_is_a_line_of_its_own(told: Story) -> None:
    story.filed(told)
    told.wait(minutes=2)
    told.move(MoveKind.NOTE, text="监控中心：夜里巡查无异常")
    assert (last(told).text, last(told).detail) == ("Note: 监控中心：夜里巡查无异常", "")
    told.wait(minutes=2)
    told.move(MoveKind.REPEAT, text="住户到前台催单")
    assert last(told).text == "Asked again, without a call: 住户到前台催单"


def test_two_moves_at_once_are_told_in_words(told: Story) -> None:
    story.filed(told)
    told.wait(minutes=2)
    told.write("ticket", TICKET, {"stage": "closed"}, "settled by the rules: 1002@S02")
    assert "the rules decided" in last(told).detail


def test_what_only_a_newer_desk_knows_is_named_as_it_names_itself(told: Story) -> None:
    story.filed(told)
    told.wait(minutes=2)
    moment = told.uses.timeline(TICKET).moments[-1]
    odd = replace(moment, entity="parking", patch={"bay": "B2-17"}, before={}, at=told.now)
    made = timeline_presenter.present(Timeline(TICKET, (odd,)), _page(told), (), category, told.now, ZONE)
    assert (made[0].text, made[0].detail) == ("parking", "bay: B2-17")


@pytest.mark.parametrize("tell", story.stories())
def test_every_line_of_a_story_has_words_a_time_and_a_picture(told: Story, tell: Callable[[Story], None]) -> None:
    tell(told)
    made = lines(told)
    assert made
    assert all(line.text.strip() and line.icon for line in made)
    assert made == sorted(made, key=lambda line: line.said_at)
