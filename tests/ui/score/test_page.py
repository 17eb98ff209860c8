"""The score page by keyboard: what is answered is kept at once, what is final stays, agents read and answer."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.identity import CallId
from desk.domain.listening import Listener, Role
from desk.domain.scores import Score, ScoreState
from desk.domain.sheets import read_answers
from desk.ui.score.page import LANE
from tests.ui.keyless import unkeyed
from tests.ui.score.scenes import CALL, HIT, SHEETS, Ground

AGENT = Listener("1001", Role.AGENT)
T = TypeVar("T", bound=QWidget)


@pytest.fixture
def ground(qtbot: QtBot) -> Iterator[Ground]:
    ground = Ground()
    qtbot.addWidget(ground.page)
    ground.page.resize(400, 720)
    with qtbot.waitActive(ground.page):  # else nothing in it has the focus
        ground.page.show()
        ground.page.activateWindow()
    yield ground
    ground.worker.close()
    assert ground.failures == []


def shown(qtbot: QtBot, ground: Ground) -> None:
    ground.page.show_hit(HIT)
    qtbot.waitUntil(lambda: all(row.isVisible() for row in ground.page.sheet.rows) and bool(ground.page.sheet.rows))


def kept(qtbot: QtBot, ground: Ground) -> list[Score]:
    assert ground.worker.drain(5)
    qtbot.wait(0)
    return ground.store.scores.of_call(CALL.call_id)


def child(ground: Ground, kind: type[T], name: str) -> T:
    found = ground.page.findChild(kind, name)
    assert found is not None, name
    return found


def button(ground: Ground, name: str) -> QPushButton:
    return child(ground, QPushButton, name)


def test_a_digit_answers_goes_on_and_is_kept(qtbot: QtBot, ground: Ground) -> None:
    shown(qtbot, ground)
    rows = ground.page.sheet.rows
    rows[1].setFocus()
    QTest.keyClick(rows[1], Qt.Key.Key_4)
    assert rows[2].hasFocus()
    (score,) = kept(qtbot, ground)
    assert score.state is ScoreState.DRAFT
    assert read_answers(score.answers)["opening.greeting"] == 4
    assert read_answers(score.answers)["opening.in_time"] == 5  # the machine's


def test_arrows_move_the_answer_within_the_scale_and_the_question(qtbot: QtBot, ground: Ground) -> None:
    shown(qtbot, ground)
    rows = ground.page.sheet.rows
    rows[0].setFocus()
    QTest.keyClick(rows[0], Qt.Key.Key_Right)
    assert rows[0].view.answer == 5  # beyond the end there is nothing
    QTest.keyClick(rows[0], Qt.Key.Key_Left)
    assert rows[0].view.answer == 4
    QTest.keyClick(rows[0], Qt.Key.Key_Down)
    assert rows[1].hasFocus()
    QTest.keyClick(rows[1], Qt.Key.Key_Up)
    assert rows[0].hasFocus()
    QTest.keyClick(rows[0], Qt.Key.Key_9)
    assert rows[0].view.answer == 4  # not on this scale


def test_after_the_last_question_come_the_remarks_and_they_are_kept(qtbot: QtBot, ground: Ground) -> None:
    shown(qtbot, ground)
    last = ground.page.sheet.rows[-1]
    last.setFocus()
    QTest.keyClick(last, Qt.Key.Key_5)
    remarks = child(ground, QPlainTextEdit, "score_remarks")
    assert remarks.hasFocus()
    QTest.keyClicks(remarks, "well done")
    (score,) = kept(qtbot, ground)
    assert score.remarks == "well done"
    assert remarks.toPlainText() == "well done"


def test_an_open_question_is_shown_instead_of_making_it_final(qtbot: QtBot, ground: Ground) -> None:
    shown(qtbot, ground)
    button(ground, "score_finish").click()
    assert ground.page.sheet.rows[1].hasFocus()
    assert kept(qtbot, ground) == []


def test_a_full_sheet_becomes_final_and_is_read_only_then(qtbot: QtBot, ground: Ground) -> None:
    shown(qtbot, ground)
    for row in ground.page.sheet.rows:
        row.answer(row.view.scale)
    button(ground, "score_finish").click()
    qtbot.waitUntil(lambda: [score.state for score in kept(qtbot, ground)] == [ScoreState.FINAL])
    qtbot.waitUntil(lambda: button(ground, "score_finish").isHidden())
    assert ground.store.scores.of_call(CALL.call_id)[0].points_x10 == 1000
    ground.page.sheet.rows[0].answer(1)
    assert ground.store.scores.of_call(CALL.call_id)[0].points_x10 == 1000
    assert not button(ground, "score_second").isHidden()


def test_a_fatal_error_makes_it_nothing_without_the_rest(qtbot: QtBot, ground: Ground) -> None:
    shown(qtbot, ground)
    rude = child(ground, QCheckBox, "fatal_rude")
    rude.click()
    button(ground, "score_finish").click()
    qtbot.waitUntil(lambda: [score.points_x10 for score in kept(qtbot, ground)] == [0])
    assert ground.store.scores.of_call(CALL.call_id)[0].fatal == ("rude",)


def test_a_draft_is_there_again_when_the_call_is(qtbot: QtBot, ground: Ground) -> None:
    shown(qtbot, ground)
    ground.page.sheet.rows[1].answer(2)
    kept(qtbot, ground)
    ground.page.show_hit(None)
    assert ground.page.paper is None
    shown(qtbot, ground)
    assert ground.page.sheet.rows[1].view.answer == 2


def told(ground: Ground) -> str:
    """All that can be read on the page."""
    labels = [label.text() for label in ground.page.findChildren(QLabel) if label.isVisible()]
    choice = child(ground, QComboBox, "score_choice")
    lines = [choice.itemText(index) for index in range(choice.count())] if choice.isVisible() else []
    texts = [box.toPlainText() for box in ground.page.findChildren(QPlainTextEdit) if box.isVisible()]
    return "\n".join([*labels, *lines, *texts])


def unread(qtbot: QtBot, ground: Ground) -> None:
    """The call has a final score by somebody else, and the page asks first."""
    ground.page.show_hit(HIT)
    qtbot.waitUntil(lambda: button(ground, "score_read").isVisible())
    assert button(ground, "score_second").isVisible()
    assert ground.page.paper is None


def read_it(qtbot: QtBot, ground: Ground) -> None:
    unread(qtbot, ground)
    QTest.keyClick(ground.page, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: ground.page.paper is not None)


def test_a_second_opinion_is_made_without_sight_of_the_first_one(qtbot: QtBot, ground: Ground) -> None:
    first = ground.final(remarks="语气生硬")
    unread(qtbot, ground)
    assert "80" not in told(ground)
    assert "语气生硬" not in told(ground)
    button(ground, "score_second").click()
    qtbot.waitUntil(lambda: ground.page.paper is not None and ground.page.paper.score.second_of == first.score_id)
    assert "80" not in told(ground)
    for row in ground.page.sheet.rows:
        row.answer(row.view.scale)
    assert "80" not in told(ground)
    button(ground, "score_finish").click()
    qtbot.waitUntil(lambda: button(ground, "score_finish").isHidden())
    assert "80  score by 9002" in told(ground)


def test_what_somebody_made_final_can_be_read_first_and_a_second_opinion_starts_without_it(
    qtbot: QtBot, ground: Ground
) -> None:
    first = ground.final()
    read_it(qtbot, ground)
    assert ground.page.paper is not None
    assert ground.page.paper.score == first
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(ground.page, Qt.Key.Key_Return, both)
    qtbot.waitUntil(lambda: ground.page.paper is not None and ground.page.paper.score.second_of == first.score_id)
    assert ground.page.sheet.rows[1].view.answer is None
    choice = child(ground, QComboBox, "score_choice")
    assert choice.count() == 2


def test_agents_read_what_is_final_about_them_and_answer(qtbot: QtBot, ground: Ground) -> None:
    ground.listener = AGENT
    final = ground.final()
    shown(qtbot, ground)
    assert button(ground, "score_finish").isHidden()
    assert button(ground, "score_second").isHidden()
    ground.page.sheet.rows[0].answer(0)
    reply = child(ground, QPlainTextEdit, "score_reply")
    QTest.keyClicks(reply, "noise on the line")
    button(ground, "score_send_reply").click()
    qtbot.waitUntil(lambda: kept(qtbot, ground)[0].reply == "noise on the line")
    (score,) = ground.store.scores.of_call(CALL.call_id)
    assert (score.answers, score.points_x10) == (final.answers, final.points_x10)
    assert score.seen_at is not None


def again(qtbot: QtBot, ground: Ground) -> None:
    """The call is read again: another call ended somewhere, or this one was listened to."""
    ground.page.show_hit(HIT)
    caught_up(qtbot, ground)


def caught_up(qtbot: QtBot, ground: Ground) -> None:
    """What was asked for until now is shown."""
    shown: list[None] = []
    ground.worker.run(lambda: None, shown.append, lane=LANE)
    qtbot.waitUntil(lambda: bool(shown))


def test_half_an_answer_stays_while_calls_end_elsewhere(qtbot: QtBot, ground: Ground) -> None:
    ground.listener = AGENT
    ground.final()
    shown(qtbot, ground)
    reply = child(ground, QPlainTextEdit, "score_reply")
    QTest.keyClicks(reply, "noise on")
    again(qtbot, ground)
    QTest.keyClicks(reply, " the line")
    other = replace(HIT, call=replace(CALL, call_id=CallId("c2")), ticket=None)
    ground.page.show_hit(other)
    caught_up(qtbot, ground)
    again(qtbot, ground)
    assert reply.toPlainText() == "noise on the line"
    button(ground, "score_send_reply").click()
    qtbot.waitUntil(lambda: kept(qtbot, ground)[0].reply == "noise on the line")
    reply.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(reply, "!")
    again(qtbot, ground)
    assert reply.toPlainText() == "noise on the line!"


def test_a_second_opinion_stays_open_while_calls_end_elsewhere_and_is_one_score(qtbot: QtBot, ground: Ground) -> None:
    first = ground.final()
    unread(qtbot, ground)
    button(ground, "score_second").click()
    qtbot.waitUntil(lambda: ground.page.paper is not None and ground.page.paper.score.second_of == first.score_id)
    again(qtbot, ground)
    assert ground.page.paper is not None
    assert ground.page.paper.score.second_of == first.score_id
    opened = ground.page.paper.score.score_id
    ground.page.sheet.rows[1].answer(3)
    ground.page.show_hit(HIT)  # before it is kept
    ground.page.sheet.rows[2].answer(2)
    again(qtbot, ground)
    mine = [score for score in kept(qtbot, ground) if score.score_id != first.score_id]
    assert [score.score_id for score in mine] == [opened]
    assert [ground.page.sheet.rows[at].view.answer for at in (1, 2)] == [3, 2]


def test_remarks_typed_while_the_page_is_read_again_stay(qtbot: QtBot, ground: Ground) -> None:
    shown(qtbot, ground)
    remarks = child(ground, QPlainTextEdit, "score_remarks")
    QTest.keyClicks(remarks, "calm ")
    ground.page.show_hit(HIT)
    QTest.keyClicks(remarks, "and")
    assert ground.worker.drain(5)  # read without what comes now
    QTest.keyClicks(remarks, " kind")
    caught_up(qtbot, ground)
    remarks.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(remarks, "!")
    assert remarks.toPlainText() == "calm and kind!"
    assert [score.remarks for score in kept(qtbot, ground)] == ["calm and kind!"]


def test_typing_reads_nothing_beside_what_the_worker_has_read(qtbot: QtBot, ground: Ground) -> None:
    shown(qtbot, ground)
    read = len(ground.readers)
    ground.page.sheet.rows[1].answer(3)
    QTest.keyClicks(child(ground, QPlainTextEdit, "score_remarks"), "calm and kind")
    assert len(ground.readers) == read
    again(qtbot, ground)
    assert len(ground.readers) == read + 1
    assert threading.main_thread() not in ground.readers


def test_a_refused_second_opinion_leaves_the_page_as_soon_as_it_is_read_again(qtbot: QtBot, ground: Ground) -> None:
    mine = ground.final(scored_by="9001")
    shown(qtbot, ground)
    button(ground, "score_second").click()
    qtbot.waitUntil(lambda: ground.page.paper is None)
    again(qtbot, ground)
    assert ground.page.paper is not None
    assert ground.page.paper.score == mine


def test_the_score_that_was_picked_stays_in_front(qtbot: QtBot, ground: Ground) -> None:
    first = ground.final()
    second = ground.final(score_id="score-9003", scored_by="9003", second_of=first.score_id, points_x10=900)
    read_it(qtbot, ground)
    newest = ground.page.paper
    assert newest is not None
    picked = first if newest.score == second else second
    ground.page.read_score(picked.score_id)
    qtbot.waitUntil(lambda: ground.page.paper is not None and ground.page.paper.score == picked)
    again(qtbot, ground)
    assert ground.page.paper is not None
    assert ground.page.paper.score == picked


def test_agents_see_no_draft_and_no_sheet_of_their_own(qtbot: QtBot, ground: Ground) -> None:
    ground.listener = AGENT
    ground.final(state=ScoreState.DRAFT, points_x10=None)
    ground.page.show_hit(HIT)
    assert ground.worker.drain(5)
    qtbot.wait(0)
    assert ground.page.paper is None
    assert ground.page.sheet.isHidden()


def test_a_score_made_with_another_version_says_so_and_shows_only_what_was_answered(
    qtbot: QtBot, ground: Ground
) -> None:
    ground.final(sheet_version="0", answers=("opening.greeting=4",), scored_by="9001")
    shown(qtbot, ground)
    assert [row.view.name for row in ground.page.sheet.rows] == ["opening.greeting"]
    words = " ".join(label.text() for label in ground.page.findChildren(QLabel))
    assert "Made with version 0 of the sheet" in words


def test_a_draft_of_another_version_says_so_until_it_is_left(qtbot: QtBot, ground: Ground) -> None:
    ground.final(
        score_id="d1", scored_by="9001", sheet_version="0", state=ScoreState.DRAFT, points_x10=None,
        answers=("opening.greeting=4",),
    )  # fmt: skip
    shown(qtbot, ground)
    row = ground.page.sheet.rows[1]
    assert (row.view.name, row.view.answer) == ("opening.greeting", None)
    row.answer(3)
    words = " ".join(label.text() for label in ground.page.findChildren(QLabel))
    assert "Begun with version 0 of the sheet" in words
    assert kept(qtbot, ground)[0].sheet_version == SHEETS[-1].version


def test_without_a_call_there_is_a_word_and_nothing_to_press(qtbot: QtBot, ground: Ground) -> None:
    shown(qtbot, ground)
    ground.page.show_hit(None)
    assert ground.page.sheet.isHidden()
    assert button(ground, "score_finish").isHidden()


def test_the_shipped_sheets_fit_the_scene() -> None:
    assert SHEETS[-1].sheet_id == "general"
    assert HIT.call.call_id == CallId("c1")


def test_every_button_shows_its_key_or_there_is_a_reason(ground: Ground) -> None:
    assert not unkeyed(ground.page)
