"""Undoing a step over the store in memory and the real one: what becomes of the ticket's follow-ups."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from desk.domain.follow_up_rules import FollowUpPolicy
from desk.domain.follow_ups import FollowUp, FollowUpKind, FollowUpState
from desk.domain.identity import StaffId, TicketId
from desk.domain.move_effects import Work
from desk.domain.moves import Given, MoveKind, MoveRefused, Refusal
from desk.domain.questionnaires import read_answers
from desk.domain.tasks import Task, TaskStage
from desk.domain.tickets import Stage, Ticket
from tests.domain.walks import given_for
from tests.usecases.conftest import World
from tests.usecases.follow_up_world import UNSOLVED, WELL, Hotline, hotline_of

CLOSING, IN_PROCESS, SPOT_CHECK = FollowUpKind.CLOSING, FollowUpKind.IN_PROCESS, FollowUpKind.SPOT_CHECK
Thing = Ticket | Task | FollowUp


@pytest.fixture
def hotline(world: World) -> Hotline:
    return hotline_of(world)


def things(hotline: Hotline, ticket_id: TicketId) -> dict[str, Thing]:
    """The ticket and its dependants, but for the step's name and a follow-up's draft."""
    found: list[tuple[str, Thing]] = [(ticket_id, replace(hotline.got(ticket_id), step=""))]
    found += [(task.task_id, replace(task, step="")) for task in hotline.tasks.of_ticket(ticket_id)]
    for one in hotline.follow_ups.of_ticket(ticket_id):
        found.append((one.follow_up_id, replace(one, answers=(), text="", questionnaire="", version="")))
    return dict(found)


def is_over(thing: Thing) -> bool:
    if isinstance(thing, FollowUp):
        return thing.state is FollowUpState.GIVEN_UP and thing.reason == "overtaken"
    return isinstance(thing, Task) and thing.stage is TaskStage.CANCELLED


def assert_undone(hotline: Hotline, ticket_id: TicketId, before: dict[str, Thing], said: object) -> None:
    hotline.later(minutes=1)
    hotline.moving.undo(ticket_id)
    now = things(hotline, ticket_id)
    assert {name: now.pop(name) for name in before} == before, said
    assert all(is_over(thing) for thing in now.values()), said


def test_a_follow_up_that_is_undone_is_due_again_with_what_was_answered(hotline: Hotline) -> None:
    for answers, stage in ((WELL, Stage.CLOSED), (UNSOLVED, Stage.DISPATCHED)):
        ticket_id = hotline.done()
        before = things(hotline, ticket_id)
        hotline.later(minutes=30)
        hotline.work.finish(hotline.answered(ticket_id, answers), "they said so")
        assert hotline.stage(ticket_id) is stage
        assert_undone(hotline, ticket_id, before, answers)  # followed up, and closed or reopened: one act
        assert hotline.stage(ticket_id) is Stage.DONE
        (due,) = hotline.of(ticket_id, CLOSING)
        assert (due.state, due.solved, due.done_by, due.text) == (FollowUpState.DUE, None, "", "they said so")
        assert due.follow_up_id in {
            one.follow_up_id for one in hotline.follow_ups.due(hotline.world.now + timedelta(days=60))
        }
        paper = hotline.work.for_ticket(ticket_id)
        assert read_answers(paper.follow_up.answers) == answers
        assert hotline.work.finish(paper).ticket is not None
        assert hotline.stage(ticket_id) is stage


def test_one_that_nobody_called_for_is_a_draft_when_it_is_undone(hotline: Hotline) -> None:
    hotline.policy = FollowUpPolicy(closing_for=frozenset())
    ticket_id = hotline.done()
    hotline.work.finish(hotline.answered(ticket_id, WELL))
    hotline.moving.undo(ticket_id)
    (due,) = hotline.of(ticket_id, CLOSING)
    assert (due.state, due.owner, due.done_at) == (FollowUpState.DUE, "1001", None)
    assert read_answers(hotline.work.for_ticket(ticket_id).follow_up.answers) == WELL


def test_a_follow_up_that_is_drawn_for_a_check_is_not_undone(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    finished = hotline.work.finish(hotline.answered(ticket_id, WELL))
    assert hotline.moving.why_not_undo(ticket_id) is None
    hotline.world.put(
        "follow_up",
        "check",
        kind=SPOT_CHECK.value,
        state="due",
        made_at="2026-03-02T01:00:00.000000Z",
        made_by="9001",
        ticket_id=ticket_id,
        checks_id=finished.follow_up.follow_up_id,
    )
    with pytest.raises(MoveRefused) as caught:
        hotline.moving.undo(ticket_id)
    assert caught.value.reason is Refusal.WRITTEN_SINCE
    assert hotline.of(ticket_id, CLOSING)[0].state is FollowUpState.DONE


def test_work_that_went_on_from_a_step_stands_in_the_way_of_undoing_it(hotline: Hotline) -> None:
    ticket_id = hotline.done()
    hotline.work.keep(hotline.answered(ticket_id, {"solved": "yes"}))
    assert hotline.moving.why_not_undo(ticket_id) is Refusal.WRITTEN_SINCE


@pytest.mark.parametrize("seed", range(4))
def test_along_any_walk_undoing_gives_the_row_and_its_dependants_as_before(hotline: Hotline, seed: int) -> None:
    random = Random(seed)
    ticket_id, target = hotline.ticket(), hotline.ticket()
    said: list[str] = []
    for _step in range(10):
        hotline.later(minutes=random.choice((1, 300, 3000)))
        before, ticket = things(hotline, ticket_id), hotline.got(ticket_id)
        kinds = [kind for kind, why in hotline.moving.allowed(ticket).items() if why is None]
        if not kinds:
            break
        given = Given()
        if ticket.stage is Stage.DONE and random.random() < 0.7:
            kind = None
            hotline.work.finish(hotline.answered(ticket_id, random.choice((WELL, UNSOLVED))))
        else:
            kind = random.choice([kind for kind in kinds if kind is not MoveKind.SPLIT] or kinds)
            work = Work(ticket, tuple(hotline.tasks.of_ticket(ticket_id)))
            given = given_for(kind, work, hotline.world.now, random)
            given = replace(given, handler_id=StaffId("s1") if given.handler_id else None, ticket_id=target)
            try:
                hotline.moving.move(ticket_id, kind, given)
            except MoveRefused:
                continue
        said.append(kind.value if kind else "followed up")
        after = hotline.stage(ticket_id)
        assert_undone(hotline, ticket_id, before, said)
        if kind is not None and random.random() < 0.8:
            hotline.moving.move(ticket_id, kind, given)
            assert hotline.stage(ticket_id) is after
