"""The full player: everything by keys, marks as ticks and as a list, a loop, a closer look, a remark at a moment."""

from collections.abc import Iterator, Sequence

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desk.ui import theme
from desk.ui.palette import DARK, LIGHT, Palette, contrast
from desk.ui.player.marks import MarkKind, PlayerMark
from desk.ui.player.panel import PlayerPanel
from desk.ui.player.wave_paint import CHANNELS
from desk.usecases.replay import Refusal
from tests.ui.player_scenes import ADDED, CALL, LENGTH_MS, StillReel, parts, tape
from tests.ui.seat import SilentPlayer

Key, Shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier


class SteeredPlayer(SilentPlayer):
    """Does as it is told, without a sound."""

    def __init__(self) -> None:
        super().__init__()
        self.speed, self.skips, self.volumes = 1.0, False, (1.0, 1.0)
        self.loop: tuple[int, int] | None = None
        self.marks: tuple[int, ...] = ()

    def play(self, source: object, from_ms: int = 0, marks: Sequence[int] = ()) -> None:
        super().play(source, from_ms, marks)
        self.position_ms, self.paused, self.marks = from_ms, False, tuple(marks)

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def seek_ms(self, position_ms: int) -> None:
        self.position_ms = position_ms

    def set_speed(self, speed: float) -> None:
        self.speed = speed

    def set_skip_silence(self, skip: bool) -> None:
        self.skips = skip

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        self.loop = loop

    def set_marks(self, marks: Sequence[int]) -> None:
        self.marks = tuple(marks)

    def set_volumes(self, caller: float, agent: float) -> None:
        self.volumes = (caller, agent)


class Stage:
    def __init__(self, qtbot: QtBot) -> None:
        self.player, self.reel = SteeredPlayer(), StillReel()
        self.comments: list[tuple[int, str]] = []
        made = parts(self.player, self.reel)
        self.worker = made.worker
        self.panel = PlayerPanel(made)
        self.panel.on_comment = lambda at_ms, text: self.comments.append((at_ms, text))
        qtbot.addWidget(self.panel)
        self.panel.resize(1200, 260)

    def load(self, qtbot: QtBot) -> None:
        with qtbot.waitSignal(self.panel.heard):
            self.panel.load_call(CALL, ADDED, "王建国", takes_focus=True)
        qtbot.waitExposed(self.panel)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.panel.wave, key, modifiers)

    def label(self, name: str) -> str:
        found = self.panel.findChild(QLabel, name)
        assert isinstance(found, QLabel)
        return found.text()


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[Stage]:
    stage = Stage(qtbot)
    stage.load(qtbot)
    yield stage
    stage.panel.close_tape()
    assert stage.worker.close()


def test_it_plays_and_shows_title_time_and_marks(stage: Stage) -> None:
    assert stage.player.played == [stage.reel]
    assert stage.label("play_title") == "王建国"
    assert stage.label("play_position") == "0:00 / 30:00"
    assert stage.panel.mark_list.count() == len(ADDED) + 9
    assert "水管" in stage.panel.mark_list.item(0).text()
    assert 41_000 in stage.player.marks


def test_other_marks_come_in_while_it_plays_and_go_again(stage: Stage) -> None:
    deck = stage.panel.deck
    deck.show_more_marks([PlayerMark(77_000, MarkKind.COMMENT, "没有报工号")])
    assert 77_000 in stage.player.marks
    assert stage.panel.mark_list.count() == 10
    deck.show_more_marks(())
    assert 77_000 not in stage.player.marks
    assert stage.panel.mark_list.count() == 9


def test_every_step_has_its_key(stage: Stage) -> None:
    for key, modifiers, wanted in (
        (Key.Key_Right, Qt.KeyboardModifier.NoModifier, 5_000),
        (Key.Key_Right, Shift, 35_000),
        (Key.Key_Left, Qt.KeyboardModifier.NoModifier, 30_000),
        (Key.Key_Left, Shift, 0),
        (Key.Key_N, Qt.KeyboardModifier.NoModifier, 41_000),
        (Key.Key_N, Qt.KeyboardModifier.NoModifier, 63_000),
        (Key.Key_P, Qt.KeyboardModifier.NoModifier, 41_000),
        (Key.Key_End, Qt.KeyboardModifier.NoModifier, LENGTH_MS),
        (Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0),
    ):
        stage.press(key, modifiers)
        assert stage.player.position_ms == wanted
    stage.press(Key.Key_Space)
    assert stage.player.paused
    stage.press(Key.Key_Space)
    assert not stage.player.paused


def test_speed_silence_and_channels_have_their_keys_and_are_shown(stage: Stage) -> None:
    stage.press(Key.Key_Period)
    stage.press(Key.Key_Period)
    assert stage.player.speed == 1.5
    assert stage.label("play_speed") == "1.5×"
    stage.press(Key.Key_Comma)
    assert stage.player.speed == 1.25
    for _ in range(9):
        stage.press(Key.Key_Comma)
    assert stage.player.speed == 0.5
    stage.press(Key.Key_Slash)
    assert stage.player.speed == 1.0
    stage.press(Key.Key_S)
    assert stage.player.skips
    stage.press(Key.Key_1)
    assert stage.player.volumes == (0.0, 1.0)
    assert stage.panel.listening.caller.mute.isChecked()
    stage.press(Key.Key_2)
    stage.press(Key.Key_1)
    assert stage.player.volumes == (1.0, 0.0)


def test_the_volume_of_a_channel_is_set_by_keys(stage: Stage) -> None:
    stage.press(Key.Key_At, Shift)
    slider = stage.panel.listening.agent.slider
    assert QApplication.focusWidget() is slider
    QTest.keyClick(slider, Key.Key_Up)
    assert stage.player.volumes == (1.0, 1.1)
    QTest.keyClick(slider, Key.Key_Down)
    QTest.keyClick(slider, Key.Key_Down)
    assert stage.player.volumes == (1.0, 0.9)


def test_a_loop_is_set_by_keys_and_left_by_going_elsewhere(stage: Stage) -> None:
    stage.panel.seek(60_000)
    stage.press(Key.Key_BracketLeft)
    assert stage.player.loop == (60_000, LENGTH_MS)
    stage.panel.seek(90_000)
    stage.press(Key.Key_BracketRight)
    assert stage.player.loop == (60_000, 90_000)
    assert stage.label("play_loop") == "Loop 1:00 to 1:30"
    stage.panel.seek(70_000)
    assert stage.player.loop == (60_000, 90_000)
    stage.panel.seek(95_000)
    assert not stage.panel.deck.loop
    stage.press(Key.Key_BracketRight)
    stage.press(Key.Key_Backslash)
    assert not stage.panel.deck.loop


def test_dragging_with_shift_sets_a_loop_and_a_click_goes_there(stage: Stage) -> None:
    wave = stage.panel.wave
    middle, right = wave.rect().center(), wave.rect().center() + QPoint(200, 0)
    QTest.mousePress(wave, Qt.MouseButton.LeftButton, Shift, middle)
    QTest.mouseMove(wave, right)
    QTest.mouseRelease(wave, Qt.MouseButton.LeftButton, Shift, right)
    assert stage.player.loop is not None
    since, until = stage.player.loop
    assert 0 < since < until < LENGTH_MS
    there = wave._ms_at(middle)  # the loop's own words may have made the picture narrower since
    QTest.mouseClick(wave, Qt.MouseButton.LeftButton, pos=middle)
    assert abs(stage.player.position_ms - there) < 5_000


def test_zooming_in_asks_for_finer_bars_and_shows_them(stage: Stage, qtbot: QtBot) -> None:
    wave = stage.panel.wave
    stage.panel.seek(600_000)
    stage.press(Key.Key_Plus)
    assert wave.stretch.span_ms == LENGTH_MS // 2
    assert not stage.reel.looked
    for _ in range(4):
        stage.press(Key.Key_Plus)
    qtbot.waitUntil(lambda: wave.finer)
    from_ms, until_ms, count = stage.reel.looked[-1]
    assert from_ms < 600_000 < until_ms
    assert until_ms - from_ms == wave.stretch.span_ms
    assert count > 100
    stage.press(Key.Key_Minus)
    stage.press(Key.Key_0)
    assert wave.stretch.is_whole


def test_the_wheel_zooms_where_the_pointer_is_and_scrolls(stage: Stage) -> None:
    wave = stage.panel.wave
    place = QPointF(wave.rect().center())
    at = wave.stretch.ms_at(place.x() - wave._room().left(), wave._room().width())

    def turn(modifiers: Qt.KeyboardModifier) -> None:
        event = QWheelEvent(
            place,
            wave.mapToGlobal(place),
            QPoint(0, 0),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(wave, event)

    turn(Qt.KeyboardModifier.ControlModifier)
    assert abs(wave.stretch.ms_at(place.x() - wave._room().left(), wave._room().width()) - at) < 10
    before = wave.stretch
    turn(Qt.KeyboardModifier.NoModifier)
    assert wave.stretch.from_ms < before.from_ms


def test_a_remark_that_comes_back_disturbs_no_other(stage: Stage) -> None:
    line = stage.panel.comment.line
    stage.press(Key.Key_C)
    QTest.keyClicks(line, "second")
    stage.panel.take_back(1_000, "first", "No.", here=True)
    assert line.text() == "second"
    assert "first" in stage.panel.text
    QTest.keyClick(line, Key.Key_Escape)
    stage.panel.take_back(1_000, "first", "No.", here=False)
    assert not stage.panel.comment.isVisible()
    stage.panel.take_back(1_000, "first", "No.", here=True)
    assert (line.text(), stage.panel.text) == ("first", "No.")
    QTest.keyClick(line, Key.Key_Return)
    assert stage.comments == [(1_000, "first")]


def test_a_remark_stands_at_the_moment_it_was_begun(stage: Stage) -> None:
    stage.panel.seek(702_000)
    stage.press(Key.Key_C)
    assert QApplication.focusWidget() is stage.panel.comment.line
    stage.player.position_ms = 709_000
    QTest.keyClicks(stage.panel.comment.line, "calm first, p 1 2 ,.")
    assert stage.player.speed == 1.0
    QTest.keyClick(stage.panel.comment.line, Key.Key_Return)
    assert stage.comments == [(702_000, "calm first, p 1 2 ,.")]
    assert QApplication.focusWidget() is stage.panel.wave
    stage.press(Key.Key_C)
    QTest.keyClicks(stage.panel.comment.line, "no")
    QTest.keyClick(stage.panel.comment.line, Key.Key_Escape)
    assert len(stage.comments) == 1
    assert not stage.panel.comment.isVisible()


def test_the_list_of_marks_jumps_there(stage: Stage) -> None:
    marks = stage.panel.mark_list
    stage.press(Key.Key_M)
    stage.press(Key.Key_M)
    assert QApplication.focusWidget() is marks
    marks.setCurrentRow(2)
    QTest.keyClick(marks, Key.Key_Return)
    assert stage.player.position_ms == 95_500
    QTest.keyClick(marks, Key.Key_N)  # letters are the player's here, too
    assert stage.player.position_ms == 312_400


def test_marks_under_the_pointer_are_told_in_words(stage: Stage) -> None:
    wave = stage.panel.wave
    assert "Put on hold" in wave.words_at(wave._x(312_400))
    assert wave.words_at(wave._x(900_000)) == ""


def test_what_is_not_loaded_yet_is_fainter_and_waiting_is_said(stage: Stage) -> None:
    wave = stage.panel.wave
    stage.reel.share, stage.player.waiting = 0.5, True
    stage.panel.deck.moved.emit(1_000)
    assert "waiting" in stage.label("play_position")

    def inks(share: float) -> set[str]:
        picture = wave.grab().toImage()
        ratio = picture.devicePixelRatio()
        x = wave._room().left() + round(share * wave._room().width())
        return {
            picture.pixelColor(round((x + dx) * ratio), round(y * ratio)).name()
            for dx in range(60)
            for y in range(16, 90)
        }

    for name in CHANNELS:
        ink = QColor(getattr(theme.current(), name)).name()
        assert ink in inks(0.2)
        assert ink not in inks(0.6)


def test_a_refused_recording_says_why_and_offers_nothing(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    made = parts(stage.player, stage.reel, Refusal.CHANGED)
    panel = PlayerPanel(made)
    qtbot.addWidget(panel)
    panel.on_comment = lambda _at_ms, _text: None
    panel.load_call(CALL)
    qtbot.waitUntil(lambda: "changed after it was sealed" in panel.text)
    assert not panel.transport.isVisible()
    assert not panel.wave.isVisible()
    assert not stage.player.played
    assert made.worker.close()
    assert stage.worker.close()


def test_the_next_recording_takes_the_place_of_the_one_that_is_being_opened(stage: Stage, qtbot: QtBot) -> None:
    stage.panel.load_call(CALL)
    with qtbot.waitSignal(stage.panel.heard):
        stage.panel.show_recording(tape(60_000, ()), title="the other")
    assert stage.label("play_title") == "the other"
    assert stage.panel.deck.length_ms == 60_000
    assert stage.reel.closed


def test_keys_pressed_elsewhere_in_the_window_can_be_handed_over(stage: Stage) -> None:
    event = QKeyEvent(QKeyEvent.Type.KeyPress, Key.Key_Right, Qt.KeyboardModifier.NoModifier)
    assert stage.panel.handle_key(event)
    assert stage.player.position_ms == 5_000
    other = QKeyEvent(QKeyEvent.Type.KeyPress, Key.Key_F7, Qt.KeyboardModifier.NoModifier)
    assert not stage.panel.handle_key(other)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_channels_colours_can_be_told_from_their_ground(palette: Palette) -> None:
    for name in CHANNELS:
        for ground in ("panel", "accent_soft"):
            assert contrast(getattr(palette, name), getattr(palette, ground)) >= 3.0
