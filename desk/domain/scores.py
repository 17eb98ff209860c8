"""What is kept of quality assurance (质检): samples drawn, scores given, the agent's answer. The sheets themselves are
files (`desk.usecases.score`). Values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.identity import CallId


class ScoreState(Enum):
    DRAFT = "draft"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Score:
    """One judgement of one call by one person. `points_x10`: 0-1000. `answers`: "greeting.in_time=4", one per question
    that has one; `fatal`: the fatal errors found, by name. `second_of`: the score that this one is a second opinion
    on. `reply`: what the agent says to it. `seen_at`: when it was last looked at as news, by the agent of the call or,
    once it is answered, by whoever gave it."""

    score_id: str
    call_id: CallId
    agent: str
    sheet: str
    sheet_version: str
    scored_by: str
    scored_at: datetime
    state: ScoreState = ScoreState.DRAFT
    points_x10: int | None = None
    answers: tuple[str, ...] = ()
    fatal: tuple[str, ...] = ()
    remarks: str = ""
    second_of: str = ""
    sample_id: str = ""
    seen_at: datetime | None = None
    reply: str = ""
    replied_at: datetime | None = None

    @property
    def is_unseen(self) -> bool:
        """Final, and its agent has not looked at it yet."""
        return self.state is ScoreState.FINAL and self.seen_at is None

    @property
    def has_new_answer(self) -> bool:
        """Whoever gave it has not looked at the answer yet."""
        return self.replied_at is not None and (self.seen_at is None or self.seen_at < self.replied_at)


def is_unswayed(scores: Sequence[Score], by: str) -> bool:
    """Whether this supervisor could still give a second opinion on the call of these scores without having read one:
    somebody else's is final and none of theirs, and it is not their own call."""
    final = [score for score in scores if score.state is ScoreState.FINAL]
    return bool(final) and not any(by in (score.scored_by, score.agent) for score in final)


@dataclass(frozen=True, slots=True)
class Sample:
    """A call drawn to be scored. `rule`: "random", or the name of the rule that it fits. `period`: "2026-W47"."""

    sample_id: str
    call_id: CallId
    agent: str
    rule: str
    period: str
    drawn_at: datetime
    drawn_by: str
    dropped: bool = False
