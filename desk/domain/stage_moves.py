"""Which stage of a ticket, or of a task, stands when two people moved it without seeing each other's move. A table, so
that a domain expert can read it; `desk.domain.conflicts` finds the moves, this says which of them stands.

Surprising choice: who came first does not matter, for a seat that was without network for an hour comes last and is not
wrong for that. What decides is the price of being wrong: an open ticket too many is looked at and closed, a closed one
too many is forgotten. So a move that keeps work visible stands over one that hides it, unless the work was done or
the resident has called it off. Pure, any thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.domain.tasks import TaskStage
from desk.domain.tickets import Stage

_ENDS = frozenset({Stage.CLOSED, Stage.CANCELLED})
_SOLVED = frozenset({Stage.DONE, Stage.FOLLOWED_UP})


@dataclass(frozen=True, slots=True)
class Move:
    """`before`: the stage as whoever moved the ticket saw it, None where there was none."""

    before: Stage | None
    after: Stage


# The strongest first: (from one of these stages, to this one); None = from any. The first row that fits a move is its
# place, and of two moves the one with the higher place stands.
STANDS_OVER: tuple[tuple[frozenset[Stage] | None, Stage], ...] = (
    (_ENDS, Stage.REGISTERED),  # taken up again after its end: somebody complained
    (_SOLVED, Stage.DISPATCHED),  # the follow-up found it unsolved
    (_SOLVED, Stage.IN_PROGRESS),
    (_SOLVED, Stage.REGISTERED),
    (frozenset({Stage.FOLLOWED_UP}), Stage.CLOSED),
    (None, Stage.FOLLOWED_UP),
    (None, Stage.DONE),
    (None, Stage.JOINED),  # its work goes on in the other ticket
    (None, Stage.CANCELLED),  # the resident wants no visit
    (None, Stage.RETURNED),  # has to be dispatched again
    (None, Stage.SUSPENDED),
    (None, Stage.IN_PROGRESS),
    (None, Stage.ACCEPTED),
    (None, Stage.DISPATCHED),
    (None, Stage.CLOSED),  # closed at once, while somebody else saw work in it
    (None, Stage.REGISTERED),
)


# The same of a task, whatever it was before: what was done was done, and what has to be sent anew must not lie with
# somebody who does not come. One that was dropped while a handler took it is taken.
TASK_STANDS_OVER: tuple[TaskStage, ...] = (
    TaskStage.DONE,
    TaskStage.RETURNED,
    TaskStage.IN_PROGRESS,
    TaskStage.ACCEPTED,
    TaskStage.DISPATCHED,
    TaskStage.CANCELLED,
    TaskStage.WAITING,
)


def place(move: Move) -> int:
    """Its row in `STANDS_OVER`, 0 the strongest."""
    for index, (befores, after) in enumerate(STANDS_OVER):
        if move.after is after and (befores is None or move.before in befores):
            return index
    raise AssertionError(f"no row for {move}")  # the last rows name every stage: a test holds it


def standing(moves: Sequence[Move]) -> int:
    """The index of the move that stands; of equal ones the first. At least one."""
    return min(range(len(moves)), key=lambda index: place(moves[index]))


def standing_task(stages: Sequence[TaskStage]) -> int:
    """The index of the task's stage that stands; of equal ones the first. At least one."""
    return min(range(len(stages)), key=lambda index: TASK_STANDS_OVER.index(stages[index]))
