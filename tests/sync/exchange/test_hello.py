"""Hello: whoever connects is known as themselves, and what does not belong together is told before anything moves."""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from desk.demo.postgres import PrivatePostgres
from desk.domain.troubles import Trouble
from desk.sync.central import figures
from desk.sync.central.access import CentralFault, connect
from desk.sync.central.admin import Owner
from desk.sync.central.advice import advise
from desk.sync.central.status import healthy
from desk.sync.exchange import hello
from desk.sync.exchange.hello import UsedCode
from desk.sync.exchange.session import SeatSide
from tests.making import change, ticket
from tests.sync.conftest import Seat
from tests.sync.exchange.meeting import meet, new_token, rows_of, session_of, side_of

MakeSeat = Callable[..., Seat]


def copy_of(seat: Seat, folder: Path) -> Seat:
    """Its store's files as they are now, under another seat."""
    with seat.store.read() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    folder.mkdir()
    shutil.copyfile(seat.store.file, folder / "seat.db")
    return Seat(folder, seat.access)


def test_every_store_that_said_hello_has_a_row_of_its_own(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here, there = make_seat("S01"), make_seat("S02", "1002")
    here.log.append([ticket("t1")])
    meet(here)
    meet(there)
    with session_of(there) as session:
        session.tell(unsent=3, refused=2)
    found = server.sql("SELECT seat, role, cursor, unsent, refused, lag_ms FROM desk.seat ORDER BY seat", database)
    assert found.splitlines() == ["S01|1001|0|0|0|0", "S02|1002|1|3|2|0"]


def test_a_seat_tells_how_long_its_oldest_unsent_change_waits(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    seat = make_seat("S01")
    made = datetime.now(UTC) - timedelta(hours=2)
    with session_of(seat) as session:
        seat.log.append([replace(ticket("t1"), at=made), replace(ticket("t2"), at=datetime.now(UTC))])
        session.tell(unsent=2, refused=0)
    waited_s = int(server.sql("SELECT lag_ms FROM desk.seat", database)) / 1000
    assert 7200 <= waited_s < 7800
    meet(seat)
    assert seat.outbox.oldest_unsent_at() is None


def test_the_token_changes_at_every_hello_and_the_same_store_stays_itself(make_seat: MakeSeat) -> None:
    here = make_seat("S01")
    welcomes = [meet(here) for _ in range(3)]
    assert len({welcome.token for welcome in welcomes}) == 3
    assert len({welcome.store_id for welcome in welcomes}) == 1
    assert not any(welcome.copied for welcome in welcomes)


def test_a_hello_whose_answer_was_lost_makes_nobody_a_copy(
    make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = make_seat("S01")
    first = meet(here)
    side = side_of(here)
    with monkeypatch.context() as patch:
        patch.setattr(side.identity, "accepted", lambda _identity: (_ for _ in ()).throw(KeyboardInterrupt))
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                meet(here, side)
    again = meet(here)
    assert (again.store_id, again.copied) == (first.store_id, False)


def test_of_two_copies_of_one_store_the_second_one_is_told_and_nothing_is_lost(
    make_seat: MakeSeat, tmp_path: Path, server: PrivatePostgres, database: str
) -> None:
    here = make_seat("S01")
    here.log.append([ticket("t1")])
    first = meet(here)
    clone = copy_of(here, tmp_path / "S09")
    clone.log.append([ticket("t3")])
    here.log.append([ticket("t2")])
    assert not meet(here).copied
    told = meet(clone)
    assert told.copied
    assert told.store_id != first.store_id
    assert not meet(here).copied
    assert not meet(clone).copied
    assert rows_of(here) == rows_of(clone)
    assert len(rows_of(here)["ticket"]) == 3
    assert server.sql("SELECT what, whom FROM desk.audit WHERE what = 'store copied'", database) == "store copied|S01"
    clone.store.close()


def test_an_old_store_that_was_put_back_fetches_what_it_had_sent_itself(make_seat: MakeSeat, tmp_path: Path) -> None:
    here = make_seat("S01")
    here.log.append([ticket("t1")])
    meet(here)
    yesterday = copy_of(here, tmp_path / "yesterday")
    here.log.append([ticket("t2"), change("ticket", "t1", {"stage": "dispatched"})])
    meet(here)
    assert meet(yesterday).copied
    assert rows_of(yesterday) == rows_of(here)
    yesterday.store.close()


def test_two_pcs_under_one_seat_name_are_told_of_each_other(make_seat: MakeSeat) -> None:
    here, there = make_seat("S01"), make_seat("S02", "1002")
    with session_of(here) as first, session_of(there, side_of(there, name="S01")) as second:
        first.tell(0, 0)
        ((trouble, detail),) = first.troubles
        assert trouble is Trouble.SEAT_NAME_TAKEN
        assert detail.startswith("1002 127.0.0.1")
        assert second.welcome.twin == ""  # the other one has not been heard since
        second.tell(0, 0)
        assert [trouble for trouble, _detail in second.troubles] == [Trouble.SEAT_NAME_TAKEN]


def test_a_wiped_seat_is_no_twin_of_its_old_self(make_seat: MakeSeat, tmp_path: Path) -> None:
    here = make_seat("S01")
    here.log.append([ticket("t1")])
    meet(here)
    wiped = Seat(tmp_path / "S01 again", here.access)
    with session_of(wiped, side_of(wiped, name="S01")) as session:
        session.round()
        session.tell(0, 0)
        assert session.troubles == []
    assert rows_of(wiped) == rows_of(here)
    wiped.store.close()


@pytest.mark.parametrize(
    ("oldest", "program", "fits"),
    [("0.1", "0.1.0", True), ("0.2", "0.1.9", False), ("0.10", "0.9", False), ("1", "1.0.dev3", True)],
)
def test_a_program_that_is_too_old_is_told_and_moves_nothing(
    make_seat: MakeSeat, server: PrivatePostgres, database: str, oldest: str, program: str, fits: bool
) -> None:
    server.sql("UPDATE desk.centre SET oldest_program = :'oldest';", database, {"oldest": oldest})
    here = make_seat("S01")
    here.log.append([ticket("t1")])
    side = replace(side_of(here), program=program)
    if fits:
        meet(here, side)
    else:
        with pytest.raises(CentralFault) as told:
            meet(here, side)
        assert told.value.trouble is Trouble.PROGRAM_TOO_OLD
        assert program in told.value.detail
    assert here.outbox.unsent_count() == (0 if fits else 1)


def test_a_centre_that_knows_no_hello_is_told_and_nothing_moves(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    server.sql("DROP FUNCTION desk.hello(jsonb)", database)
    here = make_seat("S01")
    with pytest.raises(CentralFault) as told:
        meet(here)
    assert told.value.trouble is Trouble.CENTRE_TOO_OLD


def test_an_account_that_was_closed_is_told_at_the_next_hello(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    server.sql("INSERT INTO desk.account (role, agent, kind, active) VALUES ('1001', '1001', 'agent', false)", database)
    here = make_seat("S01")
    here.log.append([ticket("t1")])
    with pytest.raises(CentralFault) as told:
        meet(here)
    assert told.value.trouble is Trouble.PERSON_DISABLED
    assert here.outbox.unsent_count() == 1


def test_nobody_writes_the_list_of_seats_but_by_saying_hello(make_seat: MakeSeat) -> None:
    here = make_seat("S01")
    meet(here)
    with closing(connect(here.access, "test")) as connection:
        for statement in (
            "SELECT token FROM desk.seat",
            "DELETE FROM desk.seat",
            "TRUNCATE desk.centre",
        ):
            with pytest.raises(Exception, match="permission denied"):
                connection.execute(statement)


def test_with_a_wrong_token_nothing_is_changed_in_another_store_s_name(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here, thief = make_seat("S01"), make_seat("S02", "1002")
    known = meet(here)
    query = "SELECT seat, token, role, cursor FROM desk.seat"
    before = server.sql(query, database)
    with closing(connect(thief.access, "test")) as connection:
        stolen = replace(known, token=str(known.store_id))
        assert not hello.Teller(connection, stolen).tell(9, 9, 9, 9.0, 9).known
        told = f'{{"store_id": "{known.store_id}", "token": "{known.store_id}", "next_token": "{known.store_id}"}}'
        answer = connection.execute("SELECT desk.hello(%s::jsonb) ->> 'verdict'", (told,)).fetchone()
    assert answer == ("copied",)
    assert server.sql(query, database) == before


def test_what_the_centre_refused_is_offered_again_when_the_centre_has_changed(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here = make_seat("S01")
    here.log.append([change("person", "x" * 65, {"name": "an id that is too long"})])
    meet(here)
    assert here.outbox.refused_count() == 1
    server.sql('ALTER TABLE desk.change DROP CONSTRAINT "change_entity_id_check"', database)
    meet(here)
    assert here.outbox.refused_count() == 1  # the same centre, as far as the seat knows
    server.sql("UPDATE desk.alembic_version SET version_num = '9999'", database)
    meet(here)
    assert (here.outbox.refused_count(), here.outbox.unsent_count()) == (0, 0)


def enrolled(seat: Seat, mark: str, computer: str) -> SeatSide:
    return replace(side_of(seat), code=UsedCode(mark * 64, computer))


def test_a_code_that_two_computers_used_is_told_to_the_second_and_to_it(
    make_seat: MakeSeat, server: PrivatePostgres, database: str, tmp_path: Path
) -> None:
    here, there, wiped = make_seat("S01"), make_seat("S02", "1002"), Seat(tmp_path / "wiped", make_seat("S03").access)
    assert meet(here, enrolled(here, "a", "PC-1")).code_user == ""
    assert meet(wiped, enrolled(wiped, "a", "pc-1")).code_user == ""  # the same PC, set up anew
    for _turn in range(2):
        with session_of(there, enrolled(there, "a", "PC-2")) as session:
            ((trouble, detail),) = session.troubles
            assert trouble is Trouble.CODE_USED_TWICE
            assert detail.startswith("PC-1 S01 20")
            session.round()
    assert meet(here, enrolled(here, "a", "PC-1")).code_user == ""  # who was first has done nothing wrong
    assert server.sql("SELECT whom FROM desk.audit WHERE what = 'code used twice'", database) == "S02"
    owner = Owner(server.admin_url(database))
    found = figures.read_from(owner)
    (advised,) = [one for one in advise(found) if "enrolment code" in one.what]
    assert "PC-1 (S01), pc-1 (wiped), PC-2 (S02)" in advised.what
    assert not healthy(found)
    assert meet(there, enrolled(there, "b", "PC-2")).code_user == ""  # a new code
    assert figures.read_from(owner).codes_twice == ()
    wiped.store.close()


def test_a_centre_that_does_not_mark_codes_yet_is_not_asked(
    make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.sync.exchange.hello.KNOWS_CODES", "9999")
    here, there = make_seat("S01"), make_seat("S02", "1002")
    assert meet(here, enrolled(here, "a", "PC-1")).code_user == ""
    assert meet(there, enrolled(there, "a", "PC-2")).code_user == ""


def test_what_is_no_code_is_not_kept(make_seat: MakeSeat, server: PrivatePostgres, database: str) -> None:
    here = make_seat("S01")
    with pytest.raises(psycopg.errors.CheckViolation):
        meet(here, replace(side_of(here), code=UsedCode("K7Q2M-9XHTA-3WBNC-D5R8Z", "PC-1")))
    stranger = {"store_id": new_token(), "token": new_token(), "code": "c" * 64, "computer": "PC-9"}
    assert meet(here, enrolled(here, "c", "PC-1")).code_user == ""
    with closing(connect(here.access, "test")) as connection:
        assert connection.execute("SELECT desk.seat_enrolled(%s)", (Jsonb(stranger),)).fetchone() == ("",)
    assert server.sql("SELECT count(*) FROM desk.seat WHERE enrolled_code <> ''", database) == "1"
