"""PyInstaller's part: from the exported source to a folder that runs by itself, made so that the same source gives the
same bytes: a fixed hash seed, the commit's time for every time that is written, and nothing of who builds it where."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PARTS = "parts.json"  # written by installer/desk.spec into its work folder
PROGRAM = "desk.exe" if os.name == "nt" else "desk"
INTERNAL = "_internal"  # PyInstaller's name for the folder of libraries

_MISSING = re.compile(r"missing module named '?(desk\.[\w.]+)")


class MissingModule(Exception):
    """Somebody's part of a change is not committed."""


def freeze(source: Path, work: Path, epoch_s: int) -> Path:
    """The bundle's folder, below `work`. Raises `CalledProcessError`, and `MissingModule` where the commit imports what
    it does not hold."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_"))},
        "PYTHONPATH": str(source),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYINSTALLER_CONFIG_DIR": str(work / "cache"),  # what an earlier build kept is not this one's
        "SOURCE_DATE_EPOCH": str(epoch_s),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }
    subprocess.run(
        [
            *(sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"),
            *("--distpath", str(work / "dist"), "--workpath", str(work / "work")),
            str(source / "installer" / "desk.spec"),
        ],
        cwd=source,
        env=environment,
        check=True,
    )
    missing = _MISSING.findall((work / "work" / "desk" / "warn-desk.txt").read_text(encoding="utf-8"))
    if missing:
        raise MissingModule(f"the commit imports, and does not hold: {', '.join(missing)}")
    return work / "dist" / "desk"


def parts_file(work: Path) -> Path:
    return work / "work" / "desk" / PARTS


def strip(folder: Path) -> None:
    """Without what only a debugger reads (SQLCipher's wheel alone brings 12 MB of it). Linux.

    Some wheels' libraries (OpenBLAS, PJSIP) were rewritten in a way that `strip` spoils: these stay as they are."""
    from tools.bundle.needs import elf_files

    for file in elf_files(folder):
        stripped = file.with_name(file.name + ".stripped")
        subprocess.run(["strip", "--strip-unneeded", "-o", str(stripped), str(file)], check=True)
        if _is_loadable(stripped):
            stripped.replace(file)
        else:
            stripped.unlink()


def _is_loadable(file: Path) -> bool:
    """Whether every segment lies in the file as it is to lie in memory."""
    told = subprocess.run(["readelf", "-lW", str(file)], capture_output=True, text=True, check=True).stdout
    segments = [line.split() for line in told.splitlines() if line.split()[:1] == ["LOAD"]]
    return all((int(one[1], 16) - int(one[2], 16)) % int(one[-1], 16) == 0 for one in segments)


def settle(folder: Path, epoch_s: int) -> None:
    """One mode and one time for every file, whoever built it and when; only the program may be run."""
    for path in [*folder.rglob("*"), folder]:
        if not path.is_symlink() and os.name != "nt":
            path.chmod(0o755 if path.is_dir() or path == folder / PROGRAM else 0o644)
    for path in sorted([*folder.rglob("*"), folder], reverse=True):
        os.utime(path, (epoch_s, epoch_s), follow_symlinks=not path.is_symlink())


def copy_out(made: Path, to: Path) -> None:
    """In place of an earlier one."""
    if to.exists():
        shutil.rmtree(to)
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(made, to, symlinks=True)
