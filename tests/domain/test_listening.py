"""Who may hear what: agents their own for so many days, supervisors all."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.domain.listening import Listener, NotAllowed, Role, may_hear

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
AGENT, SUPERVISOR = Listener("1001", Role.AGENT), Listener("2001", Role.SUPERVISOR)


@pytest.mark.parametrize(
    ("ago", "why"),
    [
        (timedelta(0), None),
        (timedelta(days=7), None),
        (timedelta(days=7, seconds=1), NotAllowed.TOO_OLD),
        (timedelta(hours=-23), None),  # the clock was set back since
        (timedelta(days=-2), NotAllowed.TOO_OLD),
        (timedelta(days=-1500), NotAllowed.TOO_OLD),
    ],
)
def test_agents_hear_their_own_for_so_many_days_and_none_from_the_future(
    ago: timedelta, why: NotAllowed | None
) -> None:
    assert may_hear(AGENT, "1001", NOW - ago, NOW, 7) is why
    assert may_hear(SUPERVISOR, "1001", NOW - ago, NOW, 7) is None


def test_nobody_hears_another_agents_and_nobody_unknown_hears_any() -> None:
    assert may_hear(AGENT, "1002", NOW, NOW, 7) is NotAllowed.NOT_YOURS
    assert may_hear(AGENT, "", NOW, NOW, 7) is NotAllowed.NOT_YOURS
    assert may_hear(AGENT, "1002", NOW, NOW, 7, lambda: True) is NotAllowed.NOT_YOURS
    assert may_hear(Listener("", Role.SUPERVISOR), "", NOW, NOW, 7) is NotAllowed.NOT_SIGNED_IN


def test_an_own_call_is_heard_for_as_long_as_a_score_of_it_may_be_answered() -> None:
    old, ahead = NOW - timedelta(days=40), NOW + timedelta(days=9)
    assert may_hear(AGENT, "1001", old, NOW, 7, lambda: True) is None
    assert may_hear(AGENT, "1001", old, NOW, 7, lambda: False) is NotAllowed.TOO_OLD
    assert may_hear(AGENT, "1001", ahead, NOW, 7, lambda: True) is NotAllowed.TOO_OLD
