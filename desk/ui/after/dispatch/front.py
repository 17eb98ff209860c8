"""The dispatch panel's widgets, and nothing else: what they show and what was pressed. Ui process, Qt's thread."""

from datetime import datetime, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desk.domain.identity import StaffId
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.dispatch.heard_bar import HeardBar
from desk.ui.after.dispatch.presenter import DispatchView, WhoLine, act, matching
from desk.ui.after.dispatch.who_list import SHOWN, WhoList
from desk.ui.date_field import DateField
from desk.ui.flow import Flow
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.text_line import TextLine
from desk.ui.theme import Space
from desk.usecases.ports import Clock

ANOTHER_KEY = "Alt+U"
BESIDE_ANSWERS = 4
_LIMIT_WIDTH = 120
_DIGITS = range(Qt.Key.Key_1.value, Qt.Key.Key_9.value + 1)


class DispatchFront(QWidget):
    """`entered(calls)`: the work is to be sent to the one chosen, with a call or without. `another()`: the next task.
    `closed()`: back to the page."""

    entered = Signal(bool)
    another = Signal()
    closed = Signal()

    def __init__(self, clock: Clock, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._view: DispatchView | None = None
        self.field = _Field(self)
        self.list = WhoList("dispatch_list", _("Who could take it"))
        self.heard = HeardBar(clock, zone)
        self.title = QLineEdit()
        self.limit = DateField("dispatch_limit", _("Internal limit"), clock, zone, ends=True)
        self._make()
        self._lay_out()
        self.field.textEdited.connect(lambda _text: self.narrow())
        self.field.entered.connect(self.entered)
        self.title.returnPressed.connect(lambda: self.entered.emit(True))
        self.limit.entered.connect(lambda: self.entered.emit(True))
        self.list.moved.connect(self._show_act)
        self.heard.asks.connect(self._ask)

    @property
    def chosen(self) -> WhoLine | None:
        return self.list.chosen

    def say(self, title: str) -> None:
        self._head.setText(title)

    def blank(self, title: str) -> None:
        """Another ticket, whose people have not come yet."""
        self._view = None
        self.forget_typed()
        self.heard.clear()
        self.heard.offer((), "")
        self.list.show_lines(())
        self.say(title)
        self._route.clear()
        for label in (self._troubles, self._tries):
            label.hide()
        self._show_act()

    def forget_typed(self) -> None:
        self.field.clear()
        self.title.clear()
        self.limit.clear()

    def show_view(self, view: DispatchView, *, new: bool, keeps: bool, can_add: bool) -> None:
        """`keeps`: whoever is chosen stays it. `can_add`: there is a task already, so one more may be added."""
        self._view = view
        self._list(None if keeps else view.preferred)
        self.say(view.title)
        self._route.setText(" · ".join(part for part in (view.tasks_words, view.route) if part))
        self._troubles.setText("\n".join(view.troubles))
        self._troubles.setVisible(bool(view.troubles))
        self._tries.setText(" · ".join(view.tries))
        self._tries.setVisible(bool(view.tries))
        self.title.setVisible(new)
        self.limit.field.setPlaceholderText(f"{view.limit.astimezone(self._zone):%m-%d %H:%M}")
        self._more.setVisible(can_add)
        holder = next((line.name for line in view.lines if line.staff_id == view.holder), "")
        self.heard.offer(view.heard, holder)
        self._show_act()

    def narrow(self) -> None:
        if self._view is not None:
            self._list(None)
            self._show_act()

    def _list(self, chosen: StaffId | None) -> None:
        """Fewer lines where answers stand below them: all of it fits on a small screen."""
        view = self._view
        if view is not None:
            most = BESIDE_ANSWERS if view.heard else SHOWN
            self.list.show_lines(matching(view.lines, self.field.text()), chosen, most)

    def step_back(self) -> bool:
        """Escape: out of a question, out of what was typed. False: there was nothing of either."""
        if self.heard.step_back():
            return True
        if not self.field.text():
            return False
        self.field.clear()
        self.narrow()
        return True

    def take_keyboard(self) -> None:
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def until(self) -> datetime | None:
        return self.limit.value()

    def refuses_limit(self) -> bool:
        """Whether what stands in the field means no time; it is marked, and has the keyboard."""
        if self.limit.value() is not None or not self.limit.field.text().strip():
            return False
        self.limit.refuse(is_wrong=True)
        self.limit.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def press(self, event: QKeyEvent) -> bool:
        """A key in the field that means something here."""
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        by = {
            Qt.Key.Key_Down.value: 1,
            Qt.Key.Key_Up.value: -1,
            Qt.Key.Key_PageDown.value: SHOWN,
            Qt.Key.Key_PageUp.value: -SHOWN,
        }.get(key)
        if plain and by is not None:
            self.list.step(by)
            return True
        if plain and key in _DIGITS and not self.field.text():
            return self.heard.press_digit(key - Qt.Key.Key_0.value)
        return False

    def _ask(self, on: bool) -> None:
        """The question stands in the place of the list: both would not fit on a small screen."""
        self.list.setVisible(not on)
        self._buttons.setVisible(not on)
        if not on:
            self.take_keyboard()

    def _show_act(self) -> None:
        view, chosen = self._view, self.list.chosen
        does = act(view, chosen) if view is not None else ""
        has_phone = chosen is not None and bool(chosen.phone)
        is_holder = view is not None and chosen is not None and chosen.staff_id == view.holder
        self._act.setEnabled(bool(does) and (has_phone or not is_holder))
        self._act.say(does or _("Nobody is called that"), "phone-outgoing" if has_phone else "user-plus")
        self._quietly.setVisible(bool(does) and has_phone and not is_holder)
        self._buttons.changed()

    def _make(self) -> None:
        self._head = TextLine(role="strong")
        self._head.setObjectName("dispatch_head")
        self._route = TextLine(role="muted")
        self._route.setObjectName("dispatch_route")
        self._troubles = QLabel()
        self._troubles.setObjectName("dispatch_troubles")
        self._troubles.setTextFormat(Qt.TextFormat.PlainText)
        self._troubles.setWordWrap(True)
        theme.mark(self._troubles, "warning")
        self._troubles.hide()
        self._tries = TextLine(role="muted")
        self._tries.setObjectName("dispatch_tries")
        self._tries.hide()
        self.field.setObjectName("dispatch_who")
        self.field.setAccessibleName(_("Who takes it"))
        self.field.setPlaceholderText(_("Name, pinyin or initials; ↑ ↓ choose"))
        self.title.setObjectName("dispatch_title")
        self.title.setAccessibleName(_("What is to be done"))
        self.title.setPlaceholderText(_("What is to be done, e.g. paint the wall afterwards"))
        self.title.hide()
        self.limit.field.setMinimumWidth(_LIMIT_WIDTH)
        self._act = KeyButton("dispatch_act", _("Dispatch"), "Enter", "phone-outgoing", "primary", listens=False)
        self._quietly = KeyButton("dispatch_quietly", _("Without a call"), "Shift+Enter", "", listens=False)
        self._more = KeyButton("dispatch_another", _("Next task"), ANOTHER_KEY, "plus", "quiet")
        self._close = KeyButton("dispatch_close", _("Close"), "Esc", "x", "quiet", listens=False)
        self._act.clicked.connect(lambda: self.entered.emit(True))
        self._quietly.clicked.connect(lambda: self.entered.emit(False))
        self._more.clicked.connect(lambda: self.another.emit())
        self._close.clicked.connect(lambda: self.closed.emit())
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._buttons = Flow("dispatch_buttons")
        for button in (self._act, self._quietly, self._more):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._buttons.add(button)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(Picture("paper-plane-tilt", "accent"))
        head.addWidget(self._head, 3)
        head.addWidget(self._route, 2)
        head.addWidget(self._close)
        entry = QHBoxLayout()
        entry.setSpacing(Space.S)
        limit_words = QLabel(_("Internal limit"))
        theme.mark(limit_words, "muted")
        entry.addWidget(self.field, 1)
        entry.addWidget(limit_words)
        entry.addWidget(self.limit, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._troubles)
        column.addWidget(self.title)
        column.addLayout(entry)
        column.addWidget(self.list)
        column.addWidget(self._buttons)
        column.addWidget(self.heard)
        column.addWidget(self._tries)


class _Field(QLineEdit):
    """`entered(calls)`: Enter, or Shift+Enter: without a call."""

    entered = Signal(bool)

    def __init__(self, front: DispatchFront) -> None:
        super().__init__()
        self._front = front

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        elif not self._front.press(event):
            super().keyPressEvent(event)
