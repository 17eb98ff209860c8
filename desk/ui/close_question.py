"""Closing under a running call, or over text that the disk would not take: asked in a strip inside the window.
Ui process, Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from desk.i18n import _
from desk.ui import theme
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.theme import Space


class CloseQuestion(QFrame):
    """`confirmed()`: close all the same. `declined()`: stay. `is_about_loss`: what is asked now."""

    confirmed = Signal()
    declined = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("close_question")
        theme.mark(self, "banner-danger")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.S, Space.S, Space.S)
        row.setSpacing(Space.M)
        self._words = words = QLabel()
        words.setStyleSheet("font-weight: 600;")
        self._close = close = KeyButton("close_anyway", _("Close all the same"), "Ctrl+Shift+Q", "x", "danger")
        self.is_about_loss = False
        stay = KeyButton("close_stay", _("Stay"), "Esc", "arrow-u-up-left")
        row.addWidget(Picture("warning-fill", "on_danger_soft"))
        row.addWidget(words, 1)
        row.addWidget(stay)
        row.addWidget(close)
        for button in (close, stay):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(lambda: self.confirmed.emit())
        stay.clicked.connect(self.hide)
        stay.clicked.connect(lambda: self.declined.emit())
        self.hide()

    def ask(self, *, hangs_up: bool, loses: bool) -> None:
        self.is_about_loss = loses
        self._close.say(_("Hang up and close") if hangs_up else _("Close all the same"))
        if not loses:
            self._words.setText(_("A call is running. Closing Desk hangs up."))
        elif not hangs_up:
            self._words.setText(_("The last you typed is not on disk. Closing Desk loses it."))
        else:
            self._words.setText(_("A call is running, and the last you typed is not on disk. Closing Desk loses it."))
        self.show()
