"""What holds for every vault: a folder, S3 that honours conditions, S3 that does not, and the one in memory."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.port import Vault
from desk.usecases.recording_ports import RecordingAway, VaultRefused, VaultTaken

NAME = "2026/11/22/0193a000-0000-7000-8000-000000000001.age"
LARGE = 12 * 1024 * 1024 + 17  # three parts of a multipart upload


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / "staged.age"
        path.write_bytes(content)
        return path

    return write


def whole(vault: Vault, name: str = NAME) -> bytes:
    return b"".join(vault.read(name))


def noise(size: int) -> bytes:
    return random.Random(1).randbytes(size)


@pytest.mark.parametrize("size", [0, 1, 65_536, 200_001, LARGE])
def test_what_is_brought_comes_back(vault: Vault, file: Callable[[bytes], Path], size: int) -> None:
    content = noise(size)
    vault.put_new(NAME, file(content))
    assert whole(vault) == content
    found = vault.stat(NAME)
    assert found is not None
    assert (found.name, found.size) == (NAME, size)


def test_a_range_is_read_without_the_rest(vault: Vault, file: Callable[[bytes], Path]) -> None:
    content = noise(300_000)
    vault.put_new(NAME, file(content))
    assert b"".join(vault.read(NAME, 100_000)) == content[100_000:]
    assert b"".join(vault.read(NAME, 70_000, 140_000)) == content[70_000:210_000]
    assert b"".join(vault.read(NAME, 299_990, 500)) == content[299_990:]
    assert b"".join(vault.read(NAME, 10, 0)) == b""
    assert b"".join(vault.read(NAME, 300_000)) == b""
    assert b"".join(vault.read(NAME, 400_000, 5)) == b""


def test_it_comes_in_blocks(vault: Vault, file: Callable[[bytes], Path]) -> None:
    vault.put_new(NAME, file(noise(1_000_000)))
    blocks = list(vault.read(NAME))
    assert len(blocks) > 1
    assert all(blocks)


def test_a_trial_leaves_nothing(vault: Vault) -> None:
    vault.try_writing()
    vault.try_writing()
    assert list(vault.names()) == []


@pytest.mark.parametrize("size", [1_000, LARGE])
def test_the_same_once_more_is_done_already(vault: Vault, file: Callable[[bytes], Path], size: int) -> None:
    for _ in range(2):
        vault.put_new(NAME, file(noise(size)))
    assert whole(vault) == noise(size)


@pytest.mark.parametrize("size", [1_000, LARGE])
def test_other_content_of_the_same_name_is_never_overwritten(
    vault: Vault, file: Callable[[bytes], Path], size: int
) -> None:
    vault.put_new(NAME, file(b"first"))
    with pytest.raises(VaultTaken):
        vault.put_new(NAME, file(noise(size)))
    assert whole(vault) == b"first"


def test_what_is_not_there_is_not_there(vault: Vault, file: Callable[[bytes], Path]) -> None:
    vault.put_new("2026/11/22/other.age", file(b"x"))
    assert vault.stat(NAME) is None
    assert vault.stat("2026/11/22") is None
    for name in (NAME, "2026/11/22", "2026/11/22/other.age/below"):
        with pytest.raises(RecordingAway):
            whole(vault, name)


@pytest.mark.parametrize("name", ["", "/", "..", "../a", "a/../b", "/etc/passwd", "a//b", "a\0b", "a\\b", "a/.b", "号"])
def test_a_name_that_leads_elsewhere_is_no_name(vault: Vault, file: Callable[[bytes], Path], name: str) -> None:
    assert vault.stat(name) is None
    with pytest.raises(RecordingAway):
        whole(vault, name)
    with pytest.raises(VaultRefused):
        vault.put_new(name, file(b"x"))
    vault.delete(name)


def test_what_is_deleted_is_gone_and_may_be_deleted_again(vault: Vault, file: Callable[[bytes], Path]) -> None:
    vault.put_new(NAME, file(b"x"))
    for _ in range(2):
        vault.delete(NAME)
        assert vault.stat(NAME) is None


def test_names_come_in_order_under_whole_parts_of_a_prefix(vault: Vault, file: Callable[[bytes], Path]) -> None:
    names = ["2026/11/21/b.age", "2026/11/21/b.seal", "2026/11/22/a.age", "2026/11/221/c.age", "2025/12/31/z.opus"]
    for name in names:
        vault.put_new(name, file(name.encode()))
    found = list(vault.names())
    assert [kept.name for kept in found] == sorted(names)
    assert [kept.size for kept in found] == [len(name) for name in sorted(names)]
    assert [kept.name for kept in vault.names("2026/11/22")] == ["2026/11/22/a.age"]
    assert list(vault.names("2027")) == []


@pytest.mark.parametrize("size", [100_000, LARGE])
def test_every_byte_is_asked_of_the_pace(vault: Vault, file: Callable[[bytes], Path], size: int) -> None:
    asked: list[int] = []
    content = file(noise(size))
    vault.put_new(NAME, content, asked.append)
    goes = 2 if isinstance(vault, FolderVault) else 1  # what a folder holds is read back
    assert sum(asked) == goes * size
    assert max(asked) <= 65_536
    vault.put_new(NAME, content, asked.append)
    assert sum(asked) == (goes + 1) * size  # compared with what is there


def test_a_file_that_is_not_there_is_the_seats_own_fault(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        vault.put_new(NAME, tmp_path / "nothing")
    assert vault.stat(NAME) is None
