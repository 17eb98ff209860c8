"""Calls with all that is searched, read by their ids from the seat store: some six reads for a hundred.
Any thread."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from desk.domain.call_fits import SearchedCall, fits_call
from desk.domain.call_log import CallEntry, RecordingEntry
from desk.domain.call_search import CallQuery
from desk.domain.estate import Household
from desk.domain.identity import BuildingId, CallId, HouseholdId, TicketId
from desk.domain.scores import Score, ScoreState
from desk.domain.tickets import Ticket
from desk.store.entities import ENTITIES, read

_encode = msgspec.json.Encoder().encode

_IDS = "(SELECT value FROM json_each(?))"
_CALLS = f'SELECT * FROM "call" WHERE call_id IN {_IDS}'  # noqa: S608
_RECORDINGS = f"SELECT * FROM recording WHERE call_id IN {_IDS}"  # noqa: S608
_TICKETS = f"SELECT * FROM ticket WHERE ticket_id IN {_IDS}"  # noqa: S608
_TICKETS_TAKEN = f"SELECT * FROM ticket WHERE call_id IN {_IDS}"  # noqa: S608
_SCORES = f"SELECT * FROM score WHERE call_id IN {_IDS}"  # noqa: S608
_HOUSEHOLDS = f"SELECT * FROM household WHERE household_id IN {_IDS}"  # noqa: S608


def ids_text(ids: Iterable[str]) -> str:
    return _encode(list(ids)).decode()


def load(connection: Connection, ids: Collection[str], query: CallQuery | None = None) -> list[SearchedCall]:
    """In no order. Where a query is given, without those whose own entry does not fit it."""
    calls: list[CallEntry] = _read(connection, "call", _CALLS, ids)
    if query is not None:
        calls = [call for call in calls if fits_call(query, call)]
    if not calls:
        return []
    found = [call.call_id for call in calls]
    recordings: list[RecordingEntry] = _read(connection, "recording", _RECORDINGS, found)
    tickets: list[Ticket] = _read(connection, "ticket", _TICKETS_TAKEN, found)
    pointed_to: list[Ticket] = _read(connection, "ticket", _TICKETS, {c.ticket_id for c in calls if c.ticket_id})
    scores: list[Score] = _read(connection, "score", _SCORES, found)
    homes = {call.household_id for call in calls if call.household_id}
    homes |= {ticket.household_id for ticket in (*tickets, *pointed_to) if ticket.household_id}
    households: list[Household] = _read(connection, "household", _HOUSEHOLDS, homes)
    return compose(calls, recordings, [*tickets, *pointed_to], scores, households)


def compose(
    calls: Sequence[CallEntry],
    recordings: Iterable[RecordingEntry],
    tickets: Iterable[Ticket],
    scores: Iterable[Score],
    households: Iterable[Household],
) -> list[SearchedCall]:
    """Put together what was read. `tickets` may come twice."""
    recording_of = {recording.call_id: recording for recording in recordings}
    by_id = {ticket.ticket_id: ticket for ticket in tickets}
    taken: dict[CallId, list[TicketId]] = {}
    for ticket in by_id.values():
        if ticket.call_id:
            taken.setdefault(ticket.call_id, []).append(ticket.ticket_id)
    points = _newest_points(scores)
    building_of = {home.household_id: home.building_id for home in households}
    found = []
    for call in calls:
        ids = dict.fromkeys([*taken.get(call.call_id, ()), *([call.ticket_id] if call.ticket_id else ())])
        own = [by_id[i] for i in ids if i in by_id]
        own.sort(key=lambda ticket: (ticket.registered_at, ticket.ticket_id), reverse=True)
        buildings = _buildings(call, own, building_of)
        recording = recording_of.get(call.call_id)
        found.append(SearchedCall(call, recording, tuple(own), points.get(call.call_id), buildings))
    return found


def _newest_points(scores: Iterable[Score]) -> dict[CallId, int]:
    newest: dict[CallId, Score] = {}
    for score in scores:
        if score.state is not ScoreState.FINAL or score.points_x10 is None:
            continue
        before = newest.get(score.call_id)
        if before is None or (before.scored_at, before.score_id) < (score.scored_at, score.score_id):
            newest[score.call_id] = score
    return {call_id: score.points_x10 for call_id, score in newest.items() if score.points_x10 is not None}


def _buildings(
    call: CallEntry, tickets: Sequence[Ticket], building_of: dict[HouseholdId, BuildingId]
) -> frozenset[BuildingId]:
    homes = [home for home in (call.household_id, *(t.household_id for t in tickets)) if home]
    found = {building_of[home] for home in homes if home in building_of}
    return frozenset(found | {ticket.building_id for ticket in tickets if ticket.building_id})


def _read(connection: Connection, name: str, query: str, ids: Collection[str]) -> list[Any]:
    if not ids:
        return []
    entity = ENTITIES[name]
    rows = connection.exec_driver_sql(query, (ids_text(ids),))
    names = tuple(rows.keys())  # and all rows at once: of some hundreds a page, one by one cost as much again
    found = (read(entity, dict(zip(names, row, strict=True))) for row in rows.fetchall())
    return [value for value in found if value is not None]
