"""Builds the window: every panel from its parts, and what they say to each other. Qt's thread, once."""

from dataclasses import dataclass
from functools import partial

from desk.domain.call_log import CallEntry
from desk.domain.identity import CallId
from desk.ui.after.correction.assembly import join_correction
from desk.ui.after.dispatch.assembly import join_dispatch
from desk.ui.after.floor import FloorParts, join_floor
from desk.ui.after.follow_up.assembly import FollowUpPlaces
from desk.ui.after.health.assembly import join_health
from desk.ui.after.incidents.assembly import Incidents
from desk.ui.after.lists.assembly import Work
from desk.ui.after.seats.assembly import join_seats
from desk.ui.after.support.assembly import join_support
from desk.ui.after.warnings.assembly import Warnings
from desk.ui.beside.assembly import BesideCalls, BesideParts
from desk.ui.caller.card import CallerCard
from desk.ui.caller.look_back import LookBack
from desk.ui.caller.search import search_for
from desk.ui.caller.ties import CallerTies
from desk.ui.caller_fetch import CallerFetch
from desk.ui.conflict.assembly import join_conflicts
from desk.ui.hub import Hub
from desk.ui.intake.form import IntakeForm
from desk.ui.intake.parts import IntakeParts
from desk.ui.keymap.assembly import join_key_map
from desk.ui.lamps.central import CentralLamp
from desk.ui.lamps.clock import ClockLamp
from desk.ui.lamps.headset import HeadsetLamp
from desk.ui.lamps.line import LineLamps, VoiceMailLamp
from desk.ui.lamps.lists import ListsLamp
from desk.ui.lamps.policies import PolicyLamp
from desk.ui.lamps.recording import RecordingLamp
from desk.ui.lamps.scores import ScoreLamp
from desk.ui.lamps.self_check import SelfCheckLamp
from desk.ui.lamps.store import StoreLamp
from desk.ui.lamps.vault import VaultLamp
from desk.ui.lock import LockPage, PasswordPage
from desk.ui.main_window import MainWindow, Panels
from desk.ui.main_window_side import SideWiring
from desk.ui.main_window_wiring import Wired, Wiring
from desk.ui.middle import Middle, TicketPage
from desk.ui.parts import UiParts
from desk.ui.player.bar import PlayerBar
from desk.ui.player.engine import PlayerParts
from desk.ui.replay.door import DoorParts
from desk.ui.replay.joint import join_replay
from desk.ui.restart_notices import RestartNotices
from desk.ui.seat_state import Agent
from desk.ui.seat_use import SeatUse
from desk.ui.side.panel import SidePanel, SideParts
from desk.ui.sign_in import SignInPage
from desk.ui.sign_in_flow import flow_of
from desk.ui.telephone.call_bar import CallBar
from desk.ui.telephone.call_bar_parts import bar_parts
from desk.ui.telephone.deaf_alarm import DeafAlarm
from desk.ui.telephone.dial_anywhere import DialAnywhere
from desk.ui.ticket.page import TicketParts, TicketView
from desk.ui.trouble_line import TroubleLine
from desk.ui.waiting_forms import caller_of
from desk.ui.work_list import WorkList
from desk.usecases.estate_map import ENTITIES as ESTATE_ENTITIES
from desk.usecases.find_person import Home


@dataclass(frozen=True, slots=True)
class Built:
    """The window and what drives it."""

    window: MainWindow
    hub: Hub
    ties: CallerTies
    wiring: Wiring


def build_window(parts: UiParts) -> Built:
    """The whole window, connected, not yet shown and not yet subscribed."""
    hub = Hub(
        command=parts.phone.do,
        profile_of=parts.screen_pop.profile,
        card_of=parts.screen_pop.fresh_card,
        clock=parts.clock,
        staff_of=parts.find_number.staff_of,
    )
    language, way = parts.settings.seat.language, parts.settings.seat.sign_in
    hub.is_guarded = way != "list"
    intake = IntakeParts(
        worker=hub.worker,
        categories=parts.find_category,
        places=parts.find_place,
        tree=parts.categories,
        filing=parts.file_ticket,
        joining=parts.join_call,
        keeping=parts.keep_draft,
        clock=parts.clock,
        new_id=parts.new_id,
        zone=parts.zone,
        home=parts.estate_map.home,
        caller=partial(caller_of, hub),
        language=language,
        answer=parts.incidents.closing.prepare,
        gate=parts.incidents.read_back.asks,
        failed=hub.failed,
        works=hub.store_works,
        unsaved=lambda on: hub.unfinished.note_unsaved("text", on),
        callers=parts.follow_caller,
        settle=lambda: ties.write_now(),
    )
    form = IntakeForm(intake)

    def category(code: str) -> str:
        return parts.categories.name(code, language)

    player = PlayerBar(
        PlayerParts(
            worker=hub.worker,
            open=parts.open_tape,
            reel=parts.reel,
            player=parts.player,
            damage=parts.damage,
            heard=parts.heard,
        )
    )
    ticket_parts = TicketParts(
        worker=hub.worker,
        read=parts.read_ticket.read,
        category=category,
        clock=parts.clock,
        zone=parts.zone,
        uses=parts.ticket,
        failed=hub.failed,
    )
    ticket = TicketView(ticket_parts)
    side = SidePanel(
        SideParts(
            worker=hub.worker,
            same_faults=parts.incidents.same_faults.find,
            stale=parts.incidents.same_faults.stale,
            category=category,
            clock=parts.clock,
            zone=parts.zone,
            work_number=lambda: hub.agent.number if hub.agent else "",
            phrases=parts.phrases,
            language=language,
        )
    )
    middle = Middle(hub, form, TicketPage(ticket, ticket.show_ticket, ticket.action_bar.forget), parts.new_id)
    ticket.left.connect(middle.leave_ticket)
    ticket.left.connect(player.close_tape)
    ticket.play_requested.connect(player.load)
    ticket.moment_requested.connect(player.load)
    hub.rows_changed.connect(lambda _entities: ticket.refresh())

    def reload_estate(entities: tuple[str, ...]) -> None:
        if ESTATE_ENTITIES.intersection(entities):
            hub.worker.latest("estate", parts.warm, lambda _none: None, lane="warm")

    hub.rows_changed.connect(reload_estate)
    SideWiring(hub, middle, side, middle.show_ticket)
    ties = CallerTies(hub, parts.attach_number, parts.tie_call, toggle_tag=parts.toggle_tag)
    _follow_callers(hub, form)

    def home_in_front() -> Home | None:
        pop = hub.callers.pop(hub.callers.subject)
        candidates = pop.profile.candidates if pop.profile else ()
        home = candidates[pop.chosen].household if candidates else None
        return Home(home, parts.estate_map.home(home), None) if home else None

    bar = CallBar(hub, bar_parts(hub, parts))
    beside = BesideCalls(
        hub,
        bar,
        middle,
        side,
        BesideParts(
            phone=parts.settings.phone,
            phrases=parts.phrases,
            language=language,
            clock=parts.clock,
            zone=parts.zone,
            read_calls=parts.read_call_log.read,
            note_number=parts.note_number,
            open_ticket=middle.show_ticket,
            play=player.load,
            chime=parts.chime,
        ),
    )
    to_decide = (
        (join_conflicts(hub, parts.conflicts, middle, ticket, category, parts.clock, parts.zone, parts.nudge),)
        if parts.conflicts is not None
        else ()
    )
    join_dispatch(hub, parts.dispatch, ticket, parts.clock, parts.zone)
    join_correction(ticket, parts.correct_ticket, intake)
    early_warnings = (
        Warnings(hub, parts.warnings, middle, ticket, parts.clock, parts.zone, parts.nudge, player.load)
        if parts.warnings is not None
        else None
    )
    work = Work(hub, parts.work, category, parts.clock, parts.zone, parts.nudge) if parts.work is not None else None
    score_lamp = ScoreLamp(hub, parts.score_news)
    panels = Panels(
        call_bar=bar,
        card=CallerCard(
            search_for(hub.worker, parts.find_person, parts.estate_map.building, home_in_front, ties.whose_number)
        ),
        work_list=WorkList(),
        middle=middle,
        side=beside.right_column,
        player=player,
        sign_in=SignInPage(way=way),
        lock=LockPage(way),
        password=PasswordPage(),
        trouble_line=TroubleLine(hub),
        lamps=(
            LineLamps(hub),
            VoiceMailLamp(hub, {line.label: line.voice_mail for line in parts.settings.lines}, hub.call_by),
            HeadsetLamp(hub),
            RecordingLamp(hub),
            VaultLamp(hub),
            StoreLamp(hub),
            CentralLamp(hub),
            PolicyLamp(hub, parts.policy_troubles),
            ListsLamp(hub),
            SelfCheckLamp(hub, parts.zone),
            *((early_warnings.lamp,) if early_warnings is not None else ()),
            *((work.lamp,) if work is not None else ()),
            score_lamp,
            *to_decide,
        ),
        clock=ClockLamp(hub, parts.zone),
    )
    window = MainWindow(hub, panels)
    join_key_map(window, middle, ticket)
    join_seats(hub, middle, parts.seats, parts.clock, parts.zone, parts.nudge)
    join_health(hub, middle, parts.doctor, parts.settings.seat.name, parts.clock, parts.zone)
    if early_warnings is not None:
        early_warnings.lamp.told.connect(panels.trouble_line.tell)
    incidents = Incidents(
        hub,
        parts.incidents,
        middle,
        ticket,
        side,
        category,
        parts.clock,
        parts.zone,
        parts.nudge,
        panels.trouble_line.tell,
    )
    window.add_banner(incidents.banner)
    FollowUpPlaces(
        hub,
        parts.follow_ups,
        middle,
        ticket,
        category,
        parts.clock,
        parts.zone,
        parts.nudge,
        early_warnings,
        panels.trouble_line.tell,
    )
    if work is not None:
        work.join(window, ticket)
    DeafAlarm(hub, parts.chime, window)
    CallerFetch(hub, parts.tell_sync, parts.settings.line.area_code, window)
    RestartNotices(hub, parts.crash_told, panels.trouble_line.tell, parts.clock, parts.zone, window)
    _join_look_back(hub, parts, panels, ties)
    dial_anywhere = DialAnywhere(hub, window, parts.find_number.of_row, panels.trouble_line.tell)
    seat = parts.settings.seat

    def hush_when_locked() -> None:
        if hub.locked:
            player.deck.pause()

    hub.lock_changed.connect(hush_when_locked)
    hub.call_answered.connect(lambda _call: player.deck.pause())
    wired = Wired(
        read_work=parts.read_work,
        find_staff=parts.find_staff,
        seat_agent=Agent(seat.agent, seat.agent_name),
        author=parts.author,
        nudge=parts.nudge,
        category=category,
        zone=parts.zone,
        play=player.load,
        flow=flow_of(hub, window, seat, parts.tell_sync, parts.register, parts.zone),
    )
    if parts.replay is not None:
        find, tree = parts.find_category, parts.categories
        door = DoorParts(
            hub, parts.replay, ticket_parts, find, tree, window.show_ticket, player.close_tape, parts.nudge
        )
        join_replay(door, window, ticket, player, score_lamp).built.connect(dial_anywhere.watch)
    hub.setParent(window)
    ties.setParent(window)
    wiring = Wiring(hub, window, ties, wired)
    join_floor(
        hub,
        window,
        wiring,
        side,
        FloorParts(
            shift=parts.shift,
            knowledge=parts.knowledge,
            register=parts.register,
            clock=parts.clock,
            zone=parts.zone,
            nudge=parts.nudge,
            categories=parts.categories,
            find_category=parts.find_category,
            language=language,
            estate_map=parts.estate_map,
        ),
    )
    join_support(hub, middle, parts.support, parts.clock, parts.zone)
    ticket.written.connect(wiring.written)
    ticket.told.connect(panels.trouble_line.tell)
    use = SeatUse(hub, bar.states, parts.tell_sync, parts.left)
    use.told.connect(panels.trouble_line.tell)
    use.asked.connect(lambda words: panels.trouble_line.tell(words, stays=True))
    return Built(window, hub, ties, wiring)


def _join_look_back(hub: Hub, parts: UiParts, panels: Panels, ties: CallerTies) -> None:
    """Past calls can be tied to whoever it was: from the list of what is open, and from the call log."""

    def entry_of(call_id: CallId) -> CallEntry | None:
        row = parts.read_call_log.row(call_id)
        return row.call if row is not None else None

    back = LookBack(
        hub, entry_of, panels.card.start_search, panels.middle.open_past, panels.trouble_line.tell, panels.card
    )
    panels.work_list.who_wanted.connect(back.press)
    panels.work_list.form_wanted.connect(back.press_form)
    log = panels.middle.call_log
    if log is not None:
        log.who_wanted.connect(back.press)
        log.form_wanted.connect(back.press_form)
        ties.written.connect(log.refresh)


def _follow_callers(hub: Hub, form: IntakeForm) -> None:
    """Whom another seat says a call was with stands in the form, and on the card."""

    def rows_changed(entities: tuple[str, ...]) -> None:
        if "call" in entities:
            form.follow_caller()

    def followed(call_id: str) -> None:
        party = hub.callers.party_of(CallId(call_id))
        if party is not None:
            hub.callers.look_up(CallId(call_id), party, said=True)

    hub.rows_changed.connect(rows_changed)
    form.caller_followed.connect(followed)
