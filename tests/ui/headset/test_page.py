"""The headset page: devices and volumes, the check before the shift in words, prompts recorded by keyboard."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desk.domain.commands import (
    CheckHeadset,
    ChooseHeadset,
    Command,
    DropPrompt,
    HearPrompt,
    RecordPrompt,
    SetComfort,
)
from desk.domain.events import (
    CheckStage,
    CommandRefused,
    HeadsetChanged,
    HeadsetChecked,
    PromptRecorded,
    PromptsChanged,
    Verdict,
)
from desk.domain.prompts import PROMPTS
from desk.i18n import speak
from desk.ui.headset.page import DevicesPage
from desk.ui.headset.presenter import check, check_idle, figures, keys_words, stands_in, volume
from desk.ui.headset.prompts import PromptsPanel
from tests.ui import seat
from tests.ui.harness import Scene

CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


# in words


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_verdict_says_what_is_wrong_and_what_to_do(language: str) -> None:
    speak(language)
    shown = [check(HeadsetChecked(CheckStage.DONE, verdict)) for verdict in Verdict]
    assert len({view.title for view in shown}) == len(Verdict)
    assert all(view.says and not view.running for view in shown)
    assert {view.tone for view in shown} == {"go", "warn", "danger"}


def test_every_stage_tells_the_agent_what_to_do_now() -> None:
    running = [check(HeadsetChecked(stage)) for stage in (CheckStage.TONE, CheckStage.SPEAK, CheckStage.SILENCE)]
    assert all(view.running and view.says for view in running)
    assert not check(HeadsetChecked(CheckStage.FAILED)).running
    assert check(HeadsetChecked(CheckStage.FAILED, Verdict.NO_MICROPHONE)).says
    assert not check_idle().running


def test_figures_are_told_as_far_as_they_were_measured() -> None:
    speak("en")
    told = HeadsetChecked(CheckStage.DONE, Verdict.ECHO, -21.4, -58.2, 22.0, 61.4)
    assert figures(told) == "voice -21 dB · room -58 dB · echo 22 dB below · out and back 61 ms"
    assert figures(HeadsetChecked(CheckStage.DONE, Verdict.GOOD)) == "no echo"


def test_volumes_keys_and_what_stands_in_are_told() -> None:
    speak("en")
    assert [volume(db) for db in (0.0, 0.2, 3.0, -6.0)] == ["0 dB", "0 dB", "+3 dB", "-6 dB"]
    assert "Jabra" in keys_words("Jabra Evolve 20")
    assert "function keys" in keys_words("")
    headset = seat.snapshot().headset
    assert stands_in(headset) == ""
    away = replace(headset, microphone="Poly", microphone_in_use="内置麦克风", earpiece="Poly", earpiece_in_use="")
    assert "内置麦克风" in stands_in(away)
    assert stands_in(replace(away, microphone_in_use="Poly")) == ""


# the page in the window


@pytest.fixture
def page(scene: Scene, qtbot: QtBot) -> DevicesPage:
    press(scene, Qt.Key.Key_F10)
    page = scene.built.window.panels.middle.devices
    qtbot.waitUntil(page.isVisible)
    scene.commands.clear()
    return page


def prompts(page: DevicesPage) -> PromptsPanel:
    assert page.prompts is not None
    return page.prompts


def press(scene: Scene, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(QApplication.focusWidget() or scene.built.window, key, modifier)


def asked(scene: Scene, kind: type[Command]) -> list[Command]:
    return [command for command in scene.commands if isinstance(command, kind)]


def test_a_choice_by_keyboard_counts_at_once(scene: Scene, page: DevicesPage) -> None:
    assert page.sound.microphone.hasFocus()
    press(scene, Qt.Key.Key_Down)
    press(scene, Qt.Key.Key_Down)
    page.sound.microphone.activated.emit(2)
    assert scene.commands[-1:] == [ChooseHeadset("内置麦克风", "", "")]


def test_a_volume_is_told_once_the_slider_rests_and_shown_as_the_phone_has_it(
    scene: Scene, page: DevicesPage, qtbot: QtBot
) -> None:
    slider = page.sound._earpiece.slider
    slider.setFocus()
    for _ in range(3):
        press(scene, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: bool(asked(scene, SetComfort)))
    assert asked(scene, SetComfort) == [SetComfort(earpiece_db=3.0)]
    told = replace(seat.snapshot().headset, earpiece_db=12.0, microphone_db=-4.0, automatic_gain=True)
    scene.receive(HeadsetChanged(told))
    qtbot.waitUntil(lambda: slider.value() == 12)
    assert page.sound._earpiece.db.text() == "+12 dB"
    assert page.sound.gain.isChecked()
    assert len(asked(scene, SetComfort)) == 1  # what the phone says is not said back to it


def test_the_check_runs_by_one_key_and_tells_its_verdict(scene: Scene, page: DevicesPage, qtbot: QtBot) -> None:
    press(scene, Qt.Key.Key_K, CTRL)
    assert scene.commands == [CheckHeadset(on=True)]
    scene.receive(HeadsetChecked(CheckStage.SPEAK))
    qtbot.waitUntil(lambda: page.check.view.running)
    scene.receive(HeadsetChecked(CheckStage.DONE, Verdict.TOO_QUIET, -47.0, -60.0))
    qtbot.waitUntil(lambda: not page.check.view.running)
    title = page.findChild(QLabel, "check_title")
    assert title is not None
    assert title.text() == page.check.view.title
    assert page.check.view.tone == "warn"


def test_the_same_key_breaks_the_check_off_and_so_does_leaving(scene: Scene, page: DevicesPage, qtbot: QtBot) -> None:
    for leave in ((Qt.Key.Key_K, CTRL), (Qt.Key.Key_Escape, NONE)):
        scene.receive(HeadsetChecked(CheckStage.TONE))
        qtbot.waitUntil(lambda: page.check.view.running)
        press(scene, *leave)
        assert scene.commands[-1:] == [CheckHeadset(on=False)]
        assert not page.check.view.running
    assert not page.isVisible()


def test_a_check_that_is_refused_is_not_shown_as_running(scene: Scene, page: DevicesPage, qtbot: QtBot) -> None:
    press(scene, Qt.Key.Key_K, CTRL)
    scene.receive(CommandRefused("CheckHeadset", "not_now"))
    qtbot.waitUntil(lambda: page.check.view == check_idle())


def test_a_prompt_is_recorded_tried_and_dropped_by_keys(scene: Scene, page: DevicesPage, qtbot: QtBot) -> None:
    panel = prompts(page)
    panel.list.setFocus()
    press(scene, Qt.Key.Key_Down)
    second = tuple(PROMPTS)[1]
    press(scene, Qt.Key.Key_J, CTRL)
    assert scene.commands[-1:] == [RecordPrompt(second, on=True)]
    assert not panel.hear.isEnabled()
    press(scene, Qt.Key.Key_J, CTRL)
    assert scene.commands[-1:] == [RecordPrompt(second, on=False)]
    scene.receive(PromptRecorded(second, 2.5), PromptsChanged({second: 2.5}))
    qtbot.waitUntil(panel.drop.isEnabled)
    outcome = panel.findChild(QLabel, "prompt_outcome")
    assert outcome is not None
    assert "2.5" in outcome.text()
    press(scene, Qt.Key.Key_E, CTRL)
    press(scene, Qt.Key.Key_U, CTRL)
    assert scene.commands[-2:] == [HearPrompt(second), DropPrompt(second)]
    scene.receive(PromptsChanged({}))
    qtbot.waitUntil(lambda: not panel.drop.isEnabled())


def test_leaving_the_page_ends_a_recording(scene: Scene, page: DevicesPage) -> None:
    press(scene, Qt.Key.Key_J, CTRL)
    press(scene, Qt.Key.Key_Escape)
    assert scene.commands[-1:] == [RecordPrompt("greeting", on=False)]


def test_while_a_call_runs_nothing_is_recorded_or_checked(scene: Scene, page: DevicesPage, qtbot: QtBot) -> None:
    scene.receive(seat.offered())
    qtbot.waitUntil(lambda: not page.check.key.isEnabled())
    assert not prompts(page).record.isEnabled()
    press(scene, Qt.Key.Key_K, CTRL)
    press(scene, Qt.Key.Key_J, CTRL)
    assert not asked(scene, CheckHeadset)
    assert not asked(scene, RecordPrompt)
