"""The line below the form's fields that asks for the place to be read back to the caller: what to say, why, and the key
for "they agreed". Below the fields, so that nothing moves under the hands of somebody who types. Ui process, Qt's
thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from desk.domain.read_back import Ask
from desk.i18n import _
from desk.ui import theme
from desk.ui.icons import Picture
from desk.ui.intake import words
from desk.ui.key_button import KeyButton
from desk.ui.theme import Space


class ReadBackBar(QFrame):
    """`agreed()`: it was read back and the caller agreed."""

    agreed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("read_back")
        theme.mark(self, "banner-warn")
        self._words = QLabel()
        self._words.setObjectName("read_back_words")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self.key = KeyButton("read_back_done", _("They agreed"), "Alt+V", "check", "quiet")
        self.key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.key.clicked.connect(lambda: self.agreed.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.XS, Space.XS, Space.XS)
        row.setSpacing(Space.S)
        row.addWidget(Picture("map-pin", "on_warn_soft"))
        row.addWidget(self._words, 1)
        row.addWidget(self.key)
        self.hide()

    @property
    def text(self) -> str:
        return self._words.text() if not self.isHidden() else ""

    def ask(self, why: Ask | None, place: str) -> None:
        """Show what to read back; None: nothing is in doubt."""
        if why is not None:
            said = words.read_back(why, place)
            self._words.setText(said)
            self.setAccessibleName(said)
        self.setVisible(why is not None)
