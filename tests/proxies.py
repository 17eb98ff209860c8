"""A proxy for tests, as a company has one: it opens tunnels (CONNECT), may want a name and a password, and knows every
host by one address of this computer. `OwnPage` answers everything with a page of its own, as a portal does."""

import base64
import contextlib
import gc
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.telephony.certificates import Certificate


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words: object) -> None:
        """Not into the test's output."""


class Proxy(BaseHTTPRequestHandler):
    """`to`: the port that every tunnel leads to. `wants`: "name:password", "" anybody. `tunnels`: what was asked
    for."""

    to: int
    wants: str = ""
    tunnels: list[str]

    def do_CONNECT(self) -> None:
        given = base64.b64decode(self.headers.get("Proxy-Authorization", "").removeprefix("Basic ")).decode()
        if self.wants and given != self.wants:
            self.send_response(407)
            self.send_header("Proxy-Authenticate", 'Basic realm="the company"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.tunnels.append(self.path)
        with socket.create_connection(("127.0.0.1", self.to)) as far:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_carry, args=(far, self.connection))
            back.start()
            _carry(self.connection, far)
            back.join()

    def do_GET(self) -> None:
        self.send_error(407 if self.wants else 403)

    def log_message(self, *_words: object) -> None:
        """Not into the test's output."""


class OwnPage(_Quiet):
    """Whatever is asked for."""

    def do_GET(self) -> None:
        page = b"<html><body>Sign in to use this network</body></html>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


@contextmanager
def refused_tunnels() -> Iterator[None]:
    """http.client of Python 3.11 forgets the answer of a proxy that refuses; the socket goes when it is collected."""
    try:
        yield
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@contextmanager
def serving(handler: object, certificate: Certificate | None = None) -> Iterator[int]:
    """The port on this computer; with a certificate it is https."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)  # type: ignore[arg-type]
    server.daemon_threads = True
    server.handle_error = lambda *_given: None  # type: ignore[method-assign]  # whoever has gone
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def https_behind_a_proxy(folder: Path, certificate: Certificate, wants: str = "") -> Iterator[tuple[int, list[str]]]:
    """A folder served over https, reached through a proxy alone: its port, and the tunnels that were asked for."""
    handler = type("It", (Proxy,), {"wants": wants, "tunnels": []})
    with serving(partial(_Quiet, directory=str(folder)), certificate) as to:
        handler.to = to  # type: ignore[attr-defined]
        with serving(handler) as port:
            yield port, handler.tunnels  # type: ignore[attr-defined]


def _carry(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while block := one.recv(65_536):
            other.sendall(block)
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_WR)
