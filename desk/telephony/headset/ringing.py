"""The ring: on its device, and across the room while that device is a headset. It is opened when it rings, follows
what is plugged in meanwhile, and leaves nothing open behind. The headset's own thread."""

import logging
import wave
from collections.abc import Callable, Generator
from pathlib import Path

from desk.telephony.headset.comfort import factor
from desk.telephony.headset.sound_devices import Found, NoSound, OpenDevice, choose, close, loudspeakers, open_earpiece
from desk.telephony.headset.tones import ring_tone

PERIOD_MS = 40
QUIET_GAIN = 0.12

_log = logging.getLogger(__name__)


class Ringing:
    """`on_speakers`: also on the loudspeakers while the ring device is the headset. `db_of` a device's name."""

    def __init__(self, file: Path, on_speakers: bool, db_of: Callable[[str], float]) -> None:
        self._file, self._on_speakers, self._db_of = file, on_speakers, db_of
        self._on = self._quiet = False
        self._open: dict[str, tuple[OpenDevice, float]] = {}  # with its gain
        self._refused: set[str] = set()  # in this ringing
        self.device = ""  # where it would ring now

    def ring(self, on: bool, quiet: bool) -> None:
        self._on, self._quiet = on, quiet
        self._refused.clear()

    def settle(self, found: list[Found], wanted: tuple[str, ...], earpiece: str) -> None:
        """`wanted`: ring devices, best first, () = the system's default. `earpiece`: the one in use."""
        by_name = {one.device.name: one for one in reversed(found)}
        first = next((by_name[name] for name in wanted if name in by_name), None) or choose(found, "")
        self.device = first.device.name if first else ""
        targets = [first] if first else []
        second = loudspeakers(found, self.device)
        is_headset = self.device == earpiece
        if self._on_speakers and second and not self._quiet and (is_headset or self.device in self._refused):
            targets.append(second)
        gains = {one.device.name: self._gain(one.device.name) for one in targets} if self._on else {}
        for name in [
            name for name, (device, gain) in self._open.items() if gains.get(name) != gain or not device.running
        ]:
            close(self._open.pop(name)[0])
        for one in targets:
            name = one.device.name
            if name in gains and name not in self._open and name not in self._refused:
                self._start(one, gains[name])

    def shut(self) -> None:
        self.ring(on=False, quiet=False)
        while self._open:
            close(self._open.popitem()[1][0])

    def _gain(self, name: str) -> float:
        return factor(self._db_of(name)) * (QUIET_GAIN if self._quiet else 1.0)

    def _start(self, found: Found, gain: float) -> None:
        try:
            source = _loop(ring_tone(self._file, gain))
            next(source)
            self._open[found.device.name] = open_earpiece(found, source, PERIOD_MS), gain
        except (NoSound, OSError, EOFError, wave.Error) as error:
            self._refused.add(found.device.name)
            _log.warning("no ring: %s", error)


def _loop(pcm: bytes) -> Generator[bytes, int, None]:
    """miniaudio's thread."""
    at, part = 0, b""
    while True:
        count = (yield part) * 2
        part = pcm[at : at + count]
        while len(part) < count:
            part += pcm[: count - len(part)]
        at = (at + count) % len(pcm)
