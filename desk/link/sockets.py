"""Local sockets between Desk's processes: UNIX sockets in a folder that only this user may enter, named pipes on
Windows. One side serves (`LinkServer`), the others attach (`LinkClient`) and attach again by themselves.

Promises: nobody who lacks the seat's token gets past the handshake; garbage, silence within a message, oversize frames
and unknown messages cost only the connection that sent them; `send` and `publish` never wait for a peer. What is
handed to `send` while the link is down is refused at once (`LinkDown`), never kept for later: an `Answer` that is
carried out five seconds late does harm.

Any process. Every callback runs on a thread of the link, one thread per connection, so that the messages of one peer
arrive in order: receivers post to their own loop and return. A callback may call `send`, `publish` and `close`."""

import logging
import os
import threading
import time
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener, answer_challenge, deliver_challenge
from pathlib import Path
from typing import Any

from desk import wire
from desk.link.addresses import (
    TOKEN_FILE,
    TOKEN_VARIABLE,
    LinkBusy,
    LinkDown,
    address_for,
    clear_stale,
    prepare_folder,
    token_of,
)
from desk.link.channel import FRAME_LIMIT, HANDSHAKE_S, Channel, ChannelClosed

STRANGERS_TOLD_EVERY_S = 60.0
PEERS_LIMIT = 64
FIRST_PAUSE_S, LAST_PAUSE_S, PAUSE_GROWTH = 0.05, 1.0, 1.4

_log = logging.getLogger(__name__)


class Peer:
    """A client of a `LinkServer`. Any thread."""

    def __init__(self, role: str, pid: int, channel: Channel) -> None:
        self.role, self.pid = role, pid
        self._channel = channel

    def send(self, message: Any) -> None:
        """Hand one message of `desk.wire` to this peer and return at once. A peer that does not read is dropped; what
        is sent to one that has left is dropped too (its `on_leave` comes)."""
        self._channel.post(wire.encode(message))

    def send_encoded(self, frame: bytes) -> None:
        self._channel.post(frame)

    def close(self) -> None:
        """Let what was sent go out (one second at most), then hang up. `on_leave` follows."""
        self._channel.finish()

    def __repr__(self) -> str:
        return f"Peer({self.role!r}, pid {self.pid})"


class LinkServer:
    """Serves one address. `on_join(peer)` comes before that peer's first message, `on_leave(peer)` after its last.
    `publish` reaches every peer whose `on_join` has returned: a server that must say something first says it inside
    `on_join`, or keeps a list of its own and uses `Peer.send`."""

    def __init__(
        self,
        address: str,
        token: bytes,
        role: str,
        on_join: Callable[[Peer], None] = lambda _: None,
        on_message: Callable[[Peer, Any], None] = lambda _, __: None,
        on_leave: Callable[[Peer], None] = lambda _: None,
    ) -> None:
        self._address, self._token, self._role = address, token, role
        self._on_join, self._on_message, self._on_leave = on_join, on_message, on_leave
        self._lock = threading.Lock()
        self._peers: tuple[Peer, ...] = ()
        self._channels: set[Channel] = set()
        self._stranger_told_s: float | None = None
        self._closing = threading.Event()
        self._listener: Listener | None = None
        self._accepting = threading.Thread(target=self._accept, name=f"link-{role}-accept", daemon=True)

    @property
    def peers(self) -> tuple[Peer, ...]:
        """Those who have joined and not left."""
        return self._peers

    def start(self) -> None:
        """Bind and accept. Raises `LinkBusy` where somebody else serves this address, `OSError` where the folder cannot
        be made."""
        if os.name != "nt":
            prepare_folder(Path(self._address).parent)
            clear_stale(self._address)
        self._listener = Listener(self._address, backlog=PEERS_LIMIT)
        self._accepting.start()

    def publish(self, message: Any) -> None:
        """Hand one message to every peer; returns at once."""
        frame = wire.encode(message)
        for peer in self._peers:
            peer.send_encoded(frame)

    def close(self) -> None:
        """Let what was sent go out (one second at most), hang up on every peer, stop serving."""
        if self._closing.is_set() or self._listener is None:
            return
        self._closing.set()
        with self._lock:
            channels = tuple(self._channels)
        for channel in channels:
            channel.finish()
        try:
            Client(self._address).close()  # accept() cannot be interrupted: wake it
        except OSError:
            _log.warning("the address of the link is gone", extra={"role": self._role})
        else:
            if threading.current_thread() is not self._accepting:
                self._accepting.join(1.0)
        self._listener.close()

    def _accept(self) -> None:
        assert self._listener is not None  # noqa: S101 - set by start(), before this thread
        while not self._closing.is_set():
            try:
                connection = self._listener.accept()
            except OSError as error:
                if not self._closing.wait(0.1):  # out of descriptors, say: others keep their connections
                    _log.warning("a connection could not be accepted: %s", error)
                continue
            channel = Channel(connection, f"link-{self._role}")
            with self._lock:
                if self._closing.is_set() or len(self._channels) >= PEERS_LIMIT:
                    channel.abort()
                    channel.dispose()
                    continue
                self._channels.add(channel)
            threading.Thread(target=self._serve, args=(channel,), name=f"link-{self._role}-peer", daemon=True).start()

    def _serve(self, channel: Channel) -> None:
        """One connection, from handshake to leave. Nothing that a peer sends gets past here."""
        peer: Peer | None = None
        try:
            greeting = _greet_client(channel, self._token)
            channel.post(wire.encode(wire.Hello(self._role, os.getpid())))
            peer = Peer(greeting.role[:32], greeting.pid, channel)
            _call(self._on_join, peer)
            with self._lock:
                self._peers = (*self._peers, peer)
            while True:
                _call(self._on_message, peer, wire.decode(channel.read()))
        except ChannelClosed:
            pass
        except (wire.WireError, AuthenticationError, OSError, EOFError) as error:
            _log.warning(
                "a connection was dropped: %s: %s", type(error).__name__, error, extra={"peer": repr(peer or "unknown")}
            )
            if isinstance(error, wire.WireError | AuthenticationError):
                self._tell_of_stranger()
        except Exception:  # noqa: BLE001 - one of the four places
            _log.exception("a connection was dropped by a fault of ours")
        finally:
            with self._lock:
                self._channels.discard(channel)
                self._peers = tuple(p for p in self._peers if p is not peer)
            channel.abort()
            if peer is not None:
                _call(self._on_leave, peer)
            channel.dispose()

    def _tell_of_stranger(self) -> None:
        with self._lock:
            now_s = time.monotonic()
            if self._stranger_told_s is not None and now_s - self._stranger_told_s < STRANGERS_TOLD_EVERY_S:
                return
            self._stranger_told_s = now_s
        self.publish(wire.StrangerRefused(self._role))


class LinkClient:
    """Attaches to one address, and again whenever it is lost. `on_up()` comes when messages may be sent, `on_down()`
    after every `on_up()` that ended; never two of a kind in a row."""

    def __init__(
        self,
        address: str,
        token: bytes,
        role: str,
        on_message: Callable[[Any], None] = lambda _: None,
        on_up: Callable[[], None] = lambda: None,
        on_down: Callable[[], None] = lambda: None,
    ) -> None:
        self._address, self._token, self._role = address, token, role
        self._on_message, self._on_up, self._on_down = on_message, on_up, on_down
        self._lock = threading.Lock()
        self._attached: Channel | None = None
        self._opening: Channel | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"link-to-{Path(address).stem}", daemon=True)

    @property
    def up(self) -> bool:
        return self._attached is not None

    def start(self) -> None:
        self._thread.start()

    def send(self, message: Any) -> None:
        """Hand one message to the other process and return at once. Raises `LinkDown` where it is not there; nothing is
        kept for later. Returning means handed over, not carried out: the answer is a message of its own."""
        frame = wire.encode(message)
        channel = self._attached
        if channel is None or not channel.post(frame):
            raise LinkDown(f"{self._address} is not attached")

    def try_send(self, message: Any) -> bool:
        """`send` for what may be lost: False where it was."""
        try:
            self.send(message)
        except LinkDown:
            return False
        return True

    def close(self) -> None:
        """Let what was sent go out (one second at most), hang up, attach no more. `on_down` comes if it was up."""
        self._closing.set()
        with self._lock:
            attached, opening = self._attached, self._opening
        if attached is not None:
            attached.finish()
        elif opening is not None:
            opening.abort()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(2.0)

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._closing.is_set():
            if self._attach_once():
                pause_s = FIRST_PAUSE_S
            if self._closing.wait(pause_s):
                return
            pause_s = min(pause_s * PAUSE_GROWTH, LAST_PAUSE_S)

    def _attach_once(self) -> bool:
        """One connection, as long as it lasts; whether it came up."""
        try:
            channel = Channel(Client(self._address), self._thread.name)
        except (OSError, EOFError):
            return False
        was_up = False
        try:
            with self._lock:
                self._opening = channel
            if self._closing.is_set():
                return False
            _greet_server(channel, self._token, wire.Hello(self._role, os.getpid()))
            with self._lock:
                self._attached = channel
            was_up = True
            _call(self._on_up)
            while True:
                _call(self._on_message, wire.decode(channel.read()))
        except ChannelClosed:
            pass
        except (wire.WireError, AuthenticationError, OSError, EOFError) as error:
            _log.warning("the link to %s broke: %s: %s", self._address, type(error).__name__, error)
        finally:
            with self._lock:
                self._attached = self._opening = None
            channel.abort()
            if was_up:
                _call(self._on_down)
            channel.dispose()
        return was_up


def _greet_client(channel: Channel, token: bytes) -> wire.Hello:
    """Let a client prove that it knows the token, prove it to the client, and hear who it is."""
    deliver_challenge(channel.as_connection(), token)
    answer_challenge(channel.as_connection(), token)
    greeting = wire.decode(channel.read(HANDSHAKE_S))
    if not isinstance(greeting, wire.Hello):
        raise wire.WireError(f"the first message is {type(greeting).__name__}, not Hello")
    return greeting


def _greet_server(channel: Channel, token: bytes, hello: wire.Hello) -> None:
    answer_challenge(channel.as_connection(), token)
    deliver_challenge(channel.as_connection(), token)
    channel.post(wire.encode(hello))
    if not isinstance(wire.decode(channel.read(HANDSHAKE_S)), wire.Hello):
        raise wire.WireError("the server did not greet")


def _call(callback: Callable[..., None], *args: Any) -> None:
    """A receiver's fault is logged, loudly, and costs neither the connection nor the next message."""
    try:
        callback(*args)
    except Exception:  # noqa: BLE001 - one of the four places
        _log.exception("a receiver failed on %s", type(args[-1]).__name__ if args else "a change of the link")


__all__ = [
    "FRAME_LIMIT",
    "LinkBusy",
    "LinkClient",
    "LinkDown",
    "LinkServer",
    "Peer",
    "TOKEN_FILE",
    "TOKEN_VARIABLE",
    "address_for",
    "token_of",
]
