"""In which city a mobile number was issued, by its first seven digits: for a trunk that wants a 0 before mobiles of
other cities. Numbers keep it for life, whatever network they move to.

Read from `resources/mobile_areas.bin` (see `tools/mobile_areas.py`) when first asked, some 10 ms and 1.4 MB; a file
that is not there or not right means that nobody knows. Phone process, main thread."""

import logging
import sys
import zlib
from array import array
from pathlib import Path

FIRST, BEHIND_LAST = 1_300_000, 2_000_000
_log = logging.getLogger(__name__)


class MobileAreas:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._areas: list[str] = []
        self._places: array[int] | None = None

    def home(self, mobile: str) -> str:
        """The area code with its 0 ("0755") of eleven digits, "" where nobody knows."""
        if self._places is None:
            self._areas, self._places = self._read()
        if len(mobile) != 11 or not (mobile.isascii() and mobile.isdigit()):
            return ""
        at = int(mobile[:7]) - FIRST
        place = self._places[at] if 0 <= at < len(self._places) else 0
        return f"0{self._areas[place - 1]}" if 0 < place <= len(self._areas) else ""

    def _read(self) -> tuple[list[str], "array[int]"]:
        places = array("H")
        try:
            names, _newline, packed = self._file.read_bytes().partition(b"\n")
            places.frombytes(zlib.decompress(packed))
        except (OSError, ValueError, zlib.error) as error:
            _log.warning("the cities of mobile numbers are not known: %s", error)
            return [], array("H")
        if sys.byteorder == "big":
            places.byteswap()
        return names.decode("ascii", "replace").split(), places
