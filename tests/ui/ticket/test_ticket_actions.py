"""The bar of keys below a ticket's head, and the panels that they open."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout
from pytestqt.qtbot import QtBot

from desk.domain.identity import TicketId
from desk.domain.tickets import Stage
from desk.ui.after.ticket_panel import TicketPanel
from desk.ui.flow import Flow
from desk.ui.key_button import KeyButton
from desk.ui.ticket.actions import ActionKey, TicketActions
from desk.usecases.read_ticket import TicketPage
from tests.ui.seat import ticket


def page(ticket_id: str = "t1", stage: Stage = Stage.REGISTERED) -> TicketPage:
    return TicketPage(replace(ticket(ticket_id), stage=stage), (), None, None, None, None)


class NotePanel(TicketPanel):
    """A panel with one field."""

    def __init__(self, name: str = "note_panel") -> None:
        super().__init__(name)
        self.field = QLineEdit()
        QVBoxLayout(self).addWidget(self.field)
        self.opened: list[TicketId] = []
        self.refreshed: list[Stage] = []

    def open_for(self, page: TicketPage) -> None:
        self.opened.append(page.ticket.ticket_id)
        self.field.setFocus()

    def refresh(self, page: TicketPage) -> None:
        self.refreshed.append(page.ticket.stage)

    def forget(self) -> None:
        self.field.clear()


@pytest.fixture
def actions(qtbot: QtBot) -> TicketActions:
    made = TicketActions()
    qtbot.addWidget(made)
    made.resize(640, 300)
    made.show_page(page())
    made.show()
    made.activateWindow()
    return made


def _press(actions: TicketActions, key: Qt.Key) -> None:
    QTest.keyClick(actions, key, Qt.KeyboardModifier.AltModifier)


def _open(actions: TicketActions) -> TicketPanel | None:
    return actions.open_panel


def _why(actions: TicketActions) -> str:
    label = actions.findChild(QLabel, "ticket_action_why")
    assert label is not None
    return label.text() if label.isVisible() else ""


def test_its_key_opens_a_panel_for_the_ticket_and_closes_it_again(actions: TicketActions) -> None:
    panel = NotePanel()
    actions.add(panel, "Alt+F", "Follow-up", "phone-outgoing")
    _press(actions, Qt.Key.Key_F)
    assert _open(actions) is panel
    assert panel.isVisible()
    assert panel.opened == ["t1"]
    _press(actions, Qt.Key.Key_F)
    assert _open(actions) is None
    assert not panel.isVisible()


def test_one_panel_is_open_at_a_time_and_what_was_typed_stays(actions: TicketActions) -> None:
    first, second = NotePanel("first"), NotePanel("second")
    actions.add(first, "Alt+F", "Follow-up", "phone-outgoing")
    actions.add(second, "Alt+W", "Early warning", "warning")
    _press(actions, Qt.Key.Key_F)
    first.field.setText("客厅")
    _press(actions, Qt.Key.Key_W)
    assert (first.isVisible(), second.isVisible()) == (False, True)
    _press(actions, Qt.Key.Key_F)
    assert first.field.text() == "客厅"


def test_whoever_sits_here_next_finds_nothing_open_and_nothing_typed(actions: TicketActions) -> None:
    panel = NotePanel()
    actions.add(panel, "Alt+F", "Follow-up", "phone-outgoing")
    _press(actions, Qt.Key.Key_F)
    panel.field.setText("业主很生气")
    actions.forget()
    assert _open(actions) is None
    _press(actions, Qt.Key.Key_F)
    assert panel.field.text() == ""


def test_a_panel_given_as_what_builds_it_is_built_when_it_is_first_opened(actions: TicketActions) -> None:
    built: list[NotePanel] = []

    def build() -> NotePanel:
        built.append(NotePanel())
        return built[-1]

    actions.add(build, "Alt+F", "Follow-up", "phone-outgoing")
    assert built == []
    for _ in range(3):
        _press(actions, Qt.Key.Key_F)
    assert len(built) == 1
    assert built[0].opened == ["t1", "t1"]


def test_what_does_not_fit_is_greyed_and_its_key_says_why(actions: TicketActions) -> None:
    panel = NotePanel()
    words = "It is closed already: reopen it first."
    key = actions.add(
        panel, "Alt+F", "Follow-up", "phone-outgoing", fits=lambda p: words if p.ticket.stage is Stage.CLOSED else ""
    )
    actions.show_page(page(stage=Stage.CLOSED))
    assert key.property("role") == "refused"
    assert key.accessibleDescription() == words
    _press(actions, Qt.Key.Key_F)
    assert _open(actions) is None
    assert _why(actions) == words
    actions.show_page(page())
    _press(actions, Qt.Key.Key_F)
    assert _open(actions) is panel
    assert _why(actions) == ""


def test_a_deed_is_done_at_once_with_the_ticket_in_front(actions: TicketActions) -> None:
    done: list[TicketId] = []
    actions.add_deed(lambda p: done.append(p.ticket.ticket_id), "Alt+C", "Call the handler", "phone")
    _press(actions, Qt.Key.Key_C)
    assert done == ["t1"]


def test_an_open_panel_follows_its_ticket_and_closes_with_another(actions: TicketActions) -> None:
    panel = NotePanel()
    actions.add(panel, "Alt+F", "Follow-up", "phone-outgoing")
    _press(actions, Qt.Key.Key_F)
    actions.show_page(page(stage=Stage.DISPATCHED))
    assert panel.refreshed == [Stage.DISPATCHED]
    assert panel.isVisible()
    actions.show_page(page("t2"))
    assert not panel.isVisible()


def test_what_a_panel_says_is_passed_on(actions: TicketActions, qtbot: QtBot) -> None:
    panel = NotePanel()
    actions.add(panel, "Alt+F", "Follow-up", "phone-outgoing")
    _press(actions, Qt.Key.Key_F)
    with qtbot.waitSignals([actions.written, actions.told]):
        panel.written.emit()
        panel.told.emit("done")
    with qtbot.waitSignal(actions.closed):
        panel.left.emit()
    assert _open(actions) is None


def test_alt_stands_once_before_the_letters(qtbot: QtBot) -> None:
    key = ActionKey("x", "Dispatch", "Alt+D", "paper-plane")
    qtbot.addWidget(key)
    assert (key.cap(), key.key, key.toolTip()) == ("D", "Alt+D", "Dispatch (Alt+D)")


def test_keys_that_do_not_fit_in_one_line_go_into_the_next(qtbot: QtBot) -> None:
    flow = Flow("flow")
    qtbot.addWidget(flow)
    buttons = [KeyButton(f"b{n}", "Some words", f"Alt+{n}") for n in range(5)]
    for button in buttons:
        flow.add(button)
    flow.show()
    flow.resize(3 * buttons[0].sizeHint().width(), flow.height())
    assert len({button.y() for button in buttons}) == 3
    narrow = flow.height()
    buttons[0].hide()
    assert len({button.y() for button in buttons[1:]}) == 2
    assert flow.height() < narrow
