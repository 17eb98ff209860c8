"""A store with a million calls (or ten), made once and kept under build/bench: rows and index written by the thousand
straight into the tables, through the program's own words and pieces. Deterministic; skewed as a hotline's calls are:
a few agents take most, one number of the company's own exchange rings all day, half of the tickets are of ten kinds."""

import hashlib
import math
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from random import Random
from typing import Any

from desk.domain.call_fits import SearchedCall
from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.diagnosis import Diagnosis
from desk.domain.identity import BuildingId, CallId, HouseholdId, PersonId, TicketId
from desk.domain.party import Direction
from desk.domain.scores import Score, ScoreState
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.domain.times import to_text
from desk.secrets import FakeSecrets
from desk.store import call_blocks, call_index, schema, search_tables
from desk.store.entities import ENTITIES, columns_of
from desk.store.key import ENTRY
from desk.store.store import Store
from desk.texts import ShippedTexts

KEY = "5e" * 32
END = datetime(2026, 11, 20, tzinfo=UTC)
YEARS = 3
BUILDINGS, HOMES_EACH = 2_000, 60
AGENTS, SEATS = 150, 120
EXCHANGE = "+8675586543210"  # the company's own: every fiftieth call
_LOT = 5_000
_SAID = (
    *(
        "师傅还没有来",
        "已经第三次打电话了",
        "请尽快处理",
        "晚上八点以后在家",
        "孩子在家请先打电话",
        "业主很着急",
        "要求今天",
    ),
    *(
        "答复",
        "楼下也有同样情况",
        "上次修过又坏了",
        "物业费发票",
        "门口的灯不亮",
        "声音很大影响休息",
        "车位被占",
        "快递丢失",
    ),
)
_SHOWN = ("", "", "", "物业办公室", "保安亭", "张", "李先生", "WANG")


@dataclass(frozen=True, slots=True)
class Kept:
    file: Path
    calls: int
    per_call_bytes: float  # of the index alone; 0 = not known
    indexed_per_s: float

    def open(self) -> Store:
        return Store.open(self.file, FakeSecrets({ENTRY: KEY}))


def kept_store(folder: Path, calls: int, say: Callable[[str], None]) -> Kept:
    kept = folder / f"search-{calls}-{_recipe()}"
    if not (kept / "whole").exists():
        for old in folder.glob(f"search-{calls}-*"):
            shutil.rmtree(old)
        kept.mkdir(parents=True)
        (kept / "whole.part").write_text(_make(kept / "seat.db", calls, say))
        (kept / "whole.part").rename(kept / "whole")
    per_call, rate = (kept / "whole").read_text().split()
    return Kept(kept / "seat.db", calls, float(per_call), float(rate))


def _recipe() -> str:
    digest = hashlib.sha256()
    modules = (call_blocks, call_index, schema, search_tables)
    from desk.domain import call_fits, call_words

    for file in [Path(__file__), *(Path(str(module.__file__)) for module in (*modules, call_fits, call_words))]:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _make(file: Path, calls: int, say: Callable[[str], None]) -> str:
    store = Store.open(file, FakeSecrets({ENTRY: KEY}))
    words: dict[str, int] = {}
    indexing_s, done, index_bytes = 0.0, 0, 0
    try:
        with store.write() as connection:
            connection.exec_driver_sql(_insert("household"), list(_homes()))
        for lot in _lots(calls):
            with store.write() as connection:
                _write_rows(connection, lot)
                began = time.perf_counter()
                call_index.write(connection, lot, words)
                indexing_s += time.perf_counter() - began
            done += len(lot)
            if done % (_LOT * 20) == 0 or done == calls:
                say(f"search: {done:,} calls made, {done / indexing_s:,.0f} a second into the index")
        with store.read() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            query = "SELECT sum(length(piece) + 12) FROM search_piece"
            index_bytes = connection.exec_driver_sql(query).scalar_one()
    finally:
        store.close()
    return f"{index_bytes / calls} {calls / indexing_s}"


def _insert(name: str) -> str:
    columns = columns_of(ENTITIES[name])
    return f'INSERT INTO "{name}" ({", ".join(columns)}) VALUES ({", ".join("?" * len(columns))})'  # noqa: S608


def row_of(value: Any) -> tuple[Any, ...]:
    """An entity as the seat store's columns."""
    return tuple(_column(getattr(value, field.name)) for field in fields(value))


def _column(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return "[]"
    return int(value) if isinstance(value, bool) else value


def _write_rows(connection: Any, lot: list[SearchedCall]) -> None:
    connection.exec_driver_sql(_insert("call"), [row_of(one.call) for one in lot])
    connection.exec_driver_sql(_insert("recording"), [row_of(one.recording) for one in lot if one.recording])
    if tickets := [row_of(ticket) for one in lot for ticket in one.tickets]:
        connection.exec_driver_sql(_insert("ticket"), tickets)
    if scores := [row_of(_score(one)) for one in lot if one.points_x10 is not None]:
        connection.exec_driver_sql(_insert("score"), scores)


def _score(one: SearchedCall) -> Score:
    name = f"5{one.call.call_id[1:]}"
    at = one.call.offered_at + timedelta(days=2)
    return Score(name, one.call.call_id, one.call.agent, "s", "1", "2001", at, ScoreState.FINAL, one.points_x10)


def _homes() -> Iterator[tuple[Any, ...]]:
    for building in range(BUILDINGS):
        for room in range(HOMES_EACH):
            code = f"{building}-1-{room}"
            yield (home_id(building, room), "e1", building_id(building), "1", str(room), code, "[]", "")


def home_id(building: int, room: int) -> HouseholdId:
    return HouseholdId(f"00000000-0000-7000-8000-{building:06x}{room:06x}")


def building_id(building: int) -> BuildingId:
    return BuildingId(f"00000000-0000-7000-9000-{building:012x}")


def number_of(building: int, room: int) -> str:
    return f"+861{30 + building % 69}{(building * 7919 + room * 104729) % 10**8:08d}"


def _lots(calls: int) -> Iterator[list[SearchedCall]]:
    draw = Random(7)
    leaves = ShippedTexts().categories().categories
    weights = [1 / (rank + 1) for rank in range(len(leaves))]
    step = timedelta(days=365 * YEARS) / calls
    lot: list[SearchedCall] = []
    for index in range(calls):
        lot.append(_call(draw, index, END - step * (calls - index), index / calls, leaves, weights))
        if len(lot) == _LOT or index == calls - 1:
            yield lot
            lot = []


def _call(draw: Random, index: int, at: datetime, age: float, leaves: Any, weights: list[float]) -> SearchedCall:
    call_id = CallId(f"{int(at.timestamp() * 1000):012x}"[:8] + f"-0000-7000-8000-{index:012x}")
    building = min(int(draw.paretovariate(0.6)) - 1, 10**9) % BUILDINGS
    room = draw.randrange(HOMES_EACH)
    own = draw.random() < 0.02
    key = EXCHANGE if own else number_of(building, room)
    answered = draw.random() < 0.86
    length = timedelta(seconds=min(draw.lognormvariate(4.7, 0.9), 5000))
    known = answered and not own and draw.random() < 0.7
    ticketed = answered and draw.random() < 0.6
    ticket_id = TicketId(f"7{call_id[1:]}") if ticketed else None
    agent = 1001 + min(int(draw.expovariate(1 / 40)), AGENTS - 1)
    low = draw.random() < 0.04
    mos = int(draw.gauss(290, 40)) if low else int(draw.gauss(435, 6))
    outcome = Outcome.ANSWERED if answered else draw.choice((Outcome.ABANDONED, Outcome.MISSED, Outcome.UNANSWERED))
    call = CallEntry(
        call_id,
        "热线",
        Direction.INCOMING if draw.random() < 0.8 else Direction.OUTGOING,
        key.removeprefix("+86"),
        key,
        draw.choice(_SHOWN),
        "",
        at,
        f"S{agent % SEATS:03d}",
        str(agent),
        Outcome.TRANSFERRED if answered and draw.random() < 0.02 else outcome,
        at + timedelta(seconds=6) if answered else None,
        at + timedelta(seconds=6) + length if answered else at + timedelta(seconds=15),
        person_id=PersonId(f"6{home_id(building, room)[1:]}") if known else None,
        household_id=home_id(building, room) if known else None,
        ticket_id=ticket_id,
        codec="PCMA",
        mos_worst_x100=max(100, min(mos, 450)) if answered else None,
        diagnosis=draw.choice((Diagnosis.NETWORK_LOSS, Diagnosis.NETWORK_JITTER)) if low and answered else None,
    )
    homes = frozenset({building_id(building)}) if known else frozenset()
    tickets = (_ticket(draw, call, ticket_id, at, leaves, weights),) if ticket_id else ()
    points = draw.randrange(300, 1001) if answered and draw.random() < 0.03 else None
    return SearchedCall(call, _recording(draw, call, length, age) if answered else None, tickets, points, homes)


def _recording(draw: Random, call: CallEntry, length: timedelta, age: float) -> RecordingEntry:
    held = draw.random() < 0.12
    return RecordingEntry(
        call.call_id,
        RecordingKept.KEPT if draw.random() < 0.996 else RecordingKept.MISSING,
        length_ms=math.ceil(length.total_seconds() * 1000),
        longest_silence_ms=int(min(draw.expovariate(1 / 4000), 300_000)),
        hold_count=int(held),
        hold_ms=int(draw.expovariate(1 / 45_000)) if held else 0,
        legal_hold=draw.random() < 0.0005,
        deleted_at=END if age < 0.5 and draw.random() < 0.8 else None,
    )


def _ticket(
    draw: Random, call: CallEntry, ticket_id: TicketId, at: datetime, leaves: Any, weights: list[float]
) -> Ticket:
    leaf = draw.choices(leaves, weights)[0]
    said = (
        leaf.zh + "，" + "，".join(draw.sample(_SAID, 2)) + (f"{draw.randrange(100)}号" if draw.random() < 0.1 else "")
    )
    return Ticket(
        ticket_id,
        f"{at:%Y%m%d}-{call.seat}-{draw.randrange(1, 400):03d}",
        Kind(leaf.kind),
        leaf.code,
        Priority.NORMAL,
        Stage.CLOSED,
        said,
        at + timedelta(seconds=90),
        call.agent,
        call.seat,
        household_id=call.household_id,
        call_id=call.call_id,
    )
