"""A headset without hardware: speaks real report descriptors, moves its own hook and mute as it is told by the lamps,
and reports what is pressed. `SHAPES` are the ways in which headsets do it, each written from the HID Usage Tables; what
makers do beyond them is theirs. `FakeHidBus` has a socket to plug them into. Any thread."""

import queue
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desk.telephony.keys.hid_bus import HidDevice, HidPlace
from desk.telephony.keys.hid_descriptor import Usage, read_descriptor
from desk.telephony.keys.hid_keypad import FLASH, HOOK, LED_MUTE, LED_OFF_HOOK, MUTE


def _hex(text: str) -> bytes:
    return bytes.fromhex("".join(line.partition("#")[0] for line in text.splitlines()))


# Hook with a state, mute and flash that say "pressed", lamps in the same report; a keypad as an array; a volume
# control and a maker's own collection before it.
_ONE_REPORT = _hex("""
05 0C 09 01 A1 01 85 01 15 00 25 01 09 E9 09 EA 75 01 95 02 81 02 95 06 81 01 C0    # consumer page: volume
06 00 FF 09 01 A1 01 85 05 15 00 26 FF 00 75 08 95 3F 09 01 81 02 95 3F 09 01 91 02 C0  # the maker's own
05 0B 09 05 A1 01 85 02 15 00 25 01                                                 # telephony, headset
09 20 09 97 75 01 95 02 81 22                                                       # hook, busy tone: absolute
09 2F 09 21 09 24 95 03 81 06                                                       # mute, flash, redial: relative
09 06 A1 02 19 B0 29 BB 15 01 25 0C 75 04 95 01 81 40 C0                            # keypad: an array
15 00 25 01 75 01 95 07 81 01
05 08 09 17 09 18 09 09 09 20 09 1E 95 05 91 22                                     # LEDs
05 0B 09 9E 95 01 91 22 75 01 95 0A 91 01 C0                                        # ringer
""")
# A report for each thing, in and out.
_MANY_REPORTS = _hex("""
05 0B 09 05 A1 01 15 00 25 01 75 01
85 08 09 20 95 01 81 22 95 07 81 03
85 15 09 2F 95 01 81 06 95 07 81 03
85 16 09 21 95 01 81 06 95 07 81 03
05 08
85 17 09 09 95 01 91 22 95 07 91 03
85 18 09 17 95 01 91 22 95 07 91 03
85 19 09 18 95 01 91 22 95 07 91 03
85 1A 09 20 95 01 91 22 95 07 91 03
C0
""")
# Hook and mute only say "pressed"; no numbers on the reports.
_PRESSES = _hex("""
05 0B 09 05 A1 01 15 00 25 01 75 01
09 20 09 2F 09 21 95 03 81 06 95 05 81 03
05 08 09 17 09 18 09 09 09 20 95 04 91 22 95 04 91 03
C0
""")
# Which key is pressed is a number in an array; extended usages (page and identifier in one).
_ARRAY = _hex("""
05 0B 09 05 A1 01 85 03 15 00 25 03
0B 00 00 0B 00 0B 20 00 0B 00 0B 2F 00 0B 00 0B 21 00 0B 00 75 08 95 01 81 00
15 00 25 01 75 01 0B 17 00 08 00 0B 18 00 08 00 0B 09 00 08 00 95 03 91 02 95 05 91 03
C0
""")
# Hook and mute both have a state (a boom arm that mutes).
_STATES = _hex("""
05 0B 09 05 A1 01 85 04 15 00 25 01 75 01
A4 09 20 09 2F 95 02 81 02 B4 09 21 95 01 81 06 95 05 81 03
05 08 19 17 29 18 95 02 91 02 09 09 95 01 91 02 95 05 91 03
C0
""")


@dataclass(frozen=True, slots=True)
class Shape:
    """`hook_has_state`, `mute_has_state`: else it only says "pressed". `follows`: hook and mute move with the lamps.
    `echoes`: and it reports that they did."""

    name: str
    descriptor: bytes
    hook_has_state: bool
    mute_has_state: bool = False
    follows: bool = True
    echoes: bool = True


SHAPES = (
    Shape("one report", _ONE_REPORT, hook_has_state=True),
    Shape("many reports", _MANY_REPORTS, hook_has_state=True),
    Shape("many reports, silent", _MANY_REPORTS, hook_has_state=True, echoes=False),
    Shape("presses", _PRESSES, hook_has_state=False),
    Shape("array", _ARRAY, hook_has_state=False),
    Shape("states", _STATES, hook_has_state=True, mute_has_state=True),
)


class FakeHidDevice:
    def __init__(self, shape: Shape = SHAPES[0], serial: str = "") -> None:
        self.shape, self.serial = shape, serial
        self.hook = self.muted = False
        self.leds: dict[Usage, int] = {}
        self.written: list[bytes] = []
        self.opened = 0
        self.fails_writing = self.hangs_writing = False
        self._parsed = read_descriptor(shape.descriptor)
        self._reports: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._gone = threading.Event()

    # ---- what the agent's hand does

    def press_hook(self) -> None:
        self.hook = not self.hook
        self._say(HOOK, self.hook, self.shape.hook_has_state)

    def press_mute(self) -> None:
        self.muted = not self.muted
        self._say(MUTE, self.muted, self.shape.mute_has_state)

    def press_flash(self) -> None:
        self._say(FLASH, True, False)

    def say(self, untrusted_report: bytes) -> None:
        """Any bytes, as an input report."""
        self._reports.put(untrusted_report)

    def unplug(self) -> None:
        self._gone.set()
        self._reports.put(None)

    def led(self, usage: Usage) -> bool:
        return bool(self.leds.get(usage))

    # ---- HidDevice

    def descriptor(self) -> bytes:
        self._check()
        return self.shape.descriptor

    def read(self, timeout_ms: int) -> bytes:
        self._check()
        try:
            report = self._reports.get(timeout=timeout_ms / 1000)
        except queue.Empty:
            return b""
        if report is None:
            raise OSError("read error")
        return report

    def write(self, report: bytes) -> None:
        if self.hangs_writing:
            self._gone.wait()
        self._check()
        if self.fails_writing:
            raise OSError("write error")
        self.written.append(report)
        told = {
            one.usages[0]: int.from_bytes(report[1:], "little") >> one.at & (1 << one.size) - 1
            for one in self._parsed.outputs
            if one.report_id == report[0]
        }
        self.leds |= told
        self._follow(told)

    def close(self) -> None:
        pass

    def _check(self) -> None:
        if self._gone.is_set():
            raise OSError("no such device")

    def _follow(self, told: Mapping[Usage, int]) -> None:
        if not self.shape.follows:
            return
        hook, muted = bool(told.get(LED_OFF_HOOK, self.hook)), bool(told.get(LED_MUTE, self.muted))
        moved = (self.hook != hook and self.shape.hook_has_state, self.muted != muted and self.shape.mute_has_state)
        self.hook, self.muted = hook, muted
        if self.shape.echoes and moved[0]:
            self._say(HOOK, hook, has_state=True)
        if self.shape.echoes and moved[1]:
            self._say(MUTE, muted, has_state=True)

    def _say(self, usage: Usage, value: bool, has_state: bool) -> None:
        self._reports.put(self._report(usage, value or not has_state))
        if not has_state:
            self._reports.put(self._report(usage, False))

    def _report(self, pressed: Usage, value: bool) -> bytes:
        """With the states of all that have one."""
        (key,) = (one for one in self._parsed.inputs if pressed in one.usages)
        bits = 0
        for one in self._parsed.inputs:
            if one.report_id != key.report_id:
                continue
            now = 0
            if one.array:
                now = one.least + one.usages.index(pressed) if one is key and value else 0
            elif one is key:
                now = int(value)
            elif one.usages[0] == HOOK and self.shape.hook_has_state:
                now = int(self.hook)
            elif one.usages[0] == MUTE and self.shape.mute_has_state:
                now = int(self.muted)
            bits |= now << one.at
        length = max((one.at + one.size for one in self._parsed.inputs if one.report_id == key.report_id), default=0)
        body = bits.to_bytes((length + 7) // 8, "little")
        return bytes([key.report_id]) + body if self._parsed.numbered else body


class FakeHidBus:
    """Headsets by the name that they are plugged in under."""

    def __init__(self) -> None:
        self.devices: dict[str, FakeHidDevice] = {}
        self.refuses: set[str] = set()  # by name: may not be opened
        self.looks = 0

    def plug_in(self, device: FakeHidDevice, name: str = "Fake Headset 40") -> None:
        self.devices[name] = device

    def unplug(self, name: str = "Fake Headset 40") -> None:
        self.devices.pop(name).unplug()

    def places(self) -> Sequence[HidPlace]:
        self.looks += 1
        return [HidPlace(name.encode(), name, device.serial) for name, device in list(self.devices.items())]

    def open(self, place: HidPlace) -> HidDevice:
        device = self.devices.get(place.name)
        if device is None or place.name in self.refuses:
            raise OSError("open failed")
        device.opened += 1
        return device
