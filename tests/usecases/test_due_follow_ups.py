"""Whatever is done to a ticket, it owes the follow-up of its stage, once, and no other."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.domain.attempts import Outcome
from desk.domain.follow_up_rules import OVERTAKES
from desk.domain.follow_ups import FollowUpKind, FollowUpState
from desk.domain.identity import StaffId, TicketId
from desk.domain.moves import Given, MoveKind, MoveRefused
from desk.domain.tickets import Stage
from desk.usecases.fakes import FakeStore
from desk.usecases.follow_up_paper import FollowUpRefused
from tests.usecases.conftest import World
from tests.usecases.follow_up_world import UNHAPPY, UNSOLVED, WELL, Hotline, hotline_of

_NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
_OFTEN = (MoveKind.DISPATCH, MoveKind.ACCEPT, MoveKind.FINISH)  # else few tickets would ever be done
_MOVES = tuple(kind for kind in MoveKind if kind not in (MoveKind.JOIN, MoveKind.SPLIT))
_ANSWERS = (WELL, UNSOLVED, UNHAPPY, {"told": "yes"}, {"told": "no"})


def hotline() -> Hotline:
    store = FakeStore()
    world = World(store, store, store.tickets, store.calls, store.notices, store, store, now=_NOW)
    world.put("staff", "s1", number="2001", name="赵", duty="handler", phone="", active=True)
    return hotline_of(world)


def step(there: Hotline, ticket_id: TicketId, what: MoveKind | str, number: int) -> None:
    """Whatever is refused is not done."""
    try:
        if isinstance(what, MoveKind):
            later = there.world.now + timedelta(days=number + 1)
            handler = StaffId("s1")
            there.moving.move(
                ticket_id, what, Given("why", "what", later, "1001", handler, title="t", solved=number % 2 == 0)
            )
        elif what == "undo":
            there.moving.undo(ticket_id)
        elif what == "tried":
            there.work.tried(there.work.for_ticket(ticket_id), list(Outcome)[number % 6])
        else:
            there.work.finish(there.answered(ticket_id, _ANSWERS[number % len(_ANSWERS)]))
    except (MoveRefused, FollowUpRefused):
        pass


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*_MOVES, *_OFTEN, *_OFTEN, "undo", "tried", "answered", "answered"]),
            st.integers(0, 30),
            st.integers(0, 60),
        ),
        min_size=4,
        max_size=24,
    )
)
def test_a_ticket_owes_its_stages_follow_up_once_and_no_other(steps: list[tuple[MoveKind | str, int, int]]) -> None:
    there = hotline()
    ticket_id = there.ticket()
    for what, number, hours in steps:
        there.later(hours=hours)
        step(there, ticket_id, what, number)
        stage = there.stage(ticket_id)
        due = [one.kind for one in there.follow_ups.of_ticket(ticket_id) if one.state is FollowUpState.DUE]
        assert len(due) == len(set(due))
        assert not set(due) & OVERTAKES.get(stage, frozenset())
        assert (FollowUpKind.CLOSING in due) == (stage is Stage.DONE)
        assert all(one.due_at is not None for one in there.follow_ups.of_ticket(ticket_id))
