"""The form under key clicks, over the real use cases and a real seat store."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk.domain.drafts import Draft, Intake
from desk.domain.tickets import Kind, Place, Priority, Stage, Ticket
from desk.i18n import speak
from desk.ui import theme
from desk.ui.intake.content import Field
from desk.ui.intake.form import IntakeForm
from desk.usecases.ports import StoreFull
from tests.ui.intake.scene import CALL, HOME, LOBBY, NOTICE, PROFILE, Scene, press, settle, type_text

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def form(stage: Scene, qtbot: QtBot) -> IntakeForm:
    form = stage.form(qtbot)
    form.open(stage.draft("d-1"))
    form.prefill(PROFILE)
    form.focus_first()
    return form


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[None]:
    """In the sizes of the design tokens."""
    theme.apply(qapp, "light")
    yield
    qapp.setStyleSheet("")


def _draft(form: IntakeForm) -> Draft:
    draft = form.draft()
    assert draft is not None
    return draft


def _focus(form: IntakeForm) -> Field:
    there = form.fields.field_with_focus()
    assert there is not None
    return there[0]


def test_it_opens_with_the_caller_prefilled_and_the_focus_in_the_category(form: IntakeForm) -> None:
    assert form.fields.place.text() == "5栋2单元203"
    assert form.fields.caller.text() == "李秀英"
    assert form.fields.contact.text() == "013800138000"
    assert _focus(form) is Field.CATEGORY
    assert not form.is_being_typed()


def test_every_field_is_reached_with_tab_in_the_order_of_the_screen(form: IntakeForm) -> None:
    seen = [_focus(form)]
    for _ in range(6):
        press(Qt.Key.Key_Tab)
        seen.append(_focus(form))
    assert seen == [
        Field.CATEGORY,
        Field.PLACE,
        Field.DESCRIPTION,
        Field.CONTACT,
        Field.CALLER,
        Field.APPOINTMENT,
        Field.PRIORITY,
    ]


def test_a_category_is_found_by_initials_and_enter_goes_on_to_what_is_empty(form: IntakeForm, stage: Scene) -> None:
    type_text("lsls")
    settle(stage.worker)
    assert [row.text for row in form.fields.category.rows] == ["楼上漏水"]
    press(Qt.Key.Key_Return)
    assert form.fields.category.text() == "楼上漏水"
    assert form.fields.kind.value is Kind.REPAIR
    assert form.fields.priority.value is Priority.HIGH
    assert "水已流到电线或电器" in form.fields.notes[Field.PRIORITY].text()
    assert _focus(form) is Field.DESCRIPTION


def test_without_a_known_home_enter_goes_on_to_the_place(stage: Scene, qtbot: QtBot) -> None:
    form = stage.form(qtbot)
    form.open(stage.draft())
    form.focus_first()
    type_text("lsls")
    press(Qt.Key.Key_Return)
    settle(stage.worker)
    assert _focus(form) is Field.PLACE
    type_text("5-2-204")
    settle(stage.worker)
    press(Qt.Key.Key_Return)
    assert form.fields.place.text() == "5栋2单元204"
    assert _draft(form).intake.place.household_id == "h204"


def test_a_public_area_is_found_by_initials(form: IntakeForm, stage: Scene) -> None:
    press(Qt.Key.Key_Tab)
    form.fields.place.selectAll()
    type_text("5ddt")
    settle(stage.worker)
    press(Qt.Key.Key_Return)
    assert _draft(form).intake.place.public_area_id == LOBBY.public_area_id


def test_a_kind_chosen_first_narrows_the_categories(form: IntakeForm, stage: Scene) -> None:
    press(Qt.Key.Key_2, ALT)
    assert form.fields.kind.value is Kind.COMPLAINT
    assert _focus(form) is Field.CATEGORY
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
    assert _draft(form).intake.priority is Priority.NORMAL


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
    assert _focus(form) is Field.CATEGORY
    assert _draft(form).draft_id != ticket.ticket_id
    assert _draft(form).call_id == CALL
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
    assert _focus(form) is Field.CATEGORY
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


def test_an_appointment_is_shown_back_in_full_while_it_is_typed(form: IntakeForm) -> None:
    form.fields.appointment.setFocus()
    type_text("mtsw")
    assert form.fields.notes[Field.APPOINTMENT].text() == "tomorrow 11/19 Thu 09:00-12:00"
    window = _draft(form).intake.appointment
    assert window is not None
    assert window.start == datetime(2026, 11, 19, 1, tzinfo=UTC)


def test_every_change_is_on_disk_without_anybody_asking(form: IntakeForm, stage: Scene) -> None:
    type_text("ls")
    (kept,) = stage.kept()
    assert kept.intake.typed["category"] == "ls"
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Tab)
    type_text("漏水")
    (kept,) = stage.kept()
    assert kept.intake.description == "漏水"


def test_a_form_that_nobody_touched_leaves_no_draft(form: IntakeForm, stage: Scene) -> None:
    form.open(stage.draft("d-2", call_id=None))
    assert stage.kept() == []


def test_a_draft_comes_back_with_every_text_and_the_cursor(form: IntakeForm, stage: Scene, qtbot: QtBot) -> None:
    type_text("lsl")
    form.fields.appointment.setFocus()
    type_text("明天上")
    form.fields.description.setFocus()
    type_text("客厅漏水")
    press(Qt.Key.Key_Left)
    type_text("滴")
    (kept,) = stage.kept()
    again = stage.form(qtbot)
    again.open(kept)
    again.focus_first()
    assert again.fields.category.text() == "lsl"
    assert again.fields.place.text() == "5栋2单元203"
    assert again.fields.description.toPlainText() == "客厅漏滴水"
    assert again.fields.appointment.text() == "明天上"
    assert again.fields.caller.text() == "李秀英"
    assert again.fields.field_with_focus() == (Field.DESCRIPTION, 4)
    assert again.is_being_typed()


def test_several_drafts_live_side_by_side(form: IntakeForm, stage: Scene) -> None:
    form.fields.description.setFocus()
    type_text("第一个")
    form.open(stage.draft("d-2", call_id=None))
    form.fields.description.setFocus()
    type_text("第二个")
    first, second = stage.kept()
    assert (first.intake.description, second.intake.description) == ("第一个", "第二个")
    form.open(first)
    assert form.fields.description.toPlainText() == "第一个"


def test_the_cursor_is_where_it_was_left_even_if_nothing_was_typed_there(form: IntakeForm, stage: Scene) -> None:
    form.fields.description.setFocus()
    type_text("客厅漏水")
    press(Qt.Key.Key_Home)
    form.open(stage.draft("d-2", call_id=None))
    first = next(draft for draft in stage.kept() if draft.draft_id == "d-1")
    form.open(first)
    form.focus_first()
    assert form.fields.field_with_focus() == (Field.DESCRIPTION, 0)


def test_setting_aside_keeps_the_draft_and_frees_the_form(form: IntakeForm, stage: Scene, qtbot: QtBot) -> None:
    form.fields.description.setFocus()
    type_text("等他回电")
    with qtbot.waitSignal(form.set_aside):
        press(Qt.Key.Key_D, CTRL)
    (kept,) = stage.kept()
    assert (kept.draft_id, kept.intake.description) == ("d-1", "等他回电")
    assert form.fields.description.toPlainText() == ""
    assert not form.is_being_typed()


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


def test_another_candidate_changes_what_was_prefilled_and_nothing_that_was_typed(form: IntakeForm) -> None:
    form.fields.caller.setFocus()
    form.fields.caller.selectAll()
    type_text("王阿姨")
    form.prefill(PROFILE)
    assert form.fields.caller.text() == "王阿姨"


def test_the_side_panel_hears_of_place_and_category(stage: Scene, qtbot: QtBot) -> None:
    form = stage.form(qtbot)
    heard: list[tuple[Place, str]] = []
    form.context_changed.connect(lambda place, category: heard.append((place, category)))
    form.open(stage.draft())
    form.prefill(PROFILE)
    form.focus_first()
    type_text("lsls")
    settle(stage.worker)
    press(Qt.Key.Key_Return)
    assert [(place.building_id, category) for place, category in heard] == [("b5", ""), ("b5", "repair.water.above")]


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


def _full(*_args: object) -> Ticket:
    raise StoreFull("no space")


def test_a_full_disk_is_told_and_the_text_stays(
    form: IntakeForm, stage: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_text("lsls")
    settle(stage.worker)
    press(Qt.Key.Key_Return)
    type_text("漏水")
    settle(stage.worker)
    with monkeypatch.context() as full:
        full.setattr(stage.parts.filing, "file", _full)
        full.setattr(stage.parts.keeping, "save", _full)
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


def test_a_draft_that_the_disk_refused_is_saved_by_itself_once_it_can_be(
    form: IntakeForm, stage: Scene, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    with monkeypatch.context() as full:
        full.setattr(stage.parts.keeping, "save", _full)
        type_text("lsls")
        settle(stage.worker)
    assert stage.errors
    stage.errors.clear()
    assert stage.kept() == []
    qtbot.waitUntil(lambda: bool(stage.kept()), timeout=10_000)
    assert stage.kept()[0].intake.typed["category"] == "lsls"


def test_a_notice_the_caller_was_told_of_is_written_down_behind_what_was_typed(form: IntakeForm) -> None:
    form.fields.description.setFocus()
    type_text("问何时来水")
    form.use_notice(NOTICE)
    assert form.fields.description.toPlainText().splitlines() == [
        "问何时来水",
        "Told of the notice: 5栋停水检修 (今天 9:00-17:00 更换水泵)",
    ]
    assert _focus(form) is Field.DESCRIPTION
    press(Qt.Key.Key_Z, ALT)
    assert form.fields.description.toPlainText() == "问何时来水"


def test_typing_shortcuts_of_an_input_method_reach_no_button(form: IntakeForm) -> None:
    """Plain letters, digits and what an input method uses (Space, Shift, Ctrl+Space) are text or nothing."""
    form.fields.description.setFocus()
    for key in (Qt.Key.Key_Shift, Qt.Key.Key_Space):
        press(key, CTRL if key is Qt.Key.Key_Space else SHIFT)
    type_text("1 a")
    assert form.fields.kind.value is None
    assert form.fields.description.toPlainText().strip() == "1 a"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_it_fits_the_narrowest_window_with_every_field_refused(
    stage: Scene, qtbot: QtBot, dressed: None, language: str
) -> None:
    speak(language)
    try:
        form = stage.form(qtbot)
    finally:
        speak("en")
    form.open(stage.draft())
    form.fields.appointment.setFocus()
    type_text("??")
    form.fields.contact.setFocus()
    type_text("x")
    form.strip.say_trouble("x")
    press(Qt.Key.Key_Return, CTRL)
    settle(stage.worker)
    assert form.minimumSizeHint().width() <= 650
    assert form.minimumSizeHint().height() <= 590


def test_every_control_has_a_name_for_a_screen_reader(form: IntakeForm) -> None:
    for what in Field:
        assert form.fields.widgets[what].accessibleName()
        assert form.fields.widgets[what].objectName() == what.value


def test_a_form_taken_away_while_a_search_runs_is_no_error(stage: Scene, qtbot: QtBot) -> None:
    form = stage.form(qtbot)
    form.open(stage.draft("d-9", Intake(description="x")))
    form.focus_first()
    type_text("l")
    form.hide()
    form.deleteLater()
    QApplication.processEvents()
    settle(stage.worker)
    assert stage.errors == []
