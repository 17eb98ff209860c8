"""What a move on the ladder makes of an early warning: its next step, whose turn it then is, until when, and which
limits were missed on the way. The rules are the tables in `desk.domain.ladder`; here they are applied. Pure, any
thread.

One warning a day: the day is the office's (`zone`), and a talk that ends unsatisfied twice on one day is still that
day's warning. The next limit is counted from the move in any case."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from desk.domain.early_warnings import EarlyWarning, WarningStep
from desk.domain.estate import Staff
from desk.domain.identity import TicketId
from desk.domain.ladder import (
    FACTS,
    OWN_LIMITS,
    RULE_OF,
    RUNGS,
    LadderMove,
    LadderPolicy,
    LadderPost,
    Limit,
    missed,
)


@dataclass(frozen=True, slots=True)
class WarningFacts:
    """What whoever raises a warning says: see `ladder.FACTS`."""

    caller_number: str = ""
    area: str = ""
    issue: str = ""
    verified: str = ""
    unhappy_with: str = ""
    difficulty: str = ""

    def lacking(self, needs: Iterable[str]) -> tuple[str, ...]:
        """Those of `needs` that are empty."""
        wanted = set(needs)
        return tuple(name for name in FACTS if name in wanted and not getattr(self, name).strip())


def facts_of(warning: EarlyWarning) -> WarningFacts:
    return WarningFacts(**{name: getattr(warning, name) for name in FACTS})


Turn = Callable[[LadderPost], str]  # whose turn it is: a work number, or the post's own name


def turns(policy: LadderPolicy, staff: Iterable[Staff], raised_by: str) -> Turn:
    """A post is held by the first of the policy who works here. Whoever raised it and has left is stood in for by the
    supervisors: it never waits for nobody."""
    working = {one.number for one in staff if one.active}
    gone = {one.number for one in staff if not one.active}

    def turn(post: LadderPost) -> str:
        if post is LadderPost.RAISER:
            return raised_by if raised_by not in gone else turn(LadderPost.SUPERVISOR)
        return next((who for who in policy.holder(post).who if who in working), post.value)

    return turn


@dataclass(frozen=True, kw_only=True)
class Raising:
    warning_id: str
    ticket_id: TicketId
    by: str
    recognised_at: datetime
    facts: WarningFacts
    evidence: tuple[str, ...] = ()
    estate_id: str | None = None


def raised(given: Raising, now: datetime, policy: LadderPolicy, turn: Turn) -> EarlyWarning:
    recognised = min(given.recognised_at, now)
    rung = RUNGS[WarningStep.RAISED]
    late = missed(Limit.RAISE, recognised + policy.limit(Limit.RAISE), now)
    return EarlyWarning(
        warning_id=given.warning_id,
        ticket_id=given.ticket_id,
        step=WarningStep.RAISED,
        raised_at=now,
        raised_by=given.by,
        recognised_at=recognised,
        turn=turn(rung.turn),
        due_at=now + policy.limit(rung.limit),
        **{name: getattr(given.facts, name).strip() for name in FACTS},
        evidence=given.evidence,
        stepped_at=now,
        stepped_by=given.by,
        estate_id=given.estate_id,
        late=(late,) if late else (),
    )


@dataclass(frozen=True, kw_only=True)
class Stepping:
    """`to`: who takes it on (a work number), for `LadderMove.TAKE`."""

    move: LadderMove
    by: str
    text: str = ""
    heard_from: str = ""
    to: str = ""
    facts: WarningFacts | None = None


def stepped(
    warning: EarlyWarning, given: Stepping, now: datetime, policy: LadderPolicy, turn: Turn, zone: tzinfo
) -> EarlyWarning:
    """The warning after an allowed move."""
    if given.move is LadderMove.TAKE:
        return replace(warning, turn=given.to or given.by)
    step = RULE_OF[given.move].after or warning.step
    after = replace(
        warning,
        step=step,
        stepped_at=now,
        stepped_by=given.by,
        said=given.text.strip(),
        heard_from=given.heard_from.strip(),
        late=(*warning.late, *_missed(warning, given.move, now, policy)),
    )
    rung = RUNGS.get(step)
    if rung is not None:
        after = replace(after, turn=turn(rung.turn), due_at=now + policy.limit(rung.limit))
    return _marked(after, given, now, policy, zone)


def _missed(warning: EarlyWarning, move: LadderMove, now: datetime, policy: LadderPolicy) -> list[str]:
    found: list[str | None] = []
    if warning.step in RUNGS:
        found.append(missed(RUNGS[warning.step].limit, warning.due_at, now))
    own = OWN_LIMITS.get(move)
    if own is not None:
        since = warning.stepped_at or warning.raised_at
        found.append(missed(own, since + policy.limit(own), now))
    if move is LadderMove.SATISFIED and warning.close_due_at is not None:
        found.append(missed(Limit.CLOSE, warning.close_due_at, now))
    return [entry for entry in found if entry]


def _marked(after: EarlyWarning, given: Stepping, now: datetime, policy: LadderPolicy, zone: tzinfo) -> EarlyWarning:
    """What a move leaves behind beside the step."""
    match given.move:
        case LadderMove.REVIEW:
            return replace(after, reviewed_by=given.by)
        case LadderMove.RETURN:
            return replace(after, returned=after.returned + 1)
        case LadderMove.RAISE_AGAIN:
            facts = given.facts or facts_of(after)
            return replace(after, **{name: getattr(facts, name).strip() for name in FACTS})
        case LadderMove.GUIDE:
            close = now + policy.limit(Limit.CLOSE)
            return replace(after, guidance=after.said, guided_at=now, close_due_at=close)
        case LadderMove.STILL_UNSATISFIED | LadderMove.WARN_AGAIN:
            if warned_on(after, now, zone):
                return after
            return replace(after, warned_at=now, day=after.day + 1)
        case LadderMove.ACT_TODAY:
            return replace(after, acted_at=now)
        case LadderMove.SATISFIED | LadderMove.WITHDRAW:
            return replace(after, closed_at=now, closed_by=given.by)
        case _:
            return after


def warned_on(warning: EarlyWarning, now: datetime, zone: tzinfo) -> bool:
    """This day's warning has gone out."""
    return _same_day(warning.warned_at, now, zone)


def acted_on(warning: EarlyWarning, now: datetime, zone: tzinfo) -> bool:
    """This day's action has been taken."""
    return _same_day(warning.acted_at, now, zone)


def _same_day(at: datetime | None, now: datetime, zone: tzinfo) -> bool:
    return at is not None and at.astimezone(zone).date() == now.astimezone(zone).date()
