"""Drawing samples: the same week gives the same calls, each agent gets theirs, nothing is drawn twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from itertools import count

import pytest

from desk.domain.call_log import CallEntry, CallPlace, Outcome, RecordingEntry, RecordingKept
from desk.domain.call_search import CallHit, CallQuery, Recorded
from desk.domain.identity import CallId
from desk.domain.party import Direction
from desk.domain.scores import Sample
from desk.usecases.draw_samples import RANDOM, DrawSamples, SampleRule, WeekRuns, week, week_of
from desk.usecases.fakes import FakeAuthor, FakeStore

CHINA = timezone(timedelta(hours=8))
WEEK = "2026-W47"
MONDAY = datetime(2026, 11, 16, tzinfo=CHINA)


@dataclass
class Search:
    """Knows what the drawing asks for: agent, time, hold and silence."""

    hits: list[CallHit] = field(default_factory=list)
    asked: list[CallQuery] = field(default_factory=list)

    def page(self, query: CallQuery, after: CallPlace | None, limit: int) -> list[CallHit]:
        self.asked.append(query)
        fits = [
            hit
            for hit in self.hits
            if hit.call.agent in query.agents
            and (query.since is None or hit.call.offered_at >= query.since)
            and (query.until is None or hit.call.offered_at < query.until)
            and (hit.recording is not None and (hit.recording.hold_ms or 0) >= 1000 * (query.least_hold_s or 0))
            and (after is None or (hit.call.offered_at, hit.call.call_id) < (after.offered_at, after.call_id))
        ]
        return sorted(fits, key=lambda hit: (hit.call.offered_at, hit.call.call_id), reverse=True)[:limit]


def hit(number: int, agent: str, hold_s: int = 0, at: datetime | None = None) -> CallHit:
    call_id = CallId(f"{agent}-{number:04}")
    offered = at or MONDAY + timedelta(minutes=number)
    call = CallEntry(
        call_id, "热线", Direction.INCOMING, "138", "138", "", "", offered, "S01", agent, Outcome.ANSWERED,
        offered, offered + timedelta(seconds=60),
    )  # fmt: skip
    return CallHit(call, RecordingEntry(call_id, RecordingKept.KEPT, hold_ms=hold_s * 1000))


def drawing(
    search: Search,
    store: FakeStore,
    samples: int = 3,
    rules: Sequence[SampleRule] = (),
    seed: int = 0,
    now: datetime = MONDAY + timedelta(days=8),
) -> DrawSamples:
    numbers = count(seed)
    author = FakeAuthor("9001", "S01", lambda: MONDAY, lambda: f"change{next(numbers):05}")
    return DrawSamples(
        search,
        store.scores,
        store,
        author,
        lambda: now,
        lambda: f"s{next(numbers):05}",
        CHINA,
        samples,
        rules,
    )


@pytest.fixture
def search() -> Search:
    return Search([hit(n, agent, 200 if n % 10 == 0 else 0) for agent in ("1001", "1002") for n in range(450)])


def calls_of(samples: Sequence[Sample]) -> set[str]:
    return {sample.call_id for sample in samples}


def test_each_agent_gets_so_many_and_all_are_written_at_once(search: Search) -> None:
    store = FakeStore()
    drawn = drawing(search, store).draw(WEEK, ["1001", "1002"], "9001")
    assert [(sample.agent, sample.rule) for sample in drawn] == [("1001", RANDOM)] * 3 + [("1002", RANDOM)] * 3
    assert store.scores.samples(WEEK) == drawn
    assert store.appends == 1


def test_drawing_asks_for_answered_and_recorded_calls_of_the_week_only(search: Search) -> None:
    search.hits = [hit(1, "1001", at=MONDAY - timedelta(seconds=1)), hit(2, "1001", at=MONDAY + timedelta(days=7))]
    assert drawing(search, FakeStore()).draw(WEEK, ["1001"], "9001") == []
    (query,) = search.asked
    assert query.recorded is Recorded.KEPT
    assert query.outcomes == {Outcome.ANSWERED, Outcome.TRANSFERRED}
    assert query.least_length_s == 20


def test_the_same_week_gives_the_same_calls_wherever_it_is_drawn(search: Search) -> None:
    one = drawing(search, FakeStore()).draw(WEEK, ["1001"], "9001")
    search.hits.reverse()
    other = drawing(search, FakeStore(), seed=500).draw(WEEK, ["1001"], "9002")
    assert calls_of(one) == calls_of(other)


def test_drawing_again_adds_nothing_and_a_dropped_one_is_made_up_for(search: Search) -> None:
    store = FakeStore()
    draw = drawing(search, store)
    drawn = draw.draw(WEEK, ["1001"], "9001")
    assert draw.draw(WEEK, ["1001"], "9001") == []
    draw.drop(drawn[0].sample_id, "拨错号码")
    (another,) = draw.draw(WEEK, ["1001"], "9001")
    assert another.call_id not in calls_of(drawn)


def test_a_week_that_is_not_over_is_not_drawn(search: Search) -> None:
    store = FakeStore()
    draw = drawing(search, store, now=MONDAY + timedelta(days=7, seconds=-1))
    with pytest.raises(WeekRuns):
        draw.draw(WEEK, ["1001"], "9001")
    assert not store.changes
    assert drawing(search, store, now=MONDAY + timedelta(days=7)).draw(WEEK, ["1001"], "9001")


def test_a_rule_draws_of_the_calls_that_fit_it_beside_the_random_ones(search: Search) -> None:
    store = FakeStore()
    rule = SampleRule(name="long_hold", share=2, least_hold_s=120)
    drawn = drawing(search, store, samples=2, rules=[rule]).draw(WEEK, ["1001"], "9001")
    assert [sample.rule for sample in drawn] == [RANDOM, RANDOM, "long_hold", "long_hold"]
    assert len(calls_of(drawn)) == 4
    assert all(int(sample.call_id[-1]) == 0 for sample in drawn if sample.rule == "long_hold")


def test_few_calls_are_few_samples(search: Search) -> None:
    search.hits = search.hits[:2]
    assert len(drawing(search, FakeStore()).draw(WEEK, ["1001"], "9001")) == 2


def test_weeks_are_those_of_iso_8601_in_the_hotlines_zone() -> None:
    assert week("2026-W47", CHINA) == (MONDAY, MONDAY + timedelta(days=7))
    assert week_of(datetime(2026, 11, 15, 16, 0, tzinfo=UTC), CHINA) == "2026-W47"
    assert week_of(datetime(2026, 11, 15, 15, 59, tzinfo=UTC), CHINA) == "2026-W46"
    assert week_of(datetime(2026, 12, 31, tzinfo=UTC), CHINA) == "2026-W53"
    for nonsense in ("2026-47", "2026-W54", "", "last"):
        with pytest.raises(ValueError):  # noqa: PT011 - strptime's own words
            week(nonsense, CHINA)
