"""`Headset` on real sound devices, by miniaudio. The devices are open as long as the seat runs: an answered call has
its microphone at once, and a headset that was unplugged is noticed before the next call, not by it.

Three kinds of threads. "headset", our own, looks at the devices once a second (and at once when miniaudio says that one
stopped), opens, closes, rings. miniaudio's, one per device, move samples between device and `FrameBuffer`. PJSIP's
audio thread takes from and gives to the other ends of the buffers."""

import logging
import queue
import threading
import time
import wave
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

from desk.domain.events import HeadsetState
from desk.domain.troubles import Trouble
from desk.resources import resources_dir
from desk.telephony.frame_buffer import PUNCTUAL, PUNCTUAL_EAR, FrameBuffer
from desk.telephony.frames import FRAME_SAMPLES
from desk.telephony.headset import HeadsetCounts, HeadsetReport
from desk.telephony.sound_devices import (
    CAUTIOUS_PERIOD_MS,
    PERIOD_MS,
    DeviceList,
    Found,
    NoSound,
    OpenDevice,
    choose,
    close,
    open_earpiece,
    open_microphone,
)
from desk.telephony.tones import ring_tone

LOOK_EVERY_S = 1.0
STALLED_S = 0.7  # a device that has not called for so long is gone, whatever the list says
RING_PERIOD_MS = 40
QUIET_GAIN = 0.12

_log = logging.getLogger(__name__)


@dataclass
class _Side:
    """Microphone or earpiece: what is open of it. `called_s` is set by miniaudio's thread."""

    missing: Trouble
    buffer: FrameBuffer = field(default_factory=FrameBuffer)
    wanted: str = ""
    device: OpenDevice | None = None
    name: str = ""
    was_open: bool = False
    called_s: float = 0.0
    fault: str = ""

    def shut(self) -> None:
        if self.device is not None:
            close(self.device)
            self.device = None


class MiniaudioHeadset:
    def __init__(
        self, microphone: str = "", earpiece: str = "", ring_device: str = "", ring_file: Path | None = None
    ) -> None:
        self._microphone = _Side(Trouble.NO_MICROPHONE, wanted=microphone)
        self._earpiece = _Side(Trouble.NO_EARPIECE, wanted=earpiece)
        self._ring_name = ring_device
        self._ring_file = ring_file or resources_dir() / "sounds" / "ring.wav"
        self._ring_device: OpenDevice | None = None
        self._earpiece_period_ms = CAUTIOUS_PERIOD_MS
        self._devices = DeviceList()
        self._earpieces: list[Found] = []
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="headset", daemon=True)
        self._reported: HeadsetReport | None = None
        self._on_change: Callable[[HeadsetReport], None] = lambda _: None

    # ---- Headset

    def open(self, on_change: Callable[[HeadsetReport], None], punctual: bool = False) -> None:
        self._on_change = on_change
        if punctual:
            self._earpiece_period_ms = PERIOD_MS
            self._microphone.buffer, self._earpiece.buffer = FrameBuffer(PUNCTUAL), FrameBuffer(PUNCTUAL_EAR)
        self._thread.start()

    def choose(self, microphone: str, earpiece: str, ring_device: str) -> None:
        self._tasks.put(lambda: self._choose(microphone, earpiece, ring_device))

    def take(self) -> bytes:
        return self._microphone.buffer.take(FRAME_SAMPLES)

    def give(self, frame: bytes) -> None:
        self._earpiece.buffer.put(frame)

    def ring(self, on: bool, quiet: bool = False) -> None:
        self._tasks.put(lambda: self._ring(on, quiet))

    def begin_call(self) -> None:
        self._microphone.buffer.begin_call()
        self._earpiece.buffer.begin_call()

    @property
    def counts(self) -> HeadsetCounts:
        return HeadsetCounts(self._microphone.buffer.counts, self._earpiece.buffer.counts)

    def close(self) -> None:
        self._tasks.put(None)
        if self._thread.is_alive():
            self._thread.join(2.0)

    # ---- the headset's thread

    def _run(self) -> None:
        while True:
            try:
                self._look()
                task = self._next_task()
                if task is None:
                    break
                task()
            except Exception:  # noqa: BLE001 - a fault here costs one look, never the headset
                _log.exception("the headset failed")
                time.sleep(LOOK_EVERY_S)
        self._ring(on=False, quiet=False)
        self._microphone.shut()
        self._earpiece.shut()

    def _next_task(self) -> Callable[[], None] | None:
        try:
            return self._tasks.get(timeout=LOOK_EVERY_S)
        except queue.Empty:
            return _nothing

    def _choose(self, microphone: str, earpiece: str, ring_device: str) -> None:
        for side, name in ((self._microphone, microphone), (self._earpiece, earpiece)):
            side.was_open = side.was_open and side.wanted == name
            side.wanted = name
        self._ring_name = ring_device

    def _look(self) -> None:
        """Compare what is there with what is wanted, open and close, report a change."""
        try:
            microphones, self._earpieces = self._devices.look()
        except NoSound:
            microphones, self._earpieces = [], []
        self._settle(self._microphone, microphones, self._open_microphone)
        self._settle(self._earpiece, self._earpieces, self._open_earpiece)
        wrongs: dict[Trouble, str] = {}
        for side in (self._microphone, self._earpiece):
            if side.device is None:
                wrongs[Trouble.HEADSET_VANISHED if side.was_open else side.missing] = side.fault
        state = HeadsetState(
            tuple(found.device for found in microphones),
            tuple(found.device for found in self._earpieces),
            self._microphone.wanted,
            self._earpiece.wanted,
            self._ring_name,
            present=not wrongs,
        )
        report = HeadsetReport(state, wrongs)
        if report != self._reported:
            self._reported = report
            self._on_change(report)

    def _settle(self, side: _Side, found: list[Found], opener: Callable[[Found], OpenDevice]) -> None:
        fitting = choose(found, side.wanted)
        stalled = time.monotonic() - side.called_s > STALLED_S
        if side.device is not None and (fitting is None or stalled or side.name != fitting.device.name):
            side.shut()
        if fitting is None:
            side.fault = side.wanted or "no device"
        elif side.device is None:
            side.called_s = time.monotonic()
            try:
                side.device = opener(fitting)
            except NoSound as error:
                side.fault = str(error)
            else:
                side.name, side.was_open = fitting.device.name, True
                side.device.stop_callback = lambda: self._tasks.put(_nothing)

    def _open_microphone(self, found: Found) -> OpenDevice:
        sink = self._listen()
        next(sink)
        return open_microphone(found, sink)

    def _open_earpiece(self, found: Found) -> OpenDevice:
        source = self._speak()
        next(source)
        return open_earpiece(found, source, self._earpiece_period_ms)

    def _listen(self) -> Generator[bytes, bytes, None]:
        """Runs on miniaudio's thread."""
        side = self._microphone
        while True:
            pcm = yield b""
            side.called_s = time.monotonic()
            side.buffer.put(bytes(pcm))

    def _speak(self) -> Generator[bytes, int, None]:
        """Runs on miniaudio's thread."""
        side = self._earpiece
        pcm = b""
        while True:
            count = yield pcm
            side.called_s = time.monotonic()
            pcm = side.buffer.take(count)

    def _ring(self, on: bool, quiet: bool) -> None:
        if self._ring_device is not None:
            close(self._ring_device)
            self._ring_device = None
        found = choose(self._earpieces, self._ring_name) or choose(self._earpieces, "")
        if not on or found is None:
            return
        try:
            source = _loop(ring_tone(self._ring_file, QUIET_GAIN if quiet else 1.0))
            next(source)
            self._ring_device = open_earpiece(found, source, RING_PERIOD_MS)
        except (NoSound, OSError, wave.Error) as error:
            _log.warning("no ring: %s", error)


def _nothing() -> None:
    """A task that only makes the thread look again."""


def _loop(pcm: bytes) -> Generator[bytes, int, None]:
    at, part = 0, b""
    while True:
        count = (yield part) * 2
        part = pcm[at : at + count]
        while len(part) < count:
            part += pcm[: count - len(part)]
        at = (at + count) % len(pcm)
