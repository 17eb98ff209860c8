import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desk.ui import icons, theme
from desk.ui.palette import DARK, LIGHT, LINE_COLOURS, TEXT_PAIRS, UI_PAIRS, Palette, contrast


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("ground", ["panel", "raised", "window", "go_soft", "warn_soft", "danger_soft", "accent_soft"])
@pytest.mark.parametrize("name", LINE_COLOURS)
def test_a_lines_colour_is_visible_wherever_it_stands(name: str, ground: str) -> None:
    light, dark = LINE_COLOURS[name]
    assert contrast(light, getattr(LIGHT, ground)) >= 3.0
    assert contrast(dark, getattr(DARK, ground)) >= 3.0


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_is_readable(palette: Palette, ink: str, ground: str) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), UI_PAIRS)
def test_edges_and_lamps_are_visible(palette: Palette, ink: str, ground: str) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= 3.0


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_stylesheet_is_understood(qtbot: QtBot, qapp: QApplication, palette: Palette) -> None:
    label = QLabel("x")
    qtbot.addWidget(label)
    label.setStyleSheet(theme.stylesheet(palette))  # Qt warns about what it cannot parse, and a warning fails
    theme.mark(label, "title")
    assert label.property("role") == "title"


def test_the_chosen_theme_is_the_one_in_use(qtbot: QtBot, qapp: QApplication) -> None:
    try:
        assert theme.apply(qapp, "dark") is theme.current() is DARK
        assert qapp.palette().window().color().name() == DARK.window
    finally:
        theme.apply(qapp, "light")
    assert theme.current() is LIGHT


def test_an_icon_is_drawn_in_its_ink(qtbot: QtBot) -> None:
    image = icons.icon("phone-fill", "#ff0000").pixmap(32, 32).toImage()
    inks = {image.pixelColor(x, y).name() for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() > 250}
    assert inks == {"#ff0000"}


def test_an_unknown_icon_is_a_bug_that_is_told_at_once(qtbot: QtBot) -> None:
    with pytest.raises(icons.NoSuchIcon):
        icons.icon("no-such-icon", "#000000")
