"""The central schema on a real PostgreSQL: order, rows, rights."""

import contextlib
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import text

from desk.demo.postgres import PrivatePostgres
from desk.domain.changes import Change, FieldValue, Patch, fold
from desk.domain.ladder import RULES
from desk.domain.supervised import SUPERVISED
from desk.store.entities import ENTITIES, BadPatch, Kind, check_patch, columns_of, read, to_columns
from desk.sync.central import admin as central_admin
from desk.sync.central import checks
from desk.sync.central.access import connect
from tests.making import START, change, time_text
from tests.sync.conftest import PEOPLE, access

Connect = Callable[..., psycopg.Connection[Any]]
People = dict[str, psycopg.Connection[Any]]

INSERT = (
    "INSERT INTO desk.change (change_id, entity, entity_id, at, agent, seat, patch, reason, base_seq)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, '', 0) RETURNING seq"
)


def insert(connection: psycopg.Connection[Any], entity: str, entity_id: str, patch: Patch) -> int:
    values = (uuid.uuid4(), entity, entity_id, START, "1001", "S01", Jsonb(patch))
    row = connection.execute(INSERT, values).fetchone()
    assert row is not None
    seq: int = row[0]
    return seq


def row_of(connection: psycopg.Connection[Any], entity_name: str, entity_id: str) -> dict[str, Any]:
    """The central row as the domain's dataclass; the seat's reader makes it, from the seat's form of the values."""
    entity = ENTITIES[entity_name]
    query = sql.SQL("SELECT to_jsonb(t) FROM desk.{} t WHERE {} = %s").format(
        sql.Identifier(entity.name), sql.Identifier(entity.id_field)
    )
    found = connection.execute(query, (entity_id,)).fetchone()
    assert found is not None
    row: dict[str, FieldValue] = found[0]
    return dict(zip(columns_of(entity), to_columns(entity, entity_id, row), strict=True))


@pytest.fixture
def admin(central: Connect) -> psycopg.Connection[Any]:
    return central("admin")


@pytest.fixture(scope="module")
def people(server: PrivatePostgres) -> Iterator[People]:
    """Everybody connected to one database with one change in it, for tests that must not alter it."""
    server.create_database("shared", "template")
    with contextlib.ExitStack() as stack:
        connected = {
            person: stack.enter_context(contextlib.closing(connect(access(server, "shared", person), "test")))
            for person in PEOPLE
        }
        insert(connected["1001"], "person", "p1", {"name": "x"})
        yield connected


def test_times_keep_their_microseconds(central: Connect) -> None:
    connection = central("1001")
    insert(connection, "notice", "n1", {"start": time_text(1), "until": "2026-11-21T20:22:18.000001Z"})
    found = connection.execute("SELECT until AT TIME ZONE 'UTC' FROM desk.notice").fetchone()
    assert found is not None
    assert found[0].isoformat() == "2026-11-21T20:22:18.000001"


VALUES: st.SearchStrategy[FieldValue] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**62), 2**62),
    # 1e16 is a whole number to PostgreSQL's JSON, and no int to Python.
    st.floats(-1e6, 1e6).filter(lambda number: not number.is_integer()),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6),
    st.lists(st.text(st.characters(codec="ascii", min_codepoint=32), max_size=3), max_size=2),
    st.just("2026-11-21T20:22:18.000000Z"),
    st.dictionaries(st.just("k"), st.just("v"), max_size=1),
)
FIELDS = st.sampled_from([(name, field) for name, entity in ENTITIES.items() for field in entity.kinds])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(FIELDS, VALUES), min_size=1, max_size=5))
def test_the_centre_takes_what_a_seat_may_write_and_nothing_else(
    admin: psycopg.Connection[Any], writes: list[tuple[tuple[str, str], FieldValue]]
) -> None:
    folded: dict[str, list[Change]] = {}
    run = uuid.uuid4().hex
    for (entity, field), value in writes:
        try:
            check_patch(entity, run, {field: value})
        except BadPatch:
            with pytest.raises(psycopg.Error) as refused:
                insert(admin, entity, run, {field: value})
            assert (refused.value.sqlstate or "")[:2] in ("22", "23", "DK")
        else:
            seq = insert(admin, entity, run, {field: value})
            folded.setdefault(entity, []).append(change(entity, run, {field: value}, seq=seq))
    for entity, changes in folded.items():
        spec = ENTITIES[entity]
        row = row_of(admin, entity, run)
        for field, value in fold(changes).items():
            if spec.kinds[field] is Kind.TIME and value is not None:
                assert str(row[field]).startswith("2026-11-21T20:22:18")
            else:
                single = dict(zip(columns_of(spec), to_columns(spec, run, {field: value}), strict=True))
                assert row[field] == single[field]


def test_the_centre_has_exactly_the_fields_of_the_domain(central: Connect) -> None:
    found = central("1001").execute("SELECT name, id_field, fields FROM desk.entity").fetchall()
    kinds = {
        Kind.TEXT: "text",
        Kind.NUMBER: "bigint",
        Kind.FLAG: "boolean",
        Kind.TIME: "timestamptz",
        Kind.LIST: "jsonb",
    }
    assert {name: (id_field, fields) for name, id_field, fields in found} == {
        entity.name: (entity.id_field, {field: kinds[kind] for field, kind in entity.kinds.items()})
        for entity in ENTITIES.values()
    }


@pytest.mark.parametrize(
    ("entity", "patch", "code"),
    [
        ("planet", {"name": "Mars"}, "DK001"),
        ("change", {"author": "somebody"}, "DK001"),
        ("person", {"nmae": "x"}, "DK002"),
        ("person", {"name\" = 'x', notes": "x"}, "DK002"),
        ("person", {"person_id": "another"}, "DK003"),
        ("notice", {"start": "yesterday"}, "DK004"),
        ("notice", {"start": "2026-02-31T20:22:18.000000Z"}, "22008"),
    ],
)
def test_a_change_that_no_row_can_take_is_refused_by_name(
    people: People, entity: str, patch: dict[str, FieldValue], code: str
) -> None:
    with pytest.raises(psycopg.Error) as refused:
        insert(people["1001"], entity, "e1", patch)
    assert refused.value.sqlstate == code


def test_the_author_is_the_session_and_no_claim(central: Connect) -> None:
    connection = central("1002")
    insert(connection, "person", "p1", {"name": "x"})
    assert connection.execute("SELECT author, agent FROM desk.change").fetchall() == [("1002", "1001")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE desk.change SET reason = 'x'",
        "DELETE FROM desk.change",
        "TRUNCATE desk.change",
        "UPDATE desk.ticket SET stage = 'closed'",
        "DELETE FROM desk.person",
        "INSERT INTO desk.person (person_id) VALUES ('p9')",
        "INSERT INTO desk.change (change_id, seq, entity, entity_id, at, agent, seat, patch)"  # noqa: ISC004
        " VALUES (gen_random_uuid(), 1, 'person', 'p1', now(), 'boss', 'S01', '{}')",
        "INSERT INTO desk.change (change_id, author, entity, entity_id, at, agent, seat, patch)"  # noqa: ISC004
        " VALUES (gen_random_uuid(), 'boss', 'person', 'p1', now(), 'boss', 'S01', '{}')",
        "INSERT INTO desk.entity VALUES ('x', 'y', '{}')",
        "DROP TABLE desk.change",
        "ALTER TABLE desk.change DISABLE TRIGGER ALL",
        "CREATE TABLE desk.mine ()",
        "SELECT setval('desk.change_seq', 1)",
        "SELECT nextval('desk.change_seq')",
        "SET session_replication_role = replica",
        "SET ROLE desk_admin",
        "SET SESSION AUTHORIZATION postgres",
        "COPY desk.change TO PROGRAM 'cat'",
        "SELECT desk.fold_person('{p1}', '{\"{}\"}')",
    ],
)
@pytest.mark.parametrize("person", ["1001", "reader"])
def test_with_plain_sql_nobody_gets_round_the_change_log(people: People, person: str, statement: str) -> None:
    tables = ("SELECT * FROM desk.change ORDER BY seq", "SELECT * FROM desk.person ORDER BY 1")
    before = [people["1002"].execute(table).fetchall() for table in tables]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        people[person].execute(statement)
    assert [people["1002"].execute(table).fetchall() for table in tables] == before


def test_an_admin_cannot_rewrite_the_log_either(central: Connect) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        central("admin").execute("DELETE FROM desk.change")


def test_a_reader_reads_and_appends_nothing(central: Connect) -> None:
    insert(central("1001"), "person", "p1", {"name": "x"})
    reader = central("reader")
    assert reader.execute("SELECT count(*) FROM desk.person").fetchone() == (1,)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        insert(reader, "person", "p2", {"name": "x"})


def test_a_forged_temporary_table_does_not_catch_the_fold(central: Connect) -> None:
    connection = central("1001")
    connection.execute("CREATE TEMPORARY TABLE person (person_id text PRIMARY KEY, name text)")
    connection.execute("SET search_path = pg_temp, desk")
    insert(connection, "person", "p1", {"name": "x"})
    assert connection.execute("SELECT count(*) FROM desk.person").fetchone() == (1,)


def test_a_late_commit_cannot_be_skipped_by_a_cursor(central: Connect) -> None:
    slow, quick, reader = central("1001"), central("1002"), central("reader")
    slow.autocommit = False
    first = insert(slow, "person", "p1", {"name": "slow"})
    seqs: list[int] = []
    writer = threading.Thread(target=lambda: seqs.append(insert(quick, "person", "p2", {"name": "quick"})))
    writer.start()
    # The second writer must wait for the first one's commit: until then the reader sees neither, never only the later.
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while slow.execute(waiting).fetchone() == (0,):
        assert writer.is_alive()
        assert reader.execute("SELECT seq FROM desk.change").fetchall() == []
    assert reader.execute("SELECT seq FROM desk.change").fetchall() == []
    slow.commit()
    writer.join(30)
    assert reader.execute("SELECT seq FROM desk.change ORDER BY seq").fetchall() == [(first,), (seqs[0],)]
    assert first < seqs[0]


def test_an_upgrade_tells_its_steps_and_does_nothing_the_second_time(server: PrivatePostgres) -> None:
    server.create_database("empty")
    owner = central_admin.Owner(server.admin_url("empty"))
    said: list[str] = []
    assert checks.check(owner, said.append) is False
    central_admin.init(owner, said.append)
    assert any(line.startswith("Step 0001:") for line in said)
    said.clear()
    central_admin.upgrade(owner, said.append)
    assert said == ["The central schema is up to date (version 0017)."]
    assert checks.check(owner, said.append) is True
    server.drop_database("empty")


def test_a_centre_of_the_first_version_learns_how_calls_were_heard(server: PrivatePostgres) -> None:
    """With calls in it from before; its people and their rights stay as they are."""
    server.create_database("first")
    owner = central_admin.Owner(server.admin_url("first"))
    with owner.engine().connect() as connection:
        connection.execute(text("CREATE SCHEMA desk"))
        config = Config()
        config.set_main_option("script_location", str(Path(central_admin.__file__).with_name("migrations")))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.commit()
    heard: Patch = {"mos_worst_x100": 212, "mos_worst_at": time_text(1), "diagnosis": "network_loss"}
    with contextlib.closing(connect(access(server, "first"), "test")) as agent:
        insert(agent, "call", "c1", {"line": "热线", "cause": 200})
        with pytest.raises(psycopg.Error) as refused:
            insert(agent, "call", "c1", heard)
        assert refused.value.sqlstate == "DK002"
    said: list[str] = []
    central_admin.upgrade(owner, said.append)
    assert any(line.startswith("Step 0002:") for line in said)
    assert checks.check(owner, said.append) is True
    with contextlib.closing(connect(access(server, "first"), "test")) as agent:
        insert(agent, "call", "c1", heard)
        insert(agent, "call", "c2", {"line": "热线", "codec": "PCMA"})
        row = row_of(agent, "call", "c1")
        assert (row["line"], row["cause"], row["mos_worst_x100"], row["diagnosis"]) == (
            "热线",
            200,
            212,
            "network_loss",
        )
        assert str(row["mos_worst_at"]).startswith(time_text(1)[:19])
        assert (row_of(agent, "call", "c2")["codec"], row_of(agent, "call", "c2")["cause"]) == ("PCMA", None)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            agent.execute("UPDATE desk.call SET mos_worst_x100 = 450")
    server.drop_database("first")


def test_what_only_supervisors_write_is_the_same_in_the_domain_and_in_the_centre(central: Connect) -> None:
    """But for service data, which have a trigger of their own, and what the ladder says of early warnings."""
    rows = central("admin").execute("SELECT entity, fields FROM desk.supervised WHERE only_values IS NULL").fetchall()
    known = {entity: fields for entity, fields in SUPERVISED.items() if entity != "seat_record"}
    assert {entity: frozenset(fields) for entity, fields in rows} == known
    function = "SELECT prosrc FROM pg_proc WHERE oid = 'desk.keep_service_data'::regproc"
    ((source,),) = central("admin").execute(function).fetchall()
    named = source[source.index("ARRAY[") + 6 : source.index("]")]
    assert frozenset(name.strip(" '") for name in named.split(",")) == SUPERVISED["seat_record"]
    steps = central("admin").execute("SELECT only_values FROM desk.supervised WHERE entity = 'warning'").fetchall()
    theirs = {rule.after.value for rule in RULES if rule.supervisors_only and rule.after}
    assert {step for (values,) in steps for step in values} == theirs


def test_who_owns_nothing_cannot_set_up_the_centre(server: PrivatePostgres) -> None:
    url = server.url("postgres").replace("//", "//1001@")
    owner = central_admin.Owner(url, password='it\'s a "secret"', ca_file=server.ca_file)
    with pytest.raises(central_admin.CentralAdminError, match="permission denied"):
        central_admin.init(owner, lambda _line: None)


def test_a_check_warns_of_a_role_that_may_do_everything(server: PrivatePostgres) -> None:
    server.sql("CREATE ROLE mighty SUPERUSER IN ROLE desk_agent;")
    said: list[str] = []
    try:
        assert checks.check(central_admin.Owner(server.admin_url("template")), said.append) is False
        assert any("mighty" in line for line in said)
    finally:
        server.sql("DROP ROLE mighty;")


def test_rows_of_the_centre_can_be_read_as_the_domain_reads_them(central: Connect) -> None:
    connection = central("1001")
    insert(connection, "person", "p1", {"name": "王", "tags": ["VIP"], "notes": ""})
    row = row_of(connection, "person", "p1")
    assert read(ENTITIES["person"], row) is not None
