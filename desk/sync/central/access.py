"""How a seat reaches the central PostgreSQL, and what may be in the way. TLS with the certificate and the host's name
verified, always: a connection that cannot be verified is not made.

`connect` blocks up to `CONNECT_S`; the sync process's threads and the command line call it, never its main loop."""

import re
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from desk.domain.troubles import Trouble
from desk.settings import CentralSettings
from desk.usecases.ports import KeyringWeak

CONNECT_S = 5
STATEMENT_S = 30
_TLS_WORDS = ("certificate", "ssl")  # psycopg gives a failed connection no code of its own
_ANSWERED = re.compile(r"(FATAL|PANIC|致命错误|严重错误)[:：]")
_FOR_NOW = ("starting up", "shutting down", "recovery", "too many", "connection slots", "启动", "关闭", "恢复")


class CentralFault(Exception):
    """The centre cannot be used now. `trouble` is what the seat shows."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(detail)
        self.trouble, self.detail = trouble, detail


class PasswordMissing(CentralFault):
    """The keyring holds no password for this role."""


@dataclass(frozen=True)
class CentralAccess:
    """`password` is asked at every connection (a keyring may be unlocked, a password changed meanwhile). `ticket`: none
    is needed, the user's Kerberos ticket says who it is; no other proof is offered to the server."""

    host: str
    port: int
    database: str
    user: str
    password: Callable[[], str | None]
    ca_file: Path | None = None
    ticket: bool = False

    @property
    def entry(self) -> str:
        """The password's name in the keyring."""
        return entry_of(self.user, self.host)


def entry_of(user: str, host: str) -> str:
    return f"central:{user}@{host}"


def access_from(settings: CentralSettings, secret: Callable[[str], str | None]) -> CentralAccess | None:
    """Where these settings point; None when standing alone. `secret` reads the keyring."""
    if not settings.url:
        return None
    parts = conninfo_to_dict(settings.url)
    host = str(parts.get("host") or "localhost")
    entry = entry_of(settings.user, host)
    return CentralAccess(
        host=host,
        port=int(parts.get("port") or 5432),
        database=str(parts.get("dbname") or "desk"),
        user=settings.user,
        password=lambda: secret(entry),
        ca_file=Path(settings.ca_file) if settings.ca_file else None,
    )


def connect(access: CentralAccess, purpose: str) -> psycopg.Connection[Any]:
    """A connection in autocommit. `purpose` shows in the server's pg_stat_activity. Raises `CentralFault`."""
    try:
        password = access.password()
    except KeyringWeak as error:
        raise PasswordMissing(Trouble.CENTRAL_REFUSED, str(error)) from error
    if password is None and not access.ticket:
        raise PasswordMissing(Trouble.CENTRAL_REFUSED, f"the keyring has no entry {access.entry!r}")
    try:
        return psycopg.connect(
            host=access.host,
            port=access.port,
            dbname=access.database,
            user=access.user,
            password=password,
            sslmode="verify-full",
            sslrootcert=str(access.ca_file) if access.ca_file else system_authorities(),
            gssencmode="disable",  # TLS encrypts
            require_auth="gss" if access.ticket else None,
            connect_timeout=CONNECT_S,
            tcp_user_timeout=CONNECT_S * 2000,
            keepalives_idle=5,
            keepalives_interval=5,
            keepalives_count=3,
            application_name=f"desk {purpose}",
            options=f"-c TimeZone=UTC -c jit=off -c statement_timeout={STATEMENT_S}s"
            f" -c idle_in_transaction_session_timeout={STATEMENT_S}s"
            # A seat whose cable is pulled in the middle of a push may hold the lock that orders changes: the server
            # is not to wait its usual two hours for it.
            " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
            autocommit=True,
        )
    except psycopg.Error as error:
        raise fault_of(error) from error


def system_authorities() -> str:
    """The system's certificate authorities. The libpq inside psycopg's wheel looks where its builder's system keeps
    them, so on Linux it is told where this one does."""
    found = ssl.get_default_verify_paths().cafile
    return found if found and sys.platform != "win32" else "system"


def fault_of(error: psycopg.Error) -> CentralFault:
    """Which trouble an error of the database means for the seat."""
    detail = str(error).strip()
    state = error.sqlstate or ""
    if state:
        refused = state[:2] in ("28", "42", "3D", "3F", "0A")
        return CentralFault(Trouble.CENTRAL_REFUSED if refused else Trouble.CENTRAL_UNREACHABLE, detail)
    if _ANSWERED.search(detail):
        for_now = any(word in detail for word in _FOR_NOW)
        return CentralFault(Trouble.CENTRAL_UNREACHABLE if for_now else Trouble.CENTRAL_REFUSED, detail)
    lower = detail.lower()
    if any(word in lower for word in _TLS_WORDS) and "eof" not in lower and "syscall" not in lower:
        return CentralFault(Trouble.CENTRAL_UNVERIFIED, detail)
    return CentralFault(Trouble.CENTRAL_UNREACHABLE, detail)
