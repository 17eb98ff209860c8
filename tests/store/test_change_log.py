import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.changes import Change, FieldValue, fold
from desk.domain.identity import PersonId, TicketId
from desk.domain.tickets import Stage
from desk.secrets import FakeSecrets
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.entities import ENTITIES, BadPatch, columns_of, to_columns
from desk.store.outbox import Ordered, SqlOutbox
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from tests.making import START, change, change_id, new_id, ticket


def row_of(store: Store, entity: str, entity_id: str) -> tuple[object, ...]:
    spec = ENTITIES[entity]
    with store.read() as connection:
        row = connection.exec_driver_sql(
            f"SELECT {', '.join(columns_of(spec))} FROM {entity} WHERE {spec.id_field} = ?",  # noqa: S608
            (entity_id,),
        ).one()
    return tuple(row)


def test_a_ticket_is_there_when_append_returns(log: SqlChangeLog, store: Store) -> None:
    log.append([ticket("t1"), change("ticket", "t1", {"stage": "dispatched"})])
    found = SqlTickets(store).get(TicketId("t1"))
    assert found is not None
    assert found.stage is Stage.DISPATCHED
    assert found.registered_at == START


def test_a_change_that_is_there_already_is_left_as_it_stands(log: SqlChangeLog, store: Store) -> None:
    log.append([change("person", "p1", {"name": "王小明"}, number=1)])
    log.append([change("person", "p1", {"name": "somebody else"}, number=1)])
    assert SqlResidents(store).people([PersonId("p1")])[PersonId("p1")].name == "王小明"
    assert SqlOutbox(store).unsent_count() == 1


@pytest.mark.parametrize(
    ("entity", "patch"),
    [
        ("planet", {"name": "Mars"}),
        ("person", {"nmae": "typing error"}),
        ("person", {"name": 5}),
        ("person", {"tags": "VIP"}),
        ("person", {"person_id": "another"}),
        ("ticket", {"registered_at": "2026-11-21"}),
        ("membership", {"ended": 1}),
        ("call", {"cause": True}),
        ("call", {"cause": 2**63}),
    ],
)
def test_a_patch_that_no_row_can_take_is_refused_and_nothing_is_written(
    log: SqlChangeLog, store: Store, entity: str, patch: dict[str, FieldValue]
) -> None:
    with pytest.raises(BadPatch):
        log.append([ticket("t1"), change(entity, "p1", patch)])
    assert SqlTickets(store).get(TicketId("t1")) is None


def test_what_no_database_can_hold_is_replaced_and_the_rest_saved(log: SqlChangeLog, store: Store) -> None:
    log.append([change("person", "p1", {"name": "a\x00b\ud800c😀"})])
    assert SqlResidents(store).people([PersonId("p1")])[PersonId("p1")].name == "a\ufffdb\ufffdc😀"
    assert SqlOutbox(store).unsent(1)[0].patch == {"name": "a\ufffdb\ufffdc😀"}


def test_an_import_is_written_by_the_lot_and_reported(log: SqlChangeLog, store: Store) -> None:
    told: list[int] = []
    count = log.append_bulk((change("person", f"p{i}", {"name": f"王{i}"}) for i in range(10_050)), told.append)
    assert count == 10_050
    assert told == [10_000, 10_050]
    assert len(SqlResidents(store).people([PersonId(f"p{i}") for i in range(10_050)])) == 10_050


def test_a_field_of_a_newer_seat_is_kept_in_the_log_and_harms_nothing(log: SqlChangeLog, store: Store) -> None:
    newer = change("person", "p1", {"name": "王小明", "mood": "calm"}, seq=1)
    alien = change("vehicle", "v1", {"plate": "粤B12345"}, seq=2)
    nested = change("person", "p2", {"name": ["王"], "notes": {"a": "b"}}, seq=3)
    SqlOutbox(store).apply([Ordered(c, "1002") for c in (newer, alien, nested)], 3)
    assert SqlResidents(store).people([PersonId("p1")])[PersonId("p1")].name == "王小明"
    assert log.base_seq() == 3


def test_the_author_signs_with_who_is_signed_in_and_what_was_known(log: SqlChangeLog, store: Store) -> None:
    SqlOutbox(store).apply([Ordered(change("person", "p1", {"name": "王"}, seq=7), "1002")], 7)
    made = SeatAuthor("S01", lambda: "1003", lambda: START, new_id, log.base_seq).change(
        "person", "p1", {"name": "汪"}, "misheard"
    )
    assert (made.author, made.seat, made.base_seq, made.reason, made.at) == ("1003", "S01", 7, "misheard", START)


@contextlib.contextmanager
def fresh_store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "seat.db", FakeSecrets())
        yield store
        store.close()


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=5),
        "notes": st.sampled_from(["", "a", "b"]),
        "tags": st.none() | st.lists(st.sampled_from(["VIP", "独居老人"]), max_size=2),
    },
)


@st.composite
def arrivals(draw: st.DrawFn) -> list[Change]:
    """Changes of two people; some ordered by the centre, some not; in any order of arrival."""
    patches = draw(st.lists(FIELDS, min_size=1, max_size=7))
    seqs = draw(st.permutations(range(1, len(patches) + 1)))
    ordered = draw(st.lists(st.booleans(), min_size=len(patches), max_size=len(patches)))
    changes = [
        change("person", draw(st.sampled_from(["p1", "p2"])), patch, number=number, seq=seqs[number] if known else None)
        for number, (patch, known) in enumerate(zip(patches, ordered, strict=True))
    ]
    return draw(st.permutations(changes))


@given(arrivals(), st.integers(1, 3))
def test_in_whatever_order_changes_arrive_the_row_is_their_fold(changes: list[Change], lot: int) -> None:
    with fresh_store() as store:
        outbox, log = SqlOutbox(store), SqlChangeLog(store)
        for start in range(0, len(changes), lot):
            part = changes[start : start + lot]
            log.append([c for c in part if c.central_seq is None])
            outbox.apply([Ordered(c, "1001") for c in part if c.central_seq is not None], start + lot)
        for person in {c.entity_id for c in changes}:
            expected = fold(c for c in changes if c.entity_id == person)
            assert row_of(store, "person", person) == to_columns(ENTITIES["person"], person, expected)


@given(arrivals())
def test_the_row_is_their_fold_when_the_centre_orders_them_afterwards(changes: list[Change]) -> None:
    with fresh_store() as store:
        outbox = SqlOutbox(store)
        unordered = [Change(**{f: getattr(c, f) for f in c.__slots__} | {"central_seq": None}) for c in changes]
        SqlChangeLog(store).append(unordered)
        outbox.acknowledge({c.change_id: c.central_seq for c in changes if c.central_seq is not None}, "1001")
        for person in {c.entity_id for c in changes}:
            expected = fold(c for c in changes if c.entity_id == person)
            assert row_of(store, "person", person) == to_columns(ENTITIES["person"], person, expected)


def test_changes_are_sent_in_the_order_they_were_made(log: SqlChangeLog, store: Store) -> None:
    log.append([change("person", "p1", {"name": "b"}, number=2), change("person", "p1", {"name": "a"}, number=1)])
    assert [c.change_id for c in SqlOutbox(store).unsent(10)] == [change_id(1), change_id(2)]


def test_what_the_centre_refused_stays_visible_and_is_offered_again_later(log: SqlChangeLog, store: Store) -> None:
    outbox = SqlOutbox(store)
    log.append([change("person", "p1", {"name": "a"}, number=1), change("person", "p2", {"name": "b"}, number=2)])
    outbox.set_aside(change_id(1), "DK002: person has no field")
    assert [c.change_id for c in outbox.unsent(10)] == [change_id(2)]
    assert [(r.change_id, r.why) for r in outbox.refused()] == [(change_id(1), "DK002: person has no field")]
    assert PersonId("p1") in SqlResidents(store).people([PersonId("p1")])
    outbox.retry_refused()
    assert outbox.refused_count() == 0
    assert outbox.unsent_count() == 2


def test_what_others_did_is_told_and_what_we_did_ourselves_is_not(log: SqlChangeLog, store: Store) -> None:
    outbox = SqlOutbox(store)
    log.append([change("person", "p1", {"name": "a"}, number=1)])
    outbox.acknowledge({change_id(1): 1}, "1001")
    assert outbox.apply([Ordered(change("person", "p1", {"name": "a"}, number=1, seq=1), "1001")], 1) == set()
    assert outbox.apply([Ordered(change("ticket", "t1", {}, number=9, seq=2), "1002")], 2) == {"ticket"}


def test_the_unsent_are_found_by_their_index(store: Store) -> None:
    with store.read() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT change_id FROM change WHERE central_seq IS NULL AND refused IS NULL"
            " ORDER BY change_id LIMIT 5"
        ).all()
    assert "change_unsent" in str(plan)


def test_what_is_typed_after_the_clock_was_put_back_stands_later(store: Store) -> None:
    log = SqlChangeLog(store)
    ids = [change_id(9), change_id(3)]  # the second one of a process that was started with the clock back

    def started_again() -> SeatAuthor:
        return SeatAuthor("S01", lambda: "1001", lambda: START, lambda: ids.pop(0), log.base_seq, log.newest_unsent)

    log.append([started_again().change("person", "p1", {"name": "王小明"})])
    log.append([started_again().change("person", "p1", {"name": "汪晓敏"})])
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT name FROM person").scalar_one() == "汪晓敏"
