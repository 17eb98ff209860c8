"""A recording that is still being loaded: it plays as far as it has come, waits for the rest, is sought in, and tells
when it is not what was sealed."""

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from desk.demo.processes import wait_until
from desk.recording.playing.decode import RATE_HZ, Decoder, Samples
from desk.recording.playing.player import FakeSink, Finished, Played, Player
from desk.recording.playing.reel import CalledAway, Reel
from desk.recording.playing.waveform import closer, waveform
from desk.usecases.recording_ports import StreamBroken
from tests.recording.playing.growing import GrowingStream
from tests.recording.playing.test_player import Ended
from tests.recording.scene import RATE, Sound, sealed_file

SECONDS = 40


@pytest.fixture(scope="module")
def opus(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Forty seconds, every other one the caller's, the others the agent's."""
    levels = [(8000, 0), (0, 8000)] * (SECONDS // 2)
    return sealed_file(tmp_path_factory.mktemp("growing"), Sound.steps(levels), 64_000).read_bytes()


@pytest.fixture(scope="module")
def flac(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The same as FLAC at 16 kHz."""
    levels = [(8000, 0), (0, 8000)] * (SECONDS // 2)
    samples = np.frombuffer(Sound.steps(levels), dtype="<i2")
    file = tmp_path_factory.mktemp("flac") / "call.flac"
    with av.open(str(file), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="stereo")
        for start in range(0, len(samples), 2 * 4096):
            frame = av.AudioFrame.from_ndarray(samples[start : start + 2 * 4096].reshape(1, -1), "s16", "stereo")
            frame.sample_rate, frame.pts = RATE, start // 2
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.read_bytes()


@pytest.fixture(params=["opus", "flac"])
def recording(request: pytest.FixtureRequest) -> bytes:
    found: bytes = request.getfixturevalue(request.param)
    return found


def loudness(decoder: Decoder, seconds: float) -> tuple[float, float]:
    blocks, count = [], 0
    while count < seconds * RATE_HZ and (block := decoder.samples()) is not None:
        blocks.append(block)
        count += len(block)
    left, right = np.sqrt(np.mean(np.concatenate(blocks) ** 2, axis=0)).tolist()
    return left, right


def rest_of(decoder: Decoder) -> Iterator[Samples]:
    while (block := decoder.samples()) is not None:
        yield block


def test_opening_and_the_first_words_need_only_the_start(recording: bytes) -> None:
    stream = GrowingStream(recording, len(recording) // 4)
    with Decoder(Reel(stream, SECONDS * 1000)) as decoder:
        left, right = loudness(decoder, 0.8)
        assert left > 0.1 > 0.01 > right
        assert decoder.length_ms == pytest.approx(SECONDS * 1000, abs=20)


def test_it_decodes_whole_while_it_arrives(recording: bytes) -> None:
    with Decoder(recording) as decoder:
        wanted = sum(len(block) for block in rest_of(decoder))
    stream = GrowingStream(recording)

    def load() -> None:
        for until in range(0, len(recording) + 20_000, 20_000):
            stream.let(until)

    loader = threading.Thread(target=load)
    with_reel = Reel(stream)
    loader.start()
    with Decoder(with_reel) as decoder:
        assert sum(len(block) for block in rest_of(decoder)) == wanted
    loader.join()


def test_a_place_that_has_come_is_found_without_the_rest(recording: bytes) -> None:
    stream = GrowingStream(recording, len(recording) * 3 // 4)
    with Decoder(Reel(stream, SECONDS * 1000)) as decoder:
        decoder.seek_ms(9_100)  # the agent's second
        left, right = loudness(decoder, 0.8)
        assert right > 0.1 > 0.01 > left
        decoder.seek_ms(2_100)
        left, right = loudness(decoder, 0.8)
        assert left > 0.1 > 0.01 > right


def test_a_place_that_has_not_come_is_waited_for(recording: bytes) -> None:
    stream = GrowingStream(recording, len(recording) // 4)
    with Decoder(Reel(stream, SECONDS * 1000)) as decoder:
        timer = threading.Timer(0.05, lambda: stream.let(len(recording)))
        timer.start()
        decoder.seek_ms(35_100)
        left, right = loudness(decoder, 0.8)
        assert right > 0.1 > 0.01 > left
        timer.join()


def test_whoever_waits_can_be_called_away(recording: bytes) -> None:
    away = threading.Event()
    stream = GrowingStream(recording, 0)
    timer = threading.Timer(0.05, away.set)
    timer.start()
    with pytest.raises(CalledAway):
        Decoder(Reel(stream), away.is_set)
    timer.join()


def test_what_is_not_what_was_sealed_is_told_to_the_reader(recording: bytes) -> None:
    stream = GrowingStream(recording, len(recording) // 4)
    with Decoder(Reel(stream, SECONDS * 1000)) as decoder:
        assert decoder.samples() is not None
        stream.break_off()
        with pytest.raises(StreamBroken, match="span 3 of 9"):
            list(rest_of(decoder))


def test_the_waveform_is_there_before_the_recording_is(opus: bytes) -> None:
    reel = Reel(GrowingStream(opus, 32_768), SECONDS * 1000)
    assert 0 < reel.share_loaded() < 0.5
    bars = waveform(reel)
    assert max(bars.caller) > 0.2
    assert len(bars.caller) == len(bars.agent) > 100


def test_a_closer_look_decodes_just_that_stretch(recording: bytes) -> None:
    bars = closer(recording, 8_000, 10_000, 100)
    assert len(bars.caller) == len(bars.agent) == 100
    assert max(bars.caller[5:45]) > 0.2 > 0.02 > max(bars.agent[5:45])
    assert max(bars.agent[55:95]) > 0.2 > 0.02 > max(bars.caller[55:95])


def test_many_readers_of_one_reel_do_not_disturb_each_other(opus: bytes) -> None:
    reel = Reel(GrowingStream(opus, len(opus)), SECONDS * 1000)
    found: list[tuple[float, float]] = []

    def look(at_ms: int) -> None:
        with Decoder(reel) as decoder:
            decoder.seek_ms(at_ms)
            found.append(loudness(decoder, 0.8))

    threads = [threading.Thread(target=look, args=(2_000 * n + 100,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all(left > 0.1 > 0.01 > right for left, right in found)


class Heard:
    def __init__(self) -> None:
        self.all: list[Played] = []

    def __call__(self, played: Played) -> None:
        self.all.append(played)


@pytest.fixture
def play() -> Iterator[Callable[[GrowingStream], tuple[Player, FakeSink, Ended, Heard]]]:
    players: list[Player] = []

    def begin(stream: GrowingStream) -> tuple[Player, FakeSink, Ended, Heard]:
        sink, ended, heard = FakeSink(), Ended(), Heard()
        player = Player(sink, ended)
        player.on_played = heard
        players.append(player)
        player.play(Reel(stream, SECONDS * 1000))
        return player, sink, ended, heard

    yield begin
    for player in players:
        player.close()


def test_the_player_says_that_it_waits_and_goes_on_by_itself(
    opus: bytes, play: Callable[[GrowingStream], tuple[Player, FakeSink, Ended, Heard]]
) -> None:
    stream = GrowingStream(opus, len(opus) // 4)
    player, _sink, ended, heard = play(stream)
    wait_until("the player to wait for the vault", lambda: player.waiting, 10.0)
    stood = player.position_ms
    assert 5_000 < stood < 15_000
    stream.let(len(opus))
    assert ended.wait() == [Finished.ENDED]
    assert not player.waiting
    ((since, until),) = heard.all[0].heard
    assert since == 0
    assert abs(until - SECONDS * 1000) <= 60


def test_while_it_waits_it_can_be_sent_elsewhere_and_stopped(
    opus: bytes, play: Callable[[GrowingStream], tuple[Player, FakeSink, Ended, Heard]]
) -> None:
    stream = GrowingStream(opus, len(opus) // 4)
    player, sink, ended, _heard = play(stream)
    wait_until("the player to wait", lambda: player.waiting, 10.0)
    before = len(sink.heard)
    player.seek_ms(1_000)
    wait_until("it to play again", lambda: len(sink.heard) > before + RATE_HZ * 4, 10.0)
    wait_until("the player to wait again", lambda: player.waiting, 10.0)
    player.stop()
    assert ended.wait() == [Finished.STOPPED]


def test_a_recording_that_turns_out_changed_ends_at_the_second_it_came_to(
    opus: bytes, play: Callable[[GrowingStream], tuple[Player, FakeSink, Ended, Heard]]
) -> None:
    stream = GrowingStream(opus, len(opus) // 4)
    player, _sink, ended, heard = play(stream)
    wait_until("the player to wait", lambda: player.waiting, 10.0)
    stream.break_off()
    assert ended.wait() == [Finished.DAMAGED]
    assert 5_000 < heard.all[0].at_ms < 15_000
    assert heard.all[0].at_ms == player.position_ms


def test_a_closed_reel_ends_what_plays_without_a_word_of_damage(opus: bytes, caplog: pytest.LogCaptureFixture) -> None:
    stream = GrowingStream(opus, len(opus) // 4)
    ended = Ended()
    player, reel = Player(FakeSink(), ended), Reel(stream, SECONDS * 1000)
    player.play(reel)
    wait_until("the player to wait", lambda: player.waiting, 10.0)
    player.stop()
    reel.close()
    assert ended.wait() == [Finished.STOPPED]
    assert stream.closed
    assert not caplog.records


def test_a_path_and_a_file_object_are_readers_alike(opus: bytes, tmp_path: Path) -> None:
    file = tmp_path / "call.opus"
    file.write_bytes(opus)
    for source in (file, opus):
        reel = Reel(source)
        reader = reel.reader()
        assert reader.read(10) == opus[:10]
        assert reader.seek(100) == 100
        assert reader.seek(5, io.SEEK_CUR) == 105
        assert reader.tell() == 105
        assert reader.seek(0, io.SEEK_END) == -1  # not asked for where it ends
        with reader.as_far_as_it_came():
            assert reader.seek(0, io.SEEK_END) == len(opus)
        assert reader.read() == b""
        reel.close()
