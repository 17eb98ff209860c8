"""What stands on a work list, made of the things themselves. Pure functions, any thread."""

from typing import assert_never

from desk.domain.early_warnings import EarlyWarning
from desk.domain.follow_ups import FollowUp
from desk.domain.knowledge import Question, QuestionState
from desk.domain.promises import Promise
from desk.domain.ticket_errands import TicketErrand
from desk.domain.tickets import Ticket
from desk.domain.what_next import Errand, What
from desk.domain.work_lists import WorkItem

Other = Promise | FollowUp | EarlyWarning | Question


def of_ticket(ticket: Ticket, asked: TicketErrand) -> WorkItem:
    """`asked`: which of the things that it asks for the row is about."""
    return WorkItem(
        What.TICKET,
        ticket.ticket_id,
        asked.errand,
        asked.due_at,
        ticket.owner,
        ticket,
        ticket.description,
        ticket.contact_number,
        ticket.caller_name,
        task=asked.task,
    )


def of_other(thing: Other, ticket: Ticket | None) -> WorkItem:
    """`ticket`: the one that it belongs to."""
    caller = ticket.caller_name if ticket else ""
    number = ticket.contact_number if ticket else ""
    match thing:
        case Promise():
            of_many = ticket is not None and bool(ticket.incident_id) and not ticket.parent_id
            # the ticket of an incident is reported by many: its contact is another one of them
            return WorkItem(
                What.PROMISE,
                thing.promise_id,
                Errand.CALL_BACK,
                thing.due_at,
                thing.owner,
                ticket,
                thing.text,
                thing.number or ("" if of_many else number),
                thing.caller_name or ("" if of_many else caller),
                household_id=thing.household_id or (ticket.household_id if ticket else None),
            )
        case FollowUp():
            return WorkItem(
                What.FOLLOW_UP,
                thing.follow_up_id,
                Errand.FOLLOW_UP,
                thing.due_at,
                thing.owner,
                ticket,
                ticket.description if ticket else "",
                thing.number or number,
                caller,
                thing.kind.value,
            )
        case EarlyWarning():
            return WorkItem(
                What.WARNING,
                thing.warning_id,
                Errand.STEP_WARNING,
                thing.due_at,
                thing.turn,
                ticket,
                thing.issue,
                thing.caller_number or number,
                caller,
                thing.step.value,
            )
        case Question():
            open_yet = thing.state is QuestionState.OPEN
            return WorkItem(
                What.QUESTION,
                thing.question_id,
                Errand.ANSWER if open_yet else Errand.TELL_ANSWER,
                thing.due_at,
                thing.owner if open_yet else thing.asked_by,
                ticket,
                thing.text if open_yet else thing.answer,
                thing.number or number,
                thing.caller_name or caller,
                thing.state.value,
            )
        case _:
            assert_never(thing)
