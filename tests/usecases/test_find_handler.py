"""Who is proposed for a piece of work."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk.domain.clocks import SHIPPED_FIGURES, ClockPolicy, Figure
from desk.domain.dispatching import Step
from desk.domain.identity import BuildingId
from desk.domain.routes import Days, Hours, Part, Route, RouteTable, Who
from desk.domain.shifts import Post
from desk.domain.tasks import TaskStage
from desk.domain.tickets import Priority
from desk.domain.times import to_text
from desk.domain.working_time import Span
from desk.usecases.dispatch import Order
from desk.usecases.find_handler import FindHandler, Proposal, RouteTrouble, Why
from tests.usecases.conftest import NOW
from tests.usecases.dispatching import (
    ASSISTANT,
    ELECTRICIAN,
    LEAD,
    MATE,
    NIGHT,
    PLUMBER,
    TABLE,
    TICKET,
    Hotline,
    hotline_over,
)


@pytest.fixture
def hotline(tmp_path: Path) -> Iterator[Hotline]:
    with hotline_over("memory", tmp_path) as made:
        yield made


def named(proposal: Proposal) -> list[tuple[str, Part]]:
    return [(choice.staff.name, choice.part) for choice in proposal.choices if choice.part is not None]


def duty(hotline: Hotline, who: str, trade: str = "", name: str = "d1", post: Post = Post.HANDLER) -> None:
    times = {"start": to_text(NOW - timedelta(hours=1)), "until": to_text(NOW + timedelta(hours=8))}
    hotline.put("duty_turn", name, who=who, post=post.value, trade=trade, area="", ended=False, **times)


def test_the_route_s_people_come_in_their_turn_and_everybody_else_after_them(hotline: Hotline) -> None:
    found = hotline.finder.propose(hotline.file())
    assert named(found) == [("赵师傅", Part.HANDLER), ("钱师傅", Part.BACKUP), ("李主管", Part.LEAD)]
    others = [choice.staff for choice in found.choices if choice.part is None]
    assert others == [ASSISTANT, ELECTRICIAN, NIGHT]  # the area's assistant first; agents take no work
    assert found.backup_of(PLUMBER.staff_id) == MATE.staff_id
    assert found.backup_of(MATE.staff_id) == PLUMBER.staff_id
    assert found.lead_id == LEAD.staff_id
    assert (found.task, found.pursuit, found.troubles) == (None, None, ())


def test_whoever_has_less_to_do_stands_before_others_whom_no_route_names(hotline: Hotline) -> None:
    for number in range(3):
        ticket = replace(TICKET, ticket_id=type(TICKET.ticket_id)(f"t{number}"), number=f"20260302-S01-01{number}")
        hotline.file(ticket)
        hotline.dispatch.send(ticket.ticket_id, Order(ELECTRICIAN.staff_id))
    found = hotline.finder.propose(hotline.file())
    others = [choice for choice in found.choices if choice.part is None]
    assert [choice.staff for choice in others] == [ASSISTANT, NIGHT, ELECTRICIAN]
    assert (others[-1].load.open, others[-1].load.unaccepted) == (3, 3)


def test_the_limit_is_counted_by_the_files_of_the_estate_that_the_place_is_in(hotline: Hotline) -> None:
    late = {**SHIPPED_FIGURES, Figure.TASK_BEFORE_PROMISE: Span(timedelta(hours=1))}
    own = replace(hotline.clocks, policy=ClockPolicy(figures=late))
    ticket = replace(hotline.file(), promise_due_at=NOW + timedelta(days=2))
    clocks = replace(hotline.clocks, of_building=lambda building: own if building == "b5" else None)
    found = FindHandler(replace(hotline.finder._parts, clocks=clocks)).propose(ticket)
    assert found.limit == NOW + timedelta(days=2, hours=-1)


def test_a_ticket_that_no_line_fits_is_told_and_can_be_sent_to_anybody(hotline: Hotline) -> None:
    found = hotline.finder.propose(hotline.file(replace(TICKET, category="repair.power.socket")))
    assert found.troubles == (RouteTrouble(Why.NO_ROUTE),)
    assert named(found) == []
    assert PLUMBER in [choice.staff for choice in found.choices]


def test_without_any_routes_nothing_is_wrong(hotline: Hotline) -> None:
    hotline.table = RouteTable()
    found = hotline.finder.propose(hotline.file())
    assert found.troubles == ()
    assert found.choices[0].staff == ASSISTANT


def test_the_area_of_the_building_decides(hotline: Hotline) -> None:
    there = replace(TICKET, category="repair.power.socket", building_id=BuildingId("b12"))
    assert named(hotline.finder.propose(hotline.file(there))) == [("孙师傅", Part.HANDLER)]


def test_a_route_to_somebody_who_left_names_them_with_file_and_line_and_the_next_stands_in(hotline: Hotline) -> None:
    hotline.put("staff", PLUMBER.staff_id, active=False)
    hotline.table = replace(TABLE, routes=(replace(TABLE.routes[0], lead="H0404"),))
    found = hotline.finder.propose(hotline.file())
    assert found.troubles == (
        RouteTrouble(Why.LEFT, "H0001", "routes.toml", 5),
        RouteTrouble(Why.NOT_ON_STAFF, "H0404", "routes.toml", 5),
    )
    assert named(found) == [("钱师傅", Part.HANDLER)]


def test_a_route_to_nobody_at_all_is_told_and_work_goes_on(hotline: Hotline) -> None:
    hotline.table = RouteTable((Route("repair", handler="H0404", line=3),), file="routes.toml")
    found = hotline.finder.propose(hotline.file())
    assert [one.why for one in found.troubles] == [Why.NOT_ON_STAFF, Why.NOBODY]
    assert found.choices[0].staff == ASSISTANT


ON_DUTY = RouteTable(
    (
        Route("repair", handler="H0001", line=2),
        Route("repair", hours="night", who=Who.ON_DUTY, handler="H0002", trade="water", line=6),
    ),
    {"night": Hours("night", days=Days.ALL)},
    file="routes.toml",
)


def test_at_night_whoever_is_on_duty_for_the_trade_is_asked_first(hotline: Hotline) -> None:
    hotline.table = ON_DUTY
    duty(hotline, "H0004", "water")
    duty(hotline, "H0003", "power", "d2")
    found = hotline.finder.propose(hotline.file())
    assert named(found) == [("周师傅", Part.HANDLER), ("钱师傅", Part.BACKUP)]
    assert {choice.staff.name for choice in found.choices if choice.on_duty} == {"周师傅", "孙师傅"}


def test_a_line_without_a_lead_has_the_one_on_duty(hotline: Hotline) -> None:
    duty(hotline, "H0009", post=Post.LEAD)
    duty(hotline, "H0007", name="d2", post=Post.LEAD)  # whom nobody knows by that number
    hotline.table = RouteTable((Route("repair", handler="H0001", line=2),))
    found = hotline.finder.propose(hotline.file())
    assert named(found) == [("赵师傅", Part.HANDLER), ("李主管", Part.LEAD)]
    assert [one.why for one in found.troubles] == [Why.NOT_ON_STAFF]


def test_an_empty_roster_is_told_and_the_line_s_own_handler_is_asked(hotline: Hotline) -> None:
    hotline.table = ON_DUTY
    found = hotline.finder.propose(hotline.file())
    assert found.troubles == (RouteTrouble(Why.NOBODY_ON_DUTY, "", "routes.toml", 6),)
    assert named(found) == [("钱师傅", Part.HANDLER)]


def test_a_line_may_name_the_area_s_assistant(hotline: Hotline) -> None:
    hotline.table = RouteTable((Route(who=Who.AREA_ASSISTANT, handler="H0001", line=1),), file="routes.toml")
    assert named(hotline.finder.propose(hotline.file())) == [("陈晓燕", Part.HANDLER), ("赵师傅", Part.BACKUP)]
    there = replace(TICKET, ticket_id=type(TICKET.ticket_id)("t2"), building_id=BuildingId("b12"))
    found = hotline.finder.propose(hotline.file(there))
    assert found.troubles == (RouteTrouble(Why.NO_ASSISTANT, "", "routes.toml", 1),)


def test_the_task_that_was_given_back_is_the_one_to_be_sent(hotline: Hotline) -> None:
    ticket = hotline.file()
    first = hotline.dispatch.send(ticket.ticket_id, Order()).task
    second = hotline.dispatch.send(ticket.ticket_id, Order(ELECTRICIAN.staff_id, title="灯也不亮", new=True)).task
    assert hotline.dispatch.propose(ticket.ticket_id).task == first
    hotline.put("task", second.task_id, stage=TaskStage.RETURNED.value)
    found = hotline.dispatch.propose(ticket.ticket_id)
    assert found.task is not None
    assert found.task.task_id == second.task_id
    assert found.pursuit is not None
    assert found.pursuit.step is Step.ANSWERED


def test_the_limit_is_proposed_by_priority(hotline: Hotline) -> None:
    urgent = hotline.finder.propose(hotline.file(replace(TICKET, priority=Priority.URGENT)))
    assert urgent.limit == NOW + timedelta(hours=4)
