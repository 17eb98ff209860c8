"""What speaks for two reports being one fault."""

from datetime import UTC, datetime, timedelta

from desk.domain.identity import BuildingId, HouseholdId, TicketId
from desk.domain.same_fault import SameFault, compare, in_order
from desk.domain.tickets import Kind, Place, Priority, Stage, Ticket

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
LIFT, TRAPPED, TAP = "repair.lift.stopped", "repair.lift.trapped", "repair.water.tap"
HERE = Place("", HouseholdId("h1"), BuildingId("b5"))


def ticket(
    name: str, category: str = TAP, home: str | None = None, minutes: int = 60, area: str | None = None
) -> Ticket:
    at = NOW - timedelta(minutes=minutes)
    return Ticket(
        TicketId(name), name, Kind.REPAIR, category, Priority.NORMAL, Stage.REGISTERED, "", at, "1001", "S01",
        household_id=HouseholdId(home) if home else None, building_id=BuildingId("b5"), public_area_id=area,
    )  # fmt: skip


def names(faults: list[SameFault]) -> list[str]:
    return [fault.ticket.ticket_id for fault in in_order(faults)]


def test_the_same_kind_comes_before_what_is_merely_near() -> None:
    mine = compare(ticket("mine", home="h1"), HERE, LIFT, 0)
    lift = compare(ticket("lift", LIFT, home="h2"), HERE, LIFT, 0)
    assert names([mine, lift]) == ["lift", "mine"]
    assert lift.is_likely
    assert not mine.is_likely


def test_words_alone_make_a_likely_one() -> None:
    spoken = compare(ticket("spoken", TRAPPED), HERE, "", 0.8)
    other = compare(ticket("other", minutes=1), HERE, "", 0.1)
    assert names([other, spoken]) == ["spoken", "other"]
    assert spoken.is_likely


def test_in_the_same_kind_this_home_and_unit_come_first_and_then_the_newest() -> None:
    old, new = compare(ticket("old", LIFT, minutes=90), HERE, LIFT, 0), compare(ticket("new", LIFT), HERE, LIFT, 0)
    unit = compare(ticket("unit", LIFT, "h3", 99), HERE, LIFT, 0, "2", "2")
    home = compare(ticket("home", LIFT, "h1", 99), HERE, LIFT, 0, "2", "2")
    assert names([old, new, unit, home]) == ["home", "unit", "new", "old"]


def test_the_same_public_area_counts_as_a_home_does() -> None:
    garage = Place("地下车库", public_area_id="a1")
    assert compare(ticket("t", area="a1"), garage, "", 0).this_area
    assert not compare(ticket("t", area=None), HERE, "", 0).this_area
