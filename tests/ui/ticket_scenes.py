"""Pictures of a ticket's page, for looking at: `python -m tests.ui.ticket_scenes SCENE OUT.png [LANGUAGE LOOK SIZE]`
(QT_QPA_PLATFORM=offscreen; QT_SCALE_FACTOR=2 for a screen at 200 %)."""

import sys
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from desk import wire
from desk.domain.events import LevelsMeasured
from desk.domain.moves import MoveKind
from tests.ui import harness, seat
from tests.ui.ticket import story

SCENES = (
    "filed",
    "page",
    "bottom",
    "moves",
    "suspend",
    "join",
    "correct",
    "print",
    "closed",
    "warned",
    "keys",
    "keys_find",
)


def draw(name: str, scene: harness.Scene) -> None:
    """Bring the window into the state of this name."""
    scene.receive(seat.snapshot(), wire.CentralState(True, True, 0, 42.0), LevelsMeasured(seat.NOW, -22.0, -30.0))
    scene.built.wiring.sign_in("1001")
    told = story.Story(scene.store)
    {"filed": story.filed, "closed": story.closed, "warned": story.warned}.get(name, story.in_work)(told)
    window, view = scene.built.window, scene.ticket_view
    if name.startswith("keys"):
        _later(300, lambda: QTest.keyClick(window, Qt.Key.Key_F1))
        if name == "keys_find":
            _later(700, lambda: QTest.keyClicks(window.focusWidget(), "pd"))
        return
    _later(200, lambda: window.panels.middle.show_ticket(story.TICKET))
    deeds = view.deeds
    assert deeds is not None
    steps: dict[str, Callable[[], object]] = {
        "bottom": lambda: view.course.timeline.setFocus(Qt.FocusReason.TabFocusReason),
        "moves": lambda: view.action_bar.open(deeds.moves_key),
        "suspend": lambda: deeds.begin(MoveKind.SUSPEND),
        "join": lambda: deeds.begin(MoveKind.HAND_OVER),
        "correct": lambda: QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.AltModifier),
        "print": lambda: view.action_bar.open(deeds.print_key),
    }
    if name in steps:
        _later(700, steps[name])
    if name == "bottom":
        _later(900, lambda: QTest.keyClick(view.course.timeline, Qt.Key.Key_Down))
        for _ in range(6):
            _later(950, lambda: QTest.keyClick(view.course.timeline, Qt.Key.Key_Down))
    if name == "suspend":
        _later(900, lambda: QTest.keyClicks(window.focusWidget(), "1"))
        _later(1000, lambda: QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return))
        _later(1100, lambda: QTest.keyClicks(window.focusWidget(), "ht"))


def _later(after_ms: int, do: Callable[[], object]) -> None:
    QTimer.singleShot(after_ms, lambda: (do(), None)[1])


if __name__ == "__main__":
    harness.shoot(draw, *sys.argv[1:])
