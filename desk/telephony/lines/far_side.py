"""Whether the far side of a direct line is there: asked by OPTIONS at the pace of a registration, on a thread of its
own, because no registrar tells. Phone process; used from one thread, which never waits.

A far side that has never answered is not judged: a trunk need not answer to OPTIONS, and a line that works must not be
called deaf."""

import queue
import threading
from collections.abc import Callable

from desk.telephony.lines.options_ping import NoAnswer

AGAIN_S = 2.0  # once it is silent


class FarSide:
    """`ask` returns when it has answered, raises `NoAnswer` when it has not. `silent`: why it counts as gone, "" = it
    is there, or nobody can tell."""

    def __init__(self, ask: Callable[[], object], every_s: float) -> None:
        self._ask, self._every_s = ask, every_s
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._asking = self._has_answered = False
        self._due_at = 0.0
        self.silent = ""

    def look(self, now_s: float) -> None:
        """To be called often."""
        if self._asking and not self._answers.empty():
            reason = self._answers.get()
            self._asking = False
            self._has_answered = self._has_answered or not reason
            self.silent = reason if self._has_answered else ""
            self._due_at = now_s + (AGAIN_S if self.silent else self._every_s)
        if not self._asking and now_s >= self._due_at:
            self._asking = True
            threading.Thread(target=self._run, name="far-side", daemon=True).start()

    def hurry(self) -> None:
        """The network has changed."""
        self._due_at = 0.0

    def _run(self) -> None:
        try:
            self._ask()
            self._answers.put("")
        except NoAnswer as error:
            self._answers.put(str(error))
