"""Scores as they concern whoever sits here."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from desk.domain.identity import CallId
from desk.domain.listening import Listener, Role
from desk.domain.patches import patch_of
from desk.domain.scores import Score, ScoreState
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.fakes_ticket_page import FakeTrails
from desk.usecases.fakes_work import FakePromises
from desk.usecases.read_scores import ReadScores, ScoreNews
from desk.usecases.score_call import ScoreCall

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
AGENT, BOSS = Listener("1001", Role.AGENT), Listener("9001", Role.SUPERVISOR)


class Ground:
    def __init__(self) -> None:
        self.store, self.listener, self.now = FakeStore(), AGENT, NOW
        numbers = count(1)
        self.author = FakeAuthor("9001", "S01", lambda: self.now, lambda: f"change{next(numbers):05}")
        self.read = ReadScores(self.store.scores, self.store.calls, lambda: self.listener, lambda: self.now, 14)
        self.scoring = ScoreCall(
            self.store.scores,
            self.store,
            self.author,
            lambda: self.now,
            str,
            lambda: (),
            lambda: (),
            FakeTrails(self.store),
            FakePromises(self.store).given_in,
        )

    def score(
        self, name: str, days_ago: int, agent: str = "1001", state: ScoreState = ScoreState.FINAL, by: str = "9001"
    ) -> Score:
        given = NOW - timedelta(days=days_ago)
        made = Score(name, CallId(f"call-{name}"), agent, "general", "1", by, given, state, 900)
        self.store.append([self.author.change("score", name, patch_of(made, "score_id"))])
        return made

    def kept(self, name: str) -> Score:
        return self.store.scores.of_call(CallId(f"call-{name}"))[0]


@pytest.fixture
def ground() -> Ground:
    return Ground()


def test_agents_read_the_final_scores_of_their_own_calls_for_as_long_as_they_may_answer(ground: Ground) -> None:
    ground.score("old", 15)
    ground.score("first", 13)
    ground.score("newest", 1)
    ground.score("draft", 1, state=ScoreState.DRAFT)
    ground.score("other", 1, agent="1002")
    assert [one.score.score_id for one in ground.read.own()] == ["newest", "first"]
    can = {name: ground.read.may_answer(CallId(f"call-{name}")) for name in ("old", "first", "draft", "other")}
    assert can == {"old": False, "first": True, "draft": False, "other": False}


def test_a_score_is_news_to_the_agent_and_its_answer_to_whoever_gave_it(ground: Ground) -> None:
    score = ground.score("a", 1)
    ground.score("b", 1, agent="1002", by="9002")
    assert ground.read.news() == ScoreNews(scores=1)
    assert ground.scoring.seen(score, AGENT)
    assert ground.read.news() == ScoreNews()
    ground.now += timedelta(minutes=1)
    ground.scoring.reply(ground.kept("a"), AGENT, "noise on the line")
    assert ground.read.news() == ScoreNews()
    ground.listener = BOSS
    assert ground.read.news() == ScoreNews(answers=1)
    assert not ground.scoring.seen(ground.kept("a"), Listener("9002", Role.SUPERVISOR))
    ground.now += timedelta(minutes=1)
    assert ground.scoring.seen(ground.kept("a"), BOSS)
    assert ground.read.news() == ScoreNews()
    assert not ground.scoring.seen(ground.kept("a"), BOSS)


def test_nobody_who_is_not_signed_in_is_told_anything(ground: Ground) -> None:
    ground.score("a", 1, agent="")
    ground.listener = Listener("", Role.AGENT)
    assert (ground.read.own(), ground.read.answered(), ground.read.news()) == ([], [], ScoreNews())
    assert not ground.read.may_answer(CallId("call-a"))
