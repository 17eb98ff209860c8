"""The third part of the shift's page: the notes that wait for me, and mine for the next person. Enter on a note shows
it, Alt+O takes it over in my name. Below, what is open in my name becomes my note: whom it goes to, what I add, Alt+H.
Where the seat asks for no password the next person may accept standing beside me, by work number. And the way out for
who has to go: Alt+V, with a reason that stays on record. Ui process, Qt's thread."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desk.domain.hand_over import What
from desk.domain.shifts import HandOver
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.shift import presenter, words
from desk.ui.after.shift.uses import ShiftParts
from desk.ui.chosen_list import ChosenList, follow, scrolled
from desk.ui.key_button import KeyButton
from desk.ui.labels import selectable
from desk.ui.steps import step
from desk.ui.text_line import TextLine
from desk.ui.theme import Space
from desk.ui.worker import SAVE_LANE
from desk.usecases.hand_over import HandOverDraft, HandOverRefused, NoteOpened

READ = "shift-hand-over"
_NOTES_SHOWN, _TEXT_HEIGHT = 3, 132


@dataclass(frozen=True, slots=True)
class _Found:
    waiting: tuple[NoteOpened, ...]
    draft: HandOverDraft
    text: str
    names: presenter.Names


class HandOverPart(QWidget):
    """`told(text)`. `leave_wanted(reason)`: sign out all the same. `free()`: nothing keeps me any more."""

    told = Signal(str)
    leave_wanted = Signal(str)
    free = Signal()

    def __init__(self, parts: ShiftParts) -> None:
        super().__init__()
        self.setObjectName("shift_hand_over")
        self._parts = parts
        self._found: _Found | None = None
        self._leaving = False
        self._whose = parts.work_number()
        self._drafted = ""  # the text that was put into the field; what differs from it somebody has typed
        self.list = ChosenList("waiting_notes", _("Notes for you"))
        self.open = ChosenList("open_in_my_name", _("Open in your name"))
        self.note = selectable("waiting_note")
        self.take = KeyButton("take_over", _("Take the shift over"), "Alt+O", "handshake", "primary")
        self.to, self.beside, self.reason = QLineEdit(), QLineEdit(), QLineEdit()
        self.text = QPlainTextEdit()
        self.text.setObjectName("hand_over_text")
        self.text.setAccessibleName(_("Note for the next person"))
        self.text.setTabChangesFocus(True)
        self.text.setMaximumHeight(_TEXT_HEIGHT)
        self.write = KeyButton("hand_over", _("Hand the shift over"), "Alt+H", "arrow-bend-up-right")
        self.leave = KeyButton("leave_anyway", _("Leave all the same"), "Alt+V", "sign-out", "danger")
        self._keeps = selectable("what_keeps")
        self._state = TextLine(role="caption")
        self._state.setObjectName("hand_over_state")
        self._lay_out()
        self.list.moved.connect(self._show_note)
        self.take.clicked.connect(self._take_over)
        self.write.clicked.connect(self._hand_over)
        self.to.returnPressed.connect(self._hand_over)
        self.beside.returnPressed.connect(self._accept_beside)
        self.reason.returnPressed.connect(self._leave)
        self.leave.clicked.connect(self._leave)
        self.open.opened.connect(parts.open_item)
        self.open.moved.connect(self._name_number)
        parts.hub.agent_changed.connect(self._forget)

    # what the page asks

    def start(self, *, leaving: bool = False) -> None:
        """`leaving`: somebody wants to sign out, and promises keep them."""
        self._leaving = leaving
        self.refresh()

    def take_focus(self, page: QWidget) -> None:
        wanted = self.to if self._leaving else self.list if self.list.rows else self.to
        (wanted if wanted.isVisible() else page).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        parts, who = self._parts, self._parts.work_number()
        if who:
            parts.hub.worker.latest(READ, lambda: _read(parts, who), self._came, owner=self)

    def _forget(self) -> None:
        """Somebody else sits here: what was typed was not theirs."""
        who = self._parts.work_number()
        if who == self._whose:
            return
        self._whose = who
        self._found, self._leaving, self._drafted = None, False, ""
        for field in (self.to, self.beside, self.reason, self.text):
            field.clear()

    # what it shows

    def _came(self, found: _Found) -> None:
        was_kept = self._found is not None and bool(self._found.draft.keeping)
        self._found = found
        now, zone = self._parts.clock(), self._parts.zone
        self.list.show_rows(presenter.note_rows(found.waiting, found.names, now, zone))
        self._waiting.setVisible(bool(found.waiting) and not self._leaving)
        self._notes_area.setFixedHeight(min(_NOTES_SHOWN, max(1, len(found.waiting))) * 52)
        self._show_note()
        self.open.show_rows(presenter.open_rows(found.draft.items, now, zone))
        self._nothing.setVisible(not found.draft.items)
        self._name_number()
        if self.text.toPlainText() == self._drafted:
            self._drafted = found.text
            self.text.setPlainText(found.text)
        note = found.draft.note
        self._state.setText(presenter.accepted(note, found.names, now, zone) if note else "")
        if note is not None and note.to and not self.to.text():
            self.to.setText(found.names.of(note.to))
        self._show_keeping(found)
        if was_kept and not found.draft.keeping and self._leaving:
            self.free.emit()

    def _name_number(self) -> None:
        """What Ctrl+R calls: see `dial_anywhere`."""
        row = self.open.chosen
        items = self._found.draft.items if self._found is not None else ()
        item = next((i for i in items if row is not None and i.ref.replace(" ", ":") == row.target), None)
        callable_ = item is not None and item.what in (What.PROMISE, What.QUESTION, What.ANSWER, What.FOLLOW_UP)
        self.open.setProperty("number_to_call", item.number if item is not None and callable_ else "")

    def _show_keeping(self, found: _Found) -> None:
        keeps = bool(found.draft.keeping)
        shown = self._leaving and keeps
        self._banner.setVisible(shown)
        self._keeps.setText(presenter.keeping(found.draft.keeping) if keeps else "")
        by_number = not self._parts.hub.is_guarded and found.draft.note is not None
        self.beside.setVisible(by_number)

    def _show_note(self) -> None:
        note = self._chosen_note()
        self.note.setVisible(note is not None)
        self.take.setVisible(note is not None)
        if note is not None:
            said = note.note.text
            if note.note.remark:
                said += "\n" + _("Left without handing over: {why}").format(why=note.note.remark)
            self.note.setText(said)

    def _chosen_note(self) -> NoteOpened | None:
        chosen = self.list.chosen
        waiting = self._found.waiting if self._found is not None else ()
        return next((n for n in waiting if chosen and chosen.target == f"note:{n.note.hand_over_id}"), None)

    # what is done

    def _take_over(self) -> None:
        note, who = self._chosen_note(), self._parts.work_number()
        if note is not None and who:
            hand_over = self._parts.uses().hand_over
            self._do(lambda: hand_over.accept(note.note.hand_over_id, who), _("Taken over: all of it is yours now."))

    def _hand_over(self) -> None:
        who, to, text = self._parts.work_number(), self.to.text().partition(" ")[0], self.text.toPlainText()
        hand_over = self._parts.uses().hand_over
        self._do(
            lambda: hand_over.make(who, to, text or None),
            _("The note is written. It is theirs once they have taken it over."),
        )

    def _accept_beside(self) -> None:
        note, by = self._found.draft.note if self._found is not None else None, self.beside.text()
        if note is not None and by.strip():
            hand_over, note_id = self._parts.uses().hand_over, note.hand_over_id
            self.beside.clear()
            self._do(lambda: hand_over.accept(note_id, by), _("Taken over. You can sign out now (Ctrl+Shift+O)."))

    def _leave(self) -> None:
        if not self._banner.isVisible():
            return
        reason, who, hand_over = self.reason.text(), self._parts.work_number(), self._parts.uses().hand_over

        def done(_note: object) -> None:
            self.reason.clear()
            self._leaving = False
            self._parts.written()
            self.leave_wanted.emit(reason.strip())

        self._parts.hub.worker.run(
            lambda: hand_over.leave_anyway(who, reason), done, self._failed, lane=SAVE_LANE, owner=self
        )

    def _do(self, work: Callable[[], HandOver], said: str) -> None:
        def done(_note: HandOver) -> None:
            step("hand_over_written")
            self._parts.written()
            self.told.emit(said)
            self.refresh()

        self._parts.hub.worker.run(work, done, self._failed, lane=SAVE_LANE, owner=self)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, HandOverRefused):
            self.told.emit(words.refused(error))
            self.refresh()
        else:
            self._parts.hub.failed(error)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        self._banner = QFrame()
        self._banner.setObjectName("leaving_banner")
        theme.mark(self._banner, "banner-danger")
        inside = QVBoxLayout(self._banner)
        inside.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        inside.addWidget(self._keeps)
        row = QHBoxLayout()
        _name(self.reason, "leave_reason", _("Why you have to go, for the record"))
        row.addWidget(self.reason, 1)
        row.addWidget(self.leave)
        inside.addLayout(row)
        self._banner.hide()
        column.addWidget(self._banner)
        column.addWidget(self._lay_out_waiting())
        head = selectable("hand_over_head", "strong")
        head.setText(_("Open in your name"))
        column.addWidget(head)
        self._nothing = selectable("nothing_open", "muted")
        self._nothing.setText(_("Nothing is open in your name."))
        column.addWidget(self._nothing)
        area = scrolled("open_area", self.open)
        follow(self.open, area)
        column.addWidget(area, 1)
        column.addWidget(self.text)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        _name(self.to, "hand_over_to", _("To: work number or name; empty: whoever comes next"))
        foot.addWidget(self.to, 1)
        foot.addWidget(self.write)
        column.addLayout(foot)
        _name(self.beside, "accept_beside", _("The next person stands beside you: their work number, Enter"))
        column.addWidget(self.beside)
        column.addWidget(self._state)
        self.beside.hide()
        for button in (self.take, self.write, self.leave):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _lay_out_waiting(self) -> QFrame:
        self._waiting = QFrame()
        self._waiting.setObjectName("waiting_frame")
        theme.mark(self._waiting, "card")
        column = QVBoxLayout(self._waiting)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.XS)
        self._notes_area = scrolled("waiting_area", self.list)
        column.addWidget(self._notes_area)
        column.addWidget(self.note)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.take)
        column.addLayout(row)
        self._waiting.hide()
        return self._waiting


def _read(parts: ShiftParts, who: str) -> _Found:
    uses = parts.uses()
    draft = uses.hand_over.draft(who)
    return _Found(
        tuple(uses.hand_over.waiting(who)),
        draft,
        uses.hand_over.text_of(draft.items),
        presenter.Names(uses.roster.names()),
    )


def _name(field: QLineEdit, name: str, words_: str) -> None:
    field.setObjectName(name)
    field.setPlaceholderText(words_)
    field.setAccessibleName(words_)
