"""The player: one recording at a time, heard through an `AudioSink`. All work is done on a thread of its own that lives
as long as the recording plays; every method returns at once and may be called from any thread, the ui's included.

Times are the recording's, whatever the speed. `position_ms` is where the sink is being fed, some 100 ms ahead of the
ear. Speed, volumes and whether silence is skipped stay from one recording to the next; a loop does not."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from desk.recording.playing.decode import CHANNELS, RATE_HZ, DecodeError, Samples, to_pcm
from desk.recording.playing.head import Head, Way
from desk.recording.playing.heard import HeardStretches
from desk.recording.playing.reel import CalledAway, Reel, Source
from desk.recording.playing.tempo import FASTEST, HOP, SLOWEST
from desk.usecases.recording_ports import AudioSink, LoadBrokeOff, SinkLost, StreamBroken

log = logging.getLogger(__name__)

LOUDEST = 4.0  # +12 dB
TAIL_MS = 600  # of silence push the last word out of the sink before it is closed
_TWENTY_MS = bytes(RATE_HZ * 20 // 1000 * CHANNELS * 2)


class Finished(Enum):
    """Why a recording is not playing any more."""

    ENDED = "ended"
    STOPPED = "stopped"
    NO_DEVICE = "no_device"
    DAMAGED = "damaged"
    BROKE_OFF = "broke_off"  # the vault gave no more of it


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a `play`. `at_ms`: where it stood when it ended. `heard`: (from, until) in ms, in order."""

    at_ms: int
    heard: tuple[tuple[int, int], ...]


class Player:
    """`on_finished`, as it is set when `play` is called, is called once for that `play`, on the player's thread, after
    the device was given back; so is `on_played`, before it."""

    def __init__(self, sink: AudioSink, on_finished: Callable[[Finished], None] = lambda _finished: None) -> None:
        self._sink = sink
        self.on_finished = on_finished
        self.on_played: Callable[[Played], None] = lambda _played: None
        self._state = threading.Condition()
        self._thread: threading.Thread | None = None
        self._generation = 0
        self._paused = False
        self._seek_to_ms: int | None = None
        self._seeks = self._seeks_done = 0
        self._position_ms = 0
        self._length_ms = 0
        self._way = Way()
        self._volumes = (1.0, 1.0)
        self._head: Head | None = None
        self.rounds = 0  # of the loop, since it was set

    def play(self, source: Source | Reel, from_ms: int = 0, marks: Sequence[int] = ()) -> None:
        """Play this recording; what plays now is stopped first. `marks`: moments (ms) not passed over in silence. A
        `Reel` stays open, anything else is closed in the end."""
        with self._state:
            self._generation += 1
            self._paused = False
            self._seek_to_ms = from_ms or None
            self._seeks_done = self._seeks
            self._position_ms, self._length_ms = from_ms, 0
            self._way = replace(self._way, loop=None, marks=tuple(sorted(marks)))
            before = self._thread
            run = _Run(source, self._generation, before, self.on_finished, self.on_played)
            self._thread = threading.Thread(target=self._run, args=(run,), name="player", daemon=True)
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
                self._seeks += 1
                self._state.notify_all()

    def stop(self) -> None:
        with self._state:
            self._generation += 1
            self._state.notify_all()

    def set_speed(self, speed: float) -> None:
        """0.5 to 3.0; the pitch stays."""
        with self._state:
            self._way = replace(self._way, speed=min(max(speed, SLOWEST), FASTEST))

    def set_skip_silence(self, skip: bool) -> None:
        with self._state:
            self._way = replace(self._way, skip_silence=skip)

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """From, until (ms): what is played again and again; None: no more."""
        with self._state:
            self._way = replace(self._way, loop=loop)
            self.rounds = 0

    def set_marks(self, marks: Sequence[int]) -> None:
        """Other moments (ms) not passed over in silence, of what plays."""
        with self._state:
            self._way = replace(self._way, marks=tuple(sorted(marks)))

    def set_volumes(self, caller: float, agent: float) -> None:
        """1.0 as recorded, 0.0 silent, at most `LOUDEST`."""
        with self._state:
            self._volumes = (min(max(caller, 0.0), LOUDEST), min(max(agent, 0.0), LOUDEST))

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
    def waiting(self) -> bool:
        """For more of the recording to come from the vault: nothing is heard, and it goes on by itself."""
        head = self._head
        return head is not None and head.waiting

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

    # ---- the player's thread

    def _run(self, run: "_Run") -> None:
        if run.before is not None:
            run.before.join()
        heard = HeardStretches()
        try:
            finished = self._play(run, heard)
        except SinkLost as error:
            log.warning("a recording cannot be heard: %s", error)
            finished = Finished.NO_DEVICE
        except (DecodeError, StreamBroken) as error:
            finished = Finished.STOPPED
            if self._generation == run.generation:  # else its reel was closed under it
                finished = Finished.BROKE_OFF if isinstance(error, LoadBrokeOff) else Finished.DAMAGED
                log.warning("a recording cannot be played on at %d ms: %s", self._position_ms, error)
        finally:
            self._sink.close()
        with self._state:
            played = Played(heard.at_ms, heard.told())
            if self._generation == run.generation:
                self._thread = None
        run.on_played(played)
        run.on_finished(finished)

    def _play(self, run: "_Run", heard: HeardStretches) -> Finished:
        own = None if isinstance(run.source, Reel) else _open(run.source)
        reel = run.source if isinstance(run.source, Reel) else own
        assert reel is not None  # noqa: S101 - one of the two
        try:
            self._sink.open(RATE_HZ, CHANNELS)
            while True:
                try:
                    return self._play_reel(reel, run, heard)
                except CalledAway:  # while it waited for bytes: from where it is wanted now
                    with self._state:
                        if self._generation != run.generation:
                            return Finished.STOPPED
                        self._seek_to_ms, self._seeks_done = self._position_ms, self._seeks
        finally:
            self._head = None
            if own is not None:
                own.close()

    def _play_reel(self, reel: Reel, run: "_Run", heard: HeardStretches) -> Finished:
        head = Head(reel, lambda: self._generation != run.generation or self._seeks != self._seeks_done)
        self._head = head
        mixer = _Mixer()
        try:
            while (order := self._next_order(head, run)) is not None:
                way, volumes = order
                since_ms = head.at_ms
                block = head.next(way)
                if block is None:
                    if self._ended(run):
                        return Finished.ENDED
                    continue
                self._sink.write(to_pcm(mixer.mix(block, volumes)))
                self._went(since_ms, head.at_ms, run, heard)
        finally:
            head.close()
        return Finished.STOPPED

    def _next_order(self, head: Head, run: "_Run") -> tuple[Way, tuple[float, float]] | None:
        """Wait while paused, do what was asked; None when this recording is to stop."""
        while True:
            with self._state:
                self._length_ms = head.length_ms
                self._state.wait_for(
                    lambda: not self._paused or self._generation != run.generation or self._seek_to_ms is not None
                )
                if self._generation != run.generation:
                    return None
                seek_to_ms, self._seek_to_ms = self._seek_to_ms, None
                self._seeks_done = self._seeks
                if seek_to_ms is None:
                    return self._way, self._volumes
            self._sink.drop()
            head.go(seek_to_ms)

    def _went(self, since_ms: int, until_ms: int, run: "_Run", heard: HeardStretches) -> None:
        if until_ms >= since_ms:
            heard.went(since_ms, until_ms)
        else:  # round the loop
            heard.went(until_ms, until_ms)
            self.rounds += 1
        with self._state:
            if self._seek_to_ms is None and self._generation == run.generation:
                self._position_ms = min(until_ms, self._length_ms or until_ms)

    def _ended(self, run: "_Run") -> bool:
        """Push the last word out of the sink; False where it is to go on elsewhere, or to stop."""
        for _ in range(TAIL_MS // 20):
            with self._state:
                if self._seek_to_ms is not None or self._generation != run.generation:
                    return False
            self._sink.write(_TWENTY_MS)
        return True


@dataclass(frozen=True, slots=True)
class _Run:
    """One `play`."""

    source: Source | Reel
    generation: int
    before: threading.Thread | None
    on_finished: Callable[[Finished], None]
    on_played: Callable[[Played], None]


def _open(source: Source) -> Reel:
    try:
        return Reel(source)
    except OSError as error:
        raise DecodeError(str(error)) from error


class _Mixer:
    """Volumes, changed over the length of a block: no click."""

    def __init__(self) -> None:
        self._before: tuple[float, float] | None = None
        self._rise = np.linspace(0.0, 1.0, HOP, dtype=np.float32)[:, None]

    def mix(self, block: Samples, volumes: tuple[float, float]) -> Samples:
        before, self._before = self._before or volumes, volumes
        if before == volumes == (1.0, 1.0):
            return block
        start, end = np.array(before, dtype=np.float32), np.array(volumes, dtype=np.float32)
        mixed: Samples = block * (start + (end - start) * self._rise)
        return mixed


class FakeSink:
    """Takes everything at once and keeps it, so that a player can be tried without a sound device. `lost` makes it
    behave like one that was pulled out."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.rate_hz = 0
        self.channels = 0
        self.is_open = False
        self.lost = False
        self.dropped = 0

    def open(self, rate_hz: int, channels: int) -> None:
        if self.lost:
            raise SinkLost("no such device")
        self.rate_hz, self.channels, self.is_open = rate_hz, channels, True

    def write(self, samples: bytes) -> None:
        if self.lost or not self.is_open:
            raise SinkLost("the device is gone")
        self.heard += samples

    def drop(self) -> None:
        self.dropped += 1

    def close(self) -> None:
        self.is_open = False
