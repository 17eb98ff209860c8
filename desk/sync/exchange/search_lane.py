"""The lane on which calls are looked for in the central database: one thread of the sync process with a connection of
its own. Between questions it brings the central index up, in turn with all other seats.

Whoever asks again has no use for the answer to what they asked before: that search is cancelled, and both questions are
answered, the older one with the trouble `OUTDATED`. Every question gets an answer."""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg

from desk.domain.troubles import Trouble
from desk.sync.central import search as central_search
from desk.sync.central.access import CentralAccess, CentralFault, connect, fault_of
from desk.wire import CallsFound, FindCalls

OUTDATED = "outdated"
INDEX_S = 2.0  # the index is looked after this often
AWAY_S = 10.0  # the same while the centre is away; a question tries at once
MOST = 200  # calls of a page, whatever is asked for
_STOP_S = 5.0

_log = logging.getLogger(__name__)


class Asker(Protocol):
    """Who asks: a peer of the link."""

    def send(self, message: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class _Question:
    asker: Asker
    asked: FindCalls


class SearchLane:
    """`who`: the way to the centre of whoever is signed in, asked again and again; None: nobody is. Calls are looked
    for with their rights. `waits`: the index can wait, this seat is sending or taking a great deal."""

    def __init__(self, who: Callable[[], CentralAccess | None], waits: Callable[[], bool] = lambda: False) -> None:
        self._who, self._waits = who, waits
        self._user = ""  # as whom the connection was made
        self._questions: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._connection: psycopg.Connection[Any] | None = None
        self._lock = threading.Lock()
        self._searching: _Question | None = None
        self._indexer = central_search.CentralIndexer()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="central-search", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask(self, asker: Asker, asked: FindCalls) -> None:
        """Any thread, returns at once; the answer goes to the asker."""
        self._questions.put(_Question(asker, asked))
        with self._lock:
            if self._searching is not None and self._searching.asker is asker and self._connection is not None:
                self._connection.cancel()

    def stop(self) -> None:
        self._stopping.set()
        self._questions.put(None)
        with self._lock:
            if self._connection is not None:
                with contextlib.suppress(psycopg.Error):
                    self._connection.cancel()
        self._thread.join(_STOP_S)

    def _run(self) -> None:
        pause_s = 0.0
        while not self._stopping.is_set():
            question = self._next(pause_s)
            if self._stopping.is_set():
                break
            pause_s = INDEX_S
            try:
                self._work(question)
            except psycopg.errors.QueryCanceled:
                self._answer(question, OUTDATED if not self._questions.empty() else Trouble.CENTRAL_UNREACHABLE.value)
            except (CentralFault, psycopg.Error) as error:
                fault = error if isinstance(error, CentralFault) else fault_of(error)
                _log.warning("the central search cannot be used: %s: %s", fault.trouble.value, fault.detail)
                self._hang_up()
                self._answer(question, fault.trouble.value)
                pause_s = AWAY_S
            except Exception:  # noqa: BLE001 - the thread's outermost frame: a bug may not leave questions unanswered
                _log.exception("the central search failed")
                self._hang_up()
                self._answer(question, Trouble.CENTRAL_UNREACHABLE.value)
                pause_s = AWAY_S
        self._hang_up()

    def _next(self, timeout_s: float) -> _Question | None:
        """The newest question of those that wait; the older ones of the same asker are answered as outdated."""
        try:
            question = self._questions.get(timeout=timeout_s)
        except queue.Empty:
            return None
        others: list[_Question] = []
        with contextlib.suppress(queue.Empty):
            while True:
                newer = self._questions.get_nowait()
                if newer is None or question is None:
                    return None
                if newer.asker is question.asker:
                    self._answer(question, OUTDATED)
                    question = newer
                else:
                    others.append(newer)
        for other in others:
            self._questions.put(other)
        return question

    def _work(self, question: _Question | None) -> None:
        access = self._who()
        if access is None:
            raise CentralFault(Trouble.CENTRAL_UNREACHABLE, "nobody is signed in")
        if access.user != self._user:
            self._hang_up()
        connection = self._connection
        if connection is None:
            connection, self._user = connect(access, "search"), access.user
            with self._lock:
                self._connection = connection
        if question is None:
            while self._questions.empty() and not self._waits() and self._indexer.work_once(connection) > 0:
                pass
            return
        with self._lock:
            self._searching = question
        try:
            asked = question.asked
            hits = central_search.page(connection, asked.query, asked.after, min(asked.limit, MOST))
        finally:
            with self._lock:
                self._searching = None
        question.asker.send(CallsFound(asked.request, tuple(hits)))

    def _answer(self, question: _Question | None, trouble: str) -> None:
        if question is not None:
            question.asker.send(CallsFound(question.asked.request, (), trouble))

    def _hang_up(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
