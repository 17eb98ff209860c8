"""Figures of a time's tickets (工单指标): completion, follow-up, callback, satisfaction, first-contact resolution, what
is overdue and why. For the day's print and for reports. Pure functions over rows; which rows of which time are asked is
said beside each figure, so that nobody has to guess what a percentage is of.

A rate keeps its two numbers: 0 of 0 is no rate and prints as a dash, never as 0 % or 100 %."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from desk.domain.clocks import ClockName, running
from desk.domain.follow_up_rules import NOT_OWED
from desk.domain.follow_ups import FollowUp, FollowUpKind, FollowUpState
from desk.domain.promises import Promise, PromiseState
from desk.domain.tickets import OPEN_STAGES, Kind, Stage, Ticket
from desk.domain.times import from_text

NEVER_WORKED_ON = frozenset({Stage.CANCELLED, Stage.JOINED})  # nobody owes their completion
_DONE = frozenset({Stage.DONE, Stage.FOLLOWED_UP, Stage.CLOSED})


@dataclass(frozen=True, slots=True)
class Rate:
    """`part` of `whole`."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """None where there is nothing to have a rate of."""
        return 100 * self.part / self.whole if self.whole else None

    def __str__(self) -> str:
        percent = self.percent
        return "–" if percent is None else f"{percent:.1f} % ({self.part}/{self.whole})"


@dataclass(frozen=True, slots=True)
class OpenTickets:
    """What is open, counted: there are thousands of them, and of most nothing else is asked. `overdue_by_*`: those
    whose next clock had run out at the end; `late_by_clock`: clocks that run, and ran out within the time."""

    open: int = 0
    overdue_by_owner: Mapping[str, int] = field(default_factory=dict)
    overdue_by_cause: Mapping[str, int] = field(default_factory=dict)
    late_by_clock: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rows:
    """What figures are made of. `tickets`: all that were registered, done or closed in the time, and open ones with a
    clock that was stopped late; `follow_ups`: those that were due, done or given up in it; `promises`: those that were
    due in it."""

    tickets: Sequence[Ticket]
    follow_ups: Sequence[FollowUp]
    promises: Sequence[Promise] = ()
    open: OpenTickets = OpenTickets()


@dataclass(frozen=True, slots=True)
class TicketFigures:
    """`since` is inside, `until` is not; what is open is counted at `until`. Minutes are medians.

    `completion` (完成率): of the tickets registered in the time, but for cancelled and joined ones, those done.
    `in_time` (及时完成率): of those done in the time by work that somebody was sent for, those done as promised.
    `follow_up` (回访率): of the closing follow-ups owed in the time (due, or ended in it), those that were made: the
    resident answered, or all tries were made. `reached` (回访接通率): of those made, the resident answered.
    `callback` (回电兑现率): of the promises "I call you back" that were due in the time, those kept by then.
    `satisfied` (满意率): of the residents who said whether they are, in closing follow-ups made in the time.
    `first_contact` (一次解决率): of the tickets registered in the time, those closed with the call itself and not
    opened again."""

    since: datetime
    until: datetime
    new: int
    done: int
    closed: int
    cancelled: int
    reopened: int
    open: int
    overdue: int
    completion: Rate
    in_time: Rate
    follow_up: Rate
    reached: Rate
    in_process: Rate
    callback: Rate
    satisfied: Rate
    mean_score: float | None
    first_contact: Rate
    transfer_min: float | None  # from registration to dispatch
    response_min: float | None  # from registration to acceptance
    late_by_clock: Mapping[str, int]  # clocks that ran out in the time, kept late or not yet
    overdue_by_owner: Mapping[str, int]
    overdue_by_cause: Mapping[str, int]
    new_by_kind: Mapping[Kind, int]


def figures(rows: Rows, since: datetime, until: datetime) -> TicketFigures:
    def inside(at: datetime | None) -> bool:
        return at is not None and since <= at < until

    tickets = rows.tickets
    new = [one for one in tickets if inside(one.registered_at)]
    owed = [one for one in new if one.stage not in NEVER_WORKED_ON]
    done = [one for one in tickets if inside(_done_at(one))]
    promised = [one for one in done if one.done_at is not None]
    closing = [one for one in rows.follow_ups if one.kind is FollowUpKind.CLOSING]
    in_process = [one for one in rows.follow_ups if one.kind is FollowUpKind.IN_PROCESS]
    ended = [one for one in closing if inside(one.done_at) and one.state is FollowUpState.DONE]
    scores = [one.score for one in ended if one.score is not None]
    told = [one.satisfied for one in ended if one.satisfied is not None]
    made = made_of(closing, since, until)
    callbacks = [one for one in rows.promises if inside(one.due_at) and one.state is not PromiseState.RELEASED]
    return TicketFigures(
        since=since,
        until=until,
        new=len(new),
        done=len(done),
        closed=sum(one.stage is Stage.CLOSED and inside(one.closed_at) for one in tickets),
        cancelled=sum(one.stage is Stage.CANCELLED for one in new),
        reopened=sum(one.reopened > 0 for one in new),
        open=rows.open.open,
        overdue=sum(rows.open.overdue_by_owner.values()),
        completion=Rate(sum(one.stage in _DONE for one in owed), len(owed)),
        in_time=Rate(sum(_kept_its_promise(one) for one in promised), len(promised)),
        follow_up=made,
        reached=Rate(len(ended), made.part),
        in_process=made_of(in_process, since, until),
        callback=Rate(sum(one.kept_at is not None and one.kept_at <= one.due_at for one in callbacks), len(callbacks)),
        satisfied=Rate(sum(told), len(told)),
        mean_score=sum(scores) / len(scores) if scores else None,
        first_contact=Rate(sum(is_first_contact(one) for one in new), len(new)),
        transfer_min=_median_min(new, [one.dispatched_at for one in new]),
        response_min=_median_min(new, [one.accepted_at for one in new]),
        late_by_clock=_sorted(
            Counter(clock for one in tickets for clock, due in stopped_late(one) if inside(due))
            + Counter(rows.open.late_by_clock)
        ),
        overdue_by_owner=_sorted(rows.open.overdue_by_owner),
        overdue_by_cause=_sorted(rows.open.overdue_by_cause),
        new_by_kind=dict(Counter(one.kind for one in new).most_common()),
    )


def made_of(follow_ups: Sequence[FollowUp], since: datetime, until: datetime) -> Rate:
    """How many of the follow-ups owed in this time were made: answered, or given up after all that could be tried."""
    owed = made = 0
    for one in follow_ups:
        if one.reason in NOT_OWED and one.state is FollowUpState.GIVEN_UP:
            continue
        ended = one.state is not FollowUpState.DUE and one.done_at is not None
        if ended and one.done_at is not None and since <= one.done_at < until:
            made += 1
            owed += 1
        elif (
            one.due_at is not None
            and since <= one.due_at < until
            and not (one.done_at is not None and one.done_at < since)
        ):
            owed += 1
    return Rate(made, owed)


def is_first_contact(ticket: Ticket) -> bool:
    """Closed with the call itself, and not opened again."""
    return ticket.stage is Stage.CLOSED and ticket.reopened == 0 and ticket.closed_at == ticket.registered_at


def open_of(tickets: Iterable[Ticket], since: datetime, until: datetime) -> OpenTickets:
    """`OpenTickets` of these: as the store counts them."""
    there = [one for one in tickets if one.stage in OPEN_STAGES and one.registered_at < until]
    overdue = [one for one in there if is_overdue(one, until)]
    late = (clock.value for one in there for clock, due in running(one).items() if since <= due < until)
    return OpenTickets(
        len(there),
        Counter(one.owner for one in overdue),
        Counter(one.overdue_cause for one in overdue),
        Counter(late),
    )


def stopped_late(ticket: Ticket) -> list[tuple[str, datetime]]:
    """The clocks of this ticket that were stopped after they had run out, with when that was."""
    return [(parts[0], from_text(parts[1])) for entry in ticket.late if len(parts := entry.split(" ")) == 3]


def is_overdue(ticket: Ticket, at: datetime) -> bool:
    """The clock that comes first has run out."""
    return (
        ticket.stage in OPEN_STAGES
        and ticket.stage is not Stage.SUSPENDED
        and ticket.next_due_at is not None
        and ticket.next_due_at < at
    )


def _kept_its_promise(ticket: Ticket) -> bool:
    """Being done stops the clock of the promise: what had run out by then is on record."""
    return all(clock != ClockName.PROMISE.value for clock, _due in stopped_late(ticket))


def _done_at(ticket: Ticket) -> datetime | None:
    """When the work was done; a ticket answered at once was done when it was closed."""
    if ticket.done_at is not None:
        return ticket.done_at
    return ticket.closed_at if ticket.stage is Stage.CLOSED else None


def _median_min(tickets: Sequence[Ticket], ends: Sequence[datetime | None]) -> float | None:
    minutes = [
        (end - ticket.registered_at).total_seconds() / 60
        for ticket, end in zip(tickets, ends, strict=True)
        if end is not None
    ]
    return median(minutes) if minutes else None


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    """The most first, equals by name; "" stands for nobody, for no cause given."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
