"""One round of exchange between the seat store and the centre: push what is unsent, pull from the cursor to the head.

Promises: a round that is cut anywhere, by a kill or by the network, is simply done again: changes are known by their
id, so none is lost and none is there twice; pulled changes, their rows and the cursor are one transaction. A change
that the centre will not take is set aside with its reason and holds up no other.

Runs on the exchange thread of the sync process; blocks for the network and the disk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from desk.domain.changes import Change
from desk.domain.identity import ChangeId
from desk.store.outbox import Ordered, SqlOutbox

PUSH_SIZE = 500
PULL_SIZE = 1_000
# SQLSTATE classes that lie in the change itself: data exception, integrity violation, the schema's own refusals.
_POISON = ("22", "23", "DK")

# One parameter for the whole batch: psycopg quotes arrays field by field, which takes as long as PostgreSQL's own work.
_INSERT = """
INSERT INTO desk.change (change_id, entity, entity_id, at, agent, seat, patch, reason, base_seq)
SELECT change_id, entity, entity_id, at, agent, seat, patch, reason, base_seq
FROM ROWS FROM (jsonb_to_recordset(%s) AS (change_id uuid, entity text, entity_id text, at timestamptz, agent text,
    seat text, patch jsonb, reason text, base_seq bigint)) WITH ORDINALITY
    AS made (change_id, entity, entity_id, at, agent, seat, patch, reason, base_seq, place)
ORDER BY place
ON CONFLICT (change_id) DO NOTHING
"""
_PLACES = "SELECT change_id::text, seq FROM desk.change WHERE change_id = ANY (%s::uuid[])"
_AFTER = """
SELECT seq, change_id::text, entity, entity_id, at, author, agent, seat, patch, reason, base_seq
FROM desk.change WHERE seq > %s ORDER BY seq LIMIT %s
"""


@dataclass
class Round:
    """What a round did. `entities`: those (names) of which rows may have changed by what others did."""

    pushed: int = 0
    pulled: int = 0
    refused: int = 0
    entities: set[str] = field(default_factory=set)


class Exchange:
    """`connection` in autocommit; `going_on` False stops between two batches; `on_batch` hears how
    many changes a batch holds, before they are written."""

    def __init__(
        self,
        outbox: SqlOutbox,
        connection: psycopg.Connection[Any],
        going_on: Callable[[], bool] = lambda: True,
        on_batch: Callable[[int], None] = lambda _changes: None,
    ) -> None:
        self._outbox, self._connection, self._going_on = outbox, connection, going_on
        self._on_batch = on_batch

    def run(self) -> Round:
        """Raises `psycopg.Error` where the centre fails, `StoreFull`/`StoreBroken` where the seat does. What was done
        by then stands."""
        done = Round()
        self.push(done)
        self.pull(done)
        return done

    def push(self, done: Round) -> None:
        while self._going_on() and (batch := self._outbox.unsent(PUSH_SIZE)):
            self._on_batch(len(batch))
            try:
                self._push(batch)
                done.pushed += len(batch)
            except psycopg.Error as error:
                if not _is_poison(error):
                    raise
                self._push_one_by_one(batch, done)

    def pull(self, done: Round) -> None:
        while self._going_on():
            cursor = self._outbox.cursor()
            rows = self._connection.execute(_AFTER, (cursor, PULL_SIZE)).fetchall()
            if not rows:
                return
            self._on_batch(len(rows))
            done.entities |= self._outbox.apply([_ordered(row) for row in rows], rows[-1][0])
            done.pulled += len(rows)
            if len(rows) < PULL_SIZE:
                return

    def _push_one_by_one(self, batch: Sequence[Change], done: Round) -> None:
        for change in batch:
            try:
                self._push([change])
                done.pushed += 1
            except psycopg.Error as error:
                if not _is_poison(error):
                    raise
                self._outbox.set_aside(change.change_id, _reason(error))
                done.refused += 1

    def _push(self, batch: Sequence[Change]) -> None:
        ids = [change.change_id for change in batch]
        rows = [
            {
                "change_id": change.change_id,
                "entity": change.entity,
                "entity_id": change.entity_id,
                "at": change.at,
                "agent": change.author,
                "seat": change.seat,
                "patch": change.patch,
                "reason": change.reason,
                "base_seq": change.base_seq,
            }
            for change in batch
        ]
        self._connection.execute(_INSERT, (Jsonb(rows, msgspec.json.encode),))
        places = self._connection.execute(_PLACES, (ids,)).fetchall()
        self._outbox.acknowledge({ChangeId(found): seq for found, seq in places}, self._connection.info.user)


def _ordered(row: tuple[Any, ...]) -> Ordered:
    seq, change_id, entity, entity_id, at, role, agent, seat, patch, reason, base_seq = row
    change = Change(
        ChangeId(change_id), entity, entity_id, at.astimezone(UTC), agent, seat, patch, reason, base_seq, seq
    )
    return Ordered(change, role)


def _is_poison(error: psycopg.Error) -> bool:
    return (error.sqlstate or "")[:2] in _POISON


def _reason(error: psycopg.Error) -> str:
    return f"{error.sqlstate}: {error.diag.message_primary or error}"
