"""A seat of the day without window and telephone: its store, who sits there, its exchange with the centre. Everything
that is written goes through the use cases that the window has."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from desk.compose.central_call_search import CentralCallSearch
from desk.compose.clock import new_id, now
from desk.compose.dispatch import answers
from desk.compose.dispatch_rules import DispatchRules
from desk.compose.mending import mending_workers
from desk.compose.policies import Policies
from desk.compose.reply_links import ReplySecret
from desk.compose.window import Life, window_parts
from desk.demo.routes import write_routes
from desk.domain.commands import Command
from desk.domain.estate import Household
from desk.domain.identity import BuildingId, HouseholdId, StaffId, TaskId, TicketId
from desk.domain.notices import Notice
from desk.domain.tasks import Task
from desk.domain.tickets import Ticket
from desk.domain.times import to_text
from desk.domain.working_time import CHINA
from desk.secrets import FakeSecrets
from desk.settings import SeatSettings, Settings
from desk.settings.values import PoliciesSettings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.notices import SqlNotices
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.store.tickets import SqlTickets
from desk.sync.central.access import CentralAccess, CentralFault, connect
from desk.sync.exchange.session import GoneStale, SeatSide, Session
from desk.ui.after.incidents.parts import IncidentUses
from desk.ui.after.knowledge.uses import KnowledgeUses
from desk.ui.after.shift.uses import ShiftUses
from desk.ui.after.warnings.parts import WarningUses
from desk.usecases.answer_for_handler import AnswerForHandler
from desk.usecases.dispatch import Dispatch
from desk.usecases.follow_up import FollowUpWork
from desk.usecases.move_ticket import MoveTicket
from desk.usecases.promise import KeepPromises
from desk.usecases.work_through import WorkThrough

_KEY = "5a" * 32  # of stores that live for this run only


def day_settings(name: str, folder: Path) -> Settings:
    """A seat's settings: the shipped ones, the sample estate's routes, and its own folder."""
    return Settings(
        seat=SeatSettings(name=name, agent="", language="zh_CN"),
        policies=PoliciesSettings(folder=str(write_routes(folder.parent / "policies"))),
        data_dir=folder,
        runtime_dir=folder / "run",
    )


T = TypeVar("T")


def _there(uses: T | None) -> T:
    if uses is None:
        raise LookupError("the window has no such uses")
    return uses


class _Alone:
    """Links to nobody: no telephone and no background service stand beside this window."""

    def __init__(self) -> None:
        self.central_search = CentralCallSearch(lambda _wanted: False)

    def subscribe(self, receive: Callable[[object], None]) -> None:
        pass

    def do(self, command: Command) -> None:
        pass

    def nudge(self) -> None:
        pass

    def tell_sync(self, _message: object) -> bool:
        return False


class Workplace:
    """`agent`: the work number of whoever sits here; "" nobody. `parts`: all that the window of this seat does."""

    def __init__(self, settings: Settings, central: CentralAccess) -> None:
        self.name, self._agent, self._settings = settings.seat.name, "", settings
        self._central = central
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.store = Store.open(settings.store_file, FakeSecrets({"store": _KEY}))
        self.log = SqlChangeLog(self.store)
        stop = threading.Event()
        links = _Alone()
        self.parts = window_parts(settings, self.store, links, Life(lambda: None, lambda: None, stop))
        self.machine = SeatAuthor(self.name, lambda: self.name, now, new_id, self.log.base_seq, self.log.newest_unsent)
        self._tickets, self._tasks, self._residents = (
            SqlTickets(self.store),
            SqlTasks(self.store),
            SqlResidents(self.store),
        )
        self._mending = mending_workers(settings, self.store, lambda _entities: None)
        self._side = SeatSide.of(self.store, self.name, new_id, gentle=lambda: False)
        self._connection: psycopg.Connection[Any] | None = None
        self._session: Session | None = None

    # What its window does

    @property
    def moves(self) -> MoveTicket:
        return _there(self.parts.ticket).moves

    @property
    def work(self) -> WorkThrough:
        return _there(self.parts.work).work

    @property
    def promises(self) -> KeepPromises:
        return _there(self.parts.work).promises

    @property
    def incidents(self) -> IncidentUses:
        return self.parts.incidents

    @cached_property
    def dispatch(self) -> Dispatch:
        return _there(self.parts.dispatch)().dispatch

    @cached_property
    def follow_up(self) -> FollowUpWork:
        return _there(self.parts.follow_ups)().work

    @cached_property
    def warnings(self) -> WarningUses:
        return _there(self.parts.warnings)()

    @cached_property
    def knowledge(self) -> KnowledgeUses:
        return _there(self.parts.knowledge)()

    @cached_property
    def shift(self) -> ShiftUses:
        return _there(self.parts.shift)()

    @cached_property
    def answers(self) -> AnswerForHandler:
        """As the command that takes handlers' messages has it."""
        rules = DispatchRules(Policies(self._settings, None))
        secret = ReplySecret(lambda: FakeSecrets({}))
        return answers(self._settings, self.store, self._tickets, self.moves, rules, secret)

    # Who sits here

    @property
    def agent(self) -> str:
        return self._agent

    def sit_down(self, agent: str) -> None:
        """ "" they have left."""
        self._agent = agent
        self.parts.author(agent)

    @contextlib.contextmanager
    def sits(self, somebody: str) -> Iterator[None]:
        """For a moment, at this seat."""
        before = self._agent
        self.sit_down(somebody)
        try:
            yield
        finally:
            self.sit_down(before)

    # What is there

    def ticket(self, ticket_id: TicketId) -> Ticket:
        found = self._tickets.get(ticket_id)
        if found is None:
            raise LookupError(ticket_id)
        return found

    def task(self, task_id: TaskId) -> Task | None:
        return self._tasks.get(task_id)

    def tasks(self, ticket_id: TicketId) -> list[Task]:
        return list(self._tasks.of_ticket(ticket_id))

    def number_of(self, ticket_id: TicketId) -> str:
        return self.ticket(ticket_id).number

    def phone_of(self, staff_id: StaffId) -> str:
        return next((one.phone for one in self._residents.staff() if one.staff_id == staff_id), "")

    def household(self, household_id: str) -> Household | None:
        return self._residents.households([HouseholdId(household_id)]).get(HouseholdId(household_id))

    def building_of(self, household_id: str) -> BuildingId | None:
        found = self.household(household_id)
        return found.building_id if found else None

    def notices_now(self) -> list[Notice]:
        return SqlNotices(self.store).current(now())

    def rows(self, entity: str) -> list[tuple[object, ...]]:
        with self.store.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{entity}"')]  # noqa: S608

    def open_of(self, day: date) -> int:
        """Tickets registered on this day or before that are open still."""
        return self._count(
            "SELECT count(*) FROM ticket WHERE registered_at < ? AND stage NOT IN ('closed', 'cancelled', 'joined')",
            to_text(datetime.combine(day + timedelta(days=1), time(), CHINA)),
        )

    def answered_without_ticket(self, since: datetime, until: datetime) -> int:
        return self._count(
            "SELECT count(*) FROM call WHERE offered_at BETWEEN ? AND ? AND outcome = 'answered' AND ticket_id IS NULL",
            to_text(since),
            to_text(until),
        )

    def left_open(self) -> dict[str, int]:
        """What is open of each kind that somebody has to do something about."""
        return {
            "promise": self._count("SELECT count(*) FROM promise WHERE coalesce(state, 'open') = 'open'"),
            "follow_up": self._count("SELECT count(*) FROM follow_up WHERE state = 'due'"),
            "warning": self._count("SELECT count(*) FROM warning WHERE step NOT IN ('closed', 'withdrawn')"),
            "question": self._count("SELECT count(*) FROM question WHERE state IN ('open', 'answered')"),
        }

    def waits_for_answer(self, ticket_id: TicketId) -> bool:
        query = "SELECT count(*) FROM question WHERE ticket_id = ? AND state IN ('open', 'answered')"
        return self._count(query, ticket_id) > 0

    def _count(self, query: str, *values: str) -> int:
        with self.store.read() as connection:
            return int(connection.exec_driver_sql(query, values).scalar_one())

    def settle(self) -> None:
        """What the background service does beside the exchange."""
        for _name, work_once in self._mending:
            work_once()

    # The exchange

    @property
    def unsent(self) -> int:
        return self._side.outbox.unsent_count()

    @property
    def refused(self) -> int:
        return self._side.outbox.refused_count()

    def exchange(self) -> bool:
        """Until nothing is left to bring or to take; False where the centre is away."""
        try:
            session = self._session or self._open()
            while session.round().more or session.fills():
                pass
        except (CentralFault, GoneStale, psycopg.Error):
            self._hang_up()
            return False
        return True

    def close(self) -> None:
        self._hang_up()
        self.store.close()

    def _open(self) -> Session:
        self._connection = connect(self._central, "exchange")
        session = Session(self._side, self._connection)
        session.open()
        self._session = session
        return session

    def _hang_up(self) -> None:
        with contextlib.suppress(psycopg.Error):
            if self._session is not None:
                self._session.close()
            if self._connection is not None:
                self._connection.close()
        self._session = self._connection = None
