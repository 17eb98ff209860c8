"""Which libraries the files of a bundle ask for by name, and which of them it does not hold itself. Linux."""

import re
import subprocess
from pathlib import Path

from tools.bundle import system_libraries

_NEEDED = re.compile(r"^File: (.+)$|\(NEEDED\)\s+Shared library: \[(.+)\]", re.MULTILINE)
_AT_ONCE = 200


class UnknownLibrary(Exception):
    """A file of the bundle needs a library of the system, and nobody has said which package has it."""


def elf_files(folder: Path) -> list[Path]:
    """Programs and libraries in it, links left out, in order."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and not file.is_symlink() and _is_elf(file))


def from_outside(folder: Path) -> dict[str, list[str]]:
    """Name of a library that is not in the folder -> the files that need it (paths in the folder)."""
    files = elf_files(folder)
    inside = {file.name for file in folder.rglob("*")}
    found: dict[str, list[str]] = {}
    for start in range(0, len(files), _AT_ONCE):
        part = files[start : start + _AT_ONCE]
        # two files at least, or readelf does not say which one it speaks of
        names = [str(file) for file in part] + [str(part[0])] * (len(part) == 1)
        told = subprocess.run(["readelf", "-d", *names], capture_output=True, text=True, check=True).stdout
        user = ""
        for match in _NEEDED.finditer(told):
            user = match[1] or user
            if match[2] and match[2] not in inside:
                found.setdefault(match[2], []).append(Path(user).relative_to(folder).as_posix())
    return found


def packages(folder: Path) -> list[str]:
    """Debian's packages that these come from, in order. Raises `UnknownLibrary`, naming every one."""
    needed = from_outside(folder)
    unknown = [f"{name} ({users[0]})" for name, users in needed.items() if name not in system_libraries.PACKAGE_OF]
    if unknown:
        raise UnknownLibrary("say in tools/bundle/system_libraries.py which package has " + ", ".join(sorted(unknown)))
    return sorted({system_libraries.PACKAGE_OF[name] for name in needed})


def _is_elf(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(4) == b"\x7fELF"
