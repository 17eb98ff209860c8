"""A TCP proxy that makes a network bad: it cuts connections after so many bytes, slows them down, or swallows all. It
can be told otherwise at any time."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

BLOCK = 16_384


class Proxy:
    """`cut_after`: bytes of one direction to the server, then both ends are closed; None = never. `delay_s` before each
    block. `mute`: takes connections and says nothing. `deaf_to`: no answer comes back to what begins so. `sent`: bytes
    to the server so far."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.cut_after: int | None = None
        self.delay_s = 0.0
        self.mute = False
        self.deaf_to = b""
        self.sent = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        # Closing alone does not wake a thread that waits in accept.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in list(self._open):
            _close(one)

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            self._open.add(client)
            if self.mute:
                continue
            server = socket.create_connection(("127.0.0.1", self._to))
            self._open.add(server)
            begun = bytearray()
            threading.Thread(target=self._pump, args=(client, server, True, begun), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, False, begun), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, to_server: bool, begun: bytearray) -> None:
        """`begun`: how the request begins."""
        passed = 0
        with suppress(OSError):
            while block := source.recv(BLOCK):
                time.sleep(self.delay_s)
                if to_server and len(begun) < 8:
                    begun += block[:8]
                if not to_server and self.deaf_to and begun.startswith(self.deaf_to):
                    break
                if to_server and self.cut_after is not None and passed + len(block) > self.cut_after:
                    break
                target.sendall(block)
                passed += len(block)
                self.sent += len(block) if to_server else 0
        for one in (source, target):
            _close(one)
            self._open.discard(one)


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        one.close()


@contextmanager
def proxy(port: int) -> Iterator[Proxy]:
    between = Proxy(port)
    try:
        yield between
    finally:
        between.close()
