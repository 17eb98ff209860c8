"""The duty roster read from the seat store. Implements `desk.usecases.task_ports.DutyTurns`. Any thread."""

from datetime import datetime, timedelta

from desk.domain.shifts import DutyTurn
from desk.domain.times import to_text
from desk.store.queries import Reader
from desk.store.store import Store

LONGEST = timedelta(days=100)  # of one turn: so an index on its beginning finds those that run


class SqlDutyTurns:
    def __init__(self, store: Store) -> None:
        self._turns = Reader(store, DutyTurn)

    def on_duty(self, at: datetime) -> list[DutyTurn]:
        """In the order in which they began."""
        condition = '"start" > ? AND "start" <= ? AND "until" > ? AND coalesce(ended, 0) = 0'
        since, now = to_text(at - LONGEST), to_text(at)
        return self._turns.where(f'{condition} ORDER BY "start", duty_turn_id', since, now, now)
