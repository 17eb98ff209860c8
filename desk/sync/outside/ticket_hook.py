"""Tells another system (the company's ERP) of every ticket that was made or changed: the whole ticket as it now stands,
signed, until it is taken. A worker of the sync process, at the seat or seats whose settings name the hook.

Promises: at least once, each ticket's last state in the end; the same state of a ticket always has the same
Idempotency-Key (see `signed_post`), so that who gets it twice can tell. What is not taken is tried again, later and
later, up to an hour apart, and never given up. Where nobody answers, one ticket asks for all of them."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import Enum

import msgspec

from desk.domain.ticket_out import TicketOut
from desk.domain.times import to_text
from desk.store.tickets_out import SqlTicketsOut, Untold
from desk.sync.outside.signed_post import Answer, ReceiverAway, signed_post
from desk.usecases.ports import Clock

FIRST_PAUSE_S, LAST_PAUSE_S = 10.0, 3600.0
_AT_ONCE = 50

_log = logging.getLogger(__name__)


Tell = Callable[[str, bytes, datetime], Answer]  # key, body, now; raises `ReceiverAway`


class _Told(Enum):
    TOLD = "told"
    NOTHING = "nothing"  # there was nothing to tell of this ticket
    REFUSED = "refused"
    AWAY = "away"  # nobody takes anything just now


def teller(url: str, secret: str, ca_file: str = "") -> Tell:
    def tell(key: str, body: bytes, at: datetime) -> Answer:
        return signed_post(url, secret, key, body, int(at.timestamp()), ca_file=ca_file)

    return tell


class TicketHook:
    """`since`: tickets registered before are not told of; None = from the first time this runs."""

    def __init__(
        self,
        tickets: SqlTicketsOut,
        tell: Tell,
        clock: Clock,
        since: datetime | None = None,
        going_on: Callable[[], bool] = lambda: True,
    ) -> None:
        self._tickets, self._post, self._clock, self._going_on = tickets, tell, clock, going_on
        self._since = since
        self._from = ""
        self._away_until: datetime | None = None
        self._failures = 0

    def work_once(self) -> bool:
        """Tell what is due; whether anything was told."""
        now = self._clock()
        self._from = self._from or self._tickets.begin(self._since or now)
        if self._away_until is not None and now < self._away_until:
            return False
        told = False
        for untold in self._tickets.due(now, _AT_ONCE):
            if not self._going_on():
                break
            became = self._tell(untold)
            told |= became is _Told.TOLD
            if became is _Told.AWAY:
                self._failures += 1
                self._away_until = self._clock() + _pause(self._failures)
                break
            self._failures, self._away_until = 0, None
        return told

    def _tell(self, untold: Untold) -> _Told:
        ticket = self._tickets.record(untold.ticket_id)
        state = "" if ticket is None else hashlib.sha256(msgspec.json.encode(asdict(ticket))).hexdigest()
        if ticket is None or ticket.registered_at < self._from or state == untold.body_hash:
            self._tickets.told(untold, untold.body_hash)  # partial, too old, or the same as before
            return _Told.NOTHING
        now = self._clock()
        try:
            answer = self._post(f"ticket-{state[:32]}", body_of(ticket, now), now)
        except ReceiverAway as away:
            return self._failed(untold, now, str(away), away=True)
        if not answer.taken:
            return self._failed(untold, now, f"HTTP {answer.status}", away=answer.again)
        self._tickets.told(untold, state)
        return _Told.TOLD

    def _failed(self, untold: Untold, now: datetime, why: str, away: bool) -> _Told:
        self._tickets.later(untold, now + _pause(untold.tries + 1), why)
        _log.warning("the ticket hook did not take a ticket: %s", why, extra={"ticket_id": untold.ticket_id})
        return _Told.AWAY if away else _Told.REFUSED


def body_of(ticket: TicketOut, at: datetime) -> bytes:
    """What happened, when it is told, and the ticket."""
    return msgspec.json.encode({"event": "ticket.changed", "at": to_text(at), "ticket": asdict(ticket)})


def _pause(failures: int) -> timedelta:
    return timedelta(seconds=min(LAST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures - 1, 16)))
