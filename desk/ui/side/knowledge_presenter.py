"""An article as it stands beside the form. No Qt; pure functions. Loaded with the window, and so by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk.domain.knowledge import Article

_HINT_MAX = 160


@dataclass(frozen=True, slots=True)
class HelpView:
    """An article as it stands beside the form. `lines`: what is to be said or done, in order; the first article's are
    shown whole, of the others only the title."""

    article_id: str
    title: str
    lines: tuple[str, ...]
    is_first: bool


def helping(articles: "Sequence[Article]") -> tuple[HelpView, ...]:
    return tuple(
        HelpView(a.article_id, a.title, lines_of(a) if place == 0 else (), place == 0)
        for place, a in enumerate(articles)
    )


def lines_of(article: "Article") -> tuple[str, ...]:
    """Its steps, numbered, after what stands above them."""
    head = article.text if len(article.text) <= _HINT_MAX else article.text[:_HINT_MAX].rstrip() + "…"
    steps = tuple(f"{number}. {step}" for number, step in enumerate(article.steps, 1))
    return (head, *steps) if head else steps
