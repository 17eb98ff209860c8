"""Recordings by their age with what the rules of retention ask about, from the seat store. See
`desk.usecases.recording_ports.AgingRecordings`. Any thread.

A page is read with seven queries, each over an index, whatever the number of recordings."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, or_, select, tuple_

from desk.domain.call_log import CallPlace, RecordingEntry, RecordingKept
from desk.domain.retention import Aging
from desk.domain.times import from_text, to_text
from desk.store.entities import ENTITIES, read
from desk.store.schema import ROWS
from desk.store.store import Store

_CALL, _RECORDING, _TICKET = ROWS["call"], ROWS["recording"], ROWS["ticket"]
_HOUSEHOLD, _PERSON, _SENSITIVE = ROWS["household"], ROWS["person"], ROWS["sensitive_tag"]
_KEPT = (
    _RECORDING.c.kept == RecordingKept.KEPT.value,
    _RECORDING.c.deleted_at.is_(None),
)


class SqlAgingRecordings:
    def __init__(self, store: Store) -> None:
        self._store = store

    def count(self) -> int:
        with self._store.read() as connection:
            return int(connection.execute(select(func.count()).select_from(_RECORDING).where(*_KEPT)).scalar_one())

    def page(self, before: datetime, after: CallPlace | None, limit: int) -> list[Aging]:
        call = _CALL.c
        query = (
            select(_RECORDING, call.offered_at, call.household_id, call.person_id, call.ticket_id)
            .join(_CALL, call.call_id == _RECORDING.c.call_id)
            .where(*_KEPT, call.offered_at < to_text(before))
            .order_by(call.offered_at, call.call_id)
            .limit(limit)
        )
        if after is not None:
            place = (to_text(after.offered_at), after.call_id)
            # The first condition follows from the second; it is the one that an index serves.
            query = query.where(call.offered_at >= place[0], tuple_(call.offered_at, call.call_id) > place)
        with self._store.read() as connection:
            rows = connection.execute(query).all()
            ties = _Ties(connection, rows)
        return [one for row in rows if (one := _aging(row, ties)) is not None]


def _aging(row: Row[Any], ties: "_Ties") -> Aging | None:
    entry = read(ENTITIES["recording"], row._asdict())
    if not isinstance(entry, RecordingEntry):
        return None
    return Aging(entry, from_text(row.offered_at), ties.kinds[entry.call_id], ties.tags(entry.call_id))


class _Ties:
    """Of the calls of one page: the kinds of their tickets, and who and which homes they are about."""

    def __init__(self, connection: Connection, rows: Iterable[Row[Any]]) -> None:
        calls_of: dict[str, set[str]] = defaultdict(set)  # by ticket
        self._people: dict[str, set[str]] = defaultdict(set)  # by call
        self._homes: dict[str, set[str]] = defaultdict(set)
        call_ids = set()
        for row in rows:
            call_ids.add(row.call_id)
            self._tie(row.call_id, row)
            if row.ticket_id:
                calls_of[row.ticket_id].add(row.call_id)
        kinds: dict[str, set[str]] = defaultdict(set)
        ticket = _TICKET.c
        wanted = or_(ticket.call_id.in_(sorted(call_ids)), ticket.ticket_id.in_(sorted(calls_of)))
        columns = (ticket.ticket_id, ticket.call_id, ticket.kind, ticket.household_id, ticket.person_id)
        for found in connection.execute(select(*columns).where(wanted)):
            of = calls_of[found.ticket_id] | ({found.call_id} & call_ids)
            for call_id in of:
                kinds[call_id] |= {found.kind} - {None}
                self._tie(call_id, found)
        self.kinds = {call_id: frozenset(kinds[call_id]) for call_id in call_ids}
        self._tags_of_home = _tags(connection, _HOUSEHOLD.c.household_id, _HOUSEHOLD.c.tags, self._homes)
        self._tags_of_person = _tags(connection, _PERSON.c.person_id, _PERSON.c.tags, self._people)
        self._sensitive = _sensitive(connection, self._homes, self._people)

    def tags(self, call_id: str) -> frozenset[str]:
        found = [self._tags_of_home.get(one, frozenset()) for one in self._homes[call_id]]
        found += [self._tags_of_person.get(one, frozenset()) for one in self._people[call_id]]
        found += [self._sensitive.get(one, frozenset()) for one in self._homes[call_id] | self._people[call_id]]
        return frozenset().union(*found)

    def _tie(self, call_id: str, row: Any) -> None:
        if row.household_id:
            self._homes[call_id].add(row.household_id)
        if row.person_id:
            self._people[call_id].add(row.person_id)


def _tags(connection: Connection, key: Any, tags: Any, ids: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    wanted = sorted({one for some in ids.values() for one in some})
    rows = connection.execute(select(key, tags).where(key.in_(wanted), tags.is_not(None)))
    return {one: frozenset(msgspec.json.decode(text, type=list[str])) for one, text in rows}


def _sensitive(connection: Connection, *ids: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    """By whom they are about; those that not everybody may read."""
    wanted = sorted({one for of_call in ids for some in of_call.values() for one in some})
    row = _SENSITIVE.c
    found: dict[str, set[str]] = defaultdict(set)
    query = select(row.subject_id, row.tag).where(row.subject_id.in_(wanted), row.ended.is_not(True))
    for subject_id, tag in connection.execute(query):
        found[subject_id].add(tag)
    return {subject_id: frozenset(tags) for subject_id, tags in found.items()}
