"""Any number that stands in a window can be called: a click on it where it stands alone in text that can be copied
(or in a label that says so by its property `shows_number`); in a list, Ctrl+R for the row that is chosen (Ctrl+click
for any other), and Ctrl+R elsewhere for whoever is on the card. A widget that has the keyboard, or what it stands in,
may say what is meant by its property `number_to_call`, and about what one calls then (`call_about`, see
`Hub.call_about`).

One watcher of a window's mouse, so that no panel knows of the telephone: of the window as the system sees it, for who
watches all widgets is asked of every paint and timer. What a row stands for is read by the worker.
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
_NUMBER = re.compile(r"(?<![\w.:-])\+?\d[\d \-]{5,18}\d(?![\w:]|-[A-Za-z])")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{8}-\w")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15


def number_in(text: str) -> str:
    """The telephone number in a text, as it stands there; "" where there is none, or more than one. Dates and ticket
    numbers are none."""
    found = [one[0].strip() for one in _NUMBER.finditer(_DATE.sub(" ", text)) if _is_long_enough(one[0])]
    return found[0] if len(found) == 1 else ""


def _is_long_enough(number: str) -> bool:
    return _FEWEST_DIGITS <= sum(c.isdigit() for c in number) <= _MOST_DIGITS


class DialAnywhere(QObject):
    """`number_of(target)`: the number behind a row ("call:ID", "ticket:ID"), "" where there is none; any thread."""

    def __init__(self, hub: Hub, window: QWidget, number_of: Callable[[str], str], told: Callable[[str], None]) -> None:
        super().__init__(window)
        self._hub, self._number_of, self._told = hub, number_of, told
        self._window = window
        self._seen: dict[QObject, QWidget] = {}
        self.watch(window)

    def watch(self, window: QWidget) -> None:
        """Numbers in this window can be called, too."""
        window.installEventFilter(self)
        shortcut = QShortcut(QKeySequence(KEY), window)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(lambda: self._key(window))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(watched, QWidget):
            handle = watched.windowHandle() if kind is QEvent.Type.Show else None
            if handle is not None and handle not in self._seen:
                self._seen[handle] = watched
                handle.installEventFilter(self)
        elif isinstance(event, QMouseEvent):
            window = self._seen[watched]
            under = window.childAt(event.position().toPoint())
            if kind is QEvent.Type.MouseButtonRelease:
                self._clicked(window, under, event)
            elif isinstance(under, QLabel) and self._is_number(under):
                under.setCursor(Qt.CursorShape.PointingHandCursor)
                under.setToolTip(_("Click to call {number}").format(number=number_in(under.text())))
        return False

    def _is_number(self, label: QLabel) -> bool:
        can_be_copied = label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
        return bool((can_be_copied or label.property("shows_number")) and number_in(label.text()))

    def _clicked(self, window: QWidget, under: QWidget | None, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if isinstance(under, QLabel) and self._is_number(under) and not under.hasSelectedText():
            self._hub.call_requested.emit(number_in(under.text()))
        elif isinstance(under, RowList) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            index = int(under.mapFrom(window, event.position()).y()) // ROW_HEIGHT
            if 0 <= index < len(under.rows):
                self._call_row(under.rows[index].target)

    def _key(self, window: QWidget) -> None:
        focus = QApplication.focusWidget()
        says = _that_says(focus, window)
        if says is not None:
            self._hub.call_about(str(says.property("number_to_call")), str(says.property("call_about") or ""))
            return
        row = focus.chosen if isinstance(focus, RowList) else None
        if row is not None and row.target:
            self._call_row(row.target)
            return
        callers = self._hub.callers
        party = callers.party_of(callers.subject) if window is self._window else None
        if party is not None and party.number:
            self._hub.call_back_requested.emit(party.number, callers.line_of(callers.subject))
        else:
            self._told(_("There is no number to call here."))

    def _call_row(self, target: str) -> None:
        def found(number: str) -> None:
            if number:
                self._hub.call_requested.emit(number)
            else:
                self._told(_("There is no number to call here."))

        self._hub.worker.run(lambda: self._number_of(target), found, owner=self)


def _that_says(widget: QWidget | None, window: QWidget) -> QWidget | None:
    """The innermost that says which number is meant, up to its window."""
    while widget is not None and not widget.property("number_to_call"):
        widget = widget.parentWidget() if widget is not window else None
    return widget
