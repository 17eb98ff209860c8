"""The player: one recording at a time, heard through an `AudioSink`. All work is done on a thread of its own that
lives as long as the recording plays; every method returns at once and may be called from any thread, the ui's
included.

`position_ms` is where the sink is being fed, some 100 ms ahead of the ear."""

import logging
import threading
from collections.abc import Callable
from enum import Enum

from desk.recording.playing.decode import CHANNELS, RATE_HZ, DecodeError, Decoder, Source
from desk.usecases.ports import AudioSink, SinkLost

log = logging.getLogger(__name__)

_TAIL = bytes(RATE_HZ * 600 // 1000 * CHANNELS * 2)  # pushes the last word out of the sink before it is closed


class Finished(Enum):
    """Why a recording is not playing any more."""

    ENDED = "ended"
    STOPPED = "stopped"
    NO_DEVICE = "no_device"
    DAMAGED = "damaged"


class Player:
    """`on_finished`, as it is set when `play` is called, is called once for that `play`, on the player's thread, after
    the device was given back."""

    def __init__(self, sink: AudioSink, on_finished: Callable[[Finished], None] = lambda _finished: None) -> None:
        self._sink = sink
        self.on_finished = on_finished
        self._state = threading.Condition()
        self._thread: threading.Thread | None = None
        self._generation = 0
        self._paused = False
        self._seek_to_ms: int | None = None
        self._position_ms = 0
        self._length_ms = 0

    def play(self, source: Source, from_ms: int = 0) -> None:
        """Play this recording (the file's content, or its path); what plays now is stopped first."""
        with self._state:
            self._generation += 1
            self._paused = False
            self._seek_to_ms = from_ms or None
            self._position_ms, self._length_ms = from_ms, 0
            before = self._thread
            self._thread = threading.Thread(
                target=self._run, args=(source, self._generation, before, self.on_finished), name="player", daemon=True
            )
            self._state.notify_all()
            self._thread.start()

    def pause(self) -> None:
        with self._state:
            self._paused = True

    def resume(self) -> None:
        with self._state:
            self._paused = False
            self._state.notify_all()

    def seek_ms(self, position_ms: int) -> None:
        """Go on from here, paused or not. Before the start is the start; beyond the end is the end."""
        with self._state:
            if self._playing():
                self._seek_to_ms = self._position_ms = max(0, position_ms)
                self._state.notify_all()

    def stop(self) -> None:
        with self._state:
            self._generation += 1
            self._state.notify_all()

    @property
    def position_ms(self) -> int:
        return self._position_ms

    @property
    def length_ms(self) -> int:
        """Of what plays; 0 until it has been opened."""
        return self._length_ms

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def playing(self) -> bool:
        """Whether there is something to pause, seek or stop."""
        with self._state:
            return self._playing()

    def close(self, timeout_s: float = 3.0) -> None:
        """Stop and wait until the device has been given back."""
        self.stop()
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)

    def _playing(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(
        self,
        source: Source,
        generation: int,
        before: threading.Thread | None,
        on_finished: Callable[[Finished], None],
    ) -> None:
        if before is not None:
            before.join()
        try:
            finished = self._play(source, generation)
        except SinkLost as error:
            log.warning("a recording cannot be heard: %s", error)
            finished = Finished.NO_DEVICE
        except DecodeError as error:
            log.warning("a recording cannot be decoded: %s", error)
            finished = Finished.DAMAGED
        finally:
            self._sink.close()
        with self._state:
            if self._generation == generation:
                self._thread = None
        on_finished(finished)

    def _play(self, source: Source, generation: int) -> Finished:
        with Decoder(source) as decoder:
            self._sink.open(RATE_HZ, CHANNELS)
            while self._may_go_on(decoder, generation):
                block = decoder.read()
                if not block:
                    self._sink.write(_TAIL)
                    if not self._asked_back():
                        return Finished.ENDED
                    continue
                self._sink.write(block)
                with self._state:
                    if self._seek_to_ms is None and self._generation == generation:
                        self._position_ms = decoder.position_ms
        return Finished.STOPPED

    def _may_go_on(self, decoder: Decoder, generation: int) -> bool:
        """Wait while paused, do what was asked; False when this recording is to stop."""
        with self._state:
            self._state.wait_for(
                lambda: not self._paused or self._generation != generation or self._seek_to_ms is not None
            )
            if self._generation != generation:
                return False
            self._length_ms = decoder.length_ms
            seek_to_ms, self._seek_to_ms = self._seek_to_ms, None
            still_paused = self._paused
        if seek_to_ms is not None:
            decoder.seek_ms(seek_to_ms)
            if still_paused:
                return self._may_go_on(decoder, generation)
        return True

    def _asked_back(self) -> bool:
        with self._state:
            return self._seek_to_ms is not None


class FakeSink:
    """Takes everything at once and keeps it, so that a player can be tried without a sound device. `lost` makes it
    behave like one that was pulled out."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.rate_hz = 0
        self.channels = 0
        self.is_open = False
        self.lost = False

    def open(self, rate_hz: int, channels: int) -> None:
        if self.lost:
            raise SinkLost("no such device")
        self.rate_hz, self.channels, self.is_open = rate_hz, channels, True

    def write(self, samples: bytes) -> None:
        if self.lost or not self.is_open:
            raise SinkLost("the device is gone")
        self.heard += samples

    def close(self) -> None:
        self.is_open = False
