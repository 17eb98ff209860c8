"""Which version of Desk this seat runs: a small file in its data folder, so that going on and going back need no
rights.

It is read at the very start of the program, by whatever version is installed, about versions that are newer or older
than itself: nothing but the standard library is loaded here, what is not understood is no choice, and `FORMAT` is
raised only for what an older Desk must not read. Replaced whole, and on the disk before anything hangs on it.

Any process; one writer at a time: the starter before the seat runs, sync while it runs, a command when it does not."""

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

FORMAT = 1
FOLDER = "updates"  # in the data folder
FILE = "choice.json"
LIMIT_BYTES = 100_000
MOST_FAILED = 100  # remembered; by then the channel offers none of the first


@dataclass(frozen=True, slots=True)
class Choice:
    """`version` runs, from `folder`; "" the installed one. `installed`: the installed version when this was chosen;
    when that is another one by now, somebody has changed the package, and the package wins. `before`, `before_folder`:
    what ran before, to go back to. `trial`: it has not yet been found healthy; it was started `starts` times.
    `lines`: the labels of the lines that were up before; `well`: the doctor's checks that were. `failed`: versions that
    are not tried again, and why ("died", "late", "starts", "missing", "asked", "withdrawn"). `held`: nothing new is
    taken. `went_back`: the version that was left last; `lacked`: what its trial had not found again by then.
    `forgiven`: versions that were left once for what was away for all, and are not forgiven again."""

    version: str = ""
    folder: str = ""
    installed: str = ""
    before: str = ""
    before_folder: str = ""
    trial: bool = False
    starts: int = 0
    lines: tuple[str, ...] = ()
    well: tuple[str, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)
    held: bool = False
    went_back: str = ""
    lacked: tuple[str, ...] = ()
    forgiven: tuple[str, ...] = ()


def folder_of(data_dir: Path) -> Path:
    """Where everything about updates lies that is this seat's own."""
    return data_dir / FOLDER


def read(folder: Path) -> Choice:
    """The choice in this folder. None that can be read, or somebody else's file: no choice, and the installed version
    runs. Never raises."""
    try:
        handle = os.open(folder / FILE, os.O_RDONLY)
        with os.fdopen(handle, "rb") as stream:
            if os.name != "nt" and os.fstat(handle).st_uid not in (os.geteuid(), 0):
                return Choice()
            tree = json.loads(stream.read(LIMIT_BYTES))
        return _choice(tree)
    except (OSError, ValueError, TypeError, RecursionError):
        return Choice()


def write(folder: Path, choice: Choice) -> None:
    """Durable when it returns. Raises `OSError`; then the choice before stands."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / FILE
    part = folder / f".{FILE}.{os.getpid()}"
    try:
        with part.open("w", encoding="utf-8") as stream:
            json.dump({"format": FORMAT, **asdict(choice)}, stream, ensure_ascii=False)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    _sync_folder(folder)


def trial_of(
    choice: Choice,
    version: str,
    folder: Path,
    installed: str,
    lines: tuple[str, ...] = (),
    well: tuple[str, ...] = (),
) -> Choice:
    """From the next start on this version runs, on trial; what runs now is what is gone back to."""
    return replace(
        choice,
        version=version,
        folder=str(folder),
        installed=installed,
        before=choice.version,
        before_folder=choice.folder,
        trial=True,
        starts=0,
        lines=lines,
        well=well,
        went_back="",
        lacked=(),
    )


def confirmed(choice: Choice) -> Choice:
    """The version that runs is healthy."""
    return replace(choice, trial=False, starts=0)


def not_begun(choice: Choice) -> Choice:
    """A trial that was chosen and never started is none; any other choice stays."""
    if not choice.trial or choice.starts:
        return choice
    return replace(choice, version=choice.before, folder=choice.before_folder, before="", before_folder="", trial=False)


def gone_back(choice: Choice, why: str) -> Choice:
    """The version before runs again; the one that was left is not tried again."""
    return replace(
        choice,
        version=choice.before,
        folder=choice.before_folder,
        before="",
        before_folder="",
        trial=False,
        starts=0,
        failed=dict([*choice.failed.items(), (choice.version, why)][-MOST_FAILED:])
        if choice.version
        else choice.failed,
        went_back=choice.version,
    )


def forgiven(choice: Choice) -> Choice:
    """What the version that was left lacked, the one before lacks as well: it was not to blame, and is tried again."""
    failed = {version: why for version, why in choice.failed.items() if version != choice.went_back}
    forgiven_too = (*choice.forgiven, choice.went_back)[-MOST_FAILED:]
    return replace(choice, failed=failed, lacked=(), forgiven=forgiven_too)


def used_by(choice: Choice, running: str) -> set[str]:
    """The versions that this seat may need at its next start."""
    return {choice.version, choice.before, running}


def package_changed(choice: Choice, installed: str) -> Choice:
    """Another version was installed: it runs. What was found bad stays so."""
    return Choice(installed=installed, failed=choice.failed, held=choice.held, forgiven=choice.forgiven)


def _choice(tree: Any) -> Choice:
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        return Choice()
    known = {one.name: one for one in fields(Choice)}
    given = {key: value for key, value in tree.items() if key in known}
    for key, value in given.items():
        if type(value) is not _KINDS[key]:
            return Choice()
    lists = {key: tuple(given[key]) for key in _LISTS if key in given}
    if not all(isinstance(one, str) for several in lists.values() for one in several):
        return Choice()
    if not all(isinstance(one, str) for one in given.get("failed", {}).values()):
        return Choice()
    return Choice(**{**given, **lists})


_LISTS = ("lines", "well", "lacked", "forgiven")
_KINDS: dict[str, type] = {
    **dict.fromkeys(("version", "folder", "installed", "before", "before_folder", "went_back"), str),
    **dict.fromkeys(("trial", "held"), bool),
    "starts": int,
    **dict.fromkeys(_LISTS, list),
    "failed": dict,
}


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
