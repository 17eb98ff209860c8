"""One side of the headset, microphone or earpiece: which device it is on now. It prefers what was chosen, makes do
with what there is, and goes back. A new device is tried beside the old one, which is let go only when the new one has
called for the first time: a change costs hardly a frame, and a device that is out of order costs none. The headset's
own thread, but for `called`, which is miniaudio's.

A device that cannot be opened, or opens and then does nothing, is left in peace for a while, longer each time; the
next best one is used meanwhile."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from desk.domain.troubles import Trouble
from desk.telephony.headset.frame_buffer import FrameBuffer
from desk.telephony.headset.sound_devices import Found, NoSound, OpenDevice, close

STALLED_S = 0.7  # a device that has not called for so long is gone, whatever the list says
WAKING_S = 2.5  # but a sound server's sleepy device needs so long for its first call
PEACE_S, PEACE_MOST_S = 1.0, 30.0


class Stream:
    """An open device's tie to its side; a stream that is no longer the side's moves no samples."""

    def __init__(self, side: "Side") -> None:
        self._side = side
        self.opened = False  # what it is asked before that only fills its buffer
        self.alive = False  # it has called since

    def called(self) -> bool:
        """miniaudio's thread, at each call. Whether it is still the one."""
        first, self.alive = self.opened and not self.alive, self.opened
        if self._side.stream is not self:
            if first:
                self._side.look_again()
            return False
        self._side.called_s = time.monotonic()
        return True


Opens: TypeAlias = Callable[[Found, Stream], OpenDevice]


@dataclass(frozen=True)
class _Opened:
    name: str
    device: OpenDevice
    stream: Stream
    at_s: float


@dataclass
class _Refused:
    times: int = 0
    until_s: float = 0.0


class Side:
    """`missing`: what is wrong when nothing was ever there. `opens` may raise `NoSound`. `look_again`: any
    thread, a device says that it begins or has stopped, and `settle` ought to be called."""

    def __init__(
        self,
        missing: Trouble,
        opens: Opens,
        look_again: Callable[[], None],
        closes: Callable[[OpenDevice], None] = close,
    ) -> None:
        self.buffer = FrameBuffer()
        self.stream: Stream | None = None
        self.called_s = 0.0
        self.name = ""  # of the device in use
        self.fault = ""
        self.chosen = ""  # whose turn it is: the choice, or an earlier one that stands in for it by right
        self._missing, self._opens, self._closes = missing, opens, closes
        self.look_again = look_again
        self.wrong: tuple[Trouble, str] | None = None  # what is to be told, with a detail
        self._now: _Opened | None = None
        self._trial: _Opened | None = None
        self._wanted: tuple[str, ...] = ()
        self._was_open = False  # the choice, since it was made
        self._there_at_loss: frozenset[str] | None = None
        self._refused: dict[str, _Refused] = {}

    def want(self, names: tuple[str, ...]) -> None:
        """By name, best first; () = the system's default."""
        if names[:1] != self._wanted[:1]:
            self._was_open, self._there_at_loss = False, None
            self._refused.clear()
        self._wanted = names

    def settle(self, found: list[Found]) -> None:
        """Compare what is there with what is wanted; open and close."""
        names = frozenset(one.device.name for one in found)
        self._drop_dead(names)
        self._judge_trial(names)
        for one in self._candidates(found):
            name = one.device.name
            tried = self._trial is not None and self._trial.name == name
            if name == self.name or tried or self._open(one):
                break
        else:
            name = ""
        if self._trial is not None and self._trial.name != name:
            self._end_trial()  # something else is wanted meanwhile
        self._note(names)

    def shut(self) -> None:
        self._end_trial()
        self._adopt(None)

    # ---- inside

    def _candidates(self, found: list[Found]) -> list[Found]:
        """Those that may be used now, best first; what is in use among them."""
        by_name = {one.device.name: one for one in reversed(found)}
        wanted = [by_name[name] for name in self._wanted if name in by_name]
        rest = sorted((one for one in found if one not in wanted), key=lambda one: not one.device.is_default)
        now_s = time.monotonic()
        for name in [name for name in self._refused if name not in by_name]:
            del self._refused[name]  # pulled out: a new chance when it is back
        return [
            one
            for one in [*wanted, *rest]
            if (refused := self._refused.get(one.device.name)) is None or refused.until_s <= now_s
        ]

    def _drop_dead(self, there: frozenset[str]) -> None:
        now, now_s = self._now, time.monotonic()
        if now is None:
            return
        if now.name not in there:
            self._adopt(None)
        elif now.stream.alive:
            self._refused.pop(now.name, None)
            if now_s - self.called_s > STALLED_S:
                self._adopt(None)
        elif now_s - now.at_s > WAKING_S:
            self._refuse(now.name, f"{now.name}: opened, but does nothing")
            self._adopt(None)

    def _judge_trial(self, there: frozenset[str]) -> None:
        trial = self._trial
        if trial is None:
            return
        if trial.name not in there:
            self._end_trial()
        elif trial.stream.alive or self._now is None:
            self._trial = None
            self._adopt(trial)
        elif time.monotonic() - trial.at_s > WAKING_S:
            self._refuse(trial.name, f"{trial.name}: opened, but does nothing")
            self._end_trial()

    def _open(self, found: Found) -> bool:
        """In use, or on trial."""
        self._end_trial()
        name, stream = found.device.name, Stream(self)
        try:
            device = self._opens(found, stream)
        except NoSound as error:
            self._refuse(name, str(error))
            return False
        stream.opened = True
        opened = _Opened(name, device, stream, time.monotonic())
        device.stop_callback = self.look_again
        if self._now is None or stream.alive:
            self._adopt(opened)
        else:
            self._trial = opened
        return True

    def _adopt(self, opened: _Opened | None) -> None:
        before, self._now = self._now, opened
        self.called_s = time.monotonic()
        self.stream, self.name = (opened.stream, opened.name) if opened else (None, "")
        if before is not None:
            self._closes(before.device)

    def _end_trial(self) -> None:
        trial, self._trial = self._trial, None
        if trial is not None:
            self._closes(trial.device)

    def _refuse(self, name: str, fault: str) -> None:
        refused = self._refused.setdefault(name, _Refused())
        refused.times += 1
        refused.until_s = time.monotonic() + min(PEACE_S * 2 ** (refused.times - 1), PEACE_MOST_S)
        self.fault = fault

    def _note(self, there: frozenset[str]) -> None:
        """Whether what is in use is used by right."""
        first = self._wanted[0] if self._wanted else ""
        if self.name and self.name == (first or self.name):
            self._was_open, self._there_at_loss, self.fault = True, None, ""
            self.chosen, self.wrong = first, None
            return
        if self._was_open and self._there_at_loss is None:
            self._there_at_loss = there
        changed = self._there_at_loss is None or self.name not in self._there_at_loss
        # Another headset out of the drawer, put in for this one; what was there all the time is a makeshift.
        by_right = bool(self.name) and self.name in self._wanted and changed
        self.chosen = self.name if by_right else first
        if by_right:
            self.wrong = None
        elif self._trial is None or self._trial.name != first:  # else what was told stands until it is known
            trouble = Trouble.HEADSET_VANISHED if self._was_open else self._missing
            self.wrong = trouble, self.fault or first or "no device"
