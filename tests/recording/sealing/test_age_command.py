"""What Desk seals, Debian's `age` opens, and what `age` locks, Desk opens: the vault can be read without Desk."""

import base64
import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from desk.domain.call_log import RecordingEntry
from desk.recording.sealing import age
from desk.recording.sealing.encode import decoded_length_ms
from desk.recording.sealing.rotate import Rotation, read_key
from desk.recording.vault.folder_vault import FolderVault
from tests import needed
from tests.recording.scene import CALL, Sound, closed_spool
from tests.recording.sealed import SealingSeat, supervisor


@pytest.fixture(autouse=True, scope="module")
def age_here() -> str:
    return needed.program("age", "age")


def age_command(*words: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["age", *map(str, words)], input=stdin, capture_output=True, check=False, timeout=60)


class Vault:
    """A recording sealed for a supervisor, whose identity lies in a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        identity, recipient = supervisor()
        self.identity_file = folder / "supervisor.txt"
        self.identity_file.write_text(f"{identity}\n")
        self.seat = SealingSeat(folder, recipients=(recipient,), own_days=7)
        self.identity = identity
        closed_spool(self.seat.spool_dir, Sound.steps([(9000, 0), (0, 9000)] * 2))
        self.entry: RecordingEntry = self.seat.seal(CALL)
        self.audio = self.seat.sealed_dir / self.entry.file
        self.seal = json.loads(self.audio.with_suffix(".seal").read_bytes())

    def key_by_hand(self, wrapped: str, identity_file: Path) -> Path:
        """As docs/recordings.md tells it."""
        opened = age_command("-d", "-i", identity_file, stdin=base64.b64decode(wrapped))
        assert opened.returncode == 0, opened.stderr
        key = self.folder / "key.txt"
        key.write_bytes(opened.stdout)
        return key


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path)


def test_age_opens_the_key_then_the_audio_and_it_plays(vault: Vault, tmp_path: Path) -> None:
    key = vault.key_by_hand(vault.seal["key"], vault.identity_file)
    done = age_command("-d", "-i", key, "-o", tmp_path / "plain.opus", vault.audio)
    assert done.returncode == 0, done.stderr
    assert abs(decoded_length_ms(tmp_path / "plain.opus") - 4000) <= 100
    assert (tmp_path / "plain.opus").stat().st_size == vault.seal["seal"]["audio_bytes"]


def test_age_opens_the_key_with_the_agents_day_key(vault: Vault, tmp_path: Path) -> None:
    (own,) = vault.seat.own.identities("1001")
    (tmp_path / "own.txt").write_text(f"{own}\n")
    key = vault.key_by_hand(vault.seal["key"], tmp_path / "own.txt")
    assert age_command("-d", "-i", key, vault.audio).stdout.startswith(b"OggS")


@pytest.mark.parametrize("place", [0.1, 0.5, 0.99])
def test_age_refuses_after_one_flipped_bit(vault: Vault, place: float) -> None:
    key = vault.key_by_hand(vault.seal["key"], vault.identity_file)
    content = bytearray(vault.audio.read_bytes())
    content[int(place * len(content))] ^= 1
    vault.audio.write_bytes(content)
    assert age_command("-d", "-i", key, vault.audio).returncode != 0


def test_age_refuses_another_key(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text(f"{age.new_identity()}\n")
    opened = age_command("-d", "-i", tmp_path / "other.txt", stdin=base64.b64decode(vault.seal["key"]))
    assert opened.returncode != 0


def test_age_opens_what_was_rotated(vault: Vault, tmp_path: Path) -> None:
    successor, recipient = supervisor()
    (tmp_path / "successor.txt").write_text(f"{successor}\n")
    Rotation(FolderVault(vault.seat.sealed_dir), [vault.identity], [recipient]).run()
    wrapped = read_key(vault.audio.with_suffix(".key2").read_bytes(), vault.seal["hash"])
    key = vault.key_by_hand(base64.b64encode(wrapped.key).decode(), tmp_path / "successor.txt")
    assert age_command("-d", "-i", key, vault.audio).stdout.startswith(b"OggS")


def test_desk_opens_what_age_encrypted(tmp_path: Path) -> None:
    identity, recipient = supervisor()
    wrapped = age_command("-r", recipient, stdin=f"{age.new_identity()}\n".encode()).stdout
    assert str(age.unwrap(wrapped, [identity])).startswith("AGE-SECRET-KEY-1")


def test_age_unlocks_an_exported_key_with_its_passphrase(tmp_path: Path) -> None:
    """age asks for it at a terminal and nowhere else."""
    (tmp_path / "locked").write_bytes(age.lock(b"AGE-SECRET-KEY-1...\n", "correct horse battery"))
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        ["age", "-d", "-o", str(tmp_path / "open"), str(tmp_path / "locked")],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=_take_terminal,
    )
    os.close(theirs)
    said = b""
    while b"passphrase" not in said:
        said += os.read(ours, 1000)
    os.write(ours, b"correct horse battery\n")
    assert child.wait(60) == 0
    os.close(ours)
    assert (tmp_path / "open").read_bytes() == b"AGE-SECRET-KEY-1...\n"


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
