"""The call log and its recordings, read from the seat store. See `desk.usecases.ports.CallLog`. A call shows when the
telephone facts are there; what the agent said of it may have come before."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from desk.domain.call_log import CallEntry, CallFilter, CallPlace, RecordingEntry, Tie
from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.times import to_text
from desk.store.queries import AMONG, Reader, distinct, listed
from desk.store.schema import ROWS
from desk.store.store import Store

_CALL, _RECORDING = ROWS["call"], ROWS["recording"]

_NEWEST_FIRST = "AND offered_at IS NOT NULL ORDER BY offered_at DESC, call_id DESC LIMIT ?"


def _newest(query: Select[Any]) -> Select[Any]:
    return query.where(_CALL.c.offered_at.is_not(None)).order_by(_CALL.c.offered_at.desc(), _CALL.c.call_id.desc())


class SqlCallLog:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._calls = Reader(store, CallEntry)
        self._recordings = Reader(store, RecordingEntry)

    def get(self, call_id: CallId) -> CallEntry | None:
        return self._calls.one(select(_CALL).where(_CALL.c.call_id == call_id))

    def tie(self, call_id: CallId) -> Tie | None:
        asked = "SELECT person_id, household_id FROM call WHERE call_id = ?"
        with self._store.read() as connection:
            found = connection.exec_driver_sql(asked, (call_id,)).one_or_none()
        if found is None or not (found.person_id or found.household_id):
            return None
        person, home = found.person_id, found.household_id
        return Tie(PersonId(person) if person else None, HouseholdId(home) if home else None)

    def recent(self, limit: int) -> list[CallEntry]:
        return self._calls.many(_newest(select(_CALL)).limit(limit))

    def of_lookup_keys(self, keys: Sequence[str], limit: int) -> list[CallEntry]:
        wanted = [key for key in keys if key]
        return self._calls.where(f"lookup_key {AMONG} {_NEWEST_FIRST}", listed(wanted), limit) if wanted else []

    def of_households(self, ids: Sequence[HouseholdId], limit: int) -> list[CallEntry]:
        return self._calls.where(f"household_id {AMONG} {_NEWEST_FIRST}", listed(ids), limit) if ids else []

    def of_ticket(self, ticket_id: TicketId) -> list[CallEntry]:
        return self._calls.many(_newest(select(_CALL).where(_CALL.c.ticket_id == ticket_id)))

    def recording(self, call_id: CallId) -> RecordingEntry | None:
        return self._recordings.one(select(_RECORDING).where(_RECORDING.c.call_id == call_id))

    def chain_tail(self, chain: str) -> tuple[int, str]:
        """The furthest place of this chain of seals that is logged, and the seal's hash; (0, "") for a chain without
        any."""
        furthest = (
            select(_RECORDING.c.chain_place, _RECORDING.c.seal_hash)
            .where(_RECORDING.c.chain == chain, _RECORDING.c.chain_place.is_not(None))
            .order_by(_RECORDING.c.chain_place.desc())
            .limit(1)
        )
        with self._store.read() as connection:
            found = connection.execute(furthest).one_or_none()
        return (int(found.chain_place), str(found.seal_hash or "")) if found else (0, "")

    def newest_chain(self, seat: str) -> str:
        """The chain of this seat's newest sealed recording; "" where it has none. A chain is named after its seat, and
        eight digits."""
        begins = f"{seat}-"
        newest = (
            select(_RECORDING.c.chain)
            .where(func.length(_RECORDING.c.chain) == len(begins) + 8)
            .where(func.substr(_RECORDING.c.chain, 1, len(begins)) == begins)
            .order_by(_RECORDING.c.call_id.desc())
            .limit(1)
        )
        with self._store.read() as connection:
            return str(connection.execute(newest).scalar_one_or_none() or "")

    def page(self, wanted: CallFilter, after: CallPlace | None, limit: int) -> list[CallEntry]:
        """See `desk.usecases.ports.CallPages`."""
        query = select(_CALL).where(*_conditions(wanted))
        if after is not None:
            place = tuple_(_CALL.c.offered_at, _CALL.c.call_id)
            # The first condition follows from the second; it is the one that an index serves.
            query = query.where(_CALL.c.offered_at <= to_text(after.offered_at))
            query = query.where(place < (to_text(after.offered_at), after.call_id))
        return self._calls.many(_newest(query).limit(limit))

    def recordings(self, ids: Sequence[CallId]) -> dict[CallId, RecordingEntry]:
        if not ids:
            return {}
        found = self._recordings.many(select(_RECORDING).where(_RECORDING.c.call_id.in_(distinct(ids))))
        return {entry.call_id: entry for entry in found}


def _conditions(wanted: CallFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.direction is not None:
        conditions.append(_CALL.c.direction == wanted.direction.value)
    if wanted.outcomes:
        conditions.append(_CALL.c.outcome.in_(sorted(outcome.value for outcome in wanted.outcomes)))
    if wanted.seat:
        conditions.append(_CALL.c.seat == wanted.seat)
    if wanted.agent:
        conditions.append(_CALL.c.agent == wanted.agent)
    if wanted.since is not None:
        conditions.append(_CALL.c.offered_at >= to_text(wanted.since))
    if wanted.until is not None:
        conditions.append(_CALL.c.offered_at < to_text(wanted.until))
    somebody = _somebody(wanted)
    if somebody:
        conditions.append(or_(*somebody))
    return conditions


def _somebody(wanted: CallFilter) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = []
    if wanted.lookup_keys:
        fits.append(_CALL.c.lookup_key.in_(distinct(wanted.lookup_keys)))
    if wanted.person_ids:
        fits.append(_CALL.c.person_id.in_(distinct(wanted.person_ids)))
    if wanted.household_ids:
        fits.append(_CALL.c.household_id.in_(distinct(wanted.household_ids)))
    if wanted.digits:  # as received, and as filed: only one of the two knows the area code
        fits += [func.instr(column, wanted.digits) > 0 for column in (_CALL.c.number, _CALL.c.lookup_key)]
    if wanted.shown_name:
        fits.append(func.instr(func.lower(_CALL.c.display_name), wanted.shown_name.lower()) > 0)
    return fits
