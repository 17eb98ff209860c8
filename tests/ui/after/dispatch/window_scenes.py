"""Dispatching in the whole window: `python -m tests.ui.after.dispatch.window_scenes SCENE OUT.png [LANGUAGE LOOK SIZE]`
(QT_QPA_PLATFORM=offscreen)."""

import sys
from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from desk import wire
from desk.domain.attempts import Outcome
from desk.domain.commands import Command
from desk.domain.events import LevelsMeasured
from desk.domain.identity import BuildingId, TicketId
from desk.ui.after.dispatch.uses import DispatchUses
from desk.usecases.dispatch import Order, Tried
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_history import FakeHistories
from desk.usecases.fakes_tasks import FakeAttempts, FakeDutyTurns, FakeTasks
from tests.ui import harness, seat
from tests.ui.after.dispatch.scenes import load
from tests.usecases.dispatching import PLUMBER, TICKET, Hotline, Ports

ALT = Qt.KeyboardModifier.AltModifier
HERE = replace(
    TICKET,
    ticket_id=TicketId("t99"),
    number="20261121-S01-0043",
    registered_at=seat.NOW - timedelta(minutes=4),
    building_id=BuildingId("b5"),
)


class Scene(harness.Scene):
    hotline: Hotline


def build(language: str = "en", look: str = "light") -> harness.Scene:
    store, commands, nudges = FakeStore(), list[Command](), list[None]()
    made = harness.parts(store, language, look, commands.append, lambda: nudges.append(None))
    histories = FakeHistories(store)
    ports = Ports(store, store, store.tickets, FakeTasks(store), FakeAttempts(store), FakeDutyTurns(store), histories)
    hotline = Hotline(ports, now=seat.NOW - timedelta(hours=3))
    hotline.settle()
    load(hotline)
    hotline.now = seat.NOW - timedelta(minutes=30)
    hotline.file(HERE)
    parts = replace(made, dispatch=lambda: DispatchUses(dispatch=hotline.dispatch))
    scene = Scene(harness.window_of(parts, look), store, commands, nudges)
    scene.hotline = hotline
    return scene


def draw(name: str, scene: harness.Scene) -> None:
    assert isinstance(scene, Scene)
    scene.receive(seat.snapshot(), wire.CentralState(True, True, 0, 42.0), LevelsMeasured(seat.NOW, -22.0, -30.0))
    scene.built.wiring.sign_in("1001")
    window, hotline = scene.built.window, scene.hotline
    if name == "tried":
        task = hotline.dispatch.send(HERE.ticket_id, Order()).task
        for _number in range(3):
            hotline.dispatch.called(Tried(HERE.ticket_id, task.task_id, PLUMBER.staff_id, Outcome.NO_ANSWER))
            hotline.later(minutes=6)
    hotline.now = seat.NOW
    QTimer.singleShot(200, lambda: window.panels.middle.show_ticket(HERE.ticket_id))
    QTimer.singleShot(900, lambda: QTest.keyClick(window, Qt.Key.Key_D, ALT))


if __name__ == "__main__":
    harness.shoot(draw, *sys.argv[1:], build=build)
