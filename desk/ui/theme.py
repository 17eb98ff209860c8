"""The design tokens, in one place: type scale, spacing and radius, the palette in use (`desk.ui.palette` has both), and
the application dressed in them.

Widgets never name a colour: they carry a property `role`, and the stylesheet (`desk.ui.stylesheet`) does the rest; what
paints itself asks `current()`. Sizes are device independent pixels at 100 %; Qt scales them. Surprising choice: the
scale starts at 13 and the body is 15, larger than desktop habit, because the seat's screen is read at arm's length
while talking.

Ui process, Qt's thread."""

from collections.abc import Callable
from dataclasses import fields
from typing import Literal, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from desk.ui.palette import DARK, LIGHT, LINE_COLOURS, Palette
from desk.ui.stylesheet import SHEET

T = TypeVar("T")

# The first that exists wins. Latin and digits come from the same face, so that numbers sit on one line with the text.
FONT_STACK = ("Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei UI", "Microsoft YaHei", "PingFang SC", "sans-serif")


class Type:
    """Type scale in px."""

    CAPTION = 13
    BODY = 15
    TITLE = 18
    BIG = 24


class Space:
    """Grid of 4 px."""

    XS = 4
    S = 8
    M = 12
    L = 16
    XL = 24


class Size:
    """Heights and widths that belong together, in px."""

    RADIUS = 6
    CONTROL = 34  # height of a field or a button
    ICON = 18
    LEFT = 352
    RIGHT = 316
    FOCUS = 2  # width of the focus ring


_current: Palette = LIGHT


def current() -> Palette:
    """The palette in use."""
    return _current


def line_colour(name: str) -> str:
    """ "#rrggbb" of a line's colour in the palette in use; a name nobody knows is grey."""
    light, dark = LINE_COLOURS.get(name, LINE_COLOURS["grey"])
    return dark if _current is DARK else light


def apply(app: QApplication, wanted: Literal["light", "dark", "system"]) -> Palette:
    """Dress the application and what stands of it. "system" follows the desktop's colour scheme as it is now."""
    sheet = _chosen(wanted)
    if app.styleSheet() != sheet:  # dressing again costs a second where windows stand
        _lay_ground(app)
        app.setStyleSheet(sheet)
    return _current


def dressed(app: QApplication, wanted: Literal["light", "dark", "system"], build: Callable[[], T]) -> T:
    """What `build` makes, dressed once it is whole. Whenever a widget is put into another, Qt matches the stylesheet
    with all that is in it again: under the sheet a window takes three times as long to be built."""
    sheet = _chosen(wanted)
    app.setStyleSheet("")
    _lay_ground(app)
    built = build()
    app.setStyleSheet(sheet)
    return built


def _chosen(wanted: Literal["light", "dark", "system"]) -> str:
    """From here on `current()`; its stylesheet."""
    global _current
    scheme = QGuiApplication.styleHints().colorScheme()
    dark = wanted == "dark" or (wanted == "system" and scheme is Qt.ColorScheme.Dark)
    _current = DARK if dark else LIGHT
    return stylesheet(_current)


def _lay_ground(app: QApplication) -> None:
    """All but the stylesheet."""
    app.setStyle("Fusion")
    font = QFont()
    font.setFamilies(list(FONT_STACK))
    font.setPixelSize(Type.BODY)
    app.setFont(font)
    app.setPalette(_qt_palette(_current))


def mark(widget: QWidget, role: str) -> None:
    """Give a widget its role (see `stylesheet`) and redraw it; roles may change at any time."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        repolish(widget)


def repolish(widget: QWidget) -> None:
    """Make the stylesheet look at the widget's properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def _qt_palette(p: Palette) -> QPalette:
    roles = QPalette.ColorRole
    pairs = {
        roles.Window: p.window,
        roles.WindowText: p.text,
        roles.Base: p.panel,
        roles.AlternateBase: p.raised,
        roles.Text: p.text,
        roles.PlaceholderText: p.muted,
        roles.Button: p.panel,
        roles.ButtonText: p.text,
        roles.BrightText: p.danger,
        roles.ToolTipBase: p.raised,
        roles.ToolTipText: p.text,
        roles.Highlight: p.accent,
        roles.HighlightedText: p.on_accent,
        roles.Link: p.accent,
        roles.Accent: p.accent,
        roles.Light: p.raised,
        roles.Mid: p.line,
        roles.Dark: p.border,
    }
    palette = QPalette()
    for role, color in pairs.items():
        palette.setColor(role, QColor(color))
    for role in (roles.Text, roles.ButtonText, roles.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(p.muted))
    return palette


def stylesheet(p: Palette) -> str:
    """The whole application's stylesheet in this palette."""
    colors = {field.name: getattr(p, field.name) for field in fields(p)}
    return SHEET.format(
        **colors,
        caption=Type.CAPTION,
        body=Type.BODY,
        title=Type.TITLE,
        big=Type.BIG,
        xs=Space.XS,
        s=Space.S,
        m=Space.M,
        radius=Size.RADIUS,
        inner=Size.CONTROL - 4,
        focus=Size.FOCUS,
    )
