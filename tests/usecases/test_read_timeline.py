"""What became of a ticket, change by change: over the store in memory and over the real one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.arrival import Arrival
from desk.domain.changes import Change, Patch, fold
from desk.domain.estate import Duty, Staff
from desk.domain.identity import StaffId, TicketId
from desk.store.trails import SqlTrails
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_ticket_page import FakeTrails
from desk.usecases.read_timeline import ReadTimeline, Trails, moments_of
from tests.making import START, call, change, ticket, time_text
from tests.usecases.conftest import World

T1, T2 = TicketId("t1"), TicketId("t2")
PEOPLE = [Staff(StaffId("s1"), "1001", "张三", Duty.AGENT), Staff(StaffId("h1"), "", "陈师傅", Duty.HANDLER)]
POINTING: dict[str, Patch] = {
    "task": {"title": "修水龙头", "stage": "waiting", "made_at": time_text(1), "made_by": "1001"},
    "attempt": {"purpose": "dispatch", "at": time_text(2), "by": "1001", "outcome": "no_answer"},
    "promise": {"owner": "1001", "made_by": "1001", "made_at": time_text(3), "due_at": time_text(33), "text": "回电"},
    "follow_up": {"kind": "closing", "state": "due", "made_at": time_text(4), "made_by": "1001"},
    "warning": {"step": "raised", "raised_at": time_text(5), "raised_by": "1001", "turn": "supervisor"},
    "message": {"channel": "短信", "recipient": "", "template": "x", "text": "y", "made_at": time_text(6)},
    "question": {"text": "几点供暖", "asked_at": time_text(7), "asked_by": "1001", "owner": "1009"},
}


@pytest.fixture
def trails(world: World) -> Trails:
    if isinstance(world.log, FakeStore):
        return FakeTrails(world.log)
    return SqlTrails(world.log._store)  # type: ignore[attr-defined]


def test_everything_that_points_to_a_ticket_is_on_its_trail(world: World, trails: Trails) -> None:
    world.log.append([ticket("t1"), ticket("t2"), call("c1", ticket_id="t1"), call("c2", ticket_id="t2")])
    world.log.append(
        [change(entity, f"{entity}-1", {**patch, "ticket_id": "t1"}) for entity, patch in POINTING.items()]
    )
    world.log.append([change("task", "task-2", {**POINTING["task"], "ticket_id": "t2"})])
    found = {(one.entity, one.entity_id) for one in trails.of_ticket(T1)}
    assert found == {("ticket", "t1"), ("call", "c1"), *((entity, f"{entity}-1") for entity in POINTING)}


def test_changes_of_one_thing_come_in_the_order_that_counts(world: World, trails: Trails) -> None:
    world.log.append([ticket("t1")])
    for words in ("一", "二", "三"):
        world.log.append([change("ticket", "t1", {"description": words})])
    assert [one.patch.get("description") for one in trails.of_ticket(T1)] == ["厨房漏水", "一", "二", "三"]


def test_what_came_over_somebody_else_s_role_or_from_a_clock_that_is_off_says_so() -> None:
    made = [change("ticket", "t1", {"description": words}) for words in ("一", "二", "三", "四")]
    ids = [one.change_id for one in made]
    arrivals = {
        ids[0]: Arrival("1001"),
        ids[1]: Arrival("S01"),
        ids[2]: Arrival("1003", START + timedelta(hours=3)),  # the seat was away
        ids[3]: Arrival("S01", START - timedelta(hours=2)),  # its clock was ahead
    }
    ahead, *others = moments_of(made, arrivals)
    assert (ahead.patch["description"], ahead.at, ahead.seat_said) == ("四", START - timedelta(hours=2), made[3].at)
    assert [one.brought_by for one in others] == ["", "", "1003"]
    assert [one.at for one in others] == [one.at for one in made[:3]]
    assert [one.arrived_at for one in others] == [None, None, START + timedelta(hours=3)]
    assert all(one.arrived_at is None for one in moments_of(made))


def test_a_ticket_that_is_not_here_has_no_trail(trails: Trails) -> None:
    assert trails.of_ticket(T2) == []


def test_a_moment_tells_what_is_others_now_and_what_stood_there_before(world: World, trails: Trails) -> None:
    world.log.append([ticket("t1")])
    world.log.append([replace(change("ticket", "t1", {"priority": "high", "kind": "repair"}), reason="再次来电")])
    first, second = ReadTimeline(trails, lambda: PEOPLE).read(T1).moments
    assert (first.is_first, second.is_first) == (True, False)
    assert second.patch == {"priority": "high"}  # the kind was the same already
    assert second.before["priority"] == "normal"
    assert second.after["priority"] == "high"
    assert second.reason == "再次来电"


def test_names_stand_for_work_numbers_and_for_ids(world: World, trails: Trails) -> None:
    world.log.append([ticket("t1")])
    timeline = ReadTimeline(trails, lambda: PEOPLE).read(T1)
    assert [timeline.name(who) for who in ("1001", "s1", "h1", "9999", "")] == [
        "1001 张三",
        "张三",
        "陈师傅",
        "9999",
        "",
    ]
    assert timeline.whole


def _of_row(entity: str, entity_id: str, patch: Patch) -> Change:
    """As a seat has it that was filled with rows."""
    return replace(change(entity, entity_id, patch, seq=0), author="", seat="", at=START.replace(year=1970))


def test_a_row_that_came_without_its_history_tells_the_times_it_knows() -> None:
    row = {**ticket("t1").patch, "stage": "done", "dispatched_at": time_text(5), "done_at": time_text(90)}
    later = replace(change("ticket", "t1", {"stage": "followed_up"}), at=START.replace(hour=12))
    moments = moments_of([_of_row("ticket", "t1", row), later])
    assert [moment.patch.get("stage") for moment in moments] == ["registered", "dispatched", "done", "followed_up"]
    assert (moments[0].at, moments[0].who) == (START, "1001")
    assert moments[-1].before["stage"] == "done"


def test_a_ticket_answered_at_once_was_not_closed_a_second_time() -> None:
    row = {**ticket("t1").patch, "stage": "closed", "closed_at": time_text(0)}
    assert len(moments_of([_of_row("ticket", "t1", row)])) == 1


def test_a_timeline_that_is_not_whole_says_so(world: World, trails: Trails) -> None:
    world.log.append([_of_row("ticket", "t1", ticket("t1").patch)])
    assert not ReadTimeline(trails, lambda: PEOPLE).read(T1).whole


FIELDS = st.dictionaries(st.sampled_from(["stage", "owner", "description"]), st.sampled_from(["a", "b", "", None]))


@given(patches=st.lists(FIELDS, min_size=1, max_size=8))
def test_the_last_moment_leaves_what_the_fold_makes(patches: list[Patch]) -> None:
    changes = [change("ticket", "t1", patch, number) for number, patch in enumerate(patches, 1)]
    moments = moments_of(changes)
    assert len(moments) == len(changes)
    row = fold(changes)
    assert {field: moments[-1].after.get(field) for field in row} == row
