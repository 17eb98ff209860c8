"""Sealing: a closed spool becomes one Ogg Opus file of two channels. The file takes its name only when it has been
synced, decoded again and found as long as what was recorded, so that a name in the recordings folder always
stands for a whole recording; killed at any point, sealing is simply done again.

Opus is told to code the channels as two independent streams (channel mapping family 255, RFC 7845 section 5.1.1.3):
ordinary stereo couples them at low bitrates, and at 16 to 24 kbit/s one voice leaked into the other's channel at
-24 to -45 dBFS. See docs/decisions/0020-recording.md.

Runs in the sync process, on a worker thread: PyAV releases the GIL while it encodes."""

import base64
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.identity import CallId
from desk.domain.journal import Journal, WhyMissing
from desk.recording.spool import folder as spool
from desk.recording.spool.interleave import FRAME_BYTES

OPUS_RATES_HZ = frozenset({8_000, 12_000, 16_000, 24_000, 48_000})
LEAST_BITRATE, MOST_BITRATE = 12_000, 256_000  # libopus refuses what is far beyond, and less is hard to understand
TOLERANCE_MS = 100
PEAKS = 600  # bars per channel, kept in the file so that a player need not decode it to draw them
PEAKS_TAG = "DESK_PEAKS"

_Samples = npt.NDArray[np.int16]


class SealError(Exception):
    """The audio could not be encoded, or did not decode to what was recorded. The spool is untouched."""


def file_of(journal: Journal) -> str:
    """The recording's place, relative and with forward slashes: the day is that of the call in UTC, which no clock
    change and no move of the seat makes ambiguous."""
    return f"{journal.offered_at:%Y/%m/%d}/{journal.call_id}.opus"


def seal(spool_dir: Path, call_id: CallId, recordings_dir: Path, bitrate: int) -> RecordingEntry:
    """Encode this call's audio at `bitrate` (both channels together, bit/s, kept within reason) and verify it. The
    spool stays: whoever has put the entry into the log removes it. Raises `SealError`, `JournalError`, `OSError`."""
    journal = spool.read(spool_dir, call_id)
    audio = spool.audio_file(spool_dir, call_id)
    samples = audio.stat().st_size // FRAME_BYTES if audio.exists() else 0
    if not samples or not journal.rate_hz:
        return RecordingEntry(call_id, RecordingKept.MISSING, _why(journal), interrupted=journal.interrupted)
    length_ms = samples * 1000 // journal.rate_hz
    file = file_of(journal)
    target = recordings_dir / file
    if not _is_whole(target, length_ms):
        _encode_to(target, audio, journal, bitrate, length_ms)
    return RecordingEntry(
        call_id,
        RecordingKept.KEPT,
        file=file,
        sha256=_sha256(target),
        length_ms=length_ms,
        interrupted=journal.interrupted,
        marks=tuple(mark.text for mark in journal.marks),
    )


def missing(journal: Journal, why: WhyMissing, detail: str = "") -> RecordingEntry:
    """The entry of a call whose audio cannot be kept."""
    text = f"{why.value}: {detail}" if detail else why.value
    return RecordingEntry(journal.call_id, RecordingKept.MISSING, text, interrupted=journal.interrupted)


def _why(journal: Journal) -> str:
    if journal.failures:
        kind, _, detail = journal.failures[0].partition(": ")
        why = WhyMissing.DISK_FULL if kind == "spool_full" else WhyMissing.UNWRITABLE
        return f"{why.value}: {detail}" if detail else why.value
    if journal.answered_at is None and not journal.rate_hz:
        return WhyMissing.NOT_ANSWERED.value
    if journal.interrupted:
        return WhyMissing.INTERRUPTED.value
    if any(mark.audio_ms for mark in journal.marks):
        return WhyMissing.LOST.value
    return WhyMissing.NO_AUDIO.value


def _encode_to(target: Path, audio: Path, journal: Journal, bitrate: int, length_ms: int) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for stale in target.parent.glob(f"{target.name}.*.part"):
        stale.unlink(missing_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        part.touch(mode=0o600)
        _encode(part, audio, journal, bitrate)
        _sync(part)
        found_ms = decoded_length_ms(part)
        if abs(found_ms - length_ms) > TOLERANCE_MS:
            raise SealError(f"{length_ms} ms were recorded, {found_ms} ms came back")
        part.replace(target)
        spool.fsync_dir(target.parent)
    except av.error.FFmpegError as error:
        raise SealError(str(error)) from error
    finally:
        part.unlink(missing_ok=True)


def _encode(part: Path, audio: Path, journal: Journal, bitrate: int) -> None:
    rate_hz = journal.rate_hz
    opus_hz = rate_hz if rate_hz in OPUS_RATES_HZ else 48_000
    with av.open(str(part), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=opus_hz, layout="stereo")
        stream.bit_rate = min(max(bitrate, LEAST_BITRATE), MOST_BITRATE)
        stream.options = {"application": "voip", "mapping_family": "255"}
        stream.metadata.update(_comments(journal, audio))
        resampler = av.AudioResampler(format="s16", layout="stereo", rate=opus_hz)
        place = 0
        for block in _blocks(audio, rate_hz):
            frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout="stereo")
            frame.sample_rate, frame.pts = rate_hz, place
            place += len(block)
            for ready in [frame] if opus_hz == rate_hz else resampler.resample(frame):
                container.mux(stream.encode(ready))
        for ready in [] if opus_hz == rate_hz else resampler.resample(None):
            container.mux(stream.encode(ready))
        container.mux(stream.encode(None))


def _comments(journal: Journal, audio: Path) -> dict[str, str]:
    """Vorbis comments. Nothing in them says who called."""
    return {
        "CALL_ID": journal.call_id,
        "DATE": journal.offered_at.isoformat(timespec="seconds"),
        "DESK_MARKS": "; ".join(mark.text for mark in journal.marks),
        PEAKS_TAG: base64.b64encode(_peaks(audio).tobytes()).decode("ascii"),
    }


def _peaks(audio: Path) -> npt.NDArray[np.uint8]:
    samples = audio.stat().st_size // FRAME_BYTES
    loudest = [np.abs(block.astype(np.int32)).max(axis=0) for block in _blocks(audio, max(1, samples // (PEAKS * 4)))]
    return bars_of(np.array(loudest))


def bars_of(loudest: npt.NDArray[np.int32]) -> npt.NDArray[np.uint8]:
    """Two rows of `PEAKS` bars, 0-255 of full scale, from the loudest samples (rows of caller, agent) of equally long
    stretches, however many or few there are."""
    bars = np.zeros((2, PEAKS), dtype=np.uint8)
    count = len(loudest)
    for number in range(PEAKS if count else 0):
        start, end = count * number // PEAKS, count * (number + 1) // PEAKS
        bars[:, number] = np.minimum(loudest[start : max(end, start + 1)].max(axis=0) >> 7, 255)
    return bars


def _blocks(audio: Path, frames: int) -> Iterator[_Samples]:
    with audio.open("rb") as handle:
        while block := handle.read(frames * FRAME_BYTES):
            whole = len(block) // FRAME_BYTES
            if whole:
                yield np.frombuffer(block, dtype="<i2", count=whole * 2).reshape(-1, 2)


def decoded_length_ms(file: Path) -> int:
    """How long this recording is, by decoding all of it. Raises `av.error.FFmpegError`."""
    samples, rate_hz = 0, 48_000
    with av.open(str(file)) as container:
        for frame in container.decode(audio=0):
            samples, rate_hz = samples + frame.samples, frame.sample_rate
    return samples * 1000 // rate_hz


def _is_whole(target: Path, length_ms: int) -> bool:
    try:
        return target.exists() and abs(decoded_length_ms(target) - length_ms) <= TOLERANCE_MS
    except (av.error.FFmpegError, IndexError):
        return False


def _sync(file: Path) -> None:
    with file.open("r+b") as handle:
        os.fsync(handle.fileno())


def _sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
