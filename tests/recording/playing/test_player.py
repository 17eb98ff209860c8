"""The player: what is heard is what was recorded, from where it was asked for, and never on the caller's thread."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from desk.recording.playing.decode import RATE_HZ
from desk.recording.playing.player import FakeSink, Finished, Player
from tests.recording.scene import Sound, sealed_file

WAIT_S = 10.0


class Ended:
    """Waits for the player's word."""

    def __init__(self) -> None:
        self.all: list[Finished] = []
        self._came = threading.Condition()

    def __call__(self, finished: Finished) -> None:
        with self._came:
            self.all.append(finished)
            self._came.notify_all()

    def wait(self, count: int = 1) -> list[Finished]:
        with self._came:
            assert self._came.wait_for(lambda: len(self.all) >= count, WAIT_S), self.all
        return self.all


class GatedSink(FakeSink):
    """Takes sound only as far as it is let."""

    def __init__(self) -> None:
        super().__init__()
        self._room = threading.Condition()
        self._limit = 0

    def let(self, milliseconds: int) -> None:
        with self._room:
            self._limit += milliseconds * RATE_HZ // 1000 * 4
            self._room.notify_all()

    def write(self, samples: bytes) -> None:
        with self._room:
            assert self._room.wait_for(lambda: len(self.heard) < self._limit, WAIT_S)
            super().write(samples)
            self._room.notify_all()

    def heard_all_it_may(self) -> None:
        with self._room:
            assert self._room.wait_for(lambda: len(self.heard) >= self._limit, WAIT_S)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds, a second of each: caller loud, agent loud, both, silence."""
    return sealed_file(tmp_path_factory.mktemp("recording"), Sound.steps([(8000, 0), (0, 8000), (8000, 8000), (0, 0)]))


@pytest.fixture
def ended() -> Ended:
    return Ended()


@pytest.fixture
def make_player(ended: Ended) -> Iterator[Callable[[FakeSink], Player]]:
    players: list[Player] = []

    def make(sink: FakeSink) -> Player:
        players.append(Player(sink, ended))
        return players[-1]

    yield make
    for player in players:
        if isinstance(player._sink, GatedSink):
            player._sink.let(1_000_000)
        player.close()


def loudness(heard: bytes | bytearray, start_ms: int, end_ms: int) -> tuple[float, float]:
    """Of each channel, as a share of full scale."""
    samples = np.frombuffer(bytes(heard), dtype="<i2").reshape(-1, 2)[
        start_ms * RATE_HZ // 1000 : end_ms * RATE_HZ // 1000
    ]
    left, right = np.sqrt(np.mean((samples / 32768.0) ** 2, axis=0)).tolist()
    return left, right


def test_a_recording_is_heard_from_start_to_end_caller_left_agent_right(
    recording: Path, make_player: Callable[[FakeSink], Player], ended: Ended
) -> None:
    sink = FakeSink()
    make_player(sink).play(recording)
    assert ended.wait() == [Finished.ENDED]
    left, right = loudness(sink.heard, 200, 800)
    assert left > 0.1 > 0.003 > right
    left, right = loudness(sink.heard, 1200, 1800)
    assert right > 0.1 > 0.003 > left
    assert not sink.is_open
    assert len(sink.heard) >= 4 * RATE_HZ * 4


def test_it_plays_from_the_place_asked_for(
    recording: Path, make_player: Callable[[FakeSink], Player], ended: Ended
) -> None:
    sink = FakeSink()
    make_player(sink).play(recording.read_bytes(), from_ms=1000)
    assert ended.wait() == [Finished.ENDED]
    left, right = loudness(sink.heard, 100, 800)
    assert right > 0.1 > 0.003 > left


def test_seeking_goes_on_at_the_new_place_and_position_follows(
    recording: Path, make_player: Callable[[FakeSink], Player], ended: Ended
) -> None:
    sink = GatedSink()
    player = make_player(sink)
    player.play(recording)
    sink.let(500)
    sink.heard_all_it_may()
    player.seek_ms(1500)
    assert player.position_ms == 1500
    already = len(sink.heard)
    sink.let(400)
    sink.heard_all_it_may()
    left, right = loudness(bytes(sink.heard[already:]), 100, 350)
    assert right > 0.1 > 0.003 > left
    assert 1500 <= player.position_ms <= 2100
    assert player.length_ms in range(3980, 4030)


def test_paused_it_waits_keeps_its_place_and_goes_on(
    recording: Path, make_player: Callable[[FakeSink], Player], ended: Ended
) -> None:
    sink = GatedSink()
    player = make_player(sink)
    player.play(recording)
    sink.let(300)
    sink.heard_all_it_may()
    player.pause()
    assert player.paused
    assert player.playing
    player.seek_ms(2500)
    assert player.position_ms == 2500
    sink.let(1_000_000)
    player.resume()
    assert ended.wait() == [Finished.ENDED]
    assert len(sink.heard) < 3.5 * RATE_HZ * 4


def test_stopping_gives_the_device_back_and_says_so(
    recording: Path, make_player: Callable[[FakeSink], Player], ended: Ended
) -> None:
    sink = GatedSink()
    player = make_player(sink)
    player.play(recording)
    sink.let(100)
    sink.heard_all_it_may()
    player.stop()
    sink.let(100)
    assert ended.wait() == [Finished.STOPPED]
    assert not sink.is_open


def test_a_second_recording_takes_the_place_of_the_first(
    recording: Path, make_player: Callable[[FakeSink], Player], ended: Ended
) -> None:
    sink = GatedSink()
    player = make_player(sink)
    player.play(recording)
    sink.let(100)
    sink.heard_all_it_may()
    player.play(recording)
    sink.let(1_000_000)
    assert ended.wait(2) == [Finished.STOPPED, Finished.ENDED]


def test_each_play_tells_the_one_who_was_waiting_when_it_began(
    recording: Path, make_player: Callable[[FakeSink], Player], ended: Ended
) -> None:
    sink = GatedSink()
    player = make_player(sink)
    player.play(recording)
    second = Ended()
    player.on_finished = second
    player.play(recording)
    sink.let(1_000_000)
    assert second.wait() == [Finished.ENDED]
    assert ended.wait() == [Finished.STOPPED]


def test_a_device_that_is_gone_ends_it_in_words(
    recording: Path, make_player: Callable[[FakeSink], Player], ended: Ended
) -> None:
    sink = FakeSink()
    sink.lost = True
    make_player(sink).play(recording)
    assert ended.wait() == [Finished.NO_DEVICE]


@pytest.mark.parametrize("junk", [b"", b"OggS", bytes(5000)])
def test_a_damaged_recording_ends_it_in_words(
    junk: bytes, make_player: Callable[[FakeSink], Player], ended: Ended
) -> None:
    make_player(FakeSink()).play(junk)
    assert ended.wait() == [Finished.DAMAGED]


def test_a_finished_player_ignores_seek_pause_and_stop(
    recording: Path, make_player: Callable[[FakeSink], Player], ended: Ended
) -> None:
    player = make_player(FakeSink())
    player.seek_ms(100)
    player.stop()
    player.play(recording)
    ended.wait()
    player.stop()
    player.seek_ms(100)
    assert ended.all == [Finished.ENDED]


def test_a_mark_that_comes_while_it_plays_is_not_passed_over_in_silence(
    recording: Path, make_player: Callable[[FakeSink], Player], ended: Ended
) -> None:
    """The last second is silent."""
    heard: list[int] = []
    for mark in ((), (3_500,)):
        sink = GatedSink()
        player = make_player(sink)
        player.set_skip_silence(True)
        player.play(recording)
        sink.let(1_000)
        sink.heard_all_it_may()
        player.set_marks(mark)
        sink.let(1_000_000)
        assert ended.wait(len(heard) + 1)[-1] is Finished.ENDED
        heard.append(len(sink.heard))
    assert heard[1] > heard[0]
