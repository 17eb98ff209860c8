"""The words about the seat register: `desk seats list`, `show`, `set`, `export`, `check`. What they do stands in
`desk.compose.seats`, loaded when it is asked for. Main thread."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.reading import load

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def add_words(words: "Words") -> None:
    seats = words.add_parser("seats", help="the seat register: what each seat is, how it is, what was paid for it")
    actions = seats.add_subparsers(metavar="ACTION", dest="action", required=True)
    listed = actions.add_parser("list", help="all seats that this store knows")
    listed.add_argument("--all", action="store_true", help="those taken out of service, too")
    show = actions.add_parser("show", help="one seat's sheet, with its last checks")
    show.add_argument("seat", nargs="?", default="", help="its name (default: this seat)")
    change = actions.add_parser("set", help="purchase and service data of a seat")
    change.add_argument("seat", help="its name")
    change.add_argument("values", nargs="+", metavar="FIELD=VALUE", help="as in price=4599 warranty_until=2029-03-05")
    export = actions.add_parser("export", help="all seats into a CSV file that spreadsheets open")
    export.add_argument("file", type=Path)
    actions.add_parser("check", help="let the running seat call itself now, as at night")
    seats.set_defaults(run=_run)


def _run(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import seats

    return seats.run(load(file), arguments)
