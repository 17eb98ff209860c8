"""Reading a sealed recording: two channels (left caller, right agent) at 48 kHz, from any place. Opus decodes at 48 kHz
whatever rate it was recorded at (RFC 7845 section 5.1); anything else FFmpeg knows (FLAC) is brought there.

PyAV objects belong to the thread that made them; never the ui's, because opening and seeking read a file."""

from collections.abc import Callable, Generator
from types import TracebackType
from typing import Self, TypeAlias

import av
import numpy as np
import numpy.typing as npt

from desk.recording.playing.reel import Reel, Source, never

RATE_HZ = 48_000
CHANNELS = 2
PREROLL_MS = 80  # a decoder that starts in the middle needs this much to come to itself (RFC 7845 section 4.6)

Samples: TypeAlias = npt.NDArray[np.float32]


class DecodeError(Exception):
    """This is no recording of one or two channels, or it is damaged."""


class Decoder:
    """One recording, open. `length_ms` is what the container says, else what the reel was told (0: neither knows);
    `position_ms` where the next `read` begins. Raises `DecodeError` from every method, and on opening; from a reel that
    is still growing `CalledAway` and `StreamBroken`, after which only `close` may follow."""

    def __init__(self, source: Source | Reel, called_away: Callable[[], bool] = never) -> None:
        self._own = None if isinstance(source, Reel) else _reel(source)
        self.reel = source if isinstance(source, Reel) else self._own
        assert self.reel is not None  # noqa: S101 - one of the two
        self._reader = self.reel.reader(called_away)
        try:
            # A whole file tells its length at its end; a growing one is not asked for it.
            if self.reel.loaded >= self.reel.size:
                with self._reader.as_far_as_it_came():
                    self._container = av.open(self._reader, "r")
            else:
                self._container = av.open(self._reader, "r")
        except (av.error.FFmpegError, OSError) as error:
            self._close_own()
            raise DecodeError(str(error)) from error
        streams = self._container.streams.audio
        if len(streams) != 1 or streams[0].channels not in (1, CHANNELS):
            self._container.close()
            self._close_own()
            raise DecodeError("not one stream of one or two channels")
        self._stream = streams[0]
        duration, base = self._stream.duration, self._stream.time_base
        known = int(duration * base * 1000) if duration is not None and base is not None else 0
        self.length_ms = known if known > 0 else self.reel.length_ms
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
        self._close_own()

    @property
    def position_ms(self) -> int:
        return self._position * 1000 // RATE_HZ

    @property
    def waiting(self) -> bool:
        """For bytes that have not come yet. Any thread."""
        return self._reader.waiting

    @property
    def comments(self) -> dict[str, str]:
        """Vorbis comments, names in capitals."""
        found = {**self._container.metadata, **self._stream.metadata}  # FLAC's are the container's, Ogg's the stream's
        return {name.upper(): value for name, value in found.items()}

    def samples(self) -> Samples | None:
        """The next block (some 20 ms) of shape (samples, 2), full scale 1.0; None at the end."""
        block = next(self._frames, None)
        if block is not None:
            self._position += len(block)
        return block

    def read(self) -> bytes:
        """The next block as 16-bit little endian, interleaved; b"" at the end."""
        block = self.samples()
        return b"" if block is None else to_pcm(block)

    def seek_ms(self, position_ms: int) -> None:
        """Go on reading here, to the sample; beyond the end there is nothing to read. Waits until a growing file has
        come so far."""
        wanted = max(0, position_ms)
        self._frames.close()
        before = max(0, wanted - PREROLL_MS)
        try:
            self._reader.wait_for(self._guess(wanted))
            with self._reader.as_far_as_it_came():
                self._container.seek(before * 1000, backward=True, any_frame=False)
        except (av.error.FFmpegError, OSError) as error:
            raise DecodeError(str(error)) from error
        self._position = wanted * RATE_HZ // 1000
        self._frames = self._decoded(self._position)

    def _guess(self, position_ms: int) -> int:
        """How far the file must have come for a seek to this moment; speech is not equally dense, and what is missing
        then is decoded as it comes."""
        assert self.reel is not None  # noqa: S101
        if self.reel.loaded >= self.reel.size or not self.length_ms:
            return 0
        return int(self.reel.size * min(1.0, position_ms / self.length_ms))

    def _decoded(self, start: int) -> Generator[Samples, None, None]:
        """Blocks of shape (samples, 2) from this sample on."""
        resample = _Resample()
        place: int | None = None
        try:
            for frame in self._container.decode(self._stream):
                if place is None or resample.passes(frame):
                    place = _place(frame)
                for block in resample(frame):
                    skip = max(0, start - place)
                    place += len(block)
                    if skip < len(block):
                        yield block[skip:]
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise DecodeError(str(error)) from error

    def _close_own(self) -> None:
        if self._own is not None:
            self._own.close()


def _reel(source: Source) -> Reel:
    try:
        return Reel(source)
    except OSError as error:
        raise DecodeError(str(error)) from error


def to_pcm(block: Samples) -> bytes:
    """16-bit little endian, what is too loud cut off."""
    return np.clip(np.rint(block * 32768), -32768, 32767).astype("<i2").tobytes()


def _place(frame: av.AudioFrame) -> int:
    """The frame's first sample, counted from the start of the recording."""
    if frame.pts is None or frame.time_base is None:
        raise DecodeError("a frame without a time")
    return round(frame.pts * frame.time_base * RATE_HZ)


class _Resample:
    """Frames as they come from the decoder become blocks; those that fit already pass as they are."""

    def __init__(self) -> None:
        self._resampler: av.AudioResampler | None = None

    @staticmethod
    def passes(frame: av.AudioFrame) -> bool:
        return frame.format.name == "fltp" and frame.sample_rate == RATE_HZ

    def __call__(self, frame: av.AudioFrame) -> list[Samples]:
        if self.passes(frame):
            return [_two_channels(frame)]
        if self._resampler is None:
            self._resampler = av.AudioResampler(format="fltp", layout=frame.layout, rate=RATE_HZ)
        return [_two_channels(ready) for ready in self._resampler.resample(frame)]


def _two_channels(frame: av.AudioFrame) -> Samples:
    planes = frame.to_ndarray()
    both = planes if len(planes) == CHANNELS else np.repeat(planes, CHANNELS, axis=0)
    return np.ascontiguousarray(both.T, dtype=np.float32)
