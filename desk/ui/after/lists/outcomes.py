"""What came of a call about the chosen row: whom to call with one key, and one digit for each outcome. A word may be
typed before the digit; where one is needed (a report, the date of the plan, when to call again) the digit asks for it
and Enter completes it. 0 asks why a late one is late: then the digits are the company's causes. Ui process, Qt's
thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desk.domain.attempts import Outcome
from desk.domain.identity import CallId
from desk.domain.moves import Given, MoveKind
from desk.domain.outcome_rules import MOVES, Effect, effect
from desk.domain.promise_rules import read_due
from desk.domain.what_next import Errand
from desk.domain.work_lists import WorkItem
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.lists import presenter, words
from desk.ui.after.lists.small_key import SmallKey
from desk.ui.flow import Flow
from desk.ui.intake.window_entry import read_window
from desk.ui.key_button import KeyButton
from desk.ui.leaving_field import LeavingField
from desk.ui.text_line import TextLine
from desk.ui.theme import Space
from desk.usecases.work_through import Came, Contact, WorkThrough

OUTCOMES = (
    Outcome.REACHED,
    Outcome.NO_ANSWER,
    Outcome.BUSY,
    Outcome.OFF,
    Outcome.WRONG_NUMBER,
    Outcome.LATER,
    Outcome.REFUSED,
)
_ANSWERED_FROM = len(OUTCOMES) + 1  # the digits after them are what somebody says who was reached
_NEED_TEXT = frozenset({MoveKind.RETURN, MoveKind.REPORT, MoveKind.FINISH})
_CHASED = frozenset({Errand.GET_FINISHED, Errand.GET_REPORT})


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is to be put on record. `move` None: the outcome alone."""

    item: WorkItem
    outcome: Outcome
    contact: Contact | None
    note: str = ""
    again: datetime | None = None
    given: Given | None = None
    move: MoveKind | None = None

    def put(self, work: WorkThrough, call_id: CallId | None) -> Came:
        """On record. Worker's thread; raises what `WorkThrough` does."""
        if self.move is not None and self.given is not None:
            return work.answer(self.item, self.move, self.given, self.contact, call_id)
        return work.record(self.item, self.outcome, self.contact, self.note, again=self.again, call_id=call_id)


class OutcomeBar(QFrame):
    """`recorded(Recorded)`: to be written. `explained(item, cause)`: why it is late, "" not now. `done()`: the keyboard
    goes back to the list."""

    recorded = Signal(object)
    explained = Signal(object, str)
    done = Signal()

    def __init__(
        self,
        clock: Callable[[], datetime],
        zone: tzinfo,
        causes: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        """`causes`: why something may be late; none: nobody is asked."""
        super().__init__(parent)
        self.setObjectName("work_outcomes")
        self._clock, self._zone = clock, zone
        self._item: WorkItem | None = None
        self._contacts: Sequence[Contact] = ()
        self._chosen = 0
        self._pending: Outcome | MoveKind | None = None
        self._answers: tuple[MoveKind, ...] = ()
        self.call_key = KeyButton("work_call", _("Call"), "Ctrl+R", "phone-outgoing", "go", listens=False)
        self.other_key = KeyButton("work_call_other", _("Another contact"), "Alt+L", "users", "quiet")
        self.other_key.clicked.connect(self.next_contact)
        self.note = _Note()
        self.note.returnPressed.connect(self._entered)
        self.note.left.connect(self._cancel)
        self._refused = TextLine(role="error")
        self._refused.setObjectName("work_outcome_refused")
        self._refused.hide()
        self._keys = Flow("work_outcome_keys")
        self._buttons = [self._outcome_key(index, one) for index, one in enumerate(OUTCOMES, 1)]
        self._said = [self._answer_key(_ANSWERED_FROM + index) for index in range(2)]
        self._causes = [self._cause_key(digit, cause) for digit, cause in enumerate(causes, 1)]
        self._why_key = _key("work_why_late", _("Why overdue"), 0)
        self._why_key.clicked.connect(self._why_pressed)
        self._asks_why = False
        for button in (*self._buttons, *self._said, *self._causes, self._why_key):
            self._keys.add(button)
        for quiet in (self.call_key, self.other_key):
            quiet.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.call_key)
        row.addWidget(self.other_key)
        row.addWidget(self.note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addLayout(row)
        column.addWidget(self._refused)
        column.addWidget(self._keys)
        self._show()

    # ---- of which row

    def show_item(self, item: WorkItem | None) -> None:
        """Another row, or the same as it is now: what was typed stays with its row. One that asks for something else
        now, or something of somebody else, has nobody to call and no answer until that is known."""
        if item is None or self._item is None or item.key != self._item.key:
            self.note.clear()
        if item is None or self._item is None or item.matter != self._item.matter:
            self._ask(None)
            self._asks_why = False
            self._contacts, self._chosen = (), 0
        self._item = item
        self._answers = presenter.answers(item) if item is not None else ()
        self._show()

    def show_contacts(self, contacts: Sequence[Contact]) -> None:
        self._contacts = contacts
        self._chosen = min(self._chosen, max(0, len(contacts) - 1))
        self._show()

    def contact(self) -> Contact | None:
        return self._contacts[self._chosen] if self._contacts else None

    @property
    def about(self) -> str:
        """What a call made from here belongs to."""
        return self._item.belongs_to if self._item is not None else ""

    def is_being_typed(self) -> bool:
        """Somebody is saying something about the row, or has, and the digit is still to come."""
        return self.isVisible() and (
            self._asks_why or self._pending is not None or self.note.hasFocus() or bool(self.note.text().strip())
        )

    @property
    def asks_why(self) -> bool:
        """The digits are causes now."""
        return self._asks_why

    def ask_why(self) -> bool:
        """The row was chased: whether it is asked why it is late, which nobody has said yet."""
        ticket = self._item.ticket if self._item is not None else None
        if self._is_late() and ticket is not None and not ticket.overdue_cause:
            self._turn_to_causes(asks=True)
        return self._asks_why

    def not_now(self) -> bool:
        """Nobody knows why, or there is no time to say it; False where it was not asked."""
        if not self._asks_why:
            return False
        self._caused("")
        return True

    def next_contact(self) -> None:
        """The backup, then the lead, then whoever was first."""
        if self._contacts:
            self._chosen = (self._chosen + 1) % len(self._contacts)
            self._show()

    @property
    def number(self) -> str:
        """What one key dials; "" where there is nobody to call."""
        contact = self.contact()
        return contact.number if contact else ""

    def _show(self) -> None:
        contact = self.contact()
        self.setVisible(self._item is not None and bool(self._contacts))
        self._show_call()
        if contact is not None:
            said = _("Call {name} ({post})") if contact.number else _("{name} ({post}) has no number")
            self.call_key.say(said.format(name=contact.name or _("them"), post=words.post(contact.post)))
            self.call_key.setEnabled(bool(contact.number))
        for outcome in self._buttons:
            outcome.setVisible(not self._asks_why)
        for cause in self._causes:
            cause.setVisible(self._asks_why)
        self._why_key.setVisible(self._is_late())
        self._why_key.say(_("Not known yet") if self._asks_why else _("Why overdue"))
        for index, button in enumerate(self._said):
            there = index < len(self._answers) and not self._asks_why
            button.setVisible(there)
            if there:
                button.say(words.answer(self._answers[index]))
        self._keys.changed()

    def _show_call(self) -> None:
        """While something is asked its field has the whole row: what is to be typed must be read."""
        self.call_key.setVisible(self._pending is None)
        self.other_key.setVisible(self._pending is None and len(self._contacts) > 1)

    # ---- what came of it

    def press(self, digit: int) -> None:
        """The key of this digit."""
        buttons = (*self._buttons, *self._said, *self._causes, self._why_key)
        found = next((one for one in buttons if one.key == str(digit) and not one.isHidden()), None)
        if self.isVisible() and found is not None:
            found.click()

    def _outcome_key(self, digit: int, outcome: Outcome) -> KeyButton:
        button = _key(f"work_outcome_{outcome.value}", words.outcome(outcome), digit)
        button.clicked.connect(lambda: self._outcome(outcome))
        return button

    def _answer_key(self, digit: int) -> KeyButton:
        button = _key(f"work_answer_{digit}", "", digit)
        button.clicked.connect(lambda: self._answer(self._answers[digit - _ANSWERED_FROM]))
        return button

    def _cause_key(self, digit: int, cause: str) -> KeyButton:
        button = _key(f"work_cause_{digit}", cause, digit)
        button.clicked.connect(lambda: self._caused(cause))
        return button

    def _is_late(self) -> bool:
        """Its handler is called because it is late, and there are causes to choose from."""
        item = self._item
        if item is None or item.ticket is None or item.due_at is None or item.errand not in _CHASED:
            return False
        return bool(self._causes) and item.due_at <= self._clock()

    def _why_pressed(self) -> None:
        if not self.not_now():
            self._turn_to_causes(asks=True)

    def _caused(self, cause: str) -> None:
        item = self._item
        self._turn_to_causes(asks=False)
        if item is not None:
            self.explained.emit(item, cause)

    def _turn_to_causes(self, *, asks: bool) -> None:
        self._asks_why = asks
        self._ask(None)
        self._show()

    def _outcome(self, outcome: Outcome) -> None:
        item = self._item
        if item is None:
            return
        if outcome is Outcome.REACHED and effect(item.errand, outcome) is Effect.MOVE and item.ticket is not None:
            self._answer(MOVES[item.errand])
        elif outcome is Outcome.LATER:
            self._ask(outcome)
        else:
            self._record(Recorded(item, outcome, self.contact(), self.note.text().strip()))

    def _answer(self, kind: MoveKind) -> None:
        if self._item is None:
            return
        typed = self.note.text().strip()
        if kind is MoveKind.TELL_PLAN or (kind in _NEED_TEXT and not typed):
            self._ask(kind)
        else:
            self._move(kind, typed)

    def _move(self, kind: MoveKind, typed: str, until: datetime | None = None) -> None:
        if self._item is not None:
            given = Given(reason=typed if kind is MoveKind.RETURN else "", text=typed, until=until)
            self._record(Recorded(self._item, Outcome.REACHED, self.contact(), typed, None, given, kind))

    def _record(self, recorded: Recorded) -> None:
        self._ask(None)
        self.recorded.emit(recorded)

    def _ask(self, pending: Outcome | MoveKind | None) -> None:
        """What has to be typed first; None: nothing any more."""
        self._pending = pending
        self._show_call()
        self._refuse("")
        prompt = _("What was said (Tab); Enter, then a digit")
        if self._asks_why:
            prompt = _("Why is it late? A digit; 0 or Esc: not known yet")
        if pending is Outcome.LATER:
            prompt = _("When to call again: 30, 15:00, tomorrow 9:00; Enter alone: in an hour")
        elif isinstance(pending, MoveKind):
            prompt = words.answer_needs(pending)
        self.note.setPlaceholderText(prompt)
        self.note.setAccessibleDescription(prompt)
        if pending is not None:
            if pending is not Outcome.LATER or self.note.text().strip():
                self.note.clear()
            self.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _entered(self) -> None:
        typed, now = self.note.text().strip(), self._clock()
        match self._pending:
            case None:
                self.done.emit()
            case Outcome.LATER:
                again = _time(typed, now, self._zone)
                if typed and again is None:
                    self._refuse(_("That is no time to come: 30 (minutes), 15:00, tomorrow 9:00."))
                elif self._item is not None:
                    self._record(Recorded(self._item, Outcome.LATER, self.contact(), "", again))
            case MoveKind.TELL_PLAN:
                until = _time(typed, now, self._zone)
                if until is None:
                    self._refuse(_("That is no day to come: tomorrow, Friday, 1130 18:00."))
                else:
                    self._move(MoveKind.TELL_PLAN, "", until)
            case MoveKind() as kind:
                if typed:
                    self._move(kind, typed)
                else:
                    self._refuse(_("A few words are needed: they stand on the ticket."))

    def _cancel(self) -> None:
        if self._pending is not None:
            self.note.clear()
        self._ask(None)
        self.done.emit()

    def _refuse(self, why: str) -> None:
        self._refused.setText(why)
        self._refused.setVisible(bool(why))
        if bool(self.note.property("wrong")) is not bool(why):
            self.note.setProperty("wrong", bool(why))
            theme.repolish(self.note)


def _time(typed: str, now: datetime, zone: tzinfo) -> datetime | None:
    """A time to come, as a span, a time of day, or a day in words (then its end)."""
    found = read_due(typed, now, zone)
    if found is None and (window := read_window(typed, now, zone)) is not None:
        found = window.until
    return found if found is not None and found > now else None


class _Note(LeavingField):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("work_note")
        self.setAccessibleName(_("What was said"))
        self.setMaxLength(500)


def _key(name: str, said: str, digit: int) -> KeyButton:
    button = SmallKey(name, said, str(digit), "", "quiet", listens=False)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
