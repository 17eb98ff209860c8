"""A seat's way to the server, with everything that networks do to it: connections are refused, cut after a number of
bytes, passed on in halves or late, swallowed, or kept and delivered when nobody waits for them any more.

One thread carries the bytes of all proxies (`Carrier`); the tests' thread gives orders, each of which is done when its
call returns. Bytes are kept without a limit: what tests send is small."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

_T = TypeVar("_T")
_WAIT_S = 30.0
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: closing sends a reset


class Way(Enum):
    UP = "to the server"
    DOWN = "to the seat"


class Carrier:
    """The thread of all proxies. Use as a context."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="proxies", daemon=True)
        self._proxies: list[FaultProxy] = []

    def __enter__(self) -> "Carrier":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for proxy in list(self._proxies):
            proxy.close()
        self.do(self._finish_tasks)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_WAIT_S)
        self.loop.close()

    def proxy(self, target_port: int) -> "FaultProxy":
        proxy = FaultProxy(self, target_port)
        self._proxies.append(proxy)
        return proxy

    def forget(self, proxy: "FaultProxy") -> None:
        self._proxies.remove(proxy)

    def do(self, order: Callable[[], Any]) -> Any:
        """Have this done on the carrier's thread: a plain function or a coroutine's. Returns what it returns."""

        async def run() -> Any:
            found = order()
            return await found if asyncio.iscoroutine(found) else found

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(_WAIT_S)

    async def _finish_tasks(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class FaultProxy:
    """Listens on `port` of the loopback and passes everything to the server's, until told otherwise. Orders may be
    given from any thread. `delay_s`: what every piece is kept back; `halves`: every piece is passed on in two."""

    def __init__(self, carrier: Carrier, target_port: int) -> None:
        self._carrier, self._target_port = carrier, target_port
        self.delay_s = 0.0
        self.halves = False
        self.connections = 0  # that were let through so far
        self.carried = {Way.UP: 0, Way.DOWN: 0}  # bytes, of all connections
        self._links: set[_Link] = set()
        self._refusing = False
        self._swallowing = False
        self._left: dict[Way, int | None] = {Way.UP: None, Way.DOWN: None}
        self._late_after: int | None = None
        listening = carrier.do(self._listen)
        self._server: asyncio.Server = listening
        self.port: int = listening.sockets[0].getsockname()[1]

    def close(self) -> None:
        self._carrier.forget(self)

        async def end() -> None:
            self._server.close()
            for link in list(self._links):
                link.reset()
            await asyncio.sleep(0)

        self._carrier.do(end)

    def refuse(self) -> None:
        """A partition: what is connected is cut, and nobody gets through until `mend`."""

        def order() -> None:
            self._refusing = True
            for link in list(self._links):
                link.reset()

        self._carrier.do(order)

    def cut(self) -> None:
        """Reset every connection; new ones get through."""

        def order() -> None:
            for link in list(self._links):
                link.reset()

        self._carrier.do(order)

    def cut_after(self, way: Way, count: int) -> None:
        """Once: after `count` more bytes on this way, whichever connection they are of, it is reset. The last piece is
        passed on in part."""
        self._carrier.do(lambda: self._left.__setitem__(way, count))

    def swallow(self) -> None:
        """A black hole: connections stay, bytes are acknowledged and go nowhere, until `mend`."""
        self._carrier.do(lambda: setattr(self, "_swallowing", True))

    def keep_late(self, after: int) -> None:
        """Once: after `after` more bytes to the server, the next piece is kept, and the seat's side reset. `deliver`
        brings it to the server when the seat has long given it up."""
        self._carrier.do(lambda: setattr(self, "_late_after", after))

    def deliver(self) -> int:
        """Pass on what was kept, as the network's last word on those connections, and wait for the server to have
        closed them. Returns how many there were."""

        async def order() -> int:
            late = [link for link in self._links if link.late]
            for link in late:
                link.deliver()
            for link in late:
                await asyncio.wait_for(link.gone.wait(), _WAIT_S)
            return len(late)

        count: int = self._carrier.do(order)
        return count

    def mend(self) -> None:
        """All connections and all ways are whole again; what was swallowed stays lost."""

        def order() -> None:
            if self._swallowing:
                for link in list(self._links):
                    link.reset()
            self._refusing = self._swallowing = self.halves = False
            self.delay_s = 0.0
            self._left = {Way.UP: None, Way.DOWN: None}
            self._late_after = None

        self._carrier.do(order)

    async def _listen(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: _SeatSide(self), "127.0.0.1", 0)

    # What follows is the carrier's thread's.

    def met(self, transport: asyncio.Transport) -> "_Link | None":
        if self._refusing:
            _reset(transport)
            return None
        self.connections += 1
        link = _Link(self, transport, self._target_port)
        self._links.add(link)
        return link

    def parted(self, link: "_Link") -> None:
        self._links.discard(link)

    def passes(self, way: Way, size: int) -> tuple[int, bool]:
        """(how many of these bytes may pass, whether the connection is to be cut then)."""
        if self._swallowing:
            return 0, False
        left = self._left[way]
        if left is None or size < left:
            self._left[way] = None if left is None else left - size
            self.carried[way] += size
            return size, False
        self._left[way] = None
        self.carried[way] += left
        return left, True

    def keeps(self, size: int) -> bool:
        """Whether this piece to the server is the one to keep."""
        if self._late_after is None:
            return False
        if size <= self._late_after:
            self._late_after -= size
            return False
        self._late_after = None
        return True


class _Link:
    """One connection: both sides, and what is on its way between them."""

    def __init__(self, proxy: FaultProxy, seat: asyncio.Transport, port: int) -> None:
        self._proxy, self._seat = proxy, seat
        self._server: asyncio.Transport | None = None
        self._waiting: dict[Way, asyncio.Queue[bytes | None]] = {way: asyncio.Queue() for way in Way}
        self.late: list[bytes] = []
        self.gone = asyncio.Event()  # the server's side is closed
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._carry(port))]

    def take(self, way: Way, piece: bytes | None) -> None:
        """A piece arrived on this way; None: its sender has closed."""
        if self.late:
            return
        if way is Way.UP and piece is not None and self._proxy.keeps(len(piece)):
            self.late.append(piece)
            _reset(self._seat)
            return
        self._waiting[way].put_nowait(piece)

    def deliver(self) -> None:
        if self._server is None or self._server.is_closing():
            self._end()
            return
        for piece in self.late:
            self._server.write(piece)
        self._server.write_eof()

    def reset(self) -> None:
        _reset(self._seat)
        if self._server is not None:
            _reset(self._server)
        self._end()

    def server_gone(self) -> None:
        self.gone.set()
        if self.late:
            self._end()
        else:
            self.take(Way.DOWN, None)

    async def _carry(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        try:
            server, _protocol = await loop.create_connection(lambda: _ServerSide(self), "127.0.0.1", port)
        except OSError:
            self.reset()
            return
        self._server = server
        self._tasks.append(loop.create_task(self._pass_on(Way.UP, server)))
        self._tasks.append(loop.create_task(self._pass_on(Way.DOWN, self._seat)))

    async def _pass_on(self, way: Way, to: asyncio.Transport) -> None:
        waiting, proxy = self._waiting[way], self._proxy
        while (piece := await waiting.get()) is not None:
            if proxy.delay_s:
                await asyncio.sleep(proxy.delay_s)
            size, cut = proxy.passes(way, len(piece))
            half = size // 2 if proxy.halves else size
            to.write(piece[:half])
            if half < size:
                await asyncio.sleep(max(0.001, proxy.delay_s))
                to.write(piece[half:size])
            if cut:
                await asyncio.sleep(0.005)  # a reset overtakes what is still on its way
                self.reset()
                return
        if not self.late:
            to.close()
            if way is Way.DOWN:
                self._end()

    def _end(self) -> None:
        self.gone.set()
        self._proxy.parted(self)
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()


class _SeatSide(asyncio.Protocol):
    def __init__(self, proxy: FaultProxy) -> None:
        self._proxy = proxy
        self._link: _Link | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._link = self._proxy.met(transport)

    def data_received(self, data: bytes) -> None:
        if self._link:
            self._link.take(Way.UP, data)

    def connection_lost(self, _error: Exception | None) -> None:
        if self._link:
            self._link.take(Way.UP, None)


class _ServerSide(asyncio.Protocol):
    def __init__(self, link: _Link) -> None:
        self._link = link

    def data_received(self, data: bytes) -> None:
        self._link.take(Way.DOWN, data)

    def connection_lost(self, _error: Exception | None) -> None:
        self._link.server_gone()


def _reset(transport: asyncio.Transport) -> None:
    if (sock := transport.get_extra_info("socket")) is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()
