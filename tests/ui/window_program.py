"""The window of the harness as a program of its own, for tests on a real screen: lines on standard input are what
happens ("ring c1 013800138000", "answer c1", "say"), "say" answers with what the window shows, as a JSON line."""

import json
import logging
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from desk.domain.events import CallAnswered, TroubleRaised
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.domain.troubles import Trouble, Wrong
from desk.ui.app import run_ui
from desk.ui.collector import Collector
from desk.ui.main_window import MainWindow
from desk.usecases.fakes import FakeStore
from tests.ui import harness, seat

LOW = QSize(1366, 700)  # a screen of 1366x768 less its task bar


class Lines(QObject):
    came = Signal(str)

    def read(self) -> None:
        for line in sys.stdin:
            self.came.emit(line.strip())
        self.came.emit("end")


def main() -> None:
    match sys.argv[1:]:
        case ["seat"]:
            seat_program()
        case ["full", language]:
            full_program(language)
        case ["fitted"]:
            fitted_program()
        case ["other"]:
            other_program()
        case _:
            window_program()


def full_program(language: str) -> None:
    """A low window with every strip on it that there is: says how much room it needs, and where the form's keyboard
    focus stands while it goes through the fields."""
    app = QApplication(sys.argv[:1])
    Collector(app)
    scene = harness.build(language)
    window, hub, middle = scene.built.window, scene.built.hub, scene.built.window.panels.middle
    window.resize(LOW)
    window.show()
    window.activateWindow()
    scene.receive(seat.snapshot())
    scene.built.wiring.sign_in("1001")

    def until(holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + 20
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError
            app.processEvents()
            time.sleep(0.01)

    until(lambda: hub.agent is not None)
    middle.new_form()
    QTest.keyClicks(middle.form.fields.description, "x")
    scene.receive(seat.offered("c1", Party("013800138000")), CallAnswered(CallId("c1"), seat.NOW))
    scene.receive(seat.offered("c2", Party("075587650000")), TroubleRaised(Wrong(Trouble.HEADSET_VANISHED, seat.NOW)))
    until(lambda: CallId("c2") in hub.state.calls and Trouble.HEADSET_VANISHED in hub.state.wrongs)
    window.panels.trouble_line.tell("message", stays=True)
    middle.form.strip.say_trouble("x")
    window.close()
    app.processEvents()
    unseen = []
    for what, widget in middle.form.fields.widgets.items():
        widget.setFocus()
        app.processEvents()
        if widget.visibleRegion().boundingRect().height() < widget.height():
            unseen.append(what.value)
    layout = window.layout()
    strips = ("strip_c2", "form_offer", "close_question", "trouble_frame", "message_frame", "intake_strip")
    say(
        {
            "ratio": window.devicePixelRatio(),
            "needs": layout.minimumSize().height() if layout is not None else 0,
            "middle": middle.minimumSizeHint().width(),
            "hidden": [name for name in strips if not any(w.isVisible() for w in window.findChildren(QWidget, name))],
            "unseen": unseen,
        }
    )
    scene.close()


def fitted_program() -> None:
    """The whole process as it runs at a seat, with a call and its form: how it lies on the screen that is there, until
    it is told to end."""
    receivers: list[Callable[[object], None]] = []
    receive = receivers.append
    parts = replace(harness.parts(FakeStore(), ready=lambda: QTimer.singleShot(0, begin)), subscribe=receive)

    def window() -> MainWindow | None:
        shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        return shown[0] if shown else None

    def begin() -> None:
        lines = Lines(QApplication.instance())
        lines.came.connect(obey)
        threading.Thread(target=lines.read, daemon=True).start()
        for message in (seat.snapshot(), seat.offered("c1", Party("013800138000"))):
            receivers[0](message)
        receivers[0](CallAnswered(CallId("c1"), seat.NOW))

    def obey(line: str) -> None:
        one = window()
        if line == "end":
            parts.stop_requested.set()
        elif one is None:
            say({"form": False})
        else:
            frame, screen = one.frameGeometry(), one.screen().geometry().adjusted(0, 0, 1, 1)  # Qt rounds each
            say(
                {
                    "form": one.panels.middle.form.isVisible(),
                    "ratio": one.devicePixelRatio(),
                    "lies_within": screen.contains(frame),
                    "size": [one.width(), one.height()],
                    "cut": [
                        w.objectName()
                        for w in one.findChildren(QWidget)
                        if isinstance(w, QAbstractButton | QLineEdit) and is_cut(w)
                    ],
                }
            )

    run_ui(parts)


def is_cut(widget: QWidget) -> bool:
    """Its right or left end is missing. What was scrolled out of sight altogether is not."""
    seen = widget.visibleRegion().boundingRect()
    return not seen.isEmpty() and seen.width() < widget.width()


def other_program() -> None:
    """Another program, in whose field somebody types."""
    app = QApplication(sys.argv[:1])
    Collector(app)
    field = QLineEdit()
    field.setWindowTitle("another program")
    field.setObjectName("other")
    field.show()

    def obey(line: str) -> None:
        if line == "say":
            say({"text": field.text(), "active": field.isActiveWindow()})
        elif line == "end":
            app.exit()

    run(app, obey)


def window_program() -> None:
    app = QApplication(sys.argv[:1])
    Collector(app)
    scene = harness.build()
    window, hub = scene.built.window, scene.built.hub
    window.resize(1300, 700)
    window.show()
    scene.receive(seat.snapshot())
    scene.built.wiring.sign_in("1001")

    def obey(line: str) -> None:
        match line.split():
            case ["ring", name, number]:
                hub.receive(seat.offered(name, Party(number)))
            case ["answer", name]:
                hub.receive(CallAnswered(CallId(name), seat.NOW))
            case ["say"]:
                focused = app.focusWidget()
                say(
                    {
                        "focus": focused.objectName() if focused else "",
                        "text": focused.text() if isinstance(focused, QLineEdit) else "",
                        "calls": list(hub.state.calls),
                        "card": hub.callers.subject or "",
                        "active": window.isActiveWindow(),
                        "signed_in": hub.agent is not None,
                        "commands": [type(command).__name__ for command in scene.commands],
                    }
                )
            case ["end"]:
                app.exit()

    run(app, obey)
    scene.close()


def seat_program() -> None:
    """The whole process as it runs at a seat: it signs in, somebody types, a bug happens, the launcher asks for the
    end."""
    steps: list[str] = []
    beats: list[None] = []
    bugs: list[str] = []
    ready = threading.Event()

    class Steps(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            steps.append(vars(record)["step"])

    logger = logging.getLogger("desk.ui.steps")
    logger.setLevel(logging.INFO)
    logger.addHandler(Steps())
    sys.excepthook = lambda kind, error, trace: bugs.append(kind.__name__)
    store = FakeStore()
    parts = harness.parts(store, ready=ready.set, beat=lambda: beats.append(None))
    app = QApplication(sys.argv[:1])
    Collector(app)

    def type_and_stop() -> None:
        windows = [w for w in app.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        if not windows or not ready.is_set() or not beats or windows[0].panels.sign_in.isVisible():
            QTimer.singleShot(50, type_and_stop)
            return
        middle = windows[0].panels.middle
        middle.new_form()
        QTest.keyClicks(middle.form.fields.description, "the last words")
        QTimer.singleShot(0, lambda: 1 // 0)
        QTimer.singleShot(100, parts.stop_requested.set)

    QTimer.singleShot(50, type_and_stop)
    code = run_ui(parts)
    say({"code": code, "kept": [d.intake.description for d in store.of_author("1001")], "steps": steps, "bugs": bugs})


def say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def run(app: QApplication, obey) -> None:  # type: ignore[no-untyped-def]
    lines = Lines()
    lines.came.connect(obey)
    threading.Thread(target=lines.read, daemon=True).start()
    app.exec()


if __name__ == "__main__":
    main()
