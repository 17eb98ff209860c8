"""Tasks and limits in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel
from pytestqt.qtbot import QtBot

from desk.domain.clocks import ClockName, Clocks
from desk.domain.estate import Duty, Staff
from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.tasks import Task, TaskStage
from desk.ui.after import due_words
from desk.ui.rows_presenter import Chip
from desk.ui.ticket import tasks_presenter
from desk.ui.ticket.facts import FactsGrid
from desk.ui.ticket.presenter import Fact
from tests.ui.seat import ticket

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)
PEOPLE = [
    Staff(StaffId("h1"), "6001", "陈师傅", Duty.HANDLER, "13811112222"),
    Staff(StaffId("h2"), "6002", "周师傅", Duty.HANDLER),
]


def _task(stage: TaskStage, **fields: object) -> Task:
    return Task(TaskId("k1"), TicketId("t1"), "修水龙头", stage, NOW, "1001", **fields)  # type: ignore[arg-type]


def _line(task: Task) -> tasks_presenter.TaskLine:
    (line,) = tasks_presenter.present([task], PEOPLE, Clocks(), NOW, ZONE)
    return line


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(minutes=20), "20 min left"),
        (timedelta(hours=5), "5 h left"),
        (timedelta(days=3), "3 d left"),
        (timedelta(0), "0 min overdue"),
        (-timedelta(hours=30), "30 h overdue"),
        (-timedelta(days=9), "9 d overdue"),
    ],
)
def test_a_limit_is_told_as_the_time_left(gap: timedelta, words: str) -> None:
    assert due_words.left(NOW + gap, NOW) == words


def test_the_next_clock_is_named_and_stands_out_when_it_is_late() -> None:
    running = replace(ticket(), next_clock=ClockName.ACCEPT.value, next_due_at=NOW - timedelta(hours=2))
    assert due_words.next_chip(running, Clocks(), NOW) == Chip("Accept: 2 h overdue", "danger")
    soon = replace(running, next_due_at=NOW + timedelta(hours=2))
    assert due_words.next_chip(soon, Clocks(), NOW) == Chip("Accept: 2 h left", "warn")
    assert due_words.next_chip(replace(running, next_clock=""), Clocks(), NOW) is None


def test_a_task_says_whose_it_is_what_runs_out_first_and_what_was_heard() -> None:
    line = _line(
        _task(
            TaskStage.IN_PROGRESS,
            handler_id=StaffId("h1"),
            backup_id=StaffId("h2"),
            due_at=NOW + timedelta(days=9),
            progress_due_at=NOW + timedelta(days=3),
            said="配件已到",
            said_at=NOW - timedelta(hours=1),
        )
    )
    assert line.head == "1. 修水龙头"
    assert line.chips == (Chip("In progress", "accent"), Chip("Progress report: 3 d left"))
    assert line.who == "陈师傅 13811112222 · backup 周师傅"
    assert line.said == "09:30 配件已到"


def test_a_task_that_came_back_says_why() -> None:
    line = _line(_task(TaskStage.RETURNED, reason="不是本工种"))
    assert (line.chips[0], line.said) == (Chip("Returned", "danger"), "Reason: 不是本工种")


def test_a_task_that_is_done_has_no_limit_any_more() -> None:
    line = _line(_task(TaskStage.DONE, due_at=NOW, handler_id=StaffId("h1"), backup_id=StaffId("h2")))
    assert line.chips == (Chip("Done", "go"),)
    assert line.who == "陈师傅 13811112222"


def test_facts_stand_in_two_columns_where_there_is_room_and_long_ones_alone(qtbot: QtBot) -> None:
    grid = FactsGrid()
    qtbot.addWidget(grid)
    facts = (Fact("Place", "5栋2单元203"), Fact("Caller", "王建国"), Fact("Registered", "11-19 14:30 by 1001 at S01"))
    grid.resize(640, 120)
    grid.show()
    grid.show_facts(facts)
    assert _row(grid, 0) == _row(grid, 1) != _row(grid, 2)
    grid.resize(400, 200)
    assert len({_row(grid, n) for n in range(3)}) == 3


def _label(grid: FactsGrid, index: int) -> QLabel:
    QApplication.processEvents()
    found = [label for label in grid.findChildren(QLabel, f"fact_{index}") if not label.isHidden()]
    assert found
    return found[-1]


def _row(grid: FactsGrid, index: int) -> int:
    layout = grid.layout()
    assert isinstance(layout, QGridLayout)
    return next(
        row
        for row in range(layout.rowCount())
        for column in range(layout.columnCount())
        if (item := layout.itemAtPosition(row, column)) is not None and item.widget() is _label(grid, index)
    )
