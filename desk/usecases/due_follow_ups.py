"""Follow-ups are made due by what happens to a ticket, in the same transaction: a ticket that is done has its closing
follow-up, whatever dies next. `FollowingUp` stands before a change log, as `desk.usecases.notify.Notifying` does, and
adds to what is appended. What a move brings about bears its step as the reason, by which undoing it
(`desk.usecases.undo_step`) finds it; an undone step brings about nothing of its own.

A follow-up's id follows from the ticket, its kind and how often the ticket had come to that stage, so that two seats
that move a ticket unseen by each other make one and not two. Worker's thread."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from desk.domain.changes import Change, FieldValue, Patch
from desk.domain.follow_up_rules import BECOMES_DUE, OVERTAKES, FollowUpPolicy, GivenUp, is_needed
from desk.domain.follow_ups import FollowUp, FollowUpKind, FollowUpState
from desk.domain.identity import HouseholdId, PersonId, TicketId
from desk.domain.moves import undoes
from desk.domain.patches import patch_of
from desk.domain.promises import Promise
from desk.domain.quiet_hours import QuietHours
from desk.domain.tickets import Kind, Stage, Ticket
from desk.domain.times import from_text, to_text
from desk.usecases.follow_up_ports import FollowUps
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, Tickets
from desk.usecases.undo_step import bearing

_ENDS = frozenset({Stage.DONE, Stage.CLOSED, Stage.CANCELLED})
_NAMESPACE = uuid.UUID("0e6f1d52-6a51-5b0e-9d5c-6b1f3b1f9a31")


def follow_up_id_of(ticket_id: str, kind: FollowUpKind, occasion: int) -> str:
    """The id of the one follow-up of this kind and occasion, from 1."""
    return str(uuid.uuid5(_NAMESPACE, f"{ticket_id}/{kind.value}/{occasion}"))


class DueFollowUps:
    """`waiting`: promises to other households who joined this ticket: when it ends, they are due, too. `policy`:
    of the building a ticket is in, as it is now. `hours`: when no resident is called."""

    def __init__(
        self,
        follow_ups: FollowUps,
        tickets: Tickets,
        author: ChangeAuthor,
        clock: Clock,
        policy: Callable[[str], FollowUpPolicy],
        hours: QuietHours,
        waiting: Callable[[Ticket], Sequence[Promise]] = lambda _ticket: (),
    ) -> None:
        self._follow_ups, self._tickets, self._author, self._waiting = follow_ups, tickets, author, waiting
        self._clock, self._policy, self._hours = clock, policy, hours

    def called_for(self, changes: Sequence[Change]) -> list[Change]:
        """What these changes, not yet appended, make due and overtake. Follow-ups that are among them already are left
        to whoever wrote them."""
        written = {change.entity_id for change in changes if change.entity == "follow_up"}
        patches: dict[str, dict[str, FieldValue]] = {}
        stages: dict[str, list[Stage]] = {}
        by: dict[str, str] = {}
        for change in changes:
            if change.entity == "ticket" and not undoes(change.patch.get("step")):
                patches.setdefault(change.entity_id, {}).update(change.patch)
                by[change.entity_id] = change.author
                if (stage := _stage(change.patch)) is not None:
                    stages.setdefault(change.entity_id, []).append(stage)
        found: list[Change] = []
        for ticket_id, patch in patches.items():
            if ticket_id in stages or patch.get("plan_told_at") or patch.get("owner"):
                due = self._of_ticket(TicketId(ticket_id), patch, stages.get(ticket_id, []), written, by[ticket_id])
                found += bearing(str(patch.get("step") or ""), due)
            if not _ENDS.isdisjoint(stages.get(ticket_id, ())):
                found += bearing(str(patch.get("step") or ""), self._of_others(TicketId(ticket_id)))
        return found

    def _of_others(self, ticket_id: TicketId) -> list[Change]:
        ticket = self._tickets.get(ticket_id)
        if ticket is None:
            return []
        policy = self._policy(ticket.building_id or "")
        due = self._hours.after(self._clock() + timedelta(hours=policy.closing_within_h))
        later = (one for one in self._waiting(ticket) if one.due_at > due)
        return [self._author.change("promise", one.promise_id, {"due_at": to_text(due)}) for one in later]

    def _of_ticket(
        self, ticket_id: TicketId, patch: Patch, stages: Sequence[Stage], written: set[str], by: str
    ) -> list[Change]:
        before = self._tickets.get(ticket_id)
        row: dict[str, Any] = {**(patch_of(before, "ticket_id") if before else {}), **patch}
        moves = [stage for stage in stages if before is None or stage is not before.stage or len(stages) > 1]
        if not moves and not (patch.get("plan_told_at") or patch.get("owner")):
            return []
        there = self._follow_ups.of_ticket(ticket_id)
        due = {one.follow_up_id: one for one in there if one.state is FollowUpState.DUE}
        gone = {kind for stage in moves for kind in OVERTAKES.get(stage, frozenset())}
        found: list[Change] = []
        last = moves[-1] if moves else None
        wanted = BECOMES_DUE.get(last) if last else None
        for one in list(due.values()):
            if one.kind in gone and one.follow_up_id not in written:
                asked = one.kind is FollowUpKind.CLOSING and Stage.FOLLOWED_UP in moves
                found.append(self._asked(one, row, by) if asked else self._overtaken(one))
                del due[one.follow_up_id]
        found += [change for one in due.values() if (change := self._moved(one, row, patch, written)) is not None]
        is_due = wanted in {one.kind for one in due.values()}
        if wanted is None or is_due:
            return found
        if not is_needed(self._policy(_building(row)), wanted, Kind(row.get("kind", Kind.INQUIRY))):
            return found
        were = (one for one in there if one.kind is wanted and one.reason != GivenUp.OVERTAKEN.value)
        if wanted is FollowUpKind.IN_PROCESS and any(were):
            return found  # accepted once more after a misdispatch: they were asked already
        return [*found, self._made(ticket_id, wanted, row, 1 + sum(one.kind is wanted for one in there))]

    def _made(self, ticket_id: TicketId, kind: FollowUpKind, row: Patch, occasion: int) -> Change:
        now = self._clock()
        household, person = row.get("household_id"), row.get("person_id")
        follow_up = FollowUp(
            follow_up_id=follow_up_id_of(ticket_id, kind, occasion),
            kind=kind,
            state=FollowUpState.DUE,
            made_at=now,
            made_by=str(row.get("owner") or row.get("registered_by") or ""),
            due_at=self._due_at(kind, row),
            owner=str(row.get("owner") or ""),
            ticket_id=ticket_id,
            person_id=PersonId(str(person)) if person else None,
            household_id=HouseholdId(str(household)) if household else None,
            number=str(row.get("contact_number") or ""),
        )
        return self._author.change("follow_up", follow_up.follow_up_id, making_patch(follow_up))

    def _due_at(self, kind: FollowUpKind, row: Patch) -> datetime:
        """The ticket's own clock where it runs, else so long from now as the policy has it."""
        now, policy = self._clock(), self._policy(_building(row))
        if kind is FollowUpKind.CLOSING:
            due = _time(row.get("follow_up_due_at"))
            return due or self._hours.after(now + timedelta(hours=policy.closing_within_h))
        told, plan_due = _time(row.get("plan_told_at")), _time(row.get("plan_due_at"))
        if told is None and plan_due is not None:
            return self._hours.after(max(now, plan_due))
        return self._hours.after(max(now, (told or now) + timedelta(hours=policy.in_process_after_h)))

    def _moved(self, one: FollowUp, row: Patch, patch: Patch, written: set[str]) -> Change | None:
        """What is due already follows its ticket: to another owner, and to the time when the plan was told."""
        changed: dict[str, FieldValue] = {}
        if patch.get("owner") and patch["owner"] != one.owner and one.kind is not FollowUpKind.SPOT_CHECK:
            changed["owner"] = patch["owner"]
        if patch.get("plan_told_at") and one.kind is FollowUpKind.IN_PROCESS:
            changed["due_at"] = to_text(self._due_at(one.kind, row))
        if not changed or one.follow_up_id in written:
            return None
        return self._author.change("follow_up", one.follow_up_id, changed)

    def _asked(self, one: FollowUp, row: Patch, by: str) -> Change:
        """The ticket was followed up without a questionnaire: what was said of it is the follow-up's outcome."""
        patch: dict[str, FieldValue] = {"done_at": to_text(self._clock()), "done_by": by}
        if row.get("solved") is None:
            patch |= {"state": FollowUpState.GIVEN_UP.value, "reason": row.get("stage_reason") or ""}
        else:
            said = {name: row[name] for name in ("solved", "satisfied", "score") if row.get(name) is not None}
            patch |= {"state": FollowUpState.DONE.value, "text": row.get("stage_reason") or "", **said}
        return self._author.change("follow_up", one.follow_up_id, patch)

    def _overtaken(self, one: FollowUp) -> Change:
        patch: dict[str, FieldValue] = {
            "state": FollowUpState.GIVEN_UP.value,
            "reason": GivenUp.OVERTAKEN.value,
            "done_at": to_text(self._clock()),
        }
        return self._author.change("follow_up", one.follow_up_id, patch)


class FollowingUp:
    """A `ChangeLog` that adds to what is appended the follow-ups it makes due."""

    def __init__(self, log: ChangeLog, due: DueFollowUps) -> None:
        self._log, self._due = log, due

    def append(self, changes: Sequence[Change]) -> None:
        self._log.append([*changes, *self._due.called_for(changes)])

    def base_seq(self) -> int:
        return self._log.base_seq()


def making_patch(follow_up: FollowUp) -> dict[str, FieldValue]:
    """The change that makes a follow-up: without what is not there."""
    return {
        field: value
        for field, value in patch_of(follow_up, "follow_up_id").items()
        if value is not None and value != "" and value != []
    }


def _stage(patch: Patch) -> Stage | None:
    found = patch.get("stage")
    return next((stage for stage in Stage if stage.value == found), None)


def _building(row: Patch) -> str:
    return str(row.get("building_id") or "")


def _time(value: object) -> datetime | None:
    return from_text(value) if isinstance(value, str) and value else None
