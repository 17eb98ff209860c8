"""`desk keys` as IT and supervisors type it: what it prints, what is in the keyring afterwards."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from desk import cli
from desk.compose import keys as composing
from desk.recording.sealing import age
from desk.recording.sealing.keys import HotlineKeys
from desk.secrets import FakeSecrets, Secrets
from tests.recording.scene import CALL, Sound, closed_spool
from tests.recording.sealed import SealingSeat, supervisor

PASSPHRASE = "correct horse battery staple"
Run = Callable[..., tuple[int, str, str]]


class Keyrings:
    """Which keyring `desk keys` finds."""

    def __init__(self) -> None:
        self.now = FakeSecrets()


@pytest.fixture
def keyrings(monkeypatch: pytest.MonkeyPatch) -> Keyrings:
    keyrings = Keyrings()

    def keyring() -> Secrets:
        return keyrings.now

    monkeypatch.setattr(composing, "KeyringSecrets", keyring)
    return keyrings


@pytest.fixture
def run(tmp_path: Path, keyrings: Keyrings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The exit code, what was said, what was said on stderr; `typed` is standard input."""

    def run_(*words: object, typed: str = "", recipients: tuple[str, ...] = ()) -> tuple[int, str, str]:
        file = tmp_path / "desk.toml"
        named = ", ".join(f'"{one}"' for one in recipients)
        file.write_text(
            f"data_dir = '{tmp_path / 'data'}'\n[seat]\nlanguage = 'en'\n"
            f"[recording]\nfolder = '{tmp_path / 'vault'}'\nrecipients = [{named}]\n"
        )
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = cli.main(["--settings", str(file), "keys", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_


def kept(keyrings: Keyrings) -> list[str]:
    return [str(identity.to_public()) for identity in HotlineKeys(keyrings.now).identities()]


def test_a_new_pair_is_kept_and_only_its_recipient_is_shown(run: Run, keyrings: Keyrings) -> None:
    code, said, _ = run("new")
    assert code == 0
    (recipient,) = kept(keyrings)
    assert recipient in said.splitlines()
    assert "AGE-SECRET-KEY" not in said
    run("new")
    assert kept(keyrings)[1] == recipient  # what was sealed before still opens


def test_a_key_moves_to_another_keyring_under_a_passphrase(run: Run, keyrings: Keyrings, tmp_path: Path) -> None:
    run("new")
    before = kept(keyrings)
    file = tmp_path / "moved.age"
    code, _, _ = run("export", file, typed=PASSPHRASE + "\n")
    assert code == 0
    assert b"AGE-SECRET-KEY" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    keyrings.now = FakeSecrets()
    code, _, told = run("import", file, typed="something else entirely\n")
    assert code == 1
    assert "passphrase does not open" in told
    assert kept(keyrings) == []
    code, said, _ = run("import", file, typed=PASSPHRASE + "\n")
    assert code == 0
    assert kept(keyrings) == before
    assert before[0] in said
    assert "Was here already" in run("import", file, typed=PASSPHRASE + "\n")[1]


def test_an_export_overwrites_nothing_and_wants_a_passphrase(run: Run, tmp_path: Path) -> None:
    run("new")
    file = tmp_path / "there"
    file.write_text("mine")
    assert run("export", file, typed=PASSPHRASE + "\n")[0] == 1
    assert file.read_text() == "mine"
    code, _, told = run("export", tmp_path / "other", typed="short\n")
    assert code == 1
    assert "too short" in told
    assert not (tmp_path / "other").exists()


def test_there_is_nothing_to_export_where_there_is_no_key(run: Run, tmp_path: Path) -> None:
    code, _, told = run("export", tmp_path / "x", typed=PASSPHRASE + "\n")
    assert code == 1
    assert "desk keys new" in told


@pytest.mark.parametrize(
    "content", [b"", b"# nothing\n", b"AGE-SECRET-KEY-1NOPE\n", b"\xff\xfe", b"age-encryption.org/v1\n", b"x" * 200_000]
)
def test_a_file_that_holds_no_key_changes_nothing(run: Run, keyrings: Keyrings, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    code, _, told = run("import", tmp_path / "file", typed=PASSPHRASE + "\n")
    assert code == 1
    assert told.strip()
    assert kept(keyrings) == []


def test_a_file_that_is_not_there_is_told_in_a_sentence(run: Run, tmp_path: Path) -> None:
    code, _, told = run("import", tmp_path / "none")
    assert code == 1
    assert "none" in told
    assert "Traceback" not in told


def test_an_age_identity_file_is_taken_too(run: Run, keyrings: Keyrings, tmp_path: Path) -> None:
    identity, recipient = supervisor()
    (tmp_path / "key.txt").write_text(f"# created: today\n# public key: {recipient}\n{identity}\n")
    assert run("import", tmp_path / "key.txt")[0] == 0
    assert kept(keyrings) == [recipient]


def test_a_key_is_forgotten_only_after_yes(run: Run, keyrings: Keyrings) -> None:
    run("new")
    (recipient,) = kept(keyrings)
    assert run("forget", recipient, typed="no\n")[0] == 1
    assert kept(keyrings) == [recipient]
    assert run("forget", recipient, typed="yes\n")[0] == 0
    assert kept(keyrings) == []
    assert run("forget", recipient, "--yes")[0] == 1


def test_show_tells_for_whom_and_what_opens_here(run: Run, keyrings: Keyrings) -> None:
    assert "none yet" in run("show")[1]
    run("new")
    (recipient,) = kept(keyrings)
    assert f"{recipient}  (the private key is here)" in run("show")[1]
    _, other = supervisor()
    said = run("show", recipients=(other,))[1]
    assert f"{other}  (the private key is elsewhere)" in said
    assert recipient in said
    assert "AGE-SECRET" not in said


def test_rotate_lets_a_newcomer_open_what_is_in_the_folder(run: Run, keyrings: Keyrings, tmp_path: Path) -> None:
    run("new")
    (ours,) = kept(keyrings)
    newcomer, name = supervisor()
    seat = SealingSeat(tmp_path / "seat", recipients=(ours,))
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    entry = seat.seal(CALL)
    code, said, _ = run("rotate", "--to", name, "--folder", seat.sealed_dir)
    assert code == 0
    assert "1  wrapped anew" in said
    with seat.opener(lambda: [newcomer]).open_sealed(entry) as stream:
        assert stream.read(4) == b"OggS"
    assert "1  were for these recipients already" in run("rotate", "--to", name, "--folder", seat.sealed_dir)[1]
    keyrings.now = FakeSecrets()
    HotlineKeys(keyrings.now).add(age.new_identity())
    code, said, _ = run("rotate", "--folder", seat.sealed_dir)
    assert code == 1
    assert f"{CALL}.seal: no key in this keyring opens it" in said


def test_rotate_refuses_to_lock_everybody_out_and_a_recipient_that_is_none(run: Run, tmp_path: Path) -> None:
    code, _, told = run("rotate", "--folder", tmp_path)
    assert code == 1
    assert "--to" in told
    code, _, told = run("rotate", "--to", "age1nobody", "--folder", tmp_path)
    assert code == 1
    assert "no key that can be used" in told


def test_rotate_of_a_vault_that_is_away_says_that_it_goes_on_later(run: Run, tmp_path: Path) -> None:
    run("new")
    code, said, told = run("rotate", "--folder", tmp_path / "share")
    assert code == 1
    assert "it goes on" in said
    assert told.strip()
