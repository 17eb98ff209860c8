"""The HID devices of this computer, by hidapi. The port, so that a fake can stand in; and the only place that imports
hidapi's module: `hidraw` on Linux (the wheel's `hid` is built on libusb there, which takes the device away from the
kernel), `hid` elsewhere. Everything here may wait for a device; it is called on a thread that may."""

import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from desk.telephony.keys.hid_keypad import TELEPHONY

LONGEST_REPORT = 1024


@dataclass(frozen=True, slots=True)
class HidPlace:
    """A device that can be opened: `path` is the system's, `name` for people, `serial` its own number, "" where it has
    none. Both as the device gave them, with control characters removed."""

    path: bytes
    name: str
    serial: str = ""


class HidDevice(Protocol):
    def descriptor(self) -> bytes:
        """Its report descriptor. Raises `OSError`."""
        ...

    def read(self, timeout_ms: int) -> bytes:
        """The next input report, b"" where none came. Raises `OSError` once it is gone."""
        ...

    def write(self, report: bytes) -> None:
        """An output report, its number (or 0) in front. Raises `OSError`."""
        ...

    def close(self) -> None: ...


class HidBus(Protocol):
    def places(self) -> Sequence[HidPlace]:
        """Those that say they have a telephony page. Raises `OSError`."""
        ...

    def open(self, place: HidPlace) -> HidDevice:
        """Raises `OSError`: gone, or not allowed."""
        ...


class HidapiBus:
    def __init__(self) -> None:
        """Raises `ImportError` where hidapi does not run on this system."""
        self._hid: Any = importlib.import_module("hidraw" if sys.platform == "linux" else "hid")

    def places(self) -> Sequence[HidPlace]:
        found = self._hid.enumerate()
        telephony = {one["path"]: one for one in found if one.get("usage_page") == TELEPHONY}
        return [HidPlace(path, clean_name(one), clean_serial(one)) for path, one in telephony.items()]

    def open(self, place: HidPlace) -> HidDevice:
        device = self._hid.device()
        device.open_path(place.path)
        return _HidapiDevice(device)


class _HidapiDevice:
    """hidapi speaks of a closed device by `ValueError`, of a lost one by `OSError`, and of a failed write by -1."""

    def __init__(self, device: Any) -> None:
        self._device = device

    def descriptor(self) -> bytes:
        try:
            return bytes(self._device.get_report_descriptor())
        except ValueError as error:
            raise OSError(str(error)) from error

    def read(self, timeout_ms: int) -> bytes:
        try:
            return bytes(self._device.read(LONGEST_REPORT, timeout_ms))
        except ValueError as error:
            raise OSError(str(error)) from error

    def write(self, report: bytes) -> None:
        try:
            written = self._device.write(report)
        except ValueError as error:
            raise OSError(str(error)) from error
        if written < 0:
            raise OSError(self._device.error() or "the report was not taken")

    def close(self) -> None:
        self._device.close()


def clean_name(untrusted_entry: dict[str, Any]) -> str:
    """Maker and product, without what cannot be shown."""
    maker, product = (str(untrusted_entry.get(key) or "") for key in ("manufacturer_string", "product_string"))
    name = product if maker and product.startswith(maker) else f"{maker} {product}"
    return _shown(name) or f"HID {untrusted_entry.get('vendor_id', 0):04x}:{untrusted_entry.get('product_id', 0):04x}"


def clean_serial(untrusted_entry: dict[str, Any]) -> str:
    """Some makers give all their devices the same zeros: that is no number."""
    shown = _shown(str(untrusted_entry.get("serial_number") or ""))
    return shown if shown.strip("0- ") else ""


def _shown(untrusted: str) -> str:
    return "".join(c for c in untrusted if c.isprintable()).strip()[:64].strip()
