"""The day's plan: who calls when and what about. Deterministic in its seed; the figures are those of a busy day of the
reference estate."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from random import Random

from desk.demo.history import Caller
from desk.domain.tickets import Kind
from desk.domain.working_time import CHINA

OPENS, CLOSES = time(8, 30), time(20, 0)
CALLS = 300


class About(Enum):
    """What a call is."""

    MATTER = "matter"  # something new
    AGAIN = "again"  # the same person about what is open
    INCIDENT = "incident"  # what many report
    NOTICE = "notice"  # asks about what a notice says
    QUESTION = "question"  # nobody at the hotline knows
    GONE = "gone"  # gives up before it is answered


class Temper(Enum):
    """What a complaint needs."""

    CALM = "calm"
    ANGRY = "angry"  # an early warning


@dataclass(frozen=True, slots=True)
class Matter:
    """A category with what people say of it. `at_once`: the agent answers it during the call."""

    kind: Kind
    category: str
    says: str
    weight: int
    at_once: bool = False


MATTERS = (
    Matter(Kind.REPAIR, "repair.water.tap", "厨房水龙头一直漏水，关不紧。", 14),
    Matter(Kind.REPAIR, "repair.water.leak_above", "卫生间天花板滴水，怀疑楼上漏水。", 9),
    Matter(Kind.REPAIR, "repair.water.toilet_blocked", "马桶堵了，水下不去。", 12),
    Matter(Kind.REPAIR, "repair.power.corridor_light", "楼道灯不亮，晚上看不见。", 12),
    Matter(Kind.REPAIR, "repair.power.trip", "一开空调就跳闸。", 8),
    Matter(Kind.REPAIR, "repair.access.intercom", "对讲机没有声音，开不了楼下的门。", 9),
    Matter(Kind.REPAIR, "repair.structure.window_seep", "下雨时窗户往里渗水。", 6),
    Matter(Kind.COMPLAINT, "complaint.noise.neighbour", "楼上半夜一直有响声，睡不着。", 8),
    Matter(Kind.COMPLAINT, "complaint.staff.no_show", "说好上午来修，到现在没有人来。", 6),
    Matter(Kind.COMPLAINT, "complaint.cleaning.corridor_dirty", "楼道好几天没有打扫了。", 5),
    Matter(Kind.INQUIRY, "inquiry.fees.management", "想问一下物业费交到什么时候。", 12, at_once=True),
    Matter(Kind.INQUIRY, "inquiry.service.hours", "客服中心周末几点下班？", 8, at_once=True),
    Matter(Kind.INQUIRY, "inquiry.procedures.decoration", "装修要办哪些手续？", 6, at_once=True),
    Matter(Kind.SUGGESTION, "suggestion.ideas.facility", "建议在东门加一排自行车架。", 4),
    Matter(Kind.PRAISE, "praise.thanks.engineer", "谢谢昨天来修水管的师傅，很负责。", 3, at_once=True),
    Matter(Kind.BUSINESS, "business.decoration.permit", "要办装修申请，请帮我登记。", 6),
    Matter(Kind.BUSINESS, "business.cards.loss", "门禁卡丢了，要挂失补办。", 4),
)
NOTICED = Matter(Kind.INQUIRY, "inquiry.service.outage", "今天是不是停水？什么时候来水？", 0, at_once=True)
UNKNOWN = Matter(Kind.INQUIRY, "inquiry.service.other", "新能源车充电桩什么时候装到二期？", 0)


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that many report: `calls` of them within a quarter of an hour."""

    at: time
    building: str
    category: str
    says: str
    calls: int


INCIDENTS = (
    Incident(time(10, 10), "5", "repair.lift.stopped", "电梯停了，按键没有反应。", 8),
    Incident(time(18, 20), "1", "repair.water.no_water", "家里突然没有水了。", 12),
)


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """`promise_minutes` > 0: the agent says "I call you back". `spoken_elsewhere`: the place that is told is not the
    one of the profile."""

    at: datetime
    about: About
    caller: Caller
    matter: Matter
    temper: Temper = Temper.CALM
    promise_minutes: int = 0
    spoken_elsewhere: bool = False


def day_start(day: date) -> datetime:
    return datetime.combine(day, OPENS, CHINA)


def day_end(day: date) -> datetime:
    return datetime.combine(day, CLOSES, CHINA)


def plan_day(
    callers: Sequence[Caller],
    buildings: dict[str, str],
    noticed: Sequence[str],
    day: date,
    seed: int,
    calls: int = CALLS,
) -> list[PlannedCall]:
    """So many calls (60 at least) in the order of their time. `buildings`: what people say of a building ("7") -> its
    id. `noticed`: ids of the buildings that a notice is about. Of `callers` there are some in each building named."""
    chance = Random(seed)  # noqa: S311 - a sample
    found = [call for incident in INCIDENTS for call in _of_incident(incident, callers, buildings, day, chance)]
    told_of = [caller for caller in callers if caller.building_id in noticed]
    asks, questions, gone, again = (max(1, calls * share // 100) for share in SHARES)
    found += [PlannedCall(_any_time(day, chance), About.NOTICE, chance.choice(told_of), NOTICED) for _ in range(asks)]
    found += [_question(day, callers, chance) for _ in range(questions)]
    found += [_gone(day, callers, chance) for _ in range(gone)]
    matters = [_matter(day, callers, chance) for _ in range(calls - len(found) - again)]
    matters = _with_each(matters)
    found += matters
    lasting = [call for call in matters if not call.matter.at_once and call.at < day_end(day) - timedelta(hours=3)]
    found += [_again(chance.choice(lasting), day, chance) for _ in range(again)]
    return sorted(found, key=lambda call: call.at)


SHARES = (7, 2, 4, 8)  # of a hundred: about a notice, a question nobody knows, gone before the answer, calling again
ANGRY_SHARE, PROMISED_SHARE, ELSEWHERE_SHARE = 0.25, 0.06, 0.04


def _with_each(matters: Sequence[PlannedCall]) -> list[PlannedCall]:
    """However short the day is: somebody speaks of another place, and somebody has had enough."""
    found = list(matters)
    for kind, change in ((Kind.REPAIR, {"spoken_elsewhere": True}), (Kind.COMPLAINT, {"temper": Temper.ANGRY})):
        first = next((index for index, call in enumerate(found) if call.matter.kind is kind), None)
        if first is not None:
            found[first] = replace(found[first], **change)
    return found


def _any_time(day: date, chance: Random) -> datetime:
    """Mornings are the busiest."""
    whole = (day_end(day) - day_start(day)).total_seconds()
    return day_start(day) + timedelta(seconds=int(whole * chance.betavariate(1.3, 1.7)))


def _of_incident(
    incident: Incident, callers: Sequence[Caller], buildings: dict[str, str], day: date, chance: Random
) -> list[PlannedCall]:
    there = [caller for caller in callers if caller.building_id == buildings[incident.building]]
    matter = Matter(Kind.REPAIR, incident.category, incident.says, 0)
    first = datetime.combine(day, incident.at, CHINA)
    times = sorted(first + timedelta(seconds=chance.randrange(900)) for _ in range(incident.calls))
    return [
        PlannedCall(at, About.INCIDENT, caller, matter)
        for at, caller in zip(times, chance.sample(there, incident.calls), strict=True)
    ]


def _question(day: date, callers: Sequence[Caller], chance: Random) -> PlannedCall:
    """Before the evening, so that somebody may be asked."""
    at = min(_any_time(day, chance), day_end(day) - timedelta(hours=1))
    return PlannedCall(at, About.QUESTION, chance.choice(callers), UNKNOWN)


def _gone(day: date, callers: Sequence[Caller], chance: Random) -> PlannedCall:
    return PlannedCall(_any_time(day, chance), About.GONE, chance.choice(callers), MATTERS[0])


def _matter(day: date, callers: Sequence[Caller], chance: Random) -> PlannedCall:
    (matter,) = chance.choices(MATTERS, [matter.weight for matter in MATTERS])
    angry = matter.kind is Kind.COMPLAINT and chance.random() < ANGRY_SHARE
    promised = not matter.at_once and chance.random() < PROMISED_SHARE
    return PlannedCall(
        _any_time(day, chance),
        About.MATTER,
        chance.choice(callers),
        matter,
        Temper.ANGRY if angry else Temper.CALM,
        promise_minutes=30 if promised else 0,
        spoken_elsewhere=matter.kind is Kind.REPAIR and chance.random() < ELSEWHERE_SHARE,
    )


def _again(before: PlannedCall, day: date, chance: Random) -> PlannedCall:
    left = int((day_end(day) - before.at).total_seconds())
    at = before.at + timedelta(seconds=chance.randrange(1800, max(left, 1801)))
    return PlannedCall(min(at, day_end(day) - timedelta(minutes=1)), About.AGAIN, before.caller, before.matter)
