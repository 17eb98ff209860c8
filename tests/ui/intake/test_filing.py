"""Filing and joining under key clicks, over the real use cases and a real seat store."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desk.domain.tickets import Priority, Stage, Ticket
from desk.ui.intake.content import Field
from desk.ui.intake.form import IntakeForm
from desk.usecases.ports import StoreFull
from tests.ui.intake.scene import CALL, HOME, Scene, draft_of, focus_of, press, refuse_to_write, settle, type_text

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_ctrl_enter_files_and_the_form_is_ready_for_the_next(form: IntakeForm, stage: Scene, qtbot: QtBot) -> None:
    filed: list[Ticket] = []
    form.filed.connect(filed.append)
    type_text("lsls")
    settle(stage.worker)
    press(Qt.Key.Key_Return)
    type_text("客厅顶上漏水")
    press(Qt.Key.Key_Return, CTRL)
    settle(stage.worker)
    assert [ticket.number for ticket in filed] == ["20261118-S01-001"]
    ticket = stage.tickets.get(filed[0].ticket_id)
    assert ticket is not None
    assert (ticket.description, ticket.priority, ticket.household_id) == (
        "客厅顶上漏水",
        Priority.HIGH,
        HOME.household_id,
    )
    assert form.strip.text == "Filed 20261118-S01-001"
    assert form.fields.description.toPlainText() == ""
    assert form.fields.caller.text() == "李秀英"
    assert focus_of(form) is Field.CATEGORY
    assert draft_of(form).draft_id != ticket.ticket_id
    assert draft_of(form).call_id == CALL
    assert stage.kept() == []


def test_filing_waits_for_a_suggestion_that_a_fast_enter_took(form: IntakeForm, stage: Scene) -> None:
    filed: list[Ticket] = []
    form.filed.connect(filed.append)
    type_text("lsls")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return, CTRL)
    settle(stage.worker)
    assert [ticket.category for ticket in filed] == ["repair.water.above"]


def test_a_key_pressed_twice_files_once(form: IntakeForm, stage: Scene) -> None:
    type_text("lsls")
    settle(stage.worker)
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return, CTRL)
    press(Qt.Key.Key_Return, CTRL)
    settle(stage.worker)
    assert len(stage.tickets.recent(10)) == 1


def test_an_inquiry_is_closed_at_once(form: IntakeForm, stage: Scene) -> None:
    assert not form.at_once_button.isEnabled()
    type_text("wyf")
    settle(stage.worker)
    press(Qt.Key.Key_Return)
    assert form.at_once_button.isEnabled()
    press(Qt.Key.Key_Return, CTRL, SHIFT)
    settle(stage.worker)
    (ticket,) = stage.tickets.recent(10)
    assert ticket.stage is Stage.CLOSED
    assert form.strip.text.startswith("Closed at once")


def test_refusals_stand_beside_their_fields_the_focus_goes_to_the_first_and_nothing_is_lost(
    form: IntakeForm, stage: Scene
) -> None:
    form.fields.contact.selectAll()
    form.fields.contact.setFocus()
    type_text("abc")
    form.fields.appointment.setFocus()
    type_text("jt 8-9")
    press(Qt.Key.Key_Return, CTRL)
    settle(stage.worker)
    notes = form.fields.notes
    assert notes[Field.KIND].text() == ""  # the category will bring it
    assert "press Enter" in notes[Field.CATEGORY].text()
    assert "no phone number" in notes[Field.CONTACT].text()
    assert "already over" in notes[Field.APPOINTMENT].text()
    assert notes[Field.PLACE].text() == ""
    assert form.fields.contact.property("wrong") is True
    assert focus_of(form) is Field.CATEGORY
    assert form.fields.contact.text() == "abc"
    assert form.fields.appointment.text() == "jt 8-9"
    assert stage.tickets.recent(10) == []


def test_a_refusal_goes_away_once_its_field_is_mended(form: IntakeForm, stage: Scene) -> None:
    press(Qt.Key.Key_Return, CTRL)
    settle(stage.worker)
    form.fields.category.setFocus()
    type_text("lsls")
    settle(stage.worker)
    press(Qt.Key.Key_Return)
    assert form.fields.notes[Field.CATEGORY].text() == ""
    assert form.fields.notes[Field.KIND].text() == ""
    assert form.fields.category.property("wrong") is False


def _file(form: IntakeForm, stage: Scene) -> Ticket:
    type_text("lsls")
    settle(stage.worker)
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return, CTRL)
    settle(stage.worker)
    return stage.tickets.recent(1)[0]


def test_a_repeat_call_joins_the_open_ticket_and_the_draft_is_done_with(form: IntakeForm, stage: Scene) -> None:
    ticket = _file(form, stage)
    form.open(stage.draft("d-2"))
    form.fields.description.setFocus()
    type_text("又催了")
    joined: list[str] = []
    form.joined.connect(joined.append)
    form.join_to(ticket.ticket_id)
    settle(stage.worker)
    assert joined == [ticket.ticket_id]
    assert form.strip.text == f"The call joins ticket {ticket.number}"
    assert stage.kept() == []
    assert len(stage.tickets.recent(10)) == 1


def test_without_a_call_what_is_said_goes_to_the_open_ticket_and_nothing_is_joined_without_a_word(
    form: IntakeForm, stage: Scene
) -> None:
    ticket = _file(form, stage)
    form.open(stage.draft("d-2", call_id=None))
    form.join_to(ticket.ticket_id)
    assert "who asks again" in form.strip.text
    assert form.fields.description.hasFocus()
    type_text("住户到前台催单")
    joined: list[str] = []
    form.joined.connect(joined.append)
    form.join_to(ticket.ticket_id)
    settle(stage.worker)
    assert joined == [ticket.ticket_id]
    assert form.strip.text == f"Asked again about ticket {ticket.number}"
    assert stage.kept() == []
    assert len(stage.tickets.recent(10)) == 1
    row = stage.tickets.get(ticket.ticket_id)
    assert row is not None
    assert row.step.startswith("repeat ")


def test_a_ticket_closed_meanwhile_is_not_joined_and_the_draft_stays(form: IntakeForm, stage: Scene) -> None:
    ticket = _file(form, stage)
    stage.log.append([stage.author.change("ticket", ticket.ticket_id, {"stage": "closed"})])
    form.fields.description.setFocus()
    type_text("又催了")
    form.join_to(ticket.ticket_id)
    settle(stage.worker)
    assert "closed by now" in form.strip.text
    assert form.fields.description.toPlainText() == "又催了"


def test_a_full_disk_is_told_and_the_text_stays(
    form: IntakeForm, stage: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_text("lsls")
    settle(stage.worker)
    press(Qt.Key.Key_Return)
    type_text("漏水")
    settle(stage.worker)
    with monkeypatch.context() as full:
        full.setattr(stage.parts.filing, "file", refuse_to_write)
        full.setattr(stage.parts.keeping, "save", refuse_to_write)
        press(Qt.Key.Key_Return, CTRL)
        settle(stage.worker)
        assert "cannot be written" in form.strip.text
        type_text("了")
        settle(stage.worker)
        assert "keep this window open" in form.state.text()
    assert [type(error) for error in stage.errors] == [StoreFull, StoreFull]
    stage.errors.clear()
    assert form.fields.description.toPlainText() == "漏水了"
    press(Qt.Key.Key_Return, CTRL)
    settle(stage.worker)
    assert stage.tickets.recent(1)[0].description == "漏水了"


def test_a_draft_is_gone_from_the_list_before_its_ticket_is_told(form: IntakeForm, stage: Scene) -> None:
    told: list[str] = []
    form.draft_dropped.connect(told.append)
    form.filed.connect(lambda ticket: told.append(f"filed {ticket.ticket_id}"))
    type_text("lsls")
    settle(stage.worker)
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return, CTRL)
    settle(stage.worker)
    assert told == [told[0], f"filed {told[0]}"]
