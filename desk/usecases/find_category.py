"""Suggestions for the category field: a few letters of pinyin, initials, characters or English find the leaf by its
name or by what callers say instead of it. All in memory, some 2 ms a keystroke for 200 leaves; any thread."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from desk.domain.categories import Category, CategoryTree
from desk.domain.pinyin import Match, Reading, loosen, loosened, match, query_form, read
from desk.domain.tickets import Kind

_BY_KEYWORD = 3  # the whole of a keyword comes after the beginning of a name, and before the middle of one
_BY_GROUP = 9


@dataclass(frozen=True, slots=True)
class CategoryHit:
    """`shown`: the leaf's name in the finder's language; `spans`: the characters of it that matched. `keyword`: what
    it was found by where the name did not match, "" otherwise."""

    category: Category
    shown: str
    spans: tuple[tuple[int, int], ...]
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class _Leaf:
    category: Category
    name: Reading
    others: tuple[Reading, ...]
    group: Reading


class CategoryFinder:
    """`language`: "zh_CN" or "en", for what is shown; both are always searched."""

    def __init__(self, tree: CategoryTree, language: str = "zh_CN") -> None:
        self._tree = tree
        self._language = language
        self._made: tuple[tuple[_Leaf, ...], tuple[_Leaf, ...]] | None = None
        self._making = threading.Lock()

    def load(self) -> None:
        """Read all names now, off the ui's thread (50 ms), so that the first keystroke does not wait for it."""
        self._leaves()

    def _leaves(self) -> tuple[tuple[_Leaf, ...], tuple[_Leaf, ...]]:
        """The leaves as they are read, and loosely for those who type zh as z."""
        with self._making:
            if self._made is None:
                leaves = tuple(self._leaf(category) for category in self._tree.categories)
                loose = tuple(
                    _Leaf(leaf.category, loosened(leaf.name), tuple(map(loosened, leaf.others)), loosened(leaf.group))
                    for leaf in leaves
                )
                self._made = leaves, loose
            return self._made

    def find(self, text: str, kind: Kind | None = None, limit: int = 8) -> list[CategoryHit]:
        """The best hits first; with an empty text the first leaves. Only leaves of `kind` if it is given."""
        leaves, loose = self._leaves()
        query = query_form(text)
        if not query:
            of_kind = [leaf for leaf in leaves if kind is None or leaf.category.kind is kind]
            return [self._hit(leaf, None, "") for leaf in of_kind[:limit]]
        words = [form for word in text.split() if (form := query_form(word))]
        return (
            self._search(leaves, [query], kind, limit)
            or (self._search(leaves, words, kind, limit) if len(words) > 1 else [])
            or self._search(loose, [loosen(query)], kind, limit)
        )

    def _search(self, leaves: Iterable[_Leaf], words: list[str], kind: Kind | None, limit: int) -> list[CategoryHit]:
        ranked: list[tuple[int, int, int, CategoryHit]] = []
        for index, leaf in enumerate(leaves):
            if kind is not None and leaf.category.kind is not kind:
                continue
            ranks = [_rank(word, leaf) for word in words]
            found = [rank for rank in ranks if rank is not None]
            if len(found) == len(words):
                rank, span, keyword = found[0]
                total = rank + sum(other[0] for other in found[1:])
                ranked.append((total, len(leaf.name.text), index, self._hit(leaf, span, keyword)))
        ranked.sort(key=lambda entry: entry[:3])
        return [hit for *_, hit in ranked[:limit]]

    def _leaf(self, category: Category) -> _Leaf:
        shown = category.name(self._language)
        other = category.zh if self._language == "en" else category.en
        others = tuple(read(text) for text in (*category.keywords, other))
        return _Leaf(category, read(shown), others, read(category.group(self._language)))

    def _hit(self, leaf: _Leaf, span: tuple[int, int] | None, keyword: str) -> CategoryHit:
        return CategoryHit(leaf.category, leaf.name.text, (span,) if span else (), keyword)


def _rank(word: str, leaf: _Leaf) -> tuple[int, tuple[int, int] | None, str] | None:
    """(rank, span in the name, keyword). The name itself before a keyword, a keyword before the branch it hangs on."""
    named = match(word, leaf.name)
    best: tuple[int, tuple[int, int] | None, str] | None = (named.rank, named.span, "") if named else None
    if named and named.rank <= _BY_KEYWORD:
        return best
    for other in leaf.others:
        found: Match | None = match(word, other)
        if found and (best is None or found.rank + _BY_KEYWORD < best[0]):
            best = (found.rank + _BY_KEYWORD, None, other.text)
    if best is None and match(word, leaf.group):
        best = (_BY_GROUP, None, leaf.group.text)
    return best
