"""Which messages the steps of an early warning call for, over the store in memory and the real one."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from pathlib import Path

import pytest

from desk.domain.changes import Change
from desk.domain.early_warnings import WarningStep
from desk.domain.ladder import LadderMove, LadderPolicy, LadderPost, PostHolder
from desk.domain.messages import Message
from desk.domain.tickets import Kind
from desk.domain.working_time import CHINA
from desk.store.entities import ENTITIES
from desk.texts import ShippedTexts
from desk.usecases.notify import Notifying, NotifyParts
from desk.usecases.notify_warnings import NotifyWarnings, WarningMessageParts, WarningRule, WarningTo
from desk.usecases.ports import ChangeLog
from tests.usecases.warning_hotline import Hotline, open_hotline

SMS = WarningRule(WarningStep.RAISED, "warning", "sms", WarningTo.TURN)
GROUP = WarningRule(WarningStep.UNSATISFIED, "warning", "group", WarningTo.CHANNEL)
ENDED = WarningRule(WarningStep.CLOSED, "warning_ended", "group", WarningTo.CHANNEL)


class Told(ChangeLog):
    """What is appended, beside the log that takes it."""

    def __init__(self, log: ChangeLog) -> None:
        self.log = log
        self.messages: list[Change] = []

    def append(self, changes: Sequence[Change]) -> None:
        self.messages += [change for change in changes if change.entity == "message"]
        self.log.append(changes)

    def base_seq(self) -> int:
        return self.log.base_seq()


@pytest.fixture(params=["in memory", "in the seat store"])
def hotline(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hotline]:
    yield from open_hotline(request.param, tmp_path)


def telling(hotline: Hotline, *rules: WarningRule) -> tuple[Hotline, Told]:
    """The same hotline with these rules before its log."""
    parts = hotline.parts
    told = Told(parts.log)
    notify = NotifyParts(
        rules=(),
        texts=ShippedTexts(language="zh_CN").messages(),
        quiet={},
        tickets=parts.tickets,
        messages=None,  # type: ignore[arg-type]
        staff=parts.staff,
        author=parts.author,
        clock=parts.clock,
        category=lambda _code: "漏水",
        kind=lambda _kind: "报修",
        zone=CHINA,
    )
    made = WarningMessageParts(
        notify=notify,
        rules=rules,
        warnings=parts.warnings,
        policy=parts.policy,
        step=lambda step: step.value,
        post=lambda post: post.value,
        zone=UTC,
    )
    maker = NotifyWarnings(made)
    return hotline.behind(Notifying(told, maker), maker), told


def test_whose_turn_it_is_gets_a_message_with_the_step_in_one_transaction(hotline: Hotline) -> None:
    hotline.policy[0] = LadderPolicy(posts={LadderPost.SUPERVISOR: PostHolder(("2001",))})
    hotline, told = telling(hotline, SMS)
    warning = hotline.raised()
    (message,) = told.messages
    assert message.patch["recipient"] == "+8613920010000"
    assert message.patch["at_any_hour"] is True
    assert message.patch["ticket_id"] == warning.ticket_id
    text = str(message.patch["text"])
    assert text == "【投诉预警】20261121-S01-t1 5栋2单元203：厨房漏水。raised。请员工2001在11-21 09:00前处理。"


def test_a_post_that_nobody_holds_by_name_is_reached_by_the_policys_phone(hotline: Hotline) -> None:
    hotline.policy[0] = LadderPolicy(posts={LadderPost.SUPERVISOR: PostHolder((), "刘总", "13900000000")})
    hotline, told = telling(hotline, SMS)
    hotline.raised()
    assert [message.patch["recipient"] for message in told.messages] == ["+8613900000000"]


def test_nobody_to_be_reached_is_no_message(hotline: Hotline) -> None:
    hotline, told = telling(hotline, SMS)
    hotline.raised()
    assert told.messages == []


def test_a_rule_for_some_kinds_leaves_the_others_alone(hotline: Hotline) -> None:
    rule = WarningRule(WarningStep.RAISED, "warning", "group", WarningTo.CHANNEL, (Kind.COMPLAINT,))
    hotline, told = telling(hotline, rule)
    hotline.raised()
    assert told.messages == []


def test_two_talks_that_end_unsatisfied_on_one_day_are_one_warning_and_the_next_day_has_its_own(
    hotline: Hotline,
) -> None:
    hotline, told = telling(hotline, GROUP)
    warning = hotline.step(hotline.up(hotline.raised()), LadderMove.STILL_UNSATISFIED, text="不满意")
    assert len(told.messages) == 1
    hotline.step(warning, LadderMove.ACT_TODAY, "1001", text="道歉", heard_from="王经理")
    hotline.step(warning, LadderMove.STILL_UNSATISFIED, text="还是不满意")
    assert len(told.messages) == 1
    hotline.later(days=1)
    hotline.step(warning, LadderMove.WARN_AGAIN, "1001")
    assert len(told.messages) == 2
    assert len({message.entity_id for message in told.messages}) == 2


def test_taking_a_turn_and_adding_evidence_tell_nobody(hotline: Hotline) -> None:
    hotline, told = telling(hotline, WarningRule(WarningStep.RAISED, "warning", "group", WarningTo.CHANNEL), GROUP)
    warning = hotline.raised()
    hotline.step(warning, LadderMove.TAKE)
    hotline.stepping.attach(warning.warning_id, ["c9"])
    assert len(told.messages) == 1


def test_the_same_step_made_at_two_seats_is_one_message(hotline: Hotline) -> None:
    rule = WarningRule(WarningStep.REVIEWED, "warning", "group", WarningTo.CHANNEL)
    hotline, told = telling(hotline, rule)
    warning = hotline.raised()
    review = hotline.parts.author.change("warning", warning.warning_id, {"step": "reviewed", "turn": "site_office"})
    maker = hotline.makers[0]
    (here,), (there,) = maker.called_for([review]), maker.called_for([review])
    assert here.entity_id == there.entity_id
    assert told.messages == []


def test_messages_about_warnings_are_whole_messages(hotline: Hotline) -> None:
    hotline, told = telling(hotline, WarningRule(WarningStep.RAISED, "warning", "group", WarningTo.CHANNEL))
    hotline.raised()
    (message,) = told.messages
    required = set(ENTITIES["message"].required)
    assert required <= set(message.patch)
    assert Message.__dataclass_fields__.keys() >= message.patch.keys()
