"""The search: line, chips and filters above, the calls that were found below. Asking starts a moment after the last key
and never waits; what comes is laid under the line, and the line keeps the keyboard. An Enter that comes before the
answer is kept as a debt, as in the seat's suggest boxes: what the answer brings is opened.

A search for a number is on record before its results are shown (`SearchTrail`), with as many digits as stood there: so
a number that is still being typed waits longer for the next digit than other words do. Ui process, Qt's thread."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.domain.call_search import CallQuery
from desk.domain.identity import CallId
from desk.i18n import _, ngettext
from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.replay import chip_words, filters_presenter
from desk.ui.replay.filters import FilterPanel, FindCategory
from desk.ui.replay.filters_presenter import Filters
from desk.ui.replay.found_list import FoundList
from desk.ui.replay.model import FoundModel, Look
from desk.ui.replay.search_head import ChipRow, SearchLine
from desk.ui.rows_presenter import CategoryName
from desk.ui.search_trail import SearchTrail
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.worker import Worker
from desk.usecases.find_calls import Sentence
from desk.usecases.recording_ports import SearchAway
from desk.usecases.search_calls import Asked, Found, FoundCall

TYPED_MS = 80  # the search waits for so long a pause in the typing
DIGIT_MS = 250  # after a digit of a number that is not whole yet
_HALF_A_NUMBER = re.compile(r"(?<!\d)\d(?:[ -]?\d){3,9}$")


@dataclass(frozen=True, kw_only=True)
class SearchParts:
    """`look` (`SearchCalls.look`) and `note_number` (on record when it returns) run on the worker; `find_category`
    answers at once, `is_category` knows codes and their beginnings."""

    worker: Worker
    look: Look
    note_number: Callable[[str], object]
    find_category: FindCategory
    is_category: Callable[[str], bool]
    category: CategoryName
    clock: Callable[[], datetime]
    zone: tzinfo


class SearchPane(QWidget):
    """`head` stands over the window's width, the pane itself below it. `chosen(FoundCall or None)`: another row;
    `opened(FoundCall)`: it is to be heard; `left()`: Esc in an empty line."""

    chosen = Signal(object)
    opened = Signal(object)
    left = Signal()

    def __init__(self, parts: SearchParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._off: frozenset[str] = frozenset()
        self._filters = Filters()
        self._call_id: CallId | None = None
        self._held: CallId | None = None  # the chosen call, through every new answer
        self._shown: FoundCall | None = None  # what stands beside the list; it may have left the list since
        self._found: Found | None = None
        self._owes = False  # an Enter waits for the answer
        self._trail = SearchTrail(parts.note_number)
        self.line, self.chips = SearchLine(), ChipRow()
        self._panel: FilterPanel | None = None
        self.model = FoundModel(
            parts.worker, parts.look, parts.category, parts.clock, parts.zone, self._on_record, self
        )
        self.list = FoundList()
        self.list.setModel(self.model)
        self._count, self._says = QLabel(), QLabel()
        self.filter_key = KeyButton("replay_filter_key", _("Filters"), "F4", "funnel", "quiet")
        self.head = QFrame()
        self._lay_out()
        self._typed = QTimer(self, interval=TYPED_MS, singleShot=True)
        self._connect()

    # ---- what the window asks

    @property
    def current(self) -> FoundCall | None:
        """The chosen row; where it has left the list, what still stands beside it."""
        return self.model.row(self.list.currentIndex()) or self._shown

    @property
    def text(self) -> str:
        """What it says instead of results."""
        return self._says.text()

    def start(self) -> None:
        """The window comes to the front."""
        if not self.model.loaded:
            self.refresh()
        self.focus_line()

    def focus_line(self) -> None:
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def show_text(self, text: str) -> None:
        """Search for this."""
        self._call_id, self._off = None, frozenset()
        self.line.setText(text)
        self.ask()

    def show_call(self, call_id: str) -> None:
        """This call alone; what is typed next searches among all again."""
        self.line.clear()
        self._call_id = CallId(call_id)
        self.ask()

    @property
    def filters(self) -> FilterPanel:
        """Built when it is first wanted: two dozen fields are what a window pays for last."""
        if self._panel is None:
            self._panel = FilterPanel(self._parts.find_category)
            self._panel.changed.connect(self._filter)
            self._panel.left.connect(self._close_filters)
            layout = self.head.layout()
            assert layout is not None  # noqa: S101 - given in `_lay_out`
            layout.addWidget(self._panel)
        return self._panel

    def ask(self) -> None:
        self._typed.stop()
        self._owes = False
        read = filters_presenter.read(self._filters, self._parts.clock(), self._parts.zone, self._parts.is_category)
        if self._panel is not None:
            self._panel.show_wrong(dict(read.wrong))
        count = self._filters.count
        self.filter_key.say(_("Filters ({count})").format(count=count) if count else _("Filters"))
        self._count.setText(_("Searching ..."))
        self.model.ask(Asked(self.line.text(), self._off, read.query, self._call_id))

    def refresh(self) -> None:
        """Rows may have changed: quietly; what was never asked, or could not be had, is asked for."""
        if self.model.loaded or self.model.is_asking:
            self.model.refresh()
        else:
            self.ask()

    def step(self, by: int) -> None:
        self._owes = False
        self.list.step(by)

    def enter(self) -> None:
        """Open the chosen call; where the answer to what stands in the line is still to come, the one it brings."""
        if self._typed.isActive() or not (self.model.loaded or self.model.is_asking):
            self.ask()
        if self.model.loaded:
            self.open_current()
        else:
            self._owes = True

    def open_current(self) -> None:
        found = self.current
        if found is not None:
            self.opened.emit(found)

    def leave(self) -> None:
        """The window is closed: nothing is to be heard of what still comes."""
        self._owes = False

    # ---- asking

    def _connect(self) -> None:
        self.line.textChanged.connect(self._line_changed)
        self.line.stepped.connect(self.step)
        self.line.entered.connect(self.enter)
        self.line.left.connect(self.left)
        self.chips.pressed.connect(self._switch)
        self.filter_key.clicked.connect(self._toggle_filters)
        self.list.opened.connect(self.open_current)
        self.list.left.connect(self.focus_line)
        self.list.selectionModel().currentChanged.connect(lambda index, _before: self._choose(index))
        self.model.came.connect(self._came)
        self.model.failed.connect(self._failed)
        self.model.grew.connect(self._grew)
        self._typed.timeout.connect(self.ask)

    def _line_changed(self, text: str) -> None:
        if text:
            self._call_id = None
        self._off = frozenset(key for key in self._off if key.split(":", 2)[1] in text)
        self._owes = False
        self._typed.start(DIGIT_MS if _HALF_A_NUMBER.search(text) else TYPED_MS)

    def _switch(self, key: str) -> None:
        if key == _ONE:
            self._call_id = None
        elif self._found is not None:
            self._off = _switched(self._found, self._off, key)
        self.ask()

    def _filter(self, filters: Filters) -> None:
        self._filters, self._call_id = filters, None
        self._owes = False
        self._typed.start(TYPED_MS)

    def _toggle_filters(self) -> None:
        if self._panel is not None and self._panel.isVisible():
            self._close_filters()
        else:
            self.filters.open()

    def _close_filters(self) -> None:
        if self._panel is not None:
            self._panel.hide()
        self.focus_line()

    # ---- what came

    def _came(self, found: Found) -> None:
        self._found = found
        one = chip_words.ChipView(_ONE, _("This call only"), True, _("This call only: press to search among all"))
        self.chips.show_chips((one,) if self.model.asked.call_id else chip_words.views(found.chips))
        self._show_whether_any()
        self._hold_row()
        self._show_count()
        step("calls_found", rows=len(found.rows))
        if self._owes:
            self._owes = False
            self.open_current()

    def _show_whether_any(self) -> None:
        none = not self.model.rowCount()
        self._says.setVisible(none)
        self.list.setVisible(not none)
        self._says.setText(self._nothing() if none else "")
        theme.mark(self._says, "muted")

    def _nothing(self) -> str:
        if self.model.asked.call_id is not None:
            return _("This call is not here, or not yours to hear.")
        if self.model.asked.is_narrow:
            return _("No call fits. Switch a chip off, clear a filter (F4), or type less.")
        return _("No calls yet.")

    def _on_record(self, found: Found) -> None:
        """On the worker."""
        self._trail.found(found.numbers)

    def _failed(self, error: Exception) -> None:
        self._owes = False
        self._count.setText("")
        self.list.hide()
        self._says.show()
        theme.mark(self._says, "error")
        if isinstance(error, SearchAway):
            self._says.setText(_("The central database cannot be asked now. Try again in a moment; calls stay there."))
            return
        self._says.setText(_("The search failed. Try again; if it stays, tell IT."))
        raise error

    def _grew(self) -> None:
        """Nobody asked for another call: where the chosen one is not among the rows any more (further down than what
        was read anew, or it fits no more), it stays beside them, with what is being typed there."""
        self._show_whether_any()
        if self._shown is None:
            self._hold_row()
        elif (index := self.model.index_of(self._shown.hit.call.call_id)).isValid():
            self.list.setCurrentIndex(index)
            self._choose(index)
        self._show_count()

    def _hold_row(self) -> None:
        """The call that was chosen stays chosen where it is among them; else the first is."""
        index = self.model.index_of(self._held) if self._held is not None else QModelIndex()
        wanted = index if index.isValid() else self.model.index(0)
        if self.list.currentIndex() != wanted or not wanted.isValid():
            self.list.setCurrentIndex(wanted)
        if not wanted.isValid():
            self._choose(wanted)

    def _show_count(self) -> None:
        count = self.model.rowCount()
        said = ngettext("{count} call", "{count} calls", count).format(count=count)
        said = _("the newest {count} calls").format(count=count) if self.model.has_more else said
        if self._shown is not None and not self.list.currentIndex().isValid():
            said = _("{calls} · the call beside them is further down, or fits no more").format(calls=said)
        if self.model.is_behind:
            said = _("{calls} · may be out of date: they could not be read again").format(calls=said)
        self._count.setText(said)

    def _choose(self, index: QModelIndex) -> None:
        found = self.model.row(index)
        self._held = found.hit.call.call_id if found is not None else self._held
        self._shown = found
        self.chosen.emit(found)

    def _lay_out(self) -> None:
        icon_row = QHBoxLayout()
        icon_row.setSpacing(Space.S)
        icon_row.addWidget(self.line, 1)
        icon_row.addWidget(self.filter_key)
        self.filter_key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = QVBoxLayout(self.head)
        head.setContentsMargins(Space.S, Space.S, Space.S, 0)
        head.setSpacing(Space.XS)
        head.addLayout(icon_row)
        head.addWidget(self.chips)
        theme.mark(self._count, "caption")
        self._count.setObjectName("replay_count")
        self._says.setObjectName("replay_empty")
        self._says.setWordWrap(True)
        self._says.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self._count)
        column.addWidget(self.list, 1)
        column.addWidget(self._says, 1)
        self._says.hide()


_ONE = "this call"


def _switched(found: Found, off: frozenset[str], key: str) -> frozenset[str]:
    return Sentence(CallQuery(), found.chips).switched(off, key)
