"""Where a seat keeps what is its own about updates: in its data folder, found out before anything of Desk is loaded.

The settings cannot be read as usual here: the installed version may be older than the file, and a mistake in it is to
be told by the seat that starts, not here. So only the one key is looked for, in the files in which it may stand, and
what cannot be read says nothing. The seat is told the folder (`FOLDER` in its environment), so that the two can never
be of different opinions. Standard library; any thread."""

import os
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from desk.updating.choice import folder_of

FOLDER = "DESK_UPDATES"
KEY = "data_dir"


def updates_folder(argv: Sequence[str]) -> Path:
    """For this command line (without the program's name)."""
    for file in _files(argv):
        found = _data_dir(file)
        if found is not None:
            return folder_of(found)
    return folder_of(_default_data_dir())


def told_folder(data_dir: Path) -> Path:
    """In a process of the seat: what the starter has told, else in the data folder."""
    told = os.environ.get(FOLDER)
    return Path(told) if told else folder_of(data_dir)


def _files(argv: Sequence[str]) -> Iterator[Path]:
    """The strongest first, as `desk.settings` hears them."""
    if sys.platform == "win32":
        machine = Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Desk"
    else:
        machine = Path("/etc/desk")
    yield machine / "policy.toml"
    yield machine / "seat.toml"
    yield _settings_file(argv)


def _settings_file(argv: Sequence[str]) -> Path:
    for number, one in enumerate(argv):
        if one == "--settings" and number + 1 < len(argv):
            return Path(argv[number + 1])
        if one.startswith("--settings="):
            return Path(one.partition("=")[2])
    named = os.environ.get("DESK_SETTINGS")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_config_dir("desk", appauthor=False)) / "settings.toml"


def _data_dir(file: Path) -> Path | None:
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8-sig")).get(KEY)
        folder = Path(found).expanduser() if isinstance(found, str) else None
    except (OSError, ValueError, RecursionError, RuntimeError):
        return None
    return folder if folder is not None and folder.is_absolute() and "\0" not in str(folder) else None


def _default_data_dir() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("desk", appauthor=False))
