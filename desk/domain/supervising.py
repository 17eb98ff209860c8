"""Who is a supervisor. Where there is a centre, the account says so of whoever has one; else, and standing alone, the
staff list does. Values and pure functions."""

from collections.abc import Mapping, Sequence

from desk.domain.estate import Duty, Staff

# Work number -> kind of account ("agent", "supervisor", "admin"), of those of whom the centre has told this seat.
Accounts = Mapping[str, str]
TOLD = frozenset({"agent", "supervisor", "admin"})  # the kinds that people sit at a seat with
_SUPERVISE = frozenset({"supervisor", "admin"})


def is_supervisor(number: str, staff: Sequence[Staff], accounts: Accounts | None = None) -> bool:
    """`accounts` None: this seat stands alone. Then a hotline that has never named any supervisor has whoever sits
    there instead, since the seat's own agent is also the one who must be able to do everything. One that has named
    some and let them go has none until it names another: nobody becomes one because somebody left. With a centre
    nobody becomes one by a list that is empty."""
    if accounts is not None and number in accounts:
        return accounts[number] in _SUPERVISE
    named = [one for one in staff if one.duty is Duty.SUPERVISOR]
    is_one = any(one.number == number and one.active for one in named)
    return is_one or (accounts is None and not named)
