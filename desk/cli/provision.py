"""The words about provisioning: `desk enrol CODE` at a seat; for IT `desk provision keys`, `seats`, `sign`, `check`,
`codes`, `pending`. What they do stands in `desk.compose.provisioning`, loaded when it is asked for. Main thread."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desk import exit_codes
from desk.cli import seat
from desk.cli.reading import count

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def add_words(words: "Words") -> None:
    enrol = words.add_parser("enrol", help="make this PC a seat, with the code from IT")
    enrol.add_argument("code", nargs="?", default="", help="20 characters (default: asked for, or read from stdin)")
    enrol.add_argument(
        "--from", dest="source", default="", metavar="PLACE", help="folder, file or https address of the company's file"
    )
    enrol.set_defaults(run=_enrol)

    setup = words.add_parser(
        "setup", help="the window that sets this PC up, then Desk; at the first start it opens by itself"
    )
    setup.set_defaults(run=_setup)

    provision = words.add_parser("provision", help="for IT: the company's file, its signature, codes for seats")
    actions = provision.add_subparsers(metavar="ACTION", required=True)

    keys = actions.add_parser("keys", help="make the company's key pair; its password is asked for")
    keys.add_argument("file", type=Path, help="of the secret key; the public one is put beside it (.pub)")
    keys.set_defaults(run=_keys)

    seats = actions.add_parser("seats", help="write the seats of a list into a company's file")
    seats.add_argument(
        "list", type=Path, help="CSV or workbook: seat, line.user, central.user ... (docs/provisioning.md)"
    )
    seats.add_argument("--into", type=Path, required=True, metavar="FILE", help="company.toml, as IT writes it")
    seats.set_defaults(run=_seats)

    check = actions.add_parser("check", help="say whether every seat could start with a company's file")
    check.add_argument("file", type=Path)
    check.add_argument("--pub", type=Path, metavar="FILE", help="check its signature, too, with this public key")
    check.set_defaults(run=_check)

    sign = actions.add_parser("sign", help="check, pack and sign a company's file for the seats")
    sign.add_argument("file", type=Path, help="company.toml; a folder files/ beside it is packed into it")
    sign.add_argument("--key", type=Path, required=True, metavar="FILE", help="the secret key")
    sign.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where the seats read it")
    sign.set_defaults(run=_sign)

    codes = actions.add_parser("codes", help="make an enrolment code for each seat of a list")
    codes.add_argument("list", type=Path, help="CSV or workbook: seat, sip, central ... (docs/provisioning.md)")
    codes.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where the signed company's file is")
    codes.add_argument("--pub", type=Path, action="append", required=True, metavar="FILE", help="the public key")
    codes.add_argument("--days", type=count, default=14, metavar="N", help="how long they are good (default: 14)")
    codes.add_argument("--out", type=Path, metavar="FILE", help="write the codes there (CSV) and not on the screen")
    codes.set_defaults(run=_codes)

    pending = actions.add_parser("pending", help="which codes are still good, which were used")
    pending.add_argument("folder", type=Path)
    pending.add_argument(
        "--withdraw", action="append", default=[], metavar="SEAT", help="its code opens nothing any more"
    )
    pending.set_defaults(run=_pending)

    refresh = actions.add_parser("refresh", help="at a seat: look for a newer company's file now")
    refresh.set_defaults(run=_refresh)


def _enrol(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import provisioning

    return provisioning.enrol(file, arguments.code, arguments.source)


def _setup(arguments: argparse.Namespace, file: Path) -> int:
    """Its last key says that Desk is started. Of an installed Desk the starter chooses which version that is."""
    if not seat.set_up(file):
        return exit_codes.FAULT
    return exit_codes.AGAIN if getattr(sys, "frozen", False) else seat.start(arguments, file)


def _keys(arguments: argparse.Namespace, _file: Path) -> int:
    from desk.compose import provisioning_it

    return provisioning_it.keys(arguments.file)


def _seats(arguments: argparse.Namespace, _file: Path) -> int:
    from desk.compose import provisioning_it

    return provisioning_it.seats(arguments.list, arguments.into)


def _check(arguments: argparse.Namespace, _file: Path) -> int:
    from desk.compose import provisioning_it

    return provisioning_it.check(arguments.file, arguments.pub)


def _sign(arguments: argparse.Namespace, _file: Path) -> int:
    from desk.compose import provisioning_it

    return provisioning_it.sign(arguments.file, arguments.key, arguments.to)


def _codes(arguments: argparse.Namespace, _file: Path) -> int:
    from desk.compose import provisioning_it

    return provisioning_it.codes(arguments.list, arguments.to, arguments.pub, arguments.days, arguments.out)


def _pending(arguments: argparse.Namespace, _file: Path) -> int:
    from desk.compose import provisioning_it

    return provisioning_it.pending(arguments.folder, arguments.withdraw)


def _refresh(_arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import provisioning

    return provisioning.refresh(file)
