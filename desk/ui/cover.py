"""A page that covers what is in the middle and goes again: a list, the early warnings, the shift. Built when it is
first opened (`LateCover`), so that the window's start pays for none of them. Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QFrame


class Cover(QFrame):
    """`left()`: done with it. `returns`: opened over another cover, it goes back to that one."""

    left = Signal()
    returns = False

    def start(self) -> None:
        """It comes to the front, and takes the keyboard."""
        raise NotImplementedError

    def has_keyboard(self) -> bool:
        """The keyboard is on it, or nowhere. Asked before rows are shown: hiding what has it hands it on to anybody."""
        held = QApplication.focusWidget()
        return held is None or held is self or self.isAncestorOf(held)

    def has_lost_keyboard(self) -> bool:
        """It is on nothing in it, though it may be on the page itself."""
        held = QApplication.focusWidget()
        return held is None or not self.isAncestorOf(held)

    def come_back(self) -> None:
        """What was opened from it is left again: it is in front as it was."""
        self.start()


class LateCover:
    """A page that is built when somebody first wants it. `add` makes room for it in the middle.
    Made by `Pages.late_cover`, which knows them all."""

    def __init__(self, build: Callable[[], Cover], add: Callable[[Cover], None]) -> None:
        self._build, self._add = build, add
        self.page: Cover | None = None

    def get(self) -> Cover:
        if self.page is None:
            self.page = self._build()
            self._add(self.page)
        return self.page
