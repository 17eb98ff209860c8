"""Colours by role, for light and dark.

Promises WCAG 2.2 AA: every pair in `TEXT_PAIRS` has a contrast of at least 4.5:1 and every pair in `UI_PAIRS` at least
3:1, in both palettes (`tests/ui/test_theme.py` computes them). No Qt."""

import math
from dataclasses import dataclass


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
