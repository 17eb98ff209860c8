"""What is to be said this moment: when it comes up, when it goes, and what a key plays."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk.domain.calls import Phase
from desk.domain.commands import PlayPrompt, StopPrompt
from desk.domain.events import CallHeld, PromptEnded, PromptPlayed, QualityMeasured
from desk.domain.prompts import PROMPTS
from desk.domain.quality import Quality
from desk.i18n import speak
from desk.texts import Phrase, ShippedTexts
from desk.ui.beside.prompts import PromptCard
from desk.ui.beside.prompts_presenter import (
    BACK_S,
    GIVE_UP_S,
    WAITING_S,
    Aid,
    Aids,
    prompt_name,
    prompt_rows,
    recorded_words,
)
from tests.ui import seat
from tests.ui.beside_scenes import C1, talk
from tests.ui.harness import Scene

NOW = seat.NOW
PHRASES: Sequence[Phrase] = ShippedTexts().all_phrases()


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def quality(*, silent: bool) -> Quality:
    return Quality(NOW, "PCMA", 0.0, None, 5.0, 30.0, 40.0, 0.0, 4.4, silent_caller=silent)


class Follows:
    """Aids, fed with one call."""

    def __init__(self) -> None:
        self.aids = Aids()
        self.call = seat.call()

    def sees(self, seconds: float, **changed: object) -> None:
        self.call = replace(self.call, **changed)  # type: ignore[arg-type]
        self.aids.see(self.call, {self.call.call_id}, at(seconds))

    def held(self, seconds: float) -> None:
        self.sees(seconds, phase=Phase.HELD, held_at=at(seconds))

    def resumed(self, seconds: float) -> None:
        self.sees(seconds, phase=Phase.UP, held_at=None)

    def now(self, seconds: float) -> Aid | None:
        return self.aids.now(at(seconds))


def test_a_caller_on_hold_is_worth_a_word_after_ten_seconds() -> None:
    follows = Follows()
    follows.held(0)
    assert follows.now(WAITING_S) is None
    assert follows.now(WAITING_S + 0.5) is Aid.WAITING


def test_mute_counts_as_waiting_and_a_cough_needs_no_excuse() -> None:
    follows = Follows()
    follows.sees(0, muted=True)
    assert follows.now(11) is Aid.WAITING
    follows.sees(12, muted=False)
    assert follows.now(12) is Aid.BACK
    follows.sees(60, muted=True)
    follows.sees(61, muted=False)
    assert follows.now(61.5) is None


def test_back_from_hold_is_said_at_once_and_goes_by_itself() -> None:
    follows = Follows()
    follows.held(0)
    follows.resumed(3)
    assert follows.now(3) is Aid.BACK
    assert follows.now(3 + BACK_S) is Aid.BACK
    assert follows.now(3 + BACK_S + 0.5) is None


def test_muted_on_hold_waits_from_the_first_moment() -> None:
    follows = Follows()
    follows.sees(0, muted=True)
    follows.held(8)
    assert follows.now(11) is Aid.WAITING
    follows.resumed(12)
    assert follows.now(14) is Aid.WAITING  # still muted: it is not over


def test_a_silent_caller_is_asked_twice_and_then_the_line_before_hanging_up_comes() -> None:
    follows = Follows()
    follows.sees(0, quality=quality(silent=True))
    assert follows.now(1) is Aid.SILENT
    assert follows.now(GIVE_UP_S - 5.0) is Aid.GIVE_UP
    follows.sees(20, quality=quality(silent=False))
    assert follows.now(20) is None


def test_what_the_machine_says_stands_before_everything_else() -> None:
    follows = Follows()
    follows.sees(0, quality=quality(silent=True), prompt="greeting")
    assert follows.now(1) is Aid.PLAYED


def test_a_caller_who_has_just_listened_to_the_greeting_is_given_time() -> None:
    follows = Follows()
    follows.sees(0, prompt="greeting", quality=quality(silent=True))
    follows.sees(8, prompt="")
    assert follows.now(8) is None
    follows.sees(10)
    assert follows.now(10) is None
    follows.sees(14)
    assert follows.now(14) is Aid.SILENT


@pytest.mark.parametrize("phase", [Phase.RINGING, Phase.DIALLING, Phase.ENDED])
def test_there_is_nothing_to_say_to_somebody_who_is_not_there(phase: Phase) -> None:
    follows = Follows()
    follows.sees(0, phase=phase, quality=quality(silent=True))
    assert follows.now(30) is None


def test_a_second_call_does_not_inherit_the_first_ones_waiting() -> None:
    follows = Follows()
    follows.held(0)
    other = seat.call("c2")
    follows.aids.see(other, {other.call_id, follows.call.call_id}, at(20))
    assert follows.now(20) is None
    follows.aids.see(follows.call, {other.call_id, follows.call.call_id}, at(30))
    assert follows.now(30) is Aid.WAITING


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_aid_has_its_phrase_in_both_languages(language: str) -> None:
    speak(language)
    follows = Follows()
    follows.held(0)
    view = follows.aids.view(at(25), PHRASES, language)
    assert view is not None
    assert "25" in view.title
    assert view.phrases
    assert view.prompt == ""  # nothing can be played to somebody on hold
    follows.resumed(26)
    view = follows.aids.view(at(26), PHRASES, language)
    assert view is not None
    assert (view.prompt, len(view.phrases)) == ("back", 1)


def test_prompts_are_named_and_tell_whose_voice_it_is() -> None:
    speak("en")
    assert len({prompt_name(prompt) for prompt in PROMPTS}) == len(PROMPTS)
    rows = prompt_rows({"greeting": 3.44}, "waiting", PHRASES, "en", "1001")
    states = {row.prompt: row.state for row in rows}
    assert states["greeting"] == "your voice, 3.4 s"
    assert states["waiting"] == "recording: speak now"
    assert states["back"] == "shipped voice"
    assert "1001" in rows[0].text
    assert "  " not in rows[0].text


@pytest.mark.parametrize("why", ["", "silent", "disk", "call", "something new"])
def test_what_came_of_a_recording_is_told(why: str) -> None:
    assert prompt_name("waiting") in recorded_words("waiting", why, 2.0)


# the card in the window


def card(scene: Scene) -> PromptCard:
    found = scene.built.window.findChild(PromptCard, "prompt_card")
    assert isinstance(found, PromptCard)
    return found


def press_play(scene: Scene) -> None:
    QTest.keyClick(scene.built.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)


def test_the_card_comes_and_goes_and_leaves_the_keyboard_where_it_is(scene: Scene, qtbot: QtBot) -> None:
    talk(scene)
    qtbot.waitUntil(lambda: C1 in scene.built.hub.state.calls)
    assert not card(scene).isVisible()
    focus = QApplication.focusWidget()
    scene.receive(CallHeld(C1, NOW - timedelta(seconds=24)))
    qtbot.waitUntil(lambda: card(scene).isVisible())
    assert QApplication.focusWidget() is focus
    assert card(scene).view is not None
    scene.receive(PromptPlayed(C1, NOW, "greeting"))
    qtbot.waitUntil(lambda: (view := card(scene).view) is not None and view.aid is Aid.PLAYED)
    scene.receive(PromptEnded(C1, NOW, "greeting"))
    qtbot.waitUntil(lambda: (view := card(scene).view) is not None and view.aid is Aid.WAITING)


def test_one_key_lets_it_be_said_and_cuts_it_off(scene: Scene, qtbot: QtBot) -> None:
    talk(scene)
    scene.receive(QualityMeasured(C1, NOW, quality(silent=True)))
    qtbot.waitUntil(lambda: card(scene).isVisible())
    press_play(scene)
    assert scene.commands[-1:] == [PlayPrompt(C1, "silent_1")]
    scene.receive(PromptPlayed(C1, NOW, "silent_1"))
    qtbot.waitUntil(lambda: (view := card(scene).view) is not None and view.aid is Aid.PLAYED)
    press_play(scene)
    assert scene.commands[-1:] == [StopPrompt(C1)]


def test_the_key_does_nothing_while_there_is_nothing_to_play(scene: Scene, qtbot: QtBot) -> None:
    talk(scene)
    qtbot.waitUntil(lambda: C1 in scene.built.hub.state.calls)
    before = list(scene.commands)
    press_play(scene)
    assert scene.commands == before
