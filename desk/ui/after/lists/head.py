"""The head of the work lists: which list (Alt and a digit, with how many rows each has), the filter, how the rows are
sorted and grouped. Ui process, Qt's thread."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.domain.work_lists import Column, GroupBy, ListQuery, WorkList
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.lists import words
from desk.ui.after.lists.small_key import HEIGHT, SmallKey
from desk.ui.flow import Flow
from desk.ui.key_button import KeyButton
from desk.ui.leaving_field import FindField
from desk.ui.theme import Space


class WorkHead(QWidget):
    """`list_wanted(WorkList)`; `sort_wanted()`: by the next column; `turn_wanted()`: the other way round;
    `group_wanted()`: by the next thing; `open_wanted()`; `done()`."""

    list_wanted = Signal(object)
    sort_wanted = Signal()
    turn_wanted = Signal()
    group_wanted = Signal()
    open_wanted = Signal()
    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("work_head")
        self.filter = _Filter()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        title = QLabel(_("Work lists"))
        theme.mark(title, "title")
        find = _quiet("work_find_key", _("Find"), "Ctrl+F", "magnifying-glass", shows_words=False)
        find.clicked.connect(self.filter.take)
        done = _quiet("work_done", _("Done"), "Esc", "check", listens=False)
        done.clicked.connect(lambda: self.done.emit())
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(title)
        row.addWidget(self.filter, 1)
        row.addWidget(find)
        row.addWidget(done)
        column.addLayout(row)
        self._tabs = Flow("work_tabs")
        alt = QLabel("Alt+")
        theme.mark(alt, "caption")
        alt.setMinimumHeight(HEIGHT)
        self._tabs.add(alt)
        self._lists = {self._list_key(index, which): which for index, which in enumerate(WorkList, 1)}
        column.addWidget(self._tabs)
        column.addWidget(self._ways())

    def show_query(self, query: ListQuery) -> None:
        for button, which in self._lists.items():
            button.setChecked(which is query.work_list)
        self._sort.say(_("Sorted: {column}").format(column=words.column(query.sort)))
        self._group.say(words.group_by(query.group))
        self._ways_row.changed()

    def show_counts(self, counts: Mapping[WorkList, int]) -> None:
        for button, which in self._lists.items():
            name = words.work_list(which)
            button.say(_("{name} {count}").format(name=name, count=counts[which]) if counts[which] else name)
        self._tabs.changed()

    def show_found(self, text: str) -> None:
        self._found.setText(text)
        self._ways_row.changed()

    def show_open(self, *, can: bool) -> None:
        self._open.setEnabled(can)

    def _ways(self) -> Flow:
        self._sort = _quiet("work_sort", words.column(Column.COST), "Alt+O", "sort-ascending")
        turn = _quiet("work_turn", _("The other way round"), "Alt+V", "arrows-down-up", shows_words=False)
        self._group = _quiet("work_group", words.group_by(GroupBy.NONE), "Alt+G", "rows")
        self._open = _quiet("work_open", _("Open the ticket"), "Enter", "arrow-square-out", listens=False)
        self._sort.clicked.connect(lambda: self.sort_wanted.emit())
        turn.clicked.connect(lambda: self.turn_wanted.emit())
        self._group.clicked.connect(lambda: self.group_wanted.emit())
        self._open.clicked.connect(lambda: self.open_wanted.emit())
        self._found = QLabel()
        self._found.setObjectName("work_found")
        theme.mark(self._found, "caption")
        self._found.setMinimumHeight(theme.Size.CONTROL)
        self._ways_row = Flow("work_ways")  # in two lines rather than with keys cut
        for widget in (self._sort, turn, self._group, self._open, self._found):
            self._ways_row.add(widget)
        return self._ways_row

    def _list_key(self, digit: int, which: WorkList) -> KeyButton:
        button = SmallKey(f"work_list_{which.value}", words.work_list(which), f"Alt+{digit % 10}", "", "quiet")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.list_wanted.emit(which))
        self._tabs.add(button)
        return button


class _Filter(FindField):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("work_find")
        self.setAccessibleName(_("Filter the list"))
        self.setPlaceholderText(_("Place, number, name, matter, handler"))
        self.returnPressed.connect(self.went_down)

    def take(self) -> None:
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()


def _quiet(name: str, said: str, key: str, icon: str, *, listens: bool = True, shows_words: bool = True) -> KeyButton:
    button = KeyButton(name, said, key, icon, "quiet", listens=listens, shows_words=shows_words)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
