"""Warming up at the start of the ui: the first call of the day must not wait for cold pages and unprepared statements.

Runs the queries of a screen pop and of a search on a few real numbers. Some tens of milliseconds; any thread, best one
that nobody waits for."""

from sqlalchemy import select

from desk.store.calls import SqlCallLog
from desk.store.residents import SqlResidents
from desk.store.schema import ROWS
from desk.store.store import Store
from desk.store.tickets import SqlTickets

SAMPLE = 50  # spread over the register, so that the upper levels of its indexes are read


def warm(store: Store) -> int:
    """Returns how many numbers were looked up. Raises `StoreBroken`."""
    number = ROWS["number"]
    residents, tickets, calls = SqlResidents(store), SqlTickets(store), SqlCallLog(store)
    found = 0
    for digits in range(SAMPLE):
        # Keys are spread by their digits; a seek to the next one needs no count of them.
        query = select(number.c.lookup_key).where(number.c.lookup_key >= f"+861{digits + 30}").limit(1)
        with store.read() as connection:
            key = connection.execute(query).scalar_one_or_none()
        if key is None:
            continue
        found += 1
        entries = residents.by_lookup_keys([key])
        people = [entry.person_id for entry in entries if entry.person_id]
        residents.people(people)
        residents.numbers_of_people(people)
        homes = [membership.household_id for membership in residents.memberships_of_people(people)]
        homes += [entry.household_id for entry in entries if entry.household_id]
        residents.households(homes)
        tickets.open_of_households(homes)
        tickets.recent_of_households(homes, 5)
        calls.of_lookup_keys([key], 5)
        calls.of_households(homes, 5)
    for text in ("王", "w", "小明", "wxm"):
        residents.search_people(text, 5)
    residents.households_by_place("1-1", 5)
    tickets.recent(20)
    calls.recent(20)
    return found
