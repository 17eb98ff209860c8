"""The headset's keys and lamps over USB HID: looks for a headset with telephony keys once a second, serves it until it
is gone, looks again. Everything that can wait for a device happens on one thread of its own: a device that hangs, lies,
floods or is torn out costs the phone its keys, never a call."""

import logging
import re
import threading
import time
from collections.abc import Callable

from desk.telephony.keys.hid_bus import HidBus, HidDevice, HidPlace
from desk.telephony.keys.hid_descriptor import read_descriptor
from desk.telephony.keys.hid_keypad import HidKeypad, has_keys
from desk.telephony.keys.port import Key, Lamps

LOOK_S = 1.0
READ_MS = 50  # a lamp waits for so long at most
MOST_REPORTS_S = 200  # a device that says more in a second is not in order, and is left alone for a while
CLOSE_S = 1.0
_WORD = re.compile(r"\w{3,}")
_log = logging.getLogger(__name__)


class HidHeadsetKeys:
    """`make_bus` is called on the keys' thread; it raises `ImportError` or `OSError` where there is none."""

    def __init__(self, make_bus: Callable[[], HidBus], clock_s: Callable[[], float] = time.monotonic) -> None:
        self._make_bus, self._clock_s = make_bus, clock_s
        self._on_key: Callable[[Key], None] = lambda _key: None
        self._on_name: Callable[[str, str], None] = lambda _name, _serial: None
        self._lamps = Lamps()
        self._microphone = ""
        self._look_again = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="headset-keys", daemon=True)
        self._not_opened: dict[bytes, str] = {}  # path -> why; told once
        self._keyless: set[bytes] = set()

    def open(self, on_key: Callable[[Key], None], on_name: Callable[[str, str], None]) -> None:
        self._on_key, self._on_name = on_key, on_name
        self._thread.start()

    def prefer(self, microphone: str) -> None:
        if microphone != self._microphone:
            self._microphone = microphone
            self._look_again.set()

    def show(self, lamps: Lamps) -> None:
        self._lamps = lamps

    def close(self) -> None:
        """The lamps go out, if the device lets itself be told in time."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)

    # ---- on the keys' own thread

    def _run(self) -> None:
        try:
            bus = self._make_bus()
        except (ImportError, OSError) as error:
            _log.warning("no headset's keys: %s", error)
            return
        while not self._stop.is_set():
            self._look_again.clear()
            try:
                self._look(bus)
            except OSError as error:
                _log.info("headset's keys: %s", error)
            except Exception:  # noqa: BLE001 - a device's fault, whatever it is, ends here
                _log.exception("headset's keys failed")
            self._stop.wait(LOOK_S)

    def _look(self, bus: HidBus) -> None:
        places = sorted(bus.places(), key=lambda place: not self._is_of_microphone(place.name))
        paths = {place.path for place in places}
        self._keyless &= paths
        self._not_opened = {path: why for path, why in self._not_opened.items() if path in paths}
        for place in places:
            if place.path in self._keyless:
                continue
            device = self._opened(bus, place)
            if device is None:
                continue
            try:
                if self._served(place, device):
                    return
            finally:
                device.close()

    def _is_of_microphone(self, name: str) -> bool:
        """Sound systems call a device by its product's name and more ("Jabra Evolve2 40 SE Mono")."""
        words = set(_WORD.findall(name.lower()))
        return bool(words & set(_WORD.findall(self._microphone.lower())))

    def _opened(self, bus: HidBus, place: HidPlace) -> HidDevice | None:
        try:
            return bus.open(place)
        except OSError as error:
            if self._not_opened.get(place.path) != str(error):
                self._not_opened[place.path] = str(error)
                _log.warning("the keys of %s cannot be had: %s (on Linux a udev rule gives access)", place.name, error)
            return None

    def _served(self, place: HidPlace, device: HidDevice) -> bool:
        """Until it is gone, or another is to be looked for. False at once where it has no keys for us."""
        descriptor = read_descriptor(device.descriptor())
        if not has_keys(descriptor):
            self._keyless.add(place.path)
            return False
        _log.info("headset's keys: %s", place.name)
        self._on_name(place.name, place.serial)
        try:
            self._serve(device, HidKeypad(descriptor))
        finally:
            self._on_name("", "")
        return True

    def _serve(self, device: HidDevice, keypad: HidKeypad) -> None:
        _write(device, keypad.show(self._lamps, self._clock_s()) or keypad.show_anew(self._clock_s()))
        second_s, reports = self._clock_s(), 0
        while not (self._stop.is_set() or self._look_again.is_set()):
            report = device.read(READ_MS)
            now_s = self._clock_s()
            if report:
                reports += 1
                for key in keypad.heard(report, now_s):
                    self._on_key(key)
            _write(device, keypad.show(self._lamps, now_s))
            _write(device, keypad.settle(now_s))
            if now_s - second_s >= 1.0:
                second_s, reports = now_s, 0
            elif reports > MOST_REPORTS_S:
                raise OSError("the device says more than any key could")
        _write(device, keypad.show(Lamps(), self._clock_s()))


def _write(device: HidDevice, reports: tuple[bytes, ...]) -> None:
    for report in reports:
        device.write(report)
