"""A key of a row of many: lower than others, and with the last part of its key only where "Alt+" stands once before
them all. Ui process, Qt's thread."""

from PySide6.QtCore import QSize

from desk.ui.key_button import KeyButton

HEIGHT = 28


class SmallKey(KeyButton):
    def cap(self) -> str:
        return self.key.rpartition("+")[2]

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width() - 6, HEIGHT)
