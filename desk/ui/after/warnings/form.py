"""What whoever raises a warning says: six facts and how long ago they saw it coming. The same form writes a returned
one better. Ctrl+Enter raises it. Ui process, Qt's thread."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from desk.domain.ladder import FACTS
from desk.domain.warning_moves import WarningFacts
from desk.i18n import _, ngettext
from desk.ui import theme
from desk.ui.after.warnings import words
from desk.ui.after.warnings.fields import Line, Words, mark_wrong
from desk.ui.key_button import KeyButton
from desk.ui.labels import plain
from desk.ui.theme import Space

_LINES = frozenset({"caller_number", "area"})
_MOST_MINUTES = 24 * 60


class WarningForm(QFrame):
    """`done()`: raise it, or write it again. `left()`: Escape."""

    done = Signal()
    left = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._title, self._says = plain("strong", wraps=True), plain("error", wraps=True)
        self._returned, self._evidence = plain("warning", wraps=True), plain("caption", wraps=True)
        self.fields: dict[str, Line | Words] = {
            fact: Line(f"{name}_{fact}", words.fact(fact))
            if fact in _LINES
            else Words(f"{name}_{fact}", words.fact(fact))
            for fact in FACTS
        }
        self.minutes = Line(f"{name}_minutes", _("Seen coming, minutes ago"))
        self.minutes.setValidator(QIntValidator(0, _MOST_MINUTES, self.minutes))
        self.minutes.setFixedWidth(64)
        self.raise_key = KeyButton(f"{name}_raise", _("Raise the warning"), "Ctrl+Return", "warning", "primary")
        self.raise_key.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.raise_key.clicked.connect(lambda: self.done.emit())
        for widget in (*self.fields.values(), self.minutes):
            widget.left.connect(self.left)
        self._lay_out()
        self._says.hide()
        self.hide()

    def start(self, facts: WarningFacts, *, evidence: int, returned: str | None = None) -> None:
        """Empty but for what is known. `returned`: why a warning came back, where this is one."""
        for fact, widget in self.fields.items():
            widget.setText(getattr(facts, fact))
            mark_wrong(widget, wrong=False)
        self.minutes.setText("0")
        again = returned is not None
        self._title.setText(_("Write the warning better") if again else _("Raise a complaint early warning"))
        self.raise_key.say(_("Raise it again") if again else _("Raise the warning"))
        self._returned.setText(_("Returned: {words}").format(words=returned) if returned else "")
        self._returned.setVisible(bool(returned))
        told = ngettext(
            "{n} call of this ticket goes along as evidence.",
            "{n} calls of this ticket go along as evidence.",
            evidence,
        )
        self._evidence.setText(told.format(n=evidence) if evidence else _("This ticket has no call as evidence yet."))
        self._evidence.setVisible(not again)
        self._minutes_label.setVisible(not again)
        self.minutes.setVisible(not again)
        self.say("")

    def facts(self) -> WarningFacts:
        return WarningFacts(**{fact: widget.text().strip() for fact, widget in self.fields.items()})

    def minutes_ago(self) -> int:
        """When it was seen coming; 0 where nothing was typed."""
        text = self.minutes.text().strip()
        return int(text) if text.isdigit() else 0

    def focus_first(self) -> None:
        """On the first field that nobody has filled."""
        empty = (widget for widget in self.fields.values() if not widget.text().strip())
        next(empty, self.fields["unhappy_with"]).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refuse(self, text: str, fields: Iterable[str] = ()) -> None:
        """Nothing was written: why, and which fields are to blame."""
        wrong = set(fields)
        for fact, widget in self.fields.items():
            mark_wrong(widget, wrong=fact in wrong)
        self.say(text)
        first = next((self.fields[fact] for fact in FACTS if fact in wrong), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, text: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self._title)
        column.addWidget(self._returned)
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(2)
        places = {"caller_number": (0, 0), "area": (0, 1), "issue": (2, 0), "verified": (2, 1)}
        places |= {"unhappy_with": (4, 0), "difficulty": (4, 1)}
        for fact, (row, column_) in places.items():
            label = _label(words.fact(fact))
            label.setBuddy(self.fields[fact])
            grid.addWidget(label, row, column_)
            grid.addWidget(self.fields[fact], row + 1, column_)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        last = QHBoxLayout()
        last.setSpacing(Space.S)
        self._minutes_label = _label(_("Seen coming, minutes ago"))
        last.addWidget(self._minutes_label)
        last.addWidget(self.minutes)
        last.addWidget(self._evidence, 1)
        last.addStretch()
        last.addWidget(self.raise_key)
        column.addWidget(self._says)
        column.addLayout(last)


def _label(text: str) -> QLabel:
    label = QLabel(text)
    theme.mark(label, "caption")
    return label
