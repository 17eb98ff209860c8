"""The seal of a recording: what makes it provable that it is whole, untouched, and not left out.

A recording lies in the vault as two objects, named after the day (UTC) and the call: `2026/11/22/<call_id>.age`, the
audio file encrypted (age) to a key of its own, and `2026/11/22/<call_id>.seal`, this value as JSON with that key,
encrypted to those who may open it. The audio file inside is an ordinary Ogg Opus or FLAC file; the call's manifest and
the bars of its waveform stand in its comments.

The chain has three parts, all SHA-256 as lower-case hex:
- over the audio: `spans[0]` is the hash of the manifest's hash and the first `span_bytes` of the audio file, each next
  one the hash of the one before it and the next span; so the last one stands for all of them and for their order;
- over the seal: `seal_hash` of everything in it but the wrapped key, which may be wrapped anew for others;
- over the seat: `previous` is the `seal_hash` of the recording before it in the seat's `chain`, `place` counts from 1.
`seal_hash` and `place` stand in the change log, too: whoever changes the vault would have to change that as well.

Pure functions over bytes, any thread."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

FORMAT = 1
SPAN_BYTES = 65_536
AUDIO_SUFFIX, SEAL_SUFFIX, TOMBSTONE_SUFFIX = ".age", ".seal", ".deleted"


@dataclass(frozen=True, slots=True)
class Seal:
    """Nothing in it says who called. Times as text (`desk.domain.times`); `length_ms` of the audio, `audio_bytes` of
    the plain audio file, `sealed_bytes` and `sealed_sha256` of the encrypted one. `previous` "" for place 1."""

    call_id: str
    seat: str
    chain: str
    place: int
    previous: str
    sealed_at: str
    started_at: str
    interrupted: bool
    codec: str
    rate_hz: int
    length_ms: int
    audio_bytes: int
    manifest_sha256: str
    spans: tuple[str, ...]
    sealed_bytes: int
    sealed_sha256: str
    span_bytes: int = SPAN_BYTES
    format: int = FORMAT


def seal_hash(seal: Seal) -> str:
    """Of the seal's canonical form: JSON, keys in order, no spaces, UTF-8."""
    return hashlib.sha256(canonical(asdict(seal))).hexdigest()


def canonical(value: object) -> bytes:
    """One way only to write these values down."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def span_hashes(manifest_sha256: str, blocks: Iterable[bytes], span_bytes: int = SPAN_BYTES) -> Iterator[str]:
    """The chain over an audio file that comes in blocks of any size. An empty file has no spans."""
    before = bytes.fromhex(manifest_sha256)
    waiting = bytearray()
    for block in blocks:
        waiting += block
        while len(waiting) >= span_bytes:
            before = _next(before, bytes(waiting[:span_bytes]))
            del waiting[:span_bytes]
            yield before.hex()
    if waiting:
        yield _next(before, bytes(waiting)).hex()


def next_span_hash(before: str, span: bytes) -> str:
    """The hash of this span after the one before it (or after `manifest_sha256`): to check while it is being loaded."""
    return _next(bytes.fromhex(before), span).hex()


def _next(before: bytes, span: bytes) -> bytes:
    return hashlib.sha256(before + span).digest()


def vault_name(day: str, call_id: str, suffix: str) -> str:
    """`day` as yyyy/mm/dd, UTC."""
    return f"{day}/{call_id}{suffix}"
