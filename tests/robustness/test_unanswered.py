"""A call that ends while the far side still owes an answer to our hold: nothing of it reaches the call that has its
place in PJSIP afterwards. The phone gives up after two seconds here, where it would take 32."""

import re
import time
from collections.abc import Iterator

import pytest

from desk.domain import commands, events
from desk.domain.identity import CallId
from desk.telephony.stack import MOST_LEGS
from tests.robustness.ground import Caller, Ground, ground
from tests.robustness.tormentor import agreed

GIVES_UP_S = 2.0


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("unanswered"), gives_up_s=GIVES_UP_S) as found:
        yield found


def up(stand: Ground, caller: Caller) -> CallId:
    mark = stand.driver.mark()
    caller.invite()
    call_id = stand.driver.wait(events.CallOffered, after=mark).call_id
    stand.driver.do(commands.Answer(call_id))
    caller.answered()
    stand.driver.wait(events.CallAnswered, after=mark, call_id=call_id)
    return call_id


def received(caller: Caller, kind: str) -> str:
    """The next request of this method."""
    caller.sip.settimeout(5.0)
    while not (text := caller.sip.recv(65535).decode()).startswith(f"{kind} "):
        pass
    return text


def heard(caller: Caller, during_s: float) -> list[str]:
    """First words of the requests that come within this time."""
    found, end = [], time.monotonic() + during_s
    while (left_s := end - time.monotonic()) > 0:
        caller.sip.settimeout(left_s)
        try:
            found.append(caller.sip.recv(65535).decode().partition(" ")[0])
        except TimeoutError:
            break
    return [word for word in found if re.fullmatch(r"[A-Z]+", word)]


@pytest.mark.parametrize("code", [None, 100], ids=["unanswered", "at it"])
@pytest.mark.parametrize("by_us", [False, True], ids=["by them", "by us"])
def test_a_hold_that_is_not_answered_ends_with_its_call(stand: Ground, code: int | None, by_us: bool) -> None:
    with Caller(stand.direct) as owing:
        call_id = up(stand, owing)
        stand.driver.do(commands.Hold(call_id, on=True))
        hold = received(owing, "INVITE")
        if code is not None:
            owing.send(agreed(hold, code, owing.port))
        if by_us:
            stand.driver.do(commands.HangUp(call_id))
            owing.send(agreed(received(owing, "BYE"), 200, owing.port))
        else:
            owing.sequence += 1
            owing.send(owing.request("BYE"))
            assert owing.answer("BYE", 5.0) is not None
        stand.driver.wait(events.CallEnded, call_id=call_id)
        stand.wait_empty()
        for _ in range(MOST_LEGS - 1):  # PJSIP gives its places away in a row
            with Caller(stand.direct) as other:
                other_id = up(stand, other)
                other.bye()
                stand.driver.wait(events.CallEnded, call_id=other_id)
        mark = stand.driver.mark()
        with Caller(stand.direct) as last:
            last.invite()
            last_id = stand.driver.wait(events.CallOffered, after=mark).call_id
            assert heard(owing, GIVES_UP_S + 0.5) == []
            owing.send(agreed(hold, 200, owing.port, owing.sdp))  # too late
            stand.driver.do(commands.Answer(last_id))
            last.answered()
            stand.driver.wait(events.CallAnswered, call_id=last_id)
            last.bye()
            stand.driver.wait(events.CallEnded, call_id=last_id)
    stand.usable()
