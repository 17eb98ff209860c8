"""Appointment windows as agents type them: "明天上午", "今天 14-16", "1123 9-11", "周三下午3点半", "mtsw".

`read_window` turns such a text into a `Window`, `show_window` says a window in full, and what it says can be read
again. The surprising choices: hours before seven without a part of the day are taken as afternoon (nobody visits a
home at three in the morning, and the window is shown back in full), a time that is over today means tomorrow unless
the day was said, and with the IME off the initials jt, mt, ht and sw, xw, ws stand for the day and its part.
Plain Python, any thread; knows no clock: `now` and `zone` are arguments."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from desk.domain.tickets import Window
from desk.i18n import _

# part of the day -> (first hour, last hour, hours up to this one are meant twelve later)
PARTS: dict[str, tuple[int, int, int]] = {
    "early": (8, 10, 0),
    "morning": (9, 12, 0),
    "noon": (12, 14, 3),
    "afternoon": (14, 18, 11),
    "evening": (18, 20, 11),
    "all_day": (9, 18, 0),
}
PART_WORDS: dict[str, str] = {
    "早上": "early", "早晨": "early", "清早": "early", "zs": "early",
    "上午": "morning", "sw": "morning", "am": "morning", "morning": "morning",
    "中午": "noon", "zw": "noon", "noon": "noon",
    "下午": "afternoon", "xw": "afternoon", "pm": "afternoon", "afternoon": "afternoon",
    "晚上": "evening", "傍晚": "evening", "ws": "evening", "evening": "evening",
    "全天": "all_day", "一天": "all_day", "qt": "all_day", "allday": "all_day",
}  # fmt: skip
DAY_WORDS: dict[str, int] = {
    "大后天": 3, "dht": 3, "后天": 2, "ht": 2, "明天": 1, "明日": 1, "mt": 1, "tomorrow": 1,
    "今天": 0, "今日": 0, "jt": 0, "today": 0,
}  # fmt: skip
SHORT_WORDS: dict[str, str] = {"今晚": "今天晚上", "明晚": "明天晚上", "明早": "明天早上", "后晚": "后天晚上"}
WEEKDAYS = "一二三四五六日"
WEEKDAYS_EN = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ASSUMED_AFTERNOON_BEFORE = 7
ONE_TIME_LASTS = timedelta(hours=1)
LONGEST_TEXT = 60

_DAY = re.compile("|".join(sorted(DAY_WORDS, key=len, reverse=True)))
_PART = re.compile("|".join(sorted(PART_WORDS, key=len, reverse=True)))
_WEEK = re.compile(r"(下下|下|本|这)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天1-7])")
_WEEK_EN = re.compile(r"(next )?(mon|tue|wed|thu|fri|sat|sun)[a-z]*")
_FULL_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
_DATE = re.compile(r"(\d{1,2})月(\d{1,2})[日号]?|(\d{1,2})[/.](\d{1,2})(?!\d)|(\d{2})(\d{2})(?![\d:])")
_DASH_DATE = re.compile(r"(\d{1,2})-(\d{1,2})(?=\s+\S)")
_MONTH_DAY = re.compile(r"(\d{1,2})[日号]")
_HOUR = r"(\d{1,2})(?::(\d{2}))?"
_TIMES = re.compile(rf"{_HOUR}(?:\s*-\s*{_HOUR})?")


@dataclass(frozen=True, slots=True)
class _Day:
    date: date
    said: bool


def read_window(text: str, now: datetime, zone: tzinfo) -> Window | None:
    """The window that this text means at `now` (aware) in the office's `zone`; None where it means none. Never
    raises. A window may lie in the past when the day was said: that is for the reader to see and refuse."""
    rest = _plain(text)
    if not rest or len(rest) > LONGEST_TEXT:
        return None
    today = now.astimezone(zone).date()
    try:
        for read_day in _DAY_READERS:
            found = read_day(rest, today)
            if found is not None:
                day, after = found
                return _read_hours(after, _Day(day, said=True), now, zone)
        return _read_hours(rest, _Day(today, said=False), now, zone)
    except (ValueError, OverflowError):  # a 31st of February, a 25th hour
        return None


def show_window(window: Window, zone: tzinfo, now: datetime | None = None) -> str:
    """The window in full: "11月23日 周一 09:00-11:00", led by the day's name where it is near to `now`."""
    start, until = window.start.astimezone(zone), window.until.astimezone(zone)
    last = until.strftime("%H:%M")
    if until.date() != start.date():
        midnight = until.hour == until.minute == 0 and until.date() == start.date() + timedelta(days=1)
        last = "24:00" if midnight else f"{_show_date(until.date(), now, zone)} {last}"
    return f"{_show_date(start.date(), now, zone)} {start:%H:%M}-{last}"


def is_over(window: Window, now: datetime) -> bool:
    return window.until <= now


def _show_date(day: date, now: datetime | None, zone: tzinfo) -> str:
    weekday = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))[day.weekday()]
    today = now.astimezone(zone).date() if now is not None else None
    if today is None or day.year != today.year:
        return f"{day:%Y-%m-%d} {weekday}"
    shown = _("{month}/{day} {weekday}").format(month=day.month, day=day.day, weekday=weekday)
    near = {0: _("today"), 1: _("tomorrow")}.get((day - today).days)
    return f"{near} {shown}" if near else shown


def _plain(text: str) -> str:
    """One spelling for all: half width, lower case, one kind of dash, "9点半" as 9:30."""
    plain = unicodedata.normalize("NFKC", text).lower().strip()
    for short, long in SHORT_WORDS.items():
        plain = plain.replace(short, long)
    plain = re.sub(r"\s*(?:[~—–－―]+|到|至|\bto\b)\s*", "-", plain)
    plain = re.sub(r"(\d)[点时]半", r"\1:30", plain)
    plain = re.sub(r"(\d)[点时](\d{1,2})分?", lambda m: f"{m[1]}:{int(m[2]):02d}", plain)
    plain = re.sub(r"(\d)[点时]整?", r"\1:00", plain)
    return re.sub(r"[\s,，、]+", " ", plain)


_Found = tuple[date, str] | None


def _read_day_word(text: str, today: date) -> _Found:
    match = _DAY.match(text)
    if match is None:
        return None
    rest = text[match.end() :].strip()
    dated = _read_full_date(rest, today) or _read_date(rest, today)  # "today 11/21 Sat 14:00-16:00", as shown
    if dated is not None:
        return dated
    return today + timedelta(days=DAY_WORDS[match[0]]), rest


def _read_weekday(text: str, today: date) -> _Found:
    if match := _WEEK.match(text):
        which, name = match[1] or "", match[2].replace("天", "日")
        weekday = int(name) - 1 if name.isdigit() else WEEKDAYS.index(name)
        weeks = {"下": 1, "下下": 2, "本": 0, "这": 0}.get(which)
    elif match := _WEEK_EN.match(text):
        weekday, weeks = WEEKDAYS_EN.index(match[2]), 1 if match[1] else None
    else:
        return None
    if weeks is None:  # the next such day, today included
        day = today + timedelta(days=(weekday - today.weekday()) % 7)
    else:
        day = today + timedelta(days=weekday - today.weekday() + 7 * weeks)
    return day, text[match.end() :].strip()


def _read_full_date(text: str, today: date) -> _Found:
    match = _FULL_DATE.match(text)
    if match is None:
        return None
    return date(int(match[1]), int(match[2]), int(match[3])), _without_weekday(text[match.end() :], today)


def _read_date(text: str, today: date) -> _Found:
    match = _DATE.match(text) or _DASH_DATE.match(text)
    if match is None:
        return _read_day_of_month(text, today)
    month, day = (int(group) for group in match.groups() if group is not None)
    found = date(today.year, month, day)
    if found < today - timedelta(days=31):  # in December "0105" is next year's; last week's date is a slip to be shown
        found = date(today.year + 1, month, day)
    return found, _without_weekday(text[match.end() :], today)


def _read_day_of_month(text: str, today: date) -> _Found:
    match = _MONTH_DAY.match(text)
    if match is None:
        return None
    found = today.replace(day=int(match[1]))
    if found < today:
        following = today.replace(day=1) + timedelta(days=32)
        found = following.replace(day=int(match[1]))
    return found, _without_weekday(text[match.end() :], today)


def _without_weekday(text: str, today: date) -> str:
    """A date may be followed by its weekday; the date is believed."""
    rest = text.strip()
    found = _read_weekday(rest, today)
    return found[1] if found is not None else rest


_DAY_READERS: tuple[Callable[[str, date], _Found], ...] = (
    _read_day_word,
    _read_weekday,
    _read_full_date,
    _read_date,
)


def _read_hours(text: str, day: _Day, now: datetime, zone: tzinfo) -> Window | None:
    part = ""
    rest = text.strip()
    if match := _PART.match(rest):
        part, rest = PART_WORDS[match[0]], rest[match.end() :].strip()
    if not rest:
        if not part and not day.said:
            return None
        first, last, _twelve = PARTS[part or "all_day"]
        minutes: tuple[int, int | None] = (first * 60, last * 60)
    else:
        match = _TIMES.fullmatch(rest)
        if match is None:
            return None
        minutes = _minutes(match, part)
    window = _window(day.date, minutes, zone)
    if window is not None and not day.said and is_over(window, now):
        return _window(day.date + timedelta(days=1), minutes, zone)
    return window


def _minutes(match: re.Match[str], part: str) -> tuple[int, int | None]:
    """Minutes of the day: from, until (None = an hour later)."""
    exact = match[2] is not None and len(match[1]) == 2  # "03:00" is meant as it stands
    limit = PARTS[part][2] if part else (0 if exact else ASSUMED_AFTERNOON_BEFORE - 1)
    start = _minute(match[1], match[2])
    if start < (limit + 1) * 60 and limit:
        start += 12 * 60
    if match[3] is None:
        return start, None
    until = _minute(match[3], match[4])
    if until <= start and until <= 12 * 60:
        until += 12 * 60
    return start, until


def _minute(hour: str, minute: str | None) -> int:
    value = int(hour) * 60 + int(minute or 0)
    if value > 24 * 60 or int(minute or 0) > 59:
        raise ValueError(hour)
    return value


def _window(day: date, minutes: tuple[int, int | None], zone: tzinfo) -> Window | None:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - wall time, made aware below
    first = midnight + timedelta(minutes=minutes[0])
    last = first + ONE_TIME_LASTS if minutes[1] is None else midnight + timedelta(minutes=minutes[1])
    if last > midnight + timedelta(days=1):
        return None
    start, until = (at.replace(tzinfo=zone).astimezone(UTC) for at in (first, last))
    return Window(start, until) if start < until else None
