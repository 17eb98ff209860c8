"""How the rows of a list stand in a table: which of them are shown, under which headings. A list of a hundred thousand
is arranged without an object for each row. No Qt; any thread."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from desk.domain.list_filter import index_of


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
    """`shown`: places in the list, in order. `runs`: the groups of all rows of the list, each with the place after its
    last row (`work_lists.runs`); empty = no headings. `folded`: groups whose rows are not shown. Made anew with every
    key of a filter, on Qt's thread: it costs no more for a longer list."""

    def __init__(
        self, shown: Sequence[int], runs: Sequence[tuple[str, int]] = (), folded: Collection[str] = ()
    ) -> None:
        self._shown = shown
        self._parts: list[_Part] = []
        self._starts: list[int] = []
        row = first = 0
        for group, end in runs:
            after = bisect_left(shown, end, first)
            if after == first:
                continue
            heading = Heading(group, after - first, group in folded)
            self._parts.append(_Part(heading, row, first))
            self._starts.append(row)
            row += 1 + (0 if heading.folded else heading.count)
            first = after
        self.count = row if self._parts else len(shown)

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
        index = index_of(place, self._shown)
        if index < 0 or not self._parts:
            return index
        part = self._parts[bisect_right([one.first for one in self._parts], index) - 1]
        return -1 if part.heading.folded else part.start + 1 + index - part.first

    def headings(self) -> list[Heading]:
        return [part.heading for part in self._parts]
