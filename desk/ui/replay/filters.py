"""The filter panel: everything that calls can be narrowed down by, in a grid below the search line, by keyboard. Every
change asks at once; Esc closes it, and what was chosen stays in force. Ui process, Qt's thread."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.replay import filters_presenter as presenter
from desk.ui.replay.filters_presenter import CHOICES, Filters, What
from desk.ui.suggest_box import SuggestBox
from desk.ui.suggest_box_rows import Suggestion
from desk.ui.theme import Space

COLUMNS = 3
FindCategory = Callable[[str], Sequence[Any]]  # of `find_category.CategoryHit`


class FilterPanel(QFrame):
    """`changed(Filters)`: as typed. `left()`: Esc. `find_category` answers at once, out of memory."""

    changed = Signal(object)
    left = Signal()

    def __init__(self, find_category: FindCategory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replay_filters")
        self.setAccessibleName(_("Filters"))
        theme.mark(self, "card")
        self._find_category = find_category
        self._code = ""
        self._fields: dict[What, QLineEdit | QComboBox] = {}
        self._labels: dict[What, QLabel] = {}
        self._wrong: dict[What, str] = {}
        self._lay_out()
        self.hide()

    def open(self) -> None:
        self.show()
        self._fields[What.SINCE].setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def filters(self) -> Filters:
        return Filters({what: self._text(what) for what in What})

    def clear(self) -> None:
        for what, field in self._fields.items():
            field.blockSignals(True)
            if isinstance(field, QComboBox):
                field.setCurrentIndex(0)
            else:
                field.clear()
            field.blockSignals(False)
            self._note(what, "")
        self._code = ""
        self._tell()

    def show_wrong(self, wrong: dict[What, str]) -> None:
        for what, field in self._fields.items():
            self._note(what, wrong.get(what, ""))
            if bool(field.property("wrong")) != (what in wrong):
                field.setProperty("wrong", what in wrong)
                theme.repolish(field)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def note(self, what: What) -> str:
        """Why this field cannot be read, "" where it can."""
        return self._wrong.get(what, "")

    def _note(self, what: What, wrong: str) -> None:
        self._wrong[what] = wrong
        words = self._labels[what]
        theme.mark(words, "error" if wrong else "caption")
        words.setText(f"{presenter.label(what)}: {wrong}" if wrong else presenter.label(what))

    def _text(self, what: What) -> str:
        field = self._fields[what]
        if isinstance(field, QComboBox):
            return str(field.currentData() or "")
        if what is What.CATEGORY:
            return self._code or field.text()
        return field.text()

    def _tell(self) -> None:
        self.changed.emit(self.filters)

    def _took(self, code: object) -> None:
        self._code = str(code)
        self._tell()

    def _typed_category(self, _text: str) -> None:
        self._code = ""
        self._tell()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.XS)
        for index, what in enumerate(What):
            row, column = divmod(index, COLUMNS)
            grid.addLayout(self._cell(what), row, column)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        clear = KeyButton("replay_filters_clear", _("Clear all"), "Ctrl+Shift+X", "eraser", "quiet")
        clear.clicked.connect(self.clear)
        done = KeyButton("replay_filters_done", _("Done"), "Esc", "check", listens=False)
        done.clicked.connect(lambda: self.left.emit())
        foot = QHBoxLayout()
        foot.addWidget(clear)
        foot.addStretch(1)
        foot.addWidget(done)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column_layout.setSpacing(Space.S)
        column_layout.addLayout(grid)
        column_layout.addLayout(foot)

    def _cell(self, what: What) -> QVBoxLayout:
        words = QLabel(presenter.label(what))
        theme.mark(words, "caption")
        field = self._field(what)
        field.setObjectName(f"filter_{what.value}")
        field.setAccessibleName(presenter.label(what))
        words.setBuddy(field)
        self._fields[what], self._labels[what] = field, words
        cell = QVBoxLayout()
        cell.setSpacing(0)
        for widget in (words, field):
            cell.addWidget(widget)
        return cell

    def _field(self, what: What) -> QLineEdit | QComboBox:
        if what in CHOICES:
            choice = QComboBox()
            for value, words in presenter.choices(what):
                choice.addItem(words, value)
            choice.currentIndexChanged.connect(lambda _index: self._tell())
            return choice
        if what is What.CATEGORY:
            box = SuggestBox(f"filter_{what.value}", self._suggest)
            box.taken.connect(self._took)
            box.typed.connect(self._typed_category)
            line: QLineEdit = box
        else:
            line = QLineEdit()
            line.textEdited.connect(lambda _text: self._tell())
        line.setPlaceholderText(presenter.hint(what))
        return line

    def _suggest(self, text: str, deliver: Callable[[Sequence[Suggestion]], None]) -> None:
        deliver([Suggestion(hit.shown, hit.category.code, "", hit.spans) for hit in self._find_category(text)])
