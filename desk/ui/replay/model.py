"""The calls that were found, for Qt. Ui process, Qt's thread."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

from PySide6.QtCore import QObject, Qt

from desk.domain.call_log import CallPlace
from desk.domain.identity import CallId
from desk.ui.paged_rows import AnyIndex, PagedRows
from desk.ui.replay.rows_presenter import ReplayLine, line
from desk.ui.rows_presenter import CategoryName
from desk.ui.worker import Worker
from desk.usecases.search_calls import PAGE, Asked, Found, FoundCall

ASK = "replay-search"
NEWEST = 150  # rows that are read anew when something has changed
Look = Callable[[Asked, CallPlace | None, int], Found]


class FoundModel(PagedRows[Asked, FoundCall, ReplayLine]):
    """`look` (`SearchCalls.look`) runs on the worker, and so does `found`: with each answer to a new question, before
    anything of it is shown; if it raises, nothing is."""

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
        super().__init__(worker, Asked(), ASK, PAGE, NEWEST, parent)
        self._look, self._found, self._category, self._clock, self._zone = look, found, category, clock, zone

    def read(self, asked: Asked, after: CallPlace | None, limit: int) -> Found:
        return self._look(asked, after, limit)

    def read_first(self, asked: Asked) -> Found:
        found = self._look(asked, None, PAGE)
        self._found(found)
        return found

    def id_of(self, row: FoundCall) -> CallId:
        return row.hit.call.call_id

    def make_line(self, row: FoundCall) -> ReplayLine:
        return line(row, self._category, self._clock(), self._zone)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index)
        if row is not None and role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(sign.words for sign in self.line(row).signs)
        return super().data(index, role)
