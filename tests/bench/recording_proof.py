"""Proof, measured: every flipped bit found, how fast a vault is checked and in how much memory, how long a pack takes
and whether a browser tells a whole one from a changed one.

`quick`: 60 samples and 2,000 seals instead of 1,000 and 20,000; 12 browser loads instead of 120."""

import gc
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from desk.recording.proof import pack_page
from desk.recording.proof.check import check
from desk.recording.proof.checked import How
from desk.recording.proof.findings import Finding, Weight
from desk.recording.proof.verify import VaultCheck
from desk.recording.vault.folder_vault import FolderVault
from tests.bench import recording_proof_million
from tests.bench.figures import Figure
from tests.recording.proof.browser import BYTES_CHECKED, Browser, Page
from tests.recording.proof.evidence import pack_of
from tests.recording.proof.sealed import SealedVault

Say = Callable[[str], None]
_HALF_HOUR_S = 1800.0


def measure(say: Say, quick: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="desk-proof-") as folder:
        root = Path(folder)
        return [
            *_flips(say, root / "flips", 60 if quick else 1_000),
            *_many(say, root / "many", 2_000 if quick else 20_000),
            *recording_proof_million.measure(say, quick),
            *_packs(say, root, 12 if quick else 120, 120.0 if quick else _HALF_HOUR_S),
        ]


def _flips(say: Say, root: Path, count: int) -> list[Figure]:
    """Each sample: one recording, one bit of one of its two objects, checked with the key; the audio without, too."""
    say(f"proof: {count} recordings, one flipped bit each")
    vault, chosen = SealedVault(root), random.Random(20)
    missed = missed_without_key = 0
    for number in range(count):
        codec, seconds = ("flac", 5.0) if number % 5 == 0 else ("opus", 2.0)
        stem = vault.add(number, seconds=seconds, codec=codec)  # type: ignore[arg-type] # one of the two
        suffix = chosen.choice((".age", ".seal"))
        vault.flip(stem + suffix, chosen.randrange(vault.file(stem + suffix).stat().st_size * 8))
        source = FolderVault(root)
        kept = {one: found for one in (".age", ".seal") if (found := source.stat(stem + one))}
        missed += not _is_found(check(source, stem, kept, How((vault.supervisor,))).findings)
        if suffix == ".age":
            missed_without_key += not _is_found(check(source, stem, kept, How()).findings)
    return [
        Figure("flipped bits not found, of 1,000 samples", missed * 1_000 / count, "bits", "<= 0"),
        Figure("flipped audio bits not found without a key", missed_without_key, "bits", "<= 0"),
    ]


def _is_found(findings: list[Finding]) -> bool:
    """What could not be checked is not found: only a fault is."""
    return any(finding.weight is Weight.FAULT for finding in findings)


def _many(say: Say, root: Path, count: int) -> list[Figure]:
    """Calls of ten seconds: what counts here is the number."""
    say(f"proof: a vault of {count} recordings")
    vault = SealedVault(root)
    for number in range(count):
        vault.add(number, seconds=10.0, day=number // 200)
    figures = []
    for name, how in (("with key", How((vault.supervisor,))), ("without key", How()), ("seals only", How(audio=False))):
        gc.collect()
        before_kib, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
        halves: list[int] = []
        run = VaultCheck(FolderVault(root), how, 2)

        def beat(run: VaultCheck = run, halves: list[int] = halves) -> None:
            if run.summary.recordings in (count // 2, count):
                halves.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

        summary = run.run(lambda _finding: None, beat)
        took_s = time.monotonic() - began
        if summary.exit_code or summary.recordings != count:
            raise AssertionError(f"{summary}")
        figures.append(Figure(f"verify, recordings per second, {name}", count / took_s, "1/s"))
        if name == "with key":
            figures.append(Figure("verify, memory over the first half", (halves[0] - before_kib) / 1024, "MB"))
            figures.append(Figure("verify, memory over the second half", (halves[1] - halves[0]) / 1024, "MB", "<= 4"))
    return figures


def _packs(say: Say, root: Path, loads: int, seconds: float) -> list[Figure]:
    say(f"proof: a pack of {seconds / 60:.0f} minutes, and {loads} changed ones in Chromium")
    vault = SealedVault(root / "packed")
    long, short = vault.add(1, seconds=seconds), vault.add(2, seconds=8.0)
    began = time.monotonic()
    whole = pack_of(vault, long)
    made_s = time.monotonic() - began
    file = root / "pack.html"
    with Browser(root / "profile") as browser:
        page = browser.page()
        whole.write(file)
        began = time.monotonic()
        page.load(file)
        verdict = page.wait_for(
            "['whole', 'changed'].includes(document.documentElement.dataset.verdict)"
            " && document.documentElement.dataset.verdict",
            120.0,
        )
        told_s = time.monotonic() - began
        content, chosen = pack_of(vault, short).content, random.Random(9)
        read_alike = missed = 0
        for _load in range(loads):
            changed = bytearray(content)
            changed[chosen.randrange(len(content))] ^= 1 << chosen.randrange(8)
            file.write_bytes(changed)
            page.load(file)
            page.wait_for(
                "document.readyState === 'complete' && (!document.documentElement.dataset.runs"
                " || ['whole', 'changed'].includes(document.documentElement.dataset.verdict)) && 'yes'"
            )
            if page.evaluate("document.documentElement.dataset.verdict") != "whole":
                continue
            is_case = changed.lower() == content.lower()  # of a tag's letter: to a browser the same document
            read_alike += is_case
            missed += not is_case or not _is_red_by_its_bytes(page, bytes(changed))
    return [
        Figure("pack of a long call, made", made_s, "s"),
        Figure("pack of a long call, size", len(whole.content) / 1e6, "MB"),
        Figure("pack of a long call, verdict in the browser", told_s, "s"),
        Figure("whole pack not green", float(verdict != "whole"), "packs", "<= 0"),
        Figure("changed packs not red", float(missed), "packs", "<= 0"),
        Figure("changed packs red only when dropped in (a tag in capitals)", float(read_alike), "packs"),
    ]


def _is_red_by_its_bytes(page: Page, content: bytes) -> bool:
    """Dropped into the page, a pack is held against itself byte by byte."""
    page.evaluate(BYTES_CHECKED % pack_page.base64_block(content))
    return bool(page.wait_for("document.documentElement.dataset.bytes") == "changed")
