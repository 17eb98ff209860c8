"""The window of the harness as a program of its own, for tests on a real screen: lines on standard input are what
happens ("ring c1 013800138000", "answer c1", "say"), "say" answers with what the window shows, as a JSON line."""

import json
import sys
import threading

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLineEdit

from desk.domain.events import CallAnswered
from desk.domain.identity import CallId
from desk.domain.party import Party
from tests.ui import harness, seat


class Lines(QObject):
    came = Signal(str)

    def read(self) -> None:
        for line in sys.stdin:
            self.came.emit(line.strip())
        self.came.emit("end")


def main() -> None:
    app = QApplication(sys.argv[:1])
    if sys.argv[1:] == ["other"]:
        field = QLineEdit()
        field.setWindowTitle("another program")
        field.setObjectName("other")
        field.show()

        def obey_other(line: str) -> None:
            if line == "say":
                say({"text": field.text(), "active": field.isActiveWindow()})
            elif line == "end":
                app.exit()

        run(app, obey_other)
        return
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
                        "card": hub.subject or "",
                        "active": window.isActiveWindow(),
                        "signed_in": hub.agent is not None,
                        "commands": [type(command).__name__ for command in scene.commands],
                    }
                )
            case ["end"]:
                app.exit()

    run(app, obey)
    scene.close()


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
