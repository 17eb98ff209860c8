"""`desk update`: how this seat's version stands, and IT's side of it. What the words do stands in
`desk.compose.update_commands`, loaded when it is asked for. Main thread."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.reading import load

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def add_words(words: "Words") -> None:
    update = words.add_parser("update", help="versions of Desk: what runs, what is offered, going back; IT's channel")
    actions = update.add_subparsers(metavar="ACTION", dest="action", required=True)
    status = actions.add_parser("status", help="what runs here, what lies ready, what is in the way")
    status.add_argument("--json", action="store_true", help="for programs")
    actions.add_parser("look", help="look at the channel now, and get ready what it offers")
    apply = actions.add_parser("apply", help="from the next start on this version, on trial (default: the one ready)")
    apply.add_argument("version", nargs="?", default="")
    actions.add_parser("back", help="from the next start on the version before")
    hold = actions.add_parser("hold", help="take nothing new at this seat until told otherwise")
    hold.add_argument("--off", action="store_true", help="take updates again")
    install = actions.add_parser("install", help="from a file, with the channel's signed list beside it")
    install.add_argument("file", type=Path)
    actions.add_parser("fetch", help="for the computer's own service: get ready what is offered, for whoever sits here")
    _add_publishing(actions)
    update.set_defaults(run=_run)


def _add_publishing(actions: "Words") -> None:
    publish = actions.add_parser("publish", help="IT: put a bundle into a channel, and sign its list")
    publish.add_argument("bundle", type=Path, help="a bundle's folder, as `make bundle` leaves it")
    publish.add_argument("--percent", type=_percent, default=100, help="of the seats, the same ones first each time")
    publish.add_argument("--earliest", type=_time, metavar="TIME", help='not before, as in "2026-12-01T20:00+08:00"')
    publish.add_argument("--least-from", default="", metavar="VERSION", help="only for seats that have this one")
    publish.add_argument("--note-zh", default="", metavar="TEXT", help="what is new, for people, in Chinese")
    publish.add_argument("--note-en", default="", metavar="TEXT", help="and in English")
    stage = actions.add_parser("stage", help="IT: offer a version to more seats, or to fewer")
    stage.add_argument("version")
    stage.add_argument("--percent", type=_percent, required=True)
    withdraw = actions.add_parser("withdraw", help="IT: nobody takes it any more, and who has it goes back")
    withdraw.add_argument("version")
    withdraw.add_argument("--off", action="store_true", help="offer it again")
    for one in (publish, stage, withdraw):
        one.add_argument("--channel", type=Path, required=True, metavar="FOLDER", help="the channel's folder")
        one.add_argument("--key", type=Path, required=True, metavar="FILE", help="minisign's secret key")


def _percent(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 100:
        raise argparse.ArgumentTypeError("between 0 and 100")
    return number


def _time(text: str) -> datetime:
    """Without a zone: this computer's own."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _run(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import update_commands

    return update_commands.run(load(file), arguments)
