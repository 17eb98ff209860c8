"""The lane to the centre: two threads of the sync process. One exchanges (hello, push, pull, and a page of a first
fill) whenever it is nudged, the centre notifies, or `POLL_S` is over; the other only listens, on a connection of its
own, and wakes the first.

Promises: never gives up (pauses of `FIRST_PAUSE_S` to `LAST_PAUSE_S`, with jitter so that a hundred seats do not come
back in step); what is wrong is told by name through `on_state`; `stop` pushes once more what is unsent. Who connects is
asked before every round: when somebody else sits down, the next round is over their connection."""

import contextlib
import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import psycopg

from desk.domain.troubles import Trouble
from desk.sync.central.access import CentralAccess, CentralFault, connect, fault_of
from desk.sync.exchange.pace import Pace
from desk.sync.exchange.session import GoneStale, SeatSide, Session
from desk.sync.exchange.watch import answered_within
from desk.usecases.ports import StoreBroken, StoreFull
from desk.wire import CallerFetched, CentralState, FetchCaller

POLL_S = 5.0
FIRST_PAUSE_S, LAST_PAUSE_S = 0.2, 10.0
LAST_PUSH_S = 5.0
OWN_S = 300.0  # the seat's own role is not tried again before, where it failed
ANSWER_S = 60.0  # a round that takes longer is given up: several statements, each within the server's own limit
LISTEN_S = 60.0  # whether the connection that only listens still hears anything is asked this often
LIMIT_PAUSE_S = 30.0  # after the centre said that this was enough for now
MUCH = 200  # changes in a batch: a first fill, an import, a seat that was away
MUCH_S = 3.0  # and some of the same may follow

Who = Callable[[], CentralAccess | None]
_log = logging.getLogger(__name__)


class Asker(Protocol):
    """Who asks: a peer of the link."""

    def send(self, message: Any) -> None: ...


class CentralLane:
    """`who`: the way to the centre of the person who is signed in, or else of the seat; None: nobody is. `own`: that of
    the seat's own role, where it has one: then the exchange goes over it, whoever sits here, because the store is
    everybody's at this seat and what a person may read in an hour is limited; each person's own connection brings what
    they wrote. `troubles`: what is wrong with this seat, by name. `on_state` and `on_pulled` (entities of which rows
    changed) are called on the lane's threads."""

    def __init__(
        self,
        side: SeatSide,
        who: Who,
        on_state: Callable[[CentralState], None],
        on_pulled: Callable[[set[str]], None],
        own: CentralAccess | None = None,
        troubles: Callable[[], Sequence[str]] = lambda: (),
    ) -> None:
        self._side, self._who, self._own, self._troubles = side, who, own, troubles
        self._own_failed_at = -OWN_S
        self._outbox = side.outbox
        self._on_state, self._on_pulled = on_state, on_pulled
        self._wake = threading.Event()
        self._nudged = threading.Event()  # by this seat itself, so that there is nothing to wait for
        self._stopping = threading.Event()
        self._exchanging = threading.Thread(target=self._exchange_always, name="central-exchange", daemon=True)
        self._listening = threading.Thread(target=self._listen_always, name="central-listen", daemon=True)
        self._random = random.Random()  # noqa: S311 - jitter
        self._much_at = -MUCH_S  # when there was last a great deal to send or to take
        self._pace = Pace()  # the exchange thread's own
        self._failures = 0  # the exchange thread's own: in a row
        self._listen_failures = 0  # the listening thread's own
        self._in_step = False  # the exchange thread's own: nothing was unsent after its last round
        self._callers: queue.SimpleQueue[tuple[Asker, FetchCaller]] = queue.SimpleQueue()
        self._filled_permille = 1000

    @property
    def catching_up(self) -> bool:
        """A great deal is being sent or taken, here or by the seat that sends it. Any thread."""
        return time.monotonic() - self._much_at < MUCH_S

    def start(self) -> None:
        self._exchanging.start()
        self._listening.start()

    def nudge(self) -> None:
        """There is something to push, or to pull. Any thread; returns at once."""
        self._wake.set()
        self._nudged.set()

    def ask_caller(self, asker: Asker, asked: FetchCaller) -> None:
        """Whoever calls comes first. Any thread, returns at once; the answer goes to the asker."""
        self._callers.put((asker, asked))
        self.nudge()

    def stop(self) -> None:
        """A last round for what is unsent, `LAST_PUSH_S` at most."""
        self._stopping.set()
        self.nudge()
        self._exchanging.join(LAST_PUSH_S)

    def _exchange_always(self) -> None:
        while not self._stopping.is_set():
            access = None
            try:
                access = self._access_now()
                if access is None:
                    self._answer_callers(None)
                    self._tell_waiting()
                    self._wait_for_somebody()
                else:
                    self._exchange_as(access)
                continue
            except GoneStale:
                continue
            except Exception as error:  # noqa: BLE001 - the thread's outermost frame: the lane must outlive a bug
                if self._is_own_alone(access, error):
                    continue
                pause_s = self._tell_error(error)
            self._failures += 1
            self._answer_callers(None)
            self._stopping.wait(pause_s + self._pause_s(self._failures))

    def _access_now(self) -> CentralAccess | None:
        who, own = self._who(), self._own
        if who is None or own is None or _key(who) == _key(own) or time.monotonic() - self._own_failed_at < OWN_S:
            return who
        return own

    def _is_own_alone(self, access: CentralAccess | None, error: Exception) -> bool:
        """The centre will not have the seat's own role; whoever is signed in connects instead, for a while."""
        if access is None or access is not self._own or _key(self._who()) in (None, _key(access)):
            return False
        if not isinstance(error, CentralFault) or error.trouble is Trouble.CENTRAL_UNREACHABLE:
            return False
        _log.warning("the seat's own role %s is refused: %s", access.user, error.detail)
        self._own_failed_at = time.monotonic()
        return True

    def _exchange_as(self, access: CentralAccess) -> None:
        """Until somebody else sits down, or the end."""
        with contextlib.closing(connect(access, "exchange")) as connection:
            session = Session(
                self._side,
                connection,
                lambda: not self._stopping.is_set(),
                self._batch,
                lambda: self._answer_callers(session),
            )
            with contextlib.closing(session):
                with answered_within(connection, ANSWER_S):
                    session.open()
                try:
                    self._exchange_over(connection, session, access)
                except (StoreFull, psycopg.errors.ConfigurationLimitExceeded) as error:
                    full = isinstance(error, StoreFull)
                    session.tell_end(*self._troubles(), (Trouble.STORE_FULL if full else Trouble.CENTRE_LIMIT).value)
                    raise
                self._last_push(session)

    def _exchange_over(self, connection: psycopg.Connection[Any], session: Session, access: CentralAccess) -> None:
        while not self._stopping.is_set() and _key(self._access_now()) == _key(access):
            began = time.monotonic()
            with answered_within(connection, ANSWER_S):
                more = self._round(session)
            self._pace.worked(time.monotonic() - began)
            self._failures = 0
            if not more and not session.fills():
                self._nudged.wait(self._pace.rest_s())  # what is saved here never waits
                self._wake.wait(POLL_S)

    def _tell_error(self, error: Exception) -> float:
        """What it means for the seat, to the windows; how long to leave the centre alone besides the usual pause."""
        match error:
            case CentralFault():
                self._tell_fault(error.trouble, error.detail)
            case psycopg.errors.ConfigurationLimitExceeded():
                self._tell_fault(Trouble.CENTRE_LIMIT, str(error).splitlines()[0])
                return LIMIT_PAUSE_S
            case psycopg.Error():
                cut = fault_of(error)
                self._tell_fault(cut.trouble, cut.detail)
            case StoreFull():
                self._tell_fault(Trouble.STORE_FULL, str(error))
            case StoreBroken():
                self._tell_fault(Trouble.CENTRAL_UNREACHABLE, str(error))
            case _:
                _log.error("the exchange failed", exc_info=error)
                self._tell_fault(Trouble.CENTRAL_UNREACHABLE, f"{type(error).__name__}: {error}")
        return 0.0

    def _wait_for_somebody(self) -> None:
        self._wake.wait(POLL_S)
        self._wake.clear()

    def _round(self, session: Session) -> bool:
        """Whether another one is due at once."""
        self._nudged.clear()
        self._wake.clear()
        began = time.monotonic()
        self._answer_callers(session)
        done = session.round()
        if done.entities:
            self._on_pulled(done.entities)
        if done.pushed or done.pulled:
            _log.info("exchanged", extra={"pushed": done.pushed, "pulled": done.pulled})
        if done.refused:
            _log.error("the centre refused %d changes; they are kept in this seat's store", done.refused)
        lag_ms = (time.monotonic() - began) * 1000
        unsent, refused = self._outbox.unsent_count(), self._outbox.refused_count()
        if unsent == 0 and not self._in_step:
            _log.info("central in step", extra={"first_round_ms": round(lag_ms)})
        self._in_step = unsent == 0
        self._filled_permille = session.filled_permille
        if session.fills():
            self._batch(MUCH)
        session.tell(unsent, refused, self._troubles())
        trouble, detail = next(((trouble.value, detail) for trouble, detail in session.troubles), ("", ""))
        self._on_state(
            CentralState(True, True, unsent, round(lag_ms, 1), trouble, detail, refused, self._filled_permille)
        )
        return done.more

    def _answer_callers(self, session: Session | None) -> None:
        """None: the centre is away, and nobody comes."""
        while True:
            try:
                asker, asked = self._callers.get_nowait()
            except queue.Empty:
                return
            found: set[str] = set()
            try:
                found = session.fetch_caller(asked.lookup_keys) if session else set()
            finally:
                if found:
                    self._on_pulled(found)
                asker.send(CallerFetched(asked.request, bool(found)))

    def _batch(self, changes: int) -> None:
        if changes >= MUCH:
            self._much_at = time.monotonic()

    def _last_push(self, session: Session) -> None:
        end = time.monotonic() + LAST_PUSH_S
        session.last_push(lambda: time.monotonic() < end)

    def _tell_waiting(self) -> None:
        self._in_step = False
        unsent, refused = self._counts()
        self._on_state(CentralState(True, False, unsent, 0.0, "", "", refused, self._filled_permille))

    def _tell_fault(self, trouble: Trouble, detail: str) -> None:
        _log.warning("the centre cannot be used: %s: %s", trouble.value, detail)
        self._in_step = False
        unsent, refused = self._counts()
        self._on_state(CentralState(True, False, unsent, 0.0, trouble.value, detail, refused, self._filled_permille))

    def _counts(self) -> tuple[int, int]:
        with contextlib.suppress(StoreFull, StoreBroken):
            return self._outbox.unsent_count(), self._outbox.refused_count()
        return 0, 0

    def _pause_s(self, failures: int) -> float:
        longest = min(LAST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures - 1, 10))
        return longest * self._random.uniform(0.5, 1.0)

    def _listen_always(self) -> None:
        while not self._stopping.is_set():
            try:
                access = self._who()
                if access is not None:
                    self._listen_as(access)
            except (CentralFault, psycopg.Error):
                pass  # what is wrong is told by the exchange; here it only means that polling has to do
            except Exception:  # noqa: BLE001 - the thread's outermost frame: the lane must outlive a bug
                _log.exception("listening failed")
            self._listen_failures += 1
            self._stopping.wait(self._pause_s(self._listen_failures))

    def _listen_as(self, access: CentralAccess) -> None:
        with contextlib.closing(connect(access, "listen")) as connection:
            connection.execute("LISTEN desk_change")
            self._listen_failures = 0
            self._wake.set()  # for what came before we listened
            asked_at = time.monotonic()
            while not self._stopping.is_set() and _key(self._who()) == _key(access):
                for _notice in connection.notifies(timeout=1.0):
                    self._wake.set()
                if time.monotonic() - asked_at > LISTEN_S:
                    asked_at = time.monotonic()
                    with answered_within(connection, ANSWER_S):
                        connection.execute("SELECT")


def _key(access: CentralAccess | None) -> tuple[str, int, str, str] | None:
    """Whose connection it is: one that was made for somebody else is not gone on with."""
    return (access.host, access.port, access.database, access.user) if access else None
