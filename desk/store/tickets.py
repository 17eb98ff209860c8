"""Tickets read from the seat store. See `desk.usecases.ports.Tickets`."""

import threading
from collections.abc import Sequence

from sqlalchemy import Integer, bindparam, cast, func, select

from desk.domain.identity import BuildingId, CallId, HouseholdId, TicketId
from desk.domain.tickets import OPEN_STAGES, Ticket
from desk.store.queries import AFTER_ALL, AMONG, Reader, listed
from desk.store.schema import ROWS
from desk.store.store import Store

_TICKET = ROWS["ticket"]
_NEWEST = (_TICKET.c.registered_at.desc(), _TICKET.c.ticket_id.desc())
# Built once: a filing asks both, and building a query costs more than running it.
_BY_ID = select(_TICKET).where(_TICKET.c.ticket_id == bindparam("ticket_id"))
_HIGHEST = select(func.max(cast(func.substr(_TICKET.c.number, bindparam("digits", type_=Integer)), Integer))).where(
    _TICKET.c.number >= bindparam("first"), _TICKET.c.number < bindparam("last")
)
_NEWEST_FIRST = "ORDER BY registered_at DESC, ticket_id DESC"
_OPEN_STAGES = listed(sorted(stage.value for stage in OPEN_STAGES))


class SqlTickets:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._tickets = Reader(store, Ticket)
        self._given: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def get(self, ticket_id: TicketId) -> Ticket | None:
        return self._tickets.one(_BY_ID, {"ticket_id": ticket_id})

    def open_of_households(self, ids: Sequence[HouseholdId]) -> list[Ticket]:
        if not ids:
            return []
        # `+`: by the home, and not through all that is open, for a telephone rings meanwhile
        condition = f"household_id {AMONG} AND +stage {AMONG} {_NEWEST_FIRST}"
        return self._tickets.where(condition, listed(ids), _OPEN_STAGES)

    def recent_of_households(self, ids: Sequence[HouseholdId], limit: int) -> list[Ticket]:
        if not ids:
            return []
        condition = f"household_id {AMONG} AND registered_at IS NOT NULL {_NEWEST_FIRST} LIMIT ?"
        return self._tickets.where(condition, listed(ids), limit)

    def open_in_building(self, building_id: BuildingId, limit: int) -> list[Ticket]:
        """Newest first."""
        # `+`: by stage, of which few are open, and not through the building's tickets of years
        condition = (
            f"building_id = ? AND stage {AMONG} AND registered_at IS NOT NULL"
            " ORDER BY +registered_at DESC, ticket_id DESC LIMIT ?"
        )
        return self._tickets.where(condition, building_id, _OPEN_STAGES, limit)

    def open_in_area(self, public_area_id: str, limit: int) -> list[Ticket]:
        """About a public area, newest first."""
        condition = f"public_area_id = ? AND registered_at IS NOT NULL AND stage {AMONG} {_NEWEST_FIRST} LIMIT ?"
        return self._tickets.where(condition, public_area_id, _OPEN_STAGES, limit)

    def of_call(self, call_id: CallId) -> list[Ticket]:
        return self._tickets.many(
            select(_TICKET).where(_TICKET.c.call_id == call_id, _TICKET.c.registered_at.is_not(None)).order_by(*_NEWEST)
        )

    def recent(self, limit: int) -> list[Ticket]:
        return self._tickets.many(
            select(_TICKET).where(_TICKET.c.registered_at.is_not(None)).order_by(*_NEWEST).limit(limit)
        )

    def next_number(self, seat: str, day: str) -> int:
        """Higher than any in the store and any that was given out before: two forms that are filed at once get
        different ones. A number that is not used leaves a gap. One process per seat asks (ui)."""
        prefix = f"{day}-{seat}-"
        with self._lock:
            with self._store.read() as connection:
                given = {"first": prefix, "last": prefix + AFTER_ALL, "digits": len(prefix) + 1}
                stored = connection.execute(_HIGHEST, given).scalar_one() or 0
            number = max(stored, self._given.get((seat, day), 0)) + 1
            self._given[seat, day] = number
            return number
