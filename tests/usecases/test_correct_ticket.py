"""Correcting a filed ticket, over the store in memory and the real one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.domain.drafts import Intake
from desk.domain.identity import BuildingId, HouseholdId, TicketId
from desk.domain.moves import Given, MoveKind, MoveRefused, Refusal
from desk.domain.tickets import Kind, Place, Priority, Stage, Ticket, Window
from desk.texts import ShippedTexts
from desk.usecases.correct_ticket import CorrectParts, CorrectTicket
from desk.usecases.file_ticket import FileTicket, IntakeRefused, Reason
from desk.usecases.read_back import ReadBack
from tests.usecases.conftest import AREA_CODE, World
from tests.usecases.moving import PLUMBER, Hotline

TREE = ShippedTexts().categories()
LIFT = "repair.lift.trapped"  # urgent by itself
SAID = "the read-back says otherwise"


class Desk:
    """A hotline at which filed tickets are corrected."""

    def __init__(self, world: World) -> None:
        self.hotline, self.world = Hotline(world), world
        world.map.load()
        read_back = ReadBack(world.log, world.author, world.residents, world.map, TREE, world.clock)
        filing = FileTicket(world.log, world.author, world.tickets, world.clock, "S01", TREE, AREA_CODE)

        def gate(intake: Intake) -> str:
            why = read_back.asks(intake)
            return why.value if why is not None else ""

        self.correcting = CorrectTicket(
            CorrectParts(
                moves=self.hotline.moves,
                tickets=world.tickets,
                residents=world.residents,
                tree=TREE,
                home=world.map.home,
                estate_of=world.map.estate_of,
                refusals=filing.refusals,
                gate=gate,
            )
        )

    def home(self, building: str, unit: str, room: str) -> Place:
        home = self.world.home(building, unit, room)
        return self.world.map.home(self.world.residents.households([home])[home])

    def filed(self, **other: object) -> TicketId:
        """By 李秀英 of 5-2-203, who lives there with 王建国."""
        own = self.world.home("5", "2", "203")
        self.wife = self.world.person("李秀英", (own, "family"))
        self.husband = self.world.person("王建国", (own, "owner"))
        place = self.home("5", "2", "203")
        known: dict[str, object] = {
            "place_text": place.text,
            "household_id": own,
            "building_id": place.building_id,
            "person_id": self.wife,
            "caller_name": "李秀英",
            "contact_number": "13800138000",
        }
        return self.hotline.filed(**(known | other))

    def form(self, ticket_id: TicketId) -> Intake:
        ticket = self.hotline.ticket(ticket_id)
        home = ticket.household_id
        household = self.world.residents.households([home]).get(home) if home else None
        return self.correcting.form(ticket, household)

    def correct(self, ticket_id: TicketId, reason: str = SAID, **changed: object) -> Ticket:
        was = self.form(ticket_id)
        return self.correcting.correct(ticket_id, was, replace(was, **changed), reason)  # type: ignore[arg-type]


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def test_the_form_shows_the_ticket_as_it_stands(desk: Desk) -> None:
    form = desk.form(desk.filed())
    assert form.place == desk.home("5", "2", "203")
    assert (form.kind, form.category, form.caller_name) == (Kind.REPAIR, "repair.water.tap", "李秀英")
    before_it_had_a_phase = desk.form(desk.filed(place_text="5栋2单元203")).place
    assert (before_it_had_a_phase.text, before_it_had_a_phase.household_id) == (
        "5栋2单元203",
        desk.world.home("5", "2", "203"),
    )
    building = desk.form(desk.filed(place_text="一期5栋"))
    assert (building.place.household_id, building.household_id) == (None, desk.world.home("5", "2", "203"))
    lobby = desk.form(desk.filed(place_text="一期5栋大堂", public_area_id="a5大堂"))
    assert (lobby.place.text, lobby.place.household_id, lobby.place.public_area_id) == ("一期5栋大堂", None, "a5大堂")


def test_another_room_is_asked_for_anew_and_nobody_is_sent_before_it_was_read_back(desk: Desk) -> None:
    ticket_id = desk.filed(read_back_asked="said_otherwise")
    wrong = desk.correct(ticket_id, place=desk.home("12", "2", "203"))
    assert wrong == desk.hotline.ticket(ticket_id)
    assert (wrong.household_id, wrong.building_id) == (desk.world.home("12", "2", "203"), "b12")
    assert (wrong.read_back_asked, wrong.read_back_at) == ("another_home", None)
    with pytest.raises(MoveRefused) as caught:
        desk.hotline.moves.move(ticket_id, MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    assert caught.value.reason is Refusal.NOT_READ_BACK
    right = desk.correct(ticket_id, place=desk.home("5", "2", "203"))
    assert right.read_back_asked == ""
    assert desk.hotline.moves.move(ticket_id, MoveKind.DISPATCH, Given(handler_id=PLUMBER)).stage is Stage.DISPATCHED


def test_a_description_that_names_another_address_asks_too(desk: Desk) -> None:
    ticket_id = desk.filed()
    assert desk.correct(ticket_id, description="12栋2单元203漏水").read_back_asked == "said_otherwise"
    assert desk.correct(ticket_id, description="厨房漏水").read_back_asked == ""


def test_whoever_of_the_household_is_to_be_called_is_whom_it_is_for(desk: Desk) -> None:
    ticket_id = desk.filed()
    husband = desk.correct(ticket_id, caller_name="王建国", contact_number="13900139000")
    assert (husband.person_id, husband.contact_number) == (desk.husband, "13900139000")
    neighbour = desk.correct(ticket_id, caller_name="楼上邻居")
    assert (neighbour.person_id, neighbour.caller_name) == (desk.husband, "楼上邻居")


def test_it_is_another_household_s_ticket_and_whoever_of_it_called(desk: Desk) -> None:
    there = desk.world.home("12", "2", "203")
    desk.world.person("王建国", (there, "tenant"))
    lift: dict[str, object] = {"place_text": "一期5栋1单元电梯", "public_area_id": "a51单元电梯"}
    ticket_id = desk.filed(**lift)
    other = desk.correct(ticket_id, household_id=there)
    assert (other.household_id, other.place_text, other.person_id) == (there, "一期5栋1单元电梯", None)
    namesake = desk.correct(ticket_id, caller_name="王建国").person_id
    assert namesake not in (None, desk.husband)
    own = desk.world.home("5", "2", "203")
    assert desk.correct(ticket_id, household_id=own).person_id == desk.husband
    assert desk.correct(ticket_id, household_id=None).household_id is None


def test_who_calls_for_another_home_stays_the_caller(desk: Desk) -> None:
    ticket_id = desk.filed()
    corrected = desk.correct(ticket_id, place=desk.home("12", "2", "203"))
    assert (corrected.household_id, corrected.person_id) == (desk.world.home("12", "2", "203"), desk.wife)


def test_a_more_urgent_category_raises_the_priority_and_a_lesser_one_leaves_it(desk: Desk) -> None:
    category = TREE.get(LIFT)
    assert category is not None
    assert category.priority is Priority.URGENT
    ticket_id = desk.filed()
    assert desk.correct(ticket_id, category=LIFT).priority is Priority.URGENT
    assert desk.correct(ticket_id, category="repair.water.tap").priority is Priority.URGENT


def test_a_returned_task_is_called_and_routed_by_the_new_category(desk: Desk) -> None:
    ticket_id = desk.filed()
    desk.hotline.moves.move(ticket_id, MoveKind.DISPATCH, Given(handler_id=PLUMBER, trade="water"))
    desk.hotline.moves.move(ticket_id, MoveKind.RETURN, Given(reason="not my trade"))
    desk.correct(ticket_id, category=LIFT)
    (task,) = desk.hotline.tasks.of_ticket(ticket_id)
    assert (task.title, task.trade) == (f"title of {LIFT}", "")


def test_what_filing_would_refuse_is_refused_by_field_and_nothing_is_written(desk: Desk) -> None:
    ticket_id = desk.filed()
    before = desk.hotline.ticket(ticket_id)
    over = Window(desk.world.now - timedelta(hours=3), desk.world.now - timedelta(hours=1))
    for changed, field, why in (
        ({"place": Place()}, "place", Reason.MISSING),
        ({"contact_number": "nobody knows"}, "contact_number", Reason.NOT_A_NUMBER),
        ({"appointment": over}, "appointment", Reason.IN_THE_PAST),
        ({"category": "", "typed": {"category": "lift"}}, "category", Reason.UNRESOLVED),
    ):
        with pytest.raises(IntakeRefused) as caught:
            desk.correct(ticket_id, **changed)
        assert caught.value.reasons == {field: why}
    assert desk.hotline.ticket(ticket_id) == before


def test_what_was_wrong_before_and_is_not_touched_stands_in_nobody_s_way(desk: Desk) -> None:
    long_ago = desk.world.now - timedelta(days=2)
    ticket_id = desk.filed(appointment_start=long_ago, appointment_until=long_ago + timedelta(hours=2))
    assert desk.correct(ticket_id, description="pours").description == "pours"


def test_without_a_reason_or_a_change_or_after_its_end_nothing_is_corrected(desk: Desk) -> None:
    ticket_id = desk.filed()
    for reason, changed, why in (
        ("", {"description": "pours"}, Refusal.NEEDS_REASON),
        (SAID, {}, Refusal.NEEDS_CORRECTION),
    ):
        with pytest.raises(MoveRefused) as caught:
            desk.correct(ticket_id, reason, **changed)
        assert caught.value.reason is why
    desk.hotline.moves.move(ticket_id, MoveKind.CANCEL, Given(reason="works again"))
    with pytest.raises(MoveRefused) as caught:
        desk.correct(ticket_id, description="pours")
    assert caught.value.reason is Refusal.ENDED
    with pytest.raises(MoveRefused) as caught:
        desk.correcting.correct(TicketId("gone"), Intake(), Intake(), SAID)
    assert caught.value.reason is Refusal.NOT_FOUND


def test_a_correction_is_taken_back_as_every_step_is(desk: Desk) -> None:
    ticket_id = desk.filed()
    desk.hotline.moves.move(ticket_id, MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    before = replace(desk.hotline.ticket(ticket_id), step="")
    desk.hotline.go_on()
    desk.correct(ticket_id, category=LIFT, place=desk.home("12", "2", "203"), description="pours")
    desk.hotline.go_on()
    desk.hotline.moves.undo(ticket_id)
    assert replace(desk.hotline.ticket(ticket_id), step="") == before


def test_it_is_written_field_by_field(desk: Desk) -> None:
    ticket_id = desk.filed()
    was = desk.form(ticket_id)
    desk.world.put("ticket", ticket_id, description="a colleague's words")
    desk.correcting.correct(ticket_id, was, replace(was, contact_number="13900139000"), "a slip")
    last = desk.hotline.histories.of("ticket", ticket_id)[-1]
    assert set(last.patch) == {"contact_number", "step"}
    assert (last.reason, desk.hotline.ticket(ticket_id).description) == ("a slip", "a colleague's words")
    assert HouseholdId(desk.hotline.ticket(ticket_id).household_id or "") == was.household_id


def test_what_a_colleague_has_changed_meanwhile_is_not_written_over_unseen(desk: Desk) -> None:
    ticket_id = desk.filed()
    was = desk.form(ticket_id)
    desk.world.put("ticket", ticket_id, contact_number="13900139001")
    with pytest.raises(MoveRefused) as caught:
        desk.correcting.correct(ticket_id, was, replace(was, contact_number="13900139000"), "a slip")
    assert caught.value.reason is Refusal.WRITTEN_SINCE
    assert desk.hotline.ticket(ticket_id).contact_number == "13900139001"


def test_a_place_in_another_estate_is_known_as_such(desk: Desk) -> None:
    desk.world.put("estate", "e2", name="翠湖湾")
    desk.world.put("building", "b9", estate_id="e2", code="9", name="9栋", phase="", area="", area_assistant_id=None)
    desk.world.map.load()
    here = desk.hotline.ticket(desk.filed())
    there = replace(here, building_id=BuildingId("b9"))
    assert desk.correcting.is_elsewhere(here, there)
    assert not desk.correcting.is_elsewhere(here, replace(here, building_id=BuildingId("b12")))
    assert not desk.correcting.is_elsewhere(here, replace(here, building_id=None))
