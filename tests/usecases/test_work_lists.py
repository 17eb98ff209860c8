"""Work lists: what stands on which, in which order. What holds for the store in memory holds for the seat store."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.domain.agent_state import AWAY, AgentState
from desk.domain.changes import Change
from desk.domain.clocks import DUE_FIELDS, RUNS, ClockName
from desk.domain.list_filter import Texts
from desk.domain.moves import IN_WORK
from desk.domain.tasks import TaskStage
from desk.domain.tickets import Stage
from desk.domain.times import to_text
from desk.domain.what_next import Errand, What
from desk.domain.work_lists import Column, GroupBy, Keys, ListQuery, Moment, WorkItem, WorkList, read_key
from desk.secrets import FakeSecrets
from desk.store.change_log import SqlChangeLog
from desk.store.store import Store
from desk.store.work_lists import SqlWorkLists
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_work import FakeWorkLists
from desk.usecases.ports import ChangeLog
from desk.usecases.work_ports import WorkLists
from tests.usecases.conftest import NOW, World

MOMENT = Moment(NOW, NOW + timedelta(minutes=15), NOW + timedelta(days=1))


def lists_of(world: World) -> WorkLists:
    log = world.log
    return FakeWorkLists(log) if isinstance(log, FakeStore) else SqlWorkLists(log._store)  # type: ignore[attr-defined]


@pytest.fixture
def lists(empty_world: World) -> WorkLists:
    return lists_of(empty_world)


def due(hours: float) -> str:
    return to_text(NOW + timedelta(hours=hours))


def ticket(world: World, hours: float | None = 48, stage: str = "in_progress", **fields: Any) -> str:
    """A ticket whose next clock runs out so many hours from now, unless another limit in `fields` comes first."""
    clock = ClockName(fields.pop("next_clock", "promise"))
    limits = {clock: None if hours is None else due(hours)} | {
        name: fields[field] for name, field in DUE_FIELDS.items() if fields.get(field)
    }
    first = min(((at, name.value) for name, at in limits.items() if at), default=(None, ""))
    patch: dict[str, Any] = {"next_due_at": first[0], "next_clock": first[1], "owner": "1001"}
    patch |= {DUE_FIELDS[name]: at for name, at in limits.items()}
    return f"ticket:{world.ticket(None, stage=stage, **(patch | fields))}"


def task(world: World, ticket_key: str, stage: str = "in_progress", place: int = 1, **fields: Any) -> str:
    """Its limits stand in the ticket too, as `Clocks.from_tasks` has them: put them into both."""
    patch: dict[str, Any] = {"title": "修水管", "made_at": due(-9), "made_by": "1001", "place": place}
    patch |= {"ticket_id": read_key(ticket_key)[1], "stage": stage}
    return world.put("task", world.new_id(), **(patch | fields))


def promise(world: World, hours: float, owner: str = "1001", **fields: Any) -> str:
    patch = {
        "owner": owner,
        "made_by": owner,
        "made_at": due(-1),
        "due_at": due(hours),
        "text": "回电",
        "state": "open",
    }
    return f"promise:{world.put('promise', world.new_id(), **(patch | fields))}"


def item(lists: WorkLists, key: str, which: WorkList = WorkList.NEXT) -> WorkItem:
    return lists.items([key], ListQuery(which, "1001", MOMENT))[key]


def ids(
    lists: WorkLists, which: WorkList, who: str = "1001", sort: Column = Column.DUE, *, descending: bool = False
) -> list[str]:
    return lists.keys(ListQuery(which, who, MOMENT, sort, descending)).ids


def test_mine_holds_what_i_own_of_every_kind(empty_world: World, lists: WorkLists) -> None:
    mine, others = ticket(empty_world), ticket(empty_world, owner="1002")
    called = promise(empty_world, 1)
    assert ids(lists, WorkList.MINE) == [called, mine]
    assert ids(lists, WorkList.TEAM) == [called, mine, others]
    assert ids(lists, WorkList.PROMISED) == [called]


def test_what_is_closed_or_kept_stands_on_no_list(empty_world: World, lists: WorkLists) -> None:
    for stage in ("closed", "cancelled", "joined"):
        ticket(empty_world, -5, stage)
    promise(empty_world, -1, state="kept")
    promise(empty_world, -1, state="released")
    assert lists.counts("1001", MOMENT) == dict.fromkeys(WorkList, 0)


def test_late_and_soon_part_at_the_limit_itself(empty_world: World, lists: WorkLists) -> None:
    late, soon, later = ticket(empty_world, 0), ticket(empty_world, 24), ticket(empty_world, 24.1)
    assert ids(lists, WorkList.OVERDUE) == [late]
    assert ids(lists, WorkList.DUE_SOON) == [soon]
    assert later in ids(lists, WorkList.TEAM)


def test_work_of_somebody_who_has_left_is_ownerless(empty_world: World, lists: WorkLists) -> None:
    world = empty_world
    world.put("staff", "s7", number="1007", name="走了的", duty="agent", phone="", active=True)
    theirs, nobodys, unknown = ticket(world, owner="1007"), ticket(world, owner=""), ticket(world, owner="9999")
    promised = promise(world, 1, "1007")
    assert ids(lists, WorkList.OWNERLESS) == [nobodys]
    world.put("staff", "s7", active=False)
    assert set(ids(lists, WorkList.OWNERLESS)) == {theirs, nobodys, promised}
    assert unknown not in ids(lists, WorkList.OWNERLESS)  # a seat's own agent has no entry in the register


def test_dispatched_and_returned_ones_wait_for_somebody_to_take_them(empty_world: World, lists: WorkLists) -> None:
    sent = ticket(empty_world, 1, "dispatched", next_clock="accept")
    back = ticket(empty_world, 2, "returned", next_clock="accept")
    ticket(empty_world, 3, "accepted")
    assert ids(lists, WorkList.UNACCEPTED) == [sent, back]


def test_a_report_is_missing_once_its_own_clock_has_run_out(empty_world: World, lists: WorkLists) -> None:
    missing = ticket(empty_world, 40, progress_due_at=due(-1))
    ticket(empty_world, 40, progress_due_at=due(1))
    ticket(empty_world, 40, "suspended", progress_due_at=due(-1))
    assert ids(lists, WorkList.PROGRESS) == [missing]


def follow_up(world: World, hours: float, ticket_key: str | None = None, state: str = "due", **fields: Any) -> str:
    patch: dict[str, Any] = {
        "kind": "closing",
        "state": state,
        "made_at": due(-2),
        "made_by": "1001",
        "due_at": due(hours),
        "ticket_id": read_key(ticket_key)[1] if ticket_key else None,
        "answers": [],
    }
    return f"follow_up:{world.put('follow_up', world.new_id(), **(patch | fields))}"


def test_a_follow_up_stands_there_once_not_beside_its_ticket(empty_world: World, lists: WorkLists) -> None:
    asked = ticket(empty_world, 3, "done", next_clock="follow_up")
    unasked = ticket(empty_world, 2, "done", next_clock="follow_up")
    its = follow_up(empty_world, 3, asked)
    assert ids(lists, WorkList.FOLLOW_UPS) == [unasked, its]
    assert ids(lists, WorkList.NEXT) == [unasked, its]


def test_a_spot_check_that_is_due_does_not_hide_the_ticket_s_own_follow_up(
    empty_world: World, lists: WorkLists
) -> None:
    done = ticket(empty_world, 3, "done", next_clock="follow_up")
    check = follow_up(empty_world, 4, done, kind="spot_check")
    assert ids(lists, WorkList.FOLLOW_UPS) == [done, check]
    assert set(ids(lists, WorkList.NEXT)) == {done, check}


def test_nobody_is_asked_about_the_plan_while_the_ticket_rests(empty_world: World, lists: WorkLists) -> None:
    asked = follow_up(empty_world, -1, ticket(empty_world, 30, "in_progress"), kind="in_process")
    follow_up(empty_world, -1, ticket(empty_world, 30, "suspended"), kind="in_process")
    assert ids(lists, WorkList.FOLLOW_UPS) == [asked]


def test_the_queue_puts_first_what_costs_most_to_miss(empty_world: World, lists: WorkLists) -> None:
    world = empty_world
    report = ticket(world, -30, next_clock="progress")
    broken = promise(world, -0.1)
    returned = ticket(world, 5, "returned", next_clock="accept")
    urgent = ticket(world, 20, "registered", next_clock="accept", priority="urgent")
    plan = ticket(world, -50, next_clock="plan")
    ticket(world, 100)  # can wait
    at_hand = promise(world, 0.1)
    promise(world, 3)  # has time
    assert ids(lists, WorkList.NEXT, sort=Column.COST) == [broken, urgent, at_hand, returned, plan, report]
    found = lists.items([broken, report], ListQuery(WorkList.NEXT, "1001", MOMENT))
    assert (found[broken].errand, found[report].errand) == (Errand.CALL_BACK, Errand.GET_REPORT)


def test_the_queue_leaves_out_what_colleagues_at_work_look_after(empty_world: World, lists: WorkLists) -> None:
    world = empty_world
    theirs, mine, nobodys = ticket(world, -0.4, owner="1002"), ticket(world, -2), ticket(world, -3, owner="")
    assert ids(lists, WorkList.NEXT) == [nobodys, mine, theirs]  # nobody is at work: somebody has to
    stay = world.put("stay", world.new_id(), who="1002", seat="S02", since=due(-1))
    assert ids(lists, WorkList.NEXT) == [nobodys, mine]
    assert ids(lists, WorkList.NEXT, "1002") == [nobodys, mine, theirs]
    world.put("stay", stay, until=due(0))
    assert theirs in ids(lists, WorkList.NEXT)


def enters(world: World, who: str, state: str, at: float) -> None:
    world.put("state_span", world.new_id(), who=who, seat="S02", state=state, since=due(at))


@pytest.mark.parametrize("state", [one.value for one in AgentState])
def test_what_presses_does_not_wait_for_a_colleague_who_is_away(
    empty_world: World, lists: WorkLists, state: str
) -> None:
    world = empty_world
    world.put("stay", world.new_id(), who="1002", seat="S02", since=due(-4))
    late = ticket(world, -0.1, owner="1002")
    returned = ticket(world, 5, "returned", next_clock="accept", owner="1002")
    promised = promise(world, 0.1, "1002")
    ticket(world, 5, owner="1002")  # a reminder, which can wait until they are back
    enters(world, "1002", "lunch", -5)  # of another shift
    enters(world, "1002", "ready", -4)
    assert ids(lists, WorkList.NEXT) == []
    enters(world, "1002", state, -0.5)
    away = state in {one.value for one in AWAY}
    assert ids(lists, WorkList.NEXT, sort=Column.COST) == ([promised, returned, late] if away else [])
    enters(world, "1002", "ready", -0.1)
    assert ids(lists, WorkList.NEXT) == []


def test_what_is_late_and_lies_there_is_everybody_s_though_its_owner_has_signed_in(
    empty_world: World, lists: WorkLists
) -> None:
    """A seat whose power went says nothing, and stays signed in."""
    world = empty_world
    world.put("stay", world.new_id(), who="1002", seat="S02", since=due(-4))
    world.put("stay", world.new_id(), who="1004", seat="S04", since=due(-0.2))
    late, tried = ticket(world, -0.6, owner="1002"), ticket(world, -50, owner="1002")
    ticket(world, -0.4, owner="1002")  # not for long
    ticket(world, -50, owner="1004")  # who has just sat down
    attempt(world, tried, -24, -0.2)  # it was to be chased again a moment ago
    broken = promise(world, -0.6, "1002")
    assert ids(lists, WorkList.NEXT, sort=Column.COST) == [broken, late]


def test_who_forgot_to_sign_out_is_not_at_work_for_ever(empty_world: World, lists: WorkLists) -> None:
    theirs = ticket(empty_world, -1, owner="1002")
    empty_world.put("stay", empty_world.new_id(), who="1002", seat="S02", since=due(-17))
    assert ids(lists, WorkList.NEXT) == [theirs]


def attempt(world: World, key: str, at: float, again: float | None, purpose: str = "chase", **fields: Any) -> None:
    what, about = read_key(key)
    world.put(
        "attempt",
        world.new_id(),
        purpose=purpose,
        at=due(at),
        by="1001",
        outcome="no_answer",
        ticket_id=about if what is What.TICKET else None,
        about_id=None if what is What.TICKET else about,
        next_at=None if again is None else due(again),
        **fields,
    )


def test_what_was_tried_of_late_rests_until_it_is_time_again(empty_world: World, lists: WorkLists) -> None:
    world = empty_world
    late, promised = ticket(world, -5), promise(world, -1)
    attempt(world, late, -0.5, 0.5)
    attempt(world, promised, -0.5, 0.1)
    assert ids(lists, WorkList.NEXT) == []
    assert ids(lists, WorkList.OVERDUE) == [late, promised]
    found = lists.items([late, promised], ListQuery(WorkList.NEXT, "1001", MOMENT))
    assert found[late].tried is not None
    assert found[promised].tried is not None


def test_a_reminder_does_not_rest_beyond_the_limit(empty_world: World, lists: WorkLists) -> None:
    """Reminded while there was time, to be asked again tomorrow; the limit has run out meanwhile."""
    late = ticket(empty_world, -1)
    attempt(empty_world, late, -2, 22)
    assert ids(lists, WorkList.NEXT) == [late]
    attempt(empty_world, late, -0.5, 23)
    assert ids(lists, WorkList.NEXT) == []


def test_equal_rows_follow_their_limit_and_unknown_values_stand_last(empty_world: World, lists: WorkLists) -> None:
    first, second = ticket(empty_world, 1, place_text="5栋"), ticket(empty_world, 2, place_text="5栋")
    without = ticket(empty_world, None, place_text="5栋")
    other = ticket(empty_world, 9, place_text="1栋", handler_id="s1")
    assert ids(lists, WorkList.TEAM, sort=Column.PLACE) == [other, first, second, without]
    assert ids(lists, WorkList.TEAM, sort=Column.PLACE, descending=True) == [first, second, without, other]
    assert ids(lists, WorkList.TEAM, sort=Column.HANDLER, descending=True) == [other, first, second, without]
    assert ids(lists, WorkList.TEAM, descending=True) == [other, second, first, without]


def test_groups_come_in_order_with_their_rows(empty_world: World, lists: WorkLists) -> None:
    tens, five, none = (ticket(empty_world, 1, building_id=one) for one in ("b10", "b5", None))
    other = ticket(empty_world, 3, building_id="b5")
    keys = lists.keys(ListQuery(WorkList.TEAM, "1001", MOMENT, group=GroupBy.BUILDING))
    assert list(zip(keys.groups, keys.ids, strict=True)) == [("b5", five), ("b5", other), ("b10", tens), ("", none)]
    days = lists.keys(ListQuery(WorkList.TEAM, "1001", MOMENT, group=GroupBy.DAY)).groups
    assert days == ["2026-03-02"] * 4


def test_a_filter_finds_by_place_number_name_and_telephone(empty_world: World, lists: WorkLists) -> None:
    ticket(
        empty_world, 1, place_text="5栋2单元203", caller_name="王建国", contact_number="13800138000", handler_id="s1"
    )
    ticket(empty_world, 2, place_text="12栋", caller_name="ANNA")
    promise(empty_world, 3, text="答复停车费", caller_name="李秀英", number="13900139000")
    texts = lists.keys(ListQuery(WorkList.TEAM, "1001", MOMENT)).texts
    assert [
        Texts(texts).filtered([frozenset({word})]) for word in ("5栋", "王", "8000", "s1", "anna", "停车", "没有")
    ] == [
        [0],
        [0],
        [0],
        [0],
        [1],
        [2],
        [],
    ]
    assert Texts(texts).filtered([]) == [0, 1, 2]
    assert Texts(texts).filtered([frozenset({"5栋", "12栋"}), frozenset({"203"})]) == [0]


def test_counts_are_what_the_lists_hold(empty_world: World, lists: WorkLists) -> None:
    fill(empty_world, random.Random(3))
    counts = lists.counts("1002", MOMENT)
    assert counts == {which: len(ids(lists, which, "1002")) for which in WorkList}
    assert all(counts.values())


def test_a_row_that_is_no_longer_there_is_left_out(lists: WorkLists) -> None:
    none = ["ticket:none", "promise:none", "warning:none", "question:none", "follow_up:none"]
    assert lists.items(none, ListQuery(WorkList.TEAM, "1001", MOMENT)) == {}


class Gathering:
    """A change log that keeps what is appended, for one transaction instead of hundreds."""

    def __init__(self, log: ChangeLog) -> None:
        self.log, self.changes = log, list[Change]()

    def append(self, changes: Sequence[Change]) -> None:
        self.changes += changes

    def base_seq(self) -> int:
        return 0


def fill(world: World, rng: random.Random) -> None:
    world.log = gathering = Gathering(world.log)
    put_all(world, rng)
    world.log = gathering.log
    world.log.append(gathering.changes)


def put_all(world: World, rng: random.Random) -> None:
    stages = [stage.value for stage in Stage if stage not in (Stage.CANCELLED, Stage.JOINED)]
    hours: Callable[[], float] = lambda: rng.choice((-80, -30, -1, 0, 0.1, 0.25, 5, 23, 24, 30, 200))  # noqa: E731
    keys, made = [], list[str]()
    for number, active in (("1002", True), ("1003", False)):
        world.put("staff", f"s{number}", number=number, name="某", duty="agent", phone="", active=active)
    world.put("stay", world.new_id(), who="1004", seat="S04", since=due(-3))
    world.put("stay", world.new_id(), who="1002", seat="S02", since=due(rng.choice((-3, -0.2))))
    enters(world, "1002", rng.choice(("ready", "lunch")), -0.1)
    for index in range(80):
        stage = rng.choice(stages)
        tasks = _tasks(rng, hours) if stage in IN_WORK_TOO and rng.random() < 0.6 else []
        stage = _stage(tasks) or stage
        limits = _limits(rng, stage, hours) if index % 9 or tasks else {}
        if tasks:
            _take_over(limits, ClockName.ACCEPT, [one["accept_due_at"] for one in tasks if "accept_due_at" in one])
            _take_over(limits, ClockName.TASK, [one["due_at"] for one in tasks if "due_at" in one])
            reports = [one["progress_due_at"] for one in tasks if "progress_due_at" in one]
            if reports or stage != "in_progress":  # else the ticket's own runs on
                _take_over(limits, ClockName.PROGRESS, reports)
        first = min(((at, name.value) for name, at in limits.items()), default=(None, ""))
        key = ticket(
            world,
            None,
            stage,
            owner=rng.choice(("", "1001", "1002", "1003", "1004")),
            priority=rng.choice(("urgent", "high", "normal", "low")),
            place_text=rng.choice(("", "5栋", "12栋", "大堂")),
            building_id=rng.choice((None, "b5", "b12")),
            handler_id=rng.choice((None, "s1", "s2")),
            category=rng.choice(("repair.water.tap", "repair.lift.stop")),
            **({DUE_FIELDS[name]: at for name, at in limits.items()} | {"next_due_at": _next(first[0], index, hours)}),
        )
        keys.append(key)
        made += [task(world, key, **one) for one in tasks]
    for _ in range(12):
        keys.append(promise(world, hours(), rng.choice(("1001", "1002", "1003", "1004"))))
        keys.append(
            follow_up(
                world,
                hours(),
                rng.choice([*keys[:80], None]),
                kind=rng.choice(("closing", "in_process", "spot_check")),
                owner=rng.choice(("", "1002")),
            )
        )
        keys.append(warning(world, hours(), rng.choice(keys[:80])))
        keys.append(question(world, hours()))
    for key in rng.choices(keys, k=60):
        purpose = rng.choice(("chase", "remind", "plan", "progress", "dispatch"))
        again = rng.choice((None, -0.1, 0.4, 30))
        attempt(world, key, rng.choice((-90, -20, -0.5)), again, purpose, task_id=rng.choice((None, *made)))


IN_WORK_TOO = frozenset(stage.value for stage in IN_WORK)


def _limits(rng: random.Random, stage: str, hours: Callable[[], float]) -> dict[ClockName, str]:
    """What runs in this stage, and some of what may."""
    runs = RUNS[Stage(stage)]
    return {
        name: due(hours()) for name in ClockName if name in runs.always or (name in runs.may and rng.random() < 0.5)
    }


def _tasks(rng: random.Random, hours: Callable[[], float]) -> list[dict[str, Any]]:
    """One to three, each with the limits of its stage; the last may wait for the one before it."""
    found: list[dict[str, Any]] = []
    for place in range(1, rng.choice((2, 3, 4))):
        stage = rng.choice([one.value for one in TaskStage])
        one: dict[str, Any] = {"place": place, "stage": stage, "handler_id": rng.choice((None, "s1", "s2"))}
        if stage in ("dispatched", "returned") or (stage == "waiting" and not any("due_at" in one for one in found)):
            one["accept_due_at"] = due(hours())
        if stage in ("dispatched", "accepted", "in_progress"):
            one["due_at"] = due(hours())
        if stage in ("accepted", "in_progress"):
            one["progress_due_at"] = due(hours())
        found.append(one)
    return found if _stage(found) else []


def _next(first: str | None, index: int, hours: Callable[[], float]) -> str | None:
    """Now and then one that no clock explains: a task's change has not come yet."""
    return min(first or "~", due(hours() - 100)) if index % 10 == 5 else first


def _stage(tasks: list[dict[str, Any]]) -> str:
    """As `moves.stage_of` has it; "" without any that is open."""
    found = {one["stage"] for one in tasks}
    if not found - {"done", "cancelled"}:
        return ""
    if "done" in found and "returned" not in found:
        return "in_progress"
    order = ("returned", "in_progress", "accepted", "dispatched")
    return next((one for one in order if one in found), "registered")


def _take_over(limits: dict[ClockName, str], name: ClockName, of_tasks: list[str]) -> None:
    limits.pop(name, None)
    if of_tasks:
        limits[name] = min(of_tasks)


def warning(world: World, hours: float, ticket_key: str) -> str:
    patch = {
        "ticket_id": read_key(ticket_key)[1],
        "step": random.Random(hours).choice(("raised", "acted", "closed")),
        "raised_at": due(-3),
        "raised_by": "1001",
        "recognised_at": due(-3),
        "turn": "1002",
        "due_at": due(hours),
        "issue": "楼道堆物",
    }
    return f"warning:{world.put('warning', world.new_id(), **patch)}"


def question(world: World, hours: float) -> str:
    state = random.Random(hours).choice(("open", "answered", "told"))
    patch = {"text": "车位怎么办理", "asked_at": due(-3), "asked_by": "1001", "owner": "1002", "due_at": due(hours)}
    return f"question:{world.put('question', world.new_id(), **patch, state=state)}"


def told(keys: Keys) -> list[tuple[str, str, list[str]]]:
    """Rows with what they are found by, in no order."""
    return [
        (key, group, sorted(text.split())) for key, group, text in zip(keys.ids, keys.groups, keys.texts, strict=True)
    ]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[World, World]]:
    fake, store = FakeStore(), Store.open(tmp_path / "seat.db", FakeSecrets())
    log: Any = SqlChangeLog(store)
    nothing: Any = None
    yield World(fake, fake, fake.tickets, fake.calls, fake.notices, fake, fake), World(log, *[nothing] * 6)
    store.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_store_and_the_table_agree_on_every_list_sort_and_group(both: tuple[World, World], seed: int) -> None:
    for world in both:
        fill(world, random.Random(seed))
    fake, real = (lists_of(world) for world in both)
    ways = [(sort, way, GroupBy.NONE) for sort in Column for way in (False, True)]
    ways += [(Column.DUE, False, group) for group in GroupBy]
    for which in WorkList:
        for sort, descending, group in ways:
            query = ListQuery(which, "1002", MOMENT, sort, descending, group)
            assert told(real.keys(query)) == told(fake.keys(query)), query
            assert real.first(query, 3) == fake.first(query, 3)
    every = fake.keys(ListQuery(WorkList.TEAM, "1002", MOMENT)).ids
    for which in WorkList:
        query = ListQuery(which, "1002", MOMENT)
        assert real.items(every, query) == fake.items(every, query), which


def test_a_late_limit_hides_no_other_one_on_any_list(empty_world: World, lists: WorkLists) -> None:
    """The task is late since yesterday; the plan is late, the promise near, the report missing."""
    world = empty_world
    key = ticket(world, 20, next_clock="promise", task_due_at=due(-24), plan_due_at=due(-1), progress_due_at=due(-2))
    task(world, key, due_at=due(-24), progress_due_at=due(-2))
    assert all(ids(lists, which) == [key] for which in (WorkList.NEXT, WorkList.OVERDUE, WorkList.DUE_SOON))
    assert ids(lists, WorkList.PROGRESS) == [key]
    asked = {which: item(lists, key, which) for which in WorkList}
    assert (asked[WorkList.NEXT].errand, asked[WorkList.NEXT].due_at) == (Errand.TELL_PLAN, NOW - timedelta(hours=1))
    assert (asked[WorkList.OVERDUE].errand, asked[WorkList.MINE].errand) == (Errand.GET_FINISHED, Errand.GET_FINISHED)
    assert asked[WorkList.DUE_SOON].due_at == NOW + timedelta(hours=20)
    assert asked[WorkList.PROGRESS].errand is Errand.GET_REPORT


def test_an_attempt_rests_the_errand_that_it_was_made_for(empty_world: World, lists: WorkLists) -> None:
    world = empty_world
    key = ticket(world, 200, task_due_at=due(-24), plan_due_at=due(-1), progress_due_at=due(-2))
    task(world, key, due_at=due(-24), progress_due_at=due(-2))
    order = []
    for purpose in ("plan", "chase", "progress"):
        order.append(item(lists, key).errand)
        assert ids(lists, WorkList.NEXT) == [key]
        attempt(world, key, -0.1, 5, purpose)
    assert order == [Errand.TELL_PLAN, Errand.GET_FINISHED, Errand.GET_REPORT]
    assert ids(lists, WorkList.NEXT) == []


def test_a_painter_who_waits_for_the_plumber_is_to_be_sent_once_that_is_done(
    empty_world: World, lists: WorkLists
) -> None:
    world = empty_world
    waits, sent, rests = (ticket(world, 200, accept_due_at=due(30), handler_id="s1") for _ in range(3))
    for key, stage in ((waits, "waiting"), (sent, "dispatched"), (rests, "waiting")):
        task(world, key, "done" if key is not rests else "in_progress", handler_id="s1", due_at=due(90))
        limit = {} if key is rests else {"accept_due_at": due(30)}
        task(world, key, stage, 2, handler_id="s2" if stage == "dispatched" else None, title="刷墙", **limit)
    assert ids(lists, WorkList.NEXT) == [waits]
    found = item(lists, waits)
    assert (found.errand, found.task is not None and found.task.title) == (Errand.DISPATCH, "刷墙")
    assert ids(lists, WorkList.UNACCEPTED) == [sent]
    taking = item(lists, sent, WorkList.UNACCEPTED)
    assert (taking.errand, taking.handler_id, taking.due_at) == (Errand.GET_ACCEPTED, "s2", NOW + timedelta(hours=30))
    grouped = lists.keys(ListQuery(WorkList.UNACCEPTED, "1001", MOMENT, group=GroupBy.HANDLER))
    assert grouped.groups == ["s2"]


def test_a_call_to_one_handler_leaves_what_the_other_owes(empty_world: World, lists: WorkLists) -> None:
    world = empty_world
    key = ticket(world, -1)
    plumber, painter = task(world, key, handler_id="s1"), task(world, key, place=2, handler_id="s2")
    assert item(lists, key).handler_id == "s1"
    attempt(world, key, -0.1, 20, task_id=plumber)
    assert ids(lists, WorkList.NEXT) == [key]
    assert item(lists, key).handler_id == "s2"
    attempt(world, key, -0.1, 20, task_id=painter)
    assert ids(lists, WorkList.NEXT) == []
