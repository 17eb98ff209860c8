"""The words about the roster and the knowledge: `desk import roster`, `desk import articles`. What they do stands in
`desk.compose.floor_imports`, loaded when it is asked for. Main thread."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.reading import load

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def add_kinds(kinds: "Words") -> None:
    """Below `desk import`."""
    roster = kinds.add_parser("roster", help="a duty roster: .xlsx, .xls, .ods or .csv")
    roster.add_argument("file", type=Path)
    roster.add_argument("--dry-run", action="store_true", help="only tell what would change")
    roster.set_defaults(run=_roster)
    articles = kinds.add_parser("articles", help="knowledge articles; without a file those that come with Desk")
    articles.add_argument("file", type=Path, nargs="?", help="a .toml file as resources/knowledge/articles.toml is")
    articles.set_defaults(run=_articles)


def _roster(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import floor_imports

    return floor_imports.roster(load(file), arguments.file, dry_run=arguments.dry_run)


def _articles(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import floor_imports

    return floor_imports.articles(load(file), arguments.file)
