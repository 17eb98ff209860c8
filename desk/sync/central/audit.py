"""What was refused at the centre, and what was done to its accounts: `desk central audit`. Used by IT with the owner's
role.

What is refused rolls back, and with it whatever a table would remember of it; so refusals are read from where no
session can take them back: the server's own log (jsonlog, or csvlog of PostgreSQL 14). What was done to accounts
stands in `desk.audit`. Statements are shown short and with telephone numbers masked."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from desk.i18n import _
from desk.log.redaction import redact
from desk.sync.central.admin import CentralAdminError, Owner

PIECE = 4_000_000  # bytes of the log that are read at once
STATEMENT_SHOWN = 160
# SQLSTATEs of what is refused to somebody, as against what merely fails: rights, passwords and disabled roles, the
# schema's own refusals, limits (ours, and connections of a role), a change that is there already, rows that are kept.
_REFUSALS = ("42501", "28", "DK", "53400", "53300", "23505", "25006", "0LP01")
# https://www.postgresql.org/docs/15/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-CSVLOG
_CSV = {"timestamp": 0, "user": 1, "dbname": 2, "error_severity": 11, "state_code": 12, "message": 13, "statement": 19}
_CSV_HOST, _CSV_COLUMNS = 4, 20


@dataclass(frozen=True)
class Entry:
    """`who`: a role; `where`: the address it came from, "" = not known; `code`: SQLSTATE, "" = nothing was refused."""

    at: datetime
    who: str
    where: str
    code: str
    what: str
    detail: str = ""


def read(owner: Owner, since: datetime, who: str = "") -> tuple[list[Entry], str]:
    """(what happened since then, oldest first; why the server's log could not be read, "" = it was). Raises
    `CentralAdminError`."""
    with owner.connect() as connection:
        try:
            found = list(_accounts(connection, since))
        except psycopg.Error as error:
            raise CentralAdminError(str(error).strip()) from error
        why = ""
        try:
            found += _refusals(connection, since)
        except psycopg.Error as error:
            why = str(error).splitlines()[0]
        except _NoLog as error:
            why = str(error)
    found = [entry for entry in found if not who or who in (entry.who, entry.what.rpartition(" ")[2])]
    return sorted(found, key=lambda entry: entry.at), why


class _NoLog(Exception):
    pass


def _accounts(connection: psycopg.Connection[Any], since: datetime) -> Iterator[Entry]:
    rows = connection.execute("SELECT at, who, what, whom, detail FROM desk.audit WHERE at >= %s", (since,))
    for at, who, what, whom, detail in rows:
        yield Entry(at.astimezone(UTC), who, "", "", f"{what} {whom}".strip(), detail)


def _refusals(connection: psycopg.Connection[Any], since: datetime) -> Iterator[Entry]:
    settings = connection.execute(
        "SELECT current_setting('log_destination'), current_setting('log_directory'),"
        " current_setting('log_timezone'), current_database(), current_setting('logging_collector')"
    ).fetchone()
    assert settings is not None  # noqa: S101 - one row by its form
    destination, folder, zone, database, collector = settings
    ending = ".json" if "jsonlog" in destination else ".csv" if "csvlog" in destination else ""
    if not ending or collector != "on":
        raise _NoLog(_("The server keeps no log that `desk central audit` can read. See docs/central.md."))
    files = connection.execute(
        "SELECT name, size FROM pg_ls_logdir() WHERE modification >= %s AND name LIKE %s ORDER BY modification",
        (since - timedelta(seconds=2), f"%{ending}"),  # a file's time is whole seconds
    ).fetchall()
    for name, size in files:
        lines = _lines(_pieces(connection, f"{folder}/{name}", size), ending)
        yield from refusals_in(lines, database, ZoneInfo(zone), since)


def _pieces(connection: psycopg.Connection[Any], file: str, size: int) -> Iterator[bytes]:
    for offset in range(0, size, PIECE):
        row = connection.execute("SELECT pg_read_binary_file(%s, %s, %s, true)", (file, offset, PIECE)).fetchone()
        if row is None or row[0] is None:
            return
        yield row[0]


def _lines(pieces: Iterable[bytes], ending: str) -> Iterator[dict[str, Any]]:
    if ending == ".json":
        rest = b""
        for piece in pieces:
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                yield from _json_line(line)
        return
    text = b"".join(pieces).decode(errors="replace")
    for row in csv.reader(io.StringIO(text)):  # a statement may hold line ends
        if len(row) >= _CSV_COLUMNS:
            host = row[_CSV_HOST]
            yield {name: row[place] for name, place in _CSV.items()} | {"remote_host": host.rpartition(":")[0] or host}


def _json_line(line: bytes) -> Iterator[dict[str, Any]]:
    try:
        yield json.loads(line)
    except ValueError:  # the last line while it is being written
        return


def refusals_in(lines: Iterable[dict[str, Any]], database: str, zone: ZoneInfo, since: datetime) -> Iterator[Entry]:
    """Those of the log's lines that say that somebody was refused something in this database."""
    for line in lines:
        code = str(line.get("state_code") or "")
        if line.get("dbname") != database or not code.startswith(_REFUSALS):
            continue
        if line.get("error_severity") not in ("ERROR", "FATAL"):
            continue
        # "2026-11-22 06:50:39.123 UTC": the zone is that of the server's settings
        moment = str(line.get("timestamp", "")).rpartition(" ")[0]
        at = datetime.fromisoformat(moment).replace(tzinfo=zone).astimezone(UTC)
        if at < since:
            continue
        where = str(line.get("remote_host") or "")
        statement = redact(" ".join(str(line.get("statement") or "").split())[: 4 * STATEMENT_SHOWN])
        yield Entry(
            at, str(line.get("user") or ""), where, code, redact(str(line.get("message"))), statement[:STATEMENT_SHOWN]
        )
