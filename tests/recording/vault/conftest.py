"""The vaults of the contract: each kind that Desk can be set to, on a real folder or a real server."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from desk.recording.vault.fake import FakeVault
from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.port import Vault
from desk.recording.vault.s3_request import Bucket
from desk.recording.vault.s3_vault import S3Vault
from tests.recording.vault import servers

_prefixes = count(1)


def now() -> datetime:
    return datetime.now(UTC)


def s3_vault(bucket: Bucket, part_bytes: int = 5 * 1024 * 1024) -> S3Vault:
    return S3Vault(lambda: bucket, now, part_bytes)


@pytest.fixture(scope="session")
def moto_server() -> Iterator[Bucket]:
    with servers.moto() as bucket:
        yield bucket


@pytest.fixture(scope="session")
def s3rver_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    with servers.s3rver(tmp_path_factory.mktemp("s3rver")) as bucket:
        yield bucket


@pytest.fixture
def moto_bucket(moto_server: Bucket) -> Bucket:
    """A prefix of the test's own."""
    return replace(moto_server, prefix=f"hotline/{next(_prefixes)}")


@pytest.fixture
def s3rver_bucket(s3rver_server: Bucket) -> Bucket:
    return replace(s3rver_server, prefix=f"hotline/{next(_prefixes)}")


@dataclass(frozen=True)
class Kind:
    """A vault under test."""

    name: str
    vault: Vault


@pytest.fixture(params=["fake", "folder", "moto", "s3rver"])
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Kind:
    name: str = request.param
    if name == "fake":
        return Kind(name, FakeVault())
    if name == "folder":
        (tmp_path / "vault").mkdir()
        return Kind(name, FolderVault(tmp_path / "vault"))
    return Kind(name, s3_vault(request.getfixturevalue(f"{name}_bucket")))


@pytest.fixture
def vault(kind: Kind) -> Vault:
    return kind.vault
