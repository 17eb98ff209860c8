"""Search over a real store: what it finds is what fits, in the order of time, page by page, however much is indexed."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.domain.call_fits import fits
from desk.domain.call_log import CallPlace, Outcome
from desk.domain.call_search import CallHit, CallQuery, Recorded, Whose
from desk.domain.call_words import WORDING
from desk.domain.identity import BuildingId, CallId
from desk.secrets import FakeSecrets
from desk.store import call_index, call_search
from desk.store.call_blocks import BLOCK, CHUNK, changed, lay_out
from desk.store.call_index import CallIndexer, filled_until
from desk.store.call_search import SqlCallSearch
from desk.store.change_log import SqlChangeLog
from desk.store.search_tables import FILLED, touched
from desk.store.searched_calls import load
from desk.store.store import Store
from desk.usecases.ports import StoreFull
from tests.making import at, call, change, ticket, time_text
from tests.searching import TOLD_APART, WHOSE, Scene, home_patch, queries, scenes

WIPED = ("search_word", "search_piece", "search_call", "search_chunk", "search_touched", "change", "call", "recording")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store.open(tmp_path_factory.mktemp("search") / "seat.db", FakeSecrets())


def wipe(store: Store) -> None:
    with store.write() as connection:
        for table in (*WIPED, "ticket", "score", "household"):
            connection.exec_driver_sql(f'DELETE FROM "{table}"')  # noqa: S608
        connection.exec_driver_sql("DELETE FROM meta WHERE name = ?", (FILLED,))


def indexer_of(store: Store) -> CallIndexer:
    return CallIndexer(store, rest=lambda _s: None)


def index(store: Store) -> None:
    indexer = indexer_of(store)
    while indexer.work_once():
        pass


def leap(store: Store, to: int) -> None:
    """As if so many calls had been indexed: the next one gets a number from here on."""
    with store.write() as connection:
        connection.exec_driver_sql("INSERT INTO search_call VALUES (?, 'nobody', '2020')", (to - 1,))
        for chunk in range(to // CHUNK):
            connection.exec_driver_sql("INSERT OR IGNORE INTO search_chunk VALUES (?, 0, 1)", (chunk,))


def all_pages(search: SqlCallSearch, query: CallQuery, size: int = 2) -> list[CallHit]:
    hits: list[CallHit] = []
    after: CallPlace | None = None
    while page := search.page(query, after, size):
        assert len(page) <= size
        hits += page
        after = CallPlace(page[-1].call.offered_at, page[-1].call.call_id)
    return hits


def expected(store: Store, scene: Scene, query: CallQuery) -> list[CallHit]:
    with store.read() as connection:
        found = load(connection, [entry.call_id for entry in scene.calls])
    fitting = [one for one in found if fits(query, one)]
    fitting.sort(key=lambda one: (one.call.offered_at, one.call.call_id), reverse=True)
    return [one.hit for one in fitting]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(scenes(), st.lists(queries(), min_size=4, max_size=8), st.integers(0, 3), st.booleans(), st.booleans())
def test_what_is_found_is_what_fits(
    shared: Store, scene: Scene, asked: Sequence[CallQuery], indexed_first: int, many_blocks: bool, few_keys: bool
) -> None:
    """With some calls touched after they were indexed and others never indexed; over the border of two blocks; with the
    keys' own indexes, and with the words of keys that have too many calls."""
    wipe(shared)
    log = SqlChangeLog(shared)
    changes = scene.changes()
    part = len(changes) * indexed_first // 3
    if changes[:part]:
        log.append(changes[:part])
        index(shared)
    if many_blocks:
        leap(shared, BLOCK)
    log.append(changes[part:])
    limit = call_search.KEYED_LIMIT
    call_search.KEYED_LIMIT = 0 if few_keys else limit
    try:
        for query in asked:
            search = SqlCallSearch(shared)
            wanted = expected(shared, scene, query)
            assert all_pages(search, query) == wanted
            index(shared)
            assert all_pages(SqlCallSearch(shared), query) == wanted
    finally:
        call_search.KEYED_LIMIT = limit


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(scenes(), st.lists(queries(), min_size=2, max_size=4))
def test_a_store_from_before_is_found_in_while_it_is_being_indexed(
    shared: Store, scene: Scene, asked: Sequence[CallQuery]
) -> None:
    wipe(shared)
    SqlChangeLog(shared).append(scene.changes())
    with shared.write() as connection:
        connection.exec_driver_sql("DELETE FROM search_touched")
        connection.exec_driver_sql("INSERT INTO meta VALUES (?, '9 ')", (FILLED,))
    for query in asked:
        assert all_pages(SqlCallSearch(shared), query) == expected(shared, scene, query)
    index(shared)
    with shared.read() as connection:
        assert filled_until(connection) is None
    for query in asked:
        assert all_pages(SqlCallSearch(shared), query) == expected(shared, scene, query)


def ids(hits: Sequence[CallHit]) -> list[str]:
    return [hit.call.call_id for hit in hits]


def test_a_call_is_found_by_what_was_said_of_it_later(store: Store, log: SqlChangeLog) -> None:
    log.append([call("c1", outcome="answered"), call("c2", 1)])
    index(store)
    search = SqlCallSearch(store)
    assert ids(search.page(CallQuery(words=("漏水",)), None, 10)) == []
    log.append([ticket("t1", call_id="c1")])
    assert ids(search.page(CallQuery(words=("漏水",)), None, 10)) == ["c1"]
    index(store)
    assert ids(search.page(CallQuery(words=("漏水",)), None, 10)) == ["c1"]
    log.append([change("ticket", "t1", {"description": "电梯"})])
    index(store)
    assert ids(search.page(CallQuery(words=("漏水",)), None, 10)) == []
    assert ids(search.page(CallQuery(words=("电梯",)), None, 10)) == ["c1"]


@pytest.mark.parametrize("indexed", [True, False])
@pytest.mark.parametrize("keyed_limit", [0, 1, call_search.KEYED_LIMIT])
def test_each_word_about_whose_call_it_is_narrows_down(
    store: Store, log: SqlChangeLog, monkeypatch: pytest.MonkeyPatch, keyed_limit: int, indexed: bool
) -> None:
    monkeypatch.setattr(call_search, "KEYED_LIMIT", keyed_limit)
    log.append(TOLD_APART)
    if indexed:
        index(store)
    for whose, found in WHOSE:
        assert ids(all_pages(SqlCallSearch(store), CallQuery(whose=whose))) == found


def test_a_recording_that_was_deleted_is_no_longer_among_those_kept(store: Store, log: SqlChangeLog) -> None:
    log.append([call("c1"), change("recording", "c1", {"kept": "kept"})])
    index(store)
    search = SqlCallSearch(store)
    assert ids(search.page(CallQuery(recorded=Recorded.KEPT), None, 10)) == ["c1"]
    log.append([change("recording", "c1", {"deleted_at": time_text(5)})])
    index(store)
    assert ids(search.page(CallQuery(recorded=Recorded.KEPT), None, 10)) == []
    assert ids(search.page(CallQuery(recorded=Recorded.DELETED), None, 10)) == ["c1"]


def test_a_call_whose_time_is_put_right_takes_its_right_place(store: Store, log: SqlChangeLog) -> None:
    log.append([call("c1", 1), call("c2", 2), call("c3", 3)])
    index(store)
    log.append([change("call", "c3", {"offered_at": time_text(0)})])
    search = SqlCallSearch(store)
    assert ids(search.page(CallQuery(), None, 10)) == ["c2", "c1", "c3"]
    index(store)
    assert ids(search.page(CallQuery(), None, 10)) == ["c2", "c1", "c3"]


def test_calls_that_arrive_late_stand_where_their_time_says(store: Store, log: SqlChangeLog) -> None:
    """A seat that was cut off for days brings its calls last."""
    log.append([call(f"c{number:04}", number) for number in range(2000)])
    index(store)
    log.append([call(f"late{number}", number * 700 + 0.5, seat="S09") for number in range(3)])
    index(store)
    search = SqlCallSearch(store)
    every = ids(all_pages(search, CallQuery(), 500))
    assert (
        every == sorted(every, key=lambda name: float(name[1:]) if name[0] == "c" else int(name[4:]) * 700 + 0.5)[::-1]
    )
    assert ids(search.page(CallQuery(seat="S09"), None, 2)) == ["late2", "late1"]


def test_what_is_touched_while_it_is_indexed_stays_to_be_indexed(
    store: Store, log: SqlChangeLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.append([call("c1", outcome="missed")])
    write = store.write
    written: list[bool] = []

    def write_late() -> object:
        if not written:  # between the reading and the writing of the indexer
            written.append(True)
            log.append([change("call", "c1", {"outcome": "answered"})])
        return write()

    indexer = indexer_of(store)
    with monkeypatch.context() as patch:
        patch.setattr(store, "write", write_late)
        indexer.work_once()
    index(store)
    answered = CallQuery(outcomes=frozenset({Outcome.ANSWERED}))
    assert ids(SqlCallSearch(store).page(answered, None, 5)) == ["c1"]


def test_the_index_survives_a_new_start(open_store: Callable[[], Store], tmp_path: Path) -> None:
    store = open_store()
    SqlChangeLog(store).append([call("c1", agent="1007")])
    index(store)
    store.close()
    again = open_store()
    assert ids(SqlCallSearch(again).page(CallQuery(agents=("1007",)), None, 5)) == ["c1"]
    SqlChangeLog(again).append([call("c2", 1, agent="1007")])
    index(again)
    assert ids(SqlCallSearch(again).page(CallQuery(agents=("1007",)), None, 5)) == ["c2", "c1"]


def test_what_an_undone_write_has_numbered_is_numbered_again(
    store: Store, log: SqlChangeLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise StoreFull("no space")

    indexer = indexer_of(store)
    log.append([call("c1", 1, ticket_id="t1"), ticket("t1", 1)])
    with monkeypatch.context() as patch:
        patch.setattr(call_index, "_write_pieces", full)
        with pytest.raises(StoreFull):
            indexer.work_once()
    log.append([call("c0", 0, agent="1002")])  # other words, which come first
    while indexer.work_once():
        pass
    search = SqlCallSearch(store)
    assert ids(search.page(CallQuery(words=("漏水",)), None, 5)) == ["c1"]
    assert ids(search.page(CallQuery(agents=("1002",)), None, 5)) == ["c0"]


@pytest.mark.parametrize("from_before", [False, True])
def test_saves_get_in_between_the_writes_of_the_index_and_a_kill_there_loses_nothing(
    store: Store, log: SqlChangeLog, from_before: bool
) -> None:
    log.append([call(f"c{number}", number, agent="1007", ticket_id=f"t{number}") for number in range(5)])
    log.append([ticket(f"t{number}", description=f"厨房漏水,请尽快处理{number}") for number in range(5)])
    if from_before:
        with store.write() as connection:
            connection.exec_driver_sql("DELETE FROM search_touched")
            connection.exec_driver_sql("INSERT OR REPLACE INTO meta VALUES (?, '9 ')", (FILLED,))
    query = CallQuery(agents=("1007",), words=("漏水",))
    every = ["c4", "c3", "c2", "c1", "c0"]
    rests: list[float] = []

    def rest(seconds: float) -> None:
        rests.append(seconds)
        log.append([change("call", "c2", {"outcome": "missed" if len(rests) % 2 else "answered"})])
        assert ids(all_pages(SqlCallSearch(store), query)) == every
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        CallIndexer(store, rest).work_once()
    assert rests
    assert ids(all_pages(SqlCallSearch(store), query)) == every
    index(store)
    assert ids(all_pages(SqlCallSearch(store), query)) == every
    assert ids(SqlCallSearch(store).page(CallQuery(outcomes=frozenset({Outcome.MISSED})), None, 5)) == ["c2"]


def test_an_index_of_other_words_is_made_anew_and_searched_around_until_then(store: Store, log: SqlChangeLog) -> None:
    log.append([call(f"c{number}", number, agent="1007") for number in range(9)])
    index(store)
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM search_piece")
        connection.exec_driver_sql("UPDATE meta SET value = 'older' WHERE value = ?", (WORDING,))
    every = [f"c{number}" for number in range(8, -1, -1)]
    query = CallQuery(agents=("1007",))
    assert ids(all_pages(SqlCallSearch(store), query)) == every
    indexer_of(store).work_once()
    assert ids(all_pages(SqlCallSearch(store), query)) == every
    index(store)
    with store.read() as connection:
        assert filled_until(connection) is None
        assert connection.exec_driver_sql("SELECT count(*) FROM search_piece").scalar_one()
    assert ids(all_pages(SqlCallSearch(store), query)) == every


def test_an_old_call_that_is_touched_keeps_its_place_while_newer_ones_are_still_to_be_indexed(
    store: Store, log: SqlChangeLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_index, "LOT", 2)
    log.append([call(f"c{number}", number, agent="1007") for number in range(9)])
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM search_touched")
        connection.exec_driver_sql("INSERT OR REPLACE INTO meta VALUES (?, '9 ')", (FILLED,))
    indexer_of(store).work_once()
    log.append([change("call", "c1", {"outcome": "answered"})])
    indexer_of(store).work_once()
    for query in (CallQuery(), CallQuery(agents=("1007",)), CallQuery(legal_hold=False)):
        assert ids(all_pages(SqlCallSearch(store), query)) == [f"c{number}" for number in range(8, -1, -1)]


def test_the_index_waits_while_a_great_deal_is_written_and_the_search_finds_all_the_same(
    store: Store, log: SqlChangeLog
) -> None:
    much = [True]
    indexer = CallIndexer(store, rest=lambda _s: None, waits=lambda: much[0])
    log.append([call("c1", agent="1007")])
    assert not indexer.work_once()
    with store.read() as connection:
        assert touched(connection, 10)
    assert ids(all_pages(SqlCallSearch(store), CallQuery(agents=("1007",)))) == ["c1"]
    much[0] = False
    assert indexer.work_once()
    with store.read() as connection:
        assert not touched(connection, 10)


def test_a_recording_is_found_behind_an_import_of_homes(store: Store, log: SqlChangeLog) -> None:
    log.append([call("c1")])
    index(store)
    homes = [change("household", f"h{number:04}", {**home_patch(0), "room": str(number)}) for number in range(300)]
    log.append(homes)
    log.append([change("recording", "c1", {"kept": "kept"})])
    kept = CallQuery(recorded=Recorded.KEPT)
    assert ids(SqlCallSearch(store).page(kept, None, 5)) == ["c1"]
    indexer_of(store).work_once()  # one batch, of which there are three
    with store.read() as connection:
        waiting = connection.exec_driver_sql("SELECT DISTINCT entity FROM search_touched").scalars().all()
    assert waiting == ["household"]
    assert ids(SqlCallSearch(store).page(kept, None, 5)) == ["c1"]


ODD = "\ud83d\0"  # half of a pair, as a broken input method gives it


@pytest.mark.parametrize(
    "query",
    [
        CallQuery(words=(ODD,)),
        CallQuery(whose=(Whose(lookup_keys=(ODD,)),)),
        CallQuery(agents=(ODD,)),
        CallQuery(seat=ODD, whose=(Whose(digits=(ODD * 3,)),)),
        CallQuery(whose=(Whose(shown_names=(ODD,)),), ticket_number=ODD * 2),
        CallQuery(categories=(ODD,), building_id=BuildingId(ODD)),
    ],
)
def test_what_can_stand_nowhere_is_found_nowhere(store: Store, log: SqlChangeLog, query: CallQuery) -> None:
    log.append([call("c1"), ticket("t1", call_id="c1")])
    index(store)
    assert SqlCallSearch(store).page(query, None, 5) == []


def test_a_span_of_time_is_answered_within_it(store: Store, log: SqlChangeLog) -> None:
    log.append([call(f"c{number}", number) for number in range(10)])
    index(store)
    query = CallQuery(since=at(3), until=at(6))
    assert ids(SqlCallSearch(store).page(query, None, 50)) == ["c5", "c4", "c3"]
    after = CallPlace(at(5), CallId("c5"))
    assert ids(SqlCallSearch(store).page(query, after, 50)) == ["c4", "c3"]
    assert ids(SqlCallSearch(store).page(CallQuery(until=at(3) - timedelta(days=9)), None, 50)) == []


PLACES = st.lists(st.integers(0, BLOCK - 1), max_size=20, unique=True)


@given(PLACES, PLACES, PLACES, st.booleans())
def test_a_piece_holds_what_was_put_in_and_not_taken_out(
    before: list[int], plus: list[int], minus: list[int], many: bool
) -> None:
    full = [*before, *range(0, BLOCK, 7)] if many else before
    piece = changed(changed(b"", full, ()), plus, minus)
    bits = lay_out([(1, piece)], 3)
    held = {place for place in range(BLOCK) if bits[1][place >> 3] & (0x80 >> (place & 7))}
    assert held == ({*full, *plus} - set(minus))
    assert not bits[0].any()
    assert not bits[2].any()
