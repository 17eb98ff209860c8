"""What stands beside a ticket: calls that were promised about it, follow-ups that are due, questions, early warnings.
Each bears whom to call as it was when it was made, so a ticket that is put right takes along those that still have its
old number: else a stranger is told who lives where, and what is broken. What a move writes of them bears its step and
is undone with it (`desk.usecases.undo_step`). Any thread; reads a few rows."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from desk.domain.changes import Change, FieldValue
from desk.domain.early_warnings import OPEN_WARNINGS, EarlyWarning
from desk.domain.estate import Staff
from desk.domain.follow_ups import FollowUp, FollowUpState
from desk.domain.identity import TicketId
from desk.domain.knowledge import Question
from desk.domain.ladder import RUNGS, LadderPolicy
from desk.domain.moves import MoveKind, is_made_by
from desk.domain.numbers import lookup_key
from desk.domain.patches import field_value
from desk.domain.promises import Promise, PromiseState
from desk.domain.tickets import Ticket
from desk.domain.warning_moves import turns
from desk.usecases.call_back_list import CallBackList
from desk.usecases.estate_map import EstateMap
from desk.usecases.follow_up_ports import FollowUps
from desk.usecases.knowledge_ports import Questions
from desk.usecases.ports import ChangeAuthor
from desk.usecases.recording_ports import Histories
from desk.usecases.warning_ports import Warnings
from desk.usecases.work_ports import Promises

Thing = Promise | FollowUp | Question | EarlyWarning

# What each has of its ticket, and under which name; the number first: who has another one than the ticket is not meant.
_WHOM = {"number": "contact_number", "caller_name": "caller_name"}
_WHOSE = {"person_id": "person_id", "household_id": "household_id"}
_OF_PROMISES = {**_WHOM, **_WHOSE}
_OF_FOLLOW_UPS = {"number": "contact_number", **_WHOSE}
_OF_WARNINGS = {"caller_number": "contact_number"}


@dataclass(frozen=True, kw_only=True)
class BesideParts:
    """`ladder`: of an estate, by its id."""

    author: ChangeAuthor
    promises: Promises
    follow_ups: FollowUps
    questions: Questions
    warnings: Warnings
    estate_map: EstateMap
    staff: Callable[[], Sequence[Staff]]
    ladder: Callable[[str | None], LadderPolicy]
    histories: Histories
    call_backs: CallBackList


class BesideTicket:
    def __init__(self, parts: BesideParts) -> None:
        self._parts = parts

    def of(self, ticket: Ticket) -> list[tuple[str, str]]:
        """(entity, id) of what a step of this ticket may have written, but for its tasks. Whoever is asked about a
        ticket that was joined to another is promised a call about that one."""
        parts, ticket_id = self._parts, ticket.ticket_id
        promises = [*parts.promises.of_ticket(ticket_id)]
        promises += parts.promises.of_ticket(ticket.joined_to) if ticket.joined_to else []
        found = [("follow_up", one.follow_up_id) for one in parts.follow_ups.of_ticket(ticket_id)]
        found += [("promise", one.promise_id) for one in promises]
        found += [("question", one.question_id) for one in self._questions(ticket_id)]
        return [*found, *(("warning", one.warning_id) for one in parts.warnings.of_ticket(ticket_id))]

    def is_checked(self, ticket_id: TicketId, undone: Collection[str]) -> bool:
        """Whether one of these follow-ups was drawn for a spot check that is not among them."""
        there = self._parts.follow_ups.of_ticket(ticket_id)
        return any(one.checks_id in undone and one.follow_up_id not in undone for one in there)

    def joined(self, which: Ticket, to: Ticket) -> list[Change]:
        """Its own follow-up is not made any more: whoever would be asked by it is told of the other."""
        return self._parts.call_backs.for_joined_ticket(which, to)

    def corrected(self, before: Ticket, after: Ticket) -> list[Change]:
        """Whoever is to be called, and where, as the ticket says it now. Promises that came of joining stay: they are
        other people's."""
        change = self._parts.author.change
        return [
            change(entity, name, patch)
            for entity, name, thing, names in self._open(before.ticket_id)
            if (patch := {**_as_now(thing, before, after, names), **self._elsewhere(thing, before, after)})
        ]

    def _elsewhere(self, thing: Thing, before: Ticket, after: Ticket) -> dict[str, FieldValue]:
        """A warning about a ticket that is another estate's now is that one's, and so is the turn of its posts: whoever
        has taken it on by name keeps it."""
        parts = self._parts
        was, now = (parts.estate_map.building(ticket.building_id) for ticket in (before, after))
        if not isinstance(thing, EarlyWarning) or now is None or (was and was.estate_id == now.estate_id):
            return {}
        patch: dict[str, FieldValue] = {"estate_id": now.estate_id}
        if rung := RUNGS.get(thing.step):
            ladders = map(parts.ladder, (thing.estate_id, now.estate_id))
            theirs, ours = (turns(ladder, parts.staff(), thing.raised_by)(rung.turn) for ladder in ladders)
            if thing.turn == theirs != ours:
                patch["turn"] = ours
        return patch

    def reopened(self, ticket: Ticket) -> list[Change]:
        """It was not done, or is wanted all the same: whoever joined it waits on, and who was told is told again."""
        return self._parts.call_backs.for_reopened(ticket, self._is_drawn)

    def _is_drawn(self, promise: Promise) -> bool:
        """Whether a step has set its time, and nobody has agreed upon another since."""
        changes = self._parts.histories.of("promise", promise.promise_id)
        last = next((change for change in reversed(changes) if "due_at" in change.patch), None)
        return last is not None and any(is_made_by(kind, last.reason) for kind in MoveKind)

    def _open(self, ticket_id: TicketId) -> Iterator[tuple[str, str, Thing, Mapping[str, str]]]:
        """What somebody will be called about: (entity, id, itself, what it has of its ticket)."""
        parts = self._parts
        for promise in parts.promises.of_ticket(ticket_id):
            if promise.state is PromiseState.OPEN and promise.is_given:
                yield "promise", promise.promise_id, promise, _OF_PROMISES
        for one in parts.follow_ups.of_ticket(ticket_id):
            if one.state is FollowUpState.DUE:
                yield "follow_up", one.follow_up_id, one, _OF_FOLLOW_UPS
        for question in self._questions(ticket_id):
            yield "question", question.question_id, question, _WHOM
        for warning in parts.warnings.of_ticket(ticket_id):
            if warning.step in OPEN_WARNINGS:
                yield "warning", warning.warning_id, warning, _OF_WARNINGS

    def _questions(self, ticket_id: TicketId) -> Sequence[Question]:
        """Those that somebody has still to be told the answer of: few, whatever the years bring."""
        questions = self._parts.questions
        return [one for one in (*questions.open(), *questions.to_tell()) if one.ticket_id == ticket_id]


def _as_now(thing: Thing, before: Ticket, after: Ticket, names: Mapping[str, str]) -> dict[str, FieldValue]:
    """What it has as the ticket had it and has no more; nothing of one that has a number of its own."""
    number = next(iter(names))
    known = str(getattr(thing, number))
    if known and lookup_key(known) != lookup_key(before.contact_number):
        return {}
    patch: dict[str, FieldValue] = {}
    for name, of_ticket in names.items():
        had, was, now = getattr(thing, name), getattr(before, of_ticket), getattr(after, of_ticket)
        if had and was != now and (name == number or had == was):
            patch[name] = field_value(now)
    return patch
