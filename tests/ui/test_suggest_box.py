"""The suggest box under key clicks: the focus never leaves for the list, no keystroke is lost or misread."""

from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desk.ui.suggest_box import SuggestBox
from desk.ui.suggest_box_rows import Suggestion

HITS = {
    "c": ["厨房水龙头漏水", "厕所堵塞", "车位纠纷"],
    "cf": ["厨房水龙头漏水", "厨房下水堵塞"],
    "zzz": [],
}


def _focused() -> QWidget:
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused


class Bench(QWidget):
    """A suggest box between two fields, and searches that are answered when the test says so."""

    def __init__(self, *, takes_unseen: bool = True) -> None:
        super().__init__()
        self.waiting: list[tuple[str, Callable[[Sequence[Suggestion]], None]]] = []
        self.box = SuggestBox(
            "category", lambda text, deliver: self.waiting.append((text, deliver)), takes_unseen=takes_unseen
        )
        self.after = QLineEdit()
        layout = QVBoxLayout(self)
        layout.addWidget(self.box)
        layout.addWidget(self.after)
        layout.addStretch()
        self.resize(400, 400)
        self.taken: list[object] = []
        self.box.taken.connect(self.taken.append)
        self.box.moved_on.connect(self.after.setFocus)

    def answer(self, which: int = -1) -> None:
        text, deliver = self.waiting.pop(which)
        deliver([Suggestion(name, name, spans=[(0, len(text))]) for name in HITS.get(text, [])])

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(_focused(), key)

    def type(self, text: str) -> None:
        for letter in text:
            QTest.keyClicks(_focused(), letter)


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    bench = Bench()
    qtbot.addWidget(bench)
    bench.show()
    bench.activateWindow()
    bench.box.setFocus()
    qtbot.waitUntil(bench.box.hasFocus)
    return bench


def test_a_box_whose_hit_is_written_at_once_takes_nothing_unseen_and_nothing_by_tab(qtbot: QtBot) -> None:
    bench = Bench(takes_unseen=False)
    qtbot.addWidget(bench)
    bench.show()
    bench.activateWindow()
    bench.box.setFocus()
    qtbot.waitUntil(bench.box.hasFocus)
    bench.type("c")
    bench.press(Qt.Key.Key_Return)
    assert bench.box.hasFocus()
    bench.answer()
    assert bench.taken == []
    assert [row.text for row in bench.box.rows] == HITS["c"]
    bench.press(Qt.Key.Key_Tab)
    assert bench.after.hasFocus()
    assert bench.taken == []
    bench.box.setFocus()
    bench.type("f")
    bench.answer()
    bench.press(Qt.Key.Key_Return)
    assert bench.taken == ["厨房水龙头漏水"]


def test_every_keystroke_is_searched_at_once(bench: Bench) -> None:
    bench.type("cf")
    assert [text for text, _ in bench.waiting] == ["c", "cf"]


def test_the_list_opens_below_and_the_focus_stays(bench: Bench) -> None:
    bench.type("c")
    bench.answer()
    assert [row.text for row in bench.box.rows] == HITS["c"]
    assert bench.box.hasFocus()


def test_enter_takes_the_first_hit_and_moves_on(bench: Bench) -> None:
    bench.type("c")
    bench.answer()
    bench.press(Qt.Key.Key_Return)
    assert bench.taken == ["厨房水龙头漏水"]
    assert bench.box.text() == "厨房水龙头漏水"
    assert bench.after.hasFocus()
    assert not bench.box.rows


def test_down_chooses_another(bench: Bench) -> None:
    bench.type("c")
    bench.answer()
    bench.press(Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return)
    assert bench.taken == ["厕所堵塞"]


def test_down_in_an_empty_field_asks_for_what_there_is(bench: Bench) -> None:
    bench.press(Qt.Key.Key_Down)
    assert [text for text, _ in bench.waiting] == [""]


def test_an_older_answer_never_replaces_a_newer_one(bench: Bench) -> None:
    bench.type("cf")
    bench.answer(1)
    bench.answer(0)
    assert [row.text for row in bench.box.rows] == HITS["cf"]


def test_enter_before_the_answer_is_a_debt_and_what_follows_goes_to_the_next_field(bench: Bench) -> None:
    bench.type("cf")
    bench.press(Qt.Key.Key_Return)
    bench.type("x")
    assert bench.box.is_owing
    assert bench.after.text() == "x"
    bench.answer()
    assert bench.taken == ["厨房水龙头漏水"]
    assert bench.after.text() == "x"
    assert bench.after.hasFocus()
    assert not bench.box.is_owing


def test_a_debt_without_a_hit_leaves_the_text_as_typed(bench: Bench, qtbot: QtBot) -> None:
    bench.type("zzz")
    bench.press(Qt.Key.Key_Return)
    with qtbot.waitSignal(bench.box.settled):
        bench.answer()
    assert bench.taken == []
    assert bench.box.text() == "zzz"


def test_tab_takes_what_was_just_typed_but_not_after_escape(bench: Bench) -> None:
    bench.type("c")
    bench.answer()
    bench.press(Qt.Key.Key_Escape, Qt.Key.Key_Tab)
    assert bench.taken == []
    assert bench.box.text() == "c"
    bench.box.setFocus()
    bench.type("f")
    bench.answer()
    bench.press(Qt.Key.Key_Tab)
    assert bench.taken == ["厨房水龙头漏水"]


def test_tab_through_a_taken_field_changes_nothing(bench: Bench) -> None:
    bench.box.show_text("厨房水龙头漏水")
    bench.press(Qt.Key.Key_Tab)
    assert bench.taken == []
    assert bench.waiting == []
    assert bench.after.hasFocus()


def test_what_an_input_method_composes_is_searched_only_once_it_is_committed(bench: Bench) -> None:
    QApplication.sendEvent(bench.box, QInputMethodEvent("chu'fang", []))
    assert bench.waiting == []
    assert bench.box.text() == ""
    commit = QInputMethodEvent("", [])
    commit.setCommitString("厨房")
    QApplication.sendEvent(bench.box, commit)
    assert [text for text, _ in bench.waiting] == ["厨房"]


def test_a_click_takes_a_row(bench: Bench) -> None:
    bench.type("c")
    bench.answer()
    rows = bench.findChild(QWidget, "category_list")
    assert rows is not None
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(20, 40))
    assert bench.taken == ["厕所堵塞"]


def test_an_emptied_field_closes_the_list(bench: Bench) -> None:
    bench.type("c")
    bench.answer()
    bench.press(Qt.Key.Key_Backspace)
    assert not bench.box.rows
    assert bench.box.text() == ""


def test_leaving_the_field_closes_the_list_and_drops_a_late_answer(bench: Bench) -> None:
    bench.type("c")
    bench.after.setFocus()
    bench.answer()
    assert not bench.box.rows
    assert bench.taken == []
