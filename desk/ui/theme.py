"""The design tokens, in one place: type scale, spacing, radius, and colours by role for light and dark.

Promises WCAG 2.2 AA: every pair in `TEXT_PAIRS` has a contrast of at least 4.5:1 and every pair in `UI_PAIRS` at least
3:1, in both palettes (`tests/ui/test_theme.py` computes them). Widgets never name a colour: they carry a property
`role`, and the stylesheet made here does the rest; what paints itself asks `current()`. Sizes are device independent
pixels at 100 %; Qt scales them. Surprising choice: the scale starts at 13 and the body is 15, larger than desktop
habit, because the seat's screen is read at arm's length while talking.

Ui process, Qt's thread."""

import math
from dataclasses import dataclass, fields
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

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


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they are for, "#rrggbb". `on_X` is text or an icon on X."""

    window: str  # behind everything
    panel: str  # a column, a field
    raised: str  # a card in a column, a hovered row
    text: str
    muted: str  # secondary text
    line: str  # hairline between things; decoration only
    border: str  # edge of a control
    accent: str  # the one thing to do next; focus
    on_accent: str
    accent_soft: str  # a selected row
    on_accent_soft: str
    go: str  # answer
    on_go: str
    go_soft: str
    on_go_soft: str
    danger: str  # hang up, an error
    on_danger: str
    danger_soft: str
    on_danger_soft: str
    warn: str
    warn_soft: str
    on_warn_soft: str
    lamp_off: str


LIGHT = Palette(
    window="#eef1f5",
    panel="#ffffff",
    raised="#f6f8fa",
    text="#17202b",
    muted="#505c6b",
    line="#d9dfe6",
    border="#848e9b",
    accent="#0b5cad",
    on_accent="#ffffff",
    accent_soft="#dfecf9",
    on_accent_soft="#0a4583",
    go="#0a7140",
    on_go="#ffffff",
    go_soft="#dcf2e5",
    on_go_soft="#085a33",
    danger="#b3261e",
    on_danger="#ffffff",
    danger_soft="#fce8e6",
    on_danger_soft="#8c1d18",
    warn="#9a5b00",
    warn_soft="#fdf0d5",
    on_warn_soft="#6b3f00",
    lamp_off="#77818e",
)

DARK = Palette(
    window="#12161b",
    panel="#1a2027",
    raised="#232b34",
    text="#e8edf2",
    muted="#a9b4c0",
    line="#303a45",
    border="#76828f",
    accent="#6cb0f5",
    on_accent="#06233f",
    accent_soft="#18385a",
    on_accent_soft="#cfe5fb",
    go="#56c98b",
    on_go="#03230f",
    go_soft="#143a27",
    on_go_soft="#b9efd0",
    danger="#f28b82",
    on_danger="#3b0906",
    danger_soft="#4a1c19",
    on_danger_soft="#fbd3cf",
    warn="#e9b04b",
    warn_soft="#46340f",
    on_warn_soft="#f9e2b2",
    lamp_off="#8490a0",
)

# A line's colour (`LineSettings.colour`): (light, dark). It stands beside the line's label on panel, raised, window and
# the soft grounds, never alone, and never carries text: 3:1 on each.
LINE_COLOURS: dict[str, tuple[str, str]] = {
    "blue": ("#0b5cad", "#6cb0f5"),
    "green": ("#0a7140", "#56c98b"),
    "orange": ("#a8480a", "#f0a35e"),
    "purple": ("#6b3fa0", "#bd9bee"),
    "red": ("#b3261e", "#f28b82"),
    "grey": ("#5b6673", "#a3aebb"),
}


def line_colour(name: str) -> str:
    """ "#rrggbb" of a line's colour in the palette in use; a name nobody knows is grey."""
    light, dark = LINE_COLOURS.get(name, LINE_COLOURS["grey"])
    return dark if _current is DARK else light


# (foreground, background) pairs that are used for text: 4.5:1.
TEXT_PAIRS = (
    *((ink, ground) for ink in ("text", "muted", "accent", "danger", "go", "warn") for ground in ("panel", "raised")),
    ("text", "window"),
    ("muted", "window"),
    ("on_accent", "accent"),
    ("on_accent_soft", "accent_soft"),
    ("on_go", "go"),
    ("on_go_soft", "go_soft"),
    ("on_danger", "danger"),
    ("on_danger_soft", "danger_soft"),
    ("on_warn_soft", "warn_soft"),
)
# Edges of controls, focus rings, lamps and icons: 3:1.
UI_PAIRS = (
    *((ink, ground) for ink in ("border", "lamp_off") for ground in ("panel", "raised")),
    *((ink, "window") for ink in ("accent", "go", "danger", "warn", "lamp_off")),
    ("accent", "accent_soft"),
    ("go", "go_soft"),
    ("danger", "danger_soft"),
    ("warn", "warn_soft"),
)


def contrast(ink: str, ground: str) -> float:
    """Contrast ratio of two "#rrggbb" colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else math.pow((p + 0.055) / 1.055, 2.4) for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


_current: Palette = LIGHT


def current() -> Palette:
    """The palette in use."""
    return _current


def apply(app: QApplication, wanted: Literal["light", "dark", "system"]) -> Palette:
    """Dress the application. "system" follows the desktop's colour scheme as it is now."""
    global _current
    scheme = QGuiApplication.styleHints().colorScheme()
    dark = wanted == "dark" or (wanted == "system" and scheme is Qt.ColorScheme.Dark)
    _current = DARK if dark else LIGHT
    sheet = stylesheet(_current)
    if app.styleSheet() == sheet:
        return _current  # dressing again costs a second where windows stand
    app.setStyle("Fusion")
    font = QFont()
    font.setFamilies(list(FONT_STACK))
    font.setPixelSize(Type.BODY)
    app.setFont(font)
    app.setPalette(_qt_palette(_current))
    app.setStyleSheet(sheet)
    return _current


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


# Roles of QLabel: title, big, strong, caption, muted, error, ok, warning, key, chip, chip-accent, chip-warn,
# chip-danger, chip-go.
# Roles of QFrame: panel, card, card-chosen, strip, strip-ringing, strip-up, strip-held, strip-late, strip-accent,
# lamps, line, popup, banner-accent, banner-go, banner-warn, banner-danger (their labels take the banner's ink).
# Roles of QPushButton and QToolButton: "" (plain), primary, go, danger, quiet, row.
# A field that was refused has the property wrong = true.
_SHEET = """
QWidget {{ font-size: {body}px; color: {text}; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {border}; padding: {xs}px; }}
QLabel {{ background: transparent; }}
QLabel[role="title"] {{ font-size: {title}px; font-weight: 600; }}
QLabel[role="big"] {{ font-size: {big}px; font-weight: 600; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QLabel[role="caption"] {{ font-size: {caption}px; color: {muted}; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[role="error"] {{ color: {danger}; }}
QLabel[role="ok"] {{ color: {go}; }}
QLabel[role="warning"] {{ color: {warn}; }}
QLabel[role="key"] {{ font-size: {caption}px; color: {muted}; border: 1px solid {border}; border-radius: 3px;
    padding: 0 {xs}px; }}
QLabel[role^="chip"] {{ font-size: {caption}px; border-radius: 9px; padding: 1px {s}px; background: {raised};
    color: {text}; border: 1px solid {line}; }}
QLabel[role="chip-accent"] {{ background: {accent_soft}; color: {on_accent_soft}; border-color: {accent_soft}; }}
QLabel[role="chip-warn"] {{ background: {warn_soft}; color: {on_warn_soft}; border-color: {warn_soft}; }}
QLabel[role="chip-danger"] {{ background: {danger_soft}; color: {on_danger_soft}; border-color: {danger_soft}; }}
QLabel[role="chip-go"] {{ background: {go_soft}; color: {on_go_soft}; border-color: {go_soft}; }}

QFrame[role="panel"] {{ background: {panel}; border: 1px solid {line}; border-radius: {radius}px; }}
QFrame[role="card"] {{ background: {raised}; border: 1px solid {line}; border-radius: {radius}px; }}
QFrame[role="card-chosen"] {{ background: {accent_soft}; border: 1px solid {accent}; border-radius: {radius}px; }}
QFrame[role="strip"] {{ background: {panel}; border: none; border-bottom: 1px solid {line}; }}
QFrame[role="strip-ringing"] {{ background: {go_soft}; border: none; border-bottom: 2px solid {go}; }}
QFrame[role="strip-up"] {{ background: {panel}; border: none; border-bottom: 2px solid {accent}; }}
QFrame[role="strip-held"] {{ background: {warn_soft}; border: none; border-bottom: 2px solid {warn}; }}
QFrame[role="strip-late"] {{ background: {danger_soft}; border: none; border-bottom: 2px solid {danger}; }}
QFrame[role="strip-late"] QLabel {{ color: {on_danger_soft}; }}
QFrame[role="strip-accent"] {{ background: {accent_soft}; border: none; border-bottom: 2px solid {accent}; }}
QFrame[role="strip-accent"] QLabel {{ color: {on_accent_soft}; }}
QFrame[role="lamps"] {{ background: {panel}; border: none; border-top: 1px solid {line}; }}
QFrame[role="banner-warn"] {{ background: {warn_soft}; border: 1px solid {warn}; border-radius: {radius}px; }}
QFrame[role="banner-warn"] QLabel {{ color: {on_warn_soft}; }}
QFrame[role="banner-danger"] {{ background: {danger_soft}; border: 1px solid {danger}; border-radius: {radius}px; }}
QFrame[role="banner-danger"] QLabel {{ color: {on_danger_soft}; }}
QFrame[role="banner-go"] {{ background: {go_soft}; border: 1px solid {go}; border-radius: {radius}px; }}
QFrame[role="banner-go"] QLabel {{ color: {on_go_soft}; }}
QFrame[role="banner-accent"] {{ background: {accent_soft}; border: 1px solid {accent}; border-radius: {radius}px; }}
QFrame[role="banner-accent"] QLabel {{ color: {on_accent_soft}; }}
QFrame[role="popup"] {{ background: {panel}; border: 1px solid {border}; border-radius: {radius}px; }}
QFrame[role="line"] {{ background: {line}; border: none; max-height: 1px; min-height: 1px; }}

QPushButton, QToolButton {{ background: {panel}; color: {text}; border: 1px solid {border};
    border-radius: {radius}px; padding: 0 {m}px; min-height: {inner}px; }}
QPushButton:hover, QToolButton:hover {{ background: {raised}; }}
QPushButton:pressed, QToolButton:pressed, QPushButton:checked {{ background: {accent_soft}; color: {on_accent_soft};
    border-color: {accent}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {muted}; border-color: {line}; background: transparent; }}
QPushButton:focus, QToolButton:focus {{ border: {focus}px solid {accent}; }}
QPushButton[role="primary"] {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
QPushButton[role="go"] {{ background: {go}; color: {on_go}; border-color: {go}; }}
QPushButton[role="danger"] {{ background: {danger}; color: {on_danger}; border-color: {danger}; }}
QPushButton[role="primary"]:disabled, QPushButton[role="go"]:disabled, QPushButton[role="danger"]:disabled {{
    background: transparent; color: {muted}; border-color: {line}; }}
QPushButton[role="primary"]:focus, QPushButton[role="go"]:focus, QPushButton[role="danger"]:focus {{
    border: {focus}px solid {text}; }}
QPushButton[role="quiet"] {{ background: transparent; border-color: transparent; }}
QPushButton[role="quiet"]:hover {{ background: {raised}; }}
QPushButton[role="quiet"]:focus {{ border: {focus}px solid {accent}; }}
QPushButton[role="row"] {{ background: transparent; border: 1px solid transparent; text-align: left;
    padding: {xs}px {s}px; }}
QPushButton[role="row"]:hover {{ background: {raised}; }}
QPushButton[role="row"]:focus {{ border: {focus}px solid {accent}; background: {raised}; }}

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox {{ background: {panel}; color: {text}; border: 1px solid {border};
    border-radius: {radius}px; padding: 0 {s}px; selection-background-color: {accent};
    selection-color: {on_accent}; }}
QLineEdit, QComboBox {{ min-height: {inner}px; }}
QPlainTextEdit, QTextEdit {{ padding: {xs}px; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus {{ border: {focus}px solid {accent}; }}
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"], QComboBox[wrong="true"] {{ border: {focus}px solid {danger}; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled {{ color: {muted}; border-color: {line}; }}
QLineEdit:read-only {{ background: {raised}; }}

QComboBox::drop-down {{ border: none; width: 26px; }}
QComboBox QAbstractItemView {{ background: {panel}; color: {text}; border: 1px solid {border};
    selection-background-color: {accent_soft}; selection-color: {on_accent_soft}; outline: none; }}

QListView, QListWidget {{ background: {panel}; border: none; outline: none; }}
QListView::item {{ border-radius: 4px; padding: {xs}px {s}px; }}
QListView::item:hover {{ background: {raised}; }}
QListView::item:selected {{ background: {accent_soft}; color: {on_accent_soft}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {border}; border-radius: 3px; min-height: 32px; margin: 2px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QScrollBar:horizontal {{ height: 0; }}
"""


def stylesheet(p: Palette) -> str:
    """The whole application's stylesheet in this palette."""
    colors = {field.name: getattr(p, field.name) for field in fields(p)}
    return _SHEET.format(
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
