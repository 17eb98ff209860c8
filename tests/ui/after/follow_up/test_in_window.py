"""Follow-ups in the window, by the keyboard: Alt+F on a ticket's page, Ctrl+Shift+F anywhere."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.follow_up_rules import FollowUpPolicy, SurveyRule
from desk.domain.tickets import Stage
from desk.domain.working_time import CHINA
from desk.ui.after.follow_up import assembly
from desk.ui.after.follow_up.page import FollowUpsPage
from desk.ui.after.follow_up.panel import FollowUpPanel
from desk.ui.key_button import KeyButton
from desk.usecases.survey import SurveyPlan
from tests.ui import harness, seat
from tests.ui.after.follow_up.window_scenes import WithHotline, window_with_hotline

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def there(qtbot: QtBot) -> Iterator[WithHotline]:
    there = window_with_hotline()
    with harness.on_screen(qtbot, there.scene, seat.snapshot()):
        yield there


def press(there: WithHotline, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    focus = QApplication.focusWidget()
    QTest.keyClick(focus if isinstance(focus, QWidget) else there.scene.built.window, key, modifier)


def opened(qtbot: QtBot, there: WithHotline) -> FollowUpPanel:
    """The panel of the ticket's page, with the keyboard on its first question."""
    window = there.scene.built.window
    qtbot.waitUntil(lambda: any(one.key == "Alt+F" and one.isVisible() for one in window.findChildren(KeyButton)))
    press(there, Qt.Key.Key_F, ALT)
    qtbot.waitUntil(lambda: window.findChild(FollowUpPanel, "follow_up_panel") is not None)
    panel = window.findChild(FollowUpPanel, "follow_up_panel")
    assert isinstance(panel, FollowUpPanel)
    qtbot.waitUntil(lambda: panel.card.box.hasFocus())
    return panel


def test_a_ticket_is_followed_up_and_closed_from_its_page(qtbot: QtBot, there: WithHotline) -> None:
    ticket_id, window = there.done(), there.scene.built.window
    window.panels.middle.show_ticket(ticket_id)
    panel = opened(qtbot, there)
    for key in (Qt.Key.Key_1, Qt.Key.Key_1, Qt.Key.Key_5, Qt.Key.Key_1):
        press(there, key)
    qtbot.waitUntil(lambda: panel.card.save_key.hasFocus())
    press(there, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: there.hotline.stage(ticket_id) is Stage.CLOSED)
    qtbot.waitUntil(lambda: not panel.isVisible())
    assert there.scene.nudges


def test_escape_in_the_panel_leads_back_to_the_page(qtbot: QtBot, there: WithHotline) -> None:
    window = there.scene.built.window
    window.panels.middle.show_ticket(there.done())
    panel = opened(qtbot, there)
    press(there, Qt.Key.Key_U, ALT)
    qtbot.waitUntil(lambda: panel.card.box.keys[5].isVisible())
    press(there, Qt.Key.Key_Escape)
    assert panel.isVisible()
    assert not panel.card.box.keys[5].isVisible()
    press(there, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_the_page_comes_and_goes_with_its_key(qtbot: QtBot, there: WithHotline) -> None:
    window = there.scene.built.window
    press(there, Qt.Key.Key_F, CTRL | SHIFT)
    page = window.findChild(FollowUpsPage, "follow_ups")
    assert isinstance(page, FollowUpsPage)
    qtbot.waitUntil(page.isVisible)
    press(there, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not page.isVisible())


def test_a_survey_that_comes_round_is_made_after_the_sign_in(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembly, "ROUNDS_AFTER_MS", 1)
    there = window_with_hotline()
    first = there.hotline.world.now.astimezone(CHINA).replace(day=1)
    days = (there.hotline.world.now - first).days + 5
    rule = SurveyRule(name="monthly", questionnaire="survey", every="month", days=days, size=2)
    there.hotline.policy = FollowUpPolicy(survey=(rule,))
    with harness.on_screen(qtbot, there.scene, seat.snapshot()):
        qtbot.waitUntil(lambda: len(there.hotline.surveys.recent(5)) == 1)
    (survey,) = there.hotline.surveys.recent(5)
    assert len(there.hotline.follow_ups.of_survey(survey.survey_id)) == 2


def test_a_surveys_call_is_taken_up_from_another_list(qtbot: QtBot, there: WithHotline) -> None:
    now = there.hotline.world.now
    plan = SurveyPlan("Autumn", "survey", now, now + timedelta(hours=3), 2)
    there.hotline.surveying.make("survey-1", plan, "1001")
    one = there.hotline.follow_ups.of_survey("survey-1")[1]
    there.scene.built.hub.follow_up_wanted.emit(one.follow_up_id)
    page = there.scene.built.window.findChild(FollowUpsPage, "follow_ups")
    assert isinstance(page, FollowUpsPage)
    qtbot.waitUntil(lambda: page.card.paper is not None and page.card.paper.follow_up.follow_up_id == one.follow_up_id)
    qtbot.waitUntil(page.card.box.hasFocus)


class _Layouts(QObject):
    """Counts what asks for a new layout."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.LayoutRequest
        return False


@pytest.mark.parametrize("page", [False, True])
@pytest.mark.parametrize("width", [1180, 1366, 1920])
def test_what_nobody_touches_asks_for_no_new_layout(qtbot: QtBot, width: int, *, page: bool) -> None:
    there = window_with_hotline()
    with harness.on_screen(qtbot, there.scene, seat.snapshot()):
        window, app = there.scene.built.window, QApplication.instance()
        assert app is not None
        window.resize(width, 900)
        window.panels.middle.show_ticket(there.done())
        opened(qtbot, there)
        if page:
            press(there, Qt.Key.Key_F, CTRL | SHIFT)
        assert there.scene.built.hub.worker.drain(10)
        for _ in range(100):
            app.processEvents()
        layouts = _Layouts()
        app.installEventFilter(layouts)
        for _ in range(100):
            app.processEvents()
        app.removeEventFilter(layouts)
        assert layouts.count < 20
