"""Spot checks: drawn from what each agent has followed up in a week, by nobody's choice, made by somebody else."""

from datetime import timedelta

import pytest

from desk.domain.follow_up_rules import FollowUpPolicy
from desk.domain.follow_ups import FollowUp, FollowUpKind, FollowUpState
from desk.domain.identity import TicketId
from desk.domain.patches import patch_of
from desk.domain.questionnaires import Answer, Ask, Means, Questionnaire
from desk.domain.sampling import draw, seed_of
from desk.domain.tickets import Stage
from desk.domain.times import to_text
from desk.usecases.follow_up_paper import FollowUpRefused
from desk.usecases.spot_check import WeekNotOver
from tests.usecases.conftest import World
from tests.usecases.follow_up_world import Hotline, hotline_of, ids

CHECKED_WELL = {"called": "yes", "solved": "yes", "happy": "very"}


@pytest.fixture
def hotline(world: World) -> Hotline:
    return hotline_of(world, policy=FollowUpPolicy(spot_check_percent=20, spot_check_least=1))


def a_week(hotline: Hotline) -> str:
    """Ten follow-ups by 1001, two by 1002, and the week is over; its name."""
    period, changes = hotline.week(), []
    for number, by in enumerate(["1001"] * 10 + ["1002"] * 2):
        ticket_id = hotline.ticket(stage="closed", closed_at=to_text(hotline.world.now))
        done = FollowUp(
            f"f{number:02}", FollowUpKind.CLOSING, FollowUpState.DONE, hotline.world.now, by,
            ticket_id=ticket_id, number="13800138000", solved=True, satisfied=True, score=100,
            done_at=hotline.world.now + timedelta(minutes=number), done_by=by,
        )  # fmt: skip
        changes.append(hotline.author.change("follow_up", done.follow_up_id, patch_of(done, "follow_up_id")))
    hotline.world.log.append(changes)
    hotline.later(days=7)
    return period


def test_a_week_that_is_not_over_cannot_be_drawn_from(hotline: Hotline) -> None:
    hotline.followed_up("1001")
    with pytest.raises(WeekNotOver):
        hotline.checks.draw(hotline.week(), "3001")


def test_each_agents_share_is_drawn_by_a_seed_that_follows_from_the_week(hotline: Hotline) -> None:
    period = a_week(hotline)
    first, second = hotline.checks.sample(period)
    assert (first.agent, first.among, len(first.ids)) == ("1001", 10, 2)
    assert (second.agent, second.among, len(second.ids)) == ("1002", 2, 1)
    made = hotline.follow_ups.done_between(hotline.world.now - timedelta(days=20), hotline.world.now)
    names = [one.follow_up_id for one in made if one.done_by == "1001" and one.kind is FollowUpKind.CLOSING]
    assert first.seed == seed_of(f"{period} 1001", names)
    assert list(first.ids) == draw(names, 2, first.seed)


def test_drawn_twice_they_are_the_same_and_are_there_once(hotline: Hotline) -> None:
    period = a_week(hotline)
    made = hotline.checks.draw(period, "3001")
    assert len(made) == 3
    assert hotline.checks.draw(period, "3002") == []
    due = hotline.follow_ups.due(hotline.world.now + timedelta(days=3), "3001")
    assert ids(due) == ids(made)
    assert {one.owner for one in made} == {"3001"}


def test_whoever_draws_is_not_given_their_own(hotline: Hotline) -> None:
    made = hotline.checks.draw(a_week(hotline), "1001")
    assert sorted(one.owner for one in made) == ["", "", "1001"]


def test_nobody_checks_their_own(hotline: Hotline) -> None:
    hotline.checks.draw(a_week(hotline), "3001")
    check = hotline.follow_ups.due(hotline.world.now + timedelta(days=3))[0]
    paper = hotline.work.paper(check.follow_up_id)
    assert paper.checked is not None
    hotline.who = paper.checked.done_by
    with pytest.raises(FollowUpRefused, match="own_follow_up"):
        hotline.work.finish(hotline.work.answered(paper, CHECKED_WELL))


def test_a_check_that_finds_it_unsolved_opens_the_closed_ticket_and_differs(hotline: Hotline) -> None:
    hotline.checks.draw(a_week(hotline), "3001")
    hotline.who = "3001"
    one, other, _third = hotline.follow_ups.due(hotline.world.now + timedelta(days=3))
    unsolved = {"called": "no", "solved": "no", "left": "it never worked"}
    finished = hotline.work.finish(hotline.work.answered(hotline.work.paper(one.follow_up_id), unsolved))
    hotline.work.finish(hotline.work.answered(hotline.work.paper(other.follow_up_id), CHECKED_WELL))
    assert hotline.stage(TicketId(one.ticket_id or "")) is Stage.REGISTERED
    assert hotline.got(TicketId(one.ticket_id or "")).reopened == 1
    assert hotline.stage(TicketId(other.ticket_id or "")) is Stage.CLOSED
    assert finished.follows.warn
    found = hotline.checks.found(hotline.world.now - timedelta(hours=1), hotline.world.now + timedelta(hours=1))
    assert {pair.check.follow_up_id: pair.differs for pair in found} == {
        one.follow_up_id: True,
        other.follow_up_id: False,
    }


def test_a_check_that_asks_for_no_words_opens_the_ticket_all_the_same(hotline: Hotline) -> None:
    hotline.checks.draw(a_week(hotline), "3001")
    hotline.who = "3001"
    solved = Ask("solved", "solved?", Answer.YES_NO, means=Means.SOLVED)
    short = Questionnaire("check", "2", "Check", FollowUpKind.SPOT_CHECK, (solved,))
    hotline.papers = (*(one for one in hotline.papers if one.follow_up is not FollowUpKind.SPOT_CHECK), short)
    one, *_others = hotline.follow_ups.due(hotline.world.now + timedelta(days=3))
    hotline.work.finish(hotline.work.answered(hotline.work.paper(one.follow_up_id), {"solved": "no"}))
    assert hotline.stage(TicketId(one.ticket_id or "")) is Stage.REGISTERED


def test_what_was_given_up_is_not_drawn(hotline: Hotline) -> None:
    period = hotline.week()
    ticket_id = hotline.done()
    hotline.work.give_up(hotline.work.for_ticket(ticket_id), "moved out")
    hotline.later(days=7)
    assert [one.state for one in hotline.of(ticket_id, FollowUpKind.CLOSING)] == [FollowUpState.GIVEN_UP]
    assert hotline.checks.sample(period) == []
