"""Those who reported an incident are called back: one promise for each household, owned by whoever takes it down.
Whoever joins the incident's ticket later comes onto the list in the same transaction in which their call joins. So does
whoever joins the ticket of another household: its follow-up asks that household alone, and nobody would tell the others
that it is done, or called off. A promise is made once: somebody who calls again is called back once, unless the work
has begun anew since they were told, or they had let it go. Whose number is withheld or unknown is on an incident's list
without one: their household may have a number, and nobody is forgotten for having none. Any thread."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from desk.domain.changes import Change
from desk.domain.identity import BuildingId, PersonId, TicketId
from desk.domain.incidents import Incident, IncidentState
from desk.domain.numbers import NumberKind, lookup_key, read_number
from desk.domain.patches import patch_of
from desk.domain.promises import Promise, PromiseState
from desk.domain.radar import Report
from desk.domain.tickets import Ticket
from desk.domain.times import to_text
from desk.usecases.estate_map import EstateMap
from desk.usecases.incident_ports import Incidents
from desk.usecases.join_call import Joiner
from desk.usecases.ports import ChangeAuthor, Clock

_NAMESPACE = uuid.UUID("5d1f0f4e-7f0a-5f0f-8a53-6a1c9a2b7e10")


@dataclass(frozen=True, slots=True)
class About:
    """What the words of an incident are made of: names as they are shown, and when it began."""

    category: str
    place: str
    reporters: int
    first_at: datetime


@dataclass(frozen=True, slots=True)
class IncidentWords:
    """What stands in the rows, in the office's language: the parent's description, what a promise is about, before
    and after it is over."""

    description: Callable[[About], str]
    call_back: Callable[[About], str]
    over: Callable[[About, str], str]


@dataclass(frozen=True, kw_only=True)
class CallBackParts:
    """`category`: a category's name by its code. `due`: by when somebody who reports now from this building
    is called back.
    `work_number`: of whoever is signed in."""

    author: ChangeAuthor
    incidents: Incidents
    estate_map: EstateMap
    category: Callable[[str], str]
    words: IncidentWords
    clock: Clock
    due: Callable[[datetime, str], datetime]
    work_number: Callable[[], str]


class CallBackList:
    def __init__(self, parts: CallBackParts) -> None:
        self._parts = parts

    def of(self, incident_id: str, ticket_id: TicketId, reports: Sequence[Report]) -> list[Promise]:
        """The list of this incident, the oldest report first."""
        turn: dict[str, int] = {}
        for index, report in enumerate(reports):
            turn.setdefault(_id(incident_id, report.who), index)
        found = self._parts.incidents.call_backs(ticket_id)
        return sorted(found, key=lambda one: turn.get(one.promise_id, len(turn)))

    def about(self, building_id: str, category: str, reporters: int = 0, first_at: datetime | None = None) -> About:
        parts = self._parts
        building = parts.estate_map.building(building_id)
        place = parts.estate_map.whole_building(building).text if building else ""
        return About(parts.category(category), place, reporters, first_at or parts.clock())

    def for_reports(
        self, incident: Incident, ticket_id: TicketId, reports: Sequence[Report], *, again: bool = False
    ) -> list[Change]:
        """Each household once, by the first of its reports that has a number, else by the first; nothing for those on
        the list, but the number of one who stood there without. `again`: they have reported it now, so one that was let
        go counts anew."""
        there = {one.promise_id: one for one in self._parts.incidents.call_backs(ticket_id)}
        best: dict[str, Report] = {}
        for report in reports:
            promise_id = _id(incident.incident_id, report.who)
            if promise_id not in best or (_number(report) and not _number(best[promise_id])):
                best[promise_id] = report
        changes: list[Change] = []
        for promise_id, report in best.items():
            known = there.get(promise_id)
            released = again and known is not None and known.state is PromiseState.RELEASED
            if known is None or released:
                text = self._parts.words.call_back(self.about(incident.building_id, incident.category))
                due_at = self._parts.due(self._parts.clock(), incident.building_id)
                made = self._made(promise_id, ticket_id, report, text, due_at)
                changes.append(_taken_up(made) if released else made)
            elif _number(report) and not known.number:
                changes.append(self._parts.author.change("promise", promise_id, {"number": _number(report)}))
        return changes

    def for_joined(self, ticket: Ticket, joiner: Joiner) -> list[Change]:
        """Somebody's call, or ticket, joined this ticket. Of an incident that lasts they are on its list; else, unless
        it is their own household's, they are told when it was promised to be done."""
        building, parts = ticket.building_id or BuildingId(""), self._parts
        report = Report(
            parts.clock(),
            building,
            ticket.category,
            ticket.ticket_id,
            joiner.call_id,
            joiner.household_id,
            joiner.number,
            joiner.caller_name,
            joiner.person_id,
        )
        incident = parts.incidents.get(ticket.incident_id) if ticket.incident_id else None
        if incident and incident.state is IncidentState.CONFIRMED and incident.ticket_id == ticket.ticket_id:
            return self.for_reports(incident, ticket.ticket_id, [report], again=True)
        there = {one.promise_id: one for one in parts.incidents.call_backs(ticket.ticket_id)}
        before = [one for name in _rounds(ticket) if (one := there.get(_id(name, report.who))) is not None]
        promise_id = _id(_rounds(ticket)[-1], report.who)
        is_told = any(one.state is PromiseState.KEPT and one.promise_id == promise_id for one in before)
        is_there = is_told or any(one.state is PromiseState.OPEN for one in before)
        if is_there or _is_own(ticket, report):
            return []
        about = About(parts.category(ticket.category), ticket.place_text, 0, report.at)
        made = self._made(promise_id, ticket.ticket_id, report, parts.words.call_back(about), self._due(ticket))
        return [_taken_up(made) if promise_id in there else made]

    def for_joined_ticket(self, which: Ticket, to: Ticket) -> list[Change]:
        """The same for whoever is asked about `which`: its own follow-up is not made any more."""
        whose = (which.person_id, which.household_id, which.contact_number, which.caller_name)
        return self.for_joined(to, Joiner(which.call_id, *whose))

    def for_reopened(self, ticket: Ticket, is_drawn: Callable[[Promise], bool]) -> list[Change]:
        """The ticket as it is worked on again: whoever joined it is told once it is done now. Who was told already is
        promised another call; whose call was drawn forward when it was done (`is_drawn`) waits again."""
        parts, due = self._parts, self._due(ticket)
        rounds, of_joiner = _rounds(ticket), dict[str, list[Promise]]()
        for promise in parts.incidents.call_backs(ticket.ticket_id):
            if who := _joiner(rounds, promise):
                of_joiner.setdefault(who, []).append(promise)
        changes: list[Change] = []
        for who, promises in of_joiner.items():
            waiting = next((one for one in promises if one.state is PromiseState.OPEN), None)
            told = next((one for one in reversed(promises) if one.state is PromiseState.KEPT), None)
            if waiting is not None and is_drawn(waiting):
                changes.append(parts.author.change("promise", waiting.promise_id, {"due_at": to_text(due)}))
            elif waiting is None and told is not None:
                promise_id = _id(rounds[-1], who)
                made = self._made(promise_id, ticket.ticket_id, _report(ticket, told), told.text, due)
                changes.append(_taken_up(made) if any(one.promise_id == promise_id for one in promises) else made)
        return changes

    def _due(self, ticket: Ticket) -> datetime:
        """When it was promised to be done; where that is over, or nobody has said, soon."""
        now = self._parts.clock()
        due = next((due for due in (ticket.promise_due_at, ticket.plan_due_at) if due and due > now), None)
        return due or self._parts.due(now, ticket.building_id or "")

    def when_over(self, incident: Incident, now: datetime, what: str) -> list[Change]:
        """Those who were not called yet are due now, and told that it is over."""
        parts = self._parts
        changes: list[Change] = []
        if incident.ticket_id is None:
            return changes
        text = parts.words.over(self.about(incident.building_id, incident.category), what)
        for promise in parts.incidents.call_backs(incident.ticket_id):
            if waits_for(incident.incident_id, promise):
                told = patch_of(replace(promise, due_at=min(promise.due_at, now), text=text))
                wanted = {field: told[field] for field in ("due_at", "text")}
                changes.append(parts.author.change("promise", promise.promise_id, wanted))
        return changes

    def _made(self, promise_id: str, ticket_id: TicketId, report: Report, text: str, due_at: datetime) -> Change:
        """Without its state: a second maker sets nothing back that was kept."""
        number = self._parts.work_number()
        promise = Promise(
            promise_id,
            owner=number,
            made_by=number,
            made_at=self._parts.clock(),
            due_at=due_at,
            text=text,
            number=_number(report),
            caller_name=report.caller_name,
            call_id=report.call_id,
            ticket_id=ticket_id,
            person_id=PersonId(report.person_id) if report.person_id else None,
            household_id=report.household_id,
        )
        return self._parts.author.change("promise", promise_id, patch_of(promise, "promise_id", "state"))


def waits_for(incident_id: str, promise: Promise) -> bool:
    """Whether it was made for this incident, and nobody has called yet."""
    return promise.state is PromiseState.OPEN and bool(_joiner([incident_id], promise))


def waits_for_end(ticket: Ticket, promise: Promise) -> bool:
    """Whether it was made because its caller joined this ticket, and nobody has called yet."""
    return promise.state is PromiseState.OPEN and bool(_joiner(_rounds(ticket), promise))


def _rounds(ticket: Ticket) -> list[str]:
    """Under what the promises to those who joined it are made: anew each time that it was reopened."""
    return [ticket.ticket_id, *(f"{ticket.ticket_id}/{count}" for count in range(1, ticket.reopened + 1))]


def _joiner(names: Sequence[str], promise: Promise) -> str:
    """Who it was made for (`Report.who`), "" where it was made for none of these."""
    whose = (promise.household_id, promise.number, promise.call_id)
    found = (who for who in whose if who and promise.promise_id in {_id(name, who) for name in names})
    return next(found, "")


def _taken_up(made: Change) -> Change:
    """The same of one that is there and was let go."""
    return replace(made, patch={**made.patch, "state": PromiseState.OPEN.value, "reason": ""})


def _report(ticket: Ticket, promise: Promise) -> Report:
    """What it was promised for, once more."""
    return Report(
        promise.made_at,
        ticket.building_id or BuildingId(""),
        ticket.category,
        ticket.ticket_id,
        promise.call_id,
        promise.household_id,
        promise.number,
        promise.caller_name,
        promise.person_id,
    )


def _is_own(ticket: Ticket, report: Report) -> bool:
    """Whether the ticket's own follow-up reaches them."""
    if report.household_id is not None:
        return report.household_id == ticket.household_id
    return not _number(report) or lookup_key(report.number) == lookup_key(ticket.contact_number)


def _number(report: Report) -> str:
    """ "" where there is none to dial."""
    return "" if read_number(report.number).kind in (NumberKind.WITHHELD, NumberKind.UNKNOWN) else report.number


def _id(incident_id: str, who: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{incident_id}/{who}"))
