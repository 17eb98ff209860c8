"""The centre's fold, in SQL, held to the table of cases that the seats' fold is held to, and to random histories."""

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.demo.postgres import PrivatePostgres
from desk.domain.changes import Change, FieldValue, fold
from desk.store.entities import ENTITIES, Kind, check_patch, columns_of, to_columns
from desk.sync.central.access import connect
from tests.fold_cases import FOLD_CASES, case_of
from tests.making import change
from tests.sync.central.test_schema import insert, row_of
from tests.sync.conftest import access


@pytest.fixture(scope="module")
def chief(server: PrivatePostgres) -> Iterator[psycopg.Connection[Any]]:
    server.create_database("folds", "template")
    with connect(access(server, "folds", "admin"), "test") as connection:
        yield connection


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
