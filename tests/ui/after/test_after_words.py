"""Every value of what happens after the call has a name of its own."""

from enum import Enum

import pytest

from desk.domain.attempts import Outcome, Purpose
from desk.domain.early_warnings import WarningStep
from desk.domain.follow_ups import FollowUpKind, FollowUpState
from desk.domain.promises import PromiseState
from desk.domain.tasks import TaskStage
from desk.ui.after import words

TABLES = [
    (TaskStage, words.task_stage),
    (Purpose, words.purpose),
    (Outcome, words.outcome),
    (PromiseState, words.promise_state),
    (FollowUpKind, words.follow_up_kind),
    (FollowUpState, words.follow_up_state),
    (WarningStep, words.warning_step),
]


@pytest.mark.parametrize(("values", "say"), TABLES, ids=lambda x: getattr(x, "__name__", ""))
def test_every_value_has_a_name_of_its_own(values: type[Enum], say) -> None:  # type: ignore[no-untyped-def]
    said = [say(value) for value in values]
    assert all(said)
    assert len(set(said)) == len(said)
