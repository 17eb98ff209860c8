"""`desk verify` as IT types it: what it prints, what it exits with."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desk import cli, i18n
from desk.compose import verify as composing
from desk.compose.clock import new_id
from desk.compose.retention import retention_of
from desk.domain.changes import Change
from desk.domain.identity import ChangeId
from desk.domain.listening import Access, Listening
from desk.domain.patches import patch_of
from desk.recording.proof import pack_page, report
from desk.recording.proof.findings import Finding, Summary, What
from desk.recording.sealing import age
from desk.recording.sealing.keys import HOTLINE_ENTRY
from desk.secrets import FakeSecrets, Secrets
from desk.settings import Settings
from desk.settings.recording_values import RecordingSettings, RetentionRule, RetentionSettings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.store import Store
from tests.recording.proof.evidence import pack_of, recording_of
from tests.recording.proof.sealed import T0, SealedVault

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def secrets() -> FakeSecrets:
    return FakeSecrets()


@pytest.fixture
def run(
    tmp_path: Path, secrets: FakeSecrets, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command with a keyring of the test's own, at a seat whose vault is the test's."""
    file = tmp_path / "desk.toml"
    file.write_text(
        f"data_dir = '{tmp_path / 'data'}'\n[seat]\nlanguage = 'en'\n[recording]\nfolder = '{tmp_path / 'vault'}'\n"
    )

    def keyring() -> Secrets:
        return secrets

    monkeypatch.setattr(composing, "_secrets", keyring)

    def run_(*words: object) -> tuple[int, str]:
        code = cli.main(["--settings", str(file), "verify", *map(str, words)])
        return code, capsys.readouterr().out

    return run_


def key_file(vault: SealedVault, folder: Path) -> Path:
    file = folder / "supervisor.key"
    file.write_text(f"# a supervisor's\n{vault.supervisor}\n")
    return file


def test_whole_vault_is_called_whole(vault: SealedVault, run: Run, tmp_path: Path) -> None:
    for number in range(3):
        vault.add(number)
    code, said = run(vault.root, "--key", key_file(vault, tmp_path))
    assert code == 0
    assert "With key: 3 opened" in said
    assert "Everything is whole and unchanged." in said
    code, said = run(vault.root, "--no-decrypt")
    assert code == 0
    assert "nothing was opened" in said


def test_key_of_the_keyring_is_taken(vault: SealedVault, run: Run, secrets: FakeSecrets) -> None:
    vault.add(1)
    secrets.set(HOTLINE_ENTRY, str(vault.supervisor))
    assert "With key: 1 opened" in run(vault.root)[1]


def test_key_with_a_passphrase_is_asked_for_it(vault: SealedVault, tmp_path: Path) -> None:
    file = tmp_path / "moved.key"
    file.write_bytes(age.lock(f"{vault.supervisor}\n".encode(), "铁观音"))
    assert list(map(str, composing.identities_in(file, lambda _file: "铁观音"))) == [str(vault.supervisor)]


def test_fault_is_one_line_with_file_and_meaning(vault: SealedVault, run: Run, tmp_path: Path) -> None:
    stem = vault.add(1)
    vault.flip(f"{stem}.age", 2_000)
    code, said = run(vault.root, "--key", key_file(vault, tmp_path), "--json", tmp_path / "report.json")
    assert code == 1
    assert f"[FAULT] {stem}.age: the encrypted audio is not what was sealed" in said
    assert "1 fault was found." in said
    told = json.loads((tmp_path / "report.json").read_text())
    assert told["findings"][0]["what"] == "audio_changed"
    assert told["summary"]["exit_code"] == 1
    assert told["summary"]["counts"] == {"audio_changed": 1}


def test_what_cannot_be_checked_exits_with_two(vault: SealedVault, run: Run, tmp_path: Path) -> None:
    vault.add(1)
    other = tmp_path / "other.key"
    other.write_text(f"{age.new_identity()}\n")
    code, said = run(vault.root, "--key", other)
    assert code == 2
    assert "none of the keys given opens it" in said
    assert "1 thing could not be checked" in said
    for wrong, words in (
        (("--key", tmp_path / "none.key"), "cannot be read"),
        (("--key", tmp_path / "desk.toml"), "holds no key"),
    ):
        code, said = run(vault.root, *wrong)
        assert code == 2
        assert words in said
    code, said = run(tmp_path / "nowhere")
    assert code == 2
    assert "There is no folder" in said


def test_what_was_asked_for_and_cannot_be_had_is_never_called_whole(
    vault: SealedVault, run: Run, secrets: FakeSecrets, tmp_path: Path
) -> None:
    vault.add(1)
    key, to_json = key_file(vault, tmp_path), tmp_path / "report.json"
    assert run(vault.root, "--key", key)[0] == 0
    code, said = run(vault.root, "--key", key, "--against-store")  # there is no store
    assert (code, "[NOT CHECKED]: this seat's change log cannot be read" in said) == (2, True)
    Store.open(tmp_path / "data" / "seat.db", FakeSecrets()).close()  # its key is in another keyring
    code, said = run("--key", key, "--json", to_json)
    assert (code, "[NOT CHECKED]: this seat's change log cannot be read" in said) == (2, True)
    told = json.loads(to_json.read_text())
    assert [finding["what"] for finding in told["findings"]] == ["log_unreadable"]
    assert told["summary"]["exit_code"] == 2
    secrets.set(HOTLINE_ENTRY, "AGE-SECRET-KEY-1TORN")
    code, said = run(vault.root)
    assert (code, "[NOT CHECKED]: the keyring gives no key" in said) == (2, True)
    code, said = run(vault.root, "--key", key, "--json", tmp_path / "no" / "report.json")
    assert (code, "The report" in said) == (2, True)
    code, said = run(vault.root, "--key", key, "--since", "2026-12-01", "--until", "2026-11-01")
    assert (code, "no day lies between them" in said) == (2, True)
    empty = tmp_path / "not-mounted"
    empty.mkdir()
    code, said = run(empty, "--key", key)
    assert (code, "there is no recording here at all" in said) == (2, True)
    assert run(tmp_path / "no-pack.html")[0] == 2


def test_seats_own_vault_is_held_against_its_log(
    vault: SealedVault, run: Run, secrets: FakeSecrets, tmp_path: Path
) -> None:
    stems = [vault.add(number) for number in range(3)]
    store = Store.open(tmp_path / "data" / "seat.db", secrets)
    log = SqlChangeLog(store)
    for number, stem in enumerate(stems):
        entry = replace(recording_of(vault, stem), vaulted_at=T0)
        log.append(
            [Change(ChangeId(f"c{number}"), "recording", entry.call_id, T0, "", "S01", patch_of(entry, "call_id"))]
        )
    assert run()[0] == 0
    for suffix in (".age", ".seal"):
        vault.file(stems[2] + suffix).unlink()
    code, said = run()
    assert code == 1
    assert f"[FAULT] {stems[2]}.age: the change log says it was brought to the vault" in said
    code, said = run("--no-against-store")
    assert code == 0
    assert "would not be noticed" in said
    store.close()


def test_what_retention_has_deleted_is_told_and_no_fault(
    vault: SealedVault, run: Run, secrets: FakeSecrets, tmp_path: Path
) -> None:
    """The note as retention writes it, against the change log as retention writes that."""
    stems = [vault.add(number) for number in range(3)]
    recordings = RecordingSettings(folder=str(vault.root))
    kept = RetentionSettings(rules=(RetentionRule(days=90),))
    settings = Settings(data_dir=tmp_path / "data", recording=recordings, retention=kept)
    store = Store.open(settings.store_file, secrets)
    log = SqlChangeLog(store)
    author = SeatAuthor("S01", lambda: "1001", lambda: T0, new_id, log.base_seq)
    for stem in stems:
        entry = replace(recording_of(vault, stem), vaulted_at=T0, size_bytes=5_000)
        log.append([author.change("recording", entry.call_id, patch_of(entry, "call_id"))])
    facts = {
        "line": "x",
        "direction": "incoming",
        "number": "1",
        "lookup_key": "1",
        "display_name": "",
        "diversion": "",
    }
    old = {"offered_at": "2020-01-01T00:00:00.000000Z", "seat": "S01", "agent": "1001"}
    log.append([author.change("call", vault.seals[stems[1]].call_id, facts | old)])
    assert retention_of(settings, secrets, store, "1001").apply().by_rule
    assert not vault.file(f"{stems[1]}.age").exists()
    code, said = run()
    assert (code, said.count("[")) == (0, 1)
    assert f"[note] {stems[1]}.deleted: deleted by rule" in said
    assert "1001, retention 90 days: every call" in said
    vault.file(f"{stems[0]}.age").rename(vault.file(f"{stems[1]}.age"))  # and back it may not come
    assert run()[0] == 1
    store.close()


def test_pack_is_checked_and_known_to_the_log(
    vault: SealedVault, run: Run, secrets: FakeSecrets, tmp_path: Path
) -> None:
    stem = vault.add(1)
    pack = pack_of(vault, stem)
    file = tmp_path / "pack.html"
    pack.write(file)
    store = Store.open(tmp_path / "data" / "seat.db", secrets)
    code, said = run(file)
    assert code == 2
    assert pack.sha256 in said
    assert "knows of no such export" in said
    entry = Listening("l1", Access.PACKED, "2001", "S01", T0, vault.seals[stem].call_id, pack.sha256)
    change = Change(ChangeId("c1"), "listening", "l1", T0, "2001", "S01", patch_of(entry, "listening_id"))
    SqlChangeLog(store).append([change])
    code, said = run(file)
    assert code == 0
    assert "knows this very file" in said
    file.write_bytes(pack.content.replace(b"<title>Desk", b"<Title>Desk"))  # what no browser sees
    code, said = run(file)
    assert code == 1
    assert "at least one byte is another" in said
    file.write_bytes(b"<html></html>")
    assert run(file)[0] == 2
    store.close()


def forged_from(pack: bytes) -> bytes:
    """Other words in it, and every hash made anew: it agrees with itself."""
    blocks = {name: pack_page.block_of(pack, name) or "" for name in pack_page.BLOCKS}
    facts = json.loads(blocks["facts"])
    facts["tickets"][0]["ticket"]["description"] = "一切正常"
    blocks["facts"] = pack_page.json_block(facts)
    blocks["head"] = pack_page.json_block(json.loads(blocks["head"]) | {"facts": pack_page.sha256(blocks["facts"])})
    return pack_page.page(blocks)


def test_forged_pack_is_never_called_whole(vault: SealedVault, run: Run, secrets: FakeSecrets, tmp_path: Path) -> None:
    stem = vault.add(1)
    file = tmp_path / "forged.html"
    file.write_bytes(forged_from(pack_of(vault, stem).content))
    code, said = run(file)  # without any change log
    assert (code, "only that says whether the hotline made it" in said) == (2, True)
    assert "whole and unchanged" not in said
    store = Store.open(tmp_path / "data" / "seat.db", secrets)
    log = SqlChangeLog(store)
    entry = recording_of(vault, stem)
    for number, seal_hash in enumerate(("", entry.seal_hash)):
        if seal_hash:
            patch = patch_of(entry, "call_id")
            log.append([Change(ChangeId(f"c{number}"), "recording", entry.call_id, T0, "", "S01", patch)])
        code, said = run(file)
        assert code == 2
        assert "[NOT CHECKED] forged.html: this seat's change log knows of no such export" in said
        assert "whole and unchanged" not in said
    log.append([Change(ChangeId("c9"), "recording", entry.call_id, T0, "", "S01", {"seal_hash": "f" * 64})])
    code, said = run(file)
    assert code == 1
    assert "[FAULT] forged.html: it is not the recording of this call" in said
    store.close()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_finding_has_words(language: str) -> None:
    i18n.speak(language)
    for what in What:
        line = report.line(Finding(what, "2026/11/22/x.age", "7 / 9"))
        assert "{" not in line
        assert "2026/11/22/x.age" in line
    summary = Summary(recordings=2)
    assert len(report.summary_lines(summary)) == 4


def test_progress_is_one_line_on_a_terminal_and_nothing_elsewhere() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    moments = iter([0.0, 0.1, 10.0, 10.1])
    terminal = Terminal()
    progress = report.Progress(terminal, lambda: next(moments), total=7_000)
    for done in (1, 1_000, 1_001):
        progress.at(done)
    assert terminal.getvalue() == "\r\x1b[K1,000 checked, 100 per second, some 1 min left"
    progress.clear()
    assert terminal.getvalue().endswith("\r\x1b[K")
    plain = io.StringIO()
    report.Progress(plain, lambda: 1e6).at(5)
    assert plain.getvalue() == ""
