"""The clocks of the day that are not a ticket's: promised calls, follow-ups, steps of early warnings, questions. Each
was met, or it is on record that whoever was waited for was called about it. Read from a seat's rows."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.domain.attempts import Attempt, Purpose
from desk.domain.early_warnings import EarlyWarning
from desk.domain.follow_ups import FollowUp, FollowUpState
from desk.domain.identity import TicketId
from desk.domain.knowledge import Question
from desk.domain.moves import MoveKind, is_made_by
from desk.domain.promises import Promise, PromiseState
from desk.domain.times import from_text, to_text
from desk.store.attempts import SqlAttempts
from desk.store.history import SqlHistories
from desk.store.queries import Reader
from desk.store.store import Store

OVERNIGHT = timedelta(hours=14)  # between two calls: nobody calls at night
_IN_TIME = timedelta(hours=1)  # before its limit: was tried then, and nobody answered


@dataclass(frozen=True, slots=True)
class Missed:
    """`until`: when it was kept, or now. `purposes`: what a call about it is for."""

    what: str
    about_id: str
    due_at: datetime
    until: datetime
    purposes: frozenset[Purpose]


def missed(store: Store, since: datetime, until: datetime, now: datetime) -> list[Missed]:
    """Those that belong to this time (made, asked or raised in it) and were not met, kept since or not."""
    return [
        *_promises(store, since, until, now),
        *_follow_ups(store, since, until, now),
        *_warnings(store, since, until, now),
        *_questions(store, since, until, now),
    ]


def was_tried(one: Missed, attempts: Sequence[Attempt]) -> bool:
    """Whether somebody was called about it, from its limit (or just before) until it was kept, every day of it."""
    calls = sorted(
        call.at for call in attempts if call.purpose in one.purposes and one.due_at - _IN_TIME <= call.at <= one.until
    )
    steps = [one.due_at, *(at for at in calls if at > one.due_at), one.until]
    return bool(calls) and all(after - before <= OVERNIGHT for before, after in itertools.pairwise(steps))


def untried(store: Store, found: Sequence[Missed]) -> list[Missed]:
    attempts = SqlAttempts(store)
    return [one for one in found if not was_tried(one, attempts.about(one.about_id))]


def _promises(store: Store, since: datetime, until: datetime, now: datetime) -> Iterator[Missed]:
    for one in Reader(store, Promise).where("made_at >= ? AND made_at < ?", to_text(since), to_text(until)):
        kept = one.kept_at or now
        if one.state is not PromiseState.RELEASED and kept > one.due_at:
            yield Missed("promise", one.promise_id, one.due_at, kept, frozenset({Purpose.PROMISE}))


def _follow_ups(store: Store, since: datetime, until: datetime, now: datetime) -> Iterator[Missed]:
    """Nobody is asked about what is suspended: it is owed from when the ticket was taken up again."""
    histories = SqlHistories(store)
    for one in Reader(store, FollowUp).where("made_at >= ? AND made_at < ?", to_text(since), to_text(until)):
        done = one.done_at or now
        if one.state is FollowUpState.GIVEN_UP or one.due_at is None:
            continue
        taken_up = [at for at in _taken_up(histories, one.ticket_id) if at <= done]
        due_at = max([one.due_at, *taken_up])
        if done > due_at:
            yield Missed("follow-up", one.follow_up_id, due_at, done, frozenset({Purpose.FOLLOW_UP}))


def _taken_up(histories: SqlHistories, ticket_id: TicketId | None) -> list[datetime]:
    changes = histories.of("ticket", ticket_id) if ticket_id else []
    return [one.at for one in changes if is_made_by(MoveKind.RESUME, one.patch.get("step"))]


def _warnings(store: Store, since: datetime, until: datetime, now: datetime) -> Iterator[Missed]:
    for one in Reader(store, EarlyWarning).where("raised_at >= ? AND raised_at < ?", to_text(since), to_text(until)):
        for entry in one.late:
            step, due, minutes = entry.split(" ")
            due_at = from_text(due)
            kept = due_at + timedelta(minutes=int(minutes) + 1)  # whole minutes
            yield Missed(f"warning {step}", one.warning_id, due_at, kept, frozenset({Purpose.WARNING}))
        if one.closed_at is None and one.due_at < now:
            yield Missed("warning", one.warning_id, one.due_at, now, frozenset({Purpose.WARNING}))


def _questions(store: Store, since: datetime, until: datetime, now: datetime) -> Iterator[Missed]:
    """Whoever has to answer is chased; the resident then waits for the answer no longer than that."""
    for one in Reader(store, Question).where("asked_at >= ? AND asked_at < ?", to_text(since), to_text(until)):
        answered = one.answered_at or now
        if answered > one.due_at:
            yield Missed("question", one.question_id, one.due_at, answered, frozenset({Purpose.CHASE}))
