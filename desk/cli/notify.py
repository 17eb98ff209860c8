"""The words about messages to people outside and their answers: `desk notify test`, `reply`, `answer`. What they do
stands in `desk.compose`, loaded when it is asked for. Main thread."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.reading import load

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


ANSWERS = ("accept", "return", "start", "report", "done")  # `desk.domain.replies.Said`, loaded when it is needed


def add_words(words: "Words") -> None:
    notify = words.add_parser("notify", help="messages to people outside")
    actions = notify.add_subparsers(metavar="ACTION", required=True)
    test = actions.add_parser("test", help="send one message by a channel of this seat")
    test.add_argument("channel", help="its name in the settings")
    test.add_argument("recipient", nargs="?", default="", help="a number or an address, where the channel needs one")
    test.set_defaults(run=_test)
    reply = actions.add_parser("reply", help="take down what a handler answered by message; for a channel's gateway")
    reply.add_argument("sender", help="the number it came from")
    reply.add_argument("text", help='what it says, such as "1 20261122-S01-003"')
    reply.set_defaults(run=_reply)
    answer = actions.add_parser("answer", help="take down what a handler answered by their link; for its page")
    answer.add_argument("token", help="the end of the link")
    answer.add_argument("said", choices=ANSWERS, help="what they chose")
    answer.add_argument("text", nargs="?", default="", help="a reason, a report, what was done")
    answer.set_defaults(run=_answer)


def _reply(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose.replies import take_reply

    return take_reply(load(file), arguments.sender, arguments.text)


def _answer(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose.replies import take_answer
    from desk.domain.replies import Said

    return take_answer(load(file), arguments.token, Said(arguments.said), arguments.text)


def _test(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose.sending import try_channel
    from desk.secrets import KeyringSecrets

    return try_channel(load(file), KeyringSecrets(), arguments.channel, arguments.recipient, print)
