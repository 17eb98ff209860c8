"""Who sits here, what goes on record of them, and their remarks."""

from datetime import UTC, datetime

import pytest

from desk.domain.estate import Duty, Staff
from desk.domain.identity import CallId, StaffId
from desk.domain.listening import Access, Comment, Listener, Role
from desk.domain.times import to_text
from desk.usecases.comment_call import TEXT_MAX, CommentCall, CommentRefused, WhyNot
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.listener import WhoListens, role_of
from desk.usecases.listening_log import ListeningLog
from tests.making import call

OWN_DAYS = 7
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
CALL = CallId("c1")
SUPERVISOR = Staff(StaffId("s1"), "9001", "王芳", Duty.SUPERVISOR)
AGENT = Staff(StaffId("s2"), "1001", "张三", Duty.AGENT)


def test_whoever_the_staff_list_names_is_the_supervisor() -> None:
    staff = [SUPERVISOR, AGENT]
    assert (role_of("9001", staff), role_of("1001", staff), role_of("", staff)) == (
        Role.SUPERVISOR,
        Role.AGENT,
        Role.AGENT,
    )


def test_where_no_supervisor_was_ever_named_whoever_sits_here_is_one() -> None:
    assert role_of("1001", [AGENT]) is Role.SUPERVISOR
    assert WhoListens(list, lambda: "1001").now() == Listener("1001", Role.SUPERVISOR)


def test_nobody_becomes_a_supervisor_because_the_only_one_left() -> None:
    left = Staff(StaffId("s1"), "9001", "王芳", Duty.SUPERVISOR, active=False)
    assert [role_of(number, [AGENT, left]) for number in ("1001", "9001", "")] == [Role.AGENT] * 3


class Ground:
    def __init__(self) -> None:
        self.store, self.listener = FakeStore(), Listener("1001", Role.AGENT)
        self._ids = iter(range(1, 100))
        author = FakeAuthor("1001", "S01", lambda: NOW, self.new_id)
        self.store.append(
            [
                call(one, agent=agent, offered_at=to_text(NOW))
                for one, agent in (("c1", "1001"), ("c2", "1002"), ("c3", ""))
            ]
        )
        self.comments = CommentCall(
            self.store.comments, self.store.calls, self.store, author, lambda: NOW, self.new_id,
            lambda: self.listener, OWN_DAYS,
        )  # fmt: skip
        self.log = ListeningLog(self.store, author, lambda: NOW, self.new_id, "S01", lambda: self.listener)

    def new_id(self) -> str:
        return f"id{next(self._ids):03}"


@pytest.fixture
def ground() -> Ground:
    return Ground()


def test_a_search_is_on_record_with_the_number_as_typed(ground: Ground) -> None:
    ground.log.note(Access.SEARCHED, detail="138 0013")
    (entry,) = ground.store.listenings.of_call(CallId(""))
    assert (entry.access, entry.who, entry.seat, entry.detail, entry.at) == (
        Access.SEARCHED,
        "1001",
        "S01",
        "138 0013",
        NOW,
    )


def test_what_was_heard_never_ends_before_it_begins(ground: Ground) -> None:
    play = ground.log.note(Access.PLAYED, CALL)
    ground.log.heard(play, 900, 100)
    (entry,) = ground.store.listenings.of_call(CALL)
    assert (entry.from_ms, entry.until_ms) == (900, 900)


def test_remarks_come_in_the_order_of_their_moment(ground: Ground) -> None:
    ground.comments.write(CALL, 5_000, " 语气生硬 ")
    ground.comments.write(CALL, 1_000, "问候及时")
    assert [(c.at_ms, c.text, c.author) for c in ground.comments.of_call(CALL)] == [
        (1_000, "问候及时", "1001"),
        (5_000, "语气生硬", "1001"),
    ]


@pytest.mark.parametrize(("text", "why"), [("  ", WhyNot.EMPTY), ("长" * (TEXT_MAX + 1), WhyNot.TOO_LONG)])
def test_a_remark_that_says_nothing_or_too_much_is_refused(ground: Ground, text: str, why: WhyNot) -> None:
    with pytest.raises(CommentRefused) as refused:
        ground.comments.write(CALL, 0, text)
    assert refused.value.why is why
    assert ground.store.all_of(Comment) == []


def test_nobody_who_is_not_signed_in_writes(ground: Ground) -> None:
    ground.listener = Listener("", Role.SUPERVISOR)
    with pytest.raises(CommentRefused):
        ground.comments.write(CALL, 0, "x")


def test_remarks_are_for_those_who_may_hear_the_call(ground: Ground) -> None:
    remark = ground.comments.write(CALL, 0, "x")
    for other in (Listener("1002", Role.AGENT), Listener("", Role.AGENT), Listener("", Role.SUPERVISOR)):
        ground.listener = other
        assert ground.comments.of_call(CALL) == []
    ground.listener = Listener("9001", Role.SUPERVISOR)
    assert ground.comments.of_call(CALL) == [remark]


@pytest.mark.parametrize("call_id", ["c2", "c3", "nobody knows"])
def test_agents_write_no_remark_to_a_call_that_is_not_theirs(ground: Ground, call_id: str) -> None:
    with pytest.raises(CommentRefused) as refused:
        ground.comments.write(CallId(call_id), 0, "x")
    assert refused.value.why is WhyNot.NOT_ALLOWED
    assert ground.store.all_of(Comment) == []


def test_nobody_who_is_not_signed_in_takes_a_remark_off(ground: Ground) -> None:
    remark = ground.comments.write(CALL, 0, "x")
    ground.listener = Listener("", Role.SUPERVISOR)
    with pytest.raises(CommentRefused) as refused:
        ground.comments.remove(remark)
    assert refused.value.why is WhyNot.NOT_SIGNED_IN


def test_ones_own_remark_comes_off_the_screen_and_back(ground: Ground) -> None:
    remark = ground.comments.write(CALL, 0, "x")
    ground.comments.remove(remark)
    assert ground.comments.of_call(CALL) == []
    ground.comments.restore(remark)
    assert ground.comments.of_call(CALL) == [remark]


def test_others_remarks_come_off_for_supervisors_only(ground: Ground) -> None:
    remark = ground.comments.write(CALL, 0, "x")
    ground.listener = Listener("1002", Role.AGENT)
    with pytest.raises(CommentRefused):
        ground.comments.remove(remark)
    ground.listener = Listener("9001", Role.SUPERVISOR)
    ground.comments.remove(remark)
    assert ground.comments.of_call(CALL) == []
