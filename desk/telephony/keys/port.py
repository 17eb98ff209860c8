"""The keys and lamps of a headset as the phone uses them, and those that are not there.

`HeadsetKeys` is the port. Everything is called from the phone's main thread and returns at once; keys and names arrive
on a thread of the keys' own. `HidHeadsetKeys` (`desk.telephony.keys.hid_headset`) is the real one; its devices have a
fake."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Key(Enum):
    """What was pressed. `HOOK` and `MUTE` turn over what is; the others say what is to be."""

    HOOK_OFF = "hook_off"
    HOOK_ON = "hook_on"
    HOOK = "hook"
    FLASH = "flash"
    MUTE = "mute"
    MUTE_ON = "mute_on"
    MUTE_OFF = "mute_off"


@dataclass(frozen=True, slots=True)
class Lamps:
    """What the headset is to show, and by that also what its own keys mean next."""

    off_hook: bool = False
    ringing: bool = False
    muted: bool = False
    held: bool = False


class HeadsetKeys(Protocol):
    def open(self, on_key: Callable[[Key], None], on_name: Callable[[str, str], None]) -> None:
        """Look for a headset with keys, and for another once it is gone, until `close`. `on_name`: the one whose keys
        work from now on and its serial number, "" = none."""
        ...

    def prefer(self, microphone: str) -> None:
        """Of several, the one whose name is in this device's name."""
        ...

    def show(self, lamps: Lamps) -> None: ...

    def close(self) -> None: ...


class NoHeadsetKeys:
    """A seat whose settings leave the keys alone."""

    def open(self, on_key: Callable[[Key], None], on_name: Callable[[str, str], None]) -> None:
        pass

    def prefer(self, microphone: str) -> None:
        pass

    def show(self, lamps: Lamps) -> None:
        pass

    def close(self) -> None:
        pass
