"""The form under key clicks, over the real use cases and a real seat store."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk.domain.drafts import Intake
from desk.domain.tickets import Place
from desk.i18n import speak
from desk.ui import theme
from desk.ui.intake.content import Field
from desk.ui.intake.form import IntakeForm
from tests.ui.intake.scene import NOTICE, PROFILE, Scene, focus_of, press, refuse_to_write, settle, type_text

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[None]:
    """In the sizes of the design tokens."""
    theme.apply(qapp, "light")
    yield
    qapp.setStyleSheet("")


def test_it_opens_with_the_caller_prefilled_and_the_focus_in_the_category(form: IntakeForm) -> None:
    assert form.fields.place.text() == "5栋2单元203"
    assert form.fields.caller.text() == "李秀英"
    assert form.fields.contact.text() == "013800138000"
    assert focus_of(form) is Field.CATEGORY
    assert not form.is_being_typed()


def test_every_field_is_reached_with_tab_in_the_order_of_the_screen(form: IntakeForm) -> None:
    seen = [focus_of(form)]
    for _ in range(6):
        press(Qt.Key.Key_Tab)
        seen.append(focus_of(form))
    assert seen == [
        Field.CATEGORY,
        Field.PLACE,
        Field.DESCRIPTION,
        Field.CONTACT,
        Field.CALLER,
        Field.APPOINTMENT,
        Field.PRIORITY,
    ]


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


def test_a_draft_that_the_disk_refused_is_saved_by_itself_once_it_can_be(
    form: IntakeForm, stage: Scene, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    with monkeypatch.context() as full:
        full.setattr(stage.parts.keeping, "save", refuse_to_write)
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
    assert focus_of(form) is Field.DESCRIPTION
    press(Qt.Key.Key_Z, ALT)
    assert form.fields.description.toPlainText() == "问何时来水"


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
