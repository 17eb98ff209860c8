"""A seat of stand-ins for each test."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.launcher.seat import StandInSeat


@pytest.fixture
def seat() -> Iterator[StandInSeat]:
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        one = StandInSeat(Path(folder))
        yield one
        one.clean_up()
