"""Drawing samples: which calls of a week are to be scored. So many at random per agent, and those that fit a rule
(a complaint, long on hold, poor sound). Drawn twice, the same calls come out: what is drawn follows from the week, the
agent and the rule, and is nobody's choice. A worker's thread."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from desk.domain.call_log import CallPlace, Outcome
from desk.domain.call_search import CallHit, CallQuery, Recorded
from desk.domain.identity import CallId
from desk.domain.patches import patch_of
from desk.domain.scores import Sample
from desk.domain.tickets import Kind
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, NewId
from desk.usecases.recording_ports import CallSearch, Scores

RANDOM = "random"
LEAST_LENGTH_S = 20  # shorter calls hold nothing to score
PAGE = 200
MOST_CANDIDATES = 5_000  # of one agent's week


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRule:
    """Calls that fit all that is given; `share` of them per agent and week. Seconds; MOS in hundredths."""

    name: str
    title: str = ""
    share: int = 2
    kinds: tuple[Kind, ...] = ()
    categories: tuple[str, ...] = ()
    least_length_s: int | None = None
    least_hold_s: int | None = None
    least_silence_s: int | None = None
    most_mos_x100: int | None = None


class WeekRuns(Exception):
    """The week is not over: what is drawn of half of it would be the calls of its first days."""


class DrawSamples:
    """`samples`: random ones per agent and week. `zone`: whose weeks."""

    def __init__(
        self,
        search: CallSearch,
        scores: Scores,
        change_log: ChangeLog,
        author: ChangeAuthor,
        clock: Clock,
        new_id: NewId,
        zone: tzinfo,
        samples: int,
        rules: Sequence[SampleRule] = (),
    ) -> None:
        self._search, self._scores, self._log, self._author = search, scores, change_log, author
        self._clock, self._new_id, self._zone = clock, new_id, zone
        self._samples, self._rules = samples, rules

    def draw(self, period: str, agents: Sequence[str], drawn_by: str) -> list[Sample]:
        """Draw what is still to be drawn of this week ("2026-W47"). Returns the new samples; writes them in one
        transaction. Raises `ValueError` for what is no week, `WeekRuns`, `SearchAway`, `StoreFull`, `StoreBroken`."""
        since, until = week(period, self._zone)
        if self._clock() < until:
            raise WeekRuns(period)
        there = self._scores.samples(period)
        taken = {sample.call_id for sample in there}
        drawn: list[Sample] = []
        for agent in agents:
            for rule, wanted in ((SampleRule(name=RANDOM), self._samples), *((r, r.share) for r in self._rules)):
                missing = wanted - sum(
                    sample.agent == agent and sample.rule == rule.name and not sample.dropped for sample in there
                )
                if missing <= 0:
                    continue
                for hit in self._chosen(rule, agent, period, since, until, taken)[:missing]:
                    taken.add(hit.call.call_id)
                    drawn.append(
                        Sample(self._new_id(), hit.call.call_id, agent, rule.name, period, self._clock(), drawn_by)
                    )
        if drawn:
            self._log.append(
                [
                    self._author.change("sample", sample.sample_id, patch_of(sample, "sample_id"), "drawn")
                    for sample in drawn
                ]
            )
        return drawn

    def drop(self, sample_id: str, why: str) -> None:
        """This call is of no use (a wrong number, say): another may be drawn in its place."""
        self._log.append([self._author.change("sample", sample_id, {"dropped": True}, why)])

    def _chosen(
        self, rule: SampleRule, agent: str, period: str, since: datetime, until: datetime, taken: set[CallId]
    ) -> list[CallHit]:
        """The candidates in the order in which they are drawn."""
        query = CallQuery(
            since=since,
            until=until,
            outcomes=frozenset({Outcome.ANSWERED, Outcome.TRANSFERRED}),
            agents=(agent,),
            kinds=frozenset(rule.kinds),
            categories=rule.categories,
            least_length_s=max(LEAST_LENGTH_S, rule.least_length_s or 0),
            least_hold_s=rule.least_hold_s,
            least_silence_s=rule.least_silence_s,
            most_mos_x100=rule.most_mos_x100,
            recorded=Recorded.KEPT,
        )
        found: list[CallHit] = []
        after: CallPlace | None = None
        while len(found) < MOST_CANDIDATES:
            page = self._search.page(query, after, PAGE)
            found += page
            if len(page) < PAGE:
                break
            after = CallPlace(page[-1].call.offered_at, page[-1].call.call_id)
        free = sorted((hit for hit in found if hit.call.call_id not in taken), key=lambda hit: hit.call.call_id)
        random.Random(f"{period} {agent} {rule.name}").shuffle(free)  # noqa: S311 - repeatable on purpose
        return free


def week(period: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first moment of "2026-W47" and the first after it. Raises `ValueError`."""
    since = datetime.strptime(f"{period}-1", "%G-W%V-%u").replace(tzinfo=zone)
    return since, since + timedelta(days=7)


def week_of(at: datetime, zone: tzinfo) -> str:
    """ "2026-W47" (ISO 8601)."""
    return at.astimezone(zone).strftime("%G-W%V")
