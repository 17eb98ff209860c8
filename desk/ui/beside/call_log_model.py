"""The call log's rows for Qt. Ui process, Qt's thread."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from PySide6.QtCore import QObject

from desk.domain.call_log import CallPlace
from desk.domain.identity import CallId
from desk.domain.reconcile import DayFigure
from desk.ui.beside.call_log_presenter import CallLine, line
from desk.ui.paged_rows import Page, PagedRows
from desk.ui.search_trail import SearchTrail
from desk.ui.worker import Worker
from desk.usecases.read_call_log import CallPage, CallQuery, CallRow

PAGE = 60
NEWEST = 120  # rows that are read anew when something has changed
ASK = "call-log"

Read = Callable[[CallQuery, CallPlace | None, int], CallPage]


class CallLogModel(PagedRows[CallQuery, CallRow, CallLine]):
    """`read` (`ReadCallLog.read`) and `note_number` (a search for it goes on record) run on the worker."""

    def __init__(
        self,
        worker: Worker,
        read: Read,
        note_number: Callable[[str], object],
        clock: Callable[[], datetime],
        zone: tzinfo,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(worker, CallQuery(), ASK, PAGE, NEWEST, parent)
        self._trail = SearchTrail(note_number)
        self._read_page, self._clock, self._zone = read, clock, zone
        self.days: tuple[DayFigure, ...] = ()  # of recordings, in the list of those at fault

    def read(self, asked: CallQuery, after: CallPlace | None, limit: int) -> CallPage:
        return self._read_page(asked, after, limit)

    def read_first(self, asked: CallQuery) -> CallPage:
        page = self.read(asked, None, PAGE)
        self._trail.found((page.number,) if page.number else ())
        return page

    def note(self, page: Page[CallRow]) -> None:
        if isinstance(page, CallPage):
            self.days = page.days

    def id_of(self, row: CallRow) -> CallId:
        return row.call.call_id

    def make_line(self, row: CallRow) -> CallLine:
        return line(row, self._clock(), self._zone)
