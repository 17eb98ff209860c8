"""`Headset` on real sound devices, by miniaudio. The devices are open as long as the seat runs: an answered call has
its microphone at once, and a headset that was unplugged is noticed before the next call, not by it.

Three kinds of threads. "headset", our own, looks at the devices every half second (and at once when miniaudio says that
one stopped), opens, closes, rings, and keeps what was chosen. miniaudio's, one per device, move samples between device
and `FrameBuffer`. PJSIP's audio thread takes from and gives to the other ends of the buffers."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from pathlib import Path

from desk.domain.commands import ChooseHeadset, SetComfort
from desk.domain.events import CheckStage, HeadsetChecked, Verdict
from desk.domain.troubles import Trouble
from desk.resources import resources_dir
from desk.telephony.frames import FRAME_SAMPLES
from desk.telephony.headset.checking import HeadsetChecking
from desk.telephony.headset.chosen import ChosenHeadset, ranked
from desk.telephony.headset.comfort import SoundPath
from desk.telephony.headset.frame_buffer import PUNCTUAL, FrameBuffer
from desk.telephony.headset.port import HeadsetCounts, HeadsetReport
from desk.telephony.headset.reporting import report
from desk.telephony.headset.ringing import Ringing
from desk.telephony.headset.side import Side, Stream
from desk.telephony.headset.sound_devices import (
    BRISK_PERIOD_MS,
    CAUTIOUS_PERIOD_MS,
    PERIOD_MS,
    DeviceList,
    Found,
    NoSound,
    OpenDevice,
    open_earpiece,
    open_microphone,
)

LOOK_EVERY_S = 0.5

_log = logging.getLogger(__name__)


class MiniaudioHeadset:
    """`chosen`: what is remembered, used by the headset's thread from `open` on."""

    def __init__(
        self, chosen: ChosenHeadset | None = None, ring_on_speakers: bool = True, ring_file: Path | None = None
    ) -> None:
        self._chosen = chosen or ChosenHeadset(None, ChooseHeadset("", "", ""), lambda: datetime.now(UTC))
        self._microphone = Side(Trouble.NO_MICROPHONE, self._open_microphone, self._look_again)
        self._earpiece = Side(Trouble.NO_EARPIECE, self._open_earpiece, self._look_again)
        self._ringing = Ringing(
            ring_file or resources_dir() / "sounds" / "ring.wav", ring_on_speakers, self._chosen.ring_db
        )
        self._path = SoundPath()
        self._checking = HeadsetChecking(self._path)
        self._microphone_period_ms, self._earpiece_period_ms = PERIOD_MS, CAUTIOUS_PERIOD_MS
        self._devices = DeviceList()
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="headset", daemon=True)
        self._reported: HeadsetReport | None = None
        self._on_change: Callable[[HeadsetReport], None] = lambda _: None

    # ---- Headset

    def open(self, on_change: Callable[[HeadsetReport], None], punctual: bool = False) -> None:
        self._on_change = on_change
        if punctual:
            self._microphone_period_ms, self._earpiece_period_ms = BRISK_PERIOD_MS, PERIOD_MS
            self._microphone.buffer, self._earpiece.buffer = FrameBuffer(PUNCTUAL), FrameBuffer(PUNCTUAL)
        self._thread.start()

    def choose(self, microphone: str, earpiece: str, ring_device: str) -> None:
        self._tasks.put(lambda: self._chosen.choose(ChooseHeadset(microphone, earpiece, ring_device)))

    def set_comfort(self, asked: SetComfort) -> None:
        self._tasks.put(
            lambda: self._chosen.set_comfort(self._microphone.name, self._earpiece.name, self._ringing.device, asked)
        )

    def check(self, tell: Callable[[HeadsetChecked], None]) -> None:
        self._tasks.put(lambda: self._check(tell))

    def break_off_check(self) -> None:
        self._tasks.put(self._checking.break_off)

    def take(self) -> bytes:
        return self._path.mouth(self._microphone.buffer.take(FRAME_SAMPLES))

    def give(self, frame: bytes) -> None:
        self._earpiece.buffer.put(self._path.ear(frame))

    def ring(self, on: bool, quiet: bool = False) -> None:
        self._tasks.put(lambda: self._ringing.ring(on, quiet))

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
        self._checking.break_off()
        self._ringing.shut()
        self._microphone.shut()
        self._earpiece.shut()

    def _next_task(self) -> Callable[[], None] | None:
        try:
            return self._tasks.get(timeout=LOOK_EVERY_S)
        except queue.Empty:
            return _nothing

    def _look_again(self) -> None:
        """Any thread."""
        self._tasks.put(_nothing)

    def _look(self) -> None:
        """Compare what is there with what is wanted, open and close, report a change."""
        try:
            microphones, earpieces = self._devices.look()
        except NoSound:
            microphones, earpieces = [], []
        choices = self._chosen.choices
        self._microphone.want(ranked([choice.microphone for choice in choices]))
        self._earpiece.want(ranked([choice.earpiece for choice in choices]))
        self._microphone.settle(microphones)
        self._earpiece.settle(earpieces)
        ring_devices = ranked([choice.ring_device for choice in choices])
        self._ringing.settle(earpieces, ring_devices, self._earpiece.name)
        comfort = self._chosen.comfort(self._microphone.name, self._earpiece.name, self._ringing.device)
        if comfort != self._path.comfort:
            self._path.set(comfort)
        if not self._microphone.name:
            self._checking.break_off(Verdict.NO_MICROPHONE)
        self._report(microphones, earpieces)

    def _report(self, microphones: list[Found], earpieces: list[Found]) -> None:
        chosen, ring = self._chosen.choices[0].ring_device, self._ringing.device
        told = report(self._microphone, self._earpiece, (microphones, earpieces), chosen, ring, self._path.comfort)
        if told != self._reported:
            self._reported = told
            self._on_change(told)

    def _check(self, tell: Callable[[HeadsetChecked], None]) -> None:
        if self._microphone.name and self._earpiece.name:
            self._checking.start(tell)
        else:
            tell(HeadsetChecked(CheckStage.FAILED, None if self._microphone.name else Verdict.NO_MICROPHONE))

    def _open_microphone(self, found: Found, stream: Stream) -> OpenDevice:
        sink = self._listen(stream)
        next(sink)
        return open_microphone(found, sink, self._microphone_period_ms)

    def _open_earpiece(self, found: Found, stream: Stream) -> OpenDevice:
        source = self._speak(stream)
        next(source)
        return open_earpiece(found, source, self._earpiece_period_ms)

    def _listen(self, stream: Stream) -> Generator[bytes, bytes, None]:
        """Runs on miniaudio's thread."""
        while True:
            pcm = yield b""
            if stream.called():
                self._microphone.buffer.put(bytes(pcm))

    def _speak(self, stream: Stream) -> Generator[bytes, int, None]:
        """Runs on miniaudio's thread."""
        pcm = b""
        while True:
            count = yield pcm
            pcm = self._earpiece.buffer.take(count) if stream.called() else bytes(count * 2)


def _nothing() -> None:
    """A task that only makes the thread look again."""
