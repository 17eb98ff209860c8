"""A vault in a folder is known by its marker: a mount point without its share is never taken for a new vault."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.recording.vault.configured import vault_of
from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.marker import MARKER, KnownVaults
from desk.recording.vault.port import Vault
from desk.settings import Settings
from desk.settings.recording_values import VaultSettings
from desk.usecases.recording_ports import RecordingAway, VaultAway, VaultRefused
from tests.recording.vault.conftest import now

NAME = "2026/11/22/0193a000-0000-7000-8000-000000000001.age"
LATER = "2026/11/22/0193a000-0000-7000-8000-000000000002.age"


class Share:
    """A share and its mount point, as the seat's system shows them: another folder with and without it."""

    def __init__(self, folder: Path) -> None:
        self.point, self._away = folder / "mnt", folder / "share"
        self.point.mkdir()

    def unmount(self) -> None:
        self.point.rename(self._away)
        self.point.mkdir()

    def mount(self) -> None:
        shutil.rmtree(self.point)
        self._away.rename(self.point)


@pytest.fixture
def share(tmp_path: Path) -> Share:
    return Share(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "staged").write_bytes(b"content")
    return tmp_path / "staged"


@pytest.fixture
def seat(tmp_path: Path, share: Share) -> Callable[..., Vault]:
    """The vault as a process of this seat builds it."""

    def build(seat_name: str = "S01", url: str = str(share.point)) -> Vault:
        settings = Settings(data_dir=tmp_path / seat_name, vault=VaultSettings(url=url))
        return vault_of(settings, lambda _entry: None, now)

    return build


def everything(vault: Vault, file: Path) -> list[Callable[[], object]]:
    return [
        lambda: vault.stat(NAME),
        lambda: list(vault.read(NAME)),
        lambda: vault.put_new(LATER, file),
        lambda: list(vault.names()),
        lambda: vault.delete(NAME),
    ]


def test_the_first_object_makes_the_folder_a_vault(seat: Callable[..., Vault], share: Share, file: Path) -> None:
    vault = seat()
    assert vault.stat(NAME) is None  # a look makes nothing
    assert list(share.point.iterdir()) == []
    vault.put_new(NAME, file)
    marker = (share.point / MARKER).read_bytes()
    vault.put_new(LATER, file)
    seat("S02").put_new("2026/11/22/other.age", file)
    assert (share.point / MARKER).read_bytes() == marker
    assert [kept.name for kept in vault.names()] == [NAME, LATER, "2026/11/22/other.age"]


@pytest.mark.parametrize("again", [False, True])
def test_a_mount_point_without_its_share_is_away_and_gets_nothing(
    seat: Callable[..., Vault], share: Share, file: Path, again: bool
) -> None:
    vault = seat()
    vault.put_new(NAME, file)
    share.unmount()
    if again:  # the seat was started anew meanwhile
        vault = seat()
    for call in everything(vault, file):
        with pytest.raises(VaultAway, match="not mounted"):
            call()
    assert list(share.point.iterdir()) == []
    share.mount()
    vault.put_new(LATER, file)
    assert b"".join(vault.read(NAME)) == b"content"


def test_a_seat_that_only_reads_knows_the_vault_as_well(seat: Callable[..., Vault], share: Share, file: Path) -> None:
    seat("S01").put_new(NAME, file)
    assert seat("S02").stat(NAME) is not None
    share.unmount()
    for call in everything(seat("S02"), file):
        with pytest.raises(VaultAway):
            call()


def test_a_vault_of_before_there_were_markers_gets_one(seat: Callable[..., Vault], share: Share, file: Path) -> None:
    FolderVault(share.point).put_new(NAME, file)
    vault = seat()
    assert vault.stat(NAME) is not None
    vault.put_new(LATER, file)
    assert (share.point / MARKER).exists()
    assert seat().stat(NAME) is not None


def test_another_vault_in_the_same_place_is_refused(seat: Callable[..., Vault], share: Share, file: Path) -> None:
    seat().put_new(NAME, file)
    (share.point / MARKER).write_text(json.dumps({"id": "0" * 32}))
    for call in everything(seat(), file):
        with pytest.raises(VaultRefused, match="another vault"):
            call()


def test_a_vault_that_was_given_up_on_purpose_is_begun_anew(
    seat: Callable[..., Vault], share: Share, file: Path, tmp_path: Path
) -> None:
    seat().put_new(NAME, file)
    shutil.rmtree(share.point)
    share.point.mkdir()
    with pytest.raises(VaultAway) as told:
        seat().put_new(NAME, file)
    book = tmp_path / "S01" / "vaults.json"
    assert str(book) in str(told.value)
    book.unlink()
    seat().put_new(NAME, file)
    assert seat().stat(NAME) is not None


def test_the_seats_own_folder_is_not_made_a_second_time(seat: Callable[..., Vault], tmp_path: Path, file: Path) -> None:
    seat(url="").put_new(NAME, file)
    folder = tmp_path / "S01" / "recordings"
    shutil.rmtree(folder)
    with pytest.raises(VaultAway):
        seat(url="").put_new(LATER, file)
    assert not folder.exists()


def test_a_seat_that_moves_to_another_vault_knows_both(
    seat: Callable[..., Vault], share: Share, tmp_path: Path, file: Path
) -> None:
    seat(url="").put_new(NAME, file)
    seat().put_new(NAME, file)
    known = KnownVaults(tmp_path / "S01" / "vaults.json")
    ids = [known.id_of(root) for root in (tmp_path / "S01" / "recordings", share.point)]
    assert None not in ids
    assert len(set(ids)) == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"id": 7}', b'{"id": "../../etc"}', b"\xff"])
def test_a_marker_that_is_none_is_refused(seat: Callable[..., Vault], share: Share, file: Path, content: bytes) -> None:
    seat().put_new(NAME, file)
    (share.point / MARKER).write_bytes(content)
    with pytest.raises(VaultRefused, match="damaged"):
        seat().put_new(LATER, file)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_a_book_that_is_damaged_is_not_taken_for_an_empty_one(
    seat: Callable[..., Vault], tmp_path: Path, share: Share, file: Path, content: bytes
) -> None:
    seat().put_new(NAME, file)
    (tmp_path / "S01" / "vaults.json").write_bytes(content)
    share.unmount()
    with pytest.raises(VaultRefused, match="damaged"):
        seat().put_new(LATER, file)
    assert list(share.point.iterdir()) == []


def test_two_seats_that_begin_at_once_share_one_marker(
    seat: Callable[..., Vault], share: Share, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other seat's marker takes the name in the last moment."""
    monkeypatch.setattr("desk.recording.vault.folder_vault.new_marker", _after(lambda: seat("S02").put_new(NAME, file)))
    seat("S01").put_new(LATER, file)
    assert seat("S01").stat(NAME) is not None
    assert seat("S02").stat(LATER) is not None
    assert sorted(path.name for path in share.point.iterdir()) == ["2026", MARKER]


def _after(first: Callable[[], None]) -> Callable[[], bytes]:
    from desk.recording.vault.marker import new_marker

    pending = [first]

    def make() -> bytes:
        while pending:
            pending.pop()()
        return new_marker()

    return make


def test_the_marker_is_no_object(seat: Callable[..., Vault], file: Path) -> None:
    """Names come from the change log, which others write, too."""
    vault = seat()
    vault.put_new(NAME, file)
    vault.delete(MARKER)
    assert vault.stat(MARKER) is None
    with pytest.raises(RecordingAway):
        vault.read(MARKER)
    with pytest.raises(VaultRefused):
        vault.put_new(MARKER, file)
    assert vault.stat(NAME) is not None
