"""The seat's own entry: what counts as time in which it could not take calls, and when it is looked at anew."""

from datetime import datetime, timedelta

import pytest

from desk.domain.availability import Availability
from desk.domain.events import (
    HeadsetChanged,
    HeadsetState,
    LineChanged,
    LineState,
    LineStatus,
    TroubleCleared,
    TroubleRaised,
)
from desk.domain.seat_register import Machine
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble, Wrong
from desk.sync.seat_register import KEEP_S, LOOK_S, SOON_S, STARTING_S, SeatKeeper
from tests.making import START


class Recorded:
    def __init__(self) -> None:
        self.machines: list[Machine] = []

    def gather(self, machine: Machine) -> bool:
        self.machines.append(machine)
        return True


class Lost:
    def __init__(self) -> None:
        self.spans: list[float] = []

    @property
    def seconds(self) -> int:
        return round(sum(self.spans))

    def add(self, seconds: float, until: datetime) -> None:
        self.spans.append(seconds)

    def total(self) -> tuple[int, datetime | None, datetime | None]:
        return self.seconds, None, None


class Seat:
    def __init__(self) -> None:
        self.now_s = 1000.0
        self.record, self.lost, self.written = Recorded(), Lost(), 0
        self.keeper = SeatKeeper(
            self.record,  # type: ignore[arg-type]  # only `gather` is asked of it
            self.lost,
            lambda headset: Machine("S01", headset=headset.microphone if headset else ""),
            lambda: START + timedelta(seconds=self.now_s),
            self.wrote,
            lambda: self.now_s,
        )
        self.say = self.keeper.hear

    def wrote(self) -> None:
        self.written += 1

    def passes(self, seconds: float) -> None:
        for _step in range(round(seconds / 2)):
            self.now_s += 2.0
            self.keeper.work_once()


def line(status: LineStatus, label: str = "热线") -> LineState:
    return LineState(label, status, START)


def phone(*lines: LineState, headset: HeadsetState | None = None, wrongs: tuple[Wrong, ...] = ()) -> PhoneSnapshot:
    return PhoneSnapshot(lines, headset or HeadsetState(microphone="Jabra"), (), wrongs, Availability())


UP, DEAF = LineStatus.REGISTERED, LineStatus.DEAF
NO_MICROPHONE = Wrong(Trouble.NO_MICROPHONE, START)


@pytest.fixture
def seat() -> Seat:
    return Seat()


def test_a_seat_that_takes_calls_loses_nothing(seat: Seat) -> None:
    seat.say(phone(line(UP)))
    seat.passes(3600)
    assert seat.lost.spans == []


def test_a_line_that_is_deaf_counts_until_it_is_back(seat: Seat) -> None:
    seat.say(phone(line(UP)))
    seat.passes(100)
    seat.say(LineChanged(line(DEAF)))
    seat.passes(200)
    seat.say(LineChanged(line(UP)))
    seat.passes(100)
    assert seat.lost.seconds == 200


def test_one_line_of_two_is_enough(seat: Seat) -> None:
    seat.say(phone(line(UP), line(DEAF, "中继")))
    seat.passes(600)
    assert seat.lost.spans == []


def test_a_phone_that_is_gone_and_a_headset_that_is_unplugged_count(seat: Seat) -> None:
    seat.say(phone(line(UP)))
    seat.passes(10)
    seat.say(None)
    seat.passes(10)
    seat.say(phone(line(UP), wrongs=(NO_MICROPHONE,)))
    seat.passes(20)
    seat.say(TroubleCleared(NO_MICROPHONE))
    seat.passes(10)
    seat.say(TroubleRaised(NO_MICROPHONE))
    seat.passes(4)
    seat.say(TroubleRaised(Wrong(Trouble.VAULT_AWAY, START)))
    seat.say(TroubleCleared(NO_MICROPHONE))
    seat.passes(10)
    assert seat.lost.seconds == 34


def test_a_seat_that_has_just_begun_has_lost_nothing_yet(seat: Seat) -> None:
    seat.passes(STARTING_S - 4)
    seat.say(phone(line(UP)))
    seat.passes(60)
    assert seat.lost.spans == []


def test_one_that_never_comes_up_loses_time_from_then_on(seat: Seat) -> None:
    seat.passes(STARTING_S + 120)
    seat.keeper.close()
    assert seat.lost.seconds == 120


def test_it_is_written_down_by_the_minute_so_that_a_crash_costs_little(seat: Seat) -> None:
    seat.say(phone(line(UP)))
    seat.passes(2)
    seat.say(None)
    seat.passes(KEEP_S * 3)
    assert seat.lost.seconds >= KEEP_S * 2


def test_a_pc_that_slept_has_not_lost_the_night(seat: Seat) -> None:
    seat.say(phone(line(DEAF)))
    seat.passes(STARTING_S + 60)
    before = seat.lost.seconds
    seat.now_s += 8 * 3600
    seat.keeper.work_once()
    seat.keeper.close()
    assert seat.lost.seconds - before < KEEP_S + 20


def test_the_machine_is_looked_at_now_and_then_and_soon_after_another_headset(seat: Seat) -> None:
    seat.say(phone(line(UP)))
    seat.passes(SOON_S + 2)
    assert [machine.headset for machine in seat.record.machines] == ["Jabra"]
    seat.passes(LOOK_S + 2)
    assert len(seat.record.machines) == 2
    seat.say(HeadsetChanged(HeadsetState(microphone="Poly")))
    seat.passes(SOON_S + 2)
    assert seat.record.machines[-1].headset == "Poly"
    assert seat.written == 3
