"""The incident radar: several reports of one kind from one building within minutes are one fault. It looks at what was
filed and joined, at every seat for itself, and comes to the same at each as soon as the rows have come. The id of an
incident follows from its building, its kind and the window in which it began: two seats that see the same make one.

A household that calls three times is one that reports. Pure, any thread; a day's reports take a millisecond."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from desk.domain.identity import BuildingId, CallId, HouseholdId, TicketId
from desk.domain.incidents import Incident, IncidentState

_NAMESPACE = uuid.UUID("0b6a3a53-7c2e-5b7f-9c55-2f8f3c0d7a11")


@dataclass(frozen=True, slots=True)
class RadarPolicy:
    """`reports` within `window` raise an incident. `keep`: so long after the last report it is still shown. `together`:
    category -> the one that it counts as (low pressure is no water). `left_out`: kinds, branches and leaves that are
    never an incident. `call_back`: by then those who reported are called back. `replies`: category -> what to tell
    those who call, "" the one for all others; it may hold {category} and {place}. `of_building`: the figures of its
    estate, None where those here hold. `reach`: so far back reports are looked at, whatever the estate."""

    reports: int = 3
    window: timedelta = timedelta(minutes=20)
    keep: timedelta = timedelta(hours=4)
    call_back: timedelta = timedelta(minutes=60)
    together: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ("praise", "suggestion", "business", "inquiry.fees", "inquiry.procedures")
    replies: Mapping[str, str] = field(default_factory=dict)
    answer_category: str = "inquiry.service.outage"
    of_building: "Callable[[str], RadarPolicy | None]" = lambda _building_id: None
    reach: timedelta = timedelta(hours=4, minutes=20)

    def at(self, building_id: str) -> "RadarPolicy":
        """What holds in this building: its estate may have figures of its own."""
        return self.of_building(building_id) or self

    def counts_as(self, category: str) -> str:
        """What reports of this category are counted under, "" where they are not."""
        if not category or any(f"{category}.".startswith(f"{start}.") for start in self.left_out):
            return ""
        return self.together.get(category, category)

    def reply(self, category: str) -> str:
        return self.replies.get(category) or self.replies.get("", "")


@dataclass(frozen=True, slots=True)
class Report:
    """That something was reported: a ticket, or a repeat call that joined one. `category` of the ticket."""

    at: datetime
    building_id: BuildingId
    category: str
    ticket_id: TicketId
    call_id: CallId | None = None
    household_id: HouseholdId | None = None
    number: str = ""
    caller_name: str = ""
    person_id: str | None = None
    seat: str = ""
    stage: str = ""
    incident_id: str | None = None

    @property
    def who(self) -> str:
        """Whoever reports: their home, else their number, else this report alone."""
        return self.household_id or self.number or self.call_id or self.ticket_id


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which reports are worth a second look: in a centre of a hundred seats thousands come in an hour, and nearly all
    of them are the only one of their kind and building. `known`: (building, kind) of incidents that there are."""

    policy: RadarPolicy
    known: frozenset[tuple[str, str]] = frozenset()

    def keep(self, places: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Of the (building, category) of all reports those that may make an incident, or belong to one."""
        counts = Counter(places)
        policies = {building: self.policy.at(building) for building in {place[0] for place in counts}}
        counted: dict[tuple[int, str], str] = {}  # few policies and a few hundred categories: looked up once each
        kinds: dict[tuple[str, str], tuple[str, str]] = {}
        of_kind: Counter[tuple[str, str]] = Counter()
        for building, category in counts:
            policy = policies[building]
            name = (id(policy), category)
            if name not in counted:
                counted[name] = policy.counts_as(category)
            kind = kinds[building, category] = (building, counted[name])
            of_kind[kind] += counts[building, category]
        enough = {kind for kind, count in of_kind.items() if kind[1] and count >= policies[kind[0]].reports}
        return frozenset(place for place, kind in kinds.items() if kind in enough or kind in self.known)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Reports that belong together, oldest first. `incident`: what is known of it already, None where nobody (and no
    seat) has said anything. `id` is the incident's, known or not."""

    id: str
    building_id: BuildingId
    category: str
    reports: tuple[Report, ...]
    incident: Incident | None = None

    @property
    def first_at(self) -> datetime:
        return self.incident.first_at if self.incident else self.reports[0].at

    @property
    def last_at(self) -> datetime:
        return self.reports[-1].at if self.reports else self.first_at

    @property
    def reporters(self) -> int:
        return len({report.who for report in self.reports})

    @property
    def is_confirmed(self) -> bool:
        return self.incident is not None and self.incident.state is IncidentState.CONFIRMED


def incident_id(building_id: str, category: str, first_at: datetime, window: timedelta) -> str:
    """The id of the incident that began in this window. The windows are counted from 1970, so that all seats have the
    same."""
    turn = int(first_at.timestamp() // window.total_seconds())
    return str(uuid.uuid5(_NAMESPACE, f"{building_id}/{category}/{turn}"))


def parent_id(incident: str) -> TicketId:
    """The id of the one ticket that an incident becomes: two seats that make it at once make one."""
    return TicketId(str(uuid.uuid5(_NAMESPACE, f"ticket/{incident}")))


def alarms(reports: Iterable[Report], incidents: Iterable[Incident], policy: RadarPolicy, now: datetime) -> list[Alarm]:
    """What the banner shows now, the newest first: groups of reports that nobody has dismissed or ended, and confirmed
    incidents that are not over."""
    known: dict[tuple[str, str], list[Incident]] = defaultdict(list)
    for incident in sorted(incidents, key=lambda one: (one.first_at, one.incident_id)):
        known[incident.building_id, incident.category].append(incident)
    groups: dict[tuple[str, str], list[Report]] = defaultdict(list)
    for report in sorted(reports, key=lambda one: (one.at, one.ticket_id, one.call_id or "")):
        counted = policy.at(report.building_id).counts_as(report.category)
        if counted:
            groups[report.building_id, counted].append(report)
    found = []
    for key in dict.fromkeys([*groups, *known]):
        alarm = _alarm(key, groups.get(key, []), known.get(key, []), policy.at(key[0]), now)
        if alarm is not None:
            found.append(alarm)
    return sorted(found, key=lambda one: (one.last_at, one.id), reverse=True)


def _alarm(
    key: tuple[str, str], reports: Sequence[Report], known: Sequence[Incident], policy: RadarPolicy, now: datetime
) -> Alarm | None:
    building, category = key
    confirmed = next((one for one in known if one.state is IncidentState.CONFIRMED), None)
    if confirmed is not None:
        since = confirmed.first_at - policy.window
        own = tuple(one for one in reports if one.at >= since and not _is_parent(one, confirmed))
        return Alarm(confirmed.incident_id, BuildingId(building), category, own, confirmed)
    ended = [one.over_at for one in known if one.over_at and one.state is not IncidentState.SEEN]
    after = max(ended, default=None)
    fresh = [one for one in reports if after is None or one.at > after]
    group = _group(fresh, policy)
    if not group or now - group[-1].at > policy.keep:
        return None
    name = incident_id(building, category, group[0].at, policy.window)
    seen = next((one for one in known if one.state is IncidentState.SEEN and _is_near(one, group, policy)), None)
    return Alarm(seen.incident_id if seen else name, BuildingId(building), category, tuple(group), seen)


def _group(reports: Sequence[Report], policy: RadarPolicy) -> list[Report]:
    """The newest run of reports in which `policy.reports` households came within the window, with what came before and
    after without a longer pause than the window. [] where there is none."""
    runs: list[list[Report]] = []
    for report in reports:
        if runs and report.at - runs[-1][-1].at <= policy.window:
            runs[-1].append(report)
        else:
            runs.append([report])
    return next((run for run in reversed(runs) if _is_enough(run, policy)), [])


def _is_enough(run: Sequence[Report], policy: RadarPolicy) -> bool:
    for index, first in enumerate(run):
        within = {one.who for one in run[index:] if one.at - first.at <= policy.window}
        if len(within) >= policy.reports:
            return True
    return False


def _is_near(incident: Incident, group: Sequence[Report], policy: RadarPolicy) -> bool:
    """It tells of this group: it was noted when not all of its reports had come to that seat."""
    return group[0].at - policy.window <= incident.first_at <= group[-1].at


def _is_parent(report: Report, incident: Incident) -> bool:
    return report.call_id is None and report.ticket_id == (incident.ticket_id or parent_id(incident.incident_id))
