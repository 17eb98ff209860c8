"""The sync process: the seat's exchange with the centre, and the slow work (calls to the call log, recordings sealed).

The main loop only beats and hands on what the threads report; nothing it does waits for a network or a disk. Threads:
the lane to the centre (none when standing alone), one per worker, and those of the links. The process serves the link
"sync": whoever joins is told `CentralState` and `RecordingsState` first, and again whenever they change, and `Pushed`
when rows have changed by what other seats or the workers wrote."""

import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, assert_never

from desk import wire
from desk.domain.commands import Command
from desk.domain.import_plan import ListsStand
from desk.domain.troubles import Trouble
from desk.link.sockets import LinkClient, LinkServer, Peer, address_for
from desk.polite import give_way
from desk.store.store import Store
from desk.sync.central.access import CentralAccess
from desk.sync.exchange.hello import UsedCode
from desk.sync.exchange.lane import CentralLane
from desk.sync.exchange.search_lane import SearchLane
from desk.sync.exchange.session import SeatSide
from desk.sync.lines_up import LinesUp
from desk.sync.recordings_state import RecordingsBoard
from desk.sync.running_calls import RunningCalls
from desk.sync.seat_troubles import SeatTroubles
from desk.sync.sign_in import SignInLane

BEAT_S = 1.0
WORK_S = 2.0  # a worker looks for work this often without being woken
CHECKPOINT_S = 30.0
BUSY_S = 30.0
WORKER_STOP_S = 5.0

_Kept = wire.StoreCare | wire.SeatChecked | ListsStand  # whoever joins is told them as they stand
_Told = wire.PutOut | wire.Updates | _Kept
_Report = wire.CentralState | wire.RecordingsState | wire.Pushed | _Told
Greeting = Callable[[], wire.Updates | None]
PhoneListener = Callable[[object | None], None]
_log = logging.getLogger(__name__)


class SyncProcess:
    """`beat` is called once a second from the main loop; `run` returns soon after `stop` is set. `access` None:
    standing alone. `seat`: its name in the hotline. `who`: the way to the centre of whoever is signed in, asked again
    and again (None: nobody is); without it always `access`. `author_access`, `code`: see `exchange.session`.
    `on_report` hears what the threads report, every round of the exchange, on the main loop."""

    def __init__(
        self,
        store: Store,
        access: CentralAccess | None,
        runtime_dir: Path,
        token: bytes,
        stop: threading.Event,
        beat: Callable[[], None] = lambda: None,
        *,
        seat: str = "S01",
        who: Callable[[], CentralAccess | None] | None = None,
        author_access: Callable[[str], CentralAccess | None] = lambda _author: None,
        code: UsedCode | None = None,
        on_report: Callable[[object], None] = lambda _report: None,
    ) -> None:
        self._on_report = on_report
        self._store, self._stop, self._beat = store, stop, beat
        self._saved_at = -BUSY_S  # when a window last said that it had written
        self._state = wire.CentralState(configured=access is not None)
        self._kept: dict[type, _Kept] = {kind: kind() for kind in (ListsStand, wire.StoreCare, wire.SeatChecked)}
        self._reports: queue.SimpleQueue[_Report | Peer] = queue.SimpleQueue()
        self.recordings = RecordingsBoard(self._reports.put)
        self.running_calls = RunningCalls()
        self.lines_up = LinesUp()
        self.troubles = SeatTroubles()
        self.seat_use: wire.SeatUse | None = None  # as the window said last
        self._greeting: Greeting = lambda: None
        self._window_lost: Callable[[], None] = lambda: None
        self._phone_listeners: list[PhoneListener] = []
        self._check_seat: Callable[[], None] = lambda: None
        self._seat_looked: Callable[[wire.SeatLooked], None] = lambda _looked: None
        self._listeners: list[Peer] = []  # the main loop's own, so that nobody who joins can miss a state
        self._workers: list[_Worker] = []
        self._people: SignInLane | None = None
        self._server = LinkServer(
            address_for(runtime_dir, "sync"),
            token,
            "sync",
            on_join=self._reports.put,
            on_message=self._take,
            on_leave=self._reports.put,
        )
        phone = address_for(runtime_dir, "phone")
        self._phone = LinkClient(phone, token, "sync", on_message=self._hear_phone, on_down=self._lose_phone)
        side = SeatSide.of(store, seat, _new_token, lambda: self._is_busy, author_access, code)
        who = who or (lambda: access)
        own = access if access and access.user else None
        self._lane = (
            CentralLane(side, who, self._reports.put, self._tell_pushed, own, lambda: self.troubles.now)
            if access
            else None
        )
        self._search = SearchLane(who, lambda: self.catching_up) if access else None

    @property
    def state(self) -> wire.CentralState:
        return self._state

    @property
    def _is_busy(self) -> bool:
        """People work here right now: a call runs, or something was saved a moment ago. Any thread."""
        return self.running_calls.any or time.monotonic() - self._saved_at < BUSY_S

    @property
    def catching_up(self) -> bool:
        """A great deal is being sent or taken: a first fill, an import, a seat that was away. Any thread."""
        return self._lane is not None and self._lane.catching_up

    def add_worker(self, name: str, work_once: Callable[[], bool], *, gives_way: bool = False) -> Callable[[], None]:
        """Before `run`. `work_once` does a piece of work and says whether it did any; it is called again at once while
        it does, else when nudged, and every `WORK_S`. A bug in it is logged and it is tried again later. `gives_way`:
        it may have minutes of work (an import, an older store), and the window is not to feel it. Returns what nudges
        it, for any thread."""
        worker = _Worker(name, work_once, WORK_S, gives_way=gives_way)
        self._workers.append(worker)
        return worker.nudge

    @property
    def window_here(self) -> bool:
        """Whether one is attached. Any thread."""
        return any(peer.role == "ui" for peer in tuple(self._listeners))

    @property
    def nobody_works(self) -> bool:
        """As the window said last. Any thread."""
        return self.seat_use is not None and self.seat_use.away

    def greet_by(self, greeting: Greeting) -> None:
        """Before `run`: what every window that attaches is told of updates."""
        self._greeting = greeting

    def lose_window_by(self, lost: Callable[[], None]) -> None:
        """Before `run`: told when a window has gone; on the main loop, returns at once."""
        self._window_lost = lost

    def hear_phone_by(self, *listeners: PhoneListener) -> None:
        """Before `run`: each is told every message of the phone's, on the link's thread, and None when it is gone."""
        self._phone_listeners += listeners

    def ask_phone(self, command: Command) -> bool:
        """False where it is away. Any thread."""
        return self._phone.try_send(command)

    def check_by(
        self, ask_for: Callable[[], None], last: wire.SeatChecked, looked: Callable[[wire.SeatLooked], None]
    ) -> None:
        """Before `run`: what a tool's `CheckSeat` asks for, how the last one was, and who takes what a window has
        found; on a link's thread."""
        self._check_seat, self._seat_looked = ask_for, looked
        self._kept[wire.SeatChecked] = last

    def sign_in_by(self, people: SignInLane) -> None:
        """Before `run`: who sits here is judged, and asked after, by this lane."""
        self._people = people
        if self._lane:
            people.sitting.moved = self._lane.nudge

    def tell(self, message: _Told) -> None:
        """To every window. Any thread."""
        self._reports.put(message)

    def appended(self, entities: tuple[str, ...]) -> None:
        """A worker has appended changes: send them, and tell the windows. Any thread."""
        self._tell_pushed(set(entities))
        if self._lane:
            self._lane.nudge()

    def run(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """The main loop. Raises `LinkBusy` where another sync process serves this seat."""
        self._server.start()
        self._phone.start()
        for worker in self._workers:
            worker.start()
        if self._lane:
            self._lane.start()
        if self._search:
            self._search.start()
        if self._people:
            self._people.start()
        checkpoints = _Worker("checkpoint", self._checkpoint, CHECKPOINT_S)
        checkpoints.start()
        on_ready()
        next_beat = time.monotonic()
        while not self._stop.is_set():
            if time.monotonic() >= next_beat:
                self._beat()
                next_beat += BEAT_S
            self._hand_on(max(0.0, min(next_beat - time.monotonic(), BEAT_S / 5)))
        self._finish(checkpoints)

    def _finish(self, checkpoints: "_Worker") -> None:
        for worker in (*self._workers, checkpoints):
            worker.stop()
        if self._people:
            self._people.stop()
        if self._search:
            self._search.stop()
        if self._lane:
            self._lane.stop()
        self._phone.close()
        self._server.close()

    def _hand_on(self, timeout_s: float) -> None:
        """What the threads reported, to those who listen."""
        try:
            report = self._reports.get(timeout=timeout_s)
        except queue.Empty:
            return
        self._on_report(report)
        self.troubles.hear(report)
        match report:
            case Peer() if report in self._listeners:
                self._listeners.remove(report)
                if report.role == "ui":
                    self._window_lost()
            case Peer():
                self._join(report)
            case wire.CentralState():
                # The lag differs every time and is worth no message of its own.
                news = replace(report, lag_ms=0.0) != replace(self._state, lag_ms=0.0)
                self._state = report
                if news:
                    self._publish(report)
                if self._people:
                    self._people.contact(report)
            case wire.StoreCare() | ListsStand() | wire.SeatChecked():
                self._kept[type(report)] = report
                self._publish(report)
            case wire.Pushed() | wire.RecordingsState() | wire.PutOut() | wire.Updates():
                self._publish(report)
            case _:
                assert_never(report)

    def _join(self, peer: Peer) -> None:
        self._listeners.append(peer)
        peer.send(self._state)
        peer.send(self.recordings.state)
        for kept in self._kept.values():
            peer.send(kept)
        if peer.role == "ui" and (greeting := self._greeting()) is not None:
            peer.send(greeting)
        if self._people:
            peer.send(self._people.seated())

    def _publish(self, message: _Report) -> None:
        for peer in self._listeners:
            peer.send(message)

    def _tell_pushed(self, entities: set[str]) -> None:
        self._reports.put(wire.Pushed(tuple(sorted(entities))))

    def _take(self, peer: Peer, message: Any) -> None:
        if isinstance(message, wire.SeatUse):
            self.seat_use = message
        elif isinstance(message, wire.Pushed) and peer.role == "tool":  # the window has not seen it yet
            self.appended(message.entities)
        elif isinstance(message, wire.Pushed) and self._lane:
            self._saved_at = time.monotonic()
            self._lane.nudge()
        elif isinstance(message, wire.FetchCaller) and self._lane:
            self._lane.ask_caller(peer, message)
        elif isinstance(message, wire.FetchCaller):
            peer.send(wire.CallerFetched(message.request, False))
        elif isinstance(message, wire.FindCalls) and self._search:
            self._search.ask(peer, message)
        elif isinstance(message, wire.SignIn | wire.ChangePassword | wire.SitsHere) and self._people:
            self._people.take(peer, message)
        elif isinstance(message, wire.FindCalls):
            peer.send(wire.CallsFound(message.request, (), Trouble.CENTRAL_UNREACHABLE.value))
        else:
            self._take_other(peer, message)

    def _take_other(self, peer: Peer, message: Any) -> None:
        if isinstance(message, wire.CheckSeat):
            self._check_seat()
        elif isinstance(message, wire.SeatLooked):
            self._seat_looked(message)
        elif not isinstance(message, wire.Pushed):
            _log.warning("%r sent a message that means nothing here: %s", peer, type(message).__name__)

    def _hear_phone(self, message: Any) -> None:
        self.running_calls.hear(message)
        self.lines_up.hear(message)
        self.troubles.hear_phone(message)
        for listener in self._phone_listeners:
            listener(message)
        if isinstance(message, wire.SpoolClosed):
            for worker in self._workers:
                worker.nudge()

    def _lose_phone(self) -> None:
        self.lines_up.lose()
        self.troubles.hear_phone(None)
        for listener in self._phone_listeners:
            listener(None)

    def _checkpoint(self) -> bool:
        self._store.checkpoint()
        return False


def _new_token() -> str:
    return str(uuid.uuid4())


class _Worker:
    def __init__(self, name: str, work_once: Callable[[], bool], pause_s: float, *, gives_way: bool = False) -> None:
        self._work_once, self._pause_s, self._gives_way = work_once, pause_s, gives_way
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"work-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def nudge(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        self._thread.join(WORKER_STOP_S)

    def _work(self) -> None:
        if self._gives_way:
            give_way()
        while not self._stopping.is_set():
            self._wake.clear()
            did_some = False
            try:
                did_some = self._work_once()
            except Exception:  # noqa: BLE001
                # The thread's outermost frame: one bad piece of work may not end all that comes after it.
                _log.exception("%s failed", self._thread.name)
            if not did_some and not self._stopping.is_set():
                self._wake.wait(self._pause_s)
