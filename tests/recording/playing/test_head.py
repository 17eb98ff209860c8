"""The head: over silence, around marks, round a loop; and what was heard is told in the recording's own time."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.recording.playing.decode import RATE_HZ, Samples
from desk.recording.playing.head import KEPT_MS, LONG_MS, Head, Way
from desk.recording.playing.heard import NEAR_MS, HeardStretches
from desk.recording.playing.quiet import silent_spans
from desk.recording.playing.reel import Reel
from tests.recording.scene import RATE, Sound, sealed_file

SKIP = Way(skip_silence=True)


def sound(*parts: tuple[float, int, int]) -> bytes:
    """(seconds, caller's level, agent's level) one after another."""
    out = [
        np.stack([Sound.noise(s, caller, 2 * n), Sound.noise(s, agent, 2 * n + 1)], axis=1)
        for n, (s, caller, agent) in enumerate(parts)
    ]
    return np.concatenate(out).astype("<i2").tobytes()


def recorded(folder: Path, *parts: tuple[float, int, int]) -> bytes:
    return sealed_file(folder, sound(*parts), 64_000).read_bytes()


def heard(head: Head, way: Way, seconds: float = 100.0) -> Samples:
    out: list[Samples] = []
    while len(out) * 0.015 < seconds and (block := head.next(way)) is not None:
        out.append(block)
    return np.concatenate(out)


def loud_s(samples: Samples, channel: int) -> float:
    """For how long this channel is heard."""
    frames = samples[: len(samples) // 960 * 960, channel].reshape(-1, 960)
    return float((np.sqrt((frames**2).mean(axis=1)) > 0.02).sum() * 0.02)


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The caller for 2 s, 5 s nobody, the agent for 2 s, 0.4 s nobody, the caller for 1 s, 8 s nobody."""
    folder = tmp_path_factory.mktemp("talk")
    return recorded(folder, (2, 9000, 0), (5, 0, 0), (2, 0, 9000), (0.4, 0, 0), (1, 9000, 0), (8, 0, 0))


def test_silence_is_passed_over_and_every_word_is_heard(talk: bytes) -> None:
    out = heard(Head(Reel(talk)), SKIP)
    seconds = len(out) / RATE_HZ
    # 5 s and 8 s are each shortened to what is kept at either end; 0.4 s belong to speech.
    assert 5.4 + 2 * KEPT_MS / 1000 <= seconds <= 5.4 + 5 * KEPT_MS / 1000
    assert loud_s(out, 0) == pytest.approx(3.0, abs=0.15)
    assert loud_s(out, 1) == pytest.approx(2.0, abs=0.1)


def test_without_skipping_all_of_it_is_heard(talk: bytes) -> None:
    assert len(heard(Head(Reel(talk)), Way())) / RATE_HZ == pytest.approx(18.4, abs=0.05)


def test_a_silence_that_the_bars_do_not_show_is_passed_over_as_well(tmp_path: Path) -> None:
    """A noisy line: its bars are never empty."""
    hiss = np.random.default_rng(5).normal(0, 120, (16 * RATE, 2))
    speech = np.frombuffer(sound((2, 9000, 0), (12, 0, 0), (2, 0, 9000)), dtype="<i2").reshape(-1, 2)
    data = sealed_file(tmp_path, (speech + hiss).clip(-32000, 32000).astype("<i2").tobytes(), 64_000).read_bytes()
    out = heard(Head(Reel(data)), SKIP)
    assert len(out) / RATE_HZ < 12.0
    assert loud_s(out, 1) == pytest.approx(2.0, abs=0.1)


def test_skipped_silence_joins_without_a_click(talk: bytes) -> None:
    out = heard(Head(Reel(talk)), SKIP)
    frames = out[: len(out) // 960 * 960].reshape(-1, 960, 2)
    silent = frames[np.abs(frames).max(axis=(1, 2)) < 0.05]
    assert len(silent) > 20
    assert np.abs(np.diff(silent, axis=1)).max() < 0.02


def test_around_a_mark_silence_is_heard(talk: bytes) -> None:
    head = Head(Reel(talk))
    at = []
    while head.next(Way(skip_silence=True, marks=(4_500,))) is not None:
        at.append(head.at_ms)
    near = [place for place in at if 4_500 - KEPT_MS <= place <= 4_500 + KEPT_MS]
    assert near[0] <= 4_500 - KEPT_MS + 30
    assert near[-1] >= 4_500 + KEPT_MS - 30
    assert not [place for place in at if 3_000 < place < 4_500 - KEPT_MS - 30]


def test_skipping_works_together_with_speed_and_seeking(talk: bytes) -> None:
    head = Head(Reel(talk))
    out = heard(head, Way(speed=2.0, skip_silence=True))
    assert len(out) / RATE_HZ < 4.0
    head.go(7_100)
    out = heard(head, SKIP, 1.5)
    assert loud_s(out, 1) == pytest.approx(1.5, abs=0.1)


def test_a_loop_comes_round_again_and_again_until_it_is_let_go(talk: bytes) -> None:
    head = Head(Reel(talk))
    way = Way(loop=(1_000, 8_000))
    head.go(7_000)
    out = heard(head, way, 15.0)
    # 1 s of the agent, then twice: 1 s of the caller, 5 s of nobody, 1 s of the agent
    assert loud_s(out, 0) == pytest.approx(2.0, abs=0.1)
    assert loud_s(out, 1) == pytest.approx(3.0, abs=0.1)
    assert 1_000 <= head.at_ms <= 8_000
    assert len(heard(head, Way())) / RATE_HZ > 10.0


def test_a_loop_that_reaches_beyond_the_end_comes_round_at_the_end(talk: bytes) -> None:
    head = Head(Reel(talk))
    head.go(18_000)
    out = heard(head, Way(loop=(9_300, 99_000)), 3.0)
    assert loud_s(out, 0) == pytest.approx(1.0, abs=0.1)


def test_its_place_is_the_recordings_whatever_the_speed(talk: bytes) -> None:
    for speed in (0.5, 1.0, 1.75, 3.0):
        head = Head(Reel(talk))
        heard(head, Way(speed=speed), 2.0)
        assert head.at_ms == pytest.approx(2_000 * speed, abs=60)


def test_bars_tell_silence_that_both_keep() -> None:
    caller = [0.0, 0.0, 0.5, 0.0, 0.0, 0.0]
    agent = [0.0, 0.3, 0.0, 0.0, 0.0, 0.0]
    assert silent_spans(caller, agent, 6_000) == [(0, 1_000), (3_000, 6_000)]
    assert silent_spans([], [], 6_000) == []


def test_a_last_short_word_after_a_long_silence_is_heard(tmp_path: Path) -> None:
    data = recorded(tmp_path, (1, 9000, 0), (5, 0, 0), (0.3, 0, 9000))
    out = heard(Head(Reel(data)), SKIP)
    assert loud_s(out, 1) == pytest.approx(0.3, abs=0.06)
    assert len(out) / RATE_HZ < 2.5


def test_half_a_second_of_silence_is_part_of_speech(tmp_path: Path) -> None:
    assert LONG_MS > 500
    data = recorded(tmp_path, (1, 9000, 0), (0.5, 0, 0), (1, 9000, 0))
    assert len(heard(Head(Reel(data)), SKIP)) / RATE_HZ == pytest.approx(2.5, abs=0.05)


def test_what_was_heard_is_told_as_stretches() -> None:
    heard_of = HeardStretches()
    for at in range(0, 3_000, 15):
        heard_of.went(at, at + 15)
    for at in range(60_000, 61_000, 15):
        heard_of.went(at, at + 15)
    heard_of.went(400_000, 400_015)  # a click on the way
    for at in range(2_000, 4_005, 15):
        heard_of.went(at, at + 15)
    assert heard_of.told() == ((0, 4_010), (60_000, 61_005))


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 20_000)), max_size=20))
def test_stretches_are_in_order_apart_and_cover_what_was_heard(parts: list[tuple[int, int]]) -> None:
    heard_of = HeardStretches()
    for start, length in parts:
        for at in range(start, start + length, 1_000):
            heard_of.went(at, at + 1_000)
    told = heard_of.told()
    assert list(told) == sorted(told)
    assert all(before[1] + NEAR_MS < after[0] for before, after in pairwise(told))
    for start, length in parts:
        if length >= 1_000:
            assert any(since <= start and until >= start + length // 1_000 * 1_000 for since, until in told)
