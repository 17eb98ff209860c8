"""Who is signed in at the exchange's queue: dialled again until it is taken, and anew where it may be forgotten."""

from collections.abc import Callable

import pytest

from desk.settings import PhoneSettings
from desk.telephony.calls.queue_sign_in import QueueSignIn
from desk.telephony.calls.retry import MOST_RETRY_S, RETRY_S

CODES = PhoneSettings(sign_in_code="*50{number}", sign_out_code="*51{number}")


class Seat:
    def __init__(self, phone: PhoneSettings = CODES) -> None:
        self.waiting: list[Callable[[bool], None]] = []
        self.dialled: list[str] = []
        self.now_s = 10.0
        self.queue = QueueSignIn(phone, self._dial)

    def _dial(self, code: str, told: Callable[[bool], None]) -> None:
        self.dialled.append(code)
        self.waiting.append(told)

    def told(self, *, taken: bool | None = True) -> list[str]:
        """`taken` None: the exchange has not answered yet."""
        self.queue.tell(self.now_s)
        dialled, self.dialled = self.dialled, []
        while self.waiting and taken is not None:
            self.waiting.pop(0)(taken)
        return dialled


def test_who_sat_here_is_signed_out_before_who_comes_is_signed_in_and_nothing_is_said_twice() -> None:
    seat = Seat()
    assert seat.told() == []
    for agent, codes in (("1001", ["*501001"]), ("1001", []), ("1002", ["*511001", "*501002"]), ("", ["*511002"])):
        seat.queue.seat(agent)
        assert seat.told() == codes
        assert seat.told() == []


def test_a_sign_in_that_is_not_taken_stands_as_refused_and_is_dialled_again_ever_more_seldom() -> None:
    seat = Seat()
    seat.queue.seat("1001")
    assert seat.told(taken=False) == ["*501001"]
    assert seat.queue.refused
    assert seat.told() == []
    seat.now_s += RETRY_S
    assert seat.told(taken=False) == ["*501001"]
    seat.now_s += RETRY_S
    assert seat.told() == []
    seat.now_s += MOST_RETRY_S
    assert (seat.told(), seat.queue.refused) == (["*501001"], False)
    seat.now_s += MOST_RETRY_S
    assert seat.told() == []


def test_a_sign_out_that_is_not_taken_holds_nobody_up_and_is_dialled_again_for_an_empty_seat() -> None:
    seat = Seat()
    seat.queue.seat("1001")
    seat.told()
    seat.queue.seat("")
    assert seat.told(taken=False) == ["*511001"]
    assert not seat.queue.refused
    seat.now_s += RETRY_S
    assert seat.told(taken=False) == ["*511001"]
    seat.queue.seat("1002")
    assert seat.told(taken=None) == ["*511001", "*501002"]
    for told, taken in zip(seat.waiting, (False, True), strict=True):
        told(taken)
    seat.waiting.clear()
    seat.now_s += MOST_RETRY_S
    assert seat.told() == []


@pytest.mark.parametrize("sign_out", ["*51{number}", "*50{number}"])
def test_once_the_line_is_back_the_sign_in_is_said_anew_but_by_a_code_that_does_both(sign_out: str) -> None:
    seat = Seat(PhoneSettings(sign_in_code="*50{number}", sign_out_code=sign_out))
    seat.queue.line_was_away()
    assert seat.told() == []  # nobody is here
    seat.queue.seat("1001")
    assert seat.told() == ["*501001"]
    seat.queue.line_was_away()
    assert seat.told() == (["*501001"] if sign_out != "*50{number}" else [])


def test_whoever_leaves_at_once_is_signed_out_behind_what_is_under_way() -> None:
    seat = Seat()
    seat.queue.seat("1001")
    assert seat.told(taken=None) == ["*501001"]
    seat.queue.leave()
    assert seat.dialled == ["*511001"]


def test_without_codes_nothing_is_dialled_and_nothing_is_wrong() -> None:
    seat = Seat(PhoneSettings())
    for agent in ("1001", "1002", ""):
        seat.queue.seat(agent)
        assert seat.told() == []
        assert not seat.queue.refused
