"""Feature codes of the exchange, dialled beside the calls: signing in and out of its queues, forwarding. A leg that is
no call: nobody hears it, it is not recorded, it never has the headset, and it is in no log but the process's own.

One after the other, because exchanges take them in order; each is hung up a second after the answer (some exchanges
play a word first and act at its end), or given up after `ANSWER_S`. Phone process, main thread."""

import logging
from collections import deque
from collections.abc import Callable

from desk.domain.events import CodeDialled
from desk.telephony.calls.deadlines import Deadlines
from desk.telephony.stack import Confirmed, Ended, Leg, NotNow, Signal, SipStack

ANSWER_S = 10.0
LISTEN_S = 1.0
TAKEN, NO_ANSWER, UNMAPPED, NO_LEG = 200, 408, 484, 503

_log = logging.getLogger(__name__)


class Codes:
    """`uri_of(code)` is "" for one that cannot be dialled; `line` the one they go by. What came of each is told to who
    had it dialled, else published."""

    def __init__(
        self,
        stack: SipStack,
        line: str,
        uri_of: Callable[[str], str],
        publish: Callable[[CodeDialled], None],
        deadlines: Deadlines,
    ) -> None:
        self._stack, self._line, self._uri_of, self._publish = stack, line, uri_of, publish
        self._deadlines = deadlines
        self._waiting: deque[tuple[str, Callable[[CodeDialled], None]]] = deque()
        self._leg: Leg | None = None
        self._dialled, self._tell = "", publish
        self._answered = False

    @property
    def idle(self) -> bool:
        return self._leg is None and not self._waiting

    def dial(self, *codes: str, tell: Callable[[CodeDialled], None] | None = None) -> None:
        self._waiting.extend((code, tell or self._publish) for code in codes)
        self._next()

    def on_signal(self, signal: Signal) -> bool:
        """Whether it concerned a code."""
        if self._leg is None or getattr(signal, "leg", None) != self._leg:
            return False
        match signal:
            case Confirmed():
                self._answered = True
                self._deadlines.set("code", LISTEN_S, self._hang_up)
            case Ended():
                self._ended(signal)
            case _:
                pass
        return True

    def _next(self) -> None:
        while self._leg is None and self._waiting:
            (self._dialled, self._tell), self._answered = self._waiting.popleft(), False
            uri = self._uri_of(self._dialled)
            if not uri:
                self._told(UNMAPPED, "cannot be dialled")
                continue
            try:
                self._leg = self._stack.dial(uri, self._line)
            except NotNow as error:
                self._told(NO_LEG, str(error))
                continue
            self._deadlines.set("code", ANSWER_S, self._hang_up)

    def _hang_up(self) -> None:
        if self._leg is not None:
            self._stack.hang_up(self._leg)

    def _ended(self, signal: Ended) -> None:
        self._leg = None
        self._deadlines.drop("code")
        if self._answered:
            self._told(TAKEN, "")
        elif signal.by_us:
            self._told(NO_ANSWER, "no answer")
        else:
            self._told(signal.code, signal.reason)
        self._next()

    def _told(self, code: int, reason: str) -> None:
        _log.info("feature code", extra={"code": code, "reason": reason})
        self._tell(CodeDialled(self._dialled, code, reason))
