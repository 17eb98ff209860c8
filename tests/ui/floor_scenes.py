"""Pictures of the shift and the knowledge, for looking at: `python -m tests.ui.floor_scenes SCENE OUT.png [LANGUAGE
LOOK SIZE]` (QT_QPA_PLATFORM=offscreen; QT_SCALE_FACTOR=2 for a screen at 200 %)."""

import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from desk.domain.agent_state import AgentState
from desk.domain.estate import Duty, Staff
from desk.domain.events import CallAnswered
from desk.domain.identity import CallId, StaffId
from desk.domain.patches import patch_of
from desk.domain.promises import Promise
from desk.domain.shifts import DutyTurn, HandOver, Post, StateSpan, Stay
from desk.domain.tickets import Stage
from desk.usecases.ask import Asked
from desk.usecases.fakes import FakeAuthor
from tests.ui import harness, seat
from tests.ui.after.floor_uses import knowledge_uses
from tests.ui.seat import NOW

SCENES = (
    "offer",
    "today",
    "today_supervisor",
    "roster",
    "roster_plan",
    "hand_over",
    "leaving",
    "help",
    "articles",
    "editor",
    "questions",
    "ask",
    "reason",
)
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
BOTH = CTRL | SHIFT


def fill(scene: harness.Scene, *, supervisor: bool = False) -> None:
    """A morning: turns, stays, states, what is open, articles, two questions."""
    ids = (f"00000000-0000-7000-8000-9{n:011}" for n in range(10_000))
    author = FakeAuthor("1001", "S01", lambda: NOW, lambda: next(ids))

    def put(entity: str, value: Any) -> None:
        key = f"{entity}_id"
        scene.store.append([author.change(entity, getattr(value, key), patch_of(value, key))])

    put("staff", Staff(StaffId("s7"), "3001", "赵主管", Duty.SUPERVISOR))
    put("staff", Staff(StaffId("s6"), "2001", "孙师傅", Duty.HANDLER))
    if supervisor:
        put("staff", replace(harness.AGENT, duty=Duty.SUPERVISOR))
    start = NOW - timedelta(hours=6)
    for day in range(5):
        at = start + timedelta(days=day)
        put("duty_turn", DutyTurn(f"t{day}a", "1001", Post.AGENT, at, at + timedelta(hours=5.75)))
        if day != 1:
            put(
                "duty_turn",
                DutyTurn(f"t{day}b", "1002", Post.AGENT, at + timedelta(hours=5.75), at + timedelta(hours=11.5)),
            )
        put(
            "duty_turn",
            DutyTurn(
                f"t{day}c", "2001", Post.HANDLER, at + timedelta(hours=11.5), at + timedelta(hours=24), "水电", "A区"
            ),
        )
    put("stay", Stay("st1", "1001", "S01", start + timedelta(minutes=6), NOW - timedelta(minutes=40), "t0a"))
    put("stay", Stay("st2", "1002", "S02", NOW - timedelta(minutes=24), None, "t0b"))
    for minutes, state in (
        (6, AgentState.READY),
        (150, AgentState.BREAK),
        (168, AgentState.READY),
        (240, AgentState.FAULT),
        (262, AgentState.READY),
    ):
        put("state_span", StateSpan(f"ss{minutes:03}", "1001", "S01", state.value, start + timedelta(minutes=minutes)))
    for place, (text, who) in enumerate((("半小时内回电告知维修进度", "王女士"), ("今天下班前答复车位费", "李先生"))):
        due = NOW + timedelta(minutes=-10 + 50 * place)
        put("promise", Promise(f"p{place}", "1001", "1001", NOW, due, text, number="13800138000", caller_name=who))
    put(
        "ticket",
        replace(
            seat.ticket("t7", Stage.DISPATCHED, "楼道灯不亮，晚上看不见台阶"),
            owner="1001",
            number="20261121-S01-007",
            next_due_at=NOW + timedelta(hours=3),
        ),
    )
    put(
        "promise",
        Promise(
            "p9",
            "1002",
            "1002",
            NOW,
            NOW + timedelta(hours=1),
            "回电告知电梯恢复时间",
            number="13900139000",
            caller_name="陈先生",
        ),
    )
    note = HandOver(
        "n1",
        "1002",
        "S02",
        NOW - timedelta(minutes=20),
        "· 承诺回电 11-21 15:30 陈先生 13900139000 回电告知电梯恢复时间\n· 3 栋电梯维保在修，预计 16:00 恢复",
        ("promise p9",),
        "1001",
    )
    put("hand_over", note)
    uses = knowledge_uses(scene.store, author, lambda: NOW, lambda: next(ids))
    uses.knowledge.take_in(uses.shipped())
    uses.ask.ask(
        Asked("二期的充电桩什么时候装？能不能先装在地面车位？", "inquiry.service.facility", "13800138000", "王女士"),
        "1001",
    )
    told = uses.ask.ask(
        Asked("租户能不能用会所的游泳池？", "inquiry.service.facility", "13900139000", "陈先生"), "1002"
    )
    uses.ask.answer(told.question_id, "可以。凭租赁登记办次卡，每次 20 元，儿童须有家长陪同。", "3001")


def draw(name: str, scene: harness.Scene) -> None:
    fill(scene, supervisor=name in ("today_supervisor", "roster", "roster_plan"))
    scene.receive(seat.snapshot())
    scene.built.wiring.sign_in("1001")
    window = scene.built.window
    if name in ("help", "ask"):
        scene.receive(
            seat.offered(at=NOW - timedelta(seconds=50)), CallAnswered(CallId("c1"), NOW - timedelta(seconds=45))
        )
    QTimer.singleShot(350, window, lambda: _press(name, scene))


def _press(name: str, scene: harness.Scene) -> None:  # noqa: C901 - a table of scenes
    window = scene.built.window

    def key(code: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(window.focusWidget(), code, modifier)

    def later(ms: int, code: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTimer.singleShot(ms, window, lambda: key(code, modifier))

    match name:
        case "today" | "today_supervisor" | "roster" | "roster_plan" | "hand_over":
            key(Qt.Key.Key_F10, SHIFT)
            digit = {"today": Qt.Key.Key_1, "today_supervisor": Qt.Key.Key_1, "hand_over": Qt.Key.Key_3}
            later(150, digit.get(name, Qt.Key.Key_2), ALT)
        case "leaving":
            key(Qt.Key.Key_O, BOTH)
        case "articles" | "editor" | "questions":
            key(Qt.Key.Key_K, BOTH)
            if name == "editor":
                later(300, Qt.Key.Key_E, CTRL)
            if name == "questions":
                later(200, Qt.Key.Key_2, ALT)
                later(500, Qt.Key.Key_Down)
        case "help" | "ask":
            form = window.panels.middle.form
            form.fields.description.setPlainText("厨房水龙头一直滴水，关不紧，想问多久能来修")
            form.fields.category.setFocus()
            QTest.keyClicks(form.fields.category, "slt")
            later(250, Qt.Key.Key_Return)
            if name == "ask":
                later(450, Qt.Key.Key_A, BOTH)
        case "reason":
            key(Qt.Key.Key_F9, SHIFT)
            QTimer.singleShot(100, window, lambda: QTest.keyClicks(window.focusWidget(), "5"))
        case _:
            pass


if __name__ == "__main__":
    harness.shoot(draw, *sys.argv[1:])
