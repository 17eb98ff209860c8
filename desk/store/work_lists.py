"""Work lists read from the seat store. See `desk.usecases.work_ports.WorkLists`. Any thread.

A list is asked for in one statement that gives the ids of all its rows, what they are grouped by and what is searched
in them, as three long texts: SQLite sorts and joins them without the interpreter, so that a list of a hundred thousand
does not hold up the window. Rows in full are read as they come into sight."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from desk.domain import ticket_errands, work_items
from desk.domain.attempts import Attempt
from desk.domain.early_warnings import EarlyWarning
from desk.domain.follow_ups import FollowUp
from desk.domain.identity import TicketId
from desk.domain.knowledge import Question
from desk.domain.promises import Promise
from desk.domain.tickets import Ticket
from desk.domain.times import to_text
from desk.domain.what_next import What
from desk.domain.work_items import Other
from desk.domain.work_lists import AT_WORK, LAIN, Keys, ListQuery, Moment, WorkItem, WorkList, key_of, read_key
from desk.store.queries import AMONG, Reader, listed
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.store.work_list_sql import first_statement, rows_of, statement

_BREAK = "\x1e"  # between rows, in the long texts
T = TypeVar("T")


class SqlWorkLists:
    """`zone_hours`: whose days the limits are grouped by, hours east of UTC."""

    def __init__(self, store: Store, zone_hours: float = 8) -> None:
        self._store = store
        self._zone = f"{zone_hours:+g} hours"
        self._attempts = Reader(store, Attempt)
        self._tasks = SqlTasks(store)

    def keys(self, query: ListQuery) -> Keys:
        with self._store.read() as connection:
            ids, groups, texts = connection.exec_driver_sql(
                statement(query), self._given(query.who, query.moment)
            ).one()
        if ids is None:
            return Keys([], [], [])
        found = Keys(ids.split(_BREAK), groups.split(_BREAK), texts.split(_BREAK))
        if len(found.texts) != len(found.ids):
            # Somebody's name holds the break: nothing to search is better than no list.
            return Keys(found.ids, found.groups, [""] * len(found.ids))
        return found

    def first(self, query: ListQuery, most: int) -> list[str]:
        with self._store.read() as connection:
            given = self._given(query.who, query.moment) | {"most": most}
            return list(connection.exec_driver_sql(first_statement(query), given).scalars())

    def counts(self, who: str, moment: Moment) -> dict[WorkList, int]:
        parts = (f"(SELECT count(*) FROM ({rows_of(one)}))" for one in WorkList)  # noqa: S608
        with self._store.read() as connection:
            row = connection.exec_driver_sql(f"SELECT {', '.join(parts)}", self._given(who, moment)).one()
        return dict(zip(WorkList, row, strict=True))

    def _given(self, who: str, moment: Moment) -> dict[str, Any]:
        return {
            "who": who,
            "now": to_text(moment.now),
            "at_hand": to_text(moment.at_hand),
            "soon": to_text(moment.soon),
            "since": to_text(moment.now - AT_WORK),
            "lain": to_text(moment.now - LAIN),
            "zone": self._zone,
        }

    def items(self, keys: Sequence[str], query: ListQuery) -> dict[str, WorkItem]:
        wanted: dict[What, list[str]] = {what: [] for what in What}
        for key in keys:
            what, about_id = read_key(key)
            wanted[what].append(about_id)
        others: dict[What, Sequence[Other]] = {
            What.PROMISE: self._of(Promise, "promise_id", wanted[What.PROMISE]),
            What.FOLLOW_UP: self._of(FollowUp, "follow_up_id", wanted[What.FOLLOW_UP]),
            What.WARNING: self._of(EarlyWarning, "warning_id", wanted[What.WARNING]),
            What.QUESTION: self._of(Question, "question_id", wanted[What.QUESTION]),
        }
        belongs = [one.ticket_id for found in others.values() for one in found if one.ticket_id]
        rows = self._of(Ticket, "ticket_id", [*wanted[What.TICKET], *belongs])
        tickets = {ticket.ticket_id: ticket for ticket in rows}
        ids = [one for one in map(TicketId, wanted[What.TICKET]) if one in tickets]
        tasks, tries = self._tasks.of_tickets(ids), self._tries(ids)
        made = [
            work_items.of_ticket(
                tickets[one],
                ticket_errands.asked(
                    query.work_list, tickets[one], tasks.get(one, ()), tries.get(one, ()), query.moment
                ),
            )
            for one in ids
        ]
        for found in others.values():
            made += [work_items.of_other(one, tickets.get(one.ticket_id) if one.ticket_id else None) for one in found]
        tried = {key_of(What.TICKET, one): attempts[-1] for one, attempts in tries.items()} | self._tried(wanted)
        return {item.key: replace(item, tried=tried.get(item.key)) for item in made}

    def _of(self, cls: type[T], id_field: str, ids: Sequence[str]) -> list[T]:
        return Reader(self._store, cls).where(f"{id_field} {AMONG}", listed(ids)) if ids else []

    def _tries(self, ids: Sequence[TicketId]) -> dict[TicketId, list[Attempt]]:
        """Attempts about the tickets themselves, the last one last. (+: not by the index of `about_id`, for that would
        read all that are about tickets.)"""
        found: dict[TicketId, list[Attempt]] = {}
        condition = f'ticket_id {AMONG} AND +about_id IS NULL ORDER BY "at", attempt_id'
        for one in self._attempts.where(condition, listed(ids)) if ids else ():
            if one.ticket_id is not None:
                found.setdefault(one.ticket_id, []).append(one)
        return found

    def _tried(self, wanted: Mapping[What, Sequence[str]]) -> dict[str, Attempt]:
        """The last attempt about each thing that is no ticket."""
        others = {about_id: what for what, ids in wanted.items() if what is not What.TICKET for about_id in ids}
        if not others:
            return {}
        about = self._attempts.where(f'about_id {AMONG} ORDER BY "at", attempt_id', listed([*others]))
        return {key_of(others[one.about_id], one.about_id): one for one in about if one.about_id}
