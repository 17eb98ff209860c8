"""The call log and its recordings, read from the seat store. See `desk.usecases.ports.CallLog`. A call shows when the
telephone facts are there; what the agent said of it may have come before."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from desk.domain.call_log import CallEntry, RecordingEntry
from desk.domain.identity import CallId, HouseholdId, TicketId
from desk.store.queries import Reader, distinct
from desk.store.schema import ROWS
from desk.store.store import Store

_CALL, _RECORDING = ROWS["call"], ROWS["recording"]


def _newest(query: Select[Any]) -> Select[Any]:
    return query.where(_CALL.c.offered_at.is_not(None)).order_by(_CALL.c.offered_at.desc(), _CALL.c.call_id.desc())


class SqlCallLog:
    def __init__(self, store: Store) -> None:
        self._calls = Reader(store, CallEntry)
        self._recordings = Reader(store, RecordingEntry)

    def get(self, call_id: CallId) -> CallEntry | None:
        return self._calls.one(select(_CALL).where(_CALL.c.call_id == call_id))

    def recent(self, limit: int) -> list[CallEntry]:
        return self._calls.many(_newest(select(_CALL)).limit(limit))

    def of_lookup_keys(self, keys: Sequence[str], limit: int) -> list[CallEntry]:
        wanted = [key for key in distinct(keys) if key]
        if not wanted:
            return []
        return self._calls.many(_newest(select(_CALL).where(_CALL.c.lookup_key.in_(wanted))).limit(limit))

    def of_households(self, ids: Sequence[HouseholdId], limit: int) -> list[CallEntry]:
        if not ids:
            return []
        return self._calls.many(_newest(select(_CALL).where(_CALL.c.household_id.in_(distinct(ids)))).limit(limit))

    def of_ticket(self, ticket_id: TicketId) -> list[CallEntry]:
        return self._calls.many(_newest(select(_CALL).where(_CALL.c.ticket_id == ticket_id)))

    def recording(self, call_id: CallId) -> RecordingEntry | None:
        return self._recordings.one(select(_RECORDING).where(_RECORDING.c.call_id == call_id))
