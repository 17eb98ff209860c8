"""A sealed call is heard at the agent's ear: the real player, through miniaudio, on PulseAudio's virtual headset."""

import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from desk.demo.processes import wait_until
from desk.demo.virtual_headset import EARPIECE, VirtualHeadset, virtual_headset
from desk.recording.playing.player import Finished, Player
from desk.telephony.headset.playback import MiniaudioSink
from tests.needed import program
from tests.recording.playing.test_player import Ended
from tests.recording.scene import RATE, sealed_file

CALLER_HZ, AGENT_HZ = 700, 1900


@pytest.fixture
def headset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualHeadset]:
    program("pulseaudio", "pulseaudio")
    with virtual_headset(tmp_path / "pulse") as headset:
        for name, value in headset.env.items():
            monkeypatch.setenv(name, value)
        yield headset


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A second: a tone of the caller's first, then one of the agent's."""
    seconds = np.arange(RATE // 2) / RATE
    silence = np.zeros(RATE // 2)
    caller = np.concatenate([9000 * np.sin(2 * np.pi * CALLER_HZ * seconds), silence])
    agent = np.concatenate([silence, 9000 * np.sin(2 * np.pi * AGENT_HZ * seconds)])
    return sealed_file(tmp_path, np.stack([caller, agent], axis=1).astype("<i2").tobytes())


@pytest.fixture
def with_pause(tmp_path: Path) -> Path:
    """Half a second of the caller's tone, four seconds of nobody, half a second of the caller's tone again."""
    seconds = np.arange(RATE // 2) / RATE
    tone = 9000 * np.sin(2 * np.pi * CALLER_HZ * seconds)
    caller = np.concatenate([tone, np.zeros(4 * RATE), tone])
    return sealed_file(tmp_path, np.stack([caller, np.zeros(len(caller))], axis=1).astype("<i2").tobytes())


def seconds_of_tone(heard: npt.NDArray[np.int16], hz: int) -> float:
    """For how long this tone is the loudest thing there is."""
    step = RATE // 50
    frames = heard[: len(heard) // step * step].reshape(-1, step) / 32768.0
    power = np.abs(np.fft.rfft(frames * np.hanning(step), axis=1)) ** 2
    near = np.abs(np.fft.rfftfreq(step, 1 / RATE) - hz) <= 100
    loud = power.sum(axis=1) > 1.0
    return float((loud & (power[:, near].sum(axis=1) > 0.8 * power.sum(axis=1))).sum() / 50)


def test_both_voices_are_heard_whole_on_the_chosen_earpiece(
    headset: VirtualHeadset, recording: Path, tmp_path: Path
) -> None:
    ended = Ended()
    player = Player(MiniaudioSink(lambda: EARPIECE), ended)
    with headset.capture(tmp_path / "heard.wav"):
        player.play(recording)
        assert ended.wait() == [Finished.ENDED]
    with wave.open(str(tmp_path / "heard.wav")) as sound:
        heard = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
    for hz in (CALLER_HZ, AGENT_HZ):
        assert 0.42 <= seconds_of_tone(heard, hz) <= 0.58


def _heard(headset: VirtualHeadset, file: Path, play: Callable[[Player], None], ended: Ended) -> npt.NDArray[np.int16]:
    player = Player(MiniaudioSink(lambda: EARPIECE), ended)
    with headset.capture(file):
        play(player)
        assert ended.wait() == [Finished.ENDED]
    with wave.open(str(file)) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")


@pytest.mark.parametrize("speed", [0.75, 1.5])
def test_at_another_speed_a_tone_keeps_its_pitch_and_its_time_changes(
    headset: VirtualHeadset, recording: Path, tmp_path: Path, speed: float
) -> None:
    def play(player: Player) -> None:
        player.set_speed(speed)
        player.play(recording)

    heard = _heard(headset, tmp_path / "heard.wav", play, Ended())
    for hz in (CALLER_HZ, AGENT_HZ):
        assert 0.5 / speed - 0.09 <= seconds_of_tone(heard, hz) <= 0.5 / speed + 0.09


def test_a_channel_that_is_off_is_not_heard(headset: VirtualHeadset, recording: Path, tmp_path: Path) -> None:
    def play(player: Player) -> None:
        player.set_volumes(0.0, 1.0)
        player.play(recording)

    heard = _heard(headset, tmp_path / "heard.wav", play, Ended())
    assert seconds_of_tone(heard, CALLER_HZ) == 0.0
    assert 0.42 <= seconds_of_tone(heard, AGENT_HZ) <= 0.58


def test_a_loop_is_heard_again_and_again_and_silence_is_not(
    headset: VirtualHeadset, tmp_path: Path, with_pause: Path
) -> None:
    def play(player: Player) -> None:
        player.set_skip_silence(True)
        player.play(with_pause)

    heard = _heard(headset, tmp_path / "heard.wav", play, Ended())
    assert 0.9 <= seconds_of_tone(heard, CALLER_HZ) <= 1.1
    loud = np.flatnonzero(np.abs(heard.astype(int)) > 1000)
    assert (loud[-1] - loud[0]) / RATE < 2.2  # of 5 seconds, 4 of them silent
    ended = Ended()
    player = Player(MiniaudioSink(lambda: EARPIECE), ended)
    with headset.capture(tmp_path / "loop.wav"):
        player.play(with_pause)
        player.set_loop((0, 400))
        wait_until("some rounds", lambda: player.rounds >= 4, 20.0)
        player.set_loop(None)
        player.stop()
        assert ended.wait() == [Finished.STOPPED]
    with wave.open(str(tmp_path / "loop.wav")) as sound:
        again = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
    assert seconds_of_tone(again, CALLER_HZ) >= 1.3  # it has half a second of it


def test_replaying_often_leaves_no_connection_behind(headset: VirtualHeadset, recording: Path, tmp_path: Path) -> None:
    ended = Ended()
    player = Player(MiniaudioSink(), ended)
    with headset.capture(tmp_path / "awake.wav"):  # somebody listens, else the null sink sleeps two seconds at a time
        before = headset.clients()
        for count in range(1, 4):
            player.play(recording, from_ms=900)
            ended.wait(count)
        player.close()
        assert set(ended.all) == {Finished.ENDED}
        assert headset.clients() <= before


def test_a_sound_server_that_dies_ends_the_replay_in_words(headset: VirtualHeadset, recording: Path) -> None:
    ended = Ended()
    player = Player(MiniaudioSink(lost_s=2.5), ended)
    player.play(recording)
    wait_until("the replay to begin", lambda: headset.streams_on_earpiece() == 1, 10.0)
    headset.stop()
    assert ended.wait() == [Finished.NO_DEVICE]
    player.close()
