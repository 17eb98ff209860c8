"""The window: the call on top, who is calling on the left with what is open below, the form or ticket in the middle,
what helps on the right, what is wrong and the lamps at the bottom. It places the panels, remembers where the keyboard
was, and asks before it closes under a running call or over text that is not on disk; what the panels say to each other
is in `main_window_wiring`.

No modal dialog anywhere: a question stands in a strip inside the window. A ringing call raises an alert at the taskbar
and never activates the window. Ui process, Qt's thread."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPaintEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui.caller.card import CallerCard
from desk.ui.close_question import CloseQuestion
from desk.ui.hub import Hub
from desk.ui.lamp_bar import LampBar
from desk.ui.lock import LockPage, PasswordPage
from desk.ui.middle import Middle
from desk.ui.sign_in import SignInPage
from desk.ui.telephone.call_bar import CallBar
from desk.ui.theme import Size, Space
from desk.ui.trouble_line import TroubleLine
from desk.ui.window_keys import WindowKeys
from desk.ui.work_list import WorkList

_SMALLEST = QSize(1180, 640)


@dataclass(frozen=True, kw_only=True)
class Panels:
    """What stands in the window. `player` goes below the middle, hidden until something is played."""

    call_bar: CallBar
    card: CallerCard
    work_list: WorkList
    middle: Middle
    side: QWidget
    player: QWidget
    sign_in: SignInPage
    lock: LockPage
    password: PasswordPage
    trouble_line: TroubleLine
    lamps: tuple[QWidget, ...]
    clock: QWidget


class MainWindow(QWidget):
    """`closed()`: the agent wants the seat closed (and has confirmed it where it was asked). `stayed()`: they were
    asked, and want it to stay."""

    closed = Signal()
    stayed = Signal()
    sign_out_wanted = Signal()
    lock_wanted = Signal()
    replay_wanted = Signal()
    keys_wanted = Signal()
    first_shown = Signal()
    first_painted = Signal()  # the agent sees it

    def __init__(self, hub: Hub, panels: Panels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("main_window")
        self.setWindowTitle(_("Desk"))
        self.setMinimumSize(_SMALLEST)
        self._hub, self.panels = hub, panels
        self._held: QWidget | None = None  # where the keyboard was before the bar or the card took it
        self._may_hang_up = self._may_lose = self._came_back = False
        self._was_shown = self._was_painted = False
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(panels.call_bar)
        self._question = CloseQuestion()
        self._question.confirmed.connect(self._close_now)
        self._question.declined.connect(self._stay)
        column.addWidget(self._question)
        self._pages = QStackedWidget()
        self._work = self._work_page()
        self._pages.addWidget(self._work)
        for page in (panels.sign_in, panels.lock, panels.password):
            self._pages.addWidget(page)
        panels.password.left.connect(self._leave_password)
        column.addWidget(self._pages, 1)
        column.addWidget(panels.trouble_line)
        self._keys = WindowKeys(is_guarded=hub.is_guarded, has_supervision=panels.call_bar.has_supervision)
        self._connect_keys()
        self._lamps = LampBar(panels.lamps, panels.clock, self._keys.shown)
        column.addWidget(self._lamps)
        panels.call_bar.focus_left.connect(self.return_focus)
        panels.card.focus_left.connect(self.return_focus)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_changed)
        back = QShortcut(QKeySequence("F11"), self)
        back.activated.connect(panels.middle.focus)
        for signal in (hub.agent_changed, hub.lock_changed):
            signal.connect(self._show_agent)
        self._show_agent()

    def add_banner(self, banner: QWidget) -> None:
        """Below the calls, above everything else; it shows and hides itself."""
        self._column.insertWidget(1, banner)

    def _work_page(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        row.setSpacing(Space.S)
        left = QWidget()
        left.setMinimumWidth(Size.LEFT)
        left.setMaximumWidth(Size.LEFT * 5 // 4)
        left_column = QVBoxLayout(left)
        left_column.setContentsMargins(0, 0, 0, 0)
        left_column.setSpacing(Space.S)
        left_column.addWidget(self.panels.card, 12)
        left_column.addWidget(self.panels.work_list, 7)
        middle = QVBoxLayout()
        middle.setSpacing(Space.S)
        middle.addWidget(self.panels.middle, 1)
        middle.addWidget(self.panels.player)
        self.panels.side.setMinimumWidth(Size.RIGHT)
        self.panels.side.setMaximumWidth(Size.RIGHT * 5 // 4)
        row.addWidget(left, 1)
        row.addLayout(middle, 2)
        row.addWidget(self.panels.side, 1)
        return page

    def _connect_keys(self) -> None:
        keys, bar, middle = self._keys, self.panels.call_bar, self.panels.middle
        keys.state.clicked.connect(bar.toggle_availability)
        keys.supervise.clicked.connect(bar.toggle_supervision)
        keys.replay.clicked.connect(lambda: self.replay_wanted.emit())
        keys.call_log.clicked.connect(middle.toggle_call_log)
        keys.devices.clicked.connect(middle.toggle_devices)
        keys.key_map.clicked.connect(lambda: self.keys_wanted.emit())
        keys.password.clicked.connect(self._open_password)
        keys.lock.clicked.connect(lambda: self.lock_wanted.emit())
        keys.sign_out.clicked.connect(lambda: self.sign_out_wanted.emit())
        bar.states.changed.connect(self._show_state)
        self._show_state()

    # Who is signed in

    def _show_state(self) -> None:
        self._keys.show_state(self.panels.call_bar.states.state)

    def _show_agent(self) -> None:
        agent = self._hub.agent
        self._lamps.agent.setText(f"{agent.number} {agent.name}".strip() if agent else "")
        works = agent is not None and not self._hub.locked
        self._keys.allow(works=works, supervises=works or not self._hub.is_guarded)
        self.panels.password.empty()
        if agent is None:
            self._pages.setCurrentWidget(self.panels.sign_in)
            self.panels.sign_in.focus_first()
            self._work.setEnabled(True)
        elif self._hub.locked:
            self._pages.setCurrentWidget(self.panels.lock)
            self.panels.lock.focus_first()
            self._work.setEnabled(
                False
            )  # Qt gives the keyboard to hidden fields too: a password would land in the form
        else:
            self._work.setEnabled(True)
            was_locked = self._pages.currentWidget() is self.panels.lock
            self._pages.setCurrentIndex(0)
            (self.return_focus if was_locked else self.panels.middle.focus)()

    def _open_password(self) -> None:
        self._pages.setCurrentWidget(self.panels.password)
        self.panels.password.start()

    def _leave_password(self) -> None:
        if self._pages.currentWidget() is self.panels.password:
            self._pages.setCurrentIndex(0)
            self.return_focus()

    # The keyboard

    def return_focus(self) -> None:
        """Put the keyboard back where it was before the call bar or the card's search took it."""
        held = self._held
        if self._hub.agent is None:
            self.panels.sign_in.focus_first()
        elif self._hub.locked:
            self.panels.lock.focus_first()
        elif held is not None and held.isVisible():
            held.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.panels.middle.focus()

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self.panels.middle.isAncestorOf(new):
            self._held = new

    # Coming forward and closing

    def offer_replay(self) -> None:
        """There is a window for recordings: show its key."""
        self._keys.replay.show()

    def show_ticket(self, ticket_id: str) -> None:
        """Another window wants this ticket to be seen here."""
        self.panels.middle.show_ticket(ticket_id)
        self.come_forward()

    def alert(self) -> None:
        """Ask for attention without taking the keyboard from whatever the agent types in."""
        QApplication.alert(self)

    def come_forward(self) -> None:
        """Another start of Desk found this one running: the agent asked for the window."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    def close_unasked(self) -> None:
        """The launcher ends the seat: nobody is asked any more."""
        self._may_lose = True
        self.close_unless_lost()

    def close_unless_lost(self) -> None:
        """Desk ends this window by itself: nobody is asked, but where text would be lost."""
        self._may_hang_up = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._has_to_ask():
            event.ignore()
        else:
            self._came_back = False
            self.closed.emit()
            event.setAccepted(not self._came_back)

    def comes_back(self) -> bool:
        """While it closes, the last saves have failed: the window is there again and asks. False where it may go."""
        self._came_back = self._has_to_ask()
        if self._came_back:
            self.show()
        return self._came_back

    def _has_to_ask(self) -> bool:
        hangs_up = self._hub.state.front() is not None and not self._may_hang_up
        loses = self._hub.unfinished.is_unsaved and not self._may_lose
        if hangs_up or loses:
            self._question.ask(hangs_up=self._hub.state.front() is not None, loses=loses)
        return hangs_up or loses

    def _close_now(self) -> None:
        self._may_hang_up = True
        self._may_lose = self._question.is_about_loss
        self.close()

    def _stay(self) -> None:
        """What was allowed for this end is asked again before the next."""
        self._may_hang_up = self._may_lose = False
        self.stayed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            QTimer.singleShot(0, self, self.first_shown.emit)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self.first_painted.emit)  # after all panels were painted and flushed
