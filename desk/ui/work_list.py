"""What is open, below the card: drafts first, then the tickets and calls of late. Ui process, Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.caller.card import Section
from desk.ui.caller.look_back import FORM_KEY
from desk.ui.caller.look_back import KEY as LOOK_BACK
from desk.ui.key_button import KeyButton
from desk.ui.rows_presenter import Row
from desk.ui.theme import Space
from desk.ui.work_list_presenter import WorkView


class WorkList(QFrame):
    """`opened(target)`: "draft:ID", "ticket:ID" or "call:ID". `new_wanted()`: an empty form. `who_wanted()`: say who
    the call in the chosen row was with. `form_wanted()`: a form for that call."""

    opened = Signal(str)
    new_wanted = Signal()
    who_wanted = Signal()
    form_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("work_list")
        self.setAccessibleName(_("What is open"))
        theme.mark(self, "panel")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, Space.XS, 1, 1)
        outer.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(Space.L, Space.XS, Space.XS, 0)
        head.setSpacing(0)
        title = QLabel(_("What is open"))
        title.setProperty("role", "strong")
        self.go_key = KeyButton("go_work_list", _("Go to the list"), "F12", "list-bullets", "quiet", shows_words=False)
        self.new_key = KeyButton("new_form", _("New form"), "Ctrl+N", "plus", "quiet")
        for button in (self.go_key, self.new_key):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.new_key.clicked.connect(lambda: self.new_wanted.emit())
        self.go_key.clicked.connect(lambda: self.take_focus())
        head.addWidget(title, 1)
        head.addWidget(self.go_key)
        head.addWidget(self.new_key)
        outer.addLayout(head)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(scroll, 1)
        body = QWidget()
        scroll.setWidget(body)
        column = QVBoxLayout(body)
        column.setContentsMargins(Space.S, 0, Space.S, Space.S)
        column.setSpacing(0)
        self.drafts = Section("work_drafts", _("Drafts"), "note-pencil")
        self.tickets = Section("work_tickets", _("Recent tickets"), "ticket")
        self.calls = Section("work_calls", _("Recent calls"), "phone")
        who_key = KeyButton("who_was_it", _("Who was it"), LOOK_BACK, "user", "quiet", shows_words=False)
        who_key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        who_key.clicked.connect(lambda: self.who_wanted.emit())
        form_key = KeyButton(
            "form_of_call", _("Form for this call"), FORM_KEY, "note-pencil", "quiet", shows_words=False
        )
        form_key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        form_key.clicked.connect(lambda: self.form_wanted.emit())
        for key in (form_key, who_key):
            self.calls.head.addWidget(key)
        self._empty = QLabel(_("Nothing is open. Drafts, tickets and calls will stand here."))
        self._empty.setProperty("role", "muted")
        self._empty.setWordWrap(True)
        column.addWidget(self._empty)
        for section in (self.drafts, self.tickets, self.calls):
            section.list.opened.connect(self.opened)
            column.addWidget(section)
        column.addStretch(1)

    def show_drafts(self, rows: Sequence[Row]) -> None:
        self.drafts.show_rows(rows)
        self._show_empty()

    def show_view(self, view: WorkView) -> None:
        self.tickets.show_rows(view.tickets)
        self.calls.show_rows(view.calls)
        self._show_empty()

    def _show_empty(self) -> None:
        self._empty.setVisible(not any(section.list.rows for section in (self.drafts, self.tickets, self.calls)))

    def take_focus(self) -> None:
        """The keyboard goes to the first list that has rows."""
        for section in (self.drafts, self.tickets, self.calls):
            if section.list.rows:
                section.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return
