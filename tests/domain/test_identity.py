"""Ids that go on sorting when the clock was put back."""

import uuid
from datetime import UTC, datetime

import pytest
import uuid6
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.identity import id_after, made_at

IDS = st.integers(0, (1 << 128) - (1 << 81)).map(lambda number: str(uuid.UUID(int=number)))


def test_an_id_that_sorts_after_is_left_as_it_is() -> None:
    first, second = str(uuid6.uuid7()), str(uuid6.uuid7())
    assert id_after(second, first) == second
    assert id_after(first, "") == first


@given(IDS, IDS)
def test_an_id_sorts_after_whatever_is_there(fresh: str, floor: str) -> None:
    made = id_after(fresh, floor)
    assert made > floor
    assert uuid.UUID(made).int & ((1 << 80) - 1) == uuid.UUID(fresh).int & ((1 << 80) - 1)


def test_an_id_says_when_it_was_made() -> None:
    assert made_at("01957000-0000-7000-8000-000000000001") == datetime(2025, 3, 7, 9, 46, 43, 72000, UTC)


@pytest.mark.parametrize("text", ["", "notes", "ffffffff-ffff-7fff-bfff-ffffffffffff", str(uuid.UUID(int=1)), "x" * 36])
def test_what_is_no_id_says_nothing(text: str) -> None:
    assert made_at(text) is None
