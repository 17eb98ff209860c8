"""Looking for calls among a million (ten with DESK_BENCH_FULL=1), in the seat store and in PostgreSQL: the first page
of fifty for each field alone and for random combinations of two to four, of calls that are there and of what is
nowhere. In PostgreSQL once by the owner, who sees all, and once by a supervisor who has a quarter of the estates: the
index shows the bits of these alone then. PostgreSQL has the memory that docs/growth.md gives it, and the index in it,
as a server that runs for days has. Every query is asked once; the caches are as the queries before it left them.
DESK_BENCH_TELL=1 tells which were the slowest. What a line costs before and after that: `recording_search_typed`."""

import contextlib
import os
import secrets
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import psutil
import psycopg

from desk.demo.postgres import PrivatePostgres, private_postgres
from desk.domain.call_log import CallPlace, Outcome
from desk.domain.call_search import CallHit, CallQuery, Recorded, Whose
from desk.domain.diagnosis import Diagnosis
from desk.domain.identity import PersonId
from desk.domain.party import Direction
from desk.domain.tickets import Kind
from desk.store.call_blocks import BLOCK, lay_out
from desk.store.call_search import SqlCallSearch
from desk.store.entities import ENTITIES, columns_of
from desk.store.store import Store
from desk.sync.central import admin as central_admin
from desk.sync.central import search as central_search
from desk.sync.central.access import CentralAccess, connect
from desk.sync.central.people import Account, People
from desk.sync.central.search_statement import PIECE_BITS
from desk.texts import ShippedTexts
from tests.bench import recording_search_saves, recording_search_typed
from tests.bench import recording_search_store as made
from tests.bench.figures import Figure, percentile

CALLS, QUICK, FULL = 1_000_000, 60_000, 10_000_000
PAGE = 51  # a page of fifty, and whether there is more
_MOST_MEMORY = 4 << 30  # of PostgreSQL's own: a quarter of the machine's, as docs/growth.md says of a small server
_EACH, _COMBINED = 40, 300
# A call, and all that belongs to it, is of the estate that the last digit of its id names: every sixteenth call.
_ESTATE = "'e' || substr({key}, -1)"
_OWN_ESTATES = ("e0", "e1", "e2", "e3")
_ESTATE_KEYS = {"household": "household_id"}  # of the others: call_id

Search = Callable[[CallQuery, CallPlace | None, int], list[CallHit]]
Draw = Callable[[Random], dict[str, Any]]


def _home(draw: Random) -> tuple[int, int]:
    return draw.randrange(made.BUILDINGS), draw.randrange(made.HOMES_EACH)


def _span(draw: Random) -> dict[str, Any]:
    since = made.END - timedelta(days=draw.randrange(1, 365 * made.YEARS))
    return {"since": since, "until": since + timedelta(days=draw.choice((1, 7, 31, 200)))}


def _day(draw: Random) -> str:
    return f"{made.END - timedelta(days=draw.randrange(1, 365 * made.YEARS)):%Y%m%d}"


def _people(draw: Random) -> dict[str, Any]:
    """A name that thirty people have."""
    homes = [_home(draw) for _ in range(30)]
    return _whose(
        lookup_keys=tuple(made.number_of(*home) for home in homes),
        person_ids=tuple(PersonId(f"6{made.home_id(*home)[1:]}") for home in homes),
        shown_names=(draw.choice(("王小明", "张", "李先生")),),
    )


def _whose(**given: Any) -> dict[str, Any]:
    return {"whose": (Whose(**given),)}


FIELDS: dict[str, Draw] = {
    "time": _span,
    "direction": lambda draw: {"direction": draw.choice(list(Direction))},
    "outcome": lambda draw: {"outcomes": frozenset({draw.choice(list(Outcome))})},
    "agent": lambda draw: {"agents": (str(draw.randrange(1001, 1001 + made.AGENTS)),)},
    "seat": lambda draw: {"seat": f"S{draw.randrange(made.SEATS):03d}"},
    "number": lambda draw: _whose(lookup_keys=(made.number_of(*_home(draw)),)),
    "own exchange": lambda _draw: _whose(lookup_keys=(made.EXCHANGE,)),
    "name": _people,
    "household": lambda draw: _whose(household_ids=(made.home_id(*_home(draw)),)),
    "part of a number": lambda draw: _whose(digits=(str(draw.randrange(100, 10**6)),)),
    "name in signalling": lambda draw: _whose(shown_names=(draw.choice(("物业", "wang", "李", "无此人")),)),
    "building": lambda draw: {"building_id": made.building_id(draw.randrange(made.BUILDINGS))},
    "ticket number": lambda draw: {"ticket_number": f"{_day(draw)}-S{draw.randrange(made.SEATS):03d}-0"},
    "day's tickets": lambda draw: {"ticket_number": _day(draw)},
    "kind": lambda draw: {"kinds": frozenset({draw.choice(list(Kind))})},
    "category": lambda draw: {"categories": (draw.choice(_categories()),)},
    "words": lambda draw: {"words": (draw.choice(("师傅", "漏水", "发票", "影响休息", "37号", "没这回事", "灯")),)},
    "length": lambda draw: {"least_length_s": draw.choice((30, 300, 900, 1777, 4000))},
    "span of lengths": lambda draw: {
        "least_length_s": (least := draw.randrange(5, 900)),
        "most_length_s": least * 5 // 4,
    },
    "hold": lambda draw: {"least_hold_s": draw.choice((10, 60, 200, 400))},
    "silence": lambda draw: {"least_silence_s": draw.choice((5, 20, 40, 60))},
    "score": lambda draw: {"most_score": draw.choice((29, 35, 59, 90))},
    "not scored": lambda _draw: {"scored": False},
    "quality": lambda draw: {"most_mos_x100": draw.choice((150, 210, 310, 400))},
    "diagnosis": lambda draw: {"diagnosis": draw.choice((Diagnosis.NETWORK_LOSS, Diagnosis.MICROPHONE_DEAD))},
    "recorded": lambda draw: {"recorded": draw.choice(list(Recorded))},
    "legal hold": lambda _draw: {"legal_hold": True},
}


@dataclass(frozen=True, slots=True)
class Asked:
    what: str
    query: CallQuery


@dataclass(frozen=True, slots=True)
class Took:
    ms: float
    cpu_ms: float
    what: str


def measure(say: Callable[[str], None], quick: bool = False) -> list[Figure]:
    calls = QUICK if quick else FULL if os.environ.get("DESK_BENCH_FULL") == "1" else CALLS
    kept = made.kept_store(Path("build/bench"), calls, say)
    figures = [
        Figure("search: index", kept.per_call_bytes, "B/call", "<= 150"),
    ]
    figures += recording_search_typed.measure(Path("build/bench"), say, quick)
    figures += recording_search_saves.measure(made.kept_store(Path("build/bench"), QUICK, say), say)
    store = kept.open()
    try:
        figures.append(Figure("search: an old store is indexed", made.indexed_per_s(store), "calls/s"))
        figures += _figures("seat", SqlCallSearch(store).page, say)
        with private_postgres(durable=False) as server:
            memory_mb = min(psutil.virtual_memory().total // 4, _MOST_MEMORY) // 2**20
            server.sql(f"ALTER SYSTEM SET shared_buffers = '{memory_mb}MB'")
            server.restart()
            server.create_database("search")
            central_admin.init(central_admin.Owner(server.admin_url("search")), lambda _line: None)
            piece_bytes = _copy(store, server, say)
            server.sql("CREATE EXTENSION pg_prewarm; SELECT pg_prewarm('desk.search_piece')", database="search")
            figures.append(Figure("search: index in PostgreSQL", piece_bytes / calls, "B/call", "<= 150"))
            with psycopg.connect(server.admin_url("search"), autocommit=True) as connection:
                connection.execute("SET TimeZone = 'UTC'; SET jit = off")  # as a seat connects
                figures += _figures(
                    "PostgreSQL", lambda *given: central_search.page(connection, *given), say, _with_server(connection)
                )
            with contextlib.closing(_limited(server)) as limited:
                figures += _figures(
                    "PostgreSQL, a quarter of the estates",
                    lambda *given: central_search.page(limited, *given),
                    say,
                    _with_server(limited),
                )
    finally:
        store.close()
    return figures


def _limited(server: PrivatePostgres) -> psycopg.Connection[Any]:
    """As a seat connects for a supervisor who has some estates only."""
    password = secrets.token_hex(16)
    People(central_admin.Owner(server.admin_url("search"))).add(
        Account("2001", "2001", "周九", "supervisor", _OWN_ESTATES), password
    )
    access = CentralAccess("127.0.0.1", server.port, "search", "2001", lambda: password, server.ca_file)
    return connect(access, "bench")


def _figures(
    where: str,
    search: Search,
    say: Callable[[str], None],
    cpu_ms: Callable[[], float] = lambda: time.thread_time() * 1000,
) -> list[Figure]:
    """`cpu_ms`: what the search has cost until now, wherever it runs. It is only told: beside other load it says more
    than the time does."""
    if len(search(CallQuery(), None, PAGE)) < PAGE:  # the connection and the modules, too
        raise RuntimeError(f"{where}: the calls are not found")
    found: list[Figure] = []
    for name, of in _asked().items():
        took = [_ask(search, asked, cpu_ms) for asked in of]
        p95, cpu_p95 = percentile([one.ms for one in took], 0.95), percentile([one.cpu_ms for one in took], 0.95)
        worst = max(took, key=lambda one: one.ms)
        if os.environ.get("DESK_BENCH_TELL"):
            for one in sorted(took, key=lambda one: one.cpu_ms)[-12:]:
                say(f"    {one.ms:.0f} ms, {one.cpu_ms:.0f} ms CPU: {one.what}")
        say(f"search, {where}: {name}: p95 {p95:.1f} ms, {cpu_p95:.1f} ms CPU; worst {worst.ms:.1f} ms: {worst.what}")
        found.append(Figure(f"search, {where}: {name}, p95", p95, "ms", "<= 50"))
    return found


def _with_server(connection: psycopg.Connection[Any]) -> Callable[[], float]:
    """Of this thread and of the server's process that answers it, on this machine."""
    stat = Path(f"/proc/{connection.info.backend_pid}/schedstat")
    return lambda: time.thread_time() * 1000 + int(stat.read_text().split()[0]) / 1e6


def _ask(search: Search, asked: Asked, cpu_ms: Callable[[], float]) -> Took:
    before_ms, began = cpu_ms(), time.perf_counter()
    search(asked.query, None, PAGE)
    took_ms = (time.perf_counter() - began) * 1000
    return Took(took_ms, cpu_ms() - before_ms, asked.what)


def _asked() -> dict[str, list[Asked]]:
    draw = Random(11)
    asked = {name: [Asked(name, CallQuery(**field(draw))) for _ in range(_EACH)] for name, field in FIELDS.items()}
    combined: list[Asked] = []
    for _ in range(_COMBINED):
        names = draw.sample(list(FIELDS), draw.randint(2, 4))
        query = CallQuery()
        for name in names:
            given = FIELDS[name](draw)
            query = replace(query, **given | {"whose": (*query.whose, *given.get("whose", ()))})
        combined.append(Asked(" + ".join(sorted(names)), query))
    return asked | {"two to four together": combined}


def _categories() -> tuple[str, ...]:
    leaves = ShippedTexts().categories().categories if not _KNOWN else ()
    _KNOWN.extend(leaf.code for leaf in leaves)
    return (*_KNOWN, "repair.", "complaint.")


_KNOWN: list[str] = []


_INDEXES = (
    "SELECT indexname, indexdef FROM pg_indexes i WHERE schemaname = 'desk'"
    " AND tablename IN ('call', 'recording', 'ticket', 'score', 'search_call')"
    " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)"
)


def _copy(store: Store, server: PrivatePostgres, say: Callable[[str], None]) -> int:
    """What the seat store holds, rows and index, into the central tables as they are."""
    began = time.monotonic()
    with store.read() as source, psycopg.connect(server.admin_url("search")) as target:
        indexes = target.execute(_INDEXES).fetchall()
        for name, _made_by in indexes:
            target.execute(f'DROP INDEX desk."{name}"'.encode())
        for name in ("household", "call", "recording", "ticket", "score"):
            columns = [f'"{column}"' for column in columns_of(ENTITIES[name])]
            _copy_rows(source, target, name, columns, _ESTATE.format(key=_ESTATE_KEYS.get(name, "call_id")))
        _copy_rows(source, target, "search_call", ["number", "call_id", "offered_at"])
        _copy_rows(source, target, "search_chunk", ["chunk", "first_s", "last_s"])
        with target.cursor().copy("COPY desk.search_piece FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
            for piece in _pieces(source):
                copy.write(piece)
            copy.write(b"\xff\xff")
        for _name, made_by in indexes:
            target.execute(made_by.encode())
    server.sql("VACUUM ANALYZE", "search")
    size = server.sql("SELECT pg_total_relation_size('desk.search_piece')", "search")
    say(f"search: copied into PostgreSQL in {time.monotonic() - began:.0f} s; its pieces take {int(size) >> 20} MB")
    return int(size)


def _copy_rows(source: Any, target: psycopg.Connection[Any], name: str, columns: list[str], estate: str = "") -> None:
    """The lines of COPY are made by SQLite: nothing here has a tab or a backslash in it. `estate`: of a row, for
    tables that keep it."""
    line = "||char(9)||".join([f"ifnull({column}, '\\N')" for column in columns] + ([estate] if estate else []))
    columns = [*columns, *(["estate"] if estate else [])]
    rows = source.exec_driver_sql(f'SELECT {line} FROM "{name}"')  # noqa: S608
    with target.cursor().copy(f'COPY desk."{name}" ({", ".join(columns)}) FROM STDIN'.encode()) as copy:
        while lot := rows.fetchmany(5000):
            copy.write("".join(f"{text}\n" for (text,) in lot))


def _pieces(source: Any) -> Iterator[bytes]:
    """As they come in life: block after block."""
    words = {row[0]: row[1].encode() for row in source.exec_driver_sql("SELECT word_id, word FROM search_word")}
    rest = bytes((PIECE_BITS - BLOCK) // 8)
    query = "SELECT place, piece FROM search_piece ORDER BY place & 0xffffff, place"
    for place, piece in source.exec_driver_sql(query):
        word, block = words[place >> 24], place & 0xFFFFFF
        bits = struct.pack("!i", PIECE_BITS) + lay_out([(0, piece)], 1).tobytes() + rest
        yield b"".join(
            (struct.pack("!hi", 3, len(word)), word, struct.pack("!ii", 4, block), struct.pack("!i", len(bits)), bits)
        )
