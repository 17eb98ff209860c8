"""Builds what the replay window can do, when it is first opened: searching, packs and exports bring libraries with them
that the seat's start does not wait for. A worker's thread."""

from collections.abc import Callable
from dataclasses import dataclass

from desk.compose import late_player
from desk.compose.clock import new_id, now
from desk.compose.keys_here import KeysHere
from desk.compose.late_evidence import EvidenceParts, LateEvidence
from desk.compose.score import Scoring
from desk.domain.categories import CategoryTree
from desk.domain.identity import TicketId
from desk.domain.listening import Access, Listener
from desk.domain.working_time import CHINA
from desk.settings import Settings
from desk.store.call_search import SqlCallSearch
from desk.store.calls import SqlCallLog
from desk.store.change_log import SqlChangeLog
from desk.store.listenings import SqlComments, SqlListenings
from desk.store.recording_changes import SqlRecordingChanges
from desk.store.residents import SqlResidents
from desk.store.scores import SqlScores
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.ui.replay.uses import ReplayUses
from desk.usecases.comment_call import CommentCall
from desk.usecases.estate_map import EstateMap
from desk.usecases.find_calls import FindCalls
from desk.usecases.find_category import CategoryFinder
from desk.usecases.find_person import PersonFinder
from desk.usecases.find_place import PlaceFinder
from desk.usecases.legal_hold import LegalHold
from desk.usecases.listening_log import ListeningLog
from desk.usecases.ports import ChangeAuthor
from desk.usecases.read_samples import ReadSamples
from desk.usecases.read_scores import ReadScores
from desk.usecases.recording_ports import CallSearch
from desk.usecases.replay import Replay
from desk.usecases.search_calls import SearchCalls


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the seat's window has already."""

    settings: Settings
    store: Store
    central_search: CallSearch
    author: ChangeAuthor
    listener: Callable[[], Listener]
    listening_log: ListeningLog
    replay: Replay
    scores: ReadScores
    estate_map: EstateMap
    find_person: PersonFinder
    find_place: PlaceFinder
    find_category: CategoryFinder
    categories: CategoryTree


def uses_of(ground: Ground) -> ReplayUses:
    store, settings = ground.store, ground.settings
    calls, tickets, residents = SqlCallLog(store), SqlTickets(store), SqlResidents(store)
    changes, comments, listenings = SqlChangeLog(store), SqlComments(store), SqlListenings(store)
    area_code, author, scores = settings.line.area_code, ground.author, SqlScores(store)
    search_in = _search_of(ground)
    scoring = Scoring(settings, store, search_in, author, ground.listening_log.note)
    search = SearchCalls(
        FindCalls(residents, ground.find_person, ground.find_place, ground.find_category, now, CHINA, area_code),
        search_in,
        calls,
        tickets,
        scores,
        residents,
        ground.estate_map,
        ground.listener,
        now,
        settings.recording.own_days,
        area_code,
        ground.scores.may_answer,
        KeysHere(settings, lambda: ground.listener().agent).may_open,
    )
    hold = LegalHold(calls, SqlRecordingChanges(store), author, ground.listener, ground.listening_log)
    evidence = LateEvidence(
        EvidenceParts(
            settings,
            store,
            ground.listening_log,
            ground.estate_map,
            ground.categories,
            lambda: ground.listener().agent,
        )
    )

    def number_of(ticket_id: TicketId) -> str:
        ticket = tickets.get(ticket_id)
        return ticket.number if ticket is not None else ""

    return ReplayUses(
        look=search.look,
        one=search.one,
        note_number=lambda number: ground.listening_log.note(Access.SEARCHED, detail=number),
        listener=ground.listener,
        listenings=listenings.of_call,
        comments=CommentCall(
            comments,
            calls,
            changes,
            author,
            now,
            new_id,
            ground.listener,
            settings.recording.own_days,
            ground.scores.may_answer,
        ),
        ticket_number=number_of,
        export=evidence.export,
        pack=evidence.make_pack,
        hold=hold.put,
        lift=hold.lift,
        score=scoring.calls,
        tickets_of=search.tickets_of,
        scores_of=scores.of_call,
        samples=ReadSamples(scores, calls, residents, CHINA),
        scores=ground.scores,
        draw=scoring.draw,
        drop=scoring.drop,
        rule_titles=scoring.titles,
        open_tape=ground.replay.open,
        reel=late_player.reel,
        heard=ground.replay.heard,
        damage=late_player.damage,
        player=late_player.Player(settings.headset.earpiece),
    )


def _search_of(ground: Ground) -> CallSearch:
    """Where the settings say. A seat that stands alone has its store and nothing else."""
    central = ground.settings.replay.search == "central" and bool(ground.settings.central.url)
    return ground.central_search if central else SqlCallSearch(ground.store)
