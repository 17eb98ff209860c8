"""Sending work, calling about it, and what handlers answer: over the store in memory and the real one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk.domain.attempts import Outcome, Purpose
from desk.domain.dispatching import Step
from desk.domain.identity import CallId, StaffId, TicketId
from desk.domain.moves import MoveRefused, Refusal
from desk.domain.replies import Said
from desk.domain.routes import RouteTable
from desk.domain.tasks import Task, TaskStage
from desk.domain.tickets import Stage, Ticket
from desk.usecases.answer_for_handler import Came, Result
from desk.usecases.dispatch import Order, TicketGone, Tried
from tests.usecases.conftest import NOW
from tests.usecases.dispatching import ELECTRICIAN, LEAD, MATE, PLUMBER, TICKET, Hotline, hotline_over


@pytest.fixture
def hotline(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hotline]:
    """Over the store in memory, and where a test is marked so over the real one too."""
    with hotline_over(getattr(request, "param", "memory"), tmp_path) as made:
        yield made


over_both = pytest.mark.parametrize("hotline", ["memory", "sqlcipher"], indirect=True)


def sent(hotline: Hotline, ticket: Ticket = TICKET) -> Task:
    return hotline.dispatch.send(hotline.file(ticket).ticket_id, Order()).task


def tried(task: Task, outcome: Outcome = Outcome.NO_ANSWER, whom: StaffId = PLUMBER.staff_id) -> Tried:
    return Tried(task.ticket_id, task.task_id, whom, outcome, "13800138001", CallId("c1"))


def now_of(hotline: Hotline, task: Task) -> tuple[Stage, TaskStage, StaffId | None]:
    ticket, task_now = hotline.ports.tickets.get(task.ticket_id), hotline.ports.tasks.get(task.task_id)
    assert ticket is not None
    assert task_now is not None
    return ticket.stage, task_now.stage, task_now.handler_id


@over_both
def test_one_key_sends_the_work_to_whom_the_route_names(hotline: Hotline) -> None:
    task = sent(hotline)
    assert now_of(hotline, task) == (Stage.DISPATCHED, TaskStage.DISPATCHED, PLUMBER.staff_id)
    assert (task.backup_id, task.lead_id, task.trade) == (MATE.staff_id, LEAD.staff_id, "water")
    assert task.due_at is not None
    ticket = hotline.ports.tickets.get(task.ticket_id)
    assert ticket is not None
    assert ticket.promise_due_at is not None
    assert NOW < task.due_at < ticket.promise_due_at


def test_work_without_a_route_needs_a_handler_named(hotline: Hotline) -> None:
    hotline.table = RouteTable()
    with pytest.raises(MoveRefused) as refused:
        sent(hotline)
    assert refused.value.reason is Refusal.NEEDS_HANDLER
    assert hotline.ports.tasks.of_ticket(TICKET.ticket_id) == []


def test_work_whose_promise_has_run_out_is_still_sent(hotline: Hotline) -> None:
    hotline.file(TICKET)
    hotline.later(days=60)
    task = hotline.dispatch.send(TICKET.ticket_id, Order()).task
    assert task.due_at is not None
    assert hotline.now < task.due_at
    hotline.later(days=30)
    hotline.answers.answer(task.task_id, Said.RETURN, "不是水工的活")
    again = hotline.dispatch.send(TICKET.ticket_id, Order(ELECTRICIAN.staff_id)).task
    assert (again.task_id, again.handler_id) == (task.task_id, ELECTRICIAN.staff_id)
    assert again.due_at is not None
    assert hotline.now < again.due_at


def test_a_ticket_that_is_not_here_cannot_be_dispatched(hotline: Hotline) -> None:
    with pytest.raises(TicketGone):
        hotline.dispatch.send(TicketId("t9"), Order())


def test_a_leak_is_the_plumber_s_and_then_the_painter_s(hotline: Hotline) -> None:
    first = sent(hotline)
    second = hotline.dispatch.send(TICKET.ticket_id, Order(ELECTRICIAN.staff_id, title="补墙漆", new=True)).task
    assert [task.task_id for task in hotline.ports.tasks.of_ticket(TICKET.ticket_id)] == [first.task_id, second.task_id]
    assert (second.title, second.place, second.handler_id) == ("补墙漆", 2, ELECTRICIAN.staff_id)


@over_both
def test_calls_in_vain_are_on_record_and_lead_to_the_backup(hotline: Hotline) -> None:
    task = sent(hotline)
    steps = []
    for _number in range(3):
        proposal = hotline.dispatch.called(tried(task))
        assert proposal.pursuit is not None
        steps.append((proposal.pursuit.step, proposal.pursuit.whom))
        hotline.later(minutes=5)
    assert steps == [(Step.WAIT, PLUMBER.staff_id)] * 2 + [(Step.CALL_NEXT, MATE.staff_id)]
    attempts = hotline.ports.attempts.of_task(task.ticket_id, task.task_id)
    assert [(one.purpose, one.outcome, one.by, one.call_id) for one in attempts] == [
        (Purpose.DISPATCH, Outcome.NO_ANSWER, "1001", "c1")
    ] * 3
    assert hotline.ports.histories.of("call", "c1")[-1].patch == {"ticket_id": task.ticket_id}  # with its recording
    pause = timedelta(minutes=5)  # so long it rests on the lists; after the last try somebody else is called now
    assert [one.next_at for one in attempts] == [NOW + pause, NOW + 2 * pause, None]
    stood_in = hotline.dispatch.stand_in(task.ticket_id, task.task_id, MATE.staff_id, "三次未接通")
    assert now_of(hotline, task) == (Stage.DISPATCHED, TaskStage.DISPATCHED, MATE.staff_id)
    assert stood_in.task.due_at == task.due_at  # the limit does not move with the one who has it
    proposal = hotline.dispatch.propose(task.ticket_id, task.task_id)
    assert proposal.pursuit is not None
    assert (proposal.pursuit.step, proposal.pursuit.whom) == (Step.CALL, MATE.staff_id)
    assert [choice.given_up for choice in proposal.choices[:2]] == [True, False]


def test_whoever_is_sent_again_by_one_key_is_somebody_who_was_not_tried_in_vain(hotline: Hotline) -> None:
    task = sent(hotline)
    hotline.dispatch.called(tried(task, Outcome.WRONG_NUMBER))
    again = hotline.dispatch.send(task.ticket_id, Order(task_id=task.task_id))
    assert again.task.handler_id == MATE.staff_id


@over_both
def test_a_handler_who_is_reached_accepts_in_the_same_transaction_as_the_call(hotline: Hotline) -> None:
    task = sent(hotline)
    answered = hotline.dispatch.answered(tried(task, Outcome.REACHED), Said.ACCEPT)
    assert (answered.result, answered.who, answered.numbers) == (Result.DONE, "赵师傅", (TICKET.number,))
    assert now_of(hotline, task)[:2] == (Stage.ACCEPTED, TaskStage.ACCEPTED)
    assert answered.task is not None
    assert (answered.task.via, answered.task.accepted_at) == ("call", NOW)
    assert [one.outcome for one in hotline.ports.attempts.of_ticket(task.ticket_id)] == [Outcome.REACHED]
    assert hotline.ports.histories.of("call", "c1")[-1].patch == {"ticket_id": task.ticket_id}


def test_work_that_is_given_back_needs_a_reason_and_goes_to_somebody_else(hotline: Hotline) -> None:
    task = sent(hotline)
    assert hotline.dispatch.answered(tried(task, Outcome.REACHED), Said.RETURN).result is Result.NEEDS_TEXT
    assert now_of(hotline, task)[1] is TaskStage.DISPATCHED
    assert hotline.dispatch.answered(tried(task, Outcome.REACHED), Said.RETURN, "是电的问题").taken
    assert now_of(hotline, task)[:2] == (Stage.RETURNED, TaskStage.RETURNED)
    assert len(hotline.ports.attempts.of_ticket(task.ticket_id)) == 2  # both calls are on record
    again = hotline.dispatch.send(task.ticket_id, Order(ELECTRICIAN.staff_id))
    assert (again.task.task_id, again.task.handler_id) == (task.task_id, ELECTRICIAN.staff_id)
    assert again.ticket.stage is Stage.DISPATCHED


# What comes back by message


def test_a_keyword_from_the_handler_s_telephone_accepts_the_work(hotline: Hotline) -> None:
    task = sent(hotline)
    answered = hotline.answers.by_message("+8613800138001", f"1 {TICKET.number}")
    assert (answered.result, answered.said, answered.who) == (Result.DONE, Said.ACCEPT, "赵师傅")
    found = hotline.ports.tasks.get(task.task_id)
    assert found is not None
    assert (found.stage, found.via) == (TaskStage.ACCEPTED, "keyword")


@over_both
def test_the_same_message_twice_is_one_answer(hotline: Hotline) -> None:
    sent(hotline)
    text = f"1 {TICKET.number}"
    first, second = (hotline.answers.by_message("13800138001", text) for _time in range(2))
    assert (first.result, second.result) == (Result.DONE, Result.SAID_BEFORE)
    hotline.answers.by_message("13800138001", f"5 {TICKET.number} 换了阀芯")
    again = hotline.answers.by_message("13800138001", f"5 {TICKET.number} 换了阀芯")
    assert again.result is Result.SAID_BEFORE


def test_a_reply_without_a_number_is_about_the_only_task(hotline: Hotline) -> None:
    task = sent(hotline)
    assert hotline.answers.by_message("13800138001", "收到").result is Result.DONE
    assert hotline.answers.by_message("13800138001", "4 等配件，后天到").result is Result.DONE
    found = hotline.ports.tasks.get(task.task_id)
    assert found is not None
    assert (found.said, found.said_at) == ("等配件,后天到", NOW)


def test_with_several_tasks_the_number_is_asked_for(hotline: Hotline) -> None:
    sent(hotline)
    sent(hotline, replace(TICKET, ticket_id=TicketId("t2"), number="20260302-S01-002"))
    answered = hotline.answers.by_message("13800138001", "1")
    assert answered.result is Result.WHICH_TICKET
    assert set(answered.numbers) == {TICKET.number, "20260302-S01-002"}
    assert hotline.answers.by_message("13800138001", "1 002").numbers == ("20260302-S01-002",)


@over_both
def test_a_place_names_the_task_that_is_there(hotline: Hotline) -> None:
    task, other = sent(hotline), replace(TICKET, ticket_id=TicketId("t2"), number="20260302-S01-002")
    lobby = sent(hotline, replace(other, place_text="一期6栋大堂"))
    assert hotline.answers.by_message("13800138001", "5 203 修好了").numbers == (TICKET.number,)
    ticket = hotline.ports.tickets.get(task.ticket_id)
    assert ticket is not None
    assert (now_of(hotline, task)[1], ticket.outcome) == (TaskStage.DONE, "修好了")
    again = hotline.answers.by_message("13800138001", "5 203 修好了")  # it is done: not taken for another
    assert (again.result, again.numbers) == (Result.SAID_BEFORE, (TICKET.number,))
    assert hotline.answers.by_message("13800138001", "1 6栋").numbers == ("20260302-S01-002",)
    assert now_of(hotline, lobby)[1] is TaskStage.ACCEPTED


def test_a_place_where_several_or_none_of_their_tasks_are_is_asked_about(hotline: Hotline) -> None:
    sent(hotline)
    sent(hotline, replace(TICKET, ticket_id=TicketId("t2"), number="20260302-S01-002"))
    for text in ("5 203 好了", "5 8栋101 好了", "5 101"):
        asked = hotline.answers.by_message("13800138001", text)
        assert (asked.result, asked.word, len(asked.numbers)) == (Result.WHICH_TICKET, "5", 2)
        assert set(asked.places) == {TICKET.place_text}
    assert hotline.answers.by_message("13800138002", "5 203 好了").result is Result.NOT_YOURS


@over_both
def test_done_says_that_it_was_accepted_and_finishes_it(hotline: Hotline) -> None:
    task = sent(hotline)
    assert hotline.answers.by_message("13800138001", "5 换了阀芯").taken
    assert now_of(hotline, task)[:2] == (Stage.DONE, TaskStage.DONE)
    ticket = hotline.ports.tickets.get(task.ticket_id)
    assert ticket is not None
    assert (ticket.outcome, ticket.accepted_at) == ("换了阀芯", NOW)


@pytest.mark.parametrize(
    ("sender", "text", "result"),
    [
        ("13911112222", "1", Result.UNKNOWN_SENDER),
        ("", "1", Result.UNKNOWN_SENDER),
        ("13800138001", "在路上了", Result.NO_KEYWORD),
        ("13800138001", "2", Result.NEEDS_TEXT),
        ("13800138001", "1 20260302-S01-999", Result.NOT_YOURS),
        ("13800138002", f"1 {TICKET.number}", Result.NOT_YOURS),  # another handler's
        ("13800138002", "1", Result.NOTHING_OPEN),
    ],
)
def test_what_cannot_be_taken_is_told_and_changes_nothing(
    hotline: Hotline, sender: str, text: str, result: Result
) -> None:
    task = sent(hotline)
    answered = hotline.answers.by_message(sender, text)
    assert answered.result is result
    assert not answered.taken
    assert now_of(hotline, task)[1] is TaskStage.DISPATCHED


def test_somebody_who_has_left_is_nobody_s_sender(hotline: Hotline) -> None:
    sent(hotline)
    hotline.put("staff", PLUMBER.staff_id, active=False)
    assert hotline.answers.by_message("13800138001", "1").result is Result.UNKNOWN_SENDER


def test_a_link_answers_for_its_task_and_its_handler_until_it_runs_out(hotline: Hotline) -> None:
    task = sent(hotline)
    token = hotline.answers.link_for(task.task_id, PLUMBER.staff_id, NOW + timedelta(hours=72))
    hotline.later(hours=71)
    answered = hotline.answers.by_link(token, Said.ACCEPT)
    assert (answered.result, answered.who) == (Result.DONE, "赵师傅")
    assert answered.task is not None
    assert answered.task.via == Came.LINK.value
    hotline.later(hours=1)
    assert hotline.answers.by_link(token, Said.DONE, "好了").result is Result.LINK_EXPIRED


def test_a_link_to_work_that_went_to_somebody_else_answers_nothing(hotline: Hotline) -> None:
    task = sent(hotline)
    token = hotline.answers.link_for(task.task_id, PLUMBER.staff_id, NOW + timedelta(hours=72))
    hotline.dispatch.stand_in(task.ticket_id, task.task_id, MATE.staff_id, "换人")
    assert hotline.answers.by_link(token, Said.ACCEPT).result is Result.NOT_YOURS
    assert hotline.answers.by_link(f"{token[:-4]}AAAA", Said.ACCEPT).result is Result.BAD_LINK
    hotline.secret = b""
    assert hotline.answers.by_link(token, Said.ACCEPT).result is Result.BAD_LINK
    assert hotline.answers.link_for(task.task_id, MATE.staff_id, NOW) == ""


def test_an_answer_about_a_suspended_ticket_says_why_it_is_not_taken(hotline: Hotline) -> None:
    task = sent(hotline)
    hotline.put("ticket", task.ticket_id, stage=Stage.SUSPENDED.value)
    answered = hotline.answers.by_message("13800138001", "1")
    assert (answered.result, answered.refusal) == (Result.REFUSED, Refusal.IS_SUSPENDED)
