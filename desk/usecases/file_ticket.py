"""Filing: the intake form becomes a ticket. All that is wrong is said at once, by field; what is right is written with
its link to the call in one transaction, and is durable when `file` returns. Filing the same draft twice gives the same
ticket: a key pressed twice, or a crash before the draft was dropped, makes no second one. Worker's thread."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, tzinfo
from enum import Enum

from desk.domain.call_log import Tie
from desk.domain.categories import CategoryTree, Whereabouts
from desk.domain.changes import FieldValue
from desk.domain.clocks import Clocks
from desk.domain.drafts import Draft, Intake
from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.numbers import NumberKind, read_number
from desk.domain.patches import patch_of
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.domain.working_time import CHINA
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, Tickets
from desk.usecases.tie_call import newly_tied

DESCRIPTION_MAX = 4000

# Kinds that may end with the call itself (first-contact resolution), that need no way to reach the caller again, and
# whose category alone does not say what happened.
ANSWERABLE_AT_ONCE = frozenset({Kind.INQUIRY, Kind.PRAISE})
NEEDS_NO_CONTACT = frozenset({Kind.SUGGESTION, Kind.PRAISE})
NEEDS_DESCRIPTION = frozenset({Kind.COMPLAINT, Kind.SUGGESTION, Kind.PRAISE})


class Reason(Enum):
    """Why a field is refused. The words for it belong to the ui."""

    MISSING = "missing"
    UNKNOWN = "unknown"  # a category that the tree does not have
    UNRESOLVED = "unresolved"  # text stands in the field that has not been resolved to a value
    WRONG_KIND = "wrong_kind"  # a category of another kind
    NOT_AT_ONCE = "not_at_once"  # this kind cannot be answered at once
    NOT_A_NUMBER = "not_a_number"
    ENDS_BEFORE_START = "ends_before_start"
    IN_THE_PAST = "in_the_past"
    TOO_LONG = "too_long"


class IntakeRefused(Exception):
    """Nothing was written. `reasons`: field of `Intake` -> why."""

    def __init__(self, reasons: dict[str, Reason]) -> None:
        super().__init__(", ".join(f"{field}: {reason.value}" for field, reason in reasons.items()))
        self.reasons = reasons


class FileTicket:
    """`seat`: the seat's short name, part of every ticket number. `zone`: whose days the numbers count. `gate`: why the
    place of a form has to be read back before anybody is sent, "" where nothing is in doubt
    (`desk.usecases.read_back`). `clocks`: what starts to run when a ticket is registered; None = the shipped figures
    over a calendar of weekends. `priority`: the one that a ticket has by the rules (`raise_at_filing`). `follow`: a
    draft with the caller whom its call was said to be with meanwhile (`follow_caller`); `tie_of`: with whom that is."""

    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        tickets: Tickets,
        clock: Clock,
        seat: str,
        categories: CategoryTree,
        area_code: str = "",
        zone: tzinfo = CHINA,
        gate: Callable[[Intake], str] = lambda _intake: "",
        clocks: Clocks | None = None,
        priority: Callable[[Ticket], Priority] = lambda ticket: ticket.priority,
        follow: Callable[[Draft], Draft] = lambda draft: draft,
        tie_of: Callable[[CallId], Tie | None] = lambda _call_id: None,
    ) -> None:
        self._log = change_log
        self._author = author
        self._tickets = tickets
        self._clock = clock
        self._seat = seat
        self._categories = categories
        self._area_code = area_code
        self._zone = zone
        self._gate = gate
        self._clocks = clocks or Clocks()
        self._priority = priority
        self._follow, self._tie_of = follow, tie_of
        self._filing = threading.Lock()  # a number is free until its ticket is appended

    def refusals(self, intake: Intake, answered_at_once: bool = False) -> dict[str, Reason]:
        """Everything that stands against filing this, by field; {} if nothing does. Asks no store."""
        return _refusals(intake, answered_at_once, self._categories, self._clock(), self._area_code)

    def file(self, draft: Draft, answered_at_once: bool = False) -> Ticket:
        """The ticket that this draft has become, `answered_at_once` already closed. Raises `IntakeRefused`."""
        with self._filing:
            already = self._tickets.get(TicketId(draft.draft_id))
            if already:
                return already
            draft = self._follow(draft)
            refusals = self.refusals(draft.intake, answered_at_once)
            if refusals:
                raise IntakeRefused(refusals)
            ticket = self._ticket(draft, answered_at_once)
            changes = [self._author.change("ticket", ticket.ticket_id, patch_of(ticket, "ticket_id"))]
            if draft.call_id:
                link: dict[str, FieldValue] = {"ticket_id": ticket.ticket_id}
                own = draft.intake.household_id  # the caller's, wherever the fault is
                home = HouseholdId(own) if own else ticket.household_id
                link |= newly_tied(self._tie_of(draft.call_id), ticket.person_id, home)
                changes.append(self._author.change("call", draft.call_id, link))
            self._log.append(changes)
            return ticket

    def _ticket(self, draft: Draft, answered_at_once: bool) -> Ticket:
        intake, now = draft.intake, self._clock()
        category = self._categories.get(intake.category)
        day = now.astimezone(self._zone).strftime("%Y%m%d")
        counter = self._tickets.next_number(self._seat, day)
        ticket = Ticket(
            ticket_id=TicketId(draft.draft_id),
            number=f"{day}-{self._seat}-{counter:03d}",
            kind=intake.kind or Kind.INQUIRY,
            category=intake.category,
            priority=intake.priority or (category.priority if category else Priority.NORMAL),
            stage=Stage.CLOSED if answered_at_once else Stage.REGISTERED,
            description=intake.description.strip(),
            registered_at=now,
            registered_by=draft.author,
            seat=self._seat,
            place_text=intake.place.text,
            household_id=intake.place.household_id
            or (HouseholdId(intake.household_id) if intake.household_id else None),
            building_id=intake.place.building_id,
            public_area_id=intake.place.public_area_id,
            person_id=PersonId(intake.person_id) if intake.person_id else None,
            caller_name=intake.caller_name.strip(),
            contact_number=intake.contact_number.strip(),
            appointment_start=intake.appointment.start if intake.appointment else None,
            appointment_until=intake.appointment.until if intake.appointment else None,
            call_id=draft.call_id,
            closed_at=now if answered_at_once else None,
            typed=typed_times(intake),
            owner=draft.author or self._seat,
            read_back_asked="" if answered_at_once else self._gate(intake),
            read_back_at=intake.read_back_at,
            notice_id=intake.notice_id,
        )
        return self._clocks.of(ticket).filed(replace(ticket, priority=self._priority(ticket)))


def typed_times(intake: Intake) -> tuple[str, ...]:
    """`Ticket.typed` of this form: the fields that hold something, in the order in which they were begun."""
    filled = {
        "kind": intake.kind,
        "category": intake.category,
        "priority": intake.priority,
        "place": intake.place.text,
        "description": intake.description.strip(),
        "caller_name": intake.caller_name.strip(),
        "contact_number": intake.contact_number.strip(),
        "appointment": intake.appointment,
    }
    times = sorted((at, field) for field, at in intake.typed_at.items() if filled.get(field))
    return tuple(f"{field} {at}" for at, field in times)


def _refusals(
    intake: Intake, answered_at_once: bool, categories: CategoryTree, now: datetime, area_code: str
) -> dict[str, Reason]:
    found = {
        "kind": _kind(intake, answered_at_once),
        "category": _category(intake, categories),
        "place": _place(intake, categories),
        "description": _description(intake),
        "contact_number": _contact(intake, answered_at_once, area_code),
        "appointment": _appointment(intake, now),
    }
    return {field: reason for field, reason in found.items() if reason}


def _kind(intake: Intake, answered_at_once: bool) -> Reason | None:
    if intake.kind is None:
        return Reason.MISSING
    return Reason.NOT_AT_ONCE if answered_at_once and intake.kind not in ANSWERABLE_AT_ONCE else None


def _category(intake: Intake, categories: CategoryTree) -> Reason | None:
    if not intake.category:
        return Reason.UNRESOLVED if intake.typed.get("category", "").strip() else Reason.MISSING
    category = categories.get(intake.category)
    if category is None:
        return Reason.UNKNOWN
    return Reason.WRONG_KIND if intake.kind and category.kind is not intake.kind else None


def _place(intake: Intake, categories: CategoryTree) -> Reason | None:
    """A place that the register does not have is kept as its text; one half typed is resolved first."""
    category = categories.get(intake.category)
    place = intake.place
    given = place.text.strip() or place.household_id or place.building_id or place.public_area_id
    if not given and intake.typed.get("place", "").strip():
        return Reason.UNRESOLVED
    needed = category is not None and category.whereabouts is not Whereabouts.NOWHERE
    return Reason.MISSING if needed and not given else None


def _description(intake: Intake) -> Reason | None:
    if len(intake.description) > DESCRIPTION_MAX:
        return Reason.TOO_LONG
    return Reason.MISSING if intake.kind in NEEDS_DESCRIPTION and not intake.description.strip() else None


def _contact(intake: Intake, answered_at_once: bool, area_code: str) -> Reason | None:
    number = intake.contact_number.strip()
    if number:
        known = read_number(number, area_code).kind not in (NumberKind.UNKNOWN, NumberKind.WITHHELD)
        return None if known else Reason.NOT_A_NUMBER
    needless = answered_at_once or intake.kind in NEEDS_NO_CONTACT
    return None if needless else Reason.MISSING


def _appointment(intake: Intake, now: datetime) -> Reason | None:
    window = intake.appointment
    if window is None:
        return Reason.UNRESOLVED if intake.typed.get("appointment", "").strip() else None
    if window.until <= window.start:
        return Reason.ENDS_BEFORE_START
    return Reason.IN_THE_PAST if window.until <= now else None
