"""The words about people at work: `desk staff work`, `desk staff remove`. What they do stands in `desk.compose.staff`,
loaded when it is asked for. Main thread."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.reading import load

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def add_words(words: "Words") -> None:
    staff = words.add_parser("staff", help="people at work: what is open in their name, and taking them out")
    actions = staff.add_subparsers(metavar="ACTION", dest="action", required=True)
    work = actions.add_parser("work", help="what is open in somebody's name")
    work.add_argument("number", help="work number")
    remove = actions.add_parser("remove", help="take somebody out of the staff; their open work becomes another's")
    remove.add_argument("number", help="work number")
    remove.add_argument("--to", default="", metavar="NUMBER", help="who takes what is open")
    staff.set_defaults(run=_run)


def _run(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import staff

    return staff.run(load(file), arguments)
