"""How a turn was kept, against counting its minutes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.adherence import COUNTS, Counts, Punctual, keep_turn, keep_turns
from desk.domain.agent_state import AgentState
from desk.domain.roster import ShiftPolicy
from desk.domain.shifts import DutyTurn, Post, StateSpan, Stay

START = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
POLICY = ShiftPolicy()
TURN = DutyTurn("t", "1001", Post.AGENT, START, START + timedelta(hours=6))


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def stay(since: float, until: float | None, name: str = "a") -> Stay:
    return Stay(name, "1001", "S01", at(since), at(until) if until is not None else None)


def span(state: AgentState, since: float) -> StateSpan:
    return StateSpan(f"{since:07.1f}", "1001", "S01", state.value, at(since))


def test_every_state_counts_as_something() -> None:
    assert set(COUNTS) == set(AgentState)


def test_coming_in_time_and_staying_to_the_end_is_all_of_it() -> None:
    kept = keep_turn(TURN, [stay(-6, 366)], [span(AgentState.READY, -6)], at(400), POLICY)
    assert (kept.begun, kept.ended, kept.adherence_pct) == (Punctual.ON_TIME, Punctual.ON_TIME, 100.0)


def test_coming_without_the_minutes_before_is_told_from_coming_late() -> None:
    assert keep_turn(TURN, [stay(-3, 366)], [], at(400), POLICY).begun is Punctual.SHORT
    late = keep_turn(TURN, [stay(9, 366)], [], at(400), POLICY)
    assert (late.begun, late.late_by) == (Punctual.LATE, timedelta(minutes=9))


def test_leaving_early_is_told_with_its_minutes() -> None:
    kept = keep_turn(TURN, [stay(-6, 330)], [], at(400), POLICY)
    assert (kept.ended, kept.early_by) == (Punctual.LATE, timedelta(minutes=30))


def test_a_fault_is_lost_time_and_nobody_s_fault() -> None:
    spans = [span(AgentState.READY, 0), span(AgentState.FAULT, 60), span(AgentState.READY, 120)]
    kept = keep_turn(TURN, [stay(-6, 366)], spans, at(400), POLICY)
    assert (kept.lost, kept.adherence_pct) == (timedelta(hours=1), 100.0)


def test_the_part_of_a_turn_that_is_still_to_come_counts_for_nothing() -> None:
    kept = keep_turn(TURN, [stay(-6, None)], [], at(60), POLICY)
    assert (kept.planned, kept.there, kept.ended) == (timedelta(hours=1), timedelta(hours=1), Punctual.OPEN)


def test_a_turn_nobody_came_to_yet_is_open_and_absent_once_it_is_over() -> None:
    assert keep_turn(TURN, [], [], at(60), POLICY).begun is Punctual.OPEN
    assert keep_turn(TURN, [], [], at(361), POLICY).begun is Punctual.ABSENT


def test_two_seats_at_once_count_once() -> None:
    kept = keep_turn(TURN, [stay(-6, 200), stay(100, 366, "b")], [], at(400), POLICY)
    assert kept.there == timedelta(hours=6)


def test_turns_that_have_not_begun_or_were_taken_back_are_left_out() -> None:
    back = DutyTurn("b", "1001", Post.AGENT, at(0), at(60), ended=True)
    later = DutyTurn("l", "1001", Post.AGENT, at(600), at(660))
    kept = keep_turns([back, later], [], [], at(400), POLICY)
    assert (kept.turns, kept.adherence_pct, kept.attendance_pct) == ((), None, None)


_STATES = st.sampled_from(list(AgentState))


@given(
    st.lists(st.tuples(st.integers(-30, 380), st.integers(1, 120)), max_size=4),
    st.lists(st.tuples(st.integers(-30, 380), _STATES), max_size=6, unique_by=lambda pair: pair[0]),
)
def test_the_time_there_agrees_with_counting_every_minute(
    stays: list[tuple[int, int]], spans: list[tuple[int, AgentState]]
) -> None:
    told = [stay(since, since + length, str(place)) for place, (since, length) in enumerate(stays)]
    states = [span(state, since) for since, state in spans]
    kept = keep_turn(TURN, told, states, at(600), POLICY)
    there, lost, breaks, lunch = 0, 0, 0, 0
    ordered = sorted(spans, key=lambda pair: pair[0])
    for minute in range(360):
        if not any(since <= minute < since + length for since, length in stays):
            continue
        there += 1
        state = next((s for since, s in reversed(ordered) if since <= minute), None)
        counts = COUNTS[state] if state is not None else Counts.THERE
        lost += counts is Counts.LOST
        breaks += counts is Counts.BREAK
        lunch += counts is Counts.LUNCH
    missed = max(0, breaks - 20) + max(0, lunch - 45)
    assert kept.there == timedelta(minutes=max(0, there - missed))
    assert kept.lost == timedelta(minutes=lost)
