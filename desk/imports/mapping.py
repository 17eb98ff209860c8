"""The mapping file: which column of a list is what, and what its words mean. TOML, checked whole; a key that is
misspelt is refused. `docs/imports.md` describes it; samples lie in resources/imports. Any thread."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from desk.domain.estate import Role
from desk.domain.import_rows import ROLES, Column, ImportRules
from desk.faults import Fault
from desk.i18n import _
from desk.imports.columns import Guess

_MOST_BYTES = 1 << 20
_SOURCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,15}")
_SINGLE = frozenset(Column) - {Column.NUMBERS, Column.TAGS}


class MappingError(Fault):
    """A mapping that cannot be used; its text names file and reason."""


@dataclass(frozen=True)
class Mapping:
    """`columns`: what -> the headings it stands under; `heading_row` 0 = found by the headings; `sheet` "" = the
    first."""

    rules: ImportRules
    columns: dict[Column, tuple[str, ...]]
    sheet: str = ""
    heading_row: int = 0
    encoding: str = ""
    fill_merged: bool = False


class _Raw(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    source: str
    estate: str = ""
    area_code: str = ""
    sheet: str = ""
    heading_row: int = 0
    encoding: str = ""
    merged_cells: Literal["refuse", "fill"] = "refuse"
    rooms: Literal["many_rows", "one_row"] = "many_rows"
    role: Role = Role.OWNER
    columns: dict[Column, str | list[str]]
    roles: dict[str, Role] = {}
    tags: dict[str, str] = {}


def read_mapping(file: Path, area_code: str = "") -> Mapping:
    """`area_code`: the office's, where the file gives none. Raises `MappingError`."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise _error(file, _("the file is too big for a mapping"))
        tree = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _error(file, _("it cannot be read ({detail})").format(detail=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise _error(file, _("the file is not text in UTF-8")) from error
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise _error(file, _("not TOML ({detail})").format(detail=error)) from error
    try:
        raw = msgspec.convert(tree, _Raw)
    except (msgspec.ValidationError, RecursionError) as error:
        raise _error(file, str(error)) from error
    return _checked(file, raw, area_code)


def _checked(file: Path, raw: _Raw, area_code: str) -> Mapping:
    if not _SOURCE.fullmatch(raw.source):
        raise _error(file, _("source: 1 to 16 of a-z, 0-9, _ and -, as in nc"))
    columns = {
        column: tuple(given) if isinstance(given, list) else (given,) for column, given in raw.columns.items() if given
    }
    for column, headings in columns.items():
        if column in _SINGLE and len(headings) > 1:
            raise _error(file, _("columns.{column}: one heading only").format(column=column.value))
    missing = missing_of(columns, raw.estate)
    if missing:
        raise _error(file, missing)
    roles = {**ROLES, **raw.roles}
    one_row = raw.rooms == "one_row"
    rules = ImportRules(raw.source, raw.estate, raw.area_code or area_code, raw.role, roles, raw.tags, one_row)
    return Mapping(rules, columns, raw.sheet, raw.heading_row, raw.encoding, raw.merged_cells == "fill")


def missing_of(columns: dict[Column, tuple[str, ...]], estate: str) -> str:
    """What no list can do without and these columns do not give, as a sentence; "" where nothing is missing."""
    if Column.PLACE not in columns and not (Column.BUILDING in columns and Column.ROOM in columns):
        return _("no column gives the home: columns.building and columns.room, or columns.place, are needed")
    if Column.ESTATE not in columns and not estate:
        return _('nothing gives the estate: columns.estate, or estate = "..." for the whole list, is needed')
    return ""


def of_guesses(guesses: Sequence[Guess], source: str, estate: str, area_code: str) -> Mapping:
    """What the guesses make. It may lack what `missing_of` says."""
    columns: dict[Column, tuple[str, ...]] = {}
    for guess in guesses:
        if guess.column is not None:
            columns[guess.column] = (*columns.get(guess.column, ()), guess.heading or guess.letter)
    return Mapping(ImportRules(source, estate, area_code), columns)


def mapping_text(mapping: Mapping, guesses: Sequence[Guess]) -> str:
    """A mapping file that says this, with the columns that are left out as remarks."""
    rules = mapping.rules
    lines = [
        f"source = {_quoted(rules.source)}",
        f"estate = {_quoted(rules.estate)}",
        f"area_code = {_quoted(rules.area_code)}",
        f"sheet = {_quoted(mapping.sheet)}",
        f'merged_cells = "{"fill" if mapping.fill_merged else "refuse"}"',
        f'rooms = "{"one_row" if rules.one_row_per_room else "many_rows"}"',
        "",
        "[columns]",
    ]
    for column, headings in mapping.columns.items():
        if column in _SINGLE:
            lines.append(f"{column.value} = {_quoted(headings[0])}")
        else:
            lines.append(f"{column.value} = [{', '.join(map(_quoted, headings))}]")
    lines += [f"# {guess.letter}: {' '.join(guess.heading.split())}" for guess in guesses if guess.column is None]
    return "\n".join([*lines, "", "[roles]", "", "[tags]", ""])


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()  # a JSON text is a TOML text


def _error(file: Path, reason: str) -> MappingError:
    return MappingError(_("Mapping {file}: {reason}.").format(file=file, reason=reason))
