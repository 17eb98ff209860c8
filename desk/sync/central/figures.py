"""How the centre stands, in figures: seats, what they have not sent, messages, tables, archive. Read by whoever may:
the schema's owner, or a role in desk_admin; what a role may not read is left out. For `desk central status` and
metrics; short queries, none of which looks at every row of a big table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, ProgrammingError

from desk.domain.updates import is_newer, is_version
from desk.sync.central.admin import CentralAdminError, Owner

_INSUFFICIENT, _UNDEFINED = "42501", ("42P01", "42703", "3F000")
AWAY_S = 150  # a seat tells how it stands at least this often


@dataclass(frozen=True, slots=True)
class SeatFigures:
    """One store of a seat. `behind`: changes of the log it has not taken yet. `silent_s`: since it last told. `lag_ms`:
    since its oldest unsent change was made, as it told then."""

    seat: str
    role: str
    program: str
    address: str
    silent_s: float
    behind: int
    unsent: int
    refused: int
    lag_ms: int
    filled_permille: int
    copies: int
    troubles: tuple[str, ...] = ()  # by name, as it told last
    newest_program: str = ""  # that the centre knows

    @property
    def is_old(self) -> bool:
        """A newer program is there than the one it runs."""
        return (
            is_version(self.program) and is_version(self.newest_program) and is_newer(self.newest_program, self.program)
        )

    @property
    def waits_s(self) -> float:
        """How long its oldest unsent change has waited by now, 0 with none. Of an older program no more is known than
        the time since it told."""
        return self.lag_ms / 1000 + self.silent_s if self.unsent else 0.0

    @property
    def away(self) -> bool:
        return self.silent_s > AWAY_S


@dataclass(frozen=True, slots=True)
class MessageFigures:
    """`overdue`: should have gone out an hour ago and have not. Failed and dropped: of the last day."""

    waiting: int
    overdue: int
    failed: int
    dropped: int


@dataclass(frozen=True, slots=True)
class TableFigures:
    """`bytes_all`: with indexes and what lies outside the rows. `rows` as PostgreSQL estimates them."""

    name: str
    bytes_all: int
    rows: int
    dead: int
    inserted_since_vacuum: int
    vacuumed_at: datetime | None
    analyzed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ArchiveFigures:
    """Of the write-ahead log. `on`: PostgreSQL archives it."""

    on: bool
    last_s: float | None  # since the last piece was archived
    failed: int
    failing: bool  # the last try failed


@dataclass(frozen=True, slots=True)
class ReplicaFigures:
    name: str
    behind_bytes: int


@dataclass(frozen=True, slots=True)
class Figures:
    """`None`: this role may not read it. Changes of the last hour and day: about."""

    schema: str
    server: str
    database_bytes: int
    head: int
    changes_hour: int
    changes_day: int
    first_change_at: datetime | None
    freeze_age: int
    connections: int
    most_connections: int
    seats: tuple[SeatFigures, ...] | None
    messages: MessageFigures | None
    audit_day: tuple[tuple[str, int], ...] | None
    tables: tuple[TableFigures, ...]
    archive: ArchiveFigures
    replicas: tuple[ReplicaFigures, ...]
    codes_twice: tuple[str, ...] = ()  # enrolment codes used at several computers: at which, the first one first


_GENERAL = """
SELECT (SELECT version_num FROM desk.alembic_version), split_part(current_setting('server_version'), ' ', 1),
    pg_database_size(current_database()), age(d.datfrozenxid),
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
    current_setting('max_connections')::bigint
FROM pg_database d WHERE datname = current_database()
"""
_ENDS = """
SELECT coalesce(max(seq), 0), (SELECT received_at FROM desk.change ORDER BY seq LIMIT 1), now() FROM desk.change
"""
_AT = "SELECT seq, received_at FROM desk.change WHERE seq >= %(seq)s ORDER BY seq LIMIT 1"
_SEATS = """
SELECT seat, role, program, coalesce(host(address), ''), extract(epoch FROM clock_timestamp() - last_seen)::float8,
    greatest(%(head)s - cursor, 0), unsent, refused, lag_ms, filled_permille, copies,
    ARRAY(SELECT jsonb_array_elements_text(troubles)), (SELECT newest_program FROM desk.centre)
FROM desk.seat WHERE last_seen > now() - interval '90 days' ORDER BY seat, last_seen DESC
"""
_CODES_TWICE = """
SELECT string_agg(enrolled_on || ' (' || seat || ')', ', ' ORDER BY enrolled_at, store_id) FROM desk.seat
WHERE enrolled_code <> '' GROUP BY enrolled_code HAVING count(DISTINCT lower(enrolled_on)) > 1 ORDER BY 1
"""
_MESSAGES = """
SELECT count(*) FILTER (WHERE waits),
    count(*) FILTER (WHERE waits AND coalesce(not_before, made_at) < now() - interval '1 hour'),
    count(*) FILTER (WHERE delivery = 'failed' AND made_at > now() - interval '1 day'),
    count(*) FILTER (WHERE delivery = 'dropped' AND made_at > now() - interval '2 days')
FROM (SELECT delivery, made_at, not_before, coalesce(delivery, 'waiting') = 'waiting' AS waits FROM desk.message
    WHERE made_at > now() - interval '3 days' OR delivery IS NULL OR delivery = 'waiting') AS recent
"""
_AUDIT = "SELECT what, count(*) FROM desk.audit WHERE at > now() - interval '1 day' GROUP BY 1 ORDER BY 2 DESC, 1"
_TABLES = """
SELECT relname, pg_total_relation_size(relid), n_live_tup, n_dead_tup, n_ins_since_vacuum,
    greatest(last_vacuum, last_autovacuum), greatest(last_analyze, last_autoanalyze)
FROM pg_stat_user_tables WHERE schemaname = 'desk' ORDER BY 2 DESC
"""
_ARCHIVE = """
SELECT current_setting('archive_mode') <> 'off', extract(epoch FROM now() - last_archived_time)::float8, failed_count,
    coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)
FROM pg_stat_archiver
"""
_REPLICAS = """
SELECT coalesce(nullif(application_name, ''), client_addr::text, '-'),
    coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::bigint
FROM pg_stat_replication WHERE pg_is_in_recovery() IS FALSE ORDER BY 1
"""


def read_from(owner: Owner) -> Figures:
    """Over a connection of its own. Raises `CentralAdminError`."""
    try:
        with owner.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            return read(connection)
    except DBAPIError as error:
        raise CentralAdminError(str(error.orig).strip()) from error


def read(connection: Connection) -> Figures:
    """`connection` in autocommit. Raises SQLAlchemy's errors where the centre cannot be read at all."""
    general = connection.exec_driver_sql(_GENERAL).one()
    head, first_at, now = connection.exec_driver_sql(_ENDS).one()
    seats = _if_allowed(connection, _SEATS, {"head": head})
    messages = _if_allowed(connection, _MESSAGES)
    audit = _if_allowed(connection, _AUDIT)
    return Figures(
        schema=general[0],
        server=general[1],
        database_bytes=general[2],
        freeze_age=general[3],
        connections=general[4],
        most_connections=general[5],
        head=head,
        changes_hour=_arrived_since(connection, now - timedelta(hours=1), head),
        changes_day=_arrived_since(connection, now - timedelta(days=1), head),
        first_change_at=first_at,
        seats=None if seats is None else tuple(_seat(row) for row in seats),
        messages=None if messages is None else MessageFigures(*messages[0]),
        audit_day=None if audit is None else tuple((what, count) for what, count in audit),
        tables=tuple(TableFigures(*row) for row in connection.exec_driver_sql(_TABLES)),
        archive=ArchiveFigures(*connection.exec_driver_sql(_ARCHIVE).one()),
        replicas=tuple(ReplicaFigures(*row) for row in connection.exec_driver_sql(_REPLICAS)),
        codes_twice=tuple(row[0] for row in _if_allowed(connection, _CODES_TWICE) or ()),
    )


def _seat(row: Sequence[Any]) -> SeatFigures:
    return replace(SeatFigures(*row[:-2]), troubles=tuple(row[-2]), newest_program=row[-1])


def _arrived_since(connection: Connection, since: datetime, head: int) -> int:
    """About how many changes have come: the order of the log is the order of arrival, so that a handful of looks finds
    the place; numbers that were taken and rolled back count, too."""
    before, after = 0, head  # everything up to `before` is older; everything from `after` + 1 on is not
    while before < after:
        middle = (before + after) // 2 + 1
        found = connection.exec_driver_sql(_AT, {"seq": middle}).first()
        if found is None or found[1] >= since:
            after = middle - 1
        else:
            before = found[0]
    return head - before


def _if_allowed(connection: Connection, query: str, given: dict[str, Any] | None = None) -> Sequence[Any] | None:
    try:
        return connection.exec_driver_sql(query, given).all()
    except ProgrammingError as error:
        state = getattr(error.orig, "sqlstate", "")
        if state == _INSUFFICIENT or state in _UNDEFINED:
            return None
        raise
