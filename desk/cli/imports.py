"""The words about data that comes in and goes out: `desk import residents`, `desk import staff`, `desk export tickets`.
What they do stands in `desk.compose`, loaded when it is asked for. Main thread."""

import argparse
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from desk import exit_codes
from desk.cli import floor
from desk.cli.reading import load
from desk.i18n import _

if TYPE_CHECKING:
    from desk.compose.imports import Compared
    from desk.imports.mapping import Mapping
    from desk.settings import Settings

    Words = argparse._SubParsersAction[argparse.ArgumentParser]

SHOWN = 20  # of each kind; all of them are in the report


def add_words(words: "Words") -> None:
    importing = words.add_parser("import", help="take residents, staff and more from another system's list")
    kinds = importing.add_subparsers(metavar="WHAT", required=True)
    residents = kinds.add_parser("residents", help="a list of residents: .xlsx, .xls, .xlsb, .ods or .csv")
    residents.add_argument("file", type=Path)
    residents.add_argument("--mapping", type=Path, metavar="FILE", help="which column is what (see docs/imports.md)")
    residents.add_argument("--write-mapping", type=Path, metavar="FILE", help="write the guessed mapping and stop")
    residents.add_argument("--accept-guesses", action="store_true", help="import by the guesses, without a mapping")
    residents.add_argument("--estate", default="", metavar="NAME", help="of a list that names none")
    residents.add_argument("--sheet", default="", help="of a workbook (default: the first)")
    residents.add_argument("--dry-run", action="store_true", help="only tell what would change")
    residents.add_argument("--report", type=Path, metavar="FILE.csv", help="write every problem and every difference")
    residents.add_argument("--leave-out-bad-rows", action="store_true", help="import the others all the same")
    residents.add_argument("--end-missing", action="store_true", help="end what this list brought once and has no more")
    residents.add_argument("--yes", action="store_true", help="do not ask")
    residents.set_defaults(run=_residents)
    staff = kinds.add_parser("staff", help="the hotline's own people: .xlsx, .xls, .ods or .csv")
    staff.add_argument("file", type=Path)
    staff.add_argument("--sheet", default="", help="of a workbook (default: the first)")
    staff.add_argument("--dry-run", action="store_true", help="only tell what would change")
    staff.add_argument("--report", type=Path, metavar="FILE.csv", help="write every problem and every difference")
    staff.add_argument("--end-missing", action="store_true", help="who is not in the list does not work here any more")
    staff.add_argument("--yes", action="store_true", help="do not ask")
    staff.set_defaults(run=_staff)
    tags = kinds.add_parser("tags", help="move tags that not everybody may read from where everybody reads them")
    tags.set_defaults(run=_tags)
    floor.add_kinds(kinds)

    exporting = words.add_parser("export", help="give data to other systems")
    what = exporting.add_subparsers(metavar="WHAT", required=True)
    tickets = what.add_parser("tickets", help="tickets as CSV or JSON")
    tickets.add_argument("file", type=Path, nargs="?", help="where to (default: standard output)")
    tickets.add_argument("--format", choices=("csv", "json"), default="csv", help="json: one object a line")
    tickets.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="registered from yyyy-mm-dd on")
    tickets.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="registered up to yyyy-mm-dd")
    tickets.add_argument("--open", action="store_true", help="only those that are not closed")
    tickets.set_defaults(run=_tickets)
    hook = what.add_parser("hook", help="what the ticket hook has still to tell, and why")
    hook.add_argument("--retry", action="store_true", help="try at once what failed")
    hook.set_defaults(run=_hook)


def _residents(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import imports
    from desk.compose.supervisors import only_supervisors
    from desk.secrets import KeyringSecrets
    from desk.store.import_stage import ImportRuns
    from desk.store.store import Store

    settings = load(file)
    mapping = _mapping(arguments, settings)
    if isinstance(mapping, int):
        return mapping
    if arguments.end_missing and arguments.leave_out_bad_rows:
        return _refuse(_("--end-missing needs a list without bad rows: whoever stands in one would be ended."))
    store = Store.open(settings.store_file, KeyringSecrets())
    try:
        if not arguments.dry_run:
            only_supervisors(settings, store)
        if imports.finish_unfinished(store, _progress(_("carried on: {count}"))) is not None:
            print(_("An earlier import had been cut off; it is finished now."))
        with imports.compared(
            store, settings, arguments.file, mapping, arguments.end_missing, _two_steps()
        ) as compared:
            return _decide(arguments, compared)
    except ImportRuns:
        return _refuse(_("Another import is under way at this seat. Wait until it has ended."))
    finally:
        store.close()


def _staff(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose.staff_import import Wish, staff

    wish = Wish(
        file=arguments.file,
        asked=lambda question: arguments.yes or _asked(question),
        sheet=arguments.sheet,
        dry_run=arguments.dry_run,
        ending=arguments.end_missing,
        report=arguments.report,
    )
    return staff(load(file), wish)


def _tags(_arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import sensitive_tags

    return sensitive_tags.run(load(file), print)


def _mapping(arguments: argparse.Namespace, settings: "Settings") -> "Mapping | int":
    """Shown before it is used. A number: nothing is to be imported by it yet, and the command ends with it."""
    from desk.imports.mapping import mapping_text, missing_of, of_guesses, read_mapping
    from desk.imports.reading import look_at, mapped
    from desk.imports.report import guess_lines

    area_code = settings.dial.area_code or settings.line.area_code
    if arguments.mapping:
        mapping = read_mapping(arguments.mapping, area_code)
        rules = replace(mapping.rules, estate=arguments.estate or mapping.rules.estate)
        mapping = replace(mapping, rules=rules, sheet=arguments.sheet or mapping.sheet)
        guesses = mapped(arguments.file, mapping)
    else:
        guesses = look_at(arguments.file, arguments.sheet)
        mapping = replace(of_guesses(guesses, "list", arguments.estate, area_code), sheet=arguments.sheet)
    print(_("Columns of {file}:").format(file=arguments.file.name))
    _print(guess_lines(guesses))
    if arguments.write_mapping:
        arguments.write_mapping.write_text(mapping_text(mapping, guesses), encoding="utf-8")
        print(_("Written to {file}. Look it over, then import with --mapping.").format(file=arguments.write_mapping))
        return exit_codes.OK
    lacking = missing_of(mapping.columns, mapping.rules.estate)
    if lacking:
        return _refuse(f"{lacking}.")
    if not (arguments.mapping or arguments.accept_guesses or arguments.dry_run):
        return _refuse(
            _("These are guesses. Keep them with --write-mapping FILE, or import by them with --accept-guesses.")
        )
    return mapping


def _decide(arguments: argparse.Namespace, compared: "Compared") -> int:
    from desk.domain.import_plan import DONE, Outcome
    from desk.imports.report import difference_lines, planned_line, problem_line, write_report

    difference, stage = compared.difference, compared.stage
    _print(map(problem_line, stage.problems(SHOWN)))
    if difference.grave + difference.told > SHOWN:
        count = _more(difference.grave + difference.told)
        print(_("  ... and {count} more; --report FILE.csv has all.").format(count=count))
    for outcome in (Outcome.CHANGED, Outcome.ENDED, Outcome.MISSING, Outcome.KEPT):
        _print(map(planned_line, stage.planned((outcome,), SHOWN)))
        if difference.of(outcome) > SHOWN:
            print(_("  ... and {count} more; --report FILE.csv has all.").format(count=_more(difference.of(outcome))))
    _print(difference_lines(difference))
    if arguments.report:
        write_report(arguments.report, stage.problems(), stage.planned(tuple(Outcome)))
        print(_("Report: {file}").format(file=arguments.report))
    if difference.grave and not arguments.leave_out_bad_rows:
        return _refuse(_("Nothing was imported. Correct the rows, or leave them out with --leave-out-bad-rows."))
    if arguments.dry_run:
        print(_("This was a dry run; nothing was changed."))
        return exit_codes.OK
    if not difference.of(*DONE):
        print(_("There is nothing to import."))
        return exit_codes.OK
    if not (arguments.yes or _asked(_("Import this? [y/N] "))):
        print(_("Nothing was changed."))
        return exit_codes.OK
    done = compared.carry_out(_progress(_("written: {count}")))
    print(_("Imported.") if done else _("Cut off; the seat goes on with it by itself."))
    return exit_codes.OK


def _tickets(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import tickets_out
    from desk.compose.supervisors import only_supervisors
    from desk.secrets import KeyringSecrets
    from desk.store.store import Store

    settings = load(file)
    store = Store.open(settings.store_file, KeyringSecrets())
    try:
        only_supervisors(settings, store)
        choice = tickets_out.Choice(arguments.since, arguments.until, arguments.open)
        count = tickets_out.export(store, settings, choice, arguments.format, arguments.file)
    finally:
        store.close()
    if arguments.file:
        print(_("{count} tickets in {file}").format(count=f"{count:,}", file=arguments.file))
    return exit_codes.OK


def _hook(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import tickets_out

    return tickets_out.hook_state(load(file), arguments.retry, print)


def _asked(question: str) -> bool:
    if not sys.stdin.isatty():
        print(_("Nobody can be asked here: say --yes to import."), file=sys.stderr)
        return False
    return input(question).strip().lower() in ("y", "yes", "是")


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return exit_codes.FAULT


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _more(count: int) -> str:
    return f"{count - SHOWN:,}"


def _progress(text: str) -> Callable[[int], None]:
    """Where somebody looks on: a line that is written over."""

    def tell(count: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{text.format(count=f'{count:,}')}    ", end="", file=sys.stderr, flush=True)

    return tell


def _two_steps() -> Callable[[str, int], None]:
    read, compare = _progress(_("rows read: {count}")), _progress(_("rows compared: {count}"))
    return lambda what, rows: read(rows) if what == "read" else compare(rows)
