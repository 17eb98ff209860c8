"""What the window is built from: the use cases, the links, and what drives a process. What happens after the call is
named by its type only here, so that a start loads no more of it than it shows."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from desk.domain.categories import CategoryTree
from desk.domain.estate import Staff
from desk.domain.identity import CallId
from desk.settings import Settings
from desk.texts import Phrase
from desk.ui.beside.reminders import Chime
from desk.ui.player.engine import Player, Reel
from desk.usecases.attach_number import AttachNumber
from desk.usecases.correct_ticket import CorrectTicket
from desk.usecases.estate_map import EstateMap
from desk.usecases.file_ticket import FileTicket
from desk.usecases.find_category import CategoryFinder
from desk.usecases.find_number import NumberFinder
from desk.usecases.find_person import PersonFinder
from desk.usecases.find_place import PlaceFinder
from desk.usecases.follow_caller import FollowCaller
from desk.usecases.join_call import JoinCall
from desk.usecases.keep_draft import KeepDraft
from desk.usecases.ports import NewId, Phone
from desk.usecases.read_call_log import ReadCallLog
from desk.usecases.read_scores import ScoreNews
from desk.usecases.read_ticket import ReadTicket
from desk.usecases.read_work import ReadWork
from desk.usecases.replay import Tape
from desk.usecases.screen_pop import ScreenPop
from desk.usecases.tie_call import TieCall
from desk.wire import SeatUse

if TYPE_CHECKING:
    from desk.ui.after.dispatch.uses import DispatchUses
    from desk.ui.after.follow_up.parts import FollowUpUses
    from desk.ui.after.health.page import Examine
    from desk.ui.after.incidents.parts import IncidentUses
    from desk.ui.after.knowledge.uses import KnowledgeUses
    from desk.ui.after.lists.parts import WorkUses
    from desk.ui.after.seats.uses import SeatUses
    from desk.ui.after.shift.uses import ShiftUses
    from desk.ui.after.support.parts import SupportUses
    from desk.ui.after.warnings.parts import WarningUses
    from desk.ui.conflict.parts import ConflictUses
    from desk.ui.replay.uses import ReplayUses
    from desk.ui.ticket.uses import TicketUses
    from desk.usecases.profile import Candidate


@dataclass(frozen=True, kw_only=True)
class UiParts:
    """Everything the window is built from. `subscribe(receive)` is called once, when the window can take messages: from
    then on whatever comes over the links of launcher, phone and sync goes to `receive` (any thread), and
    `seat_state.Attached` / `Detached` ("phone", "sync") when such a link comes and goes. `warm` reads into memory
    what searches need, on a worker thread, again when the estate has changed. `open_tape` (`Replay.open`), `reel`,
    `player`, `damage` and `heard` as in `PlayerParts`. `nudge`: changes were appended. `crash_told`: the agent was
    told of this crash file; its place from now on. `replay`: what the replay window can do, asked for on the worker
    when it is first opened; None: there is none. `score_news`: what is new about scores to whoever is signed in.
    `ticket`: what can be done with a ticket on its page. `tell_sync`: to the background service; False where it is
    away. `register`: work numbers and names of the staff. `note_number`: a search for it goes on record. `chime`
    plays the reminders. `author`: whose work number signs changes from now on. `ready`: told when the window is
    usable. `beat`: called once a second by Qt's loop. `policy_troubles`: what is to be told of the company's own
    rules, one sentence each. `toggle_tag`: `ResidentTags.toggle`. `left`: how the seat was used before a window
    that comes again by itself; None: it begins as on any morning."""

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
    incidents: "IncidentUses"
    keep_draft: KeepDraft
    attach_number: AttachNumber
    tie_call: TieCall
    follow_caller: FollowCaller
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
    crash_told: Callable[[str], str]
    read_call_log: ReadCallLog
    note_number: Callable[[str], object]
    chime: Chime
    warm: Callable[[], None]
    replay: "Callable[[], ReplayUses] | None" = None
    score_news: Callable[[], ScoreNews] = ScoreNews
    conflicts: "ConflictUses | None" = None
    work: "WorkUses | None" = None
    warnings: "Callable[[], WarningUses] | None" = None
    follow_ups: "Callable[[], FollowUpUses] | None" = None
    dispatch: "Callable[[], DispatchUses] | None" = None
    ticket: "TicketUses | None" = None
    correct_ticket: CorrectTicket | None = None
    shift: "Callable[[], ShiftUses] | None" = None
    seats: "Callable[[], SeatUses] | None" = None
    knowledge: "Callable[[], KnowledgeUses] | None" = None
    doctor: "Examine | None" = None
    support: "SupportUses | None" = None
    toggle_tag: "Callable[[Candidate, str], bool]" = lambda _candidate, _tag: False
    tell_sync: Callable[[object], bool] = lambda _message: False
    register: Callable[[], list[tuple[str, str]]] = list
    policy_troubles: Callable[[], Sequence[str]] = tuple
    left: SeatUse | None = None
    ready: Callable[[], None]
    beat: Callable[[], None]
    stop_requested: threading.Event
