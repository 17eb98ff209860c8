"""Following up: what a ticket's moves make due, what the resident's answers do to it, and what is tried in vain."""

from datetime import timedelta

import pytest

from desk.domain import ticket_errands
from desk.domain.attempts import Outcome, Purpose
from desk.domain.clocks import Clocks
from desk.domain.follow_up_rules import Follows, FollowUpPolicy, GivenUp
from desk.domain.follow_ups import FollowUpKind, FollowUpState
from desk.domain.identity import TicketId
from desk.domain.moves import MoveKind
from desk.domain.promises import Promise
from desk.domain.questionnaires import read_answers
from desk.domain.ticket_figures import Rate, figures
from desk.domain.tickets import Kind, Stage, Ticket
from desk.domain.times import to_text
from desk.domain.what_next import Errand
from desk.domain.work_lists import Moment
from desk.usecases.due_follow_ups import DueFollowUps, follow_up_id_of
from desk.usecases.follow_up_paper import FollowUpRefused, WhyNot
from tests.usecases.conftest import World
from tests.usecases.follow_up_world import UNHAPPY, UNSOLVED, WELL, Hotline, hotline_of

CLOSING, IN_PROCESS = FollowUpKind.CLOSING, FollowUpKind.IN_PROCESS


@pytest.fixture
def hotline(world: World) -> Hotline:
    return hotline_of(world)


def test_a_ticket_that_is_done_has_its_closing_follow_up_at_the_tickets_own_limit(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    (due,) = hotline.of(ticket_id, CLOSING)
    ticket = hotline.got(ticket_id)
    assert (due.state, due.due_at, due.owner) == (FollowUpState.DUE, ticket.follow_up_due_at, "1001")
    assert (due.number, due.household_id) == ("13800138000", "h5-1-101")
    assert due.follow_up_id == follow_up_id_of(ticket_id, CLOSING, 1)
    assert hotline.follow_ups.due(hotline.world.now + timedelta(days=10), "1001") == [due]
    assert hotline.follow_ups.due(hotline.world.now + timedelta(days=10), "1002") == []


def test_an_accepted_ticket_is_asked_about_in_process_when_the_plan_has_to_be_told(hotline: Hotline) -> None:
    ticket_id = hotline.accepted()
    (due,) = hotline.of(ticket_id, IN_PROCESS)
    assert due.due_at == hotline.got(ticket_id).plan_due_at


def test_the_plan_told_brings_the_question_forward(hotline: Hotline) -> None:
    ticket_id = hotline.accepted()
    hotline.move(ticket_id, MoveKind.TELL_PLAN, until=hotline.world.now + timedelta(days=2))
    (due,) = hotline.of(ticket_id, IN_PROCESS)
    assert due.due_at == hotline.world.now + timedelta(hours=24)


def test_what_is_done_is_not_asked_about_in_process_any_more(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    (overtaken,) = hotline.of(ticket_id, IN_PROCESS)
    assert (overtaken.state, overtaken.reason) == (FollowUpState.GIVEN_UP, GivenUp.OVERTAKEN.value)


@pytest.mark.parametrize(("stage", "told"), [("done", ["later"]), ("cancelled", ["later"]), ("in_progress", [])])
def test_whoever_joined_a_ticket_is_told_when_it_ends_as_its_own_household_is(
    hotline: Hotline, stage: str, told: list[str]
) -> None:
    ticket_id, world = hotline.accepted(), hotline.world

    def waiting(wanted: Ticket) -> list[Promise]:
        due = {"soon": world.now + timedelta(hours=20), "later": world.now + timedelta(days=9)}
        return [
            Promise(name, "1002", "1002", world.now, at, "", ticket_id=wanted.ticket_id) for name, at in due.items()
        ]

    parts = (hotline.follow_ups, world.tickets, hotline.author, world.clock, hotline.policy_of, hotline.hours)
    change = hotline.author.change("ticket", ticket_id, {"stage": stage})
    called_for = DueFollowUps(*parts, waiting).called_for([change])
    promised = {one.entity_id: one.patch for one in called_for if one.entity == "promise"}
    assert promised == {name: {"due_at": to_text(world.now + timedelta(hours=24))} for name in told}


def test_an_estate_may_have_rules_of_its_own(hotline: Hotline) -> None:
    hotline.policies["b1"] = FollowUpPolicy(
        closing_for=frozenset({Kind.COMPLAINT}), in_process_for=frozenset(), tries=5
    )
    assert hotline.follow_ups.of_ticket(hotline.done(building_id="b1")) == []
    other = hotline.done(building_id="b2")
    assert len(hotline.of(other, CLOSING)) == 1
    complaint = hotline.done(kind="complaint", building_id="b1")
    assert hotline.work.for_ticket(complaint).most_tries == 5
    assert hotline.work.for_ticket(other).most_tries == FollowUpPolicy().tries


def test_a_kind_that_needs_none_has_none(hotline: Hotline) -> None:
    assert hotline.follow_ups.of_ticket(hotline.done(kind="inquiry")) == []


def test_a_follow_up_goes_with_its_ticket_to_another_owner(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    hotline.world.put("staff", "s7", number="1007", name="周", duty="agent", phone="", active=True)
    hotline.move(ticket_id, MoveKind.HAND_OVER, person="1007")
    assert [one.owner for one in hotline.of(ticket_id, CLOSING)] == ["1007"]


def test_a_satisfied_resident_closes_the_ticket_in_one_go(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    finished = hotline.work.finish(hotline.answered(ticket_id, WELL), "thanks")
    ticket = hotline.got(ticket_id)
    assert (ticket.stage, ticket.solved, ticket.satisfied, ticket.score) == (Stage.CLOSED, True, True, 100)
    assert finished.ticket is not None
    assert finished.ticket.stage is Stage.CLOSED
    (done,) = hotline.of(ticket_id, CLOSING)
    assert (done.state, done.done_by, done.score, done.text) == (FollowUpState.DONE, "1001", 100, "thanks")
    assert (done.questionnaire, done.version, read_answers(done.answers)) == ("closing", "1", WELL)
    (attempt,) = hotline.follow_ups.attempts(done.follow_up_id)
    assert (attempt.purpose, attempt.outcome, attempt.number) == (Purpose.FOLLOW_UP, Outcome.REACHED, "13800138000")


def test_unsolved_opens_it_again_with_what_was_said_and_offers_a_warning(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    finished = hotline.work.finish(hotline.answered(ticket_id, UNSOLVED))
    ticket = hotline.got(ticket_id)
    assert (ticket.stage, ticket.reopened, ticket.stage_reason) == (Stage.DISPATCHED, 1, "the tap drips still")
    assert finished.follows.warn
    now = hotline.world.now
    next_up = ticket_errands.first(ticket, hotline.tasks.of_ticket(ticket_id))
    assert next_up.errand is Errand.GET_ACCEPTED  # whoever did it has to take it again, and is called about it today
    assert (
        ticket_errands.place(next_up, ticket, Moment(now, now, Clocks().remind_at(now + timedelta(days=2)))) is not None
    )
    hotline.later(hours=3)
    hotline.move(ticket_id, MoveKind.ACCEPT)
    hotline.move(ticket_id, MoveKind.FINISH, text="another tap")
    assert [one.state for one in hotline.of(ticket_id, CLOSING)] == [FollowUpState.DONE, FollowUpState.DUE]


def test_solved_and_yet_unsatisfied_opens_it_again_unless_the_company_says_otherwise(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    hotline.work.finish(hotline.answered(ticket_id, UNHAPPY))
    assert hotline.stage(ticket_id) is Stage.DISPATCHED
    hotline.policy = FollowUpPolicy(unsatisfied_reopens=False)
    other = hotline.done()
    finished = hotline.work.finish(hotline.answered(other, UNHAPPY))
    assert hotline.stage(other) is Stage.CLOSED
    assert finished.follows.warn


def test_an_open_question_stops_it_and_nothing_is_written(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    with pytest.raises(FollowUpRefused, match="not_complete"):
        hotline.work.finish(hotline.answered(ticket_id, {"solved": "yes"}))
    assert hotline.stage(ticket_id) is Stage.DONE


def test_what_was_answered_so_far_survives_and_is_gone_on_with(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    hotline.work.keep(hotline.answered(ticket_id, {"solved": "yes"}), "in a hurry")
    paper = hotline.work.for_ticket(ticket_id)
    assert (dict(paper.answers), paper.follow_up.text) == ({"solved": "yes"}, "in a hurry")
    assert paper.open is not None
    assert paper.open.ask_id == "happy"


def test_three_tries_apart_give_it_up_and_the_ticket_is_closed_for_that_reason(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    for outcome in (Outcome.NO_ANSWER, Outcome.BUSY):
        finished = hotline.work.tried(hotline.work.for_ticket(ticket_id), outcome)
        assert finished.follow_up.state is FollowUpState.DUE
        assert finished.follow_up.due_at == hotline.world.now + timedelta(hours=4)
        hotline.later(hours=4)
    last = hotline.work.tried(hotline.work.for_ticket(ticket_id), Outcome.OFF, "third time")
    assert (last.follow_up.state, last.follow_up.reason) == (FollowUpState.GIVEN_UP, "not_reached")
    ticket = hotline.got(ticket_id)
    assert (ticket.stage, ticket.solved, ticket.stage_reason) == (Stage.CLOSED, None, "not_reached")
    assert len(hotline.follow_ups.attempts(last.follow_up.follow_up_id)) == 3


def test_three_tries_in_a_row_do_not(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    for _ in range(5):
        hotline.work.tried(hotline.work.for_ticket(ticket_id), Outcome.NO_ANSWER)
        hotline.later(minutes=1)
    assert hotline.work.for_ticket(ticket_id).tries == 1


def test_who_asks_for_another_time_is_due_then_and_not_in_the_past(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    wanted = hotline.world.now + timedelta(hours=2)
    finished = hotline.work.tried(hotline.work.for_ticket(ticket_id), Outcome.LATER, next_at=wanted)
    assert finished.follow_up.due_at == wanted
    with pytest.raises(FollowUpRefused, match="in_the_past"):
        hotline.work.tried(hotline.work.for_ticket(ticket_id), Outcome.LATER, next_at=hotline.world.now)


def test_giving_up_needs_a_reason(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    with pytest.raises(FollowUpRefused, match="reason_missing"):
        hotline.work.give_up(hotline.work.for_ticket(ticket_id), "  ")
    hotline.work.give_up(hotline.work.for_ticket(ticket_id), "moved out")
    assert hotline.got(ticket_id).stage_reason == "moved out"
    with pytest.raises(FollowUpRefused) as refused:
        hotline.work.for_ticket(ticket_id)
    assert refused.value.why is WhyNot.NOT_NOW


def test_one_that_is_over_is_not_made_again(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    paper = hotline.answered(ticket_id, WELL)
    hotline.work.finish(paper)
    with pytest.raises(FollowUpRefused, match="over"):
        hotline.work.finish(paper)
    with pytest.raises(FollowUpRefused, match="over"):
        hotline.work.tried(paper, Outcome.BUSY)


def test_who_was_not_told_the_plan_is_asked_once_more(hotline: Hotline) -> None:
    ticket_id = hotline.accepted()
    hotline.later(hours=1)
    finished = hotline.work.finish(hotline.answered(ticket_id, {"told": "no"}))
    assert (finished.follows.warn, finished.follow_up.confirmed) == (True, False)
    first, second = hotline.of(ticket_id, IN_PROCESS)
    assert (first.state, second.state) == (FollowUpState.DONE, FollowUpState.DUE)
    assert second.due_at == hotline.world.now + timedelta(hours=24)
    assert hotline.stage(ticket_id) is Stage.ACCEPTED


def test_one_made_on_top_may_be_asked_once_more_too(hotline: Hotline) -> None:
    ticket_id = hotline.accepted()
    for told in ("yes", "no"):
        hotline.later(hours=1)
        hotline.work.finish(hotline.answered(ticket_id, {"told": told}))
    done = [one for one in hotline.of(ticket_id, IN_PROCESS) if one.state is FollowUpState.DONE]
    assert [one.confirmed for one in sorted(done, key=lambda one: one.done_at or one.made_at)] == [True, False]
    assert [one.state for one in hotline.of(ticket_id, IN_PROCESS)].count(FollowUpState.DUE) == 1


def test_who_left_no_number_is_called_by_the_households(hotline: Hotline) -> None:
    ticket_id = hotline.done(contact_number="")
    assert hotline.work.for_ticket(ticket_id).number == ""
    hotline.world.person("王", ("h5-1-101", "owner"), numbers=("13900139000",))
    assert hotline.work.for_ticket(ticket_id).number == "13900139000"


def test_a_fresh_one_can_be_made_before_it_is_due(hotline: Hotline) -> None:
    ticket_id = hotline.ticket(stage="dispatched")
    paper = hotline.work.for_ticket(ticket_id)
    assert paper.fresh
    hotline.work.finish(hotline.work.answered(paper, {"told": "yes"}))
    (done,) = hotline.of(ticket_id, IN_PROCESS)
    assert (done.state, done.owner, done.number) == (FollowUpState.DONE, "1001", "13800138000")


def test_a_ticket_that_others_have_moved_on_keeps_its_stage_and_the_answers_are_kept(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    paper = hotline.answered(ticket_id, WELL)
    hotline.world.put("ticket", ticket_id, stage="in_progress")  # from another seat, which knows no follow-ups yet
    finished = hotline.work.finish(paper)
    assert finished.follow_up.state is FollowUpState.DONE
    assert hotline.stage(ticket_id) is Stage.IN_PROGRESS


def test_a_ticket_followed_up_without_a_questionnaire_has_its_follow_up_made(hotline: Hotline) -> None:
    asked, given_up = hotline.done(), hotline.done()
    hotline.move(asked, MoveKind.FOLLOW_UP, solved=True, satisfied=False, score=55)
    hotline.move(given_up, MoveKind.FOLLOW_UP, reason="moved out")
    (made,) = hotline.of(asked, CLOSING)
    assert (made.state, made.solved, made.satisfied, made.score) == (FollowUpState.DONE, True, False, 55)
    assert made.done_by == "1001"
    assert [(one.state, one.reason) for one in hotline.of(given_up, CLOSING)] == [(FollowUpState.GIVEN_UP, "moved out")]


def test_undoing_the_end_of_the_work_takes_the_follow_up_back(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    hotline.moving.undo(ticket_id)
    assert [one.reason for one in hotline.of(ticket_id, CLOSING)] == ["overtaken"]
    hotline.move(ticket_id, MoveKind.FINISH, text="really")
    assert [one.state for one in hotline.of(ticket_id, CLOSING)] == [FollowUpState.GIVEN_UP, FollowUpState.DUE]


def test_an_unknown_ticket_or_follow_up_is_refused(hotline: Hotline) -> None:
    with pytest.raises(FollowUpRefused, match="gone"):
        hotline.work.paper("nothing")
    with pytest.raises(FollowUpRefused, match="not_now"):
        hotline.work.for_ticket(TicketId("nothing"))
    with pytest.raises(FollowUpRefused, match="too_long"):
        hotline.work.keep(hotline.work.for_ticket(hotline.done()), "x" * 2001)


def test_the_figures_of_the_time_come_from_the_rows(hotline: Hotline) -> None:
    hotline.work.finish(hotline.answered(hotline.done(), WELL))
    hotline.work.finish(hotline.answered(hotline.done(), UNSOLVED))
    hotline.done()
    since, until = hotline.world.now - timedelta(hours=1), hotline.world.now + timedelta(hours=1)
    found = figures(hotline.rows(since, until), since, until)
    assert (found.new, found.open) == (3, 2)
    assert found.completion == Rate(2, 3)
    assert found.follow_up == Rate(2, 2)
    assert found.satisfied == Rate(1, 1)
    assert found.follow_up.percent == 100
    assert found.reopened == 1


def test_what_follows_is_told_before_it_is_written(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    paper = hotline.answered(ticket_id, UNSOLVED)
    assert hotline.work.consequence(paper).follows is Follows.REOPENS
    assert hotline.stage(ticket_id) is Stage.DONE


def test_what_is_open_and_late_is_counted_alike_in_memory_and_in_sql(hotline: Hotline) -> None:
    """The one counts rows, the other asks SQL: what holds for one holds for both."""
    start = hotline.world.now
    hotline.accepted()
    suspended = hotline.accepted()
    hotline.move(suspended, MoveKind.SUSPEND, reason="parts", until=start + timedelta(days=2))
    late = hotline.ticket(owner="1002", accept_due_at=to_text(start + timedelta(hours=2)))
    hotline.world.put("ticket", late, next_due_at=to_text(start + timedelta(hours=2)), overdue_cause="parts")
    hotline.done()
    hotline.later(days=30)
    since, until = start - timedelta(hours=1), hotline.world.now
    found = figures(hotline.rows(since, until), since, until)
    assert (found.open, found.overdue) == (4, 3)
    assert dict(found.overdue_by_owner) == {"1001": 2, "1002": 1}
    assert dict(found.overdue_by_cause) == {"": 2, "parts": 1}
    assert dict(found.late_by_clock) == {
        "follow_up": 1,
        "accept": 1,
        "plan": 2,
        "progress": 1,
        "promise": 1,
        "resume": 1,
        "task": 1,
    }
