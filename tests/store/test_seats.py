"""The seat register over a real store: rows, whose record is whose, time lost, a store from before it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

import pytest

from desk.compose.clock import new_id
from desk.domain.health import Finding, Level
from desk.domain.listening import Role
from desk.domain.seat_register import BadService, CheckKind, Machine, from_text
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.seat_identity import SqlSeatIdentity
from desk.store.seats import SqlSeats, SqlTimeLost
from desk.store.store import Store
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.seat_register import LOST_EVERY, SEEN_EVERY, NotASupervisor, RecordSeat, SeatRegister
from tests.making import START

MACHINE = Machine("S01", pc="PC-7", memory_mb=7842, headset="Jabra", lines=("热线 8001@pbx",))
FOUND = [Finding("disk", Level.WARNING, "磁盘快满了", "清理磁盘", {"free_mb": 900}), Finding("keyring", Level.OK, "好")]


class FakeClock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


class Seat:
    def __init__(self, store: Store, log: SqlChangeLog, clock: FakeClock) -> None:
        self.seats, self.lost = SqlSeats(store, new_id), SqlTimeLost(store, clock)
        author = SeatAuthor("S01", lambda: "S01", clock, new_id, log.base_seq, log.newest_unsent)
        self.writes = RecordSeat(log, author, self.seats, self.lost, clock, new_id)
        self.log, self.author = log, author

    def register(self, role: Role) -> SeatRegister:
        return SeatRegister(self.log, self.author, self.seats, lambda: role)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def seat(store: Store, log: SqlChangeLog, clock: FakeClock) -> Seat:
    return Seat(store, log, clock)


def changes(store: Store) -> int:
    with store.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM change").scalar_one())


def test_a_seat_writes_itself_down_once_and_then_only_what_is_new(store: Store, seat: Seat, clock: FakeClock) -> None:
    assert seat.writes.gather(MACHINE)
    (record,) = seat.seats.all()
    assert (record.seat, record.memory_mb, record.lines, record.seen_at) == ("S01", 7842, ("热线 8001@pbx",), clock())
    assert (record.lost_s, record.lost_from) == (0, clock())
    before = changes(store)
    clock.advance(timedelta(minutes=10))
    assert not seat.writes.gather(MACHINE)
    assert changes(store) == before
    clock.advance(SEEN_EVERY)
    assert seat.writes.gather(MACHINE)
    assert seat.seats.all()[0].seen_at == clock()


def test_its_record_is_its_store_s_and_a_copy_becomes_another(store: Store, seat: Seat) -> None:
    assert seat.seats.own_id() == seat.seats.own_id() == SqlSeatIdentity(store, new_id).offered().store_id
    seat.writes.gather(MACHINE)
    SqlSeatIdentity(store, new_id).become_another()
    seat.writes.gather(MACHINE)
    assert len({record.seat_record_id for record in seat.seats.all()}) == 2


def test_a_check_is_filed_with_its_findings_and_stands_in_the_record(seat: Seat, clock: FakeClock) -> None:
    seat.writes.gather(MACHINE)
    seat.writes.file(CheckKind.DOCTOR, FOUND, "S01")
    clock.advance(timedelta(hours=1))
    seat.writes.file(CheckKind.SELF_CHECK, [Finding("self_check.call", Level.OK, "好")], "S01")
    (record,) = seat.seats.all()
    assert (record.level, record.faults, record.checked_at) == ("warning", ("disk",), START)
    assert (record.self_check_level, record.self_checked_at) == ("ok", clock())
    newest, older = seat.seats.checks(record.seat_record_id)
    assert (newest.kind, older.kind) == (CheckKind.SELF_CHECK, CheckKind.DOCTOR)
    assert [from_text(text) for text in older.findings] == FOUND


def test_time_lost_is_added_up_and_told_at_most_every_hour(store: Store, seat: Seat, clock: FakeClock) -> None:
    seat.writes.gather(MACHINE)
    seat.lost.add(90.4, clock())
    clock.advance(timedelta(minutes=5))
    assert not seat.writes.gather(MACHINE)
    seat.lost.add(30.7, clock())
    clock.advance(LOST_EVERY)
    assert seat.writes.gather(MACHINE)
    record = seat.seats.all()[0]
    assert (record.lost_s, record.lost_from, record.lost_at) == (121, START, START + timedelta(minutes=5))
    # another process of the same seat goes on with it
    assert SqlTimeLost(store, clock).total() == (121, START, START + timedelta(minutes=5))


def test_supervisors_write_what_was_bought_and_only_what_differs_is_kept(store: Store, seat: Seat) -> None:
    seat.writes.gather(MACHINE)
    record_id, register = seat.seats.own_id(), seat.register(Role.SUPERVISOR)
    edited = register.edit(record_id, {"price": "4,599", "supplier": " 京东 ", "notes": ""})
    assert (edited.price, edited.supplier) == ("4599.00", "京东")
    assert seat.seats.record(record_id) == edited
    before = changes(store)
    register.edit(record_id, {"price": "4599.00", "supplier": "京东"})
    assert changes(store) == before
    with pytest.raises(BadService):
        register.edit(record_id, {"supplier": "苏宁", "bought_on": "soon"})
    with pytest.raises(BadService):
        register.edit(record_id, {"pc": "mine"})
    assert seat.seats.record(record_id) == edited  # nothing of the half that was good


def test_agents_see_their_own_seat_and_write_nothing(store: Store, seat: Seat, log: SqlChangeLog) -> None:
    seat.writes.gather(MACHINE)
    other = seat.author.change("seat_record", "other", {"seat": "S02"})
    log.append([other])
    register = seat.register(Role.AGENT)
    assert [record.seat for record in register.all()] == ["S01"]
    assert [record.seat for record in seat.register(Role.SUPERVISOR).all()] == ["S01", "S02"]
    assert register.checks("other") == []
    with pytest.raises(NotASupervisor):
        register.edit(seat.seats.own_id(), {"price": "1"})


def test_a_store_from_before_the_register_gets_it_with_what_the_log_holds(
    open_store: Callable[[], Store], log: SqlChangeLog, store: Store
) -> None:
    """A newer seat may have written of seats already."""
    ids = (f"{number:032}" for number in count())
    author = FakeAuthor("9001", "S09", FakeClock(START), lambda: next(ids))
    log.append([author.change("seat_record", "s9", {"seat": "S09", "price": "1.00"})])
    with store.write() as connection:
        for table in ("seat_record", "seat_check"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("PRAGMA user_version=5")
    store.close()
    again = open_store()
    assert [(one.seat, one.price) for one in SqlSeats(again, new_id).all()] == [("S09", "1.00")]


def test_the_fake_store_knows_the_same_entities() -> None:
    ids = (f"{number:032}" for number in count())
    fake = FakeStore()
    fake.append([FakeAuthor("1", "S01", FakeClock(START), lambda: next(ids)).change("seat_record", "s", {"seat": "S"})])
    assert fake.changes[0].entity == "seat_record"
