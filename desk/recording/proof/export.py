"""Plain audio out of a sealed recording, for a player that knows nothing of Desk: WAV, MP3 or Opus, at the telephone's
widest rate. It names the call and not the caller: the manifest, with the number in it, stays behind. It proves nothing;
the evidence pack does.

The two sides stay apart: MP3 and Opus are told to code them as they are and not as sum and difference, as far as each
can. A worker's thread; memory is that of a few frames beside the recording itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import av
import numpy as np
import numpy.typing as npt

from desk.domain.evidence import SoundForm, SoundOrder
from desk.domain.identity import CallId
from desk.recording.proof.new_file import NewFile
from desk.usecases.recording_ports import AudioStream, Progress, StreamBroken

RATE_HZ = 16_000
_STEP = RATE_HZ // 5  # samples between two words of progress
_Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class _Coding:
    container: str
    codec: str
    sample: str
    bits_per_channel: int = 0
    options: tuple[tuple[str, str], ...] = ()


_CODINGS: dict[SoundForm, _Coding] = {
    SoundForm.WAV: _Coding("wav", "pcm_s16le", "s16"),
    SoundForm.MP3: _Coding("mp3", "libmp3lame", "s16p", 48_000, (("joint_stereo", "0"),)),
    SoundForm.OPUS: _Coding("ogg", "libopus", "s16", 32_000, (("application", "voip"),)),
}


class SoundFiles:
    """Implements `recording_ports.SoundWriter`."""

    def write(self, audio: AudioStream, call_id: CallId, order: SoundOrder, target: Path, progress: Progress) -> None:
        with NewFile(target) as part, part.open("r+b") as handle:
            try:
                _encode(audio, call_id, order, handle, progress)
            except (av.error.FFmpegError, IndexError) as error:
                raise StreamBroken(f"the recording cannot be decoded: {error}") from error
        progress(1.0)


def _encode(audio: AudioStream, call_id: CallId, order: SoundOrder, handle: BinaryIO, progress: Progress) -> None:
    coding = _CODINGS[order.form]
    layout: Literal["mono", "stereo"] = "mono" if order.mixed else "stereo"
    with av.open(handle, "w", format=coding.container) as container:
        container.metadata["title"] = f"Desk {call_id}"
        stream = container.add_stream(coding.codec, rate=RATE_HZ, layout=layout)
        if not isinstance(stream, av.AudioStream):
            raise TypeError(coding.codec)
        if coding.bits_per_channel:
            stream.bit_rate = coding.bits_per_channel * (1 if order.mixed else 2)
        stream.options = dict(coding.options)
        resampler = av.AudioResampler(format=coding.sample, layout=layout, rate=RATE_HZ)
        place = 0
        for samples in _decoded(audio, progress):
            made = _frame(samples, order.mixed)
            made.pts = place
            place += len(samples)
            for frame in resampler.resample(made):
                container.mux(stream.encode(frame))
        for frame in resampler.resample(None):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _frame(samples: _Samples, mixed: bool) -> av.AudioFrame:
    if mixed:  # the sum: two people seldom speak at once, and neither may become quieter
        sides = samples.astype(np.int32).sum(axis=1)
        samples = np.clip(sides, -32768, 32767).astype(np.int16).reshape(-1, 1)
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(samples).reshape(1, -1), format="s16", layout="mono" if mixed else "stereo"
    )
    frame.sample_rate = RATE_HZ
    return frame


def _decoded(audio: AudioStream, progress: Progress) -> Iterator[_Samples]:
    """Blocks of shape (samples, 2)."""
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE_HZ)
    audio.seek(0)
    with av.open(audio, "r") as container:
        stream = container.streams.audio[0]
        length_s = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0
        done = told = 0
        for frame in container.decode(stream):
            for ready in resampler.resample(frame):
                samples = _sides(ready)
                done += len(samples)
                yield samples
            if length_s and done - told >= _STEP:
                told = done
                progress(min(0.99, done / RATE_HZ / length_s))
        for ready in resampler.resample(None):
            yield _sides(ready)


def _sides(frame: av.AudioFrame) -> _Samples:
    return frame.to_ndarray().reshape(-1, 2).astype(np.int16, copy=False)
