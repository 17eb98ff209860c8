"""What becomes of an attempt: when to try again, and what it does to the thing it was about. Tables; pure, any
thread."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from desk.domain.attempts import Outcome
from desk.domain.moves import MoveKind
from desk.domain.what_next import Errand

_MINUTES = {
    Outcome.NO_ANSWER: 30,
    Outcome.BUSY: 10,
    Outcome.OFF: 60,
    Outcome.WRONG_NUMBER: 10,  # another number has to be found: it must not sink
    Outcome.REFUSED: 24 * 60,
    Outcome.LATER: 60,  # where no time was said
    Outcome.SENT: 60,
}


@dataclass(frozen=True, slots=True)
class AgainFigures:
    """How long a thing rests after an attempt that did not settle it. Reached, and nothing came of it: until it is to
    be chased again (`desk.domain.clocks.Figure.CHASE_EVERY`), which is given with each question."""

    after: Mapping[Outcome, timedelta] = field(
        default_factory=lambda: {outcome: timedelta(minutes=count) for outcome, count in _MINUTES.items()}
    )


SHIPPED = AgainFigures()


class Effect(Enum):
    """What an attempt does beside being on record."""

    KEEP_PROMISE = "keep_promise"
    MOVE = "move"  # the ticket's move of `MOVES`
    ASK_MORE = "ask_more"  # the ticket's page has a panel for what was said: it is opened
    NOTHING = "nothing"


# Reached: what follows from it. What is not named has no effect of its own.
REACHED: Mapping[Errand, Effect] = {
    Errand.CALL_BACK: Effect.KEEP_PROMISE,
    Errand.TELL_PLAN: Effect.MOVE,
    Errand.GET_REPORT: Effect.MOVE,
    Errand.FOLLOW_UP: Effect.ASK_MORE,
    Errand.STEP_WARNING: Effect.ASK_MORE,
    Errand.TELL_ANSWER: Effect.ASK_MORE,
    Errand.ANSWER: Effect.ASK_MORE,
}
MOVES: Mapping[Errand, MoveKind] = {Errand.TELL_PLAN: MoveKind.TELL_PLAN, Errand.GET_REPORT: MoveKind.REPORT}

# What the handler may answer when they are reached, beside "I am on it": one key each, and the move that it makes.
ANSWERS: Mapping[Errand, tuple[MoveKind, ...]] = {
    Errand.GET_ACCEPTED: (MoveKind.ACCEPT, MoveKind.RETURN),
    Errand.GET_FINISHED: (MoveKind.REPORT, MoveKind.FINISH),
    Errand.GET_REPORT: (MoveKind.REPORT, MoveKind.FINISH),
    Errand.TELL_PLAN: (MoveKind.TELL_PLAN,),
    Errand.TAKE_UP: (MoveKind.RESUME,),
}


def effect(errand: Errand, outcome: Outcome) -> Effect:
    return REACHED.get(errand, Effect.NOTHING) if outcome is Outcome.REACHED else Effect.NOTHING


def again_at(
    outcome: Outcome, now: datetime, due_at: datetime | None, chase_again_at: datetime, figures: AgainFigures
) -> datetime:
    """When to try again. Reached before the limit: when it has run out; after it, the next chase."""
    if outcome is not Outcome.REACHED:
        return now + figures.after[outcome]
    return due_at if due_at is not None and due_at > now else chase_again_at
