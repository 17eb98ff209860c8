from datetime import timedelta

import pytest
from sqlalchemy import event

from desk.domain.call_log import RecordingKept, Tie
from desk.domain.changes import Change, FieldValue
from desk.domain.drafts import Draft, Intake
from desk.domain.estate import Role
from desk.domain.identity import BuildingId, CallId, EstateId, HouseholdId, PersonId, TicketId
from desk.domain.tickets import Kind, Place, Window
from desk.store.calls import SqlCallLog
from desk.store.change_log import SqlChangeLog
from desk.store.drafts import SqlDrafts
from desk.store.notices import SqlNotices
from desk.store.person_search import queries_for
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from tests.making import at, call, change, ticket, time_text

NAMES = ["王小明", "李小明", "汪晓敏", "曾国红", "尉迟恭", "Tom Lee", "𠮷野花", "王芳", "单雄信", "欧阳 锋"]


@pytest.fixture
def residents(log: SqlChangeLog, store: Store) -> SqlResidents:
    log.append([change("person", f"p{i}", {"name": name, "tags": ["VIP"]}) for i, name in enumerate(NAMES)])
    return SqlResidents(store)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("王", ["王小明", "王芳"]),
        ("小明", ["王小明", "李小明"]),
        ("明", ["王小明", "李小明"]),
        ("wxm", ["王小明", "汪晓敏"]),
        ("wangx", ["王小明", "汪晓敏"]),
        ("WangXiaoMing", ["王小明"]),
        ("xiaoming", ["王小明", "李小明"]),
        ("xm", ["王小明", "李小明", "汪晓敏"]),
        ("zenggh", []),
        ("zengg", ["曾国红"]),
        ("zgh", ["曾国红"]),
        ("yuchi", ["尉迟恭"]),
        ("shanx", ["单雄信"]),
        ("tom", ["Tom Lee"]),
        ("lee", ["Tom Lee"]),
        ("𠮷", ["𠮷野花"]),
        ("ouyangf", ["欧阳 锋"]),
        ("王xm", ["王小明"]),
        ("王 wxm", ["王小明"]),
        ("", []),
        ('"', []),
        ("*) OR (", []),
        ("  ", []),
    ],
)
def test_people_are_found_by_any_part_of_their_name(residents: SqlResidents, typed: str, names: list[str]) -> None:
    assert [person.name for person in residents.search_people(typed, 10)] == names


def test_names_that_begin_with_it_come_first_and_no_more_than_asked_for(residents: SqlResidents) -> None:
    assert [person.name for person in residents.search_people("w", 2)] == ["王小明", "汪晓敏"]


def test_a_new_name_is_found_and_the_old_one_is_not(residents: SqlResidents, log: SqlChangeLog) -> None:
    log.append([change("person", "p0", {"name": "赵子龙"})])
    assert [person.name for person in residents.search_people("zzl", 10)] == ["赵子龙"]
    assert "王小明" not in [person.name for person in residents.search_people("王", 10)]


def test_a_query_never_becomes_syntax() -> None:
    assert queries_for('name:"x" NEAR y*')[0].count('"') % 2 == 0


@pytest.fixture
def estate(log: SqlChangeLog, store: Store) -> SqlResidents:
    places = [("b5", "2", "203"), ("b5", "2", "2001"), ("b5", "1", "203"), ("b12", "1", "203"), ("b5", "2", "22%")]
    log.append(
        [
            change(
                "household",
                f"h{i}",
                {
                    "estate_id": "e1",
                    "building_id": building,
                    "unit": unit,
                    "room": room,
                    "place_code": f"{building[1:]}-{unit}-{room}",
                },
            )
            for i, (building, unit, room) in enumerate(places)
        ]
        + [
            change("membership", "m1", {"household_id": "h0", "person_id": "p1", "role": "owner"}),
            change("membership", "m2", {"household_id": "h0", "person_id": "p2", "role": "family", "ended": True}),
            change("number", "n1", {"raw": "138 0013 8000", "lookup_key": "+8613800138000", "person_id": "p1"}),
            change("number", "n2", {"raw": "013800138000", "lookup_key": "+8613800138000", "household_id": "h1"}),
            change("number", "n3", {"raw": "old", "lookup_key": "+8613800138000", "person_id": "p2", "ended": True}),
            change("estate", "e1", {"name": "碧水湾"}),
            change("building", "b5", {"estate_id": "e1", "code": "5", "name": "5栋"}),
            change("public_area", "a1", {"estate_id": "e1", "name": "地下车库"}),
            change("staff", "s1", {"number": "1001", "name": "陈静", "duty": "agent"}),
        ]
    )
    return SqlResidents(store)


def test_households_are_found_by_the_beginning_of_their_place(estate: SqlResidents) -> None:
    assert [h.place_code for h in estate.households_by_place("5-2-2", 10)] == ["5-2-2001", "5-2-203", "5-2-22%"]
    assert [h.place_code for h in estate.households_by_place("5-2-22%", 10)] == ["5-2-22%"]
    assert [h.place_code for h in estate.households_by_place("5", 2)] == ["5-1-203", "5-2-2001"]
    assert estate.households_by_place("5_2", 10) == []


def test_rooms_are_found_within_their_building(estate: SqlResidents) -> None:
    found = estate.households_in_building(BuildingId("b5"), "", "203", 10)
    assert [h.place_code for h in found] == ["5-1-203", "5-2-203"]
    assert len(estate.households_in_building(BuildingId("b5"), "2", "", 10)) == 3


def test_a_number_stands_for_everybody_who_has_it_and_not_for_who_had_it(estate: SqlResidents) -> None:
    found = estate.by_lookup_keys(["+8613800138000", "", "+86000"])
    assert [(n.number_id, n.person_id, n.household_id) for n in found] == [("n1", "p1", None), ("n2", None, "h1")]
    assert estate.by_lookup_keys([""]) == []


def test_memberships_keep_who_moved_out(estate: SqlResidents) -> None:
    found = estate.memberships_of_household(HouseholdId("h0"))
    assert [(m.person_id, m.role, m.ended) for m in found] == [("p1", Role.OWNER, False), ("p2", Role.FAMILY, True)]
    assert [m.membership_id for m in estate.memberships_of_people([PersonId("p2")])] == ["m2"]
    assert [n.raw for n in estate.numbers_of_people([PersonId("p1")])] == ["138 0013 8000"]


def test_the_small_registers_are_read_whole(estate: SqlResidents) -> None:
    assert [e.name for e in estate.estates()] == ["碧水湾"]
    assert [b.name for b in estate.buildings()] == ["5栋"]
    assert [a.name for a in estate.public_areas()] == ["地下车库"]
    assert [s.number for s in estate.staff()] == ["1001"]
    assert list(estate.households([HouseholdId("h0"), HouseholdId("gone")])) == ["h0"]
    assert estate.people([]) == {}


def test_tickets_of_a_household_newest_first(log: SqlChangeLog, store: Store) -> None:
    log.append(
        [
            ticket("t1", 1, household_id="h1", building_id="b1"),
            ticket("t2", 2, household_id="h1", building_id="b1", stage="closed"),
            ticket("t3", 3, household_id="h2", building_id="b1"),
            change("ticket", "t4", {"stage": "dispatched", "household_id": "h1", "building_id": "b1"}),  # partial
        ]
    )
    tickets = SqlTickets(store)
    h1 = [HouseholdId("h1")]
    assert [t.ticket_id for t in tickets.open_of_households(h1)] == ["t1"]
    assert [t.ticket_id for t in tickets.recent_of_households(h1, 5)] == ["t2", "t1"]
    assert [t.ticket_id for t in tickets.open_in_building(BuildingId("b1"), 5)] == ["t3", "t1"]
    assert [t.ticket_id for t in tickets.recent(2)] == ["t3", "t2"]
    assert tickets.get(TicketId("t4")) is None


def test_tickets_of_a_call_newest_first(log: SqlChangeLog, store: Store) -> None:
    log.append([ticket("t1", 1, call_id="c1"), ticket("t2", 2, call_id="c1"), ticket("t3", 3, call_id="c2")])
    log.append([change("ticket", "t4", {"call_id": "c1"})])  # the rest of it has not come yet
    assert [one.ticket_id for one in SqlTickets(store).of_call(CallId("c1"))] == ["t2", "t1"]


def test_ticket_numbers_go_on_from_the_highest_and_never_repeat(log: SqlChangeLog, store: Store) -> None:
    log.append(
        [
            ticket("t1", number="20261121-S01-9"),
            ticket("t2", number="20261121-S01-10"),
            ticket("t3", number="20261121-S010-77"),
            ticket("t4", number="20261120-S01-88"),
        ]
    )
    tickets = SqlTickets(store)
    assert [tickets.next_number("S01", "20261121") for _ in range(2)] == [11, 12]
    assert tickets.next_number("S01", "20261122") == 1


def test_a_call_shows_when_its_telephone_facts_are_there(log: SqlChangeLog, store: Store) -> None:
    calls = SqlCallLog(store)
    log.append([change("call", "c1", {"ticket_id": "t1", "household_id": "h1"})])
    assert calls.get(CallId("c1")) is None
    assert calls.tie(CallId("c1")) == Tie(None, HouseholdId("h1"))
    assert calls.tie(CallId("c2")) is None
    assert calls.recent(10) == []
    log.append([call("c1", 1, outcome="answered"), call("c2", 2, household_id="h1")])
    found = calls.get(CallId("c1"))
    assert found is not None
    assert (found.ticket_id, found.offered_at) == ("t1", at(1))
    assert [c.call_id for c in calls.recent(10)] == ["c2", "c1"]
    assert [c.call_id for c in calls.of_lookup_keys(["+8613800138000", ""], 1)] == ["c2"]
    assert [c.call_id for c in calls.of_households([HouseholdId("h1")], 9)] == ["c2", "c1"]
    assert [c.call_id for c in calls.of_ticket(TicketId("t1"))] == ["c1"]
    assert calls.of_lookup_keys([""], 9) == []


def test_a_recording_is_found_by_its_call(log: SqlChangeLog, store: Store) -> None:
    log.append(
        [change("recording", "c1", {"kept": "kept", "file": "a.opus", "marks": ["12.340 held"], "length_ms": 9})]
    )
    found = SqlCallLog(store).recording(CallId("c1"))
    assert found is not None
    assert (found.kept, found.marks, found.length_ms) == (RecordingKept.KEPT, ("12.340 held",), 9)


def test_the_end_of_a_chain_is_its_furthest_place_whatever_the_order_of_the_calls(
    log: SqlChangeLog, store: Store
) -> None:
    def sealed(call_id: str, chain: str, place: int) -> Change:
        patch: dict[str, FieldValue] = {
            "kept": "kept",
            "file": "a",
            "chain": chain,
            "chain_place": place,
            "seal_hash": f"h{place}",
        }
        return change("recording", call_id, patch)

    log.append([sealed("c1", "S01-a", 2), sealed("c2", "S01-a", 3), sealed("c3", "S01-a", 1), sealed("c4", "S02-b", 9)])
    log.append([change("recording", "c5", {"kept": "missing"})])
    calls = SqlCallLog(store)
    assert calls.chain_tail("S01-a") == (3, "h3")
    assert calls.chain_tail("S02-b") == (9, "h9")
    assert calls.chain_tail("S03-c") == (0, "")


def test_notices_apply_from_their_start_until_just_before_their_end(log: SqlChangeLog, store: Store) -> None:
    patch = {"estate_id": "e1", "title": "停水", "text": "", "start": time_text(10), "until": time_text(20)}
    log.append([change("notice", "n1", patch | {"building_ids": ["b1"]})])
    notices = SqlNotices(store)
    assert [n.building_ids for n in notices.current(at(10))] == [("b1",)]
    assert notices.current(at(20)) == []
    assert notices.current(at(9)) == []


def test_drafts_come_back_to_their_author_with_every_character(store: Store) -> None:
    drafts = SqlDrafts(store)
    intake = Intake(
        kind=Kind.REPAIR,
        place=Place("5栋2单元203", HouseholdId("h1")),
        description="漏水\n很急😀",
        appointment=Window(at(60), at(120)),
        typed={"category": "ls"},
    )
    first = Draft("d1", "1001", at(1), at(2), intake, CallId("c1"))
    drafts.save(first)
    drafts.save(Draft("d0", "1001", at(0), at(2), Intake()))
    drafts.save(Draft("d2", "1002", at(0), at(2), Intake()))
    later = Draft("d1", "1001", at(1), at(1) + timedelta(seconds=1), intake, CallId("c1"))
    drafts.save(later)
    assert [d.draft_id for d in drafts.of_author("1001")] == ["d0", "d1"]
    assert drafts.of_author("1001")[1] == later
    drafts.drop("d1")
    assert [d.draft_id for d in drafts.of_author("1001")] == ["d0"]


def test_a_row_with_a_value_of_a_newer_version_is_left_out(log: SqlChangeLog, store: Store) -> None:
    log.append([ticket("t1"), ticket("t2", stage="teleported")])
    assert [t.ticket_id for t in SqlTickets(store).recent(9)] == ["t1"]


def test_notices_of_one_estate_leave_the_others_out(log: SqlChangeLog, store: Store) -> None:
    when: dict[str, FieldValue] = {"start": time_text(10), "until": time_text(20)}
    told: dict[str, FieldValue] = {"title": "停水", "text": "", "building_ids": [], **when}
    log.append([change("notice", f"n{estate}", {**told, "estate_id": estate}) for estate in ("e1", "e2")])
    assert [n.notice_id for n in SqlNotices(store).current(at(10), EstateId("e2"))] == ["ne2"]


def test_the_end_of_a_chain_is_found_however_far_a_clock_was_ahead(log: SqlChangeLog, store: Store) -> None:
    """Calls of a clock that was ahead sort behind all that came after them."""
    for place in range(1, 301):
        call_id = f"c{'9' if place < 250 else '1'}{place:03d}"
        fields: dict[str, FieldValue] = {"kept": "kept", "chain": "S01-a", "chain_place": place, "seal_hash": "h"}
        log.append([change("recording", call_id, fields)])
    assert SqlCallLog(store).chain_tail("S01-a") == (300, "h")


def test_chains_are_looked_up_and_not_searched_for(store: Store) -> None:
    tail = "SELECT seal_hash FROM recording WHERE chain = 'a' AND chain_place IS NOT NULL ORDER BY chain_place DESC"
    place = "SELECT seal_hash FROM recording WHERE chain = 'a' AND chain_place = 7"
    with store.read() as connection:
        for query in (tail, place):
            plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all())
            assert "recording_by_chain_chain_place" in plan
            assert "TEMP B-TREE" not in plan


def test_a_seats_newest_chain_is_its_own_and_no_other_seats(log: SqlChangeLog, store: Store) -> None:
    def sealed(call_id: str, chain: str) -> Change:
        fields: dict[str, FieldValue] = {"kept": "kept", "chain": chain, "chain_place": 1, "seal_hash": "h"}
        return change("recording", call_id, fields)

    log.append([sealed("c1", "S01-aaaaaaaa"), sealed("c2", "S01-bbbbbbbb"), sealed("c3", "S01-B-cccccccc")])
    log.append([sealed("c4", "S012-dddddddd"), change("recording", "c5", {"kept": "missing"})])
    calls = SqlCallLog(store)
    assert calls.newest_chain("S01") == "S01-bbbbbbbb"
    assert calls.newest_chain("S01-B") == "S01-B-cccccccc"
    assert calls.newest_chain("S02") == ""


def test_a_homes_tickets_are_found_by_the_home_and_not_among_all_that_are_open(store: Store) -> None:
    """While a telephone rings: the others are tens of thousands in a big hotline."""
    asked: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, given: object, *_more: object) -> None:
        if 'FROM "ticket"' in statement:
            asked.append((statement, given))

    with store.read() as connection:
        event.listen(connection.engine, "before_cursor_execute", note)
    try:
        SqlTickets(store).open_of_households([HouseholdId("h1")])
        SqlTickets(store).recent_of_households([HouseholdId("h1")], 5)
    finally:
        event.remove(connection.engine, "before_cursor_execute", note)
    assert len(asked) == 2
    with store.read() as connection:
        for statement, given in asked:
            plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all())  # type: ignore[arg-type]
            assert "ticket_by_household_id_registered_at (household_id=?" in plan
