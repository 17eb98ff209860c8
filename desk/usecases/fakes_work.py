"""Work lists, promises and tasks over the store in memory; see `desk.usecases.fakes`."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any, assert_never

from desk.domain import ticket_errands, what_next, work_items
from desk.domain.attempts import Attempt
from desk.domain.early_warnings import OPEN_WARNINGS, EarlyWarning
from desk.domain.estate import Staff
from desk.domain.follow_ups import FollowUp, FollowUpKind, FollowUpState
from desk.domain.identity import CallId, TicketId
from desk.domain.knowledge import Question, QuestionState
from desk.domain.promises import Promise, PromiseState
from desk.domain.shifts import StateSpan, Stay, is_away
from desk.domain.tickets import OPEN_STAGES, Priority, Stage, Ticket
from desk.domain.what_next import Errand, What
from desk.domain.work_lists import (
    AT_WORK,
    CONTENTS,
    LAIN,
    Check,
    Column,
    GroupBy,
    Keys,
    ListQuery,
    Moment,
    WorkItem,
    WorkList,
)
from desk.domain.working_time import CHINA
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_tasks import FakeTasks

_LAST = datetime.max.replace(tzinfo=CHINA)


class FakePromises:
    """`work_ports.Promises`."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def _all(self) -> list[Promise]:
        return self._store.all_of(Promise)

    def get(self, promise_id: str) -> Promise | None:
        return next((one for one in self._all() if one.promise_id == promise_id), None)

    def open(self) -> list[Promise]:
        found = [one for one in self._all() if one.state is PromiseState.OPEN]
        return sorted(found, key=lambda one: (one.due_at, one.promise_id))

    def open_of(self, owner: str) -> list[Promise]:
        return [one for one in self.open() if one.owner == owner]

    def of_ticket(self, ticket_id: TicketId) -> list[Promise]:
        found = [one for one in self._all() if one.ticket_id == ticket_id]
        return sorted(found, key=lambda one: (one.made_at, one.promise_id))

    def of_call(self, call_id: CallId) -> list[Promise]:
        return [one for one in self.given_in(call_id) if one.state is PromiseState.OPEN]

    def given_in(self, call_id: CallId) -> list[Promise]:
        found = [one for one in self._all() if one.call_id == call_id]
        return sorted(found, key=lambda one: (one.made_at, one.promise_id))


class FakeWorkLists:
    """`work_ports.WorkLists`."""

    def __init__(self, store: FakeStore, zone: tzinfo = CHINA) -> None:
        self._store, self._zone = store, zone

    def keys(self, query: ListQuery) -> Keys:
        found = self._found(query.work_list, query.who, query.moment)
        found.sort(key=_by_limit)
        known = [one for one in found if _sorted(one, query) is not None]
        known.sort(key=lambda one: _sorted(one, query), reverse=query.descending)
        found = known + [one for one in found if _sorted(one, query) is None]
        if query.group is not GroupBy.NONE:
            found.sort(key=lambda one: self._group_place(one, query.group))
        return Keys(
            [one.key for one in found],
            [self._group(one, query.group) for one in found],
            [_told(one).lower() for one in found],
        )

    def first(self, query: ListQuery, most: int) -> list[str]:
        return self.keys(query).ids[:most]

    def items(self, keys: Sequence[str], query: ListQuery) -> dict[str, WorkItem]:
        every = [*self._tickets(query.work_list, query.moment, whole=True), *self._others(whole=True)]
        everything = {one.key: one for one in every}
        return {key: replace(everything[key], tried=self._tried(everything[key])) for key in keys if key in everything}

    def counts(self, who: str, moment: Moment) -> dict[WorkList, int]:
        return {one: len(self._found(one, who, moment)) for one in WorkList}

    def _found(self, work_list: WorkList, who: str, moment: Moment) -> list[WorkItem]:
        found: list[WorkItem] = []
        everything = [*self._tickets(work_list, moment), *self._others()]
        for line in CONTENTS[work_list]:
            of = [item for item in everything if item.what in line.whats]
            found += [item for item in of if all(self._passes(one, item, who, moment) for one in line.checks)]
        return found

    def _tickets(self, which: WorkList, moment: Moment, *, whole: bool = False) -> list[WorkItem]:
        """As their rows on this list are. `whole`: what is over, and what does not stand there, too."""
        found: list[WorkItem] = []
        attempts, tickets = self._store.all_of(Attempt), self._store.all_of(Ticket)
        tasks = FakeTasks(self._store).of_tickets([one.ticket_id for one in tickets])
        for one in tickets:
            own = tasks.get(one.ticket_id, [])
            tries = [attempt for attempt in attempts if attempt.ticket_id == one.ticket_id]
            asked = ticket_errands.on_list(which, one, own, tries, moment)
            if whole:
                asked = ticket_errands.asked(which, one, own, tries, moment)
            if asked is not None and (whole or one.stage in OPEN_STAGES):
                found.append(work_items.of_ticket(one, asked))
        return found

    def _others(self, *, whole: bool = False) -> list[WorkItem]:
        tickets = {one.ticket_id: one for one in self._store.all_of(Ticket)}
        others: list[work_items.Other] = [
            *(one for one in self._store.all_of(Promise) if whole or one.state is PromiseState.OPEN),
            *(one for one in self._store.all_of(FollowUp) if whole or one.state is FollowUpState.DUE),
            *(one for one in self._store.all_of(EarlyWarning) if whole or one.step in OPEN_WARNINGS),
            *(
                one
                for one in self._store.all_of(Question)
                if whole or one.state in (QuestionState.OPEN, QuestionState.ANSWERED)
            ),
        ]
        belongs = [(one, tickets.get(one.ticket_id) if one.ticket_id else None) for one in others]
        belongs = [(one, ticket) for one, ticket in belongs if whole or not _rests(one, ticket)]
        return [work_items.of_other(one, ticket) for one, ticket in belongs]

    def _passes(self, check: Check, item: WorkItem, who: str, moment: Moment) -> bool:
        return _CHECKS[check](self, item, who, moment)

    def _is_ownerless(self, item: WorkItem) -> bool:
        staff = self._store.all_of(Staff)
        left = {one.number for one in staff if not one.active} - {one.number for one in staff if one.active}
        return item.owner == "" or item.owner in left

    def _is_free(self, item: WorkItem, who: str, moment: Moment) -> bool:
        now = moment.now
        theirs = [one for one in self._store.all_of(Stay) if one.who == item.owner and one.until is None]
        sits = [one for one in theirs if one.since > now - AT_WORK]
        if item.owner in ("", who) or not sits:
            return True
        cost = _cost(item, moment)
        if cost is None or cost >= what_next.PRESSING:
            return False
        spans = [one for one in self._store.all_of(StateSpan) if one.who == item.owner]
        last = max(spans, key=lambda one: (one.since, one.state_span_id), default=None)
        if any(is_away(one, last) for one in sits):
            return True
        then = now - LAIN
        late = item.due_at is not None and item.due_at <= then
        tried = [one.next_at for one in self._about(item.what, item.about_id) if one.next_at is not None]
        return late and all(at <= then for at in tried) and all(one.since <= then for one in sits)

    def _has_follow_up(self, item: WorkItem) -> bool:
        found = self._store.all_of(FollowUp)
        due = [one for one in found if one.kind is FollowUpKind.CLOSING and one.state is FollowUpState.DUE]
        return any(one.ticket_id == item.about_id for one in due)

    def _about(self, what: What, about_id: str) -> list[Attempt]:
        found = self._store.all_of(Attempt)
        if what is What.TICKET:
            return [one for one in found if one.ticket_id == about_id and one.about_id is None]
        return [one for one in found if one.about_id == about_id]

    def _tried(self, item: WorkItem) -> Attempt | None:
        return max(self._about(item.what, item.about_id), key=lambda one: (one.at, one.attempt_id), default=None)

    def _is_rested(self, item: WorkItem, now: datetime) -> bool:
        if item.what is What.TICKET:
            return True  # asked of each of its errands (`_tickets`)
        waits = [one for one in self._about(item.what, item.about_id) if one.next_at is not None and one.next_at > now]
        return not waits

    def _in_queue(self, item: WorkItem, moment: Moment) -> bool:
        if item.what is What.TICKET and item.errand is Errand.FOLLOW_UP and self._has_follow_up(item):
            return False
        return _cost(item, moment) is not None

    def _group(self, item: WorkItem, group: GroupBy) -> str:
        ticket = item.ticket
        match group:
            case GroupBy.NONE:
                return ""
            case GroupBy.ERRAND:
                return item.errand.value
            case GroupBy.DAY:
                return f"{item.due_at.astimezone(self._zone):%Y-%m-%d}" if item.due_at else ""
            case GroupBy.BUILDING:
                return (ticket.building_id or "") if ticket else ""
            case GroupBy.CATEGORY:
                return ticket.category if ticket else ""
            case GroupBy.OWNER:
                return item.owner
            case GroupBy.HANDLER:
                return item.handler_id or ""
            case _:
                assert_never(group)

    def _group_place(self, item: WorkItem, group: GroupBy) -> Any:
        name = self._group(item, group)
        if group is GroupBy.ERRAND:
            return list(Errand).index(item.errand)
        length = len(name) if group is GroupBy.BUILDING else 0
        return (name == "" and group is not GroupBy.OWNER, length, name)


_CHECKS: dict[Check, Callable[[FakeWorkLists, WorkItem, str, Moment], bool]] = {
    Check.MINE: lambda _all, item, who, _moment: item.owner == who,
    Check.SOON: lambda _all, item, _who, m: item.due_at is not None and m.now < item.due_at <= m.soon,
    Check.LATE: lambda _all, item, _who, m: item.due_at is not None and item.due_at <= m.now,
    Check.DUE: lambda _all, item, _who, m: item.due_at is not None and item.due_at <= m.soon,
    Check.OWNERLESS: lambda every, item, _who, _moment: every._is_ownerless(item),
    Check.UNACCEPTED: lambda _all, _item, _who, _moment: True,  # asked of each errand of a ticket
    Check.NO_REPORT: lambda _all, _item, _who, _moment: True,
    Check.TO_FOLLOW_UP: lambda every, item, _who, _m: _stage(item) is Stage.DONE and not every._has_follow_up(item),
    Check.IN_QUEUE: lambda every, item, _who, moment: every._in_queue(item, moment),
    Check.RESTED: lambda every, item, _who, moment: every._is_rested(item, moment.now),
    Check.FREE: lambda every, item, who, moment: every._is_free(item, who, moment),
}


def _rests(thing: work_items.Other, ticket: Ticket | None) -> bool:
    if not isinstance(thing, FollowUp) or thing.kind is not FollowUpKind.IN_PROCESS:
        return False
    return ticket is not None and ticket.stage is Stage.SUSPENDED


def _stage(item: WorkItem) -> Stage | None:
    return item.ticket.stage if item.ticket else None


def _cost(item: WorkItem, moment: Moment) -> int | None:
    at = what_next.when(item.due_at, moment.now, moment.at_hand, moment.soon)
    return what_next.place(item.errand, at, item.priority)


def _by_limit(item: WorkItem) -> Any:
    return (item.due_at or _LAST, item.about_id)


def _sorted(item: WorkItem, query: ListQuery) -> Any:
    """None stands last, in either direction."""
    if query.sort is Column.COST:
        place = _cost(item, query.moment)
        return len(what_next.ORDER) if place is None else place
    own = _OWN_SORTS.get(query.sort)
    if own is not None:
        return own(item)
    without, of_ticket = _TICKET_SORTS[query.sort]
    return of_ticket(item.ticket) if item.ticket else without


_OWN_SORTS: dict[Column, Callable[[WorkItem], Any]] = {
    Column.DUE: lambda item: item.due_at,
    Column.ERRAND: lambda item: list(Errand).index(item.errand),
    Column.OWNER: lambda item: item.owner,
    Column.HANDLER: lambda item: item.handler_id,
}
_TICKET_SORTS: dict[Column, tuple[Any, Callable[[Ticket], Any]]] = {  # what stands for a thing without a ticket
    Column.NUMBER: ("", lambda ticket: ticket.number),
    Column.PRIORITY: (9, lambda ticket: list(Priority).index(ticket.priority)),
    Column.PLACE: ("", lambda ticket: ticket.place_text),
    Column.CATEGORY: (None, lambda ticket: ticket.category),
    Column.STAGE: (99, lambda ticket: list(Stage).index(ticket.stage)),
    Column.REGISTERED: (None, lambda ticket: ticket.registered_at),
}


def _told(item: WorkItem) -> str:
    ticket = item.ticket
    place = (ticket.place_text, ticket.number, ticket.category) if ticket else ("", "", "")
    handler = (ticket.handler_id or "") if ticket else ""
    about = "" if item.what in (What.TICKET, What.FOLLOW_UP) else item.text
    parts = (*place, item.caller_name, item.number, about, handler, item.owner)
    return " ".join(part for part in parts if part)
