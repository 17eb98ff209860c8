"""The call log's rows for Qt: a page at a time, read on the worker, the next one when the list is scrolled near its
end. Texts are made when a row is painted and kept, so that ten thousand rows cost what the visible ones cost.

What comes anew (a call has ended, sync has brought some) is read over the newest rows and laid into the list: rows that
were there stay the same rows, so that neither the selection nor the scroll position jumps. Ui process, Qt's thread."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desk.domain.call_log import CallPlace
from desk.domain.identity import CallId
from desk.domain.reconcile import DayFigure
from desk.ui.beside.call_log_presenter import CallLine, line
from desk.ui.worker import Worker
from desk.usecases.read_call_log import CallPage, CallQuery, CallRow

PAGE = 60
NEWEST = 120  # rows that are read anew when something has changed
ASK = "call-log"
AnyIndex = QModelIndex | QPersistentModelIndex

Read = Callable[[CallQuery, CallPlace | None, int], CallPage]


class CallLogModel(QAbstractListModel):
    """`read` (`ReadCallLog.read`) runs on the worker. `came()`: rows have come, or it is known that there are none."""

    came = Signal()

    def __init__(
        self, worker: Worker, read: Read, clock: Callable[[], datetime], zone: tzinfo, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._worker, self._read, self._clock, self._zone = worker, read, clock, zone
        self._query = CallQuery()
        self._rows: list[CallRow] = []
        self._lines: dict[CallId, CallLine] = {}
        self._next: CallPlace | None = None
        self.days: tuple[DayFigure, ...] = ()  # of recordings, in the list of those at fault
        self._turn = 0  # of the query: what an older one brings is not wanted any more
        self._reading = False
        self.loaded = False  # the first page of this query is here

    # ---- what is asked for

    @property
    def query(self) -> CallQuery:
        return self._query

    def ask(self, query: CallQuery) -> None:
        """Another list."""
        self._query = query
        self._turn += 1
        self.loaded = False
        turn = self._turn
        self._reading = True
        self._worker.latest(
            ASK, lambda: self._read(query, None, PAGE), lambda page: self._first(turn, page), owner=self
        )

    def refresh(self) -> None:
        """Something has changed: read the newest anew."""
        if not self.loaded:
            self.ask(self._query)
            return
        turn, query, count = self._turn, self._query, min(max(len(self._rows), PAGE), NEWEST)
        self._worker.latest(
            f"{ASK}-newest",
            lambda: self._read(query, None, count),
            lambda page: self._newest(turn, page),
            lane=ASK,
            owner=self,
        )

    def row(self, index: AnyIndex) -> CallRow | None:
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def index_of(self, call_id: CallId) -> QModelIndex:
        """An invalid index where it is not (yet) in the list."""
        at = next((i for i, row in enumerate(self._rows) if row.call.call_id == call_id), -1)
        return self.index(at) if at >= 0 else QModelIndex()

    # ---- Qt

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own way
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index)
        if row is None:
            return None
        if role == Qt.ItemDataRole.UserRole:
            return self.line(row)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.line(row).spoken
        return None

    def canFetchMore(self, parent: AnyIndex) -> bool:
        return not parent.isValid() and self._next is not None and not self._reading

    def fetchMore(self, parent: AnyIndex) -> None:
        if not self.canFetchMore(parent):
            return
        self._reading = True
        turn, query, after = self._turn, self._query, self._next
        self._worker.latest(
            f"{ASK}-more",
            lambda: self._read(query, after, PAGE),
            lambda page: self._more(turn, page),
            lane=ASK,
            owner=self,
        )

    def line(self, row: CallRow) -> CallLine:
        made = self._lines.get(row.call.call_id)
        if made is None:
            made = self._lines[row.call.call_id] = line(row, self._clock(), self._zone)
        return made

    # ---- what came

    def _first(self, turn: int, page: CallPage) -> None:
        if turn != self._turn:
            return
        self.beginResetModel()
        self._rows, self._next, self.days = list(page.rows), page.next, page.days
        self._lines.clear()
        self._reading, self.loaded = False, True
        self.endResetModel()
        self.came.emit()

    def _more(self, turn: int, page: CallPage) -> None:
        if turn != self._turn:
            return
        self._reading = False
        self._next = page.next
        known = {row.call.call_id for row in self._rows}
        rows = [row for row in page.rows if row.call.call_id not in known]
        if rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows += rows
            self.endInsertRows()
        self.came.emit()

    def _newest(self, turn: int, page: CallPage) -> None:
        """Lay the newest rows over those that are there."""
        if turn != self._turn:
            return
        at = {row.call.call_id: i for i, row in enumerate(self._rows)}
        new = [row for row in page.rows if row.call.call_id not in at]
        joined = len(new) < len(page.rows) or not self._rows
        in_order = page.rows[: len(new)] == tuple(new)
        if not joined or not in_order or self._gone(page):
            self._first(turn, page)
            return
        if new:
            self.beginInsertRows(QModelIndex(), 0, len(new) - 1)
            self._rows[:0] = new
            self.endInsertRows()
        for position, row in enumerate(page.rows):
            if self._rows[position] != row:
                self._rows[position] = row
                self._lines.pop(row.call.call_id, None)
                self.dataChanged.emit(self.index(position), self.index(position))
        if not page.next:
            self._next = None
        self.came.emit()

    def _gone(self, page: CallPage) -> bool:
        """Whether a row has left the newest (an outcome was learnt and fits the filter no more), or they stand in
        another order."""
        old = [row.call.call_id for row in self._rows]
        came = [row.call.call_id for row in page.rows]
        kept = [call_id for call_id in came if call_id in set(old)]
        return old[: len(kept)] != kept or (page.next is None and len(kept) < len(old))
