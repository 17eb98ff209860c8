"""A change that the centre would not take, in full, and what can be done with it: offer it again (Alt+R), drop it with
a reason (Alt+X), put a dropped one back (Alt+B). Ui process, Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from desk.i18n import _
from desk.ui import theme
from desk.ui.conflict.presenter import RefusedView
from desk.ui.key_button import KeyButton
from desk.ui.labels import plain
from desk.ui.leaving_field import LeavingField
from desk.ui.theme import Space


class RefusedCard(QFrame):
    """`retry_wanted()`, `put_back_wanted()`, `drop_wanted(why)`; `done()`: the keyboard goes back to the list."""

    retry_wanted = Signal()
    put_back_wanted = Signal()
    drop_wanted = Signal(str)
    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("refused_card")
        theme.mark(self, "card")
        self._title, self._why = plain("strong", wraps=True), plain("", wraps=True)
        self._fields, self._detail = plain("", wraps=True), plain("caption", wraps=True)
        self._dropped = plain("warning", wraps=True)
        self.retry = KeyButton("refused_retry", _("Offer again"), "Alt+R", "arrow-clockwise")
        self.drop = KeyButton("refused_drop", _("Drop ..."), "Alt+X", "trash")
        self.put_back = KeyButton("refused_put_back", _("Put back"), "Alt+B", "arrow-counter-clockwise")
        self.why = LeavingField()
        self.why.setObjectName("refused_why")
        self.why.setAccessibleName(_("Why it is dropped"))
        self.why.setPlaceholderText(_("Why? Enter drops it, Esc keeps it"))
        self.why.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.XS)
        for label in (self._title, self._fields, self._why, self._dropped, self._detail):
            column.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for button in (self.retry, self.drop, self.put_back):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
        row.addWidget(self.why, 1)
        row.addStretch()
        column.addLayout(row)
        self.retry.clicked.connect(lambda: self.retry_wanted.emit())
        self.put_back.clicked.connect(lambda: self.put_back_wanted.emit())
        self.drop.clicked.connect(self._ask_why)
        self.why.returnPressed.connect(self._dropping)
        self.why.left.connect(self._keep)
        self.hide()

    def show_view(self, view: RefusedView | None) -> None:
        """None: nothing of the kind is chosen."""
        self.setVisible(view is not None)
        self.why.hide()
        if view is None:
            return
        self._title.setText(view.title)
        self._fields.setText("\n".join(view.fields))
        self._fields.setVisible(bool(view.fields))
        self._why.setText(view.why + ("" if view.dropped else f" · {view.to_do}"))
        self._detail.setText(view.detail)
        self._detail.setVisible(bool(view.detail))
        self._dropped.setText(view.dropped)
        self._dropped.setVisible(bool(view.dropped))
        for button in (self.retry, self.drop):
            button.setVisible(not view.dropped)
        self.put_back.setVisible(bool(view.dropped))
        self.setAccessibleName(". ".join((view.title, view.why, view.to_do, view.dropped)))

    def _ask_why(self) -> None:
        self.why.clear()
        self.why.show()
        self.why.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _dropping(self) -> None:
        if self.why.text().strip():
            why = self.why.text()
            self._keep()
            self.drop_wanted.emit(why)

    def _keep(self) -> None:
        self.why.hide()
        self.done.emit()
