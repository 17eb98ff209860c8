"""An agent takes a call: who it is, what it is about, the form or the notice or the open ticket, and what was promised;
then the dispatch, the warning, the log. Through the use cases that the window calls, in the order in which an agent
presses the keys."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random

from desk.compose.clock import new_id
from desk.demo.day.agenda import Agenda
from desk.demo.day.plan import About, PlannedCall, Temper
from desk.demo.day.working import Working
from desk.demo.day.workplace import Workplace
from desk.domain.call_log import CallEntry, Outcome, RecordingKept
from desk.domain.changes import Patch
from desk.domain.drafts import Draft, Intake
from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.moves import Given, MoveKind
from desk.domain.notices import Notice
from desk.domain.party import Direction, Party
from desk.domain.patches import patch_of
from desk.domain.tickets import Kind, Place, Ticket
from desk.domain.warning_moves import WarningFacts
from desk.usecases.ask import Asked
from desk.usecases.join_call import TicketNotOpen
from desk.usecases.profile import Card, Profile
from desk.usecases.promise import Promised

# A second task, for when the first is done.
THEN = {"repair.water.leak_above": "修补天花板", "repair.structure.window_seep": "补刷墙面"}
REMINDED = timedelta(minutes=4)  # before a promise is due


@dataclass
class Counts:
    """What became of the calls."""

    offered: int = 0
    answered: int = 0
    identified: int = 0
    filed: int = 0
    joined: int = 0
    by_notice: int = 0
    asked: int = 0
    promises: int = 0
    warnings: int = 0
    read_back: int = 0
    corrected: int = 0
    second_tasks: int = 0
    talk_s: list[int] = field(default_factory=list)


class TakingCalls:
    """`working`: what an agent does besides; a ticket is sent on its way right after the call."""

    def __init__(self, agenda: Agenda, working: Working, seed: int) -> None:
        self._agenda, self._working = agenda, working
        self._chance = Random(seed)  # noqa: S311 - a sample
        self.counts = Counts()

    def take(self, seat: Workplace, planned: PlannedCall) -> int:
        """Seconds that the agent is busy with it, wrap-up included."""
        counts, now = self.counts, self._agenda.now()
        counts.offered += 1
        call_id = CallId(new_id())
        rang_s = self._chance.randrange(3, 14)
        if planned.about is About.GONE:
            self._log(seat, call_id, planned, now, now + timedelta(seconds=rang_s), None)
            return rang_s
        profile = seat.parts.screen_pop.profile(Party(planned.caller.number, ""))
        counts.answered += 1
        counts.identified += _is_known(profile, planned)
        talk_s = self._chance.randrange(45, 200)
        counts.talk_s.append(talk_s)
        end = now + timedelta(seconds=rang_s + talk_s)
        self._log(seat, call_id, planned, now, end, now + timedelta(seconds=rang_s))
        ticket = self._talk(seat, call_id, planned, profile)
        if planned.promise_minutes and ticket is not None:
            self._promise(seat, call_id, planned, ticket)
        if planned.temper is Temper.ANGRY and ticket is not None:
            self._warn(seat, planned, ticket)
        return rang_s + talk_s + self._chance.randrange(10, 40)

    def _talk(self, seat: Workplace, call_id: CallId, planned: PlannedCall, profile: Profile) -> Ticket | None:
        match planned.about:
            case About.AGAIN:
                return self._again(seat, call_id, planned, profile)
            case About.NOTICE:
                return self._by_notice(seat, call_id, planned, profile)
            case About.QUESTION:
                return self._ask(seat, call_id, planned)
            case _:
                return self._report(seat, call_id, planned)

    def _report(self, seat: Workplace, call_id: CallId, planned: PlannedCall) -> Ticket:
        """Something that is wrong: joined where it is known already, else filed and sent."""
        draft = self._draft(seat, call_id, planned)
        same = seat.incidents.same_faults
        same.stale()
        found = same.find(draft.intake.place, planned.matter.category, planned.matter.says)
        incident = planned.about is About.INCIDENT or planned.matter.category == "repair.power.corridor_light"
        for fault in found if incident else []:
            if fault.ticket.category == planned.matter.category:
                return self._join(seat, call_id, planned, fault.ticket)
        ticket = seat.parts.file_ticket.file(draft, answered_at_once=planned.matter.at_once)
        self.counts.filed += 1
        if not planned.matter.at_once:
            if ticket.read_back_asked:
                self._read_back(seat, planned, ticket)
            if self._working.send(seat, ticket.ticket_id) is not None and planned.matter.category in THEN:
                seat.moves.move(ticket.ticket_id, MoveKind.ADD_TASK, Given(title=THEN[planned.matter.category]))
                self.counts.second_tasks += 1
        return ticket

    def _read_back(self, seat: Workplace, planned: PlannedCall, ticket: Ticket) -> None:
        """Every other caller says that it is not so: the place is the one that was spoken of."""
        self.counts.read_back += 1
        correcting = seat.parts.correct_ticket
        hits = seat.parts.find_place.find(_elsewhere(planned))
        if planned.spoken_elsewhere and self.counts.read_back % 2 and correcting is not None and hits:
            shown = correcting.form(ticket, seat.household(planned.caller.household_id))
            correcting.correct(ticket.ticket_id, shown, replace(shown, place=hits[0].place), "复核地址：住户说的是别处")
            self.counts.corrected += 1
        if seat.ticket(ticket.ticket_id).read_back_asked:
            seat.incidents.read_back.done(ticket.ticket_id)

    def _again(self, seat: Workplace, call_id: CallId, planned: PlannedCall, profile: Profile) -> Ticket:
        """About what is open with them; where that is done by now, something new."""
        card = profile.card or Card(profile.candidates[0])
        for ticket in card.open_tickets:
            if ticket.category == planned.matter.category:
                return self._join(seat, call_id, planned, ticket)
        return self._report(seat, call_id, planned)

    def _join(self, seat: Workplace, call_id: CallId, planned: PlannedCall, ticket: Ticket) -> Ticket:
        caller = planned.caller
        try:
            joined = seat.parts.join_call.join(
                call_id,
                ticket.ticket_id,
                "住户再次来电催办。",
                PersonId(caller.person_id),
                HouseholdId(caller.household_id),
                number=caller.number,
                caller_name=caller.name,
            )
        except TicketNotOpen:
            draft = self._draft(seat, call_id, planned)
            return seat.parts.file_ticket.file(draft)
        self.counts.joined += 1
        return joined

    def _by_notice(self, seat: Workplace, call_id: CallId, planned: PlannedCall, profile: Profile) -> Ticket:
        draft = self._draft(seat, call_id, planned)
        notices: tuple[Notice, ...] = profile.card.notices if profile.card else ()
        if notices:
            self.counts.by_notice += 1
            return seat.incidents.closing.close(draft, notices[0])
        self.counts.filed += 1
        return seat.parts.file_ticket.file(draft, answered_at_once=True)

    def _ask(self, seat: Workplace, call_id: CallId, planned: PlannedCall) -> Ticket:
        """Nobody knows: the ticket stays open with the question, and the resident is told within a day."""
        ticket = seat.parts.file_ticket.file(self._draft(seat, call_id, planned))
        self.counts.filed += 1
        caller, matter = planned.caller, planned.matter
        asked = Asked(matter.says, matter.category, caller.number, caller.name, call_id, ticket.ticket_id)
        seat.knowledge.ask.ask(asked, seat.agent)
        self.counts.asked += 1
        return ticket

    def _promise(self, seat: Workplace, call_id: CallId, planned: PlannedCall, ticket: Ticket) -> None:
        """A little before it is due, whoever sits here is reminded."""
        caller, due = planned.caller, self._agenda.now() + timedelta(minutes=planned.promise_minutes)
        self._agenda.at(due - REMINDED, partial(self._remind, seat))
        seat.promises.give(
            Promised(
                "回电告知上门时间",
                caller.number,
                caller.name,
                call_id,
                ticket.ticket_id,
                PersonId(caller.person_id),
                HouseholdId(caller.household_id),
            ),
            due,
        )
        self.counts.promises += 1

    def _remind(self, seat: Workplace) -> None:
        if seat.agent:
            self._working.work(seat, 2)

    def _warn(self, seat: Workplace, planned: PlannedCall, ticket: Ticket) -> None:
        facts = WarningFacts(
            caller_number=planned.caller.number,
            area=planned.caller.place,
            issue=planned.matter.says,
            verified="已核实：工单登记属实。",
            unhappy_with="多次反映没有结果",
            difficulty="要求负责人当面答复",
        )
        raising = seat.warnings.raising
        prefilled = raising.prefilled(TicketId(ticket.ticket_id))
        if prefilled is not None and prefilled.open is None:
            raising.raise_(ticket.ticket_id, facts, self._agenda.now())
            self.counts.warnings += 1

    def _draft(self, seat: Workplace, call_id: CallId, planned: PlannedCall) -> Draft:
        caller, matter, now = planned.caller, planned.matter, self._agenda.now()
        says = f"{matter.says}（在{_elsewhere(planned)}1单元大堂）" if planned.spoken_elsewhere else matter.says
        place = Place(caller.place, HouseholdId(caller.household_id), seat.building_of(caller.household_id))
        intake = Intake(
            kind=matter.kind,
            category=matter.category,
            place=place if matter.kind not in (Kind.INQUIRY, Kind.PRAISE) else Place(),
            description=says,
            caller_name=caller.name,
            contact_number=caller.number,
            person_id=caller.person_id,
            household_id=caller.household_id,
        )
        return Draft(new_id(), seat.agent, now, now, intake, call_id)

    def _log(
        self,
        seat: Workplace,
        call_id: CallId,
        planned: PlannedCall,
        offered: datetime,
        ended: datetime,
        answered: datetime | None,
    ) -> None:
        """As the call's manifest would have it."""
        entry = CallEntry(
            call_id=call_id,
            line="热线",
            direction=Direction.INCOMING,
            number=planned.caller.number,
            lookup_key=planned.caller.key,
            display_name="",
            diversion="",
            offered_at=offered,
            seat=seat.name,
            agent=seat.agent,
            outcome=Outcome.ANSWERED if answered else Outcome.ABANDONED,
            answered_at=answered,
            ended_at=ended,
            cause=200 if answered else 487,
        )
        facts = patch_of(entry, "call_id", "person_id", "household_id", "ticket_id")
        kept: Patch = {"kept": RecordingKept.MISSING.value, "why": "no telephone in this run"}
        seat.log.append([seat.machine.change("call", call_id, facts), seat.machine.change("recording", call_id, kept)])


def _elsewhere(planned: PlannedCall) -> str:
    """A building that the caller does not live in."""
    return "1栋" if "5栋" in planned.caller.place else "5栋"


def _is_known(profile: Profile, planned: PlannedCall) -> bool:
    """The person is among those who are offered."""
    ids = {candidate.person.person_id for candidate in profile.candidates if candidate.person}
    return planned.caller.person_id in ids
