"""Every port of the store in memory: for tests, and to try the use cases without a store. What is appended is folded
as anywhere else (`desk.domain.changes.fold`), so that a change has the same effect as in the seat store.

One class for all ports, because they are views of the same rows. Not for many threads, nothing is durable."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import TypeVar

import msgspec

from desk.domain import estate
from desk.domain.attempts import Attempt
from desk.domain.call_log import CallEntry, CallFilter, CallPlace, RecordingEntry, Tie
from desk.domain.changes import Change, Patch, fold
from desk.domain.drafts import Draft
from desk.domain.early_warnings import EarlyWarning
from desk.domain.follow_ups import FollowUp, Survey
from desk.domain.identity import BuildingId, CallId, ChangeId, EstateId, HouseholdId, PersonId, TicketId
from desk.domain.incidents import Incident
from desk.domain.knowledge import Article, Question
from desk.domain.listening import Comment, Listening
from desk.domain.messages import Message
from desk.domain.notices import Notice
from desk.domain.pinyin import match, query_form, read_name
from desk.domain.promises import Promise
from desk.domain.scores import Sample, Score
from desk.domain.seat_register import SeatCheck, SeatRecord
from desk.domain.shifts import DutyTurn, HandOver, StateSpan, Stay
from desk.domain.tasks import Task
from desk.domain.tickets import OPEN_STAGES, Stage, Ticket
from desk.usecases.ports import Clock, NewId
from desk.usecases.recording_ports import RecordingAway

T = TypeVar("T")

# entity -> (its class, the field that is its id)
_ENTITIES: dict[str, tuple[type, str]] = {
    "estate": (estate.Estate, "estate_id"),
    "building": (estate.Building, "building_id"),
    "household": (estate.Household, "household_id"),
    "public_area": (estate.PublicArea, "public_area_id"),
    "person": (estate.Person, "person_id"),
    "membership": (estate.Membership, "membership_id"),
    "number": (estate.NumberEntry, "number_id"),
    "staff": (estate.Staff, "staff_id"),
    "notice": (Notice, "notice_id"),
    "ticket": (Ticket, "ticket_id"),
    "call": (CallEntry, "call_id"),
    "recording": (RecordingEntry, "call_id"),
    "listening": (Listening, "listening_id"),
    "comment": (Comment, "comment_id"),
    "score": (Score, "score_id"),
    "sample": (Sample, "sample_id"),
    "message": (Message, "message_id"),
    "sensitive_tag": (estate.SensitiveTag, "sensitive_tag_id"),
    "task": (Task, "task_id"),
    "attempt": (Attempt, "attempt_id"),
    "promise": (Promise, "promise_id"),
    "follow_up": (FollowUp, "follow_up_id"),
    "survey": (Survey, "survey_id"),
    "warning": (EarlyWarning, "warning_id"),
    "incident": (Incident, "incident_id"),
    "article": (Article, "article_id"),
    "question": (Question, "question_id"),
    "duty_turn": (DutyTurn, "duty_turn_id"),
    "stay": (Stay, "stay_id"),
    "state_span": (StateSpan, "state_span_id"),
    "hand_over": (HandOver, "hand_over_id"),
    "seat_record": (SeatRecord, "seat_record_id"),
    "seat_check": (SeatCheck, "seat_check_id"),
}


class FakeAuthor:
    """`ChangeAuthor` for one agent at one seat."""

    def __init__(
        self, author: str, seat: str, clock: Clock, new_id: NewId, base_seq: Callable[[], int] = lambda: 0
    ) -> None:
        self._author, self._seat, self._clock, self._new_id = author, seat, clock, new_id
        self._base_seq = base_seq

    def change(self, entity: str, entity_id: str, patch: Patch, reason: str = "") -> Change:
        name, at, base = ChangeId(self._new_id()), self._clock(), self._base_seq()
        return Change(name, entity, entity_id, at, self._author, self._seat, dict(patch), reason, base)


class FakeStore:
    """`ChangeLog`, `RecordingChanges`, `Residents`, `Drafts`; `.tickets`, `.calls`, `.notices` are others."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.appends = 0
        self._of: dict[tuple[str, str], list[Change]] = defaultdict(list)
        self._rows: dict[str, dict[str, object]] = defaultdict(dict)
        self._drafts: dict[str, Draft] = {}
        self.tickets = FakeTickets(self)
        self.calls = FakeCallLog(self)
        self.notices = FakeNotices(self)
        self.scores = FakeScores(self)
        self.listenings = FakeListenings(self)
        self.comments = FakeComments(self)
        self.messages = FakeMessages(self)

    def append(self, changes: Sequence[Change]) -> None:
        self.appends += 1
        for change in changes:
            key = (change.entity, change.entity_id)
            self.changes.append(change)
            self._of[key].append(change)
            cls, id_field = _ENTITIES[change.entity]
            row = {**fold(self._of[key]), id_field: change.entity_id}
            try:
                self._rows[change.entity][change.entity_id] = msgspec.convert(row, cls, strict=False)
            except msgspec.ValidationError:
                self._rows[change.entity].pop(change.entity_id, None)  # partial until all its changes have come

    def append_if(
        self, call_id: CallId, fits: Callable[[RecordingEntry | None], bool], changes: Sequence[Change]
    ) -> bool:
        if not fits(self.calls.recording(call_id)):
            return False
        self.append(changes)
        return True

    def base_seq(self) -> int:
        return max((change.central_seq or 0 for change in self.changes), default=0)

    def all_of(self, cls: type[T]) -> list[T]:
        """Every whole row of this class."""
        name = next(name for name, (known, _) in _ENTITIES.items() if known is cls)
        return [row for row in self._rows[name].values() if isinstance(row, cls)]

    # Residents

    def by_lookup_keys(self, keys: Sequence[str]) -> list[estate.NumberEntry]:
        return [n for n in self.all_of(estate.NumberEntry) if n.lookup_key in keys and not n.ended]

    def people(self, ids: Sequence[PersonId]) -> dict[PersonId, estate.Person]:
        return {p.person_id: p for p in self.all_of(estate.Person) if p.person_id in ids}

    def households(self, ids: Sequence[HouseholdId]) -> dict[HouseholdId, estate.Household]:
        return {h.household_id: h for h in self.all_of(estate.Household) if h.household_id in ids}

    def memberships_of_people(self, ids: Sequence[PersonId]) -> list[estate.Membership]:
        return [m for m in self.all_of(estate.Membership) if m.person_id in ids]

    def memberships_of_household(self, household_id: HouseholdId) -> list[estate.Membership]:
        return [m for m in self.all_of(estate.Membership) if m.household_id == household_id]

    def numbers_of_people(self, ids: Sequence[PersonId]) -> list[estate.NumberEntry]:
        return [n for n in self.all_of(estate.NumberEntry) if n.person_id in ids]

    def estates(self) -> list[estate.Estate]:
        return self.all_of(estate.Estate)

    def buildings(self) -> list[estate.Building]:
        return self.all_of(estate.Building)

    def public_areas(self) -> list[estate.PublicArea]:
        return self.all_of(estate.PublicArea)

    def staff(self) -> list[estate.Staff]:
        return self.all_of(estate.Staff)

    def households_by_place(self, place_code_prefix: str, limit: int) -> list[estate.Household]:
        found = [h for h in self.all_of(estate.Household) if h.place_code.startswith(place_code_prefix)]
        return sorted(found, key=lambda h: h.place_code)[:limit]

    def households_in_building(
        self, building_id: BuildingId, unit: str, room_prefix: str, limit: int
    ) -> list[estate.Household]:
        homes = [h for h in self.all_of(estate.Household) if h.building_id == building_id]
        found = [h for h in homes if unit in ("", h.unit) and h.room.startswith(room_prefix)]
        return sorted(found, key=lambda h: (h.unit, h.room))[:limit]

    def search_people(self, text: str, limit: int) -> list[estate.Person]:
        query = query_form(text)
        found = [(m.rank, p.name, p) for p in self.all_of(estate.Person) if (m := match(query, read_name(p.name)))]
        return [person for *_, person in sorted(found, key=lambda entry: entry[:2])][:limit]

    # Drafts

    def save(self, draft: Draft) -> None:
        self._drafts[draft.draft_id] = draft

    def drop(self, draft_id: str) -> None:
        self._drafts.pop(draft_id, None)

    def of_author(self, author: str) -> list[Draft]:
        return sorted((d for d in self._drafts.values() if d.author == author), key=lambda d: d.started_at)


class FakeTickets:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def _newest(self) -> list[Ticket]:
        return sorted(self._store.all_of(Ticket), key=lambda t: (t.registered_at, t.ticket_id), reverse=True)

    def get(self, ticket_id: TicketId) -> Ticket | None:
        return next((t for t in self._newest() if t.ticket_id == ticket_id), None)

    def open_of_households(self, ids: Sequence[HouseholdId]) -> list[Ticket]:
        return [t for t in self._newest() if t.household_id in ids and t.stage in OPEN_STAGES]

    def recent_of_households(self, ids: Sequence[HouseholdId], limit: int) -> list[Ticket]:
        return [t for t in self._newest() if t.household_id in ids][:limit]

    def open_in_building(self, building_id: BuildingId, limit: int) -> list[Ticket]:
        return [t for t in self._newest() if t.building_id == building_id and t.stage in OPEN_STAGES][:limit]

    def of_call(self, call_id: CallId) -> list[Ticket]:
        return [t for t in self._newest() if t.call_id == call_id]

    def recent(self, limit: int) -> list[Ticket]:
        return self._newest()[:limit]

    def next_number(self, seat: str, day: str) -> int:
        start = f"{day}-{seat}-"
        taken = [int(t.number[len(start) :]) for t in self._newest() if t.number.startswith(start)]
        return max(taken, default=0) + 1


class FakeCallLog:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def _newest(self) -> list[CallEntry]:
        return sorted(self._store.all_of(CallEntry), key=lambda c: (c.offered_at, c.call_id), reverse=True)

    def get(self, call_id: CallId) -> CallEntry | None:
        return next((c for c in self._newest() if c.call_id == call_id), None)

    def tie(self, call_id: CallId) -> Tie | None:
        said = fold(self._store._of[("call", call_id)])
        tie = msgspec.convert({"person_id": said.get("person_id"), "household_id": said.get("household_id")}, Tie)
        return None if tie == Tie() else tie

    def recent(self, limit: int) -> list[CallEntry]:
        return self._newest()[:limit]

    def of_lookup_keys(self, keys: Sequence[str], limit: int) -> list[CallEntry]:
        return [c for c in self._newest() if c.lookup_key in keys][:limit]

    def of_households(self, ids: Sequence[HouseholdId], limit: int) -> list[CallEntry]:
        return [c for c in self._newest() if c.household_id in ids][:limit]

    def of_ticket(self, ticket_id: TicketId) -> list[CallEntry]:
        return [c for c in self._newest() if c.ticket_id == ticket_id]

    def recording(self, call_id: CallId) -> RecordingEntry | None:
        return next((r for r in self._store.all_of(RecordingEntry) if r.call_id == call_id), None)

    def page(self, wanted: CallFilter, after: CallPlace | None, limit: int) -> list[CallEntry]:
        older = (c for c in self._newest() if after is None or _place(c) < (after.offered_at, after.call_id))
        return [c for c in older if _fits(c, wanted)][:limit]

    def recordings(self, ids: Sequence[CallId]) -> dict[CallId, RecordingEntry]:
        return {r.call_id: r for r in self._store.all_of(RecordingEntry) if r.call_id in ids}


def _place(call: CallEntry) -> tuple[datetime, CallId]:
    return call.offered_at, call.call_id


def _fits(call: CallEntry, wanted: CallFilter) -> bool:
    narrowed = (
        wanted.direction in (None, call.direction)
        and (not wanted.outcomes or call.outcome in wanted.outcomes)
        and wanted.seat in ("", call.seat)
        and wanted.agent in ("", call.agent)
        and (wanted.since is None or call.offered_at >= wanted.since)
        and (wanted.until is None or call.offered_at < wanted.until)
    )
    return narrowed and (not wanted.of_somebody or _is_of(call, wanted))


def _is_of(call: CallEntry, wanted: CallFilter) -> bool:
    return (
        call.lookup_key in wanted.lookup_keys
        or call.person_id in wanted.person_ids
        or call.household_id in wanted.household_ids
        or (wanted.digits != "" and (wanted.digits in call.number or wanted.digits in call.lookup_key))
        or (wanted.shown_name != "" and wanted.shown_name.lower() in call.display_name.lower())
    )


class FakeNotices:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def current(self, at: datetime, estate_id: EstateId | None = None, ahead: timedelta = timedelta(0)) -> list[Notice]:
        here = [n for n in self._store.all_of(Notice) if estate_id in (None, n.estate_id)]
        return [n for n in here if n.start <= at + ahead and at < n.until]


class FakeScores:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def _newest(self) -> list[Score]:
        return sorted(self._store.all_of(Score), key=lambda score: score.scored_at, reverse=True)

    def of_call(self, call_id: CallId) -> list[Score]:
        return [score for score in self._newest() if score.call_id == call_id]

    def of_agent(self, agent: str, since: datetime, until: datetime) -> list[Score]:
        return [score for score in self._newest() if score.agent == agent and since <= score.scored_at < until]

    def between(self, since: datetime, until: datetime) -> list[Score]:
        return [score for score in self._newest() if since <= score.scored_at < until]

    def answered(self, scored_by: str) -> list[Score]:
        found = [score for score in self._store.all_of(Score) if score.scored_by == scored_by and score.has_new_answer]
        return sorted(found, key=lambda score: str(score.replied_at), reverse=True)

    def samples(self, period: str) -> list[Sample]:
        return [sample for sample in self._store.all_of(Sample) if sample.period == period]


class FakeListenings:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def of_call(self, call_id: CallId) -> list[Listening]:
        found = [entry for entry in self._store.all_of(Listening) if entry.call_id == call_id]
        return sorted(found, key=lambda entry: (entry.at, entry.listening_id))


class FakeComments:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def of_call(self, call_id: CallId) -> list[Comment]:
        found = [one for one in self._store.all_of(Comment) if one.call_id == call_id and not one.removed]
        return sorted(found, key=lambda one: (one.at_ms, one.comment_id))


class FakeMessages:
    """`notify.Messages`."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def of_ticket(self, ticket_id: TicketId) -> list[Message]:
        found = [one for one in self._store.all_of(Message) if one.ticket_id == ticket_id]
        return sorted(found, key=lambda one: (one.made_at, one.message_id))

    def moves_to(self, ticket_id: TicketId, stage: Stage) -> int:
        return sum(
            change.entity == "ticket" and change.entity_id == ticket_id and change.patch.get("stage") == stage.value
            for change in self._store.changes
        )


class FakeStream(BytesIO):
    """`recording_ports.AudioStream` over bytes that are all there."""

    @property
    def size(self) -> int:
        return len(self.getbuffer())

    @property
    def loaded(self) -> int:
        return self.size


class FakeOpener:
    """Opens what was put into `files`, by `RecordingEntry.file`; raises what was put there instead."""

    def __init__(self) -> None:
        self.files: dict[str, bytes | Exception] = {}
        self.asked: list[str] = []

    def open(self, entry: RecordingEntry) -> FakeStream:
        self.asked.append(entry.file)
        found = self.files.get(entry.file, RecordingAway(entry.file))
        if isinstance(found, Exception):
            raise found
        return FakeStream(found)
