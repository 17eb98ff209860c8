"""Playing through a sound device: the `AudioSink` of miniaudio. `write` fills a short queue and waits while it is full;
miniaudio's own thread empties it, and plays silence when there is nothing in it. Used by the player's thread in the
ui process, where a recording is heard; the headset of a call is `desk.telephony.headset.port`."""

import threading
from collections.abc import Callable, Generator
from typing import Any

import miniaudio
import numpy as np

from desk.telephony.headset import sound_devices
from desk.usecases.recording_ports import SinkLost

SAMPLE_BYTES = 2
PERIOD_MS = 20
QUEUE_MS = 100
FADE_MS = 4
LOST_S = 4.0  # a device that has taken nothing for so long is gone; a sleepy PulseAudio sink needs 2 s to wake up


class MiniaudioSink:
    """`device` names the device, asked whenever a recording is opened ("" = the system's default). `backends`: a
    miniaudio backend to use instead of the system's (its null device plays in real time and is not heard)."""

    def __init__(
        self,
        device: Callable[[], str] = lambda: "",
        backends: list[miniaudio.Backend] | None = None,
        lost_s: float = LOST_S,
    ) -> None:
        self._name, self._backends, self._lost_s = device, backends, lost_s
        self._device: Any = None
        self._queue = bytearray()
        self._queue_bytes = self._fade_bytes = 0
        self._channels = 1
        self._room = threading.Condition()

    def open(self, rate_hz: int, channels: int) -> None:
        self.close()
        self._queue.clear()
        self._queue_bytes = rate_hz * QUEUE_MS // 1000 * channels * SAMPLE_BYTES
        self._channels = channels
        self._fade_bytes = rate_hz * FADE_MS // 1000 * channels * SAMPLE_BYTES
        try:
            self._start(rate_hz, channels)
        except (miniaudio.MiniaudioError, SinkLost) as error:
            self.close()
            raise SinkLost(str(error)) from error

    def _start(self, rate_hz: int, channels: int) -> None:
        self._device = miniaudio.PlaybackDevice(
            miniaudio.SampleFormat.SIGNED16,
            channels,
            rate_hz,
            PERIOD_MS,
            device_id=self._find(),
            backends=self._backends,
            app_name=sound_devices.APP_NAME,
        )
        if self._backends is None and self._device.backend == sound_devices.NULL_BACKEND:
            raise SinkLost("no sound system")
        feed = self._feed(channels * SAMPLE_BYTES)
        next(feed)
        self._device.start(feed)

    def write(self, samples: bytes) -> None:
        if self._device is None:
            raise SinkLost("the device is not open")
        with self._room:
            while samples:
                if not self._room.wait_for(lambda: len(self._queue) < self._queue_bytes, self._lost_s):
                    raise SinkLost("the device takes nothing any more")
                room = self._queue_bytes - len(self._queue)
                self._queue += samples[:room]
                samples = samples[room:]

    def drop(self) -> None:
        """Forget what waits in the queue; its first milliseconds fade away, because a cut would click."""
        with self._room:
            samples = np.frombuffer(bytes(self._queue[: self._fade_bytes]), dtype="<i2").reshape(-1, self._channels)
            fade = np.linspace(1.0, 0.0, len(samples))[:, None]
            self._queue[:] = (samples * fade).astype("<i2").tobytes()
            self._room.notify_all()

    def close(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            sound_devices.close(device)

    def _find(self) -> Any:
        """The device as miniaudio knows it. Raises `SinkLost`."""
        if self._backends is not None:
            return None
        name = self._name()
        try:
            _, earpieces = sound_devices.DeviceList().look()
        except sound_devices.NoSound as error:
            raise SinkLost(str(error)) from error
        found = sound_devices.choose(earpieces, name)
        if found is None:
            raise SinkLost(f"no earpiece is called {name!r}" if name else "there is no earpiece")
        return found.handle

    def _feed(self, frame_bytes: int) -> Generator[bytes, int, None]:
        """miniaudio's thread: gets the number of frames wanted, gives them. It must never raise."""
        wanted = yield b""
        while True:
            with self._room:
                taken = bytes(self._queue[: wanted * frame_bytes])
                del self._queue[: len(taken)]
                self._room.notify_all()
            wanted = yield taken.ljust(wanted * frame_bytes, b"\0")
