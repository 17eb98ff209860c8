"""The ladder's tables are whole, and no walk over them leaves a warning that nobody has to go on with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.early_warnings import OPEN_WARNINGS, EarlyWarning, WarningStep
from desk.domain.estate import Duty, Staff
from desk.domain.identity import StaffId, TicketId
from desk.domain.ladder import (
    RULE_OF,
    RULES,
    RUNGS,
    SHIPPED_MINUTES,
    LadderMove,
    LadderPolicy,
    LadderPost,
    LadderRefusal,
    Limit,
    PostHolder,
    Stepper,
    missed,
    missing,
    read_missed,
    refusal,
)
from desk.domain.warning_moves import Raising, Stepping, WarningFacts, raised, stepped, turns, warned_on

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # 10:00 in China
POLICY = LadderPolicy()
FACTS = WarningFacts("13800138000", "5栋", "漏水", "去看过", "没人回话", "要找媒体")
SUPERVISOR, AGENT = Stepper("2001", True), Stepper("1001", False)


def person(number: str, *, active: bool = True) -> Staff:
    return Staff(StaffId(f"s{number}"), number, f"员工{number}", Duty.AGENT, active=active)


STAFF = [person("1001"), person("2001"), person("3001"), person("3002", active=False)]


def fresh(now: datetime = NOW, recognised_ago: timedelta = timedelta(minutes=5)) -> EarlyWarning:
    raising = Raising(
        warning_id="w1", ticket_id=TicketId("t1"), by="1001", recognised_at=now - recognised_ago, facts=FACTS
    )
    return raised(raising, now, POLICY, turns(POLICY, STAFF, "1001"))


def walk(warning: EarlyWarning, *moves: LadderMove, now: datetime = NOW) -> EarlyWarning:
    turn = turns(POLICY, STAFF, warning.raised_by)
    for move in moves:
        given = Stepping(move=move, by="2001", text="话", heard_from="王经理")
        warning = stepped(warning, given, now, POLICY, turn, CHINA)
    return warning


def test_every_open_step_has_a_turn_and_a_clock_and_a_way_on() -> None:
    assert set(RUNGS) == OPEN_WARNINGS
    for step in OPEN_WARNINGS:
        onward = [rule for rule in RULES if step in rule.before and rule.after not in (None, step)]
        assert any(rule.after is not WarningStep.WITHDRAWN for rule in onward), step


def test_every_move_has_one_rule_and_every_limit_a_figure() -> None:
    assert set(RULE_OF) == set(LadderMove)
    assert len(RULES) == len(LadderMove)
    assert set(SHIPPED_MINUTES) == set(Limit)


def test_the_straight_way_up_ends_with_a_satisfied_resident() -> None:
    done = walk(
        fresh(), LadderMove.REVIEW, LadderMove.ACT, LadderMove.GUIDE, LadderMove.FEED_BACK, LadderMove.SATISFIED
    )
    assert done.step is WarningStep.CLOSED
    assert done.closed_at == NOW
    assert done.reviewed_by == "2001"
    assert done.guidance == "话"
    assert done.close_due_at == NOW + timedelta(hours=48)
    assert done.late == ()


@pytest.mark.parametrize(
    ("step", "hours"),
    [
        (WarningStep.RAISED, 1),
        (WarningStep.RETURNED, 0.5),
        (WarningStep.REVIEWED, 1),
        (WarningStep.ACTED, 3),
        (WarningStep.GUIDED, 0.5),
        (WarningStep.FED_BACK, 6),
        (WarningStep.ESCALATED, 24),
        (WarningStep.UNSATISFIED, 24),
    ],
)
def test_the_shipped_clocks_are_those_of_the_hotline(step: WarningStep, hours: float) -> None:
    assert POLICY.limit(RUNGS[step].limit) == timedelta(hours=hours)


def test_a_warning_raised_more_than_half_an_hour_after_it_was_recognised_says_so() -> None:
    assert fresh(recognised_ago=timedelta(minutes=30)).late == ()
    late = fresh(recognised_ago=timedelta(minutes=47)).late
    found = read_missed(late[0])
    assert found is not None
    assert (found.limit, found.minutes) == (Limit.RAISE, 17)


def test_a_warning_is_not_recognised_after_it_was_raised() -> None:
    assert fresh(recognised_ago=-timedelta(hours=1)).recognised_at == NOW


def test_a_step_taken_late_stays_on_record_through_all_that_follows() -> None:
    later = NOW + timedelta(minutes=75)
    acted = walk(walk(fresh(), LadderMove.REVIEW, now=later), LadderMove.ACT, now=later)
    assert [entry.split()[0] for entry in acted.late] == ["review"]
    assert read_missed(acted.late[0]).minutes == 15  # type: ignore[union-attr]


def test_a_poor_warning_goes_back_within_half_an_hour_or_the_return_is_late() -> None:
    in_time = walk(fresh(), LadderMove.RETURN, now=NOW + timedelta(minutes=30))
    too_late = walk(fresh(), LadderMove.RETURN, now=NOW + timedelta(minutes=40))
    assert (in_time.turn, in_time.returned, in_time.late) == ("1001", 1, ())
    assert [entry.split()[0] for entry in too_late.late] == ["return"]


def test_a_returned_warning_comes_back_with_better_facts() -> None:
    returned = walk(fresh(), LadderMove.RETURN)
    better = replace(FACTS, verified="  管家到场，照片两张 ")
    again = stepped(
        returned,
        Stepping(move=LadderMove.RAISE_AGAIN, by="1001", facts=better),
        NOW,
        POLICY,
        turns(POLICY, STAFF, "1001"),
        CHINA,
    )
    assert (again.step, again.verified, again.turn) == (WarningStep.RAISED, "管家到场，照片两张", "supervisor")


def test_a_returned_warning_whose_author_has_left_is_the_supervisors() -> None:
    policy = LadderPolicy(posts={LadderPost.SUPERVISOR: PostHolder(("3002", "2001"))})
    assert turns(policy, STAFF, "3002")(LadderPost.RAISER) == "2001"
    assert turns(POLICY, STAFF, "3002")(LadderPost.RAISER) == "supervisor"


def test_a_post_is_held_by_the_first_of_the_policy_who_works_here() -> None:
    policy = LadderPolicy(posts={LadderPost.SITE_HEAD: PostHolder(("3002", "3001"), "王经理", "13900000000")})
    turn = turns(policy, STAFF, "1001")
    assert turn(LadderPost.SITE_HEAD) == "3001"
    assert turn(LadderPost.LEADERS) == "leaders"


def test_while_unsatisfied_there_is_one_warning_a_day() -> None:
    up = (LadderMove.REVIEW, LadderMove.ACT, LadderMove.GUIDE, LadderMove.FEED_BACK)
    first = walk(fresh(), *up, LadderMove.STILL_UNSATISFIED)
    assert (first.day, first.warned_at) == (1, NOW)
    evening = NOW + timedelta(hours=8)
    same_day = walk(first, LadderMove.ACT_TODAY, LadderMove.STILL_UNSATISFIED, now=evening)
    assert (same_day.day, same_day.warned_at, same_day.acted_at) == (1, NOW, evening)
    assert warned_on(same_day, evening, CHINA)
    midnight = NOW + timedelta(hours=14, minutes=1)  # 00:01 in China
    assert not warned_on(same_day, midnight, CHINA)
    next_day = walk(same_day, LadderMove.WARN_AGAIN, now=midnight)
    assert (next_day.day, next_day.warned_at) == (2, midnight)
    assert next_day.step is WarningStep.UNSATISFIED


def test_a_second_warning_on_one_day_is_refused() -> None:
    why = refusal(LadderMove.WARN_AGAIN, WarningStep.UNSATISFIED, "site_office", AGENT, warned_today=True)
    assert why is LadderRefusal.ONE_A_DAY


def test_closing_later_than_two_days_after_the_guidance_is_on_record() -> None:
    fed_back = walk(fresh(), LadderMove.REVIEW, LadderMove.ACT, LadderMove.GUIDE, LadderMove.FEED_BACK)
    closed = walk(fed_back, LadderMove.SATISFIED, now=NOW + timedelta(hours=49))
    assert [entry.split()[0] for entry in closed.late] == ["talk", "close"]


def test_what_only_a_supervisor_may_do_is_refused_to_an_agent() -> None:
    assert refusal(LadderMove.REVIEW, WarningStep.RAISED, "supervisor", AGENT) is LadderRefusal.SUPERVISORS_ONLY
    assert refusal(LadderMove.TAKE, WarningStep.RAISED, "supervisor", AGENT) is LadderRefusal.SUPERVISORS_ONLY
    assert refusal(LadderMove.ACT, WarningStep.REVIEWED, "site_office", AGENT) is None
    assert refusal(LadderMove.TAKE, WarningStep.REVIEWED, "site_office", AGENT) is None
    assert refusal(LadderMove.REVIEW, WarningStep.RAISED, "supervisor", SUPERVISOR) is None


def test_whoever_has_the_turn_cannot_take_it_again() -> None:
    assert refusal(LadderMove.TAKE, WarningStep.RAISED, "2001", SUPERVISOR) is LadderRefusal.YOURS_ALREADY


def test_nobody_signed_in_does_nothing() -> None:
    nobody = Stepper("", True)
    assert all(refusal(move, step, "x", nobody) for move in LadderMove for step in WarningStep)


@pytest.mark.parametrize("step", [WarningStep.CLOSED, WarningStep.WITHDRAWN])
def test_an_ended_warning_stays_ended(step: WarningStep) -> None:
    assert all(refusal(move, step, "", SUPERVISOR) is LadderRefusal.WRONG_STEP for move in LadderMove)


def test_a_move_that_needs_words_or_a_name_asks_for_them() -> None:
    assert missing(LadderMove.RETURN, " ", "") is LadderRefusal.TEXT_MISSING
    assert missing(LadderMove.ACT, "去了", "") is LadderRefusal.HEARD_FROM_MISSING
    assert missing(LadderMove.ACT, "去了", "李工") is None
    assert missing(LadderMove.REVIEW, "", "") is None
    assert missing(LadderMove.RAISE_AGAIN, "", "", facts_whole=False) is LadderRefusal.FACTS_MISSING


def test_facts_that_are_missing_are_named_in_the_order_asked() -> None:
    facts = WarningFacts(issue="漏水", area=" ")
    assert facts.lacking(("difficulty", "area", "issue")) == ("area", "difficulty")


def test_an_entry_of_a_newer_version_is_left_out() -> None:
    assert read_missed("another 2026-11-22T02:00:00.000000Z 5") is None
    assert read_missed("review soon 5") is None
    assert missed(Limit.ACT, NOW, NOW) is None


@given(
    st.lists(st.tuples(st.sampled_from(LadderMove), st.booleans(), st.integers(0, 3 * 24 * 60)), max_size=40),
)
def test_no_walk_leaves_a_warning_without_turn_and_clock_unless_it_is_over(
    moves: list[tuple[LadderMove, bool, int]],
) -> None:
    now, warning = NOW, fresh()
    turn = turns(POLICY, STAFF, warning.raised_by)
    for move, is_supervisor, minutes in moves:
        now += timedelta(minutes=minutes)
        who = SUPERVISOR if is_supervisor else AGENT
        if refusal(move, warning.step, warning.turn, who, warned_today=warned_on(warning, now, CHINA)):
            continue
        before = warning
        given_ = Stepping(move=move, by=who.number, text="话", heard_from="王经理")
        warning = stepped(warning, given_, now, POLICY, turn, CHINA)
        assert warning.late[: len(before.late)] == before.late
        assert warning.day >= before.day
        assert (warning.closed_at is not None) == (warning.step not in OPEN_WARNINGS)
        if warning.step in OPEN_WARNINGS:
            assert warning.turn
            assert warning.due_at > now or move is LadderMove.TAKE
        if move is not LadderMove.TAKE:
            was_late = now > before.due_at
            assert any(entry.split()[0] == RUNGS[before.step].limit.value for entry in warning.late) >= was_late
