"""Saying who a caller is from the card's search, while they are on the line and afterwards, as an agent does it: keys
go in, the screen and the store are looked at."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.call_log import Tie
from desk.domain.estate import Role
from desk.domain.events import CallAnswered, CallEnded
from desk.domain.identity import CallId, PersonId
from desk.domain.party import Party
from desk.domain.patches import patch_of
from desk.domain.troubles import Trouble
from desk.ui.beside.call_log import CallLogPage
from desk.ui.caller.ties import OnlyThisCall
from desk.usecases.fakes import FakeAuthor
from desk.usecases.ports import StoreFull
from tests.ui import seat
from tests.ui.harness import Scene
from tests.ui.seat import HOME, NOW, WANG, offered

C1, C2 = CallId("c1"), CallId("c2")
UNKNOWN = Party("02087654321")
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(scene: Scene, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(QApplication.focusWidget() or scene.built.window, key, modifier)


def shown(scene: Scene, name: str) -> str:
    label = scene.built.window.findChild(QLabel, name)
    assert label is not None, name
    return label.text() if label.isVisible() else ""


def ring(qtbot: QtBot, scene: Scene, name: str = "c1", party: Party = UNKNOWN) -> None:
    scene.receive(offered(name, party))
    qtbot.waitUntil(lambda: scene.built.hub.callers.pop(CallId(name)).profile is not None)
    qtbot.waitUntil(lambda: scene.built.hub.callers.subject is not None)


def end(qtbot: QtBot, scene: Scene, name: str = "c1") -> None:
    scene.receive(CallAnswered(CallId(name), NOW), CallEnded(CallId(name), NOW, 200))
    qtbot.waitUntil(lambda: scene.built.hub.state.matter() is None)


def search(qtbot: QtBot, scene: Scene, text: str, row: str) -> None:
    """Type into the search that has the keyboard, and choose the row with this text and note by Down and Enter."""
    box = scene.built.window.panels.card.search
    assert focus() is box
    committed = QInputMethodEvent()
    committed.setCommitString(text)
    QApplication.sendEvent(box, committed)
    qtbot.waitUntil(lambda: box.answered == text and bool(box.rows))
    rows = [f"{one.text} {one.note}".strip() for one in box.rows]
    for _n in range(rows.index(row)):
        press(scene, Qt.Key.Key_Down)
    scene.nudges.clear()
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(scene.nudges))


def numbers_of_home(scene: Scene) -> list[str]:
    found = scene.store.by_lookup_keys(["+862087654321"])
    return [n.raw for n in found if n.household_id == HOME.household_id and n.person_id is None]


def past_unknown(scene: Scene, name: str = "c-who", ticket: str | None = None) -> None:
    """A call of an unknown number in the call log."""
    entry = replace(
        seat.past_call(name, 0),
        number=UNKNOWN.number,
        lookup_key="+862087654321",
        ticket_id=ticket,  # type: ignore[arg-type]
    )
    author = FakeAuthor("1001", "S01", lambda: NOW, lambda: "00000000-0000-7000-9000-000000000001")
    scene.store.append([author.change("call", entry.call_id, patch_of(entry, "call_id"))])
    scene.built.wiring.read_work()


# While they are on the line


def test_a_number_becomes_the_households_though_people_are_known_there(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    press(scene, Qt.Key.Key_F9)
    search(qtbot, scene, "5-2-203", "一期5栋2单元203 该户的号码，不指定联系人")
    assert numbers_of_home(scene) == [UNKNOWN.number]
    assert scene.store.numbers_of_people([WANG.person_id])[0].raw != UNKNOWN.number
    entry = scene.store.changes[-1]
    assert (entry.entity_id, entry.patch) == ("c1", {"person_id": None, "household_id": HOME.household_id})
    assert shown(scene, "card_name") == "一期5栋2单元203"


@pytest.mark.parametrize(
    ("name", "role", "row"),
    [
        ("孙丽", Role.TENANT, "孙丽 新增：一期5栋2单元203 租户"),
        ("John Smith", Role.FAMILY, "John Smith 新增：一期5栋2单元203 家属"),
    ],
)
def test_a_stranger_becomes_a_member_of_the_home_typed_with_the_role_chosen(
    qtbot: QtBot, scene: Scene, name: str, role: Role, row: str
) -> None:
    ring(qtbot, scene)
    press(scene, Qt.Key.Key_F9)
    search(qtbot, scene, f"5-2-203 {name}", row)
    number = next(n for n in scene.store.by_lookup_keys(["+862087654321"]) if n.person_id)
    assert number.person_id is not None
    person = scene.store.people([number.person_id])[number.person_id]
    members = scene.store.memberships_of_people([person.person_id])
    assert person.name == name
    assert [(m.household_id, m.role) for m in members] == [(HOME.household_id, role)]
    qtbot.waitUntil(lambda: shown(scene, "card_name") == name)
    assert shown(scene, "card_place") == "一期5栋2单元203"


def test_a_withheld_stranger_is_added_and_the_card_shows_them(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene, party=Party(withheld=True))
    press(scene, Qt.Key.Key_F9)
    search(qtbot, scene, "5-2-203 孙丽", "孙丽 新增：一期5栋2单元203 业主")
    qtbot.waitUntil(lambda: shown(scene, "card_name") == "孙丽")
    tied = scene.store.changes[-1].patch
    assert tied["household_id"] == HOME.household_id
    assert scene.store.numbers_of_people([PersonId(str(tied["person_id"]))]) == []


def test_a_name_in_latin_letters_alone_can_be_added(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    press(scene, Qt.Key.Key_F9)
    search(qtbot, scene, "John Smith", "John Smith 新增，暂无住处；有住处请输入：5-2-203 John Smith")
    qtbot.waitUntil(lambda: shown(scene, "card_name") == "John Smith")


def test_what_was_searched_for_one_call_is_not_written_to_the_next(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    end(qtbot, scene)
    press(scene, Qt.Key.Key_F9)
    QTest.keyClicks(focus(), "5-2-20")
    ring(qtbot, scene, "c2", Party("075587654321"))
    assert scene.built.hub.callers.subject == C2
    box = scene.built.window.panels.card.search
    QTest.keyClicks(box, "3")
    qtbot.waitUntil(lambda: box.answered == "5-2-203" and bool(box.rows))
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(scene.nudges))
    assert scene.store.changes[-1].entity_id == "c1"
    assert UNKNOWN.number in shown(scene, "message_what")


def test_the_step_back_ends_what_was_filed_and_the_card_and_the_form_forget_them(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    scene.receive(CallAnswered(C1, NOW))
    form = scene.built.window.panels.middle.form
    qtbot.waitUntil(lambda: form.draft() is not None)
    press(scene, Qt.Key.Key_F9)
    search(qtbot, scene, "5-2-203 孙丽", "孙丽 新增：一期5栋2单元203 家属")
    qtbot.waitUntil(lambda: form.draft().intake.caller_name == "孙丽")  # type: ignore[union-attr]
    press(scene, Qt.Key.Key_F9, CTRL | SHIFT)
    qtbot.waitUntil(lambda: "未登记" in shown(scene, "card_hint"))
    assert scene.store.by_lookup_keys(["+862087654321"]) == []
    members = scene.store.memberships_of_household(HOME.household_id)
    assert [m.ended for m in members if m.person_id not in (WANG.person_id, seat.LI.person_id)] == [True]
    assert scene.store.calls.tie(C1) is None
    draft = form.draft()
    assert draft is not None
    assert (draft.intake.caller_name, draft.intake.person_id) == ("", None)
    assert "孙丽" in shown(scene, "message_what")


def test_who_calls_from_a_number_that_is_known_is_tied_to_this_call_only(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene, party=seat.PARTY)
    press(scene, Qt.Key.Key_F9)
    search(qtbot, scene, "李秀英", "李秀英 一期5栋2单元203 家属 · 仅本次通话")
    assert scene.store.calls.tie(C1) == Tie(seat.LI.person_id, HOME.household_id)
    assert scene.store.numbers_of_people([seat.LI.person_id]) == []
    press(scene, Qt.Key.Key_F9)
    search(qtbot, scene, "李秀英", "李秀英 一期5栋2单元203 家属 · 并登记号码")
    assert [n.raw for n in scene.store.numbers_of_people([seat.LI.person_id])] == [seat.PARTY.number]


def test_a_neighbours_telephone_is_not_filed_where_only_the_call_is_theirs(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    press(scene, Qt.Key.Key_F9)
    search(qtbot, scene, "李秀英", "李秀英 一期5栋2单元203 家属 · 仅本次通话")
    assert scene.store.calls.tie(C1) == Tie(seat.LI.person_id, HOME.household_id)
    assert scene.store.by_lookup_keys(["+862087654321"]) == []


def test_a_colleagues_telephone_stays_theirs_whomever_they_call_for(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene, party=Party(seat.ASSISTANT.phone))
    assert (shown(scene, "card_name"), shown(scene, "card_place")) == ("赵敏", "片区助理")
    box = scene.built.window.panels.card.search
    for _again in range(2):  # also once somebody is on the card
        press(scene, Qt.Key.Key_F9)
        search(qtbot, scene, "李秀英", "李秀英 一期5栋2单元203 家属 · 仅本次通话")
        assert all(isinstance(row.value, OnlyThisCall) for row in box.rows)
        assert shown(scene, "card_name") == "李秀英"
    assert scene.store.calls.tie(C1) == Tie(seat.LI.person_id, HOME.household_id)
    assert scene.store.numbers_of_people([seat.LI.person_id]) == []
    ring(qtbot, scene, "c2", Party(seat.ASSISTANT.phone))
    assert scene.built.hub.callers.pop(C2).staff == seat.ASSISTANT


@pytest.mark.parametrize(
    ("name", "role", "contact"), [("王建国", "业主", "13800138000"), ("李秀英", "家属", seat.ASSISTANT.phone)]
)
def test_whoever_calls_by_a_colleagues_telephone_is_called_back_by_a_number_of_their_own_if_they_have_one(
    qtbot: QtBot, scene: Scene, name: str, role: str, contact: str
) -> None:
    ring(qtbot, scene, party=Party(seat.ASSISTANT.phone))
    scene.receive(CallAnswered(C1, NOW))
    form = scene.built.window.panels.middle.form
    qtbot.waitUntil(form.isVisible)
    assert form.fields.contact.text() == seat.ASSISTANT.phone  # for themselves, as far as anybody knows
    press(scene, Qt.Key.Key_F9)
    search(qtbot, scene, name, f"{name} 一期5栋2单元203 {role} · 仅本次通话")
    qtbot.waitUntil(lambda: form.fields.caller.text() == name)
    assert form.fields.contact.text() == contact


def test_what_a_full_disk_would_not_take_is_told_and_tried_again(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring(qtbot, scene)
    append, tries = scene.store.append, list[None]()

    def full(_changes: object) -> None:
        tries.append(None)
        raise StoreFull("no space")

    monkeypatch.setattr(scene.store, "append", full)
    scene.built.ties._again.setInterval(10)
    press(scene, Qt.Key.Key_F9)
    box = scene.built.window.panels.card.search
    QTest.keyClicks(box, "5-2-203")
    qtbot.waitUntil(lambda: box.answered == "5-2-203" and bool(box.rows))
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(tries) > 2)
    assert "尚未存盘" in shown(scene, "message_what")
    assert scene.built.ties.is_waiting
    assert scene.store.by_lookup_keys(["+862087654321"]) == []
    monkeypatch.setattr(scene.store, "append", append)
    qtbot.waitUntil(lambda: not scene.built.ties.is_waiting)
    assert [n.person_id for n in scene.store.by_lookup_keys(["+862087654321"])] == [WANG.person_id]
    assert Trouble.STORE_FULL not in scene.built.hub.state.wrongs


# Afterwards


@pytest.mark.parametrize("ticket", [None, "t1"])
def test_a_past_calls_row_leads_to_its_caller_with_one_key(qtbot: QtBot, scene: Scene, ticket: str | None) -> None:
    past_unknown(scene, ticket=ticket)
    calls = scene.built.window.panels.work_list.calls.list
    qtbot.waitUntil(lambda: any(row.call_id == "c-who" for row in calls.rows))
    assert scene.built.hub.callers.subject is None  # as after a restart of the window
    calls.setFocus()
    for key, times in (
        (Qt.Key.Key_Up, len(calls.rows)),
        (Qt.Key.Key_Down, [r.call_id for r in calls.rows].index("c-who")),
    ):
        for _n in range(times):
            press(scene, key)
    press(scene, Qt.Key.Key_F9, CTRL)
    qtbot.waitUntil(lambda: focus() is scene.built.window.panels.card.search)
    assert "14:30" in shown(scene, "card_hint")
    search(qtbot, scene, "5-2-203", "一期5栋2单元203 该户的号码，不指定联系人")
    assert numbers_of_home(scene) == [UNKNOWN.number]
    assert scene.store.changes[-1].entity_id == "c-who"


def test_the_call_log_leads_there_too_and_names_them_then(qtbot: QtBot, scene: Scene) -> None:
    past_unknown(scene)
    press(scene, Qt.Key.Key_H, CTRL)
    page = scene.built.window.findChild(CallLogPage, "call_log")
    assert isinstance(page, CallLogPage)
    qtbot.waitUntil(lambda: page.chosen() is not None and page.chosen().call.call_id == "c-who")  # type: ignore[union-attr]
    press(scene, Qt.Key.Key_F9, CTRL)
    qtbot.waitUntil(lambda: focus() is scene.built.window.panels.card.search)
    search(qtbot, scene, "5-2-203 孙丽", "孙丽 新增：一期5栋2单元203 家属")
    qtbot.waitUntil(lambda: page.chosen() is not None and page.chosen().name == "孙丽")  # type: ignore[union-attr]


@pytest.mark.parametrize("under_a_call", [False, True])
def test_a_past_calls_row_opens_its_form_with_its_caller_and_files_it_with_the_call(
    qtbot: QtBot, scene: Scene, under_a_call: bool
) -> None:
    calls = scene.built.window.panels.work_list.calls.list
    qtbot.waitUntil(lambda: any(row.call_id == "c-old" for row in calls.rows))
    form = scene.built.window.panels.middle.form
    if under_a_call:
        ring(qtbot, scene, party=UNKNOWN)
        scene.receive(CallAnswered(C1, NOW))
        qtbot.waitUntil(lambda: form.draft() is not None)
    calls.setFocus()
    for key, times in (
        (Qt.Key.Key_Up, len(calls.rows)),
        (Qt.Key.Key_Down, [r.call_id for r in calls.rows].index("c-old")),
    ):
        for _n in range(times):
            press(scene, key)
    press(scene, Qt.Key.Key_F12, CTRL)
    qtbot.waitUntil(lambda: scene.built.window.panels.middle.call_in_form == "c-old")

    def named() -> tuple[str, str | None]:
        draft = form.draft()
        return (draft.intake.contact_number, draft.intake.household_id) if draft else ("", None)

    qtbot.waitUntil(lambda: named() == (seat.PARTY.number, HOME.household_id))
    assert scene.built.hub.callers.subject == (C1 if under_a_call else "c-old")
    QTest.keyClicks(form.fields.category, "lou")
    box = form.fields.category
    qtbot.waitUntil(lambda: bool(box.rows))
    QTest.keyClick(box, Qt.Key.Key_Return)
    with qtbot.waitSignal(form.filed) as filed:
        QTest.keyClick(box, Qt.Key.Key_Return, CTRL)
    assert filed.args[0].call_id == "c-old"
    entry = scene.store.calls.get(CallId("c-old"))
    assert entry is not None
    assert entry.ticket_id == filed.args[0].ticket_id


def test_under_a_running_call_its_caller_stays_on_the_card(qtbot: QtBot, scene: Scene) -> None:
    past_unknown(scene)
    ring(qtbot, scene, party=seat.PARTY)
    calls = scene.built.window.panels.work_list.calls.list
    qtbot.waitUntil(lambda: bool(calls.rows))
    calls.setFocus()
    press(scene, Qt.Key.Key_F9, CTRL)
    qtbot.waitUntil(lambda: "通话结束后" in shown(scene, "message_what"))
    assert scene.built.hub.callers.subject == C1


def test_without_a_call_the_search_and_the_key_say_what_to_do(qtbot: QtBot, scene: Scene) -> None:
    before = scene.store.appends
    press(scene, Qt.Key.Key_F9, CTRL)
    assert "F12" in shown(scene, "message_what")
    scene.built.window.panels.trouble_line.put_away()
    press(scene, Qt.Key.Key_F9)
    box = scene.built.window.panels.card.search
    QTest.keyClicks(box, "wjg")
    qtbot.waitUntil(lambda: bool(box.rows))
    press(scene, Qt.Key.Key_Return)
    assert "Ctrl+F9" in shown(scene, "message_what")
    assert scene.store.appends == before
