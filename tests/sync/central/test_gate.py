"""Who is let in, asked of a real PostgreSQL: passwords, rights, ends of passwords, and what it does not say."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from desk.demo.postgres import PrivatePostgres, make_authority
from desk.domain.sign_in import Answer
from desk.sync.central import admin as central_admin
from desk.sync.central.access import CentralAccess
from desk.sync.central.gate import CentralGate
from desk.sync.central.people import Account, Kind, People
from desk.usecases.sign_in import GateAway
from tests.sync.conftest import PASSWORD, access

RIGHT = "right é密码 'quoted'"
_numbers = (f"7{number:03}" for number in count(1))
AddPerson = Callable[..., str]


@pytest.fixture
def people(server: PrivatePostgres, database: str) -> People:
    return People(central_admin.Owner(server.admin_url(database)))


@pytest.fixture
def add(people: People) -> AddPerson:
    """A new account; its work number."""

    def add_(kind: Kind = "agent", until: datetime | None = None, password: str = RIGHT) -> str:
        number = next(_numbers)
        people.add(Account(number, number, "王五", kind), password, until)
        return number

    return add_


@pytest.fixture
def gate(server: PrivatePostgres, database: str) -> CentralGate:
    """Of a seat without a role of its own."""
    return CentralGate(replace(access(server, database), user=""))


@pytest.fixture
def known_gate(server: PrivatePostgres, database: str) -> CentralGate:
    """Of a seat with a role of its own."""
    return CentralGate(access(server, database, "1002"))


@pytest.mark.parametrize("kind", ["agent", "supervisor", "admin"])
def test_those_who_take_calls_are_let_in_with_their_name(gate: CentralGate, add: AddPerson, kind: Kind) -> None:
    number = add(kind)
    verdict = gate.judge(number, RIGHT)
    assert (verdict.answer, verdict.number, verdict.name, verdict.kind) == (Answer.ADMITTED, number, "王五", kind)


@pytest.mark.parametrize("kind", ["reader", "seat"])
def test_those_who_only_read_and_the_seats_themselves_are_not(gate: CentralGate, add: AddPerson, kind: Kind) -> None:
    assert gate.judge(add(kind), RIGHT).answer is Answer.NO_RIGHTS


def test_a_role_of_the_database_that_is_nobody_of_the_hotline_is_not(
    server: PrivatePostgres, gate: CentralGate
) -> None:
    number = next(_numbers)
    server.sql(f"CREATE ROLE \"{number}\" LOGIN PASSWORD 'right';")
    assert gate.judge(number, "right").answer in (Answer.DISABLED, Answer.NO_RIGHTS)


@pytest.mark.parametrize("password", ["", "wrong", RIGHT + " ", RIGHT.upper()])
def test_a_wrong_password_is_refused(gate: CentralGate, add: AddPerson, password: str) -> None:
    assert gate.judge(add(), password).answer is Answer.WRONG


@pytest.mark.parametrize("number", ["", "nobody", "postgres", 'x" OR 1=1', "1001@elsewhere", "a\nb"])
def test_nobody_is_let_in_by_an_odd_number(gate: CentralGate, number: str) -> None:
    assert gate.judge(number, RIGHT).answer is Answer.WRONG


def test_who_is_disabled_is_told_so_where_the_password_was_right(
    gate: CentralGate, people: People, add: AddPerson
) -> None:
    number = add()
    assert gate.judge(number, RIGHT).answer is Answer.ADMITTED
    people.disable(number)
    assert gate.judge(number, RIGHT).answer is Answer.DISABLED
    assert gate.judge(number, "wrong").answer is Answer.WRONG
    people.enable(number)
    assert gate.judge(number, RIGHT).answer is Answer.ADMITTED


def test_when_a_password_ends_is_told_and_after_it_the_seats_own_role_knows_why(
    gate: CentralGate, known_gate: CentralGate, add: AddPerson
) -> None:
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    assert gate.judge(add(until=soon), RIGHT).password_until == soon
    over = add(until=datetime.now(UTC) - timedelta(days=1))
    assert gate.judge(over, RIGHT).answer is Answer.WRONG  # a server does not say more
    assert known_gate.judge(over, RIGHT).answer is Answer.EXPIRED


def test_a_password_without_an_end_has_none(gate: CentralGate, server: PrivatePostgres, add: AddPerson) -> None:
    number = add()
    server.sql(f"ALTER ROLE \"{number}\" VALID UNTIL 'infinity';")
    assert gate.judge(number, RIGHT).password_until is None


def test_a_person_changes_their_own_password_and_it_never_travels_as_it_is(
    gate: CentralGate, server: PrivatePostgres, add: AddPerson
) -> None:
    number, new = add(), "eine neue 密码 9"
    server.sql("ALTER SYSTEM SET log_statement = 'all'; SELECT pg_reload_conf();")
    try:
        assert gate.change_password(number, RIGHT, new).answer is Answer.ADMITTED
    finally:
        server.sql("ALTER SYSTEM RESET log_statement; SELECT pg_reload_conf();")
    assert gate.judge(number, new).answer is Answer.ADMITTED
    assert gate.judge(number, RIGHT).answer is Answer.WRONG
    log = (server.folder / "server.log").read_text(encoding="utf-8", errors="replace")
    assert new not in log


def test_a_wrong_present_password_changes_nothing(gate: CentralGate, add: AddPerson) -> None:
    number = add()
    assert gate.change_password(number, "wrong", "something new 1").answer is Answer.WRONG
    assert gate.judge(number, RIGHT).answer is Answer.ADMITTED


def test_whoever_may_no_longer_sign_in_is_named(
    gate: CentralGate, known_gate: CentralGate, people: People, add: AddPerson
) -> None:
    here, gone, over = add(), add(), add(until=datetime.now(UTC) - timedelta(days=1))
    people.disable(gone)
    everybody = [here, gone, over, "never was"]
    assert gate.gone(everybody, here, RIGHT) == {gone, over, "never was"}
    assert known_gate.gone(everybody) == {gone, over, "never was"}
    with pytest.raises(GateAway):
        gate.gone(everybody)  # it has no role to ask with


def test_a_centre_that_is_away_or_not_the_right_one_judges_nobody(
    server: PrivatePostgres, database: str, tmp_path: Path
) -> None:
    right = access(server, database)
    for wrong in (replace(right, port=1), replace(right, ca_file=make_authority(tmp_path, "other"))):
        with pytest.raises(GateAway):
            CentralGate(wrong).judge("1001", PASSWORD)


def test_a_database_that_is_not_there_lets_nobody_in_and_is_no_wrong_password(
    server: PrivatePostgres, database: str
) -> None:
    there = access(server, database)
    assert CentralGate(replace(there, database="nowhere")).judge("1001", PASSWORD).answer is Answer.REFUSED


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ('致命错误:  用户 "1001" Password 认证失败', Answer.WRONG),
        ('致命错误:  不允许角色"1001" 进行登录', Answer.DISABLED),
        ('致命错误:  角色 "1001" 不存在', Answer.WRONG),
        ('FATAL:  LDAP authentication failed for user "1001"', Answer.DIRECTORY),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "1001"', Answer.REFUSED),
    ],
)
def test_a_server_that_speaks_chinese_or_asks_elsewhere_is_understood(
    gate: CentralGate, monkeypatch: pytest.MonkeyPatch, said: str, answer: Answer
) -> None:
    import psycopg

    def refuse(*_arguments: object, **_options: object) -> None:
        raise psycopg.OperationalError(said)

    monkeypatch.setattr(psycopg, "connect", refuse)
    assert gate.judge("1001", "x").answer is answer


def test_a_seat_for_tickets_gives_no_password_away(server: PrivatePostgres, database: str) -> None:
    """The server asks for one here, and gets nothing."""
    at_seat: CentralAccess = replace(access(server, database), ticket=True)
    verdict = CentralGate(at_seat).judge("1001", PASSWORD)
    assert verdict.answer is Answer.REFUSED or verdict.answer is Answer.NO_TICKET
