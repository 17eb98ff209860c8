"""A filed ticket is put right on its page, by the keyboard."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.estate import Estate
from desk.domain.identity import BuildingId, ChangeId, EstateId, TicketId
from desk.domain.patches import field_value, patch_of
from desk.domain.tickets import Stage, Ticket
from desk.ui.after.correction.panel import CorrectPanel
from desk.ui.intake.content import CategoryFacts
from desk.ui.key_button import KeyButton
from tests.ui import seat
from tests.ui.after.incidents.scenes import author_of
from tests.ui.harness import Scene

PLAIN, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
T1 = TicketId("t1")
E2 = EstateId("e2")


def press(scene: Scene, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.keyClick(QApplication.focusWidget() or scene.built.window, key, modifier)


def type_text(text: str) -> None:
    widget = QApplication.focusWidget()
    assert isinstance(widget, QWidget)
    QTest.keyClicks(widget, text)


def ticket(scene: Scene) -> Ticket:
    found = scene.store.tickets.get(T1)
    assert found is not None
    return found


def shown(qtbot: QtBot, scene: Scene, **fields: object) -> None:
    """The ticket is in front, after these of its fields were written."""
    if fields:
        patch = {name: field_value(value) for name, value in fields.items()}
        change = author_of(scene.store).change("ticket", T1, patch)
        newest = max(one.change_id for one in scene.store.changes)  # what the window writes comes after it
        scene.store.append([replace(change, change_id=ChangeId(f"{newest}a"))])
    window = scene.built.window
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    window.panels.middle.show_ticket(T1)
    view = scene.ticket_view
    qtbot.waitUntil(lambda: view.shown is not None and view.action_bar.isVisible())


def panel(scene: Scene) -> CorrectPanel:
    found = scene.ticket_view.action_bar.open_panel
    assert isinstance(found, CorrectPanel)
    return found


def focused(name: str) -> bool:
    widget = QApplication.focusWidget()
    return widget is not None and widget.objectName() == name


def test_the_read_back_says_no_it_is_another_room(qtbot: QtBot, scene: Scene) -> None:
    shown(qtbot, scene, read_back_asked="said_otherwise", stage=Stage.REGISTERED)
    mark = scene.built.window.findChild(QWidget, "read_back_mark")
    assert mark is not None
    qtbot.waitUntil(mark.isVisible)
    not_so = mark.findChild(KeyButton, "read_back_denied")
    assert isinstance(not_so, KeyButton)
    assert not_so.key == "Alt+E"
    not_so.click()
    assert focused("correct_place")
    type_text("5-1-101")
    qtbot.waitUntil(lambda: bool(panel(scene).fields.place.rows))
    press(scene, Qt.Key.Key_Return)
    assert focused("correct_reason")
    press(scene, Qt.Key.Key_1)
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ticket(scene).household_id == "h2")
    assert ticket(scene).read_back_asked == "another_home"
    qtbot.waitUntil(lambda: bool(scene.nudges))
    qtbot.waitUntil(lambda: "5栋1单元101" in mark.accessibleName() and mark.isVisible())
    assert scene.ticket_view.action_bar.open_panel is None
    press(scene, Qt.Key.Key_U, CTRL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: ticket(scene).household_id == "h1")


def test_an_enter_before_the_place_has_come_is_a_debt_that_is_paid_first(qtbot: QtBot, scene: Scene) -> None:
    shown(qtbot, scene, read_back_asked="said_otherwise")
    press(scene, Qt.Key.Key_E, ALT)
    type_text("5-1-101")
    press(scene, Qt.Key.Key_Return)
    press(scene, Qt.Key.Key_1)
    press(scene, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: ticket(scene).household_id == "h2")


def test_another_category_visit_and_contact_in_one_go(qtbot: QtBot, scene: Scene) -> None:
    shown(qtbot, scene)
    press(scene, Qt.Key.Key_E, ALT)
    assert focused("correct_category")
    type_text("dtkr")
    qtbot.waitUntil(lambda: bool(panel(scene).fields.category.rows))
    facts = panel(scene).fields.category.rows[0].value
    assert isinstance(facts, CategoryFacts)
    press(scene, Qt.Key.Key_Return)
    fields = panel(scene).fields
    fields.contact.setFocus()
    fields.contact.selectAll()
    type_text("13900139000")
    press(scene, Qt.Key.Key_Return)
    press(scene, Qt.Key.Key_Return)
    assert focused("correct_appointment")
    type_text("mtsw")
    press(scene, Qt.Key.Key_Return, CTRL)
    why = scene.ticket_view.findChild(QLabel, "correct_why")
    assert why is not None
    qtbot.waitUntil(why.isVisible)  # a reason is wanted, and the keyboard is there
    assert focused("correct_reason")
    press(scene, Qt.Key.Key_2)
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ticket(scene).category == facts.code)
    row = ticket(scene)
    assert (row.contact_number, row.appointment_start is not None) == ("13900139000", True)
    assert row.place_text == "5栋2单元203"


def test_another_household_is_chosen_among_the_homes_and_never_half_typed(qtbot: QtBot, scene: Scene) -> None:
    shown(qtbot, scene, person_id=None)
    press(scene, Qt.Key.Key_E, ALT)
    home = panel(scene).household
    assert home.text() == "一期5栋2单元203"
    home.setFocus()
    home.selectAll()
    type_text("5-9")
    press(scene, Qt.Key.Key_Return)
    press(scene, Qt.Key.Key_3)
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: home.property("wrong") is True)
    qtbot.waitUntil(lambda: focused("correct_household"))
    home.selectAll()
    type_text("5-1-101")
    qtbot.waitUntil(lambda: bool(home.rows))
    press(scene, Qt.Key.Key_Return)
    assert home.property("wrong") is False
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ticket(scene).household_id == "h2")
    assert ticket(scene).place_text == "5栋2单元203"


def test_a_home_that_is_the_place_is_shown_as_the_household(qtbot: QtBot, scene: Scene) -> None:
    shown(qtbot, scene, read_back_asked="said_otherwise")
    press(scene, Qt.Key.Key_E, ALT)
    type_text("5-1-101")
    qtbot.waitUntil(lambda: bool(panel(scene).fields.place.rows))
    press(scene, Qt.Key.Key_Return)
    assert panel(scene).household.text() == "一期5栋1单元101"


def test_what_filing_would_refuse_is_said_in_its_field(qtbot: QtBot, scene: Scene) -> None:
    shown(qtbot, scene)
    press(scene, Qt.Key.Key_E, ALT)
    fields = panel(scene).fields
    fields.appointment.setFocus()
    type_text("xyz")
    press(scene, Qt.Key.Key_Return)
    press(scene, Qt.Key.Key_Return)
    assert focused("correct_reason")
    press(scene, Qt.Key.Key_1)
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: fields.appointment.property("wrong") is True)
    assert focused("correct_appointment")
    assert ticket(scene).appointment_start is None


def test_what_was_typed_stays_until_another_ticket_is_in_front(qtbot: QtBot, scene: Scene) -> None:
    shown(qtbot, scene)
    press(scene, Qt.Key.Key_E, ALT)
    contact = panel(scene).fields.contact
    contact.setFocus()
    type_text("139")
    press(scene, Qt.Key.Key_Escape)
    assert scene.ticket_view.action_bar.open_panel is None
    press(scene, Qt.Key.Key_E, ALT)
    assert contact.text().endswith("139")
    scene.ticket_view.action_bar.forget()
    press(scene, Qt.Key.Key_E, ALT)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert not contact.text().endswith("139")


def test_what_a_colleague_writes_meanwhile_is_shown_while_nothing_is_typed(qtbot: QtBot, scene: Scene) -> None:
    shown(qtbot, scene)
    press(scene, Qt.Key.Key_E, ALT)
    shown(qtbot, scene, caller_name="李秀英")
    scene.ticket_view.refresh()
    qtbot.waitUntil(lambda: panel(scene).fields.caller.text() == "李秀英")


def test_what_a_colleague_has_changed_meanwhile_is_told_before_it_is_written_over(qtbot: QtBot, scene: Scene) -> None:
    shown(qtbot, scene)
    press(scene, Qt.Key.Key_E, ALT)
    fields = panel(scene).fields
    fields.caller.setFocus()
    fields.caller.selectAll()
    type_text("Li")
    shown(qtbot, scene, caller_name="李秀英", contact_number="13900139000")
    scene.ticket_view.refresh()
    assert scene.built.hub.worker.drain(10)
    qtbot.waitUntil(lambda: "139 0013 9000" in str(scene.ticket_view.shown))
    panel(scene).reason.setFocus()
    press(scene, Qt.Key.Key_3)
    press(scene, Qt.Key.Key_Return)
    why = scene.ticket_view.findChild(QLabel, "correct_why")
    assert why is not None
    qtbot.waitUntil(lambda: why.isVisible() and fields.contact.text() == "13900139000")
    assert ticket(scene).caller_name == "李秀英"
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ticket(scene).caller_name == "Li")
    assert ticket(scene).contact_number == "13900139000"


def test_whoever_was_sent_in_another_estate_is_to_be_called_off_and_one_of_there_sent(
    qtbot: QtBot, scene: Scene
) -> None:
    author, building = author_of(scene.store), replace(seat.BUILDING, building_id=BuildingId("b9"), estate_id=E2)
    rows = ("estate", "e2", Estate(E2, "翠湖湾")), ("building", "b9", building)
    scene.store.append([author.change(entity, name, patch_of(row, f"{entity}_id")) for entity, name, row in rows])
    shown(qtbot, scene, building_id="b9", handler_id="s9", stage=Stage.DISPATCHED)
    press(scene, Qt.Key.Key_E, ALT)
    panel(scene).fields.place.setFocus()
    panel(scene).fields.place.selectAll()
    type_text("5-1-101")
    qtbot.waitUntil(lambda: bool(panel(scene).fields.place.rows))
    press(scene, Qt.Key.Key_Return)
    press(scene, Qt.Key.Key_1)
    with qtbot.waitSignal(panel(scene).told) as said:
        press(scene, Qt.Key.Key_Return, CTRL)
    assert "Alt+D" in said.args[0]
