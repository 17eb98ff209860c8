"""Follow-ups (回访) as they are kept: what was asked, what was answered. The questionnaires themselves are read from
files."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId


class FollowUpKind(Enum):
    IN_PROCESS = "in_process"  # was the resident told the plan?
    CLOSING = "closing"  # solved? satisfied?
    SPOT_CHECK = "spot_check"  # of a follow-up that somebody else made
    SURVEY = "survey"


class FollowUpState(Enum):
    DUE = "due"
    DONE = "done"
    GIVEN_UP = "given_up"  # not reached within the tries that the policy sets; with a reason


@dataclass(frozen=True, slots=True)
class FollowUp:
    """`answers`: "question=answer" in the order asked, of questionnaire `questionnaire` in its `version`. `checks_id`:
    the follow-up that a spot check is of. `score` 0..100. `confirmed`: they say that what was claimed had been done (in
    process: they were told the plan; spot check: they had been called)."""

    follow_up_id: str
    kind: FollowUpKind
    state: FollowUpState
    made_at: datetime
    made_by: str
    due_at: datetime | None = None
    owner: str = ""
    ticket_id: TicketId | None = None
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None
    number: str = ""
    survey_id: str | None = None
    checks_id: str | None = None
    questionnaire: str = ""
    version: str = ""
    answers: tuple[str, ...] = ()
    solved: bool | None = None
    satisfied: bool | None = None
    score: int | None = None
    text: str = ""
    call_id: CallId | None = None
    done_at: datetime | None = None
    done_by: str = ""
    reason: str = ""
    confirmed: bool | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """A satisfaction survey: `size` households drawn at random (`seed`) from whom the rule fits."""

    survey_id: str
    title: str
    questionnaire: str
    made_at: datetime
    made_by: str
    start: datetime
    until: datetime
    size: int
    seed: int
    rule: str = ""
    ended: bool = False
