"""Identifiers that the same seed makes again: UUIDv7 in form (RFC 9562 section 5.7), a counter where others have
chance. So the same estate made twice is one estate, and two seeds never meet."""

from datetime import datetime
from itertools import count


def beginning(start: datetime) -> str:
    """How every identifier of whatever was made for this moment begins; those of real things have a time of their own,
    to the millisecond."""
    time = f"{int(start.timestamp() * 1000):012x}"
    return f"{time[:8]}-{time[8:]}-7"


class SampleIds:
    """`series` keeps the ids of the parts of one estate apart (register, history)."""

    def __init__(self, seed: int, series: int, start: datetime) -> None:
        self._numbers = count()
        self._seed = f"7{series & 0xF:x}{seed & 0xFF:02x}-8{seed >> 8 & 0xFFF:03x}"
        self._start = f"{int(start.timestamp() * 1000):012x}"

    def new(self) -> str:
        time = self._start
        return f"{time[:8]}-{time[8:]}-{self._seed}-{next(self._numbers):012x}"

    def at(self, moment: datetime) -> str:
        """With its own time, for what happened at a moment."""
        time = f"{int(moment.timestamp() * 1000):012x}"
        return f"{time[:8]}-{time[8:]}-{self._seed}-{next(self._numbers):012x}"
