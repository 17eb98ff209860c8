"""The proxy does to connections what it was told, and nothing else: against a server that answers with what it got."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from desk.demo.processes import wait_until
from tests.sync.faults.proxy import Carrier, FaultProxy, Way

WAIT_S = 20.0


class Echo(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Answering)

    @property
    def port(self) -> int:
        port: int = self.server_address[1]
        return port


class _Answering(socketserver.BaseRequestHandler):
    server: Echo

    def handle(self) -> None:
        try:
            while piece := self.request.recv(65_536):
                self.server.heard.append(piece)
                self.request.sendall(piece)
        except OSError:
            return


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join(WAIT_S)


@pytest.fixture
def proxy(carrier: Carrier, echo: Echo) -> Iterator[FaultProxy]:
    proxy = carrier.proxy(echo.port)
    yield proxy
    proxy.close()


def connected(proxy: FaultProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=WAIT_S)


def received(sock: socket.socket, size: int) -> bytes:
    """Up to `size` bytes; fewer where the connection ends."""
    got = b""
    try:
        while len(got) < size and (piece := sock.recv(size - len(got))):
            got += piece
    except ConnectionError:
        pass
    return got


def test_bytes_pass_both_ways_whole_or_in_halves(proxy: FaultProxy) -> None:
    with connected(proxy) as sock:
        sock.sendall(b"hello")
        assert received(sock, 5) == b"hello"
        proxy.halves, proxy.delay_s = True, 0.001
        sock.sendall(b"again" * 1_000)
        assert received(sock, 5_000) == b"again" * 1_000
    assert proxy.carried == {Way.UP: 5_005, Way.DOWN: 5_005}


@pytest.mark.parametrize(("way", "heard", "got"), [(Way.UP, b"hel", b""), (Way.DOWN, b"hello", b"hel")])
def test_it_is_cut_after_so_many_bytes_and_once(
    proxy: FaultProxy, echo: Echo, way: Way, heard: bytes, got: bytes
) -> None:
    proxy.cut_after(way, 3)
    with connected(proxy) as sock:
        sock.sendall(b"hello")
        assert got.startswith(received(sock, 5)[: len(got)])
        wait_until("the server to have what passed", lambda: b"".join(echo.heard) == heard, WAIT_S)
    with connected(proxy) as sock:
        sock.sendall(b"hello")
        assert received(sock, 5) == b"hello"


def test_a_partition_lets_nobody_through_until_it_is_mended(proxy: FaultProxy) -> None:
    with connected(proxy) as sock:
        sock.sendall(b"x")
        assert received(sock, 1) == b"x"
        proxy.refuse()
        assert received(sock, 1) == b""
    with contextlib.suppress(ConnectionError), connected(proxy) as sock:
        assert received(sock, 1) == b""
    proxy.mend()
    with connected(proxy) as sock:
        sock.sendall(b"x")
        assert received(sock, 1) == b"x"


def test_what_is_swallowed_never_arrives(proxy: FaultProxy, echo: Echo) -> None:
    proxy.swallow()
    with connected(proxy) as sock:
        sock.sendall(b"lost")
        sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            sock.recv(1)
        proxy.mend()
        sock.settimeout(WAIT_S)
        assert received(sock, 1) == b""
    assert echo.heard == []


def test_what_was_kept_arrives_when_its_sender_has_given_up(proxy: FaultProxy, echo: Echo) -> None:
    proxy.keep_late(2)
    with connected(proxy) as sock:
        sock.sendall(b"ab")
        assert received(sock, 2) == b"ab"
        sock.sendall(b"late")
        assert received(sock, 1) == b""
    with connected(proxy) as sock:
        sock.sendall(b"newer")
        assert received(sock, 5) == b"newer"
    assert echo.heard == [b"ab", b"newer"]
    assert proxy.deliver() == 1
    assert echo.heard == [b"ab", b"newer", b"late"]
