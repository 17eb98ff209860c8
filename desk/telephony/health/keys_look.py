"""Whether the headset's own keys can be had: on Linux the kernel lists what every USB device says of itself, and a
device with telephone keys that this user may not open is a udev rule that is missing. Nothing is opened for it, so that
the running phone keeps what it has. Elsewhere the system asks no rights for it. Any thread."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from desk.domain.health import Finding, Level
from desk.i18n import _
from desk.telephony.keys.hid_descriptor import read_descriptor
from desk.telephony.keys.hid_keypad import TELEPHONY

SYSTEM, DEVICES = Path("/sys/class/hidraw"), Path("/dev")
_MOST_BYTES = 4096  # HID_MAX_DESCRIPTOR_SIZE of the kernel
CHECK = "headset.keys"


def keys(system: Path = SYSTEM, devices: Path = DEVICES) -> Sequence[Finding]:
    """None where no device has telephone keys."""
    if sys.platform != "linux":
        return ()
    found = list(_with_keys(system))
    shut = [name for name, node in found if not os.access(devices / node, os.R_OK | os.W_OK)]
    if shut:
        return (
            Finding(
                CHECK,
                Level.WARNING,
                _("The keys of {device} cannot be read: this user has no right to.").format(device=shut[0]),
                _("Install the udev rule (it comes with the package: 60-desk-headset.rules), and plug in again."),
            ),
        )
    return (Finding(CHECK, Level.OK, ", ".join(dict.fromkeys(name for name, _node in found))),) if found else ()


def _with_keys(system: Path) -> Iterator[tuple[str, str]]:
    """Name and node of each."""
    for entry in sorted(system.glob("hidraw*")):
        try:
            with (entry / "device" / "report_descriptor").open("rb") as handle:
                untrusted = handle.read(_MOST_BYTES)
            about = (entry / "device" / "uevent").read_text("utf-8", "replace")
        except OSError:
            continue  # unplugged since
        if any(usage.page == TELEPHONY for usage in read_descriptor(untrusted).input_usages()):
            yield _name(about), entry.name


def _name(untrusted_uevent: str) -> str:
    """HID_NAME, as the device says it."""
    for line in untrusted_uevent.splitlines():
        key, _equals, value = line.partition("=")
        if key == "HID_NAME":
            return "".join(letter for letter in value if letter.isprintable())[:64]
    return _("a headset")
