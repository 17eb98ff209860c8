"""Every move of a ticket made with the keyboard, over the real moves and a store in memory."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.estate import Duty, Staff
from desk.domain.identity import StaffId, TicketId
from desk.domain.moves import MoveKind
from desk.domain.tasks import TaskStage
from desk.domain.tickets import Priority, Stage, Ticket
from desk.ui.key_button import KeyButton
from desk.ui.ticket.moves_panel import LETTERS, MovesPanel
from desk.ui.ticket.page import TicketParts, TicketView
from desk.ui.worker import Worker
from desk.usecases.estate_map import EstateMap
from desk.usecases.fakes import FakeStore
from desk.usecases.read_ticket import ReadTicket
from tests.ui.ticket import story
from tests.ui.ticket.story import TICKET, Story
from tests.ui.ticket.uses import ZONE

ALT, CTRL_SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
)


class Here:
    """A ticket's page on the screen, and the keys."""

    def __init__(self, qtbot: QtBot, tell: Callable[[Story], None]) -> None:
        self.qtbot, self.errors = qtbot, list[Exception]()
        self.story = Story(FakeStore())
        tell(self.story)
        self.story.wait(minutes=1)
        store = self.story.store
        self.worker = Worker(self.errors.append)
        reading = ReadTicket(store.tickets, store.calls, store, EstateMap(store))
        self.view = TicketView(
            TicketParts(
                worker=self.worker,
                read=reading.read,
                category=lambda code: code,
                clock=self.story.clock,
                zone=ZONE,
                uses=self.story.uses,
                failed=self.errors.append,
            )
        )
        self.said: list[str] = []
        self.view.told.connect(self.said.append)
        qtbot.addWidget(self.view)
        self.view.resize(700, 760)
        self.view.show()
        self.view.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is self.view)
        self.view.show_ticket(TICKET)
        self.settle()

    def settle(self) -> None:
        """Whatever was asked has been done, what follows from it too."""
        for _ in range(3):
            assert self.worker.drain(10)
            QApplication.processEvents()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.focus(), key, modifiers)
        self.settle()

    def type(self, text: str) -> None:
        QTest.keyClicks(self.focus(), text)
        self.settle()

    def write(self, text: str) -> None:
        """What an input method gives."""
        field = self.focus()
        assert isinstance(field, QLineEdit)
        field.insert(text)
        self.settle()

    def enter(self) -> None:
        self.press(Qt.Key.Key_Return)

    def begin(self, kind: MoveKind) -> None:
        """Alt+M and the letter."""
        self.press(Qt.Key.Key_M, ALT)
        self.type(LETTERS[kind].lower())

    def focus(self) -> QWidget:
        return QApplication.focusWidget() or self.view

    def stage(self) -> Stage:
        return self.story.ticket.stage

    def panel(self) -> MovesPanel | None:
        panel = self.view.action_bar.open_panel
        return panel if isinstance(panel, MovesPanel) else None

    def label(self, name: str) -> str:
        found = self.view.findChild(QLabel, name)
        assert found is not None
        return found.text() if found.isVisible() else ""

    def button(self, name: str) -> KeyButton:
        found = self.view.findChild(KeyButton, name)
        assert found is not None
        return found

    def close(self) -> None:
        assert self.worker.close(10)
        assert not self.errors, self.errors


@pytest.fixture
def at(qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Here]:
    made = Here(qtbot, getattr(request, "param", story.filed))
    yield made
    made.close()


in_work = pytest.mark.parametrize("at", [story.in_work], indirect=True)
closed = pytest.mark.parametrize("at", [story.closed], indirect=True)


@in_work
def test_a_move_that_needs_nothing_is_made_by_its_letter(at: Here) -> None:
    at.story.move(MoveKind.SUSPEND, reason="等配件", until=at.story.now + timedelta(days=9))
    at.view.refresh()
    at.settle()
    at.begin(MoveKind.RESUME)
    assert at.stage() is Stage.IN_PROGRESS
    assert at.panel() is None
    assert "Take up again" in at.said[-1]


def test_a_digit_gives_the_usual_reason_and_a_word_the_day(at: Here) -> None:
    at.begin(MoveKind.SUSPEND)
    assert at.label("move_title") == "Suspend"
    at.type("1")
    at.enter()
    at.type("ht")
    assert at.label("move_date_read") == "2026-11-21 09:00"
    at.enter()
    ticket = at.story.ticket
    assert ticket.stage is Stage.SUSPENDED
    assert ticket.stage_reason == "Waiting for parts"
    assert ticket.suspended_until is not None
    assert ticket.suspended_until.astimezone(ZONE).strftime("%d %H:%M") == "21 09:00"


def test_the_cause_is_the_reason_for_another_promised_date(at: Here) -> None:
    at.begin(MoveKind.PROMISE)
    at.type("2")
    at.enter()
    at.type("1231")
    at.enter()
    assert (at.story.ticket.stage_reason, at.story.ticket.overdue_cause) == ("", "等住户")
    at.begin(MoveKind.PROMISE)
    at.write("住户想过完年再修")
    at.enter()
    at.type("1231 18:00")
    at.enter()
    assert at.story.ticket.overdue_cause == "等住户"


def test_what_is_missing_is_asked_for_in_its_field(at: Here) -> None:
    at.begin(MoveKind.CANCEL)
    at.press(Qt.Key.Key_Return)
    assert at.label("move_why") == "Say why."
    assert at.focus().property("wrong") is True
    assert at.stage() is Stage.REGISTERED
    at.write("住户已自行解决")
    at.enter()
    assert at.stage() is Stage.CANCELLED


def test_a_day_that_is_over_is_refused_beside_the_field(at: Here) -> None:
    at.begin(MoveKind.SUSPEND)
    at.type("1")
    at.enter()
    at.type("1110")
    at.enter()
    assert at.label("move_why") == "This time is over: choose a later one."
    assert at.stage() is Stage.REGISTERED


@closed
def test_a_move_that_cannot_be_made_is_greyed_with_its_reason_beside_it(at: Here) -> None:
    at.press(Qt.Key.Key_M, ALT)
    suspend = at.button("move_suspend")
    assert suspend.property("role") == "refused-quiet"
    assert suspend.accessibleDescription() == "It is closed: reopen it first."
    at.type("s")
    assert at.said[-1] == "It is closed: reopen it first."
    assert at.panel() is not None
    assert at.stage() is Stage.CLOSED
    at.type("o")
    at.type("2")
    at.enter()
    assert at.stage() is Stage.REGISTERED


def test_the_last_step_is_taken_back_by_one_key(at: Here) -> None:
    assert at.button("do_Ctrl+Shift+U").accessibleDescription() == "There is no step to undo."
    at.begin(MoveKind.CANCEL)
    at.type("1")
    at.enter()
    assert at.stage() is Stage.CANCELLED
    at.press(Qt.Key.Key_U, CTRL_SHIFT)
    assert at.stage() is Stage.REGISTERED
    assert "taken back" in at.said[-1]


def test_what_somebody_else_did_cannot_be_taken_back(at: Here) -> None:
    at.story.sits = "1002"
    at.story.move(MoveKind.CANCEL, reason="住户取消")
    at.story.sits = "1001"
    at.view.refresh()
    at.settle()
    assert at.button("do_Ctrl+Shift+U").accessibleDescription() == "Somebody else made the last step."
    at.press(Qt.Key.Key_U, CTRL_SHIFT)
    assert at.stage() is Stage.CANCELLED
    assert at.label("ticket_action_why") == "Somebody else made the last step."


def test_a_colleague_is_found_by_initials_or_work_number(at: Here) -> None:
    for number, name in (("1001", "张三"), ("1002", "李四"), ("1003", "李思思")):
        at.story.add("staff", Staff(StaffId(f"s-{number}"), number, name, Duty.AGENT), "staff_id")
    at.story.add("staff", replace(story.PLUMBER, active=False), "staff_id")
    at.view.refresh()
    at.settle()
    at.begin(MoveKind.HAND_OVER)
    at.type("lisi")
    at.enter()  # two fit: the first is shown, to be read
    assert at.panel() is not None
    at.enter()
    assert at.story.ticket.owner == "1002"


def test_somebody_unknown_is_refused(at: Here) -> None:
    at.begin(MoveKind.HAND_OVER)
    at.type("9999")
    at.enter()
    assert at.label("move_why") == "Nobody here has this work number or name."


def test_a_ticket_is_joined_to_one_named_by_its_number(at: Here) -> None:
    other = replace(at.story.ticket, ticket_id=TicketId("t-other"), number="20261119-S01-007", building_id=None)
    at.story.add("ticket", replace(other, household_id=None), "ticket_id")
    at.begin(MoveKind.JOIN)
    at.type("20261119-S01-999")
    at.enter()
    assert at.label("move_why") == "That ticket is not open."
    at.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    at.type("20261119-S01-007")
    at.enter()
    assert (at.story.ticket.stage, at.story.ticket.joined_to) == (Stage.JOINED, "t-other")


@in_work
def test_of_several_tasks_one_is_chosen(at: Here) -> None:
    at.story.move(MoveKind.DISPATCH, handler_id=story.PAINTER.staff_id)
    at.view.refresh()
    at.settle()
    at.begin(MoveKind.RETURN)
    at.type("2")
    at.enter()
    at.type("1")
    at.enter()
    stages = {task.title: task.stage for task in at.story.uses.tasks(TICKET)}
    assert stages == {"水龙头维修": TaskStage.IN_PROGRESS, "天花板补漆": TaskStage.RETURNED}


def test_escape_goes_back_step_by_step(at: Here, qtbot: QtBot) -> None:
    at.begin(MoveKind.SUSPEND)
    at.press(Qt.Key.Key_Escape)
    assert at.panel() is not None
    at.press(Qt.Key.Key_Escape)
    assert at.panel() is None
    with qtbot.waitSignal(at.view.left):
        at.press(Qt.Key.Key_Escape)


def test_a_priority_is_picked_by_its_digit(at: Here) -> None:
    at.begin(MoveKind.GRADE)
    at.type("1")
    at.enter()
    at.type("1")
    at.enter()
    assert at.story.ticket.priority is Priority.URGENT


def test_what_is_split_off_is_told_by_its_number(at: Here) -> None:
    at.begin(MoveKind.SPLIT)
    at.write("天花板发霉")
    at.enter()
    assert at.said[-1].startswith("Ticket 2026")
    assert at.stage() is Stage.REGISTERED


def test_enter_pressed_twice_splits_one_ticket_off(at: Here) -> None:
    at.begin(MoveKind.SPLIT)
    at.write("天花板发霉")
    before = len(at.story.store.all_of(Ticket))
    field = at.focus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(field, Qt.Key.Key_Return)
    at.settle()
    assert len(at.story.store.all_of(Ticket)) == before + 1


def test_a_note_and_a_repeat_without_a_call_are_written_by_two_keys(at: Here) -> None:
    at.begin(MoveKind.NOTE)
    at.enter()
    assert at.label("move_why") == "Write it in a few words."
    at.write("监控中心：夜里巡查无异常")
    at.enter()
    at.begin(MoveKind.REPEAT)
    at.write("住户到前台催单")
    at.enter()
    assert at.panel() is None
    said = [(moment.patch.get("step"), moment.reason) for moment in at.story.uses.timeline(TICKET).moments[-2:]]
    assert [(str(step).partition(" ")[0], reason) for step, reason in said] == [
        ("note", "监控中心：夜里巡查无异常"),
        ("repeat", "住户到前台催单"),
    ]
