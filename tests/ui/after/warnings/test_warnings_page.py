"""Early warnings by keyboard over the whole window: seen, gone on with, raised from a ticket, chased."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desk import wire
from desk.domain.attempts import Attempt, Outcome
from desk.domain.calls import Call, Phase
from desk.domain.early_warnings import EarlyWarning, WarningStep
from desk.domain.identity import CallId
from desk.domain.ladder import LadderMove
from desk.domain.party import Direction, Party
from desk.ui.after.warnings.page import WarningsPage
from desk.ui.after.warnings.panel import WarningPanel
from desk.ui.lamps.warnings import WarningLamp
from desk.ui.rows import ROW_HEIGHT
from desk.ui.ticket.page import TicketView
from tests.ui import harness, seat
from tests.ui.after.warnings.scenes import ALT, CTRL_SHIFT, FACTS, SUPERVISOR, Scene, build, press

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    made = build()
    assert isinstance(made, Scene)
    with harness.on_screen(qtbot, made, seat.snapshot()):
        yield made


def page(scene: Scene) -> WarningsPage:
    found = scene.built.window.findChild(WarningsPage)
    assert isinstance(found, WarningsPage)
    return found


def open_page(scene: Scene, qtbot: QtBot, rows: int) -> WarningsPage:
    QTest.keyClick(scene.built.window, Qt.Key.Key_W, CTRL_SHIFT)
    qtbot.waitUntil(lambda: len(page(scene).list.rows) == rows)
    qtbot.waitUntil(lambda: page(scene).card.view is not None or rows == 0)
    return page(scene)


def row(scene: Scene) -> EarlyWarning:
    (one,) = scene.store.all_of(EarlyWarning)
    return one


def type_(text: str) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, text)


def test_the_page_is_there_for_everybody_and_empty_at_first(scene: Scene, qtbot: QtBot) -> None:
    shown = open_page(scene, qtbot, 0)
    assert shown._empty.isVisible()
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not shown.isVisible())


def test_a_supervisor_approves_with_two_keys_and_the_site_has_its_turn(scene: Scene, qtbot: QtBot) -> None:
    scene.hotline.raised()
    scene.hotline.who = SUPERVISOR.number
    shown = open_page(scene, qtbot, 1)
    assert shown.list.rows[0].lead == "your turn"
    press(Qt.Key.Key_O, ALT)
    qtbot.waitUntil(lambda: shown.card.strip.text.hasFocus())
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: row(scene).step is WarningStep.REVIEWED)
    qtbot.waitUntil(lambda: shown.list.rows[0].lead == "the site office")
    assert shown.list.hasFocus()
    assert scene.nudges


def test_a_step_made_by_mistake_is_taken_back_by_one_key(scene: Scene, qtbot: QtBot) -> None:
    scene.hotline.raised()
    scene.hotline.who = SUPERVISOR.number
    shown = open_page(scene, qtbot, 1)
    assert not shown.card.undo_key.isVisible()
    press(Qt.Key.Key_O, ALT)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: row(scene).step is WarningStep.REVIEWED)
    qtbot.waitUntil(shown.card.undo_key.isVisible)
    press(Qt.Key.Key_U, CTRL_SHIFT)
    qtbot.waitUntil(lambda: row(scene).step is WarningStep.RAISED)
    qtbot.waitUntil(lambda: "took the last step back" in shown.card._trail.text())


def test_an_agent_is_told_why_they_cannot_approve(scene: Scene, qtbot: QtBot) -> None:
    scene.hotline.raised()
    shown = open_page(scene, qtbot, 1)
    press(Qt.Key.Key_O, ALT)
    qtbot.waitUntil(lambda: shown.card._why.text() == "Only a supervisor can do this.")
    assert not shown.card.strip.isVisible()
    assert row(scene).step is WarningStep.RAISED


def test_a_return_needs_its_reason_and_escape_leaves_it(scene: Scene, qtbot: QtBot) -> None:
    scene.hotline.raised()
    scene.hotline.who = SUPERVISOR.number
    shown = open_page(scene, qtbot, 1)
    press(Qt.Key.Key_U, ALT)
    press(Qt.Key.Key_Return)
    assert shown.card.strip._says.isVisible()
    press(Qt.Key.Key_Escape)
    assert not shown.card.strip.isVisible()
    assert shown.isVisible()
    press(Qt.Key.Key_U, ALT)
    type_("no photo")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: row(scene).step is WarningStep.RETURNED)
    assert row(scene).said == "no photo"


def test_what_the_site_did_is_written_down_with_who_said_so(scene: Scene, qtbot: QtBot) -> None:
    warning = scene.hotline.raised()
    scene.hotline.step(warning, LadderMove.REVIEW, 10)
    shown = open_page(scene, qtbot, 1)
    press(Qt.Key.Key_O, ALT)
    type_("valve shut")
    press(Qt.Key.Key_Return)
    assert shown.card.strip.heard_from.hasFocus()
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown.card.strip._says.isVisible())
    type_("Li")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: row(scene).step is WarningStep.ACTED)
    assert (row(scene).said, row(scene).heard_from, row(scene).turn) == ("valve shut", "Li", "3001")


def test_whoever_is_late_is_called_and_the_try_is_on_record(scene: Scene, qtbot: QtBot) -> None:
    scene.hotline.busy()
    shown = open_page(scene, qtbot, 2)
    asked: list[str] = []
    scene.built.hub.call_requested.connect(asked.append)
    press(Qt.Key.Key_I, ALT)
    qtbot.waitUntil(lambda: shown.card.strip.text.hasFocus())
    head = Call(CallId("c9"), "热线", Direction.OUTGOING, Party("13930010000"), Phase.DIALLING, seat.NOW)
    scene.built.hub.errands.opened(head)
    type_("in a meeting")
    press(Qt.Key.Key_Return, SHIFT)
    press(Qt.Key.Key_Return, SHIFT)  # in one go: it is one try
    qtbot.waitUntil(lambda: not shown.card.strip.isVisible())
    assert scene.built.hub.worker.drain(20)
    assert len(scene.store.all_of(Attempt)) == 2
    latest = max(scene.store.all_of(Attempt), key=lambda one: one.attempt_id)
    assert asked == ["13930010000"]
    assert (latest.outcome, latest.note, latest.staff_id) == (Outcome.NO_ANSWER, "in a meeting", "s30")
    assert latest.call_id == "c9"


def test_a_step_by_somebody_else_is_seen_and_a_key_on_the_old_one_does_nothing(scene: Scene, qtbot: QtBot) -> None:
    warning = scene.hotline.raised()
    scene.hotline.who = SUPERVISOR.number
    shown = open_page(scene, qtbot, 1)
    press(Qt.Key.Key_U, ALT)
    type_("too short")
    scene.hotline.stepping.step(warning.warning_id, LadderMove.REVIEW)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown._says.text().startswith("Somebody else"))
    assert row(scene).step is WarningStep.REVIEWED
    qtbot.waitUntil(lambda: shown.list.rows[0].lead == "the site office")


def test_what_is_being_typed_stays_when_somebody_else_steps_it(scene: Scene, qtbot: QtBot) -> None:
    warning = scene.hotline.raised()
    scene.hotline.who = SUPERVISOR.number
    shown = open_page(scene, qtbot, 1)
    press(Qt.Key.Key_U, ALT)
    type_("a long reason")
    scene.hotline.stepping.step(warning.warning_id, LadderMove.REVIEW)
    scene.receive(wire.Pushed(("warning",)))
    qtbot.waitUntil(lambda: shown.card.strip._says.text().startswith("Somebody else"))
    assert shown.card.strip.text.text() == "a long reason"
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not shown.card.strip.isVisible())
    assert row(scene).step is WarningStep.REVIEWED


def test_enter_opens_the_ticket_and_escape_comes_back_to_the_page(scene: Scene, qtbot: QtBot) -> None:
    scene.hotline.raised()
    shown = open_page(scene, qtbot, 1)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not shown.isVisible())
    QTest.keyClick(scene.built.window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: shown.isVisible() and shown.list.hasFocus())


def test_a_click_chooses_and_enter_opens_the_ticket_that_was_chosen(scene: Scene, qtbot: QtBot) -> None:
    scene.hotline.busy()
    shown = open_page(scene, qtbot, 2)
    QTest.mouseClick(shown.list, Qt.MouseButton.LeftButton, pos=QPoint(40, ROW_HEIGHT + 10))
    assert shown.isVisible()
    qtbot.waitUntil(lambda: shown.card.view is not None and shown.card.view.ticket_id == "t1")
    press(Qt.Key.Key_Return)
    view = scene.built.window.findChild(TicketView)
    assert isinstance(view, TicketView)
    qtbot.waitUntil(lambda: view.isVisible() and view.ticket_id == "t1")


def test_a_long_warning_is_read_to_its_end_by_keyboard(scene: Scene, qtbot: QtBot) -> None:
    scene.hotline.weary()
    scene.built.window.resize(1180, 640)
    shown = open_page(scene, qtbot, 1)
    bar = shown._full.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    for _page in range(9):
        press(Qt.Key.Key_PageDown)
    assert bar.value() == bar.maximum()
    press(Qt.Key.Key_PageUp)
    assert bar.value() < bar.maximum()
    assert shown.list.hasFocus()


def test_the_lamp_counts_what_is_open_what_is_mine_and_what_is_late(scene: Scene, qtbot: QtBot) -> None:
    lamp = scene.built.window.findChild(WarningLamp)
    assert isinstance(lamp, WarningLamp)
    assert not lamp.isVisible()
    scene.hotline.busy()
    scene.receive(wire.Pushed(("warning",)))
    qtbot.waitUntil(lambda: lamp.view.words == "2 early warnings · 1 overdue")
    assert lamp.isVisible()
    assert lamp.view.tone == "bad"


def test_whose_turn_it_becomes_is_told_once(scene: Scene, qtbot: QtBot) -> None:
    lamp = scene.built.window.findChild(WarningLamp)
    assert isinstance(lamp, WarningLamp)
    told: list[str] = []
    lamp.told.connect(told.append)
    scene.hotline.raised()
    scene.hotline.who = SUPERVISOR.number
    for _again in range(2):
        scene.receive(wire.Pushed(("warning",)))
        qtbot.waitUntil(lambda: lamp.view.words == "1 early warning · 1 yours")
        assert scene.built.hub.worker.drain(10)
        QTest.qWait(0)
    assert told == ["An early warning waits for you: Ctrl+Shift+W"]


# From a ticket


def open_panel(scene: Scene, qtbot: QtBot) -> WarningPanel:
    scene.built.window.panels.middle.show_ticket("t1")
    view = scene.built.window.findChild(TicketView)
    assert isinstance(view, TicketView)
    qtbot.waitUntil(view.action_bar.isVisible)
    QTest.keyClick(scene.built.window, Qt.Key.Key_W, ALT)
    qtbot.waitUntil(lambda: scene.built.window.findChild(WarningPanel) is not None)
    found = scene.built.window.findChild(WarningPanel)
    assert isinstance(found, WarningPanel)
    return found


def test_a_warning_is_raised_from_the_tickets_page_with_what_is_known_filled_in(scene: Scene, qtbot: QtBot) -> None:
    panel = open_panel(scene, qtbot)
    qtbot.waitUntil(lambda: panel.form.fields["caller_number"].hasFocus())
    assert panel.form.fields["area"].text() == "A 5栋2单元203"
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: panel.form.fields["caller_number"].property("wrong") is True)
    assert scene.store.all_of(EarlyWarning) == []
    for name in ("caller_number", "verified", "unhappy_with", "difficulty"):
        panel.form.fields[name].setText(getattr(FACTS, name))
    panel.form.minutes.setText("45")
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: len(scene.store.all_of(EarlyWarning)) == 1)
    raised = row(scene)
    assert raised.verified == FACTS.verified
    assert raised.evidence == ("c-first",)
    assert [entry.split()[0] for entry in raised.late] == ["raise"]
    qtbot.waitUntil(lambda: panel.card.isVisible() and not panel.form.isVisible())


def test_what_was_typed_stays_when_the_panel_is_closed_and_opened_again(scene: Scene, qtbot: QtBot) -> None:
    panel = open_panel(scene, qtbot)
    qtbot.waitUntil(lambda: panel.form.fields["caller_number"].hasFocus())
    panel.form.fields["difficulty"].setText("wants money back")
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not panel.isVisible())
    QTest.keyClick(scene.built.window, Qt.Key.Key_W, ALT)
    qtbot.waitUntil(panel.form.isVisible)
    assert panel.form.fields["difficulty"].text() == "wants money back"


def test_a_follow_up_that_ends_unsatisfied_offers_its_words(scene: Scene, qtbot: QtBot) -> None:
    panel = open_panel(scene, qtbot)
    qtbot.waitUntil(lambda: panel.form.fields["caller_number"].hasFocus())
    panel.offer("still dripping")
    QTest.keyClick(scene.built.window, Qt.Key.Key_W, ALT)
    qtbot.waitUntil(lambda: not panel.isVisible())
    QTest.keyClick(scene.built.window, Qt.Key.Key_W, ALT)
    qtbot.waitUntil(lambda: panel.form.fields["unhappy_with"].text() == "still dripping")


def test_every_key_and_field_of_the_page_has_a_name(scene: Scene, qtbot: QtBot) -> None:
    scene.hotline.busy()
    shown = open_page(scene, qtbot, 2)
    press(Qt.Key.Key_O, ALT)
    for widget in (
        *shown.findChildren(QPushButton),
        *shown.findChildren(QLineEdit),
        *shown.findChildren(QPlainTextEdit),
    ):
        assert widget.accessibleName() or not widget.isVisible(), widget.objectName()


@pytest.mark.parametrize("width", [1180, 1366, 1920])
def test_a_page_that_has_settled_asks_for_no_new_layout(scene: Scene, qtbot: QtBot, width: int) -> None:
    scene.hotline.busy()
    scene.built.window.resize(width, 768)
    open_page(scene, qtbot, 2)
    press(Qt.Key.Key_O, ALT)
    assert scene.built.hub.worker.drain(10)
    asked = []

    class Layouts(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.LayoutRequest:
                asked.append(event)
            return False

    app, layouts = QApplication.instance(), Layouts()
    assert app is not None
    for watching in (False, True):
        if watching:
            app.installEventFilter(layouts)
        for _turn in range(100):
            QApplication.processEvents()
    app.removeEventFilter(layouts)
    assert len(asked) < 20
