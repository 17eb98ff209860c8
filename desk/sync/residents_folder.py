"""Lists of residents that another system puts into a folder, night by night: each is imported by the mapping of the
settings, then moved to `done`, or, with a report of what is wrong, to `refused`. A worker of the sync process at the
one seat whose settings name the folder.

Nobody looks on, so it is stricter than the command: a list with a bad row is refused whole, nothing is ended unless the
settings say so, and a list that would change or end more than a share of its rows is refused, for it is more likely
the wrong file. New homes and people are no change in this sense. A file is taken when it has not grown between two
looks."""

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import assert_never

from desk.usecases.ports import Clock

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".txt"})
DONE, REFUSED = "done", "refused"

_log = logging.getLogger(__name__)


class Brought(Enum):
    """What became of a list."""

    DONE = "done"
    REFUSED = "refused"
    LATER = "later"  # another import is under way, or the process is about to end


@dataclass(frozen=True, slots=True)
class _Seen:
    size: int
    changed_ns: int


class ResidentsFolder:
    """`bring(file, report)` imports a list, or writes to `report` (a file without its suffix) why not. `finish` goes on
    with an import that was cut off: None = there was none; with `folder` None that is all it does. `waits`: something
    has the store's attention now."""

    def __init__(
        self,
        folder: Path | None,
        every: timedelta,
        bring: Callable[[Path, Path], Brought],
        finish: Callable[[], bool | None],
        waits: Callable[[], bool],
        clock: Clock,
        brought: Callable[[], None] = lambda: None,
    ) -> None:
        self._folder, self._every, self._clock = folder, every, clock
        self._bring, self._finish, self._waits, self._brought = bring, finish, waits, brought
        self._seen: dict[Path, _Seen] = {}
        self._next: datetime | None = None

    def work_once(self) -> bool:
        """Whether a list was brought in."""
        if self._waits():
            return False
        if self._finish():
            _log.info("an import that had been cut off is finished")
            self._brought()
        if self._folder is None or (self._next is not None and self._clock() < self._next):
            return False
        self._next = self._clock() + self._every
        try:
            ready = self._ready(self._folder)
        except OSError as error:
            _log.warning("the folder of residents' lists cannot be read: %s", error.strerror)
            return False
        return any(self._one(self._folder, file) for file in ready)

    def look_now(self) -> None:
        """At the next turn, whenever the next look would be."""
        self._next = None

    def _ready(self, folder: Path) -> list[Path]:
        """Lists that have stood still since the last look, oldest first."""
        seen: dict[Path, _Seen] = {}
        for file in folder.iterdir():
            if file.suffix.lower() in SUFFIXES and not file.name.startswith((".", "~$")) and file.is_file():
                facts = file.stat()
                seen[file] = _Seen(facts.st_size, facts.st_mtime_ns)
        still = [file for file, facts in seen.items() if facts.size and self._seen.get(file) == facts]
        self._seen = seen
        return sorted(still, key=lambda file: (seen[file].changed_ns, file.name))

    def _one(self, folder: Path, file: Path) -> bool:
        stamp = self._clock().strftime("%Y%m%d-%H%M%S")
        refused = folder / REFUSED
        refused.mkdir(exist_ok=True)
        name = f"{stamp}-{file.name}"
        outcome = self._bring(file, refused / f"{stamp}-{file.stem}")
        match outcome:
            case Brought.DONE:
                _log.info("a list of residents was imported", extra={"file": file.name})
                (folder / DONE).mkdir(exist_ok=True)
                shutil.move(file, folder / DONE / name)
                self._brought()
                return True
            case Brought.REFUSED:
                _log.warning("a list of residents was refused; see its report", extra={"file": file.name})
                shutil.move(file, refused / name)
                return False
            case Brought.LATER:
                return False
            case _:
                assert_never(outcome)
