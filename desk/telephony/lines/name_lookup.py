"""The address of a registrar by its name, asked for on a thread of its own: PJSIP would ask the system on the phone's
main thread, and a dead name server holds that up for many seconds. So PJSIP is handed addresses only.

Phone process; used from one thread, which never waits."""

import logging
import queue
import socket
import threading
from collections.abc import Callable

from desk.domain.hosts import is_address

AGAIN_S = 30.0  # a name that is known is asked for again so often: it may move
AGAIN_UNKNOWN_S = 3.0

_log = logging.getLogger(__name__)
Ask = Callable[[str], str]


def ask_system(host: str) -> str:
    """The name's first IPv4 address. Raises `OSError`."""
    return str(socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_DGRAM)[0][4][0])


class NameLookup:
    """`address` is the last that was found, "" while there is none; a literal address is known at once."""

    def __init__(self, host: str, ask: Ask = ask_system) -> None:
        self._host, self._ask = host, ask
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._literal = is_address(host)
        self._asking = False
        self._due_at = 0.0
        self.address = host if self._literal else ""
        self.failed = False  # asked, and nobody knew

    def look(self, now_s: float) -> bool:
        """To be called often; True when the address has changed."""
        if self._literal:
            return False
        changed = False
        if self._asking and not self._answers.empty():
            address = self._answers.get()
            self._asking, self.failed = False, not address
            self._due_at = now_s + (AGAIN_S if address else AGAIN_UNKNOWN_S)
            changed = bool(address) and address != self.address
            self.address = address or self.address
        if not self._asking and now_s >= self._due_at:
            self._asking = True
            threading.Thread(target=self._run, name="lookup", daemon=True).start()
        return changed

    def hurry(self) -> None:
        """The network has changed."""
        self._due_at = 0.0

    def _run(self) -> None:
        try:
            self._answers.put(self._ask(self._host))
        except (OSError, UnicodeError) as error:
            _log.info("no address for %s: %s", self._host, error)
            self._answers.put("")
