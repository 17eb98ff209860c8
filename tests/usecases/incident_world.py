"""The small estate of the use cases with what incidents and notices need, over the store in memory and the real one."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from desk.domain.drafts import Draft, Intake
from desk.domain.identity import BuildingId, CallId, HouseholdId, TicketId
from desk.domain.radar import RadarPolicy
from desk.domain.tickets import Kind, Place, Stage, Ticket
from desk.store.incidents import SqlIncidents
from desk.store.notices import SqlNotices
from desk.texts import ShippedTexts
from desk.usecases.call_back_list import About, CallBackList, CallBackParts, IncidentWords
from desk.usecases.confirm_incident import ConfirmIncident, IncidentParts
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_incidents import FakeIncidents, FakeNoticeBook
from desk.usecases.file_ticket import FileTicket
from desk.usecases.incident_ports import Incidents, NoticeBook
from desk.usecases.join_call import JoinCall
from desk.usecases.watch_incidents import WatchIncidents
from desk.usecases.write_notice import WriteNotice
from tests.usecases import moving
from tests.usecases.conftest import AREA_CODE, World

POLICY = RadarPolicy(replies={"": "{place}{category}，正在抢修。"})
LIFT = "repair.lift.stopped"
JOINABLE = frozenset({Stage.REGISTERED, Stage.DISPATCHED, Stage.RETURNED})


def spoken(about: About) -> str:
    return f"{about.place} {about.category} {about.reporters}"


@dataclass
class Hotline:
    """What one seat of the hotline does. `moves`: each joining of a ticket that was asked for."""

    world: World
    incidents: Incidents
    book: NoticeBook
    seat: str = "S01"

    def __post_init__(self) -> None:
        world = self.world
        self.tree = ShippedTexts().categories()
        self.filing = FileTicket(world.log, world.author, world.tickets, world.clock, self.seat, self.tree, AREA_CODE)
        words = IncidentWords(spoken, lambda about: f"回电 {about.place}", lambda _about, what: f"好了 {what}")
        self.call_backs = CallBackList(
            CallBackParts(
                author=world.author,
                incidents=self.incidents,
                estate_map=world.map,
                category=lambda code: self.tree.name(code, "zh_CN"),
                words=words,
                clock=world.clock,
                due=lambda now, _building: now + POLICY.call_back,
                work_number=lambda: "1001",
            )
        )
        self.joining = JoinCall(
            world.log, world.author, world.tickets, moving.Hotline(world).moves, self.call_backs.for_joined
        )
        self.watch = WatchIncidents(world.log, world.author, self.incidents, world.map, world.clock, self.seat, POLICY)
        self.confirming = ConfirmIncident(
            IncidentParts(
                log=world.log,
                author=world.author,
                incidents=self.incidents,
                estate_map=world.map,
                filing=self.filing,
                join_ticket=self.join_ticket,
                tree=self.tree,
                call_backs=self.call_backs,
                words=words,
                policy=POLICY,
                clock=world.clock,
                work_number=lambda: "1001",
            )
        )
        self.writing = WriteNotice(world.log, world.author, self.book, world.map, world.clock, world.new_id)

    def join_ticket(self, ticket_id: TicketId, into: TicketId) -> bool:
        ticket = self.world.tickets.get(ticket_id)
        if ticket is None or ticket.stage not in JOINABLE:
            return False
        self.world.put("ticket", ticket_id, stage="joined", joined_to=into)
        return True

    def later(self, minutes: float) -> None:
        self.world.now += timedelta(minutes=minutes)

    def report(self, unit: str, room: str, category: str = LIFT, number: str = "", **intake: Any) -> Ticket:
        """Somebody of building 5 calls, and a ticket is filed."""
        world = self.world
        home = world.home("5", unit, room)
        number = number or f"1380013{unit}{room}"
        call = CallId(world.call(number, 0))
        content = Intake(
            Kind(category.partition(".")[0]),
            category,
            place=Place(f"5栋{unit}单元{room}", HouseholdId(home), BuildingId("b5")),
            contact_number=number,
            caller_name=f"{unit}-{room}的住户",
            household_id=home,
        )
        draft = Draft(world.new_id(), "1001", world.now, world.now, replace(content, **intake), call)
        return self.filing.file(draft)

    def three(self) -> list[Ticket]:
        found = []
        for unit, room in (("1", "101"), ("1", "203"), ("2", "101")):
            found.append(self.report(unit, room))
            self.later(3)
        return found


def hotline_of(world: World, seat: str = "S01") -> Hotline:
    """Over the rows of this world."""
    if isinstance(world.log, FakeStore):
        return Hotline(world, FakeIncidents(world.log), FakeNoticeBook(world.log), seat)
    assert world.store is not None
    return Hotline(world, SqlIncidents(world.store), SqlNotices(world.store), seat)
