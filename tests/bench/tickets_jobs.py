"""The ten commonest jobs, done by a scripted agent at the keyboard of the real window over a real store: how many keys
each takes (a chord counts each of its keys; what the resident tells is not counted) and how many seconds: the program's
own time, and a quarter of a second for each key, as somebody types who does it all day. A program of its own (Qt's main
thread), which prints its figures as one line of JSON."""

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desk import i18n
from desk.compose.clock import now
from desk.compose.window import Life, window_parts
from desk.demo.routes import write_routes
from desk.domain.attempts import Attempt
from desk.domain.estate import Duty, Staff
from desk.domain.events import CallAnswered, CallEnded
from desk.domain.identity import CallId, StaffId
from desk.domain.patches import patch_of
from desk.domain.promises import Promise, PromiseState
from desk.domain.tickets import Stage, Ticket
from desk.domain.work_lists import WorkList
from desk.secrets import FakeSecrets
from desk.settings import SeatSettings, Settings
from desk.settings.values import PoliciesSettings
from desk.store.change_log import SqlChangeLog
from desk.store.queries import Reader
from desk.store.store import Store
from desk.ui import theme
from desk.ui.after.lists.page import WorkPage
from desk.ui.app import SWITCH_INTERVAL_S
from desk.ui.build import Built, build_window
from tests.making import change
from tests.ui import harness, seat
from tests.ui.real_window import NobodyThere

T = TypeVar("T")
KEY_S = 0.25
LONGEST_S = 60.0
DESCRIPTION = "厨房水龙头一直滴水，关不紧"
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, PLAIN = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
HANDLERS = (("h1", "H0001", "李师傅", "13700137000"), ("h2", "H0002", "刘师傅", "13600136000"))


class Agent:
    """Sits at the window. `figures`: "answer_keys", "answer_s", ..."""

    def __init__(self, app: QApplication, built: Built, store: Store) -> None:
        self.app, self.built, self.store = app, built, store
        self.figures: dict[str, float] = {}
        self._keys = 0

    def press(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        self._keys += 1 + len(modifiers)
        together = PLAIN
        for one in modifiers:
            together |= one
        QTest.keyClick(self.focus(), key, together)

    def write(self, text: str, *, counted: bool = True) -> None:
        self._keys += len(text) if counted else 0
        for letter in text:
            if letter.isascii():
                QTest.keyClicks(self.focus(), letter)
            else:
                commit = QInputMethodEvent("", [])
                commit.setCommitString(letter)
                QApplication.sendEvent(self.focus(), commit)
            self.app.processEvents()

    def compose(self, typed: str, chosen: str) -> None:
        """As with an input method: what is typed stands there until the first candidate is taken."""
        for at in range(1, len(typed) + 1):
            QApplication.sendEvent(self.focus(), QInputMethodEvent(typed[:at], []))
            self.app.processEvents()
        commit = QInputMethodEvent("", [])
        commit.setCommitString(chosen)
        QApplication.sendEvent(self.focus(), commit)
        self.app.processEvents()
        self._keys += len(typed) + 1  # the space takes it

    def settle(self) -> None:
        """What was asked of the worker has been shown."""
        for _turn in range(3):
            self.built.hub.worker.drain(20)
            self.app.processEvents()

    def focus(self) -> QWidget:
        return self.app.focusWidget() or self.built.window

    def until(self, what: str, done: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not done():
            self.app.processEvents()
            time.sleep(0.001)
            if time.monotonic() - began > LONGEST_S:
                raise TimeoutError(f"{what}, with the keyboard in {self.focus().objectName()!r}")

    @contextmanager
    def job(self, name: str) -> Iterator[None]:
        self.settle()
        self._keys, began = 0, time.monotonic()
        yield
        self.figures[f"{name}_keys"] = self._keys
        self.figures[f"{name}_s"] = time.monotonic() - began + self._keys * KEY_S

    def rings(self, call_id: str, *, answer: bool = True) -> None:
        self.built.hub.receive(seat.offered(call_id, at=now()))
        pop = self.built.hub.callers.pop
        self.until("profile", lambda: pop(CallId(call_id)).profile is not None)
        if answer:
            self.built.hub.receive(CallAnswered(CallId(call_id), now()))
            self.until("form", lambda: self.built.window.panels.middle.call_in_form == call_id)

    def ends(self, call_id: str) -> None:
        self.built.hub.receive(CallEnded(CallId(call_id), now(), 200))
        self.until("end", lambda: self.built.hub.state.front() is None)

    def rows(self, cls: type[T]) -> list[T]:
        return Reader(self.store, cls).where("1")

    def tickets(self, stage: Stage) -> list[Ticket]:
        return [one for one in self.rows(Ticket) if one.stage is stage and one.registered_by == "1001"]

    def lists(self) -> WorkPage:
        found = self.built.window.findChild(WorkPage)
        assert found is not None
        return found

    def shows(self, which: WorkList) -> None:
        """The list is here, its first row read, and whom to call known."""
        page = self.lists()
        self.until("list", lambda: page.model.loaded and page.model.query.work_list is which)
        self.until("row", lambda: page.chosen() is not None and bool(page.outcomes.number))


def work(agent: Agent) -> None:
    built, middle = agent.built, agent.built.window.panels.middle
    agent.rings("c1", answer=False)
    with agent.job("answer"):
        agent.press(Qt.Key.Key_F2)
        built.hub.receive(CallAnswered(CallId("c1"), now()))
        agent.until("form", lambda: middle.call_in_form == "c1")
    with agent.job("repair"):
        agent.write("cfslt")
        agent.settle()
        agent.press(Qt.Key.Key_Return)
        agent.write(DESCRIPTION, counted=False)
        agent.press(Qt.Key.Key_Return, CTRL)
        agent.until("filed", lambda: len(agent.tickets(Stage.REGISTERED)) == 1)
    with agent.job("promise"):
        agent.press(Qt.Key.Key_M, CTRL)
        agent.until("promised", lambda: len(agent.rows(Promise)) == 1)
    agent.ends("c1")
    with agent.job("dispatch"):
        agent.press(Qt.Key.Key_O, CTRL)
        bar = built.window.findChild(QWidget, "ticket_action_bar")
        assert bar is not None
        agent.until("ticket", bar.isVisible)
        agent.press(Qt.Key.Key_D, ALT)
        agent.settle()
        agent.press(Qt.Key.Key_Return)
        agent.until("dispatched", lambda: len(agent.tickets(Stage.DISPATCHED)) == 1)
    with agent.job("next"):
        agent.press(Qt.Key.Key_Q, CTRL)
        agent.until("page", lambda: built.window.findChild(WorkPage) is not None)
        agent.shows(WorkList.NEXT)
    with agent.job("no_answer"):
        agent.press(Qt.Key.Key_R, CTRL)
        agent.press(Qt.Key.Key_2)
        agent.until("recorded", lambda: any(one.outcome.value == "no_answer" for one in agent.rows(Attempt)))
    with agent.job("accepted_by_telephone"):
        agent.press(Qt.Key.Key_6, ALT)
        agent.shows(WorkList.UNACCEPTED)
        agent.press(Qt.Key.Key_R, CTRL)
        agent.press(Qt.Key.Key_8)
        agent.until("accepted", lambda: len(agent.tickets(Stage.ACCEPTED)) == 1)
    with agent.job("keep_promise"):
        agent.press(Qt.Key.Key_9, ALT)
        agent.shows(WorkList.PROMISED)
        agent.press(Qt.Key.Key_R, CTRL)
        agent.press(Qt.Key.Key_1)
        agent.until("kept", lambda: [one.state for one in agent.rows(Promise)] == [PromiseState.KEPT])
    with agent.job("find_ticket"):
        agent.press(Qt.Key.Key_3, ALT)
        agent.press(Qt.Key.Key_F, CTRL)
        agent.compose("slt", "水龙头")
        agent.settle()
        agent.press(Qt.Key.Key_Return)
        agent.press(Qt.Key.Key_Return)
        agent.until("ticket", lambda: not agent.lists().isVisible())
    agent.press(Qt.Key.Key_F11)
    agent.rings("c2")
    with agent.job("join_repeat"):
        agent.write("cfslt")
        agent.settle()
        agent.press(Qt.Key.Key_Return)
        agent.settle()
        agent.press(Qt.Key.Key_J, ALT)
        joined = middle.form.joined
        done: list[str] = []
        joined.connect(done.append)
        agent.until("joined", lambda: bool(done) or middle.call_in_form != "c2")


def main() -> int:
    i18n.speak("zh_CN")
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = QApplication([])
    theme.apply(app, "light")
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        write_routes(there / "policies")
        settings = Settings(
            seat=SeatSettings(name="S01", agent="1001", language="zh_CN"),
            policies=PoliciesSettings(folder=str(there / "policies")),
            data_dir=there,
            runtime_dir=there / "run",
        )
        store = Store.open(settings.store_file, FakeSecrets())
        log = SqlChangeLog(store)
        people = [("staff", i, Staff(StaffId(i), n, name, Duty.HANDLER, phone)) for i, n, name, phone in HANDLERS]
        for entity, entity_id, value in [*harness.entries(), *people]:
            id_field = "call_id" if entity == "recording" else f"{entity}_id"
            log.append([change(entity, entity_id, patch_of(value, id_field))])
        alive = Life(lambda: None, lambda: None, threading.Event())
        built = build_window(window_parts(settings, store, NobodyThere(), alive))
        built.hub.receive(seat.snapshot())
        built.wiring.sign_in("1001")
        built.window.resize(1366, 768)
        built.window.show()
        built.window.activateWindow()
        agent = Agent(app, built, store)
        agent.until("signed in", lambda: built.hub.agent is not None and built.hub.state.phone_here)
        work(agent)
        built.hub.worker.close(20)
        store.close()
    print(json.dumps(agent.figures), flush=True)
    return 0


if __name__ == "__main__":
    os._exit(main())  # Qt's objects die in no order at Python's own exit
