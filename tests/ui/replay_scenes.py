"""Pictures of the replay window, for looking at: `python -m tests.ui.replay_scenes SCENE OUT.png [LANGUAGE LOOK SIZE]`
(QT_QPA_PLATFORM=offscreen; QT_SCALE_FACTOR=2 for a screen at 200 %)."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from desk import i18n
from desk.domain.identity import CallId
from desk.ui import theme
from tests.ui.replay.stage import AGENT, SUPERVISOR, Stage, staged

SETTLED_MS = 2_500


def draw(name: str, stage: Stage) -> None:
    """Bring the window into the state of this name."""
    window = stage.window
    line = window.search.line
    if name in ("search", "ticket", "comments", "log", "export", "hold"):
        line.insert("13800138003 漏水" if name == "search" else "漏水")
    if name == "nothing":
        QTest.keyClicks(line, "13912345678")
    if name == "filters":
        window.search.filter_key.click()
        since = window.search.filters.findChild(QLineEdit, "filter_since")
        assert since is not None
        QTest.keyClicks(since, "11-31")
    if name in ("search", "ticket", "comments", "log", "export", "hold", "play"):
        QTimer.singleShot(500, window.play_current)
    pages = {"ticket": 1, "comments": 2, "log": 3}
    if name in pages:
        QTimer.singleShot(700, lambda: window.pages.turn_to(pages[name]))
    if name == "comments":
        QTimer.singleShot(800, lambda: _comment(stage))
    if name == "export":
        QTimer.singleShot(800, window.act.export_key.click)
    if name == "hold":
        QTimer.singleShot(800, window.act.hold_key.click)


def _comment(stage: Stage) -> None:
    found = stage.window.search.current
    if found is not None:
        call_id = CallId(found.hit.call.call_id)
        stage.window.comments.write(call_id, 6_000, "没有报工号")
        stage.window.comments.write(call_id, 14_000, "语气生硬，未致歉")


def shoot(name: str, out: str, language: str = "zh_CN", look: str = "light", size: str = "1366x768") -> None:
    app = QApplication(sys.argv[:1])
    i18n.speak(language)
    theme.apply(app, look)  # type: ignore[arg-type]
    width, height = (int(n) for n in size.split("x"))
    with TemporaryDirectory() as folder, staged(Path(folder), AGENT if name == "agent" else SUPERVISOR) as stage:
        stage.window.resize(width, height)
        stage.window.open()
        draw(name, stage)

        def save() -> None:
            stage.window.grab().save(out)
            app.quit()

        QTimer.singleShot(SETTLED_MS, save)
        app.exec()


if __name__ == "__main__":
    shoot(*sys.argv[1:])
