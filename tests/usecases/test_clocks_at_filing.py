"""Filing starts the clocks, sets the owner, and raises the priority by the rules; a repeat call raises it, too."""

from datetime import timedelta

from desk.domain.clocks import ClockException, ClockName, ClockPolicy, Clocks
from desk.domain.drafts import Draft, Intake
from desk.domain.estate import SensitiveTag, Subject
from desk.domain.identity import CallId, TicketId
from desk.domain.priority_rules import RaiseRule, When
from desk.domain.sensitive_tags import SensitiveTags
from desk.domain.tickets import Kind, Place, Priority, Stage
from desk.domain.working_time import Span
from desk.texts import ShippedTexts
from desk.usecases.file_ticket import FileTicket
from desk.usecases.join_call import JoinCall
from desk.usecases.raise_at_filing import RaiseAtFiling
from tests.usecases.conftest import World
from tests.usecases.moving import Hotline

TREE = ShippedTexts().categories()
QUICK = ClockException(ClockName.ACCEPT, Span(timedelta(minutes=30)), priorities=frozenset({Priority.URGENT}))
RULES = (RaiseRule(When.TAGGED, Priority.URGENT, tags=frozenset({"独居老人"})),)


def filing(world: World, rules: tuple[RaiseRule, ...] = ()) -> FileTicket:
    clocks = Clocks(ClockPolicy(exceptions=(QUICK,)))
    priority = RaiseAtFiling(world.residents, lambda _ticket: rules).priority
    return FileTicket(
        world.log, world.author, world.tickets, world.clock, "S01", TREE, clocks=clocks, priority=priority
    )


def draft(world: World, kind: Kind = Kind.REPAIR, category: str = "repair.water.tap", person: str = "") -> Draft:
    intake = Intake(
        kind=kind,
        category=category,
        description="drips",
        place=Place("5-2-203"),
        contact_number="13800138000",
        person_id=person,
    )
    return Draft(world.new_id(), "1001", world.now, world.now, intake)


def test_a_ticket_that_is_filed_has_an_owner_and_its_first_clocks(world: World) -> None:
    filed = filing(world).file(draft(world))
    assert filed == world.tickets.get(filed.ticket_id)
    assert (filed.owner, filed.next_clock) == ("1001", "accept")
    assert filed.accept_due_at == filed.next_due_at == world.now + timedelta(hours=24)
    assert filed.plan_due_at == world.now + timedelta(days=3)  # Monday to Thursday
    assert filed.promise_due_at == world.now + timedelta(days=21)  # fifteen working days


def test_what_is_answered_at_once_has_no_clock(world: World) -> None:
    answered = filing(world).file(draft(world, Kind.INQUIRY, "inquiry.fees.management"), answered_at_once=True)
    assert (answered.stage, answered.next_clock, answered.next_due_at) == (Stage.CLOSED, "", None)


def test_whom_a_ticket_is_for_raises_it_and_with_it_its_clocks(world: World) -> None:
    person = world.put("person", world.new_id(), name="王奶奶", tags=["独居老人"], notes="")
    assert filing(world).file(draft(world, person=person)).priority is Priority.NORMAL
    filed = filing(world, RULES).file(draft(world, person=person))
    assert filed.priority is Priority.URGENT
    assert filed.accept_due_at == world.now + timedelta(minutes=30)
    assert filing(world, RULES).file(draft(world)).priority is Priority.NORMAL


def test_a_rule_means_a_tag_whatever_the_card_or_a_list_calls_it(world: World) -> None:
    rules = (RaiseRule(When.TAGGED, Priority.URGENT, tags=frozenset({"重病", "vip"})),)
    listed = SensitiveTags({"illness": ("疾病", "重病")})
    ill, guest, other = (
        draft(world, person=world.put("person", world.new_id(), name=name, tags=tags, notes=""))
        for name, tags in (("王", []), ("李", ["ＶＩＰ"]), ("赵", ["minor"]))
    )
    sensitive = [SensitiveTag("s1", Subject.PERSON, ill.intake.person_id or "", "illness")]
    raising = RaiseAtFiling(
        world.residents, lambda _ticket: rules, lambda ids: [one for one in sensitive if one.subject_id in ids], listed
    )
    filed = FileTicket(
        world.log, world.author, world.tickets, world.clock, "S01", TREE, clocks=Clocks(), priority=raising.priority
    )
    found = [filed.file(one).priority for one in (ill, guest, other)]
    assert found == [Priority.URGENT, Priority.URGENT, Priority.NORMAL]


def test_the_second_further_call_about_a_ticket_raises_it(world: World) -> None:
    hotline = Hotline(world)
    filed = filing(world).file(draft(world))
    joining = JoinCall(world.log, world.author, world.tickets, hotline.moves)
    first, second = (CallId(world.call("13800138000")) for _ in range(2))
    assert joining.join(first, filed.ticket_id).priority is Priority.NORMAL
    assert joining.join(first, filed.ticket_id).priority is Priority.NORMAL  # the same call again is no other
    assert joining.join(second, filed.ticket_id).priority is Priority.HIGH
    ticket = world.tickets.get(TicketId(filed.ticket_id))
    assert ticket
    assert ticket.priority is Priority.HIGH
