"""The window that stands in for the seat's while the seat's cannot be opened (the store's key is gone, the keyring is
locked, the disk is full): what is wrong, what to do, and a key that tries again.

An agent has no terminal, so that a sentence on stderr reaches nobody. It is built only after the first try failed: a
seat that opens pays nothing for it. Every try runs beside Qt's thread, because a keyring may wait for a password as
long as it takes. For some faults there is a remedy beside trying again: what can only do good begins by itself (a
damaged store is repaired), what somebody must answer for is asked about first. Ui process, main thread."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.application import application
from desk.ui.collector import Collector
from desk.ui.fault_window_presenter import FAULTS, FaultView, present
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.steps import step
from desk.ui.theme import Space

BEAT_MS = 1000
_WIDTH = 560
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """What can be done about a fault. `label`: on its key. `question` "": it begins by itself, once. `act` runs beside
    Qt's thread and tells how far it is; what it raises is told like any fault."""

    label: str
    question: str
    act: Callable[[Callable[[str], None]], None]


def no_remedy(_fault: Exception) -> Remedy | None:
    """Trying again is all that can be done."""
    return None


@dataclass(frozen=True, kw_only=True)
class FaultParts:
    """The process's ties, as in `app.UiParts`. `remedy`: what can be done about a fault."""

    theme: Literal["light", "dark", "system"]
    ready: Callable[[], None]
    beat: Callable[[], None]
    stop_requested: threading.Event
    remedy: Callable[[Exception], Remedy | None] = no_remedy


class FaultWindow(QFrame):
    """`retry_wanted()`, `remedy_wanted()`: asked for, and confirmed where there is a question; `closed()`."""

    retry_wanted = Signal()
    remedy_wanted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fault_window")
        self.setWindowTitle(_("Desk"))
        self.setMinimumWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.setSpacing(Space.M)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        self._what, self._to_do, self._kept, self._detail = QLabel(), QLabel(), QLabel(), QLabel()
        self._question, self._progress = QLabel(), QLabel()
        self._asked: Remedy | None = None
        self._what.setProperty("role", "title")
        self._kept.setText(_("Nothing is lost. Until this window is the usual one, calls cannot be answered here."))
        self._detail.setProperty("role", "caption")
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head.addWidget(Picture("warning-circle-fill", "danger", 28))
        head.addWidget(self._what, 1)
        column.addLayout(head)
        self._question.setObjectName("fault_question")
        self._progress.setObjectName("fault_progress")
        for label in (self._what, self._to_do, self._kept, self._detail, self._question, self._progress):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        for label in (self._to_do, self._kept, self._question, self._progress, self._detail):
            column.addWidget(label)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addStretch(1)
        self._close = KeyButton("fault_close", _("Close Desk"), "Esc", "x")
        self._retry = KeyButton("fault_retry", _("Try again"), "Return", "arrow-clockwise", "primary")
        self._remedy = KeyButton("fault_remedy", "", "F8", "wrench")
        self._close.clicked.connect(self.close)
        self._retry.clicked.connect(lambda: self.retry_wanted.emit())
        self._remedy.clicked.connect(self._ask)
        row.addWidget(self._remedy)
        row.addWidget(self._close)
        row.addWidget(self._retry)
        column.addLayout(row)
        for hidden in (self._question, self._progress, self._remedy):
            hidden.hide()
        self._retry.setFocus()

    def show_view(self, view: FaultView, remedy: Remedy | None = None) -> None:
        self._what.setText(view.what)
        self._to_do.setText(view.to_do)
        self._detail.setText(_("For IT: {detail}").format(detail=view.detail))
        self.setAccessibleName(f"{view.what}. {view.to_do}")
        self._asked = remedy
        self._question.hide()
        self._remedy.setVisible(remedy is not None)
        if remedy is not None:
            self._remedy.say(remedy.label, role="")
        self.trying(on=False)

    def show_progress(self, words: str) -> None:
        """How far the remedy is."""
        self._progress.setText(words)
        self._progress.setVisible(bool(words))

    def _ask(self) -> None:
        """Once where nothing has to be answered for, else the key has to be pressed a second time."""
        remedy = self._asked
        if remedy is None:
            return
        if remedy.question and not self._question.isVisible():
            self._question.setText(remedy.question)
            self._question.show()
            self._remedy.say(_("Yes, {do}").format(do=remedy.label), role="danger")
            return
        self._question.hide()
        self.remedy_wanted.emit()

    def trying(self, *, on: bool) -> None:
        """While a try runs, the keys do nothing."""
        self._retry.setEnabled(not on)
        self._remedy.setEnabled(not on)
        self._retry.say(_("Trying ...") if on else _("Try again"))
        if not on:
            self.show_progress("")
            self._retry.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        self.closed.emit()


class _Tries(QObject, Generic[T]):
    """Tries again and again, each time on a thread of its own. `opened` is what came of it in the end, `bug` an error
    that is no fault of the surroundings; `over()` when there is either."""

    over = Signal()
    _came = Signal()
    _told = Signal(str)

    def __init__(
        self, attempt: Callable[[], T], window: FaultWindow, remedy: Callable[[Exception], Remedy | None]
    ) -> None:
        super().__init__(window)
        self.opened: T | None = None
        self.bug: Exception | None = None
        self._attempt, self._window, self._remedy_of = attempt, window, remedy
        self._fault: Exception | None = None
        self._remedy: Remedy | None = None
        self._begun_by_itself = False
        self._came.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._told.connect(window.show_progress, Qt.ConnectionType.QueuedConnection)
        window.retry_wanted.connect(lambda: self._start(None))
        window.remedy_wanted.connect(lambda: self._start(self._remedy))

    def tell(self, fault: Exception) -> None:
        view = present(fault)
        if view is None:
            self.bug = fault
            self.over.emit()
            return
        self._remedy = self._remedy_of(fault)
        self._window.show_view(view, self._remedy)
        step("fault_told", fault=type(fault).__name__)
        if self._remedy is not None and not self._remedy.question and not self._begun_by_itself:
            self._begun_by_itself = True  # and not a second time: what did not help is for somebody to look at
            self._start(self._remedy)

    def _start(self, remedy: Remedy | None) -> None:
        self._window.trying(on=True)
        threading.Thread(target=self._run, args=(remedy,), name="ui-retry", daemon=True).start()

    def _run(self, remedy: Remedy | None) -> None:
        self._fault = None
        try:
            if remedy is not None:
                remedy.act(self._told.emit)
            self.opened = self._attempt()
        except Exception as error:  # noqa: BLE001 - told on Qt's thread
            self._fault = error
        self._came.emit()

    @Slot()
    def _take(self) -> None:
        if self._fault is None:
            self.over.emit()
        else:
            self.tell(self._fault)


def open_or_tell(attempt: Callable[[], T], parts: FaultParts) -> T | None:
    """What `attempt` gives, at once or after as many tries as it takes; None where the person gave up or the seat was
    told to end. Raises what is no fault of the surroundings."""
    try:
        return attempt()
    except FAULTS as error:
        return _tell(error, attempt, parts)


def _tell(fault: Exception, attempt: Callable[[], T], parts: FaultParts) -> T | None:
    app = application()
    app.setQuitOnLastWindowClosed(False)  # the seat's own window may follow
    theme.apply(app, parts.theme)
    window = FaultWindow()
    Collector(window)  # the seat's own window brings another
    tries = _Tries(attempt, window, parts.remedy)

    def tick() -> None:
        parts.beat()
        if parts.stop_requested.is_set():
            window.close()

    tries.over.connect(lambda: app.exit(), Qt.ConnectionType.QueuedConnection)
    window.closed.connect(lambda: app.exit(), Qt.ConnectionType.QueuedConnection)
    beat = QTimer(window, interval=BEAT_MS)
    beat.timeout.connect(tick)
    beat.start()
    tries.tell(fault)
    window.show()
    window.activateWindow()
    parts.ready()
    app.exec()
    beat.stop()
    window.hide()
    app.setQuitOnLastWindowClosed(True)
    if tries.bug is not None:
        raise tries.bug
    return tries.opened
