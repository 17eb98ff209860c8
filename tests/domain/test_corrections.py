"""What a correction makes of a ticket and its tasks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from desk.domain.corrections import Correction, corrected, form_of, retitled
from desk.domain.drafts import Intake
from desk.domain.identity import BuildingId, HouseholdId, PersonId, TaskId, TicketId
from desk.domain.tasks import Task, TaskStage
from desk.domain.tickets import Kind, Place, Priority, Stage, Ticket, Window

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HOME = Place("5栋2单元203", HouseholdId("h5"), BuildingId("b5"))
OTHER = Place("6栋2单元203", HouseholdId("h6"), BuildingId("b6"))
TICKET = Ticket(
    TicketId("t1"),
    "20261120-S01-001",
    Kind.REPAIR,
    "repair.water.tap",
    Priority.NORMAL,
    Stage.REGISTERED,
    "drips",
    AT,
    "1001",
    "S01",
    place_text=HOME.text,
    household_id=HOME.household_id,
    building_id=HOME.building_id,
    person_id=PersonId("p1"),
    caller_name="王建国",
    contact_number="13800138000",
    appointment_start=AT,
    appointment_until=AT + timedelta(hours=2),
    read_back_asked="said_otherwise",
    read_back_at=AT,
)
WAS = form_of(TICKET, HOME)


def put_right(now: Intake, asked: str | None = None, ticket: Ticket = TICKET) -> Ticket:
    return corrected(ticket, Correction(WAS, now, asked))


def test_a_form_that_was_not_touched_changes_nothing() -> None:
    assert Correction(WAS, WAS).touched == frozenset()
    assert put_right(WAS) == TICKET


def test_another_place_is_another_home_and_was_read_back_to_nobody() -> None:
    after = put_right(replace(WAS, place=OTHER), asked="another_home")
    assert (after.place_text, after.household_id, after.building_id) == ("6栋2单元203", "h6", "b6")
    assert (after.read_back_asked, after.read_back_at) == ("another_home", None)
    lobby = put_right(replace(WAS, place=Place("6栋大堂", None, BuildingId("b6"), "a6")))
    assert (lobby.household_id, lobby.public_area_id) == ("h5", "a6")  # still whose ticket it is


def test_what_was_read_back_holds_while_the_place_stands() -> None:
    after = put_right(replace(WAS, description="pours"), asked="no_room")
    assert (after.description, after.read_back_asked, after.read_back_at) == ("pours", "said_otherwise", AT)
    waiting = replace(TICKET, read_back_at=None)
    assert put_right(replace(WAS, description="pours"), asked="", ticket=waiting).read_back_asked == ""


def test_only_what_was_touched_is_written_over_what_a_colleague_has_written() -> None:
    meanwhile = replace(TICKET, description="pours by now", contact_number="13900139000")
    friday = Window(AT + timedelta(days=3), AT + timedelta(days=3, hours=2))
    after = put_right(replace(WAS, appointment=friday), ticket=meanwhile)
    assert (after.description, after.contact_number) == ("pours by now", "13900139000")
    assert (after.appointment_start, after.appointment_until) == (friday.start, friday.until)
    assert put_right(replace(WAS, appointment=None)).appointment_start is None


def test_a_correction_goes_over_what_came_meanwhile() -> None:
    meanwhile = replace(WAS, description="pours", contact_number="13900139000")
    over = Correction(WAS, replace(WAS, description="drips again")).over(meanwhile)
    assert over.was == meanwhile
    assert over.touched == {"description"}
    assert (over.now.description, over.now.contact_number) == ("drips again", "13900139000")


def test_tasks_called_by_the_category_are_called_by_the_new_one_and_go_by_its_route() -> None:
    def task(name: str, stage: TaskStage, title: str = "Tap drips") -> Task:
        return Task(TaskId(name), TICKET.ticket_id, title, stage, AT, "1001", trade="water")

    returned, at_work = task("k1", TaskStage.RETURNED), task("k2", TaskStage.IN_PROGRESS)
    own, done = task("k3", TaskStage.WAITING, "Paint"), task("k4", TaskStage.DONE)
    tasks = retitled((returned, at_work, own, done), "Tap drips", "Lift stands still")
    assert [(one.title, one.trade) for one in tasks] == [
        ("Lift stands still", ""),
        ("Lift stands still", "water"),
        ("Paint", "water"),
        ("Tap drips", "water"),
    ]
    assert retitled((returned,), "Tap drips", "Tap drips") == (returned,)
