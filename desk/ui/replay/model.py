"""The calls that were found, for Qt: a page of fifty at a time, read on the worker, the next one when the list is
scrolled near its end; what is outdated by the time it comes is dropped. Texts are made when a row is painted and kept.

When something has changed the newest rows are read again and laid over those that are there: the selection and the
scroll position stay. Ui process, Qt's thread."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desk.domain.call_log import CallPlace
from desk.domain.identity import CallId
from desk.ui.replay.rows_presenter import ReplayLine, line
from desk.ui.rows_presenter import CategoryName
from desk.ui.worker import Worker
from desk.usecases.search_calls import PAGE, Asked, Found, FoundCall

ASK = "replay-search"
NEWEST = 150  # rows that are read anew when something has changed
AnyIndex = QModelIndex | QPersistentModelIndex
Look = Callable[[Asked, CallPlace | None, int], Found]


class FoundModel(QAbstractListModel):
    """`look` (`SearchCalls.look`) runs on the worker, and so does `found`: with each answer to a new question, before
    anything of it is shown; if it raises, nothing is. `came(Found)`: the first page of what was asked, `failed(error)`:
    it could not be had; `grew()`: rows were added or changed."""

    came = Signal(object)
    failed = Signal(object)
    grew = Signal()

    def __init__(
        self,
        worker: Worker,
        look: Look,
        category: CategoryName,
        clock: Callable[[], datetime],
        zone: tzinfo,
        found: Callable[[Found], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._found = found
        self._worker, self._look, self._category, self._clock, self._zone = worker, look, category, clock, zone
        self._asked = Asked()
        self._rows: list[FoundCall] = []
        self._lines: dict[CallId, ReplayLine] = {}
        self._next: CallPlace | None = None
        self._turn = 0
        self._reading = False
        self.loaded = False  # what was asked last is here

    # ---- what is asked for

    @property
    def asked(self) -> Asked:
        return self._asked

    @property
    def is_asking(self) -> bool:
        """The answer to what was asked last is on its way."""
        return self._reading and not self.loaded

    @property
    def has_more(self) -> bool:
        return self._next is not None

    def ask(self, asked: Asked) -> None:
        """Another list."""
        self._asked = asked
        self._turn += 1
        self.loaded, self._reading = False, True
        turn = self._turn
        self._worker.latest(
            ASK,
            lambda: self._answer(asked),
            lambda found: self._first(turn, found),
            lambda error: self._failed(turn, error),
            owner=self,
        )

    def _answer(self, asked: Asked) -> Found:
        """On the worker."""
        found = self._look(asked, None, PAGE)
        self._found(found)
        return found

    def refresh(self) -> None:
        """Something has changed: read the newest anew, quietly."""
        if not self.loaded:
            return
        turn, asked, count = self._turn, self._asked, min(max(len(self._rows), PAGE), NEWEST)
        self._worker.latest(
            f"{ASK}-newest",
            lambda: self._look(asked, None, count),
            lambda found: self._again(turn, found),
            lambda _error: None,  # the next answer to somebody's question tells
            lane=ASK,
            owner=self,
        )

    def row(self, index: AnyIndex) -> FoundCall | None:
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def index_of(self, call_id: CallId) -> QModelIndex:
        """An invalid index where it is not (yet) in the list."""
        at = next((i for i, row in enumerate(self._rows) if row.hit.call.call_id == call_id), -1)
        return self.index(at) if at >= 0 else QModelIndex()

    # ---- Qt

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own way
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index)
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.UserRole:
                return self.line(row)
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self.line(row).spoken
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join(sign.words for sign in self.line(row).signs)
            case _:
                return None

    def canFetchMore(self, parent: AnyIndex) -> bool:
        return not parent.isValid() and self._next is not None and not self._reading

    def fetchMore(self, parent: AnyIndex) -> None:
        if not self.canFetchMore(parent):
            return
        self._reading = True
        turn, asked, after = self._turn, self._asked, self._next
        self._worker.latest(
            f"{ASK}-more",
            lambda: self._look(asked, after, PAGE),
            lambda found: self._more(turn, found),
            lambda _error: self._no_more(turn),
            lane=ASK,
            owner=self,
        )

    def line(self, row: FoundCall) -> ReplayLine:
        made = self._lines.get(row.hit.call.call_id)
        if made is None:
            made = self._lines[row.hit.call.call_id] = line(row, self._category, self._clock(), self._zone)
        return made

    # ---- what came

    def _first(self, turn: int, found: Found) -> None:
        if turn != self._turn:
            return
        self.beginResetModel()
        self._rows, self._next = list(found.rows), found.next
        self._lines.clear()
        self._reading, self.loaded = False, True
        self.endResetModel()
        self.came.emit(found)

    def _failed(self, turn: int, error: Exception) -> None:
        if turn == self._turn:
            self._reading = False
            self.failed.emit(error)

    def _more(self, turn: int, found: Found) -> None:
        if turn != self._turn:
            return
        self._reading, self._next = False, found.next
        known = {row.hit.call.call_id for row in self._rows}
        rows = [row for row in found.rows if row.hit.call.call_id not in known]
        if rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows += rows
            self.endInsertRows()
        self.grew.emit()

    def _no_more(self, turn: int) -> None:
        """It can be scrolled to again."""
        if turn == self._turn:
            self._reading = False

    def _again(self, turn: int, found: Found) -> None:
        """New calls come in above, others change where they stand; where the order is another one the list is new."""
        if turn != self._turn:
            return
        old = [row.hit.call.call_id for row in self._rows]
        known = set(old)
        new = [row for row in found.rows if row.hit.call.call_id not in known]
        fresh = [row.hit.call.call_id for row in found.rows]
        if (
            fresh[: len(new)] != [row.hit.call.call_id for row in new]
            or fresh[len(new) :] != old[: len(fresh) - len(new)]
        ):
            self._first_again(found)
            return
        if new:
            self.beginInsertRows(QModelIndex(), 0, len(new) - 1)
            self._rows[:0] = new
            self.endInsertRows()
        for position, row in enumerate(found.rows):
            if self._rows[position] != row:
                self._rows[position] = row
                self._lines.pop(row.hit.call.call_id, None)
                self.dataChanged.emit(self.index(position), self.index(position))
        self.grew.emit()

    def _first_again(self, found: Found) -> None:
        self.beginResetModel()
        self._rows, self._next = list(found.rows), found.next
        self._lines.clear()
        self.endResetModel()
        self.grew.emit()
