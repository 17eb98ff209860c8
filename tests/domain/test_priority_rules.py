"""When a ticket's priority is raised."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from desk.domain.clocks import Clocks
from desk.domain.priority_rules import Facts, RaiseRule, When, raised
from desk.domain.tickets import Priority, Ticket
from tests.domain.walks import ticket

TICKET = ticket(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), Clocks())
OLD = frozenset({"独居老人"})


@pytest.mark.parametrize(
    ("rule", "had", "facts"),
    [
        (RaiseRule(When.REPEATED, Priority.HIGH, 2), TICKET, Facts(repeats=2)),
        (RaiseRule(When.REOPENED, Priority.HIGH), replace(TICKET, reopened=1), Facts()),
        (RaiseRule(When.OVERDUE, Priority.HIGH, 2), replace(TICKET, late=("accept x y",)), Facts(overrun=1)),
        (RaiseRule(When.WARNED, Priority.HIGH), replace(TICKET, warning_id="w1"), Facts()),
        (RaiseRule(When.TAGGED, Priority.HIGH, tags=OLD), TICKET, Facts(tags=OLD | {"VIP"})),
    ],
)
def test_each_rule_raises_when_it_holds_and_not_before(rule: RaiseRule, had: Ticket, facts: Facts) -> None:
    assert raised(had, facts, [rule]) == (Priority.HIGH, rule.when)
    assert raised(TICKET, Facts(repeats=1), [rule]) == (Priority.NORMAL, None)


def test_a_rule_never_lowers_and_the_highest_counts() -> None:
    rules = [RaiseRule(When.REPEATED, Priority.LOW), RaiseRule(When.REPEATED, Priority.URGENT)]
    assert raised(TICKET, Facts(repeats=1), rules)[0] is Priority.URGENT
    assert raised(TICKET, Facts(repeats=1), rules[:1]) == (Priority.NORMAL, None)
