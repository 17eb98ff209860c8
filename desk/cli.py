"""The `desk` command: reads the command line and the settings, tells people what is wrong in one plain sentence of
their language, and hands over. Nothing of a room is loaded before it is needed: `desk` without a word must be quick.

Any process of the seat starts here; main thread."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk import exit_codes
from desk.i18n import _, speak

if TYPE_CHECKING:
    from desk.settings import Settings

ROLES = ("phone", "sync", "ui", "settings")
MOST_DIALLED = 256  # characters of a link that are handed on
STARTS_S = 10.0  # a seat that was just started by another link answers within


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
    parser.set_defaults(run=_seat)
    words = parser.add_subparsers(metavar="COMMAND", title="commands (none: start the seat)")

    dial = words.add_parser("dial", help="put a number into the seat's dial box; the agent dials it")
    dial.add_argument("target", help="a number, or a tel:, sip: or callto: link")
    dial.set_defaults(run=_dial)

    demo = words.add_parser("demo", help="try Desk: a simulated caller rings a whole seat")
    demo.add_argument("--folder", type=Path, help="where screenshots, recording and logs go")
    demo.add_argument("--scripted", action="store_true", help="a scripted agent, even where there is a display")
    demo.add_argument("--households", type=_count, default=2200, metavar="N", help="size of the sample estate")
    demo.set_defaults(run=_demo)
    data = demo.add_subparsers(metavar="WHAT").add_parser("data", help="fill this seat's store with a sample estate")
    data.add_argument("--households", type=_count, default=2200, metavar="N")
    data.add_argument("--seed", type=int, default=1, metavar="S", help="same seed, same estate")
    data.set_defaults(run=_demo_data)

    central = words.add_parser("central", help="the central database")
    central.add_argument("action", choices=("init", "upgrade", "check"))
    central.add_argument("--url", default="", help="postgresql://user@host/database of its owner (default: settings)")
    central.set_defaults(run=_central)

    score = words.add_parser("score", help="scoring of calls: sheets, samples, agreement")
    aspects = score.add_subparsers(metavar="ACTION", required=True)
    check = aspects.add_parser("check", help="say whether a folder of sheets can be used, and where it is wrong")
    check.add_argument("folder", type=Path)
    check.set_defaults(run=_score_check)
    draw = aspects.add_parser("draw", help="draw the samples of a week")
    draw.add_argument("--week", default="", help="as in 2026-W47 (default: last week)")
    draw.set_defaults(run=_score_draw)
    agreement = aspects.add_parser("agreement", help="how far first and second opinions go together")
    agreement.add_argument("--weeks", type=_count, default=4, metavar="N")
    agreement.set_defaults(run=_score_agreement)

    _verify_parser(words.add_parser("verify", help="check a vault of recordings, or an evidence pack"))

    reconcile = words.add_parser("reconcile", help="hold every call of the last days against its recording")
    reconcile.add_argument("--days", type=_count, default=7, metavar="N")
    reconcile.add_argument("--json", action="store_true", help="the report for a machine")
    reconcile.set_defaults(run=_reconcile)

    keys = words.add_parser("keys", help="the keys that open recordings")
    _keys_parser(keys)

    retention = words.add_parser("retention", help="tell which recordings' time is over by the rules, and delete them")
    retention.add_argument("--apply", action="store_true", help="delete them (default: only tell)")
    retention.add_argument("--list", action="store_true", help="a line for each recording, on standard error")
    retention.add_argument("--json", action="store_true", help="the report for a machine")
    retention.set_defaults(run=_retention)

    secret = words.add_parser("secret", help="passwords in this computer's keyring")
    actions = secret.add_subparsers(metavar="ACTION", required=True)
    put = actions.add_parser("set", help="keep a password; it is asked for, or read from standard input")
    put.add_argument("entry", help='"sip:user@registrar", "central:user@host" or "vault:access_key@bucket"')
    put.set_defaults(run=_secret_set)
    return parser


def _verify_parser(verify: argparse.ArgumentParser) -> None:
    verify.add_argument(
        "target", nargs="?", help="a folder, s3://bucket/prefix or an evidence pack (default: the vault)"
    )
    keys = verify.add_mutually_exclusive_group()
    keys.add_argument("--key", type=Path, metavar="FILE", help="an age identity file (default: this user's keyring)")
    keys.add_argument("--no-decrypt", action="store_true", help="open nothing, even where there is a key")
    verify.add_argument("--seals-only", action="store_true", help="seals and chain only; the audio is not read")
    verify.add_argument("--decode", action="store_true", help="decode all audio as well (slow)")
    verify.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="yyyy-mm-dd, UTC")
    verify.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="yyyy-mm-dd, UTC, inclusive")
    verify.add_argument(
        "--against-store", action=argparse.BooleanOptionalAction, help="compare with this seat's change log"
    )
    verify.add_argument("--jobs", type=_count, metavar="N", help="recordings at once")
    verify.add_argument("--json", type=Path, metavar="FILE", help="the report for a machine")
    verify.set_defaults(run=_verify)


def _keys_parser(keys: argparse.ArgumentParser) -> None:
    """Here and not with what does it: that loads age, and the command line must be quick."""
    actions = keys.add_subparsers(metavar="ACTION", dest="action", required=True)
    actions.add_parser("new", help="make a pair: the private key stays here, the recipient goes into the settings")
    actions.add_parser("show", help="who may open what this seat seals, and what this keyring can open")
    for action, what in (("export", "write the private keys, locked by a passphrase"), ("import", "take private keys")):
        actions.add_parser(action, help=what).add_argument("file", type=Path)
    forget = actions.add_parser("forget", help="drop a private key from this keyring")
    forget.add_argument("recipient", help="its recipient, age1...")
    forget.add_argument("--yes", action="store_true", help="do not ask")
    rotate = actions.add_parser("rotate", help="wrap the keys of a vault's recordings for others; the audio stays")
    rotate.add_argument("--to", action="append", default=[], metavar="RECIPIENT", help="beside those in the settings")
    rotate.add_argument("--drop", action="append", default=[], metavar="RECIPIENT", help="no longer for this one")
    rotate.add_argument("--folder", type=Path, help="a vault in this folder (default: the vault of the settings)")
    rotate.add_argument("--prefix", default="", help="only recordings of this day or month: 2026/11")
    keys.set_defaults(run=_keys)


def _seat(_arguments: argparse.Namespace, file: Path) -> int:
    from desk import compose
    from desk.launcher.seat_lock import AlreadyRunning, show_running_seat

    settings = _settings_of_seat(file)
    try:
        return int(compose.run_launcher(settings, file))
    except AlreadyRunning:
        shown = show_running_seat(settings.runtime_dir)
        print(
            _("Desk is already running on this computer; its window comes to the front.")
            if shown
            else _("Desk is already running on this computer, but does not answer. Wait a moment and try again."),
            file=sys.stderr,
        )
        return exit_codes.ALREADY_RUNNING


def _dial(arguments: argparse.Namespace, file: Path) -> int:
    """Where no seat runs, this becomes one."""
    from desk import compose
    from desk.launcher.seat_lock import AlreadyRunning, hand_to_running_seat

    settings = _settings_of_seat(file)
    untrusted_target = arguments.target.encode("utf-8", "replace").decode()[:MOST_DIALLED]
    if hand_to_running_seat(settings.runtime_dir, untrusted_target):
        return exit_codes.OK
    try:
        return int(compose.run_launcher(settings, file, untrusted_target))
    except AlreadyRunning:
        if hand_to_running_seat(settings.runtime_dir, untrusted_target, STARTS_S):
            return exit_codes.OK
        print(
            _("Desk is already running on this computer, but does not answer. Wait a moment and try again."),
            file=sys.stderr,
        )
        return exit_codes.ALREADY_RUNNING


def _settings_of_seat(file: Path) -> "Settings":
    """A file that cannot be used is told in a window where nobody reads what is printed, until it is right. Raises
    `SettingsError` where somebody does, or gives up."""
    from desk.settings import SettingsError

    while True:
        try:
            return _load(file)
        except SettingsError:
            if _is_read() or not _settings_mended(file):
                raise


def _is_read() -> bool:
    """Whether stderr is a terminal, or there is no screen either."""
    if sys.stderr is not None and sys.stderr.isatty():
        return True
    return sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _settings_mended(file: Path) -> bool:
    """Tell it in a window, in a process of its own: the launcher loads no Qt."""
    from desk.launcher import child_argv

    return subprocess.run(list(child_argv(file)("settings")), check=False).returncode == exit_codes.OK


def _demo(arguments: argparse.Namespace, _file: Path) -> int:
    from desk.demo.run import run_demo

    return int(run_demo(arguments))


def _demo_data(arguments: argparse.Namespace, file: Path) -> int:
    from desk.demo import data

    data.make(_load(file), arguments.households, arguments.seed, print)
    return exit_codes.OK


def _central(arguments: argparse.Namespace, file: Path) -> int:
    from desk import compose

    return int(compose.run_central(_load(file), arguments.action, arguments.url))


def _score_check(arguments: argparse.Namespace, _file: Path) -> int:
    from desk.compose import score

    return score.check(arguments.folder, print)


def _score_draw(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import score

    return score.draw(_load(file), arguments.week, print)


def _score_agreement(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import score

    return score.agreement(_load(file), arguments.weeks, print)


def _verify(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import verify

    return verify.run(_load(file), arguments)


def _keys(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import keys

    return keys.run(_load(file), arguments)


def _retention(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose.retention import run

    return run(_load(file), apply=arguments.apply, as_json=arguments.json, as_list=arguments.list)


def _reconcile(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose.reconcile import run

    return int(run(_load(file), arguments.days, as_json=arguments.json))


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


def _load(file: Path) -> "Settings":
    from desk import settings as files

    loaded = files.load(file)
    speak(loaded.seat.language)
    return loaded


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError("between 1 and 1000000")
    return number


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: every process of the seat comes by here, and that costs 20 ms."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        print(f"desk {_version()}")
        parser.exit()


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("desk")
    except PackageNotFoundError:  # a checkout that was not installed
        return "0"
