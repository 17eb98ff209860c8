"""The call log in the middle of the window: every call, newest first, narrowed down by keys and by whom it was with;
the whole of the chosen one below. Enter opens its ticket, or its recording where there is no ticket.

The find field has the keyboard when the page opens (Down goes to the list): a number in any shape, a name, a place. Ui
process, Qt's thread; reading is done on the worker."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.domain.call_log import RecordingKept
from desk.i18n import _
from desk.ui import theme
from desk.ui.beside import call_log_presenter as presenter
from desk.ui.beside import fault_words
from desk.ui.beside.call_log_list import CallLogList
from desk.ui.beside.call_log_model import CallLogModel, Read
from desk.ui.caller.look_back import FORM_KEY
from desk.ui.caller.look_back import KEY as LOOK_BACK
from desk.ui.hub import Hub
from desk.ui.key_button import KeyButton
from desk.ui.leaving_field import FindField
from desk.ui.steps import step
from desk.ui.text_line import TextLine
from desk.ui.theme import Space
from desk.usecases.read_call_log import CallQuery, CallRow, Which

TYPED_MS = 200  # the search waits for so long a pause in the typing
LOGGED_MS = 1500  # sync has put an ended call into the log by then
ENTITIES = frozenset({"call", "recording", "ticket", "person", "number"})
_KINDS = (Which.ALL, Which.MISSED, Which.INCOMING, Which.OUTGOING, Which.REJECTED, Which.TRANSFERRED)
_FAULTY_DIGIT = 9  # 7 and 8 narrow any kind down
_LEAST_LIST = 36  # in the lowest window, with every strip on it
_DAYS_SHOWN = 2


@dataclass(frozen=True, kw_only=True)
class CallLogParts:
    """`read` (`ReadCallLog.read`) and `note_number` (a search for it goes on record, before its calls are shown) run on
    the worker. `work_number`: of whoever is signed in. `open_ticket`, `play`:
    by id."""

    read: Read
    note_number: Callable[[str], object]
    clock: Callable[[], datetime]
    zone: tzinfo
    work_number: Callable[[], str]
    open_ticket: Callable[[str], None]
    play: Callable[[str], None]


class CallLogPage(QFrame):
    """`left()`: done with it. `who_wanted()`: say who the chosen call was with. `form_wanted()`: a form for it."""

    left = Signal()
    who_wanted = Signal()
    form_wanted = Signal()

    def __init__(self, hub: Hub, parts: CallLogParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("call_log")
        self.setAccessibleName(_("Call log"))
        self._hub, self._parts = hub, parts
        self.model = CallLogModel(hub.worker, parts.read, parts.note_number, parts.clock, parts.zone, self)
        self._which, self._mine, self._today = Which.ALL, False, False
        self._chosen: str | None = None
        self.search = _Find()
        self.list = CallLogList()
        self.list.setMinimumHeight(_LEAST_LIST)
        self.list.setModel(self.model)
        self._empty = QLabel()
        self._empty.setObjectName("call_log_empty")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        theme.mark(self._empty, "muted")
        self._days = TextLine(role="muted")
        self._days.setObjectName("call_log_days")
        self._whole = _Whole()
        self._lay_out()
        self._typed = QTimer(self, interval=TYPED_MS, singleShot=True)
        self._typed.timeout.connect(self.ask)
        self._logged = QTimer(self, interval=LOGGED_MS, singleShot=True)
        self._logged.timeout.connect(self.refresh)
        self._connect()

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._typed.start())
        self.search.returnPressed.connect(self._find_now)
        self.search.went_down.connect(lambda: self.list.setFocus(Qt.FocusReason.TabFocusReason))
        self.search.left.connect(self.left)
        self.list.left.connect(self.left)
        self.list.opened.connect(self.open_chosen)
        self.list.selectionModel().currentChanged.connect(lambda index, _before: self._choose(index))
        self.model.came.connect(lambda _page: self._came())
        self.model.grew.connect(self._came)
        self.model.failed.connect(self._hub.failed)
        self.model.modelReset.connect(self._reset)
        self._hub.call_ended.connect(lambda _call: self._logged.start())
        self._hub.rows_changed.connect(self._rows_changed)

    # ---- what the window does

    def start(self) -> None:
        """The page comes to the front."""
        self.ask()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()
        step("call_log_shown")

    def ask(self) -> None:
        """Read what the keys and the field ask for."""
        self._typed.stop()
        query = CallQuery(self._which, self.search.text().strip())
        if self._mine:
            query = replace(query, agent=self._parts.work_number())
        if self._today:
            query = replace(query, day=self._parts.clock().astimezone(self._parts.zone).date())
        self.model.ask(query)

    def chosen(self) -> CallRow | None:
        return self.model.row(self.list.currentIndex())

    def open_chosen(self) -> None:
        """Its ticket, else its recording."""
        row = self.chosen()
        if row is None:
            return
        if row.call.ticket_id:
            self._parts.open_ticket(row.call.ticket_id)
        else:
            self.play_chosen()

    def play_chosen(self) -> None:
        row = self.chosen()
        if row is not None:
            self._parts.play(row.call.call_id)

    def call_back(self) -> None:
        row = self.chosen()
        if row is not None and row.call.number:
            self._hub.call_back_requested.emit(row.call.number, row.call.line)

    # ---- what it shows

    def refresh(self) -> None:
        """Calls, or whose they are, may have changed."""
        if self.isVisible():
            self.model.refresh()

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        if ENTITIES.intersection(entities):
            self.refresh()

    def _find_now(self) -> None:
        if self._typed.isActive():
            self.ask()
        self.list.setFocus(Qt.FocusReason.TabFocusReason)

    def _reset(self) -> None:
        """The rows are others: the call that was chosen stays chosen where it is among them."""
        index = self.model.index_of(self._chosen) if self._chosen else QModelIndex()  # type: ignore[arg-type]
        self.list.setCurrentIndex(index if index.isValid() else self.model.index(0))

    def _came(self) -> None:
        none = self.model.rowCount() == 0
        self._empty.setVisible(none)
        self.list.setVisible(not none)
        self._empty.setText(self._none_words())
        self._show_days()
        if not none and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0))
        self._choose(self.list.currentIndex())

    def _none_words(self) -> str:
        if self._which is Which.FAULTY and not self.search.text().strip():
            return _("Every call of the last days has its whole recording.")
        narrowed = self.model.asked != CallQuery()
        return _("No call fits. Fewer digits, or All (Alt+1), find more.") if narrowed else _("No calls yet.")

    def _show_days(self) -> None:
        """How the recordings of the last days stand, where they are asked for."""
        today = self._parts.clock().astimezone(self._parts.zone).date()
        days = [fault_words.figure(day, today) for day in self.model.days[:_DAYS_SHOWN]]
        self._days.setText(" · ".join(days))
        self._days.setVisible(bool(days) and self._which is Which.FAULTY)

    def _choose(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if row is not None:
            self._chosen = row.call.call_id
        self._whole.show_facts(presenter.facts(row, self._parts.zone) if row else ())
        recorded = row is not None and row.recording is not None and row.recording.kept is RecordingKept.KEPT
        self._open.setEnabled(row is not None and (bool(row.call.ticket_id) or recorded))
        self._open.say(_("Open the ticket") if row is not None and row.call.ticket_id else _("Listen"))
        self._play.setVisible(row is not None and bool(row.call.ticket_id))
        self._play.setEnabled(recorded)
        number = row.call.number if row is not None else ""
        self._back.setEnabled(bool(number))
        for widget in (self.list, self.search):
            widget.setProperty("number_to_call", number)  # what Ctrl+R calls: see `dial_anywhere`
            widget.setProperty("call_to_tie", row.call.call_id if row is not None else "")  # see `look_back`
        for key in (self._who, self._form):
            key.setEnabled(row is not None)

    def _choose_kind(self, which: Which) -> None:
        self._which = which
        for button, kind in self._kinds.items():
            button.setChecked(kind is which)
        self.ask()

    def _toggle(self) -> None:
        self._mine, self._today = self._mine_key.isChecked(), self._today_key.isChecked()
        self.ask()

    # ---- where things stand

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        head = QHBoxLayout()
        head.setSpacing(Space.XS)
        title = QLabel(_("Call log"))
        theme.mark(title, "title")
        done = KeyButton("call_log_done", _("Done"), "Esc", "check", "quiet", listens=False)
        done.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        done.clicked.connect(lambda: self.left.emit())
        self._kinds = {self._filter_key(index + 1, kind): kind for index, kind in enumerate(_KINDS)}
        self._kinds[self._filter_key(_FAULTY_DIGIT, Which.FAULTY)] = Which.FAULTY
        for button in self._kinds:
            button.setChecked(self._kinds[button] is Which.ALL)
        self._mine_key = _filter("call_log_mine", _("Mine"), "Alt+7")
        self._today_key = _filter("call_log_today", _("Today"), "Alt+8")
        for button in (self._mine_key, self._today_key):
            button.clicked.connect(lambda _checked: self._toggle())
        for widget in (title, self.search, self._mine_key, self._today_key, done):
            head.addWidget(widget, 1 if widget is self.search else 0)
        column.addLayout(head)
        row = QHBoxLayout()
        row.setSpacing(0)
        alt = QLabel("Alt+")
        theme.mark(alt, "key")
        row.addWidget(alt, 0, Qt.AlignmentFlag.AlignVCenter)
        for button in self._kinds:
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self._days.hide()
        column.addWidget(self._days)
        column.addWidget(self.list, 1)
        column.addWidget(self._empty, 1)
        column.addWidget(self._whole)
        column.addLayout(self._lay_out_keys())

    def _lay_out_keys(self) -> QVBoxLayout:
        self._open = KeyButton("call_log_open", _("Open the ticket"), "Enter", "arrow-square-out", listens=False)
        self._play = KeyButton("call_log_play", _("Listen"), "Ctrl+E", "play")
        self._back = KeyButton("call_log_call_back", _("Call back"), "Ctrl+R", "phone-outgoing", listens=False)
        self._who = KeyButton("call_log_who", _("Who was it"), LOOK_BACK, "user", listens=False)
        self._who.clicked.connect(lambda: self.who_wanted.emit())
        self._form = KeyButton("call_log_form", _("Form for this call"), FORM_KEY, "note-pencil", listens=False)
        self._form.clicked.connect(lambda: self.form_wanted.emit())
        self._open.clicked.connect(self.open_chosen)
        self._play.clicked.connect(self.play_chosen)
        self._back.clicked.connect(self.call_back)
        rows = QVBoxLayout()
        rows.setSpacing(Space.XS)
        for buttons in ((self._open, self._play, self._back), (self._who, self._form)):
            row = QHBoxLayout()
            row.setSpacing(Space.S)
            for button in buttons:
                button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
                row.addWidget(button)
            row.addStretch(1)
            rows.addLayout(row)
        return rows

    def _filter_key(self, digit: int, kind: Which) -> KeyButton:
        button = _filter(f"call_log_{kind.value}", presenter.which(kind), f"Alt+{digit}", _KindKey)
        button.clicked.connect(lambda: self._choose_kind(kind))
        return button


class _KindKey(KeyButton):
    """Shows its digit only: "Alt+" stands once, before them all."""

    def cap(self) -> str:
        return self.key.rpartition("+")[2]


def _filter(name: str, words: str, key: str, make: type[KeyButton] = KeyButton) -> KeyButton:
    button = make(name, words, key, "", "quiet")
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


class _Find(FindField):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("call_log_find")
        self.setAccessibleName(_("Find calls"))
        self.setPlaceholderText(_("Number, name or place"))


class _Whole(QFrame):
    """All that is kept of the chosen call: short facts side by side, long ones over the whole width."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("call_log_whole")
        theme.mark(self, "card")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        self._grid.setHorizontalSpacing(Space.M)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self._lines: list[tuple[QLabel, TextLine]] = []
        self.facts: tuple[presenter.Fact, ...] = ()
        self.hide()

    def show_facts(self, facts: tuple[presenter.Fact, ...]) -> None:
        if facts == self.facts:
            return
        self.facts = facts
        while len(self._lines) < len(facts):
            name, text = QLabel(self), TextLine(parent=self)
            theme.mark(name, "caption")
            self._lines.append((name, text))
        for name, text in self._lines:
            for widget in (name, text):
                self._grid.removeWidget(widget)
                widget.hide()
        row, column = 0, 0
        for fact, (name, text) in zip(facts, self._lines, strict=False):
            if fact.wide and column:
                row, column = row + 1, 0
            name.setText(fact.name)
            text.setText(fact.text)
            theme.mark(text, "warning" if fact.tone == "warn" else "")
            self._grid.addWidget(name, row, column)
            self._grid.addWidget(text, row, column + 1, 1, 3 if fact.wide else 1)
            name.show()
            text.show()
            row, column = (row + 1, 0) if fact.wide or column else (row, 2)
        self.setVisible(bool(facts))
        self.setAccessibleName(". ".join(f"{fact.name}: {fact.text}" for fact in facts))
