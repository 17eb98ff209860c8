"""An incident is confirmed with one key: one parent ticket for the building, the reply for those who call, and a
promise to call back for each household that reported. What they filed joins the parent. Dismissed, or over, it says so
and why; when it is over those still to be called are due.

Confirming again goes on where a crash left off, and two people who confirm at once make the same: ids of the parent and
of the promises follow from the incident's. The parent is filed first, so that nothing points to a ticket that is not
there. Worker's thread; durable when it returns."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from desk.domain.categories import CategoryTree
from desk.domain.changes import Change
from desk.domain.drafts import Draft, Intake
from desk.domain.identity import CallId, EstateId, HouseholdId, PersonId, TicketId
from desk.domain.incidents import Incident, IncidentState
from desk.domain.patches import patch_of
from desk.domain.promises import Promise, PromiseState
from desk.domain.radar import Alarm, RadarPolicy, Report, parent_id
from desk.domain.tickets import OPEN_STAGES, Kind, Priority, Ticket
from desk.usecases.estate_map import EstateMap
from desk.usecases.incident_ports import CallJoining, Filing, Incidents, TicketJoining
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, Tickets

_NAMESPACE = uuid.UUID("5d1f0f4e-7f0a-5f0f-8a53-6a1c9a2b7e10")
_OPEN = frozenset(stage.value for stage in OPEN_STAGES)


class IncidentGone(Exception):
    """There is no such incident, or it is over by now."""


@dataclass(frozen=True, slots=True)
class About:
    """What the words of an incident are made of: names as they are shown, and when it began."""

    category: str
    place: str
    reporters: int
    first_at: datetime


@dataclass(frozen=True, slots=True)
class IncidentWords:
    """What stands in the rows, in the office's language: the parent's description, what a promise is about, before
    and after it is over."""

    description: Callable[[About], str]
    call_back: Callable[[About], str]
    over: Callable[[About, str], str]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """`call_backs`: those to be called, oldest report first. `joined`: tickets that are part of the parent now; `left`:
    those that stay what they are, because somebody works on them already."""

    incident: Incident
    parent: Ticket
    call_backs: tuple[Promise, ...]
    joined: tuple[TicketId, ...] = ()
    left: tuple[TicketId, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IncidentParts:
    """`category`: a category's name by its code. `work_number`: of whoever is signed in."""

    log: ChangeLog
    author: ChangeAuthor
    incidents: Incidents
    tickets: Tickets
    estate_map: EstateMap
    filing: Filing
    join_call: CallJoining
    join_ticket: TicketJoining
    tree: CategoryTree
    category: Callable[[str], str]
    words: IncidentWords
    policy: RadarPolicy
    clock: Clock
    work_number: Callable[[], str]


class ConfirmIncident:
    def __init__(self, parts: IncidentParts) -> None:
        self._parts = parts

    def reply(self, alarm: Alarm) -> str:
        """What to tell those who call: as somebody has written it, else the company's words for this kind."""
        if alarm.incident is not None and alarm.incident.reply:
            return alarm.incident.reply
        about = self._about(alarm.building_id, alarm.category, alarm)
        known = {"category": about.category, "place": about.place}
        text = self._parts.policy.reply(alarm.category)
        for gap, word in known.items():
            text = text.replace(f"{{{gap}}}", word)
        return text

    def confirm(self, alarm: Alarm, reply: str = "", without: Collection[TicketId] = ()) -> Confirmed:
        """`reply` "": the usual one. `without`: tickets that have another cause and stay by themselves. Raises what
        filing raises."""
        parts, now = self._parts, self._parts.clock()
        members = [one for one in alarm.reports if one.ticket_id not in without]
        parent = parts.filing.file(self._draft(alarm, members, now))
        building = parts.estate_map.building(alarm.building_id)
        incident = Incident(
            alarm.id,
            alarm.building_id,
            alarm.category,
            alarm.first_at,
            state=IncidentState.CONFIRMED,
            estate_id=EstateId(building.estate_id) if building else None,
            ticket_id=parent.ticket_id,
            reply=reply.strip() or self.reply(alarm),
            confirmed_at=now,
            confirmed_by=parts.work_number(),
        )
        changes = [
            parts.author.change("incident", alarm.id, patch_of(incident, "incident_id")),
            parts.author.change("ticket", parent.ticket_id, {"incident_id": alarm.id}),
        ]
        own = self._own_tickets(members, parent.ticket_id)
        changes += [
            parts.author.change("ticket", one, {"incident_id": alarm.id, "parent_id": parent.ticket_id}) for one in own
        ]
        about = self._about(alarm.building_id, alarm.category, alarm)
        due = now + parts.policy.call_back
        known = {one.promise_id for one in parts.incidents.call_backs(parent.ticket_id)}
        for report in self._to_call(members):
            promise = self._promise(alarm.id, parent.ticket_id, report, about, now, due)
            if promise.promise_id not in known:
                changes.append(_made(parts.author, promise))
        parts.log.append(changes)
        joined = [one for one in own if parts.join_ticket(one, parent.ticket_id)]
        turn = {_promise_id(alarm.id, one.who): index for index, one in enumerate(alarm.reports)}
        call_backs = parts.incidents.call_backs(parent.ticket_id)
        return Confirmed(
            incident,
            parent,
            tuple(sorted(call_backs, key=lambda one: turn.get(one.promise_id, len(turn)))),
            tuple(joined),
            tuple(one for one in own if one not in joined),
        )

    def dismiss(self, alarm: Alarm, reason: str) -> Incident:
        """It is none: different causes, or a mistake. Further reports raise it again."""
        now = self._parts.clock()
        incident = replace(
            alarm.incident or Incident(alarm.id, alarm.building_id, alarm.category, alarm.first_at),
            state=IncidentState.DISMISSED,
            over_at=now,
            reason=reason.strip(),
        )
        self._append("incident", alarm.id, incident, reason)
        return incident

    def over(self, incident_id: str, what: str = "") -> Incident:
        """Service is back: those who have not been called back are due now. `what` was the matter. Its ticket goes its
        own way. Raises `IncidentGone`."""
        parts, now = self._parts, self._parts.clock()
        incident = self._confirmed(incident_id)
        ended = replace(incident, state=IncidentState.OVER, over_at=now, reason=what.strip())
        changes = [parts.author.change("incident", incident_id, patch_of(ended, "incident_id"), what.strip())]
        about = self._about(incident.building_id, incident.category, None)
        for promise in parts.incidents.call_backs(incident.ticket_id) if incident.ticket_id else []:
            if promise.state is PromiseState.OPEN and promise.promise_id == self._promise_id(incident_id, promise):
                told = parts.words.over(about, what.strip())
                due = patch_of(replace(promise, due_at=min(promise.due_at, now), text=told))
                wanted = {field: due[field] for field in ("due_at", "text")}
                changes.append(parts.author.change("promise", promise.promise_id, wanted))
        parts.log.append(changes)
        return ended

    def say(self, incident_id: str, reply: str) -> Incident:
        """Another reply for those who call. Raises `IncidentGone`."""
        incident = self._confirmed(incident_id)
        self._parts.log.append([self._parts.author.change("incident", incident_id, {"reply": reply.strip()})])
        return replace(incident, reply=reply.strip())

    def take_call(
        self,
        incident_id: str,
        call_id: CallId,
        note: str = "",
        number: str = "",
        caller_name: str = "",
        person_id: PersonId | None = None,
        household_id: HouseholdId | None = None,
    ) -> Ticket:
        """One more who calls about it: the call joins the parent, and they are called back with the others. Raises
        `IncidentGone`, `TicketNotOpen`."""
        parts, now = self._parts, self._parts.clock()
        incident = self._confirmed(incident_id)
        parent = incident.ticket_id or parent_id(incident_id)
        ticket = parts.join_call.join(call_id, parent, note, person_id, household_id)
        report = Report(
            now,
            incident.building_id,
            incident.category,
            parent,
            call_id,
            household_id,
            number.strip(),
            caller_name.strip(),
            person_id,
        )
        known = {one.promise_id for one in parts.incidents.call_backs(ticket.ticket_id)}
        about = self._about(incident.building_id, incident.category, None)
        due = now + parts.policy.call_back
        promise = self._promise(incident_id, ticket.ticket_id, report, about, now, due)
        if report.number and promise.promise_id not in known:
            parts.log.append([_made(parts.author, promise)])
        return ticket

    # what it is made of

    def _confirmed(self, incident_id: str) -> Incident:
        incident = self._parts.incidents.get(incident_id)
        if incident is None or incident.state is not IncidentState.CONFIRMED:
            raise IncidentGone(incident_id)
        return incident

    def _about(self, building_id: str, category: str, alarm: Alarm | None) -> About:
        building = self._parts.estate_map.building(building_id)
        place = self._parts.estate_map.whole_building(building).text if building else ""
        first_at = alarm.first_at if alarm else self._parts.clock()
        return About(self._parts.category(category), place, alarm.reporters if alarm else 0, first_at)

    def _draft(self, alarm: Alarm, members: list[Report], now: datetime) -> Draft:
        """The parent as a form: whoever files one by hand gets the same clocks and the same owner."""
        parts = self._parts
        building, leaf = parts.estate_map.building(alarm.building_id), parts.tree.get(alarm.category)
        usual = leaf.priority if leaf else Priority.NORMAL
        contact = next((one.number for one in members if one.number), "")
        intake = Intake(
            kind=leaf.kind if leaf else Kind.REPAIR,
            category=alarm.category,
            priority=usual if usual is Priority.URGENT else Priority.HIGH,
            description=parts.words.description(self._about(alarm.building_id, alarm.category, alarm)),
            contact_number=contact,
            caller_name=next((one.caller_name for one in members if one.number == contact), ""),
            read_back_at=now,  # several have named the building
        )
        if building is not None:
            intake = replace(intake, place=parts.estate_map.whole_building(building))
        return Draft(parent_id(alarm.id), parts.work_number(), now, now, intake)

    def _own_tickets(self, members: list[Report], parent: TicketId) -> list[TicketId]:
        """Those that may join: open, and not the parent itself."""
        ids = [one.ticket_id for one in members if one.stage in _OPEN and one.ticket_id != parent]
        return list(dict.fromkeys(ids))

    def _to_call(self, members: list[Report]) -> list[Report]:
        """Each household once, the first of its reports that has a number."""
        found: dict[str, Report] = {}
        for report in members:
            if report.number:
                found.setdefault(report.who, report)
        return list(found.values())

    def _promise(
        self, incident_id: str, ticket_id: TicketId, report: Report, about: About, now: datetime, due: datetime
    ) -> Promise:
        number = self._parts.work_number()
        return Promise(
            _promise_id(incident_id, report.who),
            owner=number,
            made_by=number,
            made_at=now,
            due_at=due,
            text=self._parts.words.call_back(about),
            number=report.number,
            caller_name=report.caller_name,
            call_id=report.call_id,
            ticket_id=ticket_id,
            person_id=PersonId(report.person_id) if report.person_id else None,
            household_id=report.household_id,
        )

    def _promise_id(self, incident_id: str, promise: Promise) -> str:
        """The id that the radar's own promise to these people has: others about the same ticket are left alone."""
        who = promise.household_id or promise.number or promise.call_id or promise.ticket_id or ""
        return _promise_id(incident_id, who)

    def _append(self, entity: str, entity_id: str, value: Incident, reason: str) -> None:
        change = self._parts.author.change(entity, entity_id, patch_of(value, "incident_id"), reason.strip())
        self._parts.log.append([change])


def _promise_id(incident_id: str, who: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{incident_id}/{who}"))


def _made(author: ChangeAuthor, promise: Promise) -> Change:
    """Without its state: a second maker sets nothing back that was kept."""
    return author.change("promise", promise.promise_id, patch_of(promise, "promise_id", "state"))
