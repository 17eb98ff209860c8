"""A draft whose call was said to be with somebody else while it was closed, or while it stands in front."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desk.domain.call_log import Tie
from desk.domain.drafts import Draft
from desk.domain.identity import PersonId
from desk.domain.patches import patch_of
from desk.ui.intake.content import Field
from desk.ui.intake.form import IntakeForm
from desk.usecases.tie_call import tied
from tests.ui.intake.scene import CALL, HOME, LI, NEXT_DOOR, NOW, PROFILE, Scene, later, press, settle, type_text

CTRL = Qt.KeyboardModifier.ControlModifier
WANG = replace(LI, person_id=PersonId("p2"), name="王建国")
THEIRS = Tie(WANG.person_id, NEXT_DOOR.household_id)


@pytest.fixture
def left(stage: Scene, qtbot: QtBot) -> Draft:
    """A draft for Li at home, as it was left on disk."""
    stage.log.append([stage.author.change("person", WANG.person_id, patch_of(WANG, "person_id"))])
    form = stage.form(qtbot)
    form.open(stage.draft("d-1"))
    form.prefill(PROFILE)
    form.focus_first()
    type_text("lsls")
    settle(stage.worker)
    press(Qt.Key.Key_Return)
    type_text("客厅漏水")
    (kept,) = stage.kept()
    assert (kept.intake.person_id, kept.intake.caller_at) == (LI.person_id, NOW)
    form.hide()
    return kept


def say(stage: Scene, tie: Tie) -> None:
    stage.log.append([tied(stage.author, CALL, tie.person_id, tie.household_id)])


def opened(stage: Scene, qtbot: QtBot, draft: Draft) -> IntakeForm:
    form = stage.form(qtbot)
    form.open(draft)
    form.focus_first()
    settle(stage.worker)
    return form


def texts(form: IntakeForm) -> tuple[str, str, str]:
    return form.fields.caller.text(), form.fields.place.text(), form.fields.contact.text()


def test_it_opens_with_whom_the_call_was_said_to_be_with_and_files_for_them(
    stage: Scene, qtbot: QtBot, left: Draft
) -> None:
    say(stage, THEIRS)
    form = stage.form(qtbot)
    with qtbot.waitSignal(form.caller_followed) as followed:
        form.open(left)
        settle(stage.worker)
    assert followed.args == [CALL]
    assert texts(form) == ("王建国", "5栋2单元204", "013800138000")
    assert form.fields.description.toPlainText() == "客厅漏水"
    form.focus_first()
    press(Qt.Key.Key_Return, CTRL)
    settle(stage.worker)
    (ticket,) = stage.tickets.recent(10)
    assert (ticket.person_id, ticket.household_id, ticket.caller_name) == ("p2", "h204", "王建国")
    assert stage.calls.tie(CALL) == THEIRS


def test_what_stands_in_front_follows_when_it_is_told_and_is_kept(stage: Scene, qtbot: QtBot, left: Draft) -> None:
    form = opened(stage, qtbot, left)
    assert texts(form)[0] == "李秀英"
    say(stage, THEIRS)
    form.follow_caller()
    (kept,) = stage.kept()
    assert (texts(form)[0], kept.intake.person_id) == ("王建国", "p2")


def test_filing_does_not_wait_for_the_form_to_have_followed(stage: Scene, qtbot: QtBot, left: Draft) -> None:
    form = opened(stage, qtbot, left)
    say(stage, THEIRS)
    press(Qt.Key.Key_Return, CTRL)
    settle(stage.worker)
    (ticket,) = stage.tickets.recent(10)
    assert (ticket.person_id, ticket.household_id, ticket.place_text) == ("p2", "h204", "5栋2单元204")
    assert stage.calls.tie(CALL) == THEIRS
    assert form.fields.description.toPlainText() == ""


def test_what_was_typed_stays_whomever_it_follows(stage: Scene, qtbot: QtBot, left: Draft) -> None:
    form = opened(stage, qtbot, left)
    form.fields.caller.selectAll()
    form.fields.caller.setFocus()
    type_text("王阿姨")
    say(stage, THEIRS)
    form.follow_caller()
    settle(stage.worker)
    assert texts(form)[:2] == ("王阿姨", "5栋2单元204")


def test_not_them_said_meanwhile_leaves_name_and_home_to_be_asked(stage: Scene, qtbot: QtBot, left: Draft) -> None:
    stage.log.append([replace(tied(stage.author, CALL, None, None), at=later(5))])
    form = opened(stage, qtbot, left)
    assert texts(form) == ("", "", "013800138000")
    press(Qt.Key.Key_Return, CTRL)
    settle(stage.worker)
    assert form.fields.notes[Field.PLACE].text() != ""
    assert stage.tickets.recent(10) == []


def test_a_caller_whom_nobody_contradicts_stays_as_the_draft_has_them(stage: Scene, qtbot: QtBot, left: Draft) -> None:
    say(stage, Tie(LI.person_id, HOME.household_id))
    form = opened(stage, qtbot, left)
    assert texts(form) == ("李秀英", "5栋2单元203", "013800138000")


def test_an_untouched_form_that_follows_leaves_no_draft(stage: Scene, qtbot: QtBot, left: Draft) -> None:
    stage.drafts.drop("d-1")
    say(stage, THEIRS)
    form = opened(stage, qtbot, stage.draft("d-2"))
    assert texts(form)[0] == "王建国"
    assert not form.is_being_typed()
    assert stage.kept() == []


def test_a_repeat_joins_with_whom_the_call_was_said_to_be_with(stage: Scene, qtbot: QtBot, left: Draft) -> None:
    form = opened(stage, qtbot, left)
    press(Qt.Key.Key_Return, CTRL)
    settle(stage.worker)
    (ticket,) = stage.tickets.recent(10)
    again = opened(stage, qtbot, replace(left, draft_id="d-2"))
    say(stage, THEIRS)
    again.join_to(ticket.ticket_id)
    settle(stage.worker)
    assert stage.calls.tie(CALL) == THEIRS
    assert form.strip.text.startswith("Filed")
