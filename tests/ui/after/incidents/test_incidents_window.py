"""Incidents and notices in the window, by the keyboard."""

from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desk import wire
from desk.domain.drafts import Draft
from desk.domain.events import CallAnswered
from desk.domain.identity import CallId, ChangeId, TicketId
from desk.domain.incidents import Incident, IncidentState
from desk.domain.notices import Notice
from desk.domain.patches import patch_of
from desk.domain.promises import Promise
from desk.domain.radar import parent_id
from desk.domain.tickets import Kind, Stage, Ticket
from desk.ui.after.incidents.banner import IncidentBanner
from desk.ui.after.incidents.page import IncidentPage
from desk.ui.intake.content import Field
from desk.ui.key_button import KeyButton
from tests.ui import seat
from tests.ui.after.incidents.scenes import ALT, CTRL_SHIFT, author_of, reports
from tests.ui.harness import Scene

PLAIN = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def press(scene: Scene, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.keyClick(QApplication.focusWidget() or scene.built.window, key, modifier)


def type_text(text: str) -> None:
    widget = QApplication.focusWidget()
    assert isinstance(widget, QWidget)
    QTest.keyClicks(widget, text)


def banner(scene: Scene) -> IncidentBanner:
    found = scene.built.window.findChild(IncidentBanner, "incident_banner")
    assert isinstance(found, IncidentBanner)
    return found


def pulled(scene: Scene) -> None:
    """Sync has brought changes."""
    scene.receive(wire.Pushed(("ticket",)))


def alarm(qtbot: QtBot, scene: Scene) -> str:
    reports(scene.store)
    pulled(scene)
    qtbot.waitUntil(lambda: banner(scene).isVisible())
    view = banner(scene).view
    assert view is not None
    return view.id


def talk(qtbot: QtBot, scene: Scene) -> None:
    scene.receive(seat.offered(), CallAnswered(CallId("c1"), seat.NOW))
    middle = scene.built.window.panels.middle
    qtbot.waitUntil(lambda: middle.call_in_form == "c1" and scene.built.hub.callers.pop(CallId("c1")).card is not None)
    form = middle.form
    qtbot.waitUntil(lambda: form.fields.place.text() != "")


def page(qtbot: QtBot, scene: Scene) -> IncidentPage:
    press(scene, Qt.Key.Key_N, CTRL_SHIFT)
    found = scene.built.window.findChild(IncidentPage, "incidents_page")
    assert isinstance(found, IncidentPage)
    qtbot.waitUntil(lambda: found.isVisible() and bool(found.list.rows))
    return found


def is_shown(scene: Scene, key: str) -> bool:
    """This key is there and does something."""
    button = scene.built.window.findChild(KeyButton, key)
    return isinstance(button, KeyButton) and button.isVisible() and button.isEnabled()


def all_of(scene: Scene, kind: type) -> list[object]:
    return list(scene.store.all_of(kind))


def test_what_others_filed_raises_the_banner_and_one_key_makes_one_ticket(qtbot: QtBot, scene: Scene) -> None:
    incident = alarm(qtbot, scene)
    assert "3" in banner(scene).accessibleName()
    press(scene, Qt.Key.Key_I, CTRL_SHIFT)
    qtbot.waitUntil(lambda: scene.store.tickets.get(parent_id(incident)) is not None)
    qtbot.waitUntil(lambda: is_shown(scene, "incident_away"))
    assert len(all_of(scene, Promise)) == 3
    found = scene.built.window.findChild(IncidentPage, "incidents_page")
    assert isinstance(found, IncidentPage)
    qtbot.waitUntil(lambda: found.isVisible() and found.card.end.isVisible())
    qtbot.waitUntil(lambda: {stage_of(scene, f"inc{n}") for n in range(3)} == {Stage.JOINED})
    assert scene.nudges
    scene.built.wiring.sign_out()
    qtbot.waitUntil(lambda: not banner(scene).isVisible())  # nobody sits here
    scene.built.wiring.sign_in("1001")
    qtbot.waitUntil(lambda: banner(scene).isVisible())
    banner(scene).away.click()
    assert not banner(scene).isVisible()  # put away here; the incident lasts


def stage_of(scene: Scene, name: str) -> Stage | None:
    ticket = scene.store.tickets.get(TicketId(name))
    return ticket.stage if ticket is not None else None


def test_one_that_is_left_out_stays_by_itself_and_when_it_is_over_the_banner_goes(qtbot: QtBot, scene: Scene) -> None:
    incident = alarm(qtbot, scene)
    shown = page(qtbot, scene)
    qtbot.waitUntil(shown.card.isVisible)
    shown.card.findChildren(QCheckBox)[1].setChecked(False)
    press(scene, Qt.Key.Key_G, ALT)
    qtbot.waitUntil(shown.card.end.isVisible)
    assert scene.store.tickets.get(parent_id(incident)) is not None
    assert len(all_of(scene, Promise)) == 2
    assert stage_of(scene, "inc1") is Stage.REGISTERED
    press(scene, Qt.Key.Key_O, ALT)
    type_text("board")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not banner(scene).isVisible())
    (kept,) = scene.store.all_of(Incident)
    assert kept.state is IncidentState.OVER


def test_a_form_that_is_being_typed_in_is_not_taken_away_by_it(qtbot: QtBot, scene: Scene) -> None:
    incident = alarm(qtbot, scene)
    talk(qtbot, scene)
    form = scene.built.window.panels.middle.form
    form.take_over(Field.DESCRIPTION, "厨房漏水")
    press(scene, Qt.Key.Key_I, CTRL_SHIFT)
    qtbot.waitUntil(lambda: scene.store.tickets.get(parent_id(incident)) is not None)
    assert form.isVisible()
    assert form.fields.description.toPlainText() == "厨房漏水"


def test_whoever_calls_from_there_hears_the_reply_and_joins_with_one_key(qtbot: QtBot, scene: Scene) -> None:
    incident = alarm(qtbot, scene)
    press(scene, Qt.Key.Key_I, CTRL_SHIFT)
    qtbot.waitUntil(lambda: scene.store.tickets.get(parent_id(incident)) is not None)
    talk(qtbot, scene)
    reply = scene.built.window.findChild(QLabel, "incident_say")
    assert reply is not None
    qtbot.waitUntil(lambda: reply.isVisible() and "统一处理" in reply.text())
    qtbot.waitUntil(lambda: is_shown(scene, "join_0"))
    press(scene, Qt.Key.Key_J, ALT)
    qtbot.waitUntil(lambda: len(all_of(scene, Promise)) == 4)


def test_somebody_at_the_desk_asks_again_and_one_key_keeps_it_with_the_open_ticket(qtbot: QtBot, scene: Scene) -> None:
    press(scene, Qt.Key.Key_N, CTRL)
    form = scene.built.window.panels.middle.form
    qtbot.waitUntil(lambda: form.isVisible() and form.draft() is not None)
    form.fields.place.setFocus()
    type_text("5-2-203")
    press(scene, Qt.Key.Key_Return)
    form.take_over(Field.DESCRIPTION, "住户到前台：水龙头还在漏")
    qtbot.waitUntil(lambda: is_shown(scene, "join_0"))
    press(scene, Qt.Key.Key_J, ALT)

    def last_step() -> str:
        row = scene.store.tickets.get(TicketId("t1"))
        return row.step.partition(" ")[0] if row is not None else ""

    qtbot.waitUntil(lambda: last_step() == "repeat")
    qtbot.waitUntil(lambda: "20261119-S01-0042" in form.strip.text)
    assert form.fields.description.toPlainText() == ""


def test_it_is_dismissed_with_a_reason_in_a_line_of_the_page(qtbot: QtBot, scene: Scene) -> None:
    alarm(qtbot, scene)
    shown = page(qtbot, scene)
    press(scene, Qt.Key.Key_L, ALT)
    qtbot.waitUntil(lambda: shown.reason.hasFocus())
    press(scene, Qt.Key.Key_Escape)
    assert shown.isVisible()
    press(scene, Qt.Key.Key_L, ALT)
    press(scene, Qt.Key.Key_Return)
    assert shown.reason.hasFocus()  # it cannot stay empty, and does not go away as if it were done
    assert shown.reason.property("wrong")
    type_text("not one fault")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not banner(scene).isVisible())
    (kept,) = scene.store.all_of(Incident)
    assert (kept.state, kept.reason) == (IncidentState.DISMISSED, "not one fault")


def test_the_page_takes_the_keyboard_out_of_no_field_elsewhere(qtbot: QtBot, scene: Scene) -> None:
    alarm(qtbot, scene)
    shown = page(qtbot, scene)
    press(scene, Qt.Key.Key_F9)
    search = QApplication.focusWidget()
    assert isinstance(search, QWidget)
    assert not shown.isAncestorOf(search)
    author = author_of(scene.store, "1002", "S03")
    scene.store.append([author.change("notice", "n9", patch_of(replace(seat.NOTICE, notice_id="n9"), "notice_id"))])
    scene.receive(wire.Pushed(("notice",)))
    qtbot.waitUntil(lambda: any(row.target == "notice:n9" for row in shown.list.rows))
    assert QApplication.focusWidget() is search


def test_escape_in_the_reply_takes_it_back_and_does_not_leave_the_page(qtbot: QtBot, scene: Scene) -> None:
    alarm(qtbot, scene)
    shown = page(qtbot, scene)
    qtbot.waitUntil(shown.card.isVisible)
    before = shown.card.reply.text()
    shown.card.reply.setFocus()
    type_text("xyz")
    press(scene, Qt.Key.Key_Escape)
    assert shown.list.hasFocus()
    assert shown.card.reply.text() == before
    press(scene, Qt.Key.Key_Escape)
    assert not shown.isVisible()


def test_a_notice_whose_key_is_pressed_twice_is_written_once(qtbot: QtBot, scene: Scene) -> None:
    shown = page(qtbot, scene)
    press(scene, Qt.Key.Key_I, ALT)
    editor = shown.editor
    qtbot.waitUntil(lambda: editor.title.hasFocus())
    for line, text in ((editor.title, "lift"), (editor.scope, "5"), (editor.start, "now"), (editor.until, "18:00")):
        line.setText(text)
    editor.save.click()
    editor.save.click()
    qtbot.waitUntil(lambda: not editor.isVisible())
    assert scene.built.hub.worker.drain(20)
    assert [one.title for one in scene.store.all_of(Notice)].count("lift") == 1


def test_a_notice_is_written_by_the_keyboard_and_said_back(qtbot: QtBot, scene: Scene) -> None:
    shown = page(qtbot, scene)
    press(scene, Qt.Key.Key_I, ALT)
    editor = shown.editor
    qtbot.waitUntil(lambda: editor.title.hasFocus())
    type_text("lift")
    press(scene, Qt.Key.Key_Return)
    type_text("9")
    press(scene, Qt.Key.Key_Return)
    press(scene, Qt.Key.Key_Return)
    type_text("18:00")
    press(scene, Qt.Key.Key_Return, CTRL)
    wrong = scene.built.window.findChild(QLabel, "notice_wrong")
    assert wrong is not None
    qtbot.waitUntil(lambda: wrong.isVisible() and editor.scope.hasFocus())  # there is no building 9
    editor.scope.setText("5")
    press(scene, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: any(one.title == "lift" for one in scene.store.all_of(Notice)))
    written = next(one for one in scene.store.all_of(Notice) if one.title == "lift")
    assert written.building_ids == (seat.BUILDING.building_id,)
    assert written.until - written.start == timedelta(hours=3, minutes=30)
    qtbot.waitUntil(lambda: not editor.isVisible())
    qtbot.waitUntil(lambda: is_shown(scene, "notice_end") and len(shown.list.rows) == 2)
    for button in shown.findChildren(KeyButton):
        assert button.accessibleName(), button.objectName()
    for name in ("notice_title", "notice_scope", "notice_start", "notice_until", "notice_text", "incident_reply"):
        widget = shown.findChild(QWidget, name)
        assert widget is not None
        assert widget.accessibleName(), name
    ended = shown.chosen_notice()
    assert ended is not None
    press(scene, Qt.Key.Key_U, ALT)
    qtbot.waitUntil(
        lambda: {one.notice_id: one.until for one in scene.store.all_of(Notice)}[ended.notice_id] == seat.NOW
    )


def test_an_inquiry_is_closed_by_its_notice_in_two_keys(qtbot: QtBot, scene: Scene) -> None:
    talk(qtbot, scene)
    qtbot.waitUntil(lambda: is_shown(scene, "answer_by_notice"))
    press(scene, Qt.Key.Key_N, ALT)
    form = scene.built.window.panels.middle.form
    qtbot.waitUntil(lambda: seat.NOTICE.title in form.fields.description.toPlainText())
    press(scene, Qt.Key.Key_Return, CTRL_SHIFT)

    def closed() -> list[Ticket]:
        return [one for one in scene.store.all_of(Ticket) if one.notice_id == seat.NOTICE.notice_id]

    qtbot.waitUntil(lambda: bool(closed()))
    (ticket,) = closed()
    assert (ticket.stage, ticket.kind, ticket.category) == (Stage.CLOSED, Kind.INQUIRY, "inquiry.service.outage")


def test_the_form_asks_for_the_address_where_the_words_name_another(qtbot: QtBot, scene: Scene) -> None:
    talk(qtbot, scene)
    form = scene.built.window.panels.middle.form
    bar = form.read_back
    assert not bar.isVisible()
    form.take_over(Field.DESCRIPTION, "6栋2单元203厨房漏水")
    qtbot.waitUntil(bar.isVisible)
    assert "2单元203" in bar.text
    press(scene, Qt.Key.Key_V, ALT)
    qtbot.waitUntil(lambda: not bar.isVisible())
    draft = form.draft()
    assert isinstance(draft, Draft)
    assert draft.intake.read_back_at == seat.NOW
    form.take_over(Field.PLACE, "东门外")
    qtbot.waitUntil(bar.isVisible)  # another place: it is asked again
    draft = form.draft()
    assert draft is not None
    assert draft.intake.read_back_at is None


def test_a_ticket_in_doubt_is_read_back_on_its_page(qtbot: QtBot, scene: Scene) -> None:
    ticket = scene.store.tickets.get(TicketId("t1"))
    assert ticket is not None
    doubt = replace(
        author_of(scene.store).change("ticket", "t1", {"read_back_asked": "another_home"}), change_id=ChangeId("z")
    )
    scene.store.append([doubt])
    scene.built.window.panels.middle.show_ticket("t1")
    view = scene.ticket_view
    qtbot.waitUntil(lambda: view.shown is not None and is_shown(scene, "do_Alt+V"))
    mark = scene.built.window.findChild(QWidget, "read_back_mark")
    assert mark is not None
    qtbot.waitUntil(mark.isVisible)
    assert "5栋2单元203" in mark.accessibleName()
    press(scene, Qt.Key.Key_V, ALT)

    def read_back() -> bool:
        row = scene.store.tickets.get(TicketId("t1"))
        return row is not None and row.read_back_at == seat.NOW

    qtbot.waitUntil(read_back)
    qtbot.waitUntil(lambda: not mark.isVisible())
