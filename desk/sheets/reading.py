"""Scoring sheets read from files: one TOML file, one sheet, checked whole. A mistake is a `SheetError` with line and
reason, and a folder with one bad sheet is refused as a whole: nobody shall score by half a sheet. Sample rules stand in
`samples.toml` beside them. Any thread, off the ui's: reads files."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from desk.domain.sheets import Band, Fatal, Question, Section, Sheet
from desk.i18n import _
from desk.sheets.checks import NAME, problem
from desk.sheets.places import Place, at
from desk.sheets.raw import RawFatal, RawQuestion, RawSamples, RawSection, RawSheet
from desk.usecases.draw_samples import SampleRule

SAMPLES = "samples.toml"
FORMER = "former"
_MOST_BYTES = 1 << 20


class SheetError(Exception):
    """A sheet that cannot be used. `line` is 1-based, 0 where no single line is to blame."""

    def __init__(self, file: Path, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}" if line else f"{file}: {reason}")
        self.file, self.line, self.reason = file, line, reason


def read_sheets(folder: Path) -> list[Sheet]:
    """All sheets of this folder, in the order of their file names. Raises `SheetError`."""
    files = sorted(file for file in _listed(folder) if file.name != SAMPLES)
    if not files:
        raise SheetError(folder, 0, _("the folder holds no scoring sheet (*.toml)"))
    sheets: list[Sheet] = []
    for file in files:
        sheet = read_sheet(file)
        if any(sheet.sheet_id == other.sheet_id for other in sheets):
            raise SheetError(file, at("id").line(_text(file)), _("another sheet has the same id"))
        sheets.append(sheet)
    return sheets


def read_former(folder: Path) -> list[Sheet]:
    """Earlier versions of these sheets, in the folder "former" within it, by which older scores are read; none where
    there is no such folder. Raises `SheetError`."""
    if not (folder / FORMER).is_dir():
        return []
    known = {(sheet.sheet_id, sheet.version) for sheet in read_sheets(folder)}
    sheets: list[Sheet] = []
    for file in sorted(_listed(folder / FORMER)):
        sheet = read_sheet(file)
        if (sheet.sheet_id, sheet.version) in known:
            raise SheetError(file, at("version").line(_text(file)), _("another sheet has the same id and version"))
        known.add((sheet.sheet_id, sheet.version))
        sheets.append(sheet)
    return sheets


def read_sheet(file: Path) -> Sheet:
    """The sheet in this file. Raises `SheetError`."""
    text = _text(file)
    raw = _converted(file, text, RawSheet)
    found = problem(raw)
    if found is not None:
        place, reason = found
        raise SheetError(file, place.line(text), reason)
    return Sheet(
        raw.id,
        raw.version,
        raw.title,
        tuple(
            Section(section.id, section.title, tuple(map(_question, section.question)), section.weight)
            for section in raw.section
        ),
        tuple(Fatal(fatal.id, fatal.text, fatal.fact, fatal.above) for fatal in raw.fatal),
        frozenset(raw.kinds),
        raw.passed,
    )


def read_sample_rules(folder: Path) -> tuple[SampleRule, ...]:
    """The rules of `samples.toml`; none where there is no such file. Raises `SheetError`."""
    file = folder / SAMPLES
    if not file.exists():
        return ()
    text = _text(file)
    rules: tuple[SampleRule, ...] = _converted(file, text, RawSamples).rule
    for number, rule in enumerate(rules):
        if not NAME.fullmatch(rule.name) or rule.name in {other.name for other in rules[:number]}:
            reason = _("a name of its own is needed: small letters a-z, digits and _")
            raise SheetError(file, at("name", ("rule", number)).line(text), reason)
        if rule.share < 1:
            reason = _("a rule draws at least one call")
            raise SheetError(file, at("share", ("rule", number)).line(text), reason)
    return rules


def _question(raw: RawQuestion) -> Question:
    bands = tuple(Band(most, points) for most, points in raw.bands)
    return Question(raw.id, raw.text, raw.weight, raw.scale, raw.fact, bands)


def _converted(file: Path, text: str, kind: type[Any]) -> Any:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+)", str(error))
        reason = _("not TOML ({detail})").format(detail=str(error).partition(" (at ")[0])
        raise SheetError(file, int(at[1]) if at else len(text.splitlines()), reason) from error
    except (RecursionError, ValueError) as error:
        raise SheetError(file, 0, _("not TOML ({detail})").format(detail=type(error).__name__)) from error
    return _checked(file, text, tree, kind, ())


_BELOW: dict[type, dict[str, type]] = {
    RawSheet: {"section": RawSection, "fatal": RawFatal},
    RawSection: {"question": RawQuestion},
    RawSamples: {"rule": SampleRule},
}


def _checked(file: Path, text: str, tree: Any, kind: type[Any], path: tuple[tuple[str, int], ...]) -> Any:
    """This table as its type, the tables in it first, so that a mistake is told where it stands. A key that is
    misspelt must not be silently without effect."""
    for key, value in tree.items() if isinstance(tree, dict) else ():
        if key not in kind.__annotations__:
            reason = _("there is nothing called {key} here").format(key=repr(str(key)[:40]))
            raise SheetError(file, Place(str(key), path).line(text), reason)
        below = _BELOW.get(kind, {}).get(key)
        for number, part in enumerate(value if below and isinstance(value, list) else ()):
            _checked(file, text, part, below or kind, (*path, (key, number)))
    try:
        return msgspec.convert(tree, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        detail, _sep, where = str(error).partition(" - at ")
        key = found[1] if (found := re.search(r"\$\.(\w+)", where)) else _named(detail)
        reason = _("{key} has the wrong kind of value ({detail})").format(key=key or "-", detail=detail)
        raise SheetError(file, Place(key, path).line(text), reason) from error


def _named(detail: str) -> str:
    """The key in "Object missing required field `text`"."""
    found = re.search(r"`(\w+)`$", detail)
    return found[1] if found else ""


def _listed(folder: Path) -> Sequence[Path]:
    try:
        return [file for file in folder.iterdir() if file.suffix == ".toml" and file.is_file()]
    except OSError as error:
        raise SheetError(folder, 0, _("the folder cannot be read ({detail})").format(detail=error.strerror)) from error


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise SheetError(file, 0, _("the file is too big for a sheet"))
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError(file, 0, _("the file is not text in UTF-8")) from error
    except OSError as error:
        raise SheetError(file, 0, _("the file cannot be read ({detail})").format(detail=error.strerror)) from error
