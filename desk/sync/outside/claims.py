"""Which seat sends a message: asked of the centre, so that two seats do not send the same one. Standing alone a seat
may always. The sending worker's thread; a connection of its own, opened when there is something to send."""

import contextlib
import logging
from enum import Enum
from typing import Any, Protocol

import psycopg

from desk.sync.central.access import CentralAccess, CentralFault, connect

_log = logging.getLogger(__name__)


class Claim(Enum):
    MINE = "mine"
    OTHER = "other"  # another seat sends it, or may be about to
    DONE = "done"  # it is sent, or given up; this seat has not heard of it yet
    UNKNOWN = "unknown"  # the centre has no such message (yet)
    AWAY = "away"  # the centre cannot be asked


class Claims(Protocol):
    def claim(self, message_id: str) -> Claim: ...


class AloneClaims:
    """Without a centre."""

    def claim(self, message_id: str) -> Claim:  # noqa: ARG002 - the port's
        return Claim.MINE


class CentralClaims:
    """`seat`: the seat's name; its own claim is renewed."""

    def __init__(self, access: CentralAccess, seat: str) -> None:
        self._access, self._seat = access, seat
        self._connection: psycopg.Connection[Any] | None = None

    def claim(self, message_id: str) -> Claim:
        try:
            if self._connection is None:
                self._connection = connect(self._access, "messages")
            row = self._connection.execute("SELECT desk.claim_message(%s, %s)", (message_id, self._seat)).fetchone()
        except (CentralFault, psycopg.Error) as error:
            _log.info("messages wait for the centre: %s", error)
            self.close()
            return Claim.AWAY
        return Claim(row[0]) if row else Claim.UNKNOWN

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                connection.close()
