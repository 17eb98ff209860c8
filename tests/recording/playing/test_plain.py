"""Recordings from before there were seals: still heard, and only when they are what was logged."""

from dataclasses import replace
from pathlib import Path

import pytest

from desk.domain.call_log import RecordingEntry
from desk.recording.playing.plain import PlainOpener
from desk.recording.playing.stream import SealedOpener
from desk.recording.vault.folder import FolderRecordings
from desk.recording.vault.folder_vault import FolderVault
from desk.usecases.recording_ports import RecordingAway, StreamBroken, VaultRefused
from tests.recording.scene import Sound, plain_recording


@pytest.fixture
def entry(tmp_path: Path) -> RecordingEntry:
    return plain_recording(tmp_path, Sound.steps([(9000, 0)]))


@pytest.fixture
def opener(tmp_path: Path) -> SealedOpener:
    return SealedOpener(FolderVault(tmp_path / "none"), list, PlainOpener(FolderRecordings(tmp_path / "recordings")))


def test_it_is_all_there_from_the_start(tmp_path: Path, entry: RecordingEntry, opener: SealedOpener) -> None:
    content = (tmp_path / "recordings" / entry.file).read_bytes()
    stream = opener.open(entry)
    assert (stream.size, stream.loaded) == (len(content), len(content))
    assert stream.read(4) == b"OggS"
    assert stream.seek(-4, 2) == len(content) - 4
    assert stream.read() == content[-4:]
    stream.close()


def test_one_changed_byte_breaks_it(tmp_path: Path, entry: RecordingEntry, opener: SealedOpener) -> None:
    file = tmp_path / "recordings" / entry.file
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(StreamBroken):
        opener.open(entry)


@pytest.mark.parametrize("file", ["2026/gone.opus", "../../etc/hosts.opus", "/etc/hosts.opus"])
def test_what_is_not_there_is_away(entry: RecordingEntry, opener: SealedOpener, file: str) -> None:
    with pytest.raises(RecordingAway):
        opener.open(replace(entry, file=file))


def test_what_the_system_does_not_let_us_read_is_told(entry: RecordingEntry) -> None:
    class Refusing:
        def read(self, file: str) -> bytes:
            raise PermissionError(file)

    with pytest.raises(VaultRefused):
        PlainOpener(Refusing()).open(entry)
