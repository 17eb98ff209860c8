"""The pace: no second may carry more than the limit, and no moment a burst."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.recording.vault.pace import SLICE_S, Paced

BLOCK = 16_384


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_without_a_limit_nothing_waits() -> None:
    time = Time()
    pace = Paced(lambda: 0, time, time.sleep)
    for _ in range(1_000):
        assert not pace(BLOCK)
    assert time.now == 0


@given(limit_kbit_s=st.integers(8, 100_000), sizes=st.lists(st.integers(1, 65_536), min_size=1, max_size=200))
def test_what_goes_is_never_more_than_the_limit_and_one_burst(limit_kbit_s: int, sizes: list[int]) -> None:
    time = Time()
    pace = Paced(lambda: limit_kbit_s, time, time.sleep)
    bytes_s = limit_kbit_s * 125
    sent = 0
    for size in sizes:
        assert pace(size)
        assert sent <= time.now * bytes_s + SLICE_S * bytes_s + 1  # before this block
        sent += size
    assert time.now <= sum(sizes) / bytes_s + 0.2 + 0.002 * len(sizes)


def test_a_call_that_begins_slows_it_down_at_once_and_its_end_lets_it_go() -> None:
    time, limits = Time(), [0]
    pace = Paced(lambda: limits[0], time, time.sleep)
    for _ in range(100):
        pace(BLOCK)
    limits[0] = 2_000
    for _ in range(10):
        pace(BLOCK)
    assert time.now == pytest.approx(10 * BLOCK / 250_000, abs=0.15)
    limits[0] = 0
    before = time.now
    pace(10 * BLOCK)
    assert time.now == before


def test_a_limit_that_is_lifted_while_it_waits_is_seen_at_once() -> None:
    time, limits = Time(), [8]

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        limits[0] = 0

    pace = Paced(lambda: limits[0], time, sleep)
    pace(BLOCK)
    assert time.now <= SLICE_S


def test_what_several_threads_send_keeps_the_limit_together() -> None:
    time = Time()
    pace = Paced(lambda: 2_000, time, time.sleep)
    threads = [threading.Thread(target=lambda: [pace(BLOCK) for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert time.now == pytest.approx(80 * BLOCK / 250_000, abs=SLICE_S + 0.1)
