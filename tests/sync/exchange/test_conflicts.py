"""Two seats on one centre write into the same place at once."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from desk.demo.postgres import PrivatePostgres
from desk.domain.changes import Change, Patch
from desk.domain.conflicts import find
from desk.domain.identity import TicketId
from desk.domain.set_aside import WhyRefused, why_refused
from desk.domain.tickets import Stage
from desk.store.change_log import SeatAuthor
from desk.store.conflicts import SqlConflicts
from desk.store.history import SqlHistories
from desk.store.set_asides import SqlSetAsides
from desk.store.tickets import SqlTickets
from desk.usecases.settle_conflict import SettleConflict, SettleStages
from tests.making import START, new_id, ticket
from tests.sync.conftest import Seat

MakeSeat = Callable[..., Seat]


@pytest.fixture
def seats(make_seat: MakeSeat) -> tuple[Seat, Seat]:
    """Both know ticket t1 and what the centre said of it."""
    one, two = make_seat("S01", "1001"), make_seat("S02", "1002")
    one.log.append([replace(ticket("t1"), author="1001", seat="S01")])
    for seat in (one, two, one):
        seat.exchange()
    return one, two


def author(seat: Seat, who: str) -> SeatAuthor:
    return SeatAuthor(seat.name, lambda: who, lambda: START, new_id, seat.log.base_seq)


def write(seat: Seat, patch: Patch) -> None:
    seat.log.append([author(seat, seat.access.user).change("ticket", "t1", patch)])


def heal(*seats: Seat) -> None:
    for seat in (*seats, *seats):
        seat.exchange()


def changes(seat: Seat) -> list[Change]:
    return SqlHistories(seat.store).of("ticket", "t1")


def test_both_seats_see_the_same_conflict_and_one_key_settles_it_at_both(seats: tuple[Seat, Seat]) -> None:
    one, two = seats
    write(one, {"description": "漏水"})
    write(two, {"description": "停水"})
    heal(one, two)
    (at_one,), (at_two,) = (find("ticket", "t1", changes(seat)).conflicts for seat in seats)
    assert at_one == at_two
    assert [SqlConflicts(seat.store).count() for seat in seats] == [1, 1]
    mine = next(version for version in at_one.versions if version.author == "1001")
    SettleConflict(one.log, author(one, "1001"), SqlHistories(one.store)).take(at_one, mine.change_id)
    heal(one, two)
    assert [SqlConflicts(seat.store).count() for seat in seats] == [0, 0]
    for seat in seats:
        row = SqlTickets(seat.store).get(TicketId("t1"))
        assert row is not None
        assert row.description == "漏水"
    assert {c.patch.get("description") for c in changes(two)} >= {"漏水", "停水"}  # nothing of it is gone


def test_an_answer_that_the_centre_refuses_leaves_every_seat_with_the_same_row(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    """Of a seat that did not know yet that whoever sits there is an agent."""
    one, two = make_seat("S01", "1001"), make_seat("S02", "1002")
    for seat, phone in ((one, "1"), (two, "2")):
        seat.log.append([author(seat, seat.access.user).change("staff", "s1", {"number": "1001", "phone": phone})])
    heal(one, two)
    histories = SqlHistories(one.store)
    (found,) = (c for c in find("staff", "s1", histories.of("staff", "s1")).conflicts if c.aspect == "phone")
    server.sql("INSERT INTO desk.account (role, agent, kind) VALUES ('1001', '1001', 'agent')", database)
    mine = next(version for version in found.versions if version.author == "1001")
    SettleConflict(one.log, author(one, "1001"), histories).take(found, mine.change_id)
    heal(one, two)
    assert [c.patch.get("phone") for c in SqlHistories(one.store).of("staff", "s1")] == ["1", "2"]
    assert (one.outbox.unsent_count(), one.outbox.refused_count()) == (0, 0)
    (dropped,) = SqlSetAsides(one.store).dropped(10)
    assert why_refused(dropped.refused)[0] is WhyRefused.NOT_ALLOWED


def test_whichever_seat_was_away_the_rules_bring_both_to_the_same_stage(seats: tuple[Seat, Seat]) -> None:
    one, two = seats
    write(one, {"stage": "dispatched"})
    heal(one, two)
    write(one, {"stage": "cancelled"})
    write(two, {"stage": "accepted"})  # away: it arrives later
    heal(one, two)
    for seat in seats:
        conflicts, histories = SqlConflicts(seat.store), SqlHistories(seat.store)
        settler = SettleStages(seat.log, author(seat, seat.name), histories, conflicts, seat.name)
        assert settler.work_once() is (seat is two)
    heal(one, two)
    assert [SqlConflicts(seat.store).count() for seat in seats] == [0, 0]
    for seat in seats:
        row = SqlTickets(seat.store).get(TicketId("t1"))
        assert row is not None
        assert row.stage is Stage.CANCELLED


def test_what_the_centre_refuses_is_told_dropped_with_a_reason_and_refused_again_when_put_back(
    seats: tuple[Seat, Seat],
) -> None:
    one, _two = seats
    set_asides = SqlSetAsides(one.store)
    patch: Patch = {"subject": "person", "subject_id": "p1", "tag": "诉讼", "ended": False}
    tag = author(one, "1001").change("sensitive_tag", "g1", patch)
    write(one, {"description": "漏水"})
    one.log.append([tag])
    one.exchange()
    assert one.outbox.unsent_count() == 0  # the rest is not held up
    (refused,) = set_asides.refused(10)
    assert why_refused(refused.refused)[0] is WhyRefused.NOT_ALLOWED
    assert set_asides.drop(tag.change_id, "1001", START, "没有权限")
    assert SqlHistories(one.store).of("sensitive_tag", "g1") == []
    assert set_asides.put_back(tag.change_id)
    one.exchange()
    assert [s.change.change_id for s in set_asides.refused(10)] == [tag.change_id]
