"""A recording's plain content, held against its seal: span by span while it arrives, then codec, length and manifest.
It is in memory for as long as it is looked at, once (an hour of Opus is 15 MB, of FLAC some 100), and never on a disk.

What the seal proves is that the bytes are those that were sealed; that they can be heard was tried when they were
sealed. So the length is what the file says of itself, which costs a thousandth of decoding it; `decode` asks for all.

Any thread; several at once."""

import hashlib
import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import av

from desk.domain.seal import Seal, next_span_hash
from desk.recording.proof.findings import What
from desk.recording.sealing.encode import MANIFEST_TAG, EncodeError, manifest_of

TOLERANCE_MS = 100
_RATE_OF_OPUS_HZ = 48_000


class PlainContent:
    """What comes out of decryption, kept, with the hashes of its spans. `most_bytes` at most: what is longer is not
    what was sealed, however much of it there is."""

    def __init__(self, manifest_sha256: str, span_bytes: int, most_bytes: int) -> None:
        self._before, self._span_bytes, self._most_bytes = manifest_sha256, span_bytes, most_bytes
        self._content = io.BytesIO()
        self._size = self._hashed = 0
        self._hashes: list[str] = []

    def write(self, data: bytes, /) -> int:
        if self._size <= self._most_bytes:
            self._content.write(data)
            self._size += len(data)
        while self._size - self._hashed >= self._span_bytes:
            self._take(self._hashed + self._span_bytes)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def file(self) -> BinaryIO:
        """All of it, from its start; the same memory, no copy."""
        self._content.seek(0)
        return self._content

    def first_wrong(self, spans: Sequence[str]) -> int | None:
        """The number, from 1, of the first span that is not as it was sealed; None: all are."""
        if self._hashed < self._size:
            self._take(self._size)
        for number, (found, sealed) in enumerate(zip(self._hashes, spans, strict=False), 1):
            if found != sealed:
                return number
        shorter = min(len(self._hashes), len(spans))
        return None if len(self._hashes) == len(spans) else shorter + 1

    def _take(self, until: int) -> None:
        with self._content.getbuffer() as content:
            span = bytes(content[self._hashed : until])
        self._before = next_span_hash(self._before, span)
        self._hashes.append(self._before)
        self._hashed = until


def check_content(untrusted_audio: BinaryIO, seal: Seal, *, decode: bool) -> Iterator[tuple[What, str]]:
    """The plain audio file against its seal: codec, length, and the manifest in its comments."""
    try:
        with av.open(untrusted_audio, "r") as container:
            stream = container.streams.audio[0]
            codec = stream.codec_context.name
            comments = {name.upper(): text for name, text in {**container.metadata, **stream.metadata}.items()}
            length_ms = _decoded_ms(container) if decode else _told_ms(stream)
    except (av.error.FFmpegError, IndexError, ValueError, OSError) as error:
        yield What.NO_AUDIO_FILE, str(error)
        return
    if codec not in (seal.codec, f"lib{seal.codec}"):
        yield What.CODEC_DIFFERS, f"{codec} / {seal.codec}"
    if abs(length_ms - seal.length_ms) > TOLERANCE_MS:
        yield What.LENGTH_DIFFERS, f"{length_ms / 1000:.3f} / {seal.length_ms / 1000:.3f}"
    try:
        manifest = manifest_of(comments.get(MANIFEST_TAG, ""))
    except EncodeError as error:
        yield What.MANIFEST_CHANGED, str(error)
        return
    if hashlib.sha256(manifest).hexdigest() != seal.manifest_sha256:
        yield What.MANIFEST_CHANGED, ""


def _told_ms(stream: av.AudioStream) -> int:
    """As the file's last page (Opus) or its header (FLAC) says. Opus starts before 0 by what its decoder needs to come
    to itself (RFC 7845 section 4.2)."""
    if stream.duration is None or stream.time_base is None:
        raise ValueError("it does not say how long it is")
    return int((stream.duration + min(0, stream.start_time or 0)) * stream.time_base * 1000)


def _decoded_ms(container: av.container.InputContainer) -> int:
    samples, rate_hz = 0, _RATE_OF_OPUS_HZ
    for frame in container.decode(audio=0):
        samples, rate_hz = samples + frame.samples, frame.sample_rate
    return samples * 1000 // rate_hz
