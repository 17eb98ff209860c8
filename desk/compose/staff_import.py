"""`desk import staff`: the hotline's own people from a list, for IT and for the first day. Told before it is done, done
in one transaction or not at all. Signed by the seat's own agent; a supervisor's."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desk import exit_codes
from desk.compose.bringing import Bringing
from desk.compose.clock import new_id, now
from desk.compose.supervisors import only_supervisors
from desk.domain.import_plan import DONE, Planned
from desk.domain.import_rows import Problem
from desk.domain.staff_list import Ground, leaves_no_supervisor, plan
from desk.faults import Fault
from desk.i18n import _
from desk.imports.report import difference_lines, planned_line, problem_line, write_report
from desk.imports.staff_list import read_staff
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.usecases.import_residents import Difference


@dataclass(frozen=True, kw_only=True)
class Wish:
    """`ending`: who is missing from the list does not work here any more. `asked`: whether to do it, once it was told;
    `report`: where all of it goes as a table."""

    file: Path
    asked: Callable[[str], bool]
    sheet: str = ""
    dry_run: bool = False
    ending: bool = False
    report: Path | None = None


def staff(settings: Settings, wish: Wish, say: Callable[[str], None] = print, secrets: Secrets | None = None) -> int:
    """The exit code. Raises `Fault` (also `ImportFileError`), what opening the store raises."""
    found = read_staff(wish.file, wish.sheet)
    say(_("Columns of {file}:").format(file=wish.file.name))
    for line in found.columns:
        say(line)
    secrets = secrets or KeyringSecrets()
    store = Store.open(settings.store_file, secrets)
    try:
        if not wish.dry_run:
            only_supervisors(settings, store)
        register = SqlResidents(store)
        ground = Ground(register.staff(), register.estates(), register.buildings())
        planned, problems = plan(found.rows, ground, ending=wish.ending)
        problems = sorted([*found.problems, *problems], key=lambda problem: problem.row)
        _tell(found.count, planned, problems, say)
        if wish.report:
            write_report(wish.report, problems, planned)
            say(_("Report: {file}").format(file=wish.report))
        if any(problem.grave for problem in problems):
            raise Fault(_("Nothing was imported. Correct the rows."))
        if leaves_no_supervisor(planned, ground.staff):
            raise Fault(_("Nothing was imported: no supervisor would be left. Name one in the list."))
        wanted = [one for one in planned if one.outcome in DONE]
        return _decide(settings, store, wish, wanted, say, Bringing(settings, store, secrets))
    finally:
        store.close()


def _tell(rows: int, planned: list[Planned], problems: list[Problem], say: Callable[[str], None]) -> None:
    for problem in problems:
        say(problem_line(problem))
    for one in planned:
        say(planned_line(one))
    grave = sum(problem.grave for problem in problems)
    counts = Counter((one.entity, one.outcome) for one in planned)
    for line in difference_lines(Difference(rows, counts, grave, len(problems) - grave)):
        say(line)


def _decide(
    settings: Settings,
    store: Store,
    wish: Wish,
    wanted: list[Planned],
    say: Callable[[str], None],
    bringing: Bringing,
) -> int:
    if wish.dry_run:
        say(_("This was a dry run; nothing was changed."))
    elif not wanted:
        say(_("There is nothing to import."))
    elif not wish.asked(_("Import this? [y/N] ")):
        say(_("Nothing was changed."))
    else:
        bringing.prepare()
        log = SqlChangeLog(store)
        sits = settings.seat.agent
        author = SeatAuthor(settings.seat.name, lambda: sits, now, new_id, log.base_seq, log.newest_unsent)
        reason = wish.file.name[:80]
        log.append([author.change(one.entity, one.entity_id, one.patch, reason) for one in wanted])
        say(_("Imported."))
        return bringing.finish(say)
    return exit_codes.OK
