"""A new or wiped seat is filled with rows instead of history: first where people live and who they are, then the open
tickets, then everything else, newest first. Whoever calls meanwhile comes before all of it.

Pages are read by id, each in a statement of its own under the role's own rights; nothing is locked at the centre, and
a fill that was cut goes on with its next page. Rows travel as bare lists of values: with the fields' names in every row
a resident takes twice the bytes.

On the exchange thread of the sync process; blocks for the network and the disk."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import psycopg

from desk.domain.changes import Patch
from desk.domain.identity import ChangeId
from desk.store.filling import Fill, SqlFilling
from desk.sync.exchange.batch_size import Pace, Paces

FILL_FROM = 20_000  # changes that the centre has more than this seat: fewer are quickly pulled
_FAMILY = 500  # rows of each kind that a caller brings along: an agency's number is no household's
_PAST = 40

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one entity; `newest_first`: by their ids, which begin with the time."""

    entity: str
    newest_first: bool = False
    only: str = ""  # a condition


PARTS = (
    Part("estate"),
    Part("building"),
    Part("public_area"),
    Part("staff"),
    Part("notice"),
    Part("household"),
    Part("person"),
    Part("membership"),
    Part("number"),
    Part("sensitive_tag"),
    Part("ticket", newest_first=True, only="closed_at IS NULL"),
    Part("task", newest_first=True, only="done_at IS NULL"),
    *map(Part, ("promise", "warning", "incident", "question", "article", "duty_turn", "hand_over", "survey")),
    Part("ticket", newest_first=True),
    Part("task", newest_first=True),
    Part("call", newest_first=True),
    Part("recording", newest_first=True),
    Part("comment", newest_first=True),
    Part("score", newest_first=True),
    Part("sample", newest_first=True),
    Part("message", newest_first=True),
    Part("attempt", newest_first=True),
    Part("follow_up", newest_first=True),
    Part("stay", newest_first=True),
    Part("state_span", newest_first=True),
    Part("listening", newest_first=True),
    Part("seat_record"),
    Part("seat_check", newest_first=True),
)
_TIME = "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
# A table that the server has not analyzed yet is taken by its size.
_ESTIMATE = """
SELECT coalesce(sum(CASE WHEN c.reltuples < 0 THEN pg_relation_size(c.oid) / 200 ELSE c.reltuples END), 0)::bigint
FROM unnest(%s::text[]) AS t (name) JOIN pg_class AS c ON c.oid = to_regclass(format('desk.%%I', t.name))
"""
_decode: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[Any])


class CentralRows:
    """Rows of the centre as patches, with all the fields that the centre knows of them."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        found = connection.execute("SELECT name, id_field, fields FROM desk.entity").fetchall()
        self.entities: dict[str, tuple[str, dict[str, str]]] = {row[0]: (row[1], row[2]) for row in found}

    def parts(self) -> list[Part]:
        """In the order of a fill: what this seat does not know comes last."""
        known = {part.entity for part in PARTS}
        there = [part for part in PARTS if part.entity in self.entities]
        return there + [Part(name) for name in sorted(self.entities.keys() - known)]

    def estimate(self) -> int:
        """How many rows there are, about. None of them is looked at: to some roles each counts as shown."""
        found = self._connection.execute(_ESTIMATE, (sorted(self.entities),)).fetchone()
        return int(found[0]) if found else 0

    def page(self, part: Part, after: str, limit: int) -> dict[str, Patch]:
        """The next rows of this part after this id ("" = from the beginning)."""
        id_field = self.entities[part.entity][0]
        conditions = [part.only] if part.only else []
        if after:
            conditions.append(f"{id_field} {'<' if part.newest_first else '>'} %s")
        order = f"ORDER BY {id_field} {'DESC' if part.newest_first else ''} LIMIT %s"
        return self._rows(part.entity, " AND ".join(conditions) or "true", order, (*([after] if after else []), limit))

    def where(self, entity: str, field: str, values: Iterable[str], order: str, limit: int) -> dict[str, Patch]:
        """Rows of which this field has one of these values."""
        wanted = sorted(set(values))
        return self._rows(entity, f'"{field}" = ANY (%s)', f"{order} LIMIT %s", (wanted, limit)) if wanted else {}

    def _rows(self, entity: str, condition: str, order: str, given: Sequence[Any]) -> dict[str, Patch]:
        id_field, fields = self.entities[entity]
        values = ", ".join(
            _TIME.format(f'"{name}"') if kind == "timestamptz" else f'"{name}"' for name, kind in fields.items()
        )
        query = (
            f'SELECT "{id_field}", jsonb_build_array({values})::text FROM desk."{entity}"'  # noqa: S608
            f" WHERE {condition} {order}"
        )
        names = tuple(fields)
        rows = self._connection.execute(query.encode(), given)
        return {
            row[0]: {
                name: value for name, value in zip(names, _decode.decode(row[1]), strict=True) if value is not None
            }
            for row in rows
        }


class Filler:
    """One connection's work at the fill that goes on."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        filling: SqlFilling,
        between: Callable[[], object] = lambda: None,
        going_on: Callable[[], bool] = lambda: True,
        pace: Pace | None = None,
    ) -> None:
        self._filling, self._between, self._going_on = filling, between, going_on
        self._rows = CentralRows(connection)
        self._parts = self._rows.parts()
        self._pace = pace or Paces().fill

    def begin(self, head: int, head_id: ChangeId, rights: str) -> Fill:
        _log.info("this seat is filled with the centre's rows", extra={"head": head})
        return self._filling.begin(head, head_id, rights, self._rows.estimate())

    def work_once(self, fill: Fill) -> tuple[Fill | None, set[str]]:
        """Take a page. Returns how far the fill has come (None: it is done) and the entities of which rows changed."""
        if fill.part >= len(self._parts):
            gone = self._filling.finish()
            self._pace.through()
            _log.info("this seat is filled", extra={"rows": fill.taken})
            return None, gone
        part = self._parts[fill.part]
        began, size = time.monotonic(), self._pace.size
        with self._pace.within_limit():
            rows = self._rows.page(part, fill.after, size)
        self._pace.took(time.monotonic() - began)
        self._filling.take(fill, part.entity, rows, self._between, self._going_on)
        if not self._going_on():
            return fill, {part.entity}  # the same page once more at the next start
        whole_part = len(rows) < size
        come = msgspec.structs.replace(
            fill,
            part=fill.part + whole_part,
            after="" if whole_part else next(reversed(rows)),
            taken=fill.taken + len(rows),
        )
        self._filling.keep(come)
        return come, {part.entity} if rows else set()

    def fetch_caller(self, fill: Fill, lookup_keys: Sequence[str]) -> set[str]:
        """Take those whom this number may mean, their homes and what is known of them, before their turn comes."""
        rows = self._rows
        numbers = rows.where("number", "lookup_key", lookup_keys, "", _FAMILY)
        people = {str(one["person_id"]) for one in numbers.values() if one.get("person_id")}
        homes = {str(one["household_id"]) for one in numbers.values() if one.get("household_id")}
        members = rows.where("membership", "person_id", people, "", _FAMILY)
        homes |= {str(one["household_id"]) for one in members.values()}
        members |= rows.where("membership", "household_id", homes, "", _FAMILY)
        people |= {str(one["person_id"]) for one in members.values()}
        numbers |= rows.where("number", "person_id", people, "", _FAMILY)
        newest = "ORDER BY {} DESC NULLS LAST"
        calls = rows.where("call", "lookup_key", lookup_keys, newest.format("offered_at"), _PAST)
        calls |= rows.where("call", "household_id", homes, newest.format("offered_at"), _PAST)
        found = {
            "household": rows.where("household", "household_id", homes, "", _FAMILY),
            "person": rows.where("person", "person_id", people, "", _FAMILY),
            "membership": members,
            "number": numbers,
            "ticket": rows.where("ticket", "household_id", homes, newest.format("registered_at"), _PAST),
            "call": calls,
        }
        for entity, some in found.items():
            self._filling.take(fill, entity, some)
        return {entity for entity, some in found.items() if some}
