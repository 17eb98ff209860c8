"""A window with nothing to do does nothing: whoever asks for a new layout in every turn of the loop burns a core all
day, and nobody sees it."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from desk.domain.events import CallAnswered
from desk.domain.identity import CallId
from tests.ui.harness import Scene
from tests.ui.seat import NOW, offered

TURNS = 200
A_FEW = 20  # a clock's label may have become wider
WIDTHS = (1000, 1180, 1366, 1920)


class Layouts(QObject):
    """Counts what asks for a new layout."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.LayoutRequest
        return False


def _idle(_scene: Scene) -> None:
    pass


def _rings(scene: Scene) -> None:
    scene.receive(offered("c1"))


def _talks(scene: Scene) -> None:
    _rings(scene)
    scene.receive(CallAnswered(CallId("c1"), NOW))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("happens", [_idle, _rings, _talks])
def test_a_window_that_has_settled_asks_for_no_new_layout(
    scene: Scene, happens: Callable[[Scene], None], width: int
) -> None:
    happens(scene)
    scene.built.window.resize(width, 768)
    assert scene.built.hub.worker.drain(10)
    _turn()
    layouts = Layouts()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(layouts)
    _turn()
    app.removeEventFilter(layouts)
    assert layouts.count < A_FEW


def _turn() -> None:
    for _ in range(TURNS):
        QApplication.processEvents()
