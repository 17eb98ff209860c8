"""The middle of the window while nothing is open: what it waits for. Ui process, Qt's thread."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from desk.i18n import _
from desk.ui.icons import Picture
from desk.ui.theme import Space


class Welcome(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("welcome")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the keyboard rests here, and not in the dial field
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.addStretch(2)
        self._title = title = QLabel(_("Waiting for the next call"))
        title.setProperty("role", "title")
        says = QLabel(_("Its form opens here when you answer (F2). For a walk-in or an intercom request: Ctrl+N."))
        says.setProperty("role", "muted")
        says.setWordWrap(True)
        for label in (title, says):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(Picture("headset", "muted", 48))
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(Space.S)
        column.addWidget(title)
        column.addWidget(says)
        column.addStretch(3)

    def show_ringing(self, *, rings: bool) -> None:
        self._title.setText(_("A call rings: F2 answers it") if rings else _("Waiting for the next call"))
