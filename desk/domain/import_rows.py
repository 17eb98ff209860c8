"""A line of a residents' list, read: which home, who, in which role, with which numbers. Texts of a sheet in, a
`ResidentRow` or what is wrong with it out; nothing is guessed here and nothing is dropped in silence.

What a sheet says in words (业主, 5栋, 138... / 139...) is turned into the register's own terms by the tables of the
mapping (`ImportRules`). A problem that is grave keeps the row out; the others are told and the row stands. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from desk.domain.estate import Role
from desk.domain.numbers import NumberKind, read_number
from desk.domain.places import parse_place
from desk.domain.sensitive_tags import NONE, SensitiveTags

MOST_DIGITS = 15  # of a telephone number: ITU-T E.164 section 6
LONGEST_NAME, LONGEST_NOTES = 64, 2000


class Column(Enum):
    """What a column of the sheet may be."""

    ESTATE = "estate"
    PHASE = "phase"
    AREA = "area"
    BUILDING = "building"
    UNIT = "unit"
    ROOM = "room"
    PLACE = "place"  # building, unit and room in one text
    NAME = "name"
    ROLE = "role"
    NUMBERS = "numbers"
    TAGS = "tags"
    NOTES = "notes"
    PERSON_KEY = "person_key"


class CellFault(Enum):
    """What a spreadsheet has done to a cell before anybody read it."""

    FORMULA = "formula"  # a formula whose result is not in the file
    ERROR = "error"  # #REF!, #N/A ...
    LONG_NUMBER = "long_number"  # kept as a number: digits after the fifteenth are lost
    DATE = "date"  # 5-2 has become the 2nd of May
    MERGED = "merged"  # within merged cells, not the first of them


class RowFault(Enum):
    """What may be wrong with a row."""

    CELL = "cell"  # see `Problem.cell`
    ESTATE_MISSING = "estate_missing"
    BUILDING_MISSING = "building_missing"
    ROOM_MISSING = "room_missing"
    PLACE_UNREADABLE = "place_unreadable"
    NAME_LONG = "name_long"
    NOTES_LONG = "notes_long"
    ROLE_UNKNOWN = "role_unknown"
    ROLE_DIFFERS = "role_differs"  # from the one in `other_row`, of the same person and home
    NUMBER_LONG = "number_long"
    NUMBER_UNREAD = "number_unread"  # told; imported all the same
    ROW_TWICE = "row_twice"  # told; says the same as `other_row`
    ROOM_TWICE = "room_twice"  # where a list has one row for each room
    TAG_KEPT_BACK = "tag_kept_back"  # told; not everybody may read it, and who imports may not write it
    PHASE_NEEDED = "phase_needed"  # several phases have this building
    UNREADABLE = "unreadable"  # the file itself ends or breaks here
    # Of a staff list:
    WORK_NUMBER = "work_number"  # missing, or nothing that a work number looks like
    WORK_NUMBER_TWICE = "work_number_twice"  # it stood in `other_row` already
    STAFF_NAME_MISSING = "staff_name_missing"
    DUTY_UNKNOWN = "duty_unknown"
    AT_WORK_UNKNOWN = "at_work_unknown"
    AREA_UNKNOWN = "area_unknown"  # told; no building is in this area


TOLD_ONLY = frozenset({RowFault.NUMBER_UNREAD, RowFault.ROW_TWICE, RowFault.AREA_UNKNOWN, RowFault.TAG_KEPT_BACK})


@dataclass(frozen=True, slots=True)
class Problem:
    """`row` as the spreadsheet counts (from 1), 0 = the file; `column` its heading, "" = the row as a whole; `value`
    what stands there, shortened."""

    row: int
    column: str
    fault: RowFault
    value: str = ""
    cell: CellFault | None = None
    other_row: int = 0

    @property
    def grave(self) -> bool:
        return self.fault not in TOLD_ONLY


@dataclass(frozen=True, slots=True)
class ImportedNumber:
    raw: str
    lookup_key: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ResidentRow:
    """One row that can be imported. `building`, `unit`, `room` are codes ("5", "2", "203"); `building_name` as it
    stands on the building. `name` "" = an empty home, whose numbers are the household's own."""

    row: int
    estate: str
    phase: str
    building: str
    building_name: str
    unit: str
    room: str
    area: str = ""
    name: str = ""
    role: Role = Role.OWNER
    numbers: tuple[ImportedNumber, ...] = ()
    tags: tuple[str, ...] = ()
    notes: str = ""
    person_key: str = ""

    @property
    def place_code(self) -> str:
        return "-".join((self.building, self.unit, self.room))


@dataclass(frozen=True)
class ImportRules:
    """How this list's words are meant. `source`: whose list it is, part of the author of its changes. `estate`: of rows
    that name none. `roles`, `tags`: the list's word -> ours; a tag without an entry stays as it is.
    `sensitive`: tags that not everybody may read; `takes_sensitive`: those whose changes are sent may write them."""

    source: str
    estate: str = ""
    area_code: str = ""
    role: Role = Role.OWNER  # of rows that say nothing
    roles: Mapping[str, Role] = field(default_factory=lambda: ROLES)
    tags: Mapping[str, str] = field(default_factory=dict)
    one_row_per_room: bool = False
    sensitive: SensitiveTags = NONE
    takes_sensitive: bool = True


# The words that such lists use.
ROLES: Mapping[str, Role] = {
    word: role
    for role, words in {
        Role.OWNER: ("业主", "产权人", "户主", "房主", "房东", "主业主", "共有人", "业权人", "owner"),
        Role.FAMILY: (
            *(
                "家属",
                "家庭成员",
                "亲属",
                "配偶",
                "夫妻",
                "子女",
                "父母",
                "儿子",
                "女儿",
                "父亲",
                "母亲",
                "丈夫",
                "妻子",
            ),
            *("同住人", "成员", "family"),
        ),
        Role.TENANT: ("租户", "租客", "承租人", "租赁户", "租住", "住户", "使用人", "tenant"),
        Role.SHOP: ("商铺", "商户", "商家", "店铺", "店主", "经营户", "shop"),
    }.items()
    for word in words
}
NO_NUMBER = frozenset({"", "0", "-", "/", "无", "没有", "空", "暂无", "未提供", "不详", "none", "null", "n/a"})

_NUMBERS_APART = re.compile(r"[、，,;；/|\r\n]+|(?<=\d{7})\s+(?=\+?\d{7})")
_TAGS_APART = re.compile(r"[、，,;；/|\r\n]+")
_LABELLED = re.compile(r"(.*?)\s*[(（]([^()（）]{1,32})[)）]\s*")
_BUILDING_WORD = re.compile(r"(?:号楼|栋|幢|座|楼|#)$")
_UNIT_WORD = re.compile(r"(?:单元|门|梯)$")
_ROOM_WORD = re.compile(r"(?:号房|室|房|号|户)$")
_NUMERALS = re.compile(r"[零〇一二三四五六七八九十百两]+")

Cells = Mapping[Column, Sequence[tuple[str, str]]]  # column -> (heading, text) of each that is mapped to it


def read_row(row: int, cells: Cells, rules: ImportRules) -> tuple[ResidentRow | None, list[Problem]]:
    """The row, None where it cannot be imported or is empty; and what is to be told of it."""
    reader = _Reader(row, cells, rules)
    found = reader.read()
    if reader.problems and any(problem.grave for problem in reader.problems):
        return None, reader.problems
    return found, reader.problems


class _Reader:
    """One row being read; gathers its problems."""

    def __init__(self, row: int, cells: Cells, rules: ImportRules) -> None:
        self.row, self.cells, self.rules = row, cells, rules
        self.problems: list[Problem] = []

    def read(self) -> ResidentRow:
        estate = self._text(Column.ESTATE) or self.rules.estate
        if not estate:
            self._problem(RowFault.ESTATE_MISSING, Column.ESTATE)
        building, building_name, unit, room = self._place()
        return ResidentRow(
            self.row,
            estate,
            self._text(Column.PHASE),
            building,
            building_name,
            unit,
            room,
            self._text(Column.AREA),
            self._short(Column.NAME, LONGEST_NAME, RowFault.NAME_LONG),
            self._role(),
            self._numbers(),
            self._tags(),
            self._short(Column.NOTES, LONGEST_NOTES, RowFault.NOTES_LONG),
            self._text(Column.PERSON_KEY),
        )

    def _problem(self, fault: RowFault, column: Column, value: str = "", heading: str = "") -> None:
        first = self.cells.get(column)
        self.problems.append(Problem(self.row, heading or (first[0][0] if first else ""), fault, value[:40]))

    def _text(self, column: Column) -> str:
        """The first that says something."""
        for _heading, text in self.cells.get(column, ()):
            if text:
                return text
        return ""

    def _short(self, column: Column, most: int, fault: RowFault) -> str:
        text = self._text(column)
        if len(text) > most:
            self._problem(fault, column, text)
        return text

    def _place(self) -> tuple[str, str, str, str]:
        name = self._text(Column.BUILDING)
        building, unit, room = (
            building_code(name),
            unit_code(self._text(Column.UNIT)),
            room_code(self._text(Column.ROOM)),
        )
        whole = self._text(Column.PLACE)
        if whole and not (building and room):
            spoken = next((place for place in parse_place(whole) if place.building and place.room), None)
            if spoken is None:
                self._problem(RowFault.PLACE_UNREADABLE, Column.PLACE, whole)
                return "", "", "", ""
            building, unit, room = building or spoken.building.upper(), unit or spoken.unit, spoken.room.upper()
        if not building:
            self._problem(RowFault.BUILDING_MISSING, Column.BUILDING)
        elif not room:
            self._problem(RowFault.ROOM_MISSING, Column.ROOM)
        return building, name if name != building else "", unit, room

    def _role(self) -> Role:
        text = self._text(Column.ROLE)
        if not text:
            return self.rules.role
        role = self.rules.roles.get(text) or self.rules.roles.get(text.lower())
        if role is None:
            self._problem(RowFault.ROLE_UNKNOWN, Column.ROLE, text)
            return self.rules.role
        return role

    def _numbers(self) -> tuple[ImportedNumber, ...]:
        found: dict[str, ImportedNumber] = {}
        for heading, cell in self.cells.get(Column.NUMBERS, ()):
            for part in _NUMBERS_APART.split(cell) if not cell.isdigit() else (cell,):
                text, label = _label_of(part.strip())
                if text.lower() in NO_NUMBER or not text.strip("0"):
                    continue
                number = self._number(text, label, heading)
                if number is not None:
                    found.setdefault(f"{number.lookup_key} {number.raw if not number.lookup_key else ''}", number)
        return tuple(found.values())

    def _number(self, text: str, label: str, heading: str) -> ImportedNumber | None:
        digits = sum(character.isdigit() for character in text)
        read = read_number(text, self.rules.area_code)
        if digits - len(read.extension) > MOST_DIGITS:
            self._problem(RowFault.NUMBER_LONG, Column.NUMBERS, text, heading)
            return None
        if read.kind is NumberKind.WITHHELD:
            return None
        if read.kind is NumberKind.UNKNOWN:
            self._problem(RowFault.NUMBER_UNREAD, Column.NUMBERS, text, heading)
        return ImportedNumber(text, read.key, label)

    def _tags(self) -> tuple[str, ...]:
        given = (part.strip() for _heading, text in self.cells.get(Column.TAGS, ()) for part in _TAGS_APART.split(text))
        return tuple(dict.fromkeys(self.rules.tags.get(part, part) for part in given if part))


def _label_of(text: str) -> tuple[str, str]:
    """138...(李女士): the number and whose it is."""
    found = _LABELLED.fullmatch(text) if text[-1:] in ")）" else None
    return (found[1], found[2].strip()) if found and any(map(str.isdigit, found[1])) else (text, "")


def building_code(text: str) -> str:
    """ "5栋", "5号楼", "05#" -> "5"; "A座" -> "A"; "五栋" -> "5"; else as it stands."""
    return _code(text, _BUILDING_WORD)


def unit_code(text: str) -> str:
    return _code(text, _UNIT_WORD)


def room_code(text: str) -> str:
    """ "203室" -> "203"; zeros in front stay: 0203 is another door than 203 where both are."""
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    return _ROOM_WORD.sub("", plain) if plain else ""


def _code(text: str, word: re.Pattern[str]) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    code = word.sub("", plain).strip(" -")
    if code.isdecimal():
        return code.lstrip("0") or code
    if code and _NUMERALS.fullmatch(code):
        spoken = parse_place(f"{code}栋")
        return spoken[0].building if spoken and spoken[0].building else code
    return code
