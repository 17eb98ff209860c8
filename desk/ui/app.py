"""The ui process: it builds the window from what `desk.compose` hands in, runs Qt's loop, and ends with an exit code.

Start: the window is shown as soon as it can be drawn; the agent of the settings is signed in by the worker, with their
drafts, and what the searches need is read beside it. End: whatever waits to be saved is saved first. Qt's thread never
touches the store, the network or a disk; how long its loop was ever stuck is watched (`StallWatch`).

Exit code 0: the agent closed the window, or the launcher asked for the end; `AGAIN`: the seat store is to be repaired
before the next window. Anything else is a crash."""

import gc
import logging
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desk import exit_codes
from desk.domain.categories import CategoryTree
from desk.domain.estate import Staff
from desk.domain.identity import CallId, HouseholdId
from desk.settings import Settings
from desk.texts import Phrase
from desk.ui import theme
from desk.ui.after.dispatch.assembly import join_dispatch
from desk.ui.after.dispatch.uses import DispatchUses
from desk.ui.after.floor import FloorParts, join_floor
from desk.ui.after.follow_up.assembly import FollowUpPlaces
from desk.ui.after.incidents.assembly import Incidents
from desk.ui.after.incidents.parts import IncidentUses
from desk.ui.after.knowledge.uses import KnowledgeUses
from desk.ui.after.lists.assembly import Work
from desk.ui.after.lists.parts import WorkUses
from desk.ui.after.shift.uses import ShiftUses
from desk.ui.after.warnings.assembly import Warnings
from desk.ui.after.warnings.parts import WarningUses
from desk.ui.beside.assembly import BesideCalls, BesideParts
from desk.ui.beside.reminders import Chime
from desk.ui.caller.card import CallerCard
from desk.ui.caller.search import search_for
from desk.ui.caller.ties import CallerTies
from desk.ui.caller_fetch import CallerFetch
from desk.ui.conflict.assembly import join_conflicts
from desk.ui.conflict.parts import ConflictUses
from desk.ui.hub import Hub
from desk.ui.intake.form import IntakeForm
from desk.ui.intake.parts import IntakeParts
from desk.ui.keymap.assembly import join_key_map
from desk.ui.lamps.central import CentralLamp
from desk.ui.lamps.clock import ClockLamp
from desk.ui.lamps.headset import HeadsetLamp
from desk.ui.lamps.line import LineLamps, VoiceMailLamp
from desk.ui.lamps.policies import PolicyLamp
from desk.ui.lamps.recording import RecordingLamp
from desk.ui.lamps.store import StoreLamp
from desk.ui.lamps.vault import VaultLamp
from desk.ui.lock import LockPage, PasswordPage
from desk.ui.main_window import MainWindow, Panels
from desk.ui.main_window_side import SideWiring
from desk.ui.main_window_wiring import Wired, Wiring
from desk.ui.middle import Middle, TicketPage
from desk.ui.player.bar import PlayerBar
from desk.ui.player.engine import Player, PlayerParts, Reel
from desk.ui.replay.door import DoorParts
from desk.ui.replay.joint import join_replay
from desk.ui.replay.uses import ReplayUses
from desk.ui.running import Ender, global_keys_of, qt_words, tell_bugs
from desk.ui.seat_state import Agent, Detached
from desk.ui.side.panel import SidePanel, SideParts
from desk.ui.sign_in import SignInPage
from desk.ui.sign_in_flow import flow_of
from desk.ui.stall_watch import StallWatch
from desk.ui.steps import mark, open_marks, step
from desk.ui.telephone.call_bar import CallBar
from desk.ui.telephone.call_bar_parts import bar_parts
from desk.ui.telephone.deaf_alarm import DeafAlarm
from desk.ui.telephone.dial_anywhere import DialAnywhere
from desk.ui.ticket.page import TicketParts, TicketView
from desk.ui.ticket.uses import TicketUses
from desk.ui.trouble_line import TroubleLine
from desk.ui.work_list import WorkList
from desk.usecases.attach_number import AttachNumber
from desk.usecases.estate_map import ENTITIES as ESTATE_ENTITIES
from desk.usecases.estate_map import EstateMap
from desk.usecases.file_ticket import FileTicket
from desk.usecases.find_category import CategoryFinder
from desk.usecases.find_number import NumberFinder
from desk.usecases.find_person import PersonFinder
from desk.usecases.find_place import PlaceFinder
from desk.usecases.join_call import JoinCall
from desk.usecases.keep_draft import KeepDraft
from desk.usecases.ports import NewId, Phone
from desk.usecases.read_call_log import ReadCallLog
from desk.usecases.read_ticket import ReadTicket
from desk.usecases.read_work import ReadWork
from desk.usecases.replay import Tape
from desk.usecases.screen_pop import ScreenPop
from desk.usecases.tie_call import TieCall

if TYPE_CHECKING:
    from desk.ui.after.follow_up.parts import FollowUpUses

BEAT_MS = 1000
PHONE_EXPECTED_MS = 4000  # by then the phone has published its snapshot, or it is told as away
LAST_SAVES_S = 5.0
SWITCH_INTERVAL_S = 0.001  # a busy worker thread gives the interpreter back to Qt's within a millisecond
_log = logging.getLogger("desk.ui")


@dataclass(frozen=True, kw_only=True)
class UiParts:
    """Everything the window is built from. `subscribe(receive)` is called once, when the window can take messages: from
    then on whatever comes over the links of launcher, phone and sync goes to `receive` (any thread), and
    `seat_state.Attached` / `Detached` ("phone", "sync") when such a link comes and goes. `warm` reads into memory what
    searches need, on a worker thread, again when the estate has changed. `open_tape` (`Replay.open`), `reel`,
    `player`, `damage` and `heard` as in `PlayerParts`. `nudge`: changes were appended. `crash_told`: the agent was
    told of this crash file. `replay`: what the replay window can do, asked for on the worker when it is first opened;
    None: there is none. `ticket`: what can be done with a ticket on its page. `tell_sync`: to the background service;
    False where it is away. `register`: work numbers and names of the staff. `chime` plays the reminders. `author`:
    whose work number signs changes from now on. `ready`: told when the window is usable. `beat`: called once a second
    by Qt's loop. `policy_troubles`: what is to be told of the company's own rules, one sentence each."""

    settings: Settings
    zone: tzinfo
    clock: Callable[[], datetime]
    new_id: NewId
    phone: Phone
    subscribe: Callable[[Callable[[object], None]], None]
    screen_pop: ScreenPop
    estate_map: EstateMap
    categories: CategoryTree
    find_category: CategoryFinder
    find_place: PlaceFinder
    find_person: PersonFinder
    find_number: NumberFinder
    find_staff: Callable[[str], Staff | None]
    file_ticket: FileTicket
    join_call: JoinCall
    incidents: IncidentUses
    keep_draft: KeepDraft
    attach_number: AttachNumber
    tie_call: TieCall
    read_ticket: ReadTicket
    read_work: ReadWork
    phrases: Sequence[Phrase]
    open_tape: Callable[[CallId], Tape]
    reel: Callable[[Tape], Reel]
    player: Player
    damage: Callable[[], tuple[type[Exception], ...]]
    heard: Callable[[Tape, int, int], None]
    author: Callable[[str], None]
    nudge: Callable[[], None]
    crash_told: Callable[[str], None]
    read_call_log: ReadCallLog
    chime: Chime
    warm: Callable[[], None]
    replay: Callable[[], ReplayUses] | None = None
    conflicts: ConflictUses | None = None
    work: WorkUses | None = None
    warnings: Callable[[], WarningUses] | None = None
    follow_ups: "Callable[[], FollowUpUses] | None" = None
    dispatch: Callable[[], DispatchUses] | None = None
    ticket: TicketUses | None = None
    shift: Callable[[], ShiftUses] | None = None
    knowledge: Callable[[], KnowledgeUses] | None = None
    tell_sync: Callable[[object], bool] = lambda _message: False
    register: Callable[[], list[tuple[str, str]]] = list
    policy_troubles: Callable[[], Sequence[str]] = tuple
    ready: Callable[[], None]
    beat: Callable[[], None]
    stop_requested: threading.Event


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
    form = IntakeForm(
        IntakeParts(
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
            language=language,
            answer=parts.incidents.closing.prepare,
            gate=parts.incidents.read_back.asks,
            failed=hub.failed,
            works=hub.store_works,
        )
    )

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
    middle = Middle(hub, form, TicketPage(ticket, ticket.show_ticket), parts.new_id)
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
    ties = CallerTies(hub, parts.attach_number, parts.tie_call)

    def home_in_front() -> HouseholdId | None:
        pop = hub.pop(hub.subject)
        candidates = pop.profile.candidates if pop.profile else ()
        home = candidates[pop.chosen].household if candidates else None
        return home.household_id if home else None

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
    early_warnings = (
        Warnings(hub, parts.warnings, middle, ticket, parts.clock, parts.zone, parts.nudge, player.load)
        if parts.warnings is not None
        else None
    )
    work = Work(hub, parts.work, category, parts.clock, parts.zone, parts.nudge) if parts.work is not None else None
    panels = Panels(
        call_bar=bar,
        card=CallerCard(search_for(hub.worker, parts.find_person, parts.estate_map.building, home_in_front)),
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
            *((early_warnings.lamp,) if early_warnings is not None else ()),
            *((work.lamp,) if work is not None else ()),
            *to_decide,
        ),
        clock=ClockLamp(hub, parts.zone),
    )
    window = MainWindow(hub, panels)
    join_key_map(window, middle, ticket)
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
    dial_anywhere = DialAnywhere(hub, window, parts.find_number.of_row, panels.trouble_line.tell)
    seat = parts.settings.seat

    def hush_when_locked() -> None:
        if hub.locked and player.deck.is_going:
            player.deck.toggle()

    hub.lock_changed.connect(hush_when_locked)
    wired = Wired(
        read_work=parts.read_work,
        find_staff=parts.find_staff,
        seat_agent=Agent(seat.agent, seat.agent_name),
        author=parts.author,
        nudge=parts.nudge,
        crash_told=parts.crash_told,
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
        join_replay(door, window, ticket, player).built.connect(dial_anywhere.watch)
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
    ticket.written.connect(wiring.written)
    ticket.told.connect(panels.trouble_line.tell)
    return Built(window, hub, ties, wiring)


def run_ui(parts: UiParts) -> int:
    """Run the window until it is closed. Called on the process's main thread; returns the exit code."""
    open_marks()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = QApplication.instance() or QApplication(["desk"])
    assert isinstance(app, QApplication)  # noqa: S101 - nobody makes another kind in this process
    app.setApplicationName("Desk")
    app.setDesktopFileName("desk")
    translator = qt_words(app, parts.settings.seat.language)
    theme.apply(app, parts.settings.seat.theme)
    built = build_window(parts)
    window, hub = built.window, built.hub
    tell_bugs(hub)
    stalls = StallWatch(window)
    keys = global_keys_of(app, window, parts.settings.phone.global_keys)
    beat = QTimer(window, interval=BEAT_MS)
    beat.timeout.connect(parts.beat)

    def warmed() -> None:
        gc.freeze()  # what is in memory now stays there
        mark("warmed")

    def painted() -> None:
        step("window_ready")
        stalls.start()

    def shown() -> None:
        parts.ready()
        beat.start()
        if keys is not None:
            keys.start()
        parts.subscribe(hub.receive)
        if not hub.is_guarded:
            built.wiring.sign_in(parts.settings.seat.agent)
        hub.worker.run(parts.warm, lambda _none: warmed(), lane="warm")
        QTimer.singleShot(PHONE_EXPECTED_MS, window, lambda: _expect_phone(hub))

    window.first_shown.connect(shown)
    window.first_painted.connect(painted)
    window.closed.connect(lambda: _finish(app, built))
    code_wished = exit_codes.OK

    def come_again() -> None:
        """Sync has let go of the seat store: the next window repairs it."""
        nonlocal code_wished
        if hub.state.store_care.restart and code_wished == exit_codes.OK:
            code_wished = exit_codes.AGAIN
            step("coming_again")
            window.close_unasked()

    hub.troubles_changed.connect(come_again)
    ender = Ender(parts.stop_requested)
    ender.wanted.connect(window.close_unasked)
    window.showMaximized()
    code = app.exec()
    if keys is not None:
        keys.stop()
    stalls.stop()
    app.removeTranslator(translator)
    step("window_closed")
    return code or code_wished


def _finish(app: QApplication, built: Built) -> None:
    """The window is closed: everything typed and chosen is on disk before the process ends."""
    built.ties.write_now()
    built.window.panels.middle.form.hold_back()
    built.window.hide()
    if not built.hub.worker.close(LAST_SAVES_S):
        _log.error("the last saves did not finish in time")
    app.exit(0)


def _expect_phone(hub: Hub) -> None:
    if not hub.state.phone_here:
        hub.receive(Detached("phone"))
