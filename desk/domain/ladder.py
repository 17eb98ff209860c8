"""The ladder of complaint early warnings (投诉预警), as tables: each rung with whose turn it is and its clock, each
move with who may make it, where it leads and what it needs. A complaint that is seen coming goes up rung by rung until
somebody has dealt with it and the resident says so.

Surprising choice: the site office, its head and the leaders have no seat. What they did or said is written down by
whoever is at the desk, with their name (`LadderNeed.HEARD_FROM`); so "whose turn" and "who may write" are two columns.
The clocks are hours of the day and night, not working time. Figures are a policy (`LadderPolicy`). Pure, any thread."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from desk.domain.early_warnings import OPEN_WARNINGS, WarningStep
from desk.domain.times import from_text, to_text


class LadderPost(Enum):
    """Whose turn it can be. Its value stands in `EarlyWarning.turn` where the policy names nobody who works here."""

    RAISER = "raiser"  # whoever raised it
    SUPERVISOR = "supervisor"
    SITE_OFFICE = "site_office"
    SITE_HEAD = "site_head"
    LEADERS = "leaders"  # vice president, general manager


class Limit(Enum):
    """The ladder's clocks."""

    RAISE = "raise"  # from recognising to raising
    REVIEW = "review"
    RETURN = "return"  # a poor one goes back this soon
    WRITE_AGAIN = "write_again"
    ACT = "act"
    GUIDE = "guide"
    FEED_BACK = "feed_back"
    LEAD = "lead"
    TALK = "talk"  # to the resident again
    DAY = "day"  # one warning, one action
    CLOSE = "close"  # from the guidance


# As shipped; a company's own figures stand in ladder.toml.
SHIPPED_MINUTES: Mapping[Limit, int] = {
    Limit.RAISE: 30,
    Limit.REVIEW: 60,
    Limit.RETURN: 30,
    Limit.WRITE_AGAIN: 30,
    Limit.ACT: 60,
    Limit.GUIDE: 3 * 60,
    Limit.FEED_BACK: 30,
    Limit.LEAD: 24 * 60,
    Limit.TALK: 6 * 60,
    Limit.DAY: 24 * 60,
    Limit.CLOSE: 48 * 60,
}

# What whoever raises a warning says: fields of `EarlyWarning`, in the order asked.
FACTS = ("caller_number", "area", "issue", "verified", "unhappy_with", "difficulty")


@dataclass(frozen=True, slots=True)
class PostHolder:
    """Who holds a post: work numbers, the first who works here is meant; `name` and `phone` of somebody whom the staff
    list does not have."""

    who: tuple[str, ...] = ()
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class LadderPolicy:
    """`needs`: which of `FACTS` a warning must have."""

    minutes: Mapping[Limit, int] = field(default_factory=lambda: dict(SHIPPED_MINUTES))
    posts: Mapping[LadderPost, PostHolder] = field(default_factory=dict)
    needs: tuple[str, ...] = FACTS

    def limit(self, limit: Limit) -> timedelta:
        return timedelta(minutes=self.minutes[limit])

    def holder(self, post: LadderPost) -> PostHolder:
        return self.posts.get(post, PostHolder())


@dataclass(frozen=True, slots=True)
class Rung:
    """What a step waits for."""

    turn: LadderPost
    limit: Limit


RUNGS: Mapping[WarningStep, Rung] = {
    WarningStep.RAISED: Rung(LadderPost.SUPERVISOR, Limit.REVIEW),
    WarningStep.RETURNED: Rung(LadderPost.RAISER, Limit.WRITE_AGAIN),
    WarningStep.REVIEWED: Rung(LadderPost.SITE_OFFICE, Limit.ACT),
    WarningStep.ACTED: Rung(LadderPost.SITE_HEAD, Limit.GUIDE),
    WarningStep.GUIDED: Rung(LadderPost.SITE_OFFICE, Limit.FEED_BACK),
    WarningStep.FED_BACK: Rung(LadderPost.SUPERVISOR, Limit.TALK),
    WarningStep.ESCALATED: Rung(LadderPost.LEADERS, Limit.LEAD),
    WarningStep.UNSATISFIED: Rung(LadderPost.SITE_OFFICE, Limit.DAY),
}


class LadderMove(Enum):
    RAISE_AGAIN = "raise_again"  # written better
    REVIEW = "review"
    RETURN = "return"
    ACT = "act"
    GUIDE = "guide"
    FEED_BACK = "feed_back"
    SATISFIED = "satisfied"
    STILL_UNSATISFIED = "still_unsatisfied"
    ACT_TODAY = "act_today"
    WARN_AGAIN = "warn_again"  # another day has begun
    ESCALATE = "escalate"
    WITHDRAW = "withdraw"
    TAKE = "take"  # somebody of the post takes it on, by name


class LadderNeed(Enum):
    TEXT = "text"
    HEARD_FROM = "heard_from"  # whose words they are: whoever did it has no seat
    FACTS = "facts"
    NEXT_DAY = "next_day"  # one warning a day


class LadderRefusal(Enum):
    """Why a move cannot be made. The words for it belong to the ui."""

    NOT_SIGNED_IN = "not_signed_in"
    WRONG_STEP = "wrong_step"
    SUPERVISORS_ONLY = "supervisors_only"
    ONE_A_DAY = "one_a_day"
    YOURS_ALREADY = "yours_already"
    TEXT_MISSING = "text_missing"
    HEARD_FROM_MISSING = "heard_from_missing"
    FACTS_MISSING = "facts_missing"
    PERSON_UNKNOWN = "person_unknown"
    CHANGED = "changed"  # somebody has stepped it meanwhile
    ALREADY_OPEN = "already_open"  # the ticket has a warning that is still going
    UNKNOWN = "unknown"  # no such warning, no such ticket (here, yet)
    NOTHING_TO_UNDO = "nothing_to_undo"
    NOT_YOURS = "not_yours"  # the last step is somebody else's


@dataclass(frozen=True, slots=True)
class LadderRule:
    """`after` None: the step stays."""

    move: LadderMove
    before: frozenset[WarningStep]
    after: WarningStep | None
    supervisors_only: bool = False
    needs: tuple[LadderNeed, ...] = ()


_TEXT, _FROM = LadderNeed.TEXT, LadderNeed.HEARD_FROM
_SITE_CANNOT = frozenset(
    {
        WarningStep.REVIEWED,
        WarningStep.ACTED,
        WarningStep.GUIDED,
        WarningStep.FED_BACK,
        WarningStep.UNSATISFIED,
    }
)


def _at(*steps: WarningStep) -> frozenset[WarningStep]:
    return frozenset(steps)


# In the order in which they are offered: what brings it on first.
RULES: tuple[LadderRule, ...] = (
    LadderRule(LadderMove.REVIEW, _at(WarningStep.RAISED), WarningStep.REVIEWED, True),
    LadderRule(LadderMove.RETURN, _at(WarningStep.RAISED), WarningStep.RETURNED, True, (_TEXT,)),
    LadderRule(LadderMove.RAISE_AGAIN, _at(WarningStep.RETURNED), WarningStep.RAISED, needs=(LadderNeed.FACTS,)),
    LadderRule(LadderMove.ACT, _at(WarningStep.REVIEWED), WarningStep.ACTED, needs=(_TEXT, _FROM)),
    LadderRule(
        LadderMove.GUIDE, _at(WarningStep.ACTED, WarningStep.ESCALATED), WarningStep.GUIDED, needs=(_TEXT, _FROM)
    ),
    LadderRule(LadderMove.FEED_BACK, _at(WarningStep.GUIDED), WarningStep.FED_BACK),
    LadderRule(LadderMove.SATISFIED, _at(WarningStep.FED_BACK), WarningStep.CLOSED, True, (_TEXT,)),
    LadderRule(LadderMove.STILL_UNSATISFIED, _at(WarningStep.FED_BACK), WarningStep.UNSATISFIED, True, (_TEXT,)),
    LadderRule(LadderMove.ACT_TODAY, _at(WarningStep.UNSATISFIED), WarningStep.FED_BACK, needs=(_TEXT, _FROM)),
    LadderRule(
        LadderMove.WARN_AGAIN, _at(WarningStep.UNSATISFIED), WarningStep.UNSATISFIED, needs=(LadderNeed.NEXT_DAY,)
    ),
    LadderRule(LadderMove.ESCALATE, _SITE_CANNOT, WarningStep.ESCALATED, True, (_TEXT,)),
    LadderRule(LadderMove.TAKE, OPEN_WARNINGS, None),
    LadderRule(LadderMove.WITHDRAW, OPEN_WARNINGS, WarningStep.WITHDRAWN, True, (_TEXT,)),
)
RULE_OF: Mapping[LadderMove, LadderRule] = {rule.move: rule for rule in RULES}

# The limit that a move itself has to keep beside its rung's.
OWN_LIMITS: Mapping[LadderMove, Limit] = {LadderMove.RETURN: Limit.RETURN}


@dataclass(frozen=True, slots=True)
class Stepper:
    """Whoever wants to make a move: work number, "" nobody."""

    number: str
    is_supervisor: bool


def refusal(
    move: LadderMove, step: WarningStep, turn: str, who: Stepper, *, warned_today: bool = False
) -> LadderRefusal | None:
    """Why this move cannot be made here by this person; None: it can. What it needs to be given is asked apart
    (`missing`). `warned_today`: a warning has gone out on this day."""
    rule = RULE_OF[move]
    if not who.number:
        return LadderRefusal.NOT_SIGNED_IN
    if step not in rule.before:
        return LadderRefusal.WRONG_STEP
    if not who.is_supervisor:
        reviews = move is LadderMove.TAKE and RUNGS[step].turn is LadderPost.SUPERVISOR
        if rule.supervisors_only or reviews:
            return LadderRefusal.SUPERVISORS_ONLY
    if LadderNeed.NEXT_DAY in rule.needs and warned_today:
        return LadderRefusal.ONE_A_DAY
    if move is LadderMove.TAKE and turn == who.number:
        return LadderRefusal.YOURS_ALREADY
    return None


def missing(move: LadderMove, text: str, heard_from: str, *, facts_whole: bool = True) -> LadderRefusal | None:
    """What a move needs and was not given."""
    needs = RULE_OF[move].needs
    if LadderNeed.TEXT in needs and not text.strip():
        return LadderRefusal.TEXT_MISSING
    if LadderNeed.HEARD_FROM in needs and not heard_from.strip():
        return LadderRefusal.HEARD_FROM_MISSING
    if LadderNeed.FACTS in needs and not facts_whole:
        return LadderRefusal.FACTS_MISSING
    return None


def missed(limit: Limit, due_at: datetime, now: datetime) -> str | None:
    """An entry of `EarlyWarning.late`; None where the limit was kept."""
    if now <= due_at:
        return None
    return f"{limit.value} {to_text(due_at)} {int((now - due_at).total_seconds() // 60)}"


@dataclass(frozen=True, slots=True)
class Missed:
    limit: Limit
    due_at: datetime
    minutes: int


def read_missed(entry: str) -> Missed | None:
    """None for one that only a newer version knows."""
    name, _space, rest = entry.partition(" ")
    at, _space, minutes = rest.partition(" ")
    known = {limit.value: limit for limit in Limit}
    try:
        return Missed(known[name], from_text(at), int(minutes))
    except (KeyError, ValueError):
        return None
