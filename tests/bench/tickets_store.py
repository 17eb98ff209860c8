"""A seat store with as many open tickets as are asked for, their rows put in as they stand: how they came about is
nothing that a list reads."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

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
            connection.execute(ROWS["ticket"].insert(), lot)
    store.checkpoint()
    return store


def _ticket(index: int, rng: random.Random) -> dict[str, str | None]:
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
