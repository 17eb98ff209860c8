"""The server's owner, the proxies' thread and an empty store, once for all tests of faults."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from desk.demo.postgres import PrivatePostgres
from tests.sync.conftest import centre_with
from tests.sync.faults.proxy import Carrier
from tests.sync.faults.seats import empty_store

MEMORY = Path("/dev/shm")  # noqa: S108 - a disk's time is not what is tried here
ROOM_BYTES = 1 << 30


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that is in memory where there is room."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM_BYTES:
        yield tmp_path_factory.mktemp("memory")
        return
    folder = Path(tempfile.mkdtemp(prefix="desk-faults-", dir=MEMORY))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def server(memory: Path) -> Iterator[PrivatePostgres]:
    """As the other tests' server, where making a database takes no disk's time."""
    with centre_with("template", within=memory) as running:
        yield running


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
