"""The server's owner, the proxies' thread and an empty store, once for all tests of faults."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from desk.demo.postgres import PrivatePostgres
from tests.sync.faults.proxy import Carrier
from tests.sync.faults.seats import empty_store


@pytest.fixture(scope="session")
def owner(server: PrivatePostgres) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(server.admin_url(), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def carrier() -> Iterator[Carrier]:
    with Carrier() as running:
        yield running


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_store(tmp_path_factory.mktemp("empty") / "empty.db")
