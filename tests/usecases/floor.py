"""A shift's ports over the store in memory and over the real one, with a clock that a test sets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from desk.domain.estate import Duty, Staff
from desk.domain.identity import StaffId
from desk.domain.patches import patch_of
from desk.domain.promises import Promise
from desk.domain.roster import ShiftKind, ShiftPolicy
from desk.domain.shifts import DutyTurn, Post
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.secrets import FakeSecrets
from desk.store.articles import SqlArticles, SqlQuestions
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.open_work import SqlOpenWork
from desk.store.shifts import SqlShifts
from desk.store.store import Store
from desk.usecases.ask import Ask, KnowledgePolicy
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_shift import FakeArticles, FakeOpenWork, FakeQuestions, FakeShifts
from desk.usecases.hand_over import HandOverShift
from desk.usecases.keep_state import KeepState
from desk.usecases.keep_stay import KeepStay
from desk.usecases.knowledge import Knowledge
from desk.usecases.knowledge_ports import Articles, Questions
from desk.usecases.ports import ChangeLog
from desk.usecases.roster import Roster
from desk.usecases.shift_ports import OpenWork, Shifts

CHINA = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 11, 23, 8, 20, tzinfo=CHINA).astimezone(UTC)  # a Monday, ten minutes before the early shift
STAFF = (
    Staff(StaffId("s1"), "1001", "张三", Duty.AGENT),
    Staff(StaffId("s2"), "1002", "李四", Duty.AGENT),
    Staff(StaffId("s3"), "3001", "赵主管", Duty.SUPERVISOR),
    Staff(StaffId("s4"), "2001", "孙师傅", Duty.HANDLER),
    Staff(StaffId("s5"), "1009", "周离职", Duty.AGENT, active=False),
)
POLICY = ShiftPolicy(
    kinds=(
        ShiftKind("early", "早班", time(8, 30), time(14, 15), ("早", "A")),
        ShiftKind("late", "中班", time(14, 15), time(20, 0), ("中", "B")),
        ShiftKind("night", "夜班", time(20, 0), time(8, 30), ("夜", "N"), Post.MONITORING),
    )
)


@dataclass
class Floor:
    log: ChangeLog
    shifts: Shifts
    work: OpenWork
    articles: Articles
    questions: Questions
    now: datetime = MORNING
    sits: str = "1001"
    may_write: bool = True
    staff: tuple[Staff, ...] = STAFF
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def clock(self) -> datetime:
        return self.now

    def new_id(self) -> str:
        return f"01900000-0000-7000-8000-{next(self._ids):012x}"

    def author(self, seat: str = "S01") -> SeatAuthor:
        return SeatAuthor(seat, lambda: self.sits, self.clock, self.new_id, self.log.base_seq)

    def put(self, entity: str, value: Any) -> None:
        name = f"{entity}_id"
        self.log.append([self.author().change(entity, getattr(value, name), patch_of(value, name))])

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def stays(self, seat: str = "S01") -> KeepStay:
        return KeepStay(self.log, self.author(seat), self.shifts, self.clock, self.new_id, seat, POLICY)

    def states(self, seat: str = "S01") -> KeepState:
        return KeepState(self.log, self.author(seat), self.shifts, self.clock, self.new_id, seat)

    def roster(self) -> Roster:
        return Roster(
            self.log,
            self.author(),
            self.shifts,
            lambda: self.staff,
            self.clock,
            CHINA,
            POLICY,
            lambda: self.may_write,
        )

    def hand_over(self) -> HandOverShift:
        return HandOverShift(
            self.log,
            self.author(),
            self.shifts,
            self.work,
            lambda: self.staff,
            self.clock,
            self.new_id,
            "S01",
            lambda items: "\n".join(f"{item.what.value}: {item.text}" for item in items),
        )

    def knowledge(self) -> Knowledge:
        return Knowledge(
            self.log, self.author(), self.articles, self.clock, self.new_id, lambda code: code.startswith("repair")
        )

    def ask(self, policy: KnowledgePolicy | None = None) -> Ask:
        return Ask(
            self.log,
            self.author(),
            self.questions,
            self.knowledge(),
            lambda: self.staff,
            self.clock,
            self.new_id,
            policy or KnowledgePolicy(),
        )

    def turn(
        self, who: str = "1001", start: datetime = MORNING + timedelta(minutes=10), hours: float = 5.75
    ) -> DutyTurn:
        turn = DutyTurn(self.new_id(), who, Post.AGENT, start, start + timedelta(hours=hours))
        self.put("duty_turn", turn)
        return turn

    def promise(self, owner: str = "1001", text: str = "半小时内回电", minutes: float = 30) -> Promise:
        due = self.now + timedelta(minutes=minutes)
        promise = Promise(self.new_id(), owner, owner, self.now, due, text, number="13800138000", caller_name="王女士")
        self.put("promise", promise)
        return promise

    def ticket(self, owner: str = "1001", stage: Stage = Stage.DISPATCHED) -> Ticket:
        name = self.new_id()
        ticket = Ticket(
            name,  # type: ignore[arg-type]
            f"20261123-S01-{name[-3:]}",
            Kind.REPAIR,
            "repair.water.tap",
            Priority.NORMAL,
            stage,
            "厨房水龙头漏水",
            self.now,
            "1001",
            "S01",
            owner=owner,
            place_text="5栋2单元203",
        )
        self.put("ticket", ticket)
        return ticket


@contextmanager
def floor_in(where: str, folder: Path) -> Iterator[Floor]:
    """`where`: "in memory" or "in the seat store"."""
    if where == "in memory":
        fake = FakeStore()
        yield Floor(fake, FakeShifts(fake), FakeOpenWork(fake), FakeArticles(fake), FakeQuestions(fake))
        return
    empty, secrets = _empty_store()
    (folder / "seat.db").write_bytes(empty)
    store = Store.open(folder / "seat.db", secrets)
    yield Floor(SqlChangeLog(store), SqlShifts(store), SqlOpenWork(store), SqlArticles(store), SqlQuestions(store))
    store.close()


@cache
def _empty_store() -> tuple[bytes, FakeSecrets]:
    """Made once: a copy opens in a fortieth of the time."""
    secrets = FakeSecrets()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "seat.db"
        Store.open(file, secrets).close()
        return file.read_bytes(), secrets
