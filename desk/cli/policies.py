"""The word about the company's own policy files: `desk policies`. What it does stands in `desk.compose.policy_check`,
loaded when it is asked for. Main thread."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.reading import load

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def add_words(words: "Words") -> None:
    policies = words.add_parser("policies", help="check the company's own policy files (clocks, calendar, routes ...)")
    policies.add_argument("folder", type=Path, nargs="?", help="default: the one of the settings")
    policies.add_argument("--estate", default="", metavar="NAME", help="a folder in it, to be read on top")
    policies.set_defaults(run=_run)


def _run(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import policy_check
    from desk.secrets import KeyringSecrets

    return policy_check.run(load(file), arguments.folder, arguments.estate, secrets=KeyringSecrets)
