"""The pages about one call: its facts, its ticket with the moments at which it was typed, remarks, who listened. Ui
process, Qt's thread; reading and writing are done on the worker."""

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desk.domain.identity import CallId
from desk.domain.listening import Comment, Listening
from desk.i18n import _
from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.replay import pages_presenter, rows_presenter
from desk.ui.rows import RowList
from desk.ui.rows_presenter import Row
from desk.ui.theme import Space
from desk.ui.ticket.page import TicketParts, TicketView
from desk.ui.worker import Worker
from desk.usecases.comment_call import CommentCall, CommentRefused
from desk.usecases.search_calls import FoundCall

LANE = "replay"
Clock = Callable[[], datetime]


class _Scrolled(QScrollArea):
    """What is inside is as tall as its wrapped text asks for: Qt's own scroll area does not look at the width."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        inside = self.widget()
        layout = inside.layout() if inside is not None else None
        if inside is not None and layout is not None and layout.hasHeightForWidth():
            inside.setMinimumHeight(layout.heightForWidth(self.viewport().width()))


def scrolled(inside: QWidget) -> _Scrolled:
    area = _Scrolled()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    return area


def _says(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    theme.mark(label, "muted")
    return label


class FactsPage(QFrame):
    """All that is kept of the call."""

    def __init__(self, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("call_facts")
        self._zone = zone
        self._empty = _says("call_facts_says")
        self._empty.setText(_("Choose a call on the left."))
        inside = QWidget()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnStretch(1, 1)
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(Space.S, Space.XS, Space.S, Space.XS)
        rows.addLayout(self._grid)
        rows.addStretch(1)
        self._lines: list[tuple[QLabel, QLabel]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._empty)
        self._area = scrolled(inside)
        column.addWidget(self._area, 1)

    def show_found(self, found: FoundCall | None) -> None:
        facts = rows_presenter.facts(found, self._zone) if found is not None else ()
        self._empty.setVisible(found is None)
        while len(self._lines) < len(facts):
            self._lines.append(self._line(len(self._lines)))
        for index, (name, text) in enumerate(self._lines):
            name.setVisible(index < len(facts))
            text.setVisible(index < len(facts))
            if index < len(facts):
                name.setText(facts[index].name)
                text.setText(facts[index].text)
                theme.mark(text, "warning" if facts[index].tone else "")
        self._area.fit()

    def _line(self, row: int) -> tuple[QLabel, QLabel]:
        name, text = QLabel(), QLabel()
        theme.mark(name, "caption")
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(text, row, 1)
        return name, text


class TicketOfCall(QFrame):
    """`moment_requested(call_id, at_ms)`, `play_requested(call_id)`; `open_requested(ticket_id)`: in the seat's."""

    moment_requested = Signal(str, int)
    play_requested = Signal(str)
    open_requested = Signal(str)

    def __init__(self, parts: TicketParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("call_ticket")
        self._ticket_id = ""
        self._empty = _says("call_ticket_says")
        self.view = TicketView(parts, is_part=True)
        self.view.play_requested.connect(self.play_requested)
        self.view.moment_requested.connect(self.moment_requested)
        self._open = KeyButton("ticket_in_seat", _("Open in the seat's window"), "Ctrl+O", "arrow-square-out", "quiet")
        self._open.clicked.connect(lambda: self.open_requested.emit(self._ticket_id))
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._empty)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        column.addStretch(0)

    def show_found(self, found: FoundCall | None) -> None:
        ticket = found.hit.ticket if found is not None else None
        self.view.setVisible(ticket is not None)
        self._open.setVisible(ticket is not None)
        self._empty.setVisible(ticket is None)
        self._empty.setText(
            _("Choose a call on the left.") if found is None else _("No ticket was filed with this call.")
        )
        self._ticket_id = ticket.ticket_id if ticket is not None else ""
        if ticket is not None:
            self.view.show_ticket(ticket.ticket_id)


class CommentsPage(QFrame):
    """Remarks at moments of the recording. `moment_requested(call_id, at_ms)`; `changed(call_id)`: one was written,
    taken off or put back; `not_kept(call_id, at_ms, text, why)`: one could not be written."""

    moment_requested = Signal(str, int)
    changed = Signal(str)
    not_kept = Signal(str, int, str, str)

    def __init__(
        self, worker: Worker, comments: CommentCall, clock: Clock, zone: tzinfo, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("call_comments")
        self._worker, self._use, self._clock, self._zone = worker, comments, clock, zone
        self._call_id: CallId | None = None
        self._comments: dict[str, Comment] = {}
        self._removed: Comment | None = None
        self._told = _says("call_comments_says")
        self.list = _Remarks(self._remove_chosen)
        self.list.opened.connect(self._jump)
        self._remove = KeyButton("comment_remove", _("Remove"), "Delete", "trash", "quiet", listens=False)
        self._remove.clicked.connect(self._remove_chosen)
        self._undo = KeyButton("comment_restore", _("Undo"), "Ctrl+Z", "arrow-u-up-left", "quiet")
        self._undo.clicked.connect(self._restore)
        self._undo.hide()
        foot = QHBoxLayout()
        foot.addWidget(self._remove)
        foot.addWidget(self._undo)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._told)
        column.addWidget(scrolled(_upright(self.list)), 1)
        column.addLayout(foot)

    def show_found(self, found: FoundCall | None) -> None:
        call_id = found.hit.call.call_id if found is not None else None
        if call_id != self._call_id:
            self._removed = None
            self._undo.hide()
            self._show([])
        self._call_id = call_id
        self.refresh()

    def refresh(self) -> None:
        wanted = self._call_id
        if wanted is not None:
            self._worker.latest("replay-comments", lambda: self._use.of_call(wanted), self._show, lane=LANE, owner=self)

    def write(self, call_id: CallId, at_ms: int, text: str) -> None:
        def failed(error: Exception) -> None:
            self.not_kept.emit(call_id, at_ms, text, _not_kept(error))
            self._failed(error)

        self._worker.run(lambda: self._use.write(call_id, at_ms, text), self._written, failed, lane=LANE, owner=self)

    def _written(self, comment: Comment) -> None:
        self._has_changed(comment)

    def _has_changed(self, comment: Comment) -> None:
        if comment.call_id == self._call_id:
            self.refresh()
        self.changed.emit(comment.call_id)

    def _show(self, comments: Sequence[Comment]) -> None:
        self._comments = {one.comment_id: one for one in comments}
        self.list.show_rows(pages_presenter.comment_rows(comments, self._clock(), self._zone))
        self._remove.setEnabled(bool(comments))
        self._told.setVisible(not comments)
        self._told.setText(_("No remarks yet. While it plays, C writes one at this moment."))

    def _jump(self, target: str) -> None:
        comment = self._comments.get(target)
        if comment is not None:
            self.moment_requested.emit(comment.call_id, comment.at_ms)

    def _remove_chosen(self) -> None:
        row = self.list.chosen
        comment = self._comments.get(row.target) if row is not None else None
        if comment is not None:
            gone = comment
            self._worker.run(
                lambda: self._use.remove(gone),
                lambda _none: self._is_removed(gone),
                self._failed,
                lane=LANE,
                owner=self,
            )

    def _is_removed(self, comment: Comment) -> None:
        self._removed = comment
        self._undo.show()
        self._has_changed(comment)

    def _restore(self) -> None:
        comment, self._removed = self._removed, None
        self._undo.hide()
        if comment is not None:
            self._worker.run(
                lambda: self._use.restore(comment),
                lambda _none: self._has_changed(comment),
                self._failed,
                lane=LANE,
                owner=self,
            )

    def _failed(self, error: Exception) -> None:
        self._told.setText(_not_kept(error))
        self._told.show()
        if not isinstance(error, CommentRefused):
            raise error


class ListeningPage(QFrame):
    """Who heard, took out or was refused this call. `read` (`recording_ports.Listenings.of_call`) runs on the
    worker."""

    def __init__(
        self,
        worker: Worker,
        read: Callable[[CallId], Sequence[Listening]],
        clock: Clock,
        zone: tzinfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("call_listenings")
        self._worker, self._read, self._clock, self._zone = worker, read, clock, zone
        self._told = _says("call_listenings_says")
        self.list = RowList("listening_rows", _("Listening log"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._told)
        column.addWidget(scrolled(_upright(self.list)), 1)

    @property
    def rows(self) -> Sequence[Row]:
        return self.list.rows

    def show_found(self, found: FoundCall | None) -> None:
        if found is None:
            self._show([])
            return
        wanted = found.hit.call.call_id
        self._worker.latest("replay-listenings", lambda: self._read(wanted), self._show, lane=LANE, owner=self)

    def _show(self, listenings: Sequence[Listening]) -> None:
        self.list.show_rows(pages_presenter.listening_rows(listenings, self._clock(), self._zone))
        self._told.setVisible(not listenings)
        self._told.setText(_("Nobody has heard or taken out this call."))


class _Remarks(RowList):
    def __init__(self, remove: Callable[[], None]) -> None:
        super().__init__("comment_rows", _("Remarks"))
        self._delete = remove

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self._delete()
        else:
            super().keyPressEvent(event)


def _not_kept(error: Exception) -> str:
    if isinstance(error, CommentRefused):
        return pages_presenter.comment_refused(error.why)
    return _("The remark could not be kept. Try again; if it stays, tell IT.")


def _upright(widget: QWidget) -> QWidget:
    """At the top of what is scrolled."""
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(widget)
    column.addStretch(1)
    return inside
