"""The page of complaint early warnings, for everybody to see: which are open, whose turn each is and how long. Up and
Down choose, the chosen one stands in full below with its keys, Enter opens its ticket, Esc leaves.

How long there is goes down while nobody does anything: the page is painted anew every half minute while it is in front,
and a line that says the same is left alone. Ui process, Qt's thread; read on the worker."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desk.i18n import _, ngettext
from desk.ui.after.warnings import presenter
from desk.ui.after.warnings.area import FittedArea
from desk.ui.after.warnings.card import WarningCard
from desk.ui.after.warnings.parts import WarningTools
from desk.ui.chosen_list import LeavingList
from desk.ui.cover import Cover
from desk.ui.key_button import KeyButton
from desk.ui.labels import plain
from desk.ui.rows import ROW_HEIGHT
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.turning import turned
from desk.usecases.read_warnings import OpenWarnings, WarningPage

READ = "warnings"
READ_ONE = "warning-in-full"
AGAIN_MS = 30_000
_ENTITIES = frozenset({"warning", "attempt", "ticket", "call", "staff"})
_ROWS_SHOWN = 5


class WarningsPage(Cover):
    def __init__(self, tools: WarningTools, open_ticket: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("warnings")
        self.setAccessibleName(_("Early warnings"))
        self._tools, self._open_ticket = tools, open_ticket
        self._found = OpenWarnings(())
        self._wanted = ""  # to be chosen when it comes
        self.list = _List("warning_list", _("Early warnings"))
        self.card = WarningCard("warning_card", tools, undoes=True)
        self._count = plain("muted")
        self._empty = plain("muted", wraps=True)
        self._empty.setText(_("No early warning is open. On a ticket's page Alt+W raises one."))
        self._says = plain("", wraps=True)
        self.open_key = KeyButton("warning_open", _("Open the ticket"), "Return", "arrow-square-out", listens=False)
        self.ended_key = KeyButton("warning_ended", _("Ended ones too"), "Ctrl+E", "archive", "quiet")
        self.ended_key.setCheckable(True)
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self._tick)
        self._lay_out()
        self.list.moved.connect(self._chosen)
        self.list.left.connect(self.left)
        self.list.opened.connect(lambda _target: self.open_chosen())  # by Enter
        self.open_key.clicked.connect(self.open_chosen)
        self.ended_key.clicked.connect(self.refresh)
        self.card.stepped.connect(self.refresh)
        self.card.told.connect(self._say)
        self.card.left.connect(self._take_focus)
        tools.hub.rows_changed.connect(self._rows_changed)

    # what the window does

    def start(self) -> None:
        """The page comes to the front."""
        self._say("")
        self.refresh()
        self._take_focus()
        step("warnings_listed")

    def refresh(self) -> None:
        uses, with_ended = self._tools.uses, self.ended_key.isChecked()
        self._tools.hub.worker.latest(
            READ, lambda: uses.get().reading.all(with_ended=with_ended), self._came, owner=self
        )

    def choose(self, warning_id: str) -> None:
        """This one is to be in front, now or when it has come."""
        self._wanted = warning_id
        self._choose_wanted()
        if self._wanted and self.isVisible():
            self.refresh()

    def open_chosen(self) -> None:
        chosen = self.list.chosen.target if self.list.chosen is not None else ""
        lines = (*self._found.open, *self._found.ended)
        line = next((one for one in lines if presenter.target(one.warning) == chosen), None)
        if line is not None:
            self._open_ticket(line.warning.ticket_id)

    def _choose_wanted(self) -> None:
        if self._wanted and self.list.choose(f"warning:{self._wanted}"):
            self._wanted = ""
            self._chosen()

    # what it shows

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        if self.isVisible() and _ENTITIES.intersection(entities):
            self.refresh()

    def _tick(self) -> None:
        if self.isVisible():
            self._show_rows()
            self._read_chosen()
        else:
            self._again.stop()

    def _came(self, found: OpenWarnings) -> None:
        self._found = found
        self._show_rows()
        self._choose_wanted()
        self._read_chosen()
        if self.isVisible() and self.hasFocus():  # it had no rows before
            self._take_focus()

    def _show_rows(self) -> None:
        open_, ended = presenter.rows(self._found, self._tools.clock(), self._tools.zone)
        self.list.show_rows([*open_, *ended])
        self._empty.setVisible(not open_)
        count = len(open_)
        self._count.setText(ngettext("{n} open", "{n} open", count).format(n=count) if count else "")
        self._area.setVisible(bool(self.list.rows))
        self._line.setVisible(bool(self.list.rows))
        self.open_key.setVisible(bool(self.list.rows))

    def _chosen(self) -> None:
        self._say("")
        self._read_chosen()
        self._area.ensureVisible(0, self.list.top_of_chosen, 0, ROW_HEIGHT)

    def _read_chosen(self) -> None:
        chosen, uses = self.list.chosen, self._tools.uses
        if chosen is None:
            self.card.show_page(None)
            return
        warning_id = chosen.target.partition(":")[2]
        self._tools.hub.worker.latest(READ_ONE, lambda: uses.get().reading.one(warning_id), self._one_came, owner=self)

    def _one_came(self, page: WarningPage | None) -> None:
        self.card.show_page(page)

    def _take_focus(self) -> None:
        """The list where it has rows; else the page itself, so that Esc leaves."""
        widget = self.list if self.list.rows else self
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _say(self, text: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._again.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif not turned(self._full, event):
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        title = plain("title")
        title.setText(_("Early warnings"))
        done = KeyButton("warnings_done", _("Done"), "Esc", "check", "quiet", listens=False)
        done.clicked.connect(lambda: self.left.emit())
        head.addWidget(title)
        head.addWidget(self._count, 1)
        for button in (self.open_key, self.ended_key, done):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            head.addWidget(button)
        column.addLayout(head)
        column.addWidget(self._empty)
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.list)
        rows.addStretch()
        self._area = FittedArea(inner, _ROWS_SHOWN * ROW_HEIGHT)
        self._area.hide()
        column.addWidget(self._area)
        self._line = QFrame()
        self._line.setProperty("role", "line")
        self._line.hide()
        column.addWidget(self._line)
        column.addWidget(self._says)
        self._says.hide()
        self.card.hide()
        inside = QWidget()
        cards = QVBoxLayout(inside)
        cards.setContentsMargins(0, 0, Space.S, 0)
        cards.addWidget(self.card)
        cards.addStretch()
        self._full = FittedArea(inside)
        column.addWidget(self._full, 1)


class _List(LeavingList):
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click chooses: the whole of it stands below."""
        index = int(event.position().y()) // ROW_HEIGHT
        if 0 <= index < len(self.rows) and self.choose(self.rows[index].target):
            self.moved.emit()
