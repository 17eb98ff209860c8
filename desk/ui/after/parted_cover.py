"""A cover of several parts, one in front: each has its key in the head, Alt+1 and on. Ui process, Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui.cover import Cover
from desk.ui.key_button import KeyButton
from desk.ui.labels import selectable
from desk.ui.theme import Space


class PartedCover(Cover):
    """`name` begins the object names of what it is made of. `_lay_out` is called once, when the parts are there."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._name, self._title = name, title
        self._says = selectable(f"{name}_says")
        self._says.hide()
        self._pages = QStackedWidget()
        self._keys: list[KeyButton] = []
        self.done = KeyButton(f"{name}_done", _("Done"), "Esc", "check", "quiet")

    def show_part(self, index: int) -> None:
        """It comes to the front, and has the keyboard."""
        raise NotImplementedError

    def _bring(self, index: int) -> None:
        self._pages.setCurrentIndex(index)
        for place, key in enumerate(self._keys):
            key.setChecked(place == index)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _say(self, text: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))

    def _lay_out(self, parts: Sequence[tuple[str, QWidget]]) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.XS)
        title = selectable(f"{self._name}_title", "title")
        title.setWordWrap(False)
        title.setText(self._title)
        head.addWidget(title)
        head.addSpacing(Space.M)
        for place, (words, part) in enumerate(parts):
            key = KeyButton(f"{self._name}_part_{place}", words, f"Alt+{place + 1}", "", "quiet")
            key.setCheckable(True)
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            key.clicked.connect(lambda _checked=False, p=place: self.show_part(p))
            self._keys.append(key)
            head.addWidget(key)
            self._pages.addWidget(part)
        head.addStretch()
        self.done.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.done.clicked.connect(lambda: self.left.emit())
        head.addWidget(self.done)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._says)
        column.addWidget(self._pages, 1)
