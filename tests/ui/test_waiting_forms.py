"""Two calls and one form: what is taken down is what the one says who is talked with."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desk.domain.events import CallAnswered, CallEnded, CallHeld, CallResumed, CommandRefused
from desk.domain.identity import CallId
from desk.domain.party import Party
from tests.ui.harness import Scene
from tests.ui.seat import HOME, NOW
from tests.ui.test_main_window import C1, C2, focus, press, ring, shown

OTHER = Party("02087654321")
CTRL = Qt.KeyboardModifier.ControlModifier


def happens(qtbot: QtBot, scene: Scene, *messages: object) -> None:
    """The messages came, and the window has taken them."""
    marks: list[object] = []
    scene.built.hub.refused.connect(marks.append)
    scene.receive(*messages, CommandRefused("Mark", "no_such_call"))
    qtbot.waitUntil(lambda: bool(marks))
    scene.built.hub.refused.disconnect(marks.append)


def first_is_answered(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene)
    happens(qtbot, scene, CallAnswered(C1, NOW))


def second_is_answered(qtbot: QtBot, scene: Scene) -> None:
    ring(qtbot, scene, "c2", OTHER)
    happens(qtbot, scene, CallHeld(C1, NOW), CallAnswered(C2, NOW))


def in_form(scene: Scene) -> CallId | None:
    return scene.built.window.panels.middle.call_in_form


def file_it(qtbot: QtBot, scene: Scene) -> None:
    """A leaking tap, where the form says."""
    form = scene.built.window.panels.middle.form
    form.fields.category.setFocus()
    QTest.keyClicks(form.fields.category, "slt")
    qtbot.waitUntil(lambda: bool(form.fields.category.rows))
    press(scene, Qt.Key.Key_Return)
    with qtbot.waitSignal(form.filed):
        press(scene, Qt.Key.Key_Return, CTRL)


def test_an_untouched_form_follows_a_call_that_is_taken_back(qtbot: QtBot, scene: Scene) -> None:
    first_is_answered(qtbot, scene)
    second_is_answered(qtbot, scene)
    assert in_form(scene) == C2
    assert shown(scene, "intake_title") == "新工单 · 020-8765 4321"
    happens(qtbot, scene, CallEnded(C2, NOW, 200))
    assert in_form(scene) == C2  # nobody is talked with: it can still be filled in
    happens(qtbot, scene, CallResumed(C1, NOW))
    draft = scene.built.window.panels.middle.form.draft()
    assert draft is not None
    assert (draft.call_id, draft.intake.caller_name, draft.intake.household_id) == (C1, "王建国", HOME.household_id)
    assert shown(scene, "intake_title") == "新工单 · 王建国"
    assert scene.built.window.panels.middle.form.isAncestorOf(focus())


def test_the_form_follows_each_swap_with_what_was_typed(qtbot: QtBot, scene: Scene) -> None:
    first_is_answered(qtbot, scene)
    QTest.keyClicks(focus(), "lou")
    second_is_answered(qtbot, scene)
    assert in_form(scene) == C1  # it is being typed: the other's is offered
    press(scene, Qt.Key.Key_N, CTRL)
    assert in_form(scene) == C2
    happens(qtbot, scene, CallHeld(C2, NOW), CallResumed(C1, NOW))
    draft = scene.built.window.panels.middle.form.draft()
    assert draft is not None
    assert (draft.call_id, draft.intake.typed.get("category")) == (C1, "lou")


def test_a_form_that_is_being_typed_stays_and_the_form_of_who_is_talked_with_is_offered_first(
    qtbot: QtBot, scene: Scene
) -> None:
    first_is_answered(qtbot, scene)
    second_is_answered(qtbot, scene)
    QTest.keyClicks(focus(), "lou")
    ring(qtbot, scene, "c3", Party("075587650000"))
    happens(qtbot, scene, CallHeld(C2, NOW), CallAnswered(CallId("c3"), NOW))
    happens(qtbot, scene, CallEnded(CallId("c3"), NOW, 200), CallResumed(C1, NOW))
    assert in_form(scene) == C2
    assert "王建国" in shown(scene, "form_offer_words")
    press(scene, Qt.Key.Key_N, CTRL)
    assert in_form(scene) == C1
    assert "0755" in shown(scene, "form_offer_words")  # whose form nobody has seen yet


def test_what_waits_is_taken_down_next_once_the_form_is_filed_and_the_number_stays_said(
    qtbot: QtBot, scene: Scene
) -> None:
    first_is_answered(qtbot, scene)
    QTest.keyClicks(focus(), "slt")
    second_is_answered(qtbot, scene)
    scene.built.window.panels.middle.form.fields.category.clear()
    file_it(qtbot, scene)
    draft = scene.built.window.panels.middle.form.draft()
    assert draft is not None
    assert (draft.call_id, draft.intake.person_id) == (C2, None)
    assert shown(scene, "form_offer_words") == ""
    assert shown(scene, "intake_strip_number") == scene.store.tickets.recent(1)[0].number


def test_another_matter_of_who_is_talked_with_stays_in_front_though_another_call_waits(
    qtbot: QtBot, scene: Scene
) -> None:
    first_is_answered(qtbot, scene)
    QTest.keyClicks(focus(), "slt")
    second_is_answered(qtbot, scene)
    happens(qtbot, scene, CallEnded(C2, NOW, 200), CallResumed(C1, NOW))
    scene.built.window.panels.middle.form.fields.category.clear()
    file_it(qtbot, scene)
    assert in_form(scene) == C1
    assert "已结束" in shown(scene, "form_offer_words")


def test_a_call_of_which_a_ticket_came_is_not_offered_when_it_is_over(qtbot: QtBot, scene: Scene) -> None:
    first_is_answered(qtbot, scene)
    file_it(qtbot, scene)
    second_is_answered(qtbot, scene)
    QTest.keyClicks(focus(), "lou")
    happens(qtbot, scene, CallHeld(C2, NOW), CallResumed(C1, NOW))
    assert "王建国" in shown(scene, "form_offer_words")
    happens(qtbot, scene, CallEnded(C1, NOW, 200))
    assert shown(scene, "form_offer_words") == ""
    assert in_form(scene) == C2


def test_a_form_for_a_walk_in_stays_while_the_call_is_only_muted_or_rings_on(qtbot: QtBot, scene: Scene) -> None:
    first_is_answered(qtbot, scene)
    QTest.keyClicks(focus(), "lou")
    press(scene, Qt.Key.Key_N, CTRL)
    ring(qtbot, scene, "c2", OTHER)
    assert scene.built.window.panels.middle.draft_in_form
    assert in_form(scene) is None


@pytest.mark.parametrize("filed_before", [False, True])
def test_the_key_for_a_new_form_keeps_the_untouched_one_of_the_call_that_is_talked_on(
    qtbot: QtBot, scene: Scene, filed_before: bool
) -> None:
    first_is_answered(qtbot, scene)
    if filed_before:
        file_it(qtbot, scene)
    form = scene.built.window.panels.middle.form
    form.fields.description.setFocus()
    before = form.draft()
    press(scene, Qt.Key.Key_N, CTRL)
    draft = form.draft()
    assert before is not None
    assert draft is not None
    assert (draft.draft_id, draft.call_id, draft.intake.caller_name) == (before.draft_id, C1, "王建国")
    assert form.isAncestorOf(focus())
    QTest.keyClicks(focus(), "lou")
    press(scene, Qt.Key.Key_N, CTRL)
    assert in_form(scene) is None  # somebody stands at the desk: what was typed waits in the list
    assert [one.call_id for one in scene.built.hub.unfinished.drafts.values()] == [C1]


def test_while_the_caller_is_on_hold_the_key_opens_a_form_for_a_walk_in_and_the_calls_comes_back(
    qtbot: QtBot, scene: Scene
) -> None:
    first_is_answered(qtbot, scene)
    happens(qtbot, scene, CallHeld(C1, NOW))
    press(scene, Qt.Key.Key_N, CTRL)
    assert scene.built.window.panels.middle.draft_in_form
    assert in_form(scene) is None
    happens(qtbot, scene, CallResumed(C1, NOW))
    assert in_form(scene) == C1
