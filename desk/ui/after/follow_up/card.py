"""A follow-up in the hands of whoever makes it: whom to call, what to say, one question at a time by digits, what will
follow; and what a try came to that brought no answers. Each answer is kept as it is given.

It stands in the panel of a ticket's page and on the page of follow-ups. Ui process, Qt's thread; what it does is done
on the worker."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from desk.domain.attempts import Outcome
from desk.domain.follow_up_rules import Follows
from desk.domain.follow_ups import FollowUpKind, FollowUpState
from desk.domain.identity import CallId
from desk.domain.moves import MoveRefused
from desk.domain.promise_rules import read_due
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.follow_up import presenter, words
from desk.ui.after.follow_up.answer_box import AnswerBox
from desk.ui.after.follow_up.answer_lines import AnswerLines
from desk.ui.after.follow_up.parts import FollowUpTools
from desk.ui.after.follow_up.presenter import PaperView, Speaker
from desk.ui.errand_calls import is_to
from desk.ui.flow import Flow
from desk.ui.key_button import KeyButton
from desk.ui.labels import plain
from desk.ui.rows import Chips
from desk.ui.rows_presenter import short_time
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.usecases.follow_up_paper import Finished, FollowUpRefused, Paper, WhyNot

_ATTEMPTS_SHOWN = 4
_RAISE, _LEAVE = "raise", "leave"


class FollowUpCard(QFrame):
    """`made()`: something was written that ends or moves it; it is to be read anew. `told(text)`: how it went.
    `says_which`: the ticket is named, where it does not stand on the screen already."""

    made = Signal()
    told = Signal(str)

    def __init__(self, name: str, tools: FollowUpTools, *, says_which: bool = True) -> None:
        super().__init__()
        self.setObjectName(name)
        self._tools, self._says_which = tools, says_which
        self._paper: Paper | None = None
        self._view: PaperView | None = None
        self._mode = ""  # "": the questionnaire; else what is asked instead of it
        self._call_id: CallId | None = None
        self._unhappy = ""
        self._asks = ("", "")  # the follow-up and its question that stand in the box
        self._writing = False  # until it is on the disk no key writes it again
        self._title, self._about = plain("strong", wraps=True), plain("muted", wraps=True)
        self._chips, self._said = Chips(f"{name}_chips"), Chips(f"{name}_said")
        self._opening, self._closing = plain("", wraps=True), plain("", wraps=True)
        self._follows, self._over = plain("", wraps=True), plain("muted", wraps=True)
        self._attempts = plain("caption", wraps=True)
        self._lines = AnswerLines(f"{name}_lines")
        self.box = AnswerBox(f"{name}_ask")
        self.call_key = KeyButton(f"{name}_call", _("Call"), "Alt+I", "phone-call", "go")
        self.not_reached_key = KeyButton(f"{name}_not_reached", _("Not reached"), "Alt+U", "phone-slash")
        self.save_key = KeyButton(f"{name}_save", _("Save the follow-up"), "Ctrl+Return", "check", "primary")
        self._lay_out()
        self.box.chosen.connect(self._chosen)
        self.box.entered.connect(self._entered)
        self.box.back.connect(self._back)
        self.call_key.clicked.connect(self._call)
        self.not_reached_key.clicked.connect(self._ask_outcome)
        self.save_key.clicked.connect(self._save)

    @property
    def paper(self) -> Paper | None:
        return self._paper

    @property
    def view(self) -> PaperView | None:
        return self._view

    def show_paper(self, paper: Paper | None) -> None:
        """None: none is chosen. The answers given here stay, while it is the same follow-up and still open."""
        before = self._paper
        if paper is not None and before is not None and _same(before, paper):
            if paper.follow_up.state is FollowUpState.DUE:
                paper = self._tools.uses.work.answered(paper, before.answers)
        else:
            self._mode, self._call_id = "", None
        self._paper = paper
        self._show()

    def take_focus(self) -> None:
        if not self.box.isHidden():
            self.box.take_focus()
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def step_back(self) -> bool:
        """Escape: from what a try came to back to the questions."""
        if self._mode in ("", _RAISE):
            return False
        self._mode = ""
        self._show()
        self.take_focus()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace:  # from the key that saves back to the last question
            self._back()
        else:
            super().keyPressEvent(event)

    # Showing

    def _show(self) -> None:
        paper = self._paper
        self.setVisible(paper is not None)
        if paper is None:
            self._view = None
            return
        agent = self._tools.hub.agent
        consequence = self._tools.uses.work.consequence(paper)
        tone = "danger" if consequence.follows is Follows.REOPENS else "warn" if consequence.warn else "go"
        view = presenter.view_of(
            paper,
            words.follows(consequence, paper.follow_up.kind),
            tone,
            self._tools.category,
            Speaker(self._tools.uses.company, agent.number if agent else ""),
            self._tools.clock(),
            self._tools.zone,
        )
        self._view = view
        self._title.setText(view.title)
        self._chips.show_chips(view.chips)
        for label, text in (
            (self._about, view.about if self._says_which else ""),
            (self._opening, view.opening),
            (self._closing, view.closing),
            (self._follows, view.follows),
            (self._over, view.over),
            (self._attempts, "\n".join(view.attempts[:_ATTEMPTS_SHOWN])),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        theme.mark(self._follows, {"danger": "error", "warn": "warning"}.get(view.tone, "strong"))
        self._lines.show_lines(view.lines)
        self._said.show_chips(view.said)
        self._show_ask(view)
        is_open = not view.over
        self.call_key.setVisible(is_open and bool(view.call))
        self.call_key.say(_("Call {who}").format(who=view.call_name))
        self.not_reached_key.setVisible(is_open and self._mode == "")
        self.save_key.setVisible(is_open and view.ask is None and self._mode == "")
        self._keys.changed()
        self.setAccessibleName(". ".join(part for part in (view.title, view.about) if part))

    def _show_ask(self, view: PaperView) -> None:
        if self._mode:
            self._asks = ("", "")
            self.box.show()
            return
        self.box.setVisible(view.ask is not None)
        if view.ask is None or self._paper is None:
            return
        asks = (self._paper.follow_up.follow_up_id, view.ask.ask_id)
        typed = self.box.line.text() if asks == self._asks else ""
        self._asks = asks
        hint = "" if view.ask.needed or view.ask.choices else _("Enter with nothing typed: not said.")
        choices = view.ask.choices if view.ask.needed else (*view.ask.choices, ("", _("not said")))
        self.box.ask(view.ask.text, choices if view.ask.choices else (), hint, typed)

    # The questions

    def _chosen(self, value: str) -> None:
        match self._mode:
            case "":
                self._answer(value)
            case "outcome":
                self._tried(value)
            case "warn":
                self._warn(value)
            case _:
                raise AssertionError(self._mode)

    def _entered(self, text: str) -> None:
        match self._mode:
            case "":
                view = self._view
                if view is not None and view.ask is not None and (text.strip() or not view.ask.needed):
                    self._answer(text.strip())
                else:
                    self.box.refuse(_("This question has to be answered."))
            case "later":
                self._call_later(text)
            case _:
                self._give_up(text)

    def _answer(self, answer: str) -> None:
        paper, view = self._paper, self._view
        if paper is None or view is None or view.ask is None:
            return
        self._note_call()
        self._paper = self._tools.uses.work.answered(paper, {**paper.answers, view.ask.ask_id: answer})
        self._keep()
        self._show()
        if self._paper.open is None:
            self.save_key.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.take_focus()

    def _back(self) -> None:
        """The last question once more."""
        paper = self._paper
        if self._mode:
            self.step_back()
            return
        if paper is None:
            return
        answered = [ask.ask_id for ask in paper.asks if ask is not paper.open]
        if answered:
            answers = {name: value for name, value in paper.answers.items() if name != answered[-1]}
            self._paper = self._tools.uses.work.answered(paper, answers)
            self._keep()
            self._show()
            self.take_focus()

    def _keep(self) -> None:
        """Behind the answering: a newer one takes the place of one that waits."""
        paper, work = self._paper, self._tools.uses.work
        if paper is None:
            return
        name = paper.follow_up.follow_up_id

        def kept(kept: Paper) -> None:
            if self._paper is not None and self._paper.follow_up.follow_up_id == name:
                self._paper = replace(self._paper, fresh=kept.fresh)
            self._tools.written()

        self._tools.hub.worker.save(f"follow-up {name}", lambda: work.keep(paper), kept, self._failed, owner=self)

    def _save(self) -> None:
        paper, work = self._paper, self._tools.uses.work
        if paper is None:
            return
        self._note_call()
        call_id = self._call_id
        unhappy = "; ".join(line for _question, line in (self._view.lines if self._view else ()) if len(line) > 1)
        self._write(lambda: work.finish(paper, call_id=call_id), unhappy)

    # What a try came to

    def _ask_outcome(self) -> None:
        self._mode = "outcome"
        self._show()
        choices = [(value.value, words.outcome(value)) for value in words.OUTCOMES]
        self.box.ask(_("What came of the call?"), [*choices, (words.GIVE_UP, _("It cannot be made: give up"))])
        self.box.take_focus()

    def _tried(self, value: str) -> None:
        if value == words.GIVE_UP:
            self._ask_line("give_up", _("Why can it not be made?"))
        elif value == Outcome.LATER.value:
            self._ask_line("later", _("When shall we call? (30, 2小时, 18:00, 明天9点)"))
        else:
            self._write_try(Outcome(value), None)

    def _ask_line(self, mode: str, question: str) -> None:
        self._mode = mode
        self._show()
        self.box.ask(question, ())
        self.box.take_focus()

    def _call_later(self, typed: str) -> None:
        when = read_due(typed, self._tools.clock(), self._tools.zone)
        if when is None:
            self.box.refuse(_("That is no time that can be read. Like this: 30, 2小时, 18:00, 明天9点"))
            return
        self._write_try(Outcome.LATER, when)

    def _write_try(self, outcome: Outcome, next_at: datetime | None) -> None:
        paper, work = self._paper, self._tools.uses.work
        if paper is None:
            return
        self._note_call()
        call_id = self._call_id
        self._write(lambda: work.tried(paper, outcome, "", next_at, call_id))

    def _give_up(self, why: str) -> None:
        paper, work = self._paper, self._tools.uses.work
        if paper is not None:
            self._write(lambda: work.give_up(paper, why))

    # Writing

    def _write(self, work: Callable[[], Finished], unhappy: str = "") -> None:
        def wrote(finished: Finished) -> None:
            self._writing = False
            step("follow_up_made", state=finished.follow_up.state.value)
            self._mode, self._call_id = "", None
            self._tools.hub.errands.settled(self._about_id())
            self._after(finished, unhappy)

        if not self._writing:
            self._writing = True
            self._tools.write(work, wrote, self._failed)

    def _after(self, finished: Finished, unhappy: str) -> None:
        state, follow_up = finished.follow_up.state, finished.follow_up
        if self._paper is not None:
            self._paper = replace(self._paper, follow_up=follow_up, fresh=False)
        if state is FollowUpState.DUE:
            due = follow_up.due_at
            when = short_time(due, self._tools.clock(), self._tools.zone) if due else ""
            self.told.emit(_("On record. It is due again: {when}.").format(when=when))
        elif state is FollowUpState.GIVEN_UP:
            self.told.emit(_("Given up: {reason}.").format(reason=words.given_up(follow_up.reason)))
        else:
            self.told.emit(words.told(finished.follows.follows))
        offers = finished.follows.warn and finished.ticket is not None and self._tools.warn is not None
        if offers and follow_up.kind is not FollowUpKind.SURVEY:
            self._unhappy = unhappy
            self._mode = "warn"
        self._show()
        if self._mode == "warn":
            question = _("The resident is not satisfied. Raise an early warning now?")
            self.box.ask(question, [(_RAISE, _("Raise an early warning")), (_LEAVE, _("Not needed"))])
            self.box.take_focus()
        else:
            self.made.emit()

    def _warn(self, value: str) -> None:
        paper, self._mode = self._paper, ""
        self._show()
        self.made.emit()
        if value == _RAISE and paper is not None and paper.ticket is not None and self._tools.warn is not None:
            self._tools.warn(paper.ticket.ticket_id, self._unhappy)

    def _failed(self, error: Exception) -> None:
        self._writing = False
        if isinstance(error, FollowUpRefused):
            self.told.emit(words.why(error.why))
            if error.why in (WhyNot.OVER, WhyNot.GONE):
                self.made.emit()
            else:
                self.box.refuse(words.why(error.why))
        elif isinstance(error, MoveRefused):
            self.told.emit(_("Somebody has moved the ticket on meanwhile. Look at it again."))
            self.made.emit()
        else:
            self.told.emit(_("Not saved: this seat's disk cannot be written. Try again."))
            self._tools.hub.failed(error)

    # The call

    def _call(self) -> None:
        view = self._view
        if view is not None and view.call:
            self._tools.hub.call_about(view.call, self._about_id())
            self.take_focus()

    def _note_call(self) -> None:
        """The call that we made for it, or are making to that number: it is tied to what was said."""
        hub, call = self._tools.hub, self._tools.hub.state.matter()
        made = hub.errands.call_id(self._about_id())
        if made is not None:
            self._call_id = made
        elif call is not None and self._view is not None and is_to(call, self._view.call):
            self._call_id = call.call_id

    def _about_id(self) -> str:
        paper = self._paper
        return (paper.follow_up.ticket_id or paper.follow_up.follow_up_id) if paper is not None else ""

    def _lay_out(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(self._title, 1)
        self._keys = Flow(f"{self.objectName()}_keys")
        for key in (self.call_key, self.not_reached_key, self.save_key):
            self._keys.add(key)
        for key in (self.call_key, self.not_reached_key):
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(head)
        parts = (self._about, self._chips, self._opening, self._lines, self.box, self._said, self._follows)
        for part in (*parts, self._closing, self._over, self._keys, self._attempts):
            column.addWidget(part)


def _same(before: Paper, after: Paper) -> bool:
    return before.follow_up.follow_up_id == after.follow_up.follow_up_id
