"""The seat that runs on this computer, asked over its local links as any tool may ask it: how phone, lines, headset,
exchange and recordings stand by now. It is listened to for a moment, so that the microphone's level is of a span and a
line that is just registering has time to; nothing that a call could feel is asked of it.

Any process but the phone, any thread but the ui's; takes `LISTEN_S` (a seat that does not run: no time)."""

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from desk import wire
from desk.domain import commands, events
from desk.domain.events import LineStatus
from desk.domain.import_plan import ListsStand
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Wrong
from desk.link.addresses import LinkDown, address_for, token_of
from desk.link.sockets import LinkClient

ATTACH_S = 8.0  # one that is there answers at once, or on a very busy computer within seconds; one that is gone never
LISTEN_S = 1.5
TELL_S = 1.5  # for those who have answered to say how they stand
STARTING_S = 12.0  # a line that is just registering is waited for so long
CALL_S = 40.0  # of a call of itself: ringing, talking, and both ends
ROLES = ("launcher", "phone", "sync")


@dataclass(frozen=True, slots=True)
class Levels:
    """The loudest moment of a span, in dBFS, -100 = not a sound."""

    microphone_dbfs: float
    span_s: float


@dataclass(frozen=True, slots=True)
class RunningSeat:
    """`attached`: the processes that answered. What one of the others would have told is None."""

    attached: frozenset[str]
    phone: PhoneSnapshot | None = None
    levels: Levels | None = None
    central: wire.CentralState | None = None
    recordings: wire.RecordingsState | None = None
    care: wire.StoreCare | None = None
    lists: ListsStand | None = None

    @property
    def in_call(self) -> bool:
        return self.phone is not None and bool(self.phone.calls)


_OF_SYNC: dict[type, str] = {
    wire.CentralState: "central",
    wire.RecordingsState: "recordings",
    ListsStand: "lists",
    wire.StoreCare: "care",
}


@dataclass(slots=True)
class _Heard:
    lines: dict[str, events.LineState] = field(default_factory=dict)
    wrongs: dict[Any, Wrong] = field(default_factory=dict)
    seat: RunningSeat = field(default_factory=lambda: RunningSeat(frozenset()))
    peaks: list[float] = field(default_factory=list)

    def take(self, message: object) -> None:
        match message:
            case PhoneSnapshot():
                self.lines = {line.label: line for line in message.lines}
                self.wrongs = {wrong.trouble: wrong for wrong in message.wrongs}
                self.seat = replace(self.seat, phone=message)
            case events.LineChanged():
                self.lines[message.state.label] = message.state
            case events.HeadsetChanged() if self.seat.phone is not None:
                self.seat = replace(self.seat, phone=replace(self.seat.phone, headset=message.state))
            case events.TroubleRaised():
                self.wrongs[message.wrong.trouble] = message.wrong
            case events.TroubleCleared():
                self.wrongs.pop(message.wrong.trouble, None)
            case events.LevelsMeasured():
                self.peaks.append(message.microphone_dbfs)
            case wire.CentralState() | wire.RecordingsState() | ListsStand() | wire.StoreCare():
                told: dict[str, Any] = {_OF_SYNC[type(message)]: message}
                self.seat = replace(self.seat, **told)
            case _:
                pass  # what else is told concerns calls

    @property
    def whole(self) -> bool:
        told = self.seat.recordings is not None and self.seat.care is not None
        return ("phone" not in self.seat.attached or self.seat.phone is not None) and (
            "sync" not in self.seat.attached or told
        )

    @property
    def starting(self) -> bool:
        return any(line.status is LineStatus.STARTING for line in self.lines.values())


def ask(runtime_dir: Path, listen_s: float = LISTEN_S) -> RunningSeat | None:
    """None: no seat runs here."""
    try:
        token = token_of(runtime_dir)
    except LinkDown:
        return None
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    with _attached(runtime_dir, token, inbox) as clients:
        up = frozenset(role for role, client in clients.items() if client.up)
        if not up:
            return None
        heard = _Heard(seat=RunningSeat(up))
        if "phone" in up:
            clients["phone"].try_send(commands.WatchLevels(on=True))
        begun_s = time.monotonic()
        while not _enough(heard, time.monotonic() - begun_s, listen_s):
            try:
                heard.take(inbox.get(timeout=0.05))
            except queue.Empty:
                continue
        return _summed_up(heard, listen_s)


def _enough(heard: _Heard, passed_s: float, listen_s: float) -> bool:
    if passed_s < listen_s:
        return False
    waited_long = passed_s >= (STARTING_S if heard.starting else listen_s + TELL_S)
    return waited_long or (heard.whole and not heard.starting)


def _summed_up(heard: _Heard, listen_s: float) -> RunningSeat:
    seat = heard.seat
    if seat.phone is None:
        return seat
    phone = replace(seat.phone, lines=tuple(heard.lines.values()), wrongs=tuple(heard.wrongs.values()))
    levels = Levels(max(heard.peaks), listen_s) if heard.peaks else None
    return replace(seat, phone=phone, levels=levels)


def call_itself(runtime_dir: Path, command: commands.CheckSelf) -> events.SelfChecked | events.CommandRefused | None:
    """The phone of the running seat makes this call beside all calls; what came of it. None: it does not answer."""
    try:
        token = token_of(runtime_dir)
    except LinkDown:
        return None
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    with _attached(runtime_dir, token, inbox, ("phone",)) as clients:
        if not clients["phone"].try_send(command):
            return None
        until_s = time.monotonic() + CALL_S
        while (left_s := until_s - time.monotonic()) > 0:
            try:
                told = inbox.get(timeout=left_s)
            except queue.Empty:
                break
            if isinstance(told, events.SelfChecked):
                return told
            if isinstance(told, events.CommandRefused) and told.command == type(command).__name__:
                return told
    return None


@contextmanager
def _attached(
    runtime_dir: Path, token: bytes, inbox: "queue.SimpleQueue[object]", roles: Sequence[str] = ROLES
) -> Iterator[dict[str, LinkClient]]:
    """A client to each process, those that answer within `ATTACH_S` up."""
    waits = threading.Semaphore(0)
    clients = {
        role: LinkClient(address_for(runtime_dir, role), token, "tool", inbox.put, on_up=waits.release)
        for role in roles
    }
    try:
        for client in clients.values():
            client.start()
        until_s = time.monotonic() + ATTACH_S
        for _client in clients:
            if not waits.acquire(timeout=max(0.0, until_s - time.monotonic())):
                break
        yield clients
    finally:
        for client in clients.values():
            client.close()
