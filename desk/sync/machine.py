"""What this PC is and which headset hangs on it, as the system itself tells: Linux by its own files, Windows by its
registry; what neither tells is left out. Nothing is asked of a network, and no rights are needed (a PC's serial number
is root's alone on most Linux systems, and then is "").

Sync process, on a worker's thread; some milliseconds."""

import logging
import platform
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from desk.domain.events import HeadsetState
from desk.domain.seat_register import LONGEST_OTHER, Machine
from desk.settings import LineSettings, Settings
from desk.version import build

_log = logging.getLogger(__name__)
_WORD = re.compile(r"\w+")
_NOTHING = frozenset({"", "none", "default string", "to be filled by o.e.m.", "system product name", "not specified"})
_BIOS_KEY = r"HARDWARE\DESCRIPTION\System\BIOS"
MB = 1_000_000


def look(settings: Settings, headset: HeadsetState | None, system_root: Path = Path("/")) -> Machine:
    """`headset`: as the phone says, None = it has not said. `system_root`: where /sys, /proc and /etc are."""
    model, serial = _model(system_root)
    name = _headset_name(headset) if headset is not None else ""
    return Machine(
        seat=settings.seat.name,
        pc=_clean(platform.node()),
        pc_model=model,
        pc_serial=serial,
        system=_system(system_root),
        processor=_processor(system_root),
        memory_mb=psutil.virtual_memory().total // MB,
        disk_mb=_disk_mb(settings.data_dir),
        desk_version=str(build()),
        headset=name,
        headset_serial=_headset_serial(system_root, headset, name) if headset is not None and name else "",
        lines=_lines(settings.lines),
    )


def _clean(untrusted: str) -> str:
    """Firmware says many things; "" where it says nothing."""
    shown = "".join(char for char in untrusted if char.isprintable()).strip()[:LONGEST_OTHER].strip()
    return "" if shown.lower() in _NOTHING else shown


def _first_line(file: Path) -> str:
    try:
        return _clean((file.read_text("utf-8", "replace").splitlines() or [""])[0])
    except OSError:
        return ""


def _model(root: Path) -> tuple[str, str]:
    """Maker and product, and the serial number."""
    if platform.system() == "Windows":
        return _windows_model(), ""
    dmi = root / "sys/class/dmi/id"
    maker, product = _first_line(dmi / "sys_vendor"), _first_line(dmi / "product_name")
    name = product if maker and product.startswith(maker) else f"{maker} {product}".strip()
    return name, _first_line(dmi / "product_serial")


def _windows_model() -> str:
    """By the registry. After Microsoft's documentation; no test of this program reaches it."""
    try:
        import winreg

        registry: Any = winreg
        with registry.OpenKey(registry.HKEY_LOCAL_MACHINE, _BIOS_KEY) as key:
            told = [str(registry.QueryValueEx(key, name)[0]) for name in ("SystemManufacturer", "SystemProductName")]
    except (ImportError, OSError):
        return ""
    return " ".join(part for part in map(_clean, told) if part)


def _system(root: Path) -> str:
    if platform.system() == "Linux":
        try:
            release = (root / "etc/os-release").read_text("utf-8", "replace")
        except OSError:
            release = ""
        named = re.search(r'^PRETTY_NAME="?([^"\n]*)', release, re.MULTILINE)
        return _clean(f"{named[1] if named else 'Linux'} ({platform.release()})")
    return _clean(platform.platform())


def _processor(root: Path) -> str:
    name = ""
    if platform.system() == "Linux":
        try:
            told = (root / "proc/cpuinfo").read_text("utf-8", "replace")
        except OSError:
            told = ""
        named = re.search(r"^model name\s*:\s*(.*)$", told, re.MULTILINE)
        name = _clean(named[1]) if named else ""
    name = name or _clean(platform.processor() or platform.machine())
    return f"{name} × {psutil.cpu_count() or 1}"


def _disk_mb(folder: Path) -> int:
    try:
        return int(psutil.disk_usage(str(folder)).total // MB)
    except OSError:
        return 0


def _headset_name(state: HeadsetState) -> str:
    """Its own name where it told one by its keys, else that of the microphone."""
    default = next((device.name for device in state.microphones if device.is_default), "")
    return _clean(state.keys or state.microphone or state.microphone_in_use or default)


def _headset_serial(root: Path, state: HeadsetState, headset: str) -> str:
    """As the phone has it from the headset itself; where its keys are not used or may not be opened, on Linux what the
    system has of its HID part. Sound systems add words to a product's name."""
    if state.keys and state.serial:
        return _clean(state.serial)
    words = set(_WORD.findall(headset.lower()))
    try:
        found = sorted((root / "sys/class/hidraw").glob("*/device/uevent"))
    except OSError:
        return ""
    for file in found:
        try:
            told = dict(line.partition("=")[::2] for line in file.read_text("utf-8", "replace").splitlines())
        except OSError:
            continue
        product = set(_WORD.findall(told.get("HID_NAME", "").lower()))
        if product and len(product & words) >= min(2, len(product), len(words)) and told.get("HID_UNIQ"):
            return _clean(told["HID_UNIQ"])
    return ""


def _lines(lines: Sequence[LineSettings]) -> tuple[str, ...]:
    return tuple(f"{line.label} {line.user}" + (f"@{line.registrar}" if line.registrar else "") for line in lines)
