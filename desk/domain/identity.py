"""Identifiers. Every entity and change is named by a UUIDv7 (RFC 9562 section 5.7) in its 36-character text form,
so that ids made on two seats never meet and sort by the time they were made."""

import uuid
from datetime import UTC, datetime
from typing import NewType

CallId = NewType("CallId", str)
TicketId = NewType("TicketId", str)
HouseholdId = NewType("HouseholdId", str)
PersonId = NewType("PersonId", str)
BuildingId = NewType("BuildingId", str)
EstateId = NewType("EstateId", str)
StaffId = NewType("StaffId", str)
TaskId = NewType("TaskId", str)
ChangeId = NewType("ChangeId", str)
SeatId = NewType("SeatId", str)


def id_after(fresh: str, floor: str) -> str:
    """`fresh`, or where it does not sort after `floor`, an id that does: a millisecond later than `floor`, the rest as
    in `fresh`. For a clock that was put back. Both are UUIDv7 as text; `floor` may be ""."""
    if fresh > floor:
        return fresh
    later_ms = (uuid.UUID(floor).int >> 80) + 1
    return str(uuid.UUID(int=(later_ms << 80) | (uuid.UUID(fresh).int & ((1 << 80) - 1))))


def made_at(untrusted_id: str) -> datetime | None:
    """When this id was made, by the clock of its seat; None for what is no UUIDv7. Never raises."""
    try:
        found = uuid.UUID(untrusted_id)
        at = datetime.fromtimestamp((found.int >> 80) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return at if found.version == 7 and str(found) == untrusted_id else None
