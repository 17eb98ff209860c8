"""A lamp: a coloured dot, an icon, a few words. The colour never says anything that the words do not.

Ui process, Qt's thread."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from desk.ui import icons, theme
from desk.ui.theme import Space, Type

_INKS = {"off": "lamp_off", "ok": "go", "busy": "accent", "warn": "warn", "bad": "danger"}
_DOT = 10
_ICON = 16


@dataclass(frozen=True, slots=True)
class LampView:
    """`tone`: off, ok, busy, warn, bad. `hint` is the tooltip."""

    tone: str
    words: str
    hint: str = ""


class _Dot(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.tone = "off"
        self.setFixedSize(QSize(_DOT, _DOT))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(theme.current(), _INKS[self.tone])))
        painter.drawEllipse(self.rect())


class _Icon(QWidget):
    """`colour` "": the usual ink."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name, self.colour = name, ""
        self.setFixedSize(QSize(_ICON, _ICON))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        icons.paint(QPainter(self), self.rect(), self._name, self.colour or theme.current().muted)


class Lamp(QWidget):
    """`name` is what the lamp is about, for those who cannot see it."""

    def __init__(self, object_name: str, name: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._name = name
        self.view = LampView("off", "")
        self._compact = False
        self._dot, self._words = _Dot(), QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        font = QFont(self._words.font())
        font.setPixelSize(Type.CAPTION)
        self._words.setFont(font)
        self._words.setProperty("role", "caption")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(Space.XS)
        self._icon = _Icon(icon)
        for widget in (self._dot, self._icon, self._words):
            self.row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_ink(self, colour: str) -> None:
        """The icon's ink, "#rrggbb"; "" as it was made."""
        if colour != self._icon.colour:
            self._icon.colour = colour
            self._icon.update()

    @property
    def may_be_compact(self) -> bool:
        """There is nothing to tell that its dot and icon do not."""
        return self.view.tone in ("ok", "off")

    @property
    def room_of_words(self) -> int:
        return self._words.sizeHint().width() + self.row.spacing()

    @property
    def spared(self) -> int:
        """Room that it could use for words that it does not show."""
        return self.room_of_words if self._words.isHidden() else 0

    def set_compact(self, *, on: bool) -> None:
        """Without words, where there is nothing to tell."""
        self._compact = on
        self._show_words()

    def _show_words(self) -> None:
        hidden = self._compact and self.may_be_compact
        if hidden is not self._words.isHidden():
            self._words.setHidden(hidden)
            self.row.invalidate()
            self.updateGeometry()
            parent = self.parentWidget()
            if parent is not None and (layout := parent.layout()) is not None:
                layout.invalidate()
                parent.updateGeometry()

    def show_view(self, view: LampView) -> None:
        if view == self.view:
            return
        self.view = view
        self._dot.tone = view.tone
        self._dot.update()
        self._words.setText(view.words)
        theme.mark(self._words, "error" if view.tone == "bad" else "caption")
        self.setToolTip(" · ".join(part for part in (view.words, view.hint) if part))
        self._show_words()
        self.setAccessibleName(f"{self._name}: {view.words}")
