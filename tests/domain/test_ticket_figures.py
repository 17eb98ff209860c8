"""Figures of a day's tickets: what each percentage is of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from desk.domain.follow_up_rules import GivenUp
from desk.domain.follow_ups import FollowUp, FollowUpKind, FollowUpState
from desk.domain.identity import TicketId
from desk.domain.promises import Promise, PromiseState
from desk.domain.ticket_figures import Rate, Rows, TicketFigures, figures, is_first_contact, is_overdue, open_of
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.domain.times import to_text

SINCE = datetime(2026, 11, 16, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=1)
HOUR = timedelta(hours=1)
BEFORE, AFTER = SINCE - 5 * HOUR, UNTIL + HOUR


def ticket(stage: Stage = Stage.REGISTERED, at: datetime = SINCE + HOUR, **fields: Any) -> Ticket:
    made = Ticket(TicketId("t"), "1", Kind.REPAIR, "repair.water.tap", Priority.NORMAL, stage, "", at, "1001", "S01")
    return replace(made, **fields)


def follow_up(state: FollowUpState = FollowUpState.DONE, **fields: Any) -> FollowUp:
    made = FollowUp("f", FollowUpKind.CLOSING, state, SINCE, "1001", SINCE + HOUR)
    if state is not FollowUpState.DUE:
        made = replace(made, done_at=SINCE + 2 * HOUR, done_by="1001")
    return replace(made, **fields)


def of(*rows: Ticket | FollowUp | Promise) -> TicketFigures:
    tickets = [row for row in rows if isinstance(row, Ticket)]
    return figures(
        Rows(
            tickets,
            [row for row in rows if isinstance(row, FollowUp)],
            [row for row in rows if isinstance(row, Promise)],
            open_of(tickets, SINCE, UNTIL),
        ),
        SINCE,
        UNTIL,
    )


def test_nothing_has_no_rate() -> None:
    empty = of()
    assert empty.completion.percent is None
    assert str(empty.satisfied) == "–"
    assert str(Rate(1, 3)) == "33.3 % (1/3)"


def test_completion_is_of_the_tickets_registered_in_the_time_without_what_nobody_owes() -> None:
    found = of(
        ticket(Stage.CLOSED, done_at=SINCE + 2 * HOUR),
        ticket(Stage.DONE, done_at=AFTER),
        ticket(Stage.DISPATCHED),
        ticket(Stage.CANCELLED),
        ticket(Stage.JOINED),
        ticket(Stage.CLOSED, BEFORE, done_at=SINCE + HOUR),
    )
    assert found.completion == Rate(2, 3)
    assert (found.new, found.done, found.cancelled) == (5, 2, 1)


def test_in_time_is_of_what_was_done_against_what_was_promised() -> None:
    """A clock that was stopped by the work being done leaves its time only where it had run out."""
    due, done = to_text(SINCE + 2 * HOUR), to_text(SINCE + 3 * HOUR)
    found = of(
        ticket(Stage.DONE, done_at=SINCE + 2 * HOUR),
        ticket(Stage.DONE, done_at=SINCE + 3 * HOUR, late=(f"promise {due} {done}",)),
        ticket(Stage.CLOSED, done_at=SINCE + 3 * HOUR, late=(f"accept {due} {done}",)),
        ticket(Stage.CLOSED, closed_at=SINCE + 3 * HOUR),  # answered at once
    )
    assert found.in_time == Rate(2, 3)


def test_a_follow_up_counts_as_made_when_answered_or_when_all_was_tried() -> None:
    found = of(
        follow_up(satisfied=True, score=90),
        follow_up(satisfied=False, score=30),
        follow_up(FollowUpState.GIVEN_UP, reason=GivenUp.NOT_REACHED.value),
        follow_up(FollowUpState.DUE),
        follow_up(FollowUpState.DUE, due_at=AFTER),
        follow_up(FollowUpState.GIVEN_UP, reason=GivenUp.OVERTAKEN.value),
    )
    assert found.follow_up == Rate(3, 4)
    assert found.reached == Rate(2, 3)
    assert found.satisfied == Rate(1, 2)
    assert found.mean_score == 60


def test_one_made_early_or_late_counts_where_it_was_made() -> None:
    assert of(follow_up(due_at=BEFORE)).follow_up == Rate(1, 1)
    assert of(follow_up(due_at=AFTER)).follow_up == Rate(1, 1)
    assert of(follow_up(done_at=BEFORE)).follow_up == Rate(0, 0)
    assert of(follow_up(done_at=AFTER)).follow_up == Rate(0, 1)  # at the day's end it was owed


def test_in_process_ones_have_a_rate_of_their_own() -> None:
    found = of(follow_up(kind=FollowUpKind.IN_PROCESS, satisfied=False), follow_up())
    assert (found.in_process, found.follow_up, found.satisfied) == (Rate(1, 1), Rate(1, 1), Rate(0, 0))


def test_a_callback_is_kept_by_the_time_it_was_promised_for() -> None:
    promise = Promise("p", "1001", "1001", SINCE, SINCE + HOUR, "")
    kept = replace(promise, state=PromiseState.KEPT, kept_at=SINCE + HOUR)
    late = replace(promise, state=PromiseState.KEPT, kept_at=SINCE + 2 * HOUR)
    released = replace(promise, state=PromiseState.RELEASED)
    assert of(kept, late, promise, released).callback == Rate(1, 3)


def test_first_contact_is_closed_with_the_call_itself_and_stays_so() -> None:
    at = SINCE + HOUR
    at_once = ticket(Stage.CLOSED, at, closed_at=at)
    assert is_first_contact(at_once)
    assert not is_first_contact(replace(at_once, reopened=1))
    assert not is_first_contact(replace(at_once, closed_at=at + HOUR))
    found = of(at_once, ticket())
    assert (found.first_contact, found.done, found.closed) == (Rate(1, 2), 1, 1)


def test_overdue_is_counted_at_the_end_by_owner_and_cause() -> None:
    late = ticket(Stage.IN_PROGRESS, BEFORE, next_due_at=SINCE, owner="1001", overdue_cause="parts")
    found = of(
        late,
        replace(late, overdue_cause=""),
        replace(late, owner="1002"),
        replace(late, stage=Stage.SUSPENDED),
        replace(late, stage=Stage.CLOSED),
        ticket(Stage.DISPATCHED, next_due_at=AFTER),
        ticket(Stage.REGISTERED, AFTER),
    )
    assert (found.open, found.overdue) == (5, 3)
    assert dict(found.overdue_by_owner) == {"1001": 2, "1002": 1}
    assert dict(found.overdue_by_cause) == {"parts": 2, "": 1}
    assert is_overdue(late, UNTIL)


def test_a_clock_that_ran_out_is_counted_once_whether_it_was_stopped_late_or_runs_still() -> None:
    due, stopped = to_text(SINCE + HOUR), to_text(SINCE + 2 * HOUR)
    found = of(
        ticket(Stage.ACCEPTED, BEFORE, late=(f"accept {due} {stopped}",), plan_due_at=SINCE + 3 * HOUR),
        ticket(Stage.CLOSED, BEFORE, late=(f"accept {due} {stopped}", f"plan {to_text(BEFORE)} {stopped}")),
        ticket(Stage.ACCEPTED, promise_due_at=AFTER),
    )
    assert dict(found.late_by_clock) == {"accept": 2, "plan": 1}


def test_transfer_and_response_are_medians_from_registration() -> None:
    at = SINCE + HOUR
    found = of(
        ticket(Stage.DISPATCHED, at, dispatched_at=at + timedelta(minutes=2)),
        ticket(Stage.ACCEPTED, at, dispatched_at=at + timedelta(minutes=4), accepted_at=at + timedelta(minutes=30)),
        ticket(Stage.REGISTERED, at),
    )
    assert (found.transfer_min, found.response_min) == (3, 30)
