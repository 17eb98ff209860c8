"""The lines looked at without a running phone, and the test call: over PJSIP and a real exchange (in a process of its
own, as always), and over a stack without a network."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.demo.kamailio import Kamailio
from desk.domain.events import CallEvent
from desk.domain.health import Level
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.settings import LineSettings
from desk.telephony.fake_stack import FakeStack
from desk.telephony.frame_clock import FrameClock
from desk.telephony.health import call_found, lines_found
from desk.telephony.health.line_check import LineCheck
from desk.telephony.health.test_call import CallTested
from desk.telephony.stack import Leg, LegStatistics, LineFault, LineReport
from desk.telephony.whole_call import quality_of

LINE = LineSettings(kind="registered", user="1001", registrar="127.0.0.1")
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
GOOD = LegStatistics("PCMA", 300, 0, 0, 1.0, 40.0, 300, 0, 20.0, 1)


class NoRecorder:
    """Nothing of it is recorded."""

    def note(self, event: CallEvent) -> None:
        raise AssertionError(event)

    def start(self, call_id: CallId, rate_hz: int) -> None:
        raise AssertionError(call_id)

    def write(self, call_id: CallId, caller: bytes, agent: bytes) -> None:
        raise AssertionError(call_id)

    def stop(self, call_id: CallId) -> None:
        raise AssertionError(call_id)


class FarSide(FakeStack):
    """What is dialled is taken by `takes`, called with this stack and the leg."""

    takes: Callable[["FarSide", Leg], None]

    def dial(self, uri: str, line: str = "", mark: str = "") -> Leg:
        leg = super().dial(uri, line, mark)
        self.measured[leg] = GOOD
        self.takes(self, leg)
        return leg


def checked(
    takes: Callable[["FarSide", Leg], None] = lambda _stack, _leg: None,
    report: LineReport | None = None,
    test_uri: str = "sip:1001@127.0.0.1",
) -> CallTested | None:
    seconds = iter(range(10_000))
    stacks: list[FarSide] = []

    def make(frames: FrameClock) -> FarSide:
        stack = FarSide(frames, report or LineReport(True, line=LINE.label))
        stack.takes = takes
        stacks.append(stack)
        return stack

    seen = LineCheck(
        [LINE], make, NoRecorder(), lambda: NOW, test_uri, mark="our-own", monotonic_s=lambda: next(seconds) / 10
    ).run()
    assert [one.line for one in seen.reports] == [LINE.label]
    return seen.call


def calls_back(stack: FarSide, leg: Leg) -> None:
    stack.far_calls(Party(number="1001"))
    stack.far_answers(leg)


def test_a_seat_that_calls_itself_answers_itself() -> None:
    told = checked(calls_back)
    assert told is not None
    assert (told.code, told.own) == (200, True)
    assert told.quality is not None
    assert told.quality.loss == 0.0
    assert told.quality.mos > 4


def test_a_seat_is_known_again_where_the_exchange_shows_another_number() -> None:
    def rewritten(stack: FarSide, leg: Leg) -> None:
        stack.far_calls(Party("075588886666"), marks=(stack.legs[leg].mark,))
        stack.far_answers(leg)

    told = checked(rewritten)
    assert told is not None
    assert (told.code, told.own) == (200, True)


@pytest.mark.parametrize(
    ("lossy", "level", "blamed"),
    [
        (replace(GOOD, lost=12), Level.OK, ""),
        (replace(GOOD, lost=20, discarded=10), Level.WARNING, "network between seat and exchange loses"),
        (replace(GOOD, sent_lost=60), Level.WRONG, "loses"),  # as the far side reports it
        (replace(GOOD, discarded=60), Level.WRONG, "jitter"),
        (replace(GOOD, round_trip_ms=900.0), Level.WRONG, "network between seat and exchange is slow"),
        (replace(GOOD, codec="GSM", lost=8), Level.WRONG, "exchange uses a coarse voice coding"),
    ],
)
def test_what_the_network_does_is_told_by_name(lossy: LegStatistics, level: Level, blamed: str) -> None:
    def takes(stack: FarSide, leg: Leg) -> None:
        stack.measured[leg] = lossy
        calls_back(stack, leg)

    told = checked(takes)
    assert told is not None
    found = call_found.found(told)
    assert found.level is level, told
    assert blamed in found.why


def test_a_number_that_answers_by_itself_will_do() -> None:
    told = checked(lambda stack, leg: stack.far_answers(leg))
    assert told is not None
    assert (told.code, told.own) == (200, False)


def test_a_stranger_who_calls_meanwhile_is_sent_on_as_busy() -> None:
    refused: list[tuple[object, int]] = []

    def strangers(stack: FarSide, leg: Leg) -> None:
        stack.far_calls(Party(number="13800138000"))
        hang_up = stack.hang_up

        def note(leg: Leg, code: int = 0) -> None:
            refused.append((leg, code))
            hang_up(leg, code)

        stack.hang_up = note  # type: ignore[method-assign]
        stack.far_answers(leg)

    told = checked(strangers)
    assert told is not None
    assert (told.code, told.own) == (200, False)
    assert next(code for _leg, code in refused) == 486


def test_a_refusal_and_silence_are_told_by_their_code() -> None:
    refused = checked(lambda stack, leg: stack.far_ends(leg, 603, "Decline"))
    assert refused is not None
    assert (refused.code, refused.reason) == (603, "Decline")
    unanswered = checked()
    assert unanswered is not None
    assert unanswered.code == 408


def test_no_call_is_made_by_a_line_that_is_deaf() -> None:
    deaf = LineReport(False, LineFault.REFUSED, 403, "Forbidden", line=LINE.label)
    assert checked(calls_back, deaf) is None


@pytest.mark.parametrize(
    ("tested", "level"),
    [
        (CallTested(200, quality=quality_of(GOOD, NOW, 6.0)), Level.OK),
        (CallTested(200, quality=quality_of(replace(GOOD, lost=60), NOW, 6.0)), Level.WRONG),
        (CallTested(200), Level.WRONG),
        (CallTested(486, "Busy Here"), Level.WRONG),
        (CallTested(0), Level.UNCHECKED),
    ],
)
def test_what_is_found_of_a_test_call(tested: CallTested, level: Level) -> None:
    found = call_found.found(tested)
    assert found.level is level
    assert bool(found.remedy) == (level in (Level.WARNING, Level.WRONG))


@pytest.mark.parametrize("fault", list(LineFault))
def test_every_fault_of_a_line_is_said(fault: LineFault) -> None:
    deaf = LineReport(fault is LineFault.SEAT_TWICE, fault, 403, "why", "pbx", LINE.label)
    found = lines_found.registration(LINE, deaf)
    assert found.why
    assert found.level is not Level.OK
    assert found.figures["line"] == LINE.label
    assert lines_found.registration(LINE, None).level is Level.UNCHECKED


def test_a_direct_lines_silent_far_side_is_not_called_a_registration() -> None:
    line = replace(LINE, kind="direct")
    found = lines_found.registration(line, LineReport(ready=False, fault=LineFault.NO_ANSWER, line=line.label))
    assert (found.level, "registered" in found.why) == (Level.WRONG, False)


def test_the_real_stack_registers_and_calls_itself(tmp_path: Path) -> None:
    program = (
        "import os, sys, msgspec\n"
        "from desk.settings import LineSettings\n"
        "from desk.telephony.health.line_check import LineCheck\n"
        "from desk.telephony.pj.stack import PjStack\n"
        "from tests.telephony.health.test_line_check import NOW, NoRecorder\n"
        "line = LineSettings(kind='registered', user='1001', registrar=sys.argv[1], port=0, bind='127.0.0.1')\n"
        "make = lambda frames: PjStack([line], frames, lambda _line: lambda: 'secret')\n"
        "told = LineCheck([line], make, NoRecorder(), lambda: NOW, f'sip:1001@{sys.argv[1]}', mark='m1').run()\n"
        "print(msgspec.json.encode(told).decode(), flush=True)\n"
        "os._exit(0)\n"
    )
    with Kamailio(tmp_path / "pbx", {"1001": "secret"}) as exchange:
        done = subprocess.run(
            [sys.executable, "-c", program, exchange.address],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert [report["ready"] for report in told["reports"]] == [True]
    assert (told["call"]["code"], told["call"]["own"]) == (200, True)
    assert told["call"]["quality"]["mos"] > 3.6
