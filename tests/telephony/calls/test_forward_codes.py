"""What the exchange is told to forward: what changes, and nothing twice; over restarts, and where it will not."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from desk.domain.availability import Forward
from desk.settings import PhoneSettings
from desk.telephony.calls.call_memory import CallMemory, Told
from desk.telephony.calls.forward_codes import ForwardCodes
from desk.telephony.calls.retry import MOST_RETRY_S, RETRY_S

CODES = PhoneSettings(
    forward_by="code", forward_always_code="*72{number}", forward_busy_code="*90{number}", forward_off_code="*73"
)
NIGHT, ALWAYS, BUSY = Forward.NIGHT, Forward.ALWAYS, Forward.BUSY
NOTHING: Mapping[Forward, str] = {}


class Seat:
    """Starts with the folder's memory; `takes`: whether the exchange takes a code, None: it has not answered yet."""

    def __init__(self, folder: Path, phone: PhoneSettings = CODES, takes: bool | None = True) -> None:
        self.takes, self.now_s = takes, 100.0
        self.dialled: list[str] = []
        self.waiting: list[Callable[[bool], None]] = []
        self.codes = ForwardCodes(phone, CallMemory(folder), self._dial)

    def _dial(self, codes: Sequence[str], told: Callable[[bool], None]) -> None:
        for code in codes:
            self.dialled.append(code)
            if self.takes is None:
                self.waiting.append(told)
            else:
                told(self.takes)

    def told(self, wanted: Mapping[Forward, str]) -> list[str]:
        self.codes.tell(wanted, self.now_s)
        dialled, self.dialled = self.dialled, []
        return dialled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a seat whose exchange is known to forward nothing."""
    CallMemory(tmp_path).keep_told(Told())
    return tmp_path


def test_the_exchange_is_told_what_changes_and_nothing_twice(folder: Path) -> None:
    seat = Seat(folder)
    assert seat.told(NOTHING) == []
    assert seat.told({ALWAYS: "8001"}) == ["*728001"]
    assert seat.codes.taken == {ALWAYS}
    assert seat.told({ALWAYS: "8001"}) == []
    assert seat.told({BUSY: "8002"}) == ["*73", "*908002"]
    assert seat.told({BUSY: "8002", NIGHT: "8009", ALWAYS: "8001"}) == ["*728009", "*728001"]
    assert seat.told(NOTHING) == ["*73"]


def test_what_was_told_at_night_is_taken_back_by_the_seat_that_starts_in_the_morning(folder: Path) -> None:
    assert Seat(folder).told({NIGHT: "8009"}) == ["*728009"]
    assert Seat(folder).told({NIGHT: "8009"}) == []
    assert Seat(folder).told(NOTHING) == ["*73"]
    assert Seat(folder).told(NOTHING) == []


def test_a_seat_that_died_before_the_exchange_answered_tells_it_anew(folder: Path) -> None:
    assert Seat(folder, takes=None).told({NIGHT: "8009"}) == ["*728009"]
    assert Seat(folder).told(NOTHING) == ["*73"]
    assert Seat(folder, takes=None).told({NIGHT: "8009"}) == ["*728009"]
    assert Seat(folder).told({NIGHT: "8009"}) == ["*73", "*728009"]


def test_where_nobody_knows_what_the_exchange_was_told_it_is_taken_back(tmp_path: Path) -> None:
    assert Seat(tmp_path, PhoneSettings()).told(NOTHING) == []
    assert Seat(tmp_path).told(NOTHING) == ["*73"]
    (tmp_path / "exchange.json").write_text("{")
    assert Seat(tmp_path).told({NIGHT: "8009"}) == ["*73", "*728009"]


def test_codes_that_are_set_no_longer_are_taken_back(folder: Path) -> None:
    Seat(folder).told({ALWAYS: "8001"})
    by_redirect = PhoneSettings(forward_off_code="*73")
    assert Seat(folder, by_redirect).told(NOTHING) == ["*73"]


def test_a_code_that_fails_is_dialled_again_ever_more_seldom_and_at_once_when_asked(folder: Path) -> None:
    seat = Seat(folder, takes=False)
    wanted = {NIGHT: "8009"}
    assert seat.told(wanted) == ["*728009"]
    assert seat.codes.refused
    assert seat.codes.taken == frozenset()  # meanwhile the seat forwards by itself
    assert seat.told(wanted) == []
    seat.now_s += RETRY_S
    assert seat.told(wanted) == ["*73", "*728009"]
    seat.now_s += RETRY_S
    assert seat.told(wanted) == []
    for _ in range(8):
        seat.now_s += MOST_RETRY_S
        assert seat.told(wanted)
    seat.codes.retry()
    seat.takes = True
    assert seat.told(wanted) == ["*73", "*728009"]
    assert (seat.codes.refused, set(seat.codes.taken)) == (False, {NIGHT})
    assert seat.told(wanted) == []


def test_while_a_code_is_under_way_nothing_else_is_dialled_and_what_changed_follows(folder: Path) -> None:
    seat = Seat(folder, takes=None)
    assert seat.told({ALWAYS: "8001"}) == ["*728001"]
    assert seat.told(NOTHING) == []
    seat.waiting.pop()(True)
    assert seat.told(NOTHING) == ["*73"]


def test_without_a_code_to_take_it_back_there_is_nothing_to_dial(folder: Path) -> None:
    phone = PhoneSettings(forward_by="code", forward_always_code="*72{number}")
    seat = Seat(folder, phone)
    assert seat.told({ALWAYS: "8001"}) == ["*728001"]
    assert seat.told(NOTHING) == []
    assert seat.codes.taken == frozenset()
