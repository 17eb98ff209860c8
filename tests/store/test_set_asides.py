"""Changes that the centre would not take, looked after by hand."""

import pytest

from desk.domain.identity import ChangeId, PersonId, TicketId
from desk.domain.set_aside import WhyRefused, why_refused
from desk.store.change_log import SqlChangeLog
from desk.store.history import SqlHistories
from desk.store.outbox import SqlOutbox
from desk.store.residents import SqlResidents
from desk.store.set_asides import SqlSetAsides
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from tests.making import START, change, change_id, ticket

LATER = 1 << 50  # its change comes after all others
REFUSED = "DK002: ticket has no field 'x'"


@pytest.fixture
def set_asides(store: Store) -> SqlSetAsides:
    SqlChangeLog(store).append([ticket("t1"), change("ticket", "t1", {"description": "停水"}, LATER)])
    SqlOutbox(store).set_aside(change_id(LATER), REFUSED)
    return SqlSetAsides(store)


def description(store: Store) -> str:
    found = SqlTickets(store).get(TicketId("t1"))
    assert found is not None
    return found.description


def test_a_refused_change_is_listed_with_all_that_it_says(set_asides: SqlSetAsides) -> None:
    (one,) = set_asides.refused(10)
    assert (one.change.patch, one.refused, one.dropped) == ({"description": "停水"}, REFUSED, None)
    assert (one.change.author, one.change.seat, one.change.at) == ("1001", "S01", START)


def test_retrying_offers_it_once_more(set_asides: SqlSetAsides, store: Store) -> None:
    before = SqlOutbox(store).unsent_count()
    set_asides.retry([change_id(LATER)])
    assert SqlOutbox(store).unsent_count() == before + 1
    assert set_asides.refused(10) == []


def test_dropping_takes_it_out_of_the_row_and_keeps_it_with_who_and_why(set_asides: SqlSetAsides, store: Store) -> None:
    assert set_asides.drop(change_id(LATER), "1009", START, "登记错了")
    assert description(store) == "厨房漏水"
    assert set_asides.refused(10) == []
    (one,) = set_asides.dropped(10)
    assert one.change.patch == {"description": "停水"}
    assert one.dropped is not None
    assert (one.dropped.by, one.dropped.at, one.dropped.why) == ("1009", START, "登记错了")


def test_what_was_dropped_can_be_put_back_and_is_offered_again(set_asides: SqlSetAsides, store: Store) -> None:
    set_asides.drop(change_id(LATER), "1009", START, "登记错了")
    before = SqlOutbox(store).unsent_count()
    assert set_asides.put_back(change_id(LATER))
    assert description(store) == "停水"
    assert SqlOutbox(store).unsent_count() == before + 1
    assert set_asides.dropped(10) == []
    assert not set_asides.put_back(change_id(LATER))


def test_what_the_centre_has_taken_meanwhile_is_not_dropped(set_asides: SqlSetAsides, store: Store) -> None:
    SqlOutbox(store).acknowledge({change_id(LATER): 5}, "1001")
    assert not set_asides.drop(change_id(LATER), "1009", START, "登记错了")
    assert [c.central_seq for c in SqlHistories(store).of("ticket", "t1")] == [5, None]


def test_a_thing_that_only_a_dropped_change_made_is_gone_until_it_is_put_back(store: Store) -> None:
    SqlChangeLog(store).append([change("person", "p1", {"name": "王小明"}, 5)])
    SqlOutbox(store).set_aside(change_id(5), REFUSED)
    residents, set_asides = SqlResidents(store), SqlSetAsides(store)
    set_asides.drop(change_id(5), "1009", START, "重复")
    assert residents.people([PersonId("p1")]) == {}
    assert residents.search_people("王小明", 5) == []
    set_asides.put_back(change_id(5))
    assert [p.person_id for p in residents.search_people("王小明", 5)] == ["p1"]


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        ("DK001: no entity is called 'planet'", WhyRefused.UNKNOWN_HERE),
        ("DK004: ticket.stage cannot hold 5", WhyRefused.BAD_VALUE),
        ("22021: invalid byte sequence", WhyRefused.BAD_VALUE),
        ("42501: permission denied", WhyRefused.NOT_ALLOWED),
        ("no code at all", WhyRefused.OTHER),
        ("", WhyRefused.OTHER),
    ],
)
def test_the_centres_refusal_is_understood_by_its_code(refused: str, why: WhyRefused) -> None:
    assert why_refused(refused)[0] is why


def test_a_change_nobody_refused_cannot_be_dropped(store: Store) -> None:
    SqlChangeLog(store).append([ticket("t2")])
    assert not SqlSetAsides(store).drop(ChangeId("unknown"), "1009", START, "x")
