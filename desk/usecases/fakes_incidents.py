"""Incidents and the book of notices in memory, over the store of `desk.usecases.fakes`."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from desk.domain.call_log import CallEntry
from desk.domain.identity import TicketId
from desk.domain.incidents import Incident, IncidentState
from desk.domain.notices import Notice
from desk.domain.party import Direction
from desk.domain.promises import Promise
from desk.domain.radar import Report, Sieve
from desk.domain.tickets import Ticket
from desk.usecases.fakes import FakeStore

_OPEN = (IncidentState.SEEN, IncidentState.CONFIRMED)


class FakeIncidents:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def get(self, incident_id: str) -> Incident | None:
        return next((one for one in self._store.all_of(Incident) if one.incident_id == incident_id), None)

    def lately(self, since: datetime) -> list[Incident]:
        found = [
            one
            for one in self._store.all_of(Incident)
            if one.state in _OPEN or one.first_at >= since or (one.over_at is not None and one.over_at >= since)
        ]
        return sorted(found, key=lambda one: (one.first_at, one.incident_id))

    def reports(
        self, since: datetime, sieve: Sieve | None = None, longer: Mapping[str, datetime] = MappingProxyType({})
    ) -> list[Report]:
        tickets = {one.ticket_id: one for one in self._store.all_of(Ticket) if one.building_id is not None}

        def is_longer(ticket: Ticket) -> bool:
            first = longer.get(ticket.building_id or "")
            return first is not None and ticket.registered_at >= first

        found = [_of_ticket(one) for one in tickets.values() if one.registered_at >= since or is_longer(one)]
        for call in self._store.all_of(CallEntry):
            ticket = tickets.get(call.ticket_id) if call.ticket_id else None
            if ticket is None or call.call_id == ticket.call_id or call.direction is not Direction.INCOMING:
                continue
            if call.offered_at >= since or is_longer(ticket):
                found.append(_of_call(call, ticket))
        if sieve is not None:
            kept = sieve.keep((one.building_id, one.category) for one in found)
            found = [one for one in found if (one.building_id, one.category) in kept]
        return sorted(found, key=lambda one: (one.at, one.ticket_id, one.call_id or ""))

    def call_backs(self, ticket_id: TicketId) -> list[Promise]:
        found = [one for one in self._store.all_of(Promise) if one.ticket_id == ticket_id]
        return sorted(found, key=lambda one: (one.made_at, one.promise_id))


class FakeNoticeBook:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def get(self, notice_id: str) -> Notice | None:
        return next((one for one in self._store.all_of(Notice) if one.notice_id == notice_id), None)

    def since(self, at: datetime, limit: int) -> list[Notice]:
        found = [one for one in self._store.all_of(Notice) if one.until > at]
        return sorted(found, key=lambda one: (-one.start.timestamp(), one.notice_id))[:limit]


def _of_ticket(ticket: Ticket) -> Report:
    assert ticket.building_id is not None  # noqa: S101 - asked for above
    return Report(
        at=ticket.registered_at,
        building_id=ticket.building_id,
        category=ticket.category,
        ticket_id=ticket.ticket_id,
        call_id=None,
        household_id=ticket.household_id,
        number=ticket.contact_number,
        caller_name=ticket.caller_name,
        person_id=ticket.person_id,
        seat=ticket.seat,
        stage=ticket.stage.value,
        incident_id=ticket.incident_id,
    )


def _of_call(call: CallEntry, ticket: Ticket) -> Report:
    assert ticket.building_id is not None  # noqa: S101
    return Report(
        at=call.offered_at,
        building_id=ticket.building_id,
        category=ticket.category,
        ticket_id=ticket.ticket_id,
        call_id=call.call_id,
        household_id=call.household_id,
        number=call.number,
        caller_name=call.display_name,
        person_id=call.person_id,
        seat=call.seat,
        stage=ticket.stage.value,
        incident_id=ticket.incident_id,
    )
