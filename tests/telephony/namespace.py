"""A network of its own for a test: a namespace joined to ours by a pair of virtual interfaces, whose link and address
can be taken away. Needs root and `ip`."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

_numbers = itertools.count()


def possible() -> bool:
    """Whether this process may make one."""
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"desk-probe-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode == 0
    if made:
        subprocess.run(["ip", "netns", "del", name], check=False)
    return made


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Namespace:
    """`here` is our address; `prefix` what to put before a command for it to run inside, where it is `there`."""

    def __init__(self) -> None:
        number = next(_numbers)
        self.name = f"desk{os.getpid()}n{number}"
        self._outer, self._inner = f"dko{os.getpid() % 10_000}n{number}", f"dki{os.getpid() % 10_000}n{number}"
        self._net = f"10.213.{os.getpid() % 250}"
        self.here, self.there = f"{self._net}.1", f"{self._net}.2"
        self.prefix = ["ip", "netns", "exec", self.name]

    def make(self) -> None:
        _ip("netns", "add", self.name)
        _ip("link", "add", self._outer, "type", "veth", "peer", "name", self._inner, "netns", self.name)
        _ip("addr", "add", f"{self.here}/24", "dev", self._outer)
        _ip("link", "set", self._outer, "up")
        self._inside("link", "set", "lo", "up")
        self.address_there(self.there)
        self.link(up=True)

    def link(self, up: bool) -> None:
        """The cable, at the far end."""
        self._inside("link", "set", self._inner, "up" if up else "down")

    def address_there(self, address: str, before: str = "") -> None:
        """Another address inside, in place of the one before."""
        if before:
            self._inside("addr", "del", f"{before}/24", "dev", self._inner)
        self._inside("addr", "add", f"{address}/24", "dev", self._inner)
        self.there = address

    def other_address(self) -> str:
        return f"{self._net}.3"

    def _inside(self, *words: str) -> None:
        _ip("-n", self.name, *words)

    def remove(self) -> None:
        subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", self._outer], check=False, capture_output=True)


@contextmanager
def namespace() -> Iterator[Namespace]:
    made = Namespace()
    try:
        made.make()
        yield made
    finally:
        made.remove()
