"""The words about messages to people outside: `desk notify test`. What it does stands in `desk.compose.sending`, loaded
when it is asked for. Main thread."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.reading import load

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def add_words(words: "Words") -> None:
    notify = words.add_parser("notify", help="messages to people outside")
    actions = notify.add_subparsers(metavar="ACTION", required=True)
    test = actions.add_parser("test", help="send one message by a channel of this seat")
    test.add_argument("channel", help="its name in the settings")
    test.add_argument("recipient", nargs="?", default="", help="a number or an address, where the channel needs one")
    test.set_defaults(run=_test)


def _test(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose.sending import try_channel
    from desk.secrets import KeyringSecrets

    return try_channel(load(file), KeyringSecrets(), arguments.channel, arguments.recipient, print)
