"""What the exchange's queue is told: once, anew where nobody knows, and again where it was not taken."""

from collections.abc import Callable

from desk.settings import PhoneSettings
from desk.telephony.calls.queue_pause import QueuePause
from desk.telephony.calls.retry import RETRY_S

CODES = PhoneSettings(pause_code="*45", resume_code="*46")


class Seat:
    def __init__(self, phone: PhoneSettings = CODES) -> None:
        self.waiting: list[Callable[[bool], None]] = []
        self.dialled: list[str] = []
        self.now_s = 10.0
        self.pause = QueuePause(phone, self._dial)

    def _dial(self, code: str, told: Callable[[bool], None]) -> None:
        self.dialled.append(code)
        self.waiting.append(told)

    def told(self, *, taken: bool | None = True) -> list[str]:
        """`taken` None: the exchange has not answered yet."""
        self.pause.tell(self.now_s)
        dialled, self.dialled = self.dialled, []
        while self.waiting and taken is not None:
            self.waiting.pop()(taken)
        return dialled


def test_nobody_is_told_of_an_empty_seat_and_who_comes_is_resumed_once() -> None:
    seat = Seat()
    assert seat.told() == []
    seat.pause.seated(somebody=True)
    assert seat.told() == ["*46"]
    for on, told in ((False, []), (True, ["*45"]), (True, []), (False, ["*46"])):
        seat.pause.want(on=on)
        assert seat.told() == told
    seat.pause.want(on=True)
    assert seat.told() == ["*45"]
    seat.pause.seated(somebody=True)  # somebody else, whom the exchange may have paused
    assert seat.told() == ["*46"]
    seat.pause.seated(somebody=False)
    assert seat.told() == []


def test_a_code_that_is_not_taken_is_dialled_again_in_time_and_at_once_when_chosen() -> None:
    seat = Seat()
    seat.pause.seated(somebody=True)
    assert seat.told(taken=False) == ["*46"]
    assert seat.told() == []
    seat.now_s += RETRY_S
    assert seat.told(taken=False) == ["*46"]
    seat.pause.want(on=False)
    assert seat.told() == ["*46"]
    seat.now_s += 10 * RETRY_S
    assert seat.told() == []


def test_a_choice_while_a_code_is_under_way_follows_it() -> None:
    seat = Seat()
    seat.pause.seated(somebody=True)
    assert seat.told(taken=None) == ["*46"]
    seat.pause.want(on=True)
    assert seat.told() == []  # it is answered only now
    assert seat.told() == ["*45"]


def test_what_the_exchange_may_have_forgotten_is_said_anew_but_by_a_code_that_does_both() -> None:
    for resume, again in (("*46", ["*45"]), ("*45", [])):
        seat = Seat(PhoneSettings(pause_code="*45", resume_code=resume))
        seat.pause.seated(somebody=True)
        assert seat.told() == [resume]
        seat.pause.want(on=True)
        assert seat.told() == ["*45"]
        seat.pause.forgotten()
        assert seat.told() == again


def test_without_a_code_nothing_is_dialled() -> None:
    seat = Seat(PhoneSettings())
    seat.pause.seated(somebody=True)
    assert seat.told() == []
