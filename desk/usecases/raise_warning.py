"""Raising a complaint early warning (投诉预警) about a ticket: what is known already is filled in, the ticket's calls
are its evidence, and from then on the ladder's clock runs. Warning and ticket are one transaction, durable when
`raise_` returns. Worker's thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.domain.early_warnings import OPEN_WARNINGS, EarlyWarning
from desk.domain.estate import Staff
from desk.domain.identity import TicketId
from desk.domain.ladder import LadderPolicy, LadderRefusal
from desk.domain.patches import patch_of
from desk.domain.supervising import Accounts
from desk.domain.tickets import Ticket
from desk.domain.warning_moves import Raising, WarningFacts, raised, turns
from desk.usecases.estate_map import EstateMap
from desk.usecases.ports import CallLog, ChangeAuthor, ChangeLog, Clock, NewId, Tickets
from desk.usecases.recording_ports import Histories
from desk.usecases.warning_ports import Warnings


class WarningRefused(Exception):
    """Nothing was written. `fields`: facts that are missing."""

    def __init__(self, reason: LadderRefusal, fields: tuple[str, ...] = ()) -> None:
        super().__init__(f"{reason.value} {', '.join(fields)}".strip())
        self.reason, self.fields = reason, fields


@dataclass(frozen=True, slots=True)
class Prefilled:
    """What a warning about this ticket can begin with. `open`: the one that is still going; there is no second one
    beside it. `calls`: ids of the ticket's calls, the oldest first."""

    facts: WarningFacts
    calls: tuple[str, ...]
    open: EarlyWarning | None


@dataclass(frozen=True, kw_only=True)
class WarningParts:
    """`log`: the change log that makes messages, too. `who`: the work number signed in, "" nobody. `policy`: as it
    stands for an estate (None: where none is known). `accounts`: what the centre has told of people, None standing
    alone."""

    log: ChangeLog
    author: ChangeAuthor
    warnings: Warnings
    tickets: Tickets
    calls: CallLog
    histories: Histories
    staff: Callable[[], Sequence[Staff]]
    estate_map: EstateMap
    who: Callable[[], str]
    policy: Callable[[str | None], LadderPolicy]
    clock: Clock
    new_id: NewId
    accounts: Callable[[], Accounts | None] = lambda: None


class RaiseWarning:
    def __init__(
        self,
        parts: WarningParts,
        category: Callable[[str], str],
        raise_priority: Callable[[TicketId], object] = lambda _ticket_id: None,
    ) -> None:
        """`category`: a category's name by its code. `raise_priority`: by the rules of priorities, once there is a
        warning."""
        self._parts, self._category, self._raise_priority = parts, category, raise_priority

    def prefilled(self, ticket_id: TicketId) -> Prefilled | None:
        """None where there is no such ticket (here, yet)."""
        ticket = self._parts.tickets.get(ticket_id)
        if ticket is None:
            return None
        return Prefilled(self._facts(ticket), self._calls(ticket), self._open(ticket_id))

    def raise_(
        self,
        ticket_id: TicketId,
        facts: WarningFacts,
        recognised_at: datetime,
        evidence: Sequence[str] | None = None,
    ) -> EarlyWarning:
        """`evidence`: call ids, None = all calls of the ticket. Raises `WarningRefused`."""
        parts = self._parts
        who, now = parts.who(), parts.clock()
        ticket = parts.tickets.get(ticket_id)
        if not who:
            raise WarningRefused(LadderRefusal.NOT_SIGNED_IN)
        if ticket is None:
            raise WarningRefused(LadderRefusal.UNKNOWN)
        if self._open(ticket_id) is not None:
            raise WarningRefused(LadderRefusal.ALREADY_OPEN)
        estate_id = self._estate(ticket)
        policy = parts.policy(estate_id)
        lacking = facts.lacking(policy.needs)
        if lacking:
            raise WarningRefused(LadderRefusal.FACTS_MISSING, lacking)
        given = Raising(
            warning_id=parts.new_id(),
            ticket_id=ticket_id,
            by=who,
            recognised_at=recognised_at,
            facts=facts,
            evidence=tuple(self._calls(ticket) if evidence is None else evidence),
            estate_id=estate_id,
        )
        warning = raised(given, now, policy, turns(policy, parts.staff(), who))
        patch = patch_of(warning, "warning_id")
        parts.log.append(
            [
                parts.author.change("warning", warning.warning_id, patch),
                parts.author.change("ticket", ticket_id, {"warning_id": warning.warning_id}),
            ]
        )
        self._raise_priority(ticket_id)
        return warning

    def _open(self, ticket_id: TicketId) -> EarlyWarning | None:
        found = self._parts.warnings.of_ticket(ticket_id)
        return next((one for one in found if one.step in OPEN_WARNINGS), None)

    def _estate(self, ticket: Ticket) -> str | None:
        building = self._parts.estate_map.building(ticket.building_id)
        return building.estate_id if building else None

    def _facts(self, ticket: Ticket) -> WarningFacts:
        building = self._parts.estate_map.building(ticket.building_id)
        area = building.area if building else ""
        where = " ".join(part for part in (area, ticket.place_text) if part)
        about = self._category(ticket.category)
        issue = "\n".join(part for part in (about, ticket.description) if part)
        return WarningFacts(caller_number=self._number(ticket), area=where, issue=issue)

    def _number(self, ticket: Ticket) -> str:
        if ticket.contact_number:
            return ticket.contact_number
        call = self._parts.calls.get(ticket.call_id) if ticket.call_id else None
        return call.number if call else ""

    def _calls(self, ticket: Ticket) -> tuple[str, ...]:
        return calls_of(ticket, self._parts.calls)


def calls_of(ticket: Ticket, calls: CallLog) -> tuple[str, ...]:
    """The ids of a ticket's calls, oldest first: the one it was taken from stands in front, in the log or not yet."""
    ids = [one.call_id for one in sorted(calls.of_ticket(ticket.ticket_id), key=lambda one: one.offered_at)]
    first = [ticket.call_id] if ticket.call_id else []
    return tuple(dict.fromkeys([*first, *ids]))
