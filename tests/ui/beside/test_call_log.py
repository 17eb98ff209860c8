"""The call log: its rows in words, its keys, its pages, and what happens when something new comes."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QStackedWidget
from pytestqt.qtbot import QtBot

from desk import wire
from desk.domain.call_log import CallPlace, Outcome, RecordingEntry, RecordingKept
from desk.domain.calls import TurnedAway
from desk.domain.commands import Dial
from desk.domain.identity import CallId, TicketId
from desk.domain.journal import WhyMissing
from desk.domain.listening import Access, Listening
from desk.domain.party import Direction
from desk.domain.patches import patch_of
from desk.i18n import speak
from desk.ui.beside.call_log import CallLogPage
from desk.ui.beside.call_log_model import PAGE, CallLogModel
from desk.ui.beside.call_log_presenter import CallLine, cause, facts, line, precise, recording, which
from desk.ui.hub import Hub
from desk.ui.worker import Worker
from desk.usecases.fakes import FakeAuthor
from desk.usecases.ports import StoreFull
from desk.usecases.read_call_log import CallPage, CallQuery, CallRow, Which
from tests.ui import seat
from tests.ui.beside_scenes import calls, fill, past
from tests.ui.harness import Scene

ZONE = ZoneInfo("Asia/Shanghai")
NOW = seat.NOW
NONE = Qt.KeyboardModifier.NoModifier
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def english() -> None:
    speak("en")


# in words


def row(outcome: Outcome = Outcome.ANSWERED, **fields: object) -> CallRow:
    return CallRow(past("k", 10, outcome, **fields), "138 0013 8000", "王建国", "5栋2单元203")


@pytest.mark.parametrize("outcome", [*Outcome, None])
@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_outcome_has_words_and_a_look(outcome: Outcome | None, direction: Direction, language: str) -> None:
    speak(language)
    made = CallRow(replace(past("k", 10, Outcome.ANSWERED), outcome=outcome, direction=direction), "138 0013 8000")
    shown = line(made, NOW, ZONE)
    assert shown.lead
    assert shown.icon
    assert all(fact.name and fact.text for fact in facts(made, ZONE))


@pytest.mark.usefixtures("english")
def test_the_cause_is_told_in_words_with_the_code_behind_them() -> None:
    outgoing = {"direction": Direction.OUTGOING}
    assert cause(past("k", 1, Outcome.UNANSWERED, cause=486, reason="Busy Here", **outgoing)) == "busy (486 Busy Here)"
    for why in TurnedAway:
        said = cause(past("k", 1, Outcome.MISSED, cause=488, reason=why.value))
        assert said.startswith(("all lines", "no voice", "it was not encrypted"))
        assert "not to be disturbed" not in said
    assert cause(past("k", 1, Outcome.FAILED, cause=488, **outgoing)) == "no voice coding in common (488)"
    assert cause(past("k", 1, Outcome.FAILED, cause=599, **outgoing)).startswith("it could not be put through")
    assert cause(past("k", 1, Outcome.ABANDONED)) == "the caller gave up (487)"


@pytest.mark.usefixtures("english")
def test_times_are_told_to_the_millisecond() -> None:
    told = {fact.name: fact.text for fact in facts(row(), ZONE)}
    assert told["Rang"] == "2026-11-21 14:19:59.034"
    assert told["Answered at"] == "14:20:03.234 · after 4 s"
    assert told["Ended"].startswith("14:23:06.534 · talked 3 min 3 s")
    assert precise(NOW, ZONE) == "2026-11-21 14:30:00.000"


@pytest.mark.parametrize("reason", list(WhyMissing))
@pytest.mark.usefixtures("english")
def test_a_recording_is_there_or_the_reason_is(reason: WhyMissing) -> None:
    kept = RecordingEntry(CallId("k"), RecordingKept.KEPT, length_ms=183_300)
    assert "3:03" in recording(kept).text
    missing = recording(RecordingEntry(CallId("k"), RecordingKept.MISSING, why=reason.value))
    assert missing.text.startswith("No recording")
    assert (missing.tone == "warn") == (reason is not WhyMissing.NOT_ANSWERED)
    assert recording(None).tone == ""


@pytest.mark.usefixtures("english")
def test_a_bad_call_says_where_it_lay_and_when_it_was_worst() -> None:
    bad = next(entry for entry, _recording in calls() if entry.call_id == "k2")
    shown = line(CallRow(bad, "138 0013 8000"), NOW, ZONE)
    assert shown.poor
    assert "Network: loss" in shown.text
    told = {fact.name: fact.text for fact in facts(CallRow(bad, "138 0013 8000"), ZONE)}
    assert "worst 2.1 at 14:21:00" in told["Sound"]
    assert told["Why"].startswith("The network")
    assert not line(row(), NOW, ZONE).poor


@pytest.mark.usefixtures("english")
def test_a_withheld_number_and_an_odd_name_are_shown_as_text() -> None:
    hidden = CallRow(past("k", 1, Outcome.ABANDONED, number="", lookup_key=""), "")
    assert line(hidden, NOW, ZONE).who == "Number withheld"
    named = CallRow(past("k", 1, Outcome.ABANDONED, display_name="<b>x</b>"), "138 0013 8000")
    assert line(named, NOW, ZONE).who == "<b>x</b> 138 0013 8000"


def test_every_kind_has_a_name() -> None:
    assert len({which(kind) for kind in Which}) == len(Which)


# the rows


class Book:
    """A call log of any length, read a page at a time."""

    def __init__(self, count: int) -> None:
        self.rows = [self.row(n) for n in range(count)]
        self.reads: list[tuple[CallPlace | None, int]] = []

    @staticmethod
    def row(n: int, outcome: Outcome = Outcome.ANSWERED) -> CallRow:
        return CallRow(past(f"call-{n:05}", n, outcome), "138 0013 8000", "王建国")

    def read(self, _query: CallQuery, after: CallPlace | None, limit: int) -> CallPage:
        self.reads.append((after, limit))
        start = 0
        if after is not None:
            start = next(i for i, one in enumerate(self.rows) if one.call.call_id == after.call_id) + 1
        page = tuple(self.rows[start : start + limit])
        last = page[-1].call if start + limit < len(self.rows) else None
        return CallPage(page, CallPlace(last.offered_at, last.call_id) if last else None)


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[Worker]:
    def failed(error: Exception) -> None:
        raise error

    worker = Worker(failed)
    yield worker
    assert worker.close(5)


def model_of(worker: Worker, book: Book, qtbot: QtBot) -> CallLogModel:
    model = CallLogModel(worker, book.read, str, lambda: NOW, ZONE)
    with qtbot.waitSignal(model.came):
        model.ask(CallQuery())
    return model


def ids(model: CallLogModel) -> list[str]:
    rows = [model.row(model.index(i)) for i in range(model.rowCount())]
    return [one.call.call_id for one in rows if one]


def test_pages_come_as_the_list_is_scrolled_and_none_twice(worker: Worker, qtbot: QtBot) -> None:
    book = Book(PAGE * 2 + 7)
    model = model_of(worker, book, qtbot)
    assert model.rowCount() == PAGE
    root = QModelIndex()
    while model.canFetchMore(root):
        with qtbot.waitSignal(model.grew):
            model.fetchMore(root)
            model.fetchMore(root)  # asked again before the first has come
    assert ids(model) == [one.call.call_id for one in book.rows]
    assert len(book.reads) == 3


def test_ten_thousand_rows_are_read_and_made_text_of_only_where_they_are_seen(worker: Worker, qtbot: QtBot) -> None:
    book = Book(10_000)
    model = model_of(worker, book, qtbot)
    while model.canFetchMore(QModelIndex()):
        with qtbot.waitSignal(model.grew):
            model.fetchMore(QModelIndex())
    assert model.rowCount() == 10_000
    assert model._lines == {}
    begun_s = time.process_time()
    for at in range(9_980, 10_000):
        assert isinstance(model.data(model.index(at), Qt.ItemDataRole.UserRole), CallLine)
    model.refresh()
    qtbot.waitUntil(lambda: len(book.reads) > 10_000 // PAGE + 1)
    assert time.process_time() - begun_s < 5.0  # bounded, whatever the machine: not a pass over all rows per row


def test_a_new_call_comes_on_top_and_the_others_stay_where_they_are(worker: Worker, qtbot: QtBot) -> None:
    book = Book(PAGE + 30)
    model = model_of(worker, book, qtbot)
    kept = model.index_of(book.rows[5].call.call_id)
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    book.rows.insert(0, Book.row(-1))
    book.rows[3] = Book.row(2, Outcome.TRANSFERRED)
    with qtbot.waitSignal(model.grew):
        model.refresh()
    assert ids(model)[:5] == [one.call.call_id for one in book.rows[:5]]
    changed = model.row(model.index(3))
    assert changed is not None
    assert changed.call.outcome is Outcome.TRANSFERRED
    assert model.index_of(book.rows[6].call.call_id).row() == kept.row() + 1
    assert resets == []


def test_a_list_that_has_become_another_one_is_shown_anew(worker: Worker, qtbot: QtBot) -> None:
    book = Book(20)
    model = model_of(worker, book, qtbot)
    del book.rows[4]
    with qtbot.waitSignal(model.grew):
        model.refresh()
    assert ids(model) == [one.call.call_id for one in book.rows]
    book.rows[:] = [Book.row(n) for n in range(500, 510)]
    with qtbot.waitSignal(model.grew):
        model.refresh()
    assert ids(model) == [one.call.call_id for one in book.rows]


def test_only_the_newest_question_is_answered(worker: Worker, qtbot: QtBot) -> None:
    books = {Which.ALL: Book(30), Which.MISSED: Book(3)}
    model = CallLogModel(worker, lambda q, after, limit: books[q.which].read(q, after, limit), str, lambda: NOW, ZONE)
    model.ask(CallQuery())
    model.ask(CallQuery(Which.MISSED))
    qtbot.waitUntil(lambda: model.loaded)
    assert model.rowCount() == 3


# the page in the window


@pytest.fixture
def log(scene: Scene, qtbot: QtBot) -> CallLogPage:
    fill(scene)
    press(scene, Qt.Key.Key_H, CTRL)
    log = scene.built.window.panels.middle.call_log
    assert log is not None
    qtbot.waitUntil(lambda: log.isVisible() and log.model.loaded)
    return log


def press(scene: Scene, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(QApplication.focusWidget() or scene.built.window, key, modifier)


def shown(log: CallLogPage) -> list[str]:
    return [one for one in ids(log.model) if one.startswith("k")]


def test_one_key_opens_it_and_one_key_leaves_it(scene: Scene, log: CallLogPage, qtbot: QtBot) -> None:
    assert log.search.hasFocus()
    assert shown(log) == [f"k{n}" for n in range(1, 11)]
    press(scene, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not log.isVisible())


def test_keys_narrow_it_down(scene: Scene, log: CallLogPage, qtbot: QtBot) -> None:
    press(scene, Qt.Key.Key_2, ALT)
    qtbot.waitUntil(lambda: shown(log) == ["k1", "k8"])
    press(scene, Qt.Key.Key_6, ALT)
    qtbot.waitUntil(lambda: shown(log) == ["k3", "k9"])
    press(scene, Qt.Key.Key_1, ALT)
    press(scene, Qt.Key.Key_8, ALT)
    qtbot.waitUntil(lambda: shown(log) == [f"k{n}" for n in range(1, 9)])
    press(scene, Qt.Key.Key_7, ALT)
    qtbot.waitUntil(lambda: log.model.asked.agent == "1001" and log.model.loaded)
    assert log.model.asked.day is not None


def test_alt_9_lists_the_calls_whose_recording_is_at_fault_with_the_days_figures(
    scene: Scene, log: CallLogPage, qtbot: QtBot
) -> None:
    press(scene, Qt.Key.Key_9, ALT)
    qtbot.waitUntil(lambda: shown(log) == ["k7"])
    days = log.findChild(QLabel, "call_log_days")
    assert days is not None
    assert days.isVisible()
    assert [(day.calls, day.recorded, day.with_reason) for day in log.model.days][:2] == [(4, 3, 1), (0, 0, 0)]
    row = log.chosen()
    assert row is not None
    assert row.fault is not None
    press(scene, Qt.Key.Key_1, ALT)
    qtbot.waitUntil(lambda: len(shown(log)) > 1)
    assert not days.isVisible()


@pytest.mark.parametrize("text", ["020-8765 4321", "87654321", "02087654321"])
def test_a_number_in_any_shape_finds_its_calls(scene: Scene, log: CallLogPage, qtbot: QtBot, text: str) -> None:
    QTest.keyClicks(log.search, text)
    qtbot.waitUntil(lambda: shown(log) == ["k1", "k9"])


def test_a_name_finds_its_calls_and_nothing_says_what_to_do(scene: Scene, log: CallLogPage, qtbot: QtBot) -> None:
    log.search.setText("王建国")
    qtbot.waitUntil(lambda: "k2" in shown(log) and "k1" not in shown(log))
    log.search.setText("nobody at all")
    empty = log.findChild(QLabel, "call_log_empty")
    assert empty is not None
    qtbot.waitUntil(lambda: empty.isVisible() and log.model.rowCount() == 0)
    assert "Alt+1" in empty.text()


def choose(scene: Scene, log: CallLogPage, call_id: str) -> None:
    press(scene, Qt.Key.Key_Down)
    log.list.setCurrentIndex(log.model.index_of(CallId(call_id)))


def test_enter_opens_the_ticket_and_leaving_it_comes_back(scene: Scene, log: CallLogPage, qtbot: QtBot) -> None:
    choose(scene, log, "k2")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not log.isVisible())
    middle = scene.built.window.panels.middle
    middle.leave_ticket()
    assert log.isVisible()
    assert log.list.hasFocus()
    chosen = log.chosen()
    assert chosen is not None
    assert chosen.call.call_id == "k2"


def test_a_call_without_a_ticket_is_heard_and_one_without_either_does_nothing(scene: Scene, log: CallLogPage) -> None:
    played: list[str] = []
    log._parts = replace(log._parts, play=played.append)
    choose(scene, log, "k3")
    press(scene, Qt.Key.Key_Return)
    assert played == ["k3"]
    choose(scene, log, "k2")
    press(scene, Qt.Key.Key_E, CTRL)
    assert played == ["k3", "k2"]


def test_one_key_calls_back_whoever_is_chosen(scene: Scene, log: CallLogPage, qtbot: QtBot) -> None:
    choose(scene, log, "k1")
    press(scene, Qt.Key.Key_R, CTRL)
    qtbot.waitUntil(lambda: Dial("02087654321") in scene.commands)


def test_an_ended_call_comes_in_by_itself_and_the_choice_stays(scene: Scene, log: CallLogPage, qtbot: QtBot) -> None:
    choose(scene, log, "k4")
    author = FakeAuthor("1001", "S01", lambda: NOW, iter(f"00000000-0000-7000-a000-{n:012}" for n in range(9)).__next__)
    fresh = past("k0", 1, Outcome.ANSWERED, ticket_id=TicketId("t1"))
    scene.store.append([author.change("call", fresh.call_id, patch_of(fresh, "call_id"))])
    scene.receive(wire.Pushed(("call",)))
    qtbot.waitUntil(lambda: shown(log)[0] == "k0")
    chosen = log.chosen()
    assert chosen is not None
    assert chosen.call.call_id == "k4"


def test_a_call_that_is_answered_opens_its_form_over_the_log(scene: Scene, log: CallLogPage, qtbot: QtBot) -> None:
    hub: Hub = scene.built.hub
    scene.receive(seat.snapshot(replace(seat.call("c5"), answered_at=NOW - timedelta(seconds=1))))
    qtbot.waitUntil(lambda: hub.state.front() is not None)
    pages = scene.built.window.panels.middle.findChild(QStackedWidget)
    assert pages is not None
    qtbot.waitUntil(lambda: pages.currentWidget() is scene.built.window.panels.middle.form)


def test_a_search_for_a_number_is_on_record_before_its_calls_are_shown(
    scene: Scene, log: CallLogPage, qtbot: QtBot
) -> None:
    searched: list[list[str]] = []

    def on_record(_page: object) -> None:
        searched.append([one.detail for one in scene.store.all_of(Listening) if one.access is Access.SEARCHED])

    log.model.came.connect(on_record)
    for text in ("王小明", "138 0013", "138 0013", "13800138000"):
        log.search.setText(text)
        with qtbot.waitSignal(log.model.came):
            log.ask()
    log.model.came.disconnect(on_record)
    assert searched == [[], ["138 0013"], ["138 0013"], ["138 0013", "13800138000"]]


def test_where_a_search_cannot_be_put_on_record_nothing_is_shown(worker: Worker, qtbot: QtBot) -> None:
    def full(_number: str) -> None:
        raise StoreFull

    model = CallLogModel(
        worker, lambda _q, _after, _limit: CallPage((Book.row(1),), None, number="138"), full, lambda: NOW, ZONE
    )
    with qtbot.waitSignal(model.failed) as failed:
        model.ask(CallQuery(text="138"))
    assert isinstance(failed.args[0], StoreFull)
    assert model.rowCount() == 0
