"""Incidents: one fault that many report. Raised by the radar, confirmed by a person, with one parent ticket."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.identity import BuildingId, EstateId, TicketId


class IncidentState(Enum):
    SEEN = "seen"  # by the radar; nobody has said anything yet
    CONFIRMED = "confirmed"
    OVER = "over"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Incident:
    """`category`: what the calls have in common, a code of the tree or of one of its branches. `ticket_id`: the parent.
    `reply`: what to tell those who call. `reason`: why it was dismissed, or what was the matter."""

    incident_id: str
    building_id: BuildingId
    category: str
    first_at: datetime
    state: IncidentState = IncidentState.SEEN
    estate_id: EstateId | None = None
    ticket_id: TicketId | None = None
    reply: str = ""
    confirmed_at: datetime | None = None
    confirmed_by: str = ""
    over_at: datetime | None = None
    reason: str = ""
