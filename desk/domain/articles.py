"""Which article helps now: the scope of an article against the category in hand, and the order in which they are shown.
An article for the very leaf comes before one for its branch, that before one for the kind, that before one found by its
words alone. Pure functions, any thread."""

import uuid
from collections.abc import Iterable

from desk.domain.identity import EstateId
from desk.domain.knowledge import Article

_NAMESPACE = uuid.UUID("4b1a4f52-2a3b-5be7-8f0f-6a5f2c3d9e10")
FAR = 9  # no place in the tree in common


def shipped_id_of(code: str) -> str:
    """The id of a shipped article: taken in at two seats it is one."""
    return str(uuid.uuid5(_NAMESPACE, code))


def branches(code: str) -> tuple[str, ...]:
    """The leaf and what it hangs on: "repair.water.tap", "repair.water", "repair"."""
    parts = code.split(".") if code else []
    return tuple(".".join(parts[:size]) for size in range(len(parts), 0, -1))


def distance(article: Article, category: str) -> int:
    """0: written for this leaf; 1 its branch, 2 its kind; `FAR`: for other things, or for no category."""
    above = branches(category)
    return min((above.index(code) for code in article.categories if code in above), default=FAR)


def is_for(article: Article, estate_id: EstateId | None) -> bool:
    """Whether it holds there (None: the estate is not known)."""
    return not article.retired and (article.estate_id is None or estate_id in (None, article.estate_id))


def best(found: Iterable[Article], category: str, limit: int, estate_id: EstateId | None = None) -> list[Article]:
    """The most fitting first; `found` in the order of how well their words fit. Those of the estate come before those
    of everywhere."""
    here = [article for article in found if is_for(article, estate_id)]
    ranked = sorted(
        enumerate(here),
        key=lambda pair: (distance(pair[1], category), pair[1].estate_id is None, pair[0]),
    )
    return [article for _place, article in ranked[:limit]]
