"""From a spool's raw audio to an ordinary audio file of two channels: Ogg Opus, or FLAC. The call's manifest and the
bars of its waveform stand in its comments.

Opus is told to code the channels as two independent streams (channel mapping family 255, RFC 7845 section 5.1.1.3):
ordinary stereo couples them at low bitrates, and at 16 to 24 kbit/s one voice leaked into the other's channel at
-24 to -45 dBFS. See docs/decisions/0020-recording.md.

Runs in the sync process, on the sealing thread: PyAV releases the GIL while it encodes."""

import base64
import binascii
import errno
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import av

from desk.domain.journal import Journal
from desk.recording.sealing.bars import PEAKS, PEAKS_TAG, bars_of
from desk.recording.sealing.pcm import SpoolAudio

__all__ = [
    "MANIFEST_TAG",
    "PEAKS",
    "PEAKS_TAG",
    "Codec",
    "EncodeError",
    "bars_of",
    "decoded_length_ms",
    "encode",
    "manifest_comment",
    "manifest_of",
]

OPUS_RATES_HZ = frozenset({8_000, 12_000, 16_000, 24_000, 48_000})
LEAST_BITRATE, MOST_BITRATE = 12_000, 256_000  # libopus refuses what is far beyond, and less is hard to understand
MANIFEST_TAG = "DESK_MANIFEST"  # base64 of the zlib-compressed JSON lines
MOST_MANIFEST_BYTES = 16 * 1024 * 1024
BLOCK_S = 1
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.EFBIG})


class EncodeError(Exception):
    """The audio could not be encoded, or this is no audio file."""


@dataclass(frozen=True, slots=True)
class Codec:
    """`bitrate` of Opus for both channels together, bit/s, kept within reason."""

    name: Literal["opus", "flac"] = "opus"
    bitrate: int = 32_000


def encode(target: Path, audio: SpoolAudio, codec: Codec, comments: dict[str, str]) -> None:
    """Write the whole audio file. Raises `EncodeError`, `OSError`."""
    try:
        if codec.name == "opus":
            _encode_opus(target, audio, codec.bitrate, comments)
        else:
            _encode_flac(target, audio, comments)
    except av.error.FFmpegError as error:
        raise _blamed(error) from error


def comments_of(journal: Journal, manifest: bytes, peaks: str) -> dict[str, str]:
    """Vorbis comments. Who called stands in the manifest and nowhere else."""
    return {
        "CALL_ID": journal.call_id,
        "DATE": journal.offered_at.isoformat(timespec="seconds"),
        "DESK_MARKS": "; ".join(mark.text for mark in journal.marks),
        MANIFEST_TAG: manifest_comment(manifest),
        PEAKS_TAG: peaks,
    }


def manifest_comment(manifest: bytes) -> str:
    return base64.b64encode(zlib.compress(manifest, 9)).decode("ascii")


def manifest_of(untrusted_comment: str) -> bytes:
    """The manifest's bytes, whose SHA-256 stands in the seal. Raises `EncodeError`."""
    try:
        unpacking = zlib.decompressobj()
        manifest = unpacking.decompress(base64.b64decode(untrusted_comment, validate=True), MOST_MANIFEST_BYTES)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise EncodeError(f"the comment holds no manifest: {error}") from error
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise EncodeError("the comment holds no whole manifest")
    return manifest


def _encode_opus(target: Path, audio: SpoolAudio, bitrate: int, comments: dict[str, str]) -> None:
    rate_hz = audio.rate_hz
    opus_hz = rate_hz if rate_hz in OPUS_RATES_HZ else 48_000
    with av.open(str(target), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=opus_hz, layout="stereo")
        stream.bit_rate = min(max(bitrate, LEAST_BITRATE), MOST_BITRATE)
        stream.options = {"application": "voip", "mapping_family": "255"}
        stream.metadata.update(comments)
        resampler = av.AudioResampler(format="s16", layout="stereo", rate=opus_hz)
        place = 0
        for block in audio.blocks(rate_hz * BLOCK_S):
            frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout="stereo")
            frame.sample_rate, frame.pts = rate_hz, place
            place += len(block)
            for ready in [frame] if opus_hz == rate_hz else resampler.resample(frame):
                container.mux(stream.encode(ready))
        for ready in [] if opus_hz == rate_hz else resampler.resample(None):
            container.mux(stream.encode(ready))
        container.mux(stream.encode(None))


def _encode_flac(target: Path, audio: SpoolAudio, comments: dict[str, str]) -> None:
    """At the call's own rate, every sample as it was."""
    with av.open(str(target), "w", format="flac") as container:
        container.metadata.update(comments)
        stream = container.add_stream("flac", rate=audio.rate_hz, layout="stereo")
        stream.format = "s16"
        place = 0
        for block in audio.blocks(audio.rate_hz * BLOCK_S):
            frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout="stereo")
            frame.sample_rate, frame.pts = audio.rate_hz, place
            place += len(block)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def decoded_length_ms(file: Path) -> int:
    """How long this recording is, by decoding all of it. Raises `EncodeError`, `OSError`."""
    samples, rate_hz = 0, 48_000
    try:
        with av.open(str(file)) as container:
            for frame in container.decode(audio=0):
                samples, rate_hz = samples + frame.samples, frame.sample_rate
    except IndexError as error:
        raise EncodeError("no audio in it") from error
    except av.error.FFmpegError as error:
        raise _blamed(error) from error
    return samples * 1000 // rate_hz


def _blamed(error: av.error.FFmpegError) -> Exception:
    """A disk that is full or refuses is the disk's fault, and is tried again; the rest is the encoder's."""
    if error.errno in _FULL:
        return OSError(error.errno, error.strerror)
    return EncodeError(str(error))
