"""What the phone process remembers over its own end: where calls were sent, and what the exchange was told of that.
Small files in the data folder; one that cannot be read costs the memory of it, never a call. Phone process, main
thread."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from desk.domain.availability import Availability, Forward

AVAILABILITY, TOLD = "availability.json", "exchange.json"
_Value = TypeVar("_Value")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What the exchange may be forwarding by itself: where to, as it was dialled. `sure`: it took every code."""

    forwards: Mapping[Forward, str] = field(default_factory=dict)
    sure: bool = True


class CallMemory:
    """`folder` None: nothing outlasts the process."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def availability(self) -> Availability | None:
        """What was set at this seat last, None where nothing was."""
        return self._read(AVAILABILITY, Availability)

    def keep_availability(self, availability: Availability) -> None:
        self._write(AVAILABILITY, availability)

    def told(self) -> Told | None:
        """None where nobody knows."""
        return self._read(TOLD, Told)

    def keep_told(self, told: Told) -> None:
        self._write(TOLD, told)

    def _read(self, name: str, kind: type[_Value]) -> _Value | None:
        if self._folder is None:
            return None
        try:
            return msgspec.json.decode((self._folder / name).read_bytes(), type=kind)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            _log.warning("%s is not known: %s", name, error)
            return None

    def _write(self, name: str, value: Any) -> None:
        if self._folder is None:
            return
        file = self._folder / name
        new = file.with_suffix(".new")
        try:
            new.write_bytes(msgspec.json.encode(value))
            new.replace(file)
        except OSError as error:
            _log.warning("%s is not kept: %s", name, error)
