"""What is told of the chosen call, in pages: facts, ticket, remarks, listening log, and whatever is added. Only the
page in front is filled; the others when they come to the front. Ui process, Qt's thread."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.theme import Space
from desk.usecases.search_calls import FoundCall

Show = Callable[[FoundCall | None], None]


@dataclass(slots=True)
class _Page:
    """`make` not None: the page is made when it is first turned to, and an empty one holds its place."""

    button: KeyButton
    widget: QWidget
    show: Show
    is_stale: bool = True
    make: Callable[[], tuple[QWidget, Show]] | None = None


class Pages(QFrame):
    """`turned(index)`: another page came to the front."""

    turned = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replay_pages")
        theme.mark(self, "panel")
        self._pages: list[_Page] = []
        self._found: FoundCall | None = None
        self._keys = QHBoxLayout()
        self._keys.setSpacing(0)
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        column.setSpacing(Space.XS)
        column.addLayout(self._keys)
        column.addWidget(self._stack, 1)

    def add_page(self, title: str, key: str, widget: QWidget, show: Show) -> None:
        """`show` is called with the chosen call (None: no call is chosen) when the page is looked at."""
        button = KeyButton(f"page_{widget.objectName()}", title, key, "", "quiet")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        index = len(self._pages)
        button.clicked.connect(lambda _checked: self.turn_to(index))
        self._pages.append(_Page(button, widget, show))
        if index:
            self._keys.takeAt(self._keys.count() - 1)
        self._keys.addWidget(button)
        self._keys.addStretch(1)
        self._stack.addWidget(widget)
        if not index:
            self.turn_to(0)

    def add_page_later(self, title: str, key: str, name: str, make: Callable[[], tuple[QWidget, Show]]) -> None:
        """The same for a page that is made when somebody first looks at it. `name`: its object name."""
        place = QWidget()
        place.setObjectName(name)  # its key is named after it
        self.add_page(title, key, place, lambda _found: None)
        place.setObjectName("")
        self._pages[-1].make = make

    def turn_to(self, index: int) -> None:
        self._make(self._pages[index])
        for at, page in enumerate(self._pages):
            page.button.setChecked(at == index)
        self._stack.setCurrentIndex(index)
        self._fill()
        self.turned.emit(index)

    def _make(self, page: _Page) -> None:
        if page.make is None:
            return
        index, place = self._stack.indexOf(page.widget), page.widget
        (page.widget, page.show), page.make = page.make(), None
        self._stack.removeWidget(place)
        self._stack.insertWidget(index, page.widget)
        place.deleteLater()

    def show_found(self, found: FoundCall | None) -> None:
        """Another call, or the same one with other rows."""
        if found == self._found:
            return
        self._found = found
        self.refresh()

    def refresh(self) -> None:
        """What belongs to the call has changed."""
        for page in self._pages:
            page.is_stale = True
        self._fill()

    def _fill(self) -> None:
        index = self._stack.currentIndex()
        if 0 <= index < len(self._pages) and self._pages[index].is_stale:
            self._pages[index].is_stale = False
            self._pages[index].show(self._found)
