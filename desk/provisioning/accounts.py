"""Which accounts of this computer are seats of a company's: each leaves a note for the others, so that whoever signs in
with another account is told whose seat this is and not asked for a code without a word. A seat that stands alone leaves
none: a second one may stand beside it.

The folder is open to every account, as /tmp is, and a note is a hint: it decides nothing but whether a window offers to
set up a seat that stands alone (a PC with a seat of the company's is the company's). What is not understood is no note,
and on Linux the account is the file's owner, not what somebody wrote. Any process; never raises."""

import contextlib
import logging
import os
import re
import stat
import sys
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

_SEAT = re.compile(r"[A-Z0-9]{1,8}")
_ENDING = ".seat"
_MOST = 50  # notes that are looked at
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OtherSeat:
    account: str
    seat: str


def notes_folder() -> Path:
    """Made by the package; where it is not there (a checkout) nobody is told. On Windows the one that all share."""
    if sys.platform == "win32":
        return Path(os.environ.get("PUBLIC", r"C:\Users\Public")) / "Desk" / "seats"
    return Path("/var/lib/desk/seats")


def note(folder: Path, seat: str) -> None:
    """This account is that seat."""
    try:
        if sys.platform == "win32":
            folder.mkdir(parents=True, exist_ok=True)
        elif not folder.is_dir():
            return
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(folder / _own_name(), flags, 0o644), "w", encoding="ascii") as opened:
            if sys.platform != "win32":
                os.fchmod(opened.fileno(), 0o644)  # whatever the umask: it is for the others
            opened.write(seat)
    except (OSError, UnicodeEncodeError) as error:
        _log.info("other accounts cannot be told of this seat: %s", error)


def forget(folder: Path) -> None:
    """This account is no seat of a company's, or none any more."""
    try:
        (folder / _own_name()).unlink(missing_ok=True)
    except OSError as error:
        _log.info("the note of this account's seat cannot be removed: %s", error)


def others(folder: Path) -> list[OtherSeat]:
    """Of the other accounts, by name."""
    found: list[OtherSeat] = []
    with contextlib.suppress(OSError):
        for file in islice(folder.iterdir(), _MOST):
            if file.suffix == _ENDING and file.name != _own_name():
                found += _other(file)
    return sorted(found, key=lambda one: one.account)


def _own_name() -> str:
    if sys.platform == "win32":
        return os.environ.get("USERNAME", "user") + _ENDING
    return f"{os.getuid()}{_ENDING}"


def _other(file: Path) -> list[OtherSeat]:
    """None where it is no note, or its account is gone."""
    try:
        about = file.lstat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > 8:
            return []
        seat, account = file.read_text("ascii"), _account(file, about.st_uid)
    except (OSError, ValueError, KeyError):
        return []
    return [OtherSeat(account, seat)] if _SEAT.fullmatch(seat) else []


def _account(file: Path, owner: int) -> str:
    """Raises `KeyError`, `ValueError`."""
    if sys.platform == "win32":
        return file.stem[:64]
    import pwd  # there is none on Windows

    if file.stem != str(owner):
        raise ValueError(file.name)
    return pwd.getpwuid(owner).pw_name
