"""The first thing that an installed program does: the starter's decision, then Desk's own command, then what that asks
for. A checkout does not come by here: it is what it is. Main thread."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import desk
from desk import exit_codes
from desk.updating import starter
from desk.updating.where import FOLDER, updates_folder

STAMP = Path(desk.__file__).with_name("_build.json")  # as in `desk.version`, which loads what a start has no time for


def run(main: Callable[[], int], limit_s: float = starter.LIMIT_S) -> int:
    """The exit code. `main`: the command itself, loaded when it is called; `limit_s` of a trial."""
    argv = sys.argv[1:]
    installed = starter.Installed(Path(sys.executable), _version())
    folder = updates_folder(argv)
    os.environ[FOLDER] = str(folder)
    code = starter.start(argv, installed, folder, limit_s)
    if code is None:
        code = main()
        if code == exit_codes.AGAIN:
            code = starter.again(argv, installed, folder)
    return code


def _version() -> str:
    """Of this bundle."""
    try:
        return str(json.loads(STAMP.read_text("utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return "0"
