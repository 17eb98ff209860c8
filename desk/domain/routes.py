"""Who gets a piece of work: routes, a table of category x area x hour -> handler, backup, lead. People stand in it by
their work number (工号), because that is what a company writes down.

The most exact line wins, whatever its place in the file: one for these hours before one for any hour, because at night
the people of the day are at home, however exactly they are named; then by category, then by area. So a company may
write one broad line and refine it where it has to. Where the line says "whoever is on duty", the duty roster is asked
(`desk.domain.duty_roster`).

Who is asked after whom: the handler, the line's own backup, then the backup agreed for each of them, the lead at last;
nobody twice. Pure, any thread."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum

ARROW = " → "
IsWorkingDay = Callable[[date], bool]


class Days(Enum):
    ALL = "all"
    WORKING = "working"
    REST = "rest"  # weekends without make-up days, and holidays


class Part(Enum):
    """As what somebody is asked."""

    HANDLER = "handler"
    BACKUP = "backup"
    LEAD = "lead"


class Who(Enum):
    """Whom a line names."""

    NAMED = "named"  # its handler
    ON_DUTY = "on_duty"  # whoever the duty roster has for its trade
    AREA_ASSISTANT = "area_assistant"  # the one to whom the building's area belongs


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start` to `until`, local time of day; the same = the whole day, `until` before `start` = past midnight. Of
    hours past midnight, what decides `days` is the day on which they began."""

    name: str
    start: time = time(0)
    until: time = time(0)
    days: Days = Days.ALL

    def fit(self, at: datetime, is_working_day: IsWorkingDay) -> bool:
        """`at`: local time."""
        clock, day = at.time(), at.date()
        if self.start < self.until:
            if not self.start <= clock < self.until:
                return False
        elif self.start > self.until:
            if self.until <= clock < self.start:
                return False
            if clock < self.until:
                day -= timedelta(days=1)
        match self.days:
            case Days.ALL:
                return True
            case Days.WORKING:
                return is_working_day(day)
            case Days.REST:
                return not is_working_day(day)


@dataclass(frozen=True, slots=True)
class Route:
    """`category`: a leaf ("repair.water.tap"), a branch ("repair.water"), a kind ("repair") or "" = all. `area` as
    buildings have it, "" = all. `hours`: a name of the table's, "" = at any time. `trade`: what a handler on duty is
    looked for by. `handler` of a line that names the one on duty or the area's assistant is asked where there is
    nobody. `line`: where it stands in its file, 1-based, 0 = in none."""

    category: str = ""
    area: str = ""
    hours: str = ""
    handler: str = ""
    backup: str = ""
    lead: str = ""
    trade: str = ""
    who: Who = Who.NAMED
    line: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who is asked, by work number, and as what."""

    number: str
    part: Part


@dataclass(frozen=True, slots=True)
class RouteTable:
    """`backups`: work number -> the work number of the one agreed on to stand in. `file` is named when something is
    wrong with a line."""

    routes: tuple[Route, ...] = ()
    hours: Mapping[str, Hours] = field(default_factory=dict)
    backups: Mapping[str, str] = field(default_factory=dict)
    file: str = ""

    def route_for(self, category: str, area: str, at: datetime, is_working_day: IsWorkingDay) -> Route | None:
        """The most exact line, the first in the file of equals; None: nobody is named for this. `at`: local time."""
        fitting = [
            route
            for route in self.routes
            if covers(route.category, category)
            and route.area in ("", area)
            and (not route.hours or self.hours[route.hours].fit(at, is_working_day))
        ]
        return max(fitting, key=exactness, default=None)

    def asked(self, route: Route, found_for_it: Sequence[str] = ()) -> tuple[Asked, ...]:
        """Who is asked, in turn. `found_for_it`: work numbers of those on duty, or of the area's assistant, where the
        line asks for them."""
        found: dict[str, Part] = {}
        for number in (*found_for_it, route.handler):
            if number:
                found.setdefault(number, Part.HANDLER if not found else Part.BACKUP)
        for first in (route.backup, *list(found)):
            for number in (first, *self.stand_ins(first)):
                if number:
                    found.setdefault(number, Part.BACKUP)
        if route.lead:
            found.setdefault(route.lead, Part.LEAD)
        return tuple(Asked(number, part) for number, part in found.items())

    def stand_ins(self, number: str) -> list[str]:
        """The agreed backup of this one, and theirs, and so on; nobody twice."""
        found = [number]
        while (number := self.backups.get(number, "")) and number not in found:
            found.append(number)
        return found[1:]


def covers(wanted: str, category: str) -> bool:
    """Whether a branch, kind or leaf takes in this leaf."""
    return not wanted or category == wanted or category.startswith(f"{wanted}.")


def exactness(route: Route) -> tuple[bool, int, bool]:
    depth = route.category.count(".") + 1 if route.category else 0
    return bool(route.hours), depth, bool(route.area)


class Fault(Enum):
    """What is wrong with a table."""

    NOBODY = "nobody"  # a line that names no handler, nor how to find one
    NOT_ON_STAFF = "not_on_staff"  # a work number that nobody has
    LEFT = "left"  # somebody who does not work here any more
    OWN_BACKUP = "own_backup"  # handler and backup are one
    CIRCLE = "circle"  # backups that lead back to where they began
    TWICE = "twice"  # two lines for the same
    NO_CATEGORY = "no_category"
    NO_AREA = "no_area"
    NO_HOURS = "no_hours"
    NOT_COVERED = "not_covered"  # a kind of work that no line takes


@dataclass(frozen=True, slots=True)
class TableFault:
    """`what`: the number, category, area or circle at fault ("H0001 → H0002 → H0001")."""

    line: int
    fault: Fault
    what: str


def faults_within(table: RouteTable, backup_lines: Mapping[str, int]) -> list[TableFault]:
    """What is wrong with the table by itself; with such a fault it is not used. `backup_lines`: work number -> the line
    that names its backup."""
    found: list[TableFault] = []
    seen: set[tuple[str, str, str]] = set()
    for route in table.routes:
        if not route.handler and route.who is Who.NAMED:
            found.append(TableFault(route.line, Fault.NOBODY, route.category))
        if route.handler and route.handler == route.backup:
            found.append(TableFault(route.line, Fault.OWN_BACKUP, route.handler))
        if route.hours and route.hours not in table.hours:
            found.append(TableFault(route.line, Fault.NO_HOURS, route.hours))
        key = (route.category, route.area, route.hours)
        if key in seen:
            found.append(TableFault(route.line, Fault.TWICE, " · ".join(part for part in key if part)))
        seen.add(key)
    found += [
        TableFault(max((backup_lines.get(number, 0) for number in circle), default=0), Fault.CIRCLE, _drawn(circle))
        for circle in circles(table.backups)
    ]
    return sorted(found, key=lambda one: one.line)


def circles(backups: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Backups that lead back to where they began, each circle once, from its first number on."""
    found: dict[frozenset[str], tuple[str, ...]] = {}
    done: set[str] = set()
    for start in backups:
        walked: list[str] = []
        number = start
        while number and number not in done and number not in walked:
            walked.append(number)
            number = backups.get(number, "")
        if number in walked:
            circle = tuple(walked[walked.index(number) :])
            found.setdefault(frozenset(circle), circle)
        done.update(walked)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Register:
    """What a table is held against. `working`, `left`: work numbers of those who work here and who did. `categories`:
    the codes of all leaves. `areas` of all buildings."""

    working: frozenset[str]
    left: frozenset[str]
    categories: frozenset[str]
    areas: frozenset[str]


def faults_against(table: RouteTable, register: Register, backup_lines: Mapping[str, int]) -> list[TableFault]:
    """What does not fit the people, places and categories there are: told, and the table is used all the same, for a
    route to somebody who has left must not keep those of all others from working."""
    found: list[TableFault] = []
    for route in table.routes:
        people = (route.handler, route.backup, route.lead)
        found += _people(people, route.line, register)
        if route.category and not any(covers(route.category, leaf) for leaf in register.categories):
            found.append(TableFault(route.line, Fault.NO_CATEGORY, route.category))
        if route.area and route.area not in register.areas:
            found.append(TableFault(route.line, Fault.NO_AREA, route.area))
    for number, backup in table.backups.items():
        found += _people((number, backup), backup_lines.get(number, 0), register)
    found.sort(key=lambda one: one.line)
    return [*found, *_uncovered(table, register)]


def _people(numbers: Iterable[str], line: int, register: Register) -> list[TableFault]:
    known = register.working | register.left
    return [
        TableFault(line, Fault.LEFT if number in known else Fault.NOT_ON_STAFF, number)
        for number in numbers
        if number and number not in register.working
    ]


def _uncovered(table: RouteTable, register: Register) -> list[TableFault]:
    """Kinds of work for which, somewhere or at some hour, no line stands; of a table that has any lines."""
    if not table.routes:
        return []
    anywhere = [route.category for route in table.routes if not route.area and not route.hours]
    leaves = sorted(leaf for leaf in register.categories if not any(covers(one, leaf) for one in anywhere))
    branches = dict.fromkeys(leaf.rpartition(".")[0] for leaf in leaves)
    return [TableFault(0, Fault.NOT_COVERED, branch) for branch in branches]


def _drawn(circle: Sequence[str]) -> str:
    return ARROW.join((*circle, circle[0]))
