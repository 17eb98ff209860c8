"""A day and an hour as people type them ("明天", "周五下午", "1125 18点"), said back in full beside the field. Reads
what the form's home visit reads. Ui process, Qt's thread."""

from datetime import datetime, tzinfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.intake.window_entry import read_window
from desk.ui.theme import Space
from desk.usecases.ports import Clock


class DateField(QWidget):
    """`ends` True: a day without an hour means its end (a promise), else its beginning (to take something up again)."""

    entered = Signal()

    def __init__(
        self, name: str, words: str, clock: Clock, zone: tzinfo, *, ends: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._clock, self._zone, self._ends = clock, zone, ends
        self.field = QLineEdit()
        self.field.setObjectName(name)
        self.field.setAccessibleName(words)
        self.field.setPlaceholderText(_("tomorrow, Friday afternoon, 1125 18:00 ..."))
        self._read = QLabel()
        self._read.setObjectName(f"{name}_read")
        theme.mark(self._read, "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.field, 1)
        row.addWidget(self._read, 1)
        self.setFocusProxy(self.field)
        self.field.textChanged.connect(lambda _text: self._show())
        self.field.returnPressed.connect(self.entered)

    def value(self) -> datetime | None:
        """None where nothing is typed or it means no time."""
        window = read_window(self.field.text(), self._clock(), self._zone)
        if window is None:
            return None
        return window.until if self._ends and window.until > window.start else window.start

    def clear(self) -> None:
        self.field.clear()
        self.refuse(is_wrong=False)

    def refuse(self, *, is_wrong: bool) -> None:
        if bool(self.field.property("wrong")) != is_wrong:
            self.field.setProperty("wrong", is_wrong)
            theme.repolish(self.field)

    def _show(self) -> None:
        self.refuse(is_wrong=False)
        at = self.value()
        text = f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}" if at is not None else ""
        if not text and self.field.text().strip():
            text = _("not understood yet")
        self._read.setText(text)
        self.field.setAccessibleDescription(text)
