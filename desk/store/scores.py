"""Scores and samples of the seat store. Any thread."""

from datetime import datetime

from sqlalchemy import or_, select

from desk.domain.identity import CallId
from desk.domain.scores import Sample, Score
from desk.domain.times import to_text
from desk.store.queries import Reader
from desk.store.schema import ROWS
from desk.store.store import Store

_SCORE, _SAMPLE = ROWS["score"], ROWS["sample"]


class SqlScores:
    """Implements `recording_ports.Scores`."""

    def __init__(self, store: Store) -> None:
        self._scores = Reader(store, Score)
        self._samples = Reader(store, Sample)

    def of_call(self, call_id: CallId) -> list[Score]:
        return self._scores.many(
            select(_SCORE).where(_SCORE.c.call_id == call_id).order_by(_SCORE.c.scored_at.desc(), _SCORE.c.score_id)
        )

    def of_agent(self, agent: str, since: datetime, until: datetime) -> list[Score]:
        return self._scores.many(
            select(_SCORE)
            .where(_SCORE.c.agent == agent, _SCORE.c.scored_at >= to_text(since), _SCORE.c.scored_at < to_text(until))
            .order_by(_SCORE.c.scored_at.desc(), _SCORE.c.score_id)
        )

    def between(self, since: datetime, until: datetime) -> list[Score]:
        return self._scores.many(
            select(_SCORE)
            .where(_SCORE.c.scored_at >= to_text(since), _SCORE.c.scored_at < to_text(until))
            .order_by(_SCORE.c.scored_at.desc(), _SCORE.c.score_id)
        )

    def answered(self, scored_by: str) -> list[Score]:
        new = or_(_SCORE.c.seen_at.is_(None), _SCORE.c.seen_at < _SCORE.c.replied_at)
        return self._scores.many(
            select(_SCORE)
            .where(_SCORE.c.scored_by == scored_by, _SCORE.c.replied_at.is_not(None), new)
            .order_by(_SCORE.c.replied_at.desc(), _SCORE.c.score_id)
        )

    def samples(self, period: str) -> list[Sample]:
        return self._samples.many(select(_SAMPLE).where(_SAMPLE.c.period == period).order_by(_SAMPLE.c.sample_id))
