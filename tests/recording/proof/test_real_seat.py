"""What a real seat has sealed, and a real S3-compatible storage keeps, is checked and packed as it lies there."""

from dataclasses import replace
from pathlib import Path

import pytest

from desk import cli
from desk.compose import verify as composing
from desk.demo.processes import free_port
from desk.domain.call_log import RecordingEntry
from desk.domain.identity import CallId
from desk.recording.proof.checked import How
from desk.recording.proof.findings import Finding, What
from desk.recording.proof.pack import HtmlPacks
from desk.recording.proof.verify import VaultCheck
from desk.recording.sealing.encode import Codec
from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.port import Vault
from desk.recording.vault.s3_request import Bucket
from tests.recording.proof.browser import Page
from tests.recording.proof.evidence import evidence_of
from tests.recording.proof.sealed import SealedVault
from tests.recording.scene import Sound, closed_spool
from tests.recording.sealed import SealingSeat
from tests.recording.vault import conftest as vaults
from tests.recording.vault.conftest import moto_server as moto_server  # a fixture of theirs


def sealed(seat: SealingSeat, count: int) -> list[RecordingEntry]:
    entries = []
    for number in range(count):
        call_id = CallId(f"01957000-0000-7000-8000-{number:012x}")
        closed_spool(seat.spool_dir, Sound.steps([(9_000, 0), (0, 6_000)]), call_id)
        entries.append(seat.seal(call_id))
    return entries


def findings_of(vault: Vault, seat: SealingSeat, logged: list[RecordingEntry]) -> list[Finding]:
    found: list[Finding] = []
    how = How(tuple(seat.hotline.identities()), decode=True)
    VaultCheck(vault, how, 2, logged=logged).run(found.append)
    return found


@pytest.mark.parametrize("codec", [Codec("opus"), Codec("flac")], ids=["opus", "flac"])
def test_what_a_seat_has_sealed_is_whole_and_makes_a_green_pack(page: Page, tmp_path: Path, codec: Codec) -> None:
    seat = SealingSeat(tmp_path / "seat", codec=codec)
    entries = sealed(seat, 3)
    assert findings_of(FolderVault(seat.sealed_dir), seat, entries) == []
    model = SealedVault(tmp_path / "model")
    evidence = evidence_of(model, model.add(1))
    call = replace(evidence.call, call_id=entries[1].call_id)
    neighbours = replace(evidence.neighbours, before=entries[0].seal_hash, after=entries[2].seal_hash)
    evidence = replace(evidence, call=call, recording=entries[1], neighbours=neighbours)
    pack = HtmlPacks(seat.opener()).make(evidence, lambda _share: None)
    file = tmp_path / "pack.html"
    pack.write(file)
    page.load(file)
    verdict = "document.documentElement.dataset.verdict"
    assert page.wait_for(f"['whole', 'changed'].includes({verdict}) && {verdict}") == "whole"
    assert not page.console + page.requests


def test_vault_in_s3_is_checked_as_a_folder_is(moto_server: Bucket, tmp_path: Path) -> None:
    seat = SealingSeat(tmp_path / "seat")
    entries = sealed(seat, 3)
    vault = vaults.s3_vault(replace(moto_server, prefix="proof"))
    for name in seat.files():
        vault.put_new(name, seat.sealed_dir / name)
    assert findings_of(vault, seat, entries) == []
    vault.delete(entries[1].file)
    assert findings_of(vault, seat, entries) == [Finding(What.AUDIO_MISSING, entries[1].file)]
    vault.delete(entries[2].file)
    vault.delete(entries[2].file.replace(".age", ".seal"))
    vault.delete(entries[1].file.replace(".age", ".seal"))
    logged = [replace(entry, vaulted_at=seat.now) for entry in entries]
    assert findings_of(vault, seat, logged) == [Finding(What.NOT_IN_VAULT, entry.file) for entry in entries[1:]]


def test_vault_in_s3_is_named_on_the_command_line(
    moto_server: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seat = SealingSeat(tmp_path / "seat")
    entries = sealed(seat, 2)
    bucket = replace(moto_server, prefix="named")
    vault = vaults.s3_vault(bucket)
    for name in seat.files():
        vault.put_new(name, seat.sealed_dir / name)
    seat.secrets.set(f"vault:{bucket.access_key}@{bucket.bucket}", bucket.secret)
    monkeypatch.setattr(composing, "_secrets", lambda: seat.secrets)
    url, file = f"s3://{bucket.bucket}/{bucket.prefix}", tmp_path / "desk.toml"

    def verify(endpoint: str, url: str) -> tuple[int, str]:
        file.write_text(
            f"data_dir = '{tmp_path / 'data'}'\n[seat]\nlanguage = 'en'\n"
            f"[vault]\nurl = 's3://another'\nendpoint = '{endpoint}'\naccess_key = '{bucket.access_key}'\n"
        )
        code = cli.main(["--settings", str(file), "verify", url])
        return code, capsys.readouterr().out

    code, said = verify(bucket.endpoint, url)
    assert (code, "With key: 2 opened" in said) == (0, True)
    vault.delete(entries[0].file)
    code, said = verify(bucket.endpoint, url)
    assert (code, f"[FAULT] {entries[0].file}" in said) == (1, True)
    code, said = verify(bucket.endpoint, f"s3://{bucket.bucket}/nothing")
    assert (code, "there is no recording here at all" in said) == (2, True)
    code, said = verify(f"http://127.0.0.1:{free_port()}", url)
    assert (code, "[NOT CHECKED]: the vault cannot be read" in said) == (2, True)
