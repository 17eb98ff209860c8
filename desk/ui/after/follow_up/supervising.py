"""What supervisors do on the page of follow-ups: draw last week's spot checks, plan a survey, see how surveys stand and
end one. The questions of a plan are asked one after the other, as those of a follow-up are. Ui process, Qt's thread;
what it does is done on the worker."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from desk.domain.follow_ups import FollowUpKind
from desk.domain.listening import Listener, Role
from desk.i18n import _, ngettext
from desk.ui.after.follow_up import presenter
from desk.ui.after.follow_up.answer_box import AnswerBox
from desk.ui.after.follow_up.parts import FollowUpTools
from desk.ui.flow import Flow
from desk.ui.key_button import KeyButton
from desk.ui.labels import plain
from desk.ui.theme import Space
from desk.usecases.draw_samples import week_of
from desk.usecases.spot_check import WeekNotOver
from desk.usecases.survey import MOST_HOUSEHOLDS, SurveyPlan, SurveyRefused, SurveyResult

READ = "surveys"
_SHOWN = 4
_MOST_DAYS = 90
_BACK = timedelta(days=28)  # spot checks of so long are counted


@dataclass(slots=True)
class _Plan:
    questionnaire: str = ""
    rule: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Read:
    surveys: tuple[SurveyResult, ...] = ()
    checks: str = ""
    papers: tuple[tuple[str, str], ...] = field(default=())


class Supervising(QFrame):
    """`changed()`: something was written. `told(text)`: how it went. `left()`: the keyboard goes back."""

    changed = Signal()
    told = Signal(str)
    left = Signal()

    def __init__(self, tools: FollowUpTools) -> None:
        super().__init__()
        self.setObjectName("follow_up_supervising")
        self._tools = tools
        self._read = _Read()
        self._plan: _Plan | None = None
        self._lines, self._checks = plain("caption", wraps=True), plain("caption", wraps=True)
        self.draw_key = KeyButton("draw_checks", _("Draw last week's spot checks"), "Alt+Q", "shuffle")
        self.plan_key = KeyButton("plan_survey", _("New survey"), "Alt+G", "chart-bar")
        self.end_key = KeyButton("end_survey", _("End the survey"), "Alt+H", "stop-circle", "quiet")
        self.box = AnswerBox("survey_ask")
        self.box.hide()
        keys = Flow("supervising_keys")
        for key in (self.draw_key, self.plan_key, self.end_key):
            keys.add(key)
        self._keys = keys
        self.draw_key.clicked.connect(self._draw)
        self.plan_key.clicked.connect(self._start_plan)
        self.end_key.clicked.connect(self._end)
        self.box.chosen.connect(self._chosen)
        self.box.entered.connect(self._entered)
        self.box.back.connect(self.step_back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        for widget in (keys, self.box, self._checks, self._lines):
            column.addWidget(widget)

    def refresh(self) -> None:
        uses, now = self._tools.uses, self._tools.clock()

        def look() -> _Read:
            if not _leads(uses.listener):
                return _Read()
            checks = presenter.differing(uses.checks.found(now - _BACK, now))
            papers = [one for one in uses.questionnaires() if one.follow_up is FollowUpKind.SURVEY]
            return _Read(
                tuple(uses.surveys.recent(_SHOWN)),
                checks,
                tuple((one.questionnaire_id, one.title) for one in papers),
            )

        self._tools.hub.worker.latest(READ, look, self._came, owner=self)

    def step_back(self) -> bool:
        """Escape: leave the plan."""
        if self._plan is None:
            return False
        self._plan = None
        self.box.hide()
        self.left.emit()
        return True

    def _came(self, read: _Read) -> None:
        self._read = read
        lines = [presenter.survey_line(one, self._tools.zone) for one in read.surveys]
        self._lines.setText("\n".join(lines))
        self._lines.setVisible(bool(lines))
        self._checks.setText(read.checks)
        self._checks.setVisible(bool(read.checks))
        self.end_key.setVisible(any(not one.survey.ended for one in read.surveys))
        self._keys.changed()

    # Spot checks

    def _draw(self) -> None:
        tools, agent = self._tools, self._tools.hub.agent
        if agent is None:
            return
        period = week_of(tools.clock() - timedelta(days=7), tools.zone)

        def drawn(count: int) -> None:
            told = ngettext("{n} spot check of {week} is due now.", "{n} spot checks of {week} are due now.", count)
            none = _("Nothing is left to be drawn of {week}.")
            self.told.emit((told if count else none).format(n=count, week=period))
            self.changed.emit()

        tools.write(lambda: len(tools.uses.checks.draw(period, agent.number)), drawn, self._failed)

    # Surveys

    def _start_plan(self) -> None:
        self._plan = _Plan()
        papers = self._read.papers
        if len(papers) > 1:
            self.box.ask(_("Which questionnaire?"), papers[:9])
            self._show_box()
        elif papers:
            self._chosen(papers[0][0])
        else:
            self._plan = None
            self.told.emit(_("There is no questionnaire for surveys. Ask IT to add one."))

    def _show_box(self) -> None:
        self.box.show()
        self.box.take_focus()

    def _chosen(self, value: str) -> None:
        plan = self._plan
        if plan is None:
            return
        if not plan.questionnaire:
            plan.questionnaire = value
            rules = [
                ("all", _("All households")),
                ("tickets=30", _("Those with a ticket in the last 30 days")),
                ("tickets=90", _("Those with a ticket in the last 90 days")),
            ]
            self.box.ask(_("Who is asked? They are drawn at random."), rules)
        else:
            plan.rule = value
            self.box.ask(_("How many households?"), (), text="100")
        self._show_box()

    def _entered(self, text: str) -> None:
        plan = self._plan
        number = int(text) if text.strip().isascii() and text.strip().isdecimal() else 0
        most = MOST_HOUSEHOLDS if plan is not None and not plan.size else _MOST_DAYS
        if plan is None:
            return
        if not 1 <= number <= most:
            self.box.refuse(_("A number from 1 to {most}.").format(most=most))
        elif not plan.size:
            plan.size = number
            self.box.ask(_("Within how many days?"), (), text="14")
            self.box.take_focus()
        else:
            self._make(plan, number)

    def _make(self, plan: _Plan, days: int) -> None:
        tools, agent, now = self._tools, self._tools.hub.agent, self._tools.clock()
        if agent is None:
            return
        title = next((words for name, words in self._read.papers if name == plan.questionnaire), "")
        title = f"{title} {now.astimezone(tools.zone):%Y-%m-%d}"
        made = SurveyPlan(title, plan.questionnaire, now, now + timedelta(days=days), plan.size, plan.rule)

        def make() -> int:
            survey = tools.uses.surveys.make(tools.uses.new_id(), made, agent.number)
            result = tools.uses.surveys.result(survey.survey_id)
            return result.asked if result is not None else 0

        def done(count: int) -> None:
            self.told.emit(
                ngettext("{n} household is on the list now.", "{n} households are on the list now.", count).format(
                    n=count
                )
            )
            self.changed.emit()

        self.step_back()
        tools.write(make, done, self._failed)

    def _end(self) -> None:
        running = next((one for one in self._read.surveys if not one.survey.ended), None)
        if running is None:
            return

        def ended(count: int) -> None:
            told = _("{title} is ended; {n} were not asked.").format(title=running.survey.title, n=count)
            self.told.emit(told)
            self.changed.emit()

        self._tools.write(lambda: self._tools.uses.surveys.end(running.survey.survey_id), ended, self._failed)

    def _failed(self, error: Exception) -> None:
        match error:
            case WeekNotOver():
                self.told.emit(_("The week is not over yet."))
            case SurveyRefused():
                self.told.emit(_("Nobody fits: no household of these has a number to call."))
            case _:
                self.told.emit(_("Not saved: this seat's disk cannot be written. Try again."))
                self._tools.hub.failed(error)


def _leads(listener: Callable[[], Listener]) -> bool:
    return listener().role is Role.SUPERVISOR
