"""The whole ladder as people at the desk go up it: over the store in memory and over the real one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.domain.attempts import Outcome, Purpose
from desk.domain.changes import Change
from desk.domain.conflicts import ASPECTS, STEP
from desk.domain.early_warnings import WarningStep
from desk.domain.identity import CallId, StaffId, TicketId
from desk.domain.ladder import LadderMove, LadderPolicy, LadderPost, LadderRefusal, PostHolder
from desk.domain.times import to_text
from desk.store.change_log import SeatAuthor
from desk.usecases.raise_warning import WarningRefused
from desk.usecases.read_conflicts import ReadConflicts
from desk.usecases.settle_warnings import SettleWarnings
from desk.usecases.step_warning import Chased
from tests.making import START, call, change_id, new_id, ticket
from tests.usecases.warning_hotline import FACTS, T1, Hotline, open_hotline


@pytest.fixture(params=["in memory", "in the seat store"])
def hotline(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hotline]:
    yield from open_hotline(request.param, tmp_path)


def refused(work: Callable[[], object]) -> LadderRefusal:
    with pytest.raises(WarningRefused) as told:
        work()
    return told.value.reason


# Raising


def test_what_is_known_of_the_ticket_is_filled_in(hotline: Hotline) -> None:
    found = hotline.raising.prefilled(T1)
    assert found is not None
    assert (found.facts.caller_number, found.facts.area) == ("13800138000", "一区 5栋2单元203")
    assert found.facts.issue == "漏水\n厨房漏水"
    assert (found.calls, found.open) == (("c1", "c2"), None)
    assert hotline.raising.prefilled(TicketId("nowhere")) is None


def test_a_warning_is_tied_to_its_ticket_with_all_its_calls_as_evidence(hotline: Hotline) -> None:
    warning = hotline.raised()
    assert (warning.step, warning.turn) == (WarningStep.RAISED, "supervisor")
    assert warning.due_at == START + timedelta(hours=1)
    assert (warning.evidence, warning.estate_id) == (("c1", "c2"), "e1")
    assert hotline.parts.warnings.get(warning.warning_id) == warning
    row = hotline.tickets.get(T1)
    assert row is not None
    assert row.warning_id == warning.warning_id
    hotline.step(warning, LadderMove.WITHDRAW, text="误报")
    over = hotline.tickets.get(T1)
    assert over is not None
    assert over.warning_id is None


def test_a_warning_without_what_it_needs_is_not_raised(hotline: Hotline) -> None:
    with pytest.raises(WarningRefused) as told:
        hotline.raising.raise_(T1, replace(FACTS, verified=" ", difficulty=""), START)
    assert (told.value.reason, told.value.fields) == (LadderRefusal.FACTS_MISSING, ("verified", "difficulty"))
    assert hotline.parts.warnings.open(10) == []
    hotline.policy[0] = LadderPolicy(needs=("issue",))
    assert hotline.raising.raise_(T1, replace(FACTS, verified=""), START).verified == ""


def test_a_ticket_has_one_open_warning_at_a_time(hotline: Hotline) -> None:
    first = hotline.raised()
    assert refused(hotline.raised) is LadderRefusal.ALREADY_OPEN
    hotline.step(first, LadderMove.WITHDRAW, text="误报")
    assert hotline.raised().warning_id != first.warning_id


def test_nobody_signed_in_or_a_ticket_that_is_not_here_is_refused(hotline: Hotline) -> None:
    assert refused(lambda: hotline.raising.raise_(TicketId("nowhere"), FACTS, START)) is LadderRefusal.UNKNOWN
    hotline.sits("")
    assert refused(hotline.raised) is LadderRefusal.NOT_SIGNED_IN


# Going up


def test_it_goes_up_the_ladder_and_is_closed_by_the_supervisor(hotline: Hotline) -> None:
    warning = hotline.up(hotline.raised())
    assert (warning.step, warning.turn) == (WarningStep.FED_BACK, "supervisor")
    closed = hotline.step(warning, LadderMove.SATISFIED, text="住户接受道歉")
    assert (closed.step, closed.closed_by, closed.said) == (WarningStep.CLOSED, "2001", "住户接受道歉")
    assert closed.guidance == "今天修好并道歉"
    assert hotline.parts.warnings.open(10) == []
    assert hotline.parts.warnings.ended(10) == [closed]


def test_an_agent_cannot_approve_their_own_warning(hotline: Hotline) -> None:
    warning = hotline.raised()
    assert refused(lambda: hotline.step(warning, LadderMove.REVIEW, "1001")) is LadderRefusal.SUPERVISORS_ONLY


def test_a_hotline_that_names_no_supervisor_is_not_stuck(hotline: Hotline) -> None:
    warning = hotline.raised()
    for number in ("2001", "2002"):
        hotline.log.append([hotline.parts.author.change("staff", f"s{number}", {"duty": "agent"})])
    assert hotline.step(warning, LadderMove.REVIEW, "1001").step is WarningStep.REVIEWED


def test_a_returned_one_is_its_authors_turn_with_the_reason_and_comes_back_better(hotline: Hotline) -> None:
    warning = hotline.step(hotline.raised(), LadderMove.RETURN, text="没写核实情况")
    assert (warning.turn, warning.said) == ("1001", "没写核实情况")
    assert hotline.reading.all().open[0].turn.name == "员工1001"
    better = replace(FACTS, verified="14:05 到场，天花板滴水，有照片")
    again = hotline.step(warning, LadderMove.RAISE_AGAIN, "1001", facts=better)
    assert (again.step, again.verified, again.returned) == (WarningStep.RAISED, better.verified, 1)
    empty = replace(FACTS, issue="")
    hotline.step(again, LadderMove.RETURN, text="再写清楚")
    why = refused(lambda: hotline.step(again, LadderMove.RAISE_AGAIN, "1001", facts=empty))
    assert why is LadderRefusal.FACTS_MISSING


def test_reasons_and_names_are_asked_for(hotline: Hotline) -> None:
    warning = hotline.raised()
    assert refused(lambda: hotline.step(warning, LadderMove.RETURN)) is LadderRefusal.TEXT_MISSING
    hotline.step(warning, LadderMove.REVIEW)
    why = refused(lambda: hotline.step(warning, LadderMove.ACT, "1001", text="去了"))
    assert why is LadderRefusal.HEARD_FROM_MISSING


def test_a_key_pressed_on_what_somebody_has_stepped_meanwhile_does_nothing(hotline: Hotline) -> None:
    warning = hotline.raised()
    hotline.step(warning, LadderMove.REVIEW, "2002")
    why = refused(lambda: hotline.step(warning, LadderMove.RETURN, text="太短", seen=WarningStep.RAISED))
    assert why is LadderRefusal.CHANGED
    assert hotline.parts.warnings.get(warning.warning_id).step is WarningStep.REVIEWED  # type: ignore[union-attr]


def test_when_the_site_cannot_the_leaders_say_what_is_done(hotline: Hotline) -> None:
    warning = hotline.step(hotline.raised(), LadderMove.REVIEW)
    up = hotline.step(warning, LadderMove.ESCALATE, text="项目无权赔偿")
    assert (up.turn, up.due_at) == ("leaders", START + timedelta(hours=24))
    guided = hotline.step(up, LadderMove.GUIDE, "1001", text="同意赔偿", heard_from="刘总")
    assert (guided.step, guided.heard_from) == (WarningStep.GUIDED, "刘总")


def test_an_unsatisfied_resident_gets_one_warning_and_one_action_a_day(hotline: Hotline) -> None:
    warning = hotline.step(hotline.up(hotline.raised()), LadderMove.STILL_UNSATISFIED, text="要书面道歉")
    assert warning.day == 1
    why = refused(lambda: hotline.step(warning, LadderMove.WARN_AGAIN, "1001"))
    assert why is LadderRefusal.ONE_A_DAY
    hotline.later(days=1)
    second = hotline.step(warning, LadderMove.WARN_AGAIN, "1001")
    assert (second.day, second.warned_at) == (2, hotline.clock[0])
    acted = hotline.step(second, LadderMove.ACT_TODAY, "1001", text="送达书面道歉", heard_from="王经理")
    assert (acted.step, acted.acted_at, acted.turn) == (WarningStep.FED_BACK, hotline.clock[0], "supervisor")


def test_a_missed_limit_is_on_record(hotline: Hotline) -> None:
    warning = hotline.raised()
    hotline.later(hours=2)
    reviewed = hotline.step(warning, LadderMove.REVIEW)
    assert reviewed.late == (f"review {'2026-11-21T09:00:00.000000Z'} 60",)


# Taken back


def test_the_last_step_can_be_taken_back_by_whoever_made_it(hotline: Hotline) -> None:
    raised = hotline.raised()
    assert hotline.stepping.why_not_undo(raised.warning_id) is LadderRefusal.NOTHING_TO_UNDO
    hotline.later(minutes=5)
    hotline.step(raised, LadderMove.RETURN, text="太短")
    hotline.sits("2002")
    assert refused(lambda: hotline.stepping.undo(raised.warning_id)) is LadderRefusal.NOT_YOURS
    hotline.sits("2001")
    assert hotline.stepping.undo(raised.warning_id) == raised
    assert refused(lambda: hotline.stepping.undo(raised.warning_id)) is LadderRefusal.NOTHING_TO_UNDO
    assert hotline.step(raised, LadderMove.REVIEW).step is WarningStep.REVIEWED


def test_a_warning_closed_by_mistake_goes_on_and_its_ticket_says_so(hotline: Hotline) -> None:
    warning = hotline.up(hotline.raised())
    hotline.step(warning, LadderMove.SATISFIED, text="满意")
    assert hotline.stepping.undo(warning.warning_id) == warning
    row = hotline.tickets.get(T1)
    assert row is not None
    assert row.warning_id == warning.warning_id


def test_what_somebody_has_written_since_is_not_taken_back(hotline: Hotline) -> None:
    warning = hotline.step(hotline.raised(), LadderMove.REVIEW)
    hotline.sits("1001")
    hotline.stepping.attach(warning.warning_id, ["c9"])
    hotline.sits("2001")
    assert refused(lambda: hotline.stepping.undo(warning.warning_id)) is LadderRefusal.NOTHING_TO_UNDO
    hotline.sits("")
    assert refused(lambda: hotline.stepping.undo(warning.warning_id)) is LadderRefusal.NOT_SIGNED_IN


# Whose turn


def test_a_post_that_the_policy_names_somebody_for_is_theirs_by_name(hotline: Hotline) -> None:
    hotline.policy[0] = LadderPolicy(posts={LadderPost.SITE_OFFICE: PostHolder(("3009", "3001"))})
    warning = hotline.step(hotline.raised(), LadderMove.REVIEW)
    assert warning.turn == "3001"
    (line,) = hotline.reading.all().open
    assert (line.turn.name, line.turn.post, line.turn.phone) == ("员工3001", LadderPost.SITE_OFFICE, "13930010000")


def test_a_person_who_leaves_with_the_turn_is_shown_and_anybody_may_take_it(hotline: Hotline) -> None:
    hotline.policy[0] = LadderPolicy(posts={LadderPost.SITE_OFFICE: PostHolder(("3001",))})
    warning = hotline.step(hotline.raised(), LadderMove.REVIEW)
    hotline.log.append([hotline.parts.author.change("staff", "s3001", {"active": False})])
    assert hotline.reading.all().open[0].turn.has_left
    taken = hotline.step(warning, LadderMove.TAKE, "1001")
    assert (taken.turn, taken.due_at, taken.step) == ("1001", warning.due_at, WarningStep.REVIEWED)
    assert hotline.reading.of_turn("1001") == [taken]


def test_a_supervisors_turn_is_every_supervisors_until_one_takes_it(hotline: Hotline) -> None:
    warning = hotline.raised()
    assert not hotline.reading.all().open[0].turn.is_mine
    hotline.sits("2002")
    assert hotline.reading.all().open[0].turn.is_mine
    hotline.step(warning, LadderMove.TAKE, "2001")
    hotline.sits("2002")
    assert not hotline.reading.all().open[0].turn.is_mine


def test_a_turn_can_be_handed_to_somebody_who_works_here(hotline: Hotline) -> None:
    warning = hotline.step(hotline.raised(), LadderMove.REVIEW)
    assert hotline.step(warning, LadderMove.TAKE, "1001", to="2002").turn == "2002"
    assert hotline.step(warning, LadderMove.TAKE, "2002", to="1001").turn == "1001"
    assert refused(lambda: hotline.step(warning, LadderMove.TAKE, "1001", to="3009")) is LadderRefusal.PERSON_UNKNOWN


def test_the_first_to_run_out_stands_first(hotline: Hotline) -> None:
    hotline.log.append([ticket("t2")])
    first = hotline.raised()
    hotline.later(minutes=10)
    second = hotline.raising.raise_(TicketId("t2"), FACTS, hotline.clock[0])
    hotline.step(first, LadderMove.REVIEW)
    assert [line.warning.warning_id for line in hotline.reading.all().open] == [first.warning_id, second.warning_id]
    hotline.step(first, LadderMove.ACT, "1001", text="看了", heard_from="李")
    assert [line.warning.warning_id for line in hotline.reading.all().open] == [second.warning_id, first.warning_id]


# One warning in full


def test_a_page_shows_steps_calls_tries_and_what_may_be_done(hotline: Hotline) -> None:
    warning = hotline.raised()
    hotline.log.append([call("c3", 20, ticket_id="t1"), call("c4", 30)])
    hotline.step(warning, LadderMove.REVIEW)
    hotline.sits("1001")
    hotline.stepping.chased(
        warning.warning_id,
        Chased(outcome=Outcome.NO_ANSWER, number="139", staff_id=StaffId("s3001"), call_id=CallId("c4"), note=" 占线 "),
    )
    page = hotline.reading.of_ticket(T1)
    assert page is not None
    assert [change.patch["step"] for change in page.steps] == ["raised", "reviewed"]
    assert [one.call_id for one in page.evidence if one.is_attached] == ["c1", "c2"]
    assert [one.call_id for one in page.evidence if not one.is_attached] == ["c3", "c4"]
    assert [(one.purpose, one.outcome, one.note) for one in page.attempts] == [
        (Purpose.WARNING, Outcome.NO_ANSWER, "占线")
    ]
    assert page.allowed[LadderMove.ACT] is None
    assert page.allowed[LadderMove.ESCALATE] is LadderRefusal.SUPERVISORS_ONLY
    assert LadderMove.REVIEW not in page.allowed
    assert hotline.reading.one("nowhere") is None
    assert hotline.reading.of_ticket(TicketId("nowhere")) is None


def test_later_calls_are_attached_once(hotline: Hotline) -> None:
    warning = hotline.raised()
    hotline.stepping.attach(warning.warning_id, ["c3", "c1", "c3"])
    assert hotline.parts.warnings.get(warning.warning_id).evidence == ("c1", "c2", "c3")  # type: ignore[union-attr]
    reviewed = hotline.step(warning, LadderMove.REVIEW, evidence=("c3", "c4"))
    assert reviewed.evidence == ("c1", "c2", "c3", "c4")


def test_nobody_is_chased_about_a_warning_that_is_over(hotline: Hotline) -> None:
    warning = hotline.step(hotline.raised(), LadderMove.WITHDRAW, text="误报")
    why = refused(lambda: hotline.stepping.chased(warning.warning_id, Chased(outcome=Outcome.REACHED)))
    assert why is LadderRefusal.WRONG_STEP


# Two supervisors at once


def pulled(hotline: Hotline, number: int, seat: str, who: str, base: int, **differs: Any) -> None:
    """A step as the centre has it: written at this seat by this person, who had seen what the centre had up to
    `base`."""
    blank: dict[str, Any] = dict.fromkeys(ASPECTS["warning"][STEP])
    whole = {**blank, "ticket_id": "t1", "raised_at": to_text(START), "raised_by": "1001", "day": 0, "returned": 0}
    whole |= {"recognised_at": to_text(START), "late": [], "said": "", "guidance": "", "heard_from": ""}
    whole |= {"reviewed_by": "", "closed_by": "", "stepped_by": who, "turn": "supervisor"} | differs
    hotline.pull([Change(change_id(number), "warning", "w1", START, who, seat, whole, "", base, number)])


def settler(hotline: Hotline, seat: str) -> SettleWarnings:
    author = SeatAuthor(seat, lambda: seat, lambda: START, new_id, hotline.log.base_seq)
    return SettleWarnings(hotline.log, author, hotline.histories, hotline.parts.warnings, hotline.tickets, seat)


def test_two_supervisors_who_approve_at_once_make_one_approval_with_the_earlier_clock(hotline: Hotline) -> None:
    early, late = (to_text(START + timedelta(minutes=minutes)) for minutes in (60, 75))
    pulled(hotline, 11, "S09", "1001", 0, step="raised", due_at=late)
    pulled(hotline, 12, "S02", "2002", 11, step="reviewed", due_at=early, reviewed_by="2002", turn="site_office")
    pulled(hotline, 13, "S01", "2001", 11, step="reviewed", due_at=late, reviewed_by="2001", turn="site_office")
    assert not settler(hotline, "S02").work_once()
    assert settler(hotline, "S01").work_once()
    assert not settler(hotline, "S01").work_once()
    stands = hotline.parts.warnings.get("w1")
    assert stands is not None
    assert (stands.step, to_text(stands.due_at), stands.reviewed_by) == (WarningStep.REVIEWED, early, "2002")
    (told,) = (
        ReadConflicts(hotline.conflicts, hotline.histories, hotline.residents, hotline.tickets)
        .of("warning", "w1", "2001")
        .settled
    )
    assert told.by_rules
    assert [side.name for side in told.sides] == ["员工2002", "员工2001"]


def test_what_one_approves_and_another_returns_goes_on(hotline: Hotline) -> None:
    due = to_text(START + timedelta(minutes=60))
    pulled(hotline, 11, "S09", "1001", 0, step="raised", due_at=due)
    pulled(hotline, 12, "S02", "2002", 11, step="reviewed", due_at=due, turn="site_office")
    pulled(hotline, 13, "S01", "2001", 11, step="returned", due_at=due, turn="1001", said="太短")
    assert settler(hotline, "S01").work_once()
    stands = hotline.parts.warnings.get("w1")
    assert stands is not None
    assert (stands.step, stands.turn, stands.said) == (WarningStep.REVIEWED, "site_office", "")
    assert hotline.step(stands, LadderMove.ACT, "1001", text="去了", heard_from="李管家").step is WarningStep.ACTED
