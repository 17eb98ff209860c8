"""The pages of the window's middle, one in front at a time; some of them cover what is in front and go again: the
headset page, the call log, a list. Which page follows when nothing is covered is the owner's matter (`Middle`).
Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desk.ui.beside.call_log import CallLogPage
from desk.ui.conflict.page import ConflictPage
from desk.ui.cover import Cover, LateCover
from desk.ui.headset.page import DevicesPage

AnyCover = DevicesPage | CallLogPage | ConflictPage | Cover


class Pages(QStackedWidget):
    """`changed()`: another page is in front. `uncovered(page)`: the cover in front was left, and this page was under
    it; it does not come to the front by itself. `first` is in front at the beginning."""

    changed = Signal()
    uncovered = Signal(object)

    def __init__(self, first: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.late_covers: list[LateCover] = []
        self._covers: list[AnyCover] = []
        self._under: dict[AnyCover, QWidget] = {}  # the cover that one was opened over
        self._before = first  # the page that the covers cover
        self.addWidget(first)

    def put(self, page: QWidget) -> None:
        """Bring it to the front."""
        if self.currentWidget() is not page:
            self.setCurrentWidget(page)
            self.changed.emit()

    def late_cover(self, build: Callable[[], Cover]) -> LateCover:
        """A cover that is built when it is first wanted."""
        late = LateCover(build, self.add_cover)
        self.late_covers.append(late)
        return late

    def add_cover(self, page: AnyCover) -> None:
        """A page that covers what is in front and goes again; see `toggle`."""
        self._covers.append(page)
        self.addWidget(page)
        page.left.connect(lambda: self.toggle(page))

    def toggle(self, page: AnyCover) -> None:
        """Show this cover; what it covered where it is in front already."""
        front = self.currentWidget() or self._before
        if front is page:
            self._uncover(page)
            return
        if front not in self._covers:
            self._before = front
        elif isinstance(page, Cover) and page.returns:
            self._under[page] = front
        self.put(page)
        page.start()

    def _uncover(self, page: AnyCover) -> None:
        under = self._under.pop(page, None)
        if under is None:
            self.uncovered.emit(self._before)
            return
        self.put(under)
        if isinstance(under, Cover):
            under.come_back()
        else:
            under.setFocus()
