"""A duty roster as people write it, read into turns: a list (one line, one turn) or the usual table with people down
the side and days along the top, where each cell is a shift's name or its hours. And one line typed by hand ("1001
11-23 早班"). What cannot be read is told with its row and reason, and nothing is guessed. Pure functions."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta, tzinfo
from enum import Enum

from desk.domain.estate import Staff
from desk.domain.roster import ShiftPolicy, overlapping, post_of, span_of, turn_id_of
from desk.domain.shifts import DutyTurn


class RosterFault(Enum):
    """Why a row, a cell or a line makes no turn. The words for it belong to the ui."""

    NO_HEADING = "no_heading"  # no row has headings that a roster has
    PERSON_MISSING = "person_missing"
    PERSON_UNKNOWN = "person_unknown"
    PERSON_TWICE = "person_twice"  # two of the staff have this name: write the work number
    PERSON_LEFT = "person_left"
    DAY_MISSING = "day_missing"
    DAY_UNREADABLE = "day_unreadable"
    SHIFT_MISSING = "shift_missing"
    SHIFT_UNKNOWN = "shift_unknown"
    OVERLAPS = "overlaps"  # with another turn of the same person


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """`row` counts from 1 as the spreadsheet shows it, 0 for a line typed by hand."""

    row: int
    fault: RosterFault
    text: str = ""


@dataclass(frozen=True, slots=True)
class RosterRead:
    """`turns` by time. `days`: which days the list speaks about, whole: what stands there and is not in it is over."""

    turns: tuple[DutyTurn, ...]
    problems: tuple[RosterProblem, ...]
    days: tuple[date, ...] = ()
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """What is needed to understand a roster. `today`: which year and which week are meant."""

    staff: Sequence[Staff]
    policy: ShiftPolicy
    zone: tzinfo
    today: date


class _Column(Enum):
    WHO = "who"
    NAME = "name"
    DAY = "day"
    SHIFT = "shift"
    START = "start"
    UNTIL = "until"
    TRADE = "trade"
    AREA = "area"


_HEADINGS = {
    _Column.WHO: "工号 员工号 员工编号 坐席工号 人员 who number",
    _Column.NAME: "姓名 值班人 值班人员 员工姓名 name",
    _Column.DAY: "日期 值班日期 排班日期 day date",
    _Column.SHIFT: "班次 班别 班种 shift",
    _Column.START: "开始 开始时间 上班 上班时间 起 start from",
    _Column.UNTIL: "结束 结束时间 下班 下班时间 止 until to",
    _Column.TRADE: "工种 专业 业务 trade",
    _Column.AREA: "片区 区域 责任区 area",
}
_BY_HEADING = {heading: column for column, line in _HEADINGS.items() for heading in line.split()}
_DAY = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?(?:\D.*)?")
_HOURS = re.compile(r"(\d{1,2}):?(\d{2})\s*[-~—–至到]+\s*(?:次日|翌日)?(\d{1,2}):?(\d{2})")
_TIME = re.compile(r"(\d{1,2}):?(\d{2})(?::\d{2})?")
_NEAR_DAYS = {"今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2}
_WEEKDAYS = "一二三四五六日"
_LOOKED_AT = 15  # rows, for the headings


def read_table(rows: Iterable[tuple[int, Sequence[str]]], reading: Reading) -> RosterRead:
    """A whole sheet: (row number, texts) each."""
    lines = [(number, [_plain(text) for text in texts]) for number, texts in rows if any(t.strip() for t in texts)]
    for place, (_number, texts) in enumerate(lines[:_LOOKED_AT]):
        columns = {place: column for place, text in enumerate(texts) if (column := _column_of(text))}
        found = set(columns.values())
        if not found & {_Column.WHO, _Column.NAME}:
            continue
        if _Column.DAY in found:
            return _finished(_read_list(lines[place + 1 :], columns, reading))
        days = {p: day for p, text in enumerate(texts) if p not in columns and (day := read_day(text, reading.today))}
        if days:
            return _finished(_read_matrix(lines[place + 1 :], columns, days, reading))
    return RosterRead((), (RosterProblem(lines[0][0] if lines else 0, RosterFault.NO_HEADING),))


def read_line(line: str, reading: Reading) -> DutyTurn | RosterProblem:
    """One turn typed by hand: who, which day, which shift or hours, in whatever order; what is left is the area."""
    cells: dict[_Column, str] = {}
    rest: list[str] = []
    for word in _plain(line).split():
        if _Column.SHIFT not in cells and _is_shift(word, reading.policy):
            cells[_Column.SHIFT] = word
        elif _Column.DAY not in cells and read_day(word, reading.today):
            cells[_Column.DAY] = word
        elif _Column.WHO not in cells and not isinstance(_person(word, reading.staff), RosterFault):
            cells[_Column.WHO] = word
        else:
            rest.append(word)
    if rest and _Column.WHO not in cells:
        cells[_Column.WHO] = rest.pop(0)
    if rest and _Column.DAY not in cells:
        return RosterProblem(0, RosterFault.DAY_UNREADABLE, rest[0])
    if rest and _Column.SHIFT not in cells:
        return RosterProblem(0, RosterFault.SHIFT_UNKNOWN, rest[0])
    cells[_Column.AREA] = " ".join(rest)
    made = _turn(0, cells, reading)
    return made or RosterProblem(0, RosterFault.SHIFT_MISSING)


def read_day(text: str, today: date) -> date | None:
    """ "2026-11-23", "11/23", "11月23日(周一)", "今天", "周三" (of this week, or the next where it is past). A day
    without a year is the one that is nearest to today."""
    word = _plain(text).lower()
    if word in _NEAR_DAYS:
        return today + timedelta(days=_NEAR_DAYS[word])
    if len(word) == 2 and word[0] == "周" and word[1] in _WEEKDAYS + "天":
        wanted = _WEEKDAYS.index("日" if word[1] == "天" else word[1])
        return today + timedelta(days=(wanted - today.weekday()) % 7)
    match = _DAY.fullmatch(word)
    if match is None:
        return None
    month, day = int(match[2]), int(match[3])
    years = (int(match[1]),) if match[1] else (today.year - 1, today.year, today.year + 1)
    days = [d for year in years if (d := _date(year, month, day)) is not None]
    return min(days, key=lambda d: abs(d - today), default=None)


def read_hours(text: str) -> tuple[time, time] | None:
    """ "08:30-14:15", "0830-1415", "20:00至次日08:30"."""
    match = _HOURS.fullmatch(_plain(text))
    if match is None:
        return None
    start, until = _time(match[1], match[2]), _time(match[3], match[4])
    return (start, until) if start is not None and until is not None and start != until else None


_Made = tuple[list[DutyTurn], list[RosterProblem], set[date], set[str]]


def _read_list(lines: Sequence[tuple[int, list[str]]], columns: Mapping[int, _Column], reading: Reading) -> _Made:
    turns, problems, days, people = list[DutyTurn](), list[RosterProblem](), set[date](), set[str]()
    last_day = ""
    for number, texts in lines:
        cells = {column: texts[place] for place, column in columns.items() if place < len(texts)}
        last_day = cells[_Column.DAY] = cells.get(_Column.DAY) or last_day  # merged cells: the day stands once
        made = _turn(number, cells, reading)
        if isinstance(made, RosterProblem):
            problems.append(made)
        elif made is not None:
            turns.append(made)
        _note(cells, reading, days, people)
    return turns, problems, days, people


def _read_matrix(
    lines: Sequence[tuple[int, list[str]]],
    columns: Mapping[int, _Column],
    days: Mapping[int, date],
    reading: Reading,
) -> _Made:
    turns, problems, people = list[DutyTurn](), list[RosterProblem](), set[str]()
    for number, texts in lines:
        fixed = {column: texts[place] for place, column in columns.items() if place < len(texts)}
        filled = {place: texts[place] for place in days if place < len(texts) and texts[place]}
        if not filled:
            continue  # a weekday under the date, a remark below the table
        if all(_weekday(text) for text in filled.values()):
            continue
        person = _person_of(fixed, reading.staff)
        if isinstance(person, RosterFault):
            problems.append(RosterProblem(number, person, fixed.get(_Column.WHO) or fixed.get(_Column.NAME, "")))
            continue
        people.add(person.number)
        for place, text in filled.items():
            for part in re.split(r"[/,;+、]", text):
                cells = fixed | {_Column.DAY: days[place].isoformat(), _Column.SHIFT: part}
                made = _turn(number, cells, reading)
                if isinstance(made, RosterProblem):
                    problems.append(made)
                elif made is not None:
                    turns.append(made)
    return turns, problems, set(days.values()), people


def _note(cells: Mapping[_Column, str], reading: Reading, days: set[date], people: set[str]) -> None:
    person, day = _person_of(cells, reading.staff), read_day(cells.get(_Column.DAY, ""), reading.today)
    if isinstance(person, Staff) and day is not None:
        days.add(day)
        people.add(person.number)


def _turn(row: int, cells: Mapping[_Column, str], reading: Reading) -> DutyTurn | RosterProblem | None:
    """None: a day off."""
    who = cells.get(_Column.WHO) or cells.get(_Column.NAME, "")
    person = _person_of(cells, reading.staff)
    if isinstance(person, RosterFault):
        return RosterProblem(row, person, who)
    day_text = cells.get(_Column.DAY, "")
    day = read_day(day_text, reading.today)
    if day is None:
        fault = RosterFault.DAY_UNREADABLE if day_text else RosterFault.DAY_MISSING
        return RosterProblem(row, fault, day_text or who)
    word = cells.get(_Column.SHIFT, "").strip()
    if word.lower() in reading.policy.off_words:
        return None
    kind = reading.policy.kind_of(word) if word else None
    hours = _hours_of(cells) or read_hours(word)
    if kind is None and hours is None:
        fault = RosterFault.SHIFT_UNKNOWN if word else RosterFault.SHIFT_MISSING
        return RosterProblem(row, fault, word or who)
    start, until = hours or ((kind.start, kind.until) if kind else (time(), time()))
    begins, ends = span_of(day, start, until, reading.zone)
    post, trade, area = post_of(person.duty, kind), cells.get(_Column.TRADE, ""), cells.get(_Column.AREA, "")
    name = turn_id_of(person.number, post, begins, trade, area)
    return DutyTurn(name, person.number, post, begins, ends, trade, area)


def _hours_of(cells: Mapping[_Column, str]) -> tuple[time, time] | None:
    start, until = (_TIME.fullmatch(cells.get(column, "")) for column in (_Column.START, _Column.UNTIL))
    if start is None or until is None:
        return None
    begins, ends = _time(start[1], start[2]), _time(until[1], until[2])
    return (begins, ends) if begins is not None and ends is not None and begins != ends else None


def _finished(made: _Made) -> RosterRead:
    turns, problems, days, people = made
    several: dict[str, DutyTurn] = {turn.duty_turn_id: turn for turn in turns}
    for first, second in overlapping(several.values()):
        problems.append(RosterProblem(0, RosterFault.OVERLAPS, f"{second.who} {first.start:%m-%d %H:%M}"))
        several.pop(second.duty_turn_id, None)
    ordered = sorted(several.values(), key=lambda turn: (turn.start, turn.who))
    return RosterRead(tuple(ordered), tuple(problems), tuple(sorted(days)), frozenset(people))


def _person_of(cells: Mapping[_Column, str], staff: Sequence[Staff]) -> Staff | RosterFault:
    number, name = cells.get(_Column.WHO, "").strip(), cells.get(_Column.NAME, "").strip()
    return _person(number or name, staff)


def _person(word: str, staff: Sequence[Staff]) -> Staff | RosterFault:
    word = word.strip()
    if not word:
        return RosterFault.PERSON_MISSING
    found = [one for one in staff if one.number == word] or [one for one in staff if one.name == word]
    active = [one for one in found if one.active]
    if not found:
        return RosterFault.PERSON_UNKNOWN
    if not active:
        return RosterFault.PERSON_LEFT
    return active[0] if len(active) == 1 else RosterFault.PERSON_TWICE


def _is_shift(word: str, policy: ShiftPolicy) -> bool:
    return policy.kind_of(word) is not None or read_hours(word) is not None


def _column_of(text: str) -> _Column | None:
    return _BY_HEADING.get(re.sub(r"[\s*:]+|[(].*[)]", "", text).lower())


def _weekday(text: str) -> bool:
    bare = text.removeprefix("星期").removeprefix("周")
    return bare in (*_WEEKDAYS, "天")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time(hour: str, minute: str) -> time | None:
    if hour == "24" and minute == "00":
        return time(0, 0)
    return time(int(hour), int(minute)) if int(hour) < 24 and int(minute) < 60 else None
