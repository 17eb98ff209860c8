"""Surveys: whom they ask, that the draw can be done again, and what comes of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from desk.domain.attempts import Outcome, Purpose
from desk.domain.follow_up_rules import FollowUpPolicy, SurveyRule
from desk.domain.follow_ups import FollowUpKind, FollowUpState, Survey
from desk.domain.identity import EstateId
from desk.domain.survey_rules import BadRule, Whom, read_rule, rule_text, turn_of
from desk.domain.ticket_figures import Rate
from desk.domain.working_time import CHINA
from desk.usecases.survey import SurveyPlan, SurveyRefused
from tests.usecases.conftest import World
from tests.usecases.follow_up_world import Hotline, hotline_of, ids

QUARTERLY = SurveyRule(name="quarterly", questionnaire="survey", every="quarter", days=70, size=3)


@pytest.fixture
def hotline(world: World) -> Hotline:
    """Six homes have a number: one of their own, or one of somebody who lives there; one had one."""
    for room in ("1-101", "1-203", "2-101"):
        building, unit = "5", room
        world.number(f"1380013{room.replace('-', '')}", household_id=f"h{building}-{unit}")
    for home in ("12-1-101", "12-1-203", "A-1-101"):
        world.person("王", (f"h{home}", "owner"), numbers=(f"139001{home[-3:]}{len(home):02}",))
    gone = world.number("13700000000", household_id="h12-2-101")
    world.put("number", gone, ended=True)
    return hotline_of(world)


def plan(hotline: Hotline, **fields: Any) -> SurveyPlan:
    now = hotline.world.now
    made = SurveyPlan("Summer", "survey", now, now + timedelta(days=14), 4)
    return replace(made, **fields)


def make(hotline: Hotline, survey_id: str = "s1", **fields: Any) -> Survey:
    return hotline.surveying.make(survey_id, plan(hotline, **fields), "3001")


def test_a_rule_reads_as_it_is_written() -> None:
    assert read_rule("all") == Whom()
    assert read_rule("estate=e1 tickets=30") == Whom(EstateId("e1"), None, 30)
    assert rule_text(Whom(EstateId("e1"), "b5", 30)) == "estate=e1 building=b5 tickets=30"
    assert rule_text(Whom()) == "all"
    for text in ("everybody", "tickets=0", "tickets=soon", "estate=", "tickets=99999"):
        with pytest.raises(BadRule):
            read_rule(text)


def test_so_many_households_with_a_number_are_drawn_and_due(hotline: Hotline) -> None:
    survey = make(hotline)
    asked = hotline.follow_ups.of_survey("s1")
    assert len(asked) == 4
    assert {one.kind for one in asked} == {FollowUpKind.SURVEY}
    assert all(one.number for one in asked)
    assert {one.household_id for one in asked} == set(hotline.surveying.redraw(survey))
    hotline.later(days=14)
    assert ids(hotline.follow_ups.due(hotline.world.now, "1001")) == ids(asked)  # for whoever has time


def test_each_day_has_its_share_of_the_calls(hotline: Hotline) -> None:
    now = hotline.world.now
    make(hotline)
    due = sorted(one.due_at for one in hotline.follow_ups.of_survey("s1") if one.due_at is not None)
    assert [at - now for at in due] == [place * timedelta(days=3.5) for place in range(4)]


def test_more_than_there_are_asks_all_that_can_be_reached(hotline: Hotline) -> None:
    make(hotline, size=100)
    homes = {one.household_id for one in hotline.follow_ups.of_survey("s1")}
    assert homes == {"h5-1-101", "h5-1-203", "h5-2-101", "h12-1-101", "h12-1-203", "hA-1-101"}


def test_a_rule_narrows_it_down(hotline: Hotline) -> None:
    make(hotline, size=100, rule="building=b5")
    assert {one.household_id for one in hotline.follow_ups.of_survey("s1")} == {"h5-1-101", "h5-1-203", "h5-2-101"}
    hotline.world.ticket("h12-1-101", ago_h=24)
    hotline.world.ticket("h12-1-203", ago_h=24 * 40)
    make(hotline, "s2", size=100, rule="estate=e1 tickets=30")
    assert {one.household_id for one in hotline.follow_ups.of_survey("s2")} == {"h12-1-101"}


@pytest.mark.parametrize(
    "wrong",
    [{"questionnaire": "none"}, {"size": 0}, {"rule": "building=b99"}, {"until": datetime(2020, 1, 1, tzinfo=UTC)}],
)
def test_one_that_cannot_be_is_refused_whole(hotline: Hotline, wrong: dict[str, Any]) -> None:
    with pytest.raises(SurveyRefused):
        make(hotline, **wrong)
    assert hotline.surveys.get("s1") is None


def test_one_that_comes_round_is_made_once_in_its_turn_whoever_looks(hotline: Hotline) -> None:
    hotline.policy = FollowUpPolicy(survey=(QUARTERLY,))
    (made,) = hotline.surveying.make_due("1001")
    assert hotline.surveying.make_due("1002") == []
    assert (made.start, made.size) == (datetime(2026, 1, 1, tzinfo=CHINA), 3)
    hotline.later(days=15)  # beyond its days: not again, not late
    assert hotline.surveying.make_due("1001") == []
    hotline.later(days=20)
    assert len(hotline.surveying.make_due("1001")) == 1  # the next quarter's


def test_turns_begin_with_the_month_the_quarter_the_year() -> None:
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    for every, turn in (("month", "2026-11"), ("quarter", "2026-10"), ("year", "2026-01")):
        name, start, until = turn_of(replace(QUARTERLY, every=every, days=7), at, CHINA)
        assert (name, f"{start:%Y-%m-%d}", until - start) == (turn, f"{turn}-01", timedelta(days=7))


def test_answers_are_counted_and_touch_no_ticket(hotline: Hotline) -> None:
    make(hotline)
    very, no, gone, _waiting = hotline.follow_ups.of_survey("s1")
    for one, answer in ((very, "very"), (no, "no")):
        paper = hotline.work.answered(hotline.work.paper(one.follow_up_id), {"happy": answer})
        finished = hotline.work.finish(paper)
        assert finished.ticket is None
    hotline.work.tried(hotline.work.paper(gone.follow_up_id), Outcome.REFUSED)
    (attempt,) = hotline.follow_ups.attempts(gone.follow_up_id)
    assert attempt.purpose is Purpose.SURVEY
    found = hotline.surveying.result("s1")
    assert found is not None
    assert (found.asked, found.answered, found.given_up, found.waiting) == (4, 2, 1, 1)
    assert (found.satisfied, found.score) == (Rate(1, 2), 50)
    assert found.counts == {"happy": {"very": 1, "no": 1}}


def test_when_it_is_over_nobody_is_asked_any_more(hotline: Hotline) -> None:
    make(hotline)
    assert hotline.surveying.end_overdue() == 0
    hotline.later(days=15)
    assert hotline.surveying.end_overdue() == 1
    assert {one.state for one in hotline.follow_ups.of_survey("s1")} == {FollowUpState.GIVEN_UP}
    assert hotline.follow_ups.due(hotline.world.now) == []
    assert hotline.surveying.end_overdue() == 0
    (result,) = hotline.surveying.recent()
    assert result.survey.ended
    assert hotline.surveying.result("none") is None
