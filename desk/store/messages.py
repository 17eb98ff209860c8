"""Messages to people outside, read from the seat store: what of a ticket's the page shows, and what waits for its
sender. Implements `desk.usecases.notify.Messages`. Any thread; each a few indexed rows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from desk.domain.identity import TicketId
from desk.domain.messages import Delivery, Message
from desk.domain.tickets import Stage
from desk.domain.times import to_text
from desk.store.queries import Reader
from desk.store.schema import CHANGE, ROWS
from desk.store.store import Store

_MESSAGE = ROWS["message"]
# A maker leaves `delivery` out, so a message nobody has tried has none.
_WAITS = or_(_MESSAGE.c.delivery.is_(None), _MESSAGE.c.delivery == Delivery.WAITING.value)


@dataclass(frozen=True, slots=True)
class Origin:
    """`seat`: where a message was made. `known_to_centre`: others may have it. `refused`: the centre would not take
    it."""

    seat: str
    known_to_centre: bool
    refused: bool


class SqlMessages:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._messages = Reader(store, Message)

    def of_ticket(self, ticket_id: TicketId) -> list[Message]:
        """Oldest first."""
        return self._messages.many(
            select(_MESSAGE)
            .where(_MESSAGE.c.ticket_id == ticket_id)
            .order_by(_MESSAGE.c.made_at, _MESSAGE.c.message_id)
        )

    def moves_to(self, ticket_id: TicketId, stage: Stage) -> int:
        moved = select(func.count()).where(
            CHANGE.c.entity == "ticket",
            CHANGE.c.entity_id == ticket_id,
            func.json_extract(CHANGE.c.patch, "$.stage") == stage.value,
        )
        with self._store.read() as connection:
            return connection.execute(moved).scalar_one()

    def get(self, message_id: str) -> Message | None:
        return self._messages.one(select(_MESSAGE).where(_MESSAGE.c.message_id == message_id))

    def waiting(self, channel: str, now: datetime, limit: int) -> list[Message]:
        """Of this channel, oldest first, without those for later; when they were last tried is not asked."""
        return self._messages.many(
            select(_MESSAGE)
            .where(
                _WAITS,
                _MESSAGE.c.channel == channel,
                or_(_MESSAGE.c.not_before.is_(None), _MESSAGE.c.not_before <= to_text(now)),
            )
            .order_by(_MESSAGE.c.made_at, _MESSAGE.c.message_id)
            .limit(limit)
        )

    def unconfirmed(self, channel: str, since: datetime, limit: int) -> list[Message]:
        """Made since then and taken by this channel under a name that it can be asked after; newest first."""
        return self._messages.many(
            select(_MESSAGE)
            .where(
                _MESSAGE.c.delivery == Delivery.SENT.value,
                _MESSAGE.c.made_at >= to_text(since),
                _MESSAGE.c.channel == channel,
                _MESSAGE.c.channel_id != "",
            )
            .order_by(_MESSAGE.c.made_at.desc())
            .limit(limit)
        )

    def sent_by(self, message_id: str) -> str:
        """The seat that sent it; "" where nobody did."""
        query = (
            select(CHANGE.c.seat)
            .where(
                CHANGE.c.entity == "message",
                CHANGE.c.entity_id == message_id,
                func.json_extract(CHANGE.c.patch, "$.delivery") == Delivery.SENT.value,
            )
            .order_by(CHANGE.c.change_id.desc())
            .limit(1)
        )
        with self._store.read() as connection:
            return connection.execute(query).scalar() or ""

    def origin(self, message_id: str) -> Origin:
        query = (
            select(CHANGE.c.seat, CHANGE.c.central_seq, CHANGE.c.refused)
            .where(CHANGE.c.entity == "message", CHANGE.c.entity_id == message_id)
            .order_by(CHANGE.c.change_id)
        )
        with self._store.read() as connection:
            rows = connection.execute(query).all()
        known = any(row.central_seq is not None for row in rows)
        return Origin(rows[0].seat if rows else "", known, any(row.refused is not None for row in rows))
