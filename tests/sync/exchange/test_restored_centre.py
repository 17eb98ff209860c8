"""The centre was restored from a backup and has lost its newest changes: the seats have them, and give them back."""

from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest

from desk.demo.postgres import PrivatePostgres
from desk.store import common_head
from desk.sync.exchange import session
from tests.making import change, ticket
from tests.sync.conftest import Seat
from tests.sync.exchange.meeting import meet, rows_of

MakeSeat = Callable[..., Seat]


def backup(server: PrivatePostgres, database: str) -> str:
    name = f"{database}_restored"
    server.create_database(name, database)
    return name


def restore(seats: list[Seat], name: str) -> None:
    for seat in seats:
        seat.access = replace(seat.access, database=name)


def central_tickets(server: PrivatePostgres, database: str) -> list[str]:
    return server.sql("SELECT ticket_id, stage FROM desk.ticket ORDER BY 1", database).splitlines()


def test_seats_push_again_what_the_backup_did_not_know(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here, there = make_seat("S01"), make_seat("S02", "1002")
    here.log.append([ticket("t1"), ticket("t2")])
    meet(here)
    meet(there)
    kept = backup(server, database)
    here.log.append([change("ticket", "t1", {"stage": "dispatched"}), ticket("t3")])
    meet(here)
    meet(there)
    there.log.append([change("ticket", "t2", {"stage": "closed"})])
    meet(there)
    meet(here)
    before = rows_of(here)
    restore([here, there], kept)
    assert meet(here).offered_again == 3
    assert meet(there).offered_again == 3
    meet(here)
    assert rows_of(here) == rows_of(there) == before
    assert here.rows()["change"] == there.rows()["change"]
    assert central_tickets(server, kept) == ["t1|dispatched", "t2|closed", "t3|registered"]


def test_also_when_others_have_gone_on_at_the_restored_centre_with_the_same_places_in_the_order(
    make_seat: MakeSeat, server: PrivatePostgres, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common_head, "PAGE", 3)
    here, there = make_seat("S01"), make_seat("S02", "1002")
    here.log.append([ticket("t1")])
    meet(here)
    kept = backup(server, database)
    here.log.append([ticket(f"h{number}") for number in range(20)])
    meet(here)
    restore([here, there], kept)
    there.log.append([ticket(f"x{number}") for number in range(30)])
    meet(there)  # as if it had been new: it knows nothing of what was lost
    assert meet(here).offered_again == 20
    meet(there)
    assert rows_of(here) == rows_of(there)
    assert here.rows()["change"] == there.rows()["change"]
    assert len(central_tickets(server, kept)) == 51


def test_a_restored_centre_that_lacks_nothing_of_ours_is_gone_on_with(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here = make_seat("S01")
    here.log.append([ticket("t1")])
    meet(here)
    restore([here], backup(server, database))
    assert meet(here).offered_again == 0


def test_a_centre_that_was_made_anew_gets_everything_that_the_seats_hold(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here, there = make_seat("S01"), make_seat("S02", "1002")
    empty = backup(server, database)
    here.log.append([ticket("t1"), change("ticket", "t1", {"stage": "closed"})])
    meet(here)
    meet(there)
    restore([here, there], empty)
    assert meet(there).offered_again == 2  # also what others wrote
    assert meet(here).offered_again == 2
    assert central_tickets(server, empty) == ["t1|closed"]
    assert rows_of(here) == rows_of(there)


def test_a_seat_that_was_filled_from_beyond_the_backup_is_filled_again(
    make_seat: MakeSeat, server: PrivatePostgres, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "FILL_FROM", 5)
    author, filled = make_seat("S01"), make_seat("S02", "1002")
    author.log.append([ticket(f"t{number}") for number in range(10)])
    meet(author)
    kept = backup(server, database)
    author.log.append([change("ticket", "t1", {"stage": "closed"}), ticket("lost")])
    meet(author)
    meet(filled)
    assert rows_of(filled) == rows_of(author)
    restore([filled], kept)
    meet(filled)
    assert len(rows_of(filled)["ticket"]) == 10  # what the centre knows nothing of is gone, its author still has it
    restore([author], kept)
    meet(author)
    meet(filled)
    assert rows_of(filled) == rows_of(author)
    assert central_tickets(server, kept)[0] == "lost|registered"


def test_a_place_that_another_change_has_is_not_ours(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here = make_seat("S01")
    here.log.append([ticket("t1")])
    meet(here)
    with psycopg.connect(server.admin_url(database)) as connection:
        query = "SELECT desk.standing(ARRAY[1, 1]::bigint[], ARRAY[gen_random_uuid(), %s]::uuid[])"
        mine = here.rows()["change"][0][0]
        assert connection.execute(query, (mine,)).fetchone() == ([1],)
        assert connection.execute(query, (str(here.access.port).rjust(32, "0"),)).fetchone() == ([],)
