"""Pictures of the window before the first start, for looking at: `python -m tests.ui.setup_scenes SCENE OUT.png
[LANGUAGE LOOK SIZE]` (QT_QPA_PLATFORM=offscreen); scenes: code, alone."""

import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desk import i18n
from desk.ui import theme
from desk.ui.setup.parts import Alone, Devices, SetupParts
from desk.ui.setup.window import SetupWindow

SETTLED_MS = 1500


def enrol(_code: str, _place: str, _tell: Callable[[str], None]) -> Sequence[str]:
    return ()


def stand_alone(_alone: Alone) -> None:
    """Nothing is written."""


def shoot(name: str, out: str, language: str = "zh_CN", look: str = "light", size: str = "1366x768") -> None:
    app = QApplication(sys.argv[:1])
    i18n.speak(language)
    theme.apply(app, look)  # type: ignore[arg-type]
    devices = Devices(microphones=["Jabra Evolve 20"], earpieces=["Jabra Evolve 20"])
    window = SetupWindow(
        SetupParts(
            source="https://it.example.com/desk/",
            enrol=enrol,
            stand_alone=stand_alone,
            devices=lambda: devices,
        )
    )
    width, height = (int(n) for n in size.split("x"))
    window.resize(width, height)
    window.show()
    window.activateWindow()

    def act() -> None:
        if name == "alone":
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_F3)
        else:
            QTest.keyClicks(window.focusWidget(), "K7Q2M9XHTA3WBN")

    def save() -> None:
        window.grab().save(out)
        window.worker.close()
        app.quit()

    QTimer.singleShot(400, window, act)
    QTimer.singleShot(SETTLED_MS, save)
    app.exec()


if __name__ == "__main__":
    shoot(*sys.argv[1:])
