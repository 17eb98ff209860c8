"""A ticket's page that has settled does nothing, whatever panel is open on it."""

import pytest
from PySide6.QtWidgets import QApplication

from desk.domain.moves import MoveKind
from desk.ui.ticket.deeds import TicketDeeds
from tests.ui.harness import Scene
from tests.ui.test_idle import A_FEW, TURNS, Layouts
from tests.ui.ticket import story


def _deeds(scene: Scene) -> TicketDeeds:
    deeds = scene.ticket_view.deeds
    assert deeds is not None
    return deeds


def _page(_scene: Scene) -> None:
    pass


def _moves(scene: Scene) -> None:
    scene.ticket_view.action_bar.open(_deeds(scene).moves_key)


def _strip(scene: Scene) -> None:
    _deeds(scene).begin(MoveKind.SUSPEND)


def _print(scene: Scene) -> None:
    scene.ticket_view.action_bar.open(_deeds(scene).print_key)


@pytest.mark.parametrize("width", [1180, 1366])
def test_a_ticket_that_has_settled_asks_for_no_new_layout(scene: Scene, width: int) -> None:
    story.in_work(story.Story(scene.store))
    scene.built.window.resize(width, 768)
    scene.built.window.panels.middle.show_ticket(story.TICKET)
    for happens in (_page, _moves, _strip, _print):
        _settle(scene)
        happens(scene)
        _settle(scene)
        assert _layouts() < A_FEW, happens.__name__
        scene.ticket_view.action_bar.close_panel()


def _layouts() -> int:
    """How many are asked for while nothing happens."""
    layouts = Layouts()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(layouts)
    _turn()
    app.removeEventFilter(layouts)
    return layouts.count


def _settle(scene: Scene) -> None:
    assert scene.built.hub.worker.drain(10)
    _turn()


def _turn() -> None:
    for _ in range(TURNS):
        QApplication.processEvents()
