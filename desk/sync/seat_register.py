"""The seat's own entry in the seat register, kept by its background service: what the PC and the headset are, looked at
now and then, and how long the seat could not take calls while it ran.

It can take calls while the phone is there, a line is up and the headset is there; what an agent decides (a break, do
not disturb) is not lost time, and neither is a PC that is switched off or asleep. Threads: `hear` on the link's,
`work_once` on a worker's."""

import logging
import time
from collections.abc import Callable
from typing import Any

from desk.domain.events import HeadsetChanged, HeadsetState, LineChanged, LineStatus, TroubleCleared, TroubleRaised
from desk.domain.seat_register import Machine
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble
from desk.usecases.ports import Clock
from desk.usecases.seat_register import RecordSeat
from desk.usecases.seat_register_ports import TimeLost

LOOK_S = 300.0
SOON_S = 5.0  # after the headset changed: it settles first
KEEP_S = 60.0  # what was lost is written down that often
STARTING_S = 60.0  # a seat that has just begun has lost nothing yet
LONGEST_STEP_S = 10.0  # a longer one is a PC that slept
_UP = frozenset({LineStatus.REGISTERED, LineStatus.DIRECT})
_NO_HEADSET = frozenset({Trouble.NO_MICROPHONE, Trouble.NO_EARPIECE, Trouble.HEADSET_VANISHED})
_log = logging.getLogger(__name__)


class CanTakeCalls:
    """From what the phone says."""

    def __init__(self) -> None:
        self._phone_here = False
        self._up: dict[str, bool] = {}
        self._missing: frozenset[Trouble] = frozenset()
        self.headset: HeadsetState | None = None

    @property
    def now(self) -> bool:
        return self._phone_here and any(self._up.values()) and not self._missing

    def hear(self, message: Any) -> None:
        """Any message of the phone's, None: it is gone."""
        match message:
            case PhoneSnapshot():
                self._phone_here = True
                self._up = {line.label: line.status in _UP for line in message.lines}
                self._missing = frozenset(wrong.trouble for wrong in message.wrongs) & _NO_HEADSET
                self.headset = message.headset
            case LineChanged(state):
                self._up = {**self._up, state.label: state.status in _UP}
            case TroubleRaised(wrong) if wrong.trouble in _NO_HEADSET:
                self._missing |= {wrong.trouble}
            case TroubleCleared(wrong):
                self._missing -= {wrong.trouble}
            case HeadsetChanged(state):
                self.headset = state
            case None:
                self._phone_here = False
            case _:
                pass


class SeatKeeper:
    """`look(headset)`: what the machine is. `written()`: changes were appended."""

    def __init__(
        self,
        record: RecordSeat,
        lost: TimeLost,
        look: Callable[[HeadsetState | None], Machine],
        clock: Clock,
        written: Callable[[], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._record, self._lost, self._look = record, lost, look
        self._clock, self._written, self._monotonic = clock, written, monotonic
        self.calls = CanTakeCalls()
        now_s = monotonic()
        self._begun_s = self._stepped_s = now_s
        self._was_up = False
        self._look_at_s = now_s + SOON_S
        self._pending_s = 0.0
        self._kept_s = now_s

    def hear(self, message: Any) -> None:
        """Any message of the phone's, None: it is gone."""
        self.calls.hear(message)
        if isinstance(message, HeadsetChanged | PhoneSnapshot):
            self._look_at_s = min(self._look_at_s, self._monotonic() + SOON_S)

    def work_once(self) -> bool:
        now_s = self._monotonic()
        self._count(now_s)
        if now_s >= self._look_at_s:
            self._look_at_s = now_s + LOOK_S
            self._keep(now_s)
            if self._record.gather(self._look(self.calls.headset)):
                self._written()
        return False

    def close(self) -> None:
        """What was counted last is kept; the store is open still."""
        self._keep(self._monotonic())

    def _count(self, now_s: float) -> None:
        passed_s, self._stepped_s = min(now_s - self._stepped_s, LONGEST_STEP_S), now_s
        if self.calls.now:
            self._was_up = True
            if self._pending_s:
                self._keep(now_s)
        elif self._was_up or now_s - self._begun_s > STARTING_S:
            self._pending_s += passed_s
            if now_s - self._kept_s >= KEEP_S:
                self._keep(now_s)

    def _keep(self, now_s: float) -> None:
        self._kept_s = now_s
        if self._pending_s:
            self._lost.add(self._pending_s, self._clock())
            self._pending_s = 0.0
