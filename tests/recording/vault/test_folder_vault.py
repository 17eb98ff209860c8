"""The vault in a folder: on disks that are full or read-only, on shares that are not there, and after kills."""

import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.recording.vault.folder_vault import PACED_BLOCK, FolderVault
from desk.recording.vault.staged import StagedSource
from desk.usecases.recording_ports import RecordingAway, VaultAway, VaultRefused, VaultTaken

NAME = "2026/11/22/0193a000-0000-7000-8000-000000000001.age"


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "vault").mkdir()
    return tmp_path / "vault"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "staged").write_bytes(os.urandom(200_000))
    return tmp_path / "staged"


def left(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def failing_at(monkeypatch: pytest.MonkeyPatch, name: str, number: int) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, name, fail)


def test_a_share_that_is_not_there_is_away_and_nothing_is_made_in_its_place(tmp_path: Path, file: Path) -> None:
    vault = FolderVault(tmp_path / "not mounted")
    for call in (
        lambda: vault.stat(NAME),
        lambda: vault.put_new(NAME, file),
        lambda: list(vault.read(NAME)),
        lambda: list(vault.names()),
        lambda: vault.delete(NAME),
    ):
        with pytest.raises(VaultAway, match="not mounted"):
            call()
    assert not (tmp_path / "not mounted").exists()


def test_the_seats_own_folder_is_made(tmp_path: Path, file: Path) -> None:
    FolderVault(tmp_path / "recordings", make=True).put_new(NAME, file)
    assert left(tmp_path / "recordings") == [Path(NAME).name]


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, VaultRefused),
        (errno.EROFS, VaultRefused),
        (errno.EACCES, VaultRefused),
        (errno.EIO, VaultAway),
        (errno.EHOSTDOWN, VaultAway),
    ],
)
def test_a_disk_that_fails_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, root: Path, file: Path, number: int, error: type[Exception]
) -> None:
    with monkeypatch.context() as patched:
        failing_at(patched, "fsync", number)
        with pytest.raises(error):
            FolderVault(root).put_new(NAME, file)
    assert left(root) == []
    FolderVault(root).put_new(NAME, file)
    assert left(root) == [Path(NAME).name]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="this user may write everywhere")
def test_a_folder_that_may_not_be_written_refuses(root: Path, file: Path) -> None:
    root.chmod(0o500)
    with pytest.raises(VaultRefused, match="not allowed"):
        FolderVault(root).put_new(NAME, file)
    root.chmod(0o700)


def test_a_copy_that_was_killed_shows_nothing_and_is_swept_away(root: Path, file: Path) -> None:
    def pace(_size: int) -> None:
        raise Killed

    vault = FolderVault(root)
    with pytest.raises(Killed):
        vault.put_new(NAME, file, pace)
    folder = (root / NAME).parent
    (folder / f".{Path(NAME).name}.0a0b0c0d.part").write_bytes(b"half")  # of a process that had no time to tidy up
    (folder / ".other.age.0a0b0c0d.part").write_bytes(b"another's")
    assert list(vault.names()) == []
    vault.put_new(NAME, file)
    assert left(root) == [".other.age.0a0b0c0d.part", Path(NAME).name]


def killed_after_linking(root: Path, file: Path) -> Path:
    """As kill -9 between the link and the unlink leaves it. The part file, which is the whole object."""
    FolderVault(root).put_new(NAME, file)
    part = (root / NAME).with_name(f".{Path(NAME).name}.0a0b0c0d.part")
    os.link(root / NAME, part)
    return part


def test_a_kill_between_link_and_unlink_is_tidied_up_when_it_is_brought_again(root: Path, file: Path) -> None:
    part = killed_after_linking(root, file)
    FolderVault(root).put_new(NAME, file)
    assert not part.exists()
    assert left(root) == [Path(NAME).name]


def test_a_kill_between_link_and_unlink_leaves_no_audio_after_a_deletion(root: Path, file: Path) -> None:
    killed_after_linking(root, file)
    (root / NAME).with_name(".other.age.0a0b0c0d.part").write_bytes(b"another's")
    FolderVault(root).delete(NAME)
    assert left(root) == [".other.age.0a0b0c0d.part"]


def test_what_does_not_read_back_gets_no_name(monkeypatch: pytest.MonkeyPatch, root: Path, file: Path) -> None:
    """A disk that says it has written, and has not: the last byte of the part file is another."""
    real = os.fsync

    def torn(handle: int) -> None:
        real(handle)
        if os.fstat(handle).st_size == file.stat().st_size:
            os.pwrite(handle, bytes([file.read_bytes()[-1] ^ 1]), file.stat().st_size - 1)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", torn)
        with pytest.raises(VaultRefused, match="read back"):
            FolderVault(root).put_new(NAME, file)
    assert left(root) == []
    FolderVault(root).put_new(NAME, file)
    assert (root / NAME).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_a_share_without_links_never_overwrites_either(
    monkeypatch: pytest.MonkeyPatch, root: Path, file: Path, number: int
) -> None:
    failing_at(monkeypatch, "link", number)
    vault = FolderVault(root)
    vault.put_new(NAME, file)
    vault.put_new(NAME, file)
    content = file.read_bytes()
    file.write_bytes(b"other")
    with pytest.raises(VaultTaken):
        vault.put_new(NAME, file)
    assert b"".join(vault.read(NAME)) == content


def test_who_is_first_wins_even_in_the_last_moment(monkeypatch: pytest.MonkeyPatch, root: Path, file: Path) -> None:
    """Another seat puts something there after the look and before the link."""
    real = os.link

    def late(source: Path, target: Path) -> None:
        target.write_bytes(b"other")
        real(source, target)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(VaultTaken):
        FolderVault(root).put_new(NAME, file)
    assert (root / NAME).read_bytes() == b"other"
    assert left(root) == [Path(NAME).name]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_no_link_leads_out_of_the_vault(root: Path, file: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_bytes(b"secret")
    (root / "2026").symlink_to(tmp_path / "outside")
    (root / "link").symlink_to(tmp_path / "outside" / "secret")
    vault = FolderVault(root)
    for name in ("2026/secret", "link"):
        assert vault.stat(name) is None
        with pytest.raises(RecordingAway):
            list(vault.read(name))
    with pytest.raises(VaultRefused):
        vault.put_new("2026/new", file)
    assert list(vault.names()) == []


def test_a_file_where_a_folder_should_be_is_no_vault(root: Path, file: Path) -> None:
    (root / "2026").write_bytes(b"a file")
    with pytest.raises(VaultRefused):
        FolderVault(root).put_new(NAME, file)


class Counting:
    """A vault that says how often it was asked."""

    def __init__(self, vault: FolderVault) -> None:
        self._vault, self.asked = vault, 0

    def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        self.asked += 1
        return self._vault.read(name, start, length)

    def stat(self, name: str) -> object:
        self.asked += 1
        return self._vault.stat(name)


def test_what_still_waits_at_the_seat_is_read_there(tmp_path: Path, root: Path, file: Path) -> None:
    vault = Counting(FolderVault(root))
    source = StagedSource(tmp_path / "sealed", vault)  # type: ignore[arg-type]
    with pytest.raises(RecordingAway):
        list(source.read(NAME))
    assert source.stat(NAME) is None
    FolderVault(tmp_path / "sealed", make=True).put_new(NAME, file)
    before = vault.asked
    assert b"".join(source.read(NAME)) == file.read_bytes()
    assert source.stat(NAME) is not None
    assert vault.asked == before
    (tmp_path / "sealed" / NAME).unlink()
    FolderVault(root).put_new(NAME, file)
    assert b"".join(source.read(NAME, 100, 50)) == file.read_bytes()[100:150]


def test_a_recording_that_leaves_the_seat_between_two_looks_is_read_from_the_vault(
    tmp_path: Path, root: Path, file: Path
) -> None:
    staged = FolderVault(tmp_path / "sealed", make=True)
    staged.put_new(NAME, file)
    FolderVault(root).put_new(NAME, file)
    blocks = StagedSource(tmp_path / "sealed", FolderVault(root)).read(NAME, 10, 150_000)
    staged.delete(NAME)
    assert b"".join(blocks) == file.read_bytes()[10:150_010]


@pytest.mark.skipif(sys.platform != "linux", reason="syncs by another name")
def test_under_a_limit_no_more_than_a_block_ever_waits_in_a_cache(
    monkeypatch: pytest.MonkeyPatch, root: Path, file: Path
) -> None:
    """What is written is on its way before the next block is asked for, so that nothing gathers to go in a burst."""
    asked: list[int] = []
    synced: list[tuple[int, int]] = []  # so much had been asked for, so much is durable
    real = os.fdatasync

    def fdatasync(handle: int) -> None:
        real(handle)
        synced.append((sum(asked), os.fstat(handle).st_size))

    def pace(size: int) -> bool:
        if len(asked) < len(file.read_bytes()) / PACED_BLOCK:
            assert sum(asked) == (synced[-1][1] if synced else 0)
        asked.append(size)
        return True

    monkeypatch.setattr(os, "fdatasync", fdatasync)
    FolderVault(root).put_new(NAME, file, pace)
    assert [sent for sent, _durable in synced] == [durable for _sent, durable in synced]
    assert synced[-1][1] == file.stat().st_size
    assert max(asked) <= PACED_BLOCK


def test_without_a_limit_it_is_synced_once(monkeypatch: pytest.MonkeyPatch, root: Path, file: Path) -> None:
    failing_at(monkeypatch, "fdatasync", errno.EIO)
    FolderVault(root).put_new(NAME, file)
    assert left(root) == [Path(NAME).name]
