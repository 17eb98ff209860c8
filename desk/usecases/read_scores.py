"""Scores as they concern whoever sits here: those of one's own calls, as long as they may be answered, and the answers
to those that one gave. Which calls are scored does not depend on how they were chosen. A worker's thread."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from desk.domain.call_log import CallEntry
from desk.domain.identity import CallId
from desk.domain.listening import CLOCK_AHEAD, Listener
from desk.domain.scores import Score, ScoreState
from desk.usecases.ports import CallLog, Clock
from desk.usecases.recording_ports import Scores


@dataclass(frozen=True, slots=True)
class ScoredCall:
    """`call` None: its changes have not come yet."""

    score: Score
    call: CallEntry | None


@dataclass(frozen=True, slots=True)
class ScoreNews:
    """What nobody has looked at yet: scores of one's own calls, answers to those that one gave."""

    scores: int = 0
    answers: int = 0


class ReadScores:
    """`answer_days`: how long after a score is final its agent reaches the call."""

    def __init__(
        self, scores: Scores, calls: CallLog, listener: Callable[[], Listener], clock: Clock, answer_days: int
    ) -> None:
        self._scores, self._calls, self._listener, self._clock = scores, calls, listener, clock
        self.answer_days = answer_days

    def own(self) -> list[ScoredCall]:
        """Final ones of one's own calls, newest first."""
        return [self._with_call(score) for score in self._own()]

    def answered(self) -> list[ScoredCall]:
        """Those that one gave, with an answer that one has not looked at yet, newest answer first."""
        return [self._with_call(score) for score in self._answered()]

    def news(self) -> ScoreNews:
        return ScoreNews(sum(score.is_unseen for score in self._own()), len(self._answered()))

    def may_answer(self, call_id: CallId) -> bool:
        """Whether this is an own call of which a score may still be read and answered."""
        agent, now = self._listener().agent, self._clock()
        return bool(agent) and any(
            score.agent == agent
            and score.state is ScoreState.FINAL
            and -CLOCK_AHEAD <= now - score.scored_at <= timedelta(days=self.answer_days)
            for score in self._scores.of_call(call_id)
        )

    def _own(self) -> list[Score]:
        agent, now = self._listener().agent, self._clock()
        if not agent:
            return []
        found = self._scores.of_agent(agent, now - timedelta(days=self.answer_days), now + CLOCK_AHEAD)
        return [score for score in found if score.state is ScoreState.FINAL]

    def _answered(self) -> list[Score]:
        agent = self._listener().agent
        return self._scores.answered(agent) if agent else []

    def _with_call(self, score: Score) -> ScoredCall:
        return ScoredCall(score, self._calls.get(score.call_id))
