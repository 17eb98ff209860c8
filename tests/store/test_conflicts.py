"""The index of what stands in conflict, kept beside the rows."""

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.domain.changes import Change, Patch
from desk.domain.conflicts import Conflict, find
from desk.domain.identity import TicketId
from desk.domain.tickets import Stage
from desk.secrets import FakeSecrets
from desk.store import conflict_index
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.conflicts import SqlConflicts
from desk.store.history import SqlHistories
from desk.store.outbox import Ordered, SqlOutbox
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.usecases.settle_conflict import BY_TABLE, ConflictMoved, SettleConflict, SettleStages
from tests.making import START, change, new_id, ticket


def by(seat: str, patch: Patch, number: int, base: int = 1, seq: int | None = None, author: str = "") -> Change:
    made = change("ticket", "t1", patch, number, seq)
    return replace(made, author=author or f"A{seat}", seat=seat, base_seq=base)


def pull(store: Store, *changes: Change) -> None:
    outbox = SqlOutbox(store)
    cursor = max(c.central_seq or 0 for c in changes)
    outbox.apply([Ordered(c, c.author) for c in changes], max(cursor, outbox.cursor()))


@pytest.fixture
def filed(store: Store) -> Store:
    pull(store, replace(ticket("t1"), central_seq=1, seat="S00"))
    return store


def settling(store: Store, seat: str = "S01", who: str = "1001") -> SettleConflict:
    log = SqlChangeLog(store)
    return SettleConflict(log, SeatAuthor(seat, lambda: who, lambda: START, new_id, log.base_seq), SqlHistories(store))


def stages(store: Store, seat: str) -> SettleStages:
    log = SqlChangeLog(store)
    author = SeatAuthor(seat, lambda: seat, lambda: START, new_id, log.base_seq)
    return SettleStages(log, author, SqlHistories(store), SqlConflicts(store), seat)


def found(store: Store) -> Conflict:
    with store.read() as connection:
        changes = conflict_index.changes_of(connection, "ticket", "t1")
    (conflict,) = find("ticket", "t1", changes).conflicts
    return conflict


def test_a_conflict_is_listed_as_soon_as_the_other_version_is_pulled(filed: Store) -> None:
    SqlChangeLog(filed).append([by("S01", {"description": "漏水"}, 2)])
    assert SqlConflicts(filed).count() == 0
    pull(filed, by("S02", {"description": "停水"}, 3, seq=2))
    assert SqlConflicts(filed).things(10) == [("ticket", "t1")]


def test_what_this_seat_alone_has_written_is_never_listed(filed: Store) -> None:
    log = SqlChangeLog(filed)
    log.append([by("S01", {"description": "漏水"}, 2), by("S01", {"description": "停水"}, 3, author="1002")])
    SqlOutbox(filed).acknowledge({by("S01", {}, 2).change_id: 2, by("S01", {}, 3).change_id: 3}, "1001")
    assert SqlConflicts(filed).count() == 0


def test_it_goes_when_somebody_who_saw_both_has_written(filed: Store) -> None:
    pull(filed, by("S02", {"description": "停水"}, 2, seq=2), by("S03", {"description": "漏水"}, 3, seq=3))
    assert SqlConflicts(filed).count() == 1
    pull(filed, by("S04", {"description": "停水"}, 4, base=3, seq=4))
    assert SqlConflicts(filed).count() == 0


def test_taking_a_version_writes_it_again_and_settles_it_everywhere(filed: Store) -> None:
    pull(filed, by("S02", {"description": "停水"}, 2, seq=2), by("S03", {"description": "漏水"}, 3, seq=3))
    shown = found(filed)
    settling(filed).take(shown, shown.others[0].change_id)
    assert SqlConflicts(filed).count() == 0
    row = SqlTickets(filed).get(TicketId("t1"))
    assert row is not None
    assert row.description == "停水"
    last = SqlHistories(filed).of("ticket", "t1")[-1]
    assert (last.author, last.base_seq, last.reason) == ("1001", 3, "settled: AS02@S02")


def test_a_version_that_came_meanwhile_is_not_overwritten_unseen(filed: Store) -> None:
    pull(filed, by("S02", {"description": "停水"}, 2, seq=2), by("S03", {"description": "漏水"}, 3, seq=3))
    shown = found(filed)
    pull(filed, by("S04", {"description": "漏气"}, 4, seq=4))
    with pytest.raises(ConflictMoved):
        settling(filed).take(shown, shown.others[0].change_id)
    assert len(SqlHistories(filed).of("ticket", "t1")) == 4


def test_the_seat_that_moved_last_lets_the_table_say_which_stage_stands(filed: Store) -> None:
    pull(filed, by("S02", {"stage": "done"}, 2, seq=2), by("S03", {"stage": "suspended"}, 3, seq=3))
    assert not stages(filed, "S02").work_once()
    assert stages(filed, "S03").work_once()
    row = SqlTickets(filed).get(TicketId("t1"))
    assert row is not None
    assert row.stage is Stage.DONE
    assert SqlConflicts(filed).count() == 0
    last = SqlHistories(filed).of("ticket", "t1")[-1]
    assert (last.author, last.reason) == ("S03", f"{BY_TABLE}: AS02@S02")
    assert not stages(filed, "S03").work_once()


def test_a_stage_waits_until_the_centre_has_ordered_all_moves(filed: Store) -> None:
    SqlChangeLog(filed).append([by("S03", {"stage": "suspended"}, 3)])
    pull(filed, by("S02", {"stage": "done"}, 2, seq=2))
    assert SqlConflicts(filed).count() == 1
    assert not stages(filed, "S03").work_once()
    SqlOutbox(filed).acknowledge({by("S03", {}, 3).change_id: 3}, "AS03")
    assert stages(filed, "S03").work_once()


def test_a_store_of_the_version_before_finds_its_conflicts_when_it_is_opened(
    filed: Store, secrets: FakeSecrets
) -> None:
    pull(filed, by("S02", {"description": "停水"}, 2, seq=2), by("S03", {"description": "漏水"}, 3, seq=3))
    with filed.write() as connection:
        connection.exec_driver_sql("DROP TABLE conflict")
        conflict_index.create(connection)
    assert SqlConflicts(filed).things(10) == [("ticket", "t1")]


steps = st.lists(
    st.tuples(st.sampled_from(["here", "there", "far", "acknowledge"]), st.sampled_from("ab"), st.integers(0, 3)),
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(steps)
def test_the_index_says_what_a_walk_through_the_log_says(taken: list[tuple[str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(opened(Path(folder))) as store:
        log, outbox, seq = SqlChangeLog(store), SqlOutbox(store), 1
        pull(store, replace(ticket("t1"), central_seq=1, seat="S00"))
        for number, (step, value, behind) in enumerate(taken, 2):
            base = max(1, seq - behind)
            if step == "here":
                log.append([by("S01", {"description": value}, number, base=outbox.cursor())])
            elif step == "acknowledge" and (unsent := outbox.unsent(1)):
                seq += 1
                outbox.acknowledge({unsent[0].change_id: seq}, "A")
            elif step in ("there", "far"):
                seq += 1
                pull(store, by(f"S-{step}", {"description": value}, number, base, seq))
            with store.read() as connection:
                walked = find("ticket", "t1", conflict_index.changes_of(connection, "ticket", "t1")).conflicts
                kept = connection.exec_driver_sql("SELECT aspect, stands, seat, final FROM conflict").all()
            assert [tuple(row) for row in kept] == [
                (c.aspect, c.stands.change_id, c.stands.seat, int(c.is_final)) for c in walked
            ]


def opened(folder: Path) -> Store:
    return Store.open(folder / "seat.db", FakeSecrets())
