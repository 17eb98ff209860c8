"""Whether a call rings here or goes elsewhere: the night, the loops, the memory; pure."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.availability import Availability, Forward
from desk.settings import PhoneSettings
from desk.telephony.calls.availability import (
    MOST_DIVERSIONS,
    AvailabilityNow,
    Incoming,
    Verdict,
    is_night,
    judge,
)
from desk.telephony.calls.call_memory import CallMemory

CALL = Incoming("13800138000", (), "desk", busy=False)
NONE: frozenset[Forward] = frozenset()
NOON, MIDNIGHT = time(12), time(0)


@pytest.mark.parametrize(
    ("at", "night"),
    [("19:59", False), ("20:00", True), ("23:59", True), ("00:00", True), ("08:29", True), ("08:30", False)],
)
def test_the_night_goes_over_midnight(at: str, night: bool) -> None:
    assert is_night(time.fromisoformat(at), time(20), time(8, 30)) is night


@given(st.times(), st.times(), st.times())
def test_night_and_day_share_the_clock(at: time, start: time, end: time) -> None:
    if start != end:
        assert is_night(at, start, end) != is_night(at, end, start)
    else:
        assert not is_night(at, start, end)


def test_the_more_general_forwarding_goes_first() -> None:
    forwards = {Forward.ALWAYS: "1", Forward.NIGHT: "2", Forward.BUSY: "3", Forward.NO_ANSWER: "4"}
    busy = Incoming("13800138000", (), "desk", busy=True)
    seen = []
    while forwards:
        seen.append(judge(Availability(do_not_disturb=True, forwards=dict(forwards)), busy, True, NONE))
        forwards.pop(next(iter(forwards)))
    assert seen == [Verdict("1"), Verdict("2"), Verdict("3"), Verdict(refused=True)]
    assert judge(Availability(forwards={Forward.NO_ANSWER: "4"}), CALL, False, NONE) == Verdict(later_target="4")


def test_a_mode_takes_the_calls_it_is_for_and_no_others() -> None:
    forwards = Availability(forwards={Forward.NIGHT: "2", Forward.BUSY: "3"})
    assert judge(forwards, CALL, False, NONE) == Verdict()
    assert judge(forwards, CALL, True, frozenset({Forward.NIGHT})) == Verdict()  # the exchange sees to it


@pytest.mark.parametrize("number", ["13900139000", "013900139000", "+8613900139000"])
def test_nobody_is_sent_to_himself(number: str) -> None:
    always = Availability(forwards={Forward.ALWAYS: "139 0013 9000"})
    assert judge(always, Incoming(number, (), "desk", busy=False), False, NONE) == Verdict()
    assert judge(always, CALL, False, NONE) == Verdict("139 0013 9000")


def test_a_call_that_has_been_sent_on_too_often_or_by_us_rings() -> None:
    always = Availability(forwards={Forward.ALWAYS: "8001"})
    often = tuple(str(number) for number in range(MOST_DIVERSIONS))
    for diversions, verdict in ((often, Verdict()), (("desk",), Verdict()), (often[1:], Verdict("8001"))):
        assert judge(always, Incoming("1", diversions, "desk", busy=False), False, NONE) == verdict


@pytest.mark.parametrize("harm", [b"", b"{", b'{"forwards": {"sometimes": "1"}}', b"\xff" * 100])
def test_what_was_set_is_kept_and_a_spoilt_file_costs_only_the_memory(tmp_path: Path, harm: bytes) -> None:
    memory = CallMemory(tmp_path)
    assert memory.availability() is None
    wanted = Availability(do_not_disturb=True, forwards={Forward.NIGHT: "8009", Forward.BUSY: "13800138000"})
    memory.keep_availability(wanted)
    assert CallMemory(tmp_path).availability() == wanted
    (tmp_path / "availability.json").write_bytes(harm)
    assert memory.availability() is None
    CallMemory(tmp_path / "away").keep_availability(wanted)  # a folder that is not there


def test_the_settings_night_target_holds_until_something_else_is_set(tmp_path: Path) -> None:
    phone, clock = PhoneSettings(night_target="8009"), [MIDNIGHT]
    seat = AvailabilityNow(phone, CallMemory(tmp_path), lambda _: NONE, lambda _: clock[0])
    at = datetime.now(UTC)
    assert seat.judge("", CALL, at) == Verdict("8009")
    assert seat.forwards_at(at) == {Forward.NIGHT: "8009"}
    seat.set(Availability())
    assert seat.judge("", CALL, at) == Verdict()
    seat.set(Availability(forwards={Forward.NIGHT: ""}))
    assert seat.judge("", CALL, at) == Verdict("8009")
    clock[0] = NOON
    assert (seat.judge("", CALL, at), seat.forwards_at(at)) == (Verdict(), {})
    assert CallMemory(tmp_path).availability() == Availability(forwards={Forward.NIGHT: "8009"})
