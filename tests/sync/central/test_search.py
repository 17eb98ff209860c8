"""Search in the central database: its words are those of the domain, and what it finds is what fits."""

import contextlib
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from desk.demo.postgres import PrivatePostgres
from desk.domain.call_fits import SearchedCall, fits
from desk.domain.call_log import CallPlace, Outcome
from desk.domain.call_search import CallHit, CallQuery, Whose
from desk.domain.call_words import STATE_WORDS, Every, Has, Lacks, Some, words_of
from desk.domain.changes import Change
from desk.domain.diagnosis import Diagnosis
from desk.domain.estate import Household
from desk.domain.identity import EstateId
from desk.domain.party import Direction
from desk.store.call_blocks import BLOCK, CHUNK
from desk.store.searched_calls import compose
from desk.sync.central import search as central_search
from desk.sync.central.access import connect
from desk.sync.central.admin import Owner
from desk.sync.central.people import Account, People
from desk.sync.central.search_statement import OwnStatement, Statement
from tests.making import START, call, change, ticket, time_text
from tests.searching import BUILDINGS, HOMES, TOLD_APART, WHOSE, Scene, home_patch, queries, scenes
from tests.sync.conftest import PASSWORD, access

Connect = Callable[..., psycopg.Connection[Any]]
_INSERT = (
    "INSERT INTO desk.change (change_id, entity, entity_id, at, agent, seat, patch, reason, base_seq)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, '', 0)"
)

ENUMS: dict[str, Any] = {"direction": Direction, "outcome": Outcome, "diagnosis": Diagnosis}


def push(connection: psycopg.Connection[Any], changes: Sequence[Change]) -> None:
    rows = [(uuid.uuid4(), c.entity, c.entity_id, START, "1001", "S01", Jsonb(c.patch)) for c in changes]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_INSERT, rows)


def index(connection: psycopg.Connection[Any]) -> None:
    while central_search.CentralIndexer().work_once(connection) > 0:
        pass


@pytest.fixture(scope="module")
def shared(server: PrivatePostgres) -> Iterator[psycopg.Connection[Any]]:
    server.create_database("search", "template")
    connection = connect(access(server, "search"), "test")
    yield connection
    connection.close()


def wipe(server: PrivatePostgres) -> None:
    server.sql(
        "TRUNCATE desk.change, desk.call, desk.recording, desk.ticket, desk.score, desk.household, desk.search_piece,"
        " desk.search_call, desk.search_chunk; UPDATE desk.search_state SET seq = 0;",
        "search",
    )


def leap(server: PrivatePostgres, to: int) -> None:
    """As if so many calls had been indexed."""
    server.sql(
        f"INSERT INTO desk.search_call VALUES ({to - 1}, 'nobody', '2020-01-01');"  # noqa: S608
        f" INSERT INTO desk.search_chunk SELECT n, 0, 1 FROM generate_series(0, {to // CHUNK - 1}) n"
        " ON CONFLICT DO NOTHING;",
        "search",
    )


def everything(scene: Scene) -> list[SearchedCall]:
    homes = [
        Household(home, EstateId("e"), BUILDINGS[number % 2], "1", "101", f"{number}-1-101")
        for number, home in enumerate(HOMES)
    ]
    return compose(scene.calls, scene.recordings, scene.tickets, scene.scores, homes)


def expected(scene: Scene, query: CallQuery) -> list[CallHit]:
    fitting = [one for one in everything(scene) if fits(query, one)]
    fitting.sort(key=lambda one: (one.call.offered_at, one.call.call_id), reverse=True)
    return [one.hit for one in fitting]


def all_pages(connection: psycopg.Connection[Any], query: CallQuery, size: int = 3) -> list[CallHit]:
    hits: list[CallHit] = []
    after: CallPlace | None = None
    while page := central_search.page(connection, query, after, size):
        hits += page
        after = CallPlace(page[-1].call.offered_at, page[-1].call.call_id)
    return hits


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(
    scene=scenes(),
    asked=st.lists(queries(), min_size=4, max_size=8),
    many_blocks=st.booleans(),
    keyed_limit=st.sampled_from([0, 1, 2, central_search.KEYED_LIMIT]),
)
def test_what_is_found_is_what_fits_by_the_words_of_the_domain(
    server: PrivatePostgres,
    shared: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
    scene: Scene,
    asked: Sequence[CallQuery],
    many_blocks: bool,
    keyed_limit: int,
) -> None:
    wipe(server)
    changes = scene.changes()
    push(shared, changes[: len(changes) // 2])
    index(shared)
    if many_blocks:
        leap(server, BLOCK)
    push(shared, changes[len(changes) // 2 :])
    index(shared)
    for one in everything(scene):
        rows = shared.execute(
            "SELECT word, get_bit(p.bits, mod(n.number, %s)::integer) FROM desk.search_call n JOIN desk.search_piece p"
            " ON p.block = n.number / %s WHERE n.call_id = %s",
            (BLOCK, BLOCK, one.call.call_id),
        ).fetchall()
        there = {word for word, bit in rows if bit}
        assert words_of(one) <= there
        assert there & set(STATE_WORDS) == words_of(one) & set(STATE_WORDS)
    with monkeypatch.context() as patch:
        patch.setattr(central_search, "KEYED_LIMIT", keyed_limit)
        for query in asked:
            assert all_pages(shared, query) == expected(scene, query)


@pytest.fixture(scope="module")
def half(server: PrivatePostgres, shared: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """Of the database `shared`: a supervisor's who has the estate e1 only."""
    People(Owner(server.admin_url("search"))).add(Account("2002", "2002", "郑十", "supervisor", ("e1",)), PASSWORD)
    with contextlib.closing(connect(access(server, "search", "2002"), "test")) as connection:
        yield connection
    shared.close()
    server.drop_database("search")
    server.sql('DROP ROLE "2002";')


def seen_of(scene: Scene, connection: psycopg.Connection[Any]) -> Scene:
    def seen(entity: str) -> set[str]:
        return {row[0] for row in connection.execute(f'SELECT {entity}_id FROM desk."{entity}"')}  # noqa: S608

    calls, tickets, scores = seen("call"), seen("ticket"), seen("score")
    return replace(
        scene,
        calls=tuple(one for one in scene.calls if one.call_id in calls),
        recordings=tuple(one for one in scene.recordings if one.call_id in calls),
        tickets=tuple(one for one in scene.tickets if one.ticket_id in tickets),
        scores=tuple(one for one in scene.scores if one.score_id in scores),
    )


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(
    scene=scenes(12),
    asked=st.lists(queries(), min_size=4, max_size=8),
    many_blocks=st.booleans(),
    keyed_limit=st.sampled_from([0, 1, central_search.KEYED_LIMIT]),
)
def test_whoever_has_some_estates_finds_what_fits_of_what_they_see(
    server: PrivatePostgres,
    shared: psycopg.Connection[Any],
    half: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
    scene: Scene,
    asked: Sequence[CallQuery],
    many_blocks: bool,
    keyed_limit: int,
) -> None:
    wipe(server)
    changes = scene.changes()
    homes = [one for one in changes if one.entity == "household"]
    push(shared, [replace(one, patch={**one.patch, "estate_id": f"e{n % 2}"}) for n, one in enumerate(homes)])
    others = [one for one in changes if one.entity != "household"]
    push(shared, others[::2])
    index(shared)
    if many_blocks:
        leap(server, BLOCK)
    push(shared, others[1::2])
    index(shared)
    seen = seen_of(scene, half)
    with monkeypatch.context() as patch:
        patch.setattr(central_search, "KEYED_LIMIT", keyed_limit)
        for query in asked:
            assert all_pages(half, query) == expected(seen, query)


def test_of_no_word_at_all_nobody_finds_anything(central: Connect, of_one_estate: psycopg.Connection[Any]) -> None:
    push(central("1001"), [*two_estates(), *TOLD_APART])
    for statement, connection in ((Statement, central("1001")), (OwnStatement, of_one_estate)):
        for node in (Some(()), Every((Has("d:incoming"), Some(()))), Every((Some((Some(()), Lacks("x:x"))), Some(())))):
            asked = statement([0])
            query = asked.whole(node)
            assert connection.execute(query.encode(), asked.given).fetchall() == []


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(scenes())
def test_the_words_of_a_call_are_those_of_the_domain(
    server: PrivatePostgres, shared: psycopg.Connection[Any], scene: Scene
) -> None:
    """All at once, so that no word of an older state is there."""
    wipe(server)
    push(shared, scene.changes())
    owner = psycopg.connect(server.admin_url("search"), autocommit=True)
    with owner:
        for one in everything(scene):
            rows = owner.execute("SELECT desk.call_words(%s)", (one.call.call_id,)).fetchall()
            assert {row[0] for row in rows} == words_of(one)


def test_every_state_that_a_call_can_have_is_taken_away_in_the_database_too(
    server: PrivatePostgres, shared: psycopg.Connection[Any]
) -> None:
    """A value that is new to an enum is one that the SQL has to learn: in a step of the schema of its own."""
    wipe(server)
    owner = psycopg.connect(server.admin_url("search"), autocommit=True)
    with owner:
        row = owner.execute("SELECT prosrc FROM pg_proc WHERE proname = 'index_calls'").fetchone()
    assert row
    known = re.search(r"states CONSTANT text\[\] := '\{([^}]*)\}'", row[0])
    assert known
    assert sorted(known[1].split(",")) == sorted(STATE_WORDS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("direction", direction.value) for direction in Direction),
        *(("outcome", outcome.value) for outcome in Outcome),
        *(("diagnosis", diagnosis.value) for diagnosis in Diagnosis),
    ],
)
def test_no_value_of_a_call_goes_without_its_word(
    server: PrivatePostgres, shared: psycopg.Connection[Any], field: str, value: str
) -> None:
    wipe(server)
    push(shared, [call("c1"), change("call", "c1", {field: value})])
    query = CallQuery(
        **{"outcomes": frozenset({Outcome(value)})} if field == "outcome" else {field: ENUMS[field](value)}
    )
    assert ids(central_search.page(shared, query, None, 5)) == ["c1"]
    other = next(one.value for one in ENUMS[field] if one.value != value)
    push(shared, [change("call", "c1", {field: other})])
    index(shared)
    word = f"{field[0] if field != 'diagnosis' else 'g'}:{value}"
    left = shared.execute("SELECT bit_count(bits) FROM desk.search_piece WHERE word = %s", (word,)).fetchone()
    assert left == (0,)


def test_pieces_of_few_calls_are_small(server: PrivatePostgres, shared: psycopg.Connection[Any]) -> None:
    wipe(server)
    push(shared, [call("c1"), ticket("t1", call_id="c1")])
    index(shared)
    row = shared.execute("SELECT max(pg_column_size(bits)) FROM desk.search_piece").fetchone()
    assert row
    assert row[0] < 100


@pytest.mark.parametrize("odd", ["\ud83d", "\0"])
def test_what_can_stand_nowhere_is_found_nowhere(central: Connect, odd: str) -> None:
    query = CallQuery(words=(odd,), whose=(Whose(lookup_keys=(odd,)),), agents=(odd,), seat=odd)
    assert central_search.page(central("1001"), query, None, 5) == []


def ids(hits: Sequence[CallHit]) -> list[str]:
    return [hit.call.call_id for hit in hits]


@pytest.mark.parametrize("keyed_limit", [0, 1, 2, central_search.KEYED_LIMIT])
def test_each_word_about_whose_call_it_is_narrows_down(
    central: Connect, monkeypatch: pytest.MonkeyPatch, keyed_limit: int
) -> None:
    monkeypatch.setattr(central_search, "KEYED_LIMIT", keyed_limit)
    push(central("1001"), TOLD_APART)
    supervisor = central("1002")
    for whose, found in WHOSE:
        assert ids(all_pages(supervisor, CallQuery(whose=whose))) == found


@pytest.fixture
def of_one_estate(server: PrivatePostgres, database: str) -> Iterator[psycopg.Connection[Any]]:
    """A supervisor's who has the estate e1 and no other, of two in which there are calls."""
    people = People(Owner(server.admin_url(database)))
    people.add(Account("2001", "2001", "周九", "supervisor", ("e1",)), PASSWORD)
    with contextlib.closing(connect(access(server, database, "2001"), "test")) as connection:
        yield connection
    server.drop_database(database)
    server.sql('DROP ROLE "2001";')


def two_estates() -> list[Change]:
    """Homes in both, and the calls that `TOLD_APART` has from there."""
    homes = zip(HOMES, ("e1", "e2", "e1"), strict=True)
    return [change("household", home, {**home_patch(0), "estate_id": estate}) for home, estate in homes]


@pytest.mark.parametrize("keyed_limit", [0, central_search.KEYED_LIMIT])
def test_whoever_has_some_estates_finds_the_calls_of_these_and_no_other(
    central: Connect, of_one_estate: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, keyed_limit: int
) -> None:
    monkeypatch.setattr(central_search, "KEYED_LIMIT", keyed_limit)
    push(central("1001"), [*two_estates(), *TOLD_APART, ticket("t1", call_id="c1"), ticket("t2", call_id="c2")])
    for whose, found in WHOSE:
        own = [call_id for call_id in found if call_id in ("c1", "c4")]
        assert ids(all_pages(of_one_estate, CallQuery(whose=whose))) == own
    for query in (CallQuery(), CallQuery(scored=False), CallQuery(legal_hold=False, direction=Direction.INCOMING)):
        assert ids(all_pages(of_one_estate, query, 1)) == ["c4", "c1"]
    assert ids(all_pages(of_one_estate, CallQuery(words=("漏水",)))) == ["c1"]
    push(central("1001"), [change("call", "c1", {"offered_at": time_text(9)})])
    assert ids(all_pages(of_one_estate, CallQuery(agents=("1001",)))) == ["c1", "c4"]


def test_the_index_shows_nobody_the_calls_of_another_estate(
    central: Connect, of_one_estate: psycopg.Connection[Any]
) -> None:
    push(central("1001"), [*two_estates(), *TOLD_APART])
    index(of_one_estate)
    assert of_one_estate.execute("SELECT call_id FROM desk.search_call ORDER BY 1").fetchall() == [("c1",), ("c4",)]
    assert of_one_estate.execute("SELECT count(*) FROM desk.search_piece").fetchall() == [(0,)]
    shown = of_one_estate.execute("SELECT bit_count(bit_or(bits)) FROM desk.search_seen").fetchall()
    assert shown == [(2,)]


def test_a_word_that_stands_in_another_estate_s_calls_alone_is_not_there(
    central: Connect, of_one_estate: psycopg.Connection[Any]
) -> None:
    theirs = [ticket("t2", call_id="c2", description="隔壁的秘密")]
    push(central("1001"), [*two_estates(), *TOLD_APART, ticket("t1", call_id="c1"), *theirs])
    index(of_one_estate)
    shown = {word for (word,) in of_one_estate.execute("SELECT word FROM desk.search_seen").fetchall()}
    own = "SELECT DISTINCT word FROM desk.search_seen WHERE bit_count(bits) > 0"
    assert shown == {word for (word,) in of_one_estate.execute(own).fetchall()}
    assert "x:漏水" in shown
    assert not {word for word in shown if set(word[2:]) & set("隔壁秘密")}


_SEEN = "SELECT bit_or(bits) FROM desk.search_seen WHERE word = ANY (%s)"


@pytest.mark.parametrize("listed", [None, [0, 7]])
@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["x:漏水"], [1]),
        (["#:138", "x:漏水"], [1, 2]),
        (["#:138", "x:漏水"], [1, 1]),
        (["d:incoming", "x:漏水"], [1, -1]),
        (["x:隔壁"], [1]),
        (["x:隔壁", "d:incoming"], [1, 2]),
        (["x:隔壁", "x:漏水"], [-1, -2]),
        (["d:incoming", "n:王", "x:漏水", "x:隔壁"], [1, 1, -2, -2]),
        ([], []),
    ],
)
def test_a_whole_question_shows_what_its_words_do_one_by_one(
    central: Connect,
    of_one_estate: psycopg.Connection[Any],
    words: list[str],
    parts: list[int],
    listed: list[int] | None,
) -> None:
    theirs = [ticket("t2", call_id="c2", description="隔壁的秘密")]
    push(central("1001"), [*two_estates(), *TOLD_APART, ticket("t1", call_id="c1"), *theirs])
    index(of_one_estate)

    def calls_with(some: Sequence[str]) -> set[int]:
        row = of_one_estate.execute(_SEEN, (list(some),)).fetchone()
        return {place for place, bit in enumerate(row[0]) if bit == "1"} if row and row[0] else set()

    everything = of_one_estate.execute("SELECT bit_or(bits) FROM desk.search_seen").fetchone()
    assert everything
    expected = {place for place, bit in enumerate(everything[0]) if bit == "1"}
    for part in set(parts):
        of_part = calls_with([word for word, number in zip(words, parts, strict=True) if number == part])
        expected = expected & of_part if part > 0 else expected - of_part
    found = of_one_estate.execute("SELECT block, bits FROM desk.search_own(%s, %s, 0, 9, %s)", (words, parts, listed))
    rows = found.fetchall()
    assert {place for _block, bits in rows for place, bit in enumerate(bits) if bit == "1"} == expected
    assert [block for block, _bits in rows] == ([0] if expected else [])


def test_digits_that_are_asked_all_at_once_are_counted_as_well(
    server: PrivatePostgres, database: str, central: Connect, of_one_estate: psycopg.Connection[Any]
) -> None:
    push(central("1001"), [*two_estates(), *TOLD_APART])
    index(of_one_estate)
    counted = Account("2001", "2001", "周九", "supervisor", ("e1",), reads_per_hour=20)
    People(Owner(server.admin_url(database))).change(counted)
    digits = "SELECT * FROM desk.search_own(ARRAY['#:138', 'd:incoming'], ARRAY[1, 2], 0, 0, NULL)"
    for _ in range(20):
        assert len(of_one_estate.execute(digits).fetchall()) == 1
    with pytest.raises(psycopg.errors.ConfigurationLimitExceeded):
        of_one_estate.execute(digits)


def test_a_change_is_found_at_once_by_whoever_asks(central: Connect) -> None:
    agent, supervisor = central("1001"), central("1002")
    push(agent, [call("c1"), ticket("t1", call_id="c1")])
    assert ids(central_search.page(supervisor, CallQuery(words=("漏水",)), None, 10)) == ["c1"]
    push(agent, [change("ticket", "t1", {"description": "电梯"})])
    assert ids(central_search.page(supervisor, CallQuery(words=("漏水",)), None, 10)) == []
    assert ids(central_search.page(supervisor, CallQuery(words=("电梯",)), None, 10)) == ["c1"]


def test_one_seat_at_a_time_brings_the_index_up(central: Connect) -> None:
    first, second = central("1001"), central("1002")
    push(first, [call("c1")])
    indexer = central_search.CentralIndexer()
    first.autocommit = False
    assert indexer.work_once(first) == 1
    assert indexer.work_once(second) == -1
    first.commit()
    assert indexer.work_once(second) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO desk.search_piece (word, block, bits) VALUES ('x', 0, repeat('0', 16384)::bit(16384))",
        "UPDATE desk.search_piece SET block = 7",
        "DELETE FROM desk.search_call",
        "UPDATE desk.search_state SET seq = 0",
        "SELECT desk.call_words('c1')",
    ],
)
def test_nobody_can_hide_a_call_from_the_search(central: Connect, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        central("1001").execute(statement)


def test_a_reader_finds_as_well(central: Connect) -> None:
    push(central("1001"), [call("c1")])
    assert ids(central_search.page(central("reader"), CallQuery(), None, 10)) == ["c1"]
