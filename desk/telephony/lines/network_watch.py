"""Notices that this computer's addresses or links have changed, or that it has slept: then the lines register again at
once, instead of when the next refresh is due.

Phone process, a thread of its own that looks once a second (0.3 ms); others only read. Sleep shows as a gap:
either between the two clocks (Linux's monotonic one stands still meanwhile) or between two looks (Windows')."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, ip_address

import psutil

EVERY_S = 1.0
GAP_S = 5.0  # more than a busy computer makes a thread wait

_log = logging.getLogger(__name__)
Links = frozenset[tuple[str, bool, tuple[str, ...]]]


class NetworkNews(Enum):
    CHANGED = "changed"  # an address or a link came or went
    RESUMED = "resumed"


def links_now() -> Links:
    """Every interface: its name, whether it is up, its addresses."""
    up = psutil.net_if_stats()
    return frozenset(
        (name, name in up and up[name].isup, tuple(sorted(one.address for one in addresses)))
        for name, addresses in psutil.net_if_addrs().items()
    )


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None  # a MAC address


class NetworkWatch:
    """`look`, `wall`, `monotonic`: for tests."""

    def __init__(
        self,
        look: Callable[[], Links] = links_now,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look, self._wall, self._monotonic = look, wall, monotonic
        self.news: queue.SimpleQueue[NetworkNews] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._links = self._looked(frozenset())
        self._wall_s, self._monotonic_s = wall(), monotonic()

    def start(self) -> None:
        threading.Thread(target=self._run, name="network", daemon=True).start()

    def close(self) -> None:
        self._stop.set()

    def reaches(self, bind: str) -> bool:
        """Whether calls could come to this address of ours ("" = to any but the computer's own inside): an interface
        that has it is up. Where nothing can be listed nobody knows, and it counts as there."""
        links = self._links
        ours = [ip for _, up, addresses in links if up for text in addresses if (ip := _address(text)) is not None]
        if bind:
            return not links or _address(bind) in ours
        return not links or any(not ip.is_loopback and not (ip.version == 6 and ip.is_link_local) for ip in ours)

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            self.step()

    def step(self) -> None:
        """One look."""
        wall_s, monotonic_s = self._wall(), self._monotonic()
        passed_s = monotonic_s - self._monotonic_s
        slept = abs(wall_s - self._wall_s - passed_s) > GAP_S or passed_s > EVERY_S + GAP_S
        self._wall_s, self._monotonic_s = wall_s, monotonic_s
        links = self._looked(self._links)
        if links != self._links:
            self._links = links
            self.news.put(NetworkNews.CHANGED)
        elif slept:
            self.news.put(NetworkNews.RESUMED)

    def _looked(self, otherwise: Links) -> Links:
        try:
            return self._look()
        except OSError as error:
            _log.warning("the network's links cannot be listed: %s", error)
            return otherwise
