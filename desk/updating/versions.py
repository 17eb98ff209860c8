"""The versions of Desk that lie on this computer beside the installed one, each in a folder of its name.

The computer's own folder is written by the system's service, or by IT; where there is none, the seat keeps its own in
its data folder. A folder that has a version's name is whole (see `desk.updating.archive`). Any process, any thread."""

import contextlib
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path

from desk.domain.updates import is_version, order

KEPT = 3
FETCHED = "fetched"  # in the folder of versions: what was downloaded and is not unpacked yet
SERVED = ".served"  # touched by the service whenever it has looked
SERVED_S = 7 * 86_400.0
MARGIN_BYTES = 200_000_000  # that a disk keeps free in any case


def machine_folder() -> Path:
    """Where this computer's versions lie, whether or not it is there."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Desk" / "versions"
    return Path("/var/lib/desk/versions")


def folder_for(wanted: str, data_dir: Path) -> Path:
    """`wanted`: `[update] folder`, "" = the computer's where this user may write it or its own service does, else the
    seat's own: a channel that only this user's settings name is nothing to the service."""
    if wanted:
        return Path(wanted)
    machine = machine_folder()
    served = os.access(machine, os.W_OK) or _is_served(machine)
    return machine if machine.is_dir() and served else data_dir / "updates" / "versions"


def note_service(folder: Path) -> None:
    """The computer's own service looks after this folder."""
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        (folder / SERVED).touch()


def _is_served(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return time.time() - (folder / SERVED).stat().st_mtime < SERVED_S
    return False


def this_platform() -> str:
    """As a channel names it: "linux-x86_64", "windows-x86_64"."""
    system = "windows" if sys.platform == "win32" else sys.platform
    machine = platform.machine().lower().replace("amd64", "x86_64")
    return f"{system}-{machine}"


def program_name() -> str:
    return "desk.exe" if sys.platform == "win32" else "desk"


class Versions:
    """`program`: what a version has to have. `needed`: which ones the seats of this computer may need, closed seats,
    too."""

    def __init__(
        self, folder: Path, program: str | None = None, needed: Callable[[], Collection[str]] = lambda: ()
    ) -> None:
        self.folder, self.program, self.needed = folder, program or program_name(), needed

    def path(self, version: str) -> Path:
        if not is_version(version):
            raise ValueError(version)
        return self.folder / version

    def has(self, version: str) -> bool:
        return is_version(version) and (self.folder / version / self.program).is_file()

    def all(self) -> list[str]:
        """The newest first."""
        try:
            names = [path.name for path in self.folder.iterdir()]
        except OSError:
            return []
        return sorted((name for name in names if self.has(name)), key=order, reverse=True)

    @property
    def is_writable(self) -> bool:
        """By this user; it is made where it is not there yet."""
        try:
            self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError:
            return False
        return os.access(self.folder, os.W_OK)

    def free_bytes(self) -> int:
        """Of the disk that it lies on, or will. Raises `OSError`."""
        return free_bytes(self.folder)

    def prune(
        self, keep: Collection[str], used: Collection[Path] = (), kept: int = KEPT, withdrawn: Collection[str] = ()
    ) -> list[str]:
        """Remove what is older than the newest `kept`, and what IT has `withdrawn`, but none of `keep` and none that a
        program in `used` runs from; the names of those removed. What cannot be removed now is left for later."""
        removed = []
        for version in self._spare(keep, kept, withdrawn):
            path = self.folder / version
            if any(one.is_relative_to(path) for one in used):
                continue
            gone = self.folder / f".gone-{version}"  # first its name, so that nobody takes half of it for whole
            with contextlib.suppress(OSError):
                path.rename(gone)
                removed.append(version)
        for gone in self.folder.glob(".gone-*"):
            shutil.rmtree(gone, ignore_errors=True)
        return removed

    def _spare(self, keep: Collection[str], kept: int, withdrawn: Collection[str]) -> list[str]:
        there = self.all()
        stays = {*keep, *[version for version in there if version not in withdrawn][:kept]}
        return [version for version in there if version not in stays]

    def make_way(self, keep: Collection[str]) -> list[str]:
        """Before another one comes: with it, `KEPT` are there."""
        return self.prune_unused(keep, KEPT - 1)

    def prune_unused(self, keep: Collection[str], kept: int = KEPT, withdrawn: Collection[str] = ()) -> list[str]:
        """As `prune`, none that a seat may need and none that a program of this computer runs from, as far as this user
        may see."""
        keep = {*keep, *self.needed()}
        if not self._spare(keep, kept, withdrawn):
            return []
        import psutil  # only here: 14 ms

        programs = [one.info["exe"] for one in psutil.process_iter(["exe"])]
        return self.prune(keep, [Path(program) for program in programs if program], kept, withdrawn)

    def drop_fetched(self, but: str = "") -> None:
        """Downloads that were unpacked, or are not wanted any more."""
        folder = self.folder / FETCHED
        with contextlib.suppress(OSError):
            for file in folder.iterdir():
                if file.name != but:
                    file.unlink(missing_ok=True)


def free_bytes(folder: Path) -> int:
    """Of the disk that this folder lies on, or would. Raises `OSError`."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free
