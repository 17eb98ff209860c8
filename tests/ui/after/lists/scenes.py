"""A window whose hotline has work waiting, and pictures of it: `python -m tests.ui.after.lists.scenes SCENE OUT.png
[LANGUAGE LOOK SIZE]` (QT_QPA_PLATFORM=offscreen)."""

import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desk import wire
from desk.domain.events import CallAnswered, LevelsMeasured, RecordingStarted
from desk.domain.identity import CallId
from desk.domain.times import to_text
from desk.ui.after.lists.page import WorkPage
from desk.usecases.fakes import FakeAuthor, FakeStore
from tests.ui import harness, seat
from tests.ui.seat import NOW

ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
SCENES = ("next", "team", "grouped", "filtered", "ask", "empty", "promise", "promise_change", "due")


class Hotline:
    """Puts work into the window's store."""

    def __init__(self, store: FakeStore) -> None:
        # Before those of the window: what is done in it stands over what was there.
        ids = (f"00000000-0000-5000-8000-{number:012x}" for number in count(1))
        self.store = store
        self.author = FakeAuthor("1001", "S02", lambda: NOW, lambda: next(ids), store.base_seq)

    def put(self, entity: str, entity_id: str, **fields: Any) -> str:
        self.store.append([self.author.change(entity, entity_id, fields)])
        return entity_id

    def handlers(self) -> None:
        for staff_id, name, phone in (
            ("h1", "李师傅", "13700137000"),
            ("h2", "刘师傅", "13600136000"),
            ("h3", "周主任", "13500135000"),
        ):
            self.put("staff", staff_id, number=f"50{staff_id[1:]}", name=name, duty="handler", phone=phone, active=True)

    def ticket(self, name: str, hours: float, clock: str = "promise", stage: str = "in_progress", **fields: Any) -> str:
        due = to_text(NOW + timedelta(hours=hours))
        patch: dict[str, Any] = {
            "number": f"20261120-S01-{name[1:].zfill(3)}",
            "kind": "repair",
            "category": "repair.water.tap",
            "priority": "normal",
            "stage": stage,
            "description": "厨房水龙头漏水",
            "registered_at": to_text(NOW - timedelta(days=2)),
            "registered_by": "1001",
            "seat": "S01",
            "owner": "1001",
            "caller_name": "王建国",
            "contact_number": "13800138000",
            "place_text": "5栋2单元203",
            "building_id": seat.BUILDING.building_id,
            "handler_id": "h1",
            "next_clock": clock,
            "next_due_at": due,
        }
        field = {"follow_up": "follow_up_due_at"}.get(clock, f"{clock}_due_at")
        self.put("ticket", name, **(patch | {field: due} | fields))
        of_task = {"accept": "accept_due_at", "task": "due_at", "progress": "progress_due_at"}.get(clock)
        if stage not in ("registered", "done", "followed_up"):
            self.put(
                "task",
                f"task-{name}",
                ticket_id=name,
                title="修水龙头",
                stage={"dispatched": "dispatched", "returned": "returned"}.get(stage, "in_progress"),
                made_at=to_text(NOW - timedelta(days=1)),
                made_by="1001",
                handler_id="h1",
                backup_id="h2",
                lead_id="h3",
                **({of_task: due} if of_task else {}),
            )
        return name

    def promise(self, minutes: float, **fields: Any) -> str:
        patch: dict[str, Any] = {
            "owner": "1001",
            "made_by": "1001",
            "made_at": to_text(NOW - timedelta(minutes=40)),
            "due_at": to_text(NOW + timedelta(minutes=minutes)),
            "text": "答复停车费怎么算",
            "state": "open",
            "number": "13900139000",
            "caller_name": "李秀英",
        }
        return self.put("promise", f"p{minutes:g}", **(patch | fields))


def fill(hotline: Hotline) -> None:
    """A morning's work."""
    hotline.handlers()
    hotline.promise(-6)
    hotline.ticket(
        "t11", -1, "accept", "dispatched", priority="urgent", description="电梯停运，有人被困", place_text="12栋电梯"
    )
    hotline.ticket("t12", 20, "accept", "returned", description="楼道灯不亮，不属于工程部", place_text="5栋1单元大堂")
    hotline.ticket("t13", 3, "accept", "registered", description="地下车库积水", place_text="地下车库B区")
    hotline.ticket("t14", -30, "plan", "accepted", description="外墙渗水，问几时来修", place_text="8栋1单元1802")
    hotline.ticket("t15", -52, "promise", description="厨房水龙头漏水，承诺周五前修好", owner="1002")
    hotline.ticket("t16", -3, "progress", description="阳台栏杆松动", place_text="3栋2单元902", handler_id="h2")
    hotline.ticket("t17", -2, "follow_up", "done", description="门禁卡失效", place_text="5栋2单元101")
    hotline.ticket("t18", 9, "promise", description="卫生间返味", place_text="5栋2单元1204", owner="")
    for number in range(20, 44):
        place = f"{number % 9 + 1}栋{number % 3 + 1}单元{number % 20 + 1}0{number % 4 + 1}"
        hotline.ticket(f"t{number}", 20 + number * 3, "promise", place_text=place, handler_id=f"h{number % 3 + 1}")
    hotline.put(
        "attempt",
        "a1",
        purpose="chase",
        at=to_text(NOW - timedelta(hours=26)),
        by="1001",
        outcome="no_answer",
        ticket_id="t15",
        staff_id="h1",
        note="无人接听",
    )


def build(language: str = "zh_CN", look: str = "light") -> harness.Scene:
    scene = harness.build(language, look)
    fill(Hotline(scene.store))
    return scene


def page_of(scene: harness.Scene) -> WorkPage:
    found = scene.built.window.findChild(WorkPage)
    assert found is not None
    return found


def press(scene: harness.Scene, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or scene.built.window, key, modifier)


def draw(name: str, scene: harness.Scene) -> None:
    scene.receive(seat.snapshot(), wire.CentralState(True, True, 0, 42.0), LevelsMeasured(NOW, -22.0, -30.0))
    scene.built.wiring.sign_in("1001")
    steps: list[Callable[[], None]] = [lambda: press(scene, Qt.Key.Key_Q, CTRL)]
    if name in ("team", "grouped", "filtered"):
        steps.append(lambda: press(scene, Qt.Key.Key_3, ALT))
    if name == "grouped":
        steps += [lambda: press(scene, Qt.Key.Key_G, ALT)] * 3
    if name == "filtered":
        steps.append(lambda: page_of(scene).filter.setText("5栋 漏水"))
    if name == "ask":
        steps += [lambda: press(scene, Qt.Key.Key_2, ALT), lambda: press(scene, Qt.Key.Key_Down)]
        steps += [lambda: press(scene, Qt.Key.Key_6)]
    if name == "empty":
        steps.append(lambda: press(scene, Qt.Key.Key_0, ALT))
    if name in ("promise", "promise_change"):
        later = NOW - timedelta(seconds=73)
        scene.receive(seat.offered(at=later), CallAnswered(CallId("c1"), later), RecordingStarted(CallId("c1"), later))
        steps = [lambda: press(scene, Qt.Key.Key_M, CTRL)] * (1 if name == "promise" else 2)
    if name == "due":
        steps = []
    for index, do in enumerate(steps):
        QTimer.singleShot(300 + 450 * index, scene.built.window, do)


if __name__ == "__main__":
    harness.shoot(draw, *sys.argv[1:], build=build)
