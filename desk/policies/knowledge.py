"""Who answers what nobody at the telephone could, and within how long, read from knowledge.toml; and the articles that
come with Desk, read from resources/knowledge/articles.toml or a file of the same shape. Reads files, off the ui's
thread."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from desk.i18n import _
from desk.policies.files import Policy, PolicyFolders, Wrong, policy_file, read_policy
from desk.usecases.ask import KnowledgePolicy
from desk.usecases.knowledge import ArticleText, ShippedArticle

_NAME = "knowledge"
ARTICLES = Path("knowledge") / "articles.toml"  # in resources/


@dataclass(frozen=True, kw_only=True)
class RawKnowledge:
    answer_within_h: float = 24
    soon_h: float = 4
    shown: int = 3
    owner: str = ""
    owners: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RawArticle:
    code: str
    title: str
    text: str = ""
    steps: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RawArticles:
    article: tuple[RawArticle, ...] = ()


def read_knowledge(folders: PolicyFolders) -> Policy[KnowledgePolicy]:
    """Raises `PolicyError` where the shipped file is broken."""
    return read_policy(folders, _NAME, RawKnowledge, _build)


def read_articles(file: Path) -> list[ShippedArticle]:
    """Raises `PolicyError`: a file of articles is taken whole or not at all."""
    found = policy_file(file)
    articles = found.as_(RawArticles).article
    codes: set[str] = set()
    for number, one in enumerate(articles):
        if not one.code.strip() or one.code in codes:
            raise found.wrong(("article", number, "code"), _("each article has a code of its own"))
        codes.add(one.code)
        if not one.title.strip():
            raise found.wrong(("article", number, "title"), _("it is empty"))
        if not one.text.strip() and not one.steps:
            raise found.wrong(("article", number), _("an article has a text, or steps"))
    return [
        ShippedArticle(one.code, ArticleText(one.title, one.text.strip(), one.steps, one.categories, one.words))
        for one in articles
    ]


def _build(raw: RawKnowledge, wrong: Wrong) -> KnowledgePolicy:
    limits: tuple[tuple[str, float, float], ...] = (("answer_within_h", 0.25, 720), ("soon_h", 0, 720), ("shown", 1, 8))
    for key, least, most in limits:
        if not least <= getattr(raw, key) <= most:
            raise wrong((key,), _("it is {least} to {most}").format(least=f"{least:g}", most=f"{most:g}"))
    for code, who in raw.owners.items():
        if not who.strip():
            raise wrong(("owners", code), _("name somebody by work number"))
    return KnowledgePolicy(
        answer_within=timedelta(hours=raw.answer_within_h),
        soon=timedelta(hours=raw.soon_h),
        owners=tuple((code, who.strip()) for code, who in raw.owners.items()),
        owner=raw.owner.strip(),
        shown=raw.shown,
    )
