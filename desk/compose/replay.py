"""Builds what the replay window can do, when it is first opened: searching, packs and exports bring libraries with them
that the seat's start does not wait for. A worker's thread."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desk.compose import late_player
from desk.compose.clock import new_id, now
from desk.compose.late_opener import LateOpener
from desk.domain.identity import CallId, TicketId
from desk.domain.listening import Access, Listener
from desk.domain.tickets import Ticket
from desk.recording.proof.export import SoundFiles
from desk.recording.proof.pack import HtmlPacks
from desk.settings import Settings
from desk.store.call_search import SqlCallSearch
from desk.store.calls import SqlCallLog
from desk.store.change_log import SqlChangeLog
from desk.store.history import SqlHistories, SqlSealedLog
from desk.store.listenings import SqlComments, SqlListenings
from desk.store.residents import SqlResidents
from desk.store.scores import SqlScores
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.ui.replay.uses import ReplayUses
from desk.usecases.comment_call import CommentCall
from desk.usecases.estate_map import EstateMap
from desk.usecases.evidence import ExportAudio, MakePack
from desk.usecases.file_ticket import CHINA
from desk.usecases.find_calls import FindCalls
from desk.usecases.find_category import CategoryFinder
from desk.usecases.find_person import PersonFinder
from desk.usecases.find_place import PlaceFinder
from desk.usecases.gather_evidence import GatherEvidence
from desk.usecases.legal_hold import LegalHold
from desk.usecases.listening_log import ListeningLog
from desk.usecases.ports import CallSearch, ChangeAuthor, Progress
from desk.usecases.replay import Replay
from desk.usecases.search_calls import SearchCalls


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the seat's window has already."""

    settings: Settings
    store: Store
    author: ChangeAuthor
    listener: Callable[[], Listener]
    listening_log: ListeningLog
    opener: LateOpener
    replay: Replay
    estate_map: EstateMap
    find_person: PersonFinder
    find_place: PlaceFinder
    find_category: CategoryFinder
    category: Callable[[str], str]


def uses_of(ground: Ground) -> ReplayUses:
    store, settings = ground.store, ground.settings
    calls, tickets, residents = SqlCallLog(store), SqlTickets(store), SqlResidents(store)
    changes, comments, listenings = SqlChangeLog(store), SqlComments(store), SqlListenings(store)
    seat, area_code, author = settings.seat.name, settings.line.area_code, ground.author
    search = SearchCalls(
        FindCalls(residents, ground.find_person, ground.find_place, ground.find_category, now, CHINA, area_code),
        _search_of(store),
        calls,
        tickets,
        SqlScores(store),
        residents,
        ground.estate_map,
        ground.listener,
        now,
        settings.recording.own_days,
        area_code,
    )
    gather = GatherEvidence(
        calls, tickets, SqlHistories(store), residents, comments, listenings, SqlSealedLog(store), ground.estate_map
    )
    export = ExportAudio(ground.listening_log, calls, ground.opener, SoundFiles())
    hold = LegalHold(calls, changes, author, ground.listener, ground.listening_log)

    def pack(call_id: CallId, listener: Listener, target: Path, progress: Progress) -> object:
        words = {ticket.category: ground.category(ticket.category) for ticket in _tickets_of(call_id, calls, tickets)}
        packs = HtmlPacks(ground.opener.real, words)
        return MakePack(ground.listening_log, now, seat, calls, gather, packs).make(call_id, listener, target, progress)

    def number_of(ticket_id: TicketId) -> str:
        ticket = tickets.get(ticket_id)
        return ticket.number if ticket is not None else ""

    return ReplayUses(
        look=search.look,
        one=search.one,
        note_number=lambda number: ground.listening_log.note(Access.SEARCHED, detail=number),
        listener=ground.listener,
        listenings=listenings.of_call,
        comments=CommentCall(comments, changes, author, now, new_id, ground.listener),
        ticket_number=number_of,
        export=export.export,
        pack=pack,
        hold=hold.put,
        lift=hold.lift,
        open_tape=ground.replay.open,
        reel=late_player.reel,
        heard=ground.replay.heard,
        damage=late_player.damage,
        player=late_player.Player(settings.headset.earpiece),
    )


def _search_of(store: Store) -> CallSearch:
    return SqlCallSearch(store)


def _tickets_of(call_id: CallId, calls: SqlCallLog, tickets: SqlTickets) -> list[Ticket]:
    call = calls.get(call_id)
    ticket = tickets.get(call.ticket_id) if call is not None and call.ticket_id else None
    return [ticket] if ticket is not None else []
