"""What the banner and the page of incidents and notices show, as values. No Qt; pure functions; time and zone are
arguments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import assert_never

from desk.domain.estate import Building
from desk.domain.identity import HouseholdId
from desk.domain.incidents import IncidentState
from desk.domain.notices import Notice
from desk.domain.numbers import read_number
from desk.domain.promises import Promise, PromiseState
from desk.domain.radar import Alarm
from desk.i18n import _, ngettext
from desk.ui.after.incidents import words
from desk.ui.rows_presenter import CategoryName, Row, short_time

PlaceName = Callable[[str], str]  # building id -> its name as it is shown


@dataclass(frozen=True, slots=True)
class Tongue:
    """How names and times are said."""

    category: CategoryName
    place: PlaceName
    now: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class BannerView:
    """`id`: of the incident. `grave`: nobody has said anything yet."""

    id: str
    what: str
    more: str
    grave: bool
    others: int = 0


def banner(alarms: Sequence[Alarm], put_away: frozenset[str], tongue: Tongue) -> BannerView | None:
    """The newest that nobody has confirmed, else the newest confirmed one that was not put away at this seat."""
    shown = [one for one in alarms if not (one.is_confirmed and one.id in put_away)]
    if not shown:
        return None
    first = next((one for one in shown if not one.is_confirmed), shown[0])
    name = f"{tongue.place(first.building_id)} {tongue.category(first.category)}"
    since = short_time(first.first_at, tongue.now, tongue.zone)
    if first.is_confirmed and first.incident is not None:
        what = _("Incident: {name}").format(name=name)
        more = _("Say: {reply}").format(reply=first.incident.reply) if first.incident.reply else ""
    else:
        what = _("One fault? {name}").format(name=name)
        more = _("{homes} reported it since {time}").format(homes=words.homes(first.reporters), time=since)
    return BannerView(first.id, what, more, not first.is_confirmed, len(shown) - 1)


def alarm_target(alarm: Alarm) -> str:
    return f"incident:{alarm.id}"


def notice_target(notice: Notice) -> str:
    return f"notice:{notice.notice_id}"


def alarm_row(alarm: Alarm, tongue: Tongue) -> Row:
    state = alarm.incident.state if alarm.incident else IncidentState.SEEN
    name = f"{tongue.place(alarm.building_id)} {tongue.category(alarm.category)}"
    since = _("{homes}, since {time}").format(
        homes=words.homes(alarm.reporters), time=short_time(alarm.first_at, tongue.now, tongue.zone)
    )
    tone = "accent" if alarm.is_confirmed else "danger"
    return Row(words.state(state), name, since, alarm_target(alarm), tone)


def notice_row(notice: Notice, tongue: Tongue) -> Row:
    now = tongue.now
    if notice.until <= max(now, notice.start):
        lead, tone = _("ended"), ""
    elif notice.start > now:
        lead, tone = _("to come"), "accent"
    else:
        lead, tone = _("now"), "warn"
    where = scope(notice, tongue)
    return Row(lead, f"{notice.title} · {where}", words.span(notice.start, notice.until, now, tongue.zone),
               notice_target(notice), tone)  # fmt: skip


def notice_order(notices: Sequence[Notice], now: datetime) -> list[Notice]:
    """Those that stand, those to come with the next one first, those that have ended."""
    standing = [one for one in notices if one.start <= now < one.until]
    coming = [one for one in notices if one.start > now and one.until > one.start]
    rest = [one for one in notices if one not in standing and one not in coming]
    return [*standing, *sorted(coming, key=lambda one: one.start), *sorted(rest, key=lambda one: one.until)[::-1]]


def scope(notice: Notice, tongue: Tongue) -> str:
    if not notice.building_ids:
        return _("the whole estate")
    names = [tongue.place(building) for building in notice.building_ids]
    if len(names) > 4:
        rest = ngettext("and {n} more", "and {n} more", len(names) - 4).format(n=len(names) - 4)
        return f"{_(', ').join(names[:4])} {rest}"
    return _(", ").join(names)


@dataclass(frozen=True, slots=True)
class IncidentView:
    """What stands below the list for the incident that is chosen. `reports`, `call_backs`: one line each."""

    title: str
    says: str
    reply: str
    reports: tuple[str, ...]
    call_backs: tuple[str, ...]
    confirmed: bool
    ticket_id: str


def incident(
    alarm: Alarm,
    reply: str,
    call_backs: Sequence[Promise],
    tongue: Tongue,
    homes: Mapping[HouseholdId, tuple[str, str]] = MappingProxyType({}),
) -> IncidentView:
    """`homes`: of those to be called who left no number, their place in words and a number of the household."""
    name = f"{tongue.place(alarm.building_id)} {tongue.category(alarm.category)}"
    waiting = sum(one.state is PromiseState.OPEN for one in call_backs)
    says = _("Not confirmed yet. Confirming makes one ticket for the building; the reports become part of it.")
    if alarm.is_confirmed and alarm.incident is not None:
        by = alarm.incident.confirmed_by
        at = short_time(alarm.incident.confirmed_at or alarm.first_at, tongue.now, tongue.zone)
        left = ngettext("{n} still to be called back", "{n} still to be called back", waiting).format(n=waiting)
        says = _("Confirmed by {who} at {time}; {left}.").format(who=by, time=at, left=left)
    reports = tuple(
        " · ".join(
            part
            for part in (
                short_time(one.at, tongue.now, tongue.zone),
                one.caller_name,
                read_number(one.number).shown or one.number,
                tongue.category(one.category) if one.category != alarm.category else "",
            )
            if part
        )
        for one in alarm.reports
    )
    backs = tuple(_call_back(one, tongue, homes) for one in call_backs)
    ticket = alarm.incident.ticket_id if alarm.incident and alarm.incident.ticket_id else ""
    return IncidentView(name, says, reply, reports, backs, alarm.is_confirmed, ticket)


def _call_back(one: Promise, tongue: Tongue, homes: Mapping[HouseholdId, tuple[str, str]]) -> str:
    place, home = homes.get(one.household_id, ("", "")) if one.household_id else ("", "")
    number = read_number(one.number).shown or one.number
    if not number:
        known = read_number(home).shown or home
        number = _("no number; the household: {number}").format(number=known) if known else _("no number to call")
        number = f"{place} · {number}" if place else number
    who = " ".join(part for part in (one.caller_name, number) if part)
    match one.state:
        case PromiseState.OPEN:
            return _("{who} · call back by {time}").format(
                who=who, time=short_time(one.due_at, tongue.now, tongue.zone)
            )
        case PromiseState.KEPT:
            return _("{who} · called").format(who=who)
        case PromiseState.RELEASED:
            return _("{who} · no longer").format(who=who)
        case _:
            assert_never(one.state)


def at_building(alarms: Sequence[Alarm], building: Building | None) -> Alarm | None:
    """The confirmed incident of the caller's building, the newest."""
    if building is None:
        return None
    return next((one for one in alarms if one.is_confirmed and one.building_id == building.building_id), None)
