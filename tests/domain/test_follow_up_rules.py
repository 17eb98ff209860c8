"""The rules of follow-ups: how often somebody is tried, and what follows from what they say."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest

from desk.domain.attempts import Attempt, Outcome, Purpose
from desk.domain.follow_up_rules import (
    BECOMES_DUE,
    CONSEQUENCES,
    OVERTAKES,
    TRIED,
    Consequence,
    Follows,
    FollowUpPolicy,
    GivenUp,
    Said,
    after_try,
    consequence,
    counted,
    is_needed,
    said,
)
from desk.domain.follow_ups import FollowUpKind
from desk.domain.questionnaires import Result
from desk.domain.quiet_hours import QuietHours
from desk.domain.tickets import Kind, Stage

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 16, 4, tzinfo=UTC)  # a Monday in China
NIGHT = QuietHours(time(20), time(9), CHINA)
POLICY = FollowUpPolicy()
CLOSING, IN_PROCESS, CHECK = FollowUpKind.CLOSING, FollowUpKind.IN_PROCESS, FollowUpKind.SPOT_CHECK


def tried(*hours: float, outcome: Outcome = Outcome.NO_ANSWER) -> list[Attempt]:
    return [
        Attempt(f"a{n}", Purpose.FOLLOW_UP, NOON + timedelta(hours=hour), "1001", outcome)
        for n, hour in enumerate(hours)
    ]


def test_three_tries_in_three_minutes_count_as_one() -> None:
    assert counted(POLICY, tried(0, 0.02, 0.05)) == 1
    assert counted(POLICY, tried(0, 4, 8)) == 3
    assert counted(POLICY, tried(0, 3, 5)) == 2


def test_a_try_that_reached_them_does_not_count_as_one_that_did_not() -> None:
    assert counted(POLICY, tried(0, 5, outcome=Outcome.LATER)) == 0
    assert counted(POLICY, []) == 0


def test_not_reached_it_is_due_again_after_the_pause_and_given_up_after_the_last_try() -> None:
    once = tried(0)
    assert after_try(POLICY, NIGHT, once, Outcome.NO_ANSWER, NOON).next_at == NOON + timedelta(hours=4)
    last = after_try(POLICY, NIGHT, tried(0, 4, 24), Outcome.NO_ANSWER, NOON + timedelta(hours=24))
    assert (last.next_at, last.given_up) == (None, GivenUp.NOT_REACHED)


def test_nobody_is_called_at_night() -> None:
    evening = NOON + timedelta(hours=6)  # 18:00 in China
    again = after_try(POLICY, NIGHT, tried(6), Outcome.BUSY, evening).next_at
    assert again is not None
    assert again.astimezone(CHINA) == datetime(2026, 11, 17, 9, tzinfo=CHINA)


def test_who_asks_to_be_called_later_is_called_then() -> None:
    wanted = NOON + timedelta(hours=9)  # 21:00: they said so
    later = after_try(POLICY, NIGHT, tried(0, outcome=Outcome.LATER), Outcome.LATER, NOON, wanted)
    assert (later.next_at, later.given_up) == (wanted, None)


def test_who_will_not_answer_is_not_called_again() -> None:
    assert after_try(POLICY, NIGHT, [], Outcome.REFUSED, NOON).given_up is GivenUp.REFUSED


@pytest.mark.parametrize("outcome", [one for one in Outcome if one not in TRIED | {Outcome.REFUSED}])
def test_nothing_else_gives_up(outcome: Outcome) -> None:
    assert after_try(POLICY, NIGHT, tried(0, 5, 10, 15), outcome, NOON).given_up is None


def test_unsolved_weighs_more_than_unsatisfied_and_that_more_than_a_low_score() -> None:
    assert said(POLICY, Result(solved=False, satisfied=True, score=90)) is Said.UNSOLVED
    assert said(POLICY, Result(solved=True, satisfied=False, score=90)) is Said.UNSATISFIED
    assert said(POLICY, Result(solved=True, satisfied=True, score=40)) is Said.LOW
    assert said(POLICY, Result(solved=True, satisfied=True, score=41)) is Said.WELL
    assert said(POLICY, Result()) is Said.WELL


def test_an_unsatisfied_resident_opens_the_ticket_again_and_a_warning_is_offered() -> None:
    for result in (Result(solved=False), Result(solved=True, satisfied=False)):
        assert consequence(POLICY, CLOSING, result) == Consequence(Follows.REOPENS, warn=True)
        assert consequence(POLICY, CHECK, result) == Consequence(Follows.REOPENS, warn=True)


def test_a_satisfied_one_closes_it() -> None:
    assert consequence(POLICY, CLOSING, Result(solved=True, satisfied=True)) == Consequence(Follows.CLOSES)


def test_a_company_may_leave_the_closing_to_people_and_an_unsatisfied_ticket_closed() -> None:
    by_hand = FollowUpPolicy(closes=False, unsatisfied_reopens=False)
    assert consequence(by_hand, CLOSING, Result(solved=True)).follows is Follows.STAYS
    unsatisfied = Result(solved=True, satisfied=False)
    assert consequence(by_hand, CLOSING, unsatisfied) == Consequence(Follows.STAYS, warn=True)
    assert consequence(by_hand, CHECK, unsatisfied) == Consequence(Follows.NOTHING, warn=True)
    assert consequence(by_hand, CLOSING, Result(solved=False)).follows is Follows.REOPENS


def test_who_was_not_told_the_plan_is_asked_again() -> None:
    assert consequence(POLICY, IN_PROCESS, Result(confirmed=False)) == Consequence(warn=True, again=True)
    assert consequence(POLICY, IN_PROCESS, Result(confirmed=True)) == Consequence()


def test_a_survey_touches_no_ticket() -> None:
    assert consequence(POLICY, FollowUpKind.SURVEY, Result(satisfied=False, score=0)) == Consequence()


def test_every_consequence_is_of_a_follow_up_that_can_have_it() -> None:
    assert all(
        found.follows is not Follows.REOPENS or kind in (CLOSING, CHECK) for (kind, _), found in CONSEQUENCES.items()
    )
    assert all(not found.again or kind is IN_PROCESS for (kind, _), found in CONSEQUENCES.items())


def test_what_becomes_due_at_a_stage_is_not_overtaken_by_it() -> None:
    assert all(kind not in OVERTAKES.get(stage, frozenset()) for stage, kind in BECOMES_DUE.items())


def test_a_ticket_that_has_ended_leaves_no_follow_up_of_its_own_due() -> None:
    for stage in (Stage.CLOSED, Stage.CANCELLED, Stage.JOINED):
        assert OVERTAKES[stage] == {CLOSING, IN_PROCESS}


def test_an_inquiry_needs_none_by_the_shipped_rules() -> None:
    assert is_needed(POLICY, CLOSING, Kind.REPAIR)
    assert not is_needed(POLICY, CLOSING, Kind.INQUIRY)
    assert not is_needed(POLICY, FollowUpKind.SURVEY, Kind.REPAIR)
