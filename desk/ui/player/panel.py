"""The player panel: the full front of the deck, for the replay window. Waveform with marks, ruler and zoom, the list of
marks, every button with its key, and a line for a comment at this moment. Ui process, Qt's thread."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.player.engine import PlayerParts
from desk.ui.player.front import Front
from desk.ui.player.mark_list import MarkList
from desk.ui.player.marks import PlayerMark
from desk.ui.player.transport import Listening, Transport, button
from desk.ui.text_line import TextLine
from desk.ui.theme import Space
from desk.ui.ticket.presenter import duration
from desk.usecases.replay import Tape

LONGEST_COMMENT = 500


class PlayerPanel(Front):
    """`on_comment(at_ms, text)`: somebody has a remark at this moment; while it is None there is no key for it. What
    was heard and how it ended are `deck.heard` and `deck.finished`."""

    def __init__(self, parts: PlayerParts, parent: QWidget | None = None) -> None:
        super().__init__("player_panel", parts, full=True, parent=parent)
        deck = self.deck
        self._on_comment: Callable[[int, str], None] | None = None
        self._comment_at = 0
        self.title = TextLine(role="strong")
        self.title.setObjectName("play_title")
        self.transport, self.listening = Transport(deck), Listening(deck)
        self.mark_list = MarkList()
        self.mark_list.chosen.connect(deck.seek)
        self.comment = _CommentLine(self._commented, self._close_comment)
        self._comment_key = button(
            "comment_here", _("Comment here"), "comment", "chat-text", self.open_comment, shows_words=True
        )
        self._comment_key.hide()
        self._marks_key = button("show_marks", _("Marks"), "marks", "list", self.toggle_marks, shows_words=True)
        self._zoom = QWidget()
        self._lay_out()
        self.add_key(Qt.Key.Key_C, self.open_comment)
        self.add_key(Qt.Key.Key_M, self.toggle_marks)
        self.add_key(Qt.Key.Key_Exclam, self.listening.caller.slider.setFocus, shift=True)
        self.add_key(Qt.Key.Key_At, self.listening.agent.slider.setFocus, shift=True)

    @property
    def on_comment(self) -> Callable[[int, str], None] | None:
        return self._on_comment

    @on_comment.setter
    def on_comment(self, do: Callable[[int, str], None] | None) -> None:
        self._on_comment = do
        self._comment_key.setVisible(do is not None and self.deck.tape is not None)

    def show_recording(
        self,
        tape: Tape,
        marks: Sequence[PlayerMark] = (),
        title: str = "",
        from_ms: int = 0,
        *,
        takes_focus: bool = False,
    ) -> None:
        """Play a tape that is open; the log's own marks are added to `marks`. The tape is the player's from now on."""
        self._begin(title, takes_focus)
        self.deck.show_tape(tape, marks, from_ms)

    def load_call(
        self,
        call_id: str,
        marks: Sequence[PlayerMark] = (),
        title: str = "",
        from_ms: int = 0,
        *,
        takes_focus: bool = False,
    ) -> None:
        """Open the recording of this call by `PlayerParts.open`, on the worker, and play it; why not is said here."""
        self._begin(title, takes_focus)
        self.deck.load(call_id, from_ms, marks)

    def handle_key(self, event: QKeyEvent) -> bool:
        """A key that was pressed elsewhere in the window; True: it was the player's."""
        return self.deck.tape is not None and self.keys.press(event)

    def open_comment(self) -> None:
        if self._on_comment is not None and self.deck.tape is not None:
            self._comment_at = self.deck.position_ms
            self.comment.open(self._comment_at)

    def take_back(self, at_ms: int, text: str, why: str, *, here: bool) -> None:
        """This comment could not be kept: it stands in its line again, unless another one is being written or something
        else plays (not `here`); then its words are told with the reason."""
        can_reopen = here and self.deck.tape is not None and self.comment.isHidden()
        self._say(why if can_reopen else f"{why} “{text}”", "error")
        if can_reopen:
            self._comment_at = at_ms
            self.comment.open(at_ms, text)

    def toggle_marks(self) -> None:
        if self.mark_list.isVisible():
            self.mark_list.hide()
            self.wave.setFocus()
        else:
            self.mark_list.show()
            self.mark_list.setFocus()

    def _begin(self, title: str, takes_focus: bool) -> None:
        self._takes_focus = takes_focus
        self._close_comment()
        self.title.setText(title)
        self.show()

    def _commented(self, text: str) -> None:
        self._say("", "caption")
        if self._on_comment is not None:
            self._on_comment(self._comment_at, text)
        self._close_comment()

    def _close_comment(self) -> None:
        had_focus = self.comment.line.hasFocus()
        self.comment.hide()
        if had_focus:
            self.wave.setFocus()

    def _say(self, text: str, role: str) -> None:
        super()._say(text, role)
        self._comment_key.setVisible(self._on_comment is not None and self.deck.tape is not None)

    def _loaded(self, call_id: str) -> None:
        super()._loaded(call_id)
        self.mark_list.setVisible(bool(self.deck.marks))

    def _changed(self) -> None:
        super()._changed()
        self.mark_list.show_marks(self.deck.marks)

    def _moved(self, position_ms: int) -> None:
        super()._moved(position_ms)
        self.mark_list.show_position(position_ms)

    def _lay_out(self) -> None:
        zoom = QHBoxLayout(self._zoom)
        zoom.setContentsMargins(0, 0, 0, 0)
        zoom.setSpacing(0)
        wave = self.wave
        zoom.addWidget(button("zoom_out", _("Zoom out"), "zoom_out", "magnifying-glass-minus", lambda: wave.zoom(-1)))
        zoom.addWidget(button("zoom_whole", _("Whole recording"), "zoom_whole", "arrows-out", lambda: wave.zoom(0)))
        zoom.addWidget(button("zoom_in", _("Zoom in"), "zoom_in", "magnifying-glass-plus", lambda: wave.zoom(1)))
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(self.title, 1)
        head.addWidget(self._time)
        middle = QHBoxLayout()
        middle.setSpacing(Space.S)
        middle.addWidget(wave, 1)
        middle.addWidget(self.mark_list)
        first = QHBoxLayout()
        first.setSpacing(Space.XS)
        first.addWidget(self.transport, 1)
        first.addWidget(self._comment_key)
        first.addWidget(self._marks_key)
        second = QHBoxLayout()
        second.setSpacing(Space.XS)
        second.addWidget(self.listening, 1)
        second.addWidget(self._zoom)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.XS)
        column.addLayout(head)
        column.addWidget(self._says)
        column.addLayout(middle)
        column.addWidget(self.comment)
        column.addLayout(first)
        column.addLayout(second)
        self._instead += [self.mark_list, self.transport, self.listening, self._zoom, self._marks_key]


class _CommentLine(QWidget):
    """A remark: Enter keeps it, Esc does not."""

    def __init__(self, done: Callable[[str], None], left: Callable[[], None]) -> None:
        super().__init__()
        self._done, self._left = done, left
        self._label = QLabel()
        self.line = QLineEdit()
        self.line.setObjectName("comment_line")
        self.line.setMaxLength(LONGEST_COMMENT)
        self.line.setPlaceholderText(_("What is there to say about this moment? Enter keeps it, Esc leaves."))
        self.line.returnPressed.connect(self._entered)
        theme.mark(self._label, "chip-accent")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self._label)
        row.addWidget(self.line, 1)
        self.hide()

    def open(self, at_ms: int, text: str = "") -> None:
        said = _("Comment at {time}").format(time=duration(at_ms))
        self._label.setText(said)
        self.line.setAccessibleName(said)
        self.line.setText(text)
        self.show()
        self.line.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._left()
        event.accept()  # what is typed here is nobody else's

    def _entered(self) -> None:
        text = self.line.text().strip()
        if text:
            self._done(text)
        else:
            self._left()
