"""An evidence pack as a file: what it is made of, and that each of its bytes counts."""

import json
import random
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.recording.proof import pack_page
from desk.recording.proof.findings import What
from desk.recording.proof.pack import HtmlPacks
from desk.recording.proof.pack_check import check_pack
from desk.recording.sealing import age
from desk.usecases.recording_ports import Cancelled, NotForYou, RecordingAway, StreamBroken
from tests.recording.proof.evidence import evidence_of, opener_of, pack_of
from tests.recording.proof.sealed import SealedVault, audio_file


@dataclass(frozen=True)
class Made:
    """A pack whose name is short where a test is told of."""

    content: bytes = field(repr=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    vault = SealedVault(tmp_path_factory.mktemp("packed"))
    vault.add(1)
    return Made(pack_of(vault, vault.add(2, seconds=6.0)).content)


@pytest.fixture
def pack(made: Made) -> bytes:
    return made.content


def whats(content: bytes, folder: Path) -> set[What]:
    file = folder / "pack.html"
    file.write_bytes(content)
    return {finding.what for finding in check_pack(file).findings}


def test_pack_is_one_line_of_ascii_that_connects_to_nothing(pack: bytes) -> None:
    assert pack.isascii()
    assert not set(pack) & {0, 9, 10, 13}
    text = pack.decode()
    assert "default-src 'none'" in text
    assert not re.findall(r"(?:src|href)=|https?://|url\(|@import|fetch\(|XMLHttpRequest|sendBeacon", text)


def test_same_call_makes_the_same_pack(vault: SealedVault) -> None:
    stem = vault.add(1)
    assert pack_of(vault, stem).content == pack_of(vault, stem).content


def test_pack_holds_the_sealed_audio_itself(vault: SealedVault) -> None:
    import base64

    stem = vault.add(1, seconds=3.0)
    content = pack_of(vault, stem).content
    block = pack_page.block_of(content, "audio")
    assert block is not None
    assert base64.b64decode(block) == audio_file(1, 3.0, "opus")
    facts = json.loads(pack_page.block_of(content, "facts") or "")
    assert [mark["name"] for mark in facts["marks"]] == ["answered", "held", "resumed"]
    changed = [change["fields"] for change in facts["tickets"][0]["changes"]]
    assert changed[1] == [{"name": "stage", "from": "registered", "to": "dispatched"}]
    assert changed[3][0] == {"name": "stage", "from": "waiting", "to": "accepted"}  # of the task, not of the ticket


def test_untouched_pack_is_whole(pack: bytes, tmp_path: Path) -> None:
    assert whats(pack, tmp_path) == set()


def test_every_changed_byte_is_found_in_the_file(pack: bytes, tmp_path: Path) -> None:
    first = pack.index(b'<script type="application/json"')
    chosen = random.Random(5)
    for place in [*range(0, first, 151), *(chosen.randrange(len(pack)) for _ in range(40)), len(pack) - 1]:
        changed = bytearray(pack)
        changed[place] ^= 1 << chosen.randrange(8)
        assert whats(bytes(changed), tmp_path) & {What.PACK_CHANGED, What.NO_PACK}, place


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_any_other_byte_anywhere_is_found(made: Made, tmp_path: Path, place: float, byte: int) -> None:
    pack = made.content
    changed = bytearray(pack)
    at = int(place * len(pack))
    changed[at] = byte if byte != changed[at] else byte ^ 1
    assert whats(bytes(changed), tmp_path)


def test_pack_opened_from_a_changed_copy_says_what_differs(pack: bytes, tmp_path: Path) -> None:
    """Somebody has put another ticket's text into it, and mended the file's own hash."""
    forged = pack.replace(b'"kind":"repair"', b'"kind":"praise"', 1)
    assert forged != pack
    blank, _hash = pack_page.blanked(forged) or (b"", "")
    mended = blank.replace(pack_page.ZEROS.encode(), pack_page.own_hash(blank).encode(), 1)
    assert whats(mended, tmp_path) == {What.PACK_BLOCK_CHANGED}


@pytest.mark.parametrize(
    ("block", "field", "value"),
    [
        ("facts", ("call", "call_id"), "01957000-0000-7000-8000-00000000ffff"),
        ("facts", ("neighbours", "before"), ""),
        ("facts", ("recording", "seal_hash"), "0" * 64),
        ("seal", ("seal", "seat"), "\ud800"),
        ("seal", ("seal", "manifest_sha256"), "no hexadecimal"),
        ("seal", ("seal", "span_bytes"), 0),
        ("seal", ("hash",), None),
    ],
)
def test_pack_that_contradicts_its_seal_is_changed(
    pack: bytes, tmp_path: Path, block: str, field: tuple[str, ...], value: object
) -> None:
    """Though every hash in it was made anew."""
    blocks = {name: pack_page.block_of(pack, name) or "" for name in pack_page.BLOCKS}
    told = json.loads(blocks[block])
    inside = told[field[0]] if len(field) > 1 else told
    assert inside[field[-1]] != value
    inside[field[-1]] = value
    blocks[block] = pack_page.json_block(told)
    blocks["head"] = pack_page.json_block(json.loads(blocks["head"]) | {"facts": pack_page.sha256(blocks["facts"])})
    assert whats(pack_page.page(blocks), tmp_path) == {What.PACK_BLOCK_CHANGED}


@pytest.mark.parametrize("content", [b"", b"<html>hello</html>", b"\xff" * 5_000])
def test_other_pages_are_no_packs(content: bytes, tmp_path: Path) -> None:
    assert whats(content, tmp_path) == {What.NO_PACK}


def test_half_a_pack_is_changed(pack: bytes, tmp_path: Path) -> None:
    for share in (0.2, 0.5, 0.99):
        assert whats(pack[: int(len(pack) * share)], tmp_path) & {What.PACK_CHANGED}


def test_missing_pack_cannot_be_checked(tmp_path: Path) -> None:
    assert {f.what for f in check_pack(tmp_path / "none.html").findings} == {What.UNREADABLE}


def test_wrong_key_makes_no_pack(vault: SealedVault) -> None:
    stem = vault.add(1)
    evidence = evidence_of(vault, stem)
    vault.supervisor = age.new_identity()
    with pytest.raises(NotForYou):
        HtmlPacks(opener_of(vault)).make(evidence, lambda _share: None)


def test_changed_recording_makes_no_pack(vault: SealedVault) -> None:
    stem = vault.add(1, seconds=6.0)
    evidence = evidence_of(vault, stem)
    vault.flip(f"{stem}.age", vault.file(f"{stem}.age").stat().st_size * 8 - 9)
    with pytest.raises(StreamBroken):
        HtmlPacks(opener_of(vault)).make(evidence, lambda _share: None)


def test_recording_without_a_seal_makes_no_pack(vault: SealedVault) -> None:
    evidence = evidence_of(vault, vault.add(1))
    plain = replace(evidence, recording=replace(evidence.recording, seal_hash="", file="2026/11/22/x.opus"))
    with pytest.raises(RecordingAway):
        HtmlPacks(opener_of(vault)).make(plain, lambda _share: None)


def test_deleted_recording_makes_no_pack(vault: SealedVault) -> None:
    stem = vault.add(1)
    evidence = evidence_of(vault, stem)
    vault.file(f"{stem}.age").unlink()
    with pytest.raises(RecordingAway):
        HtmlPacks(opener_of(vault)).make(evidence, lambda _share: None)


def test_progress_runs_up_and_can_stop_it(vault: SealedVault) -> None:
    evidence = evidence_of(vault, vault.add(1, seconds=6.0))
    shares: list[float] = []
    HtmlPacks(opener_of(vault)).make(evidence, shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[-1] <= 1

    def stop(_share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        HtmlPacks(opener_of(vault)).make(evidence, stop)


def test_pack_is_written_whole_or_not_at_all(vault: SealedVault, tmp_path: Path) -> None:
    pack = pack_of(vault, vault.add(1))
    with pytest.raises(FileNotFoundError):
        pack.write(tmp_path / "no such folder" / "pack.html")
    blocked = tmp_path / "pack.html"
    blocked.mkdir()  # what root may not replace either
    with pytest.raises(OSError, match="pack"):
        pack.write(blocked)
    assert [path.name for path in tmp_path.iterdir() if path.name != "vault"] == ["pack.html"]
    pack.write(tmp_path / "other.html")
    assert (tmp_path / "other.html").read_bytes() == pack.content
    assert (tmp_path / "other.html").stat().st_mode & 0o077 == 0
