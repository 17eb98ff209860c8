"""The form's fields as widgets, in their grid and tab order: what stands where, and nothing of what happens.

Every field has a line below or beside it for what is said about it: a refusal, an appointment in full, a hint.
Ui process, Qt's thread."""

from itertools import pairwise

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from desk.domain.tickets import Kind, Priority
from desk.ui import theme
from desk.ui import words as hotline
from desk.ui.intake import words
from desk.ui.intake.choice_row import Choice, ChoiceRow
from desk.ui.intake.content import Field
from desk.ui.suggest_box import Search, SuggestBox
from desk.ui.theme import Size, Space

LABEL_WIDTH = 92
DESCRIPTION_LINES = 4


class PlainField(QLineEdit):
    """A line edit whose Enter goes on to the next field."""

    def __init__(self, what: Field, prefix: str = "") -> None:
        super().__init__()
        self.setObjectName(f"{prefix}{what.value}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.focusNextChild()
            return
        super().keyPressEvent(event)


class Description(QPlainTextEdit):
    """What happened, in the caller's words. Tab goes on, Enter starts a line."""

    def __init__(self, prefix: str = "") -> None:
        super().__init__()
        self.setObjectName(f"{prefix}{Field.DESCRIPTION.value}")
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(Size.LEFT, DESCRIPTION_LINES * QFontMetrics(self.font()).lineSpacing() + Space.L)

    def minimumSizeHint(self) -> QSize:
        return QSize(Size.LEFT // 2, 2 * QFontMetrics(self.font()).lineSpacing() + Space.L)


class TextFields(QWidget):
    """The fields that are typed in. Texts are set and read by whoever shows them. `prefix`: of their object names,
    where they stand in the window a second time."""

    def __init__(
        self, search_category: Search, search_place: Search, parent: QWidget | None = None, *, prefix: str = ""
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{prefix}intake_fields")
        self.category = SuggestBox(f"{prefix}{Field.CATEGORY.value}", search_category)
        self.place = SuggestBox(f"{prefix}{Field.PLACE.value}", search_place)
        self.description = Description(prefix)
        self.contact = PlainField(Field.CONTACT, prefix)
        self.caller = PlainField(Field.CALLER, prefix)
        self.appointment = PlainField(Field.APPOINTMENT, prefix)
        self.lines: dict[Field, QLineEdit] = {
            Field.CATEGORY: self.category,
            Field.PLACE: self.place,
            Field.CONTACT: self.contact,
            Field.CALLER: self.caller,
            Field.APPOINTMENT: self.appointment,
        }
        self.widgets: dict[Field, QWidget] = {
            Field.CATEGORY: self.category,
            Field.PLACE: self.place,
            Field.DESCRIPTION: self.description,
            Field.CONTACT: self.contact,
            Field.CALLER: self.caller,
            Field.APPOINTMENT: self.appointment,
        }
        self._add_chips()
        self.notes: dict[Field, QLabel] = {what: _note(what, prefix) for what in self.widgets}
        for what, widget in self.widgets.items():
            widget.setAccessibleName(words.name(what))
        for what, line in self.lines.items():
            line.setPlaceholderText(words.placeholder(what))
        self.description.setPlaceholderText(words.placeholder(Field.DESCRIPTION))
        self._lay_out()
        order = list(self.widgets.values())
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _add_chips(self) -> None:
        """Fields that are chosen among a few."""

    def say(self, what: Field, text: str, role: str) -> None:
        """The line that belongs to this field; "" hides it. `role` as in the theme: error, warning, ok, caption."""
        note = self.notes[what]
        note.setText(text)
        theme.mark(note, role)
        if what is not Field.APPOINTMENT:  # its line stands beside it and keeps its room
            note.setVisible(bool(text))
        widget = self.widgets[what]
        if bool(widget.property("wrong")) != (role == "error" and bool(text)):
            widget.setProperty("wrong", role == "error" and bool(text))
            theme.repolish(widget)

    def show_text(self, what: Field, text: str) -> None:
        """A text field's content, set only where it differs: the cursor does not jump."""
        widget = self.widgets[what]
        if isinstance(widget, SuggestBox):
            widget.show_text(text)
        elif isinstance(widget, QLineEdit) and widget.text() != text:
            widget.setText(text)
        elif isinstance(widget, QPlainTextEdit) and widget.toPlainText() != text:
            widget.setPlainText(text)

    def field_with_focus(self) -> tuple[Field, int] | None:
        """The field that has the focus and the cursor in it (0 where it has none)."""
        return next((self.cursor_in(widget) for widget in self.widgets.values() if widget.hasFocus()), None)

    def cursor_in(self, widget: QObject) -> tuple[Field, int] | None:
        """Where the cursor stands in this field; None for what is no field."""
        what = next((what for what, known in self.widgets.items() if known is widget), None)
        if what is None:
            return None
        if isinstance(widget, QLineEdit):
            return what, widget.cursorPosition()
        if isinstance(widget, QPlainTextEdit):
            return what, widget.textCursor().position()
        return what, 0

    def put_cursor(self, what: Field, position: int) -> None:
        widget = self.widgets[what]
        if isinstance(widget, QLineEdit):
            widget.setCursorPosition(min(position, len(widget.text())))
        elif isinstance(widget, QPlainTextEdit):
            cursor = widget.textCursor()
            cursor.setPosition(min(position, len(widget.toPlainText())))
            widget.setTextCursor(cursor)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.XS)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        row = 0
        for what in (Field.KIND, Field.CATEGORY, Field.PLACE, Field.DESCRIPTION):
            if what in self.widgets:
                self._add(grid, row, what, self.widgets[what])
                row += 3
        grid.setRowStretch(row - 3, 1)  # the description takes what room there is
        people = QHBoxLayout()
        people.setSpacing(Space.M)
        people.addWidget(self.contact, 3)
        people.addWidget(_label(Field.CALLER, self.caller))
        people.addWidget(self.caller, 2)
        self._add(grid, row, Field.CONTACT, people)
        grid.addWidget(self.notes[Field.CALLER], row + 2, 1)
        row += 4
        visit = QHBoxLayout()
        visit.setSpacing(Space.M)
        visit.addWidget(self.appointment, 2)
        visit.addWidget(self.notes[Field.APPOINTMENT], 3)
        grid.addWidget(_label(Field.APPOINTMENT, self.appointment), row, 0)
        grid.addLayout(visit, row, 1)
        grid.setRowMinimumHeight(row + 1, Space.XS)
        if Field.PRIORITY in self.widgets:
            importance = QHBoxLayout()
            importance.setSpacing(Space.S)
            importance.addWidget(self.widgets[Field.PRIORITY])
            importance.addWidget(_key("Alt+↑↓"))
            importance.addStretch(1)
            self._add(grid, row + 2, Field.PRIORITY, importance)

    def _add(self, grid: QGridLayout, row: int, what: Field, field: QWidget | QHBoxLayout) -> None:
        if what is Field.KIND:  # its chips show the last stroke only
            cell = QHBoxLayout()
            cell.addWidget(_label(what, self.widgets[what]))
            cell.addStretch()
            cell.setSpacing(Space.XS)
            cell.addWidget(_key("Alt+"))
            grid.addLayout(cell, row, 0)
        else:
            grid.addWidget(_label(what, self.widgets[what]), row, 0, Qt.AlignmentFlag.AlignTop)
        if isinstance(field, QWidget):
            grid.addWidget(field, row, 1)
        else:
            grid.addLayout(field, row, 1)
        grid.addWidget(self.notes[what], row + 1, 1)
        grid.setRowMinimumHeight(row + 2, Space.XS)


class Fields(TextFields):
    """All fields of the form."""

    def _add_chips(self) -> None:
        self.kind = ChoiceRow(
            Field.KIND.value,
            words.name(Field.KIND),
            [Choice(kind, hotline.kind(kind), f"Alt+{digit}") for digit, kind in enumerate(Kind, 1)],
        )
        self.priority = ChoiceRow(
            Field.PRIORITY.value,
            words.name(Field.PRIORITY),
            [Choice(priority, hotline.priority(priority)) for priority in Priority],
        )
        self.widgets = {Field.KIND: self.kind, **self.widgets, Field.PRIORITY: self.priority}


def _label(what: Field, buddy: QWidget) -> QLabel:
    label = QLabel(words.name(what))
    label.setProperty("role", "muted")
    label.setFixedHeight(Size.CONTROL)
    label.setBuddy(buddy)
    return label


def _key(text: str) -> QLabel:
    key = QLabel(text)
    key.setProperty("role", "key")
    key.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return key


def _note(what: Field, prefix: str) -> QLabel:
    note = QLabel()
    note.setObjectName(f"{prefix}{what.value}_note")
    note.setWordWrap(True)
    if what is not Field.APPOINTMENT:  # which keeps its room; shown without a parent it would be a window
        note.hide()
    return note
