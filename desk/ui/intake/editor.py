"""What stands in an intake form, as the agent works on it: the form's presenter. Plain Python on the ui's thread; the
widgets tell it every edit and show what it holds.

It promises that no edit loses text: what has not been resolved (half a category) is kept in `Intake.typed`, every
larger step (a hit taken, a prefill, clearing) can be undone, and a prefill never overwrites what somebody typed. A
draft that comes back with its caller stays theirs, whomever the number suggests, until somebody says it is another.
The surprising choice: the priority stays None until the agent chooses one, so that it follows the category."""

from dataclasses import replace
from datetime import datetime, tzinfo

from desk.domain.drafts import Draft, Intake
from desk.domain.identity import CallId
from desk.domain.tickets import Kind, Place, Priority, Window
from desk.domain.times import to_text
from desk.ui.intake.content import (
    CURSOR,
    FOCUS,
    TEXTS,
    CategoryFacts,
    Content,
    Field,
    Who,
    focus_in,
    is_resolved,
    prefilled,
    texts_of,
    unresolved,
    with_who,
)
from desk.ui.intake.history import History
from desk.ui.intake.window_entry import read_window


class IntakeEditor:
    """One form's content. `texts` is what each text field shows; `intake()` what it means."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self.close()

    def close(self) -> None:
        """No draft is open, and nothing of one stays here."""
        self._draft: Draft | None = None
        self._intake = Intake()
        self._facts: CategoryFacts | None = None
        self._who = Who()
        self._is_theirs = False  # the caller's whom it names: it came back so, or the agent chose them
        self._history = History()
        self._kind_chosen = False  # by the agent, not brought along by a category
        self.texts: dict[Field, str] = dict.fromkeys(TEXTS, "")
        self.place_hit = ""  # the text of the place that was taken, while the field still shows it
        self.focus: tuple[Field, int] | None = None

    # what it holds

    @property
    def who(self) -> Who:
        """Who is calling, as far as nobody has typed over it."""
        return self._who

    @property
    def draft_id(self) -> str:
        return self._draft.draft_id if self._draft else ""

    @property
    def call_id(self) -> CallId | None:
        return self._draft.call_id if self._draft else None

    @property
    def kind(self) -> Kind | None:
        return self._intake.kind

    @property
    def kind_chosen(self) -> Kind | None:
        """The kind that the agent chose, which narrows the categories; None where it only came with a category."""
        return self._intake.kind if self._kind_chosen else None

    @property
    def category(self) -> CategoryFacts | None:
        return self._facts

    @property
    def place(self) -> Place:
        return self._intake.place

    @property
    def is_read_back(self) -> bool:
        return self._intake.read_back_at is not None

    @property
    def window(self) -> Window | None:
        """The appointment, as far as it can be read."""
        return self._intake.appointment

    @property
    def priority(self) -> Priority | None:
        """The one in force: chosen, else the category's."""
        return self._intake.priority or (self._facts.priority if self._facts else None)

    @property
    def can_undo(self) -> bool:
        return self._history.can_undo

    @property
    def is_untouched(self) -> bool:
        """Nothing in it but what was prefilled: it need not be kept."""
        mine = with_who(Intake(), self._who)
        return replace(self._intake, typed={}, typed_at={}, caller_at=None) == mine and not self._unresolved()

    def intake(self) -> Intake:
        typed = self._unresolved()
        if self.focus is not None and any(self.texts.values()):
            typed[FOCUS], typed[CURSOR] = self.focus[0].value, str(self.focus[1])
        return replace(self._intake, typed=typed)

    def draft(self, saved_at: datetime) -> Draft:
        """The draft as it stands. Raises `LookupError` before `open`."""
        if self._draft is None:
            raise LookupError("no draft is open")
        return replace(self._draft, saved_at=saved_at, intake=self.intake())

    def to_file(self, saved_at: datetime) -> Draft:
        """The draft with the priority in force written down and without the place of the cursor."""
        draft = self.draft(saved_at)
        intake = replace(draft.intake, priority=self.priority, typed=self._unresolved())
        return replace(draft, intake=intake)

    # opening and prefilling

    def open(self, draft: Draft, facts: CategoryFacts | None, now: datetime) -> None:
        """Shows this draft as it was left. `facts` are those of its category (None where it has none)."""
        intake = draft.intake
        self._draft, self._intake, self._facts = draft, intake, facts
        self._who, self._history = prefilled(intake), History()
        self._is_theirs = bool(intake.person_id or intake.household_id)
        self._kind_chosen = intake.kind is not None and facts is None
        self.texts = texts_of(intake, facts, self._zone, now)
        self.place_hit = intake.place.text if is_resolved(intake.place) else ""
        self.focus = focus_in(intake.typed)

    def prefill(self, who: Who, now: datetime, *, chosen: bool = False) -> bool:
        """Fills in what is known of the caller, where nobody has typed; a value that an earlier prefill left behind
        gives way, and so does a field that was emptied, to another caller only. `chosen`: the agent said that it is
        they; the number alone only suggests. True if anything changed."""
        before, old, intake = self._content(), self._who, self._intake
        is_another = (who.person_id, who.household_id) != (intake.person_id, intake.household_id)
        if self._is_theirs and is_another and not chosen:
            return False
        if chosen:
            self._is_theirs = bool(who.person_id or who.household_id)
        if self._gives_way(Field.CALLER, old.caller_name, is_another=is_another):
            intake = replace(intake, caller_name=who.caller_name)
            self.texts[Field.CALLER] = who.caller_name
        if self._gives_way(Field.CONTACT, old.contact_number, is_another=is_another):
            intake = replace(intake, contact_number=who.contact_number)
            self.texts[Field.CONTACT] = who.contact_number
        is_old_place = intake.place in (Place(), old.place)
        if is_old_place and self._gives_way(Field.PLACE, old.place.text, is_another=is_another):
            intake = replace(intake, place=who.place, read_back_at=None)
            self.texts[Field.PLACE] = who.place.text
            self.place_hit = who.place.text if is_resolved(who.place) else ""
        at = now if is_another else intake.caller_at
        self._intake = replace(intake, person_id=who.person_id, household_id=who.household_id, caller_at=at)
        self._who = who
        return self._keep(before)

    # edits

    def type(self, what: Field, text: str, now: datetime) -> None:
        """The text of this field is now `text`."""
        if text == self.texts[what]:
            return
        self.texts[what] = text
        self.stamp(what, now)
        match what:
            case Field.CATEGORY:
                if self._facts is not None and text != self._facts.name:
                    self._facts = None
                    self._intake = replace(self._intake, category="", kind=self.kind_chosen)
            case Field.PLACE:
                self.place_hit = ""
                self._intake = replace(self._intake, place=Place(text=text.strip()), read_back_at=None)
            case Field.APPOINTMENT:
                self._intake = replace(self._intake, appointment=read_window(text, now, self._zone))
            case Field.DESCRIPTION:
                self._intake = replace(self._intake, description=text)
            case Field.CONTACT:
                self._intake = replace(self._intake, contact_number=text)
            case Field.CALLER:
                self._intake = replace(self._intake, caller_name=text)
            case Field.KIND | Field.PRIORITY:
                raise ValueError(what)

    def stamp(self, what: Field, now: datetime) -> None:
        """The agent is at work on this field: the first time is kept, so that the recording can be heard from there."""
        if what.value not in self._intake.typed_at:
            self._intake = replace(self._intake, typed_at={**self._intake.typed_at, what.value: to_text(now)})

    def take_category(self, facts: CategoryFacts) -> None:
        before = self._content()
        self._facts = facts
        self.texts[Field.CATEGORY] = facts.name
        self._intake = replace(self._intake, category=facts.code, kind=facts.kind)
        self._keep(before)

    def take_place(self, place: Place) -> None:
        before = self._content()
        self.texts[Field.PLACE] = self.place_hit = place.text
        self._intake = replace(self._intake, place=place, read_back_at=None)
        self._keep(before)

    def choose_kind(self, kind: Kind) -> None:
        """A category of another kind makes way; its name stays in the field to be searched again."""
        before = self._content()
        self._kind_chosen = True
        self._intake = replace(self._intake, kind=kind)
        if self._facts is not None and self._facts.kind is not kind:
            self._facts = None
            self._intake = replace(self._intake, category="")
        self._keep(before)

    def choose_priority(self, priority: Priority) -> None:
        """Choosing the chosen one again gives it back to the category."""
        before = self._content()
        again = self._intake.priority is priority
        self._intake = replace(self._intake, priority=None if again else priority)
        self._keep(before)

    def add_to_description(self, text: str) -> None:
        """On a line of its own behind what stands there."""
        before = self._content()
        written = "\n".join(part for part in (self._intake.description.rstrip(), text) if part)
        self.texts[Field.DESCRIPTION] = written
        self._intake = replace(self._intake, description=written)
        self._keep(before)

    def answer(self, intake: Intake, facts: CategoryFacts | None) -> None:
        """The form as a notice answers it (`desk.domain.notice_rules.answered`). `facts` of its category."""
        before = self._content()
        self._intake, self._facts = intake, facts
        self.texts[Field.DESCRIPTION] = intake.description
        if facts is not None:
            self.texts[Field.CATEGORY] = facts.name
        self._keep(before)

    def read_back(self, now: datetime) -> None:
        """The place was read back to the caller, who agreed. It holds until another place stands there."""
        before = self._content()
        self._intake = replace(self._intake, read_back_at=now)
        self._keep(before)

    def clear(self) -> None:
        """Empties every field but who is calling and where from; `undo` brings it back."""
        before = self._content()
        self._intake, self._facts = with_who(Intake(caller_at=self._intake.caller_at), self._who), None
        self._kind_chosen = False
        self.texts = dict.fromkeys(TEXTS, "") | {
            Field.PLACE: self._who.place.text,
            Field.CONTACT: self._who.contact_number,
            Field.CALLER: self._who.caller_name,
        }
        self.place_hit = self._who.place.text if is_resolved(self._who.place) else ""
        self._keep(before)

    def undo(self) -> bool:
        """Takes back the last larger step, and only what it touched."""
        return self._restore(self._history.undo(self._content()))

    def redo(self) -> bool:
        """Back to before the last `undo`."""
        return self._restore(self._history.redo(self._content()))

    # inside

    def _content(self) -> Content:
        return Content(self._intake, dict(self.texts), self._facts)

    def _gives_way(self, what: Field, old: str, *, is_another: bool) -> bool:
        """What stands in this field was not typed: it came with the caller (`old`), or nothing stands there and nobody
        has emptied it for this one."""
        text = self.texts[what]
        return text == old if text else is_another or what.value not in self._intake.typed_at

    def _restore(self, content: Content | None) -> bool:
        if content is None:
            return False
        self._intake, self._facts, self.texts = content.intake, content.facts, dict(content.texts)
        self._kind_chosen = content.intake.kind is not None and content.facts is None
        self.place_hit = self._intake.place.text if is_resolved(self._intake.place) else ""
        return True

    def _keep(self, before: Content) -> bool:
        return self._history.keep(before, self._content())

    def _unresolved(self) -> dict[str, str]:
        return unresolved(self._intake, self._facts, self.texts)
