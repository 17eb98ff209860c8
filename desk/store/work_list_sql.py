"""Work lists as SQL: the domain's tables (`what_next.ORDER`, `what_next.ERRAND_BY_STAGE`, `work_lists.CONTENTS`) made
into one statement for each list. Strings only, made from constants of our own; values are bound. Pure, any thread.

Tickets are read from `ticket_listed`, an index over open tickets that holds all that a list sorts and filters by; it is
named in the statement because SQLite guesses otherwise."""

# ruff: noqa: S608 - every part of a statement stands in this file or is a value of an enum

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from desk.domain import what_next
from desk.domain.early_warnings import OPEN_WARNINGS
from desk.domain.follow_ups import FollowUpKind, FollowUpState
from desk.domain.knowledge import QuestionState
from desk.domain.promises import PromiseState
from desk.domain.tickets import Priority, Stage
from desk.domain.what_next import Errand, What, When
from desk.domain.work_lists import CONTENTS, Check, Column, GroupBy, ListQuery, WorkList
from desk.store.listed_index import IS_OPEN


def _quoted(value: Enum) -> str:
    return f"'{value.value}'"


def _among(values: Iterable[Enum]) -> str:
    return f"({', '.join(sorted(_quoted(value) for value in values))})"


def _case(branches: Iterable[tuple[str, str]], otherwise: str) -> str:
    found = " ".join(f"WHEN {condition} THEN {value}" for condition, value in branches)
    return f"CASE {found} ELSE {otherwise} END"


_TICKET_ERRAND = _case(
    [
        *((f"stage = {_quoted(stage)}", _quoted(errand)) for stage, errand in what_next.ERRAND_BY_STAGE.items()),
        *((f"next_clock = '{clock}'", _quoted(errand)) for clock, errand in what_next.ERRAND_BY_CLOCK.items()),
    ],
    _quoted(what_next.OTHERWISE),
)
_WHENS: Mapping[When, str] = {
    When.LATE: "due <= :now",
    When.NOW: "due > :now AND due <= :at_hand",
    When.SOON: "due > :at_hand AND due <= :soon",
    When.LATER: "(due IS NULL OR due > :soon)",
}


def _line(line: what_next.Line) -> str:
    tests = [f"errand IN {_among(line.errands)}"]
    if line.whens != frozenset(When):
        tests.append(f"({' OR '.join(_WHENS[one] for one in When if one in line.whens)})")
    if line.priorities:
        tests.append(f"priority IN {_among(line.priorities)}")
    return " AND ".join(tests)


_AT_ANY_TIME = [one for line in what_next.ORDER if When.LATER in line.whens for one in line.errands]
_COST = _case(((_line(line), str(index)) for index, line in enumerate(what_next.ORDER)), "NULL")
_RANK = _case(((f"priority = {_quoted(one)}", str(index)) for index, one in enumerate(Priority)), "9")
_ERRAND_RANK = _case(((f"errand = {_quoted(one)}", str(index)) for index, one in enumerate(Errand)), "99")
_STAGE_RANK = _case(((f"stage = {_quoted(one)}", str(index)) for index, one in enumerate(Stage)), "99")

# What every source gives; the last is what a filter searches.
_COLUMNS = "what, id, errand, due, priority, owner, stage, clock, progress, handler, category, building, place, "
_COLUMNS += "number, registered, told"


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
        f" {owner} AS owner, t.stage AS stage, '' AS clock, NULL AS progress,"
        " t.handler_id AS handler, t.category AS category, t.building_id AS building,"
        " coalesce(t.place_text, '') AS place, coalesce(t.number, '') AS number, t.registered_at AS registered,"
        " coalesce(t.place_text, '') || ' ' || coalesce(t.number, '') || ' ' || coalesce(t.category, '') || ' '"
        f" || coalesce(t.handler_id, '') || ' ' || {told} AS told"
        f' FROM "{table}" x LEFT JOIN ticket t ON t.ticket_id = x.ticket_id WHERE {where}',
        _ABOUT,
    )


_SOURCES: Mapping[What, _Source] = {
    What.TICKET: _Source(
        f"SELECT 'ticket' AS what, ticket_id AS id, {_TICKET_ERRAND} AS errand, next_due_at AS due, priority,"
        " coalesce(owner, '') AS owner, stage, next_clock AS clock, progress_due_at AS progress,"
        " handler_id AS handler, category, building_id AS building,"
        " coalesce(place_text, '') AS place, number, registered_at AS registered,"
        " coalesce(place_text, '') || ' ' || number || ' ' || coalesce(caller_name, '') || ' '"
        " || coalesce(contact_number, '') || ' ' || coalesce(category, '') || ' ' || coalesce(handler_id, '') || ' '"
        " || coalesce(owner, '') AS told"
        f" FROM ticket INDEXED BY ticket_listed WHERE {IS_OPEN} AND number IS NOT NULL",
        "SELECT 1 FROM attempt a WHERE a.ticket_id = id AND a.about_id IS NULL AND a.next_at > :now"
        ' AND (due IS NULL OR due > :now OR a."at" >= due)',
    ),
    What.PROMISE: _of_ticket(
        What.PROMISE,
        "promise",
        "promise_id",
        _quoted(Errand.CALL_BACK),
        "x.owner",
        "coalesce(x.caller_name, '') || ' ' || coalesce(x.number, '') || ' ' || x.text || ' ' || x.owner",
        f"(x.state = {_quoted(PromiseState.OPEN)} OR x.state IS NULL) AND x.due_at IS NOT NULL AND x.owner IS NOT NULL"
        " AND x.text IS NOT NULL",
    ),
    What.FOLLOW_UP: _of_ticket(
        What.FOLLOW_UP,
        "follow_up",
        "follow_up_id",
        _quoted(Errand.FOLLOW_UP),
        "coalesce(x.owner, '')",
        "coalesce(t.caller_name, '') || ' ' || coalesce(x.number, '') || ' ' || coalesce(x.owner, '')",
        # whether the plan was told is not asked while nothing can go on
        f"x.state = {_quoted(FollowUpState.DUE)} AND x.kind IS NOT NULL"
        f" AND NOT (x.kind = {_quoted(FollowUpKind.IN_PROCESS)} AND t.stage IS {_quoted(Stage.SUSPENDED)})",
    ),
    What.WARNING: _of_ticket(
        What.WARNING,
        "warning",
        "warning_id",
        _quoted(Errand.STEP_WARNING),
        "coalesce(x.turn, '')",
        "coalesce(t.caller_name, '') || ' ' || coalesce(x.issue, '') || ' ' || coalesce(x.turn, '')",
        f"x.step IN {_among(OPEN_WARNINGS)} AND x.turn IS NOT NULL",
    ),
    What.QUESTION: _of_ticket(
        What.QUESTION,
        "question",
        "question_id",
        f"CASE x.state WHEN {_quoted(QuestionState.OPEN)} THEN {_quoted(Errand.ANSWER)}"
        f" ELSE {_quoted(Errand.TELL_ANSWER)} END",
        f"coalesce(CASE x.state WHEN {_quoted(QuestionState.OPEN)} THEN x.owner ELSE x.asked_by END, '')",
        f"coalesce(x.caller_name, '') || ' ' || coalesce(x.number, '') || ' '"
        f" || CASE x.state WHEN {_quoted(QuestionState.OPEN)} THEN x.text || ' ' || coalesce(x.owner, '')"
        " ELSE coalesce(x.answer, '') || ' ' || coalesce(x.asked_by, '') END",
        f"x.state IN {_among((QuestionState.OPEN, QuestionState.ANSWERED))} AND x.text IS NOT NULL",
    ),
}
_FOLLOWED = "EXISTS (SELECT 1 FROM follow_up f WHERE f.ticket_id = id AND f.state = 'due' AND f.kind = 'closing')"
_LEFT = "SELECT number FROM staff WHERE active = 0 EXCEPT SELECT number FROM staff WHERE active = 1"


_CHECKS: Mapping[Check, str] = {
    Check.MINE: "owner = :who",
    Check.SOON: "due > :now AND due <= :soon",
    Check.LATE: "due <= :now",
    Check.DUE: "due <= :soon",
    Check.OWNERLESS: f"(owner = '' OR owner IN ({_LEFT}))",
    Check.UNACCEPTED: f"stage IN {_among((Stage.DISPATCHED, Stage.RETURNED))}",
    Check.NO_REPORT: f"progress <= :now AND stage <> {_quoted(Stage.SUSPENDED)}",
    Check.TO_FOLLOW_UP: f"stage = {_quoted(Stage.DONE)} AND NOT {_FOLLOWED}",
    Check.IN_QUEUE: f"(due <= :soon OR errand IN {_among(_AT_ANY_TIME)}) AND cost IS NOT NULL"
    f" AND NOT (what = 'ticket' AND errand = {_quoted(Errand.FOLLOW_UP)} AND {_FOLLOWED})",
    Check.RESTED: "NOT EXISTS ({tried})",
    Check.FREE: "(owner IN ('', :who) OR owner NOT IN"
    " (SELECT who FROM stay WHERE until IS NULL AND since > :since AND who IS NOT NULL))",
}
_SORTS: Mapping[Column, str] = {
    Column.COST: f"coalesce(cost, {len(what_next.ORDER)})",
    Column.DUE: "due",
    Column.NUMBER: "number",
    Column.PRIORITY: _RANK,
    Column.ERRAND: _ERRAND_RANK,
    Column.PLACE: "place",
    Column.CATEGORY: "category",
    Column.STAGE: _STAGE_RANK,
    Column.OWNER: "owner",
    Column.HANDLER: "handler",
    Column.REGISTERED: "registered",
}
_GROUPS: Mapping[GroupBy, tuple[str, str]] = {  # what it is grouped by, and in which order the groups come
    GroupBy.NONE: ("''", ""),
    GroupBy.ERRAND: ("errand", _ERRAND_RANK),
    GroupBy.DAY: ("coalesce(strftime('%Y-%m-%d', due, :zone), '')", "grp = '', grp"),
    GroupBy.BUILDING: ("coalesce(building, '')", "grp = '', length(grp), grp"),
    GroupBy.CATEGORY: ("coalesce(category, '')", "grp = '', grp"),
    GroupBy.OWNER: ("owner", "grp"),
    GroupBy.HANDLER: ("coalesce(handler, '')", "grp = '', grp"),
}


def rows_of(work_list: WorkList, *, costed: bool = False) -> str:
    """A SELECT of all rows of a list, in no order. `costed`: with their place in the queue, else without."""
    parts: list[str] = []
    for line in CONTENTS[work_list]:
        cost = _COST if costed or Check.IN_QUEUE in line.checks else "NULL"
        for what in line.whats:
            source = _SOURCES[what]
            where = " AND ".join(_CHECKS[check].format(tried=source.tried) for check in line.checks) or "1"
            found = f"SELECT *, {cost} AS cost FROM ({source.select})"
            parts.append(f"SELECT {_COLUMNS}, cost FROM ({found}) WHERE {where}")
    return " UNION ALL ".join(parts)


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
    rows = rows_of(query.work_list, costed=query.sort is Column.COST)
    return (
        f"SELECT what || ':' || id AS key, {group} AS grp, lower(told) AS told FROM ({rows})"
        f" ORDER BY {', '.join(part for part in order if part)}"
    )
