"""When a ticket's priority is raised: a table of rules over what has happened to it. Priorities only go up by a rule;
down goes one by somebody's hand, with a reason (`moves.MoveKind.GRADE`). Pure, any thread."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from desk.domain.tickets import Priority, Ticket


class When(Enum):
    REPEATED = "repeated"  # the resident, or a neighbour, called or came again about it (催单), `times` times
    REOPENED = "reopened"  # `times` times
    OVERDUE = "overdue"  # as many of its clocks have run out
    WARNED = "warned"  # a complaint early warning was raised about it
    TAGGED = "tagged"  # the person or the household bears one of the tags


@dataclass(frozen=True, slots=True)
class RaiseRule:
    when: When
    to: Priority
    times: int = 1
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules go by, beyond the ticket itself. `repeats`: further calls that came in about it, and repeats
    without a call. `overrun`: clocks that have run out and still run."""

    repeats: int = 0
    overrun: int = 0
    tags: frozenset[str] = frozenset()


_RANK = {priority: rank for rank, priority in enumerate(Priority)}  # the most urgent first


def more_urgent(one: Priority, other: Priority) -> Priority:
    return min(one, other, key=lambda priority: _RANK[priority])


def raised(ticket: Ticket, facts: Facts, rules: Iterable[RaiseRule]) -> tuple[Priority, When | None]:
    """The priority that it has by the rules, never a lower one than it has, and which rule raised it (None: none)."""
    found: tuple[Priority, When | None] = (ticket.priority, None)
    for rule in rules:
        if _RANK[rule.to] < _RANK[found[0]] and _holds(rule, ticket, facts):
            found = (rule.to, rule.when)
    return found


def _holds(rule: RaiseRule, ticket: Ticket, facts: Facts) -> bool:
    counts = {
        When.REPEATED: facts.repeats,
        When.REOPENED: ticket.reopened,
        When.OVERDUE: facts.overrun + len(ticket.late),
        When.WARNED: int(ticket.warning_id is not None),
        When.TAGGED: int(not rule.tags.isdisjoint(facts.tags)),
    }
    return counts[rule.when] >= rule.times
