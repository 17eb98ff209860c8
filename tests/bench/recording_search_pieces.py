"""The pieces of an index over made-up calls, a block at a time: the words come from the program's own `words_of`, asked
once for each value that a field can have; which calls have them is worked out over whole columns. One thread."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from desk.domain.call_fits import SearchedCall
from desk.domain.call_log import CallEntry, RecordingEntry, RecordingKept
from desk.domain.call_words import words_of
from desk.domain.identity import CallId, TicketId
from desk.domain.party import Direction
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.store.call_blocks import BLOCK, BLOCK_BYTES

Column = npt.NDArray[np.int64]  # a value for each call of the block, -1 = it has none
_PLACE_BITS = 14
_LIST_LIMIT = BLOCK_BYTES // 2 - 1


def a_call(at: Any, **fields: Any) -> SearchedCall:
    """One of which only these fields say something."""
    empty = CallEntry(CallId("c"), "", Direction.INCOMING, "", "", "", "", at, "", "")
    return SearchedCall(replace(empty, **fields))


def with_length(at: Any, seconds: int) -> SearchedCall:
    return a_call(at, answered_at=at, ended_at=at + timedelta(seconds=seconds))


def with_recording(at: Any, **fields: Any) -> SearchedCall:
    return replace(a_call(at), recording=replace(RecordingEntry(CallId("c"), RecordingKept.KEPT), **fields))


def with_ticket(at: Any, **fields: Any) -> SearchedCall:
    empty = Ticket(TicketId("t"), "", Kind.REPAIR, "", Priority.NORMAL, Stage.CLOSED, "", at, "", "")
    return replace(a_call(at), tickets=(replace(empty, **fields),))


@dataclass(frozen=True)
class Family:
    """Words that one column decides on: those that begin with `letters`, of the call that `call` makes of a value."""

    column: str
    letters: frozenset[str]
    call: Callable[[int], SearchedCall]


class Pieces:
    def __init__(self, families: tuple[Family, ...]) -> None:
        self.words: dict[str, int] = {}
        self._families = families
        self._known: list[dict[int, Column]] = [{} for _ in families]

    def of_block(self, columns: dict[str, Column]) -> Iterator[tuple[int, bytes]]:
        """The number of each word of the block, and its piece."""
        keys = [
            self._keys(family, known, columns[family.column])
            for family, known in zip(self._families, self._known, strict=True)
        ]
        every = np.unique(np.concatenate(keys))
        words, places = every >> _PLACE_BITS, every & ((1 << _PLACE_BITS) - 1)
        starts = np.flatnonzero(np.diff(words, prepend=-1))
        short = places.astype(np.uint16)
        ends = np.append(starts[1:], len(every))
        for word, start, end in zip(words[starts].tolist(), starts.tolist(), ends.tolist(), strict=True):
            if end - start <= _LIST_LIMIT:
                yield word, short[start:end].tobytes()
            else:
                bits = np.zeros(BLOCK, np.uint8)
                bits[places[start:end]] = 1
                yield word, np.packbits(bits).tobytes()

    def _keys(self, family: Family, known: dict[int, Column], column: Column) -> Column:
        there = np.flatnonzero(column >= 0)
        values, which = np.unique(column[there], return_inverse=True)
        lists = [self._ids(family, known, value) for value in values.tolist()]
        if not lists:
            return np.zeros(0, np.int64)
        sizes = np.array([len(one) for one in lists], np.int64)
        counts = sizes[which]
        begins = (np.cumsum(sizes) - sizes)[which] - (np.cumsum(counts) - counts)
        taken = np.repeat(begins, counts) + np.arange(counts.sum())
        keys: Column = np.concatenate(lists)[taken] << _PLACE_BITS | np.repeat(there, counts)
        return keys

    def _ids(self, family: Family, known: dict[int, Column], value: int) -> Column:
        if value not in known:
            words = sorted(word for word in words_of(family.call(value)) if word.partition(":")[0] in family.letters)
            ids = [self.words.setdefault(word, len(self.words) + 1) for word in words]
            known[value] = np.array(ids, np.int64)
        return known[value]
