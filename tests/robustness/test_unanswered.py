"""Far sides that owe us an answer. To our hold, when its call ends: nothing of it reaches the call that has its place
in PJSIP afterwards (the phone gives up after two seconds here, where it would take 32). To our goodbyes: they cost
nobody the next call."""

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.demo.processes import free_port, wait_until
from desk.domain import commands, events
from desk.domain.identity import CallId
from desk.telephony.stack import MOST_LEGS
from tests.robustness.ground import Caller, Ground, ground
from tests.robustness.tormentor import DIALLED_OR_NOT, Callee, agreed
from tests.telephony.driver import Driver, phone

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


def dialled(driver: Driver, to: int) -> CallId:
    """As soon as there is a place."""
    calls: list[CallId] = []

    def tried() -> bool:
        mark = driver.mark()
        driver.do(commands.Dial(f"sip:callee@127.0.0.1:{to}"))
        told = driver.wait(object, after=mark, matches=lambda one: isinstance(one, DIALLED_OR_NOT))
        calls[:] = [told.call_id] if isinstance(told, events.CallDialled) else []
        return bool(calls)

    wait_until("a call to be dialled", tried, 10.0)
    return calls[0]


def test_goodbyes_that_nobody_answers_give_their_places_to_other_calls(tmp_path: Path) -> None:
    """All of this within the 32 s for which PJSIP would keep the first."""
    port = free_port(socket.SOCK_DGRAM)
    with phone(tmp_path, {"kind": "direct", "port": port}, precedence=False) as driver:
        for says in ("nothing", "rings", "answers") * 2:
            with Callee() as callee:
                call_id = dialled(driver, callee.port)
                mark = driver.mark()
                if says != "nothing":
                    callee.take_invite()
                    driver.wait(events.CallProgressed, call_id=call_id)
                if says == "answers":
                    callee.send(callee.answer(200))
                    driver.wait(events.CallAnswered, call_id=call_id)
                driver.do(commands.HangUp(call_id))
                driver.wait(events.CallEnded, after=mark, call_id=call_id)
        with Caller(port) as caller:
            wait_until("a call to ring", caller.rings, 10.0)
            offered = driver.wait(events.CallOffered, matches=lambda one: one.rings)
            driver.do(commands.Answer(offered.call_id))
            caller.answered()
            caller.bye()
            driver.wait(events.CallEnded, call_id=offered.call_id)
