"""The rows of a work list for Qt. The list itself comes slim and whole (its keys, what they are grouped by, what is
searched), so that its length is known, any place of it can be scrolled to, and a filter looks at nothing but texts; the
rows in sight are read in full on the worker, and what is outdated by then is dropped. A row that is not here yet is
blank for the few milliseconds it takes.

When something has changed the list is asked for anew and compared: the same rows stay where they are and only their
contents are read again; else the list is laid anew around the row that is chosen. Ui process, Qt's thread."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from time import monotonic
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from desk.domain.estate import Staff
from desk.domain.list_filter import Texts, Words, index_of, narrows
from desk.domain.work_lists import Column, GroupBy, Keys, ListQuery, Moment, WorkItem, runs
from desk.ui.after.lists import presenter, words
from desk.ui.after.lists.arranged import Arranged, Heading
from desk.ui.after.lists.parts import WorkUses
from desk.ui.after.lists.presenter import Names, WorkLine
from desk.ui.worker import Worker

AnyIndex = QModelIndex | QPersistentModelIndex
COLUMNS = (Column.ERRAND, Column.DUE, Column.PLACE, Column.CATEGORY, Column.HANDLER, Column.OWNER, Column.NUMBER)
FIRST = 24  # rows that come in full with a list, or with what a filter lets through, from some above what is chosen
AROUND = 24  # rows beyond those in sight that are read with them
KEPT = 1500  # rows in full, the newest read
AGAIN_MS = 300  # changes come in flocks: the list is asked for once for all of them
REST = 4.0  # and the worker rests so many times as long as the last list took
ASK, ROWS, FILTER = "work-list", "work-rows", "work-filter"


@dataclass(frozen=True, slots=True)
class _Read:
    """A list as the worker brings it, with all that takes a look at each of its rows. `place_of` each key. `same_as`:
    the rows that were shown when it was asked for, if they are the same."""

    keys: Keys
    texts: Texts
    runs: list[tuple[str, int]]
    place_of: dict[str, int]
    same_as: Keys | None
    words: Words
    places: list[int]
    items: dict[str, WorkItem]
    staff: Sequence[Staff]


class WorkModel(QAbstractTableModel):
    """`came()`: another list, or another arrangement of it, is here. `changed()`: rows were read anew."""

    came = Signal()
    changed = Signal()

    def __init__(
        self,
        worker: Worker,
        uses: WorkUses,
        query: ListQuery,
        names: Callable[[], Names],
        clock: Callable[[], datetime],
        zone: tzinfo,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._worker, self._uses, self._names, self._clock, self._zone = worker, uses, names, clock, zone
        self.query = query
        self.keys = Keys([], [], [])
        self.filter = ""
        self.folded: frozenset[str] = frozenset()
        self.arranged = Arranged(())
        self.loaded = False
        self._texts = Texts([])  # what a filter searches
        self._runs: list[tuple[str, int]] = []  # what it is grouped by
        self._place_of: dict[str, int] = {}  # of each key
        self._places: list[int] = []  # of the list, those that the filter lets through
        self._let_through = ""  # the filter that did
        self._words: Words = ()  # the same, spelled
        self._items: OrderedDict[str, WorkItem] = OrderedDict()
        self._lines: dict[str, WorkLine] = {}
        self._stale: set[str] = set()  # to be read again, shown as they were until then
        self._wanted: tuple[int, int] | None = None
        self._turn = 0
        self._took_s = 0.0
        self._staff: Sequence[Staff] = ()  # read with each list: a filter asks for them with every key
        self._fetch = QTimer(self, interval=0, singleShot=True)
        self._fetch.timeout.connect(self._read_wanted)
        self._again = QTimer(self, interval=AGAIN_MS, singleShot=True)
        self._again.timeout.connect(lambda: self.ask(self.query))

    # ---- what is asked for

    def ask(self, query: ListQuery) -> None:
        """Another list, or the same as it is now."""
        self._again.stop()
        uses, typed = self._uses, self.filter
        fresh = replace(query, moment=uses.work.moment())
        self._turn += 1
        turn, began = self._turn, monotonic()

        before = self.query
        like = self.loaded and (fresh.work_list, fresh.group) == (before.work_list, before.group)
        shown = self.keys if like else None

        def read() -> _Read:
            keys, staff = uses.work.keys(fresh), uses.staff()
            words = _spelled(uses, staff, typed)
            texts = Texts(keys.texts)
            places = texts.filtered(words)
            return _Read(
                keys,
                texts,
                runs(keys.groups) if fresh.group is not GroupBy.NONE else [],
                {key: place for place, key in enumerate(keys.ids)},
                shown if keys == shown else None,
                words,
                places,
                _first_rows(uses, fresh, keys, places),
                staff,
            )

        def came(found: _Read) -> None:
            self._took_s = monotonic() - began
            if turn == self._turn:
                self._staff = found.staff
                self._came(fresh, found, typed)
                self._take(found.items)

        self._worker.latest(ASK, read, came, owner=self)

    def refresh(self) -> None:
        """Something has changed: the list follows soon, and what is shown is read again."""
        if not self._again.isActive():
            self._again.start(max(AGAIN_MS, round(self._took_s * REST * 1000)))

    def narrow(self, typed: str, chosen: str = "", row: int = 0) -> None:
        """Only rows with these words. The `chosen` key, or else this row, is what will be in sight."""
        self.filter, keys, uses, turn, staff = typed, self.keys, self._uses, self._turn, self._staff
        texts, before, known = self._texts, self._words, self._places
        near, query = self._place_of.get(chosen), self.query

        def read() -> tuple[Words, list[int], dict[str, WorkItem]]:
            words = _spelled(uses, staff, typed)
            places = texts.filtered(words, known if narrows(before, words) else None)
            return words, places, _first_rows(uses, query, keys, places, near, row)

        def came(found: tuple[Words, list[int], dict[str, WorkItem]]) -> None:
            if turn == self._turn and typed == self.filter and keys is self.keys:
                self._words, places, items = found
                self._items.update(items)
                self._let_through = typed
                self._arrange(places)
                self.came.emit()

        self._worker.latest(FILTER, read, came, owner=self)

    def fold(self, group: str) -> None:
        """Hide a group's rows, or show them again."""
        self.folded = self.folded ^ {group}
        self._arrange(self._places)
        self.came.emit()

    def fold_all(self) -> None:
        """All groups folded away; all open again where they were."""
        groups = frozenset(heading.group for heading in self.arranged.headings())
        self.folded = frozenset() if groups <= self.folded else groups
        self._arrange(self._places)
        self.came.emit()

    def drop(self) -> None:
        """The page is left: a list of a hundred thousand is not kept for nothing."""
        self._turn += 1
        self.loaded = False
        self.beginResetModel()
        self.keys, self._texts, self._runs, self._place_of = Keys([], [], []), Texts([]), [], {}
        self._places, self._words = [], ()
        self.arranged = Arranged(())
        self._items.clear()
        self._lines.clear()
        self.endResetModel()

    def _came(self, query: ListQuery, found: "_Read", typed: str) -> None:
        same = found.same_as is not None and found.same_as is self.keys
        another = query.work_list is not self.query.work_list
        if another or query.group is not self.query.group:
            self.folded = frozenset()
        if another:  # the row of a ticket may be about something else there
            self._items.clear()
        self.query, self.loaded = query, True
        self._stale.update(self._items)
        if same and typed == self._let_through:
            self._repaint()
        else:
            self.keys, self._texts, self._runs, self._place_of = found.keys, found.texts, found.runs, found.place_of
            self._let_through, self._words = typed, found.words
            self._arrange(found.places)
            self.came.emit()
        if typed != self.filter:
            self.narrow(self.filter)  # typed while the list was on its way

    def _arrange(self, places: list[int]) -> None:
        self.beginResetModel()
        self._places = places
        self.arranged = Arranged(places, self._runs, self.folded)
        self._lines.clear()
        self.endResetModel()

    # ---- rows

    def key_at(self, row: int) -> str:
        """ "" for a heading and outside."""
        if not 0 <= row < self.arranged.count:
            return ""
        found = self.arranged.at(row)
        return "" if isinstance(found, Heading) else self.keys.ids[found]

    def heading_at(self, row: int) -> Heading | None:
        found = self.arranged.at(row) if 0 <= row < self.arranged.count else None
        return found if isinstance(found, Heading) else None

    def row_of(self, key: str) -> int:
        """-1 where it is not in the table (any more)."""
        place = self._place_of.get(key)
        return -1 if place is None else self.arranged.row_of(place)

    def item(self, key: str) -> WorkItem | None:
        return self._items.get(key)

    def line(self, key: str) -> WorkLine | None:
        """None: it is not here yet, and has been asked for."""
        made = self._lines.get(key)
        if made is None and (item := self._items.get(key)) is not None:
            made = self._lines[key] = presenter.line(item, self.moment, self._names(), self._zone)
        return made

    @property
    def moment(self) -> Moment:
        """As the list was asked for, with the time as it is now."""
        return replace(self.query.moment, now=self._clock())

    def tick(self) -> None:
        """Time has passed: what is left of each limit is another text."""
        self._lines.clear()
        if self.arranged.count:
            last = self.index(self.arranged.count - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _repaint(self) -> None:
        self.tick()
        self.changed.emit()

    def want(self, first: int, last: int) -> None:
        """These rows are in sight."""
        wanted = (max(0, first - AROUND), min(self.arranged.count, last + AROUND + 1))
        if any(self._lacks(row) for row in range(first, min(last + 1, self.arranged.count))):
            self._wanted = wanted
            if not self._fetch.isActive():
                self._fetch.start()

    def _lacks(self, row: int) -> bool:
        key = self.key_at(row)
        return bool(key) and (key not in self._items or key in self._stale)

    def _read_wanted(self) -> None:
        if self._wanted is None:
            return
        first, last = self._wanted
        self._wanted = None
        keys = [key for row in range(first, last) if (key := self.key_at(row)) and self._lacks(row)]
        if not keys:
            return
        uses, query = self._uses, self.query

        def came(found: dict[str, WorkItem]) -> None:
            if query.work_list is self.query.work_list:
                self._rows_came(keys, found)

        self._worker.latest(ROWS, lambda: uses.work.items(keys, query), came, owner=self)

    def _rows_came(self, keys: list[str], found: dict[str, WorkItem]) -> None:
        for key in keys:  # one that is not found any more is not shown any more
            self._stale.discard(key)
            self._lines.pop(key, None)
            self._items.pop(key, None)
        self._take(found)

    def _take(self, found: dict[str, WorkItem]) -> None:
        """Rows as they are now."""
        for key in found:
            self._stale.discard(key)
            self._lines.pop(key, None)
        self._items.update(found)
        while len(self._items) > KEPT:
            self._items.popitem(last=False)
        if self.arranged.count:
            last = self.index(self.arranged.count - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        self.changed.emit()

    # ---- Qt

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own way
        return 0 if parent.isValid() else self.arranged.count

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return words.column(COLUMNS[section])

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = index.row()
        heading = self.heading_at(row)
        if heading is not None:
            return self.heading_text(heading)
        made = self.line(self.key_at(row))
        if made is None:
            return ""
        return made.spoken if role == Qt.ItemDataRole.AccessibleTextRole else made.cells[COLUMNS[index.column()]]

    def heading_text(self, heading: Heading) -> str:
        today = self._clock().astimezone(self._zone).date()
        return presenter.heading(self.query.group, heading.group, heading.count, self._names(), today)


def _first_rows(
    uses: WorkUses, query: ListQuery, keys: Keys, places: list[int], chosen: int | None = None, row: int = 0
) -> dict[str, WorkItem]:
    """With the list itself: what is seen first, around the place that is `chosen` or else what has come into its `row`,
    does not take a second way to the store."""
    at = -1 if chosen is None else index_of(chosen, places)
    at = at if at >= 0 else min(row, len(places))
    return uses.work.items([keys.ids[place] for place in places[max(0, at - FIRST // 2) : at + FIRST]], query)


def _spelled(uses: WorkUses, staff: Sequence[Staff], typed: str) -> list[frozenset[str]]:
    """Each word as it may stand in a row's text: as it is typed, or as the code or number of what is called so. A
    single character is in so many names that it is searched for as it stands."""
    found: list[frozenset[str]] = []
    for word in typed.lower().split():
        spellings = {word}
        named = len(word) > 1
        spellings.update(code.lower() for code in (uses.codes(word) if named else ()))
        for one in staff if named else ():
            if word in one.name.lower():
                spellings.update((one.staff_id.lower(), one.number))
        found.append(frozenset(spellings))
    return found
