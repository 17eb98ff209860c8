"""What people write of a seat: what was bought, from whom, and what was done to it. Ctrl+Enter saves, Esc goes back. Ui
process, Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout

from desk.domain.seat_register import SeatRecord
from desk.health import seat_sheet
from desk.i18n import _
from desk.ui.key_button import KeyButton
from desk.ui.labels import selectable
from desk.ui.theme import Space

_LINES = ("asset", "place", "bought_on", "price", "supplier", "warranty_until")
_NOTES_HEIGHT = 130


class SeatEditor(QFrame):
    """`save_wanted()`, `left()`."""

    save_wanted = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("seat_editor")
        self.record: SeatRecord | None = None
        self.fields = {field: QLineEdit() for field in _LINES}
        self.notes, self.retired = QPlainTextEdit(), QCheckBox(seat_sheet.title("retired"))
        self._title = selectable("seat_editor_title", "title")
        self._says = selectable("seat_editor_says", "error")
        self._says.hide()
        self.save = KeyButton("seat_save", _("Save"), "Ctrl+Return", "check", "primary")
        self.back = KeyButton("seat_back", _("Back"), "Esc", "arrow-left", "quiet")
        self.save.clicked.connect(lambda: self.save_wanted.emit())
        self.back.clicked.connect(lambda: self.left.emit())
        self._lay_out()

    def open(self, record: SeatRecord) -> None:
        self.record = record
        self._title.setText(record.seat)
        for name, field in self.fields.items():
            field.setText(str(getattr(record, name)))
        self.notes.setPlainText(record.notes)
        self.retired.setChecked(record.retired)
        self.say("")
        self.fields["asset"].setFocus(Qt.FocusReason.OtherFocusReason)
        self.fields["asset"].selectAll()

    def typed(self) -> dict[str, str]:
        """As it stands, by field."""
        of_lines = {name: field.text() for name, field in self.fields.items()}
        return {**of_lines, "notes": self.notes.toPlainText(), "retired": "1" if self.retired.isChecked() else ""}

    def say(self, text: str, field: str = "") -> None:
        """What is wrong; the keyboard goes to the field that it is about."""
        self._says.setText(text)
        self._says.setVisible(bool(text))
        if text and (about := self.fields.get(field)) is not None:
            about.setFocus(Qt.FocusReason.OtherFocusReason)
            about.selectAll()

    def _lay_out(self) -> None:
        hints = {
            "bought_on": _("2026-03-05"),
            "warranty_until": _("2029-03-05"),
            "price": _("4599.00"),
            "place": _("Room and desk"),
        }
        form = QFormLayout()
        form.setHorizontalSpacing(Space.M)
        form.setVerticalSpacing(Space.S)
        for name, field in self.fields.items():
            field.setObjectName(f"seat_{name}")
            field.setAccessibleName(seat_sheet.title(name))
            field.setPlaceholderText(hints.get(name, ""))
            form.addRow(seat_sheet.title(name), field)
        self.notes.setObjectName("seat_notes")
        self.notes.setAccessibleName(seat_sheet.title("notes"))
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(_NOTES_HEIGHT)
        form.addRow(seat_sheet.title("notes"), self.notes)
        self.retired.setObjectName("seat_retired")
        form.addRow("", self.retired)
        foot = QHBoxLayout()
        foot.addWidget(self.save)
        foot.addStretch()
        foot.addWidget(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self._title)
        column.addLayout(form)
        column.addWidget(self._says)
        column.addStretch(1)
        column.addLayout(foot)
