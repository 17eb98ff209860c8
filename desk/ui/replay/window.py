"""The replay window: one line in which any call is found, the calls below it, what is known of the chosen one beside
them, and the player at the bottom. What plays goes on while somebody looks for something else.

A window of its own beside the seat's, never modal; it keeps its size and is closed without asking: closing stops the
sound. Surprising choice: the search line has the keyboard, and the arrows walk through the results from there, so that
typing, choosing and hearing need no change of place. Ui process, Qt's thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from PySide6.QtCore import QSettings, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from desk.domain.identity import CallId
from desk.domain.listening import Listener, Listening, Role
from desk.domain.tickets import Ticket
from desk.i18n import _
from desk.ui import theme
from desk.ui.application import TITLE_BAR
from desk.ui.key_button import KeyButton
from desk.ui.player.marks import MarkKind, PlayerMark
from desk.ui.player.panel import PlayerPanel
from desk.ui.replay import rows_presenter
from desk.ui.replay.actions import Actions, ActionsParts, Choose
from desk.ui.replay.call_pages import CommentsPage, FactsPage, ListeningPage, TicketOfCall
from desk.ui.replay.field_marks import field_marks
from desk.ui.replay.pages import Pages, Show
from desk.ui.replay.search_pane import SearchPane
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.ticket.page import TicketParts
from desk.ui.worker import Worker
from desk.usecases.comment_call import CommentCall
from desk.usecases.search_calls import FoundCall

ENTITIES = frozenset({"call", "recording", "ticket", "score", "comment", "listening", "person"})
_FIRST_SIZE = QSize(1280, 720)
_SMALLEST = QSize(960, 560)


@dataclass(frozen=True, kw_only=True)
class ReplayParts:
    """`one` (`SearchCalls.one`), `tickets_of` (`ports.Tickets.of_call`), `listenings`
    (`recording_ports.Listenings.of_call`) and `listener` (who sits here) run on the worker. `open_ticket`: in the
    seat's window. `memory`: where the window's size is kept."""

    worker: Worker
    one: Callable[[CallId], FoundCall | None]
    tickets_of: Callable[[CallId], Sequence[Ticket]]
    ticket: TicketParts
    actions: ActionsParts
    comments: CommentCall
    listenings: Callable[[CallId], Sequence[Listening]]
    listener: Callable[[], Listener]
    open_ticket: Callable[[str], None]
    clock: Callable[[], datetime]
    zone: tzinfo
    memory: Callable[[], QSettings] = lambda: QSettings("desk", "replay")


class ReplayWindow(QWidget):
    """`add_page` puts further pages beside those that are there. `search` and `player`, the largest parts, are made
    beforehand, so that nobody waits for all of it at once."""

    closed = Signal()

    def __init__(
        self,
        parts: ReplayParts,
        search: SearchPane,
        player: PlayerPanel,
        choose_file: Choose | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("replay_window")
        self.setWindowTitle(_("Recordings"))
        self.setMinimumSize(_SMALLEST)
        self._parts = parts
        self._playing: FoundCall | None = None
        self.search = search
        self.act = Actions(parts.actions, choose_file)
        self.pages = Pages()
        self.facts = FactsPage(parts.zone)
        self.ticket = TicketOfCall(parts.ticket)
        self.comments = CommentsPage(parts.worker, parts.comments, parts.clock, parts.zone)
        self.listenings = ListeningPage(parts.worker, parts.listenings, parts.clock, parts.zone)
        self.player = player
        self.player.on_comment = self._comment
        self.player.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._title = QLabel()
        self._lay_out()
        self._connect()
        self._add_pages()
        self._add_keys()
        self._remember()

    # ---- what the seat's window asks

    def open(self) -> None:
        """To the front, with the keyboard in the search line."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        self.look_who_listens()
        self.search.start()
        step("replay_shown")

    def show_call(self, call_id: str) -> None:
        self.search.show_call(call_id)
        self.open()

    def show_ticket(self, number: str) -> None:
        """The calls of this ticket, by its number."""
        self.search.show_text(number)
        self.open()

    def add_page(self, title: str, key: str, widget: QWidget, show: Show) -> None:
        """`show` is called with the chosen call (None: none) when the page is looked at."""
        self.pages.add_page(title, key, widget, show)

    def add_page_later(self, title: str, key: str, name: str, make: Callable[[], tuple[QWidget, Show]]) -> None:
        """The same for one that is made when it is first looked at."""
        self.pages.add_page_later(title, key, name, make)

    def rows_changed(self, entities: tuple[str, ...]) -> None:
        """Something came from elsewhere: what is shown follows quietly, and what is hidden when it is shown again."""
        if self.isVisible() and ENTITIES.intersection(entities):
            self._follow()
            if {"comment", "ticket"}.intersection(entities):
                self._read_marks()

    def look_who_listens(self) -> None:
        """Somebody else may sit here now."""
        self._parts.worker.latest(
            "replay-listener", self._parts.listener, self._show_listener, lane="replay", owner=self
        )

    # ---- hearing

    def play(self, found: FoundCall, from_ms: int = 0) -> None:
        """Hear this call; what plays now stops."""
        self._playing = found
        title = rows_presenter.title(found, self._parts.clock(), self._parts.zone)
        call_id = found.hit.call.call_id
        known = [found.hit.ticket] if found.hit.ticket is not None else []
        self.player.load_call(call_id, field_marks(call_id, found.hit.recording, known), title, from_ms)
        self._read_marks()
        self.search.list.viewport().update()

    def play_current(self) -> None:
        found = self.search.current
        if found is not None:
            self.play(found)

    def play_next(self, by: int) -> None:
        """The call that stands so many below what is chosen."""
        self.search.step(by)
        self.play_current()

    def play_moment(self, call_id: str, at_ms: int = 0) -> None:
        """From there; the call need not be the chosen one."""
        if (
            self._playing is not None
            and self._playing.hit.call.call_id == call_id
            and self.player.deck.tape is not None
        ):
            self.player.seek(at_ms)
            return
        current = self.search.current
        if current is not None and current.hit.call.call_id == call_id:
            self.play(current, at_ms)
            return
        wanted = CallId(call_id)

        def came(found: FoundCall | None) -> None:
            if found is not None:
                self.play(found, at_ms)

        self._parts.worker.latest("replay-one", lambda: self._parts.one(wanted), came, lane="replay", owner=self)

    # ---- inside

    def _chosen(self, found: FoundCall | None) -> None:
        self._title.setText(
            rows_presenter.title(found, self._parts.clock(), self._parts.zone) if found is not None else ""
        )
        self.setProperty("number_to_call", found.number_shown if found is not None else "")  # see `dial_anywhere`
        self.pages.show_found(found)
        self.act.show_found(found)

    def _show_listener(self, listener: Listener) -> None:
        self.act.show_listener(listener)
        own = listener.role is not Role.SUPERVISOR
        self.setWindowTitle(_("Recordings: my own calls") if own else _("Recordings"))

    def _comment(self, at_ms: int, text: str) -> None:
        found = self._playing
        if found is not None:
            self.comments.write(found.hit.call.call_id, at_ms, text)

    def _remark_not_kept(self, call_id: str, at_ms: int, text: str, why: str) -> None:
        """Whoever wrote it looks at the player, and has it back to send again."""
        playing = self._playing
        self.player.take_back(at_ms, text, why, here=playing is not None and playing.hit.call.call_id == call_id)

    def _read_marks(self) -> None:
        """Remarks on what plays, and what was typed in it, are marks of it, whichever page is in front."""
        playing = self._playing
        if playing is None:
            return
        call_id, recording = playing.hit.call.call_id, playing.hit.recording
        found = playing.hit.ticket

        def read() -> list[PlayerMark]:
            comments = self._parts.comments.of_call(call_id)
            remarks = [PlayerMark(one.at_ms, MarkKind.COMMENT, one.text) for one in comments]
            tickets = {one.ticket_id: one for one in (*((found,) if found else ()), *self._parts.tickets_of(call_id))}
            return [*field_marks(call_id, recording, list(tickets.values())), *remarks]

        def came(marks: list[PlayerMark]) -> None:
            if self._playing is playing:
                self.player.deck.show_more_marks(marks)

        self._parts.worker.latest("replay-marks", read, came, lane="replay", owner=self)

    def _follow(self) -> None:
        self.search.refresh()
        self.pages.refresh()

    def _connect(self) -> None:
        self.search.chosen.connect(self._chosen)
        self.search.opened.connect(self.play)
        self.search.left.connect(self.close)
        self.search.list.player_key = self.player.handle_key
        self.search.list.playing_row = lambda index: self._is_playing(self.search.model.row(index))
        self.act.done.connect(self._follow)
        self.ticket.moment_requested.connect(self.play_moment)
        self.ticket.play_requested.connect(self.play_moment)
        self.ticket.open_requested.connect(self._parts.open_ticket)
        self.comments.moment_requested.connect(self.play_moment)
        self.comments.not_kept.connect(self._remark_not_kept)
        self.comments.changed.connect(lambda _call_id: self._read_marks())
        self.player.heard.connect(lambda _call_id: self.pages.refresh())
        self.player.deck.finished.connect(lambda _why: self.search.list.viewport().update())

    def _is_playing(self, found: FoundCall | None) -> bool:
        playing = self._playing
        return (
            found is not None
            and playing is not None
            and self.player.is_playing
            and found.hit.call.call_id == playing.hit.call.call_id
        )

    def _add_pages(self) -> None:
        self.add_page(_("Call"), "Ctrl+1", self.facts, self.facts.show_found)
        self.add_page(_("Ticket"), "Ctrl+2", self.ticket, self.ticket.show_found)
        self.add_page(_("Remarks"), "Ctrl+3", self.comments, self.comments.show_found)
        self.add_page(_("Listening log"), "Ctrl+4", self.listenings, self.listenings.show_found)

    def _add_keys(self) -> None:
        keys: tuple[tuple[str, Callable[[], None]], ...] = (
            ("F3", self.search.focus_line),
            ("Ctrl+F", self.search.focus_line),
            ("Ctrl+Down", lambda: self.search.step(1)),
            ("Ctrl+Up", lambda: self.search.step(-1)),
            ("Ctrl+Space", self.player.toggle),
            ("Ctrl+W", self._close),
        )
        for key, do in keys:
            QShortcut(QKeySequence(key), self).activated.connect(do)

    def _close(self) -> None:
        self.close()

    def _lay_out(self) -> None:
        theme.mark(self._title, "strong")
        self._title.setObjectName("replay_title")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setWordWrap(True)
        right = QWidget()
        right_column = QVBoxLayout(right)
        right_column.setContentsMargins(0, 0, 0, 0)
        right_column.setSpacing(Space.XS)
        right_column.addWidget(self._title)
        right_column.addWidget(self.act)
        right_column.addWidget(self.pages, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.search)
        self._split.addWidget(right)
        self._split.setStretchFactor(0, 5)
        self._split.setStretchFactor(1, 6)
        inside = QVBoxLayout()
        inside.setContentsMargins(Space.S, Space.XS, Space.S, Space.S)
        inside.setSpacing(Space.S)
        inside.addWidget(self._split, 1)
        inside.addLayout(self._lay_out_keys())
        inside.addWidget(self.player)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.search.head)
        column.addLayout(inside, 1)

    def _lay_out_keys(self) -> QHBoxLayout:
        hear = KeyButton("replay_hear", _("Hear"), "Enter", "play-fill", "primary", listens=False)
        hear.clicked.connect(self.search.enter)
        before = KeyButton("replay_before", _("Hear the one above"), "Ctrl+PgUp", "skip-back", "quiet")
        after = KeyButton("replay_after", _("Hear the one below"), "Ctrl+PgDown", "skip-forward", "quiet")
        before.clicked.connect(lambda: self.play_next(-1))
        after.clicked.connect(lambda: self.play_next(1))
        browse = KeyButton("replay_browse", _("Browse on"), "Ctrl+Down", "arrow-down", "quiet", listens=False)
        browse.clicked.connect(lambda: self.search.step(1))
        find = KeyButton("replay_find", _("Search"), "F3", "magnifying-glass", "quiet", listens=False)
        find.clicked.connect(self.search.focus_line)
        pause = KeyButton("replay_pause", _("Pause"), "Ctrl+Space", "pause", "quiet", listens=False)
        pause.clicked.connect(self.player.toggle)
        row = QHBoxLayout()
        row.setSpacing(Space.XS)
        for button in (hear, pause, before, after, browse, find):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
        row.addStretch(1)
        return row

    # ---- the window itself

    def _remember(self) -> None:
        memory = self._parts.memory()
        kept = memory.value("geometry")
        if kept is None or not self.restoreGeometry(kept):
            self.resize(_FIRST_SIZE.boundedTo(self.screen().availableSize() - QSize(0, TITLE_BAR)))
        split = memory.value("split")
        if split is not None:
            self._split.restoreState(split)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():  # it was closed, or hidden by the lock: nothing followed meanwhile
            self._follow()
            self._read_marks()

    def closeEvent(self, event: QCloseEvent) -> None:
        memory = self._parts.memory()
        memory.setValue("geometry", self.saveGeometry())
        memory.setValue("split", self._split.saveState())
        self.search.leave()
        self.player.close_tape()
        self._playing = None
        event.accept()
        self.closed.emit()
