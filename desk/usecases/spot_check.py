"""Spot checks (回访抽查): of the closing follow-ups that each agent made in a week, a random few are asked once more by
somebody else. Who is drawn follows from the follow-ups themselves (`desk.domain.sampling`): nobody can choose, nobody
knows beforehand, and anybody can draw again and see the same. A worker's thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from desk.domain.follow_up_rules import FollowUpPolicy
from desk.domain.follow_ups import FollowUp, FollowUpKind, FollowUpState
from desk.domain.sampling import draw, seed_of, share_of
from desk.usecases.draw_samples import week
from desk.usecases.due_follow_ups import follow_up_id_of, making_patch
from desk.usecases.follow_up_ports import FollowUps
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock


class WeekNotOver(Exception):
    """What is still to be made cannot be drawn from."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The sample of one agent's week: `among` so many, by this seed; `ids` in the order drawn."""

    agent: str
    seed: int
    among: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A follow-up and what its spot check found. `differs`: the two do not say the same of what both asked, or the
    resident says that nobody had called."""

    first: FollowUp
    check: FollowUp

    @property
    def differs(self) -> bool:
        pairs = ((self.first.solved, self.check.solved), (self.first.satisfied, self.check.satisfied))
        return self.check.confirmed is False or any(
            one is not None and other is not None and one is not other for one, other in pairs
        )


class SpotChecks:
    """`zone`: whose weeks."""

    def __init__(
        self,
        log: ChangeLog,
        author: ChangeAuthor,
        follow_ups: FollowUps,
        clock: Clock,
        zone: tzinfo,
        policy: Callable[[], FollowUpPolicy],
    ) -> None:
        self._log, self._author, self._follow_ups = log, author, follow_ups
        self._clock, self._zone, self._policy = clock, zone, policy

    def sample(self, period: str) -> list[Drawn]:
        """Who is drawn of this week ("2026-W47"), by agent; writes nothing, and is the same at every seat that has the
        week's follow-ups. Raises `ValueError` for what is no week, `WeekNotOver`."""
        since, until = week(period, self._zone)
        if self._clock() < until:
            raise WeekNotOver(period)
        made: dict[str, list[str]] = {}
        for one in self._follow_ups.done_between(since, until):
            if one.kind is FollowUpKind.CLOSING and one.state is FollowUpState.DONE and one.done_by:
                made.setdefault(one.done_by, []).append(one.follow_up_id)
        return [self._drawn(period, agent, ids) for agent, ids in sorted(made.items())]

    def draw(self, period: str, drawn_by: str) -> list[FollowUp]:
        """The spot checks of this week that are not there yet, made due for `drawn_by` (nobody's own: those are for
        whoever else has time). Drawn twice, or at two seats, they are the same ones. Raises as `sample`."""
        ids = [name for drawn in self.sample(period) for name in drawn.ids]
        there = {check.checks_id for check in self._follow_ups.checks_of(ids)}
        now, policy = self._clock(), self._policy()
        made: list[FollowUp] = []
        for name in ids:
            first = self._follow_ups.get(name)
            if first is None or name in there:
                continue
            made.append(
                FollowUp(
                    follow_up_id=follow_up_id_of(name, FollowUpKind.SPOT_CHECK, 1),
                    kind=FollowUpKind.SPOT_CHECK,
                    state=FollowUpState.DUE,
                    made_at=now,
                    made_by=drawn_by,
                    due_at=now + timedelta(days=policy.spot_check_days),
                    owner="" if first.done_by == drawn_by else drawn_by,
                    ticket_id=first.ticket_id,
                    person_id=first.person_id,
                    household_id=first.household_id,
                    number=first.number,
                    checks_id=name,
                )
            )
        if made:
            self._log.append(
                [self._author.change("follow_up", one.follow_up_id, making_patch(one), "drawn") for one in made]
            )
        return made

    def found(self, since: datetime, until: datetime) -> list[Comparison]:
        """The spot checks finished in this time beside what they checked."""
        checks = [
            one
            for one in self._follow_ups.done_between(since, until)
            if one.kind is FollowUpKind.SPOT_CHECK and one.state is FollowUpState.DONE and one.checks_id
        ]
        pairs = ((self._follow_ups.get(one.checks_id or ""), one) for one in checks)
        return [Comparison(first, check) for first, check in pairs if first is not None]

    def _drawn(self, period: str, agent: str, ids: Sequence[str]) -> Drawn:
        policy = self._policy()
        seed = seed_of(f"{period} {agent}", ids)
        size = share_of(len(ids), policy.spot_check_percent, policy.spot_check_least)
        return Drawn(agent, seed, len(ids), tuple(draw(ids, size, seed)))
