"""A button with its key, where there is less room than it would like."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from desk.ui.key_button import KeyButton
from desk.ui.theme import Space


def _cap(button: KeyButton, right: int) -> QImage:
    """The key's picture, which ends so far from the right edge."""
    width = button._cap_width()
    return button.grab().toImage().copy(QRect(button.width() - right - width, 0, width, button.height()))


def test_without_room_the_words_are_cut_and_the_key_stays_whole(qtbot: QtBot) -> None:
    button = KeyButton("before", "Hear the one above", "Ctrl+PgUp", "skip-back", "quiet")
    qtbot.addWidget(button)
    button.resize(button.sizeHint())
    whole, drawn = _cap(button, Space.M + 2), button.grab().toImage()
    button.resize(button.sizeHint().width() * 2 // 3, button.height())
    assert _cap(button, Space.S + 2) == whole
    button.resize(button.sizeHint())
    assert button.grab().toImage() == drawn
