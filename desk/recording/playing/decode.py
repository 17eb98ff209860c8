"""Reading a sealed recording: two channels (left caller, right agent) as 48 kHz 16-bit samples, from any place, and
the bars of its waveform. Opus decodes at 48 kHz whatever rate it was recorded at (RFC 7845 section 5.1).

PyAV objects belong to the thread that made them; never the ui's, because opening and seeking read a file."""

import base64
import binascii
from collections.abc import Generator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

import av
import numpy as np
import numpy.typing as npt

from desk.recording.sealing.encode import PEAKS, PEAKS_TAG, bars_of

RATE_HZ = 48_000
CHANNELS = 2
_PREROLL_MS = 80  # a decoder that starts in the middle needs this much to come to itself (RFC 7845 section 4.6)

Source: TypeAlias = Path | bytes
_Samples: TypeAlias = npt.NDArray[np.int16]


class DecodeError(Exception):
    """This is no recording of one or two channels, or it is damaged."""


@dataclass(frozen=True, slots=True)
class Waveform:
    """Equally long bars from start to end, each the loudest sample in it, 0.0 (silence) to 1.0 (full scale)."""

    caller: tuple[float, ...]
    agent: tuple[float, ...]


class Decoder:
    """One recording, open. `length_ms` is what the container says; `position_ms` where the next `read` begins.
    Raises `DecodeError` from every method, and on opening."""

    def __init__(self, source: Source) -> None:
        try:
            self._container = av.open(BytesIO(source) if isinstance(source, bytes) else str(source), "r")
        except (av.error.FFmpegError, OSError) as error:
            raise DecodeError(str(error)) from error
        streams = self._container.streams.audio
        if len(streams) != 1 or streams[0].channels not in (1, CHANNELS):
            self._container.close()
            raise DecodeError("not one stream of one or two channels")
        self._stream = streams[0]
        duration, base = self._stream.duration, self._stream.time_base
        self.length_ms = int(duration * base * 1000) if duration is not None and base is not None else 0
        self._frames = self._decoded(0)
        self._position = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._frames.close()
        self._container.close()

    @property
    def position_ms(self) -> int:
        return self._position * 1000 // RATE_HZ

    @property
    def comments(self) -> dict[str, str]:
        """Vorbis comments, names in capitals."""
        return {name.upper(): value for name, value in self._stream.metadata.items()}

    def read(self) -> bytes:
        """The next block (some 20 ms), interleaved; b"" at the end."""
        samples = next(self._frames, None)
        if samples is None:
            return b""
        self._position += len(samples)
        return samples.astype("<i2", copy=False).tobytes()

    def seek_ms(self, position_ms: int) -> None:
        """Go on reading here, to the sample; beyond the end there is nothing to read."""
        wanted = max(0, position_ms)
        self._frames.close()
        try:
            self._container.seek(max(0, wanted - _PREROLL_MS) * 1000, backward=True, any_frame=False)
        except av.error.FFmpegError as error:
            raise DecodeError(str(error)) from error
        self._position = wanted * RATE_HZ // 1000
        self._frames = self._decoded(self._position)

    def _decoded(self, start: int) -> Generator[_Samples, None, None]:
        """Blocks of shape (samples, 2) from this sample on."""
        try:
            for frame in self._container.decode(self._stream):
                first = _place(frame)
                samples = _two_channels(frame)
                skip = max(0, start - first)
                if skip < len(samples):
                    yield samples[skip:]
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise DecodeError(str(error)) from error


def _place(frame: av.AudioFrame) -> int:
    """The frame's first sample, counted from the start of the recording."""
    if frame.pts is None or frame.time_base is None:
        raise DecodeError("a frame without a time")
    return round(frame.pts * frame.time_base * RATE_HZ)


def _two_channels(frame: av.AudioFrame) -> _Samples:
    planes = frame.to_ndarray()
    if frame.format.name != "fltp" or frame.sample_rate != RATE_HZ:
        raise DecodeError(f"not Opus: {frame.format.name} at {frame.sample_rate} Hz")
    both = planes if len(planes) == CHANNELS else np.repeat(planes, CHANNELS, axis=0)
    return np.clip(np.rint(both.T * 32768), -32768, 32767).astype(np.int16)


def waveform(source: Source) -> Waveform:
    """The bars: from the file's comments in a millisecond, else by decoding all of it (2 ms per second of speech).
    Raises `DecodeError`."""
    with Decoder(source) as decoder:
        bars = _kept_bars(decoder.comments.get(PEAKS_TAG, ""))
        if bars is None:
            bars = _counted_bars(decoder)
    return Waveform(tuple((bars[0] / 255).tolist()), tuple((bars[1] / 255).tolist()))


def _kept_bars(untrusted_text: str) -> npt.NDArray[np.uint8] | None:
    try:
        untrusted_bars = base64.b64decode(untrusted_text, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(untrusted_bars) != CHANNELS * PEAKS:
        return None
    return np.frombuffer(untrusted_bars, dtype=np.uint8).reshape(CHANNELS, PEAKS)


def _counted_bars(decoder: Decoder) -> npt.NDArray[np.uint8]:
    loudest = []
    while block := decoder.read():
        samples = np.frombuffer(block, dtype="<i2").reshape(-1, CHANNELS).astype(np.int32)
        loudest.append(np.abs(samples).max(axis=0))
    return bars_of(np.array(loudest, dtype=np.int32))
