"""Incidents and what the radar looks at, read from the seat store. See `desk.usecases.incident_ports.Incidents`."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from desk.domain.identity import BuildingId, CallId, HouseholdId, TicketId
from desk.domain.incidents import Incident
from desk.domain.promises import Promise
from desk.domain.radar import Report, Sieve
from desk.domain.times import from_text, to_text
from desk.store.queries import Reader
from desk.store.store import Store

_FIELDS = (
    "at",
    "building_id",
    "category",
    "ticket_id",
    "call_id",
    "household_id",
    "number",
    "caller_name",
    "person_id",
    "seat",
    "stage",
    "incident_id",
)
_TICKET = """
SELECT registered_at, building_id, category, ticket_id, NULL, household_id, contact_number, caller_name, person_id,
    seat, stage, incident_id
FROM ticket WHERE category IS NOT NULL AND """
# Only who called in: handlers are called about it, and residents called back, by calls of the same ticket.
_CALL = """
SELECT c.offered_at, t.building_id, t.category, t.ticket_id, c.call_id, c.household_id, c.number, c.display_name,
    c.person_id, c.seat, t.stage, t.incident_id
FROM call c JOIN ticket t ON t.ticket_id = c.ticket_id
WHERE t.category IS NOT NULL AND c.direction = 'incoming' AND t.call_id IS NOT c.call_id AND """
# `+` keeps SQLite to the index by time: a building's tickets of years are many, those of some hours are few. Of an
# incident that lasts for days it is the other way round: the building's since it began, and calls that joined them.
_TICKETS = _TICKET + "registered_at >= ? AND +building_id IS NOT NULL"
_CALLS = _CALL + "c.offered_at >= ? AND +t.building_id IS NOT NULL"
_TICKETS_OF = _TICKET + "building_id = ? AND registered_at >= ? AND registered_at < ?"
_CALLS_OF = _CALL + "t.building_id = ? AND t.registered_at >= ? AND c.offered_at < ?"


class SqlIncidents:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._incidents = Reader(store, Incident)
        self._promises = Reader(store, Promise)

    def get(self, incident_id: str) -> Incident | None:
        found = self._incidents.where("incident_id = ?", incident_id)
        return found[0] if found else None

    def lately(self, since: datetime) -> list[Incident]:
        # state is empty where a seat has only noted it; and few incidents are ever made
        condition = (
            "(state IS NULL OR state IN ('seen', 'confirmed') OR first_at >= ? OR over_at >= ?)"
            " ORDER BY first_at, incident_id"
        )
        return self._incidents.where(condition, to_text(since), to_text(since))

    def reports(
        self, since: datetime, sieve: Sieve | None = None, longer: Mapping[str, datetime] = MappingProxyType({})
    ) -> list[Report]:
        recent = to_text(since)
        asked: list[tuple[str, tuple[str, ...]]] = [(query, (recent,)) for query in (_TICKETS, _CALLS)]
        for building, first in longer.items():
            asked += [(query, (building, to_text(first), recent)) for query in (_TICKETS_OF, _CALLS_OF)]
        with self._store.read() as connection:
            rows = [row for query, given in asked for row in connection.exec_driver_sql(query, given).all()]
        if sieve is not None:
            kept = sieve.keep((row[1], row[2]) for row in rows)
            rows = [row for row in rows if (row[1], row[2]) in kept]
        found = [_report(dict(zip(_FIELDS, row, strict=True))) for row in rows]
        return sorted(found, key=lambda one: (one.at, one.ticket_id, one.call_id or ""))

    def call_backs(self, ticket_id: TicketId) -> list[Promise]:
        return self._promises.where("ticket_id = ? ORDER BY made_at, promise_id", ticket_id)


def _report(row: dict[str, Any]) -> Report:
    return Report(
        at=from_text(row["at"]),
        building_id=BuildingId(row["building_id"]),
        category=row["category"],
        ticket_id=TicketId(row["ticket_id"]),
        call_id=CallId(row["call_id"]) if row["call_id"] else None,
        household_id=HouseholdId(row["household_id"]) if row["household_id"] else None,
        number=row["number"] or "",
        caller_name=row["caller_name"] or "",
        person_id=row["person_id"],
        seat=row["seat"] or "",
        stage=row["stage"] or "",
        incident_id=row["incident_id"],
    )
