"""A store with a million calls (or ten), made once and kept under build/bench: rows by whole columns straight into the
tables, the index by blocks with the program's own words; a sample of calls is held against `words_of`. Deterministic;
skewed as a hotline's calls are: a few agents take most, one number of the company's own exchange rings all day, half of
the tickets are of ten kinds."""

import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import Enum
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from desk.domain import call_fits, call_words
from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.diagnosis import Diagnosis
from desk.domain.identity import BuildingId, CallId, HouseholdId, PersonId, TicketId
from desk.domain.party import Direction
from desk.domain.scores import Score, ScoreState
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.domain.times import to_text
from desk.secrets import FakeSecrets
from desk.store import call_blocks, call_index, schema, search_tables
from desk.store.call_blocks import BLOCK, CHUNK
from desk.store.entities import ENTITIES, columns_of
from desk.store.key import ENTRY
from desk.store.searched_calls import ids_text, load
from desk.store.store import Store
from desk.texts import ShippedTexts
from tests.bench import recording_search_pieces as pieces
from tests.bench.recording_search_pieces import Column, Family, a_call, with_length, with_recording, with_ticket

KEY = "5e" * 32
END = datetime(2026, 11, 20, tzinfo=UTC)
YEARS = 3
BUILDINGS, HOMES_EACH = 2_000, 60
AGENTS, SEATS = 150, 120
EXCHANGE = "+8675586543210"  # the company's own: every fiftieth call
_INDEXED = 5_000  # calls, to tell how fast they are indexed
_CHECKED = 300
_SAID = (
    *("师傅还没有来", "已经第三次打电话了", "请尽快处理", "晚上八点以后在家", "孩子在家请先打电话", "业主很着急"),
    *("要求今天", "答复", "楼下也有同样情况", "上次修过又坏了", "物业费发票", "门口的灯不亮", "声音很大影响休息"),
    *("车位被占", "快递丢失"),
)
_SHOWN = ("", "", "", "物业办公室", "保安亭", "张", "李先生", "WANG")
_OUTCOMES = tuple(Outcome)
_DIRECTIONS = (Direction.INCOMING, Direction.OUTGOING)
_DIAGNOSES = (Diagnosis.NETWORK_LOSS, Diagnosis.NETWORK_JITTER)
_LEAVES = tuple(ShippedTexts().categories().categories)
_NUMBERED = len(_SAID)  # what is said last: a phrase, or 101 forms of each with a number behind


@dataclass(frozen=True, slots=True)
class Kept:
    file: Path
    calls: int
    per_call_bytes: float  # of the index alone

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
    return Kept(kept / "seat.db", calls, float((kept / "whole").read_text()))


def _recipe() -> str:
    digest = hashlib.sha256()
    for module in (pieces, call_blocks, schema, call_fits, call_words):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:12]


def _make(file: Path, calls: int, say: Callable[[str], None]) -> str:
    began = time.monotonic()
    store = Store.open(file, FakeSecrets({ENTRY: KEY}))
    try:
        with store.read() as connection:
            # It is thrown away when it is not whole: nothing is to be undone, and nothing has to last.
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1500000"):
                connection.exec_driver_sql(f"PRAGMA {pragma}")
            connection.exec_driver_sql("BEGIN")
            _fill(connection, calls, lambda done: say(f"search: {done:,} calls in {time.monotonic() - began:.0f} s"))
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("ANALYZE")
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            query = "SELECT sum(length(piece) + 12) FROM search_piece"
            index_bytes = connection.exec_driver_sql(query).scalar_one()
        _check(store, calls)
    finally:
        store.close()
    return str(index_bytes / calls)


def _fill(connection: Any, calls: int, tell: Callable[[int], None]) -> None:
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (?, ?, ?, ?)"
    indexes = connection.exec_driver_sql(query, ("call", "recording", "ticket", "score")).fetchall()
    for name, _sql in indexes:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    connection.exec_driver_sql(_insert("household"), list(_homes()))
    made = pieces.Pieces(_FAMILIES)
    for block in range(-(-calls // BLOCK)):
        lot = _lot(block, min(BLOCK, calls - block * BLOCK), calls)
        _write_rows(connection, lot)
        connection.exec_driver_sql(
            "INSERT INTO search_piece (place, piece) VALUES (?, ?)",
            [(word << call_index.WORD_SHIFT | block, piece) for word, piece in made.of_block(lot)],
        )
        if (block + 1) % 16 == 0:
            tell((block + 1) * BLOCK)
    words = [(number, word) for word, number in made.words.items()]
    connection.exec_driver_sql("INSERT INTO search_word (word_id, word) VALUES (?, ?)", words)
    for _name, sql in indexes:
        connection.exec_driver_sql(sql)


def _check(store: Store, calls: int) -> None:
    """That they lie over all the years, and that some have the words in the index that they should have and no
    others."""
    numbers = np.random.default_rng(3).choice(calls, min(_CHECKED, calls), replace=False).tolist()
    with store.read() as connection:
        first, last = connection.exec_driver_sql("SELECT min(first_s), max(last_s) FROM search_chunk").one()
        if not 365 * YEARS - 1 <= (last - first) / 86_400 <= 365 * YEARS or last > END.timestamp():
            raise ValueError(f"calls from {first} to {last}")
        rows = connection.exec_driver_sql("SELECT word_id, word FROM search_word")
        word_of: dict[int, str] = {row[0]: row[1] for row in rows}
        for number in numbers:
            query = "SELECT call_id FROM search_call WHERE number = ?"
            (one,) = load(connection, [connection.exec_driver_sql(query, (number,)).scalar_one()])
            block, place = divmod(number, BLOCK)
            wanted = words_by_place(connection, one, block, word_of)
            there = {word for word, bits in wanted.items() if bits[place >> 3] & (0x80 >> (place & 7))}
            if there != call_words.words_of(one):
                raise ValueError(f"call {number}: {there ^ call_words.words_of(one)}")


def words_by_place(connection: Any, one: call_fits.SearchedCall, block: int, word_of: dict[int, str]) -> dict[str, Any]:
    """The bits in one block of this call's words, and of all words that take turns."""
    asked = {*call_words.words_of(one), *call_words.STATE_WORDS}
    places = [i << call_index.WORD_SHIFT | block for i, word in word_of.items() if word in asked]
    query = "SELECT place, piece FROM search_piece WHERE place IN (SELECT value FROM json_each(?))"
    rows = connection.exec_driver_sql(query, (f"[{','.join(map(str, places))}]",)).fetchall()
    return {word_of[at >> call_index.WORD_SHIFT]: call_blocks.lay_out([(0, piece)], 1)[0] for at, piece in rows}


def indexed_per_s(store: Store) -> float:
    """Into the index of an empty store, as when an old store is indexed."""
    with store.read() as connection:
        ids = connection.exec_driver_sql("SELECT call_id FROM search_call LIMIT ?", (_INDEXED,)).scalars().all()
        rows = {}
        for name in ("household", "call", "recording", "ticket", "score"):
            column = "call_id" if name != "household" else "building_id"
            wanted = ids if name != "household" else [building_id(0)]
            query = f'SELECT * FROM "{name}" WHERE {column} IN (SELECT value FROM json_each(?))'  # noqa: S608
            rows[name] = connection.exec_driver_sql(query, (ids_text(wanted),)).fetchall()
    with tempfile.TemporaryDirectory() as folder:
        empty = Store.open(Path(folder) / "seat.db", FakeSecrets())
        with empty.write() as connection:
            for name, some in rows.items():
                connection.exec_driver_sql(_insert(name), [tuple(row) for row in some])
            search_tables.begin_anew(connection)
        indexer = call_index.CallIndexer(empty)
        began = time.perf_counter()
        while indexer.work_once():
            pass
        took_s = time.perf_counter() - began
        empty.close()
    return len(ids) / took_s


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


def _key_of(home: int) -> str:
    return EXCHANGE if home == _EXCHANGE_HOME else number_of(*divmod(home, HOMES_EACH))


_EXCHANGE_HOME = BUILDINGS * HOMES_EACH


def _lot(block: int, size: int, calls: int) -> dict[str, Column]:
    """A block of calls as columns; a value that a call has not is -1."""
    draw = np.random.default_rng((7, block))

    def some(share: float) -> npt.NDArray[np.bool_]:
        return draw.random(size) < share

    def where(there: npt.NDArray[np.bool_], value: Any) -> Column:
        return np.where(there, value, -1).astype(np.int64)

    index = np.arange(size, dtype=np.int64) + block * BLOCK
    span_us = 365 * YEARS * 86_400_000_000
    # Divided first: the span times a million calls is more than 64 bits hold.
    at_us = int(END.timestamp()) * 1_000_000 - (calls - index) * (span_us // calls)
    own, answered = some(0.02), some(0.86)
    home = np.minimum(draw.pareto(0.6, size), 1e9).astype(np.int64) % BUILDINGS * HOMES_EACH
    home += draw.integers(HOMES_EACH, size=size)
    known = answered & ~own & some(0.7)
    ticketed = answered & some(0.6)
    length_ms = np.minimum(draw.lognormal(4.7, 0.9, size), 5000) * 1000
    agent = 1001 + np.minimum(draw.exponential(40, size), AGENTS - 1).astype(np.int64)
    low = some(0.04)
    mos = np.clip(np.where(low, draw.normal(290, 40, size), draw.normal(435, 6, size)), 100, 450).astype(np.int64)
    unanswered = draw.choice([_OUTCOMES.index(Outcome(o)) for o in ("abandoned", "missed", "unanswered")], size)
    talked = np.where(some(0.02), _OUTCOMES.index(Outcome.TRANSFERRED), _OUTCOMES.index(Outcome.ANSWERED))
    first = draw.integers(len(_SAID), size=size)
    last = (first + 1 + draw.integers(len(_SAID) - 1, size=size)) % len(_SAID)
    last += np.where(some(0.1), 1 + draw.integers(100, size=size), 0) * _NUMBERED
    weights = 1 / (np.arange(len(_LEAVES)) + 1)
    day = at_us // 86_400_000_000
    deleted = (index / calls < 0.5) & some(0.8)
    state = np.where(deleted, 2, np.where(some(0.996), 0, 1))
    return {
        "index": index,
        "at_us": at_us,
        "home": np.where(own, _EXCHANGE_HOME, home),
        "known": where(known, home),
        "direction": np.where(some(0.8), 0, 1),
        "agent": agent,
        "shown": draw.integers(len(_SHOWN), size=size),
        "outcome": np.where(answered, talked, unanswered),
        "length_ms": where(answered, length_ms),
        "length_s": where(answered, length_ms // 1000),
        "mos": where(answered, mos),
        "diagnosis": where(answered & low, draw.integers(2, size=size)),
        "recorded": where(answered, state),
        "hold_s": where(answered & some(0.12), draw.exponential(45, size)),
        "silence_s": where(answered, np.minimum(draw.exponential(4, size), 300)),
        "legal": where(answered & some(0.0005), 1),
        "points_x10": where(answered & some(0.03), draw.integers(300, 1001, size=size)),
        "leaf": where(ticketed, draw.choice(len(_LEAVES), size, p=weights / weights.sum())),
        "first": where(ticketed, first),
        "last": where(ticketed, last),
        "numbered": where(ticketed, day * 1000 + agent % SEATS),
        "counter": draw.integers(1, 400, size=size),
    }


def _said_last(value: int) -> str:
    number, phrase = divmod(value, _NUMBERED)
    return _SAID[phrase] + (f"{number - 1}号" if number else "")


def _beginning(value: int) -> str:
    day, seat = divmod(value, 1000)
    return f"{datetime.fromtimestamp(day * 86_400, UTC):%Y%m%d}-S{seat:03d}-"


def _family(column: str, letters: str, call: Callable[[int], call_fits.SearchedCall]) -> Family:
    return Family(column, frozenset(letters.split()), call)


def _of_home(home: int) -> call_fits.SearchedCall:
    building, room = divmod(home, HOMES_EACH)
    person = PersonId(f"6{home_id(building, room)[1:]}")
    call = a_call(END, person_id=person, household_id=home_id(building, room)).call
    return call_fits.SearchedCall(call, building_ids=frozenset({building_id(building)}))


def _of_state(state: int) -> call_fits.SearchedCall:
    kept = RecordingKept.MISSING if state == 1 else RecordingKept.KEPT
    return with_recording(END, kept=kept, deleted_at=END if state == 2 else None)


_FAMILIES = (
    _family("direction", "d", lambda value: a_call(END, direction=_DIRECTIONS[value])),
    _family("agent", "a e", lambda value: a_call(END, agent=str(value), seat=f"S{value % SEATS:03d}")),
    _family("outcome", "o", lambda value: a_call(END, outcome=_OUTCOMES[value])),
    _family("length_s", "l v", lambda value: with_length(END, value)),
    _family("mos", "m", lambda value: a_call(END, mos_worst_x100=value)),
    _family("diagnosis", "g", lambda value: a_call(END, diagnosis=_DIAGNOSES[value])),
    _family(
        "home",
        "# k k2",
        lambda value: a_call(END, number=_key_of(value).removeprefix("+86"), lookup_key=_key_of(value)),
    ),
    _family("known", "u u2 w w2 b", _of_home),
    _family("shown", "n", lambda value: a_call(END, display_name=_SHOWN[value])),
    _family("recorded", "r", _of_state),
    _family("hold_s", "h", lambda value: with_recording(END, hold_ms=value * 1000)),
    _family("silence_s", "s", lambda value: with_recording(END, longest_silence_ms=value * 1000)),
    _family("legal", "legal", lambda _value: with_recording(END, legal_hold=True)),
    _family("points_x10", "scored p", lambda value: call_fits.SearchedCall(a_call(END).call, points_x10=value)),
    _family(
        "leaf",
        "q c x",
        lambda value: with_ticket(
            END, kind=Kind(_LEAVES[value].kind), category=_LEAVES[value].code, description=f"{_LEAVES[value].zh}，"
        ),
    ),
    _family("first", "x", lambda value: with_ticket(END, description=f"，{_SAID[value]}，")),
    _family("last", "x", lambda value: with_ticket(END, description=f"，{_said_last(value)}")),
    _family("numbered", "t z", lambda value: with_ticket(END, number=f"{_beginning(value)}1")),
)


def _write_rows(connection: Any, lot: dict[str, Column]) -> None:
    at_us, index = lot["at_us"], lot["index"].tolist()
    offered = _times(at_us)
    names = [
        f"{at // 1000:012x}"[:8] + f"-0000-7000-8000-{i:012x}" for at, i in zip(at_us.tolist(), index, strict=True)
    ]
    chunks = [(number, call_id, at) for number, call_id, at in zip(index, names, offered, strict=True)]
    connection.exec_driver_sql("INSERT INTO search_call (number, call_id, offered_at) VALUES (?, ?, ?)", chunks)
    seconds = at_us // 1_000_000
    spans = [
        (index[start] // CHUNK, int(seconds[start]), int(seconds[start : start + CHUNK][-1]))
        for start in range(0, len(index), CHUNK)
    ]
    connection.exec_driver_sql("INSERT INTO search_chunk (chunk, first_s, last_s) VALUES (?, ?, ?)", spans)
    keys = [_key_of(home) for home in lot["home"].tolist()]
    homes = [home_id(*divmod(home, HOMES_EACH)) if home >= 0 else None for home in lot["known"].tolist()]
    answered = lot["length_ms"] >= 0
    tickets = [f"7{name[1:]}" if leaf >= 0 else None for name, leaf in zip(names, lot["leaf"].tolist(), strict=True)]
    answered_at = [at if there else None for at, there in zip(_times(at_us + 6_000_000), answered, strict=True)]
    agents = [str(agent) for agent in lot["agent"].tolist()]
    seats = [f"S{agent % SEATS:03d}" for agent in lot["agent"].tolist()]
    call = CallEntry(CallId(""), "热线", Direction.INCOMING, "", "", "", "", END, "", "", codec="PCMA")
    columns: dict[str, Sequence[Any]] = {
        "call_id": names,
        "direction": _named(lot["direction"], _DIRECTIONS),
        "number": [key.removeprefix("+86") for key in keys],
        "lookup_key": keys,
        "display_name": [_SHOWN[shown] for shown in lot["shown"].tolist()],
        "offered_at": offered,
        "seat": seats,
        "agent": agents,
        "outcome": _named(lot["outcome"], _OUTCOMES),
        "answered_at": answered_at,
        "ended_at": _times(np.where(answered, at_us + 6_000_000 + lot["length_ms"] * 1000, at_us + 15_000_000)),
        "person_id": [f"6{home[1:]}" if home else None for home in homes],
        "household_id": homes,
        "ticket_id": tickets,
        "mos_worst_x100": [mos if mos >= 0 else None for mos in lot["mos"].tolist()],
        "diagnosis": _named(lot["diagnosis"], _DIAGNOSES),
    }
    _insert_columns(connection, "call", call, columns, None)
    recording = RecordingEntry(CallId(""), RecordingKept.KEPT)
    columns = {
        "call_id": names,
        "kept": ["missing" if state == 1 else "kept" for state in lot["recorded"].tolist()],
        "length_ms": lot["length_ms"].tolist(),
        "longest_silence_ms": (lot["silence_s"] * 1000).tolist(),
        "hold_ms": np.maximum(lot["hold_s"] * 1000, 0).tolist(),
        "legal_hold": (lot["legal"] > 0).astype(int).tolist(),
        "deleted_at": [to_text(END) if state == 2 else None for state in lot["recorded"].tolist()],
    }
    _insert_columns(connection, "recording", recording, columns, answered)
    ticket = Ticket(TicketId(""), "", Kind.REPAIR, "", Priority.NORMAL, Stage.CLOSED, "", END, "", "")
    leaves = [_LEAVES[leaf] for leaf in lot["leaf"].tolist()]  # -1 = the last: it is left out
    said = zip(leaves, lot["first"].tolist(), lot["last"].tolist(), strict=True)
    days = [at[:10].replace("-", "") for at in offered]
    columns = {
        "ticket_id": [name or "" for name in tickets],
        "number": [
            f"{day}-{seat}-{counter:03d}"
            for day, seat, counter in zip(days, seats, lot["counter"].tolist(), strict=True)
        ],
        "kind": [Kind(leaf.kind).value for leaf in leaves],
        "category": [leaf.code for leaf in leaves],
        "description": [f"{leaf.zh}，{_SAID[first]}，{_said_last(max(last, 0))}" for leaf, first, last in said],
        "registered_at": _times(at_us + 90_000_000),
        "registered_by": agents,
        "seat": seats,
        "household_id": homes,
        "call_id": names,
    }
    _insert_columns(connection, "ticket", ticket, columns, lot["leaf"] >= 0)
    score = Score("", CallId(""), "", "s", "1", "2001", END, ScoreState.FINAL, 0)
    columns = {
        "score_id": [f"5{name[1:]}" for name in names],
        "call_id": names,
        "agent": agents,
        "scored_at": _times(at_us + 2 * 86_400_000_000),
        "points_x10": lot["points_x10"].tolist(),
    }
    _insert_columns(connection, "score", score, columns, lot["points_x10"] >= 0)


def _insert_columns(
    connection: Any, name: str, empty: Any, columns: dict[str, Sequence[Any]], there: npt.NDArray[np.bool_] | None
) -> None:
    order = [field.name for field in fields(empty)]
    given = [columns.get(column, repeat(value)) for column, value in zip(order, row_of(empty), strict=True)]
    rows = list(zip(*given, strict=False))
    if there is not None:
        rows = [rows[at] for at in np.flatnonzero(there).tolist()]
    if rows:
        connection.exec_driver_sql(_insert(name), rows)


def _times(at_us: Column) -> list[str]:
    return [f"{text}Z" for text in np.datetime_as_string(at_us.astype("datetime64[us]")).tolist()]


def _named(column: Column, names: Sequence[Any]) -> list[str | None]:
    return [names[value].value if value >= 0 else None for value in column.tolist()]
