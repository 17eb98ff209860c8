"""Random walks through the moves of a ticket, for tests: what a hotline might do to one, in no sensible order."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from random import Random

from desk.domain.clocks import Clocks
from desk.domain.corrections import Correction, form_of
from desk.domain.estate import Duty
from desk.domain.identity import BuildingId, StaffId, TaskId, TicketId
from desk.domain.move_effects import Moment, Work, made
from desk.domain.moves import Given, MoveKind, Refusal, fitting, lacks, refusal, rule_of, task_for
from desk.domain.tasks import Task
from desk.domain.tickets import Kind, Place, Priority, Stage, Ticket

ALL = frozenset(Duty)
HANDLERS = (StaffId("h1"), StaffId("h2"), StaffId("h3"))


def ticket(at: datetime, clocks: Clocks, **fields: object) -> Ticket:
    base = Ticket(
        TicketId("t1"),
        "20261122-S01-001",
        Kind.REPAIR,
        "repair.water.tap",
        Priority.NORMAL,
        Stage.REGISTERED,
        "drips",
        at,
        "1001",
        "S01",
        owner="1001",
    )
    return clocks.filed(base)


def possible(work: Work) -> list[MoveKind]:
    return [kind for kind in MoveKind if refusal(kind, work.ticket, work.tasks, ALL) is None]


def given_for(kind: MoveKind, work: Work, now: datetime, random: Random) -> Given:
    """All that any move could need; a task by name where there are several."""
    rule = rule_of(kind, work.ticket.stage)
    assert rule is not None
    tasks: list[Task] = fitting(rule, work.tasks)
    promise = work.ticket.promise_due_at
    until: datetime | None = now + timedelta(hours=random.randint(1, 400))
    if kind is MoveKind.TELL_PLAN and promise and promise > now:
        until = now + (promise - now) * random.random() + timedelta(microseconds=1)
    if kind is MoveKind.DISPATCH:
        until = None
    return Given(
        reason=random.choice(("no key", "wrong trade")),
        text=random.choice(("on my way", "fixed")),
        until=until,
        person=random.choice(("1001", "1002")),
        handler_id=random.choice(HANDLERS) if kind in (MoveKind.DISPATCH, MoveKind.ACCEPT) else None,
        ticket_id=TicketId("t9") if kind is MoveKind.JOIN else None,
        task_id=random.choice(tasks).task_id if tasks else None,
        title="paint" if kind is MoveKind.ADD_TASK else "",
        solved=random.choice((True, False, None)),
        priority=random.choice(list(Priority)) if kind is not MoveKind.CORRECT else None,
        correction=correction_of(work.ticket, random) if kind is MoveKind.CORRECT else None,
    )


def correction_of(ticket: Ticket, random: Random) -> Correction:
    """Another category, place or visit; sometimes all three, sometimes nothing."""
    was = form_of(ticket, Place(ticket.place_text, building_id=ticket.building_id))
    category = random.choice(("repair.water.tap", "complaint.service.slow", "inquiry.service.outage"))
    changed = {
        "category": category,
        "kind": Kind(category.partition(".")[0]),
        "place": random.choice((was.place, Place("6-2-203", building_id=BuildingId("b6")))),
        "description": random.choice((was.description, "pours")),
        "contact_number": random.choice((was.contact_number, "13900139000")),
    }
    return Correction(was, replace(was, **changed), random.choice((None, "", "another_home")))  # type: ignore[arg-type]


class Walk:
    """One ticket, moved by chance; `now` goes on by minutes to days between the moves."""

    def __init__(self, random: Random, start: datetime, clocks: Clocks) -> None:
        self.random, self.now, self.clocks = random, start, clocks
        self.work = Work(ticket(start, clocks), ())
        self.moves: list[MoveKind] = []
        self.seat = ""  # part of the ids of the tasks that are made
        self._ids = count(1)

    def go_on(self, kinds: frozenset[MoveKind] = frozenset(MoveKind)) -> MoveKind | None:
        """One move; None where what chance gave was refused (a date after the promise), or none is possible."""
        self.now += timedelta(minutes=self.random.choice((1, 20, 200, 2000, 9000)), seconds=self.random.random())
        choice = [kind for kind in possible(self.work) if kind in kinds]
        if not choice:
            return None
        kind = self.random.choice(choice)
        return kind if self.make(kind) else None

    def make(self, kind: MoveKind, given: Given | None = None) -> bool:
        rule = rule_of(kind, self.work.ticket.stage)
        assert rule is not None
        given = given or given_for(kind, self.work, self.now, self.random)
        task = task_for(rule, self.work.tasks, given)
        if isinstance(task, Refusal) or lacks(rule, self.work.ticket, given, self.now):
            return False
        moment = Moment(self.now, "1001", self.clocks, TaskId(f"k{self.seat}{next(self._ids)}"), "Tap leaks")
        self.work = made(self.work, rule, task, given, moment)
        self.moves.append(kind)
        return True
