"""The window as an agent uses it: messages of the links come in, keys go in, and the screen and the store are looked
at."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desk import exit_codes, wire
from desk.domain.call_log import Tie
from desk.domain.commands import Answer, Dial, HangUp, Hold, Mute, Reject, SendDigits, TakeSeat
from desk.domain.events import (
    CallAnswered,
    CallDialled,
    CallEnded,
    CallHeld,
    CallMuted,
    CallOffered,
    CommandRefused,
    TroubleRaised,
)
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.domain.tickets import Kind
from desk.domain.troubles import Trouble, Wrong
from desk.ui import app
from desk.ui.running import RepairWish
from desk.ui.seat_state import Detached
from desk.usecases.ports import StoreFull
from tests.ui import harness, seat
from tests.ui.harness import Scene
from tests.ui.seat import HOME, LI, NOW, PARTY, SHOP, WANG, offered

C1, C2 = CallId("c1"), CallId("c2")


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(scene: Scene, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or scene.built.window, key, modifier)


def shown(scene: Scene, name: str) -> str:
    label = scene.built.window.findChild(QLabel, name)
    assert label is not None, name
    return label.text() if label.isVisible() else ""


def ring(qtbot: QtBot, scene: Scene, name: str = "c1", party: Party = PARTY) -> None:
    scene.receive(offered(name, party))
    call_id = CallId(name)
    qtbot.waitUntil(lambda: scene.built.hub.callers.pop(call_id).profile is not None)
    known = scene.built.hub.callers.pop(call_id).profile
    assert known is not None
    qtbot.waitUntil(lambda: not known.candidates or scene.built.hub.callers.pop(call_id).card is not None)


def answer(qtbot: QtBot, scene: Scene, name: str = "c1") -> None:
    scene.receive(CallAnswered(CallId(name), NOW))
    call_id = CallId(name)
    qtbot.waitUntil(lambda: scene.built.hub.state.calls[call_id].answered_at is not None)


def restarted(qtbot: QtBot, scene: Scene) -> Scene:
    """Another window over what was kept, under the call that runs."""
    scene.built.hub.worker.drain(10)
    again = harness.build()
    again.store._drafts = scene.store._drafts
    again.store.append([change for change in scene.store.changes if change.entity_id == C1])
    qtbot.addWidget(again.built.window)
    again.built.window.show()
    again.receive(seat.snapshot(scene.built.hub.state.calls[C1]))
    again.built.wiring.sign_in("1001")
    qtbot.waitUntil(lambda: again.built.window.panels.middle.draft_in_form != "")
    qtbot.waitUntil(lambda: again.built.hub.callers.pop(C1).card is not None)
    return again


def commands(scene: Scene) -> list[object]:
    told_of_the_agent = ("WatchLevels", "TakeSeat", "PauseQueue")
    return [command for command in scene.commands if type(command).__name__ not in told_of_the_agent]


def test_the_profile_is_on_the_screen_before_the_call_is_answered(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    assert shown(scene, "card_name") == "王建国"
    assert shown(scene, "card_place") == "一期5栋2单元203"
    assert [row.text for row in scene.built.window.panels.card.open_tickets.list.rows] == ["水龙头漏水：厨房水龙头漏水"]
    assert commands(scene) == []


def test_of_two_withheld_callers_in_turn_the_second_is_painted_too_and_said_so(qtbot: QtBot, scene: Scene) -> None:
    hub, painted = scene.built.hub, list[str | None]()
    scene.built.window.panels.card.painted.connect(lambda: painted.append(hub.callers.subject))
    ring(qtbot, scene, "c1", Party(""))
    qtbot.waitUntil(lambda: C1 in painted)
    scene.receive(CallEnded(C1, NOW, 487))
    ring(qtbot, scene, "c2", Party(""))
    qtbot.waitUntil(lambda: C2 in painted)


def test_the_keys_of_the_bar_reach_the_phone_wherever_the_focus_is(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    press(scene, Qt.Key.Key_F2)
    answer(qtbot, scene)
    press(scene, Qt.Key.Key_F4)
    press(scene, Qt.Key.Key_F5)
    press(scene, Qt.Key.Key_F3)
    assert commands(scene) == [Answer(C1), Mute(C1, on=True), Hold(C1, on=True), HangUp(C1)]


def test_a_muted_call_says_so_and_the_key_unmutes(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    scene.receive(CallMuted(C1, NOW))
    qtbot.waitUntil(lambda: scene.built.hub.state.calls[C1].muted)
    assert "静音" in shown(scene, "call_state")
    press(scene, Qt.Key.Key_F4)
    assert commands(scene) == [Mute(C1, on=False)]


def test_an_answered_call_opens_its_form_prefilled_with_the_focus_in_its_first_field(
    qtbot: QtBot, scene: Scene
) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    form = scene.built.window.panels.middle.form
    draft = form.draft()
    assert form.isVisible()
    assert draft is not None
    assert (draft.call_id, draft.intake.caller_name, draft.intake.place.household_id) == (
        C1,
        "王建国",
        HOME.household_id,
    )
    assert isinstance(focus(), QLineEdit)
    assert form.isAncestorOf(focus())


def test_a_call_that_rings_while_the_agent_types_takes_neither_focus_nor_text(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    scene.receive(CallEnded(C1, NOW, 200))
    QTest.keyClicks(focus(), "lou")
    typing_in = focus()
    ring(qtbot, scene, "c2", Party("075587654321"))
    assert focus() is typing_in
    QTest.keyClicks(focus(), "shui")
    answer(qtbot, scene, "c2")
    assert focus() is typing_in
    assert isinstance(typing_in, QLineEdit)
    assert typing_in.text() == "loushui"
    draft = scene.built.window.panels.middle.form.draft()
    assert draft is not None
    assert draft.call_id == C1


def test_the_waiting_calls_form_opens_when_it_is_asked_for_and_the_first_draft_waits(
    qtbot: QtBot, scene: Scene
) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    QTest.keyClicks(focus(), "lou")
    scene.receive(CallEnded(C1, NOW, 200))
    ring(qtbot, scene, "c2", Party("075587654321"))
    answer(qtbot, scene, "c2")
    press(scene, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    draft = scene.built.window.panels.middle.form.draft()
    assert draft is not None
    assert draft.call_id == C2
    rows = scene.built.window.panels.work_list.drafts.list.rows
    assert len(rows) == 1
    assert "lou" in rows[0].text
    scene.built.wiring.open(rows[0].target)
    draft = scene.built.window.panels.middle.form.draft()
    assert draft is not None
    assert (draft.call_id, draft.intake.typed.get("category")) == (C1, "lou")


def test_each_call_that_came_while_one_types_keeps_its_form_after_its_end(qtbot: QtBot, scene: Scene) -> None:
    press(scene, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(focus(), "lou")
    for name, number in (("c1", "075587654321"), ("c2", "075587650000")):
        ring(qtbot, scene, name, Party(number))
        answer(qtbot, scene, name)
        assert "通话" in shown(scene, "form_offer_words")
        scene.receive(CallEnded(CallId(name), NOW, 200))
        qtbot.waitUntil(lambda: scene.built.hub.state.matter() is None)
    assert "已结束" in shown(scene, "form_offer_words")
    taken = list[str | None]()
    for _n in range(2):
        press(scene, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        draft = scene.built.window.panels.middle.form.draft()
        assert draft is not None
        taken.append(draft.call_id)
        QTest.keyClicks(focus(), "men")
    assert taken == [C2, C1]
    assert shown(scene, "form_offer_words") == ""


def test_a_second_call_is_a_strip_with_its_own_keys(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    ring(qtbot, scene, "c2", Party("075587654321"))
    assert scene.built.window.findChild(QWidget, "strip_c2") is not None
    assert shown(scene, "card_name") == "王建国"
    press(scene, Qt.Key.Key_F2)
    press(scene, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert commands(scene) == [Answer(C2), Reject(C2)]


def test_a_held_call_behind_another_is_taken_back_by_one_key(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    scene.receive(CallHeld(C1, NOW))
    ring(qtbot, scene, "c2", Party("075587654321"))
    answer(qtbot, scene, "c2")
    press(scene, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    assert commands(scene) == [Hold(C1, on=False)]  # the phone holds whoever is talked with


def test_digits_are_sent_from_the_keypad_and_escape_gives_the_focus_back(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    before = focus()
    press(scene, Qt.Key.Key_F7)
    QTest.keyClicks(focus(), "1a#")
    press(scene, Qt.Key.Key_Escape)
    assert commands(scene) == [SendDigits(C1, "1"), SendDigits(C1, "#")]
    assert focus() is before


def test_a_number_is_dialled_by_keyboard_and_the_focus_returns(qtbot: QtBot, scene: Scene) -> None:
    press(scene, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    before = focus()
    press(scene, Qt.Key.Key_F6)
    QTest.keyClicks(focus(), "13900139000")
    press(scene, Qt.Key.Key_Return)
    assert commands(scene) == [Dial("13900139000")]
    assert focus() is before


def test_another_candidate_is_one_key_away_and_is_written_once_it_has_settled(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    before = scene.store.appends
    press(scene, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: scene.built.hub.callers.pop(C1).card is not None)
    assert shown(scene, "card_name") == "一期5栋1单元101"
    scene.built.ties.write_now()
    qtbot.waitUntil(lambda: scene.store.appends == before + 1)
    change = scene.store.changes[-1]
    assert (change.entity_id, change.patch) == ("c1", {"person_id": None, "household_id": SHOP.household_id})
    draft = scene.built.window.panels.middle.form.draft()
    assert draft is not None
    assert draft.intake.household_id == SHOP.household_id


@pytest.mark.parametrize("reopened_before", [True, False])
def test_a_draft_that_was_set_aside_follows_whom_the_agent_says_before_or_after_it_comes_back(
    qtbot: QtBot, scene: Scene, reopened_before: bool
) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    QTest.keyClicks(focus(), "lou")
    press(scene, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    middle = scene.built.window.panels.middle
    (draft_id,) = scene.built.hub.unfinished.drafts
    if reopened_before:
        scene.built.wiring.open(f"draft:{draft_id}")
    press(scene, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: scene.built.hub.callers.pop(C1).card is not None)
    if not reopened_before:
        scene.built.wiring.open(f"draft:{draft_id}")
    draft = middle.form.draft()
    assert draft is not None
    assert (draft.draft_id, draft.intake.typed["category"]) == (draft_id, "lou")
    assert (draft.intake.person_id, draft.intake.household_id) == (None, SHOP.household_id)
    assert (draft.intake.caller_name, draft.intake.place.household_id) == ("", SHOP.household_id)


def test_the_form_follows_another_candidate_also_while_a_ticket_is_in_front(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    scene.built.window.panels.card.open_tickets.list.setFocus()
    press(scene, Qt.Key.Key_Return)
    press(scene, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: scene.built.hub.callers.pop(C1).card is not None)
    press(scene, Qt.Key.Key_Escape)
    form = scene.built.window.panels.middle.form
    assert form.isVisible()
    draft = form.draft()
    assert draft is not None
    assert (draft.intake.caller_name, draft.intake.household_id) == ("", SHOP.household_id)


def test_not_them_stays_said_when_the_draft_comes_back_and_is_filed(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    QTest.keyClicks(focus(), "lou")
    press(scene, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    (draft_id,) = scene.built.hub.unfinished.drafts
    press(scene, Qt.Key.Key_F9, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: shown(scene, "card_name") == "一期5栋1单元101")
    scene.built.wiring.open(f"draft:{draft_id}")
    form = scene.built.window.panels.middle.form
    box = form.fields.category
    QTest.keyClicks(box, "1")
    QTest.keyClick(box, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: bool(box.rows))
    QTest.keyClick(box, Qt.Key.Key_Return)
    with qtbot.waitSignal(form.filed) as filed:
        QTest.keyClick(box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    ticket = filed.args[0]
    assert (ticket.person_id, ticket.household_id) == (None, SHOP.household_id)
    assert scene.store.calls.tie(C1) == Tie(None, SHOP.household_id)


def test_an_unknown_caller_is_found_and_attached_in_one_step(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene, "c1", Party("02087654321"))
    assert "未登记" in shown(scene, "card_hint")
    press(scene, Qt.Key.Key_F9)
    QTest.keyClicks(focus(), "wjg")
    card = scene.built.window.panels.card
    qtbot.waitUntil(lambda: bool(card.search.rows))
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(scene, "card_name") == "王建国")
    qtbot.waitUntil(lambda: bool(scene.nudges))
    assert [n.raw for n in scene.store.numbers_of_people([WANG.person_id])] == ["13800138000", "02087654321"]


def test_a_withheld_caller_is_tied_without_a_number(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene, "c1", Party(withheld=True))
    press(scene, Qt.Key.Key_F9)
    QTest.keyClicks(focus(), "5-2-203")
    card = scene.built.window.panels.card
    qtbot.waitUntil(lambda: bool(card.search.rows))
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(scene.nudges))
    assert len(scene.store.numbers_of_people([WANG.person_id])) == 1
    assert scene.store.changes[-1].patch["household_id"] == HOME.household_id


def test_the_running_call_comes_back_with_its_text_after_the_window_was_restarted(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    QTest.keyClicks(focus(), "lou")
    again = restarted(qtbot, scene)
    draft = again.built.window.panels.middle.form.draft()
    assert draft is not None
    assert (draft.call_id, draft.intake.typed.get("category")) == (C1, "lou")
    again.close()


@pytest.mark.parametrize("withheld", [False, True])
def test_after_a_restart_ticket_and_call_are_filed_under_whom_the_agent_said(
    qtbot: QtBot, scene: Scene, withheld: bool
) -> None:
    ring(qtbot, scene, "c1", Party(withheld=True) if withheld else PARTY)
    answer(qtbot, scene)
    if withheld:
        press(scene, Qt.Key.Key_F9)
        QTest.keyClicks(focus(), "lxy")
        qtbot.waitUntil(lambda: bool(scene.built.window.panels.card.search.rows))
        press(scene, Qt.Key.Key_Return)
    else:
        press(scene, Qt.Key.Key_F8)
        scene.built.ties.write_now()
    qtbot.waitUntil(lambda: bool(scene.nudges))
    said = scene.store.changes[-1].patch
    assert said in (
        {"person_id": LI.person_id, "household_id": HOME.household_id},
        {"person_id": None, "household_id": SHOP.household_id},
    )
    form = scene.built.window.panels.middle.form
    qtbot.waitUntil(lambda: (kept := form.draft()) is not None and kept.intake.household_id == said["household_id"])
    QTest.keyClicks(form.fields.category, "loushui")
    again = restarted(qtbot, scene)
    assert shown(again, "card_name") == ("李秀英" if withheld else "一期5栋1单元101")
    form = again.built.window.panels.middle.form
    box = form.fields.category
    QTest.keyClicks(box, "1")
    QTest.keyClick(box, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: bool(box.rows))
    QTest.keyClick(box, Qt.Key.Key_Return)
    form.fields.contact.clear()
    QTest.keyClicks(form.fields.contact, "13800138000")
    with qtbot.waitSignal(form.filed) as filed:
        QTest.keyClick(form.fields.contact, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    ticket = filed.args[0]
    assert {"person_id": ticket.person_id, "household_id": ticket.household_id} == said
    assert again.store.calls.tie(C1) == Tie(ticket.person_id, ticket.household_id)
    again.close()


def test_drafts_stay_with_their_author_when_they_sign_out(qtbot: QtBot, scene: Scene) -> None:
    press(scene, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(focus(), "lou")
    press(scene, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    page = scene.built.window.panels.sign_in
    qtbot.waitUntil(page.isVisible)
    assert focus() is page.number
    page.number.setText("1002")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: scene.built.hub.agent is not None)
    assert scene.built.window.panels.work_list.drafts.list.rows == ()
    press(scene, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(page.isVisible)
    page.number.setText("1001")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(scene.built.window.panels.work_list.drafts.list.rows) == 1)


def test_whoever_comes_next_finds_nothing_of_the_draft_of_the_one_before(qtbot: QtBot, scene: Scene) -> None:
    middle, work_list = scene.built.window.panels.middle, scene.built.window.panels.work_list
    press(scene, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(focus(), "lou")
    scene.built.wiring.sign_out()
    assert middle.form.draft() is None
    scene.built.window.panels.sign_in.number.setText("1002")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: scene.built.hub.agent is not None)
    scene.built.wiring.open("ticket:t1")
    press(scene, Qt.Key.Key_Escape)
    assert not middle.form.isVisible()
    press(scene, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(focus(), "men")
    qtbot.waitUntil(lambda: len(work_list.drafts.list.rows) == 1)
    assert {draft.author for draft in scene.built.hub.unfinished.drafts.values()} == {"1002"}
    scene.built.hub.worker.drain(10)
    assert [draft.intake.typed["category"] for draft in scene.store.of_author("1001")] == ["lou"]
    assert [draft.intake.typed["category"] for draft in scene.store.of_author("1002")] == ["men"]


def test_calls_ring_and_are_answered_from_the_sign_in_page_and_their_form_waits(qtbot: QtBot, scene: Scene) -> None:
    scene.built.wiring.sign_out()
    ring(qtbot, scene)
    press(scene, Qt.Key.Key_F2)
    assert commands(scene) == [Answer(C1)]
    answer(qtbot, scene)
    assert scene.built.window.panels.sign_in.isVisible()
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: scene.built.window.panels.middle.draft_in_form != "")
    draft = scene.built.window.panels.middle.form.draft()
    assert draft is not None
    assert draft.call_id == C1


def test_a_wrong_work_number_is_refused_beside_the_field(qtbot: QtBot, scene: Scene) -> None:
    scene.built.wiring.sign_out()
    scene.built.window.panels.sign_in.number.setText("3007")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(scene, "sign_in_refusal") != "")
    assert scene.built.hub.agent is None


def test_closing_under_a_call_asks_inside_the_window(qtbot: QtBot, scene: Scene) -> None:
    closed: list[None] = []
    window = scene.built.window
    window.closed.connect(lambda: closed.append(None))
    ring(qtbot, scene)
    answer(qtbot, scene)
    window.close()
    assert window.isVisible()
    question = window.findChild(QWidget, "close_question")
    assert question is not None
    assert question.isVisible()
    assert QApplication.activeModalWidget() is None
    press(scene, Qt.Key.Key_Escape)
    assert not question.isVisible()
    window.close()
    press(scene, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert closed == [None]


def full_disk(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_draft: object) -> None:
        raise StoreFull("no space")

    monkeypatch.setattr(scene.store, "save", full)


def test_closing_over_text_that_is_not_on_disk_asks_and_obeys_a_second_time(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, closed = scene.built.window, list[None]()
    window.closed.connect(lambda: closed.append(None))
    full_disk(scene, monkeypatch)
    press(scene, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(focus(), "lou")
    qtbot.waitUntil(lambda: scene.built.hub.unfinished.is_unsaved)
    window.close_unless_lost()
    assert window.isVisible()
    press(scene, Qt.Key.Key_Escape)
    window.close()
    assert closed == []
    press(scene, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert closed == [None]


def test_whoever_stays_when_the_store_is_to_be_repaired_is_asked_again_before_a_call_is_hung_up(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, closed = scene.built.window, list[None]()
    question = window.findChild(QWidget, "close_question")
    assert question is not None
    window.closed.connect(lambda: closed.append(None))
    repair = RepairWish(scene.built.hub, window)
    full_disk(scene, monkeypatch)
    press(scene, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(focus(), "lou")
    qtbot.waitUntil(lambda: scene.built.hub.unfinished.is_unsaved)
    scene.receive(wire.StoreCare(damaged=True, restart=True))
    qtbot.waitUntil(question.isVisible)
    press(scene, Qt.Key.Key_Escape)
    assert repair.code == exit_codes.OK  # a window that is closed now is not to come back
    scene.receive(wire.StoreCare(damaged=True, restart=True, copy_away=True))
    qtbot.waitUntil(lambda: scene.built.hub.state.store_care.copy_away)
    assert not question.isVisible()
    ring(qtbot, scene)
    answer(qtbot, scene)
    window.close()
    assert question.isVisible()
    assert closed == []
    press(scene, Qt.Key.Key_Escape)
    monkeypatch.undo()  # and once the text is on disk, the next window repairs the store
    qtbot.waitUntil(lambda: closed == [None])
    assert repair.code == exit_codes.AGAIN


def test_a_window_that_was_closed_comes_back_when_its_last_save_fails(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = scene.built.window
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    window.closed.connect(lambda: app._finish(application, scene.built))
    press(scene, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    full_disk(scene, monkeypatch)
    QTest.keyClicks(focus(), "lou")
    window.close()
    question = window.findChild(QWidget, "close_question")
    assert question is not None
    qtbot.waitUntil(question.isVisible)
    window.closed.disconnect()
    monkeypatch.undo()
    qtbot.waitUntil(lambda: not scene.built.hub.unfinished.is_unsaved)
    assert [draft.intake.typed["category"] for draft in scene.store.of_author("1001")] == ["lou"]


def test_whoever_signs_in_again_goes_on_with_the_text_that_was_not_on_disk(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(scene, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(focus(), "lou")
    qtbot.waitUntil(lambda: bool(scene.store.of_author("1001")))
    scene.built.hub.worker.drain(10)
    full_disk(scene, monkeypatch)
    QTest.keyClicks(focus(), "shui")
    qtbot.waitUntil(lambda: scene.built.hub.unfinished.is_unsaved)
    press(scene, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    page = scene.built.window.panels.sign_in
    qtbot.waitUntil(page.isVisible)
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: scene.built.hub.agent is not None)
    assert [draft.intake.typed["category"] for draft in scene.built.hub.unfinished.drafts.values()] == ["loushui"]


def test_a_stranger_on_the_local_link_is_told_with_what_to_do(qtbot: QtBot, scene: Scene) -> None:
    scene.receive(wire.StrangerRefused("phone"), wire.StrangerRefused("sync"))
    qtbot.waitUntil(lambda: "已被拒绝" in shown(scene, "message_what"))
    assert "IT" in shown(scene, "message_to_do")


def test_what_is_wrong_stands_in_one_line_with_what_to_do(qtbot: QtBot, scene: Scene) -> None:
    scene.receive(TroubleRaised(Wrong(Trouble.CENTRAL_UNREACHABLE, NOW)), TroubleRaised(Wrong(Trouble.SPOOL_FULL, NOW)))
    qtbot.waitUntil(lambda: shown(scene, "trouble_what") != "")
    assert shown(scene, "trouble_what") == "磁盘已满：本次通话未录音"
    assert "IT" in shown(scene, "trouble_to_do")


def test_a_phone_that_dies_is_told_and_its_call_is_shown_as_interrupted(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    scene.receive(Detached("phone"))
    qtbot.waitUntil(lambda: shown(scene, "trouble_what") == "电话组件正在重启")
    scene.receive(seat.snapshot())
    qtbot.waitUntil(lambda: "中断" in shown(scene, "call_state"))
    assert shown(scene, "trouble_what") == ""


def test_a_refused_command_and_a_restart_are_told(qtbot: QtBot, scene: Scene) -> None:
    scene.receive(CommandRefused("Dial", "bad_number"))
    qtbot.waitUntil(lambda: "号码" in shown(scene, "message_what"))
    scene.receive(wire.Restarted("ui", 139, "/crashes/ui.txt"))
    qtbot.waitUntil(lambda: "重新启动" in shown(scene, "message_what"))


def test_a_filed_ticket_is_in_the_list_and_the_centre_is_nudged(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    form = scene.built.window.panels.middle.form
    QTest.keyClicks(focus(), "slt")
    qtbot.waitUntil(lambda: bool(form.fields.category.rows))
    press(scene, Qt.Key.Key_Return)
    press(scene, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(scene.nudges))
    filed = [t for t in scene.store.tickets.recent(10) if t.call_id == C1]
    assert [t.kind for t in filed] == [Kind.REPAIR]
    qtbot.waitUntil(
        lambda: filed[0].number in " ".join(r.tail for r in scene.built.window.panels.work_list.tickets.list.rows)
    )
    qtbot.waitUntil(  # and on the caller's card, among what is open
        lambda: filed[0].number in " ".join(r.tail for r in scene.built.window.panels.card.open_tickets.list.rows)
    )


def test_a_ticket_opens_from_the_card_and_escape_comes_back_to_the_form(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    answer(qtbot, scene)
    scene.built.window.panels.card.open_tickets.list.setFocus()
    press(scene, Qt.Key.Key_Return)
    assert not scene.built.window.panels.middle.form.isVisible()
    press(scene, Qt.Key.Key_Escape)
    assert scene.built.window.panels.middle.form.isVisible()


@pytest.mark.parametrize("page", ["ticket", "list"])
def test_whoever_is_called_from_a_page_is_not_taken_down_in_the_form_of_the_call_before(
    qtbot: QtBot, scene: Scene, page: str
) -> None:
    middle = scene.built.window.panels.middle
    ring(qtbot, scene)
    answer(qtbot, scene)
    scene.receive(CallEnded(C1, NOW, 200))
    qtbot.waitUntil(lambda: scene.built.hub.state.matter() is None)
    assert middle.call_in_form == C1  # prefilled, and untouched
    if page == "ticket":
        scene.built.wiring.open("ticket:t1")
    else:
        press(scene, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    scene.receive(CallDialled(C2, NOW, "热线", Party("02087654321")))
    qtbot.waitUntil(lambda: scene.built.hub.callers.subject == C2)
    scene.receive(CallAnswered(C2, NOW))
    qtbot.waitUntil(lambda: scene.built.hub.state.calls[C2].answered_at is not None)
    assert not middle.form.isVisible()  # what comes of it is taken down there
    press(scene, Qt.Key.Key_Escape)
    draft = middle.form.draft()
    assert draft is not None
    assert (middle.call_in_form, draft.intake.contact_number, draft.intake.person_id) == (C2, "02087654321", None)


def test_an_untouched_form_of_a_call_before_does_not_come_back_under_the_next(qtbot: QtBot, scene: Scene) -> None:
    middle = scene.built.window.panels.middle
    ring(qtbot, scene)
    answer(qtbot, scene)
    scene.receive(CallEnded(C1, NOW, 200))
    middle.toggle_devices()
    middle.toggle_devices()
    assert middle.call_in_form == C1  # nothing has come meanwhile
    middle.toggle_devices()
    scene.receive(CallDialled(C2, NOW, "热线", Party("02087654321")), CallEnded(C2, NOW, 486))
    qtbot.waitUntil(lambda: scene.built.hub.callers.subject == C2)
    middle.toggle_devices()
    assert middle.call_in_form is None


def test_an_odd_name_is_shown_as_it_is_and_breaks_nothing(qtbot: QtBot, scene: Scene) -> None:
    odd = Party("<b>110</b>", "<img src=x>" * 20 + "\n%s{0}")
    scene.receive(CallOffered(C1, NOW, "热线", odd))
    qtbot.waitUntil(lambda: C1 in scene.built.hub.state.calls)
    assert shown(scene, "call_who").startswith("<img")
    assert scene.built.window.findChild(QLabel, "call_who").textFormat() is Qt.TextFormat.PlainText  # type: ignore[union-attr]


def test_every_control_has_a_name_for_those_who_cannot_see_it(scene: Scene) -> None:
    from PySide6.QtWidgets import QAbstractButton, QComboBox

    nameless = [
        widget.objectName() or repr(widget)
        for kind in (QAbstractButton, QLineEdit, QComboBox)
        for widget in scene.built.window.findChildren(kind)
        if not widget.accessibleName() and "qt_" not in widget.objectName()
    ]
    assert nameless == []


def test_no_key_is_taken_twice(scene: Scene) -> None:
    from collections import Counter

    from PySide6.QtGui import QShortcut
    from PySide6.QtWidgets import QStackedWidget

    (pages,) = scene.built.window.panels.middle.findChildren(QStackedWidget)
    keys: Counter[tuple[str, int]] = Counter()
    for shortcut in scene.built.window.findChildren(QShortcut):
        if shortcut.key().isEmpty() or shortcut.parent() is scene.built.window.findChild(QWidget, "close_question"):
            continue
        holder = shortcut.parent()
        assert isinstance(holder, QWidget)
        of_pages = [i for i in range(pages.count()) if (page := pages.widget(i)) and page.isAncestorOf(holder)]
        for at in of_pages or range(pages.count()):  # one page is on the screen, and a hidden key does nothing
            keys[shortcut.key().toString(), at] += 1
    assert {key for (key, _page), times in keys.items() if times > 1} <= {"Esc"}


def test_the_phone_learns_who_sits_here_at_sign_in_and_at_sign_out(scene: Scene, qtbot: QtBot) -> None:
    taken = [command.agent for command in scene.commands if isinstance(command, TakeSeat)]
    assert taken[-1] == "1001"
    press(scene, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: scene.commands[-1] == TakeSeat(""))
