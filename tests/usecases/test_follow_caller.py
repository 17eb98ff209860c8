"""Whom a call was said to be with after its draft had taken somebody else: over both stores."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from desk.domain.call_log import Tie
from desk.domain.categories import Category, CategoryTree
from desk.domain.drafts import Draft, Intake
from desk.domain.estate import Household
from desk.domain.identity import BuildingId, CallId, EstateId, HouseholdId, PersonId, TicketId
from desk.domain.tickets import Kind, Place
from desk.domain.times import to_text
from desk.store.history import SqlHistories
from desk.usecases.attach_number import AttachNumber
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_history import FakeHistories
from desk.usecases.file_ticket import FileTicket
from desk.usecases.follow_caller import Caller, FollowCaller
from desk.usecases.join_call import JoinCall
from desk.usecases.tie_call import TieCall
from tests.usecases.conftest import AREA_CODE, NOW, World
from tests.usecases.moving import Hotline

TREE = CategoryTree((Category("repair.tap", Kind.REPAIR, "给排水", "Water", "水龙头漏水", "Tap leaks"),))
NUMBER = "13800138000"
FIRST, SECOND = HouseholdId("h5-2-203"), HouseholdId("h12-1-101")


@dataclass
class Desk:
    """A call of a number of two homes; a draft that was begun for it names the first."""

    world: World
    wang: PersonId
    li: PersonId
    call: CallId
    follow: FollowCaller
    ties: TieCall
    draft: Draft

    def file(self, draft: Draft) -> tuple[PersonId | None, HouseholdId | None, Tie | None]:
        """The ticket's person and household, and the call's tie."""
        world = self.world
        filing = FileTicket(
            world.log,
            world.author,
            world.tickets,
            world.clock,
            "S01",
            TREE,
            follow=self.follow.follow,
            tie_of=world.calls.tie,
        )
        ticket = filing.file(draft)
        return ticket.person_id, ticket.household_id, world.calls.tie(self.call)

    def typed(self, **fields: str) -> Draft:
        """The draft after this was typed into it."""
        at = {**self.draft.intake.typed_at, **dict.fromkeys(fields, to_text(NOW))}
        return replace(self.draft, intake=replace(self.draft.intake, typed_at=at, **fields))  # type: ignore[arg-type]


@pytest.fixture
def desk(world: World) -> Desk:
    wang = world.person("王建国", (FIRST, "owner"), numbers=(NUMBER,))
    li = world.person("李秀英", (SECOND, "owner"), numbers=(NUMBER,))
    call = CallId(world.call(NUMBER))
    if world.store is not None:
        histories: SqlHistories | FakeHistories = SqlHistories(world.store)
    else:
        assert isinstance(world.log, FakeStore)
        histories = FakeHistories(world.log)
    home = world.map.home(Household(FIRST, EstateId("e1"), BuildingId("b5"), "2", "203", "5-2-203"))
    intake = Intake(
        Kind.REPAIR,
        "repair.tap",
        place=home,
        description="厨房水龙头漏水",
        caller_name="王建国",
        contact_number=NUMBER,
        person_id=wang,
        household_id=FIRST,
        typed_at={"description": to_text(NOW)},
        caller_at=NOW,
    )
    draft = Draft("01900000-0000-7000-8000-00000000d001", "1001", NOW, NOW, intake, call)
    follow = FollowCaller(world.calls, histories, world.residents, world.map.home)
    return Desk(world, wang, li, call, follow, TieCall(world.log, world.author), draft)


def test_what_nobody_has_said_otherwise_is_filed_as_the_draft_has_it(desk: Desk) -> None:
    assert desk.follow.said(desk.draft) is None
    assert desk.file(desk.draft) == (desk.wang, FIRST, Tie(desk.wang, FIRST))


def test_whom_somebody_said_later_the_ticket_is_for_and_the_call_stays_with(desk: Desk) -> None:
    desk.ties.tie(desk.call, desk.li, SECOND)
    followed = desk.follow.follow(desk.draft).intake
    assert (followed.caller_name, followed.place.household_id, followed.contact_number) == ("李秀英", SECOND, NUMBER)
    assert desk.file(desk.draft) == (desk.li, SECOND, Tie(desk.li, SECOND))


def test_what_was_typed_stays_whoever_it_was(desk: Desk) -> None:
    desk.ties.tie(desk.call, desk.li, SECOND)
    assert desk.follow.follow(desk.typed(caller_name="王阿姨")).intake.caller_name == "王阿姨"
    fault = replace(desk.typed(), intake=replace(desk.typed(place="").intake, place=Place("北门花坛")))
    assert desk.follow.follow(fault).intake.place == Place("北门花坛")
    kept = desk.follow.follow(replace(desk.draft, intake=replace(desk.draft.intake, place=Place("5栋", None)))).intake
    assert kept.place == Place("5栋", None)  # not the first caller's home


def test_not_them_said_later_leaves_the_draft_without_a_caller(desk: Desk) -> None:
    desk.world.now += timedelta(minutes=5)
    attach = AttachNumber(desk.world.log, desk.world.author, desk.world.residents, desk.world.new_id, AREA_CODE)
    attach.detach(NUMBER, desk.wang, FIRST, desk.call)
    assert desk.follow.said(desk.draft) == Caller()
    elsewhere = replace(desk.draft, intake=replace(desk.typed(place="").intake, place=Place("北门花坛")))
    assert desk.file(elsewhere) == (None, None, None)


def test_whoever_was_taken_after_not_them_is_filed(desk: Desk) -> None:
    desk.ties.tie(desk.call, None, None)
    later = replace(desk.draft, intake=replace(desk.draft.intake, caller_at=NOW + timedelta(minutes=1)))
    assert desk.file(later) == (desk.wang, FIRST, Tie(desk.wang, FIRST))


def test_a_draft_of_before_the_time_was_kept_gives_way_to_not_them(desk: Desk) -> None:
    desk.ties.tie(desk.call, None, None)
    old = replace(desk.draft, intake=replace(desk.draft.intake, caller_at=None))
    assert desk.follow.follow(old).intake.person_id is None


def test_somebody_whom_this_seat_does_not_know_yet_is_filed_under_their_id(desk: Desk) -> None:
    desk.ties.tie(desk.call, PersonId("p-elsewhere"), SECOND)
    assert desk.file(desk.draft) == ("p-elsewhere", SECOND, Tie(PersonId("p-elsewhere"), SECOND))


def test_a_walk_in_follows_nobody(desk: Desk) -> None:
    assert desk.follow.said(replace(desk.draft, call_id=None)) is None


def test_what_was_said_is_not_said_again_by_filing_or_joining(desk: Desk) -> None:
    desk.ties.tie(desk.call, desk.wang, FIRST)
    desk.file(desk.draft)
    world = desk.world
    ticket = TicketId(world.ticket(FIRST))
    joining = JoinCall(world.log, world.author, world.tickets, Hotline(world).moves, tie_of=world.calls.tie)
    joining.join(desk.call, ticket, "", desk.wang, FIRST)
    changes = desk.follow._histories.of("call", desk.call)
    assert [set(one.patch) for one in changes[-2:]] == [{"ticket_id"}, {"ticket_id"}]
