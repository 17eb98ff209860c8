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
    remember,
    remembered,
)

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


class Seat:
    def __init__(self, phone: PhoneSettings, kept: Availability | None = None) -> None:
        self.dialled: list[tuple[str, str]] = []
        self.kept: list[Availability] = []
        self.wall = NOON
        self.now = AvailabilityNow(phone, kept, self.kept.append, self.dialled.extend, lambda _: self.wall)

    def told(self) -> list[tuple[str, str]]:
        self.now.tell_exchange(datetime.now(UTC))
        told, self.dialled[:] = list(self.dialled), []
        return told


CODES = PhoneSettings(
    forward_by="code", forward_always_code="*72{number}", forward_busy_code="*90{number}", forward_off_code="*73"
)


def test_the_exchange_is_told_what_changes_and_nothing_twice() -> None:
    seat = Seat(CODES)
    assert seat.told() == []
    seat.now.set(Availability(forwards={Forward.ALWAYS: "8001"}))
    assert seat.told() == [("*72{number}", "8001")]
    assert seat.told() == []
    seat.now.set(Availability(forwards={Forward.BUSY: "8002"}))
    assert seat.told() == [("*73", ""), ("*90{number}", "8002")]
    seat.now.set(Availability())
    assert seat.told() == [("*73", "")]


def test_the_exchange_is_told_when_night_falls_and_when_it_ends() -> None:
    seat = Seat(CODES, Availability(forwards={Forward.NIGHT: "8009"}))
    assert seat.told() == []
    seat.wall = MIDNIGHT
    assert seat.told() == [("*72{number}", "8009")]
    seat.wall = NOON
    assert seat.told() == [("*73", "")]


def test_a_mode_without_a_code_is_done_by_the_seat() -> None:
    seat = Seat(CODES, Availability(forwards={Forward.NO_ANSWER: "8003", Forward.ALWAYS: "8001"}))
    assert seat.now.judge(CALL, datetime.now(UTC)) == Verdict(later_target="8003")


def test_the_settings_night_target_holds_until_something_else_is_set() -> None:
    phone = PhoneSettings(night_target="8009")
    seat = Seat(phone)
    seat.wall = MIDNIGHT
    assert seat.now.judge(CALL, datetime.now(UTC)) == Verdict("8009")
    seat.now.set(Availability())
    assert seat.now.judge(CALL, datetime.now(UTC)) == Verdict()
    seat.now.set(Availability(forwards={Forward.NIGHT: ""}))
    assert seat.now.judge(CALL, datetime.now(UTC)) == Verdict("8009")
    assert len(seat.kept) == 2


@pytest.mark.parametrize("harm", [b"", b"{", b'{"forwards": {"sometimes": "1"}}', b"\xff" * 100])
def test_what_was_set_is_kept_and_a_spoilt_file_costs_only_the_memory(tmp_path: Path, harm: bytes) -> None:
    assert remembered(tmp_path) is None
    wanted = Availability(do_not_disturb=True, forwards={Forward.NIGHT: "8009", Forward.BUSY: "13800138000"})
    remember(tmp_path, wanted)
    assert remembered(tmp_path) == wanted
    (tmp_path / "availability.json").write_bytes(harm)
    assert remembered(tmp_path) is None
    remember(tmp_path / "away", wanted)  # a folder that is not there
