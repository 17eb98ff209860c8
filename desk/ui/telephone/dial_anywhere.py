"""Any number that stands in the window can be called: a click on it, on the caller's card or a ticket's page; in a
list, Ctrl+R for the row that is chosen (Ctrl+click for any other), and Ctrl+R elsewhere for whoever is on the card. A
widget that has the keyboard may say what is meant by its property `number_to_call`.

One watcher of the panels' events, so that no panel knows of the telephone. What a row stands for is read by the worker.
Ui process, Qt's thread."""

import re
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from desk.i18n import _
from desk.ui.hub import Hub
from desk.ui.rows import ROW_HEIGHT, RowList

KEY = "Ctrl+R"
_LABELS = re.compile(r"card_number|card_assistant|fact_\d+|ticket_call_head_\d+")
_NUMBER = re.compile(r"(?<![\w.:-])\+?\d[\d \-]{5,18}\d(?![\w:]|-[A-Za-z])")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{8}-\w")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15


def number_in(text: str) -> str:
    """The first telephone number in a text, as it stands there; "" where there is none. Dates and ticket numbers are
    none."""
    for found in _NUMBER.finditer(_DATE.sub(" ", text)):
        if _FEWEST_DIGITS <= sum(c.isdigit() for c in found[0]) <= _MOST_DIGITS:
            return found[0].strip()
    return ""


class DialAnywhere(QObject):
    """`number_of(target)`: the number behind a row ("call:ID", "ticket:ID"), "" where there is none; any thread."""

    def __init__(self, hub: Hub, window: QWidget, number_of: Callable[[str], str], told: Callable[[str], None]) -> None:
        super().__init__(window)
        self._hub, self._window, self._number_of, self._told = hub, window, number_of, told
        shortcut = QShortcut(QKeySequence(KEY), window)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(self._key)
        app = QApplication.instance()
        assert isinstance(app, QApplication)  # noqa: S101 - there is a window
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            return self._clicked(watched, event)
        if kind is QEvent.Type.Enter and isinstance(watched, QLabel) and self._is_number(watched):
            watched.setCursor(Qt.CursorShape.PointingHandCursor)
            watched.setToolTip(_("Click to call {number}").format(number=number_in(watched.text())))
        return False

    def _is_number(self, label: QLabel) -> bool:
        return bool(_LABELS.fullmatch(label.objectName()) and number_in(label.text()))

    def _clicked(self, watched: QObject, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        if isinstance(watched, QLabel) and self._is_number(watched) and not watched.hasSelectedText():
            self._hub.call_requested.emit(number_in(watched.text()))
        elif isinstance(watched, RowList) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            index = int(event.position().y()) // ROW_HEIGHT
            if 0 <= index < len(watched.rows):
                self._call_row(watched.rows[index].target)
            return True
        return False

    def _key(self) -> None:
        focus = QApplication.focusWidget()
        shown = str(focus.property("number_to_call") or "") if focus is not None else ""
        if shown:
            self._hub.call_requested.emit(shown)
            return
        row = focus.chosen if isinstance(focus, RowList) else None
        if row is not None and row.target:
            self._call_row(row.target)
            return
        call = self._hub.state.calls.get(self._hub.subject) if self._hub.subject else None
        if call is not None and call.party.number:
            self._hub.call_requested.emit(call.party.number)
        else:
            self._told(_("There is no number to call here."))

    def _call_row(self, target: str) -> None:
        def found(number: str) -> None:
            if number:
                self._hub.call_requested.emit(number)
            else:
                self._told(_("There is no number to call here."))

        self._hub.worker.run(lambda: self._number_of(target), found, owner=self)
