"""A small hotline for the tests of early warnings, over the store in memory or the real one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from desk.domain.changes import Change
from desk.domain.early_warnings import EarlyWarning
from desk.domain.identity import TicketId
from desk.domain.ladder import LadderMove, LadderPolicy
from desk.domain.warning_moves import WarningFacts
from desk.secrets import FakeSecrets
from desk.store.attempts import SqlAttempts
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.conflicts import SqlConflicts
from desk.store.history import SqlHistories
from desk.store.outbox import Ordered, SqlOutbox
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.store.warnings import SqlWarnings
from desk.usecases.conflict_ports import Conflicts
from desk.usecases.estate_map import EstateMap
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_conflicts import FakeConflicts
from desk.usecases.fakes_history import FakeHistories
from desk.usecases.fakes_tasks import FakeAttempts
from desk.usecases.fakes_warnings import FakeWarnings
from desk.usecases.notify import MakesMessages
from desk.usecases.ports import ChangeLog, Residents, Tickets
from desk.usecases.raise_warning import RaiseWarning, WarningParts
from desk.usecases.read_warnings import ReadWarnings
from desk.usecases.recording_ports import Histories
from desk.usecases.step_warning import Given, StepWarning
from desk.usecases.task_ports import Attempts
from tests.making import START, call, new_id, ticket

FACTS = WarningFacts("13800138000", "一区", "厨房漏水", "管家到场看过", "报了三天没人来", "说要找媒体")
T1 = TicketId("t1")


@dataclass
class Hotline:
    """Seat S01 with an agent 1001, supervisors 2001 and 2002, the site head 3001 and somebody who left, 3009."""

    log: ChangeLog
    pull: Callable[[list[Change]], None]
    residents: Residents
    tickets: Tickets
    histories: Histories
    conflicts: Conflicts
    parts: WarningParts
    who: list[str]
    clock: list[Any]
    policy: list[LadderPolicy]
    attempts: Attempts
    makers: tuple[MakesMessages, ...] = ()

    def __post_init__(self) -> None:
        self.raising = RaiseWarning(self.parts, lambda code: {"water.leak": "漏水"}.get(code, ""))
        self.stepping = StepWarning(self.parts)
        self.reading = ReadWarnings(self.parts, self.stepping, self.attempts)

    def behind(self, log: ChangeLog, *makers: MakesMessages) -> "Hotline":
        """The same, with another log before it."""
        return replace(self, log=log, parts=replace(self.parts, log=log), makers=makers)

    def sits(self, number: str) -> None:
        self.who[0] = number

    def later(self, **span: float) -> None:
        self.clock[0] += timedelta(**span)

    def raised(self) -> EarlyWarning:
        return self.raising.raise_(T1, FACTS, self.clock[0])

    def step(self, warning: EarlyWarning, move: LadderMove, who: str = "2001", **given: Any) -> EarlyWarning:
        self.sits(who)
        return self.stepping.step(warning.warning_id, move, Given(**given))

    def up(self, warning: EarlyWarning) -> EarlyWarning:
        """To where the supervisor talks to the resident again."""
        warning = self.step(warning, LadderMove.REVIEW)
        warning = self.step(warning, LadderMove.ACT, "1001", text="派人查看", heard_from="李管家")
        warning = self.step(warning, LadderMove.GUIDE, "1001", text="今天修好并道歉", heard_from="王经理")
        return self.step(warning, LadderMove.FEED_BACK, "1001")


def staff(number: str, duty: str, *, active: bool = True) -> dict[str, Any]:
    return {"number": number, "name": f"员工{number}", "duty": duty, "phone": f"139{number}0000", "active": active}


def build(log: ChangeLog, pull: Callable[[list[Change]], None], ports: tuple[Any, ...], author: Any) -> Hotline:
    residents, tickets, calls, warnings, histories, conflicts, attempts = ports
    who, clock, policy = ["1001"], [START], [LadderPolicy()]
    parts = WarningParts(
        log=log,
        author=author(lambda: who[0], lambda: clock[0]),
        warnings=warnings,
        tickets=tickets,
        calls=calls,
        histories=histories,
        staff=residents.staff,
        estate_map=EstateMap(residents),
        who=lambda: who[0],
        policy=lambda _estate: policy[0],
        clock=lambda: clock[0],
        new_id=new_id,
    )
    for number, duty in (("1001", "agent"), ("2001", "supervisor"), ("2002", "supervisor"), ("3001", "handler")):
        log.append([parts.author.change("staff", f"s{number}", staff(number, duty))])
    log.append([parts.author.change("staff", "s3009", staff("3009", "handler", active=False))])
    building = {"estate_id": "e1", "code": "5", "name": "5栋", "phase": "", "area": "一区", "area_assistant_id": None}
    log.append([parts.author.change("building", "b5", building)])
    log.append([ticket("t1", building_id="b5", place_text="5栋2单元203", contact_number="13800138000", call_id="c1")])
    log.append([call("c2", 10, ticket_id="t1"), call("c1", 0, ticket_id="t1")])
    return Hotline(log, pull, residents, tickets, histories, conflicts, parts, who, clock, policy, attempts)


def open_hotline(kind: str, folder: Path) -> Iterator[Hotline]:
    if kind == "in memory":
        fake = FakeStore()
        ports: tuple[Any, ...] = (
            fake,
            fake.tickets,
            fake.calls,
            FakeWarnings(fake),
            FakeHistories(fake),
            FakeConflicts(fake),
            FakeAttempts(fake),
        )
        yield build(fake, fake.append, ports, lambda who, at: SeatAuthor("S01", who, at, new_id, fake.base_seq))
        return
    store = Store.open(folder / "seat.db", FakeSecrets())
    log, outbox = SqlChangeLog(store), SqlOutbox(store)

    def pull(changes: list[Change]) -> None:
        cursor = max(one.central_seq or 0 for one in changes)
        outbox.apply([Ordered(one, one.author) for one in changes], max(cursor, outbox.cursor()))

    ports = (
        SqlResidents(store),
        SqlTickets(store),
        SqlCallLog(store),
        SqlWarnings(store),
        SqlHistories(store),
        SqlConflicts(store),
        SqlAttempts(store),
    )
    yield build(log, pull, ports, lambda who, at: SeatAuthor("S01", who, at, new_id, log.base_seq))
    store.close()
