"""Loads Qt without the price that PySide6 asks of every import after it.

PySide6 puts itself in the place of `__import__`, for those who switch on `from __feature__ import snake_case`: each
module that is loaded from then on has its source read and kept, to see whether it speaks of PySide6. Nobody here
switches anything, and it is a seventh of a start's loading and 20 MB of a window's memory."""

import builtins


def load_qt() -> None:
    """Call it before anything that imports PySide6 is imported."""
    ours = builtins.__import__
    import PySide6.QtCore  # noqa: F401

    builtins.__import__ = ours
