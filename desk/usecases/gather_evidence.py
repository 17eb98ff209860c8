"""Collecting what an evidence pack tells: the call, its recording, its tickets with all their changes (who was sent and
came, what was promised and told, whom nobody reached, when the caller rang again), the comments, who listened; and
leaving other residents out (`desk.usecases.evidence_people`, `desk.domain.evidence_mask`). Indexed reads, a worker's
thread."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from desk.domain.call_log import CallEntry, RecordingEntry
from desk.domain.changes import Change, fold
from desk.domain.evidence import Evidence, Neighbours, TicketStory
from desk.domain.evidence_mask import Masker, is_own
from desk.domain.identity import CallId, TicketId
from desk.domain.tickets import Ticket
from desk.usecases.estate_map import EstateMap
from desk.usecases.evidence_people import EvidencePeople, Told
from desk.usecases.ports import CallLog, Residents, Tickets
from desk.usecases.read_timeline import Trails
from desk.usecases.recording_ports import Comments, Histories, Listenings, RecordingAway, SealedLog

_HOLDS_TICKET = "ticket_id"
_STAFF = ("handler_id", "backup_id", "lead_id", "staff_id")


class GatherEvidence:
    def __init__(
        self,
        calls: CallLog,
        tickets: Tickets,
        histories: Histories,
        trails: Trails,
        residents: Residents,
        comments: Comments,
        listenings: Listenings,
        sealed: SealedLog,
        estate_map: EstateMap,
    ) -> None:
        self._calls, self._tickets, self._histories, self._trails = calls, tickets, histories, trails
        self._comments, self._listenings, self._sealed = comments, listenings, sealed
        self._residents = residents
        self._people = EvidencePeople(residents, calls, estate_map)

    def gather(self, call_id: CallId, recording: RecordingEntry, now: datetime, made_by: str, seat: str) -> Evidence:
        """Raises `RecordingAway` where the log does not know the call itself."""
        call = self._calls.get(call_id)
        if call is None:
            raise RecordingAway(f"the call log does not hold {call_id}")
        call_changes = self._histories.of("call", call_id)
        tickets = self._tickets_of(call, call_changes)
        histories = {ticket.ticket_id: self._trails.of_ticket(ticket.ticket_id) for ticket in tickets}
        known, names = self._people.known(Told(call, call_changes, tickets, histories))
        masker = Masker(known)
        stories = [_story(ticket, histories[ticket.ticket_id], is_own(ticket, known), masker) for ticket in tickets]
        names |= self._staff(stories)
        return Evidence(
            call=masker.call(call),
            recording=replace(recording, marks=tuple(masker.text(mark) for mark in recording.marks)),
            tickets=tuple(stories),
            call_changes=tuple(masker.change(change, own=True) for change in call_changes),
            recording_changes=tuple(masker.change(c, own=True) for c in self._histories.of("recording", call_id)),
            comments=tuple(replace(c, text=masker.text(c.text)) for c in self._comments.of_call(call_id)),
            listenings=tuple(self._listenings.of_call(call_id)),
            neighbours=self._neighbours(recording),
            names=tuple(sorted(names.items())),
            masked=masker.left_out,
            made_at=now,
            made_by=made_by,
            seat=seat,
        )

    def _tickets_of(self, call: CallEntry, call_changes: list[Change]) -> list[Ticket]:
        """All that this call was ever tied to, in the order it was, those split off from them, and after each the one
        that it is part of by now: joined to it, or of the same incident. There it goes on."""
        ids = [change.patch.get(_HOLDS_TICKET) for change in call_changes] + [call.ticket_id]
        ids += [ticket.ticket_id for ticket in reversed(self._tickets.of_call(call.call_id))]
        found: dict[TicketId, Ticket] = {}
        for one in ids:
            wanted = TicketId(one) if isinstance(one, str) and one else None
            while wanted and wanted not in found and (ticket := self._tickets.get(wanted)) is not None:
                found[wanted] = ticket
                wanted = ticket.joined_to or (ticket.parent_id if ticket.incident_id else None)
        return list(found.values())

    def _staff(self, stories: Iterable[TicketStory]) -> dict[str, str]:
        """The words for the ids of those who had to do with these tickets."""
        named = {change.patch.get(field) for story in stories for change in story.changes for field in _STAFF}
        return {one.staff_id: one.name for one in self._residents.staff() if one.staff_id in named}

    def _neighbours(self, recording: RecordingEntry) -> Neighbours:
        if not recording.chain or recording.chain_place is None:
            return Neighbours()
        before = self._sealed.hash_at(recording.chain, recording.chain_place - 1) if recording.chain_place > 1 else ""
        return Neighbours(before, self._sealed.hash_at(recording.chain, recording.chain_place + 1))


def _story(ticket: Ticket, trail: Sequence[Change], own: bool, masker: Masker) -> TicketStory:
    """`trail`: all changes of the ticket and of what points to it. What concerns others is left out, with the tries to
    reach them about it; what concerns the caller stays, with the tries to reach them."""
    things: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in trail:
        things[change.entity, change.entity_id].append(change)
    rows = {thing: fold(changes) for thing, changes in things.items() if thing[0] != "ticket"}
    callers = {thing for thing, row in rows.items() if masker.is_callers(*thing, row)}
    others = {thing for thing, row in rows.items() if thing not in callers and not masker.belongs(thing[0], row, own)}
    about_callers, about_others = ({entity_id for _entity, entity_id in some} for some in (callers, others))
    tries = {thing for thing in others if rows[thing].get("about_id") in about_callers}
    callers, others = callers | tries, others - tries
    others |= {thing for thing, row in rows.items() if row.get("about_id") in about_others}
    told = [change for change in trail if (change.entity, change.entity_id) not in others]
    places = () if own else _homes_of(ticket, trail)
    return TicketStory(
        masker.ticket(ticket, own),
        tuple(
            masker.change(change, True, places)
            if (change.entity, change.entity_id) in callers
            else masker.change(change, own)
            for change in told
        ),
        own,
    )


def _homes_of(ticket: Ticket, trail: Iterable[Change]) -> set[str]:
    """Where another resident's ticket is or was. An incident's is where many live, and the caller is told of it."""
    if ticket.incident_id is not None and ticket.call_id is None and ticket.household_id is None:
        return set()
    written = [change.patch.get("place_text") for change in trail if change.entity == "ticket"]
    return {place for place in (*written, ticket.place_text) if isinstance(place, str) and place}
