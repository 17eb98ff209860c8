"""The past of the sample estate: calls and tickets of the last ninety days, most of them closed, some still open. The
demo's known resident has an open ticket, and so has the flat under theirs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from desk.demo.known import AGENT, KNOWN
from desk.demo.open_work import filed, worked_on
from desk.demo.sample_ids import SampleIds
from desk.demo.sample_numbers import mobile, signalled
from desk.domain.changes import Change, FieldValue
from desk.domain.identity import BuildingId, CallId, ChangeId, HouseholdId, PersonId, TicketId
from desk.domain.numbers import lookup_key
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.domain.times import to_text
from desk.texts import ShippedTexts

DAYS = 90
HOTLINE_ZONE_HOURS = 8


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody of the register who calls: `number` bare, or as the exchange says it."""

    person_id: str
    name: str
    number: str
    key: str
    household_id: str
    building_id: str
    place: str
    known: bool = False
    below_known: bool = False


@dataclass(frozen=True, slots=True)
class _Matter:
    """What people call about: kind and category with its priority, how often, and in which words."""

    category: str
    priority: str
    weight: int
    words: tuple[str, ...]
    at_home: bool = True


MATTERS = (
    _Matter(
        "repair.water.tap", "normal", 9, ("厨房水龙头一直滴水。", "卫生间水龙头关不紧。", "阳台龙头漏水，地板湿了。")
    ),
    _Matter("repair.water.leak_above", "high", 5, ("卫生间天花板滴水，怀疑楼上漏水。", "客厅顶上渗水，墙皮鼓起来了。")),
    _Matter("repair.water.drain_blocked", "normal", 8, ("厨房下水堵了，水下不去。", "地漏返水，有臭味。")),
    _Matter("repair.water.toilet_fault", "normal", 4, ("马桶水箱一直流水。", "马桶冲不了水。")),
    _Matter("repair.power.no_power_home", "high", 5, ("家里突然没电，邻居家有电。", "空开推不上去。")),
    _Matter("repair.power.corridor_light", "normal", 6, ("楼道灯不亮。", "感应灯坏了，晚上看不清。"), at_home=False),
    _Matter("repair.lift.stopped", "high", 4, ("电梯停在三楼不动了。", "电梯门打开后不走。"), at_home=False),
    _Matter("repair.lift.trapped", "urgent", 1, ("电梯里困了两个人，在七楼和八楼之间。",), at_home=False),
    _Matter("repair.access.unit_door", "normal", 5, ("单元门关不上。", "门禁刷卡没反应。"), at_home=False),
    _Matter("repair.structure.lock", "normal", 3, ("入户门锁转不动。",)),
    _Matter("complaint.noise.neighbour", "normal", 5, ("楼上半夜拖椅子，睡不着。", "隔壁打麻将到凌晨。")),
    _Matter("complaint.noise.decoration", "normal", 5, ("中午十二点半还在电钻。", "周日装修，孩子没法学习。")),
    _Matter(
        "complaint.parking.taken", "high", 5, ("我的车位被一辆外地车占了。", "车位被占，电话没人接。"), at_home=False
    ),
    _Matter("complaint.cleaning.rubbish", "normal", 4, ("垃圾桶满了两天没人收。",), at_home=False),
    _Matter("complaint.staff.slow", "high", 3, ("报修三天没有人来。", "约了上午来，到现在没人联系。")),
    _Matter("inquiry.fees.management", "normal", 8, ("问物业费欠了多少，怎么交。", "问今年物业费标准。")),
    _Matter("inquiry.service.outage", "normal", 7, ("问什么时候来水。", "问停电到几点。")),
    _Matter("inquiry.procedures.decoration", "normal", 4, ("问装修可以几点开始。", "问装修要交多少押金。")),
    _Matter("suggestion.ideas.facility", "normal", 2, ("建议在南门加装充电桩。", "建议楼下加一盏路灯。")),
    _Matter("praise.thanks.engineer", "low", 2, ("表扬昨天来修水管的师傅，又快又干净。",)),
    _Matter("business.decoration.permit", "normal", 3, ("申请装修，下周一开工。",)),
    _Matter("business.moving.release_note", "normal", 3, ("周六搬家，要开放行条。",)),
)
AGENTS = tuple(str(number) for number in range(1001, 1007))


def history(
    callers: Sequence[Caller], handlers: Sequence[str], seed: int, tickets: int, now: datetime
) -> Iterator[Change]:
    """So many tickets of the past with their calls, and some calls that came to nothing."""
    maker = _History(seed, now)
    known = next((c for c in callers if c.known), None)
    below = next((c for c in callers if c.below_known), None)
    if known:
        yield from maker.known(known, below, handlers)
    for _number in range(tickets if callers else 0):
        yield from maker.ticket(maker.random.choice(callers), handlers)
        chance = maker.random.random()
        if chance < 0.3:
            yield from maker.idle_call(maker.random.choice(callers), "answered")
        elif chance < 0.45:
            yield from maker.idle_call(maker.random.choice(callers), "abandoned")
        elif chance < 0.5:
            yield from maker.idle_call(None, "answered")


class _History:
    def __init__(self, seed: int, now: datetime) -> None:
        self.random = Random(f"history {seed}")  # noqa: S311
        self._now = now
        self._ids = SampleIds(seed, 1, now)
        self._weights = [matter.weight for matter in MATTERS]
        self._counters: dict[tuple[str, str], int] = {}
        categories = ShippedTexts(language="zh_CN").categories()
        self._title = {matter.category: categories.name(matter.category, "zh_CN") for matter in MATTERS}

    def known(self, caller: Caller, below: Caller | None, handlers: Sequence[str]) -> Iterator[Change]:
        """The known resident: a repair done last month, an inquiry, an open one; the flat below reports a leak."""
        old = self._now - timedelta(days=33, hours=2)
        yield from self._taken(caller, MATTERS[2], "厨房下水堵了。", old, "closed", None)
        asked = self._now - timedelta(days=12)
        yield from self._taken(caller, MATTERS[15], "问物业费怎么交。", asked, "closed", None, at_once=True)
        corridor = next(m for m in MATTERS if m.category == KNOWN.open_category)
        at = self._now - timedelta(days=3, hours=1)
        yield from self._taken(caller, corridor, KNOWN.open_description, at, "dispatched", next(iter(handlers), None))
        if below:
            leak = next(m for m in MATTERS if m.category == KNOWN.neighbour_category)
            at = self._now - timedelta(hours=5)
            yield from self._taken(below, leak, KNOWN.neighbour_description, at, "registered", None)

    def ticket(self, caller: Caller, handlers: Sequence[str]) -> Iterator[Change]:
        random = self.random
        matter = random.choices(MATTERS, self._weights)[0]
        age = timedelta(seconds=int(DAYS * 86_400 * random.random() ** 1.5) + 600)
        at_once = matter.category.startswith("inquiry") and random.random() < 0.7
        stage = "closed" if at_once or age > timedelta(days=8) else random.choice(_OPEN)
        if caller.known:
            stage = "closed"
        handler = random.choice(handlers) if handlers and stage != "registered" and not at_once else None
        yield from self._taken(caller, matter, random.choice(matter.words), self._now - age, stage, handler, at_once)

    def idle_call(self, caller: Caller | None, outcome: str) -> Iterator[Change]:
        """A call without a ticket; from somebody nobody knows where no caller is given."""
        at = self._now - timedelta(seconds=self.random.randrange(900, DAYS * 86_400))
        number = caller.number if caller else mobile(self.random)
        yield from self._call(caller, number, at, outcome, None)[1]

    def _taken(
        self,
        caller: Caller,
        matter: _Matter,
        description: str,
        at: datetime,
        stage: str,
        handler: str | None,
        at_once: bool = False,
    ) -> Iterator[Change]:
        """The call, the ticket taken from it, and what became of it."""
        ticket_id = self._ids.at(at)
        call_id, call = self._call(caller, caller.number, at - timedelta(seconds=90), "answered", ticket_id)
        yield from call
        agent = self.random.choice(AGENTS)
        seat = f"S{int(agent) - 1000:02d}"
        ticket = Ticket(
            ticket_id=TicketId(ticket_id),
            number=self._ticket_number(at, seat),
            kind=Kind(matter.category.partition(".")[0]),
            category=matter.category,
            priority=Priority(matter.priority),
            stage=Stage.CLOSED if at_once else Stage.REGISTERED,
            description=description,
            registered_at=at,
            registered_by=agent,
            seat=seat,
            place_text=caller.place,
            household_id=HouseholdId(caller.household_id),
            building_id=BuildingId(caller.building_id),
            person_id=PersonId(caller.person_id),
            caller_name=caller.name,
            contact_number=caller.number,
            call_id=CallId(call_id),
            closed_at=at if at_once else None,
        )
        yield self._change("ticket", ticket_id, at, agent, seat, filed(ticket))
        if at_once or stage == "registered":
            return
        if stage == "closed":
            later = min(at + timedelta(hours=self.random.randrange(1, 90)), self._now - timedelta(minutes=5))
            ended: dict[str, FieldValue] = {**_ENDED, "handler_id": handler, "closed_at": to_text(later)}
            yield self._change("ticket", ticket_id, later, agent, seat, ended)
            return
        last = self._now - timedelta(minutes=5)
        task_id = self._ids.at(at)
        for entity, entity_id, when, patch in worked_on(
            ticket, Stage(stage), handler, task_id, self._title[matter.category], last, self.random
        ):
            yield self._change(entity, entity_id, when, agent, seat, patch)

    def _call(
        self, caller: Caller | None, number: str, at: datetime, outcome: str, ticket_id: str | None
    ) -> tuple[str, list[Change]]:
        random = self.random
        answered = outcome == "answered"
        bare = number.isdigit() and len(number) == 11
        raw = signalled(random, number) if bare and not number.startswith("0") else number
        agent = AGENT if caller and caller.known else random.choice(AGENTS)
        seat = f"S{int(agent) - 1000:02d}"
        up = at + timedelta(seconds=random.randrange(3, 15))
        end = up + timedelta(seconds=random.randrange(25, 240))
        call_id = self._ids.at(at)
        patch: dict[str, FieldValue] = {
            "line": "热线",
            "direction": "incoming",
            "number": raw,
            "lookup_key": caller.key if caller else lookup_key(raw),
            "display_name": "",
            "diversion": "",
            "offered_at": to_text(at),
            "seat": seat,
            "agent": agent,
            "outcome": outcome,
            "answered_at": to_text(up) if answered else None,
            "ended_at": to_text(end if answered else up),
            "cause": 200 if answered else 487,
            "reason": "",
            "person_id": caller.person_id if caller and answered else None,
            "household_id": caller.household_id if caller and answered else None,
            "ticket_id": ticket_id,
            **_heard(up if answered else None),
        }
        missing: dict[str, FieldValue] = {"kept": "missing", "why": "sample data" if answered else "not answered"}
        return call_id, [
            self._change("call", call_id, end, agent, seat, patch),
            self._change("recording", call_id, end, agent, seat, missing),
        ]

    def _ticket_number(self, at: datetime, seat: str) -> str:
        day = (at + timedelta(hours=HOTLINE_ZONE_HOURS)).strftime("%Y%m%d")
        counter = self._counters[day, seat] = self._counters.get((day, seat), 0) + 1
        return f"{day}-{seat}-{counter:03d}"

    def _change(
        self, entity: str, entity_id: str, at: datetime, author: str, seat: str, patch: dict[str, FieldValue]
    ) -> Change:
        return Change(ChangeId(self._ids.at(at)), entity, entity_id, at, author, seat, patch)


def _heard(up: datetime | None) -> dict[str, FieldValue]:
    """How a call that was answered then was heard: well, but for one in twenty."""
    if up is None:
        return {**dict.fromkeys(_HEARD), "codec": "", "transferred_to": "", "diagnosis": None}
    bad = up.second % 20 == 7
    worst = 240 if bad else 410 + up.second % 20
    return {
        "transferred_to": "",
        "codec": "PCMA",
        "mos_mean_x100": 395 if bad else 430,
        "mos_worst_x100": worst,
        "mos_worst_at": to_text(up + timedelta(seconds=12)),
        "loss_permille": 30 if bad else 0,
        "jitter_ms": 45 if bad else 2,
        "round_trip_ms": 30,
        "diagnosis": "network_loss" if bad else "none",
    }


# A ticket that was closed long ago, by whoever had it: no clock runs.
_ENDED: dict[str, FieldValue] = {
    "stage": "closed",
    "solved": True,
    "satisfied": True,
    "next_clock": "",
    "next_due_at": None,
    "accept_due_at": None,
    "plan_due_at": None,
    "promise_due_at": None,
}
_HEARD = ("mos_mean_x100", "mos_worst_x100", "mos_worst_at", "loss_permille", "jitter_ms", "round_trip_ms")
_OPEN = ("registered", "dispatched", "accepted", "in_progress", "in_progress", "done", "closed", "closed")
