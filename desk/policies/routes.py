"""The routes of dispatching, read from routes.toml: who gets which work, who stands in, at which hours. A table that is
wrong in itself (a line to nobody, a backup that goes in a circle) is not used, and told with file and line; what does
not fit the people and places there are is told by `remarks_on` and used all the same. Reads files, off the ui's
thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import time

from desk.domain.routes import (
    ARROW,
    Days,
    Fault,
    Hours,
    Register,
    Route,
    RouteTable,
    TableFault,
    Who,
    faults_against,
    faults_within,
)
from desk.i18n import _
from desk.policies.files import Policy, PolicyFolders, Wrong, read_policy

NAME = "routes"


@dataclass(frozen=True, kw_only=True)
class RawHours:
    start: str = "00:00"
    until: str = "00:00"
    days: Days = Days.ALL


@dataclass(frozen=True, kw_only=True)
class RawRoute:
    category: str = ""
    area: str = ""
    hours: str = ""
    handler: str = ""
    backup: str = ""
    lead: str = ""
    trade: str = ""
    who: Who = Who.NAMED


@dataclass(frozen=True, kw_only=True)
class RawRoutes:
    hours: Mapping[str, RawHours] = field(default_factory=dict)
    backups: Mapping[str, str] = field(default_factory=dict)
    route: tuple[RawRoute, ...] = ()


@dataclass(frozen=True)
class Routes:
    """`backup_lines`: work number -> the line that names its backup."""

    table: RouteTable = field(default_factory=RouteTable)
    backup_lines: Mapping[str, int] = field(default_factory=dict)


def read_routes(folders: PolicyFolders) -> Policy[Routes]:
    """Raises `PolicyError` where the shipped file is broken."""
    return read_policy(folders, NAME, RawRoutes, _build)


def remarks_on(routes: Routes, register: Register) -> tuple[str, ...]:
    """What does not fit the people, places and categories there are: a sentence each, with file and line."""
    table = routes.table
    found = faults_against(table, register, routes.backup_lines)
    return tuple(f"{table.file}:{one.line}: {reason(one)}" if one.line else reason(one) for one in found)


def _build(raw: RawRoutes, wrong: Wrong) -> Routes:
    hours = {name: _hours(name, one, wrong) for name, one in raw.hours.items()}
    lines = [wrong(("route", index), "").line for index in range(len(raw.route))]
    routes = tuple(
        Route(one.category, one.area, one.hours, one.handler, one.backup, one.lead, one.trade, one.who, line)
        for one, line in zip(raw.route, lines, strict=True)
    )
    file = str(wrong(("route",), "").file) if raw.route else ""
    table = RouteTable(routes, hours, {key: value for key, value in raw.backups.items() if value}, file)
    backup_lines = {number: wrong(("backups", number), "").line for number in table.backups}
    for fault in faults_within(table, backup_lines)[:1]:
        raise wrong(_path(fault, lines, wrong), reason(fault))
    return Routes(replace(table, hours=hours), backup_lines)


def _hours(name: str, raw: RawHours, wrong: Wrong) -> Hours:
    read = {}
    for key, text in (("start", raw.start), ("until", raw.until)):
        try:
            read[key] = time.fromisoformat(text)
        except ValueError as error:
            raise wrong(("hours", name, key), _('an hour is written "08:30"')) from error
        if read[key].tzinfo is not None:
            raise wrong(("hours", name, key), _('an hour is written "08:30"'))
    return Hours(name, read["start"], read["until"], raw.days)


def _path(fault: TableFault, lines: Sequence[int], wrong: Wrong) -> tuple[str | int, ...]:
    if fault.fault is Fault.CIRCLE:
        circle = [("backups", number) for number in fault.what.split(ARROW)]
        return latest(circle, wrong)
    index = lines.index(fault.line)
    key = {Fault.OWN_BACKUP: "backup", Fault.NO_HOURS: "hours", Fault.NOBODY: "handler"}.get(fault.fault)
    return ("route", index, key) if key else ("route", index)


def latest(paths: Sequence[tuple[str | int, ...]], wrong: Wrong) -> tuple[str | int, ...]:
    """Of several places that are wrong together the last one in the last file, which made them so."""
    last_file = wrong((), "").file
    told = [(wrong(path, ""), path) for path in paths]
    return max(told, key=lambda one: (one[0].file == last_file, one[0].line))[1]


def reason(fault: TableFault) -> str:
    """In the person's language."""
    return {
        Fault.NOBODY: _("this route leads to nobody: name a handler, or who = on_duty or area_assistant"),
        Fault.NOT_ON_STAFF: _("nobody has the work number {what}").format(what=fault.what),
        Fault.LEFT: _("{what} has left; name somebody else").format(what=fault.what),
        Fault.OWN_BACKUP: _("{what} cannot be their own backup").format(what=fault.what),
        Fault.CIRCLE: _("these backups go in a circle: {what}").format(what=fault.what),
        Fault.TWICE: _("another route is for the same: {what}").format(what=fault.what or "-"),
        Fault.NO_CATEGORY: _("there is no category {what}").format(what=fault.what),
        Fault.NO_AREA: _("no building is in the area {what}").format(what=fault.what),
        Fault.NO_HOURS: _("there are no hours called {what}").format(what=fault.what),
        Fault.NOT_COVERED: _("no route takes {what} everywhere and at any hour").format(what=fault.what),
    }[fault.fault]
