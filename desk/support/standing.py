"""When each trouble stood, as the notes tell: raised and cleared by name, or said whole by a state that replaces the
one before. One that is cleared and was never seen raised stood from the beginning on. Pure, any thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.domain.troubles import Trouble
from desk.support.notes import Note

# kind of a note that says the whole state -> how the names of its troubles begin
_WHOLE = {
    "central": ("central", "centre", "seat_name", "store_copied", "program", "person"),
    "recordings": ("vault", "seal", "recordings"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when something was so; `end` None: still."""

    begin: datetime
    end: datetime | None

    def meets(self, begin: datetime, end: datetime | None) -> bool:
        return (end is None or self.begin <= end) and (self.end is None or self.end >= begin)


def standing(notes: Sequence[Note]) -> dict[Trouble, list[Span]]:
    """`notes` in their order in time."""
    board = _Board(notes[0].at) if notes else None
    if board is None:
        return {}
    for note in notes:
        if note.kind == "trouble":
            board.put(str(note.fields.get("trouble")), note.at, on=bool(note.fields.get("on")))
        elif note.kind == "phone":
            for name in note.fields.get("troubles", ()):
                board.put(str(name), note.at, on=True)
        elif note.kind in _WHOLE:
            board.replace(_WHOLE[note.kind], str(note.fields.get("trouble", "")), note.at)
    return board.ended()


class _Board:
    def __init__(self, began: datetime) -> None:
        self._began = began
        self._spans: dict[Trouble, list[Span]] = {}
        self._open: dict[Trouble, datetime] = {}

    def put(self, name: str, at: datetime, *, on: bool) -> None:
        trouble = _trouble(name)
        if trouble is None:
            return
        if on:
            self._open.setdefault(trouble, at)
        elif trouble in self._open or trouble not in self._spans:
            self._spans.setdefault(trouble, []).append(Span(self._open.pop(trouble, self._began), at))

    def replace(self, family: tuple[str, ...], name: str, at: datetime) -> None:
        """Of this family only `name` stands now, "" nothing."""
        if name:
            self.put(name, at, on=True)
        for trouble in [one for one in self._open if one.value.startswith(family) and one.value != name]:
            self.put(trouble.value, at, on=False)

    def ended(self) -> dict[Trouble, list[Span]]:
        for trouble, since in self._open.items():
            self._spans.setdefault(trouble, []).append(Span(since, None))
        return self._spans


def _trouble(name: str) -> Trouble | None:
    try:
        return Trouble(name)
    except ValueError:  # of another version
        return None
