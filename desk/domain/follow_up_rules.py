"""The rules of follow-ups (回访): which tickets need which, when they are due, how often somebody is tried, and what
follows from what the resident said. Tables that a domain expert can read; the figures are a company's own
(`FollowUpPolicy`, read by `desk.policies.questionnaires`). Pure functions, any thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from desk.domain.attempts import Attempt, Outcome
from desk.domain.follow_ups import FollowUpKind
from desk.domain.questionnaires import Result
from desk.domain.quiet_hours import QuietHours
from desk.domain.tickets import Kind, Stage

_SLACK = timedelta(minutes=1)  # "in four hours" pressed a moment early is still the next try


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRule:
    """A survey that comes round by itself. `every`: "month", "quarter" or "year", its first `days` days; `rule`: whom
    it asks (`desk.domain.survey_rules`)."""

    name: str
    questionnaire: str
    title: str = ""
    every: str = "quarter"
    days: int = 14
    size: int = 100
    rule: str = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpPolicy:
    """`in_process_after_h`: so long after the resident is said to have been told the plan. `closing_within_h`: where
    the clocks set no limit of their own. `apart_h`: a try that comes sooner after the last one is on record and does
    not count. `low_score`: at or below it a warning is offered. Sampling: `spot_check_percent` of the follow-ups that
    each agent has made in a week, `spot_check_least` at least, to be called within `spot_check_days`."""

    in_process_for: frozenset[Kind] = frozenset({Kind.REPAIR, Kind.COMPLAINT, Kind.BUSINESS})
    closing_for: frozenset[Kind] = frozenset({Kind.REPAIR, Kind.COMPLAINT, Kind.BUSINESS, Kind.SUGGESTION})
    in_process_after_h: float = 24
    closing_within_h: float = 24
    tries: int = 3
    apart_h: float = 4
    again_after_h: float = 24  # in process, and the resident was not told: asked again
    closes: bool = True
    given_up_closes: bool = True
    unsatisfied_reopens: bool = True
    low_score: int = 40
    spot_check_percent: float = 5
    spot_check_least: int = 1
    spot_check_days: int = 3
    survey: tuple[SurveyRule, ...] = ()


class GivenUp(Enum):
    """Why a follow-up ended without answers: `FollowUp.reason`."""

    NOT_REACHED = "not_reached"  # all tries
    REFUSED = "refused"  # would not answer
    NO_NUMBER = "no_number"  # there is no way to reach them
    OVERTAKEN = "overtaken"  # the ticket went on: nobody needs it any more
    SURVEY_OVER = "survey_over"


# What nobody is asked about any more does not count as a follow-up that was owed.
NOT_OWED = frozenset({GivenUp.OVERTAKEN.value, GivenUp.SURVEY_OVER.value})

# A ticket comes to this stage -> the follow-up that becomes due; the kinds of follow-up that are overtaken.
BECOMES_DUE: dict[Stage, FollowUpKind] = {
    Stage.ACCEPTED: FollowUpKind.IN_PROCESS,  # until they have been asked, or it was given up
    Stage.IN_PROGRESS: FollowUpKind.IN_PROCESS,
    Stage.DONE: FollowUpKind.CLOSING,
}
_BOTH = frozenset({FollowUpKind.IN_PROCESS, FollowUpKind.CLOSING})
OVERTAKES: dict[Stage, frozenset[FollowUpKind]] = {
    Stage.REGISTERED: frozenset({FollowUpKind.CLOSING}),
    Stage.DISPATCHED: frozenset({FollowUpKind.CLOSING}),
    Stage.ACCEPTED: frozenset({FollowUpKind.CLOSING}),
    Stage.IN_PROGRESS: frozenset({FollowUpKind.CLOSING}),  # found unsolved: it is done again, and asked again
    Stage.RETURNED: frozenset({FollowUpKind.CLOSING}),  # the plan has to be told all the same
    Stage.SUSPENDED: frozenset({FollowUpKind.CLOSING}),
    Stage.DONE: frozenset({FollowUpKind.IN_PROCESS}),
    Stage.FOLLOWED_UP: _BOTH,
    Stage.CLOSED: _BOTH,
    Stage.CANCELLED: _BOTH,
    Stage.JOINED: _BOTH,
}


class Follows(Enum):
    """What becomes of the ticket."""

    NOTHING = "nothing"
    CLOSES = "closes"  # followed up, then closed
    STAYS = "stays"  # followed up; somebody has to close it
    REOPENS = "reopens"


@dataclass(frozen=True, slots=True)
class Consequence:
    """`warn`: a complaint early warning is offered. `again`: the same is asked once more, later."""

    follows: Follows = Follows.NOTHING
    warn: bool = False
    again: bool = False


class Said(Enum):
    """What the resident's answers come to: the worst of them."""

    UNSOLVED = "unsolved"
    UNCONFIRMED = "unconfirmed"  # was not told the plan; had not been called
    UNSATISFIED = "unsatisfied"
    LOW = "low"  # content in words, a low score
    WELL = "well"


_ASKS_AGAIN = Consequence(warn=True, again=True)
_WARNS = Consequence(warn=True)
_REOPENS = Consequence(Follows.REOPENS, warn=True)

# The follow-up's kind and what was said -> what follows. What is not here: nothing.
CONSEQUENCES: dict[tuple[FollowUpKind, Said], Consequence] = {
    (FollowUpKind.IN_PROCESS, Said.UNCONFIRMED): _ASKS_AGAIN,
    (FollowUpKind.IN_PROCESS, Said.UNSATISFIED): _WARNS,
    (FollowUpKind.IN_PROCESS, Said.LOW): _WARNS,
    (FollowUpKind.CLOSING, Said.UNSOLVED): _REOPENS,
    (FollowUpKind.CLOSING, Said.UNSATISFIED): _REOPENS,
    (FollowUpKind.CLOSING, Said.LOW): Consequence(Follows.CLOSES, warn=True),
    (FollowUpKind.CLOSING, Said.WELL): Consequence(Follows.CLOSES),
    (FollowUpKind.SPOT_CHECK, Said.UNSOLVED): _REOPENS,
    (FollowUpKind.SPOT_CHECK, Said.UNCONFIRMED): _WARNS,
    (FollowUpKind.SPOT_CHECK, Said.UNSATISFIED): _REOPENS,
    (FollowUpKind.SPOT_CHECK, Said.LOW): _WARNS,
}


def said(policy: FollowUpPolicy, result: Result) -> Said:
    if result.solved is False:
        return Said.UNSOLVED
    if result.confirmed is False:
        return Said.UNCONFIRMED
    if result.satisfied is False:
        return Said.UNSATISFIED
    if result.score is not None and result.score <= policy.low_score:
        return Said.LOW
    return Said.WELL


def consequence(policy: FollowUpPolicy, kind: FollowUpKind, result: Result) -> Consequence:
    """What follows from these answers, with the company's own choices taken into account."""
    what = said(policy, result)
    found = CONSEQUENCES.get((kind, what), Consequence())
    if found.follows is Follows.REOPENS and what is not Said.UNSOLVED and not policy.unsatisfied_reopens:
        found = Consequence(Follows.CLOSES if kind is FollowUpKind.CLOSING else Follows.NOTHING, found.warn)
    if found.follows is Follows.CLOSES and not policy.closes:
        found = Consequence(Follows.STAYS, found.warn)
    return found


def is_needed(policy: FollowUpPolicy, kind: FollowUpKind, ticket_kind: Kind) -> bool:
    match kind:
        case FollowUpKind.IN_PROCESS:
            return ticket_kind in policy.in_process_for
        case FollowUpKind.CLOSING:
            return ticket_kind in policy.closing_for
        case FollowUpKind.SPOT_CHECK | FollowUpKind.SURVEY:
            return False  # drawn, not called for by a ticket


# A try with one of these did not bring the resident to the telephone, and the next one is later.
TRIED = frozenset({Outcome.NO_ANSWER, Outcome.BUSY, Outcome.OFF, Outcome.WRONG_NUMBER})


def counted(policy: FollowUpPolicy, attempts: Sequence[Attempt]) -> int:
    """How many of these tries count: those that did not follow within `apart_h` of one that does."""
    count, last = 0, None
    for attempt in sorted(attempts, key=lambda one: one.at):
        if attempt.outcome not in TRIED:
            continue
        if last is None or attempt.at >= last + timedelta(hours=policy.apart_h) - _SLACK:
            count, last = count + 1, attempt.at
    return count


@dataclass(frozen=True, slots=True)
class AfterTry:
    """What follows a try that brought no answers: `next_at` it is due again, or it is given up."""

    next_at: datetime | None = None
    given_up: GivenUp | None = None


def after_try(
    policy: FollowUpPolicy,
    hours: QuietHours,
    attempts: Sequence[Attempt],
    outcome: Outcome,
    at: datetime,
    wanted: datetime | None = None,
) -> AfterTry:
    """`attempts`: all, this one with them. `hours`: when no resident is called. `wanted`: when they asked to be called,
    which holds whatever the hour."""
    if outcome is Outcome.REFUSED:
        return AfterTry(given_up=GivenUp.REFUSED)
    if wanted is not None:
        return AfterTry(next_at=max(at, wanted))
    if outcome in TRIED and counted(policy, attempts) >= policy.tries:
        return AfterTry(given_up=GivenUp.NOT_REACHED)
    return AfterTry(next_at=hours.after(at + timedelta(hours=policy.apart_h)))
