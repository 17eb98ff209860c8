"""Editing the form under key clicks, over the real use cases and a real seat store."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desk.domain.tickets import Kind, Priority
from desk.ui.intake.content import Field
from desk.ui.intake.form import IntakeForm
from tests.ui.intake.scene import LOBBY, Scene, draft_of, focus_of, press, settle, type_text

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def test_a_category_is_found_by_initials_and_enter_goes_on_to_what_is_empty(form: IntakeForm, stage: Scene) -> None:
    type_text("lsls")
    settle(stage.worker)
    assert [row.text for row in form.fields.category.rows] == ["楼上漏水"]
    press(Qt.Key.Key_Return)
    assert form.fields.category.text() == "楼上漏水"
    assert form.fields.kind.value is Kind.REPAIR
    assert form.fields.priority.value is Priority.HIGH
    assert "水已流到电线或电器" in form.fields.notes[Field.PRIORITY].text()
    assert focus_of(form) is Field.DESCRIPTION


def test_without_a_known_home_enter_goes_on_to_the_place(stage: Scene, qtbot: QtBot) -> None:
    form = stage.form(qtbot)
    form.open(stage.draft())
    form.focus_first()
    type_text("lsls")
    press(Qt.Key.Key_Return)
    settle(stage.worker)
    assert focus_of(form) is Field.PLACE
    type_text("5-2-204")
    settle(stage.worker)
    press(Qt.Key.Key_Return)
    assert form.fields.place.text() == "5栋2单元204"
    assert draft_of(form).intake.place.household_id == "h204"


def test_a_public_area_is_found_by_initials(form: IntakeForm, stage: Scene) -> None:
    press(Qt.Key.Key_Tab)
    form.fields.place.selectAll()
    type_text("5ddt")
    settle(stage.worker)
    press(Qt.Key.Key_Return)
    assert draft_of(form).intake.place.public_area_id == LOBBY.public_area_id


def test_a_kind_chosen_first_narrows_the_categories(form: IntakeForm, stage: Scene) -> None:
    press(Qt.Key.Key_2, ALT)
    assert form.fields.kind.value is Kind.COMPLAINT
    assert focus_of(form) is Field.CATEGORY
    type_text("z")
    settle(stage.worker)
    assert [row.text for row in form.fields.category.rows] == ["装修噪音"]


def test_the_priority_is_raised_and_lowered_from_anywhere(form: IntakeForm, stage: Scene) -> None:
    type_text("lsls")
    press(Qt.Key.Key_Return)
    settle(stage.worker)
    press(Qt.Key.Key_Up, ALT)
    assert form.fields.priority.value is Priority.URGENT
    press(Qt.Key.Key_Down, ALT)
    press(Qt.Key.Key_Down, ALT)
    assert draft_of(form).intake.priority is Priority.NORMAL


def test_an_appointment_is_shown_back_in_full_while_it_is_typed(form: IntakeForm) -> None:
    form.fields.appointment.setFocus()
    type_text("mtsw")
    assert form.fields.notes[Field.APPOINTMENT].text() == "tomorrow 11/19 Thu 09:00-12:00"
    window = draft_of(form).intake.appointment
    assert window is not None
    assert window.start == datetime(2026, 11, 19, 1, tzinfo=UTC)


def test_clearing_is_undone_and_redone_with_one_key(form: IntakeForm, stage: Scene) -> None:
    form.fields.description.setFocus()
    type_text("客厅漏水")
    press(Qt.Key.Key_L, CTRL)
    assert form.fields.description.toPlainText() == ""
    press(Qt.Key.Key_Z, ALT)
    assert form.fields.description.toPlainText() == "客厅漏水"
    press(Qt.Key.Key_Y, ALT)
    assert form.fields.description.toPlainText() == ""
    press(Qt.Key.Key_Z, ALT)
    (kept,) = stage.kept()
    assert kept.intake.description == "客厅漏水"


def test_typing_shortcuts_of_an_input_method_reach_no_button(form: IntakeForm) -> None:
    """Plain letters, digits and what an input method uses (Space, Shift, Ctrl+Space) are text or nothing."""
    form.fields.description.setFocus()
    for key in (Qt.Key.Key_Shift, Qt.Key.Key_Space):
        press(key, CTRL if key is Qt.Key.Key_Space else SHIFT)
    type_text("1 a")
    assert form.fields.kind.value is None
    assert form.fields.description.toPlainText().strip() == "1 a"
