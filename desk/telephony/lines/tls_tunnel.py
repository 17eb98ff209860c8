"""SIP over TLS without PJSIP's OpenSSL: PJSIP speaks TCP to a port on 127.0.0.1, and behind it stands one verified TLS
connection to the server, by Python's own ssl. Why, and what was rejected: docs/decisions/0081-sip-over-tls.md.

Phone process, one thread of its own per tunnel, with an asyncio loop; PJSIP's thread only reads `news` and never waits.
Where the server goes away, PJSIP's connection is closed too, so that it learns at once; where the certificate does
not verify, not a byte of SIP is sent."""

import asyncio
import logging
import queue
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from desk.domain.certificates import CertificateFault
from desk.telephony.lines import sip_rewrite
from desk.telephony.lines.marks import SIGNALLING_DSCP
from desk.telephony.lines.sip_framing import BadStream, Framer
from desk.telephony.lines.sip_rewrite import Ends
from desk.telephony.lines.tls_verify import client_context, fault_of

CONNECT_S = 3.0  # for the connection, and again for the handshake
CHUNK = 65_536
FORMER_CONTACTS = 4  # of ours that a REGISTER takes back

_log = logging.getLogger(__name__)
Rewrite = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class TunnelUp:
    """The server proved itself. `version`: "TLSv1.3"."""

    version: str


@dataclass(frozen=True, slots=True)
class TunnelDown:
    """`fault` None: nobody answered, or the connection broke off."""

    fault: CertificateFault | None
    detail: str


class TlsTunnel:
    """`host`, `port`: the server; `host` is also the name that its certificate must bear. `inside`: host:port that
    PJSIP listens on. `news`: what became of the connection, read by any thread."""

    def __init__(self, host: str, port: int, ca_file: str, inside: str) -> None:
        self._host, self._port, self._ca_file, self._inside = host, port, ca_file, inside.encode()
        self.news: queue.SimpleQueue[TunnelUp | TunnelDown] = queue.SimpleQueue()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._links: set[asyncio.Task[None]] = set()
        self._former: list[bytes] = []
        self._stopping: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="sip-tls", daemon=True)
        self._thread.start()

    def drop(self) -> None:
        """Give the connection up; the next message of PJSIP's makes another."""
        with suppress(RuntimeError):  # it is closed already
            self._loop.call_soon_threadsafe(self._cancel_links)

    def close(self) -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(1.0)

    # ---- on the tunnel's own thread

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._stopping = asyncio.Event()
        server = await asyncio.start_server(self._accepted, sock=self._listener)
        async with server:
            await self._stopping.wait()
        self._cancel_links()
        await asyncio.gather(*self._links, return_exceptions=True)

    def _stop(self) -> None:
        if self._stopping is not None:
            self._stopping.set()

    def _cancel_links(self) -> None:
        for link in tuple(self._links):
            link.cancel()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = asyncio.current_task()
        assert link is not None  # noqa: S101 - this is a coroutine
        self._links.add(link)
        try:
            await self._link(reader, writer)
        except asyncio.CancelledError:
            self.news.put(TunnelDown(None, "given up"))
        finally:
            self._links.discard(link)
            writer.close()

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            context = client_context(self._ca_file)
            async with asyncio.timeout(CONNECT_S):
                far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
            _mark(far_writer)
        except Exception as error:  # noqa: BLE001 - each of them is told as what it is
            self._told_down(error)
            return
        try:
            await self._prove(far_writer, context)
            await self._carry(reader, writer, far_reader, far_writer)
        except (OSError, BadStream, asyncio.IncompleteReadError) as error:
            self._told_down(error)
        finally:
            far_writer.close()
            with suppress(Exception):  # it was given up; nobody waits for its farewell
                async with asyncio.timeout(0.5):
                    await far_writer.wait_closed()

    async def _prove(self, far_writer: asyncio.StreamWriter, context: ssl.SSLContext) -> None:
        try:
            await far_writer.start_tls(context, server_hostname=self._host, ssl_handshake_timeout=CONNECT_S)
        except ConnectionAbortedError as error:  # asyncio's word for a handshake that is not answered
            raise ssl.SSLError("no answer to the handshake") from error

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        own = far_writer.get_extra_info("sockname")
        outside = (f"[{own[0]}]:{own[1]}" if ":" in own[0] else f"{own[0]}:{own[1]}").encode()
        ends = Ends(self.address.encode(), self._inside, outside)
        former = tuple(self._former)
        self._former = [*self._former, outside][-FORMER_CONTACTS:]
        tls: ssl.SSLObject = far_writer.get_extra_info("ssl_object")
        self.news.put(TunnelUp(tls.version() or ""))
        out = asyncio.ensure_future(
            _pump(reader, far_writer, lambda message: sip_rewrite.to_server(message, ends, former))
        )
        back = asyncio.ensure_future(_pump(far_reader, writer, lambda message: sip_rewrite.to_phone(message, ends)))
        try:
            done, _ = await asyncio.wait((out, back), return_when=asyncio.FIRST_COMPLETED)
            for pump in done:
                pump.result()
            self.news.put(TunnelDown(None, "the server closed the connection" if back in done else "closed"))
        finally:
            out.cancel()
            back.cancel()
            await asyncio.gather(out, back, return_exceptions=True)

    def _told_down(self, error: Exception) -> None:
        fault = fault_of(error)
        detail = f"{type(error).__name__}: {error}"
        _log.warning("TLS to %s:%s: %s", self._host, self._port, fault.value if fault else detail)
        self.news.put(TunnelDown(fault, detail))


def _mark(writer: asyncio.StreamWriter) -> None:
    """As what PJSIP sends itself is marked (`telephony.pj.endpoint`)."""
    outer: socket.socket = writer.get_extra_info("socket")
    with suppress(OSError):  # a wish, not a need
        if outer.family == socket.AF_INET:
            outer.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, SIGNALLING_DSCP << 2)
        else:
            outer.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, SIGNALLING_DSCP << 2)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rewrite: Rewrite) -> None:
    framer = Framer()
    while data := await reader.read(CHUNK):
        for message in framer.feed(data):
            writer.write(rewrite(message))
        await writer.drain()
