"""What is under the seat: its folders and their rights, the space on their disks, the versions of what it is made of,
and whether a process of it has crashed lately. Looked at here and now, whether a seat runs or not; nothing is changed,
but that a folder is written into to know that it can be (the file is gone at once).

Any process, any thread but the ui's; a share that hangs holds it up."""

import json
import os
import platform
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from desk.domain.health import Finding, Level
from desk.i18n import _
from desk.settings import Settings
from desk.version import build

LEAST_FREE_MB = 200  # below it the seat store and a call's recording may fail any minute
PARTS = "sbom.cdx.json"
CRASHED_LATELY_S = 24 * 3600
_LIBRARIES = {"pjsip": "pjsua2-python", "qt": "PySide6-Essentials", "psycopg": "psycopg", "sqlcipher": "sqlcipher3"}

_SHOWN = {"desk": "Desk", "pjsip": "PJSIP", "qt": "Qt", "python": "Python"}


def versions() -> Sequence[Finding]:
    figures: dict[str, float | int | str] = {
        "desk": str(build()),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
    }
    for name, package in _LIBRARIES.items():
        found = version_of(package)
        if found:
            figures[name] = found
    listed = ", ".join(f"{word} {figures[name]}" for name, word in _SHOWN.items() if name in figures)
    return (Finding("versions", Level.OK, listed, figures=figures),)


def folders(settings: Settings) -> Sequence[Finding]:
    """One finding for each folder that is not as it should be; one that all are."""
    found = [*_private(settings.data_dir), *_private(settings.runtime_dir)]
    for folder in settings.spool_dirs[1:]:
        found += _writable(_nearest(folder))
    return found or (Finding("folders", Level.OK, _("Desk's folders are this user's alone and can be written.")),)


def disk(settings: Settings) -> Sequence[Finding]:
    """Of each disk that the seat writes to."""
    seen: set[int] = set()
    found = []
    for folder in (settings.data_dir, *settings.spool_dirs[1:]):
        there = _nearest(folder)
        device = there.stat().st_dev
        if device not in seen:
            seen.add(device)
            found.append(_free(there, settings.recording.warn_free_mb))
    return found


def crashes(settings: Settings, now_s: float | None = None) -> Sequence[Finding]:
    """`now_s`: seconds since the epoch."""
    since_s = (time.time() if now_s is None else now_s) - CRASHED_LATELY_S
    count = sum(_is_crash(file, since_s) for file in settings.crash_dir.glob("*.txt"))
    if not count:
        return (Finding("crashes", Level.OK, _("No process of the seat has crashed in the last 24 hours.")),)
    return (
        Finding(
            "crashes",
            Level.WARNING,
            _("{count} crashes of the seat's processes in the last 24 hours.").format(count=count),
            _("Send IT what `desk bundle` makes; the reports lie in {folder}.").format(folder=settings.crash_dir),
            {"crashes_24h": count},
        ),
    )


def _is_crash(file: Path, since_s: float) -> bool:
    """A running process keeps an empty file open for itself."""
    try:
        about = file.stat()
    except OSError:
        return False
    return about.st_size > 0 and about.st_mtime >= since_s


def version_of(package: str) -> str:
    """As installed, or as bundled; "" where it is neither."""
    try:
        return version(package)
    except PackageNotFoundError:
        return _bundled().get(package.lower().replace("_", "-"), "")


@cache
def _bundled() -> Mapping[str, str]:
    """What an installed program was made of: a bundle holds no packages, but a list of its parts (CycloneDX)."""
    if not getattr(sys, "frozen", False):
        return {}
    return parts_in(Path(sys.executable).with_name(PARTS))


def parts_in(file: Path) -> Mapping[str, str]:
    """Name in small letters -> version; none where the list cannot be read."""
    try:
        listed = json.loads(file.read_bytes())["components"]
        return {str(one["name"]).lower().replace("_", "-"): str(one["version"]) for one in listed if "version" in one}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _private(folder: Path) -> Iterator[Finding]:
    if not folder.exists():
        yield from _writable(_nearest(folder))  # made at the first start
        return
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode):
        yield Finding(
            "folders",
            Level.WRONG,
            _("{folder} is not a folder.").format(folder=folder),
            _("Move away what lies there, then start Desk again."),
        )
        return
    if os.name != "nt":
        yield from _owned(folder, about)
    yield from _writable(folder)


def _owned(folder: Path, about: os.stat_result) -> Iterator[Finding]:
    if about.st_uid != os.getuid():
        yield Finding(
            "folders",
            Level.WRONG,
            _("{folder} belongs to another user.").format(folder=folder),
            _("Sign in as that user, or name another folder in the settings (data_dir, runtime_dir)."),
        )
    elif about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield Finding(
            "folders",
            Level.WRONG,
            _("Other users of this computer can write into {folder}.").format(folder=folder),
            f'chmod 700 "{folder}"',
        )
    elif about.st_mode & (stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH):
        yield Finding(
            "folders",
            Level.WARNING,
            _("Other users of this computer can look into {folder}.").format(folder=folder),
            f'chmod 700 "{folder}"',
        )


def _writable(folder: Path) -> Iterator[Finding]:
    try:
        with tempfile.TemporaryFile(prefix=".desk-check-", dir=folder):
            pass
    except OSError as error:
        if error.errno is not None and shutil.disk_usage(_nearest(folder)).free == 0:
            return  # the disk is full: that is another check
        yield Finding(
            "folders",
            Level.WRONG,
            _("Desk cannot write into {folder} ({detail}).").format(folder=folder, detail=error.strerror or error),
            _("Give this user the right to write there, or name another folder in the settings."),
        )


def _free(folder: Path, warn_free_mb: int) -> Finding:
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    figures: dict[str, float | int | str] = {"free_mb": free_mb}
    said = _("{free} MB free where {folder} lies.").format(free=free_mb, folder=folder)
    if free_mb >= max(LEAST_FREE_MB, warn_free_mb):
        return Finding("disk", Level.OK, said, figures=figures)
    level = Level.WRONG if free_mb < LEAST_FREE_MB else Level.WARNING
    return Finding("disk", level, said, _("Free some space: recordings and tickets need it."), figures)


def _nearest(folder: Path) -> Path:
    """The folder, or what there is of its way."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    return there
