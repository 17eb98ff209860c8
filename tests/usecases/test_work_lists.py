"""Work lists: what stands on which, in which order. What holds for the store in memory holds for the seat store."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.domain.changes import Change
from desk.domain.list_filter import Texts
from desk.domain.tickets import Stage
from desk.domain.times import to_text
from desk.domain.what_next import Errand, What
from desk.domain.work_lists import Column, GroupBy, Keys, ListQuery, Moment, WorkList, read_key
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
    """A ticket whose next clock runs out so many hours from now."""
    patch: dict[str, Any] = {"next_clock": "promise", "owner": "1001", **fields}
    found = world.ticket(None, stage=stage, next_due_at=None if hours is None else due(hours), **patch)
    return f"ticket:{found}"


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
    found = lists.items([broken, report])
    assert (found[broken].errand, found[report].errand) == (Errand.CALL_BACK, Errand.GET_REPORT)


def test_the_queue_leaves_out_what_colleagues_at_work_look_after(empty_world: World, lists: WorkLists) -> None:
    world = empty_world
    theirs, mine, nobodys = ticket(world, -1, owner="1002"), ticket(world, -2), ticket(world, -3, owner="")
    assert ids(lists, WorkList.NEXT) == [nobodys, mine, theirs]  # nobody is at work: somebody has to
    stay = world.put("stay", world.new_id(), who="1002", seat="S02", since=due(-1))
    assert ids(lists, WorkList.NEXT) == [nobodys, mine]
    assert ids(lists, WorkList.NEXT, "1002") == [nobodys, mine, theirs]
    world.put("stay", stay, until=due(0))
    assert theirs in ids(lists, WorkList.NEXT)


def test_who_forgot_to_sign_out_is_not_at_work_for_ever(empty_world: World, lists: WorkLists) -> None:
    theirs = ticket(empty_world, -1, owner="1002")
    empty_world.put("stay", empty_world.new_id(), who="1002", seat="S02", since=due(-17))
    assert ids(lists, WorkList.NEXT) == [theirs]


def attempt(world: World, key: str, at: float, again: float | None) -> None:
    what, about = read_key(key)
    world.put(
        "attempt",
        world.new_id(),
        purpose="chase",
        at=due(at),
        by="1001",
        outcome="no_answer",
        ticket_id=about if what is What.TICKET else None,
        about_id=None if what is What.TICKET else about,
        next_at=None if again is None else due(again),
    )


def test_what_was_tried_of_late_rests_until_it_is_time_again(empty_world: World, lists: WorkLists) -> None:
    world = empty_world
    late, promised = ticket(world, -5), promise(world, -1)
    attempt(world, late, -0.5, 0.5)
    attempt(world, promised, -0.5, 0.1)
    assert ids(lists, WorkList.NEXT) == []
    assert ids(lists, WorkList.OVERDUE) == [late, promised]
    found = lists.items([late, promised])
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
    assert lists.items(["ticket:none", "promise:none", "warning:none", "question:none", "follow_up:none"]) == {}


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
    clocks = ("accept", "plan", "task", "progress", "promise", "follow_up", "close", "resume", "")
    hours: Callable[[], float] = lambda: rng.choice((-80, -30, -1, 0, 0.1, 0.25, 5, 23, 24, 30, 200))  # noqa: E731
    keys = []
    for number, active in (("1002", True), ("1003", False)):
        world.put("staff", f"s{number}", number=number, name="某", duty="agent", phone="", active=active)
    world.put("stay", world.new_id(), who="1004", seat="S04", since=due(-3))
    for index in range(60):
        key = ticket(
            world,
            rng.choice((hours(), None)) if index % 9 == 0 else hours(),
            rng.choice(stages),
            next_clock=rng.choice(clocks),
            owner=rng.choice(("", "1001", "1002", "1003", "1004")),
            priority=rng.choice(("urgent", "high", "normal", "low")),
            place_text=rng.choice(("", "5栋", "12栋", "大堂")),
            building_id=rng.choice((None, "b5", "b12")),
            handler_id=rng.choice((None, "s1", "s2")),
            category=rng.choice(("repair.water.tap", "repair.lift.stop")),
            progress_due_at=rng.choice((None, due(-1), due(3))),
        )
        keys.append(key)
    for _ in range(12):
        keys.append(promise(world, hours(), rng.choice(("1001", "1002", "1003", "1004"))))
        keys.append(
            follow_up(
                world,
                hours(),
                rng.choice([*keys[:60], None]),
                kind=rng.choice(("closing", "in_process", "spot_check")),
                owner=rng.choice(("", "1002")),
            )
        )
        keys.append(warning(world, hours(), rng.choice(keys[:60])))
        keys.append(question(world, hours()))
    for key in rng.sample(keys, 30):
        attempt(world, key, rng.choice((-90, -20, -0.5)), rng.choice((None, -0.1, 0.4, 30)))


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
    assert real.items(every) == fake.items(every)
