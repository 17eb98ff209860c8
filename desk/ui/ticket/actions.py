"""What can be done with the ticket in front: a bar of keys below its head, and below the bar the panel that one of them
opened. One panel is open at a time; opening another closes it, and what was typed in it stays.

An action that does not fit the ticket now is greyed, and its key still answers: it says why not. A panel may be given
as what builds it: it is then built when it is first opened, so that the window's start does not pay for it. Ui process,
Qt's thread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.domain.moves import MoveKind
from desk.ui import theme
from desk.ui.after.ticket_panel import TicketPanel
from desk.ui.flow import Flow
from desk.ui.key_button import KeyButton
from desk.ui.text_line import TextLine
from desk.ui.theme import Space
from desk.usecases.read_ticket import TicketPage

_ALT = "Alt+"
Fits = Callable[[TicketPage], str]


def always(_page: TicketPage) -> str:
    """It fits every ticket."""
    return ""


class ActionKey(KeyButton):
    """Shows its letter only where the key is Alt with a letter: "Alt+" stands once, before them all. `refuse(why)`: it
    is greyed, and its key still works."""

    why = ""

    def cap(self) -> str:
        return super().cap().removeprefix(_ALT)

    def refuse(self, why: str) -> None:
        if why != self.why:
            self.why = why
            self.setAccessibleDescription(why)
            quiet = not self._shows_words
            theme.mark(self, ("refused-quiet" if quiet else "refused") if why else "quiet" if quiet else "")


@dataclass(slots=True)
class _Action:
    button: ActionKey
    fits: Fits
    build: Callable[[], TicketPanel] | None = None
    panel: TicketPanel | None = None
    do: Callable[[TicketPage], None] | None = None
    move: MoveKind | None = None
    leads: MoveKind | None = None
    is_aside: bool = False


class TicketActions(QWidget):
    """`written()`: a panel appended changes. `told(text)`: a word for the line at the bottom. `closed()`: no panel is
    open any more, the page may have the keyboard."""

    written = Signal()
    told = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ticket_actions")
        self._actions: list[_Action] = []
        self._page: TicketPage | None = None
        self._open: _Action | None = None
        self._first_last: ActionKey | None = None
        self.aside = QHBoxLayout()  # the page puts it into its head
        self._bar = Flow("ticket_action_bar")
        alt = QLabel(_ALT)
        theme.mark(alt, "caption")
        alt.setMinimumHeight(theme.Size.CONTROL)
        self._bar.add(alt)
        self._why = TextLine(role="warning")
        self._why.setObjectName("ticket_action_why")
        self._why.hide()
        self._host = QVBoxLayout()
        self._host.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self._bar)
        column.addWidget(self._why)
        column.addLayout(self._host)
        self.hide()

    def add(
        self,
        panel: TicketPanel | Callable[[], TicketPanel],
        key: str,
        words: str,
        icon: str,
        *,
        fits: Fits = always,
        move: MoveKind | None = None,
        leads: MoveKind | None = None,
        last: bool = False,
        aside: bool = False,
    ) -> ActionKey:
        """A panel and the key that opens it and closes it again. `fits(page)`: why it cannot be opened now, "" where it
        can; asked on Qt's thread, so it looks at the page only. `move`: the panel is how this move is made; it is
        greyed where the move is, and the list of moves leads to it. `leads`: only the latter, for a panel
        that is for more than the move. `last`: it stands behind those that are not;
        `aside`: in the ticket's head, without words."""
        built = panel if isinstance(panel, TicketPanel) else None
        name = f"open_{built.objectName()}" if built is not None else f"open_panel_{key}"
        button = ActionKey(name, words, key, icon, "quiet" if aside else "", shows_words=not aside)
        action = _Action(button, fits, move=move, leads=leads or move, is_aside=aside)
        if isinstance(panel, TicketPanel):
            self._take(action, panel)
        else:
            action.build = panel
        return self._place(action, lambda: self._toggle(action), last=last)

    def add_deed(
        self,
        do: Callable[[TicketPage], None],
        key: str,
        words: str,
        icon: str,
        *,
        fits: Fits = always,
        last: bool = False,
        aside: bool = False,
    ) -> ActionKey:
        """A key that does something with the ticket at once, without a panel. `aside`: in the ticket's head, without
        words."""
        button = ActionKey(f"do_{key}", words, key, icon, "quiet" if aside else "", shows_words=not aside)
        action = _Action(button, fits, do=do, is_aside=aside)

        def pressed() -> None:
            if self._page is not None and not self._says_why(action):
                do(self._page)

        return self._place(action, pressed, last=last)

    @property
    def open_panel(self) -> TicketPanel | None:
        return self._open.panel if self._open is not None else None

    def open(self, button: KeyButton) -> None:
        """Open the panel of this key (a list's row leads to it); nothing where it is open already or does not fit."""
        action = next((one for one in self._actions if one.button is button), None)
        if action is not None and action is not self._open:
            self._toggle(action)

    def unbuilt(self) -> list[Callable[[], object]]:
        """Panels that were never opened, each built when it is called."""
        waiting = [action for action in self._actions if action.panel is None and action.build is not None]
        return [partial(self._built, action) for action in waiting]

    def opens_for(self, move: MoveKind) -> bool:
        """Open the panel by which this move is made; False where none is."""
        action = next((one for one in self._actions if one.leads is move), None)
        if action is not None:
            self.open(action.button)
        return action is not None

    def step_back(self) -> bool:
        """Escape: one step back within the panel that is open, else close it. False where none was."""
        panel = self.open_panel
        return (panel is not None and panel.step_back()) or self.close_panel()

    def close_panel(self) -> bool:
        """Close what is open. False where nothing was."""
        action, self._open = self._open, None
        if action is None or action.panel is None:
            return False
        action.panel.hide()
        action.button.setChecked(False)
        self.closed.emit()
        return True

    def forget(self) -> None:
        """Whoever sat here leaves: nothing is open, and nothing that they typed is shown to the next one."""
        self.close_panel()
        self._why.hide()
        for action in self._actions:
            if action.panel is not None:
                action.panel.forget()

    def show_page(self, page: TicketPage | None, refusals: Mapping[MoveKind, str] = MappingProxyType({})) -> None:
        """The ticket in front, or its rows have changed; None: there is none (yet). `refusals`: why a move cannot be
        made now, "" or nothing where it can."""
        before, self._page = self._page, page
        if page is None or (before is not None and before.ticket.ticket_id != page.ticket.ticket_id):
            self.close_panel()
            self._why.hide()
        self.setVisible(page is not None and bool(self._actions))
        for action in self._actions:
            if action.is_aside:
                action.button.setVisible(page is not None)
        if page is None:
            return
        for action in self._actions:
            why = refusals.get(action.move, "") if action.move is not None else ""
            action.button.refuse(why or action.fits(page))
        panel = self.open_panel
        if panel is not None:
            panel.refresh(page)

    def _place(self, action: _Action, pressed: Callable[[], None], *, last: bool) -> ActionKey:
        action.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        action.button.setCheckable(action.do is None)
        action.button.clicked.connect(lambda _checked=False: pressed())
        self._actions.append(action)
        if action.is_aside:
            self.aside.addWidget(action.button)
            action.button.setVisible(self._page is not None)
        else:
            self._bar.add(action.button, None if last else self._first_last)
            self._first_last = self._first_last or (action.button if last else None)
        self.setVisible(self._page is not None)
        return action.button

    def _toggle(self, action: _Action) -> None:
        page, was_open = self._page, self._open is action
        self.close_panel()
        action.button.setChecked(False)
        if page is None or was_open or self._says_why(action):
            return
        panel = self._built(action)
        if panel is None:
            return
        self._open = action
        action.button.setChecked(True)
        panel.show()
        panel.open_for(page)

    def _built(self, action: _Action) -> TicketPanel | None:
        if action.panel is None and action.build is not None:
            self._take(action, action.build())
        return action.panel

    def _says_why(self, action: _Action) -> bool:
        """Where the action does not fit now: say why."""
        self._why.setText(action.button.why)
        self._why.setVisible(bool(action.button.why))
        return bool(action.button.why)

    def _take(self, action: _Action, panel: TicketPanel) -> None:
        action.panel = panel
        if not panel.accessibleName():
            panel.setAccessibleName(action.button.accessibleName())
        panel.hide()
        self._host.addWidget(panel)
        panel.written.connect(self.written)
        panel.told.connect(self.told)
        panel.left.connect(lambda: self._left(panel))

    def _left(self, panel: TicketPanel) -> None:
        if self.open_panel is panel:
            self.close_panel()
