"""The samples of a week as they stand."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import count

import pytest

from desk.domain.call_log import CallEntry, Outcome
from desk.domain.identity import CallId
from desk.domain.listening import Listener, Role
from desk.domain.party import Direction
from desk.domain.patches import patch_of
from desk.domain.scores import Sample, Score, ScoreState
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.read_samples import ReadSamples

AT = datetime(2026, 11, 18, 9, tzinfo=UTC)
WEEK = "2026-W47"
BOSS = Listener("9001", Role.SUPERVISOR)


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


def put(store: FakeStore, entity: str, entity_id: str, patch: dict[str, object]) -> None:
    numbers = count(len(store.changes))
    author = FakeAuthor("9001", "S01", lambda: AT, lambda: f"change{next(numbers):05}")
    store.append([author.change(entity, entity_id, patch)])  # type: ignore[arg-type]


def sample(store: FakeStore, name: str, agent: str = "1001", rule: str = "random", **fields: object) -> None:
    made = Sample(name, CallId(f"call-{name}"), agent, rule, WEEK, AT, "9001")
    put(store, "sample", name, {**patch_of(made, "sample_id"), **fields})


def score(store: FakeStore, name: str, call: str, state: ScoreState, minutes: int = 0) -> None:
    made = Score(name, CallId(call), "1001", "general", "1", "9001", AT + timedelta(minutes=minutes), state, 900)
    put(store, "score", name, {**patch_of(made, "score_id")})


def reading(store: FakeStore) -> ReadSamples:
    return ReadSamples(store.scores, store.calls, store, timezone(timedelta(hours=8)))


def test_samples_stand_by_agent_the_random_ones_first_and_dropped_ones_not_at_all(store: FakeStore) -> None:
    sample(store, "b", "1002")
    sample(store, "c", "1001", "complaints")
    sample(store, "a", "1001")
    sample(store, "d", "1001", dropped=True)
    assert [row.sample.sample_id for row in reading(store).of_week(WEEK, BOSS)] == ["a", "c", "b"]
    assert reading(store).of_week("2026-W46", BOSS) == []


def test_a_final_score_counts_before_a_younger_draft(store: FakeStore) -> None:
    sample(store, "a")
    (row,) = reading(store).of_week(WEEK, BOSS)
    assert (row.call, row.score, row.done) == (None, None, False)
    score(store, "s1", "call-a", ScoreState.DRAFT)
    assert not reading(store).of_week(WEEK, BOSS)[0].done
    score(store, "s2", "call-a", ScoreState.FINAL, 1)
    score(store, "s3", "call-a", ScoreState.DRAFT, 2)
    (row,) = reading(store).of_week(WEEK, BOSS)
    assert row.score is not None
    assert (row.score.score_id, row.done) == ("s2", True)


def test_the_call_comes_with_its_sample(store: FakeStore) -> None:
    sample(store, "a")
    call = CallEntry(
        CallId("call-a"), "热线", Direction.INCOMING, "138", "138", "", "", AT, "S01", "1001", Outcome.ANSWERED
    )
    put(store, "call", call.call_id, {**patch_of(call, "call_id")})
    (row,) = reading(store).of_week(WEEK, BOSS)
    assert row.call == call


def test_those_who_are_scored_are_the_agents_of_today(store: FakeStore) -> None:
    for number, duty, active in (
        ("1002", "agent", True),
        ("1001", "agent", True),
        ("1003", "agent", False),
        ("9001", "supervisor", True),
    ):
        put(store, "staff", number, {"number": number, "name": number, "duty": duty, "phone": "", "active": active})
    assert reading(store).agents() == ["1001", "1002"]


def test_which_calls_are_still_to_be_heard_is_not_for_agents_to_know(store: FakeStore) -> None:
    sample(store, "a", "1001")
    assert reading(store).of_week(WEEK, Listener("1001", Role.AGENT)) == []
