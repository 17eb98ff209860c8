"""The player's keys, in one table: what they do, and the caps that stand on the buttons. They work wherever the focus
is in the player; whoever has the focus elsewhere (a list of calls) may hand its key events to `press`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from desk.ui.player.deck import LEAP_MS, STEP_MS, Deck
from desk.ui.player.wave import Wave

_K, _M = Qt.Key, Qt.KeyboardModifier
_PLAIN, _SHIFT = _M.NoModifier, _M.ShiftModifier
_Press: TypeAlias = tuple[Qt.Key, Qt.KeyboardModifier]

CAPS = {
    "toggle": "Space",
    "back": "←",
    "on": "→",
    "far_back": "⇧←",
    "far_on": "⇧→",
    "previous_mark": "P",
    "next_mark": "N",
    "slower": ",",
    "normal": "/",
    "faster": ".",
    "skip_silence": "S",
    "mute_caller": "1",
    "mute_agent": "2",
    "loop_from": "[",
    "loop_until": "]",
    "loop_off": "\\",
    "zoom_in": "+",
    "zoom_out": "-",
    "zoom_whole": "0",
    "comment": "C",
    "marks": "M",
}


@dataclass(frozen=True, slots=True)
class Keys:
    """`more`: what a front adds (comment, list of marks, volume)."""

    deck: Deck
    wave: Wave
    more: dict[_Press, Callable[[], None]]

    def press(self, event: QKeyEvent) -> bool:
        """Whether the key was one of the player's."""
        modifiers = event.modifiers() & ~_M.KeypadModifier
        key = Qt.Key(event.key())
        if key in _SIGNS:  # with which modifiers they are typed depends on the keyboard
            modifiers = _PLAIN
        action = self.more.get((key, modifiers)) or self._table().get((key, modifiers))
        if action is None:
            return False
        action()
        event.accept()
        return True

    def _table(self) -> dict[_Press, Callable[[], None]]:
        deck, wave = self.deck, self.wave
        return {
            (_K.Key_Space, _PLAIN): deck.toggle,
            (_K.Key_Left, _PLAIN): lambda: deck.seek_by(-STEP_MS),
            (_K.Key_Right, _PLAIN): lambda: deck.seek_by(STEP_MS),
            (_K.Key_Left, _SHIFT): lambda: deck.seek_by(-LEAP_MS),
            (_K.Key_Right, _SHIFT): lambda: deck.seek_by(LEAP_MS),
            (_K.Key_Home, _PLAIN): lambda: deck.seek(0),
            (_K.Key_End, _PLAIN): lambda: deck.seek(deck.length_ms),
            (_K.Key_P, _PLAIN): deck.previous_mark,
            (_K.Key_N, _PLAIN): deck.next_mark,
            (_K.Key_Comma, _PLAIN): lambda: deck.change_speed(-1),
            (_K.Key_Period, _PLAIN): lambda: deck.change_speed(1),
            (_K.Key_Slash, _PLAIN): lambda: deck.change_speed(0),
            (_K.Key_S, _PLAIN): deck.toggle_skip_silence,
            (_K.Key_1, _PLAIN): lambda: deck.toggle_mute(0),
            (_K.Key_2, _PLAIN): lambda: deck.toggle_mute(1),
            (_K.Key_BracketLeft, _PLAIN): deck.loop_from_here,
            (_K.Key_BracketRight, _PLAIN): deck.loop_until_here,
            (_K.Key_Backslash, _PLAIN): lambda: deck.set_loop(None),
            (_K.Key_Plus, _PLAIN): lambda: wave.zoom(1),
            (_K.Key_Equal, _PLAIN): lambda: wave.zoom(1),
            (_K.Key_Minus, _PLAIN): lambda: wave.zoom(-1),
            (_K.Key_0, _PLAIN): lambda: wave.zoom(0),
            (_K.Key_PageUp, _PLAIN): lambda: wave.scroll_by(-0.5),
            (_K.Key_PageDown, _PLAIN): lambda: wave.scroll_by(0.5),
        }


_SIGNS = frozenset(
    {
        _K.Key_Plus,
        _K.Key_Equal,
        _K.Key_Minus,
        _K.Key_Comma,
        _K.Key_Period,
        _K.Key_Slash,
        _K.Key_BracketLeft,
        _K.Key_BracketRight,
        _K.Key_Backslash,
    }
)
