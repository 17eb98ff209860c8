"""The headset as the phone uses it, and the one that is not there.

Frames as in `desk.telephony.frames`. `take` and `give` are called from PJSIP's audio thread every 20 ms and never wait;
everything else from the phone's main thread and returns at once: devices are opened on a thread of the headset's own,
because opening one can take seconds. What comes of it arrives through `on_change`, on that thread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from desk.domain.commands import SetComfort
from desk.domain.events import CheckStage, HeadsetChecked, HeadsetState, Verdict
from desk.domain.troubles import Trouble
from desk.telephony.frames import SILENCE
from desk.telephony.headset.frame_buffer import AudioCounts


@dataclass(frozen=True, slots=True)
class HeadsetReport:
    """The headset as it stands, with what is wrong and a detail for the log."""

    state: HeadsetState
    wrongs: Mapping[Trouble, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeadsetCounts:
    """Since the headset was opened. What the sound server filled in or left out behind our back, because a callback
    came too late for it, is not in here: no sound system tells."""

    microphone: AudioCounts = field(default_factory=AudioCounts)
    earpiece: AudioCounts = field(default_factory=AudioCounts)


class Headset(Protocol):
    def open(self, on_change: Callable[[HeadsetReport], None], punctual: bool = False) -> None:
        """Look for the devices and open them; watch them until `close`. `punctual`: the threads that move the audio
        have precedence (`desk.telephony.precedence`), so that little need be kept against their lateness."""
        ...

    def choose(self, microphone: str, earpiece: str, ring_device: str) -> None:
        """By name; "" = the system's default. Remembered; while one of them is away, an earlier choice that is there
        stands in for it, else the system's default."""
        ...

    def set_comfort(self, asked: SetComfort) -> None:
        """How the devices in use sound from now on; remembered for each of them. What is beyond what is offered is
        brought to the nearest. `HeadsetState` tells what holds."""
        ...

    def check(self, tell: Callable[[HeadsetChecked], None]) -> None:
        """The check before the shift: some nine seconds in which the headset is taken from the clock (`take` gives
        silence). `tell` is called on a thread of the headset's, with every stage; `DONE` or `FAILED` is the last."""
        ...

    def break_off_check(self) -> None:
        """`FAILED` follows; nothing where none runs."""
        ...

    def take(self) -> bytes:
        """The next frame from the microphone; silence where there is none."""
        ...

    def give(self, frame: bytes) -> None:
        """The next frame for the earpiece."""
        ...

    def ring(self, on: bool, quiet: bool = False) -> None:
        """Ring on the ring device until told to stop; `quiet` while the agent is talking."""
        ...

    def begin_call(self) -> None:
        """A call begins: what was learnt of the jitter before it is forgotten."""
        ...

    @property
    def counts(self) -> HeadsetCounts: ...

    def close(self) -> None: ...


class NoHeadset:
    """A seat without a sound device, by its settings: silence in, nothing out, and nothing wrong with that."""

    counts = HeadsetCounts()

    def open(self, on_change: Callable[[HeadsetReport], None], punctual: bool = False) -> None:  # noqa: ARG002
        on_change(HeadsetReport(HeadsetState()))

    def choose(self, microphone: str, earpiece: str, ring_device: str) -> None:
        pass

    def set_comfort(self, asked: SetComfort) -> None:
        pass

    def check(self, tell: Callable[[HeadsetChecked], None]) -> None:
        tell(HeadsetChecked(CheckStage.FAILED, Verdict.NO_MICROPHONE))

    def break_off_check(self) -> None:
        pass

    def take(self) -> bytes:
        return SILENCE

    def give(self, frame: bytes) -> None:
        pass

    def ring(self, on: bool, quiet: bool = False) -> None:
        pass

    def begin_call(self) -> None:
        pass

    def close(self) -> None:
        pass
