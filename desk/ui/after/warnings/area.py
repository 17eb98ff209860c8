"""A scroll area that is as tall as what is in it, up to a limit, and gives wrapped text the height that it needs: Qt's
own does not look at the width. Ui process, Qt's thread."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget


class FittedArea(QScrollArea):
    """`most` px tall at most; 0: as tall as it is given room."""

    def __init__(self, inner: QWidget, most: int = 0) -> None:
        super().__init__()
        self._inner, self._most = inner, most
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)
        if most:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        inner.installEventFilter(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A low one leaves it to what stands around it which area a key turns."""
        if self._most:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), min(self._most, self._needed())) if self._most else hint

    def minimumSizeHint(self) -> QSize:
        return QSize(100, min(self.sizeHint().height(), 120))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._inner and event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        needed = self._needed()
        if self._inner.minimumHeight() != needed:
            self._inner.setMinimumHeight(needed)
            if self._most:
                self.updateGeometry()

    def _needed(self) -> int:
        layout = self._inner.layout()
        if layout is None:
            return 0
        if layout.hasHeightForWidth():
            return layout.heightForWidth(self.viewport().width())
        return layout.sizeHint().height()
