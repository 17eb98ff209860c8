"""Which call was made about what."""

from datetime import UTC, datetime

import pytest

from desk.domain.calls import Call, Phase
from desk.domain.identity import CallId
from desk.domain.party import Direction, Party
from desk.ui.errand_calls import ErrandCalls

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def call(name: str, number: str, direction: Direction = Direction.OUTGOING) -> Call:
    return Call(CallId(name), "热线", direction, Party(number), Phase.DIALLING, NOW)


def test_the_next_call_to_the_number_is_about_it_until_its_outcome_is_on_record() -> None:
    errands = ErrandCalls()
    errands.wanted("t1", "13800138000")
    assert errands.call_id("t1") is None
    errands.opened(call("c0", "13800138000", Direction.INCOMING))
    errands.opened(call("c1", "10086"))
    assert errands.call_id("t1") is None
    errands.opened(call("c2", "13800138000"))
    errands.opened(call("c3", "13800138000"))  # dialled by hand, about who knows what
    assert errands.call_id("t1") == "c2"
    assert errands.call_id("t2") is None
    errands.settled("t1")
    assert errands.call_id("t1") is None


@pytest.mark.parametrize("dialled", ["013800138000", "9013800138000", "138-0013-8000"])
def test_a_digit_before_the_number_makes_it_no_other(dialled: str) -> None:
    errands = ErrandCalls()
    errands.wanted("t1", "13800138000")
    errands.opened(call("c1", dialled))
    assert errands.call_id("t1") == "c1"


def test_another_try_is_another_call_and_another_person_has_made_none() -> None:
    errands = ErrandCalls()
    errands.wanted("t1", "8001")
    errands.opened(call("c1", "8001"))
    errands.wanted("t1", "8002")
    assert errands.call_id("t1") is None
    errands.opened(call("c2", "8002"))
    assert errands.call_id("t1") == "c2"
    errands.forget()
    assert errands.call_id("t1") is None
