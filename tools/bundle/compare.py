"""Whether two folders hold the same: names, kinds, modes, times, links, bytes."""

import stat
from pathlib import Path


def differences(one: Path, other: Path) -> list[str]:
    """One line each, in order; [] where there is none."""
    mine, theirs = _names(one), _names(other)
    found = [f"only in one of them: {name}" for name in sorted(mine ^ theirs)]
    for name in sorted(mine & theirs):
        found += [f"{what} of {name}" for what in _between(one / name, other / name)]
    return found


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def _between(one: Path, other: Path) -> list[str]:
    mine, theirs = one.lstat(), other.lstat()
    if stat.S_IFMT(mine.st_mode) != stat.S_IFMT(theirs.st_mode):
        return ["kind"]
    if one.is_symlink():
        return [] if one.readlink() == other.readlink() else ["target"]
    found = [] if mine.st_mode == theirs.st_mode else ["mode"]
    found += [] if int(mine.st_mtime) == int(theirs.st_mtime) else ["time"]
    if one.is_file() and one.read_bytes() != other.read_bytes():
        found.append("bytes")
    return found
