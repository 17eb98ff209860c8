"""`desk central init|upgrade|check|user` and the steps: what is told first, what an older centre becomes, and that
seats go on working meanwhile."""

import contextlib
import re
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from psycopg.conninfo import make_conninfo
from psycopg.types.json import Jsonb
from sqlalchemy import text

from desk import cli
from desk.demo.postgres import PrivatePostgres
from desk.domain.call_search import Whose
from desk.domain.call_words import Every, Has, somebody
from desk.domain.identity import HouseholdId, PersonId
from desk.sync.central import admin, checks
from desk.sync.central.access import connect
from desk.sync.central.migrations import entities
from desk.sync.central.people import Account, People
from tests.making import START
from tests.sync.conftest import access, centre_with

OWNER_PASSWORD = "of the owner"
OLD_SEATS_INSERT = (
    "INSERT INTO desk.change (change_id, entity, entity_id, at, agent, seat, patch, reason, base_seq)"
    " VALUES (%s, %s, %s, %s, session_user, 'S01', %s, '', 0) ON CONFLICT (change_id) DO NOTHING"
)
# What a centre held before anybody spoke of estates.
KNOWN: list[tuple[str, str, dict[str, str], str]] = [
    ("person", "p1", {"name": "王小明"}, "e1"),
    ("number", "n1", {"raw": "138", "person_id": "p1"}, "e1"),
    ("estate", "e1", {"name": "文德花园"}, "e1"),
    ("building", "b1", {"estate_id": "e1", "code": "5"}, "e1"),
    ("household", "h1", {"estate_id": "e1", "building_id": "b1"}, "e1"),
    ("household", "h2", {"estate_id": "e2", "building_id": "b2"}, "e2"),
    ("membership", "m1", {"household_id": "h1", "person_id": "p1"}, "e1"),
    ("person", "p2", {"name": "owner in two estates"}, ""),
    ("membership", "m2", {"household_id": "h1", "person_id": "p2"}, "e1"),
    ("membership", "m3", {"household_id": "h2", "person_id": "p2"}, "e2"),
    ("number", "n2", {"raw": "139", "household_id": "h2"}, "e2"),
    ("ticket", "t1", {"household_id": "h1", "stage": "registered"}, "e1"),
    ("ticket", "t2", {"building_id": "b1"}, "e1"),
    ("ticket", "t3", {"description": "nobody knows where"}, ""),
    ("call", "c1", {"person_id": "p1"}, "e1"),
    ("call", "c2", {"ticket_id": "t2"}, "e1"),
    ("call", "c3", {"number": "138"}, ""),
    ("recording", "c1", {"kept": "kept"}, "e1"),
    ("comment", "k1", {"call_id": "c1"}, "e1"),
    ("staff", "s1", {"number": "1001"}, ""),
]


@pytest.fixture(scope="module")
def server() -> Iterator[PrivatePostgres]:
    """One of its own: roles belong to the whole server, and an upgrade looks at all of them."""
    with centre_with("template") as running:
        yield running


def centre_of(server: PrivatePostgres, step: str) -> admin.Owner:
    """A centre as it was at this step."""
    server.create_database("old")
    owner = admin.Owner(server.admin_url("old"))
    with owner.engine().connect() as connection:
        connection.execute(text("CREATE SCHEMA desk"))
        config = Config()
        config.set_main_option("script_location", str(Path(admin.__file__).with_name("migrations")))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, step)
        connection.commit()
    return owner


@pytest.fixture
def owner_of_old(server: PrivatePostgres) -> Iterator[admin.Owner]:
    """Before accounts and estates, with people in it."""
    owner = centre_of(server, "0004")
    server.sql("CREATE ROLE old1 LOGIN PASSWORD 'it''s a \"secret\"' IN ROLE desk_agent;")
    yield owner
    server.drop_database("old")
    server.sql("DROP ROLE old1;")


def append(connection: psycopg.Connection[object], entity: str, entity_id: str, patch: dict[str, str]) -> None:
    connection.execute(OLD_SEATS_INSERT, (uuid.uuid4(), entity, entity_id, START, Jsonb(patch)))


def test_the_plan_says_what_is_to_be_done_and_does_nothing(owner_of_old: admin.Owner) -> None:
    said: list[str] = []
    plan = admin.plan(owner_of_old)
    admin.tell(plan, said.append)
    assert (plan.present, [version for version, _what in plan.steps]) == (
        "0004",
        ["0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013", "0014", "0015", "0016", "0017"],
    )
    assert said[0].startswith("Step 0005:")
    assert "one transaction" in said[-1]
    assert admin.plan(owner_of_old) == plan


def test_what_is_there_gets_its_estates_and_whoever_worked_goes_on(
    server: PrivatePostgres, owner_of_old: admin.Owner
) -> None:
    with contextlib.closing(connect(access(server, "old", "old1"), "test")) as seat:
        for entity, entity_id, patch, _estate in KNOWN:
            append(seat, entity, entity_id, patch)
        append(seat, "call", "c4", {"household_id": "h1", "offered_at": "2026-11-21T20:22:18.000000Z"})
        append(seat, "ticket", "t4", {"household_id": "h2", "person_id": "p1", "call_id": "c4"})
        seat.execute("SELECT desk.index_calls(99)")
    admin.upgrade(owner_of_old, lambda _line: None, "9.9.9")
    with contextlib.closing(connect(access(server, "old", "old1"), "test")) as seat:
        for entity, entity_id, _patch, estate in KNOWN:
            where = (entity, entity_id)
            query = "SELECT DISTINCT estate FROM desk.change WHERE entity = %s AND entity_id = %s"
            assert seat.execute(query, where).fetchall() == [(estate,)], where
            id_field = seat.execute("SELECT id_field FROM desk.entity WHERE name = %s", (entity,)).fetchone()
            assert id_field is not None
            row = f'SELECT estate FROM desk."{entity}" WHERE "{id_field[0]}" = %s'  # noqa: S608
            assert seat.execute(row.encode(), (entity_id,)).fetchall() == [(estate,)], where
        filed = (
            "SELECT bit_count(p.bits) FROM desk.search_piece p"
            " WHERE p.word IN (SELECT 'y:' || md5(n.estate) FROM desk.search_call n WHERE n.call_id = 'c4')"
        )
        assert seat.execute(filed).fetchall() == [(1,)]  # one of those that were in the index already
        of_its_ticket = Whose(person_ids=(PersonId("p1"),), household_ids=(HouseholdId("h2"),))
        node = somebody(of_its_ticket, keyed=True)
        assert node is not None
        words = [
            has.word for every in node.parts if isinstance(every, Every) for has in every.parts if isinstance(has, Has)
        ]
        there = "SELECT count(*) FROM desk.search_piece WHERE word = ANY (%s) AND bit_count(bits) = 1"
        assert (len(words), seat.execute(there, (words,)).fetchall()) == (4, [(4,)])
        append(seat, "ticket", "t1", {"stage": "closed"})
        assert seat.execute("SELECT stage, estate FROM desk.ticket WHERE ticket_id = 't1'").fetchone() == (
            "closed",
            "e1",
        )
        assert seat.execute("SELECT kind, active FROM desk.whoami()").fetchone() == ("agent", True)
        assert seat.execute("SELECT newest_program FROM desk.centre").fetchone() == ("9.9.9",)
    people = {account.role: account for account in People(owner_of_old).all()}
    assert people["old1"].is_unlimited
    assert people["old1"].carries  # as before; `desk central check` names it
    said: list[str] = []
    assert checks.check(owner_of_old, said.append) is True
    assert any("old1" in line and "--own-only" in line for line in said)


def test_seats_of_the_version_before_write_all_through_the_upgrade(
    server: PrivatePostgres, owner_of_old: admin.Owner
) -> None:
    written: list[str] = []
    stop = threading.Event()
    wrong: list[BaseException] = []

    def write_always() -> None:
        try:
            with contextlib.closing(connect(access(server, "old", "old1"), "exchange")) as seat:
                while not stop.is_set():
                    ticket = str(uuid.uuid4())
                    append(seat, "ticket", ticket, {"stage": "registered"})
                    written.append(ticket)
                    seat.execute("SELECT seq, change_id, patch FROM desk.change ORDER BY seq DESC LIMIT 5").fetchall()
        except BaseException as error:  # noqa: BLE001 - told below
            wrong.append(error)

    seats = [threading.Thread(target=write_always) for _seat in range(2)]
    for seat in seats:
        seat.start()
    while len(written) < 20 and not wrong:
        stop.wait(0.01)
    before = len(written)
    admin.upgrade(owner_of_old, lambda _line: None)
    while len(written) < before + 20 and not wrong:
        stop.wait(0.01)
    stop.set()
    for seat in seats:
        seat.join(60)
    assert wrong == []
    with owner_of_old.connect() as connection:
        rows = connection.execute("SELECT ticket_id FROM desk.ticket").fetchall()
        changes = connection.execute("SELECT entity_id FROM desk.change").fetchall()
    assert sorted(written) == sorted(row[0] for row in rows) == sorted(row[0] for row in changes)


@pytest.fixture
def owner_of_0013(server: PrivatePostgres) -> Iterator[admin.Owner]:
    """With a seat of its own role, and one agent."""
    owner = centre_of(server, "0013")
    people = People(owner)
    people.add(Account("S1", "S1", "", "seat"), OWNER_PASSWORD)
    people.add(Account("a1", "a1", "", "agent", ("e1",)), OWNER_PASSWORD)
    yield owner
    server.drop_database("old")
    server.sql('DROP ROLE IF EXISTS "S1"; DROP ROLE IF EXISTS a1; DROP ROLE IF EXISTS l1;')


def bring(server: PrivatePostgres, who: str, agent: str, entity: str, entity_id: str, patch: dict[str, str]) -> str:
    """As a seat of the version before does; "" or the code with which it is refused."""
    statement = OLD_SEATS_INSERT.replace("session_user", f"'{agent}'")
    with psycopg.connect(_conninfo(server, who, OWNER_PASSWORD), autocommit=True) as seat:
        try:
            seat.execute(statement, (uuid.uuid4(), entity, entity_id, START, Jsonb(patch)))
        except psycopg.Error as error:
            return error.sqlstate or "?"
    return ""


def test_a_seat_goes_on_bringing_what_supervisors_write_where_none_has_an_account(
    server: PrivatePostgres, owner_of_0013: admin.Owner
) -> None:
    listed = {"number": "9001", "duty": "supervisor"}
    assert bring(server, "S1", "9001", "staff", "s1", listed) == ""
    admin.upgrade(owner_of_0013, lambda _line: None)
    assert bring(server, "S1", "9001", "staff", "s1", {"phone": "1"}) == "DK017"  # of one who does not work here
    with owner_of_0013.connect() as owner:
        owner.execute(OLD_SEATS_INSERT, (uuid.uuid4(), "staff", "s1", START, Jsonb({"active": True, "number": "9001"})))
    assert bring(server, "S1", "9001", "staff", "s1", {"phone": "1"}) == ""
    assert bring(server, "S1", "a1", "staff", "s1", {"phone": "2"}) == "DK016"


def test_where_supervisors_have_accounts_a_seat_of_the_version_before_offers_it_in_vain_and_they_bring_it(
    server: PrivatePostgres, owner_of_0013: admin.Owner
) -> None:
    """It is set aside there, and offered again at the seat's next hello after its own upgrade."""
    People(owner_of_0013).add(Account("l1", "l1", "", "supervisor"), OWNER_PASSWORD)
    assert bring(server, "S1", "l1", "staff", "s1", {"number": "1001"}) == ""
    admin.upgrade(owner_of_0013, lambda _line: None)
    assert bring(server, "S1", "l1", "staff", "s1", {"phone": "1"}) == "DK017"
    assert bring(server, "l1", "l1", "staff", "s1", {"phone": "1"}) == ""
    assert bring(server, "S1", "a1", "ticket", "t1", {"stage": "registered"}) == ""
    assert bring(server, "S1", "l1", "ticket", "t1", {"stage": "closed"}) == ""


def test_a_hotline_whose_list_was_made_with_an_account_for_an_hour_goes_by_the_list_once_it_is_closed(
    server: PrivatePostgres, owner_of_0013: admin.Owner
) -> None:
    """Also at seats that are made later, as the manual makes them."""
    people, listed = People(owner_of_0013), {"number": "l1", "duty": "supervisor"}
    people.add(Account("l1", "l1", "", "supervisor"), OWNER_PASSWORD)
    with psycopg.connect(_conninfo(server, "l1", OWNER_PASSWORD), autocommit=True) as leader:
        leader.execute(OLD_SEATS_INSERT, (uuid.uuid4(), "staff", "s1", START, Jsonb({**listed, "active": True})))
    admin.upgrade(owner_of_0013, lambda _line: None)
    assert bring(server, "S1", "l1", "staff", "s1", {"phone": "1"}) == "DK017"
    people.disable("l1")
    assert people.account("S1").carries is False
    assert bring(server, "S1", "l1", "staff", "s1", {"phone": "1"}) == ""
    assert bring(server, "S1", "a1", "staff", "s1", {"phone": "2"}) == "DK016"


def test_people_who_work_here_are_shown_to_every_estate_and_told_once_more_to_who_had_passed_over_them(
    server: PrivatePostgres, owner_of_0013: admin.Owner
) -> None:
    people = People(owner_of_0013)
    people.add(Account("l1", "l1", "", "supervisor", ("e2",)), OWNER_PASSWORD)
    assert bring(server, "l1", "l1", "staff", "s1", {"number": "1001", "name": "张三"}) == ""
    assert bring(server, "l1", "l1", "staff", "s1", {"phone": "8000"}) == ""
    rows = "SELECT name, phone FROM desk.staff"
    with psycopg.connect(_conninfo(server, "a1", OWNER_PASSWORD), autocommit=True) as agent:
        assert agent.execute(rows).fetchall() == []
        ((before,),) = agent.execute("SELECT desk.head()").fetchall()
        admin.upgrade(owner_of_0013, lambda _line: None)
        assert agent.execute(rows).fetchall() == [("张三", "8000")]
        later = "SELECT entity_id, patch, base_seq, estate FROM desk.change WHERE seq > %s"
        whole = {"number": "1001", "name": "张三", "phone": "8000"}
        assert agent.execute(later, (before,)).fetchall() == [("s1", whole, before, "")]
    assert bring(server, "l1", "l1", "staff", "s1", {"phone": "8001"}) == ""
    assert admin.plan(owner_of_0013).steps == ()


def test_a_later_step_adds_entities_and_fields_that_are_folded_as_the_others(server: PrivatePostgres) -> None:
    with admin.Owner(server.admin_url("template")).engine().connect() as connection:
        with Operations.context(MigrationContext.configure(connection)):
            entities.add_entity("planet", "planet_id", {"name": entities.TEXT})
            entities.add_fields("planet", {"moons": entities.NUMBER})
        append = (
            "INSERT INTO desk.change (change_id, entity, entity_id, at, agent, seat, patch) VALUES"
            " (gen_random_uuid(), 'planet', 'p4', now(), '', 'S01', '{\"name\": \"Mars\", \"moons\": 1}'),"
            " (gen_random_uuid(), 'planet', 'p4', now(), '', 'S01', '{\"moons\": 2}')"
        )
        connection.exec_driver_sql(append)
        assert connection.execute(text("SELECT planet_id, name, moons FROM desk.planet")).all() == [("p4", "Mars", 2)]
        connection.rollback()


def test_a_centre_of_a_newer_program_is_left_alone(server: PrivatePostgres, owner_of_old: admin.Owner) -> None:
    server.sql("UPDATE desk.alembic_version SET version_num = '0999';", "old")
    said: list[str] = []
    with pytest.raises(admin.CentralAdminError):
        admin.upgrade(owner_of_old, said.append)
    assert any("0999" in line for line in said)
    assert checks.check(owner_of_old, said.append) is False


def desk(server: PrivatePostgres, tmp_path: Path, *words: str) -> int:
    settings = tmp_path / "settings.toml"
    settings.write_text('[seat]\nlanguage = "en"\n', encoding="utf-8")
    return cli.main(["--settings", str(settings), "central", *words, "--url", server.admin_url("old")])


def test_an_upgrade_is_asked_for_and_done_only_then(
    server: PrivatePostgres, owner_of_old: admin.Owner, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk(server, tmp_path, "upgrade") == 1
    told = capsys.readouterr().out
    assert "0005" in told
    assert admin.plan(owner_of_old).present == "0004"
    assert desk(server, tmp_path, "upgrade", "--yes") == 0
    assert admin.plan(owner_of_old).steps == ()
    assert desk(server, tmp_path, "upgrade") == 0
    assert desk(server, tmp_path, "upgrade", "--oldest-program", "0.2") == 0
    with owner_of_old.connect() as connection:
        assert connection.execute("SELECT oldest_program FROM desk.centre").fetchone() == ("0.2",)


def test_people_are_kept_by_the_command(
    server: PrivatePostgres,
    owner_of_old: admin.Owner,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    admin.upgrade(owner_of_old, lambda _line: None)
    people = People(owner_of_old)
    try:
        assert desk(server, tmp_path, "user", "add", "7001", "--name", "张三", "--estate", "e1", "--generate") == 0
        found = re.search(r"[\w-]{16}", capsys.readouterr().out, re.ASCII)
        assert found is not None
        password = found[0]
        assert people.account("7001").estates == ("e1",)
        assert desk(server, tmp_path, "user", "add", "7001", "--generate") == 1
        assert desk(server, tmp_path, "user", "add", "7002", "--agent", "7001", "--no-password") == 1
        with psycopg.connect(_conninfo(server, "7001", password)) as theirs:
            assert theirs.execute("SELECT name, kind, estates FROM desk.whoami()").fetchone() == (
                "张三",
                "agent",
                ["e1"],
            )
        assert desk(server, tmp_path, "user", "change", "7001", "--kind", "supervisor", "--estate", "") == 0
        assert people.account("7001").is_unlimited
        assert desk(server, tmp_path, "user", "disable", "7001") == 0
        with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
            psycopg.connect(_conninfo(server, "7001", password))
        assert desk(server, tmp_path, "user", "enable", "7001") == 0
        assert desk(server, tmp_path, "user", "reset", "7001", "--generate", "--days", "90") == 0
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(_conninfo(server, "7001", password))
        capsys.readouterr()
        assert desk(server, tmp_path, "user", "list") == 0
        line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("7001"))
        assert "supervisor" in line
        assert desk(server, tmp_path, "user", "disable", "nobody") == 1
        assert desk(server, tmp_path, "user", "change", "7001", "--for-supervisors") == 1
        assert desk(server, tmp_path, "user", "add", "S7", "--kind", "seat", "--no-password") == 0
        assert [people.account("S7").carries, people.account("7001").carries] == [False, False]
        assert desk(server, tmp_path, "user", "change", "S7", "--for-supervisors") == 0
        assert people.account("S7").carries
        capsys.readouterr()
        assert desk(server, tmp_path, "user", "enable", "7001") == 0
        assert desk(server, tmp_path, "check") in (0, 1)
        assert "S7" in capsys.readouterr().out  # a supervisor has an account: whether the flag is right is asked
        with psycopg.connect(server.admin_url("old"), autocommit=True) as by_owner:
            named = {"number": "9001", "duty": "supervisor", "active": True}
            by_owner.execute(OLD_SEATS_INSERT, (uuid.uuid4(), "staff", "s1", START, Jsonb(named)))
        assert desk(server, tmp_path, "check") in (0, 1)
        assert "9001" in capsys.readouterr().out  # and who could be spoken for, because they have none
        assert desk(server, tmp_path, "restored") == 0
        assert desk(server, tmp_path, "restored", "--hours", "0") == 0
        capsys.readouterr()
        assert desk(server, tmp_path, "audit") == 1  # this server keeps no log that can be read; accounts are shown
        told = capsys.readouterr().out
        assert [
            what for what in ("added", "changed", "disabled", "enabled", "reset", "restored, hours") if what not in told
        ] == []
    finally:
        server.sql('DROP ROLE IF EXISTS "7001"; DROP ROLE IF EXISTS "7002"; DROP ROLE IF EXISTS "S7";')


def test_the_documented_rules_of_who_may_come_are_rules_that_postgresql_understands(server: PrivatePostgres) -> None:
    page = (Path(__file__).parents[3] / "docs" / "central.md").read_text(encoding="utf-8")
    rules = [line.strip() for line in page.splitlines() if line.strip().startswith(("hostssl ", "host all"))]
    assert len(rules) >= 8
    file = Path(server.sql("SHOW hba_file;"))
    before = file.read_text(encoding="utf-8")
    try:
        file.write_text("local all all trust\n" + "\n".join(rules) + "\n", encoding="utf-8")
        told = server.sql("SELECT auth_method, error FROM pg_hba_file_rules;")
    finally:
        file.write_text(before, encoding="utf-8")
    methods = [line.split("|") for line in told.splitlines()]
    assert [error for _method, error in methods if error] == []
    assert {method for method, _error in methods} == {"trust", "scram-sha-256", "ldap", "gss", "cert", "reject"}


def test_an_account_for_somebody_else_s_role_or_a_superuser_is_not_made(
    server: PrivatePostgres, owner_of_old: admin.Owner
) -> None:
    admin.upgrade(owner_of_old, lambda _line: None)
    with pytest.raises(admin.CentralAdminError, match="superuser"):
        People(owner_of_old).add(Account("postgres", "7009", "", "agent"), None)
    assert "7009" not in {account.agent for account in People(owner_of_old).all()}


def test_an_owner_without_the_server_s_own_rights_does_it_all(server: PrivatePostgres) -> None:
    """As docs/central.md has it set up: a role that may make roles, and owns this database."""
    server.sql(
        f"CREATE ROLE desk_owner LOGIN CREATEROLE PASSWORD '{OWNER_PASSWORD}'; CREATE DATABASE owned OWNER desk_owner;"
    )
    try:
        url = server.url("owned").replace("//", "//desk_owner@")
        owner = admin.Owner(url, OWNER_PASSWORD, server.ca_file)
        said: list[str] = []
        admin.init(owner, said.append, "1.2.3")
        assert checks.check(owner, said.append) is True
        assert any("advisory" in line for line in said)
        people = People(owner)
        people.add(Account("7003", "7003", "", "agent", ("e1",), reads_per_hour=5), OWNER_PASSWORD)
        connection = access(server, "owned", "7003")
        with contextlib.closing(connect(replace(connection, password=lambda: OWNER_PASSWORD), "test")) as agent:
            append(agent, "ticket", "t1", {"stage": "registered"})
            assert agent.execute("SELECT stage, estate FROM desk.ticket").fetchone() == ("registered", "e1")
            assert people.disable("7003") is False
            with pytest.raises(psycopg.Error):
                append(agent, "ticket", "t1", {"stage": "closed"})
        assert people.account("7003").active is False
    finally:
        server.drop_database("owned")
        server.sql('DROP ROLE IF EXISTS "7003"; DROP ROLE desk_owner;')


def _conninfo(server: PrivatePostgres, user: str, password: str) -> str:
    return make_conninfo(
        host="127.0.0.1",
        port=server.port,
        dbname="old",
        user=user,
        password=password,
        sslmode="verify-full",
        sslrootcert=str(server.ca_file),
    )
