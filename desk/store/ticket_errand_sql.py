"""The errands of tickets as SQL: the same rows that `desk.domain.ticket_errands.errands_of` gives, one for each limit
that runs, of a ticket's own and of each task in hand. Strings only, made from constants of our own. Pure, any thread.

They are unrolled of those tickets alone that could stand on a list (`near`): what the narrow index of open tickets
knows of each is enough to leave out the rest before any of their rows is read."""

# ruff: noqa: S608 - every part of a statement stands in this file or is a value of an enum

from collections.abc import Iterable

from desk.domain import what_next
from desk.domain.clocks import AT_WORK, UNACCEPTED, ClockName
from desk.domain.moves import IN_WORK
from desk.domain.tasks import OPEN_TASKS, TaskStage
from desk.domain.ticket_errands import OF_WORK
from desk.domain.what_next import Errand
from desk.store.listed_index import IS_OPEN
from desk.store.queries import among, quoted

WHOLE = "whole"  # beside the clocks: the next limit of a ticket that is not in work, or that no clock explains


def case(branches: Iterable[tuple[str, str]], otherwise: str) -> str:
    found = " ".join(f"WHEN {condition} THEN {value}" for condition, value in branches)
    return f"CASE {found} ELSE {otherwise} END"


ERRAND_RANK = case(((f"errand = {quoted(one)}", str(index)) for index, one in enumerate(Errand)), "99")

# c: which limit; t: the ticket; x: its task, NULL where it has none in hand
_IN_HAND = (
    f"({{0}}.stage IN {among(OPEN_TASKS - {TaskStage.WAITING})}"
    f" OR ({{0}}.stage = {quoted(TaskStage.WAITING)} AND {{0}}.accept_due_at IS NOT NULL))"
)
_OF_TICKET = f"(x.task_id IS NULL OR c.clock = {quoted(ClockName.PLAN)})"
_AT_WORK = f"x.stage IN {among(AT_WORK)}"
_NOBODY_WORKS = f"NOT EXISTS (SELECT 1 FROM task y WHERE y.ticket_id = t.ticket_id AND y.stage IN {among(AT_WORK)})"
_LIMIT = case(
    [
        (f"c.clock = '{WHOLE}'", "t.next_due_at"),
        (f"c.clock = {quoted(ClockName.PLAN)}", "t.plan_due_at"),
        (f"c.clock = {quoted(ClockName.PROMISE)}", "t.promise_due_at"),
        (f"c.clock = {quoted(ClockName.ACCEPT)} AND x.task_id IS NULL", "t.accept_due_at"),
        (f"c.clock = {quoted(ClockName.TASK)} AND x.task_id IS NULL", "t.task_due_at"),
        (f"c.clock = {quoted(ClockName.PROGRESS)} AND x.task_id IS NULL", "t.progress_due_at"),
        (f"c.clock = {quoted(ClockName.ACCEPT)} AND x.stage IN {among(UNACCEPTED)}", "x.accept_due_at"),
        (f"c.clock = {quoted(ClockName.TASK)}", "x.due_at"),
        (f"c.clock = {quoted(ClockName.PROGRESS)} AND {_AT_WORK}", "x.progress_due_at"),
        (f"c.clock = {quoted(ClockName.PROGRESS)} AND {_NOBODY_WORKS}", "t.progress_due_at"),
    ],
    "NULL",
)
_ONWARD = case(
    [
        *((f"x.stage = {quoted(stage)}", quoted(one)) for stage, one in what_next.ERRAND_BY_TASK.items()),
        *((f"t.stage = {quoted(stage)}", quoted(one)) for stage, one in what_next.ERRAND_BY_STAGE.items()),
    ],
    quoted(what_next.OTHERWISE),
)
_ERRAND = case(
    [
        (f"c.clock = {quoted(ClockName.PROGRESS)} AND x.task_id IS NOT NULL AND NOT {_AT_WORK}", _ONWARD),
        *((f"c.clock = {quoted(clock)}", quoted(one)) for clock, one in what_next.ERRAND_BY_CLOCK.items()),
    ],
    _ONWARD,
)
_CLOCKS = " UNION ALL ".join(f"SELECT '{name}' AS clock" for name in (*(clock.value for clock in OF_WORK), WHOLE))
_UNROLLED = (
    "(SELECT ticket_id AS listed FROM ticket INDEXED BY ticket_listed"
    f" WHERE {IS_OPEN} AND number IS NOT NULL AND {{near}})"
    " CROSS JOIN ticket t ON t.ticket_id = listed"
    f" LEFT JOIN task x ON x.ticket_id = t.ticket_id AND t.stage IN {among(IN_WORK)} AND {_IN_HAND.format('x')}"
    f" CROSS JOIN ({_CLOCKS}) c"
)
# In work: each limit that runs, and the next one where it is none of them. Else: one errand.
_EXPLAINED = (
    "(t.next_due_at IS t.plan_due_at OR t.next_due_at IS t.promise_due_at"
    f" OR (t.next_due_at IS t.progress_due_at AND (x.task_id IS NULL OR {_NOBODY_WORKS}))"
    " OR (x.task_id IS NULL AND (t.next_due_at IS t.accept_due_at OR t.next_due_at IS t.task_due_at))"
    f" OR EXISTS (SELECT 1 FROM task y WHERE y.ticket_id = t.ticket_id AND {_IN_HAND.format('y')}"
    f" AND (t.next_due_at IS y.due_at OR (t.next_due_at IS y.accept_due_at AND y.stage IN {among(UNACCEPTED)})"
    f" OR (t.next_due_at IS y.progress_due_at AND y.stage IN {among(AT_WORK)}))))"
)
_COUNTS = (
    f"CASE WHEN t.stage NOT IN {among(IN_WORK)} THEN c.clock = '{WHOLE}'"
    f" WHEN c.clock = '{WHOLE}' THEN t.next_due_at IS NULL OR NOT {_EXPLAINED} ELSE due IS NOT NULL END"
)

# Which of several comes first: by its limit, then as `ticket_errands.first` has it. For `min`: one text.
BY_LIMIT = f"coalesce(due, '~') || printf('%02d%06d', {ERRAND_RANK}, turn) || coalesce(task, '')"

# Attempts that rest an errand: `ticket_errands.rests`. +: of this ticket by its index, not all that are about tickets.
_PURPOSES = case(
    ((f"errand = {quoted(one)}", f"a.purpose IN {among(by)}") for one, by in what_next.RESTED_BY.items()), "0"
)
TRIED = (
    "SELECT 1 FROM attempt a WHERE a.ticket_id = id AND +a.about_id IS NULL AND a.next_at > :now"
    ' AND (due IS NULL OR due > :now OR a."at" >= due)'
    f" AND (task IS NULL OR a.task_id IS NULL OR a.task_id = task) AND {_PURPOSES}"
)


def fields(ticket: str, handler: str) -> str:
    """What a list shows, sorts and filters by, of a ticket's row of this name."""
    t = ticket
    return (
        f"{t}.priority AS priority, coalesce({t}.owner, '') AS owner, {t}.stage AS stage, {handler} AS handler,"
        f" {t}.category AS category, {t}.building_id AS building, coalesce({t}.place_text, '') AS place,"
        f" {t}.number AS number, {t}.registered_at AS registered,"
        f" coalesce({t}.place_text, '') || ' ' || {t}.number || ' ' || coalesce({t}.caller_name, '') || ' '"
        f" || coalesce({t}.contact_number, '') || ' ' || coalesce({t}.category, '') || ' '"
        f" || coalesce({t}.handler_id, '') || ' ' || coalesce({t}.owner, '') AS told"
    )


def unrolled(near: str) -> str:
    """`near`: a condition over the columns of `ticket_listed`; "1" for all open tickets."""
    handler = f"CASE WHEN {_OF_TICKET} THEN t.handler_id ELSE x.handler_id END"
    return (
        f"SELECT 'ticket' AS what, t.ticket_id AS id, {_ERRAND} AS errand, {_LIMIT} AS due, {fields('t', handler)},"
        f" CASE WHEN NOT {_OF_TICKET} THEN x.task_id END AS task,"
        f" CASE WHEN {_OF_TICKET} THEN 0 ELSE coalesce(x.place, 1) END AS turn"
        f" FROM {_UNROLLED.format(near=near)} WHERE {_COUNTS}"
    )
