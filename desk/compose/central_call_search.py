"""Looking for calls in the central database from a window: `recording_ports.CallSearch` over the link to the sync
process, which has the connection. A worker's thread asks and waits; the link's thread brings the answer."""

import itertools
import threading
from collections.abc import Callable

from desk.domain.call_log import CallPlace
from desk.domain.call_search import CallHit, CallQuery
from desk.usecases.recording_ports import SearchAway
from desk.wire import CallsFound, FindCalls

ANSWER_S = 40.0  # the centre gives up a statement after thirty


class CentralCallSearch:
    """`send` hands a message to the sync process, False where there is none."""

    def __init__(self, send: Callable[[FindCalls], bool], answer_s: float = ANSWER_S) -> None:
        self._send, self._answer_s = send, answer_s
        self._numbers = itertools.count(1)
        self._waiting: dict[int, tuple[threading.Event, list[CallsFound]]] = {}

    def page(self, query: CallQuery, after: CallPlace | None, limit: int) -> list[CallHit]:
        request = next(self._numbers)
        answered, answers = self._waiting.setdefault(request, (threading.Event(), []))
        try:
            if not self._send(FindCalls(request, query, after, limit)):
                raise SearchAway("the sync process is away")
            if not answered.wait(self._answer_s):
                raise SearchAway("no answer in time")
        finally:
            del self._waiting[request]
        if answers[0].trouble:
            raise SearchAway(answers[0].trouble)
        return list(answers[0].hits)

    def hear(self, message: CallsFound) -> None:
        """An answer has come. Any thread."""
        waiting = self._waiting.get(message.request)
        if waiting is not None:
            waiting[1].append(message)
            waiting[0].set()

    def cut(self) -> None:
        """The sync process is gone, and with it what was asked."""
        for request in list(self._waiting):
            self.hear(CallsFound(request, (), "sync_away"))
