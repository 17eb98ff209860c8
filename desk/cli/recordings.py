"""The words about recordings: score, verify, reconcile, keys, retention, listenings. What they do stands in
`desk.compose`, loaded when it is asked for: age and PyAV take longer than a command line may. Main thread."""

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.reading import count, load
from desk.domain.listening import Access

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def add_words(words: "Words") -> None:
    score = words.add_parser("score", help="scoring of calls: sheets, samples, agreement")
    aspects = score.add_subparsers(metavar="ACTION", required=True)
    check = aspects.add_parser("check", help="say whether a folder of sheets can be used, and where it is wrong")
    check.add_argument("folder", type=Path)
    check.set_defaults(run=_score_check)
    draw = aspects.add_parser("draw", help="draw the samples of a week")
    draw.add_argument("--week", default="", help="as in 2026-W47 (default: last week)")
    draw.set_defaults(run=_score_draw)
    agreement = aspects.add_parser("agreement", help="how far first and second opinions go together")
    agreement.add_argument("--weeks", type=count, default=4, metavar="N")
    agreement.set_defaults(run=_score_agreement)

    _verify(words.add_parser("verify", help="check a vault of recordings, or an evidence pack"))

    reconcile = words.add_parser("reconcile", help="hold every call of the last days against its recording")
    reconcile.add_argument("--days", type=count, default=7, metavar="N")
    reconcile.add_argument("--json", action="store_true", help="the report for a machine")
    reconcile.set_defaults(run=_run_reconcile)

    _keys(words.add_parser("keys", help="the keys that open recordings"))

    retention = words.add_parser("retention", help="tell which recordings' time is over by the rules, and delete them")
    retention.add_argument("--apply", action="store_true", help="delete them (default: only tell)")
    retention.add_argument("--list", action="store_true", help="a line for each recording, on standard error")
    retention.add_argument("--json", action="store_true", help="the report for a machine")
    retention.set_defaults(run=_run_retention)

    listenings = words.add_parser("listenings", help="tell who heard, looked for, took out or was refused what")
    listenings.add_argument("--who", default="", metavar="NUMBER", help="only of this work number")
    listenings.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="yyyy-mm-dd (default: 30 days)")
    listenings.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="yyyy-mm-dd, inclusive")
    listenings.add_argument("--access", choices=[one.value for one in Access], help="only what is of this kind")
    listenings.add_argument("--json", action="store_true", help="a line for a machine each")
    listenings.set_defaults(run=_run_listenings)


def _verify(verify: argparse.ArgumentParser) -> None:
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
    verify.add_argument("--jobs", type=count, metavar="N", help="recordings at once")
    verify.add_argument("--json", type=Path, metavar="FILE", help="the report for a machine")
    verify.set_defaults(run=_run_verify)


def _keys(keys: argparse.ArgumentParser) -> None:
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
    keys.set_defaults(run=_run_keys)


def _score_check(arguments: argparse.Namespace, _file: Path) -> int:
    from desk.compose import score

    return score.check(arguments.folder, print)


def _score_draw(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import score

    return score.draw(load(file), arguments.week, print)


def _score_agreement(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import score

    return score.agreement(load(file), arguments.weeks, print)


def _run_verify(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import verify

    return verify.run(load(file), arguments)


def _run_keys(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import keys

    return keys.run(load(file), arguments)


def _run_retention(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose.retention import run

    return run(load(file), apply=arguments.apply, as_json=arguments.json, as_list=arguments.list)


def _run_listenings(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose.listenings import Wanted, run

    access = Access(arguments.access) if arguments.access else None
    wanted = Wanted(arguments.since, arguments.until, arguments.who, access)
    return run(load(file), wanted, as_json=arguments.json)


def _run_reconcile(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose.reconcile import run

    return int(run(load(file), arguments.days, as_json=arguments.json))
