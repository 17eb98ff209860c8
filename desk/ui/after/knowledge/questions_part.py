"""Questions on the knowledge page: those to be answered, by when and by whom, and the answers a resident waits for. The
chosen one stands below with a field for its answer. Ctrl+Enter answers, and the answer becomes an article; Ctrl+R calls
the resident, Alt+O says that they were told; Alt+H gives the question to somebody else, to answer or to tell. Delete
drops it with what stands in the field as the reason: nobody needs the answer, or nobody can be reached with it. Ui
process, Qt's thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desk.domain.knowledge import Question, QuestionState
from desk.i18n import _
from desk.ui.after.knowledge import presenter
from desk.ui.after.knowledge.uses import KnowledgeParts
from desk.ui.chosen_list import ChosenList, follow, scrolled
from desk.ui.key_button import KeyButton
from desk.ui.labels import selectable
from desk.ui.rows import ROW_HEIGHT
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.worker import SAVE_LANE
from desk.usecases.ask import QuestionRefused
from desk.usecases.knowledge import ArticleRefused, ArticleText

READ = "questions"
_ROWS_SHOWN, _ANSWER_HEIGHT = 6, 110


@dataclass(frozen=True, slots=True)
class _Read:
    open: Sequence[Question]
    to_tell: Sequence[Question]


class QuestionsPart(QWidget):
    """`told(text)`."""

    told = Signal(str)

    def __init__(self, parts: KnowledgeParts) -> None:
        super().__init__()
        self.setObjectName("questions_part")
        self._parts = parts
        self._found: Sequence[Question] = ()
        self._answering: tuple[str, QuestionState] | None = None  # the question that the typed text is for, as it stood
        self.list = ChosenList("question_list", _("Questions"))
        self._empty = selectable("questions_empty", "muted")
        self._empty.setText(_("No question waits. In a call Ctrl+Shift+A asks what you cannot answer."))
        self._text, self._facts = selectable("question_text", "strong"), selectable("question_facts")
        self.title, self.to = QLineEdit(), QLineEdit()
        self.answer = QPlainTextEdit()
        self.save = KeyButton("question_answer", _("Save the answer"), "Ctrl+Return", "check", "primary")
        self.call = KeyButton("question_call", _("Call"), "Ctrl+R", "phone-outgoing", listens=False)
        self.say_told = KeyButton("question_told", _("The resident knows"), "Alt+O", "chat-circle-text")
        self.hand = KeyButton("question_hand", _("Give to"), "Alt+H", "arrow-bend-up-right")
        self.drop = KeyButton("question_drop", _("Drop"), "Del", "trash", "quiet", listens=False)
        self._lay_out()
        self.list.moved.connect(self._show_chosen)
        self.list.removing.connect(self._drop)
        self.save.clicked.connect(self._answer)
        self.call.clicked.connect(self._call)
        self.say_told.clicked.connect(self._told)
        self.hand.clicked.connect(self._hand)
        self.to.returnPressed.connect(self._hand)
        self.drop.clicked.connect(self._drop)

    @property
    def chosen(self) -> Question | None:
        row = self.list.chosen
        return next((q for q in self._found if row is not None and row.target == f"question:{q.question_id}"), None)

    def start(self) -> None:
        self.refresh()

    def take_focus(self, page: QWidget) -> None:
        (self.list if self.list.rows else page).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        uses = self._parts.uses

        def read() -> _Read:
            found = uses().ask.read()
            return _Read(found.open, found.to_tell)

        self._parts.hub.worker.latest(READ, read, self._came, owner=self)

    def _came(self, found: _Read) -> None:
        me = self._parts.work_number()
        mine = sorted(found.open, key=lambda q: (q.owner != me, q.due_at))
        self._found = [*found.to_tell, *mine]
        now, zone = self._parts.clock(), self._parts.zone
        had_rows = bool(self.list.rows)
        self.list.show_rows([presenter.question_row(q, self._parts.name_of, now, zone) for q in self._found])
        self._area.setFixedHeight(min(_ROWS_SHOWN, max(1, len(self._found))) * ROW_HEIGHT + 2)
        self._area.setVisible(bool(self._found))
        self._empty.setVisible(not self._found)
        if not had_rows and self._found and self.isVisible():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = self.chosen
        is_open = chosen is not None and chosen.state is QuestionState.OPEN
        to_tell = chosen is not None and chosen.state is QuestionState.ANSWERED
        self.title.setVisible(is_open)
        self.save.setVisible(is_open)
        for widget in (self.answer, self.hand, self.to, self.drop):
            widget.setVisible(is_open or to_tell)
        self.say_told.setVisible(to_tell)
        why = _("Why the resident is not told it, to drop it")
        self.answer.setAccessibleName(why if to_tell else _("The answer"))
        self.answer.setPlaceholderText(why if to_tell else _("The answer, as the resident is told it"))
        self.call.setVisible(chosen is not None and bool(chosen.number))
        self._whole.setVisible(chosen is not None)
        if chosen is None:
            return
        parts = self._parts
        self._text.setText(chosen.text)
        self._facts.setText(presenter.question_facts(chosen, parts.category, parts.name_of, parts.clock(), parts.zone))
        for part in (self.list, self.answer, self.title, self.to):
            part.setProperty("number_to_call", chosen.number)  # what Ctrl+R calls: see `dial_anywhere`
            part.setProperty("call_about", chosen.ticket_id or chosen.question_id)
        if self._answering != (chosen.question_id, chosen.state):
            self._answering = chosen.question_id, chosen.state
            self.answer.clear()
            self.title.setText(" ".join(chosen.text.split())[:80])
            self.to.clear()
            if to_tell and self.answer.hasFocus():  # what is typed next is no answer any more
                self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    # what is done

    def _answer(self) -> None:
        chosen, who, ask = self.chosen, self._parts.work_number(), self._parts.uses().ask
        if chosen is None or chosen.state is not QuestionState.OPEN:
            return
        answer, title = self.answer.toPlainText(), self.title.text()
        categories = (chosen.category,) if chosen.category else ()
        article = ArticleText(title, answer, categories=categories)
        self._do(
            lambda: ask.answer(chosen.question_id, answer, who, article),
            _("Answered. It is an article now; the resident has still to be told."),
        )

    def _told(self) -> None:
        chosen, who, ask = self.chosen, self._parts.work_number(), self._parts.uses().ask
        if chosen is not None:
            call_id = self._parts.hub.errands.call_id(chosen.ticket_id or chosen.question_id)
            self._do(lambda: ask.told(chosen.question_id, who, call_id), _("On record: the resident knows."))

    def _hand(self) -> None:
        chosen, to, ask = self.chosen, self.to.text(), self._parts.uses().ask
        if chosen is not None:
            self._do(
                lambda: ask.hand_to(chosen.question_id, to, chosen.state), _("It is theirs now; its time runs on.")
            )

    def _drop(self) -> None:
        chosen, why, ask = self.chosen, self.answer.toPlainText(), self._parts.uses().ask
        if chosen is not None:
            self._do(lambda: ask.drop(chosen.question_id, why, chosen.state), _("Dropped, with the reason on record."))

    def _call(self) -> None:
        chosen = self.chosen
        if chosen is not None and chosen.number:
            self._parts.hub.call_about(chosen.number, chosen.ticket_id or chosen.question_id)

    def _do(self, work: Callable[[], Question], said: str) -> None:
        def done(question: Question) -> None:
            step("question_written", question_id=question.question_id, state=question.state.value)
            self._parts.written()
            self.told.emit(said)
            self.refresh()

        def failed(error: Exception) -> None:
            match error:
                case QuestionRefused():
                    self.told.emit(presenter.why_not(error.why))
                case ArticleRefused():
                    self.told.emit(presenter.article_refused(error.reasons))
                case _:
                    self._parts.hub.failed(error)

        self._parts.hub.worker.run(work, done, failed, lane=SAVE_LANE, owner=self)

    def _lay_out(self) -> None:
        self._area = scrolled("questions_area", self.list)
        follow(self.list, self._area)
        line = QFrame()
        line.setProperty("role", "line")
        self.answer.setObjectName("question_answer_text")
        self.answer.setAccessibleName(_("The answer"))
        self.answer.setTabChangesFocus(True)
        self.answer.setMaximumHeight(_ANSWER_HEIGHT)
        _name(self.title, "question_title", _("Title of the article"))
        _name(self.to, "question_to", _("Work number or name"))
        first, second = QHBoxLayout(), QHBoxLayout()
        for button in (self.save, self.call, self.say_told):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            first.addWidget(button)
        first.addStretch()
        self.drop.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        first.addWidget(self.drop)
        second.addWidget(self.to, 1)
        self.hand.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        second.addWidget(self.hand)
        self._whole = QWidget()
        whole = QVBoxLayout(self._whole)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.S)
        whole.addWidget(scrolled("question_area", self._text, self._facts), 1)
        whole.addWidget(self.title)
        whole.addWidget(self.answer)
        whole.addLayout(first)
        whole.addLayout(second)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        for widget in (self._empty, self._area, line):
            column.addWidget(widget)
        column.addWidget(self._whole, 1)


def _name(field: QLineEdit, name: str, words: str) -> None:
    field.setObjectName(name)
    field.setAccessibleName(words)
    field.setPlaceholderText(words)
