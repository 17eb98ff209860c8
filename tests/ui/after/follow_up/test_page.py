"""The page of follow-ups: what is due, worked through; what supervisors draw and plan; words for every value."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.follow_up_rules import Consequence, Follows, GivenUp
from desk.domain.follow_ups import FollowUpKind
from desk.domain.listening import Listener, Role
from desk.ui.after.follow_up import words
from desk.ui.seat_state import Agent
from desk.usecases.follow_up_paper import WhyNot
from tests.ui.after.follow_up.scenes import NOW, Ground


@pytest.fixture
def ground(qtbot: QtBot) -> Iterator[Ground]:
    ground = Ground()
    qtbot.addWidget(ground.panel)
    qtbot.addWidget(ground.page)
    ground.page.resize(760, 640)
    with qtbot.waitActive(ground.page):
        ground.page.show()
        ground.page.activateWindow()
    yield ground
    assert ground.hub.worker.close()


def due(ground: Ground) -> list[str]:
    """Two of 1001 and one of another, all overdue; they are on the page."""
    for description, by in (("tap", "1001"), ("lamp", "1001"), ("door", "1002")):
        ground.world.now += timedelta(days=1)
        ground.hotline.who = by
        ground.done(description)
    ground.hotline.who = "1001"
    ground.world.now += timedelta(days=3)
    ground.page.start()
    ground.settle()
    return [row.text for row in ground.page.list.rows]


def test_mine_are_on_the_list_and_everybodys_with_one_key(ground: Ground) -> None:
    assert [text.partition(" · ")[0] for text in due(ground)] == ["tap", "lamp"]
    ground.page.all_key.click()
    ground.settle()
    assert [row.text.partition(" · ")[0] for row in ground.page.list.rows] == ["tap", "lamp", "door"]


def test_the_chosen_one_is_in_hand_and_enter_opens_its_ticket(ground: Ground) -> None:
    due(ground)
    assert ground.page.list.hasFocus()
    QTest.keyClick(ground.page.list, Qt.Key.Key_Down)
    ground.settle()
    paper = ground.page.card.paper
    assert paper is not None
    assert paper.ticket is not None
    assert paper.ticket.description == "lamp"
    QTest.keyClick(ground.page.list, Qt.Key.Key_Return)
    assert ground.opened == [paper.ticket.ticket_id]


def test_right_takes_it_up_and_when_it_is_made_the_next_is_in_hand(ground: Ground) -> None:
    due(ground)
    QTest.keyClick(ground.page.list, Qt.Key.Key_Right)
    box = ground.page.card.box
    assert box.hasFocus()
    for key in (Qt.Key.Key_1, Qt.Key.Key_1, Qt.Key.Key_5, Qt.Key.Key_1):
        QTest.keyClick(box, key)
        ground.settle()
    ground.page.card.save_key.click()
    ground.settle()
    assert [row.text.partition(" · ")[0] for row in ground.page.list.rows] == ["lamp"]
    assert ground.page.list.hasFocus()
    paper = ground.page.card.paper
    assert paper is not None
    assert paper.ticket is not None
    assert paper.ticket.description == "lamp"


def test_escape_goes_back_to_the_list_and_then_leaves(ground: Ground, qtbot: QtBot) -> None:
    due(ground)
    QTest.keyClick(ground.page.list, Qt.Key.Key_Right)
    QTest.keyClick(ground.page.card.box, Qt.Key.Key_Escape)
    assert ground.page.list.hasFocus()
    with qtbot.waitSignal(ground.page.left):
        QTest.keyClick(ground.page.list, Qt.Key.Key_Escape)


def test_a_page_that_is_read_again_takes_the_keyboard_out_of_no_field_elsewhere(ground: Ground, qtbot: QtBot) -> None:
    due(ground)
    window, number = QWidget(), QLineEdit()  # a number is typed to be dialled
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    for widget in (number, ground.page):
        column.addWidget(widget)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    number.setFocus()
    qtbot.waitUntil(number.hasFocus)
    ground.hub.rows_changed.emit(("ticket",))
    ground.settle()
    assert number.hasFocus()
    ground.page.setParent(None)


def test_when_the_last_one_has_gone_escape_still_leaves(ground: Ground, qtbot: QtBot) -> None:
    due(ground)
    ground.hub.agent = Agent("1009", "新人")
    ground.page.refresh()
    ground.settle()
    focus = QApplication.focusWidget()
    assert focus is not None
    with qtbot.waitSignal(ground.page.left):
        QTest.keyClick(focus, Qt.Key.Key_Escape)


def test_supervisors_draw_last_weeks_checks(ground: Ground) -> None:
    ground.a_busy_week()
    ground.page.start()
    ground.settle()
    ground.page.supervising.draw_key.click()
    ground.settle()
    checks = [row for row in ground.page.list.rows if row.lead == "Spot check of a follow-up"]
    assert checks == []  # due in three days: they are on the list then
    kinds = [one.kind for one in ground.hotline.follow_ups.due(NOW + timedelta(days=3))]
    assert kinds.count(FollowUpKind.SPOT_CHECK) == 2


def test_a_survey_is_planned_by_four_answers(ground: Ground) -> None:
    ground.a_busy_week()
    ground.page.start()
    ground.settle()
    side = ground.page.supervising
    side.plan_key.click()
    side.box.keys[0].click()
    for answer in ("0", "2", "7"):
        side.box.line.setText(answer)
        side.box.line.returnPressed.emit()
    ground.settle()
    newest = ground.hotline.surveying.recent()[0]
    assert (newest.asked, newest.survey.rule) == (2, "all")
    assert newest.survey.until - newest.survey.start == timedelta(days=7)


def test_agents_neither_draw_nor_plan(ground: Ground) -> None:
    ground.listener = Listener("1001", Role.AGENT)
    due(ground)
    assert ground.page.supervising.isHidden()


def test_every_value_has_its_words() -> None:
    assert all(words.why(one) for one in WhyNot)
    assert all(words.given_up(one.value) != one.value for one in GivenUp)
    assert all(words.told(one) for one in Follows)
    assert all(words.follows(Consequence(one), FollowUpKind.CLOSING) for one in Follows)
    assert len({words.outcome(one) for one in words.OUTCOMES}) == len(words.OUTCOMES)
