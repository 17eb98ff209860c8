"""What an article may be about, by name: leaves of the category tree, their branches and kinds. No Qt."""

from desk.domain.articles import branches
from desk.domain.categories import CategoryTree
from desk.ui import words


def scope_names(tree: CategoryTree, language: str) -> dict[str, str]:
    """code -> name, of everything that stands in the tree."""
    found: dict[str, str] = {}
    for leaf in tree.categories:
        own, branch, kind = branches(leaf.code)
        found[own] = leaf.name(language)
        found.setdefault(branch, leaf.group(language))
        found.setdefault(kind, words.kind(leaf.kind))
    return found
