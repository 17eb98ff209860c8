"""`desk central check`: whether a hotline can work with this database, and who could get round the change log. Faults
make it say no; all else that it says is advice. Used by IT with the owner's role."""

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from desk.i18n import _
from desk.sync.central.admin import GROUPS, CentralAdminError, Owner, Say, open_locks, versions

_MIGHTY = """
SELECT DISTINCT r.rolname FROM pg_roles r JOIN pg_auth_members m ON m.member = r.oid
    JOIN pg_roles g ON g.oid = m.roleid
    WHERE g.rolname = ANY (:groups) AND (r.rolsuper OR r.rolcreaterole OR r.rolbypassrls)
"""
_MEMBERS = """
SELECT g.rolname AS group_name, count(m.member) FILTER (WHERE r.rolcanlogin) AS people FROM pg_roles g
    LEFT JOIN pg_auth_members m ON m.roleid = g.oid LEFT JOIN pg_roles r ON r.oid = m.member
    WHERE g.rolname = ANY (:groups) GROUP BY 1 ORDER BY 1
"""
_UNKNOWN = """
SELECT DISTINCT r.rolname FROM pg_roles r JOIN pg_auth_members m ON m.member = r.oid JOIN pg_roles g ON g.oid = m.roleid
    WHERE g.rolname = ANY (:groups) AND r.rolcanlogin AND NOT r.rolsuper
    AND NOT EXISTS (SELECT FROM desk.account a WHERE a.role = r.rolname) ORDER BY 1
"""
_CARRYING = "SELECT role FROM desk.account WHERE active AND carries AND kind NOT IN ('seat', 'admin') ORDER BY 1"
_BELIEVED = """
SELECT role FROM desk.account WHERE active AND carries AND kind = 'seat'
    AND EXISTS (SELECT FROM desk.account WHERE active AND kind = 'supervisor') ORDER BY 1
"""
_UNACCOUNTED = """
SELECT number FROM desk.staff WHERE duty = 'supervisor' AND active AND number <> ''
    AND NOT EXISTS (SELECT FROM desk.account AS a WHERE a.agent = number)
    AND EXISTS (SELECT FROM desk.account WHERE active AND kind = 'supervisor') ORDER BY 1
"""
_OPEN_DOORS = """
SELECT line_number, concat_ws(' ', type, array_to_string(database, ','), array_to_string(user_name, ','), address,
        auth_method) AS rule
    FROM pg_hba_file_rules WHERE error IS NULL AND type <> 'local'
    AND (database && ARRAY['all', current_database()::text])
    AND (type IN ('host', 'hostnossl') OR auth_method IN ('trust', 'password', 'md5', 'ident'))
    AND auth_method <> 'reject' AND NOT (auth_method = 'gss' AND type = 'hostgssenc') ORDER BY 1
"""
_LOGS = """
SELECT current_setting('logging_collector') = 'on' AND current_setting('log_destination') ~ 'jsonlog|csvlog'
"""
MOST_NAMED = 5


def check(owner: Owner, say: Say) -> bool:
    """Say how the central database stands; True when a hotline can work with it. Raises `CentralAdminError`."""
    try:
        with owner.engine().connect() as connection:
            if not _check_version(connection, say):
                return False
            good = [_check_tls(connection, say), _check_people(connection, say)]
            _advise(connection, say)
            return all(good)
    except DBAPIError as error:
        raise CentralAdminError(str(error.orig).strip()) from error


def _check_version(connection: Connection, say: Say) -> bool:
    present, wanted = versions(connection)
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
    members = connection.execute(text(_MEMBERS), {"groups": list(GROUPS)}).all()
    for group, people in members:
        say(_("Group {group}: {people} people.").format(group=group, people=people))
    mighty = list(connection.execute(text(_MIGHTY), {"groups": list(GROUPS)}).scalars())
    for role in mighty:
        say(
            _("Role {role} has more rights than an agent may have (superuser, CREATEROLE or BYPASSRLS).").format(
                role=role
            )
        )
    return len(members) == len(GROUPS) and not mighty


def _advise(connection: Connection, say: Say) -> None:
    unknown = list(connection.execute(text(_UNKNOWN), {"groups": list(GROUPS)}).scalars())
    if unknown:
        say(
            _("Roles without an account here: {roles}. Give them one: desk central user add").format(
                roles=_some(unknown)
            )
        )
    carrying = list(connection.execute(text(_CARRYING)).scalars())
    if carrying:
        say(
            _(
                "Accounts from before that may bring the changes of others: {roles}. Once each person signs in with a "
                "role of their own: desk central user change ROLE --own-only"
            ).format(roles=_some(carrying))
        )
    believed = list(connection.execute(text(_BELIEVED)).scalars())
    if believed:
        say(
            _(
                "Seats that bring also what supervisors with an account of their own write: {roles}. Right while "
                "people sign in from the list there. Where they sign in with their passwords: "
                "desk central user change ROLE --own-only"
            ).format(roles=_some(believed))
        )
    unaccounted = list(connection.execute(text(_UNACCOUNTED)).scalars())
    if unaccounted:
        say(
            _(
                "Supervisors of the staff list without an account, while others have one: {numbers}. A seat's role is "
                "believed what they wrote. Where people sign in with their passwords, give them accounts: "
                "desk central user add NUMBER --kind supervisor"
            ).format(numbers=_some(unaccounted))
        )
    _advise_server(connection, say)


def _advise_server(connection: Connection, say: Say) -> None:
    if open_locks(connection):
        say(
            _(
                "Everybody may take advisory locks here, and could keep all seats waiting. Run once as a superuser the "
                "statements in docs/central.md."
            )
        )
    if not connection.execute(text(_LOGS)).scalar_one():
        say(_("The server keeps no log that `desk central audit` can read. See docs/central.md."))
    if connection.execute(text("SELECT has_function_privilege('pg_hba_file_rules()', 'execute')")).scalar_one():
        for line, rule in connection.execute(text(_OPEN_DOORS)):
            say(
                _("pg_hba.conf, line {line}, lets people in without TLS or too easily: {rule}").format(
                    line=line, rule=rule
                )
            )


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown}, … ({len(names)})"
