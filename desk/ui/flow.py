"""Widgets side by side in as many lines as they need. Placed by hand and not by a QLayout: it asks for another height
only when a line more or less is needed, so that a settled window stays settled. Ui process, Qt's thread."""

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desk.ui.theme import Space


class Flow(QWidget):
    """The children that are not hidden, in their order."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._items: list[QWidget] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def add(self, widget: QWidget, before: QWidget | None = None) -> None:
        """`before`: one that is there already; else it comes last."""
        widget.setParent(self)
        widget.installEventFilter(self)
        self._items.insert(self._items.index(before) if before is not None else len(self._items), widget)
        widget.show()
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = (QEvent.Type.ShowToParent, QEvent.Type.HideToParent, QEvent.Type.FontChange)
        if event.type() in shown and watched in self._items:
            self._place()
        return False

    def changed(self) -> None:
        """The words of one have become longer or shorter."""
        self._place()

    def _place(self) -> None:
        x = y = line = 0
        for widget in self._items:
            if widget.isHidden():
                continue
            size = widget.sizeHint()
            if x and x + size.width() > self.width():
                x, y, line = 0, y + line + Space.XS, 0
            widget.setGeometry(x, y, min(size.width(), self.width()), size.height())
            x += size.width() + Space.XS
            line = max(line, size.height())
        if y + line != self.height():
            self.setFixedHeight(y + line)
