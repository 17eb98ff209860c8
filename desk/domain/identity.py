"""Identifiers. Every entity and change is named by a UUIDv7 (RFC 9562 section 5.7) in its 36-character text form,
so that ids made on two seats never meet and sort by the time they were made."""

from typing import NewType

CallId = NewType("CallId", str)
TicketId = NewType("TicketId", str)
HouseholdId = NewType("HouseholdId", str)
PersonId = NewType("PersonId", str)
BuildingId = NewType("BuildingId", str)
EstateId = NewType("EstateId", str)
StaffId = NewType("StaffId", str)
ChangeId = NewType("ChangeId", str)
SeatId = NewType("SeatId", str)
