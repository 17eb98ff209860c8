"""An incident is confirmed with one key: one parent ticket for the building, the reply for those who call, and a
promise to call back for each household that reported. What they filed joins the parent. Dismissed, or over, it says so
and why; when it is over those still to be called are due.

Confirming again goes on where a crash left off, and two people who confirm at once make the same: ids of the parent and
of the promises follow from the incident's. The parent is filed first, so that nothing points to a ticket that is not
there. Worker's thread; durable when it returns."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from desk.domain.categories import CategoryTree
from desk.domain.changes import Change
from desk.domain.drafts import Draft, Intake
from desk.domain.identity import EstateId, TicketId
from desk.domain.incidents import Incident, IncidentState
from desk.domain.patches import patch_of
from desk.domain.promises import Promise
from desk.domain.radar import Alarm, RadarPolicy, Report, parent_id
from desk.domain.tickets import OPEN_STAGES, Kind, Priority, Ticket
from desk.usecases.call_back_list import CallBackList, IncidentWords
from desk.usecases.estate_map import EstateMap
from desk.usecases.incident_ports import Filing, Incidents, TicketJoining
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock

_OPEN = frozenset(stage.value for stage in OPEN_STAGES)


class IncidentGone(Exception):
    """There is no such incident, or it is over by now."""


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
    """`join_ticket`: one ticket becomes part of another. `work_number`: of whoever is signed in."""

    log: ChangeLog
    author: ChangeAuthor
    incidents: Incidents
    estate_map: EstateMap
    filing: Filing
    join_ticket: TicketJoining
    call_backs: CallBackList
    tree: CategoryTree
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
        about = self._parts.call_backs.about(alarm.building_id, alarm.category)
        text = self._parts.policy.at(alarm.building_id).reply(alarm.category)
        return text.replace("{category}", about.category).replace("{place}", about.place)

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
        own = self._own_tickets(members, parent.ticket_id)
        patch = patch_of(incident, "incident_id")
        parts.log.append(
            [
                parts.author.change("incident", alarm.id, patch),
                parts.author.change("ticket", parent.ticket_id, {"incident_id": alarm.id}),
                *(self._member(one, alarm.id, parent.ticket_id) for one in own),
                *parts.call_backs.for_reports(incident, parent.ticket_id, members),
            ]
        )
        joined = [one for one in own if parts.join_ticket(one, parent.ticket_id)]
        return Confirmed(
            incident,
            parent,
            tuple(parts.call_backs.of(alarm.id, parent.ticket_id, alarm.reports)),
            tuple(joined),
            tuple(one for one in own if one not in joined),
        )

    def call_backs(self, alarm: Alarm) -> list[Promise]:
        """Those to be called, oldest report first; [] before it is confirmed."""
        ticket = alarm.incident.ticket_id if alarm.incident else None
        return self._parts.call_backs.of(alarm.id, ticket, alarm.reports) if ticket else []

    def dismiss(self, alarm: Alarm, reason: str) -> Incident:
        """It is none: different causes, or a mistake. Further reports raise it again."""
        incident = replace(
            alarm.incident or Incident(alarm.id, alarm.building_id, alarm.category, alarm.first_at),
            state=IncidentState.DISMISSED,
            over_at=self._parts.clock(),
            reason=reason.strip(),
        )
        patch = patch_of(incident, "incident_id")
        self._parts.log.append([self._parts.author.change("incident", alarm.id, patch, reason.strip())])
        return incident

    def over(self, incident_id: str, what: str = "") -> Incident:
        """Service is back: those who have not been called back are due now. `what` was the matter. Its ticket goes its
        own way. Raises `IncidentGone`."""
        parts, now = self._parts, self._parts.clock()
        ended = replace(self._confirmed(incident_id), state=IncidentState.OVER, over_at=now, reason=what.strip())
        patch = patch_of(ended, "incident_id")
        change = parts.author.change("incident", incident_id, patch, what.strip())
        parts.log.append([change, *parts.call_backs.when_over(ended, now, what.strip())])
        return ended

    def say(self, incident_id: str, reply: str) -> Incident:
        """Another reply for those who call. Raises `IncidentGone`."""
        incident = self._confirmed(incident_id)
        self._parts.log.append([self._parts.author.change("incident", incident_id, {"reply": reply.strip()})])
        return replace(incident, reply=reply.strip())

    # what it is made of

    def _member(self, ticket_id: TicketId, incident_id: str, parent: TicketId) -> Change:
        return self._parts.author.change("ticket", ticket_id, {"incident_id": incident_id, "parent_id": parent})

    def _confirmed(self, incident_id: str) -> Incident:
        incident = self._parts.incidents.get(incident_id)
        if incident is None or incident.state is not IncidentState.CONFIRMED:
            raise IncidentGone(incident_id)
        return incident

    def _draft(self, alarm: Alarm, members: list[Report], now: datetime) -> Draft:
        """The parent as a form: whoever files one by hand gets the same clocks and the same owner."""
        parts = self._parts
        building, leaf = parts.estate_map.building(alarm.building_id), parts.tree.get(alarm.category)
        usual = leaf.priority if leaf else Priority.NORMAL
        contact = next((one.number for one in members if one.number), "")
        about = parts.call_backs.about(alarm.building_id, alarm.category, alarm.reporters, alarm.first_at)
        intake = Intake(
            kind=leaf.kind if leaf else Kind.REPAIR,
            category=alarm.category,
            priority=usual if usual is Priority.URGENT else Priority.HIGH,
            description=parts.words.description(about),
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
