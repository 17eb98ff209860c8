"""What handlers are told of their tasks, over the store in memory."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from desk.domain.corrections import Correction, form_of
from desk.domain.identity import StaffId, TaskId
from desk.domain.messages import Delivery, Message
from desk.domain.moves import ANSWERED, Given, MoveKind
from desk.domain.quiet_hours import QuietHours
from desk.domain.tickets import Kind, Place, Priority, Stage
from desk.domain.working_time import CHINA
from desk.texts import ShippedTexts
from desk.usecases.dispatch import Order
from desk.usecases.fakes import FakeStore
from desk.usecases.notify import Notify, Notifying, NotifyParts, NotifyRule, To
from desk.usecases.notify_tasks import NotifyTasks, TaskMessageParts
from tests.usecases.dispatching import ELECTRICIAN, MATE, PLUMBER, TICKET, Hotline, hotline_over

RULES = (
    NotifyRule(Stage.DISPATCHED, "dispatched_task", "sms", To.HANDLER),
    NotifyRule(Stage.DISPATCHED, "dispatched", "group", To.CHANNEL),
)


def link(task_id: TaskId, staff_id: StaffId) -> str:
    return f"https://desk.example/r/{task_id[-2:]}{staff_id[-2:]}"


@pytest.fixture
def hotline(tmp_path: Path) -> Iterator[Hotline]:
    with hotline_over("memory", tmp_path) as made:
        yield telling(made)


def telling(made: Hotline, *rules: NotifyRule, quiet: QuietHours | None = None) -> Hotline:
    """The same hotline, whose log makes messages."""
    store = made.ports.log
    assert isinstance(store, FakeStore)
    parts = NotifyParts(
        rules=rules or RULES,
        texts=ShippedTexts().messages(),
        quiet={"sms": quiet} if quiet else {},
        tickets=made.ports.tickets,
        messages=store.messages,
        staff=made.ports.residents.staff,
        author=made.author,
        clock=made.clock,
        category=lambda _code: "水龙头漏水",
        kind=lambda _kind: "报修",
        zone=CHINA,
    )
    tasks = NotifyTasks(TaskMessageParts(notify=parts, tasks=made.ports.tasks, link=link))
    here = Hotline(replace(made.ports, log=Notifying(store, Notify(parts), tasks)), now=made.now)
    here.ids = made.ids
    return here


def told(hotline: Hotline) -> list[Message]:
    log = hotline.ports.log
    assert isinstance(log, Notifying)
    store = log._log
    assert isinstance(store, FakeStore)
    return store.all_of(Message)


def to_handlers(hotline: Hotline) -> list[tuple[str, str]]:
    return [(one.recipient[-1], one.template) for one in told(hotline) if one.channel == "sms"]


def arrives(hotline: Hotline) -> None:
    """Everything that waits has been sent."""
    for message in told(hotline):
        hotline.put("message", message.message_id, delivery=Delivery.SENT.value)


def test_the_handler_is_told_once_of_the_task_with_its_limit_and_how_to_answer(hotline: Hotline) -> None:
    hotline.file()
    task = hotline.dispatch.send(TICKET.ticket_id, Order()).task
    (message,) = [one for one in told(hotline) if one.channel == "sms"]
    assert message.recipient == "+8613800138001"
    assert message.text.startswith(f"【派单】{TICKET.number} 报修：repair.water.tap。地点：一期5栋2单元203。")
    assert f"回复“1 {TICKET.number}”接单" in message.text
    assert message.text.endswith(link(task.task_id, PLUMBER.staff_id))
    assert task.due_at is not None
    assert f"时限{task.due_at.astimezone(CHINA):%m-%d %H:%M}" in message.text
    assert f"task={task.title}" in message.fields
    assert [one.channel for one in told(hotline)].count("group") == 1  # and the group of the ticket


def test_each_task_of_a_ticket_tells_its_own_handler(hotline: Hotline) -> None:
    hotline.file()
    hotline.dispatch.send(TICKET.ticket_id, Order())
    hotline.dispatch.send(TICKET.ticket_id, Order(ELECTRICIAN.staff_id, title="补墙漆", new=True))
    assert to_handlers(hotline) == [("1", "dispatched_task"), ("3", "dispatched_task")]
    assert "补墙漆" in told(hotline)[-1].text


def test_whoever_had_it_is_told_that_they_need_not_go(hotline: Hotline) -> None:
    hotline.file()
    task = hotline.dispatch.send(TICKET.ticket_id, Order()).task
    arrives(hotline)
    hotline.later(minutes=20)
    hotline.dispatch.stand_in(TICKET.ticket_id, task.task_id, MATE.staff_id, "三次未接通")
    assert to_handlers(hotline)[1:] == [("2", "dispatched_task"), ("1", "taken_off")]


def test_a_step_that_is_undone_sends_the_first_one_again_and_the_second_one_home(hotline: Hotline) -> None:
    hotline.file()
    task = hotline.dispatch.send(TICKET.ticket_id, Order()).task
    arrives(hotline)
    hotline.later(minutes=20)
    hotline.dispatch.stand_in(TICKET.ticket_id, task.task_id, MATE.staff_id, "三次未接通")
    arrives(hotline)
    hotline.later(minutes=1)
    hotline.moves.undo(TICKET.ticket_id)
    assert to_handlers(hotline)[3:] == [("1", "dispatched_task"), ("2", "taken_off")]


def test_work_that_is_reopened_goes_to_whoever_did_it_at_once_and_undone_it_calls_them_off(hotline: Hotline) -> None:
    hotline.file()
    hotline.dispatch.send(TICKET.ticket_id, Order())
    hotline.moves.move(TICKET.ticket_id, MoveKind.ACCEPT)
    hotline.moves.move(TICKET.ticket_id, MoveKind.FINISH, Given(text="换了垫圈"))
    arrives(hotline)
    hotline.later(minutes=60)
    hotline.moves.move(TICKET.ticket_id, MoveKind.FOLLOW_UP, Given(solved=False))
    hotline.moves.move(TICKET.ticket_id, MoveKind.REOPEN, Given(reason="还在滴水"))
    assert to_handlers(hotline)[1:] == [("1", "dispatched_task")]
    assert "还在滴水 联系人" in told(hotline)[-1].text
    arrives(hotline)
    hotline.later(minutes=1)
    hotline.moves.undo(TICKET.ticket_id)
    assert to_handlers(hotline)[2:] == [("1", "called_off")]
    hotline.moves.move(TICKET.ticket_id, MoveKind.REOPEN, Given(reason=ANSWERED))  # nothing that a handler could read
    assert to_handlers(hotline)[3:] == [("1", "dispatched_task")]
    assert ANSWERED not in told(hotline)[-1].text


def test_whoever_has_not_been_told_yet_is_not_told_at_all(hotline: Hotline) -> None:
    hotline.file()
    task = hotline.dispatch.send(TICKET.ticket_id, Order()).task
    hotline.later(minutes=20)
    hotline.dispatch.stand_in(TICKET.ticket_id, task.task_id, MATE.staff_id, "三次未接通")
    assert to_handlers(hotline)[1:] == [("2", "dispatched_task")]
    first = next(one for one in told(hotline) if one.channel == "sms")
    assert (first.delivery, first.why) == (Delivery.DROPPED, "taken_off")


def test_a_ticket_that_is_cancelled_calls_its_handlers_off(hotline: Hotline) -> None:
    hotline.file()
    hotline.dispatch.send(TICKET.ticket_id, Order())
    hotline.dispatch.send(TICKET.ticket_id, Order(ELECTRICIAN.staff_id, title="补墙漆", new=True))
    arrives(hotline)
    hotline.answers.by_message("13800138001", "2 不是水工的活")  # who gave it back has not got it
    hotline.moves.move(TICKET.ticket_id, MoveKind.CANCEL, Given(reason="住户自己修好了"))
    assert to_handlers(hotline)[2:] == [("3", "called_off")]
    assert "不用处理了" in told(hotline)[-1].text


def suspend(hotline: Hotline) -> None:
    until = hotline.now + timedelta(days=3)
    hotline.moves.move(TICKET.ticket_id, MoveKind.SUSPEND, Given(reason="住户不在家", until=until))


def test_whoever_is_on_the_way_hears_that_it_is_suspended_and_that_it_goes_on(hotline: Hotline) -> None:
    hotline.file()
    task = hotline.dispatch.send(TICKET.ticket_id, Order()).task
    hotline.dispatch.send(TICKET.ticket_id, Order(ELECTRICIAN.staff_id, title="补墙漆", new=True))
    arrives(hotline)
    hotline.answers.by_message("13800138003", "2 不是电工的活")  # who gave it back has not got it
    hotline.later(minutes=10)
    until = hotline.now + timedelta(days=3)
    suspend(hotline)
    assert to_handlers(hotline)[2:] == [("1", "on_hold")]
    assert f"暂缓处理至{until.astimezone(CHINA):%m-%d %H:%M}，请先不要上门" in told(hotline)[-1].text
    arrives(hotline)
    hotline.later(days=1)
    hotline.moves.move(TICKET.ticket_id, MoveKind.RESUME)
    assert to_handlers(hotline)[3:] == [("1", "goes_on")]
    now = hotline.ports.tasks.get(task.task_id)
    assert now is not None
    assert now.due_at is not None
    assert f"时限{now.due_at.astimezone(CHINA):%m-%d %H:%M}" in told(hotline)[-1].text
    arrives(hotline)
    suspend(hotline)
    arrives(hotline)
    hotline.moves.move(TICKET.ticket_id, MoveKind.CANCEL, Given(reason="住户自己修好了"))
    assert to_handlers(hotline)[4:] == [("1", "on_hold"), ("1", "called_off")]


def test_whoever_has_not_heard_of_it_hears_of_no_suspension_and_of_the_work_when_it_goes_on(hotline: Hotline) -> None:
    hotline.file()
    hotline.dispatch.send(TICKET.ticket_id, Order())
    suspend(hotline)
    (first,) = [one for one in told(hotline) if one.channel == "sms"]
    assert (first.template, first.delivery, first.why) == ("dispatched_task", Delivery.DROPPED, "on_hold")
    hotline.later(days=1)
    hotline.moves.move(TICKET.ticket_id, MoveKind.RESUME)
    waiting = [one.template for one in told(hotline) if one.channel == "sms" and one.delivery is Delivery.WAITING]
    assert waiting == ["dispatched_task"]


def test_a_suspension_that_nobody_has_heard_of_is_not_told_once_it_is_over(hotline: Hotline) -> None:
    hotline.file()
    hotline.dispatch.send(TICKET.ticket_id, Order())
    arrives(hotline)
    hotline.later(minutes=10)
    suspend(hotline)
    hotline.later(minutes=1)
    hotline.moves.undo(TICKET.ticket_id)
    assert to_handlers(hotline)[1:] == [("1", "on_hold")]
    assert [one.delivery for one in told(hotline) if one.template == "on_hold"] == [Delivery.DROPPED]


def test_whoever_has_the_work_hears_of_another_limit_and_all_the_same_that_they_need_not_go(hotline: Hotline) -> None:
    hotline.file()
    task = hotline.dispatch.send(TICKET.ticket_id, Order()).task
    arrives(hotline)
    hotline.later(minutes=10)
    tomorrow = hotline.now + timedelta(days=1)
    hotline.moves.move(TICKET.ticket_id, MoveKind.TELL_PLAN, Given(until=tomorrow))
    now = hotline.ports.tasks.get(task.task_id)
    assert now is not None
    assert now.due_at is not None
    assert now.due_at < tomorrow
    assert to_handlers(hotline)[1:] == [("1", "new_limit")]
    assert f"时限改为{now.due_at.astimezone(CHINA):%m-%d %H:%M}" in told(hotline)[-1].text
    hotline.moves.move(TICKET.ticket_id, MoveKind.CANCEL, Given(reason="住户自己修好了"))  # the limit waits still
    assert to_handlers(hotline)[2:] == [("1", "called_off")]


def test_work_that_was_given_back_tells_only_the_next_one(hotline: Hotline) -> None:
    hotline.file()
    hotline.dispatch.send(TICKET.ticket_id, Order())
    hotline.answers.by_message("13800138001", "2 不是水工的活")
    hotline.later(minutes=20)
    hotline.dispatch.send(TICKET.ticket_id, Order(ELECTRICIAN.staff_id))
    assert to_handlers(hotline)[1:] == [("3", "dispatched_task")]


def test_a_handler_without_a_mobile_number_is_told_nothing(hotline: Hotline) -> None:
    hotline.put("staff", PLUMBER.staff_id, phone="8001")
    hotline.file()
    hotline.dispatch.send(TICKET.ticket_id, Order())
    assert to_handlers(hotline) == []


def test_quiet_hours_hold_all_but_urgent_work(tmp_path: Path) -> None:
    always = QuietHours(time(9), time(23), CHINA)
    with hotline_over("memory", tmp_path) as made:
        quiet = telling(made, quiet=always)
        quiet.file()
        quiet.dispatch.send(TICKET.ticket_id, Order())
        assert [one.not_before is None for one in told(quiet) if one.channel == "sms"] == [False]
        urgent = replace(TICKET, ticket_id=type(TICKET.ticket_id)("t2"), priority=Priority.URGENT)
        quiet.file(urgent)
        quiet.dispatch.send(urgent.ticket_id, Order())
        (message,) = [one for one in told(quiet) if (one.channel, one.ticket_id) == ("sms", urgent.ticket_id)]
        assert (message.not_before, message.at_any_hour) == (None, True)


def test_a_rule_for_other_kinds_tells_nobody(tmp_path: Path) -> None:
    with hotline_over("memory", tmp_path) as made:
        others = telling(made, replace(RULES[0], kinds=(Kind.COMPLAINT,)))
        others.file()
        others.dispatch.send(TICKET.ticket_id, Order())
        assert told(others) == []


def correct(hotline: Hotline, **changed: object) -> None:
    """The ticket says otherwise now."""
    ticket = hotline.ports.tickets.get(TICKET.ticket_id)
    assert ticket is not None
    was = form_of(ticket, Place(ticket.place_text, building_id=ticket.building_id))
    correction = Correction(was, replace(was, **changed))  # type: ignore[arg-type]
    hotline.moves.move(TICKET.ticket_id, MoveKind.CORRECT, Given(reason="said so", correction=correction))


def test_whoever_has_it_is_told_what_is_so_now_and_nobody_is_told_who_has_not(hotline: Hotline) -> None:
    hotline.file()
    hotline.dispatch.send(TICKET.ticket_id, Order())
    hotline.dispatch.send(TICKET.ticket_id, Order(ELECTRICIAN.staff_id, title="补墙漆", new=True))
    arrives(hotline)
    hotline.answers.by_message("13800138003", "2 不是我的活")
    arrives(hotline)
    hotline.later(minutes=5)
    correct(hotline, place=Place("一期6栋2单元203"), contact_number="13900139000")
    assert to_handlers(hotline)[2:] == [("1", "corrected")]
    text = told(hotline)[-1].text
    assert text.startswith(f"【更正】{TICKET.number}")
    assert "地点：一期6栋2单元203" in text
    assert "139 0013 9000" in text
    arrives(hotline)
    hotline.later(minutes=5)
    correct(hotline, place=Place("一期6栋2单元303"))
    assert to_handlers(hotline)[3:] == [("1", "corrected")]


def test_what_nobody_has_heard_yet_is_said_as_it_is_now_instead(hotline: Hotline) -> None:
    hotline.file()
    hotline.dispatch.send(TICKET.ticket_id, Order())
    hotline.later(minutes=5)
    correct(hotline, description="喷水")
    first, second = (one for one in told(hotline) if one.channel == "sms")
    assert (first.template, first.delivery) == ("dispatched_task", Delivery.DROPPED)
    assert (second.template, second.delivery) == ("dispatched_task", Delivery.WAITING)
    assert "喷水" in second.text


def test_a_correction_that_is_taken_back_is_told_to_those_who_have_heard_of_it(hotline: Hotline) -> None:
    hotline.file()
    hotline.dispatch.send(TICKET.ticket_id, Order())
    arrives(hotline)
    hotline.later(minutes=5)
    correct(hotline, place=Place("一期6栋2单元203"))
    hotline.later(minutes=1)
    hotline.moves.undo(TICKET.ticket_id)
    assert to_handlers(hotline)[1:] == [("1", "corrected")]
    assert [one.delivery for one in told(hotline) if one.template == "corrected"] == [Delivery.DROPPED]
    correct(hotline, place=Place("一期6栋2单元203"))
    arrives(hotline)
    hotline.later(minutes=1)
    hotline.moves.undo(TICKET.ticket_id)
    assert to_handlers(hotline)[2:] == [("1", "corrected"), ("1", "corrected")]
    assert TICKET.place_text in told(hotline)[-1].text


def test_what_no_handler_goes_by_tells_nobody(hotline: Hotline) -> None:
    hotline.file()
    hotline.dispatch.send(TICKET.ticket_id, Order())
    arrives(hotline)
    hotline.later(minutes=5)
    hotline.moves.move(TICKET.ticket_id, MoveKind.GRADE, Given(priority=Priority.HIGH, reason="worse"))
    assert to_handlers(hotline) == [("1", "dispatched_task")]
