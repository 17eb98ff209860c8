"""One warning in full: whose turn it is and how long, what it is about, its calls, what happened so far, and the keys
that go on with it. A move that cannot be made is greyed and says why when its key is pressed. Built once and refilled.
Ui process, Qt's thread; what it does is done on the worker."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from desk.domain.attempts import Outcome
from desk.domain.early_warnings import WarningStep
from desk.domain.identity import StaffId
from desk.domain.ladder import RULE_OF, LadderMove, LadderNeed, LadderRefusal
from desk.domain.warning_moves import facts_of
from desk.i18n import _, ngettext
from desk.ui import theme
from desk.ui.after.warnings import presenter, words
from desk.ui.after.warnings.facts import Facts
from desk.ui.after.warnings.form import WarningForm
from desk.ui.after.warnings.parts import WarningTools
from desk.ui.after.warnings.presenter import CardView, MoveView
from desk.ui.after.warnings.strip import AskStrip
from desk.ui.after.warnings.words import ESCALATE, FORWARD, OTHER, TAKE, WITHDRAW
from desk.ui.chosen_list import LeavingList
from desk.ui.flow import Flow
from desk.ui.labels import plain
from desk.ui.rows import Chips
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.ticket.actions import ActionKey
from desk.usecases.raise_warning import WarningRefused
from desk.usecases.read_warnings import WarningPage
from desk.usecases.step_warning import Chased, Given

_KEYS = {FORWARD: "Alt+O", OTHER: "Alt+U", TAKE: "Alt+H", ESCALATE: "Alt+L", WITHDRAW: "Alt+Q"}
UNDO_KEY = "Ctrl+Shift+U"
_TRAIL_SHOWN = 12


class WarningCard(QFrame):
    """`stepped()`: something was written; it is to be read anew. `told(text)`: how it went. `left()`: the keyboard goes
    back to where it was."""

    stepped = Signal()
    told = Signal(str)
    left = Signal()

    def __init__(self, name: str, tools: WarningTools, *, undoes: bool = False) -> None:
        """`undoes`: the last step can be taken back by its key here."""
        super().__init__()
        self.setObjectName(name)
        self._tools = tools
        self._page: WarningPage | None = None
        self._view: CardView | None = None
        self._asked: Callable[[str, str], None] | None = None
        self._other: Callable[[str], None] | None = None
        self._writing = False  # until it is on the disk no key writes it again
        self._asked_at: WarningStep | None = None  # where it stood when its key was pressed
        self._title = plain("title", wraps=True)
        self._due = plain("chip")
        self._chips = Chips(f"{name}_chips")
        self._why = plain("warning", wraps=True)
        self._trail = plain("", wraps=True)
        self._facts = Facts()
        self.evidence = LeavingList(f"{name}_evidence", _("Calls"))
        self.evidence.opened.connect(lambda target: tools.play(target.partition(":")[2]))
        self.evidence.left.connect(self.left)
        self.keys = {place: ActionKey(f"{name}_{place}", words.place(place), key) for place, key in _KEYS.items()}
        self.call_key = ActionKey(f"{name}_call", _("Call whose turn it is"), "Alt+I", "phone-call")
        self.attach_key = ActionKey(f"{name}_attach", _("Attach calls as evidence"), "Alt+G", "paperclip")
        self.undo_key = ActionKey(f"{name}_undo", _("Take the last step back"), UNDO_KEY, "arrow-counter-clockwise")
        self._undoes = undoes
        self.undo_key.hide()
        self.strip = AskStrip(f"{name}_strip")
        self.form = WarningForm(f"{name}_form")
        self._lay_out()
        for place, key in self.keys.items():
            key.clicked.connect(lambda _checked=False, place=place: self._press(place))
        self.call_key.clicked.connect(self._call)
        self.attach_key.clicked.connect(self._attach)
        self.undo_key.clicked.connect(self._undo)
        self.strip.done.connect(self._strip_done)
        self.strip.other.connect(self._strip_other)
        self.strip.left.connect(self.step_back)
        self.form.done.connect(self._write_again)
        self.form.left.connect(self.step_back)
        self._why.hide()

    @property
    def view(self) -> CardView | None:
        return self._view

    @property
    def is_asking(self) -> bool:
        """Something is being typed here."""
        return self.strip.isVisibleTo(self) or self.form.isVisibleTo(self)

    def step_back(self) -> bool:
        """Leave what is being typed. False: nothing was."""
        was_asking = self.is_asking
        if was_asking:
            self._close()
            self.left.emit()
        return was_asking

    def show_page(self, page: WarningPage | None) -> None:
        """None: none is chosen. What is being typed stays while it is the same warning; where somebody else has gone on
        with that, it says so."""
        before, self._page = self._view, page
        view = presenter.card(page, self._tools.clock(), self._tools.zone) if page is not None else None
        if view == before:
            return
        self._view = view
        same = view is not None and before is not None and before.warning_id == view.warning_id
        if not same:
            self._close()
        elif self.is_asking and view is not None and view.step is not self._asked_at:
            self._refuse(words.refusal(LadderRefusal.CHANGED))  # what was typed stays to be read
        elif not self.is_asking:
            self._say_why("")
        self.setVisible(view is not None)
        if view is not None:
            self._show(view)

    def _show(self, view: CardView) -> None:
        self._title.setText(view.title)
        self._due.setText(view.due.text)
        theme.mark(self._due, f"chip-{view.due.tone}" if view.due.tone else "chip")
        self._chips.show_chips(view.chips)
        for place, key in self.keys.items():
            move = view.moves.get(place)
            key.setVisible(move is not None)
            if move is not None:
                key.say(move.words.button, move.words.icon)
                key.refuse(move.why)
        forward = view.moves.get(FORWARD)
        if forward is not None and not forward.why:
            theme.mark(self.keys[FORWARD], "primary")
        self.call_key.setVisible(bool(view.call))
        self.call_key.say(_("Call {who}").format(who=view.call_name))
        count = len(view.unattached)
        self.attach_key.setVisible(bool(count))
        self.attach_key.say(ngettext("Attach {n} call", "Attach {n} calls", count).format(n=count))
        self.undo_key.setVisible(self._undoes and view.can_undo)
        self._bar.setVisible(bool(view.moves) or view.can_undo)
        self._bar.changed()
        self._facts.show_facts(view.facts)
        self.evidence.show_rows(view.evidence)
        self._trail.setText("\n".join(view.trail[:_TRAIL_SHOWN]))
        self.setAccessibleName(". ".join((view.title, view.due.text)))

    # What is done

    def _press(self, place: str) -> None:
        move = self._view.moves.get(place) if self._view is not None else None
        if move is None:
            return
        self._close()
        self._asked_at = self._view.step if self._view is not None else None
        self._say_why(move.why)
        if move.why:
            return
        if move.move is LadderMove.RAISE_AGAIN:
            self._open_form()
        elif move.words.text:
            self._ask(move)
        else:
            self._make(move.move)

    def _ask(self, move: MoveView) -> None:
        texts = move.words
        self._asked = lambda text, heard_from: self._make(move.move, text, heard_from)
        self.strip.ask(texts.button, texts.text, texts.heard_from, do=texts.button)

    def _make(self, move: LadderMove, text: str = "", heard_from: str = "") -> None:
        page, uses = self._page, self._tools.uses
        if page is None:
            return
        if LadderNeed.TEXT in RULE_OF[move].needs and not text.strip():
            self.strip.refuse(words.refusal(LadderRefusal.TEXT_MISSING))
            return
        warning = page.line.warning
        given = Given(text=text, heard_from=heard_from, seen=self._asked_at)
        self._write(lambda: uses.get().stepping.step(warning.warning_id, move, given), words.move(move).done)

    def _open_form(self) -> None:
        if self._page is not None:
            warning = self._page.line.warning
            self.form.start(facts_of(warning), evidence=len(warning.evidence), returned=warning.said)
            self._facts.hide()  # they stand in the form
            self.form.show()
            self.form.focus_first()

    def _write_again(self) -> None:
        page, uses = self._page, self._tools.uses
        if page is None:
            return
        warning = page.line.warning
        given = Given(facts=self.form.facts(), seen=self._asked_at)
        move = LadderMove.RAISE_AGAIN
        self._write(lambda: uses.get().stepping.step(warning.warning_id, move, given), words.move(move).done)

    def _attach(self) -> None:
        view, uses = self._view, self._tools.uses
        if view is not None and view.unattached:
            warning_id, calls = view.warning_id, view.unattached
            self._write(lambda: uses.get().stepping.attach(warning_id, calls), _("Attached as evidence."))

    def _undo(self) -> None:
        view, uses = self._view, self._tools.uses
        if view is not None:
            warning_id = view.warning_id
            self._write(lambda: uses.get().stepping.undo(warning_id), _("The last step is taken back."))

    def _call(self) -> None:
        """Whoever has the turn is called; what came of it is asked at once."""
        view = self._view
        if view is None or not view.call:
            return
        self._close()
        self._asked_at = view.step
        self._tools.hub.call_about(view.call, view.ticket_id)
        self._asked = lambda text, _from: self._chased(Outcome.REACHED, text)
        self._other = lambda text: self._chased(Outcome.NO_ANSWER, text)
        title = _("{who} is being called. What came of it?").format(who=view.call_name)
        self.strip.ask(title, _("What was said (may stay empty)"), do=_("Reached"), other=_("Not reached"))

    def _chased(self, outcome: Outcome, note: str) -> None:
        page, view, uses = self._page, self._view, self._tools.uses
        if page is None or view is None:
            return
        turn, warning_id = page.line.turn, view.warning_id
        staff_id = StaffId(turn.staff_id) if turn.staff_id else None
        errands = self._tools.hub.errands
        call_id = errands.call_id(view.ticket_id)
        chase = Chased(outcome=outcome, number=view.call, staff_id=staff_id, call_id=call_id, note=note)
        self._write(lambda: uses.get().stepping.chased(warning_id, chase), _("The call is on record."))
        errands.settled(view.ticket_id)

    def _write(self, work: Callable[[], object], done: str) -> None:
        if self._writing:
            return
        self._writing = True

        def wrote(_result: object) -> None:
            self._writing = False
            step("warning_stepped")
            self._close()
            self.told.emit(done)
            self.stepped.emit()
            self.left.emit()

        self._tools.write(work, wrote, self._failed)

    def _failed(self, error: Exception) -> None:
        self._writing = False
        if not isinstance(error, WarningRefused):
            self._refuse(_("Not saved: this seat's disk cannot be written. Try again."))
            self._tools.hub.failed(error)
            return
        if error.reason in (LadderRefusal.CHANGED, LadderRefusal.WRONG_STEP):
            self._close()
            self.told.emit(words.refusal(error.reason))
            self.stepped.emit()
        elif self.form.isVisibleTo(self):
            self.form.refuse(words.refusal(error.reason), error.fields)
        else:
            self._refuse(words.refusal(error.reason))

    def _refuse(self, text: str) -> None:
        if self.strip.isVisibleTo(self):
            self.strip.refuse(text)
        elif self.form.isVisibleTo(self):
            self.form.refuse(text)
        else:
            self._say_why(text)

    def _say_why(self, text: str) -> None:
        self._why.setText(text)
        self._why.setVisible(bool(text))

    # The strip and the form

    def _strip_done(self) -> None:
        if self._asked is not None:
            self._asked(self.strip.text.text(), self.strip.heard_from.text())

    def _strip_other(self) -> None:
        if self._other is not None:
            self._other(self.strip.text.text())

    def _close(self) -> None:
        self._asked = self._other = None
        self.strip.hide()
        self.form.hide()
        self._facts.show()
        self._say_why("")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(self._title, 1)
        head.addWidget(self._due, 0, Qt.AlignmentFlag.AlignVCenter)
        self._bar = Flow(f"{self.objectName()}_keys")
        alt = QLabel("Alt+")
        theme.mark(alt, "caption")
        alt.setMinimumHeight(theme.Size.CONTROL)
        self._bar.add(alt)
        keys = (*self.keys.values(), self.call_key, self.attach_key, *((self.undo_key,) if self._undoes else ()))
        for key in keys:
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._bar.add(key)
        so_far = plain("strong")
        so_far.setText(_("What happened so far"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._chips)
        column.addWidget(self._bar)
        column.addWidget(self._why)
        column.addWidget(self.strip)
        column.addWidget(self.form)
        column.addWidget(self._facts)
        column.addWidget(self.evidence)
        column.addWidget(so_far)
        column.addWidget(self._trail)
