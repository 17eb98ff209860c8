"""How the rows of a list stand in a table: which of them are shown, under which headings. A list of a hundred thousand
is arranged without an object for each row. No Qt; any thread."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Heading:
    """`count`: of the rows below it, shown or folded away."""

    group: str
    count: int
    folded: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """A heading and its rows. `start`: the table's row of the heading; `first`: of `shown`."""

    heading: Heading
    start: int
    first: int


class Arranged:
    """`shown`: places in the list, in order. `groups` of all rows of the list; empty = no headings. `folded`: groups
    whose rows are not shown."""

    def __init__(self, shown: Sequence[int], groups: Sequence[str] = (), folded: Collection[str] = ()) -> None:
        self._shown = shown
        self._parts: list[_Part] = []
        self._starts: list[int] = []
        row = first = 0
        if groups:
            for group, places in groupby(shown, key=lambda place: groups[place]):
                count = sum(1 for _place in places)
                heading = Heading(group, count, group in folded)
                self._parts.append(_Part(heading, row, first))
                self._starts.append(row)
                row += 1 + (0 if heading.folded else count)
                first += count
            self.count = row
        else:
            self.count = len(shown)

    @property
    def matches(self) -> int:
        """How many rows there are, headings not counted, folded ones too."""
        return len(self._shown)

    def at(self, row: int) -> int | Heading:
        """The place in the list that stands in this row of the table, or the heading."""
        if not self._parts:
            return self._shown[row]
        part = self._parts[bisect_right(self._starts, row) - 1]
        return part.heading if row == part.start else self._shown[part.first + row - part.start - 1]

    def row_of(self, place: int) -> int:
        """Where this place of the list stands in the table; -1: it does not (filtered out, folded away)."""
        try:
            index = self._shown.index(place)
        except ValueError:
            return -1
        if not self._parts:
            return index
        part = self._parts[bisect_right([one.first for one in self._parts], index) - 1]
        return -1 if part.heading.folded else part.start + 1 + index - part.first

    def headings(self) -> list[Heading]:
        return [part.heading for part in self._parts]
