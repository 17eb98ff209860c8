"""Who is calling: the card on the left. Name and home first, the others whom the number may stand for (F8 leafs
through them), what asks for care (tags, notes), open tickets, notices that apply to the building, what is past; and
always at the bottom the search (F9) that finds the caller where the number does not, and attaches it in one step;
Ctrl+Shift+F9 is the step back.

Built once and refilled: showing another caller makes no widget, so that the profile is painted within milliseconds of
the query. Ui process, Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.caller.card_presenter import CandidateView, CardView
from desk.ui.chosen_list import LeavingList
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.rows import Chips, RowList
from desk.ui.rows_presenter import Row
from desk.ui.suggest_box import Search, SuggestBox
from desk.ui.text_line import TextLine
from desk.ui.theme import Space

PAST_SHOWN = 12


class Section(QWidget):
    """A heading and its rows; not there while it has none. `head`: the heading's line, for a key of the rows."""

    def __init__(self, name: str, words: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.S, 0, 0)
        column.setSpacing(Space.XS)
        self.head = head = QHBoxLayout()
        head.setContentsMargins(Space.S, 0, 0, 0)
        head.setSpacing(Space.XS)
        self._title = TextLine(words, role="strong")
        head.addWidget(Picture(icon))
        head.addWidget(self._title, 1)
        column.addLayout(head)
        self.list = RowList(name, words)
        column.addWidget(self.list)
        self.hide()

    def show_rows(self, rows: Sequence[Row], total: int | None = None) -> None:
        self.list.show_rows(rows)
        self._title.setText(f"{self._words}  {len(rows) if total is None else total}")
        self.setVisible(bool(rows))


class _Notice(QFrame):
    """A notice's title in one line; its text stands on the right."""

    def __init__(self, row: Row) -> None:
        super().__init__()
        self.setObjectName("card_notice")
        self.setToolTip(row.text)
        self.setAccessibleName(f"{row.lead} {row.tail}: {row.text}")
        theme.mark(self, "banner-warn")
        line = QHBoxLayout(self)
        line.setContentsMargins(Space.S, Space.XS, Space.S, Space.XS)
        line.setSpacing(Space.XS)
        until = QLabel(row.tail)
        line.addWidget(Picture("megaphone", "on_warn_soft"))
        line.addWidget(TextLine(row.lead), 1)
        line.addWidget(until)


class CallerCard(QFrame):
    """`opened(target)`: a ticket or call row. `next_wanted()`: the next candidate. `caller_found(value)`: what the
    search gave. `not_them_wanted()`: the number is not theirs who are in front. `sought(text)`: what stands in the
    search, "" where it was left. `tag_toggled(tag)`: a tag that not everybody may read is to be put on or taken away.
    `painted()`: what was shown last has been painted once."""

    opened = Signal(str)
    next_wanted = Signal()
    caller_found = Signal(object)
    not_them_wanted = Signal()
    sought = Signal(str)
    tag_toggled = Signal(str)
    focus_left = Signal()
    painted = Signal()

    def __init__(self, search: Search, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("caller_card")
        self.setAccessibleName(_("Who is calling"))
        theme.mark(self, "panel")
        self._view: CardView | None = None
        self._unpainted = self._tags_open = False
        self._notices: list[_Notice] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(self._scroll)
        body = QWidget()
        self._scroll.setWidget(body)
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        self._column.setSpacing(Space.XS)
        self._fill_identity()
        self._fill_lists()
        self._column.addStretch(1)
        self._fill_search(search, outer)

    def _label(self, name: str, role: str, *, wraps: bool = False) -> QLabel:
        label = QLabel() if wraps else TextLine()
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", role)
        label.setWordWrap(wraps)
        return label

    def _fill_identity(self) -> None:
        self._name = self._label("card_name", "big")
        self._place = self._label("card_place", "strong")
        self._number = self._label("card_number", "muted")
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._chips = Chips("card_chips")
        self._note = self._label("card_note", "warning", wraps=True)
        self._hint = self._label("card_hint", "muted", wraps=True)
        self._assistant = self._label("card_assistant", "muted")
        for label in (self._number, self._assistant):
            label.setProperty("shows_number", True)  # see `dial_anywhere`
        self._people = self._label("card_people", "muted", wraps=True)
        self._column.addWidget(self._name)
        home = QHBoxLayout()
        home.setSpacing(Space.S)
        home.addWidget(self._place, 3)
        home.addWidget(self._number, 2)
        self._column.addLayout(home)
        for widget in (self._chips, *self._tag_list(), self._note, self._hint, self._several(), self._not_them()):
            self._column.addWidget(widget)

    def _tag_list(self) -> tuple[QWidget, QWidget]:
        """The tags that not everybody may read, opened by their key; neither is there for whoever may not."""
        self.tag_list = LeavingList("card_tags", _("Sensitive tags"))
        self.tags_key = KeyButton("sensitive_tags", _("Sensitive tags"), "Ctrl+Shift+T", "", "quiet")
        self.tags_key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tags_key.clicked.connect(lambda: self._open_tags(not self.tag_list.isVisible()))
        self.tags_key.hide()
        self.tag_list.opened.connect(self.tag_toggled)
        self.tag_list.left.connect(lambda: self._open_tags(False))
        return self.tags_key, self.tag_list

    def _open_tags(self, opens: bool) -> None:
        self._tags_open = opens and self._view is not None and bool(self._view.tags)
        self._show_tags()
        if self._tags_open:
            self.tag_list.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.focus_left.emit()

    def _show_tags(self) -> None:
        tags = self._view.tags if self._view is not None else ()
        self.tags_key.setVisible(bool(tags))
        self.tag_list.show_rows(tags if self._tags_open else ())

    def _several(self) -> QWidget:
        """The others whom the number may stand for, in one line with the key that leafs through them."""
        self._others = QFrame()
        self._others.setObjectName("card_candidates")
        theme.mark(self._others, "card")
        row = QHBoxLayout(self._others)
        row.setContentsMargins(Space.S, 0, 0, 0)
        row.setSpacing(Space.XS)
        self._other_names = TextLine(role="muted")
        self._other_names.setObjectName("card_other_names")
        self.next_key = KeyButton("next_candidate", _("Next"), "F8", "", "quiet")
        self.next_key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.next_key.clicked.connect(lambda: self.next_wanted.emit())
        row.addWidget(Picture("users"))
        row.addWidget(self._other_names, 1)
        row.addWidget(self.next_key)
        self._others.hide()
        return self._others

    def _not_them(self) -> QWidget:
        self.not_them = KeyButton("not_them", _("Not their number"), "Ctrl+Shift+F9", "", "quiet")
        self.not_them.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.not_them.clicked.connect(lambda: self.not_them_wanted.emit())
        self.not_them.hide()
        return self.not_them

    def _fill_search(self, search: Search, outer: QVBoxLayout) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(Space.M, Space.XS, Space.M, Space.S)
        row.setSpacing(Space.XS)
        self.search = SuggestBox("caller_search", search, takes_unseen=False)
        self.search.setAccessibleName(_("Search the caller"))
        self.search.setPlaceholderText(_("Name, room or number"))
        self.search.taken.connect(self._found)
        self.search.typed.connect(self.sought)
        self.search.editingFinished.connect(self._left)
        self.search.moved_on.connect(self.focus_left)
        self.find_key = KeyButton("find_caller", _("Find"), "F9", "magnifying-glass")
        self.find_key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.find_key.clicked.connect(lambda: self.start_search())
        row.addWidget(self.search, 1)
        row.addWidget(self.find_key)
        outer.addLayout(row)

    def _fill_lists(self) -> None:
        self.open_tickets = Section("card_open_tickets", _("Open tickets"), "ticket")
        self._notice_column = QVBoxLayout()
        self._notice_column.setSpacing(Space.XS)
        self.past = Section("card_past", _("Past calls and tickets"), "clock-counter-clockwise")
        for section in (self.open_tickets, self.past):
            section.list.opened.connect(self.opened)
        self._column.addWidget(self.open_tickets)
        self._column.addLayout(self._notice_column)
        self._column.addWidget(self._assistant)
        self._column.addWidget(self._people)
        self._column.addWidget(self.past)

    def start_search(self) -> None:
        """The keyboard goes to the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _found(self, value: object) -> None:
        self.search.show_text("")
        self.caller_found.emit(value)
        self.sought.emit("")

    def _left(self) -> None:
        self.sought.emit("")

    def show_view(self, view: CardView, *, anew: bool = False) -> None:
        """Show this caller. `anew`: another call's, of whom the same may be known; that it is painted is told again."""
        if view == self._view and not anew:
            return
        old, self._view = self._view, view
        self._unpainted = view.kind not in ("none", "looking")
        theme.mark(self._name, "big" if view.kind != "none" else "title")
        self._name.setText(view.name or _("Nobody is calling"))
        number = "" if view.number == view.name else view.number
        for label, text in (
            (self._place, view.place if view.place != view.name else ""),
            (self._number, number),
            (self._note, view.note),
            (self._hint, view.hint),
            (self._assistant, _("Area assistant: {who}").format(who=view.assistant) if view.assistant else ""),
            (self._people, _("Household: {people}").format(people=view.people) if view.people else ""),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self._chips.show_chips(view.chips)
        self._tags_open = self._tags_open and not anew and bool(view.tags)
        self._show_tags()
        self._show_candidates(view.candidates)
        self.not_them.setVisible(view.kind == "known")
        self._show_notices(view.notices)
        self.open_tickets.show_rows(view.open_tickets)
        self.past.show_rows(view.past[:PAST_SHOWN], len(view.past))
        if old is None or (old.kind, old.name) != (view.kind, view.name):
            self._scroll.verticalScrollBar().setValue(0)
        self.update()

    def _show_candidates(self, candidates: Sequence[CandidateView]) -> None:
        self._others.setVisible(bool(candidates))
        others = [f"{c.name} {c.place}" if c.place != c.name else c.name for c in candidates if not c.chosen]
        self._other_names.setText(_("Or: {others}").format(others=_(", ").join(others)))

    def _show_notices(self, notices: Sequence[Row]) -> None:
        for old in self._notices:
            old.hide()  # and never setParent(None): a show that is queued would open it as a window with the focus
            old.deleteLater()
        self._notices = [_Notice(row) for row in notices]
        for notice in self._notices:
            self._notice_column.addWidget(notice)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._unpainted:
            self._unpainted = False
            QTimer.singleShot(0, self, self._tell_painted)

    def _tell_painted(self) -> None:
        """After the whole window has been flushed: the event that follows its paint."""
        self.painted.emit()
