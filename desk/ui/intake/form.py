"""The intake form: the draft that is open, from its opening to its end. It shows what its `IntakeEditor` holds
(`showing`), hands every edit to it (`edits`) and to the draft's keeper, asks the searches, files and joins (`filing`).
Nothing in it waits: disk and store are on the worker's lanes.

Keys: Enter takes a suggestion and goes on to what is still empty, Ctrl+Enter files, Ctrl+Shift+Enter files what can be
answered at once as closed, Ctrl+D sets the draft aside, Ctrl+L clears, Alt+Z undoes the last larger step
(Alt+Y redoes), Alt+1..6 choose the kind, Alt+Up/Down the priority.

Ui process, Qt's thread."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desk.domain.drafts import Draft, Intake
from desk.domain.identity import TicketId
from desk.domain.notices import Notice
from desk.i18n import _
from desk.ui.intake.content import CategoryFacts, Field, Who, facts_of
from desk.ui.intake.editor import IntakeEditor
from desk.ui.intake.edits import Edits
from desk.ui.intake.filing import Filing
from desk.ui.intake.follower import Follower
from desk.ui.intake.keeper import Keeper
from desk.ui.intake.page import Page
from desk.ui.intake.parts import IntakeParts
from desk.ui.intake.prefill import said_to_be, who_of
from desk.ui.intake.search import Searches
from desk.ui.intake.showing import Showing
from desk.ui.steps import step
from desk.usecases.follow_caller import NOBODY, Caller
from desk.usecases.profile import Card, Profile


class IntakeForm(Page):
    """`filed(Ticket)`, `joined(ticket_id)`: the draft has become that. `draft_changed(Draft)`: as typed, at once.
    `draft_dropped(draft_id)`: an untouched draft is gone. `set_aside()`: the draft is kept and the form is free.
    `caller_followed(call id)`: it names whom somebody said its call was with meanwhile.
    `done_with(call id or None)`: it was filed or joined, and is told so in a moment on whatever stands here then.
    `context_changed(Place, category code)`, `words_changed(description)`: what the side panel should look at.
    `open_requested(ticket_id)`."""

    filed = Signal(object)
    joined = Signal(str)
    draft_changed = Signal(object)
    draft_dropped = Signal(str)
    set_aside = Signal()
    caller_followed = Signal(str)
    done_with = Signal(object)
    context_changed = Signal(object, str)
    words_changed = Signal(str)
    open_requested = Signal(str)

    def __init__(self, parts: IntakeParts, parent: QWidget | None = None) -> None:
        self._parts = parts
        self._editor = IntakeEditor(parts.zone)
        self._searches = Searches(parts, lambda: self._editor.kind_chosen, lambda: self._editor.who.place.building_id)
        super().__init__(self._searches.categories, self._searches.places, parent)
        self._showing = Showing(self, self._editor, parts)
        self._keeper = Keeper(parts, self)
        self._follower = Follower(parts, self)
        self._filing = Filing(self, self._editor, self._showing, parts)
        self._edits = Edits(self, self._editor, self._showing, parts.clock, lambda: self._filing.is_busy)
        self._connect()
        self._showing.show()

    # what the window asks

    def open(self, draft: Draft) -> None:
        """Shows this draft; the one that was open is kept if anything was typed in it. A draft that was saved before
        comes back with the text of every field, resolved or not, and the cursor."""
        self._leave()
        self._editor.open(draft, self._facts(draft.intake), self._now())
        if draft.intake != Intake():
            self._keeper.note_kept(draft)
        self._begin_anew()
        if self._editor.focus is not None:
            self.fields.put_cursor(*self._editor.focus)
        step("form_opened", draft_id=draft.draft_id, call_id=draft.call_id or "")
        self.follow_caller()

    def prefill(self, profile: Profile, card: Card | None = None, *, chosen: bool = False, lent: bool = False) -> None:
        """Fills in the caller on this card (the profile's first unless given) wherever nobody has typed. `chosen`: the
        agent said that it is they. `lent`: they call by a colleague's telephone."""
        self._name(who_of(profile, card, self._parts.home, lent=lent), chosen=chosen)

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
        if self._editor.draft_id:
            self._filing.join(TicketId(ticket_id))

    def answer_by(self, notice: Notice) -> None:
        """The notice answers the caller: the form says so, and one more key files it as answered."""
        if not self._editor.draft_id:
            return
        intake = self._parts.answer(self._editor.intake(), notice)
        self._editor.answer(intake, self._facts(intake))
        self._showing.refused.clear()
        self._edited()
        self.strip.say_notice(_("Answered by the notice: Ctrl+Shift+Enter"))
        self._go_on_describing()

    def use_notice(self, notice: Notice) -> None:
        """The caller was told of a notice: it is written into the description, where the agent goes on."""
        if not self._editor.draft_id:
            return
        told = _("Told of the notice: {title} ({text})").format(title=notice.title, text=notice.text)
        self._editor.add_to_description(told)
        self._edited()
        self._go_on_describing()

    def _go_on_describing(self) -> None:
        self.fields.description.setFocus()
        self.fields.put_cursor(Field.DESCRIPTION, len(self._editor.texts[Field.DESCRIPTION]))

    def take_over(self, what: Field, text: str) -> None:
        """Somebody else has changed it meanwhile, and the agent wants it so here, too."""
        self._edits.type(what, text)

    def hold_back(self) -> None:
        """The window closes: what was typed is kept, an untouched draft is dropped."""
        self._leave()

    def forget(self) -> None:
        """The agent leaves: what was typed is kept for them, and nothing of it stays here."""
        self._leave()
        self._editor.close()
        self.say_state("", "caption")
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._showing.refused.clear()
        self._filing.wait_no_more()
        self.strip.clear()
        self._showing.show()

    def _facts(self, intake: Intake) -> CategoryFacts | None:
        category = self._parts.tree.get(intake.category) if intake.category else None
        return facts_of(category, self._parts.language) if category else None

    # wiring

    def _connect(self) -> None:
        self._edits.edited.connect(self._edited)
        self._showing.context_changed.connect(self.context_changed)
        self._showing.words_changed.connect(self.words_changed)
        self.aside_button.clicked.connect(self._put_aside)
        self.strip.open_requested.connect(self.open_requested)
        self._follower.found.connect(self._caller_said)
        self._keeper.saved.connect(self._draft_saved)
        self._keeper.not_saved.connect(self._draft_not_saved)
        self._filing.done_with.connect(self._done_with)
        self._filing.filed.connect(self.filed)
        self._filing.joined.connect(self.joined)

    # who is calling

    def _name(self, who: Who, *, chosen: bool) -> bool:
        touched = not self._editor.is_untouched
        if not self._editor.prefill(who, self._now(), chosen=chosen):
            return False
        self._showing.show()
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

    # keeping

    def _edited(self) -> None:
        self._showing.show()
        self._keep()

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

    def _done_with(self, draft_id: str) -> None:
        self._keeper.drop(draft_id)
        self.draft_dropped.emit(draft_id)  # at once: nobody is to file it a second time
        if self._editor.draft_id == draft_id:
            self._start_next(keep_call=True)
            self.focus_first()
            self.done_with.emit(self._editor.call_id)

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
        self._showing.refused.clear()
        self.say_state("", "caption")
        self._showing.show()

    def _now(self) -> datetime:
        return self._parts.clock()
