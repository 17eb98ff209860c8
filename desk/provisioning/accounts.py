"""Which accounts of this computer are seats of a company's: each leaves a note for the others, so that whoever signs in
with another account is told whose seat this is and not asked for a code without a word; a seat that stands alone leaves
none: a second one may stand beside it. And each a second note with the versions of Desk that its seat may need, for the
computer's own service, which may not look into people's folders.

The folder is open to every account, as /tmp is, and a note is a hint: it decides nothing but whether a window offers to
set up a seat that stands alone (a PC with a seat of the company's is the company's), and which versions stay on the
disk, of those that IT has signed. What is not understood is no note, and on Linux the account is the file's owner, not
what somebody wrote. Any process; never raises."""

import contextlib
import logging
import os
import re
import stat
import sys
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from desk.domain.updates import is_version

_SEAT = re.compile(r"[A-Z0-9]{1,8}")
_ENDING, _VERSIONS_ENDING = ".seat", ".versions"
_MOST = 50  # notes that are looked at
_MOST_VERSIONS = 8  # of one account
_LIMIT_BYTES = 300
_VERSIONS_COUNT_S = 180 * 86_400.0  # a seat writes them at every start: by then the account is nobody's any more
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
    _write(folder, _own_name(_ENDING), seat)


def forget(folder: Path) -> None:
    """This account is no seat of a company's, or none any more."""
    try:
        (folder / _own_name(_ENDING)).unlink(missing_ok=True)
    except OSError as error:
        _log.info("the note of this account's seat cannot be removed: %s", error)


def note_versions(folder: Path, versions: Collection[str]) -> None:
    """This account's seat may need them at its next start, or waits for them."""
    _write(folder, _own_name(_VERSIONS_ENDING), "\n".join(sorted(versions)))


def others(folder: Path) -> list[OtherSeat]:
    """Of the other accounts, by name."""
    found: list[OtherSeat] = []
    for file in _notes(folder, _ENDING):
        if file.name != _own_name(_ENDING):
            found += _other(file)
    return sorted(found, key=lambda one: one.account)


def versions_needed(folder: Path) -> set[str]:
    """By any account's seat, this one's too."""
    found: set[str] = set()
    for file in _notes(folder, _VERSIONS_ENDING):
        with contextlib.suppress(OSError, ValueError):
            text, about = _read(file)
            if time.time() - about.st_mtime < _VERSIONS_COUNT_S:
                found |= {one for one in text.split("\n")[:_MOST_VERSIONS] if is_version(one)}
    return found


def _write(folder: Path, name: str, text: str) -> None:
    try:
        if sys.platform == "win32":
            folder.mkdir(parents=True, exist_ok=True)
        elif not folder.is_dir():
            return
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(folder / name, flags, 0o644), "w", encoding="ascii", newline="\n") as opened:
            if sys.platform != "win32":
                os.fchmod(opened.fileno(), 0o644)  # whatever the umask: it is for the others
            opened.write(text)
    except (OSError, UnicodeEncodeError) as error:
        _log.info("other accounts cannot be told of this seat: %s", error)


def _notes(folder: Path, ending: str) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from islice((file for file in folder.iterdir() if file.suffix == ending), _MOST)


def _read(file: Path) -> tuple[str, os.stat_result]:
    """Raises `OSError`, `ValueError` where it is no note of its owner's."""
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, encoding="ascii", newline="\n") as opened:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode) or about.st_size > _LIMIT_BYTES:
            raise ValueError(file.name)
        if sys.platform != "win32" and file.stem != str(about.st_uid):
            raise ValueError(file.name)
        return opened.read(_LIMIT_BYTES), about


def _own_name(ending: str) -> str:
    if sys.platform == "win32":
        return os.environ.get("USERNAME", "user") + ending
    return f"{os.getuid()}{ending}"


def _other(file: Path) -> list[OtherSeat]:
    """None where it is no note, or its account is gone."""
    try:
        seat, about = _read(file)
        account = _account(file, about.st_uid)
    except (OSError, ValueError, KeyError):
        return []
    return [OtherSeat(account, seat)] if _SEAT.fullmatch(seat) else []


def _account(file: Path, owner: int) -> str:
    """Raises `KeyError`."""
    if sys.platform == "win32":
        return file.stem[:64]
    import pwd  # there is none on Windows

    return pwd.getpwuid(owner).pw_name
