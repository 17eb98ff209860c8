"""Follow-ups and surveys read from the store in memory. Shipped: the scripted agent and the demonstration run on
them."""

from collections.abc import Sequence
from datetime import datetime

from desk.domain.attempts import Attempt
from desk.domain.estate import Household, Membership, NumberEntry
from desk.domain.follow_ups import FollowUp, FollowUpState, Survey
from desk.domain.identity import EstateId, HouseholdId, TicketId
from desk.domain.promises import Promise
from desk.domain.ticket_figures import Rows, open_of
from desk.domain.tickets import OPEN_STAGES, Ticket
from desk.usecases.fakes import FakeStore


class FakeFollowUps:
    """`follow_up_ports.FollowUps`."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def _all(self) -> list[FollowUp]:
        return sorted(self._store.all_of(FollowUp), key=lambda one: (one.made_at, one.follow_up_id))

    def get(self, follow_up_id: str) -> FollowUp | None:
        return next((one for one in self._all() if one.follow_up_id == follow_up_id), None)

    def of_ticket(self, ticket_id: TicketId) -> list[FollowUp]:
        return [one for one in self._all() if one.ticket_id == ticket_id]

    def due(self, until: datetime, owner: str = "", limit: int = 500) -> list[FollowUp]:
        found = [
            (one.due_at, one.follow_up_id, one)
            for one in self._all()
            if one.state is FollowUpState.DUE
            and one.due_at is not None
            and one.due_at <= until
            and (not owner or one.owner in ("", owner))
        ]
        return [one for *_place, one in sorted(found, key=lambda entry: entry[:2])][:limit]

    def of_survey(self, survey_id: str) -> list[FollowUp]:
        return [one for one in self._all() if one.survey_id == survey_id]

    def done_between(self, since: datetime, until: datetime) -> list[FollowUp]:
        found = [
            (one.done_at, one.follow_up_id, one) for one in self._all() if one.done_at and since <= one.done_at < until
        ]
        return [one for *_place, one in sorted(found, key=lambda entry: entry[:2])]

    def checks_of(self, ids: Sequence[str]) -> list[FollowUp]:
        return [one for one in self._all() if one.checks_id is not None and one.checks_id in ids]

    def attempts(self, follow_up_id: str) -> list[Attempt]:
        found = [one for one in self._store.all_of(Attempt) if one.about_id == follow_up_id]
        return sorted(found, key=lambda one: (one.at, one.attempt_id))


class FakeSurveys:
    """`follow_up_ports.Surveys`."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def get(self, survey_id: str) -> Survey | None:
        return next((one for one in self._store.all_of(Survey) if one.survey_id == survey_id), None)

    def recent(self, limit: int) -> list[Survey]:
        return sorted(self._store.all_of(Survey), key=lambda one: (one.start, one.survey_id), reverse=True)[:limit]

    def households(
        self, estate_id: EstateId | None, building_id: str | None, ticket_since: datetime | None
    ) -> list[HouseholdId]:
        with_ticket = {
            ticket.household_id
            for ticket in self._store.all_of(Ticket)
            if ticket_since is not None and ticket.registered_at >= ticket_since
        }
        homes = [
            home.household_id
            for home in self._store.all_of(Household)
            if estate_id in (None, home.estate_id)
            and building_id in (None, home.building_id)
            and (ticket_since is None or home.household_id in with_ticket)
        ]
        there = self.numbers(homes)
        return [home for home in homes if home in there]

    def numbers(self, ids: Sequence[HouseholdId]) -> dict[HouseholdId, str]:
        found: dict[HouseholdId, str] = {}
        entries = [one for one in self._store.all_of(NumberEntry) if not one.ended and one.raw]
        for entry in sorted(entries, key=lambda one: (one.household_id is None, one.number_id)):
            for home in [entry.household_id] if entry.household_id else self._homes_of(entry):
                if home in ids:
                    found.setdefault(home, entry.raw)
        return found

    def _homes_of(self, entry: NumberEntry) -> list[HouseholdId]:
        members = self._store.all_of(Membership)
        return [one.household_id for one in members if one.person_id == entry.person_id and not one.ended]


class FakeFigures:
    """The rows of a time: as `desk.store.ticket_figures.SqlFigures`."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def rows(self, since: datetime, until: datetime) -> Rows:
        def inside(*times: datetime | None) -> bool:
            return any(at is not None and since <= at < until for at in times)

        tickets = self._store.all_of(Ticket)
        return Rows(
            [
                one
                for one in tickets
                if inside(one.registered_at, one.done_at, one.closed_at) or (one.stage in OPEN_STAGES and one.late)
            ],
            [one for one in self._store.all_of(FollowUp) if inside(one.done_at, one.due_at)],
            [one for one in self._store.all_of(Promise) if inside(one.due_at)],
            open_of(tickets, since, until),
        )
