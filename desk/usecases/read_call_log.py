"""The call log as a list: every call of the hotline or of one seat, newest first, narrowed down by kind, day, or by
whom it was with, a page at a time. Each row has what the list shows of a call: who and where they live, as far as that
is known, its recording or the reason why there is none, its ticket.

Paging is by place, not by count: calls that come in while somebody reads do not shift the pages. A worker's thread."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from enum import Enum

from desk.domain.call_log import MISSED_OUTCOMES, CallEntry, CallFilter, CallPlace, Outcome, RecordingEntry
from desk.domain.estate import Household, NumberEntry
from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.numbers import NumberKind, lookup_keys, read_number
from desk.domain.party import Direction
from desk.domain.reconcile import DayFigure, Finding
from desk.usecases.estate_map import EstateMap
from desk.usecases.find_person import PersonFinder
from desk.usecases.ports import CallLog, CallPages, Residents, Tickets
from desk.usecases.reconcile import Reconcile, Report

PAGE = 50
_PEOPLE_ASKED = 30  # of a name: "王" stands for a tenth of the estate, and a list of its calls for nobody
_FEWEST_DIGITS = 3
_WRITTEN_NUMBER = re.compile(r"[\d\s+()#*－-]+")


class Which(Enum):
    """The list's kinds."""

    ALL = "all"
    INCOMING = "incoming"
    OUTGOING = "outgoing"
    MISSED = "missed"  # abandoned by the caller or let go by the seat
    REJECTED = "rejected"
    TRANSFERRED = "transferred"  # by us, or forwarded unanswered
    FAULTY = "faulty"  # of the last days, whose recording is not as it should be


@dataclass(frozen=True, slots=True)
class CallQuery:
    """`text`: a number in any shape or part of one, part of a name, or a place. `day` in the hotline's zone. `seat`,
    `agent` "" = everybody's."""

    which: Which = Which.ALL
    text: str = ""
    day: date | None = None
    seat: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class CallRow:
    """`name` and `place` are "" where nobody knows. `sure`: the agent said who it was; else the number alone says so,
    and only where it stands for one person or one home. `recording` None: not sealed yet (`RecordingEntry.why` of one
    that is missing tells the reason). `number_shown` "" = withheld."""

    call: CallEntry
    number_shown: str
    name: str = ""
    place: str = ""
    sure: bool = False
    recording: RecordingEntry | None = None
    ticket_number: str = ""
    fault: Finding | None = None  # in the list of those at fault

    @property
    def talked(self) -> timedelta | None:
        """None where it was never answered, or still runs."""
        call = self.call
        return call.ended_at - call.answered_at if call.answered_at and call.ended_at else None

    @property
    def waited(self) -> timedelta | None:
        """How long it rang."""
        end = self.call.answered_at or self.call.ended_at
        return end - self.call.offered_at if end else None


@dataclass(frozen=True, slots=True)
class CallPage:
    """`next` is where the following page begins, None at the end of the list. `days`: how the recordings of the last
    days stand, in the list of those at fault. `number`: what was searched for, where that is a number, as it was
    typed."""

    rows: tuple[CallRow, ...]
    next: CallPlace | None
    days: tuple[DayFigure, ...] = ()
    number: str = ""


def _digits_of_number(text: str) -> str:
    """ "" where this is no number, nor part of one."""
    digits = re.sub(r"\D", "", text)
    return digits if _WRITTEN_NUMBER.fullmatch(text) and len(digits) >= _FEWEST_DIGITS else ""


class ReadCallLog:
    """`zone`: the hotline's, in which a day begins. `find_person`: how names and places are searched. `reconcile`:
    what finds recordings at fault; without it there are none."""

    def __init__(
        self,
        pages: CallPages,
        calls: CallLog,
        residents: Residents,
        tickets: Tickets,
        estate_map: EstateMap,
        find_person: PersonFinder,
        zone: tzinfo,
        area_code: str = "",
        reconcile: Reconcile | None = None,
    ) -> None:
        self._reconcile = reconcile
        self._pages, self._calls, self._residents, self._tickets = pages, calls, residents, tickets
        self._map, self._find_person, self._zone, self._area_code = estate_map, find_person, zone, area_code

    def read(self, query: CallQuery, after: CallPlace | None = None, limit: int = PAGE) -> CallPage:
        """The page after this place. Raises what the store raises."""
        text = query.text.strip()
        return replace(self._page(query, after, limit), number=text if _digits_of_number(text) else "")

    def _page(self, query: CallQuery, after: CallPlace | None, limit: int) -> CallPage:
        if query.which is Which.FAULTY:
            return self._faulty(query, after, limit)
        wanted = self._filter(query)
        if wanted is None:
            return CallPage((), None)
        found = self._pages.page(wanted, after, limit + 1)
        shown = found[:limit]
        last = shown[-1] if len(found) > limit else None
        return CallPage(self._rows(shown), CallPlace(last.offered_at, last.call_id) if last else None)

    def row(self, call_id: CallId) -> CallRow | None:
        """One call as the list shows it, None where the log does not know it (yet)."""
        call = self._calls.get(call_id)
        return self._rows([call])[0] if call else None

    def _faulty(self, query: CallQuery, after: CallPlace | None, limit: int) -> CallPage:
        """Those at fault among the calls that the rest of the query asks for."""
        if self._reconcile is None:
            return CallPage((), None)
        if query.day is not None:
            figure, findings = self._reconcile.day(query.day)
            report = Report((figure,), tuple(findings))
        else:
            report = self._reconcile.run()
        wanted, digits = [], re.sub(r"\D", "", query.text)
        for finding in report.findings:
            if after is not None and (finding.offered_at, finding.call_id) >= (after.offered_at, after.call_id):
                continue
            call = self._calls.get(finding.call_id)
            if call is None or (query.agent and call.agent != query.agent):
                continue
            if not query.text or (digits and digits in f"{call.number} {call.lookup_key}"):
                wanted.append((call, finding))
            if len(wanted) > limit:
                break
        shown = wanted[:limit]
        rows = self._rows([call for call, _ in shown])
        rows = tuple(replace(row, fault=finding) for row, (_, finding) in zip(rows, shown, strict=True))
        last = shown[-1][0] if len(wanted) > limit else None
        return CallPage(rows, CallPlace(last.offered_at, last.call_id) if last else None, report.days)

    # ---- what is asked for

    def _filter(self, query: CallQuery) -> CallFilter | None:
        """None where the text can stand for nobody."""
        wanted = replace(_OF_KIND[query.which], seat=query.seat, agent=query.agent)
        if query.day is not None:
            since = datetime.combine(query.day, time.min, self._zone)
            until = datetime.combine(query.day + timedelta(days=1), time.min, self._zone)
            wanted = replace(wanted, since=since, until=until)
        text = query.text.strip()
        if not text:
            return wanted
        wanted = self._of_somebody(wanted, text)
        return wanted if wanted.of_somebody else None

    def _of_somebody(self, wanted: CallFilter, text: str) -> CallFilter:
        if digits := _digits_of_number(text):
            whole = read_number(text, self._area_code).kind is NumberKind.MOBILE  # the index finds it in any shape
            wanted = replace(wanted, lookup_keys=lookup_keys(text, self._area_code), digits="" if whole else digits)
            if "-" not in text:
                return wanted
        hits = self._find_person.find(text, _PEOPLE_ASKED)
        people = tuple(dict.fromkeys(hit.person.person_id for hit in hits if hit.person))
        homes: tuple[HouseholdId, ...] = ()
        if any(char.isdigit() for char in text):  # a place: whoever lives there, and calls tied to the home alone
            homes = tuple(dict.fromkeys(home.household.household_id for hit in hits for home in hit.homes))
        numbers = [n for n in self._residents.numbers_of_people(people) if not n.ended] if people else []
        keys = tuple(dict.fromkeys((*wanted.lookup_keys, *(n.lookup_key for n in numbers if n.lookup_key))))
        return replace(wanted, lookup_keys=keys, person_ids=people, household_ids=homes, shown_name=text)

    # ---- what is shown

    def _rows(self, calls: Sequence[CallEntry]) -> tuple[CallRow, ...]:
        whose = self._whose(calls)
        people = self._residents.people(list(dict.fromkeys(w.person_id for w in whose if w.person_id)))
        homes = self._homes(whose)
        recordings = self._pages.recordings([call.call_id for call in calls])
        tickets = self._ticket_numbers(calls)
        rows = []
        for call, who in zip(calls, whose, strict=True):
            person = people.get(who.person_id) if who.person_id else None
            home = homes.get(who)
            rows.append(
                CallRow(
                    call,
                    read_number(call.number, self._area_code).shown,
                    person.name if person else "",
                    self._map.home(home).text if home else "",
                    who.sure,
                    recordings.get(call.call_id),
                    tickets.get(call.ticket_id, "") if call.ticket_id else "",
                )
            )
        return tuple(rows)

    def _whose(self, calls: Sequence[CallEntry]) -> "list[_Whose]":
        keys = {call.call_id: self._keys(call) for call in calls}
        asked = list(dict.fromkeys(key for some in keys.values() for key in some))
        entries: dict[str, list[NumberEntry]] = {}
        for entry in self._residents.by_lookup_keys(asked) if asked else ():
            if not entry.ended:
                entries.setdefault(entry.lookup_key, []).append(entry)
        return [
            _Whose(call.person_id, call.household_id, sure=True)
            if call.person_id or call.household_id
            else _of_number([e for key in keys[call.call_id] for e in entries.get(key, ())])
            for call in calls
        ]

    def _keys(self, call: CallEntry) -> tuple[str, ...]:
        """None where the agent has said who it was: the number has nothing to add."""
        if call.person_id or call.household_id or not call.number:
            return ()
        return lookup_keys(call.number, self._area_code)

    def _homes(self, whose: "Sequence[_Whose]") -> "dict[_Whose, Household]":
        """The home that was named, else the only one that the person has."""
        people = list(dict.fromkeys(w.person_id for w in whose if w.person_id and not w.household_id))
        lives: dict[PersonId, list[HouseholdId]] = {}
        for member in self._residents.memberships_of_people(people) if people else ():
            if not member.ended:
                lives.setdefault(member.person_id, []).append(member.household_id)
        ids: dict[_Whose, HouseholdId] = {}
        for who in whose:
            only = lives.get(who.person_id, []) if who.person_id else []
            if who.household_id or len(only) == 1:
                ids[who] = who.household_id or only[0]
        homes = self._residents.households(list(dict.fromkeys(ids.values()))) if ids else {}
        return {who: homes[i] for who, i in ids.items() if i in homes}

    def _ticket_numbers(self, calls: Sequence[CallEntry]) -> dict[TicketId, str]:
        ids = dict.fromkeys(call.ticket_id for call in calls if call.ticket_id)
        return {i: ticket.number for i in ids if (ticket := self._tickets.get(i))}


@dataclass(frozen=True, slots=True)
class _Whose:
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None
    sure: bool = False


def _of_number(entries: Sequence[NumberEntry]) -> _Whose:
    """Whom the number alone stands for: one person, else one home, else nobody that could be named."""
    people = {e.person_id for e in entries if e.person_id}
    homes = {e.household_id for e in entries if e.household_id}
    if len(people) == 1 and len(homes) <= 1:
        return _Whose(people.pop())
    return _Whose(None, homes.pop()) if len(homes) == 1 and not people else _Whose()


_OF_KIND = {
    Which.ALL: CallFilter(),
    Which.INCOMING: CallFilter(direction=Direction.INCOMING),
    Which.OUTGOING: CallFilter(direction=Direction.OUTGOING),
    Which.MISSED: CallFilter(direction=Direction.INCOMING, outcomes=MISSED_OUTCOMES),
    Which.REJECTED: CallFilter(direction=Direction.INCOMING, outcomes=frozenset({Outcome.REJECTED})),
    Which.FAULTY: CallFilter(),
    Which.TRANSFERRED: CallFilter(outcomes=frozenset({Outcome.TRANSFERRED, Outcome.FORWARDED})),
}
