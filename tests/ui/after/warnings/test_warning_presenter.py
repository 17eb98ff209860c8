"""Early warnings as people read them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from desk.domain.attempts import Attempt, Outcome, Purpose
from desk.domain.changes import Change
from desk.domain.early_warnings import EarlyWarning, WarningStep
from desk.domain.identity import ChangeId, TicketId
from desk.domain.ladder import LadderMove, LadderPost, LadderRefusal
from desk.ui.after.warnings import presenter
from desk.ui.after.warnings.words import ESCALATE, FORWARD, OTHER, TAKE, WITHDRAW
from desk.usecases.read_warnings import Evidence, OpenWarnings, Turn, WarningLine, WarningPage
from desk.usecases.settle_conflict import BY_TABLE
from tests.ui import seat

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
WARNING = EarlyWarning(
    "w1",
    TicketId("t1"),
    WarningStep.RAISED,
    NOW,
    "1001",
    NOW,
    "supervisor",
    NOW + timedelta(minutes=60),
    caller_number="13800138000",
    issue="厨房\n漏水",
)
LINE = WarningLine(WARNING, Turn(LadderPost.SUPERVISOR), seat.ticket(), "张三")


def page(line: WarningLine = LINE, **differs: object) -> WarningPage:
    allowed = {LadderMove.REVIEW: LadderRefusal.SUPERVISORS_ONLY, LadderMove.TAKE: None}
    made = WarningPage(line, (), (), (), allowed, {"1001": "张三", "2001": "王班长"})
    return replace(made, **differs)  # type: ignore[arg-type]


def due(minutes: float) -> tuple[str, str]:
    chip = presenter.due_chip(replace(WARNING, due_at=NOW + timedelta(minutes=minutes)), NOW, UTC)
    return chip.text, chip.tone


def test_how_long_there_is_turns_from_quiet_to_pressing_to_late() -> None:
    assert due(90) == ("1 h 30 min left, by 08:00", "")
    assert due(14) == ("14 min left, by 06:44", "warn")
    assert due(-135) == ("overdue 2 h 15 min", "danger")


def test_a_row_says_whose_turn_it_is_and_what_is_to_be_done() -> None:
    row = presenter.row(LINE, NOW, UTC)
    assert (row.lead, row.tone) == ("the supervisor", "")
    assert row.text == "5栋2单元203: 厨房 漏水"
    assert row.tail == "Review it · 1 h left, by 07:30"
    mine = replace(LINE, turn=Turn(LadderPost.SUPERVISOR, "2001", "王班长", is_mine=True))
    assert (presenter.row(mine, NOW, UTC).lead, presenter.row(mine, NOW, UTC).tone) == ("your turn", "accent")


def test_whoever_has_left_is_named_as_such_and_somebody_is_asked_to_take_it() -> None:
    gone = replace(LINE, turn=Turn(LadderPost.SITE_HEAD, "3001", "刘经理", has_left=True))
    assert presenter.row(gone, NOW, UTC).lead == "刘经理 (has left)"
    assert "nobody has it: take it" in [chip.text for chip in presenter.card(page(gone), NOW, UTC).chips]


def test_an_ended_one_says_how_it_ended_and_has_no_keys() -> None:
    closed = replace(WARNING, step=WarningStep.CLOSED, closed_at=NOW)
    line = replace(LINE, warning=closed, turn=Turn(None))
    view = presenter.card(page(line, allowed={}), NOW, UTC)
    assert (view.title, dict(view.moves), view.call, view.unattached) == ("Warning closed", {}, "", ())
    open_, ended = presenter.rows(OpenWarnings((LINE,), (line,)), NOW, UTC)
    assert [row.lead for row in (*open_, *ended)] == ["the supervisor", "Warning closed"]


def test_a_key_that_cannot_be_used_says_why_and_one_that_the_step_has_not_is_not_there() -> None:
    moves = presenter.card(page(), NOW, UTC).moves
    assert set(moves) == {FORWARD, TAKE}
    assert moves[FORWARD].why == "Only a supervisor can do this."
    assert moves[TAKE].why == ""


@pytest.mark.parametrize("step", [step for step in WarningStep if step in presenter._ONWARD])
def test_every_open_step_has_its_keys(step: WarningStep) -> None:
    warning = replace(WARNING, step=step)
    allowed = dict.fromkeys(LadderMove)
    view = presenter.card(page(replace(LINE, warning=warning), allowed=allowed), NOW, UTC)
    assert set(view.moves) >= {FORWARD, ESCALATE, TAKE, WITHDRAW}
    assert (OTHER in view.moves) is (presenter._ONWARD[step][1] is not None)


def test_what_was_late_stays_to_be_seen() -> None:
    late = replace(
        WARNING,
        step=WarningStep.FED_BACK,
        late=("review 2026-11-21T05:00:00.000000Z 75", "of_a_newer_version 1 2"),
        day=2,
        returned=1,
        close_due_at=NOW - timedelta(hours=1),
    )
    chips = presenter.card(page(replace(LINE, warning=late)), NOW, UTC).chips
    assert [chip.text for chip in chips] == [
        "The guidance was fed back",
        "day 2 unsatisfied",
        "returned once",
        "to be closed by 05:30",
        "reviewed late by 1 h 15 min",
    ]
    assert chips[3].tone == "danger"


def change(minutes: int, reason: str, **patch: str) -> Change:
    at = NOW + timedelta(minutes=minutes)
    return Change(ChangeId(f"c{minutes}"), "warning", "w1", at, "2001", "S01", patch, reason)


def test_what_happened_so_far_is_told_newest_first_with_who_said_what() -> None:
    steps = (
        change(0, "", step="raised"),
        change(1, "take", step="raised", turn="2001"),
        change(2, "act", step="acted", said="关\n总阀", heard_from="李工"),
        change(3, "", step="of_a_newer_version"),
        change(4, "handed over", turn="1001"),
    )
    attempt = Attempt("a1", Purpose.WARNING, NOW + timedelta(minutes=2, seconds=30), "1001", Outcome.NO_ANSWER)
    tried = replace(attempt, number="13900139000", note="开会")
    assert presenter.card(page(steps=steps, attempts=(tried,)), NOW, UTC).trail == (
        "06:34  王班长: 张三 takes it on",
        "06:33  王班长: of_a_newer_version",
        "06:32  张三 called 139 0013 9000: no answer (开会)",
        "06:32  王班长: The site office has acted: 关 总阀 (李工)",
        "06:31  王班长: 王班长 takes it on",
        "06:30  王班长: Warning raised",
    )


def test_two_steps_at_once_are_told_with_what_stands() -> None:
    steps = (change(1, "review", step="reviewed"), change(2, f"{BY_TABLE}: 2001@S02", step="reviewed"))
    view = presenter.card(page(steps=steps), NOW, UTC)
    assert view.trail[0].endswith("Two steps were taken at once at two seats: by the rules “Warning reviewed” stands")
    assert "stepped twice at once: settled by the rules" in [chip.text for chip in view.chips]
    later = (*steps, change(3, "act", step="acted"))
    assert "stepped twice at once: settled by the rules" not in [
        chip.text for chip in presenter.card(page(steps=later), NOW, UTC).chips
    ]


def test_calls_that_are_no_evidence_yet_can_be_attached() -> None:
    heard = seat.past_call()
    evidence = (Evidence("c1", heard, None, True), Evidence("c2", None, None, False))
    view = presenter.card(page(evidence=evidence), NOW, UTC)
    assert [row.lead for row in view.evidence] == ["Evidence", "not attached"]
    assert view.evidence[0].target == ""  # nothing to hear yet
    assert view.unattached == ("c2",)
