"""The page of what waits for somebody to decide: things written at two seats at once, and changes that the centre would
not take. Up and Down choose, the chosen one stands in full below with its keys, Enter opens its ticket, Esc leaves.

Ui process, Qt's thread; read on the worker."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from desk.i18n import _, ngettext
from desk.ui.chosen_list import LeavingList, scrolled
from desk.ui.conflict import presenter
from desk.ui.conflict.card import ConflictCards
from desk.ui.conflict.parts import ConflictParts
from desk.ui.conflict.refused_card import RefusedCard
from desk.ui.key_button import KeyButton
from desk.ui.labels import plain
from desk.ui.rows import ROW_HEIGHT
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.worker import SAVE_LANE
from desk.usecases.look_after_refused import RefusedChange
from desk.usecases.read_conflicts import OpenConflict
from desk.usecases.settle_conflict import ConflictMoved

T = TypeVar("T")
READ = "conflicts"
KEY = "Ctrl+Shift+C"


class ConflictPage(QFrame):
    """`left()`: done with it."""

    left = Signal()

    def __init__(self, parts: ConflictParts, open_ticket: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("conflicts")
        self.setAccessibleName(_("To decide"))
        self._parts, self._open_ticket = parts, open_ticket
        self._conflicts: list[OpenConflict] = []
        self._refused: list[RefusedChange] = []
        self.list = LeavingList("conflict_list", _("To decide"))
        self.cards = ConflictCards("conflict_card")
        self.refused_card = RefusedCard()
        self._empty = plain("muted", wraps=True)
        self._empty.setText(_("Nothing to decide: nobody wrote into the same place at once, the centre took all."))
        self._says = plain("", wraps=True)
        self.open_key = KeyButton("conflict_open", _("Open the ticket"), "Enter", "arrow-square-out", listens=False)
        self.retry_all = KeyButton("refused_retry_all", _("Offer all again"), "Alt+A", "arrow-clockwise")
        self.export = KeyButton("refused_export", _("Export"), "Alt+E", "export")
        self._lay_out()
        self.list.moved.connect(self._show_chosen)
        self.list.left.connect(self.left)
        self.list.opened.connect(lambda _target: self.open_chosen())
        self.cards.chosen.connect(lambda _index, change_id: self._settle(change_id))
        self.refused_card.retry_wanted.connect(lambda: self._retry([self._chosen_refused()]))
        self.refused_card.put_back_wanted.connect(self._put_back)
        self.refused_card.drop_wanted.connect(self._drop)
        self.refused_card.done.connect(self._take_focus)
        self.open_key.clicked.connect(self.open_chosen)
        self.retry_all.clicked.connect(lambda: self._retry([*self._refused]))
        self.export.clicked.connect(self._export)
        parts.hub.rows_changed.connect(lambda _entities: self._refresh())
        parts.hub.central_changed.connect(self._refresh)

    # what the window does

    def start(self) -> None:
        """The page comes to the front."""
        self._say("")
        self.refresh()
        self._take_focus()
        step("conflicts_listed")

    def refresh(self) -> None:
        uses, me = self._parts.uses, self._parts.work_number()
        self._parts.hub.worker.latest(
            READ, lambda: (uses.reading.open(me), uses.refused.read()), lambda found: self._came(*found), owner=self
        )

    def open_chosen(self) -> None:
        """The ticket of the row that is chosen; nothing where it is about something else."""
        ticket = self._ticket_of_chosen()
        if ticket:
            self._open_ticket(ticket)

    # what it shows

    def _refresh(self) -> None:
        if self.isVisible():
            self.refresh()

    def _came(self, conflicts: list[OpenConflict], refused: list[RefusedChange]) -> None:
        self._conflicts, self._refused = conflicts, refused
        tongue = self._parts.tongue()
        rows = [presenter.conflict_row(one, tongue) for one in conflicts]
        rows += [presenter.refused_row(one, tongue) for one in refused]
        self.list.show_rows(rows)
        self._empty.setVisible(not rows)
        self.retry_all.setVisible(any(one.set_aside.dropped is None for one in refused))
        self.export.setVisible(bool(refused))
        self._show_chosen()
        if self.isVisible() and not self.list.hasFocus() and not self.refused_card.why.hasFocus():
            self._take_focus()

    def _take_focus(self) -> None:
        """The list where it has rows; else the page itself, so that Esc leaves."""
        widget = self.list if self.list.rows else self
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_chosen(self) -> None:
        tongue, conflict, refused = self._parts.tongue(), self._chosen_conflict(), self._chosen_refused()
        self.cards.show_views([presenter.conflict(conflict, tongue)] if conflict else [])
        if not self.refused_card.why.hasFocus():
            self.refused_card.show_view(presenter.refused(refused, tongue) if refused else None)
        self.open_key.setVisible(bool(self._ticket_of_chosen()))
        self._area.ensureVisible(0, self.list.top_of_chosen, 0, ROW_HEIGHT)

    def _chosen_conflict(self) -> OpenConflict | None:
        target = self.list.chosen.target if self.list.chosen else ""
        return next((one for one in self._conflicts if presenter.conflict_target(one) == target), None)

    def _chosen_refused(self) -> RefusedChange | None:
        target = self.list.chosen.target if self.list.chosen else ""
        return next((one for one in self._refused if presenter.refused_target(one) == target), None)

    def _ticket_of_chosen(self) -> str:
        chosen = self._chosen_conflict() or self._chosen_refused()
        return chosen.thing.entity_id if chosen is not None and chosen.thing.entity == "ticket" else ""

    # what is done

    def _settle(self, change_id: str) -> None:
        conflict = self._chosen_conflict()
        if conflict is not None:
            self._parts.settle(conflict, change_id, self._settled, self._failed)

    def _settled(self) -> None:
        self._say(_("Settled. The other version stays in the history."))
        self.refresh()

    def _retry(self, wanted: list[RefusedChange | None]) -> None:
        ids = [one.set_aside.change.change_id for one in wanted if one is not None and one.set_aside.dropped is None]
        if ids:
            words = ngettext("{n} is offered to the centre again.", "{n} are offered to the centre again.", len(ids))
            refused = self._parts.uses.refused
            self._do(lambda: refused.retry(ids), lambda _none: words.format(n=len(ids)))

    def _put_back(self) -> None:
        one, refused = self._chosen_refused(), self._parts.uses.refused
        if one is not None:
            change_id = one.set_aside.change.change_id
            self._do(
                lambda: refused.put_back(change_id), lambda _done: _("It is back, and offered to the centre again.")
            )

    def _drop(self, why: str) -> None:
        one, refused = self._chosen_refused(), self._parts.uses.refused
        if one is not None:
            change_id = one.set_aside.change.change_id
            self._do(lambda: refused.drop(change_id, why), _dropped)

    def _export(self) -> None:
        refused = self._parts.uses.refused
        self._do(refused.export, lambda path: _("Written to {file}").format(file=path))

    def _do(self, work: Callable[[], T], say: Callable[[T], str]) -> None:
        """On the worker; then the page is read anew and says how it went."""

        def done(result: T) -> None:
            self._parts.written()
            self._say(say(result))
            self.refresh()

        self._parts.hub.worker.run(work, done, self._failed, lane=SAVE_LANE, owner=self)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, ConflictMoved):
            self._say(_("It has changed meanwhile: look at it once more."))
            self.refresh()
            return
        self._say(_("Not saved: this seat's disk cannot be written. Try again."))
        self._parts.hub.failed(error)

    def _say(self, text: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        head = QHBoxLayout()
        title = plain("title")
        title.setText(_("To decide"))
        done = KeyButton("conflicts_done", _("Done"), "Esc", "check", "quiet", listens=False)
        done.clicked.connect(lambda: self.left.emit())
        head.addWidget(title, 1)
        head.addWidget(done)
        column.addLayout(head)
        self._area = scrolled("conflict_rows", self.list, self._empty)
        column.addWidget(self._area, 1)
        for widget in (self.cards, self.refused_card, self._says):
            column.addWidget(widget)
        self._says.hide()
        keys = QHBoxLayout()
        keys.setSpacing(Space.S)
        for button in (self.open_key, self.retry_all, self.export):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.hide()
            keys.addWidget(button)
        done.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keys.addStretch()
        column.addLayout(keys)


def _dropped(done: bool) -> str:
    if done:
        return _("Dropped. It stays in this list, and can be put back.")
    return _("The centre has taken it meanwhile.")
