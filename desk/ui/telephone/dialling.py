"""Calling somebody: the bar's dial field, its key, and by which line. The line is chosen by itself unless the agent
chooses one (Ctrl+F6, round and round, where there is more than one); the choice holds until a call goes out, or Escape
leaves the field. Whoever is called back is called by the line that their call came by, where it can be.

A number that the telephone does not take stands in the field again, to be mended. Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from desk.domain.calls import Call
from desk.domain.commands import Dial
from desk.domain.events import CommandRefused
from desk.domain.party import Direction
from desk.i18n import _
from desk.ui.hub import Hub
from desk.ui.key_button import KeyButton
from desk.ui.suggest_box import Search
from desk.ui.telephone.dial_box import DialBox

_WIDTH = 132
_LEAST = 88  # where the buttons need the room: their words go first


class Dialling(QObject):
    """`focus_left()`: the agent is done with the field. `told(words)`: something to be told that changes nothing.
    `is_emergency(typed)`: who may be called at a seat that is shut."""

    focus_left = Signal()
    told = Signal(str)

    def __init__(self, hub: Hub, search: Search, is_emergency: Callable[[str], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._hub, self._is_emergency = hub, is_emergency
        self._last = ""  # the number dialled last
        self._asked = ""  # asked of the telephone, which has not said yet what comes of it
        self._chosen = ""  # a line, "" = whichever can
        self._offered = ("", "")  # a number that was put into the field, and the line that it came by
        self.field = DialBox("dial_field", search)
        self.field.setAccessibleName(_("Number to dial"))
        self.field.setMinimumWidth(_LEAST)
        self.field.setMaximumWidth(_WIDTH)
        self.key = KeyButton("dial", _("Dial"), "F6", "phone-outgoing", shows_words=False)
        self.key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.key.clicked.connect(lambda: self.key_pressed())
        self.field.chosen.connect(self._dial)
        self.field.chosen_otherwise.connect(self._dial)
        self.field.left.connect(self._left)
        hub.dial_requested.connect(self._requested)
        hub.call_requested.connect(self.call)
        hub.call_back_requested.connect(self.call)
        hub.call_opened.connect(self._opened)
        hub.refused.connect(self._refused)
        hub.line_changed.connect(self.refresh)
        self.refresh()

    # What the agent does

    def key_pressed(self) -> None:
        """F6 goes to the field; with a number in it and the focus there, it dials."""
        if self.field.hasFocus() and self.field.number:
            self.field.enter()
        else:
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.field.selectAll()

    def redial(self) -> None:
        """The number dialled last, again; it is asked for in the field where there is none yet."""
        if self._hub.is_shut:
            return
        if self._last:
            self._hub.do(Dial(self._last, self._chosen))
        else:
            self.key_pressed()

    def call(self, number: str, line: str = "") -> None:
        """A number that was clicked: dialled at once, or, where there is a call, put into the field for an Enter.
        `line`: that its call came by, "" = none did."""
        if self._hub.is_shut:
            return
        if self._hub.state.front() is None:
            self._hub.do(Dial(number, self._chosen, rather=line))
        else:
            self.offer(number, line)

    def offer(self, number: str, line: str = "") -> None:
        """Put a number into the field, ready for Enter."""
        self._offered = (number, line)
        self.field.offer(number)

    def nobody(self, text: str) -> None:
        """Nobody is called that, whose number was asked for."""
        if self._hub.is_shut:
            self._only_emergency()
            return
        self.told.emit(_("Nobody is called “{text}”. Type another name, or the number.").format(text=text[:40]))

    def _dial(self, number: str) -> None:
        """At a locked seat, or an empty one that is guarded, only who is in need."""
        if self._hub.is_shut and not self._is_emergency(number):
            self._only_emergency()
        else:
            offered, line = self._offered
            self._asked = number
            self._hub.do(Dial(number, self._chosen, rather=line if number == offered else ""))
        self.focus_left.emit()

    def next_line(self) -> None:
        """Round: whichever can, then each by its name."""
        lines = ["", *self._hub.state.lines]
        if len(lines) <= 2:
            return
        self._choose(lines[(lines.index(self._chosen) + 1) % len(lines)])
        chosen = _("The next call goes by {line}. Ctrl+F6 chooses another line.").format(line=self._chosen)
        self.told.emit(chosen if self._chosen else _("The next call goes by whichever line can reach the number."))

    def _choose(self, line: str) -> None:
        self._chosen = line
        self.refresh()

    def _left(self) -> None:
        self._choose("")
        self.focus_left.emit()

    def _only_emergency(self) -> None:
        self.told.emit(_("Only emergency numbers can be called until somebody signs in or unlocks."))

    # What happens

    def _requested(self, number: str) -> None:
        """From outside (a link on a page): it waits in the field. Who is typing in this very window goes on typing."""
        if self._hub.is_shut:
            return
        focus = QApplication.focusWidget()
        if self.field.window().isActiveWindow() and isinstance(focus, QLineEdit | QPlainTextEdit):
            self.field.show_text(number)
            self.told.emit(_("{number} waits in the dial field: F6, then Enter calls it.").format(number=number[:40]))
        else:
            self.offer(number)

    def _opened(self, call: Call) -> None:
        if call.direction is Direction.OUTGOING and not call.consults:
            self._last = call.party.number or self._last
            self._asked = ""
            self._choose("")

    def _refused(self, refused: CommandRefused) -> None:
        """The number stands in the field again; the keyboard stays where it is."""
        if refused.command == Dial.__name__ and self._asked:
            number, self._asked = self._asked, ""
            if not self.field.text() and not self._hub.is_shut:
                self.field.show_text(number)

    # What it shows

    def refresh(self) -> None:
        line = self._chosen if self._chosen in self._hub.state.lines else ""
        self._chosen = line
        self.key.say(_("Dial by {line}").format(line=line) if line else _("Dial"))
        words = _("Emergency number") if self._hub.is_shut else _("Name, number")
        self.field.setPlaceholderText(_("by {line}").format(line=line) if line else words)
