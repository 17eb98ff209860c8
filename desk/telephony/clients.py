"""Who is attached to the phone, and which of them watch the levels. Phone process, main thread."""

from collections.abc import Callable
from typing import Any, Protocol


class Client(Protocol):
    """`desk.link.Peer`."""

    def send(self, message: Any) -> None: ...


class Server(Protocol):
    """`desk.link.LinkServer`, made with the three callbacks given to `MakeServer`: who joins, what they say, who
    leaves."""

    def start(self) -> None: ...
    def close(self) -> None: ...


MakeServer = Callable[[Callable[[Any], None], Callable[[Any, Any], None], Callable[[Any], None]], Server]


class Clients:
    """`on_watched` is told whether anybody watches the levels."""

    def __init__(self, on_watched: Callable[[bool], None]) -> None:
        self._on_watched = on_watched
        self._all: list[Client] = []
        self._watching: list[Client] = []

    def join(self, client: Client, snapshot: Any) -> None:
        client.send(snapshot)
        self._all.append(client)

    def leave(self, client: Client) -> None:
        self._all = [one for one in self._all if one is not client]
        self.watch(client, on=False)

    def watch(self, client: Client, on: bool) -> None:
        self._watching = [one for one in self._watching if one is not client]
        if on:
            self._watching.append(client)
        self._on_watched(bool(self._watching))

    @property
    def watched(self) -> bool:
        return bool(self._watching)

    def publish(self, message: Any) -> None:
        for client in self._all:
            client.send(message)

    def publish_levels(self, message: Any) -> None:
        for client in self._watching:
            client.send(message)
