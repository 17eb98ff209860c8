"""The seat register read from the seat store, and what this seat keeps for it. See `desk.usecases.seat_register_ports`.
Any thread.

The id of a seat's record is that of its store (`desk.store.seat_identity`): a copied store becomes one of its own, and
then its PC has a record of its own, too."""

from collections.abc import Callable
from datetime import datetime

from desk.domain.seat_register import SeatCheck, SeatRecord
from desk.domain.times import from_text, to_text
from desk.store.meta import keep_value, value_of
from desk.store.queries import Reader
from desk.store.seat_identity import SqlSeatIdentity
from desk.store.store import Store
from desk.usecases.ports import NewId

_LOST_MS, _LOST_FROM, _LOST_AT = "time_lost_ms", "time_lost_from", "time_lost_at"


class SqlSeats:
    def __init__(self, store: Store, new_id: NewId) -> None:
        self._records, self._checks = Reader(store, SeatRecord), Reader(store, SeatCheck)
        self._identity = SqlSeatIdentity(store, new_id)

    def all(self) -> list[SeatRecord]:
        return self._records.where("true ORDER BY retired, seat, seat_record_id")

    def record(self, seat_record_id: str) -> SeatRecord | None:
        return next(iter(self._records.where("seat_record_id = ?", seat_record_id)), None)

    def checks(self, seat_record_id: str, limit: int = 20) -> list[SeatCheck]:
        condition = "seat_record_id = ? ORDER BY at DESC, seat_check_id DESC LIMIT ?"
        return self._checks.where(condition, seat_record_id, limit)

    def own_id(self) -> str:
        return self._identity.store_id()


class SqlTimeLost:
    """`clock` says since when it is counted, once, when it is first asked for."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    def add(self, seconds: float, until: datetime) -> None:
        with self._store.write() as connection:
            before = int(value_of(connection, _LOST_MS) or 0)
            keep_value(connection, _LOST_MS, str(before + round(seconds * 1000)))
            keep_value(connection, _LOST_AT, to_text(until))

    def total(self) -> tuple[int, datetime | None, datetime | None]:
        with self._store.read() as connection:
            lost, since, at = (value_of(connection, name) for name in (_LOST_MS, _LOST_FROM, _LOST_AT))
        if since is None:
            since = to_text(self._clock())
            with self._store.write() as connection:
                keep_value(connection, _LOST_FROM, since)
        return int(lost or 0) // 1000, from_text(since), from_text(at) if at else None
