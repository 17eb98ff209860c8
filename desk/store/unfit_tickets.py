"""Tickets that do not add up: what two seats wrote unseen by each other was folded field by field, and left a next
limit that is none of the ticket's, a clock that its stage does not have, or a stage that its tasks do not. See
`desk.usecases.mend_tickets`. Indexed by stage: what it costs is the open tickets, and of those joined to others the
ones of late. Any thread."""
# ruff: noqa: S608 - the statements are made of names of our own

from datetime import datetime

from desk.domain.clocks import DUE_FIELDS, RUNS
from desk.domain.conflicts import STAGE
from desk.domain.moves import ENDED, IN_WORK, SENT, SOLVED
from desk.domain.tasks import OPEN_TASKS, TaskStage
from desk.domain.tickets import OPEN_STAGES, Stage
from desk.domain.times import to_text
from desk.store.queries import AMONG, listed
from desk.store.store import Store

_NEVER = "'~'"  # sorts after every time

_WHENS = " ".join(f"WHEN '{clock.value}' THEN {name}" for clock, name in DUE_FIELDS.items())
_NAMED = f"CASE next_clock {_WHENS} END"  # the time of the clock that the ticket names as its next


def _first_of(stage: Stage) -> str:
    """SQL for the time of the clock that runs out first in this stage, `_NEVER` where none runs."""
    runs = RUNS[stage].always | RUNS[stage].may
    columns = [f"coalesce({DUE_FIELDS[clock]}, {_NEVER})" for clock in DUE_FIELDS if clock in runs]
    return f"min({', '.join([*columns, _NEVER])})" if columns else _NEVER


def _strays(stage: Stage) -> str:
    """SQL for whether a clock runs that this stage does not have, or one is missing. A suspended ticket holds them."""
    runs = RUNS[stage]
    missing = [f"{DUE_FIELDS[clock]} IS NULL" for clock in DUE_FIELDS if clock in runs.always]
    others = [f"{DUE_FIELDS[clock]} IS NOT NULL" for clock in DUE_FIELDS if clock not in runs.always | runs.may]
    return " OR ".join([*missing, *(others if stage is not Stage.SUSPENDED else [])])


def _unfit(stage: Stage) -> str:
    return (
        f"SELECT ticket_id FROM ticket WHERE stage = '{stage.value}' AND step <> ''"
        f" AND (coalesce(next_due_at, {_NEVER}) <> {_first_of(stage)} OR {_NAMED} IS NOT next_due_at"
        f" OR {_strays(stage)})"
    )


_HAS_OPEN_TASK = f"EXISTS (SELECT 1 FROM task WHERE task.ticket_id = ticket.ticket_id AND task.stage {AMONG})"
_HAS_DONE_TASK = (
    "EXISTS (SELECT 1 FROM task WHERE task.ticket_id = ticket.ticket_id"
    f" AND task.stage = '{TaskStage.DONE.value}' AND coalesce(round, 0) = coalesce(reopened, 0))"
)
_NOT_DISPUTED = " AND ticket_id NOT IN (SELECT entity_id FROM conflict WHERE entity = 'ticket' AND aspect = ?) LIMIT ?"
# The ended ones are many, and are looked at only where something of theirs still runs.
_CLOCKS = " UNION ALL ".join(
    [
        *(_unfit(stage) for stage in sorted(OPEN_STAGES, key=lambda stage: stage.value)),
        f"SELECT ticket_id FROM ticket WHERE next_due_at IS NOT NULL AND stage {AMONG} AND step <> ''",
    ]
)
_NOTHING_LEFT = f"SELECT ticket_id FROM ticket WHERE stage {AMONG} AND {_HAS_DONE_TASK} AND NOT {_HAS_OPEN_TASK}"
_NOBODY_SENT = (
    f"SELECT ticket_id FROM ticket WHERE stage {AMONG} AND step <> '' AND NOT {_HAS_OPEN_TASK} AND NOT {_HAS_DONE_TASK}"
    " AND EXISTS (SELECT 1 FROM task WHERE task.ticket_id = ticket.ticket_id)"
)
_LEFT_OPEN = (
    "SELECT ticket_id FROM ticket WHERE ticket_id IN"
    f" (SELECT ticket_id FROM task WHERE stage {AMONG}) AND stage {AMONG}"
)
_PARTS = " UNION ALL ".join([_CLOCKS, _NOTHING_LEFT, _NOBODY_SENT, _LEFT_OPEN])
_QUERY = f"SELECT DISTINCT ticket_id FROM ({_PARTS}) WHERE 1"

# A joined ticket, and the one that its work went to. Of a circle the ticket with the first id; nine are more than ever
# join each other in an outage.
_DISPUTED = "SELECT entity_id FROM conflict WHERE entity = 'ticket' AND aspect = ?"
_STRANDED = f"""
WITH RECURSIVE lately AS (
    SELECT a.ticket_id, a.joined_to FROM ticket a JOIN ticket b ON b.ticket_id = a.joined_to
    WHERE a.stage = '{Stage.JOINED.value}' AND a.closed_at > ? AND a.step <> ''
    AND (a.incident_id IS NULL OR a.incident_id IS NOT b.incident_id)
    AND (b.stage IN ('{Stage.JOINED.value}', '{Stage.CANCELLED.value}')
        OR b.stage = '{Stage.CLOSED.value}' AND b.closed_at < a.closed_at)
), way(start, at, steps) AS (
    SELECT ticket_id, joined_to, 1 FROM lately
    UNION ALL
    SELECT way.start, t.joined_to, way.steps + 1 FROM way JOIN ticket t ON t.ticket_id = way.at
    WHERE t.stage = '{Stage.JOINED.value}' AND t.joined_to IS NOT NULL AND way.at <> way.start AND way.steps < 9
)
SELECT l.ticket_id FROM lately l JOIN ticket b ON b.ticket_id = l.joined_to
WHERE (b.stage <> '{Stage.JOINED.value}'
    OR l.ticket_id = (SELECT min(w.at) FROM way w WHERE w.start = l.ticket_id)
    AND EXISTS (SELECT 1 FROM way w WHERE w.start = l.ticket_id AND w.at = l.ticket_id))
AND l.ticket_id NOT IN ({_DISPUTED}) AND l.joined_to NOT IN ({_DISPUTED})
ORDER BY l.ticket_id LIMIT ?"""


_SENT_TWICE = f"""
SELECT DISTINCT one.ticket_id FROM task one JOIN task two ON two.ticket_id = one.ticket_id
WHERE one.stage {AMONG} AND two.stage {AMONG} AND two.task_id <> one.task_id AND two.title = one.title
AND coalesce(two.round, 0) = coalesce(one.round, 0) LIMIT ?"""


def _stages(stages: frozenset[Stage]) -> str:
    return listed(sorted(stage.value for stage in stages))


class SqlUnfitTickets:
    def __init__(self, store: Store) -> None:
        self._store = store

    def unfit(self, limit: int) -> list[str]:
        """Ids of those that do not add up, but for those whose stage is still in dispute."""
        open_tasks = listed(sorted(stage.value for stage in OPEN_TASKS))
        tasks = (_stages(IN_WORK), open_tasks, _stages(SENT), open_tasks, open_tasks, _stages(ENDED | SOLVED))
        values = (_stages(ENDED), *tasks, STAGE, limit)
        with self._store.read() as connection:
            return [row[0] for row in connection.exec_driver_sql(_QUERY + _NOT_DISPUTED, values)]

    def sent_twice(self, limit: int) -> list[str]:
        """Ids of those with two open tasks of one name, one of which nobody has taken yet."""
        not_taken = listed((TaskStage.DISPATCHED.value, TaskStage.WAITING.value))
        values = (not_taken, listed(sorted(stage.value for stage in OPEN_TASKS)), limit)
        with self._store.read() as connection:
            return [row[0] for row in connection.exec_driver_sql(_SENT_TWICE, values)]

    def stranded(self, since: datetime, limit: int) -> list[str]:
        """Ids of tickets joined since then whose work goes on nowhere; see the port."""
        with self._store.read() as connection:
            found = connection.exec_driver_sql(_STRANDED, (to_text(since), STAGE, STAGE, limit))
            return [row[0] for row in found]
