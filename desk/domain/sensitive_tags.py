"""Which tags of a resident not everybody may read: litigation, illness and the like, in the words that lists and people
use for them. What is in the list is kept as `desk.domain.estate.SensitiveTag`, a row of its own, and never among the
tags that stand on the person. Pure."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property


def plain_tag(tag: str) -> str:
    """As two tags are compared: width, case and spaces say nothing."""
    return " ".join(unicodedata.normalize("NFKC", tag).split()).casefold()


@dataclass(frozen=True)
class SensitiveTags:
    """`words`: each name with the words that mean it; the name itself means it too."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.words)

    def name_of(self, tag: str) -> str | None:
        """Under which name this tag is in the list; None where everybody may read it."""
        return self._names.get(plain_tag(tag))

    def meant(self, tags: Iterable[str]) -> frozenset[str]:
        """As tags are compared, whoever wrote them: each under its name, others as they are compared. The card writes
        the name, a list its own word, a rule mostly a third."""
        return frozenset(self.name_of(tag) or plain_tag(tag) for tag in tags)

    def covers(self, tag: str) -> bool:
        return self.name_of(tag) is not None

    def of(self, tags: Iterable[str]) -> tuple[str, ...]:
        """Those of the list."""
        return tuple(tag for tag in tags if self.covers(tag))

    def without(self, tags: Iterable[str]) -> tuple[str, ...]:
        """Those that everybody may read."""
        return tuple(tag for tag in tags if not self.covers(tag))

    @cached_property
    def _names(self) -> dict[str, str]:
        return {plain_tag(word): name for name, words in self.words.items() for word in (name, *words)}


NONE = SensitiveTags()
