"""Icons: the Phosphor set, from the font that the QtAwesome package ships.

Surprising choice: QtAwesome itself is not imported. Its import pulls in all of Qt through qtpy and costs 0.27 s of a
start that has 1.5 s in all; the font and its table are read where the package lies, and drawn by 30 lines of ours.
Icons are drawn in the ink given, at any scale, and dimmed where the control is disabled. Names as on phosphoricons.com
(1.3: "phone-call", bold as "phone-call-bold", filled as "phone-call-fill").

Ui process, Qt's thread, after QApplication exists."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from desk.ui import theme

_FONT = "phosphor-1.3.0.ttf"
_TABLE = "phosphor-charmap-1.3.0.json"
_DIMMED = 0.45


class NoSuchIcon(KeyError):
    """The set has no icon of this name."""


@cache
def _font_folder() -> Path:
    """A bundle has the package's fonts and nothing else of it: then it is a namespace, without an origin."""
    spec = find_spec("qtawesome")
    places = [Path(place) / "fonts" for place in (spec.submodule_search_locations or ())] if spec is not None else []
    found = next((place for place in places if (place / _FONT).is_file()), None)
    if found is None:
        raise FileNotFoundError("the package qtawesome, which ships the icons, is not installed")
    return found


@cache
def _glyphs() -> dict[str, str]:
    table: dict[str, str] = json.loads((_font_folder() / _TABLE).read_text(encoding="utf-8"))
    return table


@cache
def _family() -> str:
    loaded = QFontDatabase.addApplicationFont(str(_font_folder() / _FONT))
    return QFontDatabase.applicationFontFamilies(loaded)[0]


def glyph(name: str) -> str:
    """The character that draws this icon. Raises `NoSuchIcon`."""
    try:
        return chr(int(_glyphs()[name], 16))
    except KeyError as error:
        raise NoSuchIcon(name) from error


def paint(painter: QPainter, rect: QRect, name: str, ink: str | QColor) -> None:
    """Draw the icon as large as the rectangle's shorter side, in its middle."""
    font = QFont(_family())
    font.setPixelSize(max(1, min(rect.width(), rect.height())))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setFont(font)
    painter.setPen(QColor(ink))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, glyph(name))
    painter.restore()


class _Engine(QIconEngine):
    def __init__(self, name: str, ink: str) -> None:
        super().__init__()
        self._name, self._ink = name, ink

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._ink)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:  # noqa: ARG002
        ink = QColor(self._ink)
        if mode is QIcon.Mode.Disabled:
            ink.setAlphaF(_DIMMED)
        paint(painter, rect, self._name, ink)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


def icon(name: str, ink: str) -> QIcon:
    """An icon in this ink ("#rrggbb"). Raises `NoSuchIcon`."""
    glyph(name)
    return QIcon(_Engine(name, ink))


class Picture(QWidget):
    """An icon that stands by itself. `ink` is the name of a colour of the palette."""

    def __init__(
        self, name: str, ink: str = "muted", size: int = theme.Size.ICON, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._ink = name, ink
        self.setFixedSize(size, size)

    def show_icon(self, name: str, ink: str) -> None:
        if (name, ink) != (self._name, self._ink):
            self._name, self._ink = name, ink
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        paint(QPainter(self), self.rect(), self._name, getattr(theme.current(), self._ink))
