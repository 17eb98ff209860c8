"""A centre with two estates, people with accounts, and plain psql in the hands of each of them."""

# ruff: noqa: S608 - statements are what this is about

import contextlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import psycopg
from psycopg.types.json import Jsonb

from desk.demo.postgres import PrivatePostgres, find_binaries, private_postgres
from desk.domain.changes import FieldValue
from desk.log.redaction import redact
from desk.sync.central import admin, audit
from desk.sync.central.people import READS_PER_HOUR, Account, People

DATABASE = "desk"
PASSWORD = "only in this test"
AUDIT_S = 20.0
READS, WRITES = 40, 25

PEOPLE = (
    Account("1001", "1001", "张三", "agent", ("e1",), writes_per_hour=None),
    Account("1002", "1002", "李四", "agent", ("e2",)),
    Account("1003", "1003", "王五", "agent", reads_per_hour=READS),
    Account("1004", "1004", "赵六", "agent", ("e1",), writes_per_hour=WRITES),
    Account("1005", "1005", "孙七", "agent", ("e1", "e2"), sensitive=True),
    Account("1006", "1006", "郑一", "agent", ("e1",), reads_per_hour=READS_PER_HOUR),
    Account("1009", "1009", "钱八", "agent", ("e1",)),
    Account("2001", "2001", "周九", "supervisor", ("e1",)),
    Account("2009", "2009", "冯二", "supervisor"),
    Account("3001", "3001", "吴十", "admin"),
    Account("r1", "r1", "", "reader", ("e1",)),
    Account("S01", "S01", "", "seat"),
    Account("S02", "S02", "", "seat", carries=True),  # of people without accounts
)
# entity, id, patch: in the order in which a hotline comes to know them.
_KNOWN = tuple(
    cast("tuple[str, str, dict[str, FieldValue]]", change)
    for e in ("e1", "e2")
    for change in (
        ("estate", e, {"name": f"estate {e}"}),
        ("building", f"b-{e}", {"estate_id": e, "code": "5", "name": "5栋"}),
        ("household", f"h-{e}", {"estate_id": e, "building_id": f"b-{e}", "unit": "2", "room": "203"}),
        ("person", f"p-{e}", {"name": f"resident of {e}", "estate_id": e}),
        ("membership", f"m-{e}", {"household_id": f"h-{e}", "person_id": f"p-{e}", "role": "owner"}),
        ("number", f"n-{e}", {"raw": "138-0013-8000", "lookup_key": "+8613800138000", "person_id": f"p-{e}"}),
        ("ticket", f"t-{e}", {"household_id": f"h-{e}", "stage": "registered", "description": "漏水"}),
        (
            "call",
            f"c-{e}",
            {"household_id": f"h-{e}", "number": "13800138000", "offered_at": "2026-11-21T20:22:18.000000Z"},
        ),
        ("recording", f"c-{e}", {"kept": "kept", "file": "x"}),
        ("warning", f"early-{e}", {"ticket_id": f"t-{e}", "step": "raised"}),
        ("comment", f"k-{e}", {"call_id": f"c-{e}", "text": "x"}),
        ("sensitive_tag", f"s-{e}", {"subject": "person", "subject_id": f"p-{e}", "tag": "litigation"}),
    )
)
_STAFF = (
    ("1001", "agent", ""),
    ("1005", "agent", ""),
    ("2001", "supervisor", "8000"),
    ("2009", "supervisor", ""),
    ("h1", "handler", "13900139000"),
)
ROW_TABLES = (
    "estate",
    "building",
    "household",
    "person",
    "membership",
    "number",
    "ticket",
    "call",
    "recording",
    "comment",
)


@dataclass
class Scene:
    server: PrivatePostgres
    owner: admin.Owner
    people: People
    began: datetime
    kept: psycopg.Connection[Any]  # the owner's
    log: list[audit.Entry] = field(default_factory=list)

    def psql(self, who: str, statements: str) -> "Answer":
        """As a person with a terminal would: one psql, one password, these statements."""
        psql = find_binaries() / "psql"
        target = f"host=127.0.0.1 port={self.server.port} dbname={DATABASE} user={who} sslmode=verify-full"
        done = subprocess.run(
            [
                str(psql) if psql.exists() else str(shutil.which("psql")),
                *("-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose"),
                *("-d", f"{target} sslrootcert={self.server.ca_file}", "-f", "-"),
            ],
            input=statements,
            env={**os.environ, "PGPASSWORD": PASSWORD, "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "30"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        found = re.search(r"(?:ERROR|FATAL):  (\w{5}):", done.stderr)
        return Answer(done.stdout.strip(), found[1] if found else "", done.stderr)

    def connect(self, who: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.server.port,
            dbname=DATABASE,
            user=who,
            password=PASSWORD,
            sslmode="verify-full",
            sslrootcert=str(self.server.ca_file),
            autocommit=True,
        )

    def all_there_is(self) -> str:
        """What nobody may have altered: the log, every row, the accounts and who is in which group."""
        tables = (*ROW_TABLES, "staff", "score", "supervised", "sensitive_tag", "change", "account", "entity")
        rows = " UNION ALL ".join(f"SELECT '{t}' || to_jsonb(x)::text FROM desk.\"{t}\" x" for t in tables)
        groups = "SELECT 'in' || m.roleid::regrole || ' ' || m.member::regrole FROM pg_auth_members m"
        query = f"SELECT md5(string_agg(t, '|' ORDER BY t)) FROM ({rows} UNION ALL {groups}) a (t)"
        found = self.kept.execute(query.encode()).fetchone()
        assert found is not None
        return str(found[0])

    def audited(self, who: str, code: str, statement: str) -> audit.Entry:
        """The audit's line about it, waited for: the server's log is written beside the answer."""
        wanted = redact(" ".join(statement.split()))[:40]
        end = time.monotonic() + AUDIT_S
        while True:
            self.log, why = audit.read(self.owner, self.began)
            assert why == ""
            for entry in self.log:
                if (entry.who, entry.code) == (who, code) and wanted in entry.detail:
                    return entry
            assert time.monotonic() < end, f"no audit of {who} {code} {wanted!r}: {self.log[-5:]}"
            time.sleep(0.05)


@dataclass(frozen=True)
class Answer:
    out: str
    code: str
    said: str


@contextmanager
def attack_scene() -> Iterator[Scene]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(private_postgres(durable=False, audited=True))
        server.create_database(DATABASE)
        owner = admin.Owner(server.admin_url(DATABASE))
        admin.init(owner, lambda _line: None)
        people = People(owner)
        for account in PEOPLE:
            people.add(account, PASSWORD)
        for who in ("1009", "2009"):
            people.disable(who)
        scene = Scene(server, owner, people, datetime.now(UTC), stack.enter_context(owner.connect()))
        with scene.connect("3001") as chief, chief.transaction():
            for entity, entity_id, patch in _KNOWN:
                append(chief, entity, entity_id, patch)
            for number in range(60):
                append(chief, "attempt", f"a{number}", {"number": f"139{number:08}", "ticket_id": "t-e1"})
                append(chief, "warning", f"w{number}", {"caller_number": f"139{number:08}", "ticket_id": "t-e1"})
                append(chief, "number", f"n{number}", {"raw": f"139{number:08}", "person_id": "p-e1"})
        with scene.connect("2001") as leader:
            for who, duty, phone in _STAFF:
                staff: dict[str, FieldValue] = {"number": who, "name": who, "duty": duty, "phone": phone}
                append(leader, "staff", f"s-{who}", {**staff, "active": True})
        yield scene


def append(
    connection: psycopg.Connection[tuple[object, ...]], entity: str, entity_id: str, patch: dict[str, FieldValue]
) -> None:
    connection.execute(
        "INSERT INTO desk.change (change_id, entity, entity_id, at, agent, seat, patch)"
        " VALUES (gen_random_uuid(), %s, %s, now(), session_user, 'S01', %s)",
        (entity, entity_id, Jsonb(patch)),
    )
