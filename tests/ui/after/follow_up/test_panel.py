"""The follow-up's panel by keyboard: digits answer, what is answered is kept, and what a try came to is on record."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desk.domain.attempts import Attempt, Outcome
from desk.domain.calls import Call, Phase
from desk.domain.follow_up_rules import GivenUp
from desk.domain.follow_ups import FollowUp, FollowUpKind, FollowUpState
from desk.domain.identity import CallId, TicketId
from desk.domain.party import Direction, Party
from desk.domain.questionnaires import read_answers
from desk.domain.tickets import Stage
from tests.ui.after.follow_up.scenes import Ground


@pytest.fixture
def ground(qtbot: QtBot) -> Iterator[Ground]:
    ground = Ground()
    qtbot.addWidget(ground.panel)
    qtbot.addWidget(ground.page)
    ground.panel.resize(700, 600)
    with qtbot.waitActive(ground.panel):  # else nothing in it has the focus
        ground.panel.show()
        ground.panel.activateWindow()
    yield ground
    assert ground.hub.worker.close()


def closing(ground: Ground, ticket_id: TicketId) -> FollowUp:
    return ground.hotline.of(ticket_id, FollowUpKind.CLOSING)[-1]


def press(ground: Ground, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(ground.panel.card.box, key)
        ground.settle()


def test_digits_answer_and_the_ticket_is_closed(ground: Ground) -> None:
    ticket_id = ground.done()
    ground.open(ticket_id)
    assert ground.panel.card.box.hasFocus()
    press(ground, Qt.Key.Key_1, Qt.Key.Key_Y, Qt.Key.Key_5, Qt.Key.Key_1)
    assert ground.panel.card.save_key.hasFocus()
    ground.panel.card.save_key.click()
    ground.settle()
    assert ground.hotline.stage(ticket_id) is Stage.CLOSED
    done = closing(ground, ticket_id)
    answers = {"solved": "yes", "in_time": "yes", "work": "5", "satisfied": "very"}
    assert (done.state, done.score, read_answers(done.answers)) == (FollowUpState.DONE, 100, answers)
    assert ground.told == ["Followed up; the ticket is closed."]


def test_each_answer_is_kept_as_it_is_given(ground: Ground) -> None:
    ticket_id = ground.done()
    ground.open(ticket_id)
    press(ground, Qt.Key.Key_1, Qt.Key.Key_2)
    kept = closing(ground, ticket_id)
    assert (kept.state, read_answers(kept.answers)) == (FollowUpState.DUE, {"solved": "yes", "in_time": "no"})


def test_up_asks_the_last_question_once_more(ground: Ground) -> None:
    ground.open(ground.done())
    press(ground, Qt.Key.Key_1, Qt.Key.Key_Up)
    view = ground.panel.card.view
    assert view is not None
    assert (view.lines, view.ask.ask_id if view.ask else "") == ((), "solved")


def test_unsolved_says_what_will_follow_and_a_warning_is_offered(ground: Ground) -> None:
    ticket_id = ground.done()
    ground.open(ticket_id)
    ground.choose(2)
    ground.type("it drips still")
    ground.type("")
    view = ground.panel.card.view
    assert view is not None
    assert view.follows == "The ticket is opened again. An early warning can be raised."
    ground.panel.card.save_key.click()
    ground.settle()
    assert ground.hotline.stage(ticket_id) is Stage.DISPATCHED
    ground.choose(1)
    assert ground.warned == [(ticket_id, "no; it drips still; not said")]


def test_a_text_that_is_needed_is_not_left_empty(ground: Ground) -> None:
    ground.open(ground.done())
    ground.choose(2)
    ground.type("   ")
    view = ground.panel.card.view
    assert view is not None
    assert view.ask is not None
    assert view.ask.ask_id == "left"


def test_not_reached_is_one_key_and_one_digit(ground: Ground) -> None:
    ticket_id = ground.done()
    ground.open(ticket_id)
    ground.panel.card.not_reached_key.click()
    ground.choose(2)
    (attempt,) = ground.hotline.follow_ups.attempts(closing(ground, ticket_id).follow_up_id)
    assert attempt.outcome is Outcome.BUSY
    assert ground.told == ["On record. It is due again: 14:00."]


def test_another_time_is_typed_as_it_is_said(ground: Ground) -> None:
    ticket_id = ground.done()
    ground.open(ticket_id)
    ground.panel.card.not_reached_key.click()
    ground.choose(5)
    ground.type("whenever")
    assert closing(ground, ticket_id).due_at == ground.hotline.got(ticket_id).follow_up_due_at
    ground.type("2小时")
    assert ground.told == ["On record. It is due again: 12:00."]


def test_escape_goes_back_to_the_questions_before_it_leaves(ground: Ground) -> None:
    ground.open(ground.done())
    ground.panel.card.not_reached_key.click()
    assert ground.panel.step_back()
    assert ground.panel.card.box.question == "问题解决了吗？"
    assert not ground.panel.step_back()


def test_giving_up_asks_why(ground: Ground) -> None:
    ticket_id = ground.done()
    ground.open(ticket_id)
    ground.panel.card.not_reached_key.click()
    ground.choose(7)
    ground.type("")
    assert closing(ground, ticket_id).state is FollowUpState.DUE
    ground.type("moved out")
    assert (closing(ground, ticket_id).reason, ground.hotline.stage(ticket_id)) == ("moved out", Stage.CLOSED)


def test_refusing_ends_it_and_the_ticket_is_closed_for_that_reason(ground: Ground) -> None:
    ticket_id = ground.done()
    ground.open(ticket_id)
    ground.panel.card.not_reached_key.click()
    ground.choose(6)
    assert closing(ground, ticket_id).reason == GivenUp.REFUSED.value
    assert ground.told == ["Given up: the resident would not answer."]


def test_the_number_is_called_with_one_key(ground: Ground) -> None:
    ground.open(ground.done())
    ground.panel.card.call_key.click()
    assert ground.called == ["13800138000"]


def a_call(ground: Ground, name: str, number: str) -> None:
    """We have called this number, and it is up."""
    call = Call(CallId(name), "热线", Direction.OUTGOING, Party(number), Phase.UP, ground.world.now)
    ground.hub.state.calls[call.call_id] = call
    ground.hub.call_opened.emit(call)


def test_the_call_that_was_made_for_it_goes_on_record_with_what_was_said(ground: Ground) -> None:
    ticket_id = ground.done()
    ground.open(ticket_id)
    ground.panel.card.call_key.click()
    a_call(ground, "c9", "013800138000")
    press(ground, Qt.Key.Key_1, Qt.Key.Key_Y, Qt.Key.Key_5, Qt.Key.Key_1)
    ground.panel.card.save_key.click()
    ground.settle()
    assert closing(ground, ticket_id).call_id == "c9"


def test_a_call_to_somebody_else_is_not_the_follow_ups(ground: Ground) -> None:
    ticket_id = ground.done()
    ground.open(ticket_id)
    a_call(ground, "c8", "13700137000")
    press(ground, Qt.Key.Key_1, Qt.Key.Key_Y, Qt.Key.Key_5, Qt.Key.Key_1)
    ground.panel.card.save_key.click()
    ground.settle()
    assert closing(ground, ticket_id).call_id is None


def test_a_ticket_with_nothing_to_follow_up_says_why(ground: Ground) -> None:
    ground.open(ground.hotline.ticket())
    assert ground.panel.card.isHidden()
    assert not ground.panel.card.save_key.isVisible()


def test_what_was_answered_stays_when_the_rows_change(ground: Ground) -> None:
    ticket_id = ground.done()
    ground.open(ticket_id)
    ground.choose(1)
    ground.hotline.world.put("ticket", ticket_id, description="the other tap")
    ground.panel.refresh(ground.page_of(ticket_id))
    ground.settle()
    view = ground.panel.card.view
    assert view is not None
    assert len(view.lines) == 1


def test_one_that_somebody_else_has_made_meanwhile_is_told(ground: Ground) -> None:
    ticket_id = ground.done()
    ground.open(ticket_id)
    work = ground.hotline.work
    work.give_up(work.for_ticket(ticket_id), "made elsewhere")
    ground.choose(1)
    assert ground.told[-1].startswith("This follow-up is over")


def test_every_widget_that_takes_the_focus_has_a_name(ground: Ground) -> None:
    ground.open(ground.done())
    card = ground.panel.card
    for widget in (ground.panel, card, card.box, card.box.line, *card.box.keys[:2], card.call_key, card.save_key):
        assert widget.accessibleName(), widget.objectName()
    assert "1 yes" in card.box.accessibleName()


def test_words_that_are_typed_stay_when_the_ticket_is_read_again(ground: Ground) -> None:
    ticket_id = ground.done()
    ground.open(ticket_id)
    ground.choose(2)
    line = ground.panel.card.box.line
    QTest.keyClicks(line, "hai zai di")
    ground.panel.refresh(ground.page_of(ticket_id))
    ground.settle()
    assert line.text() == "hai zai di"
    line.returnPressed.emit()
    assert line.text() == ""  # the next question begins empty


def test_a_digit_pressed_twice_is_one_try(ground: Ground) -> None:
    ground.open(ground.done())
    ground.panel.card.not_reached_key.click()
    key = ground.panel.card.box.keys[0]
    key.click()
    key.click()
    ground.settle()
    assert len(ground.store.all_of(Attempt)) == 1
