"""What the window does about incidents and notices, over the store in memory."""

from desk.domain.categories import CategoryTree
from desk.domain.identity import TicketId
from desk.domain.radar import RadarPolicy
from desk.domain.tickets import Stage
from desk.domain.working_time import CHINA
from desk.ui.after.incidents import words
from desk.ui.after.incidents.parts import IncidentUses
from desk.usecases.call_back_list import CallBackList, CallBackParts
from desk.usecases.close_by_notice import CloseByNotice
from desk.usecases.confirm_incident import ConfirmIncident, IncidentParts
from desk.usecases.estate_map import EstateMap
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_incidents import FakeIncidents, FakeNoticeBook
from desk.usecases.file_ticket import FileTicket
from desk.usecases.ports import ChangeAuthor, Clock, NewId
from desk.usecases.read_back import ReadBack
from desk.usecases.same_fault import SameFaults
from desk.usecases.watch_incidents import WatchIncidents
from desk.usecases.write_notice import WriteNotice

POLICY = RadarPolicy(replies={"": "{place}的{category}问题正在统一处理，有进展会给您回电。"})


def call_backs_of(
    store: FakeStore, author: ChangeAuthor, clock: Clock, estate_map: EstateMap, tree: CategoryTree
) -> CallBackList:
    return CallBackList(
        CallBackParts(
            author=author,
            incidents=FakeIncidents(store),
            estate_map=estate_map,
            category=lambda code: tree.name(code, "zh_CN"),
            words=words.incident_words(CHINA),
            clock=clock,
            due=lambda at, _building: at + POLICY.call_back,
            work_number=lambda: "1001",
        )
    )


def incident_uses_of(
    store: FakeStore,
    author: ChangeAuthor,
    clock: Clock,
    new_id: NewId,
    estate_map: EstateMap,
    tree: CategoryTree,
    filing: FileTicket,
) -> IncidentUses:
    incidents = FakeIncidents(store)

    def join_ticket(ticket_id: TicketId, into: TicketId) -> bool:
        ticket = store.tickets.get(ticket_id)
        if ticket is None or ticket.stage is not Stage.REGISTERED:
            return False
        store.append([author.change("ticket", ticket_id, {"stage": "joined", "joined_to": into})])
        return True

    return IncidentUses(
        watching=WatchIncidents(store, author, incidents, estate_map, clock, "S01", POLICY),
        confirming=ConfirmIncident(
            IncidentParts(
                log=store,
                author=author,
                incidents=incidents,
                estate_map=estate_map,
                filing=filing,
                join_ticket=join_ticket,
                call_backs=call_backs_of(store, author, clock, estate_map, tree),
                tree=tree,
                words=words.incident_words(CHINA),
                policy=POLICY,
                clock=clock,
                work_number=lambda: "1001",
            )
        ),
        writing=WriteNotice(store, author, FakeNoticeBook(store), estate_map, clock, new_id),
        closing=CloseByNotice(filing, tree, words.told, POLICY.answer_category),
        same_faults=SameFaults(store.tickets, store, tree),
        read_back=ReadBack(store, author, store, estate_map, tree, clock),
        estate_map=estate_map,
    )
