"""Follow-ups and surveys read from the seat store. Implements `desk.usecases.follow_up_ports`. Any thread; those of
`SqlSurveys.households` off the ui's: it looks at every household of an estate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text

from desk.domain.attempts import Attempt
from desk.domain.follow_ups import FollowUp, FollowUpState, Survey
from desk.domain.identity import EstateId, HouseholdId, TicketId
from desk.domain.times import to_text
from desk.store.queries import AMONG, Reader, listed
from desk.store.store import Store

_DUE = FollowUpState.DUE.value
_OLDEST = "ORDER BY made_at, follow_up_id"

# A number in use, the household's own first; then those of its people.
_NUMBERS = text("""
SELECT household_id, raw FROM (
  SELECT n.household_id AS household_id, n.raw AS raw, 0 AS turn, n.number_id AS number_id FROM number n
   WHERE n.household_id IN (SELECT value FROM json_each(:ids)) AND coalesce(n.ended, 0) = 0
  UNION ALL
  SELECT m.household_id, n.raw, 1, n.number_id FROM membership m JOIN number n ON n.person_id = m.person_id
   WHERE m.household_id IN (SELECT value FROM json_each(:ids))
     AND coalesce(m.ended, 0) = 0 AND coalesce(n.ended, 0) = 0
) WHERE raw <> '' ORDER BY household_id, turn DESC, number_id DESC""")
_WITH_NUMBER = """(
  EXISTS (SELECT 1 FROM number n WHERE n.household_id = h.household_id AND coalesce(n.ended, 0) = 0)
  OR EXISTS (SELECT 1 FROM membership m JOIN number n ON n.person_id = m.person_id
              WHERE m.household_id = h.household_id AND coalesce(m.ended, 0) = 0 AND coalesce(n.ended, 0) = 0))"""


class SqlFollowUps:
    def __init__(self, store: Store) -> None:
        self._follow_ups = Reader(store, FollowUp)
        self._attempts = Reader(store, Attempt)

    def get(self, follow_up_id: str) -> FollowUp | None:
        return next(iter(self._follow_ups.where("follow_up_id = ?", follow_up_id)), None)

    def of_ticket(self, ticket_id: TicketId) -> list[FollowUp]:
        return self._follow_ups.where(f"ticket_id = ? {_OLDEST}", ticket_id)

    def due(self, until: datetime, owner: str = "", limit: int = 500) -> list[FollowUp]:
        mine = "AND coalesce(owner, '') IN ('', ?)" if owner else ""
        condition = f"state = ? AND due_at <= ? {mine} ORDER BY due_at, follow_up_id LIMIT ?"
        given = (_DUE, to_text(until), *([owner] if owner else []), limit)
        return self._follow_ups.where(condition, *given)

    def of_survey(self, survey_id: str) -> list[FollowUp]:
        return self._follow_ups.where(f"survey_id = ? {_OLDEST}", survey_id)

    def done_between(self, since: datetime, until: datetime) -> list[FollowUp]:
        condition = "done_at >= ? AND done_at < ? ORDER BY done_at, follow_up_id"
        return self._follow_ups.where(condition, to_text(since), to_text(until))

    def checks_of(self, ids: Sequence[str]) -> list[FollowUp]:
        return self._follow_ups.where(f"checks_id {AMONG} {_OLDEST}", listed(ids)) if ids else []

    def attempts(self, follow_up_id: str) -> list[Attempt]:
        return self._attempts.where('about_id = ? ORDER BY "at", attempt_id', follow_up_id)


class SqlSurveys:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._surveys = Reader(store, Survey)

    def get(self, survey_id: str) -> Survey | None:
        return next(iter(self._surveys.where("survey_id = ?", survey_id)), None)

    def recent(self, limit: int) -> list[Survey]:
        return self._surveys.where('made_at IS NOT NULL ORDER BY "start" DESC, survey_id DESC LIMIT ?', limit)

    def households(
        self, estate_id: EstateId | None, building_id: str | None, ticket_since: datetime | None
    ) -> list[HouseholdId]:
        conditions, given = [_WITH_NUMBER], dict[str, Any]()
        if estate_id is not None:
            conditions.append("h.estate_id = :estate_id")
            given["estate_id"] = estate_id
        if building_id is not None:
            conditions.append("h.building_id = :building_id")
            given["building_id"] = building_id
        if ticket_since is not None:
            conditions.append("h.household_id IN (SELECT household_id FROM ticket WHERE registered_at >= :since)")
            given["since"] = to_text(ticket_since)
        query = f"SELECT h.household_id FROM household h WHERE {' AND '.join(conditions)}"  # noqa: S608 - our own words
        with self._store.read() as connection:
            return [HouseholdId(row[0]) for row in connection.execute(text(query), given)]

    def numbers(self, ids: Sequence[HouseholdId]) -> dict[HouseholdId, str]:
        if not ids:
            return {}
        with self._store.read() as connection:
            rows = connection.execute(_NUMBERS, {"ids": listed(ids)}).all()
        return {HouseholdId(household_id): raw for household_id, raw in rows}  # the last of a household is its first
