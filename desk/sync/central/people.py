"""People and seats of the hotline as the centre knows them: `desk central user`. Each is a role of PostgreSQL with a
row in `desk.account`; what a role may do is the group it is in. Used by IT with the owner's role, never by a seat.

Each function is one transaction and leaves a line in `desk.audit`. A password leaves this computer only as the
verifier that the server would keep anyway (SCRAM)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

import psycopg
from psycopg import sql

from desk.i18n import _
from desk.sync.central.admin import CentralAdminError, Owner

T = TypeVar("T")
Kind = Literal["reader", "agent", "supervisor", "admin", "seat"]
KINDS: tuple[Kind, ...] = ("reader", "agent", "supervisor", "admin", "seat")
# Rows that show a telephone number, and changes, in an hour: several times what the busiest hour of fifty seats brings.
# A number of the register counts as twenty such rows (the schema's step 0014).
READS_PER_HOUR, WRITES_PER_HOUR = 10_000, 20_000
CONNECTIONS = 20  # a seat holds three, and somebody may be signed in at two seats


@dataclass(frozen=True)
class Account:
    """`role`: the name that one signs in with; `agent`: the work number that their changes carry. `estates` None: all.
    `reads_per_hour`, `writes_per_hour` None: not counted. `active` False: disabled. `carries`: a seat brings also
    what supervisors with an account of their own wrote; anybody else what others wrote."""

    role: str
    agent: str
    name: str
    kind: Kind
    estates: tuple[str, ...] | None = None
    sensitive: bool = False
    reads_per_hour: int | None = None
    writes_per_hour: int | None = None
    active: bool = True
    carries: bool = False
    valid_until: datetime | None = None

    @property
    def is_unlimited(self) -> bool:
        return self.estates is None and self.reads_per_hour is None


def usual_limits(kind: Kind) -> tuple[int | None, int | None]:
    """(reads, writes) per hour of a new account. A seat is filled with everything, supervisors and admins report."""
    return (READS_PER_HOUR, WRITES_PER_HOUR) if kind in ("agent", "reader") else (None, None)


class People:
    """All functions raise `CentralAdminError` with a sentence for the person."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner

    def add(self, account: Account, password: str | None, valid_until: datetime | None = None) -> None:
        """A new account, or one for a role that is there already (its password stays if none is given). `password`
        None: whoever checks it is elsewhere (LDAP, Kerberos, a certificate)."""

        def work(connection: psycopg.Connection[Any]) -> None:
            if _account(connection, account.role) is not None:
                raise CentralAdminError(_("{role} is here already.").format(role=account.role))
            there = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", (account.role,)).fetchone()
            if there is not None and there[0]:
                raise CentralAdminError(_("{role} is a superuser of this server.").format(role=account.role))
            if there is None:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(account.role)))
            connection.execute(
                "INSERT INTO desk.account (role, agent, name, kind, estates, sensitive, carries, reads_per_hour,"
                " writes_per_hour) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    *(account.role, account.agent, account.name, account.kind),
                    list(account.estates) if account.estates is not None else None,
                    *(account.sensitive, account.carries, account.reads_per_hour, account.writes_per_hour),
                ),
            )
            _give_rights(connection, account)
            _set_password(connection, account.role, password, valid_until)
            _note(connection, "user added", account.role, _in_words(account))

        self._run(work)

    def change(self, account: Account) -> None:
        """The account is to be as given; role, password and whether it is active stay."""

        def work(connection: psycopg.Connection[Any]) -> None:
            _known(connection, account.role)
            connection.execute(
                "UPDATE desk.account SET agent = %s, name = %s, kind = %s, estates = %s, sensitive = %s, carries = %s,"
                " reads_per_hour = %s, writes_per_hour = %s WHERE role = %s",
                (
                    *(account.agent, account.name, account.kind),
                    list(account.estates) if account.estates is not None else None,
                    *(account.sensitive, account.carries, account.reads_per_hour, account.writes_per_hour),
                    account.role,
                ),
            )
            if account.active:
                _give_rights(connection, account)
            _note(connection, "user changed", account.role, _in_words(account))

        self._run(work)

    def disable(self, role: str) -> bool:
        """They are out at once: the account's row says no, and open connections are ended. False where this owner may
        not end them: they stay open, and neither read nor write. The role stays, since changes name it."""

        def work(connection: psycopg.Connection[Any]) -> None:
            _known(connection, role)
            connection.execute("UPDATE desk.account SET active = false, disabled_at = now() WHERE role = %s", (role,))
            connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(role)))
            _take_rights(connection, role)
            _note(connection, "user disabled", role)

        self._run(work)
        with self._owner.connect() as connection:
            try:
                connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (role,))
            except psycopg.errors.InsufficientPrivilege:  # no superuser, and not in pg_signal_backend
                return False
        return True

    def enable(self, role: str) -> None:
        def work(connection: psycopg.Connection[Any]) -> None:
            account = _known(connection, role)
            connection.execute("UPDATE desk.account SET active = true, disabled_at = NULL WHERE role = %s", (role,))
            connection.execute(sql.SQL("ALTER ROLE {} LOGIN").format(sql.Identifier(role)))
            _give_rights(connection, account)
            _note(connection, "user enabled", role)

        self._run(work)

    def reset(self, role: str, password: str, valid_until: datetime | None = None) -> None:
        """A new password, and an hour's limits begin anew."""

        def work(connection: psycopg.Connection[Any]) -> None:
            _known(connection, role)
            _set_password(connection, role, password, valid_until)
            for place in ("desk_shown", "desk_written"):
                connection.execute(sql.SQL("ALTER SEQUENCE IF EXISTS {} RESTART").format(sql.Identifier(place, role)))
            _note(connection, "password reset", role)

        self._run(work)

    def account(self, role: str) -> Account:
        return self._run(lambda connection: _known(connection, role))

    def all(self) -> list[Account]:
        return self._run(lambda connection: [_read(row) for row in connection.execute(_ACCOUNTS + " ORDER BY a.role")])

    def _run(self, work: Callable[[psycopg.Connection[Any]], T]) -> T:
        with self._owner.connect() as connection:
            try:
                with connection.transaction():
                    return work(connection)
            except psycopg.errors.UniqueViolation as error:
                raise CentralAdminError(_("Somebody else has this work number.")) from error
            except psycopg.Error as error:
                raise CentralAdminError(str(error).strip()) from error


_ACCOUNTS = (
    "SELECT a.role, a.agent, a.name, a.kind, a.estates, a.sensitive, a.reads_per_hour, a.writes_per_hour, a.active,"
    " a.carries, CASE WHEN isfinite(r.rolvaliduntil) THEN r.rolvaliduntil END"
    " FROM desk.account a LEFT JOIN pg_roles r ON r.rolname = a.role"
)


def _read(row: tuple[Any, ...]) -> Account:
    estates = tuple(row[4]) if row[4] is not None else None
    return Account(row[0], row[1], row[2], row[3], estates, *row[5:])


def _account(connection: psycopg.Connection[Any], role: str) -> Account | None:
    row = connection.execute(_ACCOUNTS + " WHERE a.role = %s", (role,)).fetchone()
    return _read(row) if row else None


def _known(connection: psycopg.Connection[Any], role: str) -> Account:
    account = _account(connection, role)
    if account is None:
        raise CentralAdminError(_("There is no account {role}. See: desk central user list").format(role=role))
    return account


def _give_rights(connection: psycopg.Connection[Any], account: Account) -> None:
    """Exactly the groups of this account, and a counter for each limit."""
    _take_rights(connection, account.role)
    groups = [f"desk_{account.kind}", "desk_unlimited" if account.is_unlimited else "desk_limited"]
    if account.sensitive:
        groups.append("desk_sensitive")
    role = sql.Identifier(account.role)
    for group in groups:
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), role))
    connection.execute(sql.SQL("ALTER ROLE {} CONNECTION LIMIT {}").format(role, sql.Literal(CONNECTIONS)))
    for place in ("desk_shown", "desk_written"):
        connection.execute(sql.SQL("CREATE SEQUENCE IF NOT EXISTS {}").format(sql.Identifier(place, account.role)))
    # What is sorted after it was read is counted although it is not shown: let the index give the order.
    how = "RESET enable_sort" if account.reads_per_hour is None else "SET enable_sort = off"
    connection.execute(sql.SQL("ALTER ROLE {} " + how).format(role))


def _take_rights(connection: psycopg.Connection[Any], role: str) -> None:
    groups = connection.execute(
        "SELECT m.roleid::regrole::text FROM pg_auth_members m WHERE m.member = %s::regrole::oid"
        " AND m.roleid::regrole::text LIKE 'desk\\_%%'",
        (sql.Identifier(role).as_string(connection),),
    ).fetchall()
    for (group,) in groups:
        connection.execute(sql.SQL("REVOKE {} FROM {}").format(sql.Identifier(group), sql.Identifier(role)))


def _set_password(
    connection: psycopg.Connection[Any], role: str, password: str | None, valid_until: datetime | None
) -> None:
    until = valid_until.isoformat() if valid_until else "infinity"
    if password is not None:
        if not password:
            raise CentralAdminError(_("Nothing was entered; nothing was changed."))
        verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {} VALID UNTIL {}").format(
                sql.Identifier(role), sql.Literal(verifier), sql.Literal(until)
            )
        )


def _note(connection: psycopg.Connection[Any], what: str, whom: str, detail: str = "") -> None:
    connection.execute("INSERT INTO desk.audit (what, whom, detail) VALUES (%s, %s, %s)", (what, whom, detail))


def _in_words(account: Account) -> str:
    estates = "all" if account.estates is None else ",".join(account.estates)
    return (
        f"kind={account.kind} agent={account.agent} estates={estates} sensitive={account.sensitive}"
        f" reads={account.reads_per_hour} writes={account.writes_per_hour}"
    )
