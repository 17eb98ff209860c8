"""Signing in and out against the roster, states on record, the roster's lists, handing over."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from desk.domain.adherence import Punctual
from desk.domain.agent_state import AgentState
from desk.domain.roster_rows import RosterFault, read_table
from desk.domain.shifts import Post
from desk.domain.tickets import Stage
from desk.usecases.hand_over import HandOverRefused, WhyNot
from desk.usecases.keep_state import at_the_desk
from desk.usecases.keep_stay import LEFT_WORK, NOT_SIGNED_OUT, REPLACED, SIGNED_OUT
from desk.usecases.roster import RosterRefused
from tests.usecases.floor import CHINA, MORNING, POLICY, Floor, floor_in


@pytest.fixture(params=["in memory", "in the seat store"])
def floor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Floor]:
    with floor_in(request.param, tmp_path) as floor:
        yield floor


def rows(text: str) -> list[tuple[int, list[str]]]:
    return [(number, line.split(",")) for number, line in enumerate(text.strip().split("\n"), 1)]


def later(floor: Floor, minutes: int) -> datetime:
    floor.later(minutes=minutes)
    return floor.now


def test_a_sign_in_belongs_to_the_turn_it_is_for(floor: Floor) -> None:
    turn = floor.turn()
    signed = floor.stays().sign_in("1001")
    assert signed.turn == turn
    assert signed.stay.duty_turn_id == turn.duty_turn_id
    assert not signed.late_by
    assert not signed.short_by


def test_coming_late_is_told_with_the_minutes(floor: Floor) -> None:
    floor.turn()
    floor.later(minutes=17)
    assert floor.stays().sign_in("1001").late_by == timedelta(minutes=7)


def test_the_minutes_before_a_turn_are_asked_for(floor: Floor) -> None:
    floor.turn()
    floor.later(minutes=8)
    signed = floor.stays().sign_in("1001")
    assert signed.short_by == timedelta(minutes=3)
    assert not signed.late_by


def test_a_window_that_died_goes_on_with_its_stay(floor: Floor) -> None:
    first = floor.stays().sign_in("1001")
    floor.later(minutes=3)
    again = floor.stays().sign_in("1001")
    assert again.resumed
    assert again.stay == first.stay


def test_who_is_at_lunch_has_signed_in_and_is_not_at_the_desk(floor: Floor) -> None:
    floor.stays().sign_in("1001")
    floor.stays("S02").sign_in("1002")
    floor.later(minutes=1)
    floor.states("S02").enter("1002", AgentState.WRAP_UP)
    assert at_the_desk(floor.shifts, later(floor, 1)) == {"1001", "1002"}
    floor.states("S02").enter("1002", AgentState.LUNCH)
    assert at_the_desk(floor.shifts, later(floor, 40)) == {"1001"}
    floor.states("S02").enter("1002", AgentState.READY)
    assert at_the_desk(floor.shifts, later(floor, 1)) == {"1001", "1002"}
    floor.stays("S02").sign_out("1002")
    assert at_the_desk(floor.shifts, later(floor, 1)) == {"1001"}


def test_somebody_else_at_the_seat_ends_the_stay_before(floor: Floor) -> None:
    first = floor.stays().sign_in("1001").stay
    floor.later(hours=6)
    floor.stays().sign_in("1002")
    before = floor.shifts.stays(MORNING, floor.now, "1001")[0]
    assert before.stay_id == first.stay_id
    assert before.until == floor.now
    assert before.why_ended == REPLACED


def test_a_stay_that_nobody_ended_does_not_last_for_days(floor: Floor) -> None:
    turn = floor.turn()
    floor.stays().sign_in("1001")
    floor.later(days=2)
    again = floor.stays().sign_in("1001")
    before = floor.shifts.stays(MORNING, floor.now, "1001")[0]
    assert not again.resumed
    assert (before.until, before.why_ended) == (turn.until, NOT_SIGNED_OUT)


def test_signing_out_ends_the_stay_of_this_person_at_this_seat_only(floor: Floor) -> None:
    floor.stays().sign_in("1001")
    floor.later(hours=1)
    assert floor.stays("S02").sign_out("1001") is None
    assert floor.stays().sign_out("1002") is None
    ended = floor.stays().sign_out("1001")
    assert ended is not None
    assert (ended.until, ended.why_ended) == (floor.now, SIGNED_OUT)
    assert floor.stays().sign_out("1001") is None


def test_a_state_is_on_record_with_its_reason_and_the_next_one_ends_it(floor: Floor) -> None:
    floor.turn()
    floor.stays().sign_in("1001")
    states = floor.states()
    states.enter("1001", AgentState.READY)
    floor.later(hours=1)
    states.enter("1001", AgentState.FAULT)
    states.because("1001", "耳机没有声音")
    floor.later(minutes=20)
    states.enter("1001", AgentState.READY)
    floor.later(hours=8)
    kept = floor.roster().kept(MORNING, MORNING + timedelta(days=1), "1001")
    assert kept.lost == timedelta(minutes=20)
    assert [s.reason for s in floor.shifts.spans(MORNING, floor.now, "1001")] == ["", "耳机没有声音", ""]


def test_the_same_state_again_begins_no_new_span(floor: Floor) -> None:
    floor.stays().sign_in("1001")
    first = floor.states().enter("1001", AgentState.BREAK)
    floor.later(minutes=1)
    again = floor.states().enter("1001", AgentState.BREAK, "喝水")
    assert again.state_span_id == first.state_span_id
    assert again.reason == "喝水"


def test_a_turn_is_kept_by_coming_and_staying(floor: Floor) -> None:
    turn = floor.turn(hours=5)
    floor.turn("1002", hours=5)
    floor.stays().sign_in("1001")
    floor.states().enter("1001", AgentState.READY)
    floor.now = turn.start + timedelta(hours=2)
    floor.states().enter("1001", AgentState.BREAK)
    floor.later(minutes=50)  # half an hour more than a break may take
    floor.states().enter("1001", AgentState.READY)
    floor.now = turn.until + timedelta(minutes=6)
    floor.stays().sign_out("1001")
    kept = floor.roster().kept(MORNING, MORNING + timedelta(days=1))
    mine, theirs = kept.turns
    assert (mine.begun, mine.ended, mine.adherence_pct) == (Punctual.ON_TIME, Punctual.ON_TIME, 90.0)
    assert theirs.begun is Punctual.ABSENT
    assert kept.attendance_pct == 50.0


def test_a_list_is_compared_before_anything_is_written_and_taken_in_once(floor: Floor) -> None:
    roster = floor.roster()
    read = read_table(
        rows("日期,工号,班次\n2026-11-24,1001,早班\n2026-11-24,1002,中班\n,2001,20:00-08:30"), roster.reading()
    )
    plan = roster.compare(read)
    assert (len(plan.new), plan.gone, plan.problems) == (3, (), ())
    assert not floor.shifts.turns(MORNING, MORNING + timedelta(days=5))
    assert roster.carry_out(plan) == 3
    assert not roster.compare(read).changes_anything
    assert [turn.post for turn in roster.read(date(2026, 11, 24), 1).days[0].turns] == [
        Post.AGENT,
        Post.AGENT,
        Post.HANDLER,
    ]


def test_a_new_list_takes_back_only_what_it_speaks_about(floor: Floor) -> None:
    roster = floor.roster()
    first = "日期,工号,班次\n2026-11-24,1001,早\n2026-11-24,1002,早\n2026-11-25,1001,早"
    roster.carry_out(roster.compare(read_table(rows(first), roster.reading())))
    plan = roster.compare(read_table(rows("日期,工号,班次\n2026-11-24,1001,中"), roster.reading()))
    assert [(t.who, t.start.astimezone(CHINA).day) for t in plan.gone] == [("1001", 24)]
    assert len(plan.new) == 1
    roster.carry_out(plan)
    standing = [t.who for day in roster.read(date(2026, 11, 24), 2).days for t in day.turns]
    assert sorted(standing) == ["1001", "1001", "1002"]


def test_a_turn_that_was_taken_back_can_come_again(floor: Floor) -> None:
    roster = floor.roster()
    turn = roster.add("1001 11-24 早班")
    roster.end(turn.duty_turn_id, "换班")
    assert not roster.read(date(2026, 11, 24), 1).days[0].turns
    assert roster.add("1001 11-24 早班") == turn
    assert roster.read(date(2026, 11, 24), 1).days[0].turns == (turn,)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("9999 11-24 早班", RosterFault.PERSON_UNKNOWN),
        ("1009 11-24 早班", RosterFault.PERSON_LEFT),
        ("1001 早班", RosterFault.DAY_MISSING),
        ("1001 11-24", RosterFault.SHIFT_MISSING),
        ("1001 11-24 通宵", RosterFault.SHIFT_UNKNOWN),
        ("", RosterFault.PERSON_MISSING),
    ],
)
def test_a_line_that_makes_no_turn_is_told_why(floor: Floor, line: str, fault: RosterFault) -> None:
    with pytest.raises(RosterRefused) as refused:
        floor.roster().add(line)
    assert refused.value.problem.fault is fault


def test_nobody_is_put_at_two_places_at_once(floor: Floor) -> None:
    floor.roster().add("1001 11-24 早班")
    with pytest.raises(RosterRefused) as refused:
        floor.roster().add("张三 11-24 09:00-12:00")
    assert refused.value.problem.fault is RosterFault.OVERLAPS


def test_only_a_supervisor_changes_the_roster(floor: Floor) -> None:
    floor.may_write = False
    with pytest.raises(PermissionError):
        floor.roster().add("1001 11-24 早班")


def test_a_day_tells_when_nobody_is_there(floor: Floor) -> None:
    floor.roster().add("1001 11-24 早班")
    floor.roster().add("1002 11-24 夜班")
    day = floor.roster().read(date(2026, 11, 24), 1).days[0]
    shown = [(a.astimezone(CHINA).strftime("%H:%M"), b.astimezone(CHINA).strftime("%H:%M")) for a, b in day.holes]
    assert shown == [("14:15", "20:00")]


def test_who_is_on_duty_now(floor: Floor) -> None:
    floor.roster().add("2001 11-24 夜班")
    night = datetime(2026, 11, 25, 3, 0, tzinfo=CHINA).astimezone(UTC)
    assert [t.who for t in floor.roster().on_duty(night, Post.HANDLER)] == ["2001"]
    assert not floor.roster().on_duty(night + timedelta(hours=6), Post.HANDLER)


def test_a_note_is_drafted_from_what_is_open(floor: Floor) -> None:
    ticket = floor.ticket()
    floor.ticket(stage=Stage.CLOSED)
    floor.ticket("1002")
    promise = floor.promise()
    draft = floor.hand_over().draft("1001")
    assert [item.ref for item in draft.items] == [f"promise {promise.promise_id}", f"ticket {ticket.ticket_id}"]
    assert [item.item_id for item in draft.keeping] == [promise.promise_id]


def test_accepting_by_name_makes_all_of_it_theirs(floor: Floor) -> None:
    ticket, promise = floor.ticket(), floor.promise()
    note = floor.hand_over().make("1001", "李四")
    assert (note.to, note.text.count("\n")) == ("1002", 1)
    assert floor.hand_over().keeps("1001")
    accepted = floor.hand_over().accept(note.hand_over_id, "李四", "收到")
    assert (accepted.accepted_by, accepted.remark) == ("1002", "收到")
    assert {item.item_id for item in floor.work.of("1002")} == {ticket.ticket_id, promise.promise_id}
    assert not floor.work.of("1001")
    assert not floor.hand_over().keeps("1001")


def test_what_was_done_meanwhile_is_not_handed_over(floor: Floor) -> None:
    promise, other = floor.promise(), floor.promise(text="明天上午回电")
    note = floor.hand_over().make("1001")
    floor.log.append([floor.author().change("promise", promise.promise_id, {"state": "kept"})])
    floor.log.append([floor.author().change("promise", other.promise_id, {"owner": "3001"})])
    floor.hand_over().accept(note.hand_over_id, "1002")
    assert not floor.work.of("1002")
    assert [item.item_id for item in floor.work.of("3001")] == [other.promise_id]


def test_a_note_is_accepted_once(floor: Floor) -> None:
    floor.promise()
    note = floor.hand_over().make("1001")
    floor.hand_over().accept(note.hand_over_id, "1002")
    with pytest.raises(HandOverRefused) as refused:
        floor.hand_over().accept(note.hand_over_id, "3001")
    assert (refused.value.why, refused.value.by) == (WhyNot.TAKEN, "1002")


@pytest.mark.parametrize(
    ("by", "why"), [("1001", WhyNot.OWN), ("王五", WhyNot.NO_SUCH_PERSON), ("1009", WhyNot.NO_SUCH_PERSON)]
)
def test_nobody_takes_over_from_themselves_or_without_a_name(floor: Floor, by: str, why: WhyNot) -> None:
    floor.promise()
    note = floor.hand_over().make("1001")
    with pytest.raises(HandOverRefused) as refused:
        floor.hand_over().accept(note.hand_over_id, by)
    assert refused.value.why is why


def test_a_note_written_again_stays_one(floor: Floor) -> None:
    floor.promise()
    first = floor.hand_over().make("1001", "1002")
    floor.ticket()
    again = floor.hand_over().make("1001", "1002")
    assert again.hand_over_id == first.hand_over_id
    assert [len(note.items) for note in floor.shifts.hand_overs(MORNING)] == [2]


def test_notes_wait_for_whom_they_go_to(floor: Floor) -> None:
    floor.promise()
    floor.hand_over().make("1001", "1002")
    assert [one.note.who for one in floor.hand_over().waiting("1002")] == ["1001"]
    assert not floor.hand_over().waiting("3001")
    floor.hand_over().make("1001")
    assert floor.hand_over().waiting("3001")
    assert not floor.hand_over().waiting("1001")


def test_leaving_all_the_same_is_on_record_and_the_note_waits(floor: Floor) -> None:
    floor.stays().sign_in("1001")
    floor.promise()
    with pytest.raises(HandOverRefused):
        floor.hand_over().leave_anyway("1001", "  ")
    floor.hand_over().leave_anyway("1001", "孩子发烧")
    stay = floor.stays().sign_out("1001", LEFT_WORK, "孩子发烧")
    assert stay is not None
    assert stay.why_ended == f"{LEFT_WORK}: 孩子发烧"
    waiting = floor.hand_over().waiting("1002")[0]
    assert waiting.note.remark == "孩子发烧"
    assert len(waiting.items) == 1


def test_who_is_gone_unasked_leaves_a_note_and_has_it_back_when_they_sit_down_again(floor: Floor) -> None:
    assert floor.hand_over().leave_note("1001") is None
    floor.promise()
    assert floor.hand_over().leave_note("1001") is not None
    assert floor.hand_over().leave_note("1001") is None
    assert floor.hand_over().waiting("1002")
    floor.later(minutes=1)
    assert floor.hand_over().come_back("1001") is not None
    assert not floor.hand_over().waiting("1002")
    assert floor.hand_over().keeps("1001")
    assert floor.hand_over().come_back("1001") is None


def test_what_was_promised_after_the_note_was_written_goes_into_it_when_they_leave(floor: Floor) -> None:
    floor.promise()
    floor.hand_over().make("1001", "1002", "老人独居，先回电")
    late = floor.promise(text="报价后回电")
    left = floor.hand_over().leave_anyway("1001", "孩子发烧")
    assert left.to == "1002"
    assert left.text.startswith("老人独居，先回电\n")
    assert "报价后回电" in left.text
    floor.hand_over().accept(left.hand_over_id, "1002")
    assert not floor.hand_over().keeps("1001")
    assert late.promise_id in {item.item_id for item in floor.work.of("1002")}


def test_who_is_gone_unasked_after_writing_a_note_leaves_what_came_since_in_it(floor: Floor) -> None:
    floor.promise()
    note = floor.hand_over().make("1001")
    floor.promise(text="报价后回电")
    left = floor.hand_over().leave_note("1001")
    assert left is not None
    assert (left.hand_over_id, len(left.items)) == (note.hand_over_id, 2)
    assert floor.hand_over().leave_note("1001") is None
    assert len(floor.hand_over().waiting("1002")[0].items) == 2


def test_a_note_to_somebody_by_name_is_not_taken_back_by_sitting_down(floor: Floor) -> None:
    floor.promise()
    floor.hand_over().make("1001", "1002")
    assert floor.hand_over().come_back("1001") is None
    assert floor.hand_over().waiting("1002")


def test_policy_names_the_shifts() -> None:
    kind = POLICY.kind_of(" 早 ")
    assert kind is not None
    assert kind.code == "early"
    assert POLICY.kind_of("通宵") is None
