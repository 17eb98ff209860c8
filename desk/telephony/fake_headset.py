"""A headset without hardware: a program or a test is the agent. Shipped, because Desk runs with it where there is no
sound device at all."""

from collections import deque
from collections.abc import Callable

from desk.domain.events import AudioDevice, HeadsetState
from desk.domain.troubles import Trouble
from desk.telephony.frames import FRAME_BYTES, SILENCE
from desk.telephony.headset import HeadsetCounts, HeadsetReport

HEARD_FRAMES = 15_000  # five minutes


class FakeHeadset:
    counts = HeadsetCounts()

    def __init__(self, microphone: str = "Fake microphone", earpiece: str = "Fake earpiece") -> None:
        self._devices = (AudioDevice(microphone, is_default=True),), (AudioDevice(earpiece, is_default=True),)
        self._said: deque[bytes] = deque()
        self._on_change: Callable[[HeadsetReport], None] = lambda _: None
        self._chosen = ("", "", "")
        self._plugged = True
        self.heard: deque[bytes] = deque(maxlen=HEARD_FRAMES)
        self.rings: list[str] = []
        self.punctual = False
        self.calls_begun = 0

    def say(self, pcm: bytes) -> None:
        """Speak this into the microphone."""
        for at in range(0, len(pcm), FRAME_BYTES):
            self._said.append(pcm[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))

    def unplug(self) -> None:
        self._plugged = False
        self._report()

    def plug_in(self) -> None:
        self._plugged = True
        self._report()

    def open(self, on_change: Callable[[HeadsetReport], None], punctual: bool = False) -> None:
        self._on_change, self.punctual = on_change, punctual
        self._report()

    def choose(self, microphone: str, earpiece: str, ring_device: str) -> None:
        self._chosen = (microphone, earpiece, ring_device)
        self._report()

    def take(self) -> bytes:
        return self._said.popleft() if self._said and self._plugged else SILENCE

    def give(self, frame: bytes) -> None:
        if self._plugged:
            self.heard.append(frame)

    def ring(self, on: bool, quiet: bool = False) -> None:
        self.rings.append(("quiet" if quiet else "loud") if on else "off")

    def begin_call(self) -> None:
        self.calls_begun += 1

    def close(self) -> None:
        self._on_change = lambda _: None

    def _report(self) -> None:
        microphones, earpieces = self._devices if self._plugged else ((), ())
        wrongs: dict[Trouble, str] = {}
        names = {device.name for device in (*microphones, *earpieces)}
        if not self._plugged:
            wrongs = {Trouble.HEADSET_VANISHED: "unplugged"}
        else:
            if self._chosen[0] and self._chosen[0] not in names:
                wrongs[Trouble.NO_MICROPHONE] = self._chosen[0]
            if self._chosen[1] and self._chosen[1] not in names:
                wrongs[Trouble.NO_EARPIECE] = self._chosen[1]
        state = HeadsetState(microphones, earpieces, *self._chosen, present=not wrongs)
        self._on_change(HeadsetReport(state, wrongs))
