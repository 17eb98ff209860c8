"""Work lists as SQL: the domain's tables (`what_next.ORDER`, `what_next.ERRAND_BY_STAGE`, `work_lists.CONTENTS`) made
into one statement for each list. Strings only, made from constants of our own; values are bound. Pure, any thread.

Tickets are read from `ticket_listed`, an index over open tickets that holds all that a list sorts and filters by; it is
named in the statement because SQLite guesses otherwise. A list that asks about the single errands of a ticket
(`desk.domain.ticket_errands`) unrolls them, one row for each limit, of those tickets alone that could stand on it."""

# ruff: noqa: S608 - every part of a statement stands in this file or is a value of an enum

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desk.domain import what_next
from desk.domain.agent_state import AWAY
from desk.domain.early_warnings import OPEN_WARNINGS
from desk.domain.follow_ups import FollowUpKind, FollowUpState
from desk.domain.knowledge import QuestionState
from desk.domain.promises import PromiseState
from desk.domain.tasks import TaskStage
from desk.domain.ticket_errands import NOT_TAKEN, OF_AN_ERRAND
from desk.domain.tickets import Priority, Stage
from desk.domain.what_next import Errand, What, When
from desk.domain.work_lists import CONTENTS, Check, Column, GroupBy, Line, ListQuery, WorkList
from desk.store.listed_index import IS_OPEN
from desk.store.queries import among, quoted
from desk.store.ticket_errand_sql import BY_LIMIT, ERRAND_RANK, TRIED, case, fields, unrolled

_WHENS: Mapping[When, str] = {
    When.LATE: "due <= :now",
    When.NOW: "due > :now AND due <= :at_hand",
    When.SOON: "due > :at_hand AND due <= :soon",
    When.LATER: "(due IS NULL OR due > :soon)",
}


def _line(line: what_next.Line) -> str:
    tests = [f"errand IN {among(line.errands)}"]
    if line.whens != frozenset(When):
        tests.append(f"({' OR '.join(_WHENS[one] for one in When if one in line.whens)})")
    if line.priorities:
        tests.append(f"priority IN {among(line.priorities)}")
    return " AND ".join(tests)


_AT_ANY_TIME = [one for line in what_next.ORDER if When.LATER in line.whens for one in line.errands]
_COST = case(((_line(line), str(index)) for index, line in enumerate(what_next.ORDER)), "NULL")
_RANK = case(((f"priority = {quoted(one)}", str(index)) for index, one in enumerate(Priority)), "9")
_STAGE_RANK = case(((f"stage = {quoted(one)}", str(index)) for index, one in enumerate(Stage)), "99")

# What every source gives; the last is what a filter searches.
_COLUMNS = "what, id, errand, due, priority, owner, stage, handler, category, building, place, number, registered, told"


@dataclass(frozen=True, slots=True)
class _Source:
    """`select` gives `_COLUMNS`; `tried` finds an attempt about its row, that says when to try again."""

    select: str
    tried: str


_ABOUT = "SELECT 1 FROM attempt a WHERE a.about_id = id AND a.next_at > :now"


def _of_ticket(what: What, table: str, id_field: str, errand: str, owner: str, told: str, where: str) -> _Source:
    """Something that belongs to a ticket, or to none."""
    return _Source(
        f"SELECT '{what.value}' AS what, x.{id_field} AS id, {errand} AS errand, x.due_at AS due,"
        " t.priority AS priority,"
        f" {owner} AS owner, t.stage AS stage,"
        " t.handler_id AS handler, t.category AS category, t.building_id AS building,"
        " coalesce(t.place_text, '') AS place, coalesce(t.number, '') AS number, t.registered_at AS registered,"
        " coalesce(t.place_text, '') || ' ' || coalesce(t.number, '') || ' ' || coalesce(t.category, '') || ' '"
        f" || coalesce(t.handler_id, '') || ' ' || {told} AS told"
        f' FROM "{table}" x LEFT JOIN ticket t ON t.ticket_id = x.ticket_id WHERE {where}',
        _ABOUT,
    )


_SOURCES: Mapping[What, _Source] = {
    What.TICKET: _Source(
        # by its first limit alone: what it asks for is not looked at
        f"SELECT 'ticket' AS what, ticket_id AS id, '' AS errand, next_due_at AS due, {fields('ticket', 'handler_id')}"
        f" FROM ticket INDEXED BY ticket_listed WHERE {IS_OPEN} AND number IS NOT NULL",
        TRIED,
    ),
    What.PROMISE: _of_ticket(
        What.PROMISE,
        "promise",
        "promise_id",
        quoted(Errand.CALL_BACK),
        "x.owner",
        "coalesce(x.caller_name, '') || ' ' || coalesce(x.number, '') || ' ' || x.text || ' ' || x.owner",
        f"(x.state = {quoted(PromiseState.OPEN)} OR x.state IS NULL) AND x.due_at IS NOT NULL AND x.owner IS NOT NULL"
        " AND x.text IS NOT NULL",
    ),
    What.FOLLOW_UP: _of_ticket(
        What.FOLLOW_UP,
        "follow_up",
        "follow_up_id",
        quoted(Errand.FOLLOW_UP),
        "coalesce(x.owner, '')",
        "coalesce(t.caller_name, '') || ' ' || coalesce(x.number, '') || ' ' || coalesce(x.owner, '')",
        # whether the plan was told is not asked while nothing can go on
        f"x.state = {quoted(FollowUpState.DUE)} AND x.kind IS NOT NULL"
        f" AND NOT (x.kind = {quoted(FollowUpKind.IN_PROCESS)} AND t.stage IS {quoted(Stage.SUSPENDED)})",
    ),
    What.WARNING: _of_ticket(
        What.WARNING,
        "warning",
        "warning_id",
        quoted(Errand.STEP_WARNING),
        "coalesce(x.turn, '')",
        "coalesce(t.caller_name, '') || ' ' || coalesce(x.issue, '') || ' ' || coalesce(x.turn, '')",
        f"x.step IN {among(OPEN_WARNINGS)} AND x.turn IS NOT NULL",
    ),
    What.QUESTION: _of_ticket(
        What.QUESTION,
        "question",
        "question_id",
        f"CASE x.state WHEN {quoted(QuestionState.OPEN)} THEN {quoted(Errand.ANSWER)}"
        f" ELSE {quoted(Errand.TELL_ANSWER)} END",
        f"coalesce(CASE x.state WHEN {quoted(QuestionState.OPEN)} THEN x.owner ELSE x.asked_by END, '')",
        f"coalesce(x.caller_name, '') || ' ' || coalesce(x.number, '') || ' '"
        f" || CASE x.state WHEN {quoted(QuestionState.OPEN)} THEN x.text || ' ' || coalesce(x.owner, '')"
        " ELSE coalesce(x.answer, '') || ' ' || coalesce(x.asked_by, '') END",
        f"x.state IN {among((QuestionState.OPEN, QuestionState.ANSWERED))} AND x.text IS NOT NULL",
    ),
}
_FOLLOWED = "EXISTS (SELECT 1 FROM follow_up f WHERE f.ticket_id = id AND f.state = 'due' AND f.kind = 'closing')"
_LEFT = "SELECT number FROM staff WHERE active = 0 EXCEPT SELECT number FROM staff WHERE active = 1"


_SITS = "SELECT who FROM stay WHERE until IS NULL AND since > :since AND who IS NOT NULL"
_AWAY = (
    f"{_SITS} AND (SELECT p.state FROM state_span p WHERE p.who = stay.who AND p.since >= stay.since"
    f" ORDER BY p.since DESC, p.state_span_id DESC LIMIT 1) IN {among(AWAY)}"
)
_LATELY = (
    "SELECT 1 FROM attempt a WHERE a.next_at > :lain AND a.ticket_id = id AND +a.about_id IS NULL AND what = 'ticket'"
    " UNION ALL SELECT 1 FROM attempt a WHERE a.next_at > :lain AND a.about_id = id"
)

_CHECKS: Mapping[Check, str] = {
    Check.MINE: "owner = :who",
    Check.SOON: "due > :now AND due <= :soon",
    Check.LATE: "due <= :now",
    Check.DUE: "due <= :soon",
    Check.OWNERLESS: f"(owner = '' OR owner IN ({_LEFT}))",
    Check.UNACCEPTED: f"errand IN {among(NOT_TAKEN)}",
    Check.NO_REPORT: f"errand = {quoted(Errand.GET_REPORT)} AND due <= :now",
    Check.TO_FOLLOW_UP: f"stage = {quoted(Stage.DONE)} AND NOT {_FOLLOWED}",
    Check.IN_QUEUE: f"(due <= :soon OR errand IN {among(_AT_ANY_TIME)}) AND cost IS NOT NULL"
    f" AND NOT (what = 'ticket' AND errand = {quoted(Errand.FOLLOW_UP)} AND {_FOLLOWED})",
    Check.RESTED: "NOT EXISTS ({tried})",
    Check.FREE: f"(owner IN ('', :who) OR owner NOT IN ({_SITS}) OR cost < {what_next.PRESSING}"
    f" AND (owner IN ({_AWAY})"
    f" OR due <= :lain AND owner NOT IN ({_SITS} AND since > :lain) AND NOT EXISTS ({_LATELY})))",
}
_OF_A_ROW = frozenset({Check.FREE})  # not of each errand of a ticket
# Which tickets could pass a check, by what `ticket_listed` knows of them and the index of tasks by their stage.
_SENDABLE = among(stage for stage, one in what_next.ERRAND_BY_STAGE.items() if one in _AT_ANY_TIME)
_NEAR: Mapping[Check, str] = {
    Check.SOON: "next_due_at <= :soon",
    Check.UNACCEPTED: f"(stage IN {among((Stage.DISPATCHED, Stage.RETURNED))}"
    f" OR ticket_id IN (SELECT ticket_id FROM task WHERE stage = {quoted(TaskStage.DISPATCHED)}))",
    Check.NO_REPORT: "progress_due_at <= :now",
    Check.IN_QUEUE: f"(next_due_at <= :soon OR stage IN {_SENDABLE} OR ticket_id IN"
    f" (SELECT ticket_id FROM task WHERE stage = {quoted(TaskStage.RETURNED)}"
    f" OR (stage = {quoted(TaskStage.WAITING)} AND accept_due_at IS NOT NULL)))",
}
_SORTS: Mapping[Column, str] = {
    Column.COST: f"coalesce(cost, {len(what_next.ORDER)})",
    Column.DUE: "due",
    Column.NUMBER: "number",
    Column.PRIORITY: _RANK,
    Column.ERRAND: ERRAND_RANK,
    Column.PLACE: "place",
    Column.CATEGORY: "category",
    Column.STAGE: _STAGE_RANK,
    Column.OWNER: "owner",
    Column.HANDLER: "handler",
    Column.REGISTERED: "registered",
}
_OF_AN_ERRAND = frozenset({Column.COST, Column.ERRAND, Column.HANDLER})  # a task has its own handler
_GROUPS: Mapping[GroupBy, tuple[str, str]] = {  # what it is grouped by, and in which order the groups come
    GroupBy.NONE: ("''", ""),
    GroupBy.ERRAND: ("errand", ERRAND_RANK),
    GroupBy.DAY: ("coalesce(strftime('%Y-%m-%d', due, :zone), '')", "grp = '', grp"),
    GroupBy.BUILDING: ("coalesce(building, '')", "grp = '', length(grp), grp"),
    GroupBy.CATEGORY: ("coalesce(category, '')", "grp = '', grp"),
    GroupBy.OWNER: ("owner", "grp"),
    GroupBy.HANDLER: ("coalesce(handler, '')", "grp = '', grp"),
}


def rows_of(work_list: WorkList, *, costed: bool = False, exact: bool = False) -> str:
    """A SELECT of all rows of a list, in no order. `costed`: with their place in the queue, else without. `exact`: with
    what each ticket asks for; without it only lists that are about that know it, and the others its limit alone."""
    parts: list[str] = []
    for line in CONTENTS[work_list]:
        cost = _COST if costed or Check.IN_QUEUE in line.checks else "NULL"
        for what in line.whats:
            source = _SOURCES[what]
            if what is What.TICKET and (exact or costed or not OF_AN_ERRAND.isdisjoint(line.checks)):
                parts.append(_one_of_each(line, cost))
            else:
                where = _all_of(line.checks, source)
                parts.append(
                    f"SELECT {_COLUMNS}, cost FROM (SELECT *, {cost} AS cost FROM ({source.select})) WHERE {where}"
                )
    return " UNION ALL ".join(parts)


def _one_of_each(line: Line, cost: str) -> str:
    """Of each ticket the errand that its row is about: SQLite gives the fields of the row that has the least."""
    near = " AND ".join(_NEAR[check] for check in line.checks if check in _NEAR) or "1"
    before = f"printf('%02d', cost) || {BY_LIMIT}" if Check.IN_QUEUE in line.checks else BY_LIMIT
    found = f"SELECT *, {cost} AS cost FROM ({unrolled(near)})"
    where = _all_of((check for check in line.checks if check not in _OF_A_ROW), _SOURCES[What.TICKET])
    best = f"SELECT {_COLUMNS}, cost, min({before}) FROM ({found}) WHERE {where} GROUP BY id"
    of_row = _all_of((check for check in line.checks if check in _OF_A_ROW), _SOURCES[What.TICKET])
    return f"SELECT {_COLUMNS}, cost FROM ({best}) WHERE {of_row}"


def _all_of(checks: Iterable[Check], source: _Source) -> str:
    return " AND ".join(_CHECKS[check].format(tried=source.tried) for check in checks) or "1"


def statement(query: ListQuery) -> str:
    """Gives one row: keys, groups and texts, each joined by U+001E in the order asked for; three NULLs without any."""
    return (
        "SELECT group_concat(key, char(30)), group_concat(grp, char(30)), group_concat(told, char(30))"
        f" FROM ({_ordered(query)})"
    )


def first_statement(query: ListQuery) -> str:
    """Gives the keys of the first rows, as many as `:most`."""
    return f"SELECT key FROM ({_ordered(query)} LIMIT :most)"


def _ordered(query: ListQuery) -> str:
    group, groups_first = _GROUPS[query.group]
    way = " DESC" if query.descending else ""
    nothing_last = "due IS NULL" if query.sort is Column.DUE else f"{_SORTS[query.sort]} IS NULL"
    order = (groups_first, nothing_last, f"{_SORTS[query.sort]}{way}", "due IS NULL", "due", "id")
    exact = query.sort in _OF_AN_ERRAND or query.group in (GroupBy.ERRAND, GroupBy.HANDLER)
    rows = rows_of(query.work_list, costed=query.sort is Column.COST, exact=exact)
    return (
        f"SELECT what || ':' || id AS key, {group} AS grp, lower(told) AS told FROM ({rows})"
        f" ORDER BY {', '.join(part for part in order if part)}"
    )
