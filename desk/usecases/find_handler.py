"""Who could take a piece of work, as it is seen before somebody is chosen: those whom the route names, in the turn in
which they are asked, then everybody else, those with the least to do first; each with what they have on hand and
whether they were tried. The route follows from category, area and hour; at night and on holidays from the duty roster.

A line that leads to nobody (they have left, the roster is empty) is told with the table's file and line, and the next
in turn stands first: work is never held up by a table. Worker's thread; a handful of indexed reads."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum

from desk.domain.attempts import Attempt
from desk.domain.clocks import Clocks
from desk.domain.dispatching import DispatchPolicy, Pursuit, in_vain, is_given_up, pursue
from desk.domain.duty_roster import on_duty
from desk.domain.estate import Building, Duty, Staff
from desk.domain.identity import StaffId, TaskId
from desk.domain.routes import Asked, IsWorkingDay, Part, Route, RouteTable, Who
from desk.domain.shifts import DutyTurn, Post
from desk.domain.tasks import OPEN_TASKS, Task, TaskStage
from desk.domain.tickets import Ticket
from desk.domain.workload import Workload
from desk.usecases.estate_map import EstateMap
from desk.usecases.ports import Clock, Tickets
from desk.usecases.read_workload import ReadWorkload
from desk.usecases.task_ports import Attempts, DutyTurns, Tasks

TAKES_WORK = frozenset({Duty.HANDLER, Duty.AREA_ASSISTANT})


class Why(Enum):
    """What is wrong with where the route leads."""

    NO_ROUTE = "no_route"  # no line for this
    NOBODY_ON_DUTY = "nobody_on_duty"
    NO_ASSISTANT = "no_assistant"  # the area has none
    NOT_ON_STAFF = "not_on_staff"  # `who`
    LEFT = "left"  # `who`
    NOBODY = "nobody"  # nobody of the line can be asked


@dataclass(frozen=True, slots=True)
class RouteTrouble:
    """`who`: a work number. `file`, `line`: of the route; "" and 0 where there is none."""

    why: Why
    who: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who could take it. `part` None: the route does not name them. `tries`: in vain, since last reached;
    `given_up`: so often that somebody else is asked first."""

    staff: Staff
    part: Part | None
    on_duty: bool
    load: Workload
    tries: int = 0
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """`task`: the one that is to be sent, or was sent and is waited for; None: a first one is made. `pursuit`: who is
    to be called about it now. `limit`: the internal limit that is proposed."""

    choices: tuple[Choice, ...]
    limit: datetime
    route: Route | None = None
    task: Task | None = None
    tasks: tuple[Task, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    pursuit: Pursuit | None = None
    troubles: tuple[RouteTrouble, ...] = ()

    def backup_of(self, staff_id: StaffId) -> StaffId | None:
        """Who is asked after this one, the lead left out."""
        after = [c for c in self.choices if c.part in (Part.HANDLER, Part.BACKUP) and c.staff.staff_id != staff_id]
        return after[0].staff.staff_id if after else None

    @property
    def lead_id(self) -> StaffId | None:
        return next((c.staff.staff_id for c in self.choices if c.part is Part.LEAD), None)


@dataclass(frozen=True, kw_only=True)
class HandlerParts:
    """`tables`, `policies`: of an estate, by its name ("" = the company's)."""

    tables: Callable[[str], RouteTable]
    policies: Callable[[str], DispatchPolicy]
    clocks: Clocks
    is_working_day: IsWorkingDay
    tickets: Tickets
    tasks: Tasks
    attempts: Attempts
    turns: DutyTurns
    estate_map: EstateMap
    workload: ReadWorkload
    clock: Clock
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class _Routed:
    route: Route | None
    asked: tuple[tuple[Staff, Part], ...]
    on_duty: frozenset[str]
    troubles: tuple[RouteTrouble, ...]


class FindHandler:
    def __init__(self, parts: HandlerParts) -> None:
        self._parts = parts

    def propose(self, ticket: Ticket, task_id: TaskId | None = None) -> Proposal:
        """For this task of the ticket, else for the one whose turn it is."""
        parts, now = self._parts, self._parts.clock()
        tasks = tuple(parts.tasks.of_ticket(ticket.ticket_id))
        task = _task(tasks, task_id)
        attempts = tuple(parts.attempts.of_ticket(ticket.ticket_id))
        building = parts.estate_map.building(ticket.building_id)
        estate = self.estate_of(ticket)
        policy = parts.policies(estate)
        routed = self._routed(ticket, building, parts.tables(estate), task.trade if task else "", now)
        tried = [one for one in attempts if task is not None and one.task_id == task.task_id]
        choices = self._choices(routed, tried, policy, building)
        asked = [staff.staff_id for staff, _part in routed.asked]
        if task is not None and task.backup_id is not None and task.backup_id not in asked:
            asked.insert(0, task.backup_id)
        pursuit = pursue(task, asked, tried, policy, ticket.priority, now) if task is not None else None
        return Proposal(
            choices=choices,
            limit=policy.limit(ticket, parts.clocks.of(ticket), now),
            route=routed.route,
            task=task,
            tasks=tasks,
            attempts=attempts,
            pursuit=pursuit,
            troubles=routed.troubles,
        )

    def policy_of(self, ticket: Ticket) -> DispatchPolicy:
        return self._parts.policies(self.estate_of(ticket))

    def estate_of(self, ticket: Ticket) -> str:
        """The name of the estate that a ticket's place is in; of a place without a building where there is only one
        estate, else ""."""
        view = self._parts.estate_map.view()
        building = view.buildings.get(ticket.building_id or "")
        if building is not None and building.estate_id in view.estates:
            return view.estates[building.estate_id].name
        names = [estate.name for estate in view.estates.values()]
        return names[0] if len(names) == 1 else ""

    def _routed(
        self, ticket: Ticket, building: Building | None, table: RouteTable, trade: str, now: datetime
    ) -> _Routed:
        parts = self._parts
        area = building.area if building else ""
        local = now.astimezone(parts.zone)
        turns = parts.turns.on_duty(now)
        duty_now = frozenset(turn.who for turn in turns if turn.post is Post.HANDLER)
        route = table.route_for(ticket.category, area, local, parts.is_working_day)
        if route is None:
            return _Routed(None, (), duty_now, (RouteTrouble(Why.NO_ROUTE),) if table.routes else ())
        found, trouble = self._found(route, building, area, turns, now, trade)
        troubles = [RouteTrouble(trouble, file=table.file, line=route.line)] if trouble else []
        by_number = _by_number(parts.estate_map.view().staff.values())
        asked = []
        named = list(table.asked(route, found))
        if not any(one.part is Part.LEAD for one in named):
            known = {one.number for one in named}
            leads = on_duty(turns, now, Post.LEAD, "", area)
            named += [Asked(number, Part.LEAD) for number in leads if number not in known]
        for one in named:
            staff = by_number.get(one.number)
            if staff is None or not staff.active:
                why = Why.LEFT if staff else Why.NOT_ON_STAFF
                troubles.append(RouteTrouble(why, one.number, table.file, route.line))
            else:
                asked.append((staff, one.part))
        if not asked:
            troubles.append(RouteTrouble(Why.NOBODY, "", table.file, route.line))
        return _Routed(route, tuple(_first_is_handler(asked)), duty_now, tuple(troubles))

    def _found(
        self,
        route: Route,
        building: Building | None,
        area: str,
        turns: Sequence[DutyTurn],
        now: datetime,
        trade: str,
    ) -> tuple[tuple[str, ...], Why | None]:
        """Whom a line means that does not name its handler, and what is wrong where it means nobody."""
        match route.who:
            case Who.NAMED:
                return (), None
            case Who.ON_DUTY:
                found = on_duty(turns, now, Post.HANDLER, trade or route.trade, area)
                return found, None if found else Why.NOBODY_ON_DUTY
            case Who.AREA_ASSISTANT:
                assistant = self._parts.estate_map.assistant_of(building)
                return ((assistant.number,), None) if assistant else ((), Why.NO_ASSISTANT)

    def _choices(
        self, routed: _Routed, tried: Sequence[Attempt], policy: DispatchPolicy, building: Building | None
    ) -> tuple[Choice, ...]:
        view = self._parts.estate_map.view()
        part_of = {staff.staff_id: part for staff, part in routed.asked}
        takers = [one for one in view.staff.values() if one.active and one.duty in TAKES_WORK]
        others = [one for one in takers if one.staff_id not in part_of]
        loads = self._parts.workload.of([*part_of, *(one.staff_id for one in others)])
        assistant = self._parts.estate_map.assistant_of(building)

        def choice(staff: Staff) -> Choice:
            return Choice(
                staff,
                part_of.get(staff.staff_id),
                staff.number in routed.on_duty,
                loads[staff.staff_id],
                in_vain(tried, staff.staff_id),
                is_given_up(tried, staff.staff_id, policy),
            )

        def order(one: Choice) -> tuple[bool, bool, int, str]:
            return not one.on_duty, one.staff != assistant, one.load.open, one.staff.number

        named = [choice(staff) for staff, _part in routed.asked]
        return (*named, *sorted(map(choice, others), key=order))


def _task(tasks: Sequence[Task], task_id: TaskId | None) -> Task | None:
    """The one that is asked for; else one that was given back, one that waits to be sent, one that was sent."""
    if task_id is not None:
        return next((task for task in tasks if task.task_id == task_id), None)
    for stage in (TaskStage.RETURNED, TaskStage.WAITING, TaskStage.DISPATCHED):
        found = next((task for task in tasks if task.stage is stage), None)
        if found is not None:
            return found
    return next((task for task in tasks if task.stage in OPEN_TASKS), None)


def _by_number(staff: Iterable[Staff]) -> dict[str, Staff]:
    """Those who work here before those who left: a work number may have been given to somebody else."""
    return {one.number: one for one in sorted(staff, key=lambda one: one.active)}


def _first_is_handler(asked: Sequence[tuple[Staff, Part]]) -> list[tuple[Staff, Part]]:
    """Where the handler is gone, the first of those who are left stands in."""
    if not asked or any(part is Part.HANDLER for _staff, part in asked):
        return list(asked)
    return [(asked[0][0], Part.HANDLER), *asked[1:]]
