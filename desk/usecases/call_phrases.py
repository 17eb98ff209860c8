"""What single words mean in the line in which calls are looked for, as far as no register is needed to tell: times
("11-20", "昨天", "2026-11", "11月1日至11月5日"), measures (">5分钟", "保持>60", "评分<60", "60秒以上") and states
("未录音", "呼入", "投诉"). Tables first. Pure; odd text is simply no such word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import Enum
from typing import Any

from desk.domain.call_log import MISSED_OUTCOMES, Outcome
from desk.domain.call_search import Recorded, Whose
from desk.domain.diagnosis import Diagnosis
from desk.domain.party import Direction
from desk.domain.tickets import Kind


class Sought(Enum):
    """What a reading of a word looks for."""

    NUMBER = "number"
    PERSON = "person"
    PLACE = "place"
    AGENT = "agent"
    TICKET = "ticket"
    CATEGORY = "category"
    KIND = "kind"
    WORD = "word"  # of the ticket's text
    TIME = "time"
    LENGTH = "length"
    HOLD = "hold"
    SILENCE = "silence"
    SCORE = "score"
    QUALITY = "quality"
    RECORDING = "recording"
    STATE = "state"  # direction, outcome


@dataclass(frozen=True, slots=True)
class Meaning:
    """`fields` of a `CallQuery`, and whose call it is. `shown`: what it stands for, in figures and names, no words of a
    language of ours. `is_part`: of a number, which the others that are typed must hold as well."""

    sought: Sought
    shown: str
    fields: Mapping[str, Any]
    whose: Whose | None = None
    is_part: bool = False


_HOUR_S, _MINUTE_S = 3600, 60
_MOST = 1_000_000  # of anything that is measured
_MEASURES: dict[str, Sought] = {
    **dict.fromkeys(("时长", "通话时长", "通话", "通话长度", "长度", "length", "talk"), Sought.LENGTH),
    **dict.fromkeys(("保持", "保留", "hold"), Sought.HOLD),
    **dict.fromkeys(("静音", "静默", "沉默", "无声", "silence"), Sought.SILENCE),
    **dict.fromkeys(("评分", "质检", "质检分", "得分", "分数", "score"), Sought.SCORE),
    **dict.fromkeys(("音质", "质量", "通话质量", "mos", "quality"), Sought.QUALITY),
}
_UNITS_S: dict[str, int] = {
    **dict.fromkeys(("小时", "钟头", "hour", "hours", "h"), _HOUR_S),
    **dict.fromkeys(("分钟", "分", "minutes", "minute", "min", "m"), _MINUTE_S),
    **dict.fromkeys(("秒钟", "秒", "seconds", "second", "sec", "s"), 1),
}
_MORE = ("大于等于", "不少于", "不低于", "大于", "超过", "多于", "长于", "高于", ">=", "≥", "＞", ">")
_MOST_OF = ("小于等于", "不超过", "不高于", "<=", "≤")
_LESS = ("小于", "少于", "不到", "短于", "低于", "<")
_AT_LEAST_AFTER, _AT_MOST_AFTER = ("以上", "+"), ("以下", "以内")


def _either(words: "Mapping[str, object] | tuple[str, ...]") -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_MEASURED = re.compile(
    rf"(?P<field>{_either(_MEASURES)})?\s*(?P<sign>{_either((*_MORE, *_MOST_OF, *_LESS))})?\s*"
    rf"(?P<value>\d{{1,9}}(?:\.\d{{1,3}})?)\s*(?P<unit>{_either(_UNITS_S)})?"
    rf"(?P<after>{_either((*_AT_LEAST_AFTER, *_AT_MOST_AFTER))})?"
)

_STATES: dict[str, tuple[Sought, dict[str, Any]]] = {
    **dict.fromkeys(
        ("未录音", "无录音", "没录音", "没有录音", "norecording"), (Sought.RECORDING, {"recorded": Recorded.MISSING})
    ),
    **dict.fromkeys(("有录音", "已录音", "录音", "recorded"), (Sought.RECORDING, {"recorded": Recorded.KEPT})),
    **dict.fromkeys(
        ("录音已删", "录音已删除", "已删除", "deleted"), (Sought.RECORDING, {"recorded": Recorded.DELETED})
    ),
    **dict.fromkeys(("保全", "封存", "证据保全", "legalhold"), (Sought.RECORDING, {"legal_hold": True})),
    **dict.fromkeys(("未评分", "未质检", "没评分", "unscored"), (Sought.SCORE, {"scored": False})),
    **dict.fromkeys(("已评分", "已质检", "评过分", "scored"), (Sought.SCORE, {"scored": True})),
    **dict.fromkeys(("来电", "呼入", "incoming"), (Sought.STATE, {"direction": Direction.INCOMING})),
    **dict.fromkeys(("去电", "呼出", "外呼", "outgoing"), (Sought.STATE, {"direction": Direction.OUTGOING})),
    **dict.fromkeys(("已接", "接通", "answered"), (Sought.STATE, {"outcomes": frozenset({Outcome.ANSWERED})})),
    **dict.fromkeys(("未接", "漏接", "missed"), (Sought.STATE, {"outcomes": MISSED_OUTCOMES})),
    **dict.fromkeys(("放弃", "挂断", "abandoned"), (Sought.STATE, {"outcomes": frozenset({Outcome.ABANDONED})})),
    **dict.fromkeys(("拒接", "rejected"), (Sought.STATE, {"outcomes": frozenset({Outcome.REJECTED})})),
    **dict.fromkeys(("转接", "转出", "transferred"), (Sought.STATE, {"outcomes": frozenset({Outcome.TRANSFERRED})})),
    **dict.fromkeys(("呼叫转移", "forwarded"), (Sought.STATE, {"outcomes": frozenset({Outcome.FORWARDED})})),
    **dict.fromkeys(("中断", "interrupted"), (Sought.STATE, {"outcomes": frozenset({Outcome.INTERRUPTED})})),
    **dict.fromkeys(("无人接听", "unanswered"), (Sought.STATE, {"outcomes": frozenset({Outcome.UNANSWERED})})),
    **dict.fromkeys(("丢包", "loss"), (Sought.QUALITY, {"diagnosis": Diagnosis.NETWORK_LOSS})),
    **dict.fromkeys(("抖动", "jitter"), (Sought.QUALITY, {"diagnosis": Diagnosis.NETWORK_JITTER})),
    **dict.fromkeys(("时延", "延迟", "delay"), (Sought.QUALITY, {"diagnosis": Diagnosis.NETWORK_DELAY})),
    **dict.fromkeys(("对方无声", "单通"), (Sought.QUALITY, {"diagnosis": Diagnosis.FAR_SIDE_SILENT})),
    **dict.fromkeys(("报修", "repair"), (Sought.KIND, {"kinds": frozenset({Kind.REPAIR})})),
    **dict.fromkeys(("投诉", "complaint"), (Sought.KIND, {"kinds": frozenset({Kind.COMPLAINT})})),
    **dict.fromkeys(("咨询", "inquiry"), (Sought.KIND, {"kinds": frozenset({Kind.INQUIRY})})),
    **dict.fromkeys(("建议", "suggestion"), (Sought.KIND, {"kinds": frozenset({Kind.SUGGESTION})})),
    **dict.fromkeys(("表扬", "praise"), (Sought.KIND, {"kinds": frozenset({Kind.PRAISE})})),
    **dict.fromkeys(("业务办理", "业务", "business"), (Sought.KIND, {"kinds": frozenset({Kind.BUSINESS})})),
}


def state_of(word: str) -> Meaning | None:
    """`word` folded (see `desk.domain.call_fits.fold_text`), as in all of these."""
    found = _STATES.get(word)
    return Meaning(found[0], word, found[1]) if found else None


def measure_of(word: str) -> Meaning | None:
    """More than is at least: the border is let in. Less than is less."""
    found = _MEASURED.fullmatch(word)
    if found is None:
        return None
    sign, after, unit = found["sign"], found["after"], found["unit"]
    sought = _MEASURES[found["field"]] if found["field"] else (Sought.LENGTH if unit or sign else None)
    if sought is None or not (sign or after):
        return None
    value = float(found["value"])
    at_least = (sign in _MORE) if sign else (after in _AT_LEAST_AFTER)
    strictly = sign in _LESS
    match sought:
        case Sought.SCORE | Sought.QUALITY:
            if unit and unit != "分":
                return None
            amount = min(round(value * (100 if sought is Sought.QUALITY else 1)), _MOST)
        case _:
            amount = min(round(value * _UNITS_S[unit or "秒"]), _MOST)
    if not at_least and strictly:
        amount -= 1
    name = _FIELDS.get((sought, at_least))
    return Meaning(sought, word, {name: amount}) if name else None


_FIELDS: dict[tuple[Sought, bool], str] = {
    (Sought.LENGTH, True): "least_length_s",
    (Sought.LENGTH, False): "most_length_s",
    (Sought.HOLD, True): "least_hold_s",
    (Sought.SILENCE, True): "least_silence_s",
    (Sought.SCORE, True): "least_score",
    (Sought.SCORE, False): "most_score",
    (Sought.QUALITY, False): "most_mos_x100",
}

_WEEKDAYS = "一二三四五六日"
_LAST_DAYS = re.compile(r"(?:最近|近|过去)(\d{1,3})[天日]")
_WEEKDAY = re.compile(r"(上|本|这)?(?:周|星期|礼拜)([一二三四五六日天])")
_WRITTEN = re.compile(
    r"(?:(?P<year>20\d\d)(?:年|[-/.]))?(?P<month>\d{1,2})(?:月|[-/.])(?P<day>\d{1,2})[日号]?"
    r"|(?P<month_year>20\d\d)(?:年|[-/.])(?P<whole_month>\d{1,2})月?"
    r"|(?P<packed>20\d{6})|(?P<month_alone>\d{1,2})月(?:份)?|(?P<year_alone>20\d\d)年"
)
_RANGE = re.compile(r"(.+?)(?:\.\.|…|~|至|到|—|–)(.+)")


def time_of(word: str, now: datetime, zone: tzinfo) -> Meaning | None:
    """Days and months as the hotline counts them. A day without a year is the last one that there was."""
    today = now.astimezone(zone).date()
    days = _days(word, today)
    if days is None and (span := _RANGE.fullmatch(word)) is not None:
        first, last = _days(span[1], today), _days(span[2], today)
        if first and last and first[0] < last[1]:
            days = first[0], last[1]
    if days is None:
        return None
    since, until = (datetime.combine(day, time.min, zone) for day in days)
    last_day = days[1] - timedelta(days=1)
    shown = days[0].isoformat() if last_day == days[0] else f"{days[0].isoformat()} – {last_day.isoformat()}"
    return Meaning(Sought.TIME, shown, {"since": since, "until": until})


def _days(word: str, today: date) -> tuple[date, date] | None:
    """From this day until before that one."""
    try:
        return _named_days(word, today) or _written_days(word, today)
    except (ValueError, OverflowError):  # no such day
        return None


def _named_days(word: str, today: date) -> tuple[date, date] | None:
    day = timedelta(days=1)
    ago = {"今天": 0, "今日": 0, "today": 0, "昨天": 1, "昨日": 1, "yesterday": 1, "前天": 2}.get(word)
    if ago is not None:
        return today - ago * day, today - (ago - 1) * day
    monday, first = today - today.weekday() * day, today.replace(day=1)
    spans = {
        **dict.fromkeys(("本周", "这周"), (monday, monday + 7 * day)),
        **dict.fromkeys(("上周", "上星期"), (monday - 7 * day, monday)),
        **dict.fromkeys(("本月", "这个月"), (first, _next_month(first))),
        **dict.fromkeys(("上月", "上个月"), ((first - day).replace(day=1), first)),
        "今年": (date(today.year, 1, 1), date(today.year + 1, 1, 1)),
        "去年": (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
    }
    if word in spans:
        return spans[word]
    if (late := _LAST_DAYS.fullmatch(word)) is not None:
        return today - (int(late[1]) - 1) * day, today + day
    if (weekday := _WEEKDAY.fullmatch(word)) is not None:
        index = _WEEKDAYS.index(weekday[2].replace("天", "日"))
        start = monday + index * day - (7 * day if weekday[1] == "上" else 0 * day)
        if weekday[1] is None and start > today:
            start -= 7 * day
        return start, start + day
    return None


def _written_days(word: str, today: date) -> tuple[date, date] | None:
    found = _WRITTEN.fullmatch(word)
    if found is None:
        return None
    day = timedelta(days=1)
    if found["packed"]:
        start = date(int(word[:4]), int(word[4:6]), int(word[6:]))
        return start, start + day
    if found["year_alone"]:
        return date(int(found["year_alone"]), 1, 1), date(int(found["year_alone"]) + 1, 1, 1)
    if found["whole_month"]:
        start = date(int(found["month_year"]), int(found["whole_month"]), 1)
        return start, _next_month(start)
    if found["month_alone"]:
        start = _last(today, int(found["month_alone"]), 1)
        return start, _next_month(start)
    month, of_month = int(found["month"]), int(found["day"])
    start = date(int(found["year"]), month, of_month) if found["year"] else _last(today, month, of_month)
    return start, start + day


def _last(today: date, month: int, of_month: int) -> date:
    """The last day of this name that is not to come; the 29th of February may be four years ago."""
    for year in range(today.year, today.year - 9, -1):
        try:
            found = date(year, month, of_month)
        except ValueError:
            continue
        if found <= today:
            return found
    raise ValueError("no such day")


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
