"""What a search for calls reads from: the index and the rows of the seat store, or of the central database. How it is
walked through stands in `call_walk`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from desk.domain.call_fits import SearchedCall
from desk.domain.call_search import CallQuery, Whose
from desk.domain.call_words import Node
from desk.store.call_blocks import Bits, Numbers

Stamp = tuple[str, str]  # offered at (as text), call id: the order of the list
EVER: Stamp = ("", "")  # before all calls
NEVER: Stamp = ("9", "")  # behind all


@dataclass(frozen=True, slots=True)
class Spans:
    """Of each chunk, by its place: from when until when its calls were offered, in whole seconds since 1970."""

    first_s: Numbers
    last_s: Numbers


@dataclass(frozen=True, slots=True)
class Keyed:
    """Calls under the keys, people and homes that are asked for: all of them from the place `since` on. `EVER`: there
    are no older ones; `NEVER`: it does not know."""

    stamps: Sequence[Stamp]
    since: Stamp


class Shelf(Protocol):
    """The index and the rows, for one search. One thread."""

    def spans(self) -> Spans: ...

    def scope(self) -> tuple[Node, ...]:
        """What every call meets that whoever asks may see; () where that is all of them."""
        ...

    def answer(self, node: Node, blocks: Sequence[int]) -> Bits:
        """A row of bits for each of these blocks (descending)."""
        ...

    def stamps(self, numbers: Sequence[int]) -> list[Stamp]: ...

    def numbers(self, ids: Sequence[str]) -> dict[str, int]:
        """Of those calls that are in the index."""
        ...

    def stamps_between(self, first: int, last: int) -> dict[int, Stamp]:
        """Of all numbers from `first` to `last`, both inside."""
        ...

    def keyed(self, whose: Whose, query: CallQuery, before: Stamp) -> Keyed:
        """Of these, in the query's time and older than `before`; in no order that is relied upon, not yet narrowed
        down by anything else."""
        ...

    def unindexed(self) -> list[Stamp]:
        """Calls that were touched since the index saw them, as far as they are few."""
        ...

    def indexed_until(self) -> Stamp:
        """Calls older than this are not all in the index; `EVER` where they are."""
        ...

    def before_the_index(self, before: Stamp, limit: int) -> list[Stamp]:
        """All calls older than what is indexed so far (a store from before is indexed bit by bit), newest first, from
        this place on; [] where there are none."""
        ...

    def look_at(self, query: CallQuery, ids: Sequence[str]) -> list[SearchedCall]:
        """These calls with what belongs to them; those whose own entry does not fit may be left out."""
        ...
