"""What a filed ticket says, in the fields of the intake form, to be put right, with a reason. Only what was changed is
written. Where the place is in doubt the keyboard begins there: "no, it is 6-2-203".

Keys: Enter takes a suggestion and goes on to the reason, Ctrl+Enter is done from any field. What was typed stays while
the panel is closed, until the ticket in front is another one. Ui process, Qt's thread; searched and written on the
worker."""

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desk.domain.corrections import Correction
from desk.domain.drafts import Draft, Intake
from desk.domain.identity import HouseholdId
from desk.domain.moves import MoveKind, MoveRefused, Refusal
from desk.domain.tickets import Place, Ticket
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.ticket_panel import TicketPanel
from desk.ui.intake import words
from desk.ui.intake.content import TEXTS, CategoryFacts, Field, facts_of
from desk.ui.intake.editor import IntakeEditor
from desk.ui.intake.fields import LABEL_WIDTH, TextFields
from desk.ui.intake.notes import note_of
from desk.ui.intake.parts import IntakeParts
from desk.ui.intake.search import Searches
from desk.ui.key_button import KeyButton
from desk.ui.pick_field import Option, PickField
from desk.ui.steps import step
from desk.ui.suggest_box import SuggestBox
from desk.ui.theme import Space
from desk.ui.ticket import move_words
from desk.ui.worker import SAVE_LANE
from desk.usecases.correct_ticket import CorrectTicket
from desk.usecases.file_ticket import IntakeRefused
from desk.usecases.read_ticket import TicketPage

_PREFIX = "correct_"


class CorrectPanel(TicketPanel):
    def __init__(self, uses: CorrectTicket, parts: IntakeParts) -> None:
        super().__init__("correct_panel")
        self.setAccessibleName(_("Correcting the ticket"))
        self._uses, self._parts = uses, parts
        self._ticket: Ticket | None = None
        self._page: TicketPage | None = None  # as it was read last
        self._was = Intake()
        self._refused: dict[Field, str] = {}
        self._waits = self._writing = False
        self._editor = IntakeEditor(parts.zone)
        searches = Searches(parts, lambda: None, lambda: self._was.place.building_id, "correct")
        self.fields = TextFields(searches.categories, searches.places, prefix=_PREFIX)
        self.household = SuggestBox(f"{_PREFIX}household", searches.homes)
        self.household.setAccessibleName(_("Household"))
        self.household.setPlaceholderText(words.placeholder(Field.PLACE))
        self._home: HouseholdId | None = None  # whose ticket it is to be
        self._home_said = False  # by the agent; else it is whose home the place is
        reasons = [Option(text, text) for text in move_words.reasons(MoveKind.CORRECT)]
        self.reason = PickField(f"{_PREFIX}reason", _("Reason"), reasons, free=True)
        self._why = QLabel()
        self._why.setObjectName("correct_why")
        self._why.setTextFormat(Qt.TextFormat.PlainText)
        self._why.setWordWrap(True)
        theme.mark(self._why, "error")
        self._why.hide()
        self.done_key = KeyButton("correct_done", _("Correct"), "Ctrl+Return", "check", "primary")
        self._back = KeyButton("correct_back", _("Back"), "Esc", "arrow-left", "quiet", listens=False)
        self._connect()
        self._lay_out()

    def open_for(self, page: TicketPage) -> None:
        ticket = page.ticket
        if self._ticket is None or self._ticket.ticket_id != ticket.ticket_id or not self._touched():
            self._begin(page)
        in_doubt = ticket.read_back_asked and ticket.read_back_at is None
        self._go(Field.PLACE if in_doubt else Field.CATEGORY)

    def refresh(self, page: TicketPage) -> None:
        """What a colleague has changed is shown while nothing is typed here; else it goes below what was typed, once
        the two meet."""
        self._page = page
        if self._ticket is None or self._touched():
            return
        if self._uses.form(page.ticket, page.household) != self._was:
            self._begin(page)

    def forget(self) -> None:
        self._ticket = None

    # ---- the form

    def _begin(self, page: TicketPage) -> None:
        self._ticket, self._page = page.ticket, page
        self._was = self._uses.form(page.ticket, page.household)
        self._fill(self._was)
        self._home_said = False
        self._show_household(page)
        self.reason.clear()
        self._refused.clear()
        self._waits = False
        self._why.hide()
        self._show()

    def _fill(self, form: Intake) -> None:
        category = self._parts.tree.get(form.category)
        facts = facts_of(category, self._parts.language) if category else None
        now = self._now()
        self._editor.open(Draft("", "", now, now, form), facts, now)

    def _show_household(self, page: TicketPage) -> None:
        """As the ticket has it."""
        self._home = page.ticket.household_id
        self.household.show_text(self._parts.home(page.household).text if page.household else "")

    def _over_what_came(self) -> None:
        """A colleague has changed the same: what was typed here stays, over what they wrote."""
        page = self._page
        if page is not None:
            over = Correction(self._was, self._form()).over(self._uses.form(page.ticket, page.household))
            self._ticket, self._was = page.ticket, over.was
            self._fill(over.now)
            if not self._home_said:
                self._show_household(page)
            self._show()

    def _touched(self) -> bool:
        return bool(Correction(self._was, self._form()).touched) or bool(self.reason.value())

    def _form(self) -> Intake:
        """As it stands."""
        return replace(self._editor.intake(), household_id=self._home)

    def _connect(self) -> None:
        fields = self.fields
        for what, line in fields.lines.items():
            line.installEventFilter(self)
            typed = line.typed if isinstance(line, SuggestBox) else line.textEdited
            typed.connect(lambda text, what=what: self._typed(what, text))
            if isinstance(line, SuggestBox):
                line.moved_on.connect(self._to_reason)
                line.settled.connect(self._settled)
        self.household.typed.connect(self._type_household)
        self.household.taken.connect(self._take_household)
        self.household.moved_on.connect(self._to_reason)
        self.household.settled.connect(self._settled)
        fields.category.taken.connect(self._take_category)
        fields.place.taken.connect(self._take_place)
        fields.description.installEventFilter(self)
        fields.description.textChanged.connect(lambda: self._typed(Field.DESCRIPTION, fields.description.toPlainText()))
        self.reason.entered.connect(self.submit)
        self.done_key.clicked.connect(self.submit)
        QShortcut(QKeySequence("Ctrl+Enter"), self, self.submit)  # the keypad's
        self._back.clicked.connect(self.left)

    def _typed(self, what: Field, text: str) -> None:
        if self._ticket is not None and text != self._editor.texts[what]:
            self._editor.type(what, text, self._now())
            self._edited(what)

    def _take_category(self, facts: CategoryFacts) -> None:
        self._editor.take_category(facts)
        self._edited(Field.CATEGORY)

    def _take_place(self, place: Place) -> None:
        self._editor.take_place(place)
        if place.household_id is not None and not self._home_said:
            self.household.show_text(place.text)  # so it will be, for no more is said
        self._edited(Field.PLACE)

    def _type_household(self, _text: str) -> None:
        self._home, self._home_said = None, True
        self._mark_household(is_wrong=False)

    def _take_household(self, home: Place) -> None:
        self._home = home.household_id
        self.household.show_text(home.text)
        self._mark_household(is_wrong=False)

    def _mark_household(self, *, is_wrong: bool) -> None:
        self._why.setVisible(is_wrong)
        if bool(self.household.property("wrong")) != is_wrong:
            self.household.setProperty("wrong", is_wrong)
            theme.repolish(self.household)

    def _edited(self, what: Field) -> None:
        self._refused.pop(what, None)
        self._why.hide()
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.FocusIn):
            self._show_notes()
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        for what in TEXTS:
            self.fields.show_text(what, self._editor.texts[what])
        self._show_notes()

    def _show_notes(self) -> None:
        there = self.fields.field_with_focus()
        for what in TEXTS:
            if what in self._refused:
                self.fields.say(what, self._refused[what], "error")
            else:
                in_hand = there is not None and there[0] is what
                note = note_of(self._editor, what, self._now(), self._parts.zone, in_hand=in_hand)
                self.fields.say(what, *note)

    def _go(self, what: Field) -> None:
        """Into this field, whose text gives way to what is typed."""
        widget = self.fields.widgets[what]
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(widget, QLineEdit):
            widget.selectAll()

    def _to_reason(self) -> None:
        self.reason.setFocus(Qt.FocusReason.TabFocusReason)

    # ---- done

    def submit(self) -> None:
        """A hit that was taken before it had come is waited for."""
        if self._ticket is None or self._writing:
            return
        self._waits = any(box.is_owing for box in (self.fields.category, self.fields.place, self.household))
        if self._waits:
            return
        if self._home_said and self._home is None and self.household.text().strip():
            self._why.setText(_("Choose a home: type building, unit and room, and press Enter."))
            self._mark_household(is_wrong=True)
            self.household.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        uses, ticket_id = self._uses, self._ticket.ticket_id
        was, now, reason = self._was, self._form(), self.reason.value()
        self._writing = True

        def correct() -> Ticket:
            return uses.correct(ticket_id, was, now, reason)

        self._parts.worker.run(correct, self._corrected, self._failed, lane=SAVE_LANE, owner=self)

    def _settled(self) -> None:
        if self._waits:
            self.submit()

    def _corrected(self, ticket: Ticket) -> None:
        self._writing = False
        before, self._ticket = self._ticket, None
        step("ticket_corrected", ticket_id=ticket.ticket_id)
        self.written.emit()
        done = _("Done: {move}. Undo: Ctrl+Shift+U").format(move=move_words.move(MoveKind.CORRECT))
        sent = ""
        if ticket.handler_id is not None:
            sent = _("Somebody was sent already: call them, too (Alt+C).")
            if before is not None and self._uses.is_elsewhere(before, ticket):
                sent = _("It is another estate's now: call off whoever was sent (Alt+C), send one of there (Alt+D).")
        self.told.emit(" · ".join(part for part in (ticket.number, done, sent) if part))
        self.left.emit()

    def _failed(self, error: Exception) -> None:
        self._writing = False
        if isinstance(error, IntakeRefused):
            found = words.refusals(error.reasons)
            known = self.fields.widgets  # the kind comes with the category
            self._refused = {what if what in known else Field.CATEGORY: why for what, why in found.items()}
            self._show_notes()
            self._go(next(iter(self._refused)))
        elif isinstance(error, MoveRefused):
            self._why.setText(move_words.refusal(error.reason))
            if error.reason is Refusal.WRITTEN_SINCE:
                self._over_what_came()
                self._why.setText(_("A colleague has changed the same meanwhile. The same key again writes yours."))
            self._why.show()
            if error.reason is Refusal.NEEDS_REASON:
                self.reason.refuse(is_wrong=True)
                self._to_reason()
        else:
            self._parts.failed(error)

    def _now(self) -> datetime:
        return self._parts.clock()

    def _lay_out(self) -> None:
        description = self.fields.description
        description.setMaximumHeight(description.minimumSizeHint().height())  # the page below wants room, too
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self.done_key)
        foot.addWidget(self._why, 1)
        foot.addStretch()
        foot.addWidget(self._back)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.S)
        column.addWidget(self.fields)
        column.addLayout(_row(_("Household"), self.household))
        column.addLayout(_row(_("Reason"), self.reason))
        column.addLayout(foot)


def _row(words: str, field: QWidget) -> QHBoxLayout:
    label = QLabel(words)
    theme.mark(label, "muted")
    label.setFixedHeight(theme.Size.CONTROL)
    label.setMinimumWidth(LABEL_WIDTH)
    label.setBuddy(field)
    row = QHBoxLayout()
    row.setSpacing(Space.M)
    row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(field, 1)
    return row
