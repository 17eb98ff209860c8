"""A real store in a folder of the test's own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk.secrets import FakeSecrets
from desk.store.change_log import SqlChangeLog
from desk.store.store import Store


@pytest.fixture
def secrets() -> FakeSecrets:
    return FakeSecrets()


@pytest.fixture
def open_store(tmp_path: Path, secrets: FakeSecrets) -> Iterator[Callable[[], Store]]:
    opened: list[Store] = []

    def open_() -> Store:
        opened.append(Store.open(tmp_path / "seat.db", secrets))
        return opened[-1]

    yield open_
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()


@pytest.fixture
def log(store: Store) -> SqlChangeLog:
    return SqlChangeLog(store)
