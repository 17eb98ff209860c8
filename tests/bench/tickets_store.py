"""A seat store with as many open tickets as are asked for, each with its tasks and with the calls that were made about
it, and the promises, follow-ups and stays of a hotline of that size. The rows are put in as they stand: how they came
about is nothing that a list reads."""

import random
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desk.domain.attempts import Outcome, Purpose
from desk.domain.tasks import TaskStage
from desk.domain.tickets import Stage
from desk.domain.times import to_text
from desk.secrets import FakeSecrets
from desk.store.schema import ROWS
from desk.store.store import Store

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # 10:00 in China
LOT = 5_000
BUILDINGS, HANDLERS, AGENTS = 40, 60, 20
_OPEN = (Stage.REGISTERED, Stage.DISPATCHED, Stage.ACCEPTED, Stage.IN_PROGRESS, Stage.DONE, Stage.RETURNED)
_CLOCKS = ("accept", "plan", "promise", "progress")
_LIMITS = [f"{clock}_due_at" for clock in (*_CLOCKS, "follow_up")]
_CATEGORIES = ("repair.water.tap", "repair.water.leak_above", "repair.lift.stopped", "repair.light.out")
_GIVEN = ("建国", "秀英", "伟", "芳", "娜", "敏", "静")
_NAMES = [f"{family}{given}" for family in "王李张刘陈杨黄赵" for given in _GIVEN]


def fill(file: Path, tickets: int, seed: int = 1) -> Store:
    store, rng = Store.open(file, FakeSecrets()), random.Random(seed)
    with store.write() as connection:
        people = [(f"h{n}", f"50{n:02}", _NAMES[n % len(_NAMES)], "handler") for n in range(HANDLERS)]
        people += [(f"a{n}", f"10{n:02}", _NAMES[-n], "agent") for n in range(AGENTS)]
        rows = [
            {"staff_id": i, "number": n, "name": name, "duty": duty, "phone": "13700137000", "active": 1}
            for i, n, name, duty in people
        ]
        connection.execute(ROWS["staff"].insert(), rows)
    for start in range(0, tickets, LOT):
        with store.write() as connection:
            lot = [_ticket(index, rng) for index in range(start, min(start + LOT, tickets))]
            for entity, rows_of in _OF_A_TICKET.items():
                made = [row for ticket in lot for row in rows_of(ticket, rng)]
                connection.execute(ROWS[entity].insert(), made)
    with store.write() as connection:
        connection.execute(ROWS["promise"].insert(), [_promise(n, rng) for n in range(tickets // 100)])
        connection.execute(ROWS["stay"].insert(), [_stay(n) for n in range(AGENTS)])
    store.checkpoint()
    return store


Row = dict[str, str | int | None]


def _tasks(ticket: Mapping[str, str | int | None], rng: random.Random) -> list[Row]:
    """One for what somebody has; every third has a second one that waits for the first."""
    stage = _TASK_STAGES.get(str(ticket["stage"]))
    if stage is None:
        return []
    limit = to_text(NOW + timedelta(minutes=rng.randint(-3000, 20_000)))
    first: Row = {
        "task_id": f"{ticket['ticket_id']}-1",
        "ticket_id": ticket["ticket_id"],
        "title": "上门检修",
        "stage": stage.value,
        "place": 1,
        "handler_id": ticket["handler_id"],
        "made_at": ticket["registered_at"],
        "made_by": ticket["owner"],
        "accept_due_at": limit if stage is TaskStage.DISPATCHED else None,
        "progress_due_at": limit if stage in (TaskStage.ACCEPTED, TaskStage.IN_PROGRESS) else None,
        "due_at": limit,
    }
    if rng.random() > 1 / 3:
        return [first]
    waits: Row = {
        "task_id": f"{ticket['ticket_id']}-2",
        "title": "墙面修补",
        "place": 2,
        "stage": TaskStage.WAITING.value,
    }
    return [first, first | waits | {"accept_due_at": None, "progress_due_at": None}]


def _attempts(ticket: Mapping[str, str | int | None], rng: random.Random) -> list[Row]:
    """Three calls about each, the last of which lets every fifth ticket rest until tomorrow."""
    return [
        {
            "attempt_id": f"{ticket['ticket_id']}-{turn}",
            "ticket_id": ticket["ticket_id"],
            "purpose": rng.choice((Purpose.CHASE, Purpose.PLAN, Purpose.REMIND, Purpose.DISPATCH)).value,
            "outcome": rng.choice((Outcome.REACHED, Outcome.NO_ANSWER)).value,
            "at": to_text(NOW - timedelta(hours=turn * 20)),
            "by": ticket["owner"],
            "number": "13700137000",
            "next_at": to_text(NOW + timedelta(days=1)) if turn == 1 and rng.random() < 0.2 else None,
        }
        for turn in (3, 2, 1)
    ]


def _follow_ups(ticket: Mapping[str, str | int | None], rng: random.Random) -> list[Row]:
    if ticket["stage"] != Stage.DONE.value:
        return []
    due = {"kind": "closing", "state": "due", "due_at": ticket["next_due_at"], "number": ticket["contact_number"]}
    of = {"ticket_id": ticket["ticket_id"], "owner": ticket["owner"], "made_at": ticket["registered_at"]}
    return [{"follow_up_id": f"{ticket['ticket_id']}-f", "made_by": ticket["owner"], **of, **due}]


def _promise(index: int, rng: random.Random) -> Row:
    owner = f"10{rng.randint(1, AGENTS - 1):02}"
    due = to_text(NOW + timedelta(minutes=rng.randint(-60, 600)))
    said: Row = {"text": "半小时内回电", "state": "open", "number": f"13{rng.randint(0, 999_999_999):09}"}
    return {"promise_id": f"p{index}", "owner": owner, "made_by": owner, "made_at": to_text(NOW), "due_at": due, **said}


def _stay(index: int) -> Row:
    since = to_text(NOW - timedelta(hours=2))
    return {"stay_id": f"s{index}", "who": f"10{index:02}", "seat": f"S{index:02}", "since": since, "until": None}


def _ticket(index: int, rng: random.Random) -> Row:
    registered = NOW - timedelta(minutes=rng.randint(0, 60 * 24 * 30))
    building = rng.randint(1, BUILDINGS)
    room = f"{rng.randint(1, 30)}0{rng.randint(1, 8)}"
    stage = rng.choice(_OPEN)
    clock = "follow_up" if stage is Stage.DONE else rng.choice(_CLOCKS)
    due = to_text(NOW + timedelta(minutes=rng.randint(-3000, 20_000)))
    return {
        "ticket_id": str(uuid.UUID(int=(0x0193 << 112) | (7 << 76) | (2 << 62) | index)),
        "number": f"{registered:%Y%m%d}-S{rng.randint(1, AGENTS):02}-{index % 1000:03}",
        "kind": "repair",
        "category": rng.choice(_CATEGORIES),
        "priority": rng.choices(("urgent", "high", "normal", "low"), (2, 8, 80, 10))[0],
        "stage": stage.value,
        "description": "厨房水龙头漏水，已经关了总阀，请尽快安排师傅上门。",
        "registered_at": to_text(registered),
        "registered_by": "1001",
        "seat": "S01",
        "place_text": f"{building}栋{rng.randint(1, 4)}单元{room}",
        "building_id": f"b{building}",
        "caller_name": rng.choice(_NAMES),
        "contact_number": f"13{rng.randint(0, 999_999_999):09}",
        "owner": f"10{rng.randint(1, AGENTS - 1):02}",
        "handler_id": f"h{rng.randint(0, HANDLERS - 1)}",
        "next_clock": clock,
        "next_due_at": due,
        **{limit: due if limit == f"{clock}_due_at" else None for limit in _LIMITS},
    }


_TASK_STAGES = {
    Stage.DISPATCHED.value: TaskStage.DISPATCHED,
    Stage.ACCEPTED.value: TaskStage.ACCEPTED,
    Stage.IN_PROGRESS.value: TaskStage.IN_PROGRESS,
    Stage.RETURNED.value: TaskStage.RETURNED,
    Stage.DONE.value: TaskStage.DONE,
}
_OF_A_TICKET: dict[str, Callable[[Row, random.Random], list[Row]]] = {
    "ticket": lambda ticket, _rng: [ticket],
    "task": _tasks,
    "attempt": _attempts,
    "follow_up": _follow_ups,
}
