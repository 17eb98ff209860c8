"""The rows that a time's figures are made of, read from the seat store: see `desk.domain.ticket_figures.Rows`. What is
open is counted in SQL: there are thousands of them, and of most nothing else is asked. On a worker's thread; a day of a
busy estate takes some tens of milliseconds, a month the better part of a second."""

from datetime import datetime

from desk.domain.clocks import DUE_FIELDS, RUNS, ClockName
from desk.domain.follow_ups import FollowUp
from desk.domain.promises import Promise, PromiseState
from desk.domain.ticket_figures import OpenTickets, Rows
from desk.domain.tickets import OPEN_STAGES, Stage, Ticket
from desk.domain.times import to_text
from desk.store.queries import AMONG, Reader, listed
from desk.store.store import Store

_OPEN = listed(sorted(stage.value for stage in OPEN_STAGES))
_RUNNING = listed(sorted(stage.value for stage in OPEN_STAGES - {Stage.SUSPENDED}))
_STATES = listed([state.value for state in PromiseState])
# One index each; a ticket that fits several is read once.
_TICKETS = f"""ticket_id IN (
  SELECT ticket_id FROM ticket WHERE registered_at >= ? AND registered_at < ?
  UNION SELECT ticket_id FROM ticket WHERE done_at >= ? AND done_at < ?
  UNION SELECT ticket_id FROM ticket WHERE closed_at >= ? AND closed_at < ?
  UNION SELECT ticket_id FROM ticket WHERE stage {AMONG} AND late <> '[]')"""  # noqa: S608 - words of our own
_FOLLOW_UPS = """follow_up_id IN (
  SELECT follow_up_id FROM follow_up WHERE done_at >= ? AND done_at < ?
  UNION SELECT follow_up_id FROM follow_up WHERE due_at >= ? AND due_at < ?)"""
_WHOLE = "number IS NOT NULL AND description IS NOT NULL"  # a row is partial until all of its changes have come
_COUNT = f"SELECT count(*) FROM ticket WHERE stage {AMONG} AND registered_at < ? AND {_WHOLE}"  # noqa: S608
_OVERDUE = f"""SELECT coalesce(owner, ''), coalesce(overdue_cause, ''), count(*) FROM ticket
  WHERE stage {AMONG} AND next_due_at < ? AND registered_at < ? AND {_WHOLE} GROUP BY 1, 2"""  # noqa: S608


class SqlFigures:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._tickets = Reader(store, Ticket)
        self._follow_ups = Reader(store, FollowUp)
        self._promises = Reader(store, Promise)

    def rows(self, since: datetime, until: datetime) -> Rows:
        start, end = to_text(since), to_text(until)
        return Rows(
            self._tickets.where(_TICKETS, start, end, start, end, start, end, _OPEN),
            self._follow_ups.where(_FOLLOW_UPS, start, end, start, end),
            self._promises.where(f"state {AMONG} AND due_at >= ? AND due_at < ?", _STATES, start, end),
            self._open(start, end),
        )

    def _open(self, start: str, end: str) -> OpenTickets:
        owners: dict[str, int] = {}
        causes: dict[str, int] = {}
        with self._store.read() as connection:
            (count,) = connection.exec_driver_sql(_COUNT, (_OPEN, end)).one()
            overdue = connection.exec_driver_sql(_OVERDUE, (_RUNNING, end, end)).all()
            late = {
                clock.value: connection.exec_driver_sql(_late(clock), (_stages(clock), start, end, end)).scalar_one()
                for clock in ClockName
            }
        for owner, cause, many in overdue:
            owners[owner] = owners.get(owner, 0) + many
            causes[cause] = causes.get(cause, 0) + many
        return OpenTickets(count, owners, causes, {clock: many for clock, many in late.items() if many})


def _late(clock: ClockName) -> str:
    """Open tickets whose clock of this name ran out within the time."""
    due = DUE_FIELDS[clock]
    return (
        f"SELECT count(*) FROM ticket WHERE stage {AMONG} AND {due} >= ? AND {due} < ?"  # noqa: S608 - our own words
        f" AND registered_at < ? AND {_WHOLE}"
    )


def _stages(clock: ClockName) -> str:
    """The stages in which it runs."""
    return listed(sorted(stage.value for stage, runs in RUNS.items() if clock in runs.always | runs.may))
