"""A served link with everything that happens on it recorded, for the tests of the link."""

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desk import wire
from desk.link.sockets import LinkClient, LinkServer, address_for

TOKEN = bytes(range(32))
WAIT_S = 10.0


class Heard:
    """What came, in order; `until` waits for a condition on it, with a bound."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._changed = threading.Condition()

    def add(self, *item: Any) -> None:
        with self._changed:
            self.items.append(item[0] if len(item) == 1 else item)
            self._changed.notify_all()

    def until(self, condition: Callable[[list[Any]], bool]) -> list[Any]:
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self.items), WAIT_S), self.items
            return list(self.items)

    def until_length(self, length: int) -> None:
        self.until(lambda items: len(items) == length)

    def until_count(self, item: Any, times: int) -> None:
        self.until(lambda items: items.count(item) == times)


class Served:
    """A server of the "phone" with all its callbacks recorded, and the clients of the test."""

    def __init__(self, folder: Path) -> None:
        self.address = address_for(folder, "phone")
        self.joined, self.messages, self.left = Heard(), Heard(), Heard()
        self.server = self.make()
        self.server.start()
        self._clients: list[LinkClient] = []

    def make(self) -> LinkServer:
        return LinkServer(
            self.address,
            TOKEN,
            "phone",
            on_join=self.joined.add,
            on_message=lambda peer, message: self.messages.add(peer.role, message),
            on_leave=self.left.add,
        )

    def client(self, role: str = "ui", token: bytes = TOKEN, heard: Heard | None = None) -> tuple[LinkClient, Heard]:
        heard = heard or Heard()
        client = LinkClient(
            self.address,
            token,
            role,
            on_message=lambda m: heard.add("message", m),
            on_up=lambda: heard.add("up", None),
            on_down=lambda: heard.add("down", None),
        )
        self._clients.append(client)
        client.start()
        return client, heard

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self.server.close()

    def raw(self) -> socket.socket:
        one = socket.socket(socket.AF_UNIX)
        one.settimeout(WAIT_S)
        one.connect(self.address)
        return one

    def assert_others_are_served(self, role: str) -> None:
        """A client of this name still gets through, both ways."""
        client, heard = self.client(role)
        heard.until(lambda items: ("up", None) in items)
        client.send(wire.Ready(role))
        self.messages.until(lambda items: (role, wire.Ready(role)) in items)
        self.server.publish(wire.Pushed((role,)))
        heard.until(lambda items: ("message", wire.Pushed((role,))) in items)
        client.close()


def is_up(items: list[Any]) -> bool:
    return ("up", None) in items


def descriptors() -> int:
    """How many this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def assert_dropped(one: socket.socket) -> None:
    """The server hangs up (what it had sent before is read away)."""
    with one:
        while True:
            try:
                if not one.recv(65536):
                    return
            except ConnectionResetError:
                return


def wait_for(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True
