"""A hotline that dispatches, over the store in memory or the real one: an estate with two areas, five people who take
work, a table of routes, and the rules of moves as they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from desk.domain.calendar import WorkCalendar
from desk.domain.clocks import Clocks
from desk.domain.dispatching import DispatchPolicy
from desk.domain.estate import Duty, Staff
from desk.domain.identity import BuildingId, StaffId, TicketId
from desk.domain.patches import patch_of
from desk.domain.routes import Hours, Route, RouteTable
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.domain.working_time import CHINA, WorkingTime
from desk.secrets import FakeSecrets
from desk.store.attempts import SqlAttempts
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.duty_turns import SqlDutyTurns
from desk.store.history import SqlHistories
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.store.tickets import SqlTickets
from desk.usecases.answer_for_handler import AnswerForHandler, AnswerParts
from desk.usecases.dispatch import Dispatch, DispatchParts
from desk.usecases.estate_map import EstateMap
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_history import FakeHistories
from desk.usecases.fakes_tasks import FakeAttempts, FakeDutyTurns, FakeTasks
from desk.usecases.find_handler import FindHandler, HandlerParts
from desk.usecases.move_ticket import MoveParts, MoveTicket
from desk.usecases.ports import ChangeLog, Residents, Tickets
from desk.usecases.read_workload import ReadWorkload
from desk.usecases.recording_ports import Histories
from desk.usecases.task_ports import Attempts, DutyTurns, Tasks
from tests.usecases.conftest import NOW

SECRET = b"a secret that the whole company has"


def staff_id(number: int) -> StaffId:
    return StaffId(f"01900000-0000-7000-8000-0000000a{number:04x}")


def person(number: int, name: str, duty: Duty = Duty.HANDLER) -> Staff:
    return Staff(staff_id(number), f"H{number:04d}", name, duty, f"1380013800{number}")


PLUMBER, MATE, ELECTRICIAN = person(1, "赵师傅"), person(2, "钱师傅"), person(3, "孙师傅")
NIGHT = person(4, "周师傅")
LEAD = person(9, "李主管", Duty.SUPERVISOR)
ASSISTANT = replace(person(7, "陈晓燕", Duty.AREA_ASSISTANT), number="2001")
AGENT = replace(person(8, "王坐席", Duty.AGENT), number="1001", phone="")
EVERYBODY = (PLUMBER, MATE, ELECTRICIAN, NIGHT, LEAD, ASSISTANT, AGENT)

TABLE = RouteTable(
    routes=(
        Route("repair.water", handler="H0001", backup="H0002", lead="H0009", trade="water", line=5),
        Route("repair.power", area="二区", handler="H0003", line=11),
    ),
    hours={"night": Hours("night")},
    file="routes.toml",
)
TICKET = Ticket(
    TicketId("01900000-0000-7000-8000-00000000d001"),
    "20260302-S01-001",
    Kind.REPAIR,
    "repair.water.tap",
    Priority.NORMAL,
    Stage.REGISTERED,
    "厨房水龙头\n漏水",
    NOW,
    "1001",
    "S01",
    place_text="一期5栋2单元203",
    building_id=BuildingId("b5"),
    owner="1001",
)


@dataclass
class Ports:
    log: ChangeLog
    residents: Residents
    tickets: Tickets
    tasks: Tasks
    attempts: Attempts
    turns: DutyTurns
    histories: Histories


@dataclass
class Hotline:
    """`now` may be set; `table` and `policy` too."""

    ports: Ports
    now: datetime = NOW
    table: RouteTable = TABLE
    policy: DispatchPolicy = field(default_factory=DispatchPolicy)
    secret: bytes = SECRET

    def __post_init__(self) -> None:
        ports, self.ids = self.ports, count(1)
        self.author = SeatAuthor("S01", lambda: "1001", self.clock, self.new_id, ports.log.base_seq)
        self.clocks = Clocks(time=WorkingTime(WorkCalendar(), CHINA))
        self.map = EstateMap(ports.residents)
        self.moves = MoveTicket(
            MoveParts(
                log=ports.log,
                author=self.author,
                tickets=ports.tickets,
                tasks=ports.tasks,
                histories=ports.histories,
                staff=ports.residents.staff,
                clock=self.clock,
                new_id=self.new_id,
                who=lambda: "1001",
                seat="S01",
                clocks=self.clocks,
            )
        )
        self.answers = AnswerForHandler(
            AnswerParts(
                moves=self.moves,
                tickets=ports.tickets,
                tasks=ports.tasks,
                staff=ports.residents.staff,
                policy=lambda: self.policy,
                clock=self.clock,
                secret=lambda: self.secret,
            )
        )
        self.finder = FindHandler(
            HandlerParts(
                tables=lambda _estate: self.table,
                policies=lambda _estate: self.policy,
                clocks=self.clocks,
                is_working_day=self.clocks.time.calendar.works_on,
                tickets=ports.tickets,
                tasks=ports.tasks,
                attempts=ports.attempts,
                turns=ports.turns,
                estate_map=self.map,
                workload=ReadWorkload(ports.tasks, self.clock, CHINA),
                clock=self.clock,
                zone=CHINA,
            )
        )
        self.dispatch = Dispatch(
            DispatchParts(
                finder=self.finder,
                answers=self.answers,
                moves=self.moves,
                tickets=ports.tickets,
                tasks=ports.tasks,
                log=ports.log,
                author=self.author,
                clock=self.clock,
                new_id=self.new_id,
                work_number=lambda: "1001",
            )
        )

    def clock(self) -> datetime:
        return self.now

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def new_id(self) -> str:
        return f"01900000-0000-7000-8000-{next(self.ids):012x}"

    def put(self, entity: str, entity_id: str, **patch: Any) -> None:
        self.ports.log.append([self.author.change(entity, entity_id, patch)])

    def settle(self) -> None:
        """The estate and its people."""
        self.put("estate", "e1", name="文德花园")
        for code, area in (("5", "一区"), ("12", "二区")):
            assistant = ASSISTANT.staff_id if code == "5" else None
            self.put(
                "building",
                f"b{code}",
                estate_id="e1",
                code=code,
                name=f"{code}栋",
                phase="一期",
                area=area,
                area_assistant_id=assistant,
            )
        for one in EVERYBODY:
            self.put("staff", one.staff_id, **patch_of(one, "staff_id"))

    def file(self, ticket: Ticket = TICKET) -> Ticket:
        filed = self.clocks.filed(ticket)
        self.put("ticket", filed.ticket_id, **patch_of(filed, "ticket_id"))
        return filed


@contextmanager
def hotline_over(kind: str, folder: Path) -> Iterator[Hotline]:
    """`kind`: "memory" or "sqlcipher"."""
    if kind == "memory":
        fake = FakeStore()
        ports = Ports(
            fake, fake, fake.tickets, FakeTasks(fake), FakeAttempts(fake), FakeDutyTurns(fake), FakeHistories(fake)
        )
        yield _settled(ports)
        return
    store = Store.open(folder / "seat.db", FakeSecrets())
    ports = Ports(
        SqlChangeLog(store),
        SqlResidents(store),
        SqlTickets(store),
        SqlTasks(store),
        SqlAttempts(store),
        SqlDutyTurns(store),
        SqlHistories(store),
    )
    yield _settled(ports)
    store.close()


def _settled(ports: Ports) -> Hotline:
    hotline = Hotline(ports)
    hotline.settle()
    return hotline
