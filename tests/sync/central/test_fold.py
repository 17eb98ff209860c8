"""The centre's fold, in SQL, held to the table of cases that the seats' fold is held to, and to random histories."""

import uuid
from collections.abc import Iterator
from typing import Any

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from desk.demo.postgres import PrivatePostgres
from desk.domain.changes import Change, FieldValue, fold
from desk.store.entities import ENTITIES, Kind, check_patch, columns_of, to_columns
from desk.sync.central.access import connect
from desk.sync.exchange import rounds
from tests.fold_cases import FOLD_CASES, Row, case_of
from tests.making import START, change
from tests.sync.central.test_schema import insert, row_of
from tests.sync.conftest import access


@pytest.fixture(scope="module")
def chief(server: PrivatePostgres) -> Iterator[psycopg.Connection[Any]]:
    server.create_database("folds", "template")
    with connect(access(server, "folds", "admin"), "test") as connection:
        yield connection


def push(connection: psycopg.Connection[Any], entity: str, entity_id: str, patches: list[Row]) -> None:
    """All in one statement, as a seat does."""
    lot = [
        {
            "change_id": uuid.uuid4(),
            "entity": entity,
            "entity_id": entity_id,
            "at": START,
            "agent": "1001",
            "seat": "S01",
            "patch": patch,
            "reason": "",
            "base_seq": 0,
        }
        for patch in patches
    ]
    connection.execute(rounds._INSERT, (Jsonb(lot, msgspec.json.encode),))


@pytest.mark.parametrize("name", FOLD_CASES)
def test_the_central_row_is_the_same(chief: psycopg.Connection[Any], name: str) -> None:
    entity_id = str(uuid.uuid4())
    entity, patches, row = case_of(name, entity_id)
    for patch in patches:
        check_patch(entity, entity_id, patch)
        insert(chief, entity, entity_id, patch)
    spec = ENTITIES[entity]
    assert row_of(chief, entity, entity_id) == dict(
        zip(columns_of(spec), to_columns(spec, entity_id, row), strict=True)
    )


@pytest.mark.parametrize(
    ("value", "code"), [("2026-02-31T20:22:18.000000Z", "22008"), ("yesterday", "DK004"), (7, "DK004")]
)
def test_a_wrong_value_is_refused_though_a_later_one_of_the_same_push_hides_it(
    chief: psycopg.Connection[Any], value: FieldValue, code: str
) -> None:
    notice = uuid.uuid4().hex
    with pytest.raises(psycopg.Error) as refused:
        push(chief, "notice", notice, [{"title": "x"}, {"start": value}, {"start": None}])
    assert refused.value.sqlstate == code
    assert chief.execute("SELECT FROM desk.change WHERE entity_id = %s", (notice,)).fetchall() == []


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
VALUES: dict[Kind, st.SearchStrategy[FieldValue]] = {
    Kind.TEXT: TEXT,
    Kind.NUMBER: st.integers(-(2**63), 2**63 - 1),
    Kind.FLAG: st.booleans(),
    Kind.LIST: st.lists(TEXT, max_size=3).map(list),
}


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, list[dict[str, FieldValue]]]:
    """Patches of one entity, in central order. Times are left to a test of their own: the two databases write the same
    moment differently."""
    entity = ENTITIES[draw(st.sampled_from(sorted(ENTITIES)))]
    fields = sorted(field for field, kind in entity.kinds.items() if kind is not Kind.TIME)
    one = st.sampled_from(fields).flatmap(
        lambda field: st.tuples(st.just(field), st.none() | VALUES[entity.kinds[field]])
    )
    patch = st.lists(one, max_size=4).map(dict)
    return entity.name, draw(st.lists(patch, min_size=1, max_size=5))


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
def test_both_folds_make_one_row_of_any_history(
    chief: psycopg.Connection[Any], history: tuple[str, list[dict[str, FieldValue]]]
) -> None:
    entity, patches = history
    entity_id = uuid.uuid4().hex
    spec = ENTITIES[entity]
    changes: list[Change] = []
    with chief.transaction():
        for patch in patches:
            check_patch(entity, entity_id, patch)
            changes.append(change(entity, entity_id, patch, seq=insert(chief, entity, entity_id, patch)))
    expected = dict(zip(columns_of(spec), to_columns(spec, entity_id, fold(changes)), strict=True))
    assert row_of(chief, entity, entity_id) == expected
    at_once = uuid.uuid4().hex
    push(chief, entity, at_once, patches)
    assert row_of(chief, entity, at_once) == expected | {spec.id_field: at_once}
