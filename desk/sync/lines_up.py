"""Whether the phone is there and by which lines calls come, from what it says: a version on trial is measured by it.
Written by the link's thread, read by any."""

from typing import Any

from desk.domain.events import LineChanged, LineState, LineStatus
from desk.domain.snapshots import PhoneSnapshot

UP = frozenset({LineStatus.REGISTERED, LineStatus.DIRECT})


class LinesUp:
    def __init__(self) -> None:
        self._lines: dict[str, LineState] = {}
        self.phone_here = False  # it has told its snapshot to this process

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the lines that are up now, sorted."""
        return tuple(sorted(label for label, state in self._lines.items() if state.status in UP))

    def lose(self) -> None:
        """The phone is gone; the next one tells how its lines are."""
        self._lines, self.phone_here = {}, False

    def hear(self, message: Any) -> None:
        """Any message of the phone's."""
        match message:
            case PhoneSnapshot(lines=lines):
                self._lines = {line.label: line for line in lines}
                self.phone_here = True
            case LineChanged(state=state):
                self._lines = {**self._lines, state.label: state}
            case _:
                return
