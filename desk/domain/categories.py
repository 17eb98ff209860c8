"""The category tree: what a ticket is about, some 200 leaves under the six kinds. Values only; the shipped tree is read
by `desk.texts` from resources/categories.toml, and a company may have its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from desk.domain.tickets import Kind, Priority


class Whereabouts(Enum):
    """Where what is reported usually is; decides whether a place must be given and which is offered first."""

    HOME = "home"
    PUBLIC = "public"
    NOWHERE = "nowhere"  # no place is needed


@dataclass(frozen=True, slots=True)
class Category:
    """A leaf. `code` is stable and short ("repair.water.leak_above"); `group_zh`/`group_en` name the branch it hangs
    on. `raised_when_*`: the rule by which an agent raises the priority, "" where there is none. `keywords`: what
    callers say instead of the name."""

    code: str
    kind: Kind
    group_zh: str
    group_en: str
    zh: str
    en: str
    priority: Priority = Priority.NORMAL
    whereabouts: Whereabouts = Whereabouts.HOME
    raised_when_zh: str = ""
    raised_when_en: str = ""
    keywords: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """ "zh_CN" or "en"."""
        return self.en if language == "en" else self.zh

    def group(self, language: str) -> str:
        return self.group_en if language == "en" else self.group_zh

    def raised_when(self, language: str) -> str:
        return self.raised_when_en if language == "en" else self.raised_when_zh


class CategoryTree:
    """All leaves, in the order of the file, by code and by kind. Never changes."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self.categories = tuple(categories)
        self._by_code = {category.code: category for category in self.categories}
        if len(self._by_code) != len(self.categories):
            raise ValueError("two categories have one code")

    def get(self, code: str) -> Category | None:
        return self._by_code.get(code)

    def of_kind(self, kind: Kind) -> tuple[Category, ...]:
        return tuple(c for c in self.categories if c.kind is kind)

    def name(self, code: str, language: str) -> str:
        """The leaf's name, or the code itself where the tree no longer has it."""
        category = self._by_code.get(code)
        return category.name(language) if category else code
