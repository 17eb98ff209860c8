"""`desk doctor`: the seat is looked over, and every line says what was found, why, and what to do. What looks stands in
`desk.compose.doctor`, loaded when it is asked for. Main thread."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desk import exit_codes
from desk.i18n import _

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def add_words(words: "Words") -> None:
    doctor = words.add_parser("doctor", help="look this seat over: what is wrong, why, and what to do")
    doctor.add_argument("--json", action="store_true", help="one JSON object for monitoring; see docs/monitoring.md")
    doctor.add_argument("--call", action="store_true", help="make a test call, too; some seconds")
    doctor.add_argument("--only", action="append", default=[], metavar="CHECK", help="this check alone; several times")
    doctor.add_argument("--look-at-lines", action="store_true", help=argparse.SUPPRESS)
    doctor.set_defaults(run=_doctor)


def _doctor(arguments: argparse.Namespace, file: Path) -> int:
    if arguments.look_at_lines:
        _look_at_lines(arguments, file)
    from desk.compose.clock import now
    from desk.compose.doctor import findings, seat_name
    from desk.domain.health import Finding, Level, worst
    from desk.health import report, words
    from desk.version import build

    def show(finding: Finding) -> None:
        if not arguments.json:
            print(words.line(finding), flush=True)

    unknown = [name for name in arguments.only if words.title(name) == name]
    if unknown:
        print(_("There is no check of this name: {name}").format(name=", ".join(unknown)), file=sys.stderr)
        return exit_codes.USAGE
    found = findings(file, show, only=arguments.only, test_call=arguments.call)
    print(report.as_json(found, seat_name(file), now(), build()) if arguments.json else words.summary(found))
    return {
        Level.OK: exit_codes.OK,
        Level.WARNING: exit_codes.HEALTH_WARNING,
        Level.WRONG: exit_codes.HEALTH_WRONG,
        Level.UNCHECKED: exit_codes.HEALTH_UNKNOWN,
    }[worst(found)]


def _look_at_lines(arguments: argparse.Namespace, file: Path) -> None:
    """In the process that `desk doctor` starts for it. Does not come back: PJSIP is never taken down."""
    from desk.compose.doctor_place import test_uri
    from desk.compose.line_look import run
    from desk.settings import load

    settings = load(file)
    run(settings, test_uri(settings) if arguments.call else "")
    os._exit(exit_codes.OK)
