"""The words about follow-ups: `desk follow-up figures`, `sample`. What they do stands in
`desk.compose.follow_up_commands`, loaded when it is asked for. Main thread."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.reading import count, load

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def add_words(words: "Words") -> None:
    follow_up = words.add_parser("follow-up", help="the days' figures, samples for spot checks")
    actions = follow_up.add_subparsers(metavar="ACTION", dest="action", required=True)
    figures = actions.add_parser("figures", help="completion, follow-up, satisfaction ... of the last days, to print")
    figures.add_argument("--days", type=count, default=1, metavar="N", help="today and the days before it (default: 1)")
    sample = actions.add_parser("sample", help="whom a week's spot checks are drawn from, and how: to be proved")
    sample.add_argument("--week", default="", metavar="2026-W47", help="default: last week")
    follow_up.set_defaults(run=_run)


def _run(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import follow_up_commands

    return follow_up_commands.run(load(file), arguments)
