"""Sealed pairs as the sealer leaves them, without audio: what the uploader looks at is real, what it never opens is
noise."""

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.identity import CallId
from desk.domain.seal import Seal
from desk.recording.sealing.seal_file import read_seal, seal_bytes

DAY = "2026/11/22"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def call(number: int) -> CallId:
    return CallId(f"0193a000-0000-7000-8000-{number:012d}")


@dataclass
class Seat:
    """Its folder of sealed recordings and what its log says; `vaulted` as the keeper does it."""

    sealed_dir: Path
    entries: dict[CallId, RecordingEntry] = field(default_factory=dict)
    confirmed: list[CallId] = field(default_factory=list)

    def seal(self, number: int, size: int = 5_000, day: str = DAY, *, logged: bool = True) -> RecordingEntry:
        call_id, content = call(number), random.Random(number).randbytes(size)
        seal = Seal(
            call_id=call_id,
            seat="S01",
            chain="S01-aaaaaaaa",
            place=number,
            previous="",
            sealed_at="2026-11-22T08:00:00.000000Z",
            started_at="2026-11-22T07:59:00.000000Z",
            interrupted=False,
            codec="opus",
            rate_hz=16_000,
            length_ms=1_000,
            audio_bytes=0,
            manifest_sha256="0" * 64,
            spans=(),
            sealed_bytes=size,
            sealed_sha256=hashlib.sha256(content).hexdigest(),
        )
        folder = self.sealed_dir / day
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{call_id}.age").write_bytes(content)
        (folder / f"{call_id}.seal").write_bytes(seal_bytes(seal, b"wrapped"))
        entry = RecordingEntry(
            call_id,
            RecordingKept.KEPT,
            file=f"{day}/{call_id}.age",
            sha256=seal.sealed_sha256,
            size_bytes=size,
            length_ms=1_000,
            chain=seal.chain,
            chain_place=number,
            seal_hash=read_seal(seal_bytes(seal, b"wrapped")).hash,
        )
        if logged:
            self.entries[call_id] = entry
        return entry

    def audio(self, entry: RecordingEntry) -> Path:
        return self.sealed_dir / entry.file

    def seal_file(self, entry: RecordingEntry) -> Path:
        return self.audio(entry).with_suffix(".seal")

    def vaulted(self, call_id: CallId, at: datetime) -> None:
        self.confirmed.append(call_id)
        entry = self.entries[call_id]
        for file in (self.audio(entry), self.seal_file(entry)):
            file.unlink(missing_ok=True)

    def left(self) -> list[str]:
        return sorted(file.name for file in self.sealed_dir.rglob("*") if file.is_file())


def names_of(entry: RecordingEntry) -> list[str]:
    return [entry.file, entry.file.removesuffix(".age") + ".seal"]
