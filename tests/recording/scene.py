"""What the recording tests share: one call's events, frames with a known content, a clock moved by hand."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.events import CallAnswered, CallEnded, CallOffered
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.domain.troubles import Wrong
from desk.recording.sealing.analysis import analyse
from desk.recording.sealing.bars import comment_of
from desk.recording.sealing.encode import Codec, comments_of, encode
from desk.recording.sealing.pcm import SpoolAudio
from desk.recording.spool import folder as spool
from desk.recording.spool.interleave import deinterleave
from desk.recording.spool.recorder import SpoolRecorder
from desk.recording.spool.segments import MANIFEST, read_text

T0 = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
CALL = CallId("01957000-0000-7000-8000-000000000001")
RATE = 16_000
FRAME_SAMPLES = 320


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def offered(call_id: CallId = CALL, number: str = "13800138000") -> CallOffered:
    return CallOffered(call_id, at(0), "热线", Party(number, "王女士", "4001"))


def answered(call_id: CallId = CALL) -> CallAnswered:
    return CallAnswered(call_id, at(3))


def ended(call_id: CallId = CALL, cause: int = 200) -> CallEnded:
    return CallEnded(call_id, at(60), cause, "Normal")


def frame(value: int) -> bytes:
    return value.to_bytes(2, "little", signed=True) * FRAME_SAMPLES


class Failures:
    def __init__(self) -> None:
        self.failed: list[tuple[CallId, Wrong]] = []
        self.mended: list[CallId] = []

    def on_failed(self, call_id: CallId, wrong: Wrong) -> None:
        self.failed.append((call_id, wrong))

    def on_mended(self, call_id: CallId) -> None:
        self.mended.append(call_id)


class Seconds:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Sound:
    """Made-up speech as 16 kHz samples of two channels."""

    @staticmethod
    def noise(seconds: float, loudness: int, seed: int) -> npt.NDArray[np.int16]:
        """Something speech-like: noise below 4 kHz whose loudness goes up and down three times a second."""
        samples = int(seconds * RATE)
        rough = np.random.default_rng(seed).standard_normal(samples)
        smooth = np.convolve(rough, np.ones(4) / 2, mode="same")
        swell = 0.6 + 0.4 * np.sin(2 * np.pi * 3 * np.arange(samples) / RATE)
        return np.clip(smooth * swell * loudness, -32000, 32000).astype(np.int16)

    @staticmethod
    def steps(levels: list[tuple[int, int]]) -> bytes:
        """A second of each pair of levels (caller, agent), interleaved."""
        parts = [
            np.stack([Sound.noise(1, left, 2 * i), Sound.noise(1, right, 2 * i + 1)], axis=1)
            for i, (left, right) in enumerate(levels)
        ]
        return np.concatenate(parts).astype("<i2").tobytes()


def closed_spool(spool_dir: Path, audio: bytes | None, call_id: CallId = CALL, rate_hz: int = RATE) -> None:
    """A spool as the phone process leaves it; `audio` None: the call was not answered."""
    recorder = SpoolRecorder(
        spool_dir, lambda: at(1), seat="S01", agent=lambda: "1001", on_failed=Failures().on_failed, monotonic=Seconds()
    )
    recorder.note(offered(call_id))
    if audio is not None:
        recorder.note(answered(call_id))
        recorder.start(call_id, rate_hz)
        left, right = deinterleave(audio)
        if audio:
            recorder.write(call_id, left, right)
        recorder.stop(call_id)
    recorder.note(ended(call_id, 200 if audio is not None else 487))
    recorder.close()


def sealed_file(folder: Path, audio: bytes, bitrate: int = 32_000) -> Path:
    """The audio file as it lies inside a sealed recording."""
    return folder / "recordings" / plain_recording(folder, audio, bitrate).file


def plain_recording(folder: Path, audio: bytes, bitrate: int = 32_000) -> RecordingEntry:
    """A recording as it was kept before there were seals: an ordinary audio file under `folder`/recordings."""
    closed_spool(folder / "spool", audio)
    journal = spool.read(folder / "spool", CALL)
    raw = SpoolAudio(folder / "spool", CALL, journal.rate_hz)
    manifest = read_text(folder / "spool", CALL, MANIFEST)
    found = analyse(raw, journal)
    target = folder / "recordings" / f"{journal.offered_at:%Y/%m/%d}/{CALL}.opus"
    target.parent.mkdir(parents=True, exist_ok=True)
    encode(target, raw, Codec("opus", bitrate), comments_of(journal, manifest, comment_of(found.bars)))
    return RecordingEntry(
        CALL,
        RecordingKept.KEPT,
        file=target.relative_to(folder / "recordings").as_posix(),
        sha256=hashlib.sha256(target.read_bytes()).hexdigest(),
        length_ms=raw.length_ms,
        marks=tuple(mark.text for mark in journal.marks),
    )
