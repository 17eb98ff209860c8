"""Setting up and looking after the central database: `desk central init`, `upgrade`, `check`. Used by IT with a role
that owns the database, never by a seat.

Every function says what it does, line by line, through `say`; an upgrade is one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from desk.i18n import _
from desk.sync.central.access import CONNECT_S, system_authorities

GROUPS = ("desk_reader", "desk_agent", "desk_supervisor", "desk_admin")
Say = Callable[[str], None]


class CentralAdminError(Exception):
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
        arguments: dict[str, object] = {"connect_timeout": CONNECT_S, "application_name": "desk central"}
        if url.host:  # over a network; a socket on the server itself has no TLS
            arguments |= {
                "sslmode": "verify-full",
                "sslrootcert": str(self.ca_file) if self.ca_file else system_authorities(),
            }
        return create_engine(url, connect_args=arguments, poolclass=NullPool, hide_parameters=True)


def init(owner: Owner, say: Say) -> None:
    """Make groups and schema in an empty database. Does nothing where the schema is there. Raises
    `CentralAdminError`."""
    upgrade(owner, say)


def upgrade(owner: Owner, say: Say) -> None:
    """Bring the schema to this program's version. Raises `CentralAdminError`."""
    try:
        with owner.engine().connect() as connection:
            present, wanted = _versions(connection)
            if present == wanted:
                say(_("The central schema is up to date (version {version}).").format(version=wanted))
                return
            for revision in _between(present, wanted):
                say(_("Step {version}: {what}").format(version=revision[0], what=revision[1]))
            connection.execute(text("CREATE SCHEMA IF NOT EXISTS desk"))
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    except DBAPIError as error:
        raise CentralAdminError(str(error.orig).strip()) from error
    say(_("The central schema is now version {version}.").format(version=wanted))
    say(_("People are roles in one of the groups {groups}.").format(groups=", ".join(GROUPS)))


def check(owner: Owner, say: Say) -> bool:
    """Say how the central database stands; True when a hotline can work with it. Raises `CentralAdminError`."""
    try:
        with owner.engine().connect() as connection:
            return all([_check_version(connection, say), _check_tls(connection, say), _check_people(connection, say)])
    except DBAPIError as error:
        raise CentralAdminError(str(error.orig).strip()) from error


def _check_version(connection: Connection, say: Say) -> bool:
    present, wanted = _versions(connection)
    if present == wanted:
        changes = connection.execute(text("SELECT count(*) FROM desk.change")).scalar_one()
        say(_("Schema: version {version}, {count} changes.").format(version=present, count=changes))
        return True
    say(
        _("Schema: version {present}, this program needs {wanted}. Run: desk central upgrade").format(
            present=present or "-", wanted=wanted
        )
    )
    return False


def _check_tls(connection: Connection, say: Say) -> bool:
    on: bool = connection.execute(text("SELECT current_setting('ssl')")).scalar_one() == "on"
    say(_("TLS: on.") if on else _("TLS: off. Seats will not connect. See docs/central.md."))
    return on


def _check_people(connection: Connection, say: Say) -> bool:
    """Nobody in the hotline's groups may be able to get round the change log."""
    members = connection.execute(
        text(
            "SELECT g.rolname AS group_name, count(m.member) AS people FROM pg_roles g"
            " LEFT JOIN pg_auth_members m ON m.roleid = g.oid WHERE g.rolname = ANY (:groups) GROUP BY 1 ORDER BY 1"
        ),
        {"groups": list(GROUPS)},
    ).all()
    for group, people in members:
        say(_("Group {group}: {people} people.").format(group=group, people=people))
    mighty = connection.execute(
        text(
            "SELECT DISTINCT r.rolname FROM pg_roles r JOIN pg_auth_members m ON m.member = r.oid"
            " JOIN pg_roles g ON g.oid = m.roleid WHERE g.rolname = ANY (:groups)"
            " AND (r.rolsuper OR r.rolcreaterole OR r.rolbypassrls)"
        ),
        {"groups": list(GROUPS)},
    ).scalars()
    for role in (found := list(mighty)):
        say(
            _("Role {role} has more rights than an agent may have (superuser, CREATEROLE or BYPASSRLS).").format(
                role=role
            )
        )
    return len(members) == len(GROUPS) and not found


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _versions(connection: Connection) -> tuple[str | None, str]:
    """(version that is there, version of this program)."""
    context = MigrationContext.configure(connection, opts={"version_table_schema": "desk"})
    wanted = ScriptDirectory.from_config(_config()).get_current_head()
    return context.get_current_revision(), wanted or ""


def _between(present: str | None, wanted: str) -> list[tuple[str, str]]:
    """(version, first line of what it does), oldest first."""
    steps = ScriptDirectory.from_config(_config()).iterate_revisions(wanted, present or "base")
    return [(step.revision, (step.doc or "").splitlines()[0]) for step in steps][::-1]
