"""Changes for the tests of store and sync, with ids and times that a test can foresee."""

import itertools
import uuid
from datetime import UTC, datetime, timedelta

from desk.domain.changes import Change, Patch
from desk.domain.identity import ChangeId
from desk.domain.times import to_text

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
_counter = itertools.count(1)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def time_text(minutes: float) -> str:
    return to_text(at(minutes))


def change_id(number: int) -> ChangeId:
    """Ids that sort by their number, with the shape of a UUIDv7."""
    return ChangeId(str(uuid.UUID(int=(0x0193 << 112) | (7 << 76) | (2 << 62) | number)))


def new_id() -> str:
    return change_id(next(_counter) + (1 << 40))


def change(entity: str, entity_id: str, patch: Patch, number: int | None = None, seq: int | None = None) -> Change:
    made = change_id(number) if number is not None else ChangeId(new_id())
    return Change(made, entity, entity_id, START, "1001", "S01", patch, central_seq=seq)


def ticket(ticket_id: str, minutes: float = 0, **fields: str | None) -> Change:
    """A whole ticket; `fields` on top."""
    patch: dict[str, str | None] = {
        "number": f"20261121-S01-{ticket_id}",
        "kind": "repair",
        "category": "water.leak",
        "priority": "normal",
        "stage": "registered",
        "description": "厨房漏水",
        "registered_at": time_text(minutes),
        "registered_by": "1001",
        "seat": "S01",
    }
    return change("ticket", ticket_id, patch | fields)


def call(call_id: str, minutes: float = 0, **fields: str | None) -> Change:
    patch: dict[str, str | None] = {
        "line": "热线",
        "direction": "incoming",
        "number": "13800138000",
        "lookup_key": "+8613800138000",
        "display_name": "",
        "diversion": "",
        "offered_at": time_text(minutes),
        "seat": "S01",
        "agent": "1001",
    }
    return change("call", call_id, patch | fields)
