"""Tickets that two seats have written unseen by each other, found in the seat store and made to fit."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.changes import Change, FieldValue
from desk.domain.clocks import Clocks, next_of, running, with_next
from desk.domain.identity import ChangeId, StaffId, TaskId, TicketId
from desk.domain.move_effects import Work
from desk.domain.moves import Given, MoveKind
from desk.domain.patches import difference, patch_of
from desk.domain.tasks import OPEN_TASKS, Task, TaskStage
from desk.domain.tickets import OPEN_STAGES, Stage, Ticket
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.conflicts import SqlConflicts
from desk.store.history import SqlHistories
from desk.store.outbox import Ordered, SqlOutbox
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.store.tickets import SqlTickets
from desk.store.unfit_tickets import SqlUnfitTickets
from desk.usecases.mend_tickets import OTHERS_WAIT, MendTickets, fitted, without_twins
from desk.usecases.settle_conflict import SettleStages
from tests.domain.walks import Walk
from tests.making import START, change_id, new_id

CLOCKS = Clocks()
T1 = TicketId("t1")


class TwoSeats:
    """What S01 and S02 do from the same ground, as the centre gives it to this store: S02 writes last."""

    def __init__(self, store: Store) -> None:
        self.store, self.now, self._number, self._seq = store, START, 0, 0

    def begin(self, *kinds: tuple[MoveKind, Given]) -> Walk:
        walk = Walk(Random(1), START, CLOCKS)
        for kind, said in kinds:
            assert walk.make(kind, said)
        self._pull("S01", Work(walk.work.ticket, ()), walk.work, base=0, whole=True)
        return walk

    def both(self, walk: Walk, here: tuple[MoveKind, Given], there: tuple[MoveKind, Given]) -> None:
        before, base = walk.work, self._seq
        for seat, (kind, said) in (("S01", here), ("S02", there)):
            walk.work = before
            assert walk.make(kind, said)
            self._pull(seat, before, walk.work, base)

    def apart(self, walk: Walk, random: Random) -> None:
        """Each seat makes some moves of its own, unseen by the other; the centre orders them by chance."""
        ground, base = walk.work, self._seq
        made: list[tuple[str, Work, Work]] = []
        for seat in ("S01", "S02"):
            walk.work, walk.seat = ground, seat
            for _move in range(random.randint(1, 4)):
                before = walk.work
                walk.go_on()
                made.append((seat, before, walk.work))
        order = [seat for seat, _before, _after in made]
        random.shuffle(order)
        for seat in order:
            step = next(one for one in made if one[0] == seat)
            made.remove(step)
            self._pull(*step, base)
        self.now = walk.now

    def put_right(self) -> None:
        """Both seats settle and mend until there is nothing left."""
        store = self.store
        for _round in range(12):
            done = False
            for seat in ("S01", "S02"):
                log = SqlChangeLog(store)
                author = SeatAuthor(seat, lambda seat=seat: seat, lambda: self.now, new_id, log.base_seq)  # type: ignore[misc]
                settler = SettleStages(log, author, SqlHistories(store), SqlConflicts(store), seat)
                done |= settler.work_once() | self.mender(seat).work_once()
            self._acknowledge()
            if not done:
                return
        raise AssertionError("they never end")

    def _acknowledge(self) -> None:
        """The centre takes what the machines have written."""
        outbox = SqlOutbox(self.store)
        for change in outbox.unsent(100):
            self._seq += 1
            outbox.acknowledge({change.change_id: self._seq}, change.author)
        outbox.apply([], self._seq)

    def _pull(self, seat: str, before: Work, after: Work, base: int, *, whole: bool = False) -> None:
        ticket = patch_of(after.ticket, "ticket_id") if whole else difference(before.ticket, after.ticket, "ticket_id")
        changes = [self._change(seat, base, "ticket", T1, {**ticket, "step": "move x"})]
        known = {task.task_id: task for task in before.tasks}
        for task in after.tasks:
            old = known.get(task.task_id)
            patch = difference(old, task, "task_id") if old else patch_of(task, "task_id")
            if patch:
                changes.append(self._change(seat, base, "task", task.task_id, patch))
        SqlOutbox(self.store).apply([Ordered(one, one.author) for one in changes], self._seq)

    def _change(self, seat: str, base: int, entity: str, name: str, patch: Mapping[str, FieldValue]) -> Change:
        self._number += 1
        self._seq += 1
        return Change(
            change_id(self._number),
            entity,
            name,
            self.now,
            f"A{seat}",
            seat,
            patch,
            base_seq=base,
            central_seq=self._seq,
        )

    def mender(self, seat: str) -> MendTickets:
        log = SqlChangeLog(self.store)
        author = SeatAuthor(seat, lambda: seat, lambda: self.now, new_id, log.base_seq)
        tickets, tasks = SqlTickets(self.store), SqlTasks(self.store)
        found, histories = SqlUnfitTickets(self.store), SqlHistories(self.store)
        return MendTickets(log, author, found, tickets, tasks, histories, CLOCKS, lambda: self.now, seat)

    def mended(self) -> Ticket:
        """After S02, which wrote last, has mended; and that once was enough."""
        assert not self.mender("S01").work_once()
        assert self.mender("S02").work_once()
        assert not self.mender("S02").work_once()
        assert SqlUnfitTickets(self.store).unfit(9) == []
        ticket = SqlTickets(self.store).get(T1)
        assert ticket
        return ticket


@pytest.fixture
def seats(store: Store) -> TwoSeats:
    return TwoSeats(store)


PLUMBING, PAINTING = Given(handler_id=None, title="pipe"), Given(title="paint")
SENT = (
    (MoveKind.DISPATCH, replace(PLUMBING, handler_id="h1")),  # type: ignore[arg-type]
    (MoveKind.ACCEPT, Given()),
    (MoveKind.DISPATCH, replace(PAINTING, handler_id="h2")),  # type: ignore[arg-type]
    (MoveKind.ACCEPT, Given()),
)
PIPE, PAINT = TaskId("k1"), TaskId("k3")


def test_a_ticket_that_one_seat_has_moved_adds_up(seats: TwoSeats) -> None:
    walk = seats.begin(*SENT)
    assert SqlUnfitTickets(seats.store).unfit(9) == []
    assert [task.task_id for task in walk.work.tasks] == [PIPE, PAINT]
    assert not seats.mender("S01").work_once()


def test_the_last_two_tasks_done_at_two_seats_make_the_ticket_done(seats: TwoSeats) -> None:
    walk = seats.begin(*SENT)
    here, there = Given(text="done", task_id=PIPE), Given(text="dry", task_id=PAINT)
    seats.both(walk, (MoveKind.FINISH, here), (MoveKind.FINISH, there))
    before = SqlTickets(seats.store).get(T1)
    assert before
    assert before.stage is Stage.IN_PROGRESS  # each saw the other's task still open
    ticket = seats.mended()
    assert (ticket.stage, ticket.next_clock) == (Stage.DONE, "follow_up")
    assert ticket.done_at == seats.now


def test_a_date_told_while_the_work_was_finished_leaves_no_promise_running(seats: TwoSeats) -> None:
    walk = seats.begin(*SENT[:2])
    told = Given(until=START + timedelta(days=5))
    seats.both(walk, (MoveKind.FINISH, Given(text="done")), (MoveKind.TELL_PLAN, told))
    ticket = seats.mended()
    assert (ticket.stage, ticket.promise_due_at, ticket.next_clock) == (Stage.DONE, None, "follow_up")


def test_a_task_added_while_the_work_was_finished_keeps_the_ticket_open(seats: TwoSeats) -> None:
    walk = seats.begin(*SENT[:2])
    seats.both(walk, (MoveKind.FINISH, Given(text="done")), (MoveKind.ADD_TASK, PAINTING))
    ticket = seats.mended()
    assert ticket.stage is Stage.IN_PROGRESS
    assert (ticket.done_at, ticket.follow_up_due_at) == (None, None)
    assert ticket.next_due_at is not None


def test_with_a_cancelled_ticket_the_task_added_meanwhile_ends(seats: TwoSeats) -> None:
    walk = seats.begin(*SENT[:2])
    seats.both(walk, (MoveKind.CANCEL, Given(reason="sold")), (MoveKind.ADD_TASK, PAINTING))
    ticket = seats.mended()
    assert (ticket.stage, ticket.next_clock, ticket.next_due_at) == (Stage.CANCELLED, "", None)
    assert {task.stage for task in SqlTasks(seats.store).of_ticket(T1)} == {TaskStage.CANCELLED}


def test_two_who_send_somebody_at_once_make_one_piece_of_work(seats: TwoSeats) -> None:
    walk = seats.begin()
    seats.both(walk, *((MoveKind.DISPATCH, Given(handler_id=StaffId(handler))) for handler in ("h1", "h2")))
    assert len(SqlTasks(seats.store).of_ticket(T1)) == 2
    seats.put_right()
    kept, off = SqlTasks(seats.store).of_ticket(T1)
    assert (kept.stage, kept.handler_id) == (TaskStage.DISPATCHED, "h1")
    assert (off.stage, off.handler_id, off.due_at) == (TaskStage.CANCELLED, "h2", None)
    ticket = SqlTickets(seats.store).get(T1)
    assert ticket is not None
    assert (ticket.stage, ticket.next_clock) == (Stage.DISPATCHED, "accept")


def test_of_two_the_one_stands_that_somebody_has_accepted(seats: TwoSeats) -> None:
    walk = seats.begin()
    ground, base = walk.work, seats._seq
    for seat, handler, accepts in (("S01", "h1", False), ("S02", "h2", True)):
        walk.work = ground
        for kind, said in ((MoveKind.DISPATCH, Given(handler_id=StaffId(handler))), (MoveKind.ACCEPT, Given())):
            before = walk.work
            if kind is MoveKind.DISPATCH or accepts:
                assert walk.make(kind, said)
                seats._pull(seat, before, walk.work, base)
    seats.put_right()
    stages = {task.handler_id: task.stage for task in SqlTasks(seats.store).of_ticket(T1)}
    assert stages == {"h1": TaskStage.CANCELLED, "h2": TaskStage.ACCEPTED}


def test_a_seat_that_was_filled_by_rows_cannot_tell_and_calls_nothing_off() -> None:
    tasks = [Task(TaskId(name), T1, "pipe", TaskStage.DISPATCHED, START, "1001") for name in ("k1", "k2")]
    made = {
        task.task_id: Change(change_id(place), "task", task.task_id, START, "1001", f"S0{place}", {}, central_seq=place)
        for place, task in enumerate(tasks, 1)
    }
    assert without_twins(tasks, made) != tasks
    rows = {
        name: replace(one, change_id=ChangeId(f"{one.change_id[:14]}8{one.change_id[15:]}"))
        for name, one in made.items()
    }
    assert without_twins(tasks, rows) == tasks
    assert without_twins(tasks, {}) == tasks


def test_two_of_one_name_that_were_made_on_purpose_stay(seats: TwoSeats) -> None:
    walk = seats.begin()
    for handler in ("h1", "h2"):
        before = walk.work
        assert walk.make(MoveKind.DISPATCH, Given(handler_id=StaffId(handler), title="pipe"))
        seats._pull("S01", before, walk.work, seats._seq)
    assert SqlUnfitTickets(seats.store).sent_twice(9) == [T1]
    seats.put_right()
    assert {task.stage for task in SqlTasks(seats.store).of_ticket(T1)} == {TaskStage.DISPATCHED}


def test_a_ticket_whose_tasks_were_dropped_one_at_each_seat_has_to_be_sent_anew(seats: TwoSeats) -> None:
    walk = seats.begin(SENT[0], SENT[2])
    here, there = (Given(task_id=one.task_id, reason="not needed") for one in walk.work.tasks)
    seats.both(walk, (MoveKind.DROP_TASK, here), (MoveKind.DROP_TASK, there))
    ticket = seats.mended()
    assert (ticket.stage, ticket.handler_id, ticket.next_clock) == (Stage.REGISTERED, None, "accept")


def test_work_that_was_sent_while_the_ticket_was_closed_elsewhere_opens_it(seats: TwoSeats) -> None:
    walk = seats.begin(*SENT[:2])
    ground, base = walk.work, seats._seq
    closing = ((MoveKind.FINISH, Given(text="ok")), (MoveKind.FOLLOW_UP, Given(solved=True)), (MoveKind.CLOSE, Given()))
    for seat, moves in (("S01", closing), ("S02", (SENT[2],))):
        walk.work = ground
        for kind, said in moves:
            before = walk.work
            assert walk.make(kind, said)
            seats._pull(seat, before, walk.work, base)
    ticket = seats.mended()
    assert (ticket.stage, ticket.closed_at, ticket.done_at) == (Stage.IN_PROGRESS, None, None)
    assert ticket.next_due_at is not None
    assert [task.stage for task in SqlTasks(seats.store).of_ticket(T1)] == [TaskStage.DONE, TaskStage.DISPATCHED]


def test_another_seat_mends_after_a_while_when_the_last_one_is_off(seats: TwoSeats) -> None:
    walk = seats.begin(*SENT[:2])
    seats.both(walk, (MoveKind.FINISH, Given(text="x")), (MoveKind.TELL_PLAN, Given(until=START + timedelta(days=5))))
    assert not seats.mender("S03").work_once()
    seats.now += OTHERS_WAIT
    assert seats.mender("S03").work_once()


def test_a_stage_in_dispute_is_left_to_the_table(seats: TwoSeats) -> None:
    walk = seats.begin(*SENT[:2])
    later = Given(reason="no part", until=START + timedelta(days=5))
    seats.both(walk, (MoveKind.FINISH, Given(text="x")), (MoveKind.SUSPEND, later))
    assert SqlUnfitTickets(seats.store).unfit(9) == []


def test_one_task_moved_at_two_seats_is_settled_by_the_table_and_the_ticket_made_to_fit(seats: TwoSeats) -> None:
    walk = seats.begin(*SENT[:2])
    seats.both(walk, (MoveKind.FINISH, Given(text="done")), (MoveKind.RETURN, Given(reason="no part")))
    log, histories = SqlChangeLog(seats.store), SqlHistories(seats.store)
    author = SeatAuthor("S02", lambda: "S02", lambda: seats.now, new_id, log.base_seq)
    assert SettleStages(log, author, histories, SqlConflicts(seats.store), "S02").work_once()
    (task,) = SqlTasks(seats.store).of_ticket(T1)
    assert task.stage is TaskStage.DONE
    ticket = seats.mended()
    assert (ticket.stage, ticket.next_clock) == (Stage.DONE, "follow_up")


@pytest.mark.parametrize("seed", range(10))
def test_whatever_two_seats_do_unseen_by_each_other_the_ticket_adds_up_in_the_end(seats: TwoSeats, seed: int) -> None:
    random = Random(seed)
    walk = seats.begin(*random.choice((SENT[:1], SENT[:2], SENT)))
    walk.random = random
    seats.apart(walk, random)
    seats.put_right()
    ticket = SqlTickets(seats.store).get(T1)
    assert ticket
    tasks = SqlTasks(seats.store).of_ticket(T1)
    said = [(c.seat, c.patch.get("stage"), c.reason) for c in SqlHistories(seats.store).of("ticket", T1)]
    assert SqlUnfitTickets(seats.store).unfit(9) == [], said
    assert SqlConflicts(seats.store).stages_to_settle("S01", 9) == [], said
    if ticket.stage in OPEN_STAGES:
        assert ticket.owner, said
        assert (ticket.next_clock, ticket.next_due_at) == (with_next(ticket).next_clock, next_of(ticket)[1]), said
        assert ticket.next_due_at is not None, said
    else:
        assert not running(ticket), said
        assert all(task.stage not in OPEN_TASKS for task in tasks), said


stages = st.sampled_from(Stage)
dues = st.none() | st.integers(-3000, 3000).map(lambda minutes: START + timedelta(minutes=minutes))


@given(stages, dues, dues, dues, dues, st.lists(st.sampled_from(TaskStage), max_size=3), st.integers(0, 9))
def test_what_fits_is_left_as_it_is(
    stage: Stage,
    accept: datetime | None,
    promise: datetime | None,
    follow_up: datetime | None,
    until: datetime | None,
    tasks: list[TaskStage],
    seed: int,
) -> None:
    walk = Walk(Random(seed), START, CLOCKS)
    walk.make(MoveKind.DISPATCH, Given(handler_id="h1"))  # type: ignore[arg-type]
    ticket, (task,) = walk.work.ticket, walk.work.tasks
    ticket = replace(ticket, stage=stage, accept_due_at=accept, promise_due_at=promise)
    ticket = replace(ticket, follow_up_due_at=follow_up, suspended_until=until)
    several = [replace(task, task_id=TaskId(f"k{place}"), stage=one, place=place) for place, one in enumerate(tasks)]
    once = fitted(ticket, several, CLOCKS, lambda: START)
    assert fitted(*once, CLOCKS, lambda: START + timedelta(hours=1)) == once
