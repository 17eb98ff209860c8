"""The player of recordings, loaded when the first one is played (or `warm` is called on a worker's thread): PyAV and
miniaudio take longer to load than a window may take to open. Qt's thread, unless said."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from desk.usecases.recording_ports import AudioSink, AudioStream
from desk.usecases.replay import Tape

if TYPE_CHECKING:
    from desk.recording.playing.player import Player as RealPlayer
    from desk.recording.playing.waveform import Waveform


def warm() -> None:
    """Load what playing needs, so that the first click need not wait a quarter of a second. A worker's thread."""
    from desk.recording.playing import player, waveform  # noqa: F401
    from desk.telephony.headset import playback  # noqa: F401


class Reel:
    """An open recording: what `desk.ui.player.engine.Reel` says, over `desk.recording.playing`. A worker's thread."""

    def __init__(self, audio: AudioStream, length_ms: int) -> None:
        from desk.recording.playing.reel import Reel as RealReel

        self.real: RealReel = RealReel(audio, length_ms)

    def bars(self) -> "Waveform":
        """Raises what `damage` names."""
        from desk.recording.playing.waveform import waveform

        return waveform(self.real, lambda: self.real.closed)

    def closer(self, from_ms: int, until_ms: int, count: int) -> "Waveform":
        """Raises what `damage` names."""
        from desk.recording.playing.waveform import closer

        return closer(self.real, from_ms, until_ms, count, lambda: self.real.closed)

    def share_loaded(self) -> float:
        return self.real.share_loaded()

    def close(self) -> None:
        self.real.close()


def reel(tape: Tape) -> Reel:
    """Worker thread; the tape's audio is the reel's from now on. Whatever else playing needs is loaded here, too, and
    not on Qt's thread."""
    warm()
    return Reel(tape.audio, tape.length_ms)


def damage() -> tuple[type[Exception], ...]:
    from desk.recording.playing.decode import DecodeError
    from desk.recording.playing.reel import CalledAway
    from desk.usecases.recording_ports import StreamBroken

    return DecodeError, CalledAway, StreamBroken


class Player:
    """`desk.recording.playing.player.Player` on the device of this name ("" = the system's default). What is set before
    the first recording is played is set then."""

    def __init__(self, device: str, sink: Callable[[], AudioSink] | None = None) -> None:
        """`sink`: another one to be heard through."""
        self._device, self._sink = device, sink
        self.on_finished: Callable[..., None] = lambda _finished: None
        self.on_played: Callable[..., None] = lambda _played: None
        self._settings: dict[str, Callable[[RealPlayer], None]] = {}

    @cached_property
    def _real(self) -> "RealPlayer":
        from desk.recording.playing.player import Player as RealPlayer
        from desk.telephony.headset.playback import MiniaudioSink

        made = RealPlayer(self._sink() if self._sink else MiniaudioSink(lambda: self._device))
        for apply in self._settings.values():
            apply(made)
        return made

    @property
    def _loaded(self) -> "RealPlayer | None":
        loaded: RealPlayer | None = self.__dict__.get("_real")
        return loaded

    def play(self, source: Reel, from_ms: int = 0, marks: Sequence[int] = ()) -> None:
        real = self._real
        real.on_finished, real.on_played = self.on_finished, self.on_played
        real.play(source.real, from_ms, marks)

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

    def set_speed(self, speed: float) -> None:
        self._set("speed", lambda real: real.set_speed(speed))

    def set_skip_silence(self, skip: bool) -> None:
        self._set("skip", lambda real: real.set_skip_silence(skip))

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        self._set("loop", lambda real: real.set_loop(loop))

    def set_marks(self, marks: Sequence[int]) -> None:
        if self._loaded:  # of what plays: the next play brings its own
            self._loaded.set_marks(marks)

    def set_volumes(self, caller: float, agent: float) -> None:
        self._set("volumes", lambda real: real.set_volumes(caller, agent))

    @property
    def position_ms(self) -> int:
        return self._loaded.position_ms if self._loaded else 0

    @property
    def paused(self) -> bool:
        return self._loaded.paused if self._loaded else False

    @property
    def waiting(self) -> bool:
        return self._loaded.waiting if self._loaded else False

    @property
    def playing(self) -> bool:
        return self._loaded.playing if self._loaded else False

    def close(self) -> None:
        """Stop, and wait until the device has been given back."""
        if self._loaded:
            self._loaded.close()

    def _set(self, name: str, apply: "Callable[[RealPlayer], None]") -> None:
        self._settings[name] = apply
        if self._loaded:
            apply(self._loaded)
