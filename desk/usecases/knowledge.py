"""Articles and step lists: found while somebody types, written and edited by whoever sits there, retired with a reason
(never deleted), and taken in from those that are shipped. Worker's thread; what is written is durable when it
returns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum

from desk.domain.articles import best, shipped_id_of
from desk.domain.identity import EstateId
from desk.domain.knowledge import Article
from desk.domain.patches import patch_of
from desk.usecases.knowledge_ports import Articles
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, NewId

TITLE_MAX, TEXT_MAX, STEPS_MAX = 120, 20_000, 60
_LOOKED_AT = 40  # articles that are weighed for a handful shown
SHIPPED = "shipped"  # who wrote those that come with Desk


class ArticleReason(Enum):
    """Why a field of an article is refused."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    UNKNOWN = "unknown"  # a category that the tree does not have
    MOVED = "moved"  # somebody else has written it meanwhile


class ArticleRefused(Exception):
    """Nothing was written. `reasons`: field -> why."""

    def __init__(self, reasons: dict[str, ArticleReason]) -> None:
        super().__init__(", ".join(f"{field}: {reason.value}" for field, reason in reasons.items()))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article as it is typed. `categories`: codes of leaves, branches or kinds."""

    title: str
    text: str = ""
    steps: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    estate_id: EstateId | None = None


@dataclass(frozen=True, slots=True)
class ShippedArticle:
    """`code` names it for good."""

    code: str
    content: ArticleText


class Knowledge:
    """`knows`: whether a category, branch or kind of this code is in the tree."""

    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        articles: Articles,
        clock: Clock,
        new_id: NewId,
        knows: Callable[[str], bool] = lambda _code: True,
    ) -> None:
        self._log, self._author, self._articles = change_log, author, articles
        self._clock, self._new_id, self._knows = clock, new_id, knows

    def helping(
        self, category: str, text: str = "", limit: int = 3, estate_id: EstateId | None = None
    ) -> list[Article]:
        """What helps with what is in the form: by its category, and by the words of its description."""
        if not category and not text.strip():
            return []
        return best(self._articles.fitting(category, text, _LOOKED_AT), category, limit, estate_id)

    def search(self, text: str, limit: int = 50) -> list[Article]:
        """By what somebody looks for; without it the latest."""
        return self._articles.find(text, limit) if text.strip() else self._articles.recent(limit)

    def get(self, article_id: str) -> Article | None:
        return self._articles.get(article_id)

    def refusals(self, content: ArticleText) -> dict[str, ArticleReason]:
        found: dict[str, ArticleReason] = {}
        if not content.title.strip():
            found["title"] = ArticleReason.MISSING
        elif len(content.title) > TITLE_MAX:
            found["title"] = ArticleReason.TOO_LONG
        if not content.text.strip() and not any(step.strip() for step in content.steps):
            found["text"] = ArticleReason.MISSING
        elif len(content.text) > TEXT_MAX or len(content.steps) > STEPS_MAX:
            found["text"] = ArticleReason.TOO_LONG
        if any(not self._knows(code) for code in content.categories):
            found["categories"] = ArticleReason.UNKNOWN
        return found

    def write(self, content: ArticleText, who: str, seen: Article | None = None) -> Article:
        """A new article, or the one that was `seen` with this in its place. Raises `ArticleRefused`."""
        refusals = self.refusals(content)
        now = self._articles.get(seen.article_id) if seen is not None else None
        if seen is not None and now is not None and now.updated_at != seen.updated_at:
            refusals["text"] = ArticleReason.MOVED
        if refusals:
            raise ArticleRefused(refusals)
        article = self._made(content, who, seen.article_id if seen is not None else self._new_id())
        before = patch_of(seen, "article_id") if seen is not None else {}
        patch = {field: value for field, value in patch_of(article, "article_id").items() if before.get(field) != value}
        self._log.append([self._author.change("article", article.article_id, patch)])
        return article

    def checked(self, content: ArticleText, who: str, article_id: str) -> Article:
        """The article that this makes, not yet written. Raises `ArticleRefused`."""
        refusals = self.refusals(content)
        if refusals:
            raise ArticleRefused(refusals)
        return self._made(content, who, article_id)

    def _made(self, content: ArticleText, who: str, article_id: str) -> Article:
        return Article(
            article_id,
            content.title.strip(),
            content.text.strip(),
            self._clock(),
            who,
            tuple(dict.fromkeys(content.categories)),
            tuple(step.strip() for step in content.steps if step.strip()),
            tuple(dict.fromkeys(word.strip() for word in content.words if word.strip())),
            content.estate_id,
        )

    def retire(self, article_id: str, reason: str, *, retired: bool = True) -> Article | None:
        """It is not shown any more, or again."""
        article = self._articles.get(article_id)
        if article is None or article.retired is retired:
            return article
        self._log.append([self._author.change("article", article_id, {"retired": retired}, reason.strip())])
        return replace(article, retired=retired)

    def take_in(self, shipped: Iterable[ShippedArticle]) -> int:
        """Those that are not here yet; how many. What a person has edited or retired stays as it is."""
        changes = []
        for one in shipped:
            name = shipped_id_of(one.code)
            if self._articles.get(name) is None:
                article = self._made(one.content, SHIPPED, name)
                changes.append(self._author.change("article", name, patch_of(article, "article_id")))
        if changes:
            self._log.append(changes)
        return len(changes)
