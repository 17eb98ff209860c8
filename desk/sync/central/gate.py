"""The centre's door for people: PostgreSQL itself says whether a work number and a password (or a ticket of the
company's domain) belong together, by letting that person connect. Nothing here compares a password.

A server does not say why it refuses a password, not even that its time is over. Where the seat has a role of its own it
looks there (`pg_roles` is everybody's to read). Blocks up to `CONNECT_S` and a little; for the sync process's sign-in
thread."""

import contextlib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql

from desk.domain.sign_in import Answer, Verdict
from desk.domain.troubles import Trouble
from desk.sync.central.access import CentralAccess, CentralFault, connect, fault_of
from desk.usecases.sign_in import GateAway

GROUPS = ("desk_agent", "desk_supervisor", "desk_admin")  # those that take calls and write
_AWAY = frozenset({Trouble.CENTRAL_UNREACHABLE, Trouble.CENTRAL_UNVERIFIED})
# In the languages a server may speak to a seat: English, and PostgreSQL's own Chinese.
_NOT_PERMITTED = re.compile(r"is not permitted to log in|不允许角色.*登录")
_WRONG = re.compile(r"authentication failed for user|role .* does not exist|认证失败|角色.*不存在")
# PostgreSQL asks somebody else: it does not tell a wrong password from a directory that is away.
_ELSEWHERE = re.compile(r"(LDAP|RADIUS|PAM|BSD|GSSAPI|SSPI|certificate) (authentication failed|认证失败)")
_NO_TICKET = re.compile(r"gss|kerberos|credential|ticket", re.IGNORECASE)

_ROLE = """
SELECT r.rolcanlogin, CASE WHEN isfinite(r.rolvaliduntil) THEN r.rolvaliduntil END,
    EXISTS (SELECT FROM pg_roles g WHERE g.rolname = ANY (%(groups)s) AND pg_has_role(r.oid, g.oid, 'member'))
FROM pg_roles r WHERE r.rolname = %(number)s
"""
_GONE = """
SELECT n FROM unnest(%s::text[]) n WHERE NOT EXISTS (
    SELECT FROM pg_roles r WHERE r.rolname = n AND r.rolcanlogin
    AND (r.rolvaliduntil IS NULL OR r.rolvaliduntil > now()))
"""
_WHOAMI = "SELECT name, kind, active FROM desk.whoami()"
_SITS = frozenset({"", "agent", "supervisor", "admin"})  # kinds of accounts; "" = none, the groups say enough


class CentralGate:
    """Implements `usecases.sign_in.Gate`. `access`: where the centre is, and the seat's own role (user "": none)."""

    def __init__(self, access: CentralAccess) -> None:
        self._access = access

    def access_of(self, number: str, password: str) -> CentralAccess:
        """The way to the centre as this person."""
        return replace(self._access, user=number, password=lambda: password)

    def judge(self, number: str, password: str) -> Verdict:
        if not number or not (password or self._access.ticket):
            return Verdict(Answer.WRONG, number)
        try:
            with contextlib.closing(connect(self.access_of(number, password), "sign-in")) as connection:
                return _admit(connection, number)
        except CentralFault as fault:
            return self._refused(number, fault)
        except psycopg.Error as error:
            return self._refused(number, fault_of(error))

    def change_password(self, number: str, old: str, new: str) -> Verdict:
        try:
            with contextlib.closing(connect(self.access_of(number, old), "sign-in")) as connection:
                verdict = _admit(connection, number)
                if verdict.answer is not Answer.ADMITTED:
                    return verdict
                _set_password(connection, number, new)
        except CentralFault as fault:
            return self._refused(number, fault)
        except psycopg.errors.InvalidParameterValue as error:  # passwordcheck: the server's own rules
            return Verdict(Answer.WEAK, number, detail=str(error.diag.message_primary or ""))
        except psycopg.Error as error:
            return self._refused(number, fault_of(error))
        after = self.judge(number, new)
        if after.answer is Answer.WRONG:
            return Verdict(
                Answer.REFUSED, number, detail="this server keeps its passwords elsewhere (ldap, pam, radius)"
            )
        return after

    def gone(self, numbers: Iterable[str], number: str = "", password: str = "") -> frozenset[str]:
        """Which of these may not sign in any more, asked as this person, or by the seat itself where `number` is "".
        Raises `GateAway`, also where the seat has no role of its own."""
        access = self.access_of(number, password) if number else self._access
        if not access.user:
            raise GateAway("the seat has no role of its own")
        try:
            with contextlib.closing(connect(access, "sign-in")) as connection:
                return frozenset(name for (name,) in connection.execute(_GONE, (list(numbers),)))
        except CentralFault as fault:
            raise GateAway(fault.detail) from fault
        except psycopg.Error as error:
            raise GateAway(str(error)) from error

    def _refused(self, number: str, fault: CentralFault) -> Verdict:
        detail = fault.detail
        if self._access.ticket and _NO_TICKET.search(detail):
            return Verdict(Answer.NO_TICKET, number, detail=detail)
        if fault.trouble in _AWAY:
            raise GateAway(detail) from fault
        if _NOT_PERMITTED.search(detail):
            return Verdict(Answer.DISABLED, number, detail=detail)
        if _ELSEWHERE.search(detail):
            return Verdict(Answer.DIRECTORY, number, detail=detail)
        if _WRONG.search(detail):
            return Verdict(self._why(number), number, detail=detail)
        return Verdict(Answer.REFUSED, number, detail=detail)

    def _why(self, number: str) -> Answer:
        """Wrong, or over its time, or disabled, as far as the seat's own role may look."""
        if not self._access.user or self._access.user == number:
            return Answer.WRONG
        try:
            with contextlib.closing(connect(self._access, "sign-in")) as connection:
                found = connection.execute(_ROLE, {"groups": list(GROUPS), "number": number}).fetchone()
        except (CentralFault, psycopg.Error):
            return Answer.WRONG
        if found is None:
            return Answer.WRONG
        may_sign_in, until, _takes_calls = found
        if not may_sign_in:
            return Answer.DISABLED
        return Answer.EXPIRED if until is not None and until <= datetime.now(UTC) else Answer.WRONG


def _admit(connection: psycopg.Connection[Any], number: str) -> Verdict:
    """They are in; whether they may take calls."""
    found = connection.execute(_ROLE, {"groups": list(GROUPS), "number": number}).fetchone()
    if found is None or not found[0]:
        return Verdict(Answer.DISABLED, number)
    until, takes_calls = found[1], found[2]
    name, kind, active = _account(connection)
    if not active:
        return Verdict(Answer.DISABLED, number, name)
    if not takes_calls or kind not in _SITS:
        return Verdict(Answer.NO_RIGHTS, number, name)
    until = until.astimezone(UTC) if until else None
    return Verdict(Answer.ADMITTED, number, name, password_until=until, kind=kind)


def _account(connection: psycopg.Connection[Any]) -> tuple[str, str, bool]:
    """Name, kind and whether they may work, as the centre has them; one of an older version has no accounts, and who is
    in none of its groups may not ask."""
    try:
        found = connection.execute(_WHOAMI).fetchone()
    except (psycopg.errors.UndefinedFunction, psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidSchemaName):
        return "", "", True
    return (str(found[0] or ""), str(found[1] or ""), bool(found[2])) if found is not None else ("", "", True)


def _set_password(connection: psycopg.Connection[Any], number: str, new: str) -> None:
    """Only its SCRAM verifier travels, so that no log of the server ever holds the password."""
    scram = connection.pgconn.encrypt_password(new.encode(), number.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("ALTER ROLE CURRENT_USER PASSWORD {}").format(sql.Literal(scram)))
