"""What stands beside a ticket goes along when it is put right, and is as before when that is undone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from desk.domain.clocks import ClockException, ClockName, ClockPolicy, Clocks
from desk.domain.corrections import Correction, form_of
from desk.domain.early_warnings import EarlyWarning, WarningStep
from desk.domain.follow_ups import FollowUp, FollowUpState
from desk.domain.identity import BuildingId, CallId, HouseholdId, PersonId, StaffId, TicketId
from desk.domain.knowledge import Question
from desk.domain.ladder import LadderPolicy, LadderPost, PostHolder
from desk.domain.moves import Given, MoveKind, MoveRefused, Refusal
from desk.domain.patches import patch_of
from desk.domain.promises import Promise, PromiseState
from desk.domain.tickets import Place
from desk.domain.times import to_text
from desk.domain.working_time import Span
from desk.usecases.join_call import JoinCall
from tests.usecases.conftest import World
from tests.usecases.follow_up_world import Hotline, hotline_of

WIFE, HUSBAND = "13800138000", "13900139000"
OWN, OTHER = HouseholdId("h5-1-101"), HouseholdId("h12-1-101")


@pytest.fixture
def hotline(world: World) -> Hotline:
    return hotline_of(world)


def promise(hotline: Hotline, ticket_id: TicketId, number: str = WIFE) -> Promise:
    """As the key in a call gives it."""
    world = hotline.world
    due = world.now + timedelta(minutes=30)
    given = Promise(world.new_id(), "1001", "1001", world.now, due, "答复", number=number, caller_name="李秀英")
    given = replace(given, ticket_id=ticket_id, call_id=CallId("c1"), person_id=PersonId("p-wife"), household_id=OWN)
    world.put("promise", given.promise_id, **patch_of(given, "promise_id"))
    return given


def question(hotline: Hotline, ticket_id: TicketId) -> Question:
    world = hotline.world
    asked = Question("q1", "多久修好", world.now, "1001", "9001", world.now, number=WIFE, caller_name="李秀英")
    world.put("question", "q1", **patch_of(replace(asked, ticket_id=ticket_id), "question_id"))
    return replace(asked, ticket_id=ticket_id)


def warning(hotline: Hotline, ticket_id: TicketId) -> EarlyWarning:
    now = hotline.world.now
    raised = EarlyWarning("w1", ticket_id, WarningStep.RAISED, now, "1001", now, "site_head", now, caller_number=WIFE)
    hotline.world.put("warning", "w1", **patch_of(raised, "warning_id"))
    return raised


def corrected(hotline: Hotline, ticket_id: TicketId, **changed: Any) -> None:
    ticket = hotline.got(ticket_id)
    was = form_of(ticket, Place(ticket.place_text, None, ticket.building_id))
    given = Correction(was, replace(was, **changed))
    hotline.move(ticket_id, MoveKind.CORRECT, reason="住户要求", correction=given)


def called(hotline: Hotline, ticket_id: TicketId) -> list[tuple[str, str, str, str]]:
    """(what, number, name, household) of all that somebody will be called about."""
    found: list[tuple[str, str, str, str]] = []
    found += [("promise", one.number, one.caller_name, one.household_id or "") for one in hotline.promises.open()]
    found += [("follow_up", one.number, "", one.household_id or "") for one in due(hotline, ticket_id)]
    found += [("question", one.number, one.caller_name, "") for one in hotline.questions.open()]
    found += [("warning", one.caller_number, "", "") for one in hotline.warnings.of_ticket(ticket_id)]
    return found


def due(hotline: Hotline, ticket_id: TicketId) -> list[FollowUp]:
    return [one for one in hotline.follow_ups.of_ticket(ticket_id) if one.state is FollowUpState.DUE]


def test_whoever_is_called_instead_is_called_by_all_that_was_due_with_the_old_number(hotline: Hotline) -> None:
    ticket_id = hotline.accepted(caller_name="李秀英", person_id="p-wife")
    promise(hotline, ticket_id, f"0{WIFE}")
    question(hotline, ticket_id)
    warning(hotline, ticket_id)
    before = called(hotline, ticket_id)
    assert len(before) == 4
    corrected(hotline, ticket_id, contact_number=HUSBAND, caller_name="王建国", household_id=OTHER)
    assert called(hotline, ticket_id) == [
        ("promise", HUSBAND, "王建国", OTHER),
        ("follow_up", HUSBAND, "", OTHER),
        ("question", HUSBAND, "王建国", ""),
        ("warning", HUSBAND, "", ""),
    ]
    assert hotline.work.for_ticket(ticket_id).number == HUSBAND
    hotline.moving.undo(ticket_id)
    assert called(hotline, ticket_id) == before


def test_what_has_a_number_of_its_own_or_is_over_stays(hotline: Hotline) -> None:
    ticket_id = hotline.accepted(caller_name="李秀英")
    own, over = promise(hotline, ticket_id, "13700137000"), promise(hotline, ticket_id)
    hotline.world.put("promise", over.promise_id, state="kept")
    corrected(hotline, ticket_id, contact_number=HUSBAND, caller_name="王建国")
    assert hotline.promises.get(own.promise_id) == own
    assert hotline.promises.get(over.promise_id) == replace(over, state=PromiseState.KEPT)


def test_a_neighbour_who_joined_keeps_their_own_number(hotline: Hotline) -> None:
    world, ticket_id = hotline.world, hotline.ticket(place_text="5栋1单元101")
    joining = JoinCall(hotline.log, hotline.author, world.tickets, hotline.moving, hotline.call_backs.for_joined)
    joining.join(CallId("c2"), ticket_id, household_id=OTHER, number=WIFE, caller_name="王女士")
    (told,) = hotline.promises.of_ticket(ticket_id)
    corrected(hotline, ticket_id, contact_number=HUSBAND)
    assert hotline.promises.of_ticket(ticket_id) == [told]


def test_a_correction_is_not_undone_once_somebody_was_called_by_it(hotline: Hotline) -> None:
    ticket_id = hotline.accepted()
    given = promise(hotline, ticket_id)
    corrected(hotline, ticket_id, contact_number=HUSBAND)
    hotline.world.put("promise", given.promise_id, state="kept")
    with pytest.raises(MoveRefused) as caught:
        hotline.moving.undo(ticket_id)
    assert caught.value.reason is Refusal.WRITTEN_SINCE


def neighbour(hotline: Hotline, ticket_id: TicketId) -> Promise:
    """Somebody of another household calls, and joins it."""
    world = hotline.world
    joining = JoinCall(hotline.log, hotline.author, world.tickets, hotline.moving, hotline.call_backs.for_joined)
    joining.join(CallId(world.new_id()), ticket_id, household_id=OTHER, number="13700137000", caller_name="王女士")
    return hotline.promises.of_ticket(ticket_id)[-1]


def test_a_neighbour_waits_again_when_the_work_was_not_done_after_all(hotline: Hotline) -> None:
    ticket_id = hotline.accepted(promise_due_at=to_text(hotline.world.now + timedelta(days=15)))
    waits = neighbour(hotline, ticket_id)
    hotline.later(hours=1)
    hotline.move(ticket_id, MoveKind.FINISH, text="new tap")
    (soon,) = hotline.promises.of_ticket(ticket_id)
    assert soon.due_at == hotline.world.now + timedelta(hours=24)
    hotline.moving.undo(ticket_id)
    assert hotline.promises.of_ticket(ticket_id) == [waits]
    hotline.move(ticket_id, MoveKind.FINISH, text="new tap")
    hotline.move(ticket_id, MoveKind.REOPEN, reason="drips")
    (again,) = hotline.promises.of_ticket(ticket_id)
    assert again.due_at > hotline.world.now + timedelta(days=9)
    hotline.moving.undo(ticket_id)
    assert hotline.promises.of_ticket(ticket_id) == [soon]


def test_a_time_that_was_agreed_upon_stays_when_it_is_reopened(hotline: Hotline) -> None:
    ticket_id = hotline.accepted(promise_due_at=to_text(hotline.world.now + timedelta(days=15)))
    waits = neighbour(hotline, ticket_id)
    hotline.move(ticket_id, MoveKind.FINISH, text="new tap")
    friday = to_text(hotline.world.now + timedelta(hours=5))
    hotline.world.put("promise", waits.promise_id, due_at=friday)
    hotline.move(ticket_id, MoveKind.REOPEN, reason="drips")
    assert [to_text(one.due_at) for one in hotline.promises.open()] == [friday]


def test_who_was_told_that_it_is_done_is_told_again_and_once(hotline: Hotline) -> None:
    ticket_id = hotline.accepted()
    told = neighbour(hotline, ticket_id)
    hotline.move(ticket_id, MoveKind.FINISH, text="new tap")
    hotline.world.put("promise", told.promise_id, state="kept", kept_at=to_text(hotline.world.now))
    hotline.later(hours=1)
    for _turn in range(2):  # undone, and once more
        hotline.move(ticket_id, MoveKind.REOPEN, reason="drips")
        (again,) = hotline.promises.open()
        assert again.promise_id != told.promise_id
        assert (again.number, again.household_id, again.caller_name) == ("13700137000", OTHER, "王女士")
        assert neighbour(hotline, ticket_id).promise_id == again.promise_id  # called again: told once
        hotline.later(minutes=1)
        hotline.moving.undo(ticket_id)
        assert hotline.promises.open() == []
    kept = hotline.promises.get(told.promise_id)
    assert kept is not None
    assert kept.state is PromiseState.KEPT
    hotline.move(ticket_id, MoveKind.REOPEN, reason="drips")
    hotline.move(ticket_id, MoveKind.DISPATCH, handler_id=StaffId("s1"))
    hotline.move(ticket_id, MoveKind.ACCEPT)
    hotline.move(ticket_id, MoveKind.FINISH, text="another tap")
    (soon,) = hotline.promises.open()
    assert soon.due_at <= hotline.world.now + timedelta(hours=24)


def test_a_ticket_that_is_joined_and_parted_again_promises_nothing(hotline: Hotline) -> None:
    ticket_id, other = hotline.ticket(), hotline.ticket(household_id=OTHER, contact_number="13700137000")
    for _turn in range(2):
        hotline.moving.move(other, MoveKind.JOIN, Given(ticket_id=ticket_id))
        (waits,) = hotline.promises.open()
        assert (waits.ticket_id, waits.household_id) == (ticket_id, OTHER)
        hotline.later(minutes=1)
        hotline.moving.undo(other)
        assert hotline.promises.open() == []
    (gone,) = hotline.promises.of_ticket(ticket_id)
    assert gone.state is PromiseState.RELEASED


def test_a_step_is_not_undone_once_whoever_waited_was_told_of_it(hotline: Hotline) -> None:
    ticket_id = hotline.accepted(promise_due_at=to_text(hotline.world.now + timedelta(days=15)))
    waits = neighbour(hotline, ticket_id)
    hotline.move(ticket_id, MoveKind.FINISH, text="new tap")
    hotline.world.put("promise", waits.promise_id, state="kept")
    with pytest.raises(MoveRefused):
        hotline.moving.undo(ticket_id)


def elsewhere(hotline: Hotline, ticket_id: TicketId) -> None:
    """It is in building 9, of another estate."""
    world = hotline.world
    world.put("estate", "e2", name="翠湖湾")
    world.put("building", "b9", estate_id="e2", code="9", name="9栋", phase="", area="", area_assistant_id=None)
    world.map.load()
    corrected(hotline, ticket_id, place=Place("9栋", None, BuildingId("b9")))


@pytest.mark.parametrize(("turn", "after"), [("3001", "3002"), ("site_head", "site_head"), ("3009", "3009")])
def test_a_warning_is_the_other_estate_s_with_the_turn_of_its_posts(hotline: Hotline, turn: str, after: str) -> None:
    world, head = hotline.world, LadderPost.SITE_HEAD
    for number in ("3001", "3002", "3009"):
        world.put("staff", number, number=number, name=number, duty="supervisor", phone="", active=True)
    if turn != "site_head":
        for estate, number in (("e1", "3001"), ("e2", "3002")):
            hotline.ladders[estate] = LadderPolicy(posts={head: PostHolder((number,))})
    ticket_id = hotline.accepted()
    warning(hotline, ticket_id)
    world.put("warning", "w1", step="acted", turn=turn, estate_id="e1")
    elsewhere(hotline, ticket_id)
    (moved,) = hotline.warnings.of_ticket(ticket_id)
    assert (moved.estate_id, moved.turn) == ("e2", after)
    hotline.moving.undo(ticket_id)
    (back,) = hotline.warnings.of_ticket(ticket_id)
    assert (back.estate_id, back.turn) == ("e1", turn)


def test_the_shorter_limits_of_the_other_estate_hold(world: World) -> None:
    shorter = ClockException(ClockName.PROMISE, Span(timedelta(hours=24)))
    own, day = Clocks(ClockPolicy(exceptions=(shorter,))), timedelta(days=1)
    hotline = hotline_of(world, clocks=Clocks(of_building=lambda building: own if building == "b9" else None))
    ticket_id = hotline.accepted(promise_due_at=to_text(world.now + 15 * day))
    registered = hotline.got(ticket_id).registered_at
    elsewhere(hotline, ticket_id)
    assert hotline.got(ticket_id).promise_due_at == registered + day
    corrected(hotline, ticket_id, place=Place("5栋", None, BuildingId("b5")))
    assert hotline.got(ticket_id).promise_due_at == registered + day  # the resident was told of it
