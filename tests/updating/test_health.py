"""What the doctor tells of a seat's updates."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.domain.health import Level
from desk.updating.choice import Choice
from desk.updating.health import update
from desk.updating.state import UpdateState

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
LOOKED = UpdateState(channel="/share", looked_at=NOW - timedelta(hours=1))


def test_a_seat_without_updates_says_nothing() -> None:
    assert update(Choice(), UpdateState(), "", "0.1.0", NOW) == ()


@pytest.mark.parametrize(
    ("choice", "state", "level"),
    [
        (Choice(), LOOKED, Level.OK),
        (Choice(held=True), LOOKED, Level.OK),
        (Choice(), UpdateState(ready="0.2.0", ready_at=NOW, looked_at=NOW), Level.OK),
        (Choice(), UpdateState(ready="0.2.0", ready_at=NOW - timedelta(days=9), looked_at=NOW), Level.WARNING),
        (Choice(), UpdateState(looked_at=NOW - timedelta(days=9)), Level.WARNING),
        (Choice(), UpdateState(looked_at=NOW, trouble="The channel does not answer."), Level.WARNING),
        (Choice(went_back="0.2.0", failed={"0.2.0": "died"}), LOOKED, Level.WARNING),
        (Choice(went_back="0.2.0", failed={"0.2.0": "withdrawn"}), LOOKED, Level.OK),
        (Choice(went_back="0.2.0", forgiven=("0.2.0",)), LOOKED, Level.OK),
    ],
)
def test_what_needs_somebody_is_a_warning(choice: Choice, state: UpdateState, level: Level) -> None:
    (found,) = update(choice, state, "/share", "0.1.0", NOW)
    assert found.level is level
    assert found.figures["running"] == "0.1.0"
    assert bool(found.remedy) == (level is Level.WARNING)


@pytest.mark.parametrize(
    ("why", "words", "remedy"),
    [
        ("died", "it ended by itself", "Publish a version that mends it"),
        ("asked", "somebody went back", "desk update apply 0.2.0"),
        ("missing", "its files are gone", "desk update install FILE"),
    ],
)
def test_a_version_that_was_left_is_named_and_why_and_what_to_do(why: str, words: str, remedy: str) -> None:
    (found,) = update(Choice(went_back="0.2.0", failed={"0.2.0": why}), LOOKED, "", "0.1.0", NOW)
    assert "0.2.0" in found.why
    assert words in found.why
    assert remedy in found.remedy
