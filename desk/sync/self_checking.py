"""The seat's night self-check: when it is due and the seat is quiet, the phone is asked to call itself, what came of it
is looked at, and the result is filed to the seat register.

Quiet: no call, nobody at the window (or none is there) for the minutes that the settings say, no great exchange under
way. A seat that is in use all through its hours is not checked, and that is filed, too; a resident who calls in between
costs the check, which is tried again. One that somebody asks for (`desk seats check`) waits for nothing but calls.

Sync process: `hear` on the link's thread, `work_once` on a worker's, which `examine` may keep for some seconds."""

import logging
import queue
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Protocol

from desk.domain.availability import Availability
from desk.domain.commands import CheckSelf
from desk.domain.events import AvailabilityChanged, CommandRefused, SelfChecked
from desk.domain.health import Finding, Level
from desk.domain.self_check import SOON_AGAIN, due_since
from desk.domain.snapshots import PhoneSnapshot
from desk.i18n import _
from desk.usecases.ports import Clock

ANSWER_S = 90.0  # of the phone, longer than every time limit that the call has of its own
CALL = "self_check.call"
_log = logging.getLogger(__name__)


class SeatNow(Protocol):
    """The seat as the sync process sees it. Any thread."""

    def in_call(self) -> bool: ...

    def is_quiet(self) -> bool:
        """Nobody is there, and nothing great is going on."""
        ...

    def ask_phone(self, command: CheckSelf) -> bool:
        """False where it is away."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """`at`: "03:30", "" = only when asked. `own`: the target is this seat's own number, which the exchange could send
    elsewhere by `codes` of its own."""

    at: str
    seat: str
    target: str
    line: str
    idle: timedelta
    own: bool
    codes: bool
    zone: tzinfo


class SelfChecking:
    """`done_at()`: when the last one was filed. `examine(checked)`: what its call left, looked at; `file(findings)`."""

    def __init__(
        self,
        wanted: Wanted,
        seat: SeatNow,
        examine: Callable[[SelfChecked], Sequence[Finding]],
        file: Callable[[Sequence[Finding]], None],
        done_at: Callable[[], datetime | None],
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wanted, self._seat = wanted, seat
        self._examine, self._file, self._done_at = examine, file, done_at
        self._clock, self._monotonic = clock, monotonic
        self._told: queue.SimpleQueue[SelfChecked | CommandRefused] = queue.SimpleQueue()
        self._availability = Availability()
        self._quiet_since: datetime | None = None
        self._asked_s: float | None = None  # the phone was, and has not answered
        self._not_before: datetime | None = None
        self._due: datetime | None = None
        self._by_hand = False

    def hear(self, message: Any) -> None:
        """Any message of the phone's, None: it is gone."""
        match message:
            case PhoneSnapshot():
                self._availability = message.availability
            case AvailabilityChanged():
                self._availability = message.availability
            case SelfChecked() | CommandRefused(command="CheckSelf") if self._asked_s is not None:
                self._told.put(message)
            case _:
                pass  # the doctor may let the seat call itself, too: that one is not ours

    def ask_for(self) -> None:
        """As soon as no call runs. Any thread."""
        self._by_hand = True

    def work_once(self) -> bool:
        if self._asked_s is not None:
            return self._await_answer()
        now = self._clock()
        if not self._seat.is_quiet():
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = now
        if self._is_time(now) and not self._seat.in_call():
            self._begin()
        return False

    def _is_time(self, now: datetime) -> bool:
        if self._by_hand:
            return True
        due = due_since(now, self._wanted.at, self._wanted.seat, self._wanted.zone)
        if due is None or due != self._due:
            self._missed()
            self._due = due
        done = self._done_at() if due is not None else None
        if due is None or (done is not None and done >= due):
            self._due = None if due is None else self._due
            return False
        if self._not_before is not None and now < self._not_before:
            return False
        return self._quiet_since is not None and now - self._quiet_since >= self._wanted.idle

    def _missed(self) -> None:
        """The hours of the last one are over, and there never was a quiet moment."""
        if self._due is None:
            return
        done = self._done_at()
        if done is None or done < self._due:
            why = _("The seat was in use all through the hours of its self-check.")
            self._file([Finding(CALL, Level.UNCHECKED, why)])

    def _begin(self) -> None:
        self._by_hand = False
        if self._wanted.own and self._wanted.codes and self._availability.forwards:
            why = _("Calls to this seat are forwarded by the exchange: a call to itself would ring elsewhere.")
            remedy = _("Name a number in [self_check] that sends back what it hears, or end the forwarding at night.")
            self._file([Finding(CALL, Level.UNCHECKED, why, remedy)])
        else:
            self._ask()

    def _ask(self) -> None:
        self._told = queue.SimpleQueue()
        self._asked_s = self._monotonic()  # before: the answer comes on another thread
        if not self._seat.ask_phone(CheckSelf(self._wanted.target, self._wanted.line)):
            self._asked_s = None
            self._file([Finding(CALL, Level.WRONG, _("The telephone part was not there."), _("Start Desk anew."))])

    def _await_answer(self) -> bool:
        try:
            told = self._told.get_nowait()
        except queue.Empty:
            if self._asked_s is not None and self._monotonic() - self._asked_s > ANSWER_S:
                self._asked_s = None
                why = _("The telephone part began the call to itself and did not answer any more.")
                self._file([Finding(CALL, Level.WRONG, why, _("Start Desk anew; tell IT if it happens again."))])
            return False
        self._asked_s = None
        if isinstance(told, CommandRefused):
            self._refused(told)
        elif told.code == 0:
            _log.info("a call came in between the self-check")
            self._not_before = self._clock() + SOON_AGAIN
            self._quiet_since = None
        else:
            self._file(self._examine(told))
        return True

    def _refused(self, told: CommandRefused) -> None:
        if told.reason == "not_now":
            self._not_before = self._clock() + SOON_AGAIN
            return
        why = _("The call to itself could not be made ({detail}).").format(detail=told.detail or told.reason)
        remedy = _("Look at the line's settings, and at [self_check] number.")
        self._file([Finding(CALL, Level.WRONG, why, remedy)])
