"""Builds the ui process: use cases over the seat store, the links to launcher, phone and sync, and the window.

The store is opened before the window is built; where it cannot be (its key is not in the keyring, its file is damaged)
the window says so instead of the seat, and what to do."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

from desk import exit_codes, wire
from desk.compose.central_call_search import CentralCallSearch
from desk.compose.clock import now
from desk.compose.kept_drafts import open_with_drafts
from desk.compose.notes import ProcessNotes
from desk.compose.store_remedy import remedy_for
from desk.compose.window import Life, window_parts
from desk.domain.commands import Command
from desk.domain.events import CommandRefused
from desk.link.addresses import address_for, token_of
from desk.link.child import ChildLife
from desk.link.sockets import LinkClient
from desk.settings import Settings
from desk.ui.app import run_ui
from desk.ui.fault_window import FaultParts, open_or_tell
from desk.ui.seat_state import Attached, Detached
from desk.updating.resume import noted
from desk.updating.where import told_folder

Receive = Callable[[object], None]


class Links:
    """The window's three links. `subscribe` opens them; what comes over them goes to one receiver, on link threads.
    What the launcher says before there is one (that this window is a restarted one) waits for it.
    Implements `ports.Phone`: a command that the phone cannot be given now is refused at once."""

    def __init__(self, settings: Settings, notes: ProcessNotes) -> None:
        self._runtime_dir, self._notes = settings.runtime_dir, notes
        self._early: SimpleQueue[object] = SimpleQueue()
        self._receive: Receive = self._early.put
        self._phone = self._client("phone")
        self._sync = self._client("sync")
        self.central_search = CentralCallSearch(self._sync.try_send)

    def _client(self, role: str) -> LinkClient:
        return LinkClient(
            address_for(self._runtime_dir, role),
            token_of(self._runtime_dir),
            "ui",
            self._hear,
            on_up=lambda: self._found(role),
            on_down=lambda: self._lost(role),
        )

    def _hear(self, message: object) -> None:
        if isinstance(message, wire.CallsFound):
            self.central_search.hear(message)
        else:
            self._receive(message)

    def _found(self, role: str) -> None:
        self._notes.link(role, up=True)
        self._receive(Attached(role))

    def _lost(self, role: str) -> None:
        self._notes.link(role, up=False)
        if role == "sync":
            self.central_search.cut()
        self._receive(Detached(role))

    def hear(self, message: object) -> None:
        """A message for the window from the launcher."""
        self._notes.send(message)
        self._receive(message)

    def subscribe(self, receive: Receive) -> None:
        self._receive = receive
        while not self._early.empty():
            receive(self._early.get())
        self._phone.start()
        self._sync.start()

    def do(self, command: Command) -> None:
        self._notes.command(command)
        if not self._phone.try_send(command):
            self._receive(CommandRefused(type(command).__name__, "phone_away"))

    def nudge(self) -> None:
        self._sync.try_send(wire.Pushed())

    def tell_sync(self, message: object) -> bool:
        """False where the background service is away."""
        return self._sync.try_send(message)

    def close(self) -> None:
        self._phone.close()
        self._sync.close()


def run(settings: Settings, settings_file: Path | None = None) -> int:
    notes = ProcessNotes(settings, "ui")
    links = Links(settings, notes)
    life = ChildLife("ui", settings.runtime_dir, now, on_message=links.hear)
    life.start()
    store = open_or_tell(lambda: open_with_drafts(settings), _fault_parts(settings, life))
    if store is None:
        notes.close()
        life.close()
        return exit_codes.ENVIRONMENT
    parts = window_parts(settings, store, links, Life(life.ready, life.beat, life.stop_requested), settings_file)
    code = run_ui(replace(parts, left=noted(told_folder(settings.data_dir))))
    links.close()
    store.close()
    notes.close()
    life.close()
    return code


def _fault_parts(settings: Settings, life: ChildLife) -> FaultParts:
    return FaultParts(
        theme=settings.seat.theme,
        ready=life.ready,
        beat=life.beat,
        stop_requested=life.stop_requested,
        remedy=remedy_for(settings),
    )
