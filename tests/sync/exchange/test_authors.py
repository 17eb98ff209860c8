"""Who brings what: everybody their own, the seat's role the rest, and what nobody here may bring waits."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from desk.demo.postgres import PrivatePostgres
from desk.domain.set_aside import WhyRefused, why_refused
from desk.store.accounts import SqlAccounts
from desk.store.set_asides import SqlSetAsides
from desk.sync.central.access import CentralAccess
from desk.sync.exchange import batch_size, rounds
from tests.making import change, ticket
from tests.sync.conftest import Seat, access
from tests.sync.exchange.meeting import meet, rows_of, session_of, side_of

MakeSeat = Callable[..., Seat]
ACCOUNTS = """
INSERT INTO desk.account (role, agent, kind) VALUES ('1001', '1001', 'agent'), ('1002', '1002', 'agent'),
    ('admin', 'S01', 'seat');
"""


@pytest.fixture
def accounts(server: PrivatePostgres, database: str) -> None:
    server.sql(ACCOUNTS, database)


def written(server: PrivatePostgres, database: str) -> list[str]:
    return server.sql("SELECT entity_id, agent, author FROM desk.change ORDER BY entity_id", database).splitlines()


@pytest.mark.usefixtures("accounts")
def test_what_somebody_else_wrote_waits_for_them_and_holds_up_nothing(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here = make_seat("S01")
    own = [replace(ticket("seat"), author="S01"), replace(ticket("nobody"), author="9")]
    here.log.append([replace(ticket("theirs"), author="1002"), ticket("mine"), *own])
    meet(here)
    assert written(server, database) == ["mine|1001|1001", "seat|S01|1001"]
    assert (here.outbox.unsent_count(), here.outbox.refused_count()) == (2, 0)
    here.access = access(server, database, "1002")
    meet(here)
    assert written(server, database) == ["mine|1001|1001", "seat|S01|1001", "theirs|1002|1002"]
    assert here.outbox.unsent_count() == 1  # of somebody without an account: for a seat's role


@pytest.mark.usefixtures("accounts")
def test_everybody_s_own_connection_brings_what_they_wrote_where_their_password_is_at_hand(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here = make_seat("S01", "admin")
    here.log.append([replace(ticket(f"t{author}"), author=author) for author in ("1001", "1002", "S01")])

    def at_hand(author: str) -> CentralAccess | None:
        return access(server, database, author) if author == "1001" else None

    meet(here, side_of(here, at_hand))
    assert written(server, database) == ["t1001|1001|1001", "t1002|1002|admin", "tS01|S01|admin"]


@pytest.mark.usefixtures("accounts")
def test_an_author_whose_password_is_wrong_by_now_is_carried_by_the_seat(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here = make_seat("S01", "admin")
    here.log.append([ticket("t1")])
    side = side_of(here, lambda author: replace(access(server, database, author), password=lambda: "old"))
    meet(here, side)
    assert written(server, database) == ["t1|1001|admin"]
    assert set(side.failed_authors) == {"1001"}


def test_what_a_supervisor_wrote_waits_for_them_behind_a_seat_s_role(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    """It holds up nothing but what stands on it, and comes as soon as its author's password is at hand."""
    server.sql(ACCOUNTS.replace("('1002', '1002', 'agent')", "('1002', '1002', 'supervisor')"), database)
    here = make_seat("S01", "admin")
    made = [("staff", "s1", "1002"), ("call", "c1", "1002"), ("staff", "s1", "1001"), ("call", "c2", "1001")]
    patches = {"staff": {"number": "1009"}, "call": {"number": "138"}}
    here.log.append([replace(change(kind, name, patches[kind]), author=who) for kind, name, who in made])
    meet(here)
    assert written(server, database) == ["c1|1002|admin", "c2|1001|admin"]
    assert (here.outbox.unsent_count(), here.outbox.refused_count()) == (2, 0)
    meet(here, side_of(here, lambda author: access(server, database, author) if author == "1002" else None))
    assert "s1|1002|1002" in written(server, database)
    assert (here.outbox.unsent_count(), here.outbox.refused_count()) == (0, 1)  # the agent's is nobody's to bring
    (refused,) = SqlSetAsides(here.store).refused(10)
    assert why_refused(refused.refused)[0] is WhyRefused.NOT_ALLOWED


def test_a_cursor_that_passed_over_what_one_could_not_see_is_no_cursor_for_who_can(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    everybody = make_seat("S01", "admin")
    everybody.log.append(
        [
            change(kind, f"{kind}{estate}", patch)
            for estate in ("A", "B")
            for kind, patch in (
                ("estate", {"name": estate}),
                ("building", {"estate_id": f"estate{estate}", "code": estate, "name": estate}),
            )
        ]
    )
    meet(everybody)
    server.create_role("limited", "p", "desk_agent")
    server.sql('REVOKE desk_unlimited FROM "limited"; GRANT desk_limited TO "limited";', database)
    server.sql(
        "INSERT INTO desk.account (role, agent, kind, estates) VALUES ('limited', 'limited', 'agent', '{estateA}')",
        database,
    )
    seat = make_seat("S02")
    seat.access = replace(access(server, database, "limited"), password=lambda: "p")

    def estates() -> list[str]:
        with seat.store.read() as connection:
            return [row[0] for row in connection.exec_driver_sql("SELECT name FROM estate ORDER BY 1")]

    meet(seat)
    assert estates() == ["A"]
    come = seat.outbox.cursor()
    server.sql("UPDATE desk.account SET estates = '{estateA,estateB}' WHERE role = 'limited'", database)
    meet(seat)
    assert estates() == ["A", "B"]
    server.sql("UPDATE desk.account SET estates = '{estateA}' WHERE role = 'limited'", database)
    meet(seat)
    assert seat.outbox.cursor() == come  # where it was with these rights
    seat.access = access(server, database, "1001")
    meet(seat)
    assert rows_of(seat) == rows_of(everybody)
    server.sql('DROP OWNED BY "limited"; DROP ROLE "limited";', database)


def test_who_may_see_sensitive_tags_fetches_them_and_nothing_else_again(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    admin, seat = make_seat("S01", "admin"), make_seat("S02", "1001")
    admin.log.append([change("person", f"p{number}", {"name": "王"}) for number in range(30)])
    tag = {"subject": "person", "subject_id": "p1", "tag": "litigation"}
    admin.log.append([change("sensitive_tag", "s1", tag)])
    admin.log.append([ticket("t1")])
    meet(admin)
    meet(seat)

    def tags() -> list[str]:
        with seat.store.read() as connection:
            return [row[0] for row in connection.exec_driver_sql("SELECT tag FROM sensitive_tag ORDER BY 1")]

    assert tags() == []
    seat.access = access(server, database, "admin")
    with session_of(seat) as session:
        done = session.round()
    assert (done.pulled, done.entities, tags()) == (1, {"sensitive_tag"}, ["litigation"])
    seat.access = access(server, database, "1001")
    admin.log.append([change("sensitive_tag", "s2", {**tag, "tag": "illness"})])
    meet(admin)
    meet(seat)
    assert tags() == ["litigation"]
    seat.access = access(server, database, "admin")
    meet(seat)
    assert tags() == ["illness", "litigation"]


def test_a_supervisor_at_an_agent_s_seat_has_the_register_of_all_seats(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    others, seat = make_seat("S01", "admin"), make_seat("S02", "1001")
    others.log.append([change("seat_record", "r1", {"seat": "S01"}), change("seat_check", "c1", {"level": "ok"})])
    others.log.append([ticket("t1")])
    meet(others)
    seat.log.append([change("seat_record", "r2", {"seat": "S02"})])
    meet(seat)

    def seats() -> list[str]:
        with seat.store.read() as connection:
            return [row[0] for row in connection.exec_driver_sql("SELECT seat FROM seat_record ORDER BY 1")]

    assert seats() == ["S02"]
    seat.access = access(server, database, "admin")
    meet(seat)
    assert seats() == ["S01", "S02"]


def test_changes_that_a_role_may_not_see_are_passed_over_once(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    everybody, limited = make_seat("S01", "admin"), make_seat("S02")
    everybody.log.append([change("estate", estate, {"name": estate}) for estate in ("A", "B")])
    meet(everybody)
    server.create_role("few", "p", "desk_agent")
    server.sql(
        """REVOKE desk_unlimited FROM "few"; GRANT desk_limited TO "few";
        INSERT INTO desk.account (role, agent, kind, estates) VALUES ('few', 'few', 'agent', '{A}');""",
        database,
    )
    limited.access = replace(access(server, database, "few"), password=lambda: "p")
    for number in range(5):
        everybody.log.append([change("building", f"b{number}", {"estate_id": "B", "code": "1", "name": "1"})])
        meet(everybody)
        meet(limited)
        assert limited.outbox.cursor() == everybody.outbox.cursor()
    assert len(limited.rows()["change"]) == 1
    everybody.log.append([change("estate", "A", {"name": "again"})])
    meet(everybody)
    meet(limited)
    assert len(limited.rows()["change"]) == 2
    server.sql('DROP OWNED BY "few"; DROP ROLE "few";', database)


def test_a_batch_is_halved_around_what_the_centre_refuses(make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch) -> None:
    here = make_seat("S01")
    poison = {7, 100, 101}
    here.log.append(
        [change("person", ("x" * 65 if n in poison else "p") + str(n), {"name": str(n)}) for n in range(200)]
    )
    sent: list[int] = []
    push = rounds.Exchange._push

    def counting(exchange: rounds.Exchange, batch: list[object]) -> None:
        sent.append(len(batch))
        push(exchange, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(rounds.Exchange, "_push", counting)
    done = here.exchange()
    assert (done.pushed, done.refused) == (197, 3)
    assert len(sent) < 60
    assert sorted(int(refused.entity_id[65:]) for refused in here.outbox.refused()) == sorted(poison)


def test_a_slow_centre_is_given_less_at_once_and_a_quick_one_more_again() -> None:
    pace = batch_size.Pace(500, 10)
    for seconds in (2.0, 2.0, 0.5):
        pace.took(seconds)
    assert pace.size == 125
    for _ in range(5):
        pace.took(0.01)
    assert pace.size == 500
    for _ in range(20):
        pace.took(9.0)
    assert pace.size == 10


@pytest.mark.usefixtures("accounts")
def test_a_seat_is_told_what_account_the_person_has_who_connects(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here = make_seat("S01")
    meet(here)
    assert SqlAccounts(here.store).all() == {"1001": "agent"}
    server.sql("UPDATE desk.account SET kind = 'supervisor' WHERE role = '1001'", database)
    meet(here)
    here.access = access(server, database, "admin")  # the seat's own role is nobody who sits there
    meet(here)
    assert SqlAccounts(here.store).all() == {"1001": "supervisor"}


@pytest.mark.usefixtures("accounts")
def test_a_seat_knows_that_an_agent_connects_also_by_a_role_that_is_not_called_by_the_work_number(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    """Retention goes by it: what an agent's connection would not bring is not deleted."""
    here, known = make_seat("S01"), []
    server.sql("UPDATE desk.account SET agent = '7001' WHERE role = '1001'", database)
    for role in ("1001", "admin", "1001"):
        here.access = access(server, database, role)
        meet(here)
        known.append(here.outbox.is_an_agent_s())
    assert known == [True, False, True]


@pytest.mark.usefixtures("accounts")
def test_what_only_supervisors_write_is_set_aside_of_an_agent_and_holds_up_nothing(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here = make_seat("S01")
    here.log.append([change("staff", "s1001", {"duty": "supervisor"}), ticket("mine")])
    meet(here)
    assert written(server, database) == ["mine|1001|1001"]
    (aside,) = SqlSetAsides(here.store).refused(10)
    assert (aside.change.entity_id, why_refused(aside.refused)[0]) == ("s1001", WhyRefused.NOT_ALLOWED)
    server.sql("UPDATE desk.account SET kind = 'supervisor' WHERE role = '1001'", database)
    here.outbox.retry_refused()
    meet(here)
    assert written(server, database) == ["mine|1001|1001", "s1001|1001|1001"]
