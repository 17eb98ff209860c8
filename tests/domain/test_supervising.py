"""Who is a supervisor, standing alone and with a centre."""

import pytest

from desk.domain.estate import Duty, Staff
from desk.domain.identity import StaffId
from desk.domain.moves import duties_of
from desk.domain.supervising import Accounts, is_supervisor

NUMBERS = ("1001", "9001", "3001", "")


def one(number: str, duty: Duty, *, active: bool = True) -> Staff:
    return Staff(StaffId(f"s{number}"), number, f"name of {number}", duty, active=active)


AGENT, LEADER = one("1001", Duty.AGENT), one("9001", Duty.SUPERVISOR)


@pytest.mark.parametrize(
    ("staff", "accounts", "supervisors"),
    [
        ([AGENT, LEADER], None, ["9001"]),
        ([AGENT], None, [*NUMBERS]),
        ([AGENT, one("9001", Duty.SUPERVISOR, active=False)], None, []),
        ([], {}, []),
        ([AGENT], {}, []),
        ([AGENT, LEADER], {}, ["9001"]),
        ([AGENT, LEADER], {"1001": "supervisor", "9001": "agent", "3001": "admin"}, ["1001", "3001"]),
        ([], {"9001": "supervisor"}, ["9001"]),
    ],
)
def test_the_account_counts_and_without_one_the_staff_list(
    staff: list[Staff], accounts: Accounts | None, supervisors: list[str]
) -> None:
    assert [number for number in NUMBERS if is_supervisor(number, staff, accounts)] == supervisors
    moving = [number for number in NUMBERS if Duty.SUPERVISOR in duties_of(number, staff, accounts)]
    assert moving == supervisors


def test_somebody_keeps_their_duty_beside_and_a_handler_is_nothing_else() -> None:
    staff = [one("2001", Duty.AREA_ASSISTANT), one("H1", Duty.HANDLER), LEADER]
    told = {"2001": "supervisor", "9001": "agent"}
    assert duties_of("2001", staff, told) == {Duty.AREA_ASSISTANT, Duty.SUPERVISOR}
    assert duties_of("9001", staff, told) == {Duty.AGENT}
    assert [duties_of("H1", staff, accounts) for accounts in (None, {}, told)] == [{Duty.HANDLER}] * 3
