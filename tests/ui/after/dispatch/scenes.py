"""The dispatch panel over a hotline in memory, and pictures of it: `python -m tests.ui.after.dispatch.scenes SCENE
OUT.png [LANGUAGE LOOK WIDTH]` (QT_QPA_PLATFORM=offscreen)."""

import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desk.domain.attempts import Outcome
from desk.domain.commands import Command, Dial
from desk.domain.events import CallAnswered, CallDialled, CallEnded
from desk.domain.identity import CallId, TicketId
from desk.domain.moves import MoveKind
from desk.domain.party import Party
from desk.domain.routes import RouteTable
from desk.domain.shifts import Post
from desk.domain.times import to_text
from desk.domain.working_time import CHINA
from desk.i18n import speak
from desk.ui import theme
from desk.ui.after.dispatch.panel import DispatchPanel, DispatchTools
from desk.ui.after.dispatch.uses import DispatchUses
from desk.ui.hub import Hub
from desk.usecases.dispatch import Order, Tried
from desk.usecases.read_ticket import TicketPage
from tests.ui import seat
from tests.usecases.dispatching import ELECTRICIAN, MATE, PLUMBER, TABLE, TICKET, Hotline, hotline_over

CALL = CallId("c9")


@dataclass
class Scene:
    hotline: Hotline
    phone: seat.FakePhone
    hub: Hub
    panel: DispatchPanel
    written: list[bool]
    told: list[str]

    def open(self, ticket_id: TicketId = TICKET.ticket_id) -> None:
        self.panel.open_for(self.page(ticket_id))
        self.settle()

    def page(self, ticket_id: TicketId = TICKET.ticket_id) -> TicketPage:
        ticket = self.hotline.ports.tickets.get(ticket_id)
        assert ticket is not None
        return TicketPage(ticket, (), None, None, None, None)

    def settle(self) -> None:
        """Until nothing waits on the worker any more, and what came back has been shown."""
        for _round in range(4):
            assert self.hub.worker.drain(20)
            QApplication.processEvents()

    def dialled(self) -> list[str]:
        return [command.target for command in self.phone.commands if isinstance(command, Dial)]

    def call_goes(self, *, cause: int = 0, answered: bool = False) -> None:
        """The call that was dialled last runs; with a cause it ends."""
        at = self.hotline.clock()
        self.hub.receive(CallDialled(CALL, at, "热线", Party(self.dialled()[-1])))
        if answered:
            self.hub.receive(CallAnswered(CALL, at))
        if cause:
            self.hub.receive(CallEnded(CALL, at, cause))
        QApplication.processEvents()
        self.settle()


def build(hotline: Hotline) -> Scene:
    phone = seat.FakePhone()

    def do(command: Command) -> None:
        phone.do(command)

    hub = Hub(command=do, profile_of=seat.profile_of, card_of=seat.card_of, clock=hotline.clock)
    tools = DispatchTools(hub=hub, uses=DispatchUses(dispatch=hotline.dispatch), clock=hotline.clock, zone=CHINA)
    panel = DispatchPanel(tools)
    written: list[bool] = []
    told: list[str] = []
    panel.written.connect(lambda: written.append(True))
    panel.told.connect(told.append)
    return Scene(hotline, phone, hub, panel, written, told)


def load(hotline: Hotline) -> None:
    """Everybody has something to do."""
    now = hotline.now
    for number in range(9):
        handler = (PLUMBER, PLUMBER, MATE, ELECTRICIAN)[number % 4]
        other = replace(TICKET, ticket_id=TicketId(f"t{number}"), number=f"20260302-S01-{number + 11:03d}")
        hotline.file(other)
        task = hotline.dispatch.send(
            other.ticket_id, Order(handler.staff_id, until=now + timedelta(hours=number + 1))
        ).task
        if number % 3 == 0:
            hotline.put("task", task.task_id, stage="done", done_at=to_text(now))
    times = {"start": to_text(now - timedelta(hours=1)), "until": to_text(now + timedelta(hours=8))}
    hotline.put("duty_turn", "d1", who="H0004", post=Post.HANDLER.value, trade="", area="", ended=False, **times)
    hotline.later(hours=2)


def _shoot(name: str, scene: Scene) -> None:
    hotline = scene.hotline
    load(hotline)
    ticket = hotline.file()
    if name == "left":
        hotline.put("staff", PLUMBER.staff_id, active=False)
        hotline.map.load()
    if name == "none":
        hotline.table = replace(TABLE, routes=TABLE.routes[1:])
    if name == "empty":
        hotline.table = RouteTable()
    if name in ("waiting", "tried", "taken", "reason"):
        task = hotline.dispatch.send(ticket.ticket_id, Order()).task
        for _number in range({"tried": 3, "waiting": 1}.get(name, 0)):
            hotline.dispatch.called(Tried(ticket.ticket_id, task.task_id, PLUMBER.staff_id, Outcome.NO_ANSWER))
            hotline.later(minutes=6)
        if name == "taken":
            hotline.moves.move(ticket.ticket_id, MoveKind.ACCEPT)
    scene.open()
    if name == "new":
        scene.panel.front.another.emit()
        scene.panel.front.another.emit()
    if name == "reason":
        scene.panel.front.heard.press_digit(2)
    scene.settle()


def main(name: str, file: str, language: str = "zh_CN", look: str = "light", width: str = "700") -> None:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    speak(language)
    theme.apply(app, look)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder, hotline_over("memory", Path(folder)) as hotline:
        scene = build(hotline)
        frame = QWidget()
        column = QVBoxLayout(frame)
        column.addWidget(scene.panel)
        column.addStretch()
        frame.resize(int(width), 520)
        frame.show()
        _shoot(name, scene)
        QTest.qWait(60)
        frame.grab().save(file)
        scene.hub.worker.close(5)


if __name__ == "__main__":
    main(*sys.argv[1:])
