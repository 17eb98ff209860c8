"""`desk bundle`: what just happened, sealed for IT. What it does stands in `desk.compose.bundle`, loaded when it is
asked for. Main thread."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.reading import count, load

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]

MINUTES = 10


def add_words(words: "Words") -> None:
    bundle = words.add_parser("bundle", help="what just happened, as a sealed file for IT")
    bundle.add_argument("--call", metavar="ID", help="about this call (default: the last one)")
    bundle.add_argument("--minutes", type=count, default=MINUTES, metavar="N", help="so far back (default: 10)")
    bundle.add_argument("--out", type=Path, metavar="FILE", help="where to (default: among the seat's bundles)")
    bundle.set_defaults(run=_make)
    actions = bundle.add_subparsers(metavar="ACTION")
    actions.add_parser("list", help="the bundles of this seat").set_defaults(run=_list)
    opening = actions.add_parser("open", help="open a bundle into a folder")
    opening.add_argument("file", type=Path, help="a .deskbundle, or the name of one of this seat's")
    opening.add_argument("--key", type=Path, metavar="FILE", help="an age identity file (default: this seat's own key)")
    opening.add_argument("--to", type=Path, metavar="FOLDER", help="a new folder (default: the bundle's name, here)")
    opening.set_defaults(run=_open)


def _make(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import bundle
    from desk.compose.doctor import findings

    return bundle.make(load(file), arguments, examine=lambda: findings(file))


def _list(_arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import bundle

    return bundle.list_them(load(file))


def _open(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import bundle

    return bundle.open_one(load(file), arguments)
