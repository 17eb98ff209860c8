"""A new or wiped seat is filled with rows instead of history, whatever happens meanwhile."""

import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.demo.postgres import PrivatePostgres
from desk.domain.identity import TicketId
from desk.store import filling
from desk.store.outbox import SqlOutbox
from desk.store.residents import SqlResidents
from desk.store.synthetic import is_synthetic, synthetic_id
from desk.store.tickets import SqlTickets
from desk.sync.central.access import connect
from desk.sync.exchange import batch_size, fill, session
from tests.making import call, change, ticket, time_text
from tests.sync.conftest import Seat
from tests.sync.exchange.meeting import meet, rows_of, session_of, side_of

MakeSeat = Callable[..., Seat]
HOMES = 30
KEY = "+861380013{:04d}"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fills begin early, with small pages and lots."""
    monkeypatch.setattr(session, "FILL_FROM", 50)
    monkeypatch.setattr(batch_size, "FILL_PAGE", 16)
    monkeypatch.setattr(filling, "_FIRST_LOT", 4)
    monkeypatch.setattr(filling, "_LEAST", 4)
    monkeypatch.setattr(filling, "_MOST", 8)


def settle(seat: Seat) -> None:
    """An estate with its people, tickets and calls, in the centre."""
    changes = [change("estate", "e", {"name": "幸福里"})]
    changes.append(change("building", "b", {"estate_id": "e", "code": "1", "name": "1栋"}))
    for number in range(HOMES):
        home = {"estate_id": "e", "building_id": "b", "unit": "1", "room": str(number), "place_code": f"1-1-{number}"}
        changes += [
            change("household", f"h{number:03}", {**home, "tags": ["VIP"] if number % 5 == 0 else []}),
            change("person", f"p{number:03}", {"name": f"王{number}", "estate_id": "e"}),
            change("membership", f"m{number:03}", {"household_id": f"h{number:03}", "person_id": f"p{number:03}"}),
            change("membership", f"m{number:03}", {"role": "owner"}),
            change(
                "number", f"n{number:03}", {"raw": "x", "lookup_key": KEY.format(number), "person_id": f"p{number:03}"}
            ),
            ticket(f"t{number:03}", number, household_id=f"h{number:03}"),
            call(f"c{number:03}", number, lookup_key=KEY.format(number)),
        ]
        if number % 3:
            changes.append(change("ticket", f"t{number:03}", {"stage": "closed", "closed_at": time_text(number)}))
    changes += [change("household", "h001", {"notes": "狗"}), change("household", "h001", {"notes": None})]
    seat.log.append(changes)
    meet(seat)


def synthetic_count(seat: Seat) -> int:
    return sum(is_synthetic(row[0]) for row in seat.rows()["change"])


def test_a_new_seat_ends_with_the_same_rows_and_goes_on_with_the_log(make_seat: MakeSeat) -> None:
    old, new = make_seat("S01"), make_seat("S02", "1002")
    settle(old)
    with session_of(new) as filled:
        assert filled.fills()
        told = []
        while filled.fills():
            told.append(filled.filled_permille)
            filled.round()
        assert filled.filled_permille == 1000
    assert told == sorted(told)
    assert max(told) < 1000
    assert rows_of(new) == rows_of(old)
    assert synthetic_count(new) == len(new.rows()["change"]) == 2 + 6 * HOMES
    old.log.append([change("ticket", "t001", {"stage": "dispatched", "closed_at": None})])
    meet(old)
    meet(new)
    assert rows_of(new) == rows_of(old)
    new.log.append([change("person", "p001", {"name": "李四"})])
    meet(new)
    meet(old)
    assert rows_of(new) == rows_of(old)


def test_what_is_done_while_it_fills_is_there_at_the_end(make_seat: MakeSeat) -> None:
    old, new = make_seat("S01"), make_seat("S02", "1002")
    settle(old)
    with session_of(new) as filled:
        for number in range(200):
            if not filled.fills():
                break
            filled.round()
            old.log.append(
                [
                    change("person", f"p{number % HOMES:03}", {"name": f"改{number}", "notes": None}),
                    change("ticket", f"t{number % HOMES:03}", {"description": f"{number}"}),
                    ticket(f"new{number}"),
                ]
            )
            new.log.append([change("ticket", f"t{number * 7 % HOMES:03}", {"stage": "accepted"})])
            meet(old)
        assert not filled.fills()
        assert number > 5
    meet(new)
    meet(old)
    meet(new)
    assert rows_of(new) == rows_of(old)


@pytest.mark.parametrize("lots", [1, 5, 17, 25])
def test_a_fill_that_was_cut_goes_on_where_it_was(make_seat: MakeSeat, lots: int) -> None:
    old, new = make_seat("S01"), make_seat("S02", "1002")
    settle(old)
    written = 0

    def cut() -> None:
        nonlocal written
        written += 1
        if written == lots:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        meet(new, between=cut)
    old.log.append([change("person", "p001", {"name": "李四"})])
    meet(old)
    written = -10_000
    with session_of(new) as again:
        assert again.fills()
        while again.fills():
            again.round()
    assert rows_of(new) == rows_of(old)
    assert synthetic_count(new) == 2 + 6 * HOMES


def test_whoever_calls_comes_first_with_all_that_is_known_of_their_home(make_seat: MakeSeat) -> None:
    old, new = make_seat("S01"), make_seat("S02", "1002")
    settle(old)
    with session_of(new) as filled:
        came = filled.fetch_caller((KEY.format(29),))
        assert came == {"household", "person", "membership", "number", "ticket", "call"}
        residents = SqlResidents(new.store)
        entry = residents.by_lookup_keys([KEY.format(29)])[0]
        assert entry.person_id is not None
        assert residents.people([entry.person_id])[entry.person_id].name == "王29"
        assert residents.memberships_of_people([entry.person_id])[0].household_id == "h029"
        assert SqlTickets(new.store).get(TicketId("t029")) is not None
        assert filled.fetch_caller(("+8613900000000",)) == set()
        while filled.fills():
            filled.round()
        assert filled.fetch_caller((KEY.format(1),)) == set()  # everybody is here
    assert rows_of(new) == rows_of(old)


def test_residents_come_first_then_open_tickets_then_the_newest(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    old, new = make_seat("S01"), make_seat("S02", "1002")
    settle(old)
    seen: list[str] = []
    with session_of(new) as filled:
        while filled.fills():
            before = {row[0] for row in new.rows()["ticket"]}
            filled.round()
            seen += sorted({row[0] for row in new.rows()["ticket"]} - before, reverse=True)
            if seen:
                assert len(new.rows()["number"]) == HOMES
    open_ones = [f"t{number:03}" for number in reversed(range(HOMES)) if number % 3 == 0]
    closed = [f"t{number:03}" for number in reversed(range(HOMES)) if number % 3]
    assert seen == open_ones + closed


def test_a_seat_that_brings_what_it_wrote_alone_keeps_it_and_what_others_emptied_is_empty(make_seat: MakeSeat) -> None:
    old, new = make_seat("S01"), make_seat("S02", "1002")
    new.log.append([change("household", "h001", {"notes": "猫", "tags": ["old"]}), ticket("alone")])
    meet(new)
    settle(old)  # says after it that there are no notes
    again = SqlOutbox(new.store)
    with new.store.write() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = '0' WHERE name = 'cursor'")
    assert again.cursor() == 0
    meet(new)
    assert rows_of(new) == rows_of(old)
    assert synthetic_count(new) > 0


def test_a_seat_that_lags_a_little_pulls_and_is_not_filled(make_seat: MakeSeat) -> None:
    old, new = make_seat("S01"), make_seat("S02", "1002")
    settle(old)
    with session_of(new, fill_from=10_000) as pulled:
        assert not pulled.fills()
        pulled.round()
    assert rows_of(new) == rows_of(old)
    assert synthetic_count(new) == 0


def test_fields_that_only_the_centre_knows_yet_are_kept_in_the_log(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    old, new = make_seat("S01"), make_seat("S02", "1002")
    settle(old)
    server.sql(
        """ALTER TABLE desk.person ADD COLUMN shoe_size bigint; UPDATE desk.person SET shoe_size = 42;
        UPDATE desk.entity SET fields = fields || '{"shoe_size": "bigint"}' WHERE name = 'person';""",
        database,
    )
    meet(new)
    patches = [row[4] for row in new.rows()["change"] if row[1] == "person"]
    assert {patch["shoe_size"] for patch in patches} == {42}
    assert rows_of(new) == rows_of(old)


def test_a_limited_role_is_filled_with_what_it_may_see_and_again_when_it_may_see_more(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    old, new = make_seat("S01"), make_seat("S02")
    settle(old)
    old.log.append(
        [change("estate", "f", {"name": "别处"})]
        + [change("person", f"q{number:03}", {"name": "外", "estate_id": "f"}) for number in range(60)]
    )
    meet(old)
    server.create_role("half", "p", "desk_agent")
    server.sql(
        """REVOKE desk_unlimited FROM "half"; GRANT desk_limited TO "half";
        INSERT INTO desk.account (role, agent, kind, estates) VALUES ('half', 'half', 'agent', '{f}');""",
        database,
    )
    new.access = replace(new.access, user="half", password=lambda: "p")
    meet(new)
    assert {row[0][0] for row in rows_of(new)["person"]} == {"q"}
    old.log.append([change("person", "q001", {"name": "改"})])
    meet(old)
    server.sql("UPDATE desk.account SET estates = NULL WHERE role = 'half'", database)
    meet(new)
    assert rows_of(new) == rows_of(old)
    server.sql('DROP OWNED BY "half"; DROP ROLE "half";', database)


def test_times_numbers_and_lists_travel_as_a_seat_writes_them(make_seat: MakeSeat) -> None:
    old, new = make_seat("S01"), make_seat("S02", "1002")
    settle(old)
    patch: dict[str, Any] = {
        "kept": "kept",
        "sha256": "0" * 64,
        "length_ms": 2**53 + 1,
        "interrupted": False,
        "marks": ['引"号', "\\", "换\n行"],
        "vaulted_at": "2026-11-21T08:00:00.000001Z",
    }
    old.log.append([change("recording", "c001", patch)])
    meet(old)
    with closing(connect(new.access, "test")) as connection:
        found = fill.CentralRows(connection).where("recording", "call_id", ["c001"], "", 5)
    assert found == {"c001": patch}


@given(st.text(min_size=1, max_size=64), st.sampled_from(["person", "ticket"]))
def test_a_synthetic_change_is_known_by_its_id_and_the_same_for_the_same_row(entity_id: str, entity: str) -> None:
    made = synthetic_id(entity, entity_id)
    assert made == synthetic_id(entity, entity_id)
    assert is_synthetic(made)
    assert not is_synthetic("01930000-0000-7000-8000-000000000001")
    assert synthetic_id("call", entity_id) != made
    assert str(uuid.UUID(made)) == made
    assert uuid.UUID(made).version == 8


@given(st.lists(st.uuids(version=4), min_size=2, max_size=20), st.booleans())
def test_synthetic_ids_lie_in_the_order_of_the_rows_they_are_of(ids: list[uuid.UUID], named: bool) -> None:
    rows = sorted(f"h-{number}" if named else str(number) for number in ids)
    made = [synthetic_id("person", one)[:18] for one in rows]
    assert made == sorted(made)


def test_a_fill_leaves_the_writer_s_lock_alone_while_people_work(make_seat: MakeSeat, tmp_path: Path) -> None:
    old, new = make_seat("S01"), make_seat("S02", "1002")
    settle(old)
    rests: list[float] = []
    side = side_of(new)
    side.filling = filling.SqlFilling(new.store, rests.append, lambda: True)
    meet(new, side)
    assert rests
    assert set(rests) == {filling.GENTLE_S[1]}
