"""The player bar over a real recording and the real player; only the sound device is a double."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desk.recording.playing.decode import RATE_HZ
from desk.ui.player.bar import PlayerBar
from desk.usecases.recording_ports import LoadBrokeOff
from desk.usecases.replay import Tape
from tests.recording.playing.growing import GrowingStream
from tests.ui.intake.scene import Scene, scene
from tests.ui.media import BROKEN, REPEAT, SECONDS, Media


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path) as made:
        yield made


@pytest.fixture
def media(stage: Scene, tmp_path: Path) -> Iterator[Media]:
    media = Media(stage, tmp_path / "media")
    media.log_calls()
    yield media
    media.sink.gate.set()
    media.player.close()


@pytest.fixture
def bar(media: Media, qtbot: QtBot) -> PlayerBar:
    bar = media.player_bar()
    qtbot.addWidget(bar)
    bar.resize(600, 130)
    return bar


def _load(bar: PlayerBar, media: Media, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.heard):
        bar.load(media.call_id)


def test_a_loaded_recording_plays_to_its_end(bar: PlayerBar, media: Media, qtbot: QtBot) -> None:
    media.sink.gate.set()
    _load(bar, media, qtbot)
    qtbot.waitUntil(lambda: not bar.is_playing)
    assert media.sink.taken >= SECONDS * RATE_HZ * 4
    assert bar.text == ""


def test_space_pauses_and_goes_on(bar: PlayerBar, media: Media, qtbot: QtBot) -> None:
    _load(bar, media, qtbot)
    QTest.keyClick(bar.wave, Qt.Key.Key_Space)
    assert media.player.paused
    QTest.keyClick(bar.wave, Qt.Key.Key_Space)
    assert not media.player.paused


def test_what_is_being_opened_when_a_call_is_answered_waits_for_a_press(
    bar: PlayerBar, media: Media, qtbot: QtBot
) -> None:
    media.sink.gate.set()
    with qtbot.waitSignal(bar.heard):
        bar.load(media.call_id)
        bar.deck.pause()
    assert media.player.paused
    assert not bar.deck.is_going
    QTest.keyClick(bar.wave, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not bar.is_playing)
    assert media.sink.taken >= SECONDS * RATE_HZ * 4


def test_arrows_seek_by_five_seconds_and_home_and_end_jump(bar: PlayerBar, media: Media, qtbot: QtBot) -> None:
    _load(bar, media, qtbot)
    QTest.keyClick(bar.wave, Qt.Key.Key_Right)
    assert media.player.position_ms == 5_000
    QTest.keyClick(bar.wave, Qt.Key.Key_Left)
    assert media.player.position_ms == 0
    QTest.keyClick(bar.wave, Qt.Key.Key_End)
    assert media.player.position_ms == SECONDS * 1000
    QTest.keyClick(bar.wave, Qt.Key.Key_Home)
    assert media.player.position_ms == 0


def test_a_click_on_the_bars_goes_there(bar: PlayerBar, media: Media, qtbot: QtBot) -> None:
    bar.show()
    _load(bar, media, qtbot)
    QTest.mouseClick(bar.wave, Qt.MouseButton.LeftButton, pos=bar.wave.rect().center())
    assert 2_500 < media.player.position_ms < 5_000


def test_after_the_end_it_plays_from_the_start(bar: PlayerBar, media: Media, qtbot: QtBot) -> None:
    media.sink.gate.set()
    _load(bar, media, qtbot)
    qtbot.waitUntil(lambda: not bar.is_playing)
    before = media.sink.taken
    bar.toggle()
    qtbot.waitUntil(lambda: not bar.is_playing)
    assert media.sink.taken >= 2 * before - RATE_HZ


def test_a_call_whose_recording_is_not_sealed_yet_says_so(bar: PlayerBar, qtbot: QtBot) -> None:
    bar.load(REPEAT)
    qtbot.waitUntil(lambda: "made ready" in bar.text)


def test_a_call_without_recording_says_why(bar: PlayerBar, qtbot: QtBot) -> None:
    bar.load(BROKEN)
    qtbot.waitUntil(lambda: "before anybody spoke" in bar.text)


def test_a_changed_recording_is_not_played(bar: PlayerBar, media: Media, qtbot: QtBot) -> None:
    file = media.recordings / media.entry.file
    file.write_bytes(file.read_bytes() + b"x")
    bar.load(media.call_id)
    qtbot.waitUntil(lambda: "changed after it was sealed" in bar.text)
    assert not bar.is_playing


def test_a_damaged_recording_is_told(bar: PlayerBar, media: Media, qtbot: QtBot) -> None:
    import hashlib
    from dataclasses import replace

    file = media.recordings / media.entry.file
    file.write_bytes(b"not Ogg at all")
    media.log_recording(replace(media.entry, sha256=hashlib.sha256(b"not Ogg at all").hexdigest()))
    bar.load(media.call_id)
    qtbot.waitUntil(lambda: "damaged" in bar.text)


def test_a_vault_that_stops_answering_is_told_and_nothing_is_called_damaged(
    bar: PlayerBar, media: Media, qtbot: QtBot
) -> None:
    media.sink.gate.set()
    sealed = (media.recordings / media.entry.file).read_bytes()
    stream = GrowingStream(sealed, len(sealed) // 2)
    with qtbot.waitSignal(bar.heard):
        bar.deck.show_tape(Tape(media.call_id, stream, media.entry, "play-1"))
    qtbot.waitUntil(lambda: bar.deck.is_waiting)
    stream.break_off(LoadBrokeOff("the line is cut"))
    qtbot.waitUntil(lambda: not bar.is_playing)
    assert "stopped answering at 0:0" in bar.text
    assert "damaged" not in bar.text


def test_closing_stops_it_at_once(bar: PlayerBar, media: Media, qtbot: QtBot) -> None:
    _load(bar, media, qtbot)
    bar.close_tape()
    media.sink.gate.set()
    qtbot.waitUntil(lambda: not media.player.playing)
    assert bar.isHidden()
