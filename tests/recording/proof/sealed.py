"""Vaults made for the tests: real audio files with a manifest in their comments, sealed, chained and encrypted as
`desk.domain.seal` says, by the same hands that the seat uses."""

import base64
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import av
import numpy as np

from desk.domain.seal import Seal, seal_hash, span_hashes, vault_name
from desk.domain.times import to_text
from desk.recording.sealing import age
from desk.recording.sealing.encode import MANIFEST_TAG, PEAKS_TAG, manifest_comment
from desk.recording.sealing.seal_file import seal_bytes

T0 = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
RATE_HZ = 16_000
CODECS: dict[str, tuple[str, str]] = {"opus": ("ogg", "libopus"), "flac": ("flac", "flac")}


def call_id(number: int) -> str:
    return f"01957000-0000-7000-8000-{number:012x}"


def manifest(number: int) -> bytes:
    return (
        f'{{"event":"offered","at":"2026-11-22T08:00:00.000000Z","call_id":"{call_id(number)}","number":"13800138000"}}\n'
        '{"event":"ended","at":"2026-11-22T08:01:00.000000Z"}\n'
    ).encode()


@cache
def audio_file(number: int, seconds: float, codec: Literal["opus", "flac"]) -> bytes:
    """The caller (left) a tone of 300 Hz in the first half, the agent (right) one of 900 Hz in the second."""
    count = int(seconds * RATE_HZ)
    moment = np.arange(count) / RATE_HZ
    noise = np.random.default_rng(number).standard_normal((count, 2)) * 200
    left = np.sin(2 * np.pi * 300 * moment) * 9_000 * (moment < seconds / 2)
    right = np.sin(2 * np.pi * 900 * moment) * 6_000 * (moment >= seconds / 2)
    samples = (np.stack([left, right], axis=1) + noise).astype(np.int16)
    form, library = CODECS[codec]
    loudest = np.abs(samples[: count // 100 * 100].reshape(100, -1, 2)).max(axis=1) >> 7
    bars = np.minimum(loudest, 255).T.astype("u1").tobytes()
    comments = {MANIFEST_TAG: manifest_comment(manifest(number)), PEAKS_TAG: base64.b64encode(bars).decode()}
    target = io.BytesIO()
    with av.open(target, "w", format=form) as container:
        stream = container.add_stream(library, rate=RATE_HZ, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        if codec == "opus":
            stream.bit_rate = 32_000
            stream.options = {"application": "voip", "mapping_family": "255"}
            stream.metadata.update(comments)
        else:
            container.metadata.update(comments)
            stream.format = "s16"
        for place in range(0, count, 320):
            block = samples[place : place + 320].reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="stereo")
            frame.sample_rate, frame.pts = RATE_HZ, place
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


@dataclass
class SealedVault:
    """A folder that fills up by `add`."""

    root: Path
    supervisor: age.Identity = field(default_factory=age.new_identity)
    seat: str = "S01"
    chain: str = "S01-0badcafe"
    place: int = 0
    previous: str = ""
    seals: dict[str, Seal] = field(default_factory=dict)

    def add(
        self,
        number: int,
        seconds: float = 1.0,
        codec: Literal["opus", "flac"] = "opus",
        day: int = 0,
        audio: bytes | None = None,
    ) -> str:
        """The stem of its names."""
        plain = audio if audio is not None else audio_file(number % 7, seconds, codec)
        told = hashlib.sha256(manifest(number % 7)).hexdigest()
        key = age.new_identity()
        encrypted = io.BytesIO()
        age.encrypt(io.BytesIO(plain), encrypted, [key.to_public()])
        self.place += 1
        seal = Seal(
            call_id=call_id(number),
            seat=self.seat,
            chain=self.chain,
            place=self.place,
            previous=self.previous,
            sealed_at=to_text(T0 + timedelta(minutes=number)),
            started_at=to_text(T0 + timedelta(days=day, minutes=number)),
            interrupted=False,
            codec=codec,
            rate_hz=RATE_HZ,
            length_ms=int(seconds * 1000),
            audio_bytes=len(plain),
            manifest_sha256=told,
            spans=tuple(span_hashes(told, [plain])),
            sealed_bytes=len(encrypted.getvalue()),
            sealed_sha256=hashlib.sha256(encrypted.getvalue()).hexdigest(),
        )
        self.previous = seal_hash(seal)
        stem = vault_name(f"{T0 + timedelta(days=day):%Y/%m/%d}", seal.call_id, "")
        self.write(f"{stem}.age", encrypted.getvalue())
        self.write(f"{stem}.seal", seal_bytes(seal, age.wrap(key, [self.supervisor.to_public()])))
        self.seals[stem] = seal
        return stem

    def write(self, name: str, content: bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def file(self, name: str) -> Path:
        return self.root / name

    def flip(self, name: str, bit: int) -> None:
        """This one bit of this object is another; flipped twice it is what it was."""
        path = self.file(name)
        content = bytearray(path.read_bytes())
        content[bit // 8] ^= 1 << (bit % 8)
        path.write_bytes(content)

    def objects(self) -> Iterator[str]:
        for stem in self.seals:
            yield f"{stem}.age"
            yield f"{stem}.seal"
