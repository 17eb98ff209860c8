"""A hotline whose tickets are moved, over the store in memory and the real one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from desk.domain.changes import Change, Patch
from desk.domain.clocks import Clocks
from desk.domain.estate import Duty, Staff
from desk.domain.identity import StaffId, TicketId
from desk.domain.patches import patch_of
from desk.domain.priority_rules import RaiseRule, When
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.domain.times import to_text
from desk.store.history import SqlHistories
from desk.store.messages import SqlMessages
from desk.store.tasks import SqlTasks
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_history import FakeHistories
from desk.usecases.fakes_tasks import FakeTasks
from desk.usecases.move_ticket import MoveParts, MoveTicket
from desk.usecases.notify import Messages
from desk.usecases.recording_ports import Histories
from desk.usecases.task_ports import Tasks
from tests.usecases.conftest import World

PLUMBER, PAINTER, GONE = StaffId("s-plumber"), StaffId("s-painter"), StaffId("s-gone")
STAFF = (
    Staff(PLUMBER, "H1", "李工", Duty.HANDLER),
    Staff(PAINTER, "H2", "王工", Duty.HANDLER),
    Staff(GONE, "H3", "赵工", Duty.HANDLER, active=False),
    Staff(StaffId("s-1001"), "1001", "小林", Duty.AGENT),
    Staff(StaffId("s-1002"), "1002", "小周", Duty.AGENT),
    Staff(StaffId("s-9001"), "9001", "班长", Duty.SUPERVISOR),
    Staff(StaffId("s-1009"), "1009", "小许", Duty.AGENT, active=False),
)
RAISES = (RaiseRule(When.REOPENED, Priority.HIGH), RaiseRule(When.REPEATED, Priority.HIGH, times=2))


class Hotline:
    """A world in which tickets are moved; `who` sits at the seat."""

    def __init__(self, world: World, staff: Callable[[], Sequence[Staff]] = lambda: STAFF) -> None:
        self.world, self.who = world, "9001"
        self.tasks: Tasks
        self.histories: Histories
        if isinstance(world.log, FakeStore):
            self.tasks, self.histories = FakeTasks(world.log), FakeHistories(world.log)
            messages: Messages = world.log.messages
        else:
            assert world.store is not None
            self.tasks, self.histories = SqlTasks(world.store), SqlHistories(world.store)
            messages = SqlMessages(world.store)
        self.moves = MoveTicket(
            MoveParts(
                log=world.log,
                author=self,
                tickets=world.tickets,
                tasks=self.tasks,
                histories=self.histories,
                staff=staff,
                clock=world.clock,
                new_id=world.new_id,
                who=lambda: self.who,
                seat="S01",
                clocks=Clocks(),
                raises=lambda _ticket: RAISES,
                messages=messages,
                calls=world.calls,
                title=lambda category: f"title of {category}",
            )
        )

    def change(self, entity: str, entity_id: str, patch: Patch, reason: str = "") -> Change:
        return replace(self.world.author.change(entity, entity_id, patch, reason), author=self.who)

    def filed(self, **other: object) -> TicketId:
        ticket = Ticket(
            TicketId(self.world.new_id()),
            f"20260302-S01-{self.world.new_id()[-3:]}",
            kind=Kind.REPAIR,
            category="repair.water.tap",
            priority=Priority.NORMAL,
            stage=Stage.REGISTERED,
            description="drips",
            registered_at=self.world.now,
            registered_by="1001",
            seat="S01",
            owner="1001",
        )
        ticket = Clocks().filed(replace(ticket, **other))  # type: ignore[arg-type]
        self.world.log.append([self.change("ticket", ticket.ticket_id, patch_of(ticket, "ticket_id"))])
        return ticket.ticket_id

    def message(self, name: str, ticket_id: TicketId, **other: str) -> Change:
        made = {"channel": "sms", "recipient": "139", "template": "t", "text": "x", "dedupe_key": name, **other}
        return self.change("message", name, {**made, "made_at": to_text(self.world.now), "ticket_id": ticket_id})

    def ticket(self, ticket_id: TicketId) -> Ticket:
        ticket = self.world.tickets.get(ticket_id)
        assert ticket
        return ticket

    def go_on(self, minutes: float = 10) -> None:
        self.world.now += timedelta(minutes=minutes)
