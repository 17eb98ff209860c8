"""What the centre's health is as this seat meets it: whether it answers, what its certificate says, how long a question
takes, whether this role may do what a seat does, and whether the two clocks agree. Two connections of the doctor's own;
nothing is written there.

The certificate is looked at before anybody signs in, because libpq does not tell when it ends. Any thread but the ui's;
takes up to `CONNECT_S` where nobody answers."""

import contextlib
import socket
import ssl
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import psycopg

from desk.domain.health import Finding, Level
from desk.domain.troubles import Trouble
from desk.health import words
from desk.health.certificate import days_left
from desk.i18n import _
from desk.sync.central.access import CONNECT_S, CentralAccess, CentralFault, PasswordMissing, connect, fault_of
from desk.usecases.ports import Clock

SLOW_MS = 500.0
ASKED = 3
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # PostgreSQL's protocol, 55.2.10
# What a seat does there: say hello, read, write, send what it has in its hands.
_CALLED = ("desk.hello(jsonb)", "desk.head()", "desk.standing(bigint[], uuid[])", "desk.seat_tells(jsonb)")
_RIGHTS = """
SELECT coalesce(array_agg(what), '{}') FROM (
    SELECT f AS what FROM unnest(%(functions)s::text[]) f
        WHERE to_regprocedure(f) IS NULL OR NOT has_function_privilege(to_regprocedure(f), 'execute')
    UNION ALL SELECT 'desk.change (SELECT)' WHERE NOT has_table_privilege('desk.change', 'select')
    UNION ALL SELECT 'desk.change (INSERT)' WHERE NOT has_column_privilege('desk.change', 'patch', 'insert')
) missing
"""


@dataclass(frozen=True, slots=True)
class _Asked:
    """`missing`: rights that the role has not got. `ahead_s`: this computer's clock before the centre's."""

    fault: CentralFault | None = None
    round_trip_ms: float = 0.0
    missing: Sequence[str] = ()
    ahead_s: float | None = None


class CentreLook:
    """`clock`: this computer's. Looked at once, by whichever check asks first; they run after each other. Where the
    seat has no role of its own (people sign in with theirs), nobody signs in."""

    def __init__(self, access: CentralAccess, clock: Clock, warn_days: int) -> None:
        self._access, self._clock, self._warn_days = access, clock, warn_days

    def reached(self) -> Sequence[Finding]:
        """`central`. What keeps it from being used, but not from being reached, is of the other checks."""
        where = f"{self._access.host}:{self._access.port}"
        if self._certificate.away:
            return (
                Finding(
                    "central",
                    Level.WRONG,
                    _("The central database at {where} does not answer ({detail}).").format(
                        where=where, detail=self._certificate.away
                    ),
                    _("Go on working: everything is kept here. Check the network, and whether PostgreSQL runs."),
                ),
            )
        fault = self._asked.fault
        if fault is not None and fault.trouble is Trouble.CENTRAL_UNREACHABLE:
            return (
                Finding(
                    "central",
                    Level.WRONG,
                    _("The central database at {where} takes no work ({detail}).").format(
                        where=where, detail=_first_line(fault.detail)
                    ),
                    _("Go on working: everything is kept here. Look at `desk central status`."),
                ),
            )
        if fault is not None or not self._access.user:
            return (Finding("central", Level.OK, _("{where} answers.").format(where=where)),)
        lag_ms = round(self._asked.round_trip_ms, 1)
        said = _("{where} answers within {ms:.0f} ms.").format(where=where, ms=lag_ms)
        if lag_ms < SLOW_MS:
            return (Finding("central", Level.OK, said, figures={"round_trip_ms": lag_ms}),)
        remedy = _("Look at the network between here and there, and at the server's load.")
        return (Finding("central", Level.WARNING, said, remedy, {"round_trip_ms": lag_ms}),)

    def certificate(self) -> Sequence[Finding]:
        found = self._certificate
        if found.why:
            return (
                Finding(
                    "central.certificate",
                    Level.WRONG,
                    _("The centre's certificate is not accepted ({detail}).").format(detail=found.why),
                    _("Nothing is sent meanwhile. Check ca_file in [central], the host's name, and when it ends."),
                ),
            )
        if found.valid_until is None:
            return ()
        return (days_left("central.certificate", found.valid_until, self._clock(), self._warn_days),)

    def rights(self) -> Sequence[Finding]:
        asked = self._asked
        if not self._access.user:
            return ()
        if isinstance(asked.fault, PasswordMissing):
            why = words.WhyUnchecked().because_of("keyring.entries")
            return (Finding("central.rights", Level.UNCHECKED, why),)
        if asked.fault is not None:
            return (
                Finding(
                    "central.rights",
                    Level.WRONG,
                    _("The centre does not let {user} in ({detail}).").format(
                        user=self._access.user, detail=_first_line(asked.fault.detail)
                    ),
                    _("Keep the right password: desk secret set {entry}").format(entry=self._access.entry),
                ),
            )
        if asked.missing:
            return (
                Finding(
                    "central.rights",
                    Level.WRONG,
                    _("The role {user} lacks rights: {missing}.").format(
                        user=self._access.user, missing=", ".join(asked.missing)
                    ),
                    _("Give it an account: desk central user add; after an update: desk central upgrade"),
                    {"missing": len(asked.missing)},
                ),
            )
        return (
            Finding(
                "central.rights", Level.OK, _("The role {user} may read and write.").format(user=self._access.user)
            ),
        )

    @property
    def ahead_s(self) -> float | None:
        """Of this computer's clock before the centre's, None where the centre did not say."""
        return self._asked.ahead_s

    @cached_property
    def _certificate(self) -> "_Certificate":
        return _certificate_of(self._access)

    @cached_property
    def _asked(self) -> _Asked:
        if not self._access.user:
            return _Asked()
        try:
            with contextlib.closing(connect(self._access, "doctor")) as connection:
                return self._ask(connection)
        except CentralFault as fault:
            return _Asked(fault)
        except psycopg.Error as error:
            return _Asked(fault_of(error))

    def _ask(self, connection: psycopg.Connection[Any]) -> _Asked:
        passed_ms, ahead_s = [], None
        for _turn in range(ASKED):
            begun, begun_s = self._clock(), time.monotonic()
            row = connection.execute("SELECT clock_timestamp()").fetchone()
            took_s = time.monotonic() - begun_s
            passed_ms.append(took_s * 1000)
            if row is not None:
                ahead_s = (begun - row[0]).total_seconds() + took_s / 2
        row = connection.execute(_RIGHTS, {"functions": list(_CALLED)}).fetchone()
        return _Asked(None, min(passed_ms), tuple(row[0]) if row is not None else (), ahead_s)


@dataclass(frozen=True, slots=True)
class _Certificate:
    """`away`: nobody answers, why; `why`: it was not accepted; else until when it is valid."""

    away: str = ""
    why: str = ""
    valid_until: datetime | None = None


def _certificate_of(access: CentralAccess) -> _Certificate:
    try:
        context = ssl.create_default_context(cafile=str(access.ca_file) if access.ca_file else None)
    except (OSError, ValueError) as error:
        return _Certificate(why=str(error))
    try:
        with socket.create_connection((access.host, access.port), CONNECT_S) as plain:
            plain.sendall(_SSL_REQUEST)
            if plain.recv(1) != b"S":
                return _Certificate(why=_("the server speaks no TLS"))
            with context.wrap_socket(plain, server_hostname=access.host) as secure:
                until = (secure.getpeercert() or {}).get("notAfter")
    except ssl.SSLCertVerificationError as error:
        return _Certificate(why=error.verify_message)
    except ssl.SSLError as error:
        return _Certificate(why=error.reason or str(error))
    except OSError as error:
        return _Certificate(away=error.strerror or str(error))
    if not isinstance(until, str):
        return _Certificate()
    return _Certificate(valid_until=datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC))


def _first_line(text: str) -> str:
    return text.splitlines()[-1].strip() if text else ""
