"""Tickets on their way to other systems: all of them as flat records, and the list of those that the hook has still to
tell (`ticket_out`, kept by triggers, see `outside_tables`). Any thread."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import msgspec
from sqlalchemy import text

from desk.domain.ticket_out import Choice, TicketOut, as_text
from desk.domain.tickets import OPEN_STAGES
from desk.domain.times import to_text
from desk.store.store import Store

_PAGE = 500
_SINCE = "ticket_hook_since"  # in `meta`: tickets registered before were never the hook's
# Rows are partial until all of their changes have come: those are not told of yet.
_WHOLE = "t.number IS NOT NULL AND t.kind IS NOT NULL AND t.stage IS NOT NULL AND t.registered_at IS NOT NULL"
_RECORDS = (
    "SELECT t.*, e.name AS estate, b.phase, b.name AS building, h.unit, h.room, p.name AS resident_name,"
    " coalesce(s.name, t.handler_id) AS handler, j.number AS joined_number"
    " FROM ticket t LEFT JOIN household h ON h.household_id = t.household_id"
    " LEFT JOIN building b ON b.building_id = coalesce(h.building_id, t.building_id)"
    " LEFT JOIN estate e ON e.estate_id = b.estate_id LEFT JOIN person p ON p.person_id = t.person_id"
    " LEFT JOIN staff s ON s.staff_id = t.handler_id LEFT JOIN ticket j ON j.ticket_id = t.joined_to"
)
_CHOSEN = text(
    f"{_RECORDS} WHERE {_WHOLE} AND t.registered_at >= :since AND t.registered_at < :until"  # noqa: S608
    " AND (t.registered_at, t.ticket_id) > (:at, :after)"
    " AND (NOT :open OR t.stage IN (SELECT value FROM json_each(:stages)))"
    " ORDER BY t.registered_at, t.ticket_id LIMIT :limit"
)
_ONE = text(f"{_RECORDS} WHERE {_WHOLE} AND t.ticket_id = :ticket_id")
_DUE = text(
    "SELECT o.ticket_id, o.touched, o.tries, o.body_hash FROM ticket_out o"
    " WHERE o.touched > o.told AND o.next_try_at <= :now ORDER BY o.next_try_at, o.ticket_id LIMIT :limit"
)
_STAGES = msgspec.json.encode(sorted(stage.value for stage in OPEN_STAGES)).decode()
_EARLIEST, _LATEST = "0001-01-01", "9999-12-31"
CategoryName = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Untold:
    """A ticket that has changed since the hook told of it. `touched` tells one change from the next."""

    ticket_id: str
    touched: int
    tries: int
    body_hash: str


@dataclass(frozen=True, slots=True)
class HookState:
    """`waiting`: tickets not told of; `failing`: those of them that were tried. `why`: the commonest reasons."""

    waiting: int
    failing: int
    why: Sequence[tuple[str, int]]


class SqlTicketsOut:
    """`category_name`: the name of a category's code."""

    def __init__(self, store: Store, category_name: CategoryName) -> None:
        self._store, self._category_name = store, category_name

    def records(self, choice: Choice) -> Iterator[TicketOut]:
        """By the time they were registered; a page in memory at a time."""
        at = after = ""
        given = {
            "since": choice.since.isoformat() if choice.since else _EARLIEST,
            "until": (choice.until + timedelta(days=1)).isoformat() if choice.until else _LATEST,
            "open": choice.open_only,
            "stages": _STAGES,
            "limit": _PAGE,
        }
        while True:
            with self._store.read() as connection:
                rows = connection.execute(_CHOSEN, {**given, "at": at, "after": after}).mappings().all()
            yield from (self._record(dict(row)) for row in rows)
            if len(rows) < _PAGE:
                return
            at, after = rows[-1]["registered_at"], rows[-1]["ticket_id"]

    def record(self, ticket_id: str) -> TicketOut | None:
        """None while the ticket is partial."""
        with self._store.read() as connection:
            row = connection.execute(_ONE, {"ticket_id": ticket_id}).mappings().one_or_none()
        return None if row is None else self._record(dict(row))

    def _record(self, row: dict[str, Any]) -> TicketOut:
        return TicketOut(
            row["ticket_id"],
            row["number"],
            row["kind"],
            as_text(row["category"]),
            self._category_name(as_text(row["category"])),
            as_text(row["priority"]),
            row["stage"],
            as_text(row["description"]),
            as_text(row["place_text"]),
            *(as_text(row[name]) for name in ("estate", "phase", "building", "unit", "room")),
            *(as_text(row[name]) for name in ("caller_name", "resident_name", "contact_number")),
            *(as_text(row[name]) for name in ("appointment_start", "appointment_until", "registered_at")),
            *(as_text(row[name]) for name in ("registered_by", "seat", "handler", "closed_at", "joined_number")),
        )

    # What the hook has still to tell.

    def begin(self, since: datetime) -> str:
        """From when on tickets are told of: as it was said first. Text of `desk.domain.times`."""
        with self._store.write() as connection:
            connection.exec_driver_sql("INSERT OR IGNORE INTO meta VALUES (?, ?)", (_SINCE, to_text(since)))
            query = "SELECT value FROM meta WHERE name = ?"
            return str(connection.exec_driver_sql(query, (_SINCE,)).scalar_one())

    def due(self, now: datetime, limit: int) -> list[Untold]:
        with self._store.read() as connection:
            return [Untold(*row) for row in connection.execute(_DUE, {"now": to_text(now), "limit": limit})]

    def told(self, untold: Untold, body_hash: str) -> None:
        """As it stood when it was read; a later change is told of again."""
        with self._store.write() as connection:
            connection.exec_driver_sql(
                "UPDATE ticket_out SET told = max(told, ?), body_hash = ?, tries = 0, next_try_at = '', why = ''"
                " WHERE ticket_id = ?",
                (untold.touched, body_hash, untold.ticket_id),
            )

    def later(self, untold: Untold, next_try_at: datetime, why: str) -> None:
        with self._store.write() as connection:
            connection.exec_driver_sql(
                "UPDATE ticket_out SET tries = tries + 1, next_try_at = ?, why = ? WHERE ticket_id = ?",
                (to_text(next_try_at), why[:200], untold.ticket_id),
            )

    def retry_now(self) -> None:
        with self._store.write() as connection:
            connection.exec_driver_sql("UPDATE ticket_out SET next_try_at = '' WHERE touched > told")

    def state(self) -> HookState:
        with self._store.read() as connection:
            waiting, failing = connection.exec_driver_sql(
                "SELECT count(*), coalesce(sum(tries > 0), 0) FROM ticket_out WHERE touched > told"
            ).one()
            why = connection.exec_driver_sql(
                "SELECT why, count(*) FROM ticket_out WHERE touched > told AND why <> ''"
                " GROUP BY why ORDER BY 2 DESC LIMIT 5"
            ).all()
        return HookState(waiting, failing, [(row[0], row[1]) for row in why])


def day_start(text_: str) -> datetime:
    """A day of the settings ("2026-11-01") as the moment it begins, UTC. Raises `ValueError`."""
    return datetime.combine(datetime.fromisoformat(text_).date(), time(), UTC)
