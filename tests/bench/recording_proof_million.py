"""`desk verify` over as many recordings as a hotline has in its life: a hundred thousand, a million with
DESK_BENCH_FULL=1. Their seals are made as the vault is asked for them, each linked to the one before, and forgotten
when they were read; so what grows in memory is the check's own. Held against a change log of the same length."""

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.identity import CallId
from desk.domain.seal import AUDIO_SUFFIX, SEAL_SUFFIX, Seal, seal_hash, vault_name
from desk.domain.times import to_text
from desk.recording.proof.checked import How
from desk.recording.proof.findings import Finding
from desk.recording.proof.verify import VaultCheck
from desk.recording.sealing.seal_file import seal_bytes
from desk.recording.vault.fake import FakeVault
from desk.recording.vault.port import Kept
from tests.bench.figures import Figure

MANY, QUICK, FULL = 100_000, 5_000, 1_000_000
SEATS, A_DAY = 20, 1_000
_WRAPPED = b"age-encryption.org/v1\n"
_HASH = "5" * 64
_FIRST = datetime(2023, 1, 1, tzinfo=UTC)
_EVERY = 500  # recordings between two looks at the memory

Say = Callable[[str], None]


class EndlessVault(FakeVault):
    """In the order of names; what was read is forgotten."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    def names(self, prefix: str = "") -> Iterator[Kept]:
        for seal in seals(self._count):
            stem = stem_of(seal)
            content = seal_bytes(seal, _WRAPPED)
            self.objects[stem + SEAL_SUFFIX] = content
            yield Kept(stem + AUDIO_SUFFIX, seal.sealed_bytes)
            yield Kept(stem + SEAL_SUFFIX, len(content))

    def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        yield self.objects.pop(name)


def seals(count: int) -> Iterator[Seal]:
    before: dict[str, str] = {}
    for number in range(count):
        seat = f"S{number % SEATS:02d}"
        seal = Seal(
            call_id=f"01957000-0000-7000-8000-{number:012x}",
            seat=seat,
            chain=f"{seat}-0badcafe",
            place=number // SEATS + 1,
            previous=before.get(seat, ""),
            sealed_at=to_text(_day(number)),
            started_at=to_text(_day(number)),
            interrupted=False,
            codec="opus",
            rate_hz=16_000,
            length_ms=180_000,
            audio_bytes=700_000,
            manifest_sha256=_HASH,
            spans=(_HASH,) * 11,
            sealed_bytes=700_200,
            sealed_sha256=_HASH,
        )
        before[seat] = seal_hash(seal)
        yield seal


def _day(number: int) -> datetime:
    return _FIRST + timedelta(days=number // A_DAY)


def stem_of(seal: Seal) -> str:
    return vault_name(f"{_day(int(seal.call_id[-12:], 16)):%Y/%m/%d}", seal.call_id, "")


def _logged(count: int) -> Iterator[RecordingEntry]:
    for seal in seals(count):
        yield RecordingEntry(
            CallId(seal.call_id),
            RecordingKept.KEPT,
            file=stem_of(seal) + AUDIO_SUFFIX,
            chain=seal.chain,
            chain_place=seal.place,
            seal_hash=seal_hash(seal),
            vaulted_at=_FIRST,
        )


def measure(say: Say, quick: bool) -> list[Figure]:
    count = QUICK if quick else FULL if os.environ.get("DESK_BENCH_FULL") == "1" else MANY
    say(f"proof: {count:,} seals, made as they are read")
    most = {False: 0.0, True: 0.0}  # MB; whether the first tenth is over
    file_mb = 0.0
    with tempfile.TemporaryDirectory(prefix="desk-proof-") as folder:
        run = VaultCheck(
            EndlessVault(count), How(audio=False), 2, logged=_watched(count, most), work_folder=Path(folder)
        )

        def beat() -> None:
            nonlocal file_mb
            done = run.summary.recordings
            if done % _EVERY == 0:
                most[done > count // 10] = max(most[done > count // 10], _memory_mb())
            if done == count:
                file_mb = sum(file.stat().st_size for file in Path(folder).rglob("*.db")) / 1e6

        found: list[Finding] = []
        summary = run.run(found.append, beat)
    if summary.exit_code or summary.recordings != count or summary.chains != SEATS or found:
        raise AssertionError(f"{summary} {found[:3]}")
    return [
        Figure(f"verify, memory after a tenth of {count:,}", most[False], "MB"),
        Figure("verify, memory more until the end", most[True] - most[False], "MB", "<= 8"),
        Figure("verify, temporary file", file_mb, "MB"),
    ]


def _watched(count: int, most: dict[bool, float]) -> Iterator[RecordingEntry]:
    for number, entry in enumerate(_logged(count)):
        if number % _EVERY == 0:
            most[True] = max(most[True], _memory_mb())
        yield entry


def _memory_mb() -> float:
    """What this process holds at this moment."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
