"""The rules of the promise ledger: what "in half an hour" means, when a promise is brought to mind, and what keeps a
shift open. Pure functions, any thread."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import Enum

from desk.domain.promises import Promise, PromiseState

FURTHEST = timedelta(days=60)  # a call promised for later than that is a slip of the finger
TEXT_MAX = 500


@dataclass(frozen=True, slots=True)
class PromiseFigures:
    """`usual`: what one key promises. `choices`: what the digits promise, in their order; a time of day is the next
    one. `at_hand`: how long before its time a promise is brought to mind."""

    usual: timedelta = timedelta(minutes=30)
    choices: tuple[timedelta | time, ...] = (
        timedelta(minutes=10),
        timedelta(minutes=30),
        timedelta(hours=1),
        timedelta(hours=2),
        time(18),
        time(9),
    )
    at_hand: timedelta = timedelta(minutes=5)


SHIPPED = PromiseFigures()


class Standing(Enum):
    WAITS = "waits"
    AT_HAND = "at_hand"  # get ready
    DUE = "due"  # call now
    OVER = "over"  # kept, or no longer needed


def standing(promise: Promise, now: datetime, at_hand: timedelta) -> Standing:
    if promise.state is not PromiseState.OPEN:
        return Standing.OVER
    if promise.due_at <= now:
        return Standing.DUE
    return Standing.AT_HAND if promise.due_at - at_hand <= now else Standing.WAITS


def next_turn(promises: Iterable[Promise], now: datetime, at_hand: timedelta) -> datetime | None:
    """When the next of them changes how it stands: what a timer has to wait for. None: none will."""
    turns = [
        turn
        for promise in promises
        if promise.state is PromiseState.OPEN
        for turn in (promise.due_at - at_hand, promise.due_at)
        if turn > now
    ]
    return min(turns, default=None)


def in_order(promises: Iterable[Promise]) -> list[Promise]:
    """The earliest first."""
    return sorted(promises, key=lambda promise: (promise.due_at, promise.promise_id))


def due_of(choice: timedelta | time, now: datetime, zone: tzinfo) -> datetime:
    """A span from now, or the next time that the clock on the wall shows it."""
    if isinstance(choice, timedelta):
        return now + choice
    here = now.astimezone(zone)
    then = here.replace(hour=choice.hour, minute=choice.minute, second=0, microsecond=0)
    return (then if then > here else then + timedelta(days=1)).astimezone(now.tzinfo)


_HALF = re.compile(r"半(个)?(小时|钟头|h)")
_SPAN = re.compile(r"(\d{1,3})\s*(个)?(半)?\s*(分钟|分|min|m|小时|钟头|时|h|天|d)?(后|之后)?", re.IGNORECASE)
_AT = re.compile(
    r"(今天|今日|今晚|明天|明日|明早|后天|today|tomorrow)?\s*(上午|早上|中午|下午|晚上|am|pm)?\s*"
    r"(\d{1,2})\s*(?:[:：点时]\s*(半|\d{1,2})?\s*分?)?",
    re.IGNORECASE,
)
_DAYS = {"今天": 0, "今日": 0, "今晚": 0, "today": 0, "明天": 1, "明日": 1, "明早": 1, "tomorrow": 1, "后天": 2}
_LATE_HALF = frozenset({"下午", "晚上", "pm"})


def read_due(typed: str, now: datetime, zone: tzinfo) -> datetime | None:
    """What somebody types who is on the telephone: "30" (minutes), "半小时", "2小时", "17:30", "下午3点", "明天9点".
    A time of day without a day is the next one; one to six o'clock are in the afternoon. None: it cannot be read, or
    is no time within two months."""
    text = typed.strip().removesuffix("前").strip()
    found = _span(text)
    due = _time_of_day(text, now, zone) if found is None else now + found
    return due if due is not None and now < due <= now + FURTHEST else None


def _span(text: str) -> timedelta | None:
    if _HALF.match(text):
        return timedelta(minutes=30)
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    count, half, unit = int(found[1]), 0.5 if found[3] else 0, (found[4] or "").lower()
    if unit in ("小时", "钟头", "h"):
        return timedelta(hours=count + half)
    if unit in ("天", "d"):
        return timedelta(days=count + half)
    if unit == "时" or half:
        return None
    return timedelta(minutes=count)


def _time_of_day(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    found = _AT.fullmatch(text)
    if found is None:
        return None
    day, part = (found[1] or "").lower(), (found[2] or "").lower()
    hour, minute = int(found[3]), 30 if found[4] == "半" else int(found[4] or 0)
    days = _DAYS.get(day, 0)
    if (part == "晚上" or day == "今晚") and hour == 12:
        hour, days = 0, days + 1  # midnight
    elif hour < 12 and (part in _LATE_HALF or day == "今晚" or _is_afternoon(found[3], part, day)):
        hour += 12
    if hour > 23 or minute > 59:
        return None
    here = now.astimezone(zone)
    then = here.replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(days=days)
    if not day and then <= here:
        then += timedelta(days=1)
    return then.astimezone(now.tzinfo)


def _is_afternoon(hour: str, part: str, day: str) -> bool:
    """ "3点" is at three in the afternoon: nobody promises a call for the night without saying so ("03:00", 早上)."""
    return not part and day != "明早" and not hour.startswith("0") and 1 <= int(hour) <= 6


def keeping(promises: Sequence[Promise], owner: str) -> list[Promise]:
    """Those that keep this person's shift open: theirs, and nobody has taken them over."""
    return in_order(p for p in promises if p.owner == owner and p.state is PromiseState.OPEN)
