"""What a ticket's page can do, over the store in memory."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from desk.domain.clocks import Clocks
from desk.ui.ticket.uses import TicketUses
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_history import FakeHistories
from desk.usecases.fakes_tasks import FakeTasks
from desk.usecases.fakes_ticket_page import FakeTicketNumbers, FakeTrails
from desk.usecases.find_ticket import FindTicket
from desk.usecases.move_ticket import MoveParts, MoveTicket
from desk.usecases.ports import ChangeAuthor, Clock, NewId
from desk.usecases.read_timeline import ReadTimeline

ZONE = ZoneInfo("Asia/Shanghai")


def fake_uses(
    store: FakeStore,
    author: ChangeAuthor,
    clock: Clock,
    new_id: NewId,
    who: Callable[[], str] = lambda: "1001",
    company: str = "万达物业",
) -> TicketUses:
    tasks, clocks = FakeTasks(store), Clocks()
    moves = MoveTicket(
        MoveParts(
            log=store,
            author=author,
            tickets=store.tickets,
            tasks=tasks,
            histories=FakeHistories(store),
            staff=store.staff,
            clock=clock,
            new_id=new_id,
            who=who,
            seat="S01",
            clocks=clocks,
            zone=ZONE,
            calls=store.calls,
        )
    )
    finding = FindTicket(store.tickets, FakeTicketNumbers(store), clock, "S01", ZONE)
    return TicketUses(
        moves=moves,
        timeline=ReadTimeline(FakeTrails(store), store.staff).read,
        tasks=tasks.of_ticket,
        staff=store.staff,
        find=finding.by_number,
        near=finding.near,
        clocks=clocks,
        who=who,
        company=company,
        causes=("缺材料", "等住户"),
    )
