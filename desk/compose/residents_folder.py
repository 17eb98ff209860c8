"""Builds the worker that imports the lists which another system puts into a folder."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from desk.compose.clock import now
from desk.compose.imports import compared, finish_unfinished
from desk.domain.import_plan import DONE, ListsStand, Outcome
from desk.faults import Fault
from desk.i18n import _, ngettext
from desk.imports.mapping import read_mapping
from desk.imports.report import difference_lines, write_report
from desk.settings import Settings
from desk.store.import_stage import ImportRuns
from desk.store.store import Store
from desk.sync.residents_folder import Brought, ResidentsFolder, report_of
from desk.usecases.import_residents import Difference

REGISTER = ("estate", "building", "household", "person", "membership", "number", "sensitive_tag")
_LEAST = 20  # changes that are never too many
_TURNED = (Outcome.CHANGED, Outcome.ENDED, Outcome.MISSING)


def folder_of(
    settings: Settings,
    store: Store,
    waits: Callable[[], bool],
    going_on: Callable[[], bool],
    brought: Callable[[], None],
    tell: Callable[[ListsStand], None] = lambda _stand: None,
) -> ResidentsFolder:
    """Where the settings name no folder it only goes on with what a cut-off command has left."""
    residents = settings.residents
    every = timedelta(minutes=residents.every_minutes)

    def bring(file: Path, stem: str) -> Brought:
        return _bring(settings, store, file, stem, going_on)

    def finish() -> bool | None:
        return finish_unfinished(store, lambda _done: None, going_on)

    folder = Path(residents.folder) if residents.folder else None
    return ResidentsFolder(folder, every, bring, finish, waits, now, brought, tell)


def _bring(settings: Settings, store: Store, file: Path, stem: str, going_on: Callable[[], bool]) -> Brought:
    refused, done = (report_of(file.parent, outcome, stem) for outcome in (Brought.REFUSED, Brought.DONE))
    area_code = settings.dial.area_code or settings.line.area_code
    try:
        mapping = read_mapping(Path(settings.residents.mapping), area_code)
        ending = settings.residents.end_missing
        with compared(store, settings, file, mapping, ending, lambda _what, _rows: None) as found:
            refusal = _refusal(settings, found.difference)
            if refusal:
                _tell(refused, [refusal, *difference_lines(found.difference)])
                write_report(refused.with_suffix(".csv"), found.stage.problems(), found.stage.planned(Outcome))
                return Brought.REFUSED
            if found.difference.of(*DONE) and not found.carry_out(lambda _done: None, going_on):
                return Brought.LATER
            if remarks := found.difference.told:
                words = ngettext(
                    "{n} remark: what was left out or is doubtful stands in the table beside this.",
                    "{n} remarks: what was left out or is doubtful stands in the table beside this.",
                    remarks,
                ).format(n=f"{remarks:,}")
                _tell(done, [words, *difference_lines(found.difference)])
                write_report(done.with_suffix(".csv"), found.stage.problems(), ())
            return Brought.DONE
    except ImportRuns:
        return Brought.LATER
    except Fault as fault:
        _tell(refused, [str(fault)])
        return Brought.REFUSED


def _tell(report: Path, lines: Sequence[str]) -> None:
    report.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _refusal(settings: Settings, difference: Difference) -> str:
    if difference.grave:
        return _("Nothing was imported: the list has rows that cannot be. Each stands in the table beside this.")
    turned = difference.of(*_TURNED)
    most = settings.residents.most_changed
    if turned > _LEAST and turned * 100 > most * max(difference.rows, 1):
        return _(
            "Nothing was imported: {count} changes to what is there are more than {most} percent of the list. If they "
            "are right, import it with the command `desk import residents`."
        ).format(count=turned, most=most)
    return ""
