"""The scores page. Supervisors: which calls of a week are to be scored, how far it is, and who has answered. Agents:
the scores of their own calls. Enter opens the call. It opens on the week before: of one that runs nothing can be drawn
yet. Ui process, Qt's thread; reading and drawing are done on the worker."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desk.domain.listening import Listener, Role
from desk.domain.scores import Sample
from desk.i18n import _
from desk.sheets import SheetError
from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.rows import RowList
from desk.ui.score import samples_presenter as presenter
from desk.ui.score.drop_line import DropLine
from desk.ui.theme import Space
from desk.ui.worker import Worker
from desk.usecases.draw_samples import WeekRuns, week, week_of
from desk.usecases.read_samples import Agreed, ReadSamples, SampleRow
from desk.usecases.read_scores import ReadScores, ScoredCall
from desk.usecases.recording_ports import SearchAway

LANE = "score"
AGREED_WEEKS = 4  # of second opinions, how far people agree


@dataclass(frozen=True, kw_only=True)
class SamplesParts:
    """`read`, `scores`, `draw(period, agents, by)`, `drop(sample_id, why)`, `titles` (rule -> its name) and `listener`
    run on the worker."""

    worker: Worker
    read: ReadSamples
    scores: ReadScores
    draw: Callable[[str, Sequence[str], str], Sequence[Sample]]
    drop: Callable[[str, str], None]
    titles: Callable[[], Mapping[str, str]]
    listener: Callable[[], Listener]
    clock: Callable[[], datetime]
    changed: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class _Read:
    """`scores`: to an agent those of the own calls, to a supervisor those with a new answer."""

    rows: tuple[SampleRow, ...]
    titles: Mapping[str, str]
    may_draw: bool
    agreed: Agreed | None = None
    scores: tuple[ScoredCall, ...] = ()


class SamplesPage(QFrame):
    """`opened(call_id)`: this call is to be scored, or its score to be read."""

    opened = Signal(str)

    def __init__(self, parts: SamplesParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("samples_page")
        self.setAccessibleName(_("Scores"))
        self._parts = parts
        self._period = week_of(parts.clock() - timedelta(days=7), parts.read.zone)
        self._samples: dict[str, SampleRow] = {}  # by their row's target
        self._lay_out()

    @property
    def period(self) -> str:
        """The week shown, "2026-W47"."""
        return self._period

    def refresh(self) -> None:
        """Read the week again."""
        period = self._period
        self._week.setText(period)
        self._parts.worker.latest(
            "samples_page", lambda: self._look(period), self._show, self._failed, lane=LANE, owner=self
        )

    def go(self, weeks: int) -> None:
        """So many weeks on, or back."""
        since, _until = week(self._period, self._parts.read.zone)
        self._period = week_of(since + timedelta(days=7 * weeks), self._parts.read.zone)
        self._told.setText("")
        self.refresh()

    def draw(self) -> None:
        period = self._period

        def work() -> tuple[int, int]:
            agents = self._parts.read.agents()
            return len(self._parts.draw(period, agents, self._parts.listener().agent)), len(agents)

        self._draw.setEnabled(False)
        self._told.setText(_("Drawing ..."))
        self._parts.worker.run(work, self._drawn, self._failed, lane=LANE, owner=self)

    def _look(self, period: str) -> _Read:
        """On the worker."""
        listener = self._parts.listener()
        if listener.role is not Role.SUPERVISOR:
            return _Read((), {}, may_draw=False, scores=tuple(self._parts.scores.own()))
        rows, answered = self._parts.read.of_week(period, listener), self._parts.scores.answered()
        until = self._parts.clock()
        agreed = self._parts.read.agreement(until - timedelta(weeks=AGREED_WEEKS), until)
        return _Read(tuple(rows), self._parts.titles(), may_draw=True, agreed=agreed, scores=tuple(answered))

    def _show(self, read: _Read) -> None:
        zone = self._parts.read.zone
        samples = presenter.rows_of(read.rows, read.titles, zone)
        self._samples = {row.target: one for row, one in zip(samples, read.rows, strict=True) if row.target}
        if read.may_draw:
            self.list.show_rows([*presenter.answered_rows(read.scores, zone), *samples])
        else:
            self.list.show_rows(presenter.own_rows(read.scores, zone))
        self._progress.setText(presenter.progress(read.rows) if read.rows else "")
        self._agreed.setVisible(read.may_draw)
        self._agreed.setText(presenter.agreement_words(read.agreed, AGREED_WEEKS))
        self._agreed.setToolTip("\n".join(presenter.agreement_lines(read.agreed)))
        self._empty.setVisible(not read.rows if read.may_draw else not read.scores)
        self._empty.setText(
            _("No samples of this week yet. Draw them: each agent gets theirs by chance and by rule.")
            if read.may_draw
            else presenter.none_of_own(self._parts.scores.answer_days)
        )
        for widget in (self._before, self._week, self._after):
            widget.setVisible(read.may_draw)
        self._draw.setVisible(read.may_draw)
        self._drop_key.setVisible(bool(read.rows))
        self._draw.setEnabled(True)

    def _drawn(self, drawn: tuple[int, int]) -> None:
        self._told.setText(presenter.drawn_words(*drawn))
        self._parts.changed()
        self.refresh()

    def drop(self) -> None:
        """The chosen one is of no use: ask why."""
        row = self.list.chosen
        sample = self._samples.get(row.target) if row is not None else None
        if sample is None:
            self._told.setText(_("Choose one of the samples first."))
        elif sample.score is not None:
            self._told.setText(_("This one is being scored already: it stays."))
        else:
            self._why.open(sample.sample.sample_id)

    def _drop(self, sample_id: str, why: str) -> None:
        self._parts.worker.run(
            lambda: self._parts.drop(sample_id, why),
            lambda _none: self._dropped(),
            self._failed,
            lane=LANE,
            owner=self,
        )

    def _dropped(self) -> None:
        self._told.setText(_("Dropped. Draw again for another one in its place."))
        self._parts.changed()
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self._draw.setEnabled(True)
        if isinstance(error, SheetError):
            told = _("The scoring sheets cannot be used: {detail}. Ask IT to correct the file.").format(detail=error)
        elif isinstance(error, WeekRuns):
            told = presenter.week_runs_words(self._period)
        elif isinstance(error, SearchAway):
            told = _("Calls cannot be searched now. Try again in a moment.")
        else:
            self._told.setText(_("That did not work. Try again; if it stays, tell IT."))
            raise error
        self._told.setText(told)

    def _open(self, target: str) -> None:
        self.opened.emit(target.removeprefix("call:"))

    def _lay_out(self) -> None:
        self._week, self._progress, self._told, self._empty = QLabel(), QLabel(), QLabel(), QLabel()
        theme.mark(self._week, "strong")
        self._agreed = QLabel()
        self._agreed.setObjectName("samples_agreed")
        captions = (self._progress, self._told, self._agreed)
        for label, role in (*((caption, "caption") for caption in captions), (self._empty, "muted")):
            theme.mark(label, role)
            label.setWordWrap(True)
        self._before = KeyButton(
            "samples_before", _("Week before"), "Alt+PgUp", "caret-left", "quiet", shows_words=False
        )
        self._after = KeyButton(
            "samples_after", _("Week after"), "Alt+PgDown", "caret-right", "quiet", shows_words=False
        )
        self._before.clicked.connect(lambda: self.go(-1))
        self._after.clicked.connect(lambda: self.go(1))
        self._draw = KeyButton("samples_draw", _("Draw samples"), "Ctrl+Shift+D", "shuffle", "primary")
        self._draw.clicked.connect(self.draw)
        head = QHBoxLayout()
        for widget in (self._before, self._week, self._after):
            head.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        self._drop_key = KeyButton("samples_drop", _("Of no use"), "Ctrl+Delete", "trash", "quiet")
        self._drop_key.clicked.connect(self.drop)
        self._drop_key.hide()
        self._why = DropLine()
        self._why.wanted.connect(self._drop)
        head.addWidget(self._drop_key)
        head.addWidget(self._draw)
        self.list = RowList("samples", _("Scores"))
        self.list.opened.connect(self._open)
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._empty)
        rows.addWidget(self.list)
        rows.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._progress)
        column.addWidget(self._told)
        column.addWidget(self._why)
        column.addWidget(area, 1)
        column.addWidget(self._agreed)
