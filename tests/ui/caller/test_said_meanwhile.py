"""Who a past call was with is said on its card, or at another seat, while the call's draft lies set aside."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desk import wire
from desk.domain.call_log import Tie
from desk.domain.events import CallAnswered, CallEnded
from desk.domain.tickets import Ticket
from desk.ui.intake.form import IntakeForm
from desk.usecases.fakes import FakeAuthor
from desk.usecases.ports import StoreFull
from desk.usecases.tie_call import TieCall
from tests.ui import harness
from tests.ui.caller.test_who_it_was import C1, CTRL, focus, press, ring, shown
from tests.ui.harness import Scene
from tests.ui.seat import HOME, LI, NOW, PARTY, SHOP, WANG

LI_THERE = Tie(LI.person_id, HOME.household_id)


def left(qtbot: QtBot, scene: Scene) -> str:
    """A draft of a call that is over, set aside while it names the first of two homes: its id."""
    ring(qtbot, scene, party=PARTY)
    scene.receive(CallAnswered(C1, NOW))
    form = scene.built.window.panels.middle.form
    qtbot.waitUntil(lambda: (draft := form.draft()) is not None and draft.intake.person_id == WANG.person_id)
    QTest.keyClicks(focus(), "lou")
    press(scene, Qt.Key.Key_D, CTRL)
    scene.receive(CallEnded(C1, NOW, 200))
    qtbot.waitUntil(lambda: scene.built.hub.state.matter() is None)
    (draft_id,) = scene.built.hub.unfinished.drafts
    assert scene.built.hub.worker.drain(10)
    return draft_id


def elsewhere(scene: Scene, tie: Tie) -> None:
    """Another seat's word, as sync folds it in; before whatever this window writes."""
    author = FakeAuthor("2001", "S02", lambda: NOW, lambda: "00000000-0000-7000-7000-000000000001")
    TieCall(scene.store, author).tie(C1, tie.person_id, tie.household_id)


def restarted(qtbot: QtBot, scene: Scene) -> Scene:
    """Another window over what was kept, that has never had the call."""
    again = harness.build()
    again.store._drafts = scene.store._drafts
    again.store.append([change for change in scene.store.changes if change.entity_id == C1])
    qtbot.addWidget(again.built.window)
    again.built.window.show()
    again.built.wiring.sign_in("1001")
    qtbot.waitUntil(lambda: bool(again.built.hub.unfinished.drafts))
    return again


def reopened(qtbot: QtBot, scene: Scene, draft_id: str) -> IntakeForm:
    scene.built.wiring.open(f"draft:{draft_id}")
    form = scene.built.window.panels.middle.form
    qtbot.waitUntil(lambda: scene.built.window.panels.middle.draft_in_form == draft_id)
    return form


def names(form: IntakeForm, tie: Tie) -> bool:
    draft = form.draft()
    return draft is not None and (draft.intake.person_id, draft.intake.household_id) == (
        tie.person_id,
        tie.household_id,
    )


def filed(qtbot: QtBot, form: IntakeForm) -> Ticket:
    box = form.fields.category
    box.setFocus()
    QTest.keyClicks(box, "1")
    QTest.keyClick(box, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: bool(box.rows))
    QTest.keyClick(box, Qt.Key.Key_Return)
    with qtbot.waitSignal(form.filed) as signal:
        QTest.keyClick(box, Qt.Key.Key_Return, CTRL)
    ticket = signal.args[0]
    assert isinstance(ticket, Ticket)
    return ticket


@pytest.mark.parametrize("in_front", [False, True])
def test_another_seats_word_stands_in_the_form_on_the_card_and_in_the_ticket(
    qtbot: QtBot, scene: Scene, in_front: bool
) -> None:
    draft_id = left(qtbot, scene)
    if not in_front:
        elsewhere(scene, LI_THERE)
    form = reopened(qtbot, scene, draft_id)
    if in_front:
        elsewhere(scene, LI_THERE)
        scene.receive(wire.Pushed(("call",)))
    qtbot.waitUntil(lambda: names(form, LI_THERE))
    qtbot.waitUntil(lambda: shown(scene, "card_name") == "李秀英")
    assert form.fields.caller.text() == "李秀英"
    ticket = filed(qtbot, form)
    assert (ticket.person_id, ticket.household_id) == (LI.person_id, HOME.household_id)
    assert scene.store.calls.tie(C1) == LI_THERE


def test_a_window_that_never_had_the_call_opens_its_draft_with_whom_somebody_said(qtbot: QtBot, scene: Scene) -> None:
    draft_id = left(qtbot, scene)
    elsewhere(scene, LI_THERE)
    again = restarted(qtbot, scene)
    form = reopened(qtbot, again, draft_id)
    qtbot.waitUntil(lambda: names(form, LI_THERE))
    ticket = filed(qtbot, form)
    assert (ticket.person_id, ticket.household_id) == (LI.person_id, HOME.household_id)
    assert again.store.calls.tie(C1) == LI_THERE
    again.close()


def test_what_was_chosen_a_moment_ago_is_filed_though_it_is_not_written_yet(qtbot: QtBot, scene: Scene) -> None:
    draft_id = left(qtbot, scene)
    elsewhere(scene, LI_THERE)
    form = reopened(qtbot, scene, draft_id)
    qtbot.waitUntil(lambda: names(form, LI_THERE))
    qtbot.waitUntil(lambda: shown(scene, "card_name") == "李秀英")
    scene.built.ties._settled.setInterval(600_000)
    candidates = scene.built.hub.callers.pop(C1).profile.candidates  # type: ignore[union-attr]
    scene.built.ties.choose([one.household for one in candidates].index(SHOP))
    qtbot.waitUntil(lambda: names(form, Tie(None, SHOP.household_id)))
    ticket = filed(qtbot, form)
    assert (ticket.person_id, ticket.household_id) == (None, SHOP.household_id)
    assert scene.store.calls.tie(C1) == Tie(None, SHOP.household_id)


def test_not_them_said_elsewhere_takes_the_caller_out_of_a_draft_and_its_ticket(qtbot: QtBot, scene: Scene) -> None:
    draft_id = left(qtbot, scene)
    author = FakeAuthor(
        "2001", "S02", lambda: NOW + timedelta(minutes=5), lambda: "00000000-0000-7000-7000-000000000001"
    )
    TieCall(scene.store, author).tie(C1, None, None)
    again = restarted(qtbot, scene)
    form = reopened(qtbot, again, draft_id)
    qtbot.waitUntil(lambda: names(form, Tie()))
    assert (form.fields.caller.text(), form.fields.place.text()) == ("", "")
    form.fields.place.setFocus()
    QTest.keyClicks(form.fields.place, "north gate")
    ticket = filed(qtbot, form)
    assert (ticket.person_id, ticket.household_id, ticket.caller_name) == (None, None, "")
    assert again.store.calls.tie(C1) is None
    again.close()


def test_what_a_full_disk_kept_waiting_is_written_before_the_draft_is_filed(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_id = left(qtbot, scene)
    form = reopened(qtbot, scene, draft_id)
    append = scene.store.append

    def full(_changes: object) -> None:
        raise StoreFull("no space")

    scene.built.ties._again.setInterval(600_000)
    monkeypatch.setattr(scene.store, "append", full)
    scene.built.ties.next_candidate()
    scene.built.ties.write_now()
    qtbot.waitUntil(lambda: bool(scene.built.ties._waiting))
    monkeypatch.setattr(scene.store, "append", append)
    elsewhere(scene, LI_THERE)
    ticket = filed(qtbot, form)
    assert (ticket.person_id, ticket.household_id) == (None, SHOP.household_id)
    assert scene.store.calls.tie(C1) == Tie(None, SHOP.household_id)
    assert not scene.built.ties.is_waiting
