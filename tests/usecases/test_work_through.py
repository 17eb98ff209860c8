"""Working through a list as through a call list."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from desk.domain.attempts import Attempt, Outcome, Purpose
from desk.domain.clocks import Clocks
from desk.domain.identity import CallId, StaffId, TaskId, TicketId
from desk.domain.moves import Given, MoveKind, MoveRefused
from desk.domain.outcome_rules import Effect
from desk.domain.promises import Promise, PromiseState
from desk.domain.tickets import Stage
from desk.domain.times import to_text
from desk.domain.what_next import Errand
from desk.domain.work_lists import Column, ListQuery, WorkItem, WorkList
from desk.domain.work_times import WorkTimes
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.fakes_history import FakeHistories
from desk.usecases.fakes_tasks import FakeTasks
from desk.usecases.fakes_work import FakePromises, FakeWorkLists
from desk.usecases.move_ticket import MoveParts, MoveTicket
from desk.usecases.promise import KeepPromises, Promised
from desk.usecases.work_through import Contact, Post, WorkParts, WorkThrough

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # a Monday, 09:30 in China
LI = Contact("李师傅", "13700137000", Post.HANDLER, StaffId("h1"))


@dataclass
class Seat:
    store: FakeStore
    work: WorkThrough
    promises: KeepPromises
    moves: MoveTicket
    author: FakeAuthor
    tried: list[Any]
    now: datetime = NOW

    def put(self, entity: str, entity_id: str, **fields: Any) -> str:
        self.store.append([self.author.change(entity, entity_id, fields)])
        return entity_id

    def ticket(self, ticket_id: str, hours: float, stage: str = "in_progress", **fields: Any) -> str:
        """Its next clock runs out in so many hours."""
        patch = {
            "number": f"20260301-S01-{ticket_id}",
            "kind": "repair",
            "category": "repair.water.tap",
            "priority": "normal",
            "stage": stage,
            "description": "厨房水龙头漏水",
            "registered_at": to_text(NOW - timedelta(days=2)),
            "registered_by": "1001",
            "seat": "S01",
            "owner": "1001",
            "caller_name": "王建国",
            "contact_number": "13800138000",
            "next_clock": "promise",
            "next_due_at": to_text(NOW + timedelta(hours=hours)),
            "promise_due_at": to_text(NOW + timedelta(hours=hours)),
        }
        return self.put("ticket", ticket_id, **(patch | fields))

    def task(self, ticket_id: str, stage: str = "in_progress", **fields: Any) -> str:
        patch = {
            "ticket_id": ticket_id,
            "title": "修水龙头",
            "stage": stage,
            "made_at": to_text(NOW),
            "made_by": "1001",
            "handler_id": "h1",
            "backup_id": "h2",
            "lead_id": "h3",
        }
        return self.put("task", f"task-{ticket_id}", **(patch | fields))

    def leak(self, plumber: str, painter: str, **of_painter: Any) -> tuple[TaskId, TaskId]:
        """A ticket with a plumber's task and then a painter's, as far as they are."""
        self.ticket("t1", -1)
        self.task("t1", plumber)
        fields: dict[str, Any] = {"ticket_id": "t1", "title": "刷墙", "stage": painter, "place": 2, "handler_id": "h4"}
        fields |= {"made_at": to_text(NOW), "made_by": "1001"}
        self.put("task", "task-paint", **(fields | of_painter))
        return TaskId("task-t1"), TaskId("task-paint")

    def stages(self) -> list[str]:
        return [one.stage.value for one in FakeTasks(self.store).of_ticket(TicketId("t1"))]

    def item(self, key: str) -> WorkItem:
        query = ListQuery(WorkList.NEXT, "1001", self.work.moment(), Column.COST)
        return self.work.items([key], query)[key]

    def attempts(self) -> list[Attempt]:
        return self.store.all_of(Attempt)

    def queue(self) -> list[str]:
        return self.work.keys(ListQuery(WorkList.NEXT, "1001", self.work.moment(), Column.COST)).ids


@pytest.fixture
def seat() -> Seat:
    store, ids = FakeStore(), (f"01900000-0000-7000-8000-{n:012x}" for n in count(1))
    tried: list[Any] = []

    def clock() -> datetime:
        return made.now

    def new_id() -> str:
        return next(ids)

    author = FakeAuthor("1001", "S01", clock, new_id)
    tasks = FakeTasks(store)
    promises = KeepPromises(store, author, FakePromises(store), lambda: "1001", store.staff, clock, new_id)
    moves = MoveTicket(
        MoveParts(
            log=store,
            author=author,
            tickets=store.tickets,
            tasks=tasks,
            histories=FakeHistories(store),
            staff=store.staff,
            clock=clock,
            new_id=new_id,
            who=lambda: "1001",
            seat="S01",
            clocks=Clocks(),
        )
    )
    work = WorkThrough(
        WorkParts(
            change_log=store,
            author=author,
            lists=FakeWorkLists(store),
            tasks=tasks,
            staff=store.staff,
            promises=promises,
            who=lambda: "1001",
            clock=clock,
            new_id=new_id,
            times=WorkTimes(),
            moves=moves,
            follow_up_tried=lambda *given: tried.append(given),
            area_code="0755",
            home=lambda household_id: ("5栋1单元101", "075526001000" if household_id == "home" else ""),
        )
    )
    made = Seat(store, work, promises, moves, author, tried)
    for staff_id, name, phone in (
        ("h1", "李师傅", "13700137000"),
        ("h2", "刘师傅", "13600136000"),
        ("h3", "周主任", ""),
        ("h4", "吴漆匠", "13500135000"),
    ):
        made.put("staff", staff_id, number=f"5{staff_id[1:]}", name=name, duty="handler", phone=phone, active=True)
    return made


def test_a_handler_is_called_first_then_their_backup_then_their_lead(seat: Seat) -> None:
    seat.task(seat.ticket("t1", -1))
    called = seat.work.contacts(seat.item("ticket:t1"))
    assert [(one.name, one.post, one.number) for one in called] == [
        ("李师傅", Post.HANDLER, "13700137000"),
        ("刘师傅", Post.BACKUP, "13600136000"),
        ("周主任", Post.LEAD, ""),
    ]


def test_a_ticket_without_tasks_has_its_own_handler(seat: Seat) -> None:
    seat.ticket("t1", -1, handler_id="h2")
    assert [one.name for one in seat.work.contacts(seat.item("ticket:t1"))] == ["刘师傅"]


def test_the_resident_is_called_about_the_plan_and_about_a_promise(seat: Seat) -> None:
    seat.ticket("t1", -1, "accepted", next_clock="plan", plan_due_at=to_text(NOW))
    given = seat.promises.give(Promised(ticket_id=TicketId("t1")))
    for key in ("ticket:t1", f"promise:{given.promise_id}"):
        (contact,) = seat.work.contacts(seat.item(key))
        assert (contact.name, contact.number, contact.post) == ("王建国", "13800138000", Post.RESIDENT)


def test_one_who_left_no_number_for_an_incident_is_reached_by_their_household(seat: Seat) -> None:
    seat.ticket("t1", -1, incident_id="i1", contact_number="13800138000", caller_name="王女士")
    whom = {"p1": "home", "p2": "empty", "p3": None}
    made: dict[str, object] = {"owner": "1001", "made_by": "1001", "ticket_id": "t1", "caller_name": "李女士"}
    for name, home in whom.items():
        seat.put("promise", name, made_at=to_text(NOW), due_at=to_text(NOW), text="回电", household_id=home, **made)
    found = [seat.work.contacts(seat.item(f"promise:{name}"))[0] for name in whom]
    assert [(one.name, one.number, one.post) for one in found] == [
        ("5栋1单元101 李女士", "075526001000", Post.HOUSEHOLD),
        ("5栋1单元101 李女士", "", Post.RESIDENT),
        ("李女士", "", Post.RESIDENT),  # and not the number of whoever reported it first
    ]


def test_nobody_is_called_where_somebody_has_to_be_sent(seat: Seat) -> None:
    seat.ticket("t1", 20, "registered", next_clock="accept")
    item = seat.item("ticket:t1")
    assert item.errand is Errand.DISPATCH
    assert seat.work.contacts(item) == ()


def test_who_is_not_reached_is_called_again_after_a_while_and_the_row_rests(seat: Seat) -> None:
    seat.task(seat.ticket("t1", -1))
    came = seat.work.record(seat.item("ticket:t1"), Outcome.NO_ANSWER, LI, call_id=None)
    (attempt,) = seat.attempts()
    assert came.attempt == attempt
    assert (attempt.purpose, attempt.outcome, attempt.number, attempt.task_id, attempt.staff_id) == (
        Purpose.CHASE,
        Outcome.NO_ANSWER,
        "+8613700137000",
        TaskId("task-t1"),
        StaffId("h1"),
    )
    assert attempt.next_at == NOW + timedelta(minutes=30)
    assert seat.queue() == []
    seat.now = NOW + timedelta(minutes=30)
    assert seat.queue() == ["ticket:t1"]


def test_one_who_was_reminded_in_time_is_left_alone_until_the_limit(seat: Seat) -> None:
    seat.task(seat.ticket("t1", 5))
    came = seat.work.record(seat.item("ticket:t1"), Outcome.REACHED, LI, "明天到")
    assert came.attempt is not None
    assert (came.attempt.purpose, came.attempt.note) == (Purpose.REMIND, "明天到")
    seat.now = NOW + timedelta(hours=4)
    assert seat.queue() == []
    seat.now = NOW + timedelta(hours=5)
    assert seat.queue() == ["ticket:t1"]


def test_what_is_overdue_is_chased_every_day(seat: Seat) -> None:
    seat.task(seat.ticket("t1", -1))
    for day in range(3):
        seat.now = NOW + timedelta(days=day)
        assert seat.queue() == ["ticket:t1"]
        seat.work.record(seat.item("ticket:t1"), Outcome.REACHED, LI)
        assert seat.queue() == []
    assert [one.purpose for one in seat.attempts()] == [Purpose.CHASE] * 3


def test_a_time_that_was_asked_for_is_kept(seat: Seat) -> None:
    seat.task(seat.ticket("t1", -1))
    at = NOW + timedelta(hours=3)
    came = seat.work.record(seat.item("ticket:t1"), Outcome.LATER, LI, again=at)
    assert came.attempt is not None
    assert came.attempt.next_at == at


def test_a_report_that_was_given_is_noted_and_starts_the_clock_again(seat: Seat) -> None:
    due = to_text(NOW - timedelta(hours=1))
    seat.ticket("t1", -1, next_clock="progress", progress_due_at=due, promise_due_at=to_text(NOW + timedelta(days=9)))
    seat.task("t1", progress_due_at=due)
    appends = seat.store.appends
    came = seat.work.record(seat.item("ticket:t1"), Outcome.REACHED, LI, "等配件", Given())
    assert (came.moved, came.effect) == (MoveKind.REPORT, Effect.MOVE)
    assert seat.store.appends == appends + 1  # the move and the attempt are one transaction
    ticket = seat.store.tickets.get(TicketId("t1"))
    assert ticket is not None
    assert ticket.progress_due_at == NOW + timedelta(days=3)
    (attempt,) = seat.attempts()
    assert (attempt.note, attempt.next_at) == ("等配件", None)
    assert seat.queue() == []


def test_a_report_without_a_word_is_refused_and_nothing_is_written(seat: Seat) -> None:
    seat.ticket("t1", 99)
    seat.task("t1", progress_due_at=to_text(NOW))
    with pytest.raises(MoveRefused):
        seat.work.record(seat.item("ticket:t1"), Outcome.REACHED, LI, "", Given())
    assert seat.attempts() == []


def test_the_handler_who_says_yes_on_the_telephone_has_accepted(seat: Seat) -> None:
    seat.ticket("t1", -1, "dispatched", next_clock="accept", accept_due_at=to_text(NOW))
    seat.task("t1", "dispatched", accept_due_at=to_text(NOW))
    came = seat.work.answer(seat.item("ticket:t1"), MoveKind.ACCEPT, Given(), LI)
    assert came.moved is MoveKind.ACCEPT
    ticket = seat.store.tickets.get(TicketId("t1"))
    assert ticket is not None
    assert ticket.stage is Stage.ACCEPTED
    (task,) = FakeTasks(seat.store).of_ticket(TicketId("t1"))
    assert task.via == "call"
    assert [one.outcome for one in seat.attempts()] == [Outcome.REACHED]


def test_a_report_of_what_should_be_finished_lets_it_rest_until_the_next_chase(seat: Seat) -> None:
    seat.ticket("t1", -1, next_clock="promise", promise_due_at=to_text(NOW - timedelta(hours=1)))
    seat.task("t1")
    came = seat.work.answer(seat.item("ticket:t1"), MoveKind.REPORT, Given(text="等配件"), LI)
    assert came.moved is MoveKind.REPORT
    (attempt,) = seat.attempts()
    assert attempt.next_at is not None
    assert attempt.next_at > NOW + timedelta(hours=1)
    assert seat.queue() == []


def test_a_promise_is_kept_by_reaching_them_and_by_nothing_else(seat: Seat) -> None:
    given = seat.promises.give(Promised("停车费", "13800138000", "王建国"))
    seat.now = NOW + timedelta(minutes=31)
    key = f"promise:{given.promise_id}"
    assert seat.queue() == [key]
    seat.work.record(seat.item(key), Outcome.BUSY)
    assert seat.queue() == []
    assert seat.promises.open_promises("1001") == [given]
    seat.now += timedelta(minutes=10)
    assert seat.queue() == [key]
    seat.work.record(seat.item(key), Outcome.REACHED)
    assert seat.promises.open_promises("1001") == []
    assert FakePromises(seat.store).get(given.promise_id).state is PromiseState.KEPT  # type: ignore[union-attr]
    assert [(one.about_id, one.purpose) for one in seat.attempts()] == [(given.promise_id, Purpose.PROMISE)] * 2


def test_a_follow_up_counts_its_own_tries_and_has_its_own_panel(seat: Seat) -> None:
    seat.ticket("t1", -1, "done", next_clock="follow_up")
    item = seat.item("ticket:t1")
    assert seat.work.record(item, Outcome.REACHED).effect is Effect.ASK_MORE
    assert seat.tried == []
    seat.work.record(item, Outcome.OFF, note="关机")
    assert seat.tried == [(item, Outcome.OFF, "关机", None, None)]
    assert seat.attempts() == []  # they are written by the follow-up


def test_what_is_next_is_the_first_of_the_queue_and_may_be_passed_over(seat: Seat) -> None:
    assert seat.work.next() is None
    seat.ticket("t1", -1)
    seat.ticket("t2", 20, "returned", next_clock="accept")
    first = seat.work.next()
    assert first is not None
    assert first.key == "ticket:t2"
    second = seat.work.next(after=first.key)
    assert second is not None
    assert second.key == "ticket:t1"


def test_a_ticket_that_was_moved_by_others_is_not_moved_again(seat: Seat) -> None:
    seat.ticket("t1", -1, "dispatched", next_clock="accept")
    seat.task("t1", "dispatched")
    item = seat.item("ticket:t1")
    seat.moves.move(TicketId("t1"), MoveKind.ACCEPT)
    with pytest.raises(MoveRefused):
        seat.work.answer(item, MoveKind.ACCEPT, Given(), LI)
    assert seat.attempts() == []


def test_what_belongs_to_no_ticket_cannot_be_moved(seat: Seat) -> None:
    given = seat.promises.give(Promised("停车费", "13800138000"))
    with pytest.raises(LookupError):
        seat.work.answer(seat.item(f"promise:{given.promise_id}"), MoveKind.ACCEPT, Given())


LATE = to_text(NOW - timedelta(hours=3))


def test_the_painter_s_acceptance_is_the_painter_s_word(seat: Seat) -> None:
    """The plumber is at work and late, the painter was sent and has not said anything."""
    plumber, painter = seat.leak("in_progress", "dispatched", accept_due_at=LATE)
    for task_id, name, stages in (
        (plumber, "李师傅", ["in_progress", "dispatched"]),
        (painter, "吴漆匠", ["in_progress", "accepted"]),
    ):
        item = seat.item("ticket:t1")
        contact = seat.work.contacts(item)[0]
        assert (item.task is not None and item.task.task_id, contact.name) == (task_id, name)
        if item.errand is Errand.GET_FINISHED:
            seat.work.answer(item, MoveKind.REPORT, Given(text="等配件"), contact)
        else:
            seat.work.answer(item, MoveKind.ACCEPT, Given(), contact)
        assert seat.stages() == stages
    assert [(one.task_id, one.staff_id) for one in seat.attempts()] == [(plumber, "h1"), (painter, "h4")]


def test_of_two_at_work_each_is_called_and_answers_for_their_own(seat: Seat) -> None:
    plumber, painter = seat.leak("in_progress", "in_progress")
    item = seat.item("ticket:t1")
    seat.work.record(item, Outcome.NO_ANSWER, seat.work.contacts(item)[0])
    other = seat.item("ticket:t1")
    contact = seat.work.contacts(other)[0]
    assert contact.name == "吴漆匠"
    seat.work.answer(other, MoveKind.FINISH, Given(text="刷好了"), contact)
    assert seat.stages() == ["in_progress", "done"]
    assert [one.task_id for one in seat.attempts()] == [plumber, painter]
    assert seat.queue() == []
    seat.now += timedelta(minutes=30)
    assert seat.queue() == ["ticket:t1"]


def test_a_report_that_is_missing_is_asked_of_whoever_owes_it(seat: Seat) -> None:
    seat.leak("in_progress", "accepted", progress_due_at=LATE)
    seat.put("ticket", "t1", promise_due_at=to_text(NOW + timedelta(days=9)), progress_due_at=LATE, next_due_at=LATE)
    seat.put("task", "task-t1", progress_due_at=to_text(NOW + timedelta(days=2)))
    item = seat.item("ticket:t1")
    assert (item.errand, seat.work.contacts(item)[0].name) == (Errand.GET_REPORT, "吴漆匠")
    seat.work.record(item, Outcome.REACHED, None, "干透再刷", Given())
    said = {one.task_id: one.said for one in FakeTasks(seat.store).of_ticket(TicketId("t1"))}
    assert said == {"task-t1": "", "task-paint": "干透再刷"}


def test_once_the_plumber_is_done_the_painter_is_to_be_sent_and_nobody_is_called(seat: Seat) -> None:
    seat.leak("in_progress", "waiting", handler_id=None)
    item = seat.item("ticket:t1")
    seat.work.answer(item, MoveKind.FINISH, Given(text="水管换好了"), LI)
    item = seat.item("ticket:t1")
    assert (item.errand, item.task is not None and item.task.title) == (Errand.DISPATCH, "刷墙")
    assert seat.work.contacts(item) == ()
    seat.moves.move(TicketId("t1"), MoveKind.DISPATCH, Given(handler_id=StaffId("h4"), task_id=TaskId("task-paint")))
    seat.now += timedelta(days=2)
    item = seat.item("ticket:t1")
    assert (item.errand, seat.work.contacts(item)[0].name) == (Errand.GET_ACCEPTED, "吴漆匠")


def test_what_was_said_by_one_is_not_taken_for_another_who_has_it_now(seat: Seat) -> None:
    seat.leak("done", "dispatched", accept_due_at=LATE)
    item = seat.item("ticket:t1")
    seat.moves.move(TicketId("t1"), MoveKind.DISPATCH, Given(handler_id=StaffId("h2"), task_id=TaskId("task-paint")))
    with pytest.raises(MoveRefused, match="written_since"):
        seat.work.answer(item, MoveKind.ACCEPT, Given())
    assert seat.stages() == ["done", "dispatched"]
    assert seat.attempts() == []


def test_what_was_said_before_any_task_was_known_is_taken_for_nobody_s(seat: Seat) -> None:
    """The ticket had come from another seat, its task had not."""
    seat.ticket("t1", -1, "dispatched", handler_id="h1", accept_due_at=LATE)
    item = seat.item("ticket:t1")
    assert [one.name for one in seat.work.contacts(item)] == ["李师傅"]
    seat.task("t1", "dispatched", handler_id="h4", accept_due_at=LATE)
    with pytest.raises(MoveRefused, match="written_since"):
        seat.work.answer(item, MoveKind.ACCEPT, Given(), LI)
    assert seat.stages() == ["dispatched"]


def test_who_cannot_be_told_the_plan_does_not_keep_the_handler_from_being_chased(seat: Seat) -> None:
    seat.ticket("t1", -9, "accepted", plan_due_at=LATE)
    seat.task("t1", "accepted", progress_due_at=LATE)
    found = []
    for _call in range(3):
        item = seat.item("ticket:t1")
        found.append((item.errand, seat.work.contacts(item)[0].name))
        seat.work.record(item, Outcome.NO_ANSWER, seat.work.contacts(item)[0])
    assert found == [
        (Errand.TELL_PLAN, "王建国"),
        (Errand.GET_FINISHED, "李师傅"),
        (Errand.GET_REPORT, "李师傅"),
    ]
    assert seat.queue() == []


def calls_of(seat: Seat) -> list[tuple[str, object]]:
    return [(one.entity_id, one.patch["ticket_id"]) for one in seat.store.changes if one.entity == "call"]


def test_the_call_that_was_made_belongs_to_the_ticket_whatever_came_of_it(seat: Seat) -> None:
    seat.ticket("t1", -1)
    seat.task("t1", "dispatched")
    tried = seat.work.record(seat.item("ticket:t1"), Outcome.NO_ANSWER, LI, call_id=CallId("c1"))
    assert tried.attempt is not None
    assert (tried.attempt.call_id, calls_of(seat)) == ("c1", [("c1", "t1")])
    said = seat.work.answer(seat.item("ticket:t1"), MoveKind.ACCEPT, Given(), LI, CallId("c2"))
    assert said.attempt is not None
    assert (said.attempt.call_id, calls_of(seat)[1:]) == ("c2", [("c2", "t1")])


def test_the_call_in_which_a_promise_was_kept_is_named_with_it(seat: Seat) -> None:
    seat.ticket("t1", 5)
    promise = seat.promises.give(Promised(number="13900139000", ticket_id=TicketId("t1")))
    seat.work.record(seat.item(f"promise:{promise.promise_id}"), Outcome.REACHED, call_id=CallId("c3"))
    (kept,) = seat.store.all_of(Promise)
    assert (kept.kept_call_id, calls_of(seat)) == ("c3", [("c3", "t1")])
