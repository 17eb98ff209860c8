"""The intake form. It shows what its `IntakeEditor` holds, hands every edit to it and to the draft's keeper, asks the
searches, files and joins. Nothing in it waits: disk and store are on the worker's lanes.

Keys: Enter takes a suggestion and goes on to what is still empty, Ctrl+Enter files, Ctrl+Shift+Enter files what can be
answered at once as closed, Ctrl+D sets the draft aside, Ctrl+L clears, Alt+Z undoes the last larger step
(Alt+Y redoes), Alt+1..6 choose the kind, Alt+Up/Down the priority. Surprising choice: while a suggestion
that was taken by a fast Enter has not arrived, filing waits for it instead of refusing.

Ui process, Qt's thread."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desk.domain.drafts import Draft, Intake
from desk.domain.identity import TicketId
from desk.domain.notices import Notice
from desk.domain.tickets import Kind, Place, Priority, Ticket
from desk.i18n import _
from desk.ui.intake import words
from desk.ui.intake.content import TEXTS, CategoryFacts, Field, Who, facts_of
from desk.ui.intake.editor import IntakeEditor
from desk.ui.intake.filing import Clerk
from desk.ui.intake.follower import Follower
from desk.ui.intake.gate import Gate
from desk.ui.intake.keeper import Keeper
from desk.ui.intake.notes import note_of
from desk.ui.intake.page import Page
from desk.ui.intake.parts import IntakeParts
from desk.ui.intake.prefill import said_to_be, who_of
from desk.ui.intake.search import Searches
from desk.ui.steps import step
from desk.ui.suggest_box import SuggestBox
from desk.usecases.file_ticket import ANSWERABLE_AT_ONCE, Reason
from desk.usecases.follow_caller import NOBODY, Caller
from desk.usecases.profile import Card, Profile

_EDITS = frozenset({QEvent.Type.KeyPress, QEvent.Type.InputMethod})
SLOW_MS = 150


class IntakeForm(Page):
    """`filed(Ticket)`, `joined(ticket_id)`: the draft has become that. `draft_changed(Draft)`: as typed, at once.
    `draft_dropped(draft_id)`: an untouched draft is gone. `set_aside()`: the draft is kept and the form is free.
    `caller_followed(call id)`: it names whom somebody said its call was with meanwhile.
    `context_changed(Place, category code)`, `words_changed(description)`: what the side panel should look at.
    `open_requested(ticket_id)`."""

    filed = Signal(object)
    joined = Signal(str)
    draft_changed = Signal(object)
    draft_dropped = Signal(str)
    set_aside = Signal()
    caller_followed = Signal(str)
    context_changed = Signal(object, str)
    words_changed = Signal(str)
    open_requested = Signal(str)

    def __init__(self, parts: IntakeParts, parent: QWidget | None = None) -> None:
        self._parts = parts
        self._editor = IntakeEditor(parts.zone)
        self._searches = Searches(parts, lambda: self._editor.kind_chosen, lambda: self._editor.who.place.building_id)
        super().__init__(self._searches.categories, self._searches.places, parent)
        self._keeper = Keeper(parts, self)
        self._clerk = Clerk(parts, self)
        self._follower = Follower(parts, self)
        self._wants_filing: bool | None = None  # waiting for a debt: answered at once or not
        self._refused: dict[Field, str] = {}
        self._context: tuple[Place, str] = (Place(), "")
        self._words = ""
        self._gate = Gate(parts, self.read_back, self)
        self._connect()
        self._show()

    # what the window asks

    def open(self, draft: Draft) -> None:
        """Shows this draft; the one that was open is kept if anything was typed in it. A draft that was saved before
        comes back with the text of every field, resolved or not, and the cursor."""
        self._leave()
        category = self._parts.tree.get(draft.intake.category) if draft.intake.category else None
        facts = facts_of(category, self._parts.language) if category else None
        self._editor.open(draft, facts, self._now())
        if draft.intake != Intake():
            self._keeper.note_kept(draft)
        self._refused, self._wants_filing = {}, None
        self.strip.clear()
        self._show()
        if self._editor.focus is not None:
            self.fields.put_cursor(*self._editor.focus)
        step("form_opened", draft_id=draft.draft_id, call_id=draft.call_id or "")
        self.follow_caller()

    def prefill(self, profile: Profile, card: Card | None = None, *, chosen: bool = False) -> None:
        """Fills in the caller on this card (the profile's first unless given) wherever nobody has typed. `chosen`: the
        agent said that it is they."""
        self._name(who_of(profile, card, self._parts.home), chosen=chosen)

    def follow_caller(self) -> None:
        """Whom the call was with may have been said meanwhile: at another seat, or while this draft was closed."""
        draft = self.draft()
        if draft is not None:
            self._follower.ask(draft)

    def draft(self) -> Draft | None:
        """The draft as it stands; None where none is open."""
        return self._editor.draft(self._now()) if self._editor.draft_id else None

    def unsaved(self, author: str) -> list[Draft]:
        """Their drafts as typed, where the disk has an older text or none."""
        return self._keeper.unsaved(author)

    def is_being_typed(self) -> bool:
        """Something of the agent's own stands in it: nobody may take the focus or the form away."""
        return bool(self._editor.draft_id) and not self._editor.is_untouched

    def focus_first(self) -> None:
        """The focus goes to where the agent was in this draft, else to the first field."""
        what = self._editor.focus[0] if self._editor.focus else Field.CATEGORY
        self.fields.widgets[what].setFocus()

    def join_to(self, ticket_id: str) -> None:
        """The running call is a repeat call about an open ticket: it joins it, what was typed goes along as a note,
        and the draft is done with. The same without a call, of somebody who came by; then something has to be said."""
        if not self._editor.draft_id:
            return
        draft = self._editor.draft(self._now())
        if draft.call_id is None and not draft.intake.description.strip():
            self.strip.say_notice(_("Write in a few words who asks again, and what they say; then the same key."))
            self.fields.description.setFocus()
            return
        self._clerk.join(draft, TicketId(ticket_id))

    def answer_by(self, notice: Notice) -> None:
        """The notice answers the caller: the form says so, and one more key files it as answered."""
        if not self._editor.draft_id:
            return
        intake = self._parts.answer(self._editor.intake(), notice)
        category = self._parts.tree.get(intake.category) if intake.category else None
        self._editor.answer(intake, facts_of(category, self._parts.language) if category else None)
        self._refused.clear()
        self._edited()
        self.strip.say_notice(_("Answered by the notice: Ctrl+Shift+Enter"))
        self.fields.description.setFocus()
        self.fields.put_cursor(Field.DESCRIPTION, len(self._editor.texts[Field.DESCRIPTION]))

    def use_notice(self, notice: Notice) -> None:
        """The caller was told of a notice: it is written into the description, where the agent goes on."""
        if not self._editor.draft_id:
            return
        told = _("Told of the notice: {title} ({text})").format(title=notice.title, text=notice.text)
        self._editor.add_to_description(told)
        self._edited()
        self.fields.description.setFocus()
        self.fields.put_cursor(Field.DESCRIPTION, len(self._editor.texts[Field.DESCRIPTION]))

    def take_over(self, what: Field, text: str) -> None:
        """Somebody else has changed it meanwhile, and the agent wants it so here, too."""
        self._typed(what, text)

    def hold_back(self) -> None:
        """The window closes: what was typed is kept, an untouched draft is dropped."""
        self._leave()

    def forget(self) -> None:
        """The agent leaves: what was typed is kept for them, and nothing of it stays here."""
        self._leave()
        self._editor = IntakeEditor(self._parts.zone)
        self._refused, self._wants_filing = {}, None
        self.strip.clear()
        self.say_state("", "caption")
        self._show()

    # wiring

    def _connect(self) -> None:
        fields = self.fields
        fields.kind.chosen.connect(self._choose_kind)
        fields.priority.chosen.connect(self._choose_priority)
        fields.category.taken.connect(self._take_category)
        fields.place.taken.connect(self._take_place)
        for what, line in fields.lines.items():
            line.installEventFilter(self)
            if isinstance(line, SuggestBox):
                line.typed.connect(self._typing(what))
                line.moved_on.connect(self._move_on)
                line.settled.connect(self._settled)
            else:
                line.textEdited.connect(self._typing(what))
        fields.description.installEventFilter(self)
        fields.description.textChanged.connect(self._description_typed)
        self.undo_button.clicked.connect(self._undo_step)
        self.clear_button.clicked.connect(self._clear_all)
        self.file_button.clicked.connect(lambda: self._ask_to_file(answered_at_once=False))
        self.at_once_button.clicked.connect(lambda: self._ask_to_file(answered_at_once=True))
        self.aside_button.clicked.connect(self._put_aside)
        self.redo_key.activated.connect(self._redo_step)
        self.read_back.agreed.connect(self._read_back_done)
        self.raise_key.activated.connect(lambda: fields.priority.step(-1))
        self.lower_key.activated.connect(lambda: fields.priority.step(1))
        self.strip.open_requested.connect(self.open_requested)
        self._follower.found.connect(self._caller_said)
        self._keeper.saved.connect(self._draft_saved)
        self._keeper.not_saved.connect(self._draft_not_saved)
        self._clerk.filed.connect(self._has_filed)
        self._clerk.joined.connect(self._has_joined)
        self._clerk.not_open.connect(self._could_not_join)
        self._clerk.refused.connect(self._is_refused)
        self._clerk.failed.connect(self._has_failed)

    # who is calling

    def _name(self, who: Who, *, chosen: bool) -> bool:
        touched = not self._editor.is_untouched
        if not self._editor.prefill(who, self._now(), chosen=chosen):
            return False
        self._show()
        if touched:
            self._keep()
        return True

    def _caller_said(self, draft_id: str, caller: Caller) -> None:
        call_id = self._editor.call_id
        if draft_id != self._editor.draft_id or call_id is None:
            return
        who = said_to_be(caller, self._editor.who.contact_number)
        if self._name(who, chosen=True) and (who.caller_name or who.place.household_id or caller.tie == NOBODY):
            step("caller_followed", draft_id=draft_id, call_id=call_id)
            self.caller_followed.emit(call_id)

    # edits

    def _typing(self, what: Field) -> Callable[[str], None]:
        def typed(text: str) -> None:
            self._typed(what, text)

        return typed

    def _description_typed(self) -> None:
        self._typed(Field.DESCRIPTION, self.fields.description.toPlainText())

    def _typed(self, what: Field, text: str) -> None:
        if not self._editor.draft_id or text == self._editor.texts[what]:
            return
        self._editor.type(what, text, self._now())
        self._refused.pop(what, None)
        self._edited()

    def _choose_kind(self, kind: Kind) -> None:
        self._editor.stamp(Field.KIND, self._now())
        self._editor.choose_kind(kind)
        self._refused.pop(Field.KIND, None)
        self._edited()

    def _choose_priority(self, priority: Priority) -> None:
        self._editor.stamp(Field.PRIORITY, self._now())
        self._editor.choose_priority(priority)
        self._edited()

    def _take_category(self, facts: CategoryFacts) -> None:
        self._editor.take_category(facts)
        self._refused.pop(Field.CATEGORY, None)
        self._refused.pop(Field.KIND, None)
        self._edited()

    def _take_place(self, place: Place) -> None:
        self._editor.stamp(Field.PLACE, self._now())
        self._editor.take_place(place)
        self._refused.pop(Field.PLACE, None)
        self._edited()

    def _read_back_done(self) -> None:
        self._editor.read_back(self._now())
        self._edited()

    def _undo_step(self) -> None:
        if self._editor.undo():
            self._edited()

    def _redo_step(self) -> None:
        if self._editor.redo():
            self._edited()

    def _clear_all(self) -> None:
        self._editor.clear()
        self._refused.clear()
        self._edited()
        self.fields.category.setFocus()

    def _edited(self) -> None:
        self._show()
        self._keep()

    def _move_on(self) -> None:
        """To the next field that still wants something, so that a prefilled place costs no key."""
        if self.sender() is self.fields.category and not self._editor.texts[Field.PLACE].strip():
            self.fields.place.setFocus()
        else:
            self.fields.description.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._clerk.is_busy and event.type() in _EDITS:
            return True  # some milliseconds: what is being filed is what stands here
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.FocusIn):
            self._editor.focus = self.fields.cursor_in(watched) or self._editor.focus
            self._show_notes()
        return super().eventFilter(watched, event)

    # keeping

    def _keep(self) -> None:
        """Every change, at once; an untouched draft only where it was kept before."""
        if not self._editor.draft_id:
            return
        self._editor.focus = self.fields.field_with_focus() or self._editor.focus
        draft = self._editor.draft(self._now())
        if not self._editor.is_untouched or self._keeper.has(draft.draft_id):
            self._keeper.keep(draft)
            self.draft_changed.emit(draft)

    def _leave(self) -> None:
        """What is open will be shown no more: kept, or dropped where nobody touched it."""
        draft_id = self._editor.draft_id
        if not draft_id:
            return
        if self._editor.is_untouched and self._keeper.has(draft_id):
            self._keeper.drop(draft_id)
            self.draft_dropped.emit(draft_id)
        elif not self._editor.is_untouched:
            self._keep()

    def _put_aside(self) -> None:
        if not self._editor.draft_id:
            return
        draft_id = self._editor.draft_id
        untouched = self._editor.is_untouched
        self._start_next(keep_call=False)
        if not untouched:
            self.strip.say_notice(_("Kept as a draft. It waits in the list on the left."))
        step("draft_set_aside", draft_id=draft_id)
        self.set_aside.emit()

    def _draft_saved(self, draft: Draft) -> None:
        if draft.draft_id == self._editor.draft_id:
            self.say_state(_("Draft kept"), "caption")

    def _draft_not_saved(self, _error: Exception) -> None:
        self.say_state(_("Not on disk yet: keep this window open"), "error")

    # filing

    def _ask_to_file(self, *, answered_at_once: bool) -> None:
        if not self._editor.draft_id or self._clerk.is_busy:
            return
        if self.fields.category.is_owing or self.fields.place.is_owing:
            self._wants_filing = answered_at_once
            return
        self._wants_filing = None
        self.fields.category.close_list()
        self.fields.place.close_list()
        # Only a filing that takes long is told: painting it would take the worker's time from the filing itself.
        QTimer.singleShot(SLOW_MS, self, self._say_slow)
        self._clerk.file(self._editor.to_file(self._now()), answered_at_once=answered_at_once)

    def _say_slow(self) -> None:
        if self._clerk.is_busy:
            self.say_state(_("Filing ..."), "caption")

    def _settled(self) -> None:
        owing = self.fields.category.is_owing or self.fields.place.is_owing
        if self._wants_filing is not None and not owing:
            self._ask_to_file(answered_at_once=self._wants_filing)

    def _has_filed(self, ticket: Ticket, closed: bool) -> None:
        self._done_with(ticket.ticket_id)
        self.strip.say_filed(ticket, closed=closed)
        step("ticket_filed", ticket_id=ticket.ticket_id)
        self.filed.emit(ticket)

    def _has_joined(self, draft: Draft, ticket: Ticket) -> None:
        self._done_with(draft.draft_id)
        self.strip.say_joined(ticket, by_call=draft.call_id is not None)
        step("call_joined", ticket_id=ticket.ticket_id, call_id=draft.call_id or "")
        self.joined.emit(ticket.ticket_id)

    def _could_not_join(self) -> None:
        self.strip.say_trouble(_("That ticket is closed by now. File a new one."))

    def _done_with(self, draft_id: str) -> None:
        self._keeper.drop(draft_id, lambda: self.draft_dropped.emit(draft_id))
        if self._editor.draft_id == draft_id:
            self._start_next(keep_call=True)
            self.focus_first()

    def _is_refused(self, draft_id: str, problems: dict[str, Reason]) -> None:
        self.say_state("", "caption")
        if self._editor.draft_id != draft_id:
            self.strip.say_trouble(_("A ticket was not filed; its draft waits in the list on the left."))
            return
        self._refused = words.refusals(problems)
        self._show_notes()
        first = next(iter(self._refused), None)
        if first is not None:
            self.fields.widgets[first].setFocus()
        step("intake_refused", draft_id=draft_id, fields=sorted(problems))

    def _has_failed(self, error: Exception) -> None:
        self.say_state("", "caption")
        self._parts.failed(error)
        self.strip.say_trouble(
            _("Not filed: this seat's disk cannot be written. Your text stays here; try again with Ctrl+Enter.")
        )

    def _start_next(self, *, keep_call: bool) -> None:
        """An empty form for the same caller (another matter), or for nobody."""
        old, who = self._editor.draft(self._now()), self._editor.who
        if not keep_call:
            self._leave()
        now = self._now()
        call_id = old.call_id if keep_call else None
        self._editor.open(Draft(self._parts.new_id(), old.author, now, now, Intake(), call_id), None, now)
        if keep_call:
            self._editor.prefill(who, now, chosen=True)
        self._refused.clear()
        self.say_state("", "caption")
        self._show()

    # showing

    def _show(self) -> None:
        """What the editor holds, where it differs from what is shown: no cursor jumps."""
        editor, fields = self._editor, self.fields
        for what in TEXTS:
            fields.show_text(what, editor.texts[what])
        if fields.kind.value is not editor.kind:
            fields.kind.show_value(editor.kind)
        if fields.priority.value is not editor.priority:
            fields.priority.show_value(editor.priority)
        self.undo_button.setEnabled(editor.can_undo)
        self.at_once_button.setEnabled(editor.kind in ANSWERABLE_AT_ONCE)
        self._show_notes()
        self._gate.look(editor.intake() if editor.draft_id else None, editor.texts[Field.PLACE])
        if editor.texts[Field.DESCRIPTION] != self._words:
            self._words = editor.texts[Field.DESCRIPTION]
            self.words_changed.emit(self._words)
        context = (editor.place, editor.category.code if editor.category else "")
        if context != self._context:
            self._context = context
            self.context_changed.emit(*context)

    def _show_notes(self) -> None:
        there = self.fields.field_with_focus()
        for what in Field:
            if what in self._refused:
                self.fields.say(what, self._refused[what], "error")
            else:
                in_hand = there is not None and there[0] is what
                self.fields.say(what, *note_of(self._editor, what, self._now(), self._parts.zone, in_hand=in_hand))

    def _now(self) -> datetime:
        return self._parts.clock()
