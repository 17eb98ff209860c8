"""Scores and samples, from the store in memory and from the real one: what holds for one holds for both."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.domain.changes import Change
from desk.domain.identity import CallId
from desk.domain.patches import patch_of
from desk.domain.scores import Sample, Score, ScoreState
from desk.store.change_log import SqlChangeLog
from desk.store.scores import SqlScores
from desk.store.store import Store
from desk.usecases.fakes import FakeStore
from desk.usecases.recording_ports import Scores
from tests.making import START, change

Put = Callable[[Change], None]


@pytest.fixture(params=["memory", "sqlcipher"])
def ground(request: pytest.FixtureRequest) -> tuple[Scores, Put]:
    if request.param == "memory":
        fake = FakeStore()
        return fake.scores, lambda made: fake.append([made])
    store: Store = request.getfixturevalue("store")
    return SqlScores(store), lambda made: SqlChangeLog(store).append([made])


def score(name: str, minutes: int = 0, call: str = "c1", agent: str = "1001") -> Score:
    return Score(
        name, CallId(call), agent, "general", "1", "9001", START + timedelta(minutes=minutes), ScoreState.FINAL, 805,
        ("a.b=3", "a.c=0"), ("rude",), "评语", seen_at=START,
    )  # fmt: skip


def test_scores_come_back_as_they_were_written_newest_first(ground: tuple[Scores, Put]) -> None:
    scores, put = ground
    made = [score("s1", 1), score("s2", 3), score("s3", 2, call="c2")]
    for one in made:
        put(change("score", one.score_id, patch_of(one, "score_id")))
    assert scores.of_call(CallId("c1")) == [made[1], made[0]]
    assert scores.of_call(CallId("c9")) == []


def test_scores_of_a_time_are_those_from_its_start_to_before_its_end(ground: tuple[Scores, Put]) -> None:
    scores, put = ground
    for one in (score("s1", 0), score("s2", 5), score("s3", 10), score("s4", 5, agent="1002")):
        put(change("score", one.score_id, patch_of(one, "score_id")))
    since, until = START, START + timedelta(minutes=10)
    assert [one.score_id for one in scores.of_agent("1001", since, until)] == ["s2", "s1"]
    assert sorted(one.score_id for one in scores.between(since, until)) == ["s1", "s2", "s4"]


def test_samples_are_those_of_their_week(ground: tuple[Scores, Put]) -> None:
    scores, put = ground
    made = Sample("p1", CallId("c1"), "1001", "random", "2026-W47", START, "9001")
    put(change("sample", "p1", patch_of(made, "sample_id")))
    put(change("sample", "p2", {**patch_of(made, "sample_id"), "period": "2026-W46"}))
    assert scores.samples("2026-W47") == [made]


def test_answers_are_new_until_whoever_gave_the_score_has_looked_at_them(ground: tuple[Scores, Put]) -> None:
    scores, put = ground
    replied = START + timedelta(minutes=5)
    for name, fields in {
        "s1": {"reply": "so", "replied_at": replied},
        "s2": {"reply": "so", "replied_at": replied + timedelta(minutes=1), "seen_at": None},
        "s3": {"reply": "so", "replied_at": replied, "seen_at": replied + timedelta(minutes=1)},
        "s4": {"reply": "so", "replied_at": replied, "scored_by": "9002"},
        "s5": {},
    }.items():
        put(change("score", name, patch_of(replace(score(name), **fields), "score_id")))  # type: ignore[arg-type]
    assert [one.score_id for one in scores.answered("9001")] == ["s2", "s1"]
    assert [one.score_id for one in scores.answered("9002")] == ["s4"]
