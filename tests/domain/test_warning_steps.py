"""Of two steps taken at once, the one stands that keeps the warning going."""

from itertools import permutations

import pytest

from desk.domain.changes import Change, FieldValue
from desk.domain.conflicts import ASPECTS, STEP, find
from desk.domain.early_warnings import WarningStep
from desk.domain.identity import ChangeId
from desk.domain.warning_steps import STANDS_OVER, same_step, standing_step
from tests.making import at, change_id, time_text


def write(number: int, seat: str, seq: int, base: int, step: str, due_minutes: float = 60) -> Change:
    patch: dict[str, FieldValue] = dict.fromkeys(ASPECTS["warning"][STEP])
    patch |= {"step": step, "turn": "site_office", "due_at": time_text(due_minutes)}
    name = ChangeId(change_id(number))
    return Change(name, "warning", "w1", at(number), "2001", seat, patch, base_seq=base, central_seq=seq)


def test_every_step_has_its_place() -> None:
    assert sorted(STANDS_OVER, key=lambda step: step.value) == sorted(WarningStep, key=lambda step: step.value)


@pytest.mark.parametrize(
    ("one", "other", "stands"),
    [
        ("reviewed", "returned", "reviewed"),
        ("closed", "unsatisfied", "unsatisfied"),
        ("withdrawn", "reviewed", "reviewed"),
        ("withdrawn", "closed", "closed"),
        ("guided", "escalated", "escalated"),
    ],
)
def test_what_keeps_it_going_stands(one: str, other: str, stands: str) -> None:
    raised = write(1, "S01", 1, 0, "raised")
    for first, second in permutations((one, other)):
        changes = [raised, write(2, "S01", 2, 1, first), write(3, "S02", 3, 1, second)]
        (conflict,) = find("warning", "w1", changes).conflicts
        found = standing_step(conflict)
        assert found is not None
        assert found.values["step"] == stands


def test_of_two_approvals_the_one_whose_clock_runs_out_first_stands() -> None:
    raised = write(1, "S01", 1, 0, "raised")
    changes = [raised, write(2, "S01", 2, 1, "reviewed", 70), write(3, "S02", 3, 1, "reviewed", 65)]
    (conflict,) = find("warning", "w1", changes).conflicts
    found = standing_step(conflict)
    assert found is not None
    assert found.values["due_at"] == time_text(65)
    assert same_step(conflict.versions)


def test_a_step_that_only_a_newer_version_knows_is_left_to_people() -> None:
    raised = write(1, "S01", 1, 0, "raised")
    changes = [raised, write(2, "S01", 2, 1, "reviewed"), write(3, "S02", 3, 1, "of_a_newer_version")]
    (conflict,) = find("warning", "w1", changes).conflicts
    assert standing_step(conflict) is None
