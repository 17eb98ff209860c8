"""A headset without hardware: a program or a test is the agent. Shipped, because Desk runs with it where there is no
sound device at all. It chooses among its devices, remembers, sounds and is checked by the same parts as the real one;
only the devices are not there, and everything happens at once, on the thread that asks."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from desk.domain.commands import ChooseHeadset, SetComfort
from desk.domain.events import AudioDevice, CheckStage, HeadsetChecked, HeadsetState, Verdict
from desk.domain.troubles import Trouble
from desk.telephony.frames import FRAME_BYTES, SILENCE
from desk.telephony.headset.checking import HeadsetChecking
from desk.telephony.headset.chosen import ChosenHeadset, ranked
from desk.telephony.headset.comfort import SoundPath
from desk.telephony.headset.port import HeadsetCounts, HeadsetReport
from desk.telephony.headset.reporting import report
from desk.telephony.headset.side import Side, Stream
from desk.telephony.headset.sound_devices import Found, NoSound, choose

HEARD_FRAMES = 15_000  # five minutes


class FakeHeadset:
    """`microphone`, `earpiece`: the headset that is there from the beginning, the system's default. `leaks`: what
    is heard comes back into the microphone, one frame later."""

    counts = HeadsetCounts()

    def __init__(
        self,
        microphone: str = "Fake microphone",
        earpiece: str = "Fake earpiece",
        chosen: ChosenHeadset | None = None,
        leaks: bool = False,
    ) -> None:
        self._own = microphone, earpiece
        self.microphones, self.earpieces = [microphone], [earpiece]  # plugged in now, the default first
        self._chosen = chosen or ChosenHeadset(None, ChooseHeadset("", "", ""), lambda: datetime.now(UTC))
        self._microphone = Side(Trouble.NO_MICROPHONE, self._open, self._settle, _closed)
        self._earpiece = Side(Trouble.NO_EARPIECE, self._open, self._settle, _closed)
        self._path = SoundPath()
        self._checking = HeadsetChecking(self._path)
        self._said: deque[bytes] = deque()
        self._leaks, self._leaked = leaks, SILENCE
        self._on_change: Callable[[HeadsetReport], None] = lambda _: None
        self._state = HeadsetState()
        self.broken: set[str] = set()  # devices that cannot be opened
        self.heard: deque[bytes] = deque(maxlen=HEARD_FRAMES)
        self.rings: list[str] = []
        self.punctual = False
        self.calls_begun = 0
        self._settle()

    # ---- the agent's hands and mouth

    def say(self, pcm: bytes) -> None:
        """Speak this into the microphone."""
        for at in range(0, len(pcm), FRAME_BYTES):
            self._said.append(pcm[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))

    def unplug(self, microphone: str = "", earpiece: str = "") -> None:
        """Those named; its own where none is."""
        for names, name in self._named(microphone, earpiece):
            if name in names:
                names.remove(name)
        self._settle()

    def plug_in(self, microphone: str = "", earpiece: str = "") -> None:
        for names, name in self._named(microphone, earpiece):
            if name and name not in names:
                names.append(name)
        self._settle()

    def _named(self, microphone: str, earpiece: str) -> tuple[tuple[list[str], str], ...]:
        names = (microphone, earpiece) if microphone or earpiece else self._own
        return (self.microphones, names[0]), (self.earpieces, names[1])

    # ---- Headset

    def open(self, on_change: Callable[[HeadsetReport], None], punctual: bool = False) -> None:
        self._on_change, self.punctual = on_change, punctual
        self._settle()

    def choose(self, microphone: str, earpiece: str, ring_device: str) -> None:
        self._chosen.choose(ChooseHeadset(microphone, earpiece, ring_device))
        self._settle()

    def set_comfort(self, asked: SetComfort) -> None:
        self._chosen.set_comfort(self._microphone.name, self._earpiece.name, self._state.ring_in_use, asked)
        self._settle()

    def check(self, tell: Callable[[HeadsetChecked], None]) -> None:
        if self._microphone.name and self._earpiece.name:
            self._checking.start(tell)
        else:
            tell(HeadsetChecked(CheckStage.FAILED, None if self._microphone.name else Verdict.NO_MICROPHONE))

    def break_off_check(self) -> None:
        self._checking.break_off()

    def take(self) -> bytes:
        said = self._said.popleft() if self._said and self._microphone.name else SILENCE
        return self._path.mouth(self._leaked if self._leaks and said is SILENCE else said)

    def give(self, frame: bytes) -> None:
        frame = self._path.ear(frame)
        if self._earpiece.name:
            self._leaked = frame
            self.heard.append(frame)

    def ring(self, on: bool, quiet: bool = False) -> None:
        self.rings.append(("quiet" if quiet else "loud") if on else "off")

    def begin_call(self) -> None:
        self.calls_begun += 1

    def close(self) -> None:
        self._checking.break_off()
        self._on_change = lambda _: None

    # ---- inside

    def _open(self, found: Found, stream: Stream) -> Any:
        if found.device.name in self.broken:
            raise NoSound(f"{found.device.name}: cannot be opened")
        stream.alive = True
        return SimpleNamespace(stop_callback=None)

    def _settle(self) -> None:
        microphones, earpieces = _listed(self.microphones), _listed(self.earpieces)
        choices = self._chosen.choices
        for side, found, names in (
            (self._microphone, microphones, [choice.microphone for choice in choices]),
            (self._earpiece, earpieces, [choice.earpiece for choice in choices]),
        ):
            if side.stream is not None:
                side.stream.called()
            side.want(ranked(names))
            side.settle(found)
        ring = next((choose(earpieces, name) for name in ranked([choice.ring_device for choice in choices])), None)
        ring = ring or choose(earpieces, "")
        self._report(microphones, earpieces, ring.device.name if ring else "")

    def _report(self, microphones: list[Found], earpieces: list[Found], ring: str) -> None:
        comfort = self._chosen.comfort(self._microphone.name, self._earpiece.name, ring)
        self._path.set(comfort)
        if not self._microphone.name:
            self._checking.break_off(Verdict.NO_MICROPHONE)
        chosen = self._chosen.choices[0].ring_device
        told = report(self._microphone, self._earpiece, (microphones, earpieces), chosen, ring, comfort)
        self._state = told.state
        self._on_change(told)


def _listed(names: list[str]) -> list[Found]:
    return [Found(AudioDevice(name, is_default=at == 0), None) for at, name in enumerate(names)]


def _closed(device: Any) -> None:
    """There is nothing to give back."""
