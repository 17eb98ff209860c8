"""What an agent does between calls: sends work on its way, calls handlers about it, follows up, keeps promises, steps
warnings, answers questions; whatever "what is next" puts in front of them, worked like a call list."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta

from desk.demo.day.agenda import Agenda
from desk.demo.day.outside import Handlers, Residents, Way
from desk.demo.day.workplace import Workplace
from desk.domain.attempts import Outcome
from desk.domain.dispatching import Step
from desk.domain.early_warnings import WarningStep
from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.ladder import LadderMove
from desk.domain.moves import Given, MoveKind, MoveRefused
from desk.domain.questionnaires import Answer, Ask
from desk.domain.replies import Said
from desk.domain.tasks import OPEN_TASKS, Task, TaskStage
from desk.domain.tickets import Kind
from desk.domain.what_next import Errand
from desk.domain.work_lists import WorkItem
from desk.usecases.dispatch import Order, Sent, Tried
from desk.usecases.follow_up_paper import FollowUpRefused, Paper
from desk.usecases.step_warning import Chased
from desk.usecases.step_warning import Given as Stepping

PLAN_TOLD = timedelta(days=1)
PARTS_TAKE = timedelta(days=2)


class Working:
    def __init__(self, agenda: Agenda, handlers: Handlers, residents: Residents, supervisor: str) -> None:
        """`supervisor`: the work number of whoever reviews warnings, at whichever seat."""
        self._agenda, self._handlers, self._residents = agenda, handlers, residents
        self._supervisor = supervisor
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._waited: set[TicketId] = set()

    # Sending

    def send(self, seat: Workplace, ticket_id: TicketId) -> Sent | None:
        """To whom the route names, and a call to them."""
        dispatch = seat.dispatch
        proposal = dispatch.propose(ticket_id)
        if proposal.task is not None and proposal.task.stage not in (TaskStage.WAITING, TaskStage.RETURNED):
            self._call_handler(seat, proposal.task)  # it was sent before: they have not said yet that they take it
            return Sent(seat.ticket(ticket_id), proposal.task)
        handler = next((one.staff.staff_id for one in proposal.choices if not one.given_up), None)
        if handler is None:
            self.refused["nobody to send"] += 1
            return None
        try:
            sent = dispatch.send(ticket_id, Order(handler_id=handler, task_id=_id(proposal.task)))
        except MoveRefused as refused:
            self.refused[str(refused)] += 1
            return None
        self._call_handler(seat, sent.task)
        return sent

    def _call_handler(self, seat: Workplace, task: Task) -> None:
        if task.handler_id is None:
            return
        dispatch, outcome = seat.dispatch, self._handlers.called()
        tried = Tried(task.ticket_id, task.task_id, task.handler_id, outcome)
        self.done["call to a handler"] += 1
        if outcome is not Outcome.REACHED:
            pursuit = dispatch.called(tried).pursuit
            if pursuit is not None and pursuit.step is Step.CALL_NEXT and pursuit.whom is not None:
                self.stand_in(seat, task, pursuit.whom)
            return
        doing = self._handlers.doing(task.task_id, again=bool(task.reason))
        if doing.way is Way.RETURNS and not task.reason:
            dispatch.answered(tried, Said.RETURN, self._handlers.returns_because())
            self.done["returned"] += 1
            return
        dispatch.answered(tried, Said.ACCEPT)
        done_at = self._handlers.accepted(doing, self._agenda.now())
        if not doing.is_silent:
            self._agenda.at(done_at, lambda: self._by_message(seat, task.task_id, "5"))

    def stand_in(self, seat: Workplace, task: Task, staff_id: StaffId) -> None:
        """Somebody else goes, where they may be sent."""
        try:
            seat.dispatch.stand_in(task.ticket_id, task.task_id, staff_id, "原维修人员多次未接通")
        except MoveRefused as refused:
            self.refused[str(refused)] += 1
            return
        self.done["stood in"] += 1

    def _by_message(self, seat: Workplace, task_id: TaskId, keyword: str) -> None:
        """The handler answers by a keyword; the seat whose channel it is takes it down."""
        task = seat.task(task_id)
        if task is None or task.stage not in OPEN_TASKS or task.handler_id is None:
            return
        phone = seat.phone_of(task.handler_id)
        answered = seat.answers.by_message(phone, f"{keyword} {seat.number_of(task.ticket_id)}")
        self.done[f"by message: {answered.result.value}"] += 1

    # What is next

    def work(self, seat: Workplace, most: int) -> int:
        """Up to so many things from the one queue; how many there were."""
        seen: set[str] = set()
        for number in range(most):
            item = seat.work.next()
            if item is None:
                return number
            if item.key in seen:  # nothing has come of it: another time
                self._later(seat, item, timedelta(hours=2))
                continue
            seen.add(item.key)
            try:
                self._do(seat, item)
            except MoveRefused as refused:
                self.refused[f"{item.errand.value}: {refused}"] += 1
                self._later(seat, item, timedelta(hours=4))
        return most

    def _later(self, seat: Workplace, item: WorkItem, pause: timedelta) -> None:
        seat.work.record(item, Outcome.LATER, again=self._agenda.now() + pause)

    def _do(self, seat: Workplace, item: WorkItem) -> None:
        self.done[item.errand.value] += 1
        how: Mapping[Errand, Callable[[Workplace, WorkItem], None]] = {
            Errand.DISPATCH: self._send_next,
            Errand.DISPATCH_AGAIN: self._send_next,
            Errand.GET_ACCEPTED: self._get_accepted,
            Errand.GET_FINISHED: self._chase,
            Errand.GET_REPORT: self._chase,
            Errand.TELL_PLAN: self._tell_plan,
            Errand.FOLLOW_UP: self._follow_up,
            Errand.CLOSE: lambda seat, item: self._move(seat, item, MoveKind.CLOSE),
            Errand.TAKE_UP: lambda seat, item: self._move(seat, item, MoveKind.RESUME),
            Errand.CALL_BACK: lambda seat, item: self._record(seat, item, self._residents.called(), None),
            Errand.STEP_WARNING: self._step,
            Errand.ANSWER: self._answer_question,
            Errand.TELL_ANSWER: self._tell_answer,
        }
        how[item.errand](seat, item)

    @staticmethod
    def _move(seat: Workplace, item: WorkItem, kind: MoveKind) -> None:
        seat.moves.move(_ticket_id(item), kind)

    def _tell_plan(self, seat: Workplace, item: WorkItem) -> None:
        outcome = self._residents.called()
        until = self._agenda.now() + PLAN_TOLD
        given = Given(until=until, text="已告知明天上门。") if outcome is Outcome.REACHED else None
        self._record(seat, item, outcome, given)

    @staticmethod
    def _answer_question(seat: Workplace, item: WorkItem) -> None:
        seat.knowledge.ask.answer(item.about_id, "二期充电桩计划下月安装，届时在业主群通知。", seat.agent)

    def _record(self, seat: Workplace, item: WorkItem, outcome: Outcome, given: Given | None) -> None:
        work = seat.work
        contacts = work.contacts(item)
        work.record(item, outcome, contacts[0] if contacts else None, given=given)

    def _send_next(self, seat: Workplace, item: WorkItem) -> None:
        """Nobody goes for a question: it waits for its answer, where somebody was asked; else it is answered."""
        if item.ticket is not None and item.ticket.kind is Kind.INQUIRY:
            if seat.waits_for_answer(item.ticket.ticket_id):
                self._later(seat, item, timedelta(hours=4))
            else:
                seat.moves.move(item.ticket.ticket_id, MoveKind.CLOSE, Given(text="已电话答复住户。"))
        elif self.send(seat, _ticket_id(item)) is None:
            self._later(seat, item, timedelta(hours=1))

    def _get_accepted(self, seat: Workplace, item: WorkItem) -> None:
        if item.task is None or item.task.stage is not TaskStage.DISPATCHED:
            self._send_next(seat, item)
        else:
            self._call_handler(seat, item.task)

    def _chase(self, seat: Workplace, item: WorkItem) -> None:
        task = item.task
        if task is None:
            self._get_accepted(seat, item)
            return
        outcome = self._handlers.called()
        if outcome is not Outcome.REACHED:
            self._record(seat, item, outcome, None)
            return
        doing = self._handlers.doing(task.task_id)
        if doing.done_at is None:  # accepted before the day began
            self._handlers.accepted(doing, self._agenda.now())
        said, text = self._handlers.says(doing, self._agenda.now())
        contacts = seat.work.contacts(item)
        contact = contacts[0] if contacts else None
        kind = MoveKind.FINISH if said is Said.DONE else MoveKind.REPORT
        seat.work.answer(item, kind, Given(text=text), contact)
        if doing.way is Way.SLOW and kind is MoveKind.REPORT:
            self._wait_for_parts(seat, item)

    def _wait_for_parts(self, seat: Workplace, item: WorkItem) -> None:
        """Once for a ticket: it is suspended until they should be here. Later it is late because of them."""
        ticket_id = _ticket_id(item)
        if ticket_id in self._waited:
            seat.work.explain(item, "缺材料")
            self.done["cause given"] += 1
            return
        self._waited.add(ticket_id)
        seat.moves.move(ticket_id, MoveKind.SUSPEND, Given(reason="等配件", until=self._agenda.now() + PARTS_TAKE))
        self.done["suspended"] += 1

    def _follow_up(self, seat: Workplace, item: WorkItem) -> None:
        follow_up = seat.follow_up
        try:
            if item.ticket is not None:
                paper = follow_up.for_ticket(item.ticket.ticket_id)
            else:
                paper = follow_up.paper(item.about_id)
        except FollowUpRefused as refused:
            self.refused[f"follow-up: {refused}"] += 1
            self._later(seat, item, timedelta(days=1))
            return
        outcome = self._residents.called()
        if outcome is not Outcome.REACHED:
            follow_up.tried(paper, outcome)
            return
        ticket_id = item.ticket.ticket_id if item.ticket else item.about_id
        solved = self._residents.is_solved(ticket_id)
        satisfied = solved and self._residents.is_satisfied()
        answers: Mapping[str, str] = {}
        while paper.open is not None:
            answers = {**answers, paper.open.ask_id: _answer(paper.open, solved, satisfied)}
            paper = follow_up.answered(paper, answers)
        self._finished(seat, paper)

    def _finished(self, seat: Workplace, paper: Paper) -> None:
        seat.follow_up.finish(paper, "电话回访")
        self.done[f"followed up: {'satisfied' if paper.said.satisfied else 'not satisfied'}"] += 1

    def _step(self, seat: Workplace, item: WorkItem) -> None:
        """The supervisor's steps are the supervisor's, who sits down for them; the site's are written down as heard."""
        warnings = seat.warnings
        page = warnings.reading.one(item.about_id)
        if page is None:
            return
        warning = page.line.warning
        if warning.due_at < self._agenda.now():
            warnings.stepping.chased(warning.warning_id, Chased(outcome=Outcome.REACHED))
        moves = {
            WarningStep.RAISED: (LadderMove.REVIEW, Stepping()),
            WarningStep.RETURNED: (LadderMove.WITHDRAW, Stepping(text="住户撤回投诉")),
            WarningStep.REVIEWED: (LadderMove.ACT, Stepping(text="已上门致歉并说明", heard_from="服务中心张主管")),
            WarningStep.ACTED: (LadderMove.GUIDE, Stepping(text="三日内整改并回访", heard_from="项目负责人王总")),
            WarningStep.GUIDED: (LadderMove.FEED_BACK, Stepping(text="已反馈住户")),
            WarningStep.FED_BACK: (
                (LadderMove.SATISFIED, Stepping(text="住户表示认可"))
                if self._residents.is_satisfied()
                else (LadderMove.STILL_UNSATISFIED, Stepping(text="住户仍不满意"))
            ),
            WarningStep.UNSATISFIED: (
                LadderMove.ACT_TODAY,
                Stepping(text="今日再次上门整改", heard_from="服务中心张主管"),
            ),
            WarningStep.ESCALATED: (LadderMove.GUIDE, Stepping(text="总经理批示", heard_from="总经理")),
        }
        move, given = moves[warning.step]
        with seat.sits(self._supervisor):
            warnings.stepping.step(warning.warning_id, move, given)
        self.done[f"warning: {move.value}"] += 1

    def _tell_answer(self, seat: Workplace, item: WorkItem) -> None:
        outcome = self._residents.called()
        if outcome is not Outcome.REACHED:
            self._record(seat, item, outcome, None)
            return
        ask = seat.knowledge.ask
        question = ask.get(item.about_id)
        ask.told(item.about_id, seat.agent)
        if question is not None and question.ticket_id is not None:
            seat.moves.move(question.ticket_id, MoveKind.CLOSE, Given(text=question.answer))


def _answer(ask: Ask, solved: bool, satisfied: bool) -> str:
    good = solved and satisfied
    match ask.answer:
        case Answer.YES_NO:
            yes = ask.yes[0]
            agrees = solved if ask.means is not None and ask.means.value == "solved" else good
            return yes if agrees else next(answer for answer in ask.answers if answer != yes)
        case Answer.SCALE:
            return str(ask.scale if good else 1 + ask.scale // 3)
        case Answer.CHOICE:
            means_yes = ask.yes if ask.means is not None else ()
            ranked = sorted(ask.choices, key=lambda choice: (choice.choice_id in means_yes, choice.points or 0))
            agrees = solved if ask.means is not None and ask.means.value == "solved" else good
            return ranked[-1 if agrees else 0].choice_id
        case Answer.TEXT:
            return "师傅态度好" if good else "希望快一点"


def _ticket_id(item: WorkItem) -> TicketId:
    if item.ticket is None:
        raise LookupError(f"{item.key} has no ticket here")
    return item.ticket.ticket_id


def _id(task: Task | None) -> TaskId | None:
    return task.task_id if task else None
