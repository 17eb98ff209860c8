"""The score page: the sheet of one call, from the first question to the remarks, by keyboard alone. What is typed is
kept as a draft at once; Ctrl+Return makes it final. Agents read what is final about their own calls, and may answer.

What is being worked on outlasts whatever is read anew beside it: calls end at other seats all day, and each of them
lets the page look again. Ui process, Qt's thread; reading and writing are done on the worker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.domain.call_search import CallHit
from desk.domain.identity import CallId
from desk.domain.listening import Listener
from desk.domain.scores import Score, ScoreState
from desk.domain.sheets import answer_texts
from desk.domain.tickets import Ticket
from desk.i18n import _
from desk.sheets import SheetError
from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.score import presenter
from desk.ui.score.presenter import PaperView
from desk.ui.score.sheet_view import SheetView
from desk.ui.theme import Space
from desk.ui.worker import SAVE_LANE, Worker
from desk.usecases.score_call import Paper, ScoreCall, ScoreRefused, Subject, WhyNot

LANE = "score"
_READ = "score_page"
_SAVED_WITHIN_S = 2.0  # a disk that takes longer is waited for no more: what is on the screen stands


@dataclass(frozen=True, kw_only=True)
class ScoreParts:
    """`scores_of` (`recording_ports.Scores.of_call`), `tickets_of` and `score` run on the worker. `listener`: who sits
    here, asked there, too. `local`: a moment on the hotline's clock. `changed`: a score was written."""

    worker: Worker
    score: ScoreCall
    scores_of: Callable[[CallId], Sequence[Score]]
    tickets_of: Callable[[CallId], Sequence[Ticket]]
    listener: Callable[[], Listener]
    local: Callable[[datetime], datetime]
    changed: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class _Read:
    subject: Subject
    paper: Paper | None
    scores: tuple[Score, ...]
    listener: Listener
    refused: str = ""
    was_news: bool = False
    unswayed: str = ""  # the score that lies there unread, to be read or to be judged beside


class ScorePage(QFrame):
    """`show_hit(hit)`: the call whose score is shown; None: no call is chosen."""

    def __init__(self, parts: ScoreParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("score_page")
        self.setAccessibleName(_("Score"))
        self._parts = parts
        self._hit: CallHit | None = None
        self._read: _Read | None = None
        self._asked = ("", "")  # score id and second_of, of what is shown or asked for
        self._replies: dict[str, str] = {}  # typed and not sent, by score
        self._lay_out()
        self._show_nothing(_("Choose a call to score it."))

    def show_hit(self, hit: CallHit | None) -> None:
        """The same call again: the score that is shown is read again, and no other."""
        before, self._hit = self._hit, hit
        if hit is None:
            self._parts.worker.forget(_READ)
            self._show_nothing(_("Choose a call to score it."))
        elif before is not None and before.call.call_id == hit.call.call_id:
            self._ask(*self._asked)
        else:
            self._ask("")

    def read_score(self, score_id: str) -> None:
        """Show this score of the call; "": the draft, or a fresh sheet."""
        self._ask(score_id)

    @property
    def paper(self) -> Paper | None:
        return self._read.paper if self._read else None

    # Reading

    def _ask(self, score_id: str, second_of: str = "") -> None:
        """Show this score; "": `presenter.first_look`, or a fresh sheet."""
        hit = self._hit
        if hit is None:
            return
        self._asked = score_id, second_of
        shown = self.paper.score if self.paper is not None else None
        is_open = shown is not None and (shown.call_id, shown.score_id) == (hit.call.call_id, score_id)
        open_draft = score_id if is_open else ""
        self._parts.worker.latest(
            _READ,
            lambda: self._look(hit, score_id, second_of, open_draft),
            self._show,
            self._unread,
            lane=LANE,
            owner=self,
        )

    def _look(self, hit: CallHit, score_id: str, second_of: str, open_draft: str) -> _Read:
        """On the worker, after what was typed until now is kept. `open_draft`: the id of the sheet on the screen, which
        nobody may have written yet."""
        self._parts.worker.wait_for(SAVE_LANE, _SAVED_WITHIN_S)
        subject = Subject(hit.call, hit.recording, tuple(self._parts.tickets_of(hit.call.call_id)))
        listener = self._parts.listener()
        scores = tuple(self._parts.scores_of(subject.call.call_id))
        wanted = next((score for score in scores if score.score_id == score_id), None)
        if wanted is None and not open_draft and not second_of:
            wanted = presenter.first_look(scores, listener)
            if wanted is not None and wanted.state is ScoreState.FINAL and presenter.hides(scores, listener):
                first = wanted.second_of or wanted.score_id
                return _Read(subject, None, scores, listener, presenter.unswayed_words(wanted), unswayed=first)
        try:
            if wanted is None:
                fresh = self._parts.score.begin(subject, listener, second_of=second_of, score_id=open_draft)
                return _Read(subject, fresh, scores, listener)
            was_news = self._parts.score.seen(wanted, listener)
            return _Read(subject, self._parts.score.paper(wanted, subject), scores, listener, was_news=was_news)
        except ScoreRefused as refused:
            return _Read(subject, None, scores, listener, presenter.why_words(refused.why))

    # Showing

    def _show(self, read: _Read) -> None:
        read = self._read = self._with_what_is_typed(read)
        self._asked = "", ""
        if read.paper is not None:
            score = read.paper.score
            self._asked = score.score_id, score.second_of if score.state is ScoreState.DRAFT else ""
        if read.was_news:
            self._parts.changed()
        self._offer(read)
        if read.paper is None:
            self._show_nothing(read.refused, keep=read)
            return
        self._empty.hide()
        self.sheet.show()
        self._refill(presenter.view_of(read.paper, read.listener, self._parts.local))

    def _with_what_is_typed(self, read: _Read) -> _Read:
        """The draft on the screen is younger than the one that was read."""
        shown = self.paper
        if shown is None or read.paper is None or read.paper.score.score_id != shown.score.score_id:
            return read
        if read.paper.score.state is not ScoreState.DRAFT:
            return read
        typed = self._parts.score.paper(shown.score, read.subject, read.paper.facts)
        return replace(read, paper=replace(typed, sheet_then=shown.sheet_then))

    def _offer(self, read: _Read) -> None:
        """The scores that there are, to be read."""
        with QSignalBlocker(self._choice):
            self._choice.clear()
            for score_id, line in presenter.choices(read.scores, read.listener, self._parts.local):
                self._choice.addItem(line, score_id)
            shown = read.paper.score.score_id if read.paper else ""
            if self._choice.findData(shown) < 0 and read.paper is not None:
                self._choice.insertItem(0, _("My draft"), "")
            self._choice.setCurrentIndex(max(0, self._choice.findData(shown)))
        self._choice.setVisible(self._choice.count() > 1 and not read.unswayed)

    def _refill(self, view: PaperView) -> None:
        view = replace(view, reply=self._replies.get(view.score_id, view.reply))
        self._title.setText(view.title)
        self._points.setText(view.points)
        self._verdict.setText(view.verdict)
        self._verdict.setVisible(bool(view.verdict))
        theme.mark(self._verdict, f"chip-{view.tone}" if view.tone else "chip")
        self._missing.setText(view.missing or view.given)
        self.sheet.show_view(view)
        self._open.hide()
        self._final.setVisible(view.editable)
        self._second.setVisible(not view.editable and not view.may_reply)

    def _show_nothing(self, words: str, keep: _Read | None = None) -> None:
        self._read = keep
        is_unswayed = keep is not None and bool(keep.unswayed)
        self._final.hide()
        self._second.setVisible(is_unswayed)
        self._open.setVisible(is_unswayed)
        self.sheet.hide()
        self._title.setText("")
        self._points.setText("")
        self._verdict.hide()
        self._missing.setText("")
        self._empty.setText(words)
        self._empty.show()

    # Doing

    def _answered(self, name: str, answer: int) -> None:
        paper = self.paper
        if paper is not None:
            self._keep({**paper.answers, name: answer})

    def _changed(self) -> None:
        paper = self.paper
        if paper is not None:
            self._keep(dict(paper.answers))

    def _keep(self, answers: dict[str, int]) -> None:
        """What is on the screen is the draft: shown at once, saved behind it."""
        read = self._read
        if read is None or read.paper is None:
            return
        subject = read.subject
        fatal, remarks = self.sheet.fatals, self.sheet.remarks
        score = replace(read.paper.score, answers=answer_texts(answers), fatal=fatal, remarks=remarks)
        paper = self._parts.score.paper(score, subject, read.paper.facts)
        paper = replace(paper, sheet_then=read.paper.sheet_then)
        self._read = replace(read, paper=paper)
        self._refill(presenter.view_of(paper, read.listener, self._parts.local))
        self._parts.worker.save(
            f"score {score.score_id}",
            lambda: self._parts.score.save(score, answers, fatal, remarks),
            lambda _saved: self._parts.changed(),
            failed=self._failed,
        )

    def _finish(self) -> None:
        read = self._read
        if read is None or read.paper is None:
            return
        subject = read.subject
        paper, fatal, remarks = read.paper, self.sheet.fatals, self.sheet.remarks
        if paper.points_x10 is None and not fatal:
            self.sheet.to_first_open()
            self._missing.setText(presenter.why_words(WhyNot.NOT_COMPLETE))
            return
        self._parts.worker.save(
            f"score {paper.score.score_id}",
            lambda: self._parts.score.finish(paper.score, subject, dict(paper.answers), fatal, remarks),
            self._done,
            failed=self._failed,
        )

    def _open_unread(self) -> None:
        if self._read is not None and self._read.unswayed:
            self.read_score(self._read.unswayed)

    def _second_opinion(self) -> None:
        if self._read is not None and self._read.unswayed:
            self._ask("", second_of=self._read.unswayed)
        elif self.paper is not None:
            first = self.paper.score
            self._ask("", second_of=first.second_of or first.score_id)

    def _reply_typed(self, text: str) -> None:
        if self.paper is not None:
            self._replies[self.paper.score.score_id] = text

    def _reply(self, text: str) -> None:
        read = self._read
        if read is None or read.paper is None:
            return
        score = read.paper.score

        def sent(written: Score) -> None:
            if self._replies.get(score.score_id) == text:
                del self._replies[score.score_id]
            self._done(written)

        self._parts.worker.save(
            f"reply {score.score_id}",
            lambda: self._parts.score.reply(score, self._parts.listener(), text),
            sent,
            failed=self._failed,
        )

    def _done(self, score: Score) -> None:
        self._parts.changed()
        if self._hit is not None and self._hit.call.call_id == score.call_id:
            self.read_score(score.score_id)

    def _failed(self, error: Exception) -> None:
        words = presenter.why_words(error.why) if isinstance(error, ScoreRefused) else str(error)
        self._missing.setText(words)

    def _unread(self, error: Exception) -> None:
        if isinstance(error, SheetError):
            told = _("The scoring sheets cannot be used: {detail}. Ask IT to correct the file.").format(detail=error)
            self._show_nothing(told)
            return
        self._show_nothing(_("The scores cannot be read now. Try again."))
        raise error

    # Layout

    def _lay_out(self) -> None:
        self._title, self._points, self._verdict = QLabel(), QLabel(), QLabel()
        self._missing, self._empty = QLabel(), QLabel()
        for label, role in (
            (self._title, "strong"),
            (self._points, "big"),
            (self._missing, "caption"),
            (self._empty, "muted"),
        ):
            theme.mark(label, role)
        self._missing.setWordWrap(True)
        self._empty.setWordWrap(True)
        self._choice = QComboBox()
        self._choice.setObjectName("score_choice")
        self._choice.setAccessibleName(_("Scores of this call"))
        self._choice.activated.connect(lambda _index: self.read_score(str(self._choice.currentData() or "")))
        self.sheet = SheetView()
        self.sheet.answered.connect(self._answered)
        self.sheet.changed.connect(self._changed)
        self.sheet.reply_typed.connect(self._reply_typed)
        self.sheet.replied.connect(self._reply)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._verdict, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._points)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        column.setSpacing(Space.S)
        column.addLayout(head)
        for widget in (self._missing, self._choice, self._empty):
            column.addWidget(widget)
        column.addWidget(self.sheet, 1)
        column.addLayout(self._foot())
        column.addStretch(0)

    def _foot(self) -> QHBoxLayout:
        self._final = KeyButton("score_finish", _("Make it final"), "Ctrl+Return", "check", "primary")
        self._final.clicked.connect(self._finish)
        self._second = KeyButton("score_second", _("Second opinion"), "Ctrl+Shift+Return", "", "quiet")
        self._second.clicked.connect(self._second_opinion)
        self._open = KeyButton("score_read", _("Read it"), "Alt+R", "", "quiet")
        self._open.clicked.connect(self._open_unread)
        for button in (self._final, self._second, self._open):
            button.hide()
        foot = QHBoxLayout()
        foot.addWidget(self._second)
        foot.addWidget(self._open)
        foot.addStretch(1)
        foot.addWidget(self._final)
        return foot
