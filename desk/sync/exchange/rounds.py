"""One round of exchange between the seat store and the centre: push what is unsent, pull from the cursor to the head.

Promises: a round that is cut anywhere, by a kill or by the network, is simply done again: changes are known by their
id, so none is lost and none is there twice; pulled changes, their rows and the cursor are one transaction. A change
that the centre will not take is set aside with its reason and holds up no other; one whose author another connection
has to speak for, or that only its author's own may bring, waits, and holds up no other either.

Runs on the exchange thread of the sync process; blocks for the network and the disk."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from desk.domain.changes import Change
from desk.domain.identity import ChangeId
from desk.i18n import _
from desk.store.outbox import Ordered, SqlOutbox
from desk.sync.exchange.batch_size import Paces
from desk.usecases.settle_conflict import is_answer

ASK_AGAIN_S = 600.0  # who has to bring what is found out anew: an account was made or closed meanwhile
TURN_S = 2.0  # how long pushing keeps pulling waiting, and the other way round: an import, a seat that was away
# SQLSTATE classes that lie in the change itself: data exception, integrity violation, the schema's own refusals.
_POISON = ("22", "23", "DK")
_BY_ANOTHER = "DK017"  # the change is good, and its author's own connection may bring it

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
_PLACES = "SELECT change_id::text, seq, received_at FROM desk.change WHERE change_id = ANY (%s::uuid[])"
# The head comes with them, of the same moment: whoever may read only some of the changes would else look through all
# those of others again each time.
_AFTER = """
SELECT h.head, c.* FROM (SELECT desk.head() AS head) h LEFT JOIN LATERAL (
    SELECT seq, change_id::text, entity, entity_id, at, author, agent, seat, patch, reason, base_seq, received_at
    FROM desk.change WHERE seq > %s ORDER BY seq LIMIT %s) c ON true
"""
_TAGS = """
SELECT seq, change_id::text, entity, entity_id, at, author, agent, seat, patch, reason, base_seq, received_at
FROM desk.change WHERE (entity IN ('sensitive_tag', 'seat_record')
    OR entity = 'seat_check' AND received_at > now() - interval '60 days') AND seq <= %s ORDER BY seq
"""


@dataclass
class Round:
    """What a round did. `entities`: those (names) of which rows may have changed by what others did. `more`: it took
    its turn and is not through, so that another round is due at once."""

    pushed: int = 0
    pulled: int = 0
    refused: int = 0
    entities: set[str] = field(default_factory=set)
    more: bool = False


class _Waits(Exception):
    """Somebody else's connection has to bring what `of` (an author) wrote of `entity`."""

    def __init__(self, change: Change) -> None:
        super().__init__(change.change_id)
        self.of, self.entity = change.author, change.entity


class Exchange:
    """`connection` in autocommit; `going_on` False stops between two batches; `on_batch` hears how many changes a batch
    holds, before they are written. `only_of`: push what this author wrote and nothing else (a connection of their
    own). `carries` says which of some authors the connection's role may speak for."""

    def __init__(
        self,
        outbox: SqlOutbox,
        connection: psycopg.Connection[Any],
        going_on: Callable[[], bool] = lambda: True,
        on_batch: Callable[[int], None] = lambda _changes: None,
        only_of: str | None = None,
        paces: Paces | None = None,
    ) -> None:
        self._outbox, self._connection, self._going_on = outbox, connection, going_on
        self._on_batch, self._only_of = on_batch, only_of
        self._carried: set[str] = set()
        self.not_carried: set[str] = set()  # authors whose changes have to wait for somebody else's connection
        self._not_these: set[tuple[str, str]] = set()  # author and entity, of those who are carried else
        self._asked_at = time.monotonic()
        paces = paces or Paces()
        self._push_pace, self._pull_pace = paces.push, paces.pull

    def run(self) -> Round:
        """Raises `psycopg.Error` where the centre fails, `StoreFull`/`StoreBroken` where the seat does. What was done
        by then stands."""
        done = Round()
        while True:
            done.more = False
            self.push(done)
            self.pull(done)
            if not (done.more and self._going_on()):
                return done

    def push(self, done: Round) -> None:
        end = time.monotonic() + TURN_S
        self._forget_in_time()
        while self._going_on():
            if time.monotonic() > end:
                done.more = True
                return
            batch = self._outbox.unsent(self._push_pace.size, self.not_carried, self._only_of, self._not_these)
            if not batch:
                self._push_pace.through()
                return
            if self._find_carried({change.author for change in batch}):
                continue  # without those of the authors that were found out to be somebody else's to bring
            self._on_batch(len(batch))
            began = time.monotonic()
            try:
                with self._push_pace.within_limit():
                    self._push_or_set_aside(batch, done)
            except psycopg.errors.QueryCanceled:
                self._connection.execute("SELECT desk.free_order()")  # of somebody who holds all up
                if len(batch) == 1:
                    raise
                self._push_pace.took(math.inf)
            except _Waits as waits:
                self._not_these.add((waits.of, waits.entity))
            else:
                self._push_pace.took(time.monotonic() - began)

    def awaited(self) -> set[str]:
        """Whose changes wait here, because this connection may not bring them, or not all of them."""
        kept_back = self.not_carried | {author for author, _entity in self._not_these}
        return kept_back & self._outbox.unsent_authors() if kept_back else set()

    def pull(self, done: Round) -> None:
        """To the head: what comes is whole up to the cursor at any time."""
        end = time.monotonic() + TURN_S
        while self._going_on():
            if time.monotonic() > end:
                done.more = True
                return
            cursor, size = self._outbox.cursor(), self._pull_pace.size
            began = time.monotonic()
            with self._pull_pace.within_limit():
                found = self._connection.execute(_AFTER, (cursor, size)).fetchall()
            self._pull_pace.took(time.monotonic() - began)
            head, rows = found[0][0], [row[1:] for row in found if row[1] is not None]
            if len(rows) < size:
                self._pull_pace.through()
            come = rows[-1][0] if len(rows) == size else max(head, cursor)
            if come == cursor:
                return
            self._on_batch(len(rows))
            done.entities |= self._outbox.apply([_ordered(row) for row in rows], come)
            done.pulled += len(rows)
            if len(rows) < size:
                return

    def pull_tags(self, done: Round) -> None:
        """Sensitive tags and the register of seats, where whoever read before might not see them and this role may.
        There are few."""
        if not self._outbox.tags_lack:
            return
        found = self._connection.execute(_TAGS, (self._outbox.cursor(),)).fetchall()
        self._outbox.apply_tags([_ordered(row) for row in found])
        done.pulled += len(found)
        done.entities |= {row[2] for row in found}

    def _forget_in_time(self) -> None:
        if time.monotonic() - self._asked_at > ASK_AGAIN_S:
            self._asked_at = time.monotonic()
            for found_out in (self._carried, self.not_carried, self._not_these):
                found_out.clear()

    def _find_carried(self, authors: set[str]) -> bool:
        """Ask the centre about those that it was not asked about yet; whether somebody is not carried."""
        unknown = authors - self._carried
        if not unknown:
            return False
        row = self._connection.execute("SELECT desk.carried(%s::text[])", (sorted(unknown),)).fetchone()
        carried = set(row[0] or ()) if row else set()
        self._carried |= carried
        self.not_carried |= unknown - carried
        return carried != unknown

    def _push_or_set_aside(self, batch: Sequence[Change], done: Round) -> None:
        """Halves the batch until what the centre refuses stands alone, in the order of the changes. Raises `_Waits` at
        the first that somebody else has to bring: what may stand on it comes later in the batch."""
        try:
            self._push(batch)
            done.pushed += len(batch)
        except psycopg.Error as error:
            if not _is_poison(error):
                raise
            if len(batch) == 1:
                if error.sqlstate == _BY_ANOTHER:
                    raise _Waits(batch[0]) from error
                self._refused(batch[0], _reason(error), done)
                return
            middle = len(batch) // 2
            self._push_or_set_aside(batch[:middle], done)
            self._push_or_set_aside(batch[middle:], done)

    def _refused(self, change: Change, reason: str, done: Round) -> None:
        if is_answer(change):
            why = _("The centre does not take this answer of them; what was written stands as it did.")
            self._outbox.take_back(change, reason, datetime.now(UTC), why)
            done.entities.add(change.entity)
        else:
            self._outbox.set_aside(change.change_id, reason)
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
        received = {ChangeId(found): at.astimezone(UTC) for found, _seq, at in places}
        places_of = {ChangeId(found): seq for found, seq, _at in places}
        self._outbox.acknowledge(places_of, self._connection.info.user, received)


def _ordered(row: tuple[Any, ...]) -> Ordered:
    seq, change_id, entity, entity_id, at, role, agent, seat, patch, reason, base_seq, received_at = row
    change = Change(
        ChangeId(change_id), entity, entity_id, at.astimezone(UTC), agent, seat, patch, reason, base_seq, seq
    )
    return Ordered(change, role, received_at.astimezone(UTC))


def _is_poison(error: psycopg.Error) -> bool:
    return (error.sqlstate or "")[:2] in _POISON


def _reason(error: psycopg.Error) -> str:
    return f"{error.sqlstate}: {error.diag.message_primary or error}"
