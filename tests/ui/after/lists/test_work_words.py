"""Every value that may stand on a work list has words, and they are read in the row as they are meant."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from desk.domain.attempts import Attempt, Outcome, Purpose
from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.moves import MoveKind
from desk.domain.outcome_rules import ANSWERS
from desk.domain.promise_rules import Standing
from desk.domain.promises import Promise
from desk.domain.tasks import Task, TaskStage
from desk.domain.tickets import Priority
from desk.domain.what_next import Errand, What, When
from desk.domain.work_lists import Column, GroupBy, Moment, WorkItem, WorkList
from desk.ui.after.lists import presenter, promise_words, words
from desk.ui.after.lists.presenter import Names
from desk.ui.lamps.promises import view as lamp_view
from desk.usecases.promise import WhyNot
from desk.usecases.work_through import Post
from tests.ui.harness import ZONE
from tests.ui.seat import NOW, ticket

MOMENT = Moment(NOW, NOW + timedelta(minutes=15), NOW + timedelta(days=1))
NAMES = Names(
    lambda code: {"R0101": "Tap"}.get(code, ""), {"h1": "李师傅"}, {"1001": "张三", "1002": "李四"}, {"b5": "5栋"}
)
TICKET = replace(ticket(), handler_id="h1", owner="1001", contact_number="13800138000")
ITEM = WorkItem(
    What.TICKET,
    "t1",
    Errand.GET_FINISHED,
    NOW - timedelta(hours=3),
    "1001",
    TICKET,
    TICKET.description,
    "13800138000",
    "王建国",
)
PROMISE = Promise(
    "p1", "1001", "1001", NOW, NOW + timedelta(minutes=4), "停车费", number="13900139000", caller_name="李秀英"
)


def test_every_value_has_words() -> None:
    tables: tuple[list[str], ...] = (
        [words.work_list(one) for one in WorkList],
        [words.nothing(one) for one in WorkList],
        [words.errand(one) for one in Errand],
        [words.column(one) for one in Column],
        [words.group_by(one) for one in GroupBy],
        [words.post(one) for one in Post],
        [words.outcome(one) for one in Outcome],
        [words.refused_promise(one) for one in WhyNot],
    )
    for said in tables:
        assert all(said)
        assert len(set(said)) == len(said)
    assert all(words.why(errand, at) for errand in Errand for at in When)


def test_every_answer_that_may_be_given_has_a_key_with_words() -> None:
    for kinds in ANSWERS.values():
        assert all(words.answer(kind) for kind in kinds)
        assert len(kinds) <= 2  # digits 8 and 9
    assert words.answer(MoveKind.SPLIT) == ""


def test_a_row_says_what_is_to_be_done_by_when_where_and_by_whom() -> None:
    line = presenter.line(ITEM, MOMENT, NAMES, ZONE)
    assert line.cells[Column.ERRAND] == "Get it finished"
    assert line.cells[Column.DUE] == "3 h overdue"
    assert line.cells[Column.PLACE] == "5栋2单元203"
    assert line.cells[Column.CATEGORY] == "Tap · 厨房水龙头漏水"
    assert (line.cells[Column.HANDLER], line.cells[Column.OWNER]) == ("李师傅", "张三")
    assert (line.tone, line.urgent) == ("danger", False)
    assert line.spoken == "Get it finished, 3 h overdue, 5栋2单元203, Tap · 厨房水龙头漏水, 李师傅, 20261119-S01-0042"


def test_what_is_urgent_is_said_and_not_only_shown() -> None:
    urgent = replace(ITEM, ticket=replace(TICKET, priority=Priority.URGENT))
    line = presenter.line(urgent, MOMENT, NAMES, ZONE)
    assert line.urgent
    assert line.spoken.startswith("Urgent, ")


@pytest.mark.parametrize(("minutes", "tone"), [(-1, "danger"), (5, "warn"), (300, "warn"), (3000, "")])
def test_a_limit_s_colour_goes_with_its_words(minutes: int, tone: str) -> None:
    item = replace(ITEM, due_at=NOW + timedelta(minutes=minutes))
    line = presenter.line(item, MOMENT, NAMES, ZONE)
    assert line.tone == tone
    assert line.cells[Column.DUE]


def test_a_row_about_one_of_several_tasks_names_it_and_its_handler() -> None:
    task = Task(TaskId("k2"), TicketId("t1"), "刷墙", TaskStage.DISPATCHED, NOW, "1001", 2, handler_id=StaffId("h2"))
    names = replace(NAMES, staff={"h1": "李师傅", "h2": "吴漆匠"})
    item = replace(ITEM, errand=Errand.GET_ACCEPTED, task=task)
    line = presenter.line(item, MOMENT, names, ZONE)
    assert line.cells[Column.HANDLER] == "吴漆匠"
    assert line.cells[Column.CATEGORY].split(" · ")[1] == "刷墙"
    facts = presenter.view(item, MOMENT, names, ZONE).facts
    assert {("Task", "刷墙"), ("Handler", "吴漆匠")} <= set(facts)
    only = replace(item, task=replace(task, title="Tap"))  # the first task has the name of the category
    assert "Task" not in dict(presenter.view(only, MOMENT, names, ZONE).facts)


def test_a_thing_without_a_ticket_has_its_caller_for_a_place() -> None:
    item = WorkItem(What.PROMISE, "p1", Errand.CALL_BACK, NOW, "1002", None, " 停车\n费 ", "13900139000", "李秀英")
    line = presenter.line(item, MOMENT, NAMES, ZONE)
    assert (line.cells[Column.PLACE], line.cells[Column.CATEGORY]) == ("李秀英", "停车 费")
    assert presenter.answers(item) == ()


def test_the_chosen_row_says_why_it_comes_now_and_what_was_tried() -> None:
    again = NOW + timedelta(minutes=20)
    attempt = Attempt(
        "a1",
        Purpose.CHASE,
        NOW - timedelta(minutes=10),
        "1002",
        Outcome.NO_ANSWER,
        staff_id=StaffId("h1"),
        note="响了很久",
        next_at=again,
    )
    view = presenter.view(replace(ITEM, tried=attempt), MOMENT, NAMES, ZONE)
    assert view.why == "What was promised to the resident has not come."
    assert view.tried == "Last try: 14:20 · 李四 · 李师傅 · no answer · 响了很久. Again at 14:50."
    assert ("Caller", "王建国 138 0013 8000") in view.facts
    assert presenter.view(ITEM, MOMENT, NAMES, ZONE).tried == "Nobody has been called about it yet."


def test_headings_name_what_they_group() -> None:
    today = NOW.astimezone(ZONE).date()

    def said(group: GroupBy, name: str) -> str:
        return presenter.heading(group, name, 2, NAMES, today)

    assert said(GroupBy.ERRAND, "call_back") == "Call as promised · 2"
    assert said(GroupBy.DAY, "2026-11-22") == "2026-11-22 · tomorrow · 2"
    assert said(GroupBy.DAY, "2026-12-24") == "2026-12-24 · 2"
    assert said(GroupBy.DAY, "") == "No limit · 2"
    assert said(GroupBy.BUILDING, "b5") == "5栋 · 2"
    assert said(GroupBy.CATEGORY, "R0101") == "Tap · 2"
    assert said(GroupBy.HANDLER, "h1") == "李师傅 · 2"
    assert said(GroupBy.OWNER, "1002") == "李四 · 2"
    assert said(GroupBy.OWNER, "") == "Nobody's · 2"


def test_how_many_rows_fit_is_said() -> None:
    assert (presenter.found(1, 1), presenter.found(5, 5), presenter.found(2, 5)) == ("1 row", "5 rows", "2 of 5")


def test_a_promise_is_told_with_its_time_and_its_reason() -> None:
    assert promise_words.given(PROMISE, NOW, ZONE) == "Promised: 李秀英 139 0013 9000 is called at 14:34."
    late = promise_words.pressing(PROMISE, NOW + timedelta(minutes=10), ZONE)
    assert late == "Call 李秀英 139 0013 9000, as promised for 14:34 (6 min overdue). 停车费"
    assert promise_words.at(NOW + timedelta(days=1), NOW, ZONE) == "tomorrow 14:30"
    assert promise_words.at(NOW + timedelta(days=3), NOW, ZONE) == "11-24 14:30"


def test_choices_read_as_people_say_them() -> None:
    said = [promise_words.choice(one) for one in (timedelta(minutes=10), timedelta(hours=2), time(18))]
    assert said == ["10 min", "2 h", "18:00"]


def test_the_lamp_counts_and_names_the_next() -> None:
    due = NOW + timedelta(hours=1)
    assert lamp_view(1, 0, due, Standing.WAITS, ZONE).words == "1 promised call, next 15:30"
    assert lamp_view(2, 1, due, Standing.DUE, ZONE).words == "2 promised calls, 1 late"
    tones = [lamp_view(1, late, due, at, ZONE).tone for late, at in ((0, Standing.WAITS), (0, Standing.AT_HAND))]
    assert [*tones, lamp_view(1, 1, due, Standing.DUE, ZONE).tone] == ["busy", "warn", "bad"]
