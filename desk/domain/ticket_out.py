"""A ticket as other systems get it: one flat record with the names beside the ids, in a CSV file, as JSON, and by the
hook. Its fields are a promise to people who program against them: add, never rename. Pure."""

from dataclasses import dataclass, fields
from datetime import date

from desk.domain.changes import FieldValue


@dataclass(frozen=True, slots=True)
class TicketOut:
    """Times in UTC, ISO 8601 with Z; "" = none. `place`: where, as people read it; the parts after it where the place
    is in the register. `ticket_id` never changes; `number` is what was told to the resident."""

    ticket_id: str
    number: str
    kind: str
    category: str
    category_name: str
    priority: str
    stage: str
    description: str
    place: str
    estate: str
    phase: str
    building: str
    unit: str
    room: str
    caller_name: str
    resident_name: str
    contact_number: str
    appointment_start: str
    appointment_until: str
    registered_at: str
    registered_by: str
    seat: str
    handler: str
    closed_at: str
    joined_to: str


FIELDS = tuple(field.name for field in fields(TicketOut))


@dataclass(frozen=True, slots=True)
class Choice:
    """Which tickets: registered from `since` to `until`, both days inclusive (UTC); None = no limit."""

    since: date | None = None
    until: date | None = None
    open_only: bool = False


def as_text(value: FieldValue) -> str:
    return "" if value is None else str(value)
