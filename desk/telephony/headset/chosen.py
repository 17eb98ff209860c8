"""Which devices the agent chose, and how each is to sound, kept between starts in a small file of the seat.

By device: several headsets share a drawer, and whichever is plugged in comes back with what was set for it. So the
choices before the last one are kept too, as long as they were not mere tries on the way to another, and a choice that
is not there gives way to the latest that is. What was chosen at the seat goes before what the settings say.

Used on the headset's own thread; a file that cannot be read or written costs the memory of it, not the call."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from desk.domain.commands import ChooseHeadset, SetComfort
from desk.telephony.headset.comfort import bounded
from desk.usecases.ports import Clock

FILE = "headset.json"
MOST_CHOICES = 12
MOST_DEVICES = 50
TRIED = timedelta(seconds=60)  # a choice that was replaced sooner was a try
_log = logging.getLogger(__name__)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Choice:
    microphone: str = ""
    earpiece: str = ""
    ring_device: str = ""
    chosen_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    kept: bool = False  # it had lasted before something else was chosen


@dataclass(frozen=True, slots=True)
class OfMicrophone:
    db: float = 0.0
    automatic_gain: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """The file. `choices`: the last one first."""

    choices: tuple[Choice, ...] = ()
    microphones: dict[str, OfMicrophone] = field(default_factory=dict)
    earpieces: dict[str, float] = field(default_factory=dict)
    ring_devices: dict[str, float] = field(default_factory=dict)


class ChosenHeadset:
    """`folder`: the seat's data folder, None = nothing is kept. `otherwise`: what the settings say."""

    def __init__(self, folder: Path | None, otherwise: ChooseHeadset, clock: Clock) -> None:
        self._file = folder / FILE if folder else None
        self._otherwise = Choice(otherwise.microphone, otherwise.earpiece, otherwise.ring_device)
        self._clock = clock
        self._memory = _read(self._file)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """At least one; the last one first."""
        return self._memory.choices or (self._otherwise,)

    def choose(self, chosen: ChooseHeadset) -> None:
        """Remembered from now on."""
        now = self._clock()
        last, *older = self.choices
        if last.kept or last.chosen_at is None or not timedelta() <= now - last.chosen_at < TRIED:
            older.insert(0, replace(last, kept=True))
        new = Choice(chosen.microphone, chosen.earpiece, chosen.ring_device, now)
        if any(_same(one, new) for one in older):
            new = replace(new, kept=True)
        rest = [one for one in older if not _same(one, new)]
        self._keep(replace(self._memory, choices=(new, *rest)[:MOST_CHOICES]))

    def comfort(self, microphone: str, earpiece: str, ring_device: str) -> SetComfort:
        """Of these devices."""
        of_microphone = self._memory.microphones.get(microphone, OfMicrophone())
        return bounded(
            SetComfort(
                self._memory.earpieces.get(earpiece, 0.0),
                self._memory.ring_devices.get(ring_device, 0.0),
                of_microphone.db,
                of_microphone.automatic_gain,
            )
        )

    def ring_db(self, device: str) -> float:
        return self.comfort("", "", device).ring_db

    def set_comfort(self, microphone: str, earpiece: str, ring_device: str, asked: SetComfort) -> None:
        """Of these devices; a device that is not there has no name, and nothing to remember."""
        comfort, memory = bounded(asked), self._memory
        self._keep(
            replace(
                memory,
                microphones=_put(
                    memory.microphones, microphone, OfMicrophone(comfort.microphone_db, comfort.automatic_gain)
                ),
                earpieces=_put(memory.earpieces, earpiece, comfort.earpiece_db),
                ring_devices=_put(memory.ring_devices, ring_device, comfort.ring_db),
            )
        )

    def _keep(self, memory: Memory) -> None:
        if memory == self._memory:
            return
        self._memory = memory
        if self._file is None:
            return
        new = self._file.with_suffix(".new")
        try:
            new.write_bytes(msgspec.json.encode(memory))
            new.replace(self._file)
        except OSError as error:
            _log.warning("the chosen headset is not kept: %s", error)


def ranked(names: Sequence[str]) -> tuple[str, ...]:
    """Of one side, the devices to look for, best first: those chosen, the last choice first; none behind a "", which
    is always satisfied by the system's default."""
    if not names or not names[0]:
        return ()
    return tuple(dict.fromkeys(name for name in names if name))


def _same(one: Choice, other: Choice) -> bool:
    return (one.microphone, one.earpiece) == (other.microphone, other.earpiece)


def _put(old: dict[str, _Value], name: str, value: _Value) -> dict[str, _Value]:
    if not name:
        return old
    rest = {key: kept for key, kept in old.items() if key != name}
    return dict([*rest.items(), (name, value)][-MOST_DEVICES:])


def _read(file: Path | None) -> Memory:
    if file is None:
        return Memory()
    try:
        untrusted_bytes = file.read_bytes()
    except FileNotFoundError:
        return Memory()
    except OSError as error:
        _log.warning("the chosen headset is not known: %s", error)
        return Memory()
    try:
        memory = msgspec.json.decode(untrusted_bytes, type=Memory)
        one = msgspec.json.decode(untrusted_bytes, type=Choice)  # the file of a seat that knew a single choice
        return memory if memory.choices or one == Choice() else replace(memory, choices=(one,))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _log.warning("the chosen headset is not known: %s", error)
        return Memory()
