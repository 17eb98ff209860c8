"""Calls in a row, by a real proxy and with the headset open: the process stays as large as it is, and holds no more
descriptors. `make test` makes some; `DESK_SOAK=1` (`make soak`) makes 1,000 and 200, and judges the growth."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk.demo.baresip import Baresip
from desk.demo.processes import wait_until
from desk.demo.virtual_headset import EARPIECE, MICROPHONE, virtual_headset
from desk.domain import commands, events
from desk.domain.identity import CallId
from desk.wire import SpoolClosed
from tests.robustness.ground import FREED_S, USERS, Caller, Ground, ground
from tests.robustness.steadiness import grown

SOAK = bool(os.environ.get("DESK_SOAK"))
THROUGH_PROXY = 1000 if SOAK else 40
WITH_HEADSET = 200 if SOAK else 20
TALK_S = 0.5 if SOAK else 0.0  # a long run must outlast PJSIP's transactions (32 s), or it measures those
MOST_GROWN_KB = 1_000  # over the second half of the long runs
WARMED = 10  # calls, in one of which all of a call's own descriptors are closed when it is looked at


def measured(stand: Ground, calls: int, one: Callable[[], None]) -> tuple[list[float], list[int]]:
    """Size in KB and descriptors after each of so many calls."""
    sizes_kb, descriptors = [], []
    for _ in range(calls):
        one()
        sizes_kb.append(float(stand.rss_kb))
        descriptors.append(stand.descriptors)
    quarter = max(calls // 4, 1)
    print(f"{calls} calls: {[round(size) for size in sizes_kb[::quarter]]} KB, at last {sizes_kb[-1]:.0f} KB,", end=" ")
    print(f"{grown(sizes_kb):+.0f} KB over the second half; descriptors {descriptors[0]} to {descriptors[-1]}")
    return sizes_kb, descriptors


def judged(stand: Ground, sizes_kb: list[float], descriptors: list[int]) -> None:
    # The last call's own descriptors are closed a while after it: what the first ones left open is the measure.
    at_first = min(descriptors[:WARMED])
    wait_until("no more descriptors than at first", lambda: stand.descriptors <= at_first, FREED_S)
    assert not SOAK or grown(sizes_kb) < MOST_GROWN_KB


def offered(stand: Ground, mark: int) -> CallId:
    return stand.driver.wait(events.CallOffered, after=mark, matches=lambda one: one.rings).call_id


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Ground]:
    with ground(tmp_path) as found:
        yield found
        found.usable()


@pytest.mark.timeout(60 + THROUGH_PROXY)
def test_calls_in_a_row_through_a_real_proxy(stand: Ground, tmp_path: Path) -> None:
    with Baresip(tmp_path / "far", "far", stand.registrar.address, USERS["far"]) as far:
        judged(stand, *measured(stand, THROUGH_PROXY, lambda: _by_proxy(stand, far)))


def _by_proxy(stand: Ground, far: Baresip) -> None:
    mark = stand.driver.mark()
    far.dial(f"sip:desk@{stand.registrar.address}")
    call_id = offered(stand, mark)
    stand.driver.do(commands.Answer(call_id))
    stand.driver.wait(events.CallAnswered, after=mark, call_id=call_id)
    stand.driver.do(commands.HangUp(call_id))
    stand.driver.wait(SpoolClosed, after=mark, call_id=call_id)
    stand.wait_empty()


@pytest.mark.timeout(60 + WITH_HEADSET * 2)
def test_calls_in_a_row_with_the_headset_open(tmp_path: Path) -> None:
    with (
        virtual_headset(tmp_path / "headset") as headset,
        ground(
            tmp_path, headset="sound", devices=[MICROPHONE, EARPIECE, EARPIECE], env={**os.environ, **headset.env}
        ) as stand,
    ):
        judged(stand, *measured(stand, WITH_HEADSET, lambda: _by_hand(stand)))
        stand.usable()


def _by_hand(stand: Ground) -> None:
    mark = stand.driver.mark()
    with Caller(stand.direct) as caller:
        wait_until("a call to ring", caller.rings, FREED_S)  # more than forty a second are refused
        call_id = offered(stand, mark)
        stand.driver.do(commands.Answer(call_id))
        caller.answered()
        stand.driver.wait(events.CallAnswered, after=mark, call_id=call_id)
        time.sleep(TALK_S)
        caller.bye()
        stand.driver.wait(SpoolClosed, after=mark, call_id=call_id)
