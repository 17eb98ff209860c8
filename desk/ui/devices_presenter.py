"""Sound devices as choices. No Qt; pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.domain.events import AudioDevice
from desk.i18n import _


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """`name` "" = the system's default. `here` False: chosen once, not plugged in now."""

    name: str
    words: str
    here: bool = True


def device_choices(devices: Sequence[AudioDevice], chosen: str) -> tuple[DeviceChoice, ...]:
    """The default first, then every device by name; one that was chosen and is away stays in the list."""
    default = next((device.name for device in devices if device.is_default), "")
    first = _("System default ({name})").format(name=default) if default else _("System default")
    out = [DeviceChoice("", first), *(DeviceChoice(device.name, device.name) for device in devices)]
    if chosen and all(choice.name != chosen for choice in out):
        out.append(DeviceChoice(chosen, _("{name} (not plugged in)").format(name=chosen), here=False))
    return tuple(out)
