"""`desk demo --day`: the scripted day. Three seats, each with its own store and all that its window does, exchange over
a real PostgreSQL; 300 calls come, handlers and residents answer or do not, the server is away for two hours, a shift is
handed over, and the work goes on on the following days until nothing is open. Time is the run's own. What has to hold
is checked at the end, against the rows at every seat and at the centre."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from desk.compose.clock import take_time_from
from desk.demo.data import sample
from desk.demo.day.agenda import Agenda
from desk.demo.day.findings import Day, judge
from desk.demo.day.outside import Handlers, Residents
from desk.demo.day.plan import CALLS, PlannedCall, day_end, day_start, plan_day
from desk.demo.day.shift_work import Shifts
from desk.demo.day.taking_calls import TakingCalls
from desk.demo.day.working import Working
from desk.demo.day.workplace import Workplace, day_settings
from desk.demo.history import Caller
from desk.demo.postgres import PostgresMissing, PrivatePostgres, private_postgres
from desk.demo.report import Report
from desk.domain.working_time import CHINA
from desk.i18n import _
from desk.store.residents import SqlResidents
from desk.sync.central import admin
from desk.sync.central.access import CentralAccess

THE_DAY = date(2026, 11, 9)  # a Monday without holidays near
SEED = 9
DATABASE = "desk"
PASSWORD = "only-for-this-run"  # noqa: S105 - of a server that lives for this run only
SUPERVISOR = "9001"
FIRST_SHIFT, SECOND_SHIFT = ("1001", "1002", "1003"), ("1004", "1005", "1006")
CHANGES_AT = time(14, 15)
AWAY_FROM, AWAY_UNTIL = time(14, 30), time(16, 30)  # the server
REPAIRED_AT = (time(12, 30), time(19, 45))  # the incidents
EXCHANGE_EVERY = timedelta(minutes=15)
WORK_EVERY = timedelta(minutes=15)
LATER_EVERY = timedelta(minutes=90)  # on the days after
AT_A_TIME = 12  # things of "what is next" between calls
LAST_DAY = timedelta(days=35)


def play_day(folder: Path, households: int, report: Report, calls: int = CALLS) -> None:
    """Every outcome goes to `report`. `households`: 180 at least."""
    with contextlib.ExitStack() as cleanup:
        report.step(_("Starting a database, private and on loopback"))
        servers = folder / "servers"
        servers.mkdir(parents=True)
        try:
            central = cleanup.enter_context(private_postgres(servers))
        except PostgresMissing:
            report.check(False, _("PostgreSQL is not installed here: the day needs it"))
            return
        central.create_database(DATABASE)
        admin.init(admin.Owner(central.admin_url(DATABASE)), lambda _line: None)
        agenda = Agenda(day_start(THE_DAY) - timedelta(minutes=10))
        take_time_from(agenda.now)
        cleanup.callback(take_time_from, None)
        report.step(_("Making a sample estate of {count} households").format(count=f"{households:,}"))
        hotline = cleanup.enter_context(_hotline(folder, central, agenda, households))
        _Run(agenda, central, hotline, report, calls).play()


class _Hotline:
    """The seats, and who there is to call."""

    def __init__(self, seats: Sequence[Workplace], callers: Sequence[Caller]) -> None:
        self.seats, self.callers = seats, callers


@contextlib.contextmanager
def _hotline(folder: Path, central: PrivatePostgres, agenda: Agenda, households: int) -> Iterator[_Hotline]:
    changes, callers = sample(households, SEED, agenda.now())
    with contextlib.ExitStack() as cleanup:
        seats = []
        for number in (1, 2, 3):
            name = f"S{number:02d}"
            central.create_role(f"seat{number}", PASSWORD)
            access = CentralAccess(
                "127.0.0.1", central.port, DATABASE, f"seat{number}", lambda: PASSWORD, central.ca_file
            )
            seats.append(Workplace(day_settings(name, folder / name), access))
            cleanup.callback(seats[-1].close)
        seats[0].log.append_bulk(changes)
        seats[0].knowledge.knowledge.take_in(seats[0].knowledge.shipped())
        for seat in seats:
            if not seat.exchange():
                raise RuntimeError(f"{seat.name} cannot reach the centre")
        yield _Hotline(seats, callers)


class _Run:
    def __init__(self, agenda: Agenda, central: PrivatePostgres, hotline: _Hotline, report: Report, calls: int) -> None:
        self._agenda, self._central, self._report = agenda, central, report
        self._seats = hotline.seats
        handlers, residents = Handlers(SEED), Residents(SEED + 1)
        self._working = Working(agenda, handlers, residents, SUPERVISOR)
        self._taking = TakingCalls(agenda, self._working, SEED + 2)
        self._shifts = Shifts(agenda, self._seats)
        self._free_at = {seat.name: agenda.now() for seat in self._seats}
        self._plan = self._planned(hotline.callers, calls)
        self._away = False

    def play(self) -> None:
        agenda, report = self._agenda, self._report
        start, end = day_start(THE_DAY), day_end(THE_DAY)
        report.step(_("Three seats open for {count} calls").format(count=len(self._plan)))
        agenda.at(start - timedelta(minutes=4), lambda: self._shifts.begin(FIRST_SHIFT))
        for call in self._plan:
            agenda.at(call.at, lambda call=call: self._ring(call))  # type: ignore[misc]
        self._every(EXCHANGE_EVERY, start, end, self._exchange)
        self._every(WORK_EVERY, start, end, self._work)
        agenda.at(_at(THE_DAY, CHANGES_AT), lambda: self._shifts.change(SECOND_SHIFT))
        for hour in REPAIRED_AT:
            agenda.at(_at(THE_DAY, hour), self._all_over)
        agenda.at(_at(THE_DAY, AWAY_FROM), self._server_away)
        agenda.at(_at(THE_DAY, AWAY_UNTIL), self._server_back)
        agenda.run_until(end)
        report.step(_("The hotline closes; the monitoring centre takes over"))
        self._shifts.end(FIRST_SHIFT)
        self._exchange()
        self._exchange()  # the first seat has what the last one brought
        judge(self._found(), self._taking.counts, self._working, report, is_first=True)
        self._following_days()
        judge(self._found(), self._taking.counts, self._working, report, is_first=False)

    def _found(self) -> Day:
        return Day(self._seats, self._central, DATABASE, THE_DAY, self._agenda.now())

    def _planned(self, callers: Sequence[Caller], calls: int) -> list[PlannedCall]:
        residents = SqlResidents(self._seats[0].store)
        buildings = {one.code: str(one.building_id) for one in residents.buildings()}
        notices = self._seats[0].notices_now()
        noticed = [str(building) for notice in notices for building in notice.building_ids]
        return plan_day(callers, buildings, noticed, THE_DAY, SEED, calls)

    def _every(self, step: timedelta, start: datetime, end: datetime, what: Callable[[], None]) -> None:
        def again() -> None:
            what()
            if self._agenda.now() + step < end:
                self._agenda.at(self._agenda.now() + step, again)

        self._agenda.at(start, again)

    def _ring(self, call: PlannedCall) -> None:
        """At the seat that has been free for the longest; where none is, it waits for the first."""
        seat = min(self._seats, key=lambda one: self._free_at[one.name])
        free_at = self._free_at[seat.name]
        if free_at > self._agenda.now():
            self._agenda.at(free_at, lambda: self._ring(call))
            return
        self._tell(seat)
        busy_s = self._taking.take(seat, call)
        self._tell(seat)
        self._free_at[seat.name] = self._agenda.now() + timedelta(seconds=busy_s)
        self._look_for_incidents(seat)

    def _look_for_incidents(self, seat: Workplace) -> None:
        """The radar's banner, and the one key that makes of it a ticket."""
        watching, confirming = seat.incidents.watching, seat.incidents.confirming
        alarms = watching.look()
        watching.note(alarms)
        for alarm in alarms:
            if alarm.incident is None or alarm.incident.ticket_id is None:
                confirming.confirm(alarm)
                self._working.done["incident confirmed"] += 1

    def _all_over(self) -> None:
        """What many reported is repaired: whoever called is told."""
        seat = self._seats[0]
        for alarm in seat.incidents.watching.look():
            if alarm.incident is not None and alarm.incident.over_at is None:
                seat.incidents.confirming.over(alarm.incident.incident_id, "已恢复正常。")

    def _work(self) -> None:
        for seat in self._seats:
            self._work_at(seat)

    def _work_at(self, seat: Workplace) -> None:
        """At once, or when the call that runs there is over."""
        free_at = self._free_at[seat.name]
        if free_at > self._agenda.now():
            self._agenda.at(free_at, lambda: self._work_at(seat))
        elif seat.agent:
            self._tell(seat)
            self._working.work(seat, AT_A_TIME)
            self._tell(seat)

    def _tell(self, seat: Workplace) -> None:
        """A seat brings and takes at once; what others have done meanwhile it knows."""
        if not self._away:
            seat.exchange()

    def _exchange(self) -> None:
        if not self._away:
            for seat in self._seats:
                seat.exchange()
                seat.settle()

    def _server_away(self) -> None:
        self._report.step(_("The server is away for two hours; the calls go on"))
        self._away = True
        self._central.stop()
        reached = [seat.name for seat in self._seats if seat.exchange()]
        self._report.check(not reached, _("No seat reaches it"), ", ".join(reached))

    def _server_back(self) -> None:
        unsent = sum(seat.unsent for seat in self._seats)
        self._central.start()
        self._away = False
        for _again in range(5):  # what two did unseen by each other is mended, and that travels, too
            self._exchange()
        self._report.check(
            unsent > 0 and not any(seat.unsent for seat in self._seats),
            _("What was done meanwhile is at the centre"),
            f"{unsent:,}",
        )

    def _following_days(self) -> None:
        """Without new calls, until nothing is open."""
        day, agents, others = THE_DAY, FIRST_SHIFT, SECOND_SHIFT
        while day < THE_DAY + LAST_DAY and self._seats[0].open_of(THE_DAY):
            day += timedelta(days=1)
            self._agenda.run_until(day_start(day) - timedelta(minutes=4))
            self._shifts.begin(agents)
            self._every(LATER_EVERY, day_start(day), day_end(day), self._work)
            self._agenda.run_until(day_end(day))
            self._exchange()
            self._shifts.end(others)
            agents, others = others, agents
            self._exchange()
            self._report.step(
                _("{day}: {count} still open").format(day=f"{day:%m-%d}", count=self._seats[0].open_of(THE_DAY))
            )
        self._exchange()
        self._report.step(_("All is closed after {count} days").format(count=(day - THE_DAY).days))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, CHINA)
