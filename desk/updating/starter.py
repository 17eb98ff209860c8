"""Which version of Desk is started: decided by the installed program as its very first act, before anything of Desk is
loaded that an update could have spoilt.

Without a choice (see `desk.updating.choice`) the installed version goes on in this process. A chosen one takes this
process over (Linux), or runs under it (Windows has nothing else). A version on trial always runs under it: the
installed program, whose code is known, waits until the seat itself says that it is healthy, and goes back to the
version before when the new one dies, is not healthy in time, or was begun too often. So the worst version can do is to
cost the agent `LIMIT_S`, once.

`desk update` is always the installed version's: it must work when the chosen one does not. The processes of a seat are
of the version of their launcher. Standard library only; main thread."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import IO

from desk import exit_codes
from desk.updating import choice as choices
from desk.updating.choice import Choice

STARTED, INSTALLED, INSTALLED_VERSION = "DESK_STARTED", "DESK_INSTALLED", "DESK_INSTALLED_VERSION"
MOST_STARTS = 3  # of a trial that never ended: the agent switched the PC off, the power failed
LIMIT_S = 180.0  # until the new version is healthy
STOP_S = 30.0  # for the new version to end in order
LOOK_S = 0.2
CALL_FILE = "in-call"  # touched while a call runs in a version on trial
CALL_FRESH_S = 10.0
LOCK_FILE = "trial.lock"
SEAT_LOCK = "seat.lock"  # the running seat's, in its data folder
_IN_ORDER = (exit_codes.OK, exit_codes.AGAIN, exit_codes.MADE_WAY)
_SEAT_WORDS = frozenset({"", "dial"})
_WITH_VALUE = frozenset({"--settings", "--process"})
_LIBRARIES = ("LD_LIBRARY_PATH", "LIBPATH", "DYLD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Installed:
    """The program that this is."""

    program: Path
    version: str


@dataclass(frozen=True, slots=True)
class Target:
    """What to start. `program` None: this very process goes on. `trial`: under watch."""

    program: Path | None
    choice: Choice
    trial: bool = False


def start(argv: Sequence[str], installed: Installed, folder: Path, limit_s: float = LIMIT_S) -> int | None:
    """`argv` without the program's name; `folder`: the seat's own for updates. None: go on in this process; else the
    exit code of what ran under this one. Where another version takes this process over, it does not return."""
    if not _is_first(argv):
        return None
    os.environ[INSTALLED], os.environ[INSTALLED_VERSION] = str(installed.program), installed.version
    if _word(argv) == "update":
        return None
    while True:
        kept = choices.read(folder)
        with _watch_of(folder, wanted=kept.trial and _word(argv) in _SEAT_WORDS) as watching:
            target = _settled(kept, installed, folder, watching)
            if target.program is None:
                return None
            if not target.trial and os.name != "nt":
                _become(target.program, argv)
            code = _run_under(target, argv, folder, limit_s)
        if code == exit_codes.MADE_WAY:
            _uncount(folder, target.choice)
        if code is not None and code != exit_codes.AGAIN:
            return code
        if code == exit_codes.AGAIN:
            argv = _as_seat(argv)
        if os.name != "nt":
            _become(installed.program, argv, first=True)  # it may be another one by now


def again(argv: Sequence[str], installed: Installed, folder: Path) -> int:
    """The seat has ended to be started anew, perhaps in another version; the exit code, where it returns."""
    if os.environ.get(STARTED) == str(os.getppid()):
        return exit_codes.AGAIN  # who waits for this one starts the next
    argv = _as_seat(argv)
    first = Path(os.environ.get(INSTALLED) or installed.program)
    os.environ.pop(STARTED, None)
    if os.name != "nt":
        _become(first, argv, first=True)
    code = start(argv, installed, folder)
    if code is not None:
        return code
    return subprocess.call([str(first), *argv], env=_environment(first=True))


def settle(kept: Choice, installed: Installed) -> Target:
    """What this choice means, and what is to be kept of it. Looks at the disk, changes nothing."""
    if kept.installed != installed.version and (kept.version or kept.installed):
        kept = choices.package_changed(kept, installed.version)
    if kept.trial and kept.starts >= MOST_STARTS:
        kept = choices.gone_back(kept, "starts")
    while kept.version and not _is_program(_program_in(kept.folder, installed)):
        kept = choices.gone_back(kept, "missing")
    if not kept.version or kept.folder == str(installed.program.parent):
        return Target(None, replace(kept, trial=False))
    return Target(_program_in(kept.folder, installed), kept, kept.trial)


def _settled(kept: Choice, installed: Installed, folder: Path, watching: bool) -> Target:
    """As `settle`, with this start counted and kept. What cannot be kept (the disk is full) is not tried: nothing could
    be taken back then."""
    target = settle(kept, installed)
    if target.trial and not watching:  # another start watches it already, or this is only a command
        return replace(target, trial=False)
    counted = target.choice
    if target.trial:
        counted = replace(counted, starts=counted.starts + 1)
    if counted == kept:
        return target
    try:
        choices.write(folder, counted)
    except OSError:
        if target.trial:
            return settle(choices.gone_back(target.choice, "starts"), installed)
    return replace(target, choice=counted)


def _run_under(target: Target, argv: Sequence[str], folder: Path, limit_s: float) -> int | None:
    """Run it under this process; its exit code, None where the version was gone back from."""
    process = subprocess.Popen([str(target.program), *argv], env=_environment())
    with _handing_on_signals(process) as stopped:
        if not target.trial:
            return process.wait()
        why, code = _watch(process, target.choice, folder, limit_s, stopped)
    if not why:
        return code
    _go_back(folder, target.choice, why)
    return None


def _watch(
    process: "subprocess.Popen[bytes]", tried: Choice, folder: Path, limit_s: float, stopped: Callable[[], bool]
) -> tuple[str, int]:
    """Why it has to be gone back from, "" where it has not, and its exit code."""
    until_s = time.monotonic() + limit_s
    while process.poll() is None:
        if not _is_on_trial(folder, tried):
            code = process.wait()
            return "", code
        if time.monotonic() > until_s and not _in_call(folder):
            _end(process)
            return "late", process.wait()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(LOOK_S)
    code = process.wait()
    if not _is_on_trial(folder, tried) or stopped() or code in _IN_ORDER:
        return "", code
    return "died", code


def _is_on_trial(folder: Path, tried: Choice) -> bool:
    now = choices.read(folder)
    return now.trial and now.version == tried.version


def _in_call(folder: Path) -> bool:
    """A call is never ended for this."""
    with contextlib.suppress(OSError):
        return time.time() - (folder / CALL_FILE).stat().st_mtime < CALL_FRESH_S
    return False


def _go_back(folder: Path, tried: Choice, why: str) -> None:
    """If even that cannot be kept, the count of starts stands, and the next start comes here again."""
    now = choices.read(folder)
    with contextlib.suppress(OSError):
        choices.write(folder, choices.gone_back(now if now.version == tried.version else tried, why))


def _uncount(folder: Path, tried: Choice) -> None:
    """A start that an installer kept from being one, again and again while it works, says nothing of the version."""
    now = choices.read(folder)
    if now.trial and now.version == tried.version and now.starts > 0:
        with contextlib.suppress(OSError):
            choices.write(folder, replace(now, starts=now.starts - 1))


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_S)
        return
    process.kill()


@contextmanager
def _handing_on_signals(process: "subprocess.Popen[bytes]") -> Iterator[Callable[[], bool]]:
    """Who ends this process means the seat."""
    asked: list[int] = []

    def hand_on(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        with contextlib.suppress(OSError):
            process.send_signal(number)

    names = ("SIGTERM", "SIGINT", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = [(number, signal.signal(number, hand_on)) for number in numbers]
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before:
            signal.signal(number, handler)


@contextmanager
def _watch_of(folder: Path, *, wanted: bool) -> Iterator[bool]:
    """Whether this process is the one that watches the trial, for as long as the block lasts; the system lets go of it
    when the process dies. Not while another does, and not while a seat runs: then this start only brings it forward."""
    if not wanted or _is_locked(folder.parent / SEAT_LOCK):
        yield False
        return
    try:
        stream = (folder / LOCK_FILE).open("ab")
    except OSError:
        yield True  # a folder that cannot be written: the count cannot be kept either, and says so
        return
    with stream:
        yield _lock(stream)


def _is_locked(file: Path) -> bool:
    try:
        with file.open("r+b") as stream:
            return not _lock(stream)
    except OSError:
        return False


def _lock(stream: IO[bytes]) -> bool:
    """Whether it is this process's now. A file system that knows no locks keeps nobody away."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


def _become(program: Path, argv: Sequence[str], *, first: bool = False) -> None:
    os.execve(program, [str(program), *argv], _environment(first=first))  # noqa: S606 - no shell is wanted


def _environment(*, first: bool = False) -> Mapping[str, str]:
    """For a program that is another bundle: without what the bundle's own loader has put in, and with the word that the
    choice was made (`first`: it is to be made). The pid is its own, or its parent's."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("_PYI_")}
    for name in _LIBRARIES:
        own = env.pop(f"{name}_ORIG", None)
        if own is not None:
            env[name] = own
        elif getattr(sys, "frozen", False):
            env.pop(name, None)
    env["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
    env.pop(STARTED, None)
    if not first:
        env[STARTED] = str(os.getpid())
    return env


def _is_first(argv: Sequence[str]) -> bool:
    """Whether the choice is still to be made: not by a process of a seat, nor by one that was chosen."""
    if "--process" in argv or any(one.startswith("--process=") for one in argv):
        return False
    return os.environ.get(STARTED) not in (str(os.getpid()), str(os.getppid()))


def _word(argv: Sequence[str]) -> str:
    """What the command is to do; "" to be a seat."""
    at = _word_at(argv)
    return argv[at] if at < len(argv) else ""


def _word_at(argv: Sequence[str]) -> int:
    """Its place, behind the last where there is none."""
    skip = False
    for at, one in enumerate(argv):
        if skip:
            skip = False
        elif one in _WITH_VALUE:
            skip = True
        elif one in ("-h", "--help", "--version") or not one.startswith("-"):
            return at
    return len(argv)


def _as_seat(argv: Sequence[str]) -> Sequence[str]:
    """What is started anew is the seat: this PC has been set up, and the number is in the dial box, or was."""
    return argv[: _word_at(argv)]


def _program_in(folder: str, installed: Installed) -> Path:
    return Path(folder) / installed.program.name


def _is_program(file: Path) -> bool:
    return file.is_absolute() and file.is_file() and os.access(file, os.X_OK)
