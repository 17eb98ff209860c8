"""The `desk` command: reads the command line and the settings, tells people what is wrong in one plain sentence of
their language, and hands over. Nothing of a room is loaded before it is needed: `desk` without a word must be quick.

Any process of the seat starts here; main thread."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desk import exit_codes
from desk.cli import (
    bundle,
    central,
    config,
    doctor,
    follow_up,
    imports,
    notify,
    policies,
    provision,
    recordings,
    seat,
    seats,
    staff,
    store,
    update,
)
from desk.cli.reading import count, load
from desk.i18n import _, speak

ROLES = ("phone", "sync", "ui", "settings", "setup")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line (`sys.argv` by default); the exit code (see `desk.exit_codes`)."""
    from desk import settings as files

    arguments = _parser().parse_args(argv)
    file = (arguments.settings or files.default_file()).absolute()
    speak(files.language_hint(file))
    if arguments.process:
        from desk.process import run_process

        return run_process(arguments.process, file)
    try:
        return int(arguments.run(arguments, file))
    except KeyboardInterrupt:
        return exit_codes.FAULT
    except Exception as error:
        from desk.explain import explain

        sentence = explain(error)
        if sentence is None:
            raise  # a bug is loud
        print(sentence, file=sys.stderr)
        return exit_codes.FAULT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="desk", description="The seat of a property company's service hotline.")
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="settings file (default: the user's own)")
    parser.add_argument("--process", choices=ROLES, help=argparse.SUPPRESS)
    parser.set_defaults(run=seat.start)
    words = parser.add_subparsers(metavar="COMMAND", title="commands (none: start the seat)")

    dial = words.add_parser("dial", help="put a number into the seat's dial box; the agent dials it")
    dial.add_argument("target", help="a number, or a tel:, sip: or callto: link")
    dial.set_defaults(run=seat.dial)

    demo = words.add_parser("demo", help="try Desk: a simulated caller rings a whole seat")
    demo.add_argument("--folder", type=Path, help="where screenshots, recording and logs go")
    demo.add_argument("--scripted", action="store_true", help="a scripted agent, even where there is a display")
    demo.add_argument("--day", action="store_true", help="a whole day: three seats, 300 calls, and what comes of them")
    demo.add_argument("--households", type=_households, default=2200, metavar="N", help="size of the sample estate")
    demo.set_defaults(run=_demo)
    data = demo.add_subparsers(metavar="WHAT").add_parser("data", help="fill this seat's store with a sample estate")
    data.add_argument("--households", type=_households, default=2200, metavar="N")
    data.add_argument("--seed", type=int, default=1, metavar="S", help="same seed, same estate")
    data.add_argument(
        "--into-this-seat", action="store_true", help="even where people work: it stands among their residents for good"
    )
    data.set_defaults(run=_demo_data)

    central.add_words(words)
    recordings.add_words(words)
    store.add_words(words)
    imports.add_words(words)
    notify.add_words(words)
    staff.add_words(words)
    seats.add_words(words)
    follow_up.add_words(words)
    policies.add_words(words)
    config.add_words(words)
    provision.add_words(words)
    bundle.add_words(words)
    doctor.add_words(words)
    update.add_words(words)

    secret = words.add_parser("secret", help="passwords in this computer's keyring")
    actions = secret.add_subparsers(metavar="ACTION", required=True)
    put = actions.add_parser("set", help="keep a password; it is asked for, or read from standard input")
    put.add_argument("entry", help='"sip:user@registrar", "central:user@host" or "vault:access_key@bucket"')
    put.set_defaults(run=_secret_set)
    return parser


def _households(text: str) -> int:
    from desk.demo.known import SMALLEST

    number = count(text)
    if number < SMALLEST:
        raise argparse.ArgumentTypeError(f"a sample estate has at least {SMALLEST}")
    return number


def _demo(arguments: argparse.Namespace, _file: Path) -> int:
    from desk.demo.run import run_demo

    return int(run_demo(arguments))


def _demo_data(arguments: argparse.Namespace, file: Path) -> int:
    from desk.demo import data

    into_real = arguments.into_this_seat
    data.make(load(file), file, arguments.households, arguments.seed, print, into_real=into_real)
    return exit_codes.OK


def _secret_set(arguments: argparse.Namespace, _file: Path) -> int:
    from desk.secrets import KeyringSecrets

    secrets = KeyringSecrets()
    if sys.stdin.isatty():
        import getpass

        value = getpass.getpass(_("Password for {entry}: ").format(entry=arguments.entry))
    else:
        value = sys.stdin.readline().rstrip("\r\n")
    if not value:
        print(_("Nothing was entered; nothing was changed."), file=sys.stderr)
        return exit_codes.FAULT
    secrets.set(arguments.entry, value)
    return exit_codes.OK


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: every process of the seat comes by here, and that costs 20 ms."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from desk.version import build

        print(f"desk {build()}")
        parser.exit()
