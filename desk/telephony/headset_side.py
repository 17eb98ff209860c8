"""One side of the headset, microphone or earpiece: which device it is on now. It prefers what was chosen, makes do
with what there is, and goes back. The new device is opened before the old one is let go, so that a change costs as
little sound as can be. The headset's own thread, but for `called`, which is miniaudio's.

A device that cannot be opened, or opens and then does nothing, is left in peace for a while, longer each time; the
next best one is used meanwhile."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from desk.domain.troubles import Trouble
from desk.telephony.frame_buffer import FrameBuffer
from desk.telephony.sound_devices import Found, NoSound, OpenDevice, close

STALLED_S = 0.7  # a device that has not called for so long is gone, whatever the list says
WAKING_S = 2.5  # but a sound server's sleepy device needs so long for its first call
PEACE_S, PEACE_MOST_S = 1.0, 30.0


class Stream:
    """An open device's tie to its side; a stream that is no longer the side's moves no samples."""

    def __init__(self, side: "Side") -> None:
        self._side = side

    def called(self) -> bool:
        """miniaudio's thread, at each call. Whether it is still the one."""
        if self._side.stream is not self:
            return False
        self._side.called_s = time.monotonic()
        return True


Opens: TypeAlias = Callable[[Found, Stream], OpenDevice]


@dataclass
class _Refused:
    times: int = 0
    until_s: float = 0.0


class Side:
    """`missing`: what is wrong when nothing was ever there. `opens` may raise `NoSound`. `on_stop`: any thread, a
    device says that it has stopped."""

    def __init__(
        self,
        missing: Trouble,
        opens: Opens,
        on_stop: Callable[[], None],
        closes: Callable[[OpenDevice], None] = close,
    ) -> None:
        self.buffer = FrameBuffer()
        self.stream: Stream | None = None
        self.called_s = 0.0
        self.name = ""  # of the device in use
        self.fault = ""
        self.chosen = ""  # whose turn it is: the choice, or an earlier one that stands in for it by right
        self._missing, self._opens, self._on_stop, self._closes = missing, opens, on_stop, closes
        self._device: OpenDevice | None = None
        self._opened_s = 0.0
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
        self._drop_dead(found)
        for one in self._candidates(found):
            if one.device.name == self.name or self._open(one):
                break
        self._note(frozenset(one.device.name for one in found))

    @property
    def wrong(self) -> tuple[Trouble, str] | None:
        """What is to be told, with a detail; None where the side is on a device that it may be on."""
        if self.name and (self.name == self.chosen or not self._wanted):
            return None
        first = self._wanted[0] if self._wanted else ""
        return (Trouble.HEADSET_VANISHED if self._was_open else self._missing), self.fault or first or "no device"

    def shut(self) -> None:
        device, self._device, self.stream, self.name = self._device, None, None, ""
        if device is not None:
            self._closes(device)

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

    def _drop_dead(self, found: list[Found]) -> None:
        now_s = time.monotonic()
        if not self.name:
            return
        if all(one.device.name != self.name for one in found):
            self.shut()
        elif self.called_s > self._opened_s:
            self._refused.pop(self.name, None)
            if now_s - self.called_s > STALLED_S:
                self.shut()
        elif now_s - self._opened_s > WAKING_S:
            self._refuse(self.name, f"{self.name}: opened, but does nothing")
            self.shut()

    def _open(self, found: Found) -> bool:
        name, before, stream = found.device.name, self._device, Stream(self)
        try:
            device = self._opens(found, stream)
        except NoSound as error:
            self._refuse(name, str(error))
            return False
        self._opened_s = self.called_s = time.monotonic()
        self._device, self.stream, self.name = device, stream, name
        device.stop_callback = self._on_stop
        if before is not None:
            self._closes(before)
        return True

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
            self.chosen = first
            return
        if self._was_open and self._there_at_loss is None:
            self._there_at_loss = there
        changed = self._there_at_loss is None or self.name not in self._there_at_loss
        # Another headset out of the drawer, put in for this one; what was there all the time is a makeshift.
        self.chosen = self.name if self.name in self._wanted and changed else first
