"""Lists of residents that another system puts into a folder, night by night: each is imported by the mapping of the
settings, then moved to `done`, or, with a report of what is wrong, to `refused`. A worker of the sync process at the
one seat whose settings name the folder.

Nobody looks on, so it is stricter than the command: a list with a bad row is refused whole, nothing is ended unless the
settings say so, and a list that would change or end more than a share of its rows is refused, for it is more likely
the wrong file. New homes and people are no change in this sense. A file is taken when it has not grown between two
looks.

How it stands is read from the folder itself, so that it outlasts a start: a report in `refused` is a list that waits
for somebody, until a later one of the same name (but for its digits) is in `done`, or somebody takes the report away;
the report beside the last list in `done` is what was left out of it."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path

from desk.domain.import_plan import ListsStand
from desk.i18n import _
from desk.usecases.ports import Clock

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".txt"})
_REPORT = ".report.txt"
_STAMP = len("20261121-081000")
_STAMPED, _DIGITS = re.compile(r"\d{8}-\d{6}-.+"), re.compile(r"\d+")

_log = logging.getLogger(__name__)


class Brought(Enum):
    """What became of a list; the folders are called so."""

    DONE = "done"
    REFUSED = "refused"
    LATER = "later"  # another import is under way, or the process is about to end


@dataclass(frozen=True, slots=True)
class _Seen:
    size: int
    changed_ns: int


def report_of(folder: Path, outcome: Brought, stem: str) -> Path:
    """Where the report on a list lies."""
    return folder / outcome.value / f"{stem}{_REPORT}"


class ResidentsFolder:
    """`bring(file, stem)` imports a list and writes its report (`report_of`): why not, or what was left out. `finish`
    goes on with an import that was cut off: None = there was none; with `folder` None that is all it does. `waits`:
    something has the store's attention now. `tell`: how the lists stand, after every look."""

    def __init__(
        self,
        folder: Path | None,
        every: timedelta,
        bring: Callable[[Path, str], Brought],
        finish: Callable[[], bool | None],
        waits: Callable[[], bool],
        clock: Clock,
        brought: Callable[[], None] = lambda: None,
        tell: Callable[[ListsStand], None] = lambda _stand: None,
    ) -> None:
        self._folder, self._every, self._clock = folder, every, clock
        self._bring, self._finish, self._waits, self._brought = bring, finish, waits, brought
        self._tell = tell
        self._seen: dict[Path, _Seen] = {}
        self._settled: dict[Path, tuple[_Seen, Path]] = {}  # brought or refused, and where it could not be moved to yet
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
            took = any(self._one(self._folder, file) for file in self._ready(self._folder))
            stand = _stand(self._folder)
        except OSError as error:
            _log.warning("the folder of residents' lists cannot be used: %s", error.strerror)
            away = _("The folder of the lists cannot be used: {detail}").format(detail=error.strerror or error)
            self._tell(ListsStand(away, report=str(self._folder)))
            return False
        if self._settled and not stand.trouble:
            stuck = _("This list is done with, but another program holds it open: {file}")
            stand = replace(stand, trouble=stuck.format(file=next(iter(self._settled)).name))
        self._tell(stand)
        return took

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
        self._settled = {file: settled for file, settled in self._settled.items() if settled[0] == seen.get(file)}
        return sorted(still, key=lambda file: (seen[file].changed_ns, file.name))

    def _one(self, folder: Path, file: Path) -> bool:
        """What was done with once is not done again because it cannot be moved: Windows moves nothing that is open."""
        if file in self._settled:
            self._move(file)
            return False
        stem = f"{self._clock():%Y%m%d-%H%M%S}-{file.stem}"
        for place in (Brought.DONE, Brought.REFUSED):
            (folder / place.value).mkdir(exist_ok=True)
        outcome = self._bring(file, stem)
        if outcome is Brought.LATER:
            return False
        self._settled[file] = (self._seen[file], folder / outcome.value / f"{stem}{file.suffix}")
        if outcome is Brought.DONE:
            _log.info("a list of residents was imported", extra={"file": file.name})
            self._brought()
        else:
            _log.warning("a list of residents was refused; see its report", extra={"file": file.name})
        self._move(file)
        return outcome is Brought.DONE

    def _move(self, file: Path) -> None:
        try:
            file.replace(self._settled[file][1])
        except OSError as error:
            _log.warning("a list of residents cannot be moved yet", extra={"file": file.name, "why": error.strerror})
            return
        del self._settled[file]


def _stand(folder: Path) -> ListsStand:
    """Raises `OSError`."""
    done, refused = (_names(folder / outcome.value) for outcome in (Brought.DONE, Brought.REFUSED))
    last: dict[str, str] = {}  # list -> the newest of it that was taken
    for name in sorted(name for name in done if ".report." not in name):
        last[_list_of(name)] = name
    reports = sorted(name for name in refused if name.endswith(_REPORT))
    waiting = [name for name in reports if name[:_STAMP] >= last.get(_list_of(name), "")[:_STAMP]]
    if waiting:
        report = folder / Brought.REFUSED.value / waiting[-1]
        return ListsStand(trouble=_first_line(report), report=str(report))
    remarked = sorted({report_of(folder, Brought.DONE, Path(name).stem).name for name in last.values()} & done)
    if not remarked:
        return ListsStand()
    report = folder / Brought.DONE.value / remarked[-1]
    return ListsStand(remarks=_first_line(report), report=str(report))


def _list_of(name: str) -> str:
    """Which list it is, of several that come in night by night: mostly the day stands in their names."""
    stem = name.removesuffix(_REPORT) if name.endswith(_REPORT) else Path(name).stem
    return _DIGITS.sub("", stem[_STAMP:])


def _names(folder: Path) -> set[str]:
    """Of files that begin with the time."""
    return {file.name for file in folder.iterdir() if _STAMPED.fullmatch(file.name)} if folder.is_dir() else set()


def _first_line(report: Path) -> str:
    return report.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
