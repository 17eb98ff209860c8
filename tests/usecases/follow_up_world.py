"""The small estate of the use cases with what follow-ups need, over the store in memory and the real one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from desk.domain.clocks import Clocks
from desk.domain.follow_up_rules import FollowUpPolicy
from desk.domain.follow_ups import FollowUp, FollowUpKind
from desk.domain.identity import StaffId, TicketId
from desk.domain.ladder import LadderPolicy
from desk.domain.moves import Given, MoveKind
from desk.domain.promises import Promise
from desk.domain.questionnaires import END, Answer, Ask, Choice, Jump, Means, Questionnaire
from desk.domain.quiet_hours import QuietHours
from desk.domain.ticket_figures import Rows
from desk.domain.tickets import Stage, Ticket
from desk.domain.times import to_text
from desk.domain.working_time import CHINA
from desk.store.articles import SqlQuestions
from desk.store.change_log import SeatAuthor
from desk.store.follow_ups import SqlFollowUps, SqlSurveys
from desk.store.history import SqlHistories
from desk.store.incidents import SqlIncidents
from desk.store.promises import SqlPromises
from desk.store.tasks import SqlTasks
from desk.store.ticket_figures import SqlFigures
from desk.store.warnings import SqlWarnings
from desk.usecases.beside_ticket import BesideParts, BesideTicket
from desk.usecases.call_back_list import CallBackList, CallBackParts, IncidentWords, waits_for_end
from desk.usecases.draw_samples import week_of
from desk.usecases.due_follow_ups import DueFollowUps, FollowingUp
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_follow_ups import FakeFigures, FakeFollowUps, FakeSurveys
from desk.usecases.fakes_history import FakeHistories
from desk.usecases.fakes_incidents import FakeIncidents
from desk.usecases.fakes_shift import FakeQuestions
from desk.usecases.fakes_tasks import FakeTasks
from desk.usecases.fakes_warnings import FakeWarnings
from desk.usecases.fakes_work import FakePromises
from desk.usecases.follow_up import FollowUpParts, FollowUpWork
from desk.usecases.follow_up_moves import FollowUpMoves
from desk.usecases.follow_up_paper import Paper
from desk.usecases.follow_up_ports import FollowUps, Surveys
from desk.usecases.incident_ports import Incidents
from desk.usecases.knowledge_ports import Questions
from desk.usecases.move_ticket import MoveParts, MoveTicket
from desk.usecases.recording_ports import Histories
from desk.usecases.spot_check import SpotChecks
from desk.usecases.survey import SurveyWork
from desk.usecases.task_ports import Tasks
from desk.usecases.warning_ports import Warnings
from desk.usecases.work_ports import Promises
from tests.usecases.conftest import World

SOLVED = Ask("solved", "solved?", Answer.YES_NO, weight=1, means=Means.SOLVED, jumps=(Jump(("no",), "left"),))
HAPPY = Ask(
    "happy",
    "happy?",
    Answer.CHOICE,
    (Choice("very", "very", 100), Choice("fair", "fair", 60), Choice("no", "no", 0)),
    weight=1,
    means=Means.SATISFIED,
    yes=("very", "fair"),
    then=END,
)
LEFT = Ask("left", "what is left?", Answer.TEXT)
CALLED = Ask("called", "were you called?", Answer.YES_NO, means=Means.CONFIRMED)
TOLD = Ask("told", "were you told?", Answer.YES_NO, means=Means.CONFIRMED)
PAPERS = (
    Questionnaire("closing", "1", "Closing", FollowUpKind.CLOSING, (SOLVED, HAPPY, LEFT)),
    Questionnaire("in_process", "1", "In process", FollowUpKind.IN_PROCESS, (TOLD,)),
    Questionnaire("check", "1", "Check", FollowUpKind.SPOT_CHECK, (CALLED, SOLVED, HAPPY, LEFT)),
    Questionnaire("survey", "1", "Survey", FollowUpKind.SURVEY, (HAPPY,)),
)
WELL = {"solved": "yes", "happy": "very"}
UNSOLVED = {"solved": "no", "left": "the tap drips still"}
UNHAPPY = {"solved": "yes", "happy": "no"}


@dataclass
class Hotline:
    """What one seat does. `who`: the work number that is signed in, may be set; `policy`, and `policies` of single
    buildings, too."""

    world: World
    follow_ups: FollowUps
    surveys: Surveys
    tasks: Tasks
    histories: Histories
    promises: Promises
    questions: Questions
    warnings: Warnings
    incidents: Incidents
    who: str = "1001"
    policy: FollowUpPolicy = field(default_factory=FollowUpPolicy)
    seat: str = "S01"
    papers: tuple[Questionnaire, ...] = PAPERS
    policies: dict[str, FollowUpPolicy] = field(default_factory=dict)
    ladders: dict[str, LadderPolicy] = field(default_factory=dict)
    clocks: Clocks = field(default_factory=Clocks)

    def __post_init__(self) -> None:
        world, hours = self.world, QuietHours(time(20), time(9), CHINA)
        self.hours = hours
        self.author = SeatAuthor(self.seat, lambda: self.who, world.clock, world.new_id, world.log.base_seq)
        self.call_backs = CallBackList(
            CallBackParts(
                author=self.author,
                incidents=self.incidents,
                estate_map=world.map,
                category=lambda code: code,
                words=IncidentWords(
                    lambda _about: "", lambda about: f"call back {about.category}", lambda _about, _: ""
                ),
                clock=world.clock,
                due=lambda at, _building: at + timedelta(hours=1),
                work_number=lambda: self.who,
            )
        )
        self.beside = BesideTicket(
            BesideParts(
                author=self.author,
                promises=self.promises,
                follow_ups=self.follow_ups,
                questions=self.questions,
                warnings=self.warnings,
                estate_map=world.map,
                staff=world.residents.staff,
                ladder=lambda estate_id: self.ladders.get(estate_id or "", LadderPolicy()),
                histories=self.histories,
                call_backs=self.call_backs,
            )
        )

        def waiting(ticket: Ticket) -> list[Promise]:
            return [one for one in self.incidents.call_backs(ticket.ticket_id) if waits_for_end(ticket, one)]

        due = DueFollowUps(self.follow_ups, world.tickets, self.author, world.clock, self.policy_of, hours, waiting)
        self.log = FollowingUp(world.log, due)
        self.moving = MoveTicket(
            MoveParts(
                log=self.log,
                author=self.author,
                tickets=world.tickets,
                tasks=self.tasks,
                histories=self.histories,
                staff=world.residents.staff,
                clock=world.clock,
                new_id=world.new_id,
                who=lambda: self.who,
                seat=self.seat,
                clocks=self.clocks,
                beside=lambda: self.beside,
            )
        )
        self.work = FollowUpWork(
            FollowUpParts(
                log=self.log,
                author=self.author,
                work_number=lambda: self.who,
                clock=world.clock,
                new_id=world.new_id,
                follow_ups=self.follow_ups,
                tickets=world.tickets,
                follows=FollowUpMoves(self.moving, world.tickets),
                policy=self.policy_of,
                questionnaires=lambda _building: self.papers,
                hours=hours,
                numbers=self.surveys.numbers,
            )
        )
        self.checks = SpotChecks(self.log, self.author, self.follow_ups, world.clock, CHINA, lambda: self.policy)
        self.surveying = SurveyWork(
            self.log,
            self.author,
            self.surveys,
            self.follow_ups,
            world.clock,
            lambda: 4711,
            CHINA,
            lambda: self.policy,
            lambda: self.papers,
        )

    def policy_of(self, building_id: str) -> FollowUpPolicy:
        return self.policies.get(building_id, self.policy)

    def later(self, **time: float) -> None:
        self.world.now += timedelta(**time)

    def ticket(self, kind: str = "repair", **fields: Any) -> TicketId:
        """Registered now, with an owner and a number to call."""
        world = self.world
        given: dict[str, Any] = {"owner": self.who, "contact_number": "13800138000"}
        category = {"repair": "repair.water.tap", "complaint": "complaint.service.attitude"}.get(kind, f"{kind}.x")
        due = {"plan_due_at": to_text(world.now + timedelta(days=3))}
        found = world.ticket("h5-1-101", category, 0, **(given | due | fields))
        return TicketId(found)

    def move(self, ticket_id: TicketId, kind: MoveKind, **given: Any) -> Ticket:
        return self.moving.move(ticket_id, kind, Given(**given))

    def accepted(self, **fields: Any) -> TicketId:
        ticket_id = self.ticket(**fields)
        self.move(ticket_id, MoveKind.DISPATCH, handler_id=StaffId("s1"))
        self.move(ticket_id, MoveKind.ACCEPT)
        return ticket_id

    def done(self, **fields: Any) -> TicketId:
        ticket_id = self.accepted(**fields)
        self.move(ticket_id, MoveKind.FINISH, text="new tap")
        return ticket_id

    def stage(self, ticket_id: TicketId) -> Stage:
        return self.got(ticket_id).stage

    def got(self, ticket_id: TicketId) -> Ticket:
        found = self.world.tickets.get(ticket_id)
        assert found is not None
        return found

    def of(self, ticket_id: TicketId, kind: FollowUpKind) -> list[FollowUp]:
        return [one for one in self.follow_ups.of_ticket(ticket_id) if one.kind is kind]

    def answered(self, ticket_id: TicketId, answers: dict[str, str]) -> Paper:
        return self.work.answered(self.work.for_ticket(ticket_id), answers)

    def followed_up(self, by: str, answers: dict[str, str] | None = None) -> FollowUp:
        """A ticket from its registration to its closing follow-up, made by this agent."""
        self.who, before = by, self.who
        ticket_id = self.done()
        finished = self.work.finish(self.answered(ticket_id, answers or WELL))
        self.who = before
        return finished.follow_up

    def week(self) -> str:
        return week_of(self.world.now, CHINA)

    def rows(self, since: datetime, until: datetime) -> Rows:
        if isinstance(self.world.log, FakeStore):
            return FakeFigures(self.world.log).rows(since, until)
        assert self.world.store is not None
        return SqlFigures(self.world.store).rows(since, until)


def hotline_of(world: World, **fields: Any) -> Hotline:
    """Over the rows of this world."""
    log = world.log
    if isinstance(log, FakeStore):
        beside = FakePromises(log), FakeQuestions(log), FakeWarnings(log), FakeIncidents(log)
        read = FakeFollowUps(log), FakeSurveys(log), FakeTasks(log), FakeHistories(log)
        return Hotline(world, *read, *beside, **fields)
    assert world.store is not None
    store = world.store
    kept = SqlPromises(store), SqlQuestions(store), SqlWarnings(store), SqlIncidents(store)
    rows = SqlFollowUps(store), SqlSurveys(store), SqlTasks(store), SqlHistories(store)
    return Hotline(world, *rows, *kept, **fields)


def ids(rows: Sequence[FollowUp]) -> set[str]:
    return {row.follow_up_id for row in rows}
