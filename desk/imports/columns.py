"""Which column of a sheet is what: guessed from the headings that such lists use, and from what stands below them.
A guess is always shown with its reason and with samples, and never used without somebody's word. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from desk.domain.import_rows import Column
from desk.domain.numbers import NumberKind, read_number
from desk.domain.places import parse_place
from desk.imports.cells import SheetRow

LOOKED_AT = 30  # rows, for the heading
SAMPLES = 3
_ENOUGH = 0.6  # of the cells below must look like it
_LEAST = 3

_HEADINGS: dict[Column, tuple[str, ...]] = {
    Column.ESTATE: ("项目 项目名称 小区 小区名称 楼盘 楼盘名称 所属项目 园区 管理处 estate",),
    Column.PHASE: ("期 分期 期数 期区 组团 苑区 phase",),
    Column.AREA: ("片区 责任区 管家片区 网格 area",),
    Column.BUILDING: ("楼栋 楼栋号 楼栋名称 栋 栋号 楼号 楼幢 幢 幢号 座 座号 楼宇 楼宇名称 building",),
    Column.UNIT: ("单元 单元号 单元名称 门 梯 unit",),
    Column.ROOM: ("房号 房间号 房间 室号 室 门牌号 户号 房间编号 房屋编号 房屋号 room",),
    Column.PLACE: ("地址 房产地址 房屋地址 房产 房产名称 房产编码 房屋 房间全称 房间信息 资源名称 房屋坐落",),
    Column.NAME: ("姓名 业主姓名 客户姓名 客户名称 业主 业主名称 住户姓名 成员姓名 联系人 产权人 name",),
    Column.ROLE: ("身份 客户类型 与业主关系 关系 住户类型 角色 人员类型 客户类别 成员类型 role",),
    Column.NUMBERS: (
        "手机 手机号 手机号码 电话 电话号码 联系电话 移动电话 联系方式 固定电话 固话 备用电话 备用手机 家庭电话",
        "住宅电话 办公电话 单位电话 紧急联系电话 其他电话 phone mobile",
    ),
    Column.TAGS: ("标签 客户标签 业主标签 tags",),
    Column.NOTES: ("备注 备注信息 说明 notes",),
    Column.PERSON_KEY: ("客户编号 客户编码 客户id 业主编号 业主编码 住户编号 会员编号 成员编号",),
}
_BY_HEADING = {heading: column for column, lines in _HEADINGS.items() for line in lines for heading in line.split()}
_MANY = frozenset({Column.NUMBERS, Column.TAGS})
_WHOLE_PLACE = re.compile(r".*\d.*(?:[-#]|栋|幢|座|号楼|单元).*\d.*|[A-Za-z]座.*\d.*")


class Why(Enum):
    HEADING = "heading"
    CONTENT = "content"
    MAPPED = "mapped"  # by the mapping file


@dataclass(frozen=True, slots=True)
class Guess:
    """One column of the sheet: `letter` as the spreadsheet names it, `heading` made unique. `column` None: it is left
    out."""

    letter: str
    heading: str
    column: Column | None
    why: Why | None
    samples: tuple[str, ...]


def plain(heading: str) -> str:
    """A heading without what is only dress: width, case, spaces, stars of duty, units in brackets, a counter."""
    text = unicodedata.normalize("NFKC", heading).lower()
    text = re.sub(r"[(\[【].*?[)\]】]", "", text)
    return re.sub(r"[\s*:_]+", "", text)


def letter(place: int) -> str:
    """0 -> "A", 27 -> "AB"."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found


def headings_of(row: SheetRow) -> list[str]:
    """The headings of this row, each unique: a second 联系电话 is "联系电话 (2)"; an empty one is ""."""
    seen: dict[str, int] = {}
    found: list[str] = []
    for text in row.texts:
        heading = " ".join(text.split())
        times = seen[heading] = seen.get(heading, 0) + 1
        found.append(f"{heading} ({times})" if heading and times > 1 else heading)
    return found


def find_heading(rows: Sequence[SheetRow], wanted: Iterable[str] = ()) -> SheetRow | None:
    """The row of headings among the first of a sheet: the one with most that are wanted, else known. None: no row has
    two of them."""
    names = {plain(name) for name in wanted}

    def known(row: SheetRow) -> int:
        headings = {plain(heading) for heading in headings_of(row) if heading}
        return len(headings & names) if names else sum(_column_of(heading) is not None for heading in headings)

    best = max(rows[:LOOKED_AT], key=known, default=None)
    return best if best is not None and known(best) >= min(2, len(names) or 2) else None


def guess(headings: Sequence[str], below: Sequence[SheetRow]) -> list[Guess]:
    """What each column seems to be. `below`: some rows of the content."""
    found: list[Guess] = []
    taken: set[Column] = set()
    for place in range(max([len(headings), *(len(row.texts) for row in below)])):
        heading = headings[place] if place < len(headings) else ""
        texts = [row.texts[place] for row in below if place < len(row.texts) and row.texts[place]]
        column, why = _column_of(plain(heading)), Why.HEADING
        if column in (Column.ROOM, Column.BUILDING) and _most(texts, _is_place):
            column, why = Column.PLACE, Why.CONTENT
        if column is None and not _BY_OTHERS.search(heading) and _most(texts, _is_phone):
            column, why = Column.NUMBERS, Why.CONTENT
        if column in taken and column not in _MANY:
            column = None
        if column is not None:
            taken.add(column)
        found.append(Guess(letter(place), heading, column, why if column else None, tuple(texts[:SAMPLES])))
    return found


_BY_OTHERS = re.compile("身份证|证件|管家|物业|客服|面积|编号|编码", re.IGNORECASE)


def _column_of(heading: str) -> Column | None:
    return _BY_HEADING.get(heading) or _BY_HEADING.get(re.sub(r"\d+$", "", heading))


def _most(texts: Sequence[str], looks: Callable[[str], bool]) -> bool:
    return len(texts) >= _LEAST and sum(map(looks, texts)) >= _ENOUGH * len(texts)


def _is_phone(text: str) -> bool:
    return len(text) >= 7 and read_number(text).kind in (NumberKind.MOBILE, NumberKind.FIXED)


def _is_place(text: str) -> bool:
    return _WHOLE_PLACE.fullmatch(text) is not None and any(
        place.building and place.room for place in parse_place(text)
    )
