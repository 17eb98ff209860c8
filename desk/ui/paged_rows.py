"""Rows for Qt out of a store of any size: a page at a time, read on the worker, the next one when the list is scrolled
near its end; what is outdated by the time it comes is dropped. Texts are made when a row is painted and kept, so that
ten thousand rows cost what the visible ones cost.

When something has changed the newest rows are read again and laid over those that are there: rows that were there stay
the same rows, so that neither the selection nor the scroll position jumps. Ui process, Qt's thread."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desk.domain.call_log import CallPlace
from desk.domain.identity import CallId
from desk.ui.worker import Worker

AnyIndex = QModelIndex | QPersistentModelIndex


class Line(Protocol):
    """What is painted for a row."""

    @property
    def spoken(self) -> str: ...


AskedT = TypeVar("AskedT")
RowT = TypeVar("RowT")
RowT_co = TypeVar("RowT_co", covariant=True)
LineT = TypeVar("LineT", bound=Line)


class Page(Protocol[RowT_co]):
    """`next`: where the page after it begins; None: there is none."""

    @property
    def rows(self) -> Sequence[RowT_co]: ...
    @property
    def next(self) -> CallPlace | None: ...


class PagedRows(QAbstractListModel, Generic[AskedT, RowT, LineT]):
    """`name` is the worker's lane; `page` rows at a time, `newest` of them are read anew when something has changed.
    `came(page)`: the first page of what was asked; `failed(error)`: it could not be had; `grew()`: rows were added or
    changed, or could not be read anew (`is_behind`)."""

    came = Signal(object)
    failed = Signal(object)
    grew = Signal()

    def __init__(
        self, worker: Worker, asked: AskedT, name: str, page: int, newest: int, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._worker, self._name, self._page, self._most_new = worker, name, page, newest
        self._asked = asked
        self._rows: list[RowT] = []
        self._lines: dict[CallId, LineT] = {}
        self._next: CallPlace | None = None
        self._turn = 0  # of the question: what an older one brings is not wanted any more
        self._reading = False
        self.loaded = False  # what was asked last is here
        self.is_behind = False  # something has changed since that could not be read

    # ---- of which rows

    @abstractmethod
    def read(self, asked: AskedT, after: CallPlace | None, limit: int) -> Page[RowT]:
        """On the worker."""

    def read_first(self, asked: AskedT) -> Page[RowT]:
        """The same for the answer to a new question; if it raises, nothing is shown."""
        return self.read(asked, None, self._page)

    def note(self, page: Page[RowT]) -> None:
        """What else a page with the newest rows brings. Qt's thread."""

    @abstractmethod
    def id_of(self, row: RowT) -> CallId: ...

    @abstractmethod
    def make_line(self, row: RowT) -> LineT: ...

    # ---- what is asked for

    @property
    def asked(self) -> AskedT:
        return self._asked

    @property
    def is_asking(self) -> bool:
        """The answer to what was asked last is on its way."""
        return self._reading and not self.loaded

    @property
    def has_more(self) -> bool:
        return self._next is not None

    def ask(self, asked: AskedT) -> None:
        """Another list."""
        self._asked = asked
        self._turn += 1
        self.loaded, self._reading = False, True
        turn = self._turn
        self._worker.latest(
            self._name,
            lambda: self.read_first(asked),
            lambda page: self._first(turn, page),
            lambda error: self._failed(turn, error),
            owner=self,
        )

    def refresh(self) -> None:
        """Something has changed: read the newest anew, quietly; all, where they could not be had."""
        if not self.loaded:
            if not self._reading:
                self.ask(self._asked)
            return
        turn, asked, count = self._turn, self._asked, min(max(len(self._rows), self._page), self._most_new)
        self._worker.latest(
            f"{self._name}-newest",
            lambda: self.read(asked, None, count),
            lambda page: self._newest(turn, page),
            lambda _error: self._not_anew(turn),
            lane=self._name,
            owner=self,
        )

    def row(self, index: AnyIndex) -> RowT | None:
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def index_of(self, call_id: CallId) -> QModelIndex:
        """An invalid index where it is not (yet) in the list."""
        at = next((place for place, row in enumerate(self._rows) if self.id_of(row) == call_id), -1)
        return self.index(at) if at >= 0 else QModelIndex()

    def line(self, row: RowT) -> LineT:
        name = self.id_of(row)
        made = self._lines.get(name)
        if made is None:
            made = self._lines[name] = self.make_line(row)
        return made

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
            f"{self._name}-more",
            lambda: self.read(asked, after, self._page),
            lambda page: self._more(turn, page),
            lambda _error: self._no_more(turn),
            lane=self._name,
            owner=self,
        )

    # ---- what came

    def _first(self, turn: int, page: Page[RowT]) -> None:
        if turn != self._turn:
            return
        self._reading, self.loaded, self.is_behind = False, True, False
        self._renew(page)
        self.came.emit(page)

    def _renew(self, page: Page[RowT]) -> None:
        self.beginResetModel()
        self.note(page)
        self._rows, self._next = list(page.rows), page.next
        self._lines.clear()
        self.endResetModel()

    def _failed(self, turn: int, error: Exception) -> None:
        if turn == self._turn:
            self._reading = False
            self.failed.emit(error)

    def _more(self, turn: int, page: Page[RowT]) -> None:
        if turn != self._turn:
            return
        self._reading, self._next = False, page.next
        known = {self.id_of(row) for row in self._rows}
        rows = [row for row in page.rows if self.id_of(row) not in known]
        if rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows += rows
            self.endInsertRows()
        self.grew.emit()

    def _no_more(self, turn: int) -> None:
        """It can be scrolled to again."""
        if turn == self._turn:
            self._reading = False

    def _not_anew(self, turn: int) -> None:
        if turn == self._turn:
            self.is_behind = True
            self.grew.emit()

    def _newest(self, turn: int, page: Page[RowT]) -> None:
        """New rows come in above, others change where they stand; where one has gone, or the order is another one, the
        list is new."""
        if turn != self._turn:
            return
        self.is_behind = False
        old, fresh = [self.id_of(row) for row in self._rows], [self.id_of(row) for row in page.rows]
        known = set(old)
        new = [row for row in page.rows if self.id_of(row) not in known]
        kept = fresh[len(new) :]
        above = fresh[: len(new)] == [self.id_of(row) for row in new]
        if not above or kept != old[: len(kept)] or (page.next is None and len(kept) < len(old)) or (old and not kept):
            self._renew(page)
            self.grew.emit()
            return
        if new:
            self.beginInsertRows(QModelIndex(), 0, len(new) - 1)
            self._rows[:0] = new
            self.endInsertRows()
        for place, row in enumerate(page.rows):
            if self._rows[place] != row:
                self._rows[place] = row
                self._lines.pop(self.id_of(row), None)
                self.dataChanged.emit(self.index(place), self.index(place))
        if page.next is None:
            self._next = None
        self.note(page)
        self.grew.emit()
