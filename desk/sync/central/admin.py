"""Setting up and upgrading the central database: `desk central init`, `upgrade`. Used by IT with a role that owns the
database, never by a seat. What is to be done is told first (`plan`), and an upgrade is one transaction: seats wait for
it as for each other, and those of the version before go on working after it (steps only add).

Every function says what it does, line by line, through `say`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from desk.faults import Fault
from desk.i18n import _
from desk.sync.central.access import CONNECT_S, system_authorities

GROUPS = ("desk_reader", "desk_agent", "desk_supervisor", "desk_admin", "desk_seat")
LOCK_S = 20
Say = Callable[[str], None]

# Whoever may take an advisory lock could take the one by which changes are ordered, and keep it.
_ADVISORY = """
SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
    AND p.proname LIKE ANY (ARRAY['pg_advisory%', 'pg_try_advisory%']) AND p.proname NOT LIKE '%unlock%'
    AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)
"""


class CentralAdminError(Fault):
    """The database cannot be reached, or does not allow it. The text says why."""


@dataclass(frozen=True)
class Owner:
    """`url`: postgresql://user@host[:port]/database of the role that owns the database; over a socket on the server
    itself: postgresql://user@/database?host=/run/postgresql. `password` None: PGPASSWORD, ~/.pgpass or the socket."""

    url: str
    password: str | None = None
    ca_file: Path | None = None

    def engine(self) -> Engine:
        url = make_url(self.url).set(drivername="postgresql+psycopg")
        if self.password is not None:
            url = url.set(password=self.password)
        return create_engine(url, connect_args=self._arguments(), poolclass=NullPool, hide_parameters=True)

    def connect(self) -> psycopg.Connection[Any]:
        """In autocommit. Raises `CentralAdminError`."""
        arguments = self._arguments()
        if self.password is not None:
            arguments["password"] = self.password
        try:
            return psycopg.connect(self.url, autocommit=True, **arguments)
        except psycopg.Error as error:
            raise CentralAdminError(str(error).strip()) from error

    def _arguments(self) -> dict[str, Any]:
        arguments: dict[str, Any] = {"connect_timeout": CONNECT_S, "application_name": "desk central"}
        if make_url(self.url).host:  # over a network; a socket on the server itself has no TLS
            arguments |= {
                "sslmode": "verify-full",
                "sslrootcert": str(self.ca_file) if self.ca_file else system_authorities(),
            }
        return arguments


@dataclass(frozen=True)
class Plan:
    """`present` None: there is no schema yet. `steps`: (version, first line of what it does), oldest first."""

    present: str | None
    wanted: str
    steps: tuple[tuple[str, str], ...]
    changes: int  # about how many are in the log, by the server's own estimate
    seats: int  # connections of seats at this moment

    @property
    def newer(self) -> bool:
        """The centre is of a newer program than this one."""
        return self.present is not None and self.present > self.wanted


def plan(owner: Owner) -> Plan:
    """What an upgrade would do now. Raises `CentralAdminError`."""
    try:
        with owner.engine().connect() as connection:
            return _plan(connection)
    except DBAPIError as error:
        raise CentralAdminError(str(error.orig).strip()) from error


def tell(given: Plan, say: Say) -> None:
    """The plan in words."""
    if given.newer:
        say(
            _("The central schema is of version {present}; this program knows {wanted}. Use the newer program.").format(
                present=given.present, wanted=given.wanted
            )
        )
        return
    if not given.steps:
        say(_("The central schema is up to date (version {version}).").format(version=given.wanted))
        return
    for version, what in given.steps:
        say(_("Step {version}: {what}").format(version=version, what=what))
    if given.present is not None:
        say(
            _(
                "All of it is one transaction: some {changes} changes are looked at, and {seats} connections of seats "
                "wait meanwhile. Nothing is lost; seats of the version before go on working afterwards."
            ).format(changes=given.changes, seats=given.seats)
        )


def init(owner: Owner, say: Say, program: str = "") -> None:
    """Make groups and schema in an empty database. Does nothing where the schema is there. Raises
    `CentralAdminError`."""
    upgrade(owner, say, program)


def upgrade(owner: Owner, say: Say, program: str = "") -> None:
    """Bring the schema to this program's version. `program`: this program's version, which the centre then tells seats
    to be the newest it knows. Raises `CentralAdminError`."""
    try:
        with owner.engine().connect() as connection:
            found = _plan(connection)
            tell(found, say)
            if found.newer:
                raise CentralAdminError(_("Nothing was changed."))
            if found.steps:
                connection.execute(text(f"SET lock_timeout = '{LOCK_S}s'"))
                connection.execute(text("CREATE SCHEMA IF NOT EXISTS desk"))
                config = _config()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                _keep_locks(connection, say)
            if program:
                connection.execute(text("UPDATE desk.centre SET newest_program = :program"), {"program": program})
            connection.commit()
    except DBAPIError as error:
        raise CentralAdminError(str(error.orig).strip()) from error
    if found.steps:
        say(_("The central schema is now version {version}.").format(version=found.wanted))
        say(_("People and seats are let in by: desk central user add"))


def set_oldest_program(owner: Owner, program: str, say: Say) -> None:
    """From now on seats of older programs are told to be renewed, and exchange nothing. Raises `CentralAdminError`."""
    with owner.connect() as connection:
        try:
            connection.execute("UPDATE desk.centre SET oldest_program = %s", (program,))
            connection.execute("INSERT INTO desk.audit (what, detail) VALUES ('oldest program', %s)", (program,))
        except psycopg.Error as error:
            raise CentralAdminError(str(error).strip()) from error
    say(_("Seats of a version before {version} are told to be renewed.").format(version=program))


def take_back(owner: Owner, hours: int, say: Say) -> None:
    """A backup was restored: for so long seats bring what any supervisor wrote, 0 = no longer. Raises
    `CentralAdminError`."""
    with owner.connect() as connection:
        try:
            connection.execute("UPDATE desk.centre SET restored_until = now() + make_interval(hours => %s)", (hours,))
            connection.execute("INSERT INTO desk.audit (what, detail) VALUES ('restored, hours', %s)", (str(hours),))
        except psycopg.Error as error:
            raise CentralAdminError(str(error).strip()) from error
    if hours:
        say(_("For {hours} h seats with a role of their own give back what any supervisor wrote.").format(hours=hours))
    else:
        say(_("Whoever has an account brings what they wrote themselves again."))


def open_locks(connection: Connection) -> list[str]:
    """The advisory lock functions that everybody may use in this database."""
    return list(connection.execute(text(_ADVISORY)).scalars())


def _keep_locks(connection: Connection, say: Say) -> None:
    """Only a superuser can do it; `desk central check` tells the statements where the owner is none."""
    if connection.execute(text("SELECT current_setting('is_superuser')")).scalar_one() != "on":
        return
    owner = connection.execute(
        text("SELECT quote_ident(pg_get_userbyid(proowner)) FROM pg_proc WHERE oid = 'desk.order_change'::regproc")
    ).scalar_one()
    for function in open_locks(connection):
        connection.execute(text(f"GRANT EXECUTE ON FUNCTION pg_catalog.{function} TO {owner}"))
        connection.execute(text(f"REVOKE EXECUTE ON FUNCTION pg_catalog.{function} FROM PUBLIC"))
    say(_("Only the schema's own functions may lock the order of changes."))


def _plan(connection: Connection) -> Plan:
    present, wanted = versions(connection)
    steps = () if present is not None and present >= wanted else tuple(_between(present, wanted))
    changes = seats = 0
    if present is not None:
        estimate = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'desk.change'::regclass"
        changes = connection.execute(text(estimate)).scalar_one()
        connected = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name LIKE 'desk exchange%'"
        )
        seats = connection.execute(text(connected)).scalar_one()
    return Plan(present, wanted, steps, changes, seats)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def versions(connection: Connection) -> tuple[str | None, str]:
    """(version that is there, version of this program)."""
    context = MigrationContext.configure(connection, opts={"version_table_schema": "desk"})
    wanted = ScriptDirectory.from_config(_config()).get_current_head()
    return context.get_current_revision(), wanted or ""


def _between(present: str | None, wanted: str) -> list[tuple[str, str]]:
    """(version, first line of what it does), oldest first."""
    steps = ScriptDirectory.from_config(_config()).iterate_revisions(wanted, present or "base")
    return [(step.revision, (step.doc or "").splitlines()[0]) for step in steps][::-1]
