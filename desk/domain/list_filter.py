"""Filtering a long list by what is typed: which rows hold the words. A hundred thousand rows are asked with every key.

All texts stand joined beside each other, too: a word that few of them hold is found in the whole several times faster
than text by text. Pure; built once for a list, on any thread."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

Words = Sequence[frozenset[str]]  # what was typed, word by word: each in all its spellings, in lower case
RARE = 8_000  # rows; a word that more of them hold is looked for text by text
_GUESSED = 250  # hits after which it is guessed whether there will be more than that
_BREAK = "\n"  # no word holds it


class Texts:
    """`texts` in lower case, one a row. `rare`: for tests."""

    def __init__(self, texts: Sequence[str], rare: int = RARE) -> None:
        self._texts, self._rare = texts, rare
        self._whole = _BREAK.join(texts)
        self._ends = list(accumulate(len(text) + 1 for text in texts))

    def filtered(self, words: Words, among: Sequence[int] | None = None) -> list[int]:
        """The places, in order, of those that hold, of every word, one of its spellings; no words: all. `among`: only
        these places, in order, are asked (`narrows`)."""
        found: Sequence[int] = range(len(self._texts)) if among is None else among
        for spellings in words:
            if len(spellings) == 1:
                found = self._holding(next(iter(spellings)), found)
                continue
            missing, held = found, set[int]()
            for word in sorted(spellings, key=len, reverse=True):  # a short one is found in more of them
                holding = self._holding(word, missing)
                held.update(holding)
                if len(holding) > self._rare:
                    missing = [at for at in missing if at not in held]
            found = sorted(held)
        return list(found)

    def _holding(self, word: str, among: Sequence[int]) -> list[int]:
        if len(among) > self._rare and (found := self._found_in_whole(word)) is not None:
            return found if len(among) == len(self._texts) else [at for at in found if index_of(at, among) >= 0]
        return [at for at in among if word in self._texts[at]]

    def _found_in_whole(self, word: str) -> list[int] | None:
        """None: more than a few rows hold it."""
        whole, ends, found = self._whole, self._ends, list[int]()
        at = whole.find(word)
        while at >= 0:
            if len(found) == self._rare or (len(found) == _GUESSED and at * self._rare < len(whole) * _GUESSED):
                return None
            place = bisect_right(ends, at)
            found.append(place)
            at = whole.find(word, ends[place])
        return found


def narrows(before: Words, after: Words) -> bool:
    """Whether whatever passes `after` has passed `before`: typing on has only made words longer, or added some."""
    return all(any(all(any(old in new for old in spellings) for new in word) for word in after) for spellings in before)


def index_of(place: int, places: Sequence[int]) -> int:
    """Where this place stands among `places`, which are in order; -1: it does not."""
    index = bisect_left(places, place)
    return index if index < len(places) and places[index] == place else -1
