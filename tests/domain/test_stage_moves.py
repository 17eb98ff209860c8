"""Which stage stands when two moved a ticket at once."""

import itertools

import pytest

from desk.domain.stage_moves import STANDS_OVER, TASK_STANDS_OVER, Move, place, standing, standing_task
from desk.domain.tasks import TaskStage
from desk.domain.tickets import MOVES, Stage

S = Stage


@pytest.mark.parametrize(
    ("before", "one", "other", "stands"),
    [
        (S.DISPATCHED, S.ACCEPTED, S.RETURNED, S.RETURNED),
        (S.DISPATCHED, S.ACCEPTED, S.CANCELLED, S.CANCELLED),
        (S.ACCEPTED, S.DONE, S.CANCELLED, S.DONE),
        (S.ACCEPTED, S.IN_PROGRESS, S.DONE, S.DONE),
        (S.ACCEPTED, S.IN_PROGRESS, S.SUSPENDED, S.SUSPENDED),
        (S.DONE, S.FOLLOWED_UP, S.DISPATCHED, S.DISPATCHED),
        (S.FOLLOWED_UP, S.CLOSED, S.DISPATCHED, S.DISPATCHED),
        (S.FOLLOWED_UP, S.CLOSED, S.IN_PROGRESS, S.IN_PROGRESS),  # as a seat of an older version reopens
        (S.REGISTERED, S.CLOSED, S.DISPATCHED, S.DISPATCHED),
        (S.REGISTERED, S.JOINED, S.DISPATCHED, S.JOINED),
        (S.RETURNED, S.DISPATCHED, S.CANCELLED, S.CANCELLED),
        (S.SUSPENDED, S.DISPATCHED, S.IN_PROGRESS, S.IN_PROGRESS),
    ],
)
def test_of_two_moves_from_one_stage_this_one_stands(before: Stage, one: Stage, other: Stage, stands: Stage) -> None:
    moves = [Move(before, one), Move(before, other)]
    assert moves[standing(moves)].after is stands
    assert moves[::-1][standing(moves[::-1])].after is stands


def test_every_move_that_the_rules_allow_has_its_place() -> None:
    for before, afters in MOVES.items():
        for after in afters:
            assert 0 <= place(Move(before, after)) < len(STANDS_OVER)


def test_no_two_stages_share_a_place_so_that_who_came_first_never_decides() -> None:
    moves = [Move(before, after) for before, afters in MOVES.items() for after in afters]
    for one, other in itertools.combinations(moves, 2):
        if one.after is not other.after:
            assert place(one) != place(other)


def test_a_ticket_that_somebody_took_up_again_is_never_hidden_by_another_move() -> None:
    taken_up = Move(Stage.CLOSED, Stage.REGISTERED)
    others = [Move(before, after) for before, afters in MOVES.items() for after in afters]
    assert all(place(taken_up) <= place(other) for other in others)


def test_of_a_task_every_stage_has_its_place_and_what_was_done_stands() -> None:
    assert sorted(stage.value for stage in TASK_STANDS_OVER) == sorted(stage.value for stage in TaskStage)
    assert standing_task([TaskStage.CANCELLED, TaskStage.ACCEPTED, TaskStage.DONE]) == 2
    assert standing_task([TaskStage.CANCELLED, TaskStage.ACCEPTED]) == 1
