"""The ticket's page, the work list and drafts."""

from dataclasses import replace

from desk.domain.drafts import Draft, Intake
from desk.domain.identity import CallId, TicketId
from desk.usecases.keep_draft import KeepDraft
from desk.usecases.read_ticket import ReadTicket
from desk.usecases.read_work import ReadWork
from tests.usecases.conftest import NOW, World


def reading(world: World) -> ReadTicket:
    return ReadTicket(world.tickets, world.calls, world.residents, world.map)


def test_a_ticket_comes_with_its_calls_recordings_and_names(world: World) -> None:
    home = world.home("5", "2", "203")
    person = world.person("王建国", (home, "owner"))
    first = world.call("13800138000", ago_h=24)
    ticket = TicketId(world.ticket(home, person_id=person, call_id=first))
    again = world.call("13800138000", ago_h=2, ticket_id=ticket)
    world.put("recording", first, kept="kept", why="", file="2026/03/01/x.opus", sha256="", length_ms=1000)
    page = reading(world).read(ticket)
    assert page
    assert [c.call_id for c in page.calls] == [first, again]
    assert [bool(c.recording) for c in page.calls] == [True, False]
    assert page.person
    assert page.household
    assert page.building
    assert (page.person.name, page.household.room, page.building.name) == ("王建国", "203", "5栋")


def test_a_call_that_still_runs_is_named_without_its_entry(world: World) -> None:
    page = reading(world).read(TicketId(world.ticket(world.home("5", "2", "203"), call_id="running")))
    assert page
    assert [(c.call_id, c.entry) for c in page.calls] == [("running", None)]


def test_a_ticket_that_is_not_here_yet_has_no_page(world: World) -> None:
    assert reading(world).read(TicketId("nowhere")) is None


def test_a_joined_ticket_names_the_other(world: World) -> None:
    main = world.ticket(None)
    page = reading(world).read(TicketId(world.ticket(None, stage="joined", joined_to=main)))
    assert page
    assert page.joined_to
    assert page.joined_to.ticket_id == main


def test_a_draft_is_kept_as_typed_until_it_is_dropped(world: World) -> None:
    keep = KeepDraft(world.drafts, world.clock)
    intake = Intake(description="厨房", typed={"category": "sltl"})
    draft = Draft("d1", "1001", NOW, NOW, intake, CallId("c1"))
    keep.save(draft)
    keep.save(replace(draft, intake=replace(intake, description="厨房水龙头")))
    keep.save(replace(draft, draft_id="d2", author="1002"))
    kept = keep.of_author("1001")
    assert [(d.draft_id, d.intake.description, d.intake.typed) for d in kept] == [
        ("d1", "厨房水龙头", {"category": "sltl"})
    ]
    keep.drop("d1")
    assert keep.of_author("1001") == []


def test_the_work_list_has_drafts_calls_and_tickets(world: World) -> None:
    KeepDraft(world.drafts, world.clock).save(Draft("d1", "1001", NOW, NOW, Intake()))
    old, new = world.call("1", ago_h=9), world.call("2", ago_h=1)
    ticket = world.ticket(world.home("5", "2", "203"))
    work = ReadWork(world.drafts, world.calls, world.tickets).read("1001")
    assert [d.draft_id for d in work.drafts] == ["d1"]
    assert [c.call_id for c in work.calls] == [new, old]
    assert [t.ticket_id for t in work.tickets] == [ticket]
