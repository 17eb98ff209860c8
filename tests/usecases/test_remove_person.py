"""A person removed with open work: told plainly, nothing lost, work never ownerless."""

from datetime import timedelta

import pytest

from desk.domain.estate import Duty, Staff
from desk.domain.follow_ups import FollowUpKind
from desk.domain.hand_over import What
from desk.domain.identity import StaffId, TicketId
from desk.domain.knowledge import QuestionState
from desk.domain.moves import Given, MoveKind
from desk.domain.patches import patch_of
from desk.domain.tasks import TaskStage
from desk.domain.tickets import Stage
from desk.domain.times import to_text
from desk.store.open_work import SqlOpenWork
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_shift import FakeOpenWork
from desk.usecases.remove_person import (
    AdoptWork,
    RemovalParts,
    RemovalRefused,
    RemovePerson,
    WhyNotRemoved,
    left_of,
    successor,
)
from desk.usecases.shift_ports import OpenWork
from tests.usecases.conftest import World
from tests.usecases.moving import PAINTER, PLUMBER, STAFF, Hotline


class Leaving(Hotline):
    def __init__(self, world: World) -> None:
        super().__init__(world, world.residents.staff)
        world.log.append([self.change("staff", one.staff_id, patch_of(one, "staff_id")) for one in STAFF])
        work: OpenWork
        if isinstance(world.log, FakeStore):
            work = FakeOpenWork(world.log)
        else:
            assert world.store
            work = SqlOpenWork(world.store)
        self.work = work
        self.parts = RemovalParts(
            log=world.log,
            author=self,
            staff=world.residents.staff,
            work=work,
            tasks=self.tasks,
            moves=self.moves,
            reason="left",
        )
        self.removing = RemovePerson(self.parts)
        self.adopting = AdoptWork(self.parts, world.clock)

    def promise(self, owner: str) -> str:
        due = to_text(self.world.now + timedelta(minutes=30))
        made = {"owner": owner, "made_by": owner, "made_at": to_text(self.world.now), "due_at": due, "text": "call"}
        return self.world.put("promise", self.world.new_id(), **made, state="open")

    def question(self, asked_by: str, owner: str, state: QuestionState) -> str:
        at = to_text(self.world.now)
        made = {
            "text": "几点供暖",
            "asked_at": at,
            "asked_by": asked_by,
            "owner": owner,
            "due_at": at,
            "answer": "六点",
        }
        return self.world.put("question", self.world.new_id(), **made, state=state.value)

    def follow_up(self, owner: str, kind: FollowUpKind) -> str:
        at = to_text(self.world.now)
        made = {"kind": kind.value, "state": "due", "made_at": at, "made_by": owner, "due_at": at, "owner": owner}
        return self.world.put("follow_up", self.world.new_id(), **made)

    def is_there(self, number: str) -> bool:
        return any(one.number == number and one.active for one in self.world.residents.staff())


@pytest.fixture
def hotline(empty_world: World) -> Leaving:
    return Leaving(empty_world)


def test_what_somebody_had_is_the_successor_s_and_nothing_is_lost(hotline: Leaving) -> None:
    ticket, promise = hotline.filed(), hotline.promise("1001")
    assert {item.item_id for item in hotline.removing.work_of("1001").items} == {ticket, promise}
    left = hotline.removing.remove("1001", "1002")
    assert len(left) == 2
    assert not hotline.is_there("1001")
    assert hotline.ticket(ticket).owner == "1002"
    assert {item.item_id for item in hotline.work.of("1002")} == {ticket, promise}
    assert len(hotline.removing.work_of("1001")) == 0


def test_answers_still_to_be_told_and_calls_of_no_ticket_are_the_successor_s_too(hotline: Leaving) -> None:
    told = hotline.question("1001", "9001", QuestionState.ANSWERED)  # the resident waits for 1001's call
    to_find = hotline.question("1002", "1001", QuestionState.OPEN)
    check = hotline.follow_up("1001", FollowUpKind.SPOT_CHECK)
    hotline.follow_up("1001", FollowUpKind.CLOSING)  # goes with its ticket
    hotline.question("1001", "1001", QuestionState.TOLD)
    assert {item.item_id for item in hotline.removing.work_of("1001").items} == {told, to_find, check}
    assert [item.ref for item in hotline.work.items([(What.ANSWER, told), (What.QUESTION, told)])] == [f"answer {told}"]
    hotline.removing.remove("1001", "1002")
    assert {item.item_id for item in hotline.work.of("1002")} == {told, to_find, check}
    assert len(hotline.removing.work_of("1001")) == 0


@pytest.mark.parametrize(
    ("number", "to", "why"),
    [
        ("1001", "", WhyNotRemoved.NO_SUCCESSOR),
        ("1001", "1001", WhyNotRemoved.SAME),
        ("1001", "4711", WhyNotRemoved.SUCCESSOR_UNKNOWN),
        ("1001", "1009", WhyNotRemoved.SUCCESSOR_UNKNOWN),
        ("4711", "1001", WhyNotRemoved.UNKNOWN),
    ],
)
def test_without_somebody_who_takes_it_nobody_is_removed(
    hotline: Leaving, number: str, to: str, why: WhyNotRemoved
) -> None:
    ticket = hotline.filed()
    with pytest.raises(RemovalRefused) as caught:
        hotline.removing.remove(number, to)
    assert caught.value.why is why
    assert hotline.is_there("1001")
    assert hotline.ticket(ticket).owner == "1001"


def test_the_last_supervisor_stays_until_another_is_named(hotline: Leaving) -> None:
    with pytest.raises(RemovalRefused) as caught:
        hotline.removing.remove("9001", "1002")
    assert caught.value.why is WhyNotRemoved.LAST_SUPERVISOR
    assert hotline.is_there("9001")
    hotline.world.log.append([hotline.change("staff", "s-1002", {"duty": Duty.SUPERVISOR.value})])
    hotline.removing.remove("9001", "1002")
    assert not hotline.is_there("9001")


def test_whoever_has_nothing_open_needs_no_successor(hotline: Leaving) -> None:
    assert len(hotline.removing.remove("1002")) == 0
    assert not hotline.is_there("1002")


def test_a_handler_s_tasks_come_back_to_be_sent_to_somebody_else(hotline: Leaving) -> None:
    one, two = hotline.filed(), hotline.filed()
    for ticket in (one, two):
        hotline.moves.move(ticket, MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    hotline.moves.move(two, MoveKind.ACCEPT)
    assert len(hotline.removing.remove("H1").tasks) == 2
    for ticket in (one, two):
        assert hotline.ticket(ticket).stage is Stage.RETURNED
        (task,) = hotline.tasks.of_ticket(ticket)
        assert (task.stage, task.reason) == (TaskStage.RETURNED, "left")
    hotline.moves.move(one, MoveKind.DISPATCH, Given(handler_id=PAINTER))


def gone(hotline: Leaving, number: str) -> None:
    """Taken out somewhere else, by a list."""
    entry = next(one for one in hotline.world.residents.staff() if one.number == number)
    hotline.world.put("staff", entry.staff_id, active=False)


def test_work_of_somebody_who_went_another_way_is_a_supervisor_s(hotline: Leaving) -> None:
    ticket, promise = hotline.filed(), hotline.promise("1001")
    assert not hotline.adopting.work_once()
    gone(hotline, "1001")
    assert not hotline.adopting.work_once()  # it looks once a minute
    hotline.go_on(2)
    assert hotline.adopting.work_once()
    assert {item.item_id for item in hotline.work.of("9001")} == {ticket, promise}
    hotline.go_on(2)
    assert not hotline.adopting.work_once()


def test_a_suspended_ticket_s_task_comes_back_when_it_is_taken_up_again(hotline: Leaving) -> None:
    ticket: TicketId = hotline.filed()
    hotline.moves.move(ticket, MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    until = hotline.world.now + timedelta(days=3)
    hotline.moves.move(ticket, MoveKind.SUSPEND, Given(reason="away", until=until))
    gone(hotline, "H1")
    assert not hotline.adopting.work_once()
    hotline.moves.move(ticket, MoveKind.RESUME)
    hotline.go_on(2)
    assert hotline.adopting.work_once()
    assert hotline.ticket(ticket).stage is Stage.RETURNED


def test_a_number_that_somebody_has_again_is_theirs() -> None:
    old, new = STAFF[-1], Staff(STAFF[0].staff_id, "1009", "新人", STAFF[-2].duty)
    assert left_of([old]) == [("1009", [old.staff_id])]
    assert left_of([old, new]) == []


def test_without_a_supervisor_an_agent_takes_it_and_without_anybody_nobody() -> None:
    assert successor(STAFF) == "9001"
    assert successor([one for one in STAFF if one.number != "9001"]) == "1001"
    assert successor(STAFF[:3]) == ""
    assistant = Staff(StaffId("s-2001"), "2001", "小何", Duty.AREA_ASSISTANT)
    assert successor([*STAFF[:3], assistant]) == "2001"


def test_a_handler_s_tasks_come_back_where_nobody_could_take_over_anything(hotline: Leaving) -> None:
    ticket: TicketId = hotline.filed()
    hotline.moves.move(ticket, MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    for number in ("1001", "1002", "9001", "H1"):
        gone(hotline, number)
    assert hotline.adopting.work_once()
    assert hotline.ticket(ticket).stage is Stage.RETURNED
