"""The rows that a time's figures are made of, read from the seat store: see `desk.domain.ticket_figures.Rows`. Some ten
thousand rows for a month of a large estate, so on a worker's thread."""

from datetime import datetime

from desk.domain.follow_ups import FollowUp
from desk.domain.promises import Promise, PromiseState
from desk.domain.ticket_figures import Rows
from desk.domain.tickets import OPEN_STAGES, Ticket
from desk.domain.times import to_text
from desk.store.queries import AMONG, Reader, listed
from desk.store.store import Store

_OPEN = listed(sorted(stage.value for stage in OPEN_STAGES))
_STATES = listed([state.value for state in PromiseState])
# One index each; a ticket that fits several is read once.
_TICKETS = f"""ticket_id IN (
  SELECT ticket_id FROM ticket WHERE registered_at >= ? AND registered_at < ?
  UNION SELECT ticket_id FROM ticket WHERE done_at >= ? AND done_at < ?
  UNION SELECT ticket_id FROM ticket WHERE closed_at >= ? AND closed_at < ?
  UNION SELECT ticket_id FROM ticket WHERE stage {AMONG})"""  # noqa: S608 - words of our own
_FOLLOW_UPS = """follow_up_id IN (
  SELECT follow_up_id FROM follow_up WHERE done_at >= ? AND done_at < ?
  UNION SELECT follow_up_id FROM follow_up WHERE due_at >= ? AND due_at < ?)"""


class SqlFigures:
    def __init__(self, store: Store) -> None:
        self._tickets = Reader(store, Ticket)
        self._follow_ups = Reader(store, FollowUp)
        self._promises = Reader(store, Promise)

    def rows(self, since: datetime, until: datetime) -> Rows:
        start, end = to_text(since), to_text(until)
        return Rows(
            self._tickets.where(_TICKETS, start, end, start, end, start, end, _OPEN),
            self._follow_ups.where(_FOLLOW_UPS, start, end, start, end),
            self._promises.where(f"state {AMONG} AND due_at >= ? AND due_at < ?", _STATES, start, end),
        )
