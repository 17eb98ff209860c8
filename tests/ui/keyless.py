"""Buttons that show no key of their own, and why."""

from PySide6.QtWidgets import QPushButton, QWidget

from desk.ui.key_button import KeyButton

# by the beginning of the object name
REASONS = {
    "replay_chip_": "one for each word of the search, as many as it has; reached by Tab, or typed away",
    "keypad_": "it bears what is typed for it",
    "priority_": "Alt+Up and Alt+Down step through the four, and the key map says so",
    "hear_field": "one for each field that was typed, as many as a call has; reached by Tab",
    "hear_fact_": "one for each field of a ticket, as many as were typed; reached by Tab",
}


def unkeyed(window: QWidget) -> set[str]:
    """Those in this window, hidden ones too, for whom there is no reason either."""
    buttons = [b for b in window.findChildren(QPushButton) if not isinstance(b, KeyButton) or not b.key]
    return {name for name in (button.objectName() for button in buttons) if not name.startswith(tuple(REASONS))}
