"""The player of recordings, loaded when the first one is played: PyAV and miniaudio take longer to load than a window
may take to open. Qt's thread."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk.recording.playing.player import Player as RealPlayer
    from desk.recording.playing.waveform import Waveform


def waveform(opus: bytes) -> "Waveform":
    """Worker thread. Raises what `damage` names."""
    from desk.recording.playing import waveform as bars

    return bars.waveform(opus)


def damage() -> type[Exception]:
    from desk.recording.playing.decode import DecodeError

    return DecodeError


class Player:
    """`desk.recording.playing.player.Player` on the device of this name ("" = the system's default)."""

    def __init__(self, device: str) -> None:
        self._device = device
        self.on_finished: Callable[..., None] = lambda _finished: None

    @cached_property
    def _real(self) -> "RealPlayer":
        from desk.recording.playing.player import Player as RealPlayer
        from desk.telephony.headset.playback import MiniaudioSink

        return RealPlayer(MiniaudioSink(lambda: self._device), lambda finished: self.on_finished(finished))

    @property
    def _loaded(self) -> "RealPlayer | None":
        loaded: RealPlayer | None = self.__dict__.get("_real")
        return loaded

    def play(self, source: bytes, from_ms: int = 0) -> None:
        self._real.play(source, from_ms)

    def pause(self) -> None:
        if self._loaded:
            self._loaded.pause()

    def resume(self) -> None:
        if self._loaded:
            self._loaded.resume()

    def seek_ms(self, position_ms: int) -> None:
        if self._loaded:
            self._loaded.seek_ms(position_ms)

    def stop(self) -> None:
        if self._loaded:
            self._loaded.stop()

    @property
    def position_ms(self) -> int:
        return self._loaded.position_ms if self._loaded else 0

    @property
    def paused(self) -> bool:
        return self._loaded.paused if self._loaded else False
