"""Labels for text that comes from outside: never markup, and to be copied. Ui process, Qt's thread."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desk.ui import theme


def plain(role: str = "", *, wraps: bool = False) -> QLabel:
    """`role` as in the stylesheet."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wraps)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        theme.mark(label, role)
    return label


def selectable(name: str, role: str = "") -> QLabel:
    """One that wraps and has an object name: what is read aloud on the telephone."""
    label = plain(role, wraps=True)
    label.setObjectName(name)
    return label
