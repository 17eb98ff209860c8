"""Incidents as they are built for a seat: over a real store, with the moves and clocks that everybody has."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk.compose.clock import new_id, now
from desk.compose.incidents import IncidentGround
from desk.compose.moves import move_ticket
from desk.compose.policies import Policies
from desk.domain.drafts import Draft, Intake
from desk.domain.estate import Building, Duty, Estate, Household, Staff
from desk.domain.hand_over import What
from desk.domain.identity import BuildingId, EstateId, HouseholdId, StaffId, TicketId
from desk.domain.moves import Given, MoveKind, MoveRefused, Refusal
from desk.domain.patches import patch_of
from desk.domain.promises import Promise
from desk.domain.read_back import Ask
from desk.domain.tickets import Kind, Place, Stage, Ticket
from desk.domain.work_lists import ListQuery, Moment, WorkList
from desk.secrets import FakeSecrets
from desk.settings import SeatSettings, Settings
from desk.settings.values import PoliciesSettings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.open_work import SqlOpenWork
from desk.store.promises import SqlPromises
from desk.store.queries import Reader
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.store.work_lists import SqlWorkLists
from desk.texts import ShippedTexts
from desk.ui.after.incidents.parts import IncidentUses
from desk.usecases.estate_map import EstateMap
from desk.usecases.file_ticket import FileTicket
from desk.usecases.move_ticket import MoveTicket

LIFT, TAP = "repair.lift.stopped", "repair.water.tap"
TREE = ShippedTexts().categories()
BUILDING = Building(BuildingId("b5"), EstateId("e1"), "5", "5栋", "一期")
HANDLER = Staff(StaffId("s7"), "7001", "老周", Duty.HANDLER, "13900007001")
AGENT = Staff(StaffId("s1"), "1001", "张三", Duty.AGENT)


def homes() -> list[Household]:
    return [
        Household(HouseholdId(f"h{room}"), BUILDING.estate_id, BUILDING.building_id, "1", room, f"5-1-{room}")
        for room in ("101", "102", "103", "104")
    ]


class Seat:
    def __init__(self, store: Store, folder: Path | None = None) -> None:
        settings = Settings(
            seat=SeatSettings(name="S01", agent="1001", agent_name="张三"),
            policies=PoliciesSettings(folder=str(folder) if folder else ""),
        )
        log, self.tickets, self.store = SqlChangeLog(store), SqlTickets(store), store
        self.author = SeatAuthor("S01", lambda: "1001", now, new_id, log.base_seq, log.newest_unsent)
        rows = [
            ("estate", "e1", patch_of(Estate(BUILDING.estate_id, "文德花园"), "estate_id")),
            ("building", "b5", patch_of(BUILDING, "building_id")),
            *(("household", one.household_id, patch_of(one, "household_id")) for one in homes()),
            *(("staff", one.staff_id, patch_of(one, "staff_id")) for one in (HANDLER, AGENT)),
        ]
        log.append([self.author.change(entity, entity_id, patch) for entity, entity_id, patch in rows])
        estate_map = EstateMap(SqlResidents(store))
        policies = Policies(settings, estate_map)
        ground = IncidentGround(settings, store, log, self.author, lambda: "1001", estate_map, TREE, policies)
        self.moves: MoveTicket = move_ticket(
            settings, store, log, self.author, lambda: "1001", TREE, policies, self.tickets
        )
        self.filing = FileTicket(
            log, self.author, self.tickets, now, "S01", TREE, clocks=policies.clocks, gate=ground.gate
        )
        self.uses: IncidentUses = ground.uses(self.filing, self.moves, self.tickets)

    def file(self, home: Household, category: str = LIFT, **known: object) -> Ticket:
        place = Place(f"一期5栋1单元{home.room}", home.household_id, home.building_id)
        intake = Intake(
            Kind.REPAIR,
            category,
            place=place,
            contact_number=f"13800138{home.room}",
            household_id=home.household_id,
        )
        return self.filing.file(Draft(new_id(), "1001", now(), now(), replace(intake, **known)))  # type: ignore[arg-type]

    def row(self, ticket_id: TicketId) -> Ticket:
        found = self.tickets.get(ticket_id)
        assert found is not None
        return found


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Seat]:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    yield Seat(store)
    store.close()


def test_a_confirmed_incident_has_an_owner_and_clocks_and_its_members_are_joined(seat: Seat) -> None:
    members = [seat.file(home) for home in homes()[:3]]
    seat.moves.move(members[2].ticket_id, MoveKind.DISPATCH, Given(handler_id=HANDLER.staff_id))
    seat.moves.move(members[2].ticket_id, MoveKind.ACCEPT)
    found = seat.uses.watching.look()
    assert [one.id for one in seat.uses.watching.note(found)] == [found[0].id]
    made = seat.uses.confirming.confirm(found[0])
    parent = seat.row(made.parent.ticket_id)
    assert parent.owner == "1001"
    assert parent.next_due_at is not None
    assert parent.read_back_asked == "no_room" or parent.read_back_at is not None
    assert [seat.row(one.ticket_id).stage for one in members] == [Stage.JOINED, Stage.JOINED, Stage.ACCEPTED]
    assert made.left == (members[2].ticket_id,)
    assert len(Reader(seat.store, Promise).where("1 = 1")) == 3
    to_call = {one.promise_id for one in made.call_backs}
    assert {one.promise_id for one in SqlPromises(seat.store).open_of("1001")} == to_call
    assert {one.item_id for one in SqlOpenWork(seat.store).of("1001") if one.what is What.PROMISE} == to_call
    moment = Moment(now(), now() + timedelta(minutes=10), now() + timedelta(days=1))
    promised = SqlWorkLists(seat.store).keys(ListQuery(WorkList.PROMISED, "1001", moment))
    assert set(promised.ids) == {f"promise:{one}" for one in to_call}
    seat.moves.move(parent.ticket_id, MoveKind.DISPATCH, Given(handler_id=HANDLER.staff_id))
    assert seat.row(parent.ticket_id).stage is Stage.DISPATCHED
    assert "一期5栋" in made.incident.reply  # the shipped words


def test_a_place_in_doubt_is_filed_and_not_dispatched_before_it_was_read_back(seat: Seat) -> None:
    ticket = seat.file(homes()[0], TAP, description="5-1-104 水龙头漏水")
    assert ticket.read_back_asked == Ask.SAID_OTHERWISE.value
    with pytest.raises(MoveRefused) as refused:
        seat.moves.move(ticket.ticket_id, MoveKind.DISPATCH, Given(handler_id=HANDLER.staff_id))
    assert refused.value.reason is Refusal.NOT_READ_BACK
    seat.uses.read_back.done(ticket.ticket_id)
    assert seat.moves.move(ticket.ticket_id, MoveKind.DISPATCH, Given(handler_id=HANDLER.staff_id)).handler_id


def test_an_estate_may_have_figures_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "policies" / "文德花园"
    own.mkdir(parents=True)
    (own / "radar.toml").write_text('[raised]\nreports = 2\n[reply]\nother = "请稍候"\n', encoding="utf-8")
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    seat = Seat(store, tmp_path / "policies")
    for home in homes()[:2]:
        seat.file(home, TAP)
    (alarm,) = seat.uses.watching.look()
    assert seat.uses.confirming.reply(alarm) == "请稍候"
    store.close()
