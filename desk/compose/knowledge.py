"""Builds what is done about knowledge: articles and questions. Ui process. Its files are read when they are first asked
for, on a worker: the window's start does not wait for them."""

from desk.compose.clock import new_id, now
from desk.compose.floor_rules import FloorRules
from desk.domain.articles import branches
from desk.domain.categories import CategoryTree
from desk.policies.knowledge import ARTICLES, read_articles
from desk.resources import resources_dir
from desk.store.articles import SqlArticles, SqlQuestions
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.ui.after.knowledge.uses import KnowledgeUses
from desk.usecases.ask import Ask
from desk.usecases.knowledge import Knowledge
from desk.usecases.ports import ChangeAuthor, ChangeLog


def knowledge_uses(
    store: Store, log: ChangeLog, author: ChangeAuthor, categories: CategoryTree, rules: FloorRules
) -> KnowledgeUses:
    """Off the ui's thread: reads a file."""
    known = {code for leaf in categories.categories for code in branches(leaf.code)}
    knowledge = Knowledge(log, author, SqlArticles(store), now, new_id, known.__contains__)
    policy = rules.knowledge()
    staff = SqlResidents(store).staff
    return KnowledgeUses(
        knowledge=knowledge,
        ask=Ask(log, author, SqlQuestions(store), knowledge, staff, now, new_id, policy),
        shipped=lambda: read_articles(resources_dir() / ARTICLES),
    )
