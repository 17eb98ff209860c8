"""The domain's fold and the seat store's, held to the table of cases that the centre is held to as well."""

import itertools

import pytest

from desk.domain.changes import fold
from desk.store.change_log import SqlChangeLog
from desk.store.entities import ENTITIES, columns_of, to_columns
from desk.store.outbox import Ordered, SqlOutbox
from desk.store.store import Store
from tests.fold_cases import FOLD_CASES, case_of
from tests.making import change


@pytest.mark.parametrize("name", FOLD_CASES)
def test_the_fold_gives_the_row_in_whatever_order_changes_come(name: str) -> None:
    entity, patches, row = case_of(name, "x1")
    changes = [change(entity, "x1", patch, seq=seq) for seq, patch in enumerate(patches, 1)]
    for order in itertools.permutations(changes):
        folded = {k: v for k, v in fold(order).items() if v is not None and k != ENTITIES[entity].id_field}
        assert folded == row


@pytest.mark.parametrize("name", FOLD_CASES)
def test_the_seat_s_row_is_the_same(store: Store, name: str) -> None:
    entity, patches, row = case_of(name, "x1")
    spec = ENTITIES[entity]
    SqlChangeLog(store)  # as a seat has it
    pulled = [change(entity, "x1", patch, seq=seq) for seq, patch in enumerate(patches, 1)]
    for one in reversed(pulled):
        SqlOutbox(store).apply([Ordered(one, "1001")], len(pulled))
    query = f"SELECT {', '.join(columns_of(spec))} FROM {entity} WHERE {spec.id_field} = ?"  # noqa: S608
    with store.read() as connection:
        found = tuple(connection.exec_driver_sql(query, ("x1",)).one())
    assert found == to_columns(spec, "x1", row)
