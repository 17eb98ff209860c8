"""Builds what the window does: every use case over the seat store, the same for a window and for a run without one
(the scripted day). What is costly to load is built when it is first asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Protocol

from desk import wire
from desk.compose import late_player
from desk.compose.accounts import accounts_of
from desk.compose.central_call_search import CentralCallSearch
from desk.compose.clock import new_id, now
from desk.compose.conflicts import conflict_uses
from desk.compose.dispatch_rules import DispatchRules, register_of
from desk.compose.floor_rules import FloorRules
from desk.compose.follow_up_rules import FollowUpRules, following_up
from desk.compose.incidents import IncidentGround
from desk.compose.kept_drafts import drafts_of_seat
from desk.compose.late_chime import LateChime
from desk.compose.late_opener import LateOpener
from desk.compose.moves import beside_ticket, move_ticket
from desk.compose.notify import notifying
from desk.compose.policies import Policies
from desk.compose.ticket_page import ticket_uses
from desk.compose.warning_rules import LadderRules
from desk.compose.work import work_uses
from desk.domain.health import Finding
from desk.domain.listening import Access, Listener, Role
from desk.domain.seat_register import to_text
from desk.domain.working_time import CHINA
from desk.log import crash
from desk.policies.tags import read_tags
from desk.resources import resources_dir
from desk.settings import Settings
from desk.store import warming
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.history import SqlHistories
from desk.store.messages import SqlMessages
from desk.store.notices import SqlNotices
from desk.store.outbox import SqlOutbox
from desk.store.residents import SqlResidents
from desk.store.scores import SqlScores
from desk.store.sensitive_tags import SqlSensitiveTags
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.texts import ShippedTexts
from desk.ui.after.support.parts import SupportUses
from desk.ui.parts import UiParts
from desk.usecases.attach_number import AttachNumber
from desk.usecases.correct_ticket import CorrectParts, CorrectTicket
from desk.usecases.estate_map import EstateMap
from desk.usecases.file_ticket import FileTicket
from desk.usecases.find_category import CategoryFinder
from desk.usecases.find_number import NumberFinder
from desk.usecases.find_person import PersonFinder
from desk.usecases.find_place import PlaceFinder
from desk.usecases.follow_caller import FollowCaller
from desk.usecases.join_call import JoinCall
from desk.usecases.keep_draft import KeepDraft
from desk.usecases.listener import WhoListens
from desk.usecases.listening_log import ListeningLog
from desk.usecases.ports import Phone
from desk.usecases.raise_at_filing import RaiseAtFiling
from desk.usecases.read_call_log import ReadCallLog
from desk.usecases.read_scores import ReadScores
from desk.usecases.read_ticket import ReadTicket
from desk.usecases.read_work import ReadWork
from desk.usecases.reconcile import Reconcile
from desk.usecases.replay import Replay
from desk.usecases.screen_pop import ScreenPop
from desk.usecases.sensitive_tags import ResidentTags
from desk.usecases.tie_call import TieCall

if TYPE_CHECKING:
    from desk.support.what_happened import WhatHappened
    from desk.ui.after.dispatch.uses import DispatchUses
    from desk.ui.after.follow_up.parts import FollowUpUses
    from desk.ui.after.knowledge.uses import KnowledgeUses
    from desk.ui.after.seats.uses import SeatUses
    from desk.ui.after.shift.uses import ShiftUses
    from desk.ui.after.warnings.parts import WarningUses
    from desk.ui.replay.uses import ReplayUses
    from desk.usecases.follow_up import FollowUpWork


class SeatLinks(Phone, Protocol):
    """What the window needs of its links to phone and sync (`desk.compose.ui.Links`)."""

    central_search: CentralCallSearch

    def subscribe(self, receive: Callable[[object], None]) -> None: ...

    def nudge(self) -> None: ...

    def tell_sync(self, message: object) -> bool:
        """False where the background service is away."""
        ...


@dataclass(frozen=True, slots=True)
class Life:
    """A process's tie to its launcher (`desk.link.child.ChildLife`)."""

    ready: Callable[[], None]
    beat: Callable[[], None]
    stop_requested: Event


def window_parts(
    settings: Settings, store: Store, links: SeatLinks, life: Life, settings_file: Path | None = None
) -> UiParts:
    estate_map = EstateMap(SqlResidents(store))
    policies = Policies(settings, estate_map)
    listed = policies.keep(read_tags(policies.folders))
    residents, tickets, calls = SqlResidents(store, listed), SqlTickets(store), SqlCallLog(store)
    drafts = drafts_of_seat(settings, store)
    changes, seat, area_code = SqlChangeLog(store), settings.seat, settings.line.area_code
    texts = ShippedTexts(language=seat.language, own=settings.texts.folder)
    categories = texts.categories()
    signed_in = _SignedIn(seat.sits)
    who = signed_in.now
    author = SeatAuthor(seat.name, who, now, new_id, changes.base_seq, changes.newest_unsent)
    floor = FloorRules(policies)
    ladder = LadderRules(policies.folders, estate_map.estate_name, policies.keep)
    follow_up_rules = FollowUpRules(policies)
    # the log that makes messages and follow-ups
    telling = following_up(
        store, notifying(settings, store, changes, author, categories), author, follow_up_rules, tickets
    )
    incidents = IncidentGround(settings, store, telling, author, who, estate_map, categories, policies)
    beside = partial(beside_ticket, store, author, estate_map, ladder.of, incidents.call_backs)
    moves = move_ticket(settings, store, telling, author, who, categories, policies, tickets, beside)
    routes = DispatchRules(policies)
    find_place = PlaceFinder(residents, estate_map)
    listener = WhoListens(residents.staff, who, accounts_of(settings, store)).now
    rows, outbox = SqlSensitiveTags(store), SqlOutbox(store)

    def reads_tags() -> str | None:
        return reader_of_tags(listener(), outbox.role_with_tags)

    has_tags = partial(outbox.has_tags, centre=bool(settings.central.url))
    tags = ResidentTags(rows, listed, reads_tags, changes, author, new_id, has_tags)
    listening_log = ListeningLog(changes, author, now, new_id, seat.name, listener)
    opener = LateOpener(settings, who)
    scores = ReadScores(SqlScores(store), calls, listener, now, settings.score.answer_days)
    own_days = settings.recording.own_days
    replay = Replay(calls, opener, listening_log, listener, now, own_days, scores.may_answer)

    find_category = CategoryFinder(categories, seat.language)
    find_person = PersonFinder(residents, estate_map, area_code, find_place)

    def replay_uses() -> "ReplayUses":
        from desk.compose.replay import Ground, uses_of

        return uses_of(
            Ground(
                central_search=links.central_search,
                settings=settings,
                store=store,
                author=author,
                listener=listener,
                listening_log=listening_log,
                replay=replay,
                scores=scores,
                estate_map=estate_map,
                find_person=find_person,
                find_place=find_place,
                find_category=find_category,
                categories=categories,
            )
        )

    def follow_ups() -> "FollowUpUses":
        from desk.compose.follow_up import FollowUpGround, follow_up_uses

        return follow_up_uses(
            FollowUpGround(
                settings=settings,
                store=store,
                log=telling,
                author=author,
                who=who,
                rules=follow_up_rules,
                moves=moves,
                tickets=tickets,
                listener=listener,
            )
        )

    def warnings() -> "WarningUses":
        from desk.compose.warnings import warning_uses

        return warning_uses(settings, store, telling, author, who, estate_map, categories, ladder.of, moves)

    def dispatch() -> "DispatchUses":
        from desk.compose.dispatch import dispatch_uses

        return dispatch_uses(settings, store, telling, author, who, estate_map, policies, routes, moves, tickets)

    def shift() -> "ShiftUses":
        from desk.compose.shift import shift_uses

        return shift_uses(settings, store, telling, author, who, floor)

    def knowledge() -> "KnowledgeUses":
        from desk.compose.knowledge import knowledge_uses

        return knowledge_uses(store, telling, author, categories, floor)

    raise_at_filing = RaiseAtFiling(SqlResidents(store), policies.raises, rows.of, listed)
    follow_caller = FollowCaller(calls, SqlHistories(store), residents, estate_map.home)
    file_ticket = FileTicket(
        telling,
        author,
        tickets,
        now,
        seat.name,
        categories,
        area_code,
        clocks=policies.clocks,
        gate=incidents.gate,
        priority=raise_at_filing.priority,
        follow=follow_caller.follow,
        tie_of=calls.tie,
    )
    correct_ticket = CorrectTicket(
        CorrectParts(
            moves=moves,
            tickets=tickets,
            residents=residents,
            tree=categories,
            home=estate_map.home,
            estate_of=estate_map.estate_of,
            refusals=file_ticket.refusals,
            gate=incidents.gate,
            priority=raise_at_filing.priority,
        )
    )

    def tries() -> "FollowUpWork":
        return follow_ups().work

    work = work_uses(settings, store, telling, author, who, categories, policies, moves, tries, incidents.home)

    def warm() -> None:
        find_category.load()
        estate_map.load()
        find_place.load()
        follow_up_rules.warm()
        warming.warm(store)

    return UiParts(
        settings=settings,
        zone=CHINA,
        clock=now,
        new_id=new_id,
        phone=links,
        subscribe=links.subscribe,
        screen_pop=ScreenPop(residents, tickets, calls, SqlNotices(store), now, area_code, estate_map, tags.told),
        toggle_tag=tags.toggle,
        estate_map=estate_map,
        categories=categories,
        find_category=find_category,
        find_place=find_place,
        find_person=find_person,
        find_number=NumberFinder(residents, calls, tickets, find_person, area_code),
        find_staff=lambda number: next((one for one in residents.staff() if one.number == number), None),
        file_ticket=file_ticket,
        policy_troubles=lambda: (
            *policies.strange_folders(),
            *routes.remarks(register_of(store, categories)),
            *ladder.remarks(store),
            *floor.troubles(),
            *texts.troubles(),
        ),
        join_call=JoinCall(telling, author, tickets, moves, incidents.call_backs.for_joined, calls.tie),
        keep_draft=KeepDraft(drafts, now),
        attach_number=AttachNumber(changes, author, residents, new_id, area_code),
        tie_call=TieCall(changes, author),
        follow_caller=follow_caller,
        read_ticket=ReadTicket(tickets, calls, residents, estate_map, SqlMessages(store)),
        read_work=ReadWork(drafts, calls, tickets),
        read_call_log=ReadCallLog(
            calls, calls, residents, tickets, estate_map, find_person, CHINA, area_code, Reconcile(calls, now, CHINA)
        ),
        note_number=lambda number: listening_log.note(Access.SEARCHED, detail=number),
        chime=LateChime(resources_dir() / "sounds"),
        phrases=texts.all_phrases(),
        open_tape=replay.open,
        reel=late_player.reel,
        player=late_player.Player(settings.headset.earpiece),
        damage=late_player.damage,
        heard=replay.heard,
        author=signed_in.sit_down,
        nudge=links.nudge,
        crash_told=lambda file: str(crash.mark_seen(Path(file))),
        replay=replay_uses,
        score_news=scores.news,
        incidents=incidents.uses(file_ticket, moves, tickets),
        follow_ups=follow_ups,
        warnings=warnings,
        dispatch=dispatch,
        ticket=ticket_uses(settings, store, tickets, moves, policies.clocks, who, work.causes),
        correct_ticket=correct_ticket,
        work=work,
        shift=shift,
        seats=lambda: _seat_uses(settings, store, author, who),
        knowledge=knowledge,
        doctor=lambda tell, test_call: _examine(settings, settings_file, links.tell_sync, tell, test_call),
        conflicts=conflict_uses(
            *(settings, store, author, who, now),
            sees_tags=lambda: reads_tags() is not None,
            supervises=lambda: listener().role is Role.SUPERVISOR,
        ),
        support=_support_uses(settings),
        tell_sync=links.tell_sync,
        register=lambda: [(one.number, one.name) for one in residents.staff() if one.active],
        warm=warm,
        ready=life.ready,
        beat=life.beat,
        stop_requested=life.stop_requested,
    )


def reader_of_tags(listener: Listener, role_with_tags: Callable[[], str]) -> str | None:
    """Whose eyes the tags are for that not everybody may read: a supervisor's, or those of whom the centre gave them
    to last. A seat's own role is nobody's work number."""
    allowed = listener.role is Role.SUPERVISOR or (listener.agent and listener.agent == role_with_tags())
    return listener.agent if allowed else None


def _examine(
    settings: Settings,
    file: Path | None,
    tell_sync: Callable[[object], bool],
    tell: Callable[[Finding], None],
    test_call: bool,
) -> tuple[Finding, ...]:
    """All findings, of which the seat register is told, too."""
    from desk.compose.doctor import findings  # loads what every room looks with

    found = findings(settings, tell, file=file, test_call=test_call)
    tell_sync(wire.SeatLooked(tuple(map(to_text, found))))
    return found


def _seat_uses(settings: Settings, store: Store, author: SeatAuthor, who: Callable[[], str]) -> "SeatUses":
    from desk.compose.seats import seat_uses  # of the few who open the register

    return seat_uses(settings, store, author, who)


def _support_uses(settings: Settings) -> SupportUses:
    def what() -> "WhatHappened":
        from desk.compose.support import what_happened_of  # loads age

        return what_happened_of(settings)

    return SupportUses(what, goes_by_itself=bool(settings.support.upload))


class _SignedIn:
    """Who sits here. Written by Qt's thread, read by the workers'."""

    def __init__(self, work_number: str) -> None:
        self._work_number = work_number

    def sit_down(self, work_number: str) -> None:
        self._work_number = work_number

    def now(self) -> str:
        return self._work_number
