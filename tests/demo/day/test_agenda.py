"""A time of its own: what is due comes in its order, and nothing waits."""

from datetime import UTC, datetime, timedelta
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from desk.demo.day.agenda import Agenda

START = datetime(2026, 11, 9, 0, 30, tzinfo=UTC)


@given(st.lists(st.integers(0, 10_000)))
def test_what_is_due_comes_in_the_order_of_its_time_and_of_two_at_once_the_first(delays_s: list[int]) -> None:
    agenda, came = Agenda(START), list[tuple[int, int]]()
    for number, delay_s in enumerate(delays_s):
        agenda.at(START + timedelta(seconds=delay_s), partial(came.append, (delay_s, number)))
    agenda.run_until(START + timedelta(days=1))
    assert came == sorted(came)
    assert len(came) == len(delays_s)
    assert agenda.now() == START + timedelta(days=1)


def test_what_comes_of_something_comes_too_and_what_is_later_waits() -> None:
    agenda, came = Agenda(START), list[str]()

    def first() -> None:
        came.append("first")
        agenda.at(agenda.now() + timedelta(minutes=1), lambda: came.append("then"))
        agenda.at(agenda.now() - timedelta(hours=1), lambda: came.append("at once"))

    agenda.at(START + timedelta(minutes=1), first)
    agenda.at(START + timedelta(hours=2), lambda: came.append("later"))
    agenda.run_until(START + timedelta(hours=1))
    assert came == ["first", "at once", "then"]
    agenda.run_until(START + timedelta(hours=3))
    assert came[-1] == "later"
