"""The page on which an agent looks the seat over: every line says whether it is well, and if not, why and what to do.
Lines appear as they come, the gravest on top; it begins when the page is opened. Nothing on it disturbs a call: the
test call alone is one, and the phone refuses it while another runs.

Ui process, Qt's thread; the looking is done on a lane of the worker, and tells from threads of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TypeAlias

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from desk.domain.health import Finding, worst
from desk.health import words
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.health import presenter
from desk.ui.after.health.row import HealthRow
from desk.ui.cover import Cover
from desk.ui.hub import Hub
from desk.ui.key_button import KeyButton
from desk.ui.labels import plain
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.turning import turned

LANE = "doctor"

# (tell, test_call) -> all findings; on the worker, `tell` from any thread.
Examine: TypeAlias = Callable[[Callable[[Finding], None], bool], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class HealthParts:
    """`seat`: its name, for the text that is copied."""

    hub: Hub
    examine: Examine
    seat: str
    clock: Callable[[], datetime]
    zone: tzinfo


class HealthPage(Cover):
    returns = True
    _told = Signal(int, object)

    def __init__(self, parts: HealthParts) -> None:
        super().__init__()
        self.setObjectName("health_page")
        self.setAccessibleName(_("Check this seat"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._parts = parts
        self._run = 0
        self._looking = False
        self.findings: list[Finding] = []
        self.rows: list[HealthRow] = []
        self.says = QLabel()
        self.says.setObjectName("health_says")
        self.says.setTextFormat(Qt.TextFormat.PlainText)
        self.again = KeyButton("health_again", _("Check again"), "Alt+R", "arrow-clockwise", "primary")
        self.call = KeyButton("health_call", _("With a test call"), "Alt+T", "phone-outgoing")
        self.copy = KeyButton("health_copy", _("Copy for IT"), "Alt+C", "copy")
        self.done = KeyButton("health_done", _("Done"), "Esc", "check", "quiet")
        self._area = QScrollArea()
        self._told.connect(self._take)
        self.again.clicked.connect(lambda: self.look())
        self.call.clicked.connect(lambda: self.look(test_call=True))
        self.copy.clicked.connect(self._copy)
        self.done.clicked.connect(lambda: self.left.emit())
        self._lay_out()

    def start(self) -> None:
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.look()

    def come_back(self) -> None:
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def look(self, *, test_call: bool = False) -> None:
        """From the beginning; nothing where it is being looked already."""
        if self._looking:
            return
        self._run += 1
        self._looking = True
        run, examine = self._run, self._parts.examine
        self._clear()
        self._say_looking(test_call=test_call)

        def tell(finding: Finding) -> None:
            if isValid(self):
                self._told.emit(run, finding)

        self._parts.hub.worker.run(
            lambda: examine(tell, test_call), lambda found: self._end(found), self._failed, lane=LANE, owner=self
        )

    # ---- what comes

    def _take(self, run: int, finding: Finding) -> None:
        if run != self._run:
            return
        at = presenter.place(finding, self.findings)
        row = HealthRow(presenter.row(finding))
        self.findings.insert(at, finding)
        self.rows.insert(at, row)
        self._column.insertWidget(at, row)

    def _end(self, found: tuple[Finding, ...]) -> None:
        self._looking = False
        self._set_keys()
        theme.mark(self.says, presenter.row(Finding("", worst(found), "")).role)
        self.says.setText(words.summary(found))
        step("seat_examined", worst=worst(found).name.lower(), checks=len(found))

    def _failed(self, error: Exception) -> None:
        self._looking = False
        self._set_keys()
        theme.mark(self.says, "error")
        self.says.setText(_("The check could not be done ({detail}).").format(detail=type(error).__name__))
        self._parts.hub.failed(error)

    def _copy(self) -> None:
        text = presenter.as_text(self.findings, self._parts.seat, self._parts.clock(), self._parts.zone)
        QGuiApplication.clipboard().setText(text)
        theme.mark(self.says, "muted")
        self.says.setText(_("Copied. Paste it into a message to IT."))

    def _clear(self) -> None:
        for row in self.rows:
            row.deleteLater()
        self.rows.clear()
        self.findings.clear()

    def _say_looking(self, *, test_call: bool) -> None:
        self._set_keys()
        theme.mark(self.says, "muted")
        self.says.setText(
            _("A test call runs, some ten seconds ...")
            if test_call
            else _("Being checked. Say a word or two into the microphone ...")
        )

    def _set_keys(self) -> None:
        for button in (self.again, self.call, self.copy):
            button.setEnabled(not self._looking)

    # ---- keys and place

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not turned(self._area, event, by_line=True):
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        title = plain("title")
        title.setObjectName("health_title")
        title.setText(_("Check this seat"))
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(title)
        head.addSpacing(Space.S)
        head.addWidget(self.says, 1)
        head.addWidget(self.done)
        keys = QHBoxLayout()
        keys.setSpacing(Space.S)
        for button in (self.again, self.call, self.copy):
            keys.addWidget(button)
        keys.addStretch(1)
        for button in (self.again, self.call, self.copy, self.done):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inside.setObjectName("health_rows")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, Space.S, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._area, 1)
        column.addLayout(keys)
