"""The words about the seat store: show, check, repair, export, import. What they do stands in `desk.compose`, loaded
when it is asked for. Main thread."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.reading import load

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def add_words(words: "Words") -> None:
    store = words.add_parser("store", help="this seat's own store: check, repair, unsent work")
    actions = store.add_subparsers(metavar="ACTION", dest="action", required=True)
    actions.add_parser("show", help="how it stands: what waits to be sent, last check, copies, what was set aside")
    actions.add_parser("check", help="check all of it; the seat may run meanwhile")
    repair = actions.add_parser("repair", help="repair it where it is damaged; the seat must not run")
    repair.add_argument("--anew", action="store_true", help="a new store even so: its key is lost for good")
    repair.add_argument("--yes", action="store_true", help="do not ask")
    export = actions.add_parser("export", help="unsent work as one sealed file that a supervisor can open")
    export.add_argument("file", type=Path)
    export.add_argument("--to", action="append", default=[], metavar="RECIPIENT", help="beside those in the settings")
    take = actions.add_parser("import", help="take unsent work in: a sealed file, or a store that was set aside")
    take.add_argument("file", type=Path, nargs="+")
    take.add_argument(
        "--key", type=Path, metavar="FILE", help="an age identity file, or a store's key (default: this keyring)"
    )
    store.set_defaults(run=_run)


def _run(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import store_commands

    return store_commands.run(load(file), arguments)
