"""The side panel: same faults, notices, what to say."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desk.domain.drafts import Draft, Intake
from desk.domain.identity import HouseholdId, TicketId
from desk.domain.same_fault import SameFault
from desk.domain.tickets import Kind, Place, Priority, Stage, Ticket
from desk.texts import ShippedTexts
from desk.ui.side.cards import FaultCard
from desk.ui.side.panel import SidePanel
from desk.ui.side.panel_presenter import SHOWN, Moment, fault, phrases
from tests.ui.intake.scene import BUILDING, HOME, NEXT_DOOR, NOTICE, NOW, ZONE, Scene, scene, settle
from tests.ui.media import category_name, side_panel

AT_HOME = Place("5栋2单元203", HOME.household_id, BUILDING.building_id)
NEXT = Place("5栋2单元204", NEXT_DOOR.household_id, BUILDING.building_id)


def ticket(name: str, household: str = "h203", minutes: int = 0, category: str = "repair.water.above") -> Ticket:
    return Ticket(
        TicketId(name),
        name,
        Kind.REPAIR,
        category,
        Priority.NORMAL,
        Stage.REGISTERED,
        "漏水",
        NOW - timedelta(minutes=minutes),
        "1001",
        "S01",
        place_text="5栋",
        household_id=HouseholdId(household),
        building_id=BUILDING.building_id,
    )


# the presenter


def test_no_more_are_shown_than_have_a_key(qtbot: QtBot) -> None:
    many = [SameFault(ticket(str(n), minutes=n)) for n in range(SHOWN)]
    cards = [FaultCard(index) for index in range(len(many))]
    for card, one in zip(cards, many, strict=True):
        qtbot.addWidget(card)
        card.show_view(fault(one, category_name, NOW, ZONE))
    assert [card.join.key for card in cards] == ["Alt+J", *(f"Ctrl+{n}" for n in range(2, SHOWN + 1))]


def test_a_known_caller_is_greeted_by_name_and_work_number() -> None:
    said = phrases(ShippedTexts().all_phrases(), Moment.GREETING, "zh_CN", work_number="1001", name="李女士")
    assert said[0].startswith("李女士您好")
    assert "1001" in said[0]
    assert not any("{" in text for text in said)


def test_an_unknown_caller_is_greeted_for_the_company() -> None:
    all_phrases = ShippedTexts().all_phrases()
    said = phrases(all_phrases, Moment.GREETING, "zh_CN", work_number="1001", company="万达物业")
    assert said[0].startswith("您好，万达物业客服热线，1001号")


@pytest.mark.parametrize("moment", list(Moment))
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_moment_of_a_call_has_something_to_say(moment: Moment, language: str) -> None:
    said = phrases(ShippedTexts().all_phrases(), moment, language, work_number="1001")
    assert bool(said) is (moment is not Moment.NO_CALL)


def test_open_tickets_and_notices_put_their_phrases_first() -> None:
    all_phrases = ShippedTexts().all_phrases()
    said = phrases(all_phrases, Moment.TALKING, "zh_CN", work_number="1", same_faults=True, notices=True)
    assert "催促" in said[0]
    assert "停水" in said[1]


# the widget


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path) as made:
        yield made


@pytest.fixture
def panel(stage: Scene, qtbot: QtBot) -> SidePanel:
    for name, place in (("t-1", AT_HOME), ("t-2", NEXT)):
        intake = Intake(Kind.REPAIR, "repair.water.above", place=place, contact_number="13800138000")
        stage.parts.filing.file(Draft(name, "1001", NOW, NOW, intake))
    panel = side_panel(stage)
    qtbot.addWidget(panel)
    panel.resize(316, 600)
    panel.show()
    panel.activateWindow()
    return panel


def test_open_tickets_of_the_building_are_shown_once_the_place_is_known(panel: SidePanel, stage: Scene) -> None:
    panel.show_context(Place(), "")
    assert not panel.faults
    panel.show_context(NEXT, "repair.water.above")
    settle(stage.worker)
    assert [(f.ticket_id, f.same, f.home) for f in panel.faults] == [
        ("t-2", True, True),
        ("t-1", True, False),
    ]


def test_the_callers_building_is_looked_at_before_a_place_is_typed(panel: SidePanel, stage: Scene) -> None:
    panel.show_context(Place(), "", BUILDING)
    settle(stage.worker)
    assert {f.ticket_id for f in panel.faults} == {"t-1", "t-2"}


def test_what_is_typed_brings_the_ticket_that_sounds_alike_to_the_front(panel: SidePanel, stage: Scene) -> None:
    lift = Intake(Kind.REPAIR, "repair.lift.trapped", place=NEXT, description="1单元电梯停了", contact_number="1001")
    stage.parts.filing.file(Draft("t-3", "1001", NOW, NOW, lift))
    panel.show_context(AT_HOME, "")
    settle(stage.worker)
    assert panel.faults[0].ticket_id != "t-3"
    panel.show_words("dianti ting le")  # the input method off
    settle(stage.worker)
    assert (panel.faults[0].ticket_id, panel.faults[0].alike) == ("t-3", True)


def test_one_key_asks_to_join(panel: SidePanel, stage: Scene, qtbot: QtBot) -> None:
    panel.show_context(AT_HOME, "repair.water.above")
    settle(stage.worker)
    panel.set_can_join(True)
    with qtbot.waitSignal(panel.join_requested) as asked:
        QTest.keyClick(panel, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == ["t-2"]


def test_without_a_call_nothing_can_be_joined(panel: SidePanel, stage: Scene, qtbot: QtBot) -> None:
    panel.show_context(AT_HOME, "")
    settle(stage.worker)
    panel.set_can_join(False)
    with qtbot.assertNotEmitted(panel.join_requested):
        QTest.keyClick(panel, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)


def test_a_notice_can_be_told_with_one_key_and_is_gone_when_it_is_over(panel: SidePanel, qtbot: QtBot) -> None:
    panel.show_notices([NOTICE, replace(NOTICE, notice_id="n-2", until=NOW)])
    with qtbot.waitSignal(panel.notice_used) as told:
        QTest.keyClick(panel, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    assert told.args == [NOTICE]
    with qtbot.assertNotEmitted(panel.notice_used):
        QTest.keyClick(panel, Qt.Key.Key_7, Qt.KeyboardModifier.ControlModifier)


def test_phrases_follow_the_call(panel: SidePanel) -> None:
    panel.show_moment(Moment.GREETING, "李女士")
    assert panel.said[0].startswith("李女士您好")
    panel.show_moment(Moment.HELD, "李女士")
    assert "请您稍等" in panel.said[0]


def test_what_changes_in_the_panel_never_takes_the_focus_from_a_field(
    panel: SidePanel, stage: Scene, qtbot: QtBot
) -> None:
    """Rows that come and go quickly, before the layout has shown them, must not open as windows."""
    field = QLineEdit(panel)
    field.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    for moment in (*Moment, *Moment):
        panel.show_moment(moment, "x")
        panel.show_notices([NOTICE])
        panel.show_context(AT_HOME, "repair.water.above" if moment is Moment.HELD else "")
        settle(stage.worker)
    assert field.hasFocus()
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == [panel]
