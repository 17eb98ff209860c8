"""The work lists, worked by keyboard: the page alone, and its keys in the window."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desk.domain.attempts import Attempt, Outcome
from desk.domain.calls import Phase
from desk.domain.events import CallAnswered, CallDialled
from desk.domain.identity import CallId, TaskId, TicketId
from desk.domain.party import Party
from desk.domain.promises import Promise, PromiseState
from desk.domain.tickets import Stage
from desk.domain.times import to_text
from desk.domain.what_next import Errand, When
from desk.domain.work_lists import Column, GroupBy, WorkList
from desk.ui.after.lists import words
from desk.ui.after.lists.page import WorkPage
from desk.ui.after.lists.parts import WorkTools
from desk.ui.hub import Hub
from desk.ui.key_button import KeyButton
from desk.ui.seat_state import Agent
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.fakes_tasks import FakeTasks
from tests.ui import harness, seat
from tests.ui.after.lists.scenes import ALT, CTRL, SHIFT, Hotline, page_of
from tests.ui.harness import Scene
from tests.ui.work_uses import work_uses_of


@dataclass
class Desk:
    """The page alone, over a store in memory; what it asks of the window is noted."""

    page: WorkPage
    store: FakeStore
    hotline: Hotline
    hub: Hub
    called: list[str]
    told: list[str]
    opened: list[tuple[str, str]]
    written: list[None]

    def attempts(self) -> list[Attempt]:
        return self.store.all_of(Attempt)

    def stage(self, ticket_id: str) -> Stage | None:
        ticket = self.store.tickets.get(TicketId(ticket_id))
        return ticket.stage if ticket else None


def clock() -> datetime:
    return seat.NOW


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    yield from desk_with(qtbot)


@pytest.fixture
def asking(qtbot: QtBot) -> Iterator[Desk]:
    """A desk whose company wants to know why something is late."""
    yield from desk_with(qtbot, ("缺材料", "等住户"))


def desk_with(qtbot: QtBot, causes: tuple[str, ...] = ()) -> Iterator[Desk]:
    """A handler, and three tickets for whoever is signed in: to be finished, to be taken, to tell the plan of."""
    store, ids = FakeStore(), (f"00000000-0000-7000-8000-{n:012}" for n in count(1))
    author = FakeAuthor("1001", "S01", clock, lambda: next(ids), store.base_seq)
    hotline = Hotline(store)
    hotline.handlers()
    hotline.ticket("t10", -3, place_text="1栋", building_id="b1")
    hotline.ticket("t11", -2, "accept", "dispatched", place_text="2栋", building_id="b2")
    hotline.ticket("t12", -1, "plan", "accepted", place_text="2栋", building_id="b2")

    def no_profile(*_of: object) -> Any:
        raise AssertionError("nobody calls")

    hub = Hub(command=lambda _command: None, profile_of=no_profile, card_of=no_profile, clock=clock)
    called, told, opened, written = list[str](), list[str](), list[tuple[str, str]](), list[None]()
    hub.call_requested.connect(called.append)
    page = WorkPage(
        WorkTools(
            hub=hub,
            uses=work_uses_of(store, author, clock, lambda: next(ids), causes=causes),
            category=lambda code: code,
            clock=clock,
            zone=harness.ZONE,
            written=lambda: written.append(None),
            told=told.append,
            open_ticket=lambda ticket_id, panel: opened.append((ticket_id, panel)),
        )
    )
    hub.sign_in(Agent("1001", "张三"))
    qtbot.addWidget(page)
    page.resize(700, 620)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    yield Desk(page, store, hotline, hub, called, told, opened, written)
    assert hub.worker.close(10)


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifier)


def shown(qtbot: QtBot, desk: Desk, which: WorkList, count: int) -> WorkPage:
    """The page with this list, once it has so many rows and the chosen one is read."""
    page = desk.page
    page.show_list(which)
    page.setFocus()
    qtbot.waitUntil(lambda: page.model.query.work_list is which and page.model.arranged.matches == count)
    qtbot.waitUntil(lambda: not count or page.chosen() is not None)
    return page


def chosen(qtbot: QtBot, page: WorkPage, key: str) -> None:
    qtbot.waitUntil(lambda: (item := page.chosen()) is not None and item.key == key)


def to_call(qtbot: QtBot, page: WorkPage, name: str) -> None:
    """Whom to call is known."""
    key = page.findChild(KeyButton, "work_call")
    assert key is not None
    qtbot.waitUntil(lambda: page.outcomes.isVisible() and name in key.text())


def keys(page: WorkPage) -> list[str]:
    return page.model.keys.ids


def test_what_is_next_comes_with_its_reason(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.NEXT, 3)
    assert keys(page) == ["ticket:t12", "ticket:t10", "ticket:t11"]
    assert page.table.hasFocus()
    why = words.why(Errand.TELL_PLAN, When.LATE)
    qtbot.waitUntil(lambda: why in [label.text() for label in page.findChildren(QLabel)])


def test_next_once_more_goes_on_to_the_row_after(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.NEXT, 3)
    page.show_next()
    chosen(qtbot, page, "ticket:t10")
    page.show_next()
    page.show_next()
    assert desk.told == ["That was the last row of this list."]


def test_one_key_dials_and_one_key_records_and_the_next_row_is_in_hand(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.OVERDUE, 3)
    to_call(qtbot, page, "李师傅")
    assert page.table.property("number_to_call") == "13700137000"  # what Ctrl+R dials
    page.call()
    assert desk.called == ["13700137000"]
    press(Qt.Key.Key_2)
    chosen(qtbot, page, "ticket:t11")
    (attempt,) = desk.attempts()
    assert (attempt.outcome, attempt.ticket_id, attempt.staff_id) == (Outcome.NO_ANSWER, "t10", "h1")
    assert desk.written == [None]
    assert desk.told == ["Recorded: no answer. It comes up again at 15:00."]
    assert keys(page) == ["ticket:t10", "ticket:t11", "ticket:t12"]  # still overdue: it stays where it is


def test_what_was_tried_leaves_the_queue_and_the_next_row_comes_up(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.NEXT, 3)
    to_call(qtbot, page, "王建国")
    press(Qt.Key.Key_3)
    qtbot.waitUntil(lambda: keys(page) == ["ticket:t10", "ticket:t11"])
    chosen(qtbot, page, "ticket:t10")
    assert page.table.hasFocus()


def test_a_backup_is_called_with_one_more_key(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.OVERDUE, 3)
    to_call(qtbot, page, "李师傅")
    press(Qt.Key.Key_L, ALT)
    to_call(qtbot, page, "刘师傅")
    assert page.table.property("number_to_call") == "13600136000"


def test_the_handler_s_yes_accepts_the_ticket(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.UNACCEPTED, 1)
    to_call(qtbot, page, "李师傅")
    press(Qt.Key.Key_8)
    qtbot.waitUntil(lambda: desk.stage("t11") is Stage.ACCEPTED)
    qtbot.waitUntil(lambda: page.model.arranged.matches == 0)


def test_of_plumber_and_painter_each_is_called_in_turn_and_the_digit_counts_for_who_was_called(
    qtbot: QtBot, desk: Desk
) -> None:
    """The plumber is late, the painter was sent and has not taken it: one ticket, one row, first one's, then the
    other's errand."""
    store, hotline = desk.store, desk.hotline
    for name in ("t11", "t12"):
        hotline.put("ticket", name, stage="closed", next_due_at=None)
    late = to_text(seat.NOW - timedelta(hours=1))
    painter = {"ticket_id": "t10", "title": "刷墙", "stage": "dispatched", "place": 2, "handler_id": "h2"}
    hotline.put("task", "paint", **painter, made_at=late, made_by="1001", accept_due_at=late)

    def stages() -> dict[str, str]:
        return {one.title: one.stage.value for one in FakeTasks(store).of_ticket(TicketId("t10"))}

    page = shown(qtbot, desk, WorkList.NEXT, 1)
    to_call(qtbot, page, "李师傅")
    press(Qt.Key.Key_2)
    to_call(qtbot, page, "刘师傅")
    assert page.table.property("number_to_call") == "13600136000"  # what Ctrl+R dials
    line = page.model.line("ticket:t10")
    assert line is not None
    assert (line.cells[Column.ERRAND], line.cells[Column.HANDLER]) == (words.errand(Errand.GET_ACCEPTED), "刘师傅")
    assert "刷墙" in line.cells[Column.CATEGORY]
    press(Qt.Key.Key_8)
    qtbot.waitUntil(lambda: stages() == {"修水龙头": "in_progress", "刷墙": "accepted"})
    assert [(one.task_id, one.staff_id) for one in desk.attempts()] == [("task-t10", "h1"), ("paint", "h2")]
    said = ["Recorded: no answer. It comes up again at 15:00.", "Recorded: reached."]
    qtbot.waitUntil(lambda: desk.told == said)


def test_a_digit_pressed_before_it_is_known_whom_to_call_records_nothing(qtbot: QtBot, desk: Desk) -> None:
    """The row asks for something else than a moment ago: until it is known of whom, nobody has said anything."""
    page = shown(qtbot, desk, WorkList.UNACCEPTED, 1)
    to_call(qtbot, page, "李师傅")
    item = page.chosen()
    assert item is not None
    assert item.task is not None
    page.outcomes.show_item(replace(item, task=replace(item.task, task_id=TaskId("other"))))
    assert page.outcomes.contact() is None
    assert page.outcomes.number == ""
    page.outcomes.press(8)
    assert desk.stage("t11") is Stage.DISPATCHED
    assert desk.attempts() == []


def test_a_report_is_asked_for_in_words_and_escape_takes_it_back(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.OVERDUE, 3)
    to_call(qtbot, page, "李师傅")
    press(Qt.Key.Key_8)
    assert page.outcomes.note.hasFocus()
    press(Qt.Key.Key_Return)
    refused = page.findChild(QLabel, "work_outcome_refused")
    assert refused is not None
    assert refused.isVisible()
    press(Qt.Key.Key_Escape)
    assert page.table.hasFocus()
    press(Qt.Key.Key_8)
    page.outcomes.note.setText("等配件")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [one.note for one in desk.attempts()] == ["等配件"])


def test_a_word_typed_before_the_digit_goes_with_it(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.OVERDUE, 3)
    to_call(qtbot, page, "李师傅")
    page.outcomes.note.setFocus()
    page.outcomes.note.setText("明天上午到")
    press(Qt.Key.Key_Return)
    assert page.table.hasFocus()
    press(Qt.Key.Key_1)
    qtbot.waitUntil(lambda: [one.note for one in desk.attempts()] == ["明天上午到"])
    qtbot.waitUntil(lambda: page.outcomes.note.text() == "")


def test_a_plan_needs_its_day(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.NEXT, 3)
    to_call(qtbot, page, "王建国")
    press(Qt.Key.Key_1)
    page.outcomes.note.setText("没想好")
    press(Qt.Key.Key_Return)
    assert desk.attempts() == []
    page.outcomes.note.setText("明天下午")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(desk.attempts()) == 1)
    ticket = desk.store.tickets.get(TicketId("t12"))
    assert ticket is not None
    assert ticket.plan_told_at == seat.NOW
    assert ticket.promise_due_at is not None
    assert ticket.promise_due_at.astimezone(harness.ZONE).day == 22


def test_a_time_to_call_again_is_kept(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.NEXT, 3)
    to_call(qtbot, page, "王建国")
    press(Qt.Key.Key_6)
    page.outcomes.note.setText("45")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [one.next_at for one in desk.attempts()] == [seat.NOW + timedelta(minutes=45)])


def test_a_promise_is_kept_by_the_digit_one(qtbot: QtBot, desk: Desk) -> None:
    desk.hotline.promise(-5)
    page = shown(qtbot, desk, WorkList.PROMISED, 1)
    to_call(qtbot, page, "李秀英")
    press(Qt.Key.Key_Return)
    assert desk.told[-1].startswith("It belongs to no ticket")
    press(Qt.Key.Key_1)
    qtbot.waitUntil(lambda: [one.state for one in desk.store.all_of(Promise)] == [PromiseState.KEPT])
    qtbot.waitUntil(lambda: page.model.arranged.matches == 0)


def test_what_somebody_did_meanwhile_is_told_and_nothing_is_written(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.UNACCEPTED, 1)
    to_call(qtbot, page, "李师傅")
    desk.hotline.put("ticket", "t11", stage="cancelled")
    press(Qt.Key.Key_8)
    qtbot.waitUntil(lambda: len(desk.told) == 1)
    assert desk.attempts() == []


def test_a_filter_narrows_the_list_and_escape_shows_all_again(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.OVERDUE, 3)
    press(Qt.Key.Key_F, CTRL)
    assert page.filter.hasFocus()
    page.filter.setText("2栋 李师傅")
    qtbot.waitUntil(lambda: page.model.arranged.matches == 2)
    page.filter.setText("没有这个")
    qtbot.waitUntil(lambda: page.model.arranged.matches == 0)
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.model.arranged.matches == 3)
    page.filter.setText("1栋")
    qtbot.waitUntil(lambda: page.model.arranged.matches == 1)
    press(Qt.Key.Key_Down)
    assert page.table.hasFocus()


def test_what_is_typed_while_the_list_is_read_again_narrows_it_all_the_same(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.OVERDUE, 3)
    page.filter.setText("1栋")
    page.model.ask(page.model.query)  # overtakes the filter's own answer
    qtbot.waitUntil(lambda: page.model.arranged.matches == 1)
    page.model.ask(page.model.query)
    page.filter.setText("栋")
    qtbot.waitUntil(lambda: page.model.arranged.matches == 3)


def test_the_chosen_row_stays_chosen_when_the_list_changes_under_it(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.OVERDUE, 3)
    press(Qt.Key.Key_Down)
    chosen(qtbot, page, "ticket:t11")
    desk.hotline.ticket("t13", -9)
    desk.hub.rows_changed.emit(("ticket",))
    qtbot.waitUntil(lambda: keys(page)[0] == "ticket:t13" and page.table.currentIndex().row() == 2)
    desk.hotline.put("ticket", "t11", stage="closed", next_due_at=None)
    desk.hub.rows_changed.emit(("ticket",))
    chosen(qtbot, page, "ticket:t12")


def test_a_row_that_has_changed_is_read_again_where_it_stands(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.OVERDUE, 3)
    desk.hotline.put("ticket", "t10", place_text="9栋")
    desk.hub.rows_changed.emit(("ticket",))
    qtbot.waitUntil(lambda: (line := page.model.line("ticket:t10")) is not None and line.cells[Column.PLACE] == "9栋")


def test_two_keys_in_a_row_ask_for_both(qtbot: QtBot, desk: Desk) -> None:
    """The second one does not wait for the answer to the first."""
    page = shown(qtbot, desk, WorkList.NEXT, 3)
    press(Qt.Key.Key_3, ALT)
    press(Qt.Key.Key_G, ALT)
    qtbot.waitUntil(lambda: page.model.query.group is GroupBy.ERRAND)
    assert page.model.query.work_list is WorkList.TEAM


def test_two_lists_with_the_same_rows_are_two_lists(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.MINE, 3)
    press(Qt.Key.Key_Down)
    shown(qtbot, desk, WorkList.OVERDUE, 3)
    chosen(qtbot, page, "ticket:t10")
    assert page.table.currentIndex().row() == 0


def test_sorting_and_grouping_by_key(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.OVERDUE, 3)
    press(Qt.Key.Key_V, ALT)
    qtbot.waitUntil(lambda: keys(page) == ["ticket:t12", "ticket:t11", "ticket:t10"])
    press(Qt.Key.Key_O, ALT)
    qtbot.waitUntil(lambda: page.model.query.sort is Column.PRIORITY)
    for _time in range(3):
        press(Qt.Key.Key_G, ALT)
    qtbot.waitUntil(lambda: page.model.query.group is GroupBy.BUILDING)
    assert [heading.group for heading in page.model.arranged.headings()] == ["b1", "b2"]
    page.table.choose(0)
    press(Qt.Key.Key_Left)
    assert page.model.arranged.count == 4
    press(Qt.Key.Key_Return)
    assert page.model.arranged.count == 5
    assert desk.opened == []


def test_a_column_s_head_sorts_and_once_more_turns_round(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.OVERDUE, 3)
    page.table.sorted_by.emit(Column.PLACE)
    qtbot.waitUntil(lambda: page.model.query.sort is Column.PLACE)
    page.table.sorted_by.emit(Column.PLACE)
    qtbot.waitUntil(lambda: page.model.query.descending and keys(page)[-1] == "ticket:t10")


def test_enter_opens_the_ticket_with_the_panel_for_what_is_to_be_done(qtbot: QtBot, desk: Desk) -> None:
    desk.hotline.ticket("t13", 5, "accept", "registered")
    page = shown(qtbot, desk, WorkList.NEXT, 4)
    chosen(qtbot, page, "ticket:t13")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Down)
    chosen(qtbot, page, "ticket:t12")
    press(Qt.Key.Key_Return)
    assert desk.opened == [("t13", "Alt+D"), ("t12", "")]


def test_enter_on_a_painter_to_be_sent_opens_the_panel_that_sends(qtbot: QtBot, desk: Desk) -> None:
    near = to_text(seat.NOW + timedelta(hours=5))
    desk.hotline.put("task", "task-t10", stage="done")
    painter = {"ticket_id": "t10", "title": "刷墙", "stage": "waiting", "place": 2, "accept_due_at": near}
    desk.hotline.put("task", "paint", **painter, made_at=near, made_by="1001")
    page = shown(qtbot, desk, WorkList.NEXT, 3)
    chosen(qtbot, page, "ticket:t10")
    qtbot.waitUntil(lambda: not page.outcomes.isVisible())  # nobody is to be called
    press(Qt.Key.Key_Return)
    assert desk.opened == [("t10", "Alt+D")]


def test_counts_stand_on_the_lists_keys(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.NEXT, 3)
    overdue = page.findChild(KeyButton, f"work_list_{WorkList.OVERDUE.value}")
    assert overdue is not None
    qtbot.waitUntil(lambda: overdue.text() == "Overdue 3")


def test_a_list_without_rows_says_so_and_escape_leaves_it(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.PROMISED, 0)
    empty = page.findChild(QLabel, "work_empty")
    assert empty is not None
    qtbot.waitUntil(empty.isVisible)
    with qtbot.waitSignal(page.left):
        press(Qt.Key.Key_Escape)


def test_who_comes_next_does_not_see_the_other_s_list(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.MINE, 3)
    page.hide()
    desk.hub.sign_in(None)
    assert page.model.rowCount() == 0
    desk.hub.sign_in(Agent("1002", "李四"))
    page.show()
    page.start()
    qtbot.waitUntil(lambda: page.model.loaded)
    assert keys(page) == []


def test_every_widget_of_the_page_that_takes_the_keyboard_has_a_name(desk: Desk) -> None:
    for widget in (desk.page, desk.page.table, desk.page.filter, desk.page.outcomes.note):
        assert widget.accessibleName(), widget.objectName()
    assert all(button.accessibleName() or button.isHidden() for button in desk.page.findChildren(KeyButton))


def test_the_keys_work_in_the_window_and_the_page_is_built_when_first_wanted(qtbot: QtBot, scene: Scene) -> None:
    window = scene.built.window
    assert window.findChild(WorkPage) is None
    Hotline(scene.store).ticket("t10", -3)
    press(Qt.Key.Key_Q, CTRL)
    page = page_of(scene)
    chosen(qtbot, page, "ticket:t10")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.isVisible())
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(page.isVisible)
    assert page.table.hasFocus()
    press(Qt.Key.Key_Escape)
    assert not page.isVisible()
    press(Qt.Key.Key_F1, SHIFT)
    assert page.isVisible()


def test_a_call_made_from_a_list_leaves_the_keyboard_there(qtbot: QtBot, scene: Scene) -> None:
    """What comes of it is one digit, and not a digit in an empty form."""
    hotline = Hotline(scene.store)
    hotline.handlers()
    hotline.ticket("t10", -3)
    press(Qt.Key.Key_Q, CTRL)
    page = page_of(scene)
    chosen(qtbot, page, "ticket:t10")
    to_call(qtbot, page, "李师傅")
    call_id, handler = CallId("c7"), Party("13700137000")
    press(Qt.Key.Key_R, CTRL)
    scene.receive(CallDialled(call_id, seat.NOW, "热线", handler), CallAnswered(call_id, seat.NOW))
    calls = scene.built.hub.state.calls
    qtbot.waitUntil(lambda: call_id in calls and calls[call_id].phase is Phase.UP)
    assert page.isVisible()
    assert page.table.hasFocus()
    press(Qt.Key.Key_2)
    qtbot.waitUntil(lambda: [one.outcome for one in scene.store.all_of(Attempt)] == [Outcome.NO_ANSWER])
    assert [one.call_id for one in scene.store.all_of(Attempt)] == [call_id]
    patches = [one.patch for one in scene.store.changes if (one.entity, one.entity_id) == ("call", call_id)]
    assert {"ticket_id": "t10"} in patches
    qtbot.waitUntil(lambda: scene.built.hub.errands.call_id("t10") is None)
    press(Qt.Key.Key_N, CTRL)
    assert scene.built.window.panels.middle.call_in_form == call_id


def test_a_digit_pressed_twice_is_one_try(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.OVERDUE, 3)
    to_call(qtbot, page, "李师傅")
    press(Qt.Key.Key_2)
    press(Qt.Key.Key_2)
    chosen(qtbot, page, "ticket:t11")
    assert [one.ticket_id for one in desk.attempts()] == ["t10"]
    to_call(qtbot, page, "李师傅")
    press(Qt.Key.Key_2)
    chosen(qtbot, page, "ticket:t12")
    assert [one.ticket_id for one in desk.attempts()] == ["t10", "t11"]


def test_a_list_that_changes_does_not_take_the_words_away_that_are_typed_about_a_row(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.OVERDUE, 3)
    to_call(qtbot, page, "李师傅")
    press(Qt.Key.Key_8)
    QTest.keyClicks(page.outcomes.note, "deng pei")
    desk.hotline.put("ticket", "t11", stage="closed", next_due_at=None)
    desk.hotline.put("ticket", "t10", next_due_at="2026-11-30T00:00:00.000000Z")  # not overdue any more
    desk.hub.rows_changed.emit(("ticket",))
    assert desk.hub.worker.drain(20)
    assert page.outcomes.note.text() == "deng pei"
    QTest.keyClicks(page.outcomes.note, "jian")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [(one.ticket_id, one.note) for one in desk.attempts()] == [("t10", "deng peijian")])
    qtbot.waitUntil(lambda: "ticket:t11" not in keys(page))


def test_what_is_to_be_typed_can_be_read_and_no_key_of_the_head_is_cut(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.OVERDUE, 3)
    page.resize(628, 620)  # the middle of a small screen
    to_call(qtbot, page, "李师傅")
    narrow = page.outcomes.note.width()
    press(Qt.Key.Key_6)
    qtbot.waitUntil(lambda: page.outcomes.note.width() > 2 * narrow)
    assert not page.outcomes.call_key.isVisible()
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(page.outcomes.call_key.isVisible)
    for key in (one for one in page.head.findChildren(KeyButton) if one.isVisible()):
        assert key.width() >= key.sizeHint().width(), key.objectName()


def cause_of(desk: Desk, ticket_id: str) -> str:
    ticket = desk.store.tickets.get(TicketId(ticket_id))
    assert ticket is not None
    return ticket.overdue_cause


def test_whoever_chased_a_late_one_is_asked_why_and_one_digit_says_it(qtbot: QtBot, asking: Desk) -> None:
    page = shown(qtbot, asking, WorkList.OVERDUE, 3)
    to_call(qtbot, page, "李师傅")
    press(Qt.Key.Key_1)
    qtbot.waitUntil(lambda: page.outcomes.asks_why)
    assert [one.outcome for one in asking.attempts()] == [Outcome.REACHED]  # on record, whatever is said now
    press(Qt.Key.Key_2)
    qtbot.waitUntil(lambda: cause_of(asking, "t10") == "等住户")
    chosen(qtbot, page, "ticket:t11")
    assert len(asking.attempts()) == 1


def test_why_it_is_late_need_not_be_said(qtbot: QtBot, asking: Desk) -> None:
    page = shown(qtbot, asking, WorkList.OVERDUE, 3)
    to_call(qtbot, page, "李师傅")
    press(Qt.Key.Key_1)
    qtbot.waitUntil(lambda: page.outcomes.asks_why)
    press(Qt.Key.Key_Escape)
    chosen(qtbot, page, "ticket:t11")
    assert not page.outcomes.asks_why
    assert cause_of(asking, "t10") == ""


def test_it_is_not_asked_where_it_is_known_nor_of_one_who_was_not_reached(qtbot: QtBot, asking: Desk) -> None:
    asking.hotline.put("ticket", "t10", overdue_cause="天气")
    asking.hotline.ticket("t13", -2.5, place_text="3栋")
    page = shown(qtbot, asking, WorkList.OVERDUE, 4)
    for digit, after in ((Qt.Key.Key_1, "ticket:t13"), (Qt.Key.Key_2, "ticket:t11")):
        to_call(qtbot, page, "李师傅")
        press(digit)
        chosen(qtbot, page, after)
        assert not page.outcomes.asks_why


def test_the_key_of_the_cause_says_it_without_a_call_and_mends_it(qtbot: QtBot, asking: Desk) -> None:
    page = shown(qtbot, asking, WorkList.OVERDUE, 3)
    to_call(qtbot, page, "李师傅")
    press(Qt.Key.Key_0)
    assert page.outcomes.asks_why
    press(Qt.Key.Key_0)
    chosen(qtbot, page, "ticket:t11")
    page.table.choose(0)
    chosen(qtbot, page, "ticket:t10")
    to_call(qtbot, page, "李师傅")
    press(Qt.Key.Key_0)
    press(Qt.Key.Key_1)
    qtbot.waitUntil(lambda: cause_of(asking, "t10") == "缺材料")
    assert asking.attempts() == []


def test_nobody_is_asked_why_where_the_company_has_no_causes(qtbot: QtBot, desk: Desk) -> None:
    page = shown(qtbot, desk, WorkList.OVERDUE, 3)
    to_call(qtbot, page, "李师傅")
    press(Qt.Key.Key_0)
    press(Qt.Key.Key_1)
    chosen(qtbot, page, "ticket:t11")
    assert not page.outcomes.asks_why
