"""What the centre has told of people's accounts, kept at the seat."""

from collections.abc import Callable

from desk.store.accounts import SqlAccounts
from desk.store.store import Store


def test_the_centre_s_last_word_stands_also_after_a_restart(open_store: Callable[[], Store]) -> None:
    accounts = SqlAccounts(open_store())
    assert accounts.all() == {}
    for number, kind in (("1001", "agent"), ("9001", "supervisor"), ("3001", "admin"), ("S01", "seat"), ("9001", "")):
        accounts.note(number, kind)
    accounts.note("1001", "supervisor")
    assert SqlAccounts(open_store()).all() == {"1001": "supervisor", "3001": "admin"}
