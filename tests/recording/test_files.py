"""Plain files: one hash, one way to make names last, one way to put a small file in the place of another."""

import errno
import hashlib
import os
import sys
from pathlib import Path

import pytest

from desk.recording.files import sha256_of, sync_folder, write_new


@pytest.mark.parametrize("size", [0, 1, 3_000_000])
def test_the_hash_is_the_files(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "file").write_bytes(content)
    assert sha256_of(tmp_path / "file") == hashlib.sha256(content).hexdigest()


@pytest.mark.skipif(sys.platform == "win32", reason="no folder is synced there")
def test_a_folder_is_synced_where_there_is_a_way_to_and_trouble_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_folder(tmp_path)
    number = [errno.EINVAL]

    def fail(_handle: int) -> None:
        raise OSError(number[0], os.strerror(number[0]))

    monkeypatch.setattr(os, "fsync", fail)
    sync_folder(tmp_path)  # a share that knows no such thing
    number[0] = errno.EIO
    with pytest.raises(OSError, match="Input/output"):
        sync_folder(tmp_path)


def test_a_small_file_takes_the_place_of_the_one_before_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "books" / "chain.json"
    write_new(file, "first")
    write_new(file, b"second")
    assert file.read_bytes() == b"second"
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o600

    def fail(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space"):
        write_new(file, "third")
    assert [path.name for path in file.parent.iterdir()] == ["chain.json"]
    assert file.read_bytes() == b"second"


@pytest.mark.skipif(sys.platform == "win32", reason="no folder is synced there")
def test_the_name_of_a_small_file_is_durable_when_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync

    def noted(handle: int) -> None:
        synced.append(os.fstat(handle).st_ino)
        real(handle)

    monkeypatch.setattr(os, "fsync", noted)
    write_new(tmp_path / "file", "x")
    assert synced == [(tmp_path / "file").stat().st_ino, tmp_path.stat().st_ino]
