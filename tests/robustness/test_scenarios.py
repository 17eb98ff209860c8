"""What networks and telephones do to each other, by sipp: after each scenario a normal call goes through, and no leg is
left."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.demo.processes import wait_until
from desk.domain import commands, events
from desk.domain.calls import TurnedAway
from desk.domain.identity import CallId
from desk.wire import SpoolClosed
from tests.robustness.ground import HOST, Caller, Ground, ground, header
from tests.robustness.sipp import (
    HELD,
    NO_CODEC_OF_OURS,
    RINGS,
    SDP,
    Sipp,
    ack,
    agree,
    answer,
    bye,
    cancel,
    expect,
    expect_one_of,
    go_to,
    invite,
    label,
    pause,
    request,
    sipp,
)
from tests.robustness.tormentor import Callee, agreed, settle

STORM = 30


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("scenarios")) as found:
        yield found


@pytest.fixture
def stand(field: Ground) -> Iterator[Ground]:
    yield field
    field.usable()


def offered(stand: Ground, mark: int) -> CallId:
    return stand.driver.wait(events.CallOffered, after=mark).call_id


def answered(stand: Ground, mark: int) -> CallId:
    call_id = offered(stand, mark)
    stand.driver.do(commands.Answer(call_id))
    stand.driver.wait(events.CallAnswered, after=mark, call_id=call_id)
    return call_id


def dialled(stand: Ground, far: Sipp) -> int:
    mark = stand.driver.mark()
    stand.driver.do(commands.Dial(f"sip:first@{HOST}:{far.port}", line="direct"))
    stand.driver.wait(events.CallDialled, after=mark)
    return mark


def ended(stand: Ground, mark: int) -> events.CallEnded:
    end = stand.driver.wait(events.CallEnded, after=mark, timeout_s=20.0)
    stand.driver.wait(SpoolClosed, after=mark, call_id=end.call_id)
    return end


# ---- we are called


def test_messages_that_come_three_times_are_one_call(stand: Ground) -> None:
    """By hand: sipp does not listen while it sends."""
    mark = stand.driver.mark()
    with Caller(stand.direct) as caller:
        caller.invite()
        assert caller.answer("INVITE", 5.0, 180)
        for _ in range(2):
            caller.send(caller.request("INVITE", caller.sdp))
            assert caller.answer("INVITE", 5.0, 180), "a retransmission is answered as the first"
        stand.driver.do(commands.Answer(offered(stand, mark)))
        caller.answered()
        for _ in range(2):
            caller.send(caller.request("ACK"))
        stand.driver.wait(events.CallAnswered, after=mark)
        caller.bye()
        caller.send(caller.request("BYE"))
        assert (again := caller.answer("BYE", 5.0))
        assert again.startswith("SIP/2.0 200")
    assert ended(stand, mark).cause == 200
    assert stand.driver.names(mark).count("CallOffered") == 1
    assert stand.driver.names(mark).count("CallAnswered") == 1


def test_an_ack_that_is_lost_is_waited_for(stand: Ground, tmp_path: Path) -> None:
    mark = stand.driver.mark()
    lost = (invite(), RINGS, expect(200), expect(200), expect(200))
    with sipp(tmp_path, *lost, ack(), pause(100), bye(2), expect(200), to=stand.direct) as far:
        call_id = offered(stand, mark)
        stand.driver.do(commands.Answer(call_id))
        far.passed()
    assert ended(stand, mark).cause == 200


def test_a_cancel_that_comes_after_the_answer_changes_nothing(stand: Ground) -> None:
    """By hand: sipp would take the tag of the 481 for the dialogue's."""
    mark = stand.driver.mark()
    with Caller(stand.direct) as caller:
        caller.invite()
        call_id = offered(stand, mark)
        stand.driver.do(commands.Answer(call_id))
        caller.answered()
        stand.driver.wait(events.CallAnswered, after=mark)
        caller.send(caller.request("CANCEL").replace(b".1.CANCEL", b".1.INVITE"))
        assert (late := caller.answer("CANCEL", 5.0))
        assert late.startswith("SIP/2.0 481")
        assert [call.call_id for call in stand.snapshot().calls] == [call_id]
        caller.bye()
    assert not ended(stand, mark).by_us


def test_a_caller_who_gives_up_is_told_487(stand: Ground, tmp_path: Path) -> None:
    mark = stand.driver.mark()
    steps = (invite(), RINGS, cancel(), expect(200), expect(487), ack())
    with sipp(tmp_path, *steps, to=stand.direct) as far:
        far.passed()
    assert ended(stand, mark).cause == 487


def test_a_storm_of_re_invites_is_answered_each(stand: Ground, tmp_path: Path) -> None:
    mark = stand.driver.mark()
    storm = [
        step
        for sequence in range(2, STORM + 2)
        for step in (
            invite(sequence=sequence, sdp=HELD if sequence % 2 else SDP),
            expect(100, optional=True),
            expect(200),
            ack(sequence),
        )
    ]
    with sipp(tmp_path, invite(), RINGS, expect(200), ack(), *storm, bye(99), expect(200), to=stand.direct) as far:
        answered(stand, mark)
        far.passed()
    assert ended(stand, mark).cause == 200


def test_re_invites_that_do_not_wait_for_each_other_harm_nothing(stand: Ground) -> None:
    mark = stand.driver.mark()
    with Caller(stand.direct) as caller:
        caller.invite()
        stand.driver.do(commands.Answer(offered(stand, mark)))
        caller.answered()
        for _ in range(STORM):
            caller.sequence += 1
            caller.send(caller.request("INVITE", caller.sdp))
        with Caller(stand.direct) as pinger:
            assert pinger.alive()
        settle(caller)
        caller.bye()
    assert ended(stand, mark).cause == 200


@pytest.mark.parametrize("ahead", range(6))
def test_cancel_and_answer_at_the_same_moment_end_in_one_of_the_two(stand: Ground, ahead: int) -> None:
    """The CANCEL leaves `ahead` pings before or after the agent's key: whoever wins, no leg is left."""
    mark = stand.driver.mark()
    with Caller(stand.direct) as caller, Caller(stand.direct) as pinger:
        caller.invite()
        call_id = offered(stand, mark)
        if ahead % 2:
            stand.driver.do(commands.Answer(call_id))
            for _ in range(ahead // 2):
                assert pinger.alive()
            caller.send(caller.request("CANCEL").replace(b".1.CANCEL", b".1.INVITE"))
        else:
            caller.send(caller.request("CANCEL").replace(b".1.CANCEL", b".1.INVITE"))
            for _ in range(ahead // 2):
                assert pinger.alive()
            stand.driver.do(commands.Answer(call_id))
        final = caller.answer("INVITE", 5.0)
        assert final is not None
        caller.take(final)
        if final.startswith("SIP/2.0 200"):
            caller.send(caller.request("ACK"))
            caller.bye()
        else:
            assert final.startswith("SIP/2.0 487")
            caller.send(caller.request("ACK").replace(b".1.ACK", b".1.INVITE"))
    assert ended(stand, mark).cause in (200, 487)


def test_a_bye_during_hold_ends_the_call(stand: Ground, tmp_path: Path) -> None:
    mark = stand.driver.mark()
    held = (expect("INVITE", contains="a=(sendonly|inactive)"), answer_within(), expect("ACK"), bye(2), expect(200))
    with sipp(tmp_path, invite(), RINGS, expect(200), ack(), *held, to=stand.direct) as far:
        call_id = answered(stand, mark)
        stand.driver.do(commands.Hold(call_id, on=True))
        stand.driver.wait(events.CallHeld, after=mark, call_id=call_id)
        far.passed()
    assert ended(stand, mark).cause == 200


def answer_within(code: int = 200) -> str:
    """To a re-INVITE: its To has a tag already."""
    return answer(code, sdp=SDP if code == 200 else "", tag="")


def test_digits_by_info_arrive(stand: Ground, tmp_path: Path) -> None:
    mark = stand.driver.mark()
    digit = request("INFO", 2, body="Signal=7\nDuration=160\n", kind="application/dtmf-relay")
    steps = (invite(), RINGS, expect(200), ack(), digit, expect(200), bye(3), expect(200))
    with sipp(tmp_path, *steps, to=stand.direct) as far:
        answered(stand, mark)
        far.passed()
    assert stand.driver.wait(events.DigitsReceived, after=mark).digits == "7"
    ended(stand, mark)


def test_digits_whose_line_does_not_end_arrive(stand: Ground) -> None:
    mark = stand.driver.mark()
    with Caller(stand.direct) as caller:
        caller.invite()
        stand.driver.do(commands.Answer(offered(stand, mark)))
        caller.answered()
        for body in ("Signal=1", "Signal=2\n", "Signal= 3 \r", "\r\nSignal=4"):
            caller.sequence += 1
            caller.send(caller.request("INFO", body, kind="application/dtmf-relay"))
            taken = caller.answer("INFO", 5.0)
            assert taken is not None, body
            assert taken.startswith("SIP/2.0 200"), body
        caller.bye()
    ended(stand, mark)
    told = [m.digits for m in stand.driver.messages[mark:] if isinstance(m, events.DigitsReceived)]
    assert "".join(told) == "1234"


def test_a_caller_without_a_common_codec_is_told_488_and_is_on_record_without_a_ring(
    stand: Ground, tmp_path: Path
) -> None:
    mark = stand.driver.mark()
    steps = (invite(sdp=NO_CODEC_OF_OURS), expect(100, optional=True), expect(180, optional=True), expect(488), ack())
    with sipp(tmp_path, *steps, to=stand.direct) as far:
        far.passed()
    turned_away = ended(stand, mark)
    assert (turned_away.cause, turned_away.reason) == (488, TurnedAway.NO_CODEC.value)
    assert not stand.driver.wait(events.CallOffered, after=mark).rings
    stand.driver.wait(SpoolClosed, after=mark)
    assert stand.driver.names(mark) == ["CallOffered", "CallEnded", "SpoolClosed"]


def test_a_session_timer_is_kept_by_whoever_the_caller_says(stand: Ground, tmp_path: Path) -> None:
    """RFC 4028: the caller refreshes with UPDATE or re-INVITE; ours must agree to the timer."""
    mark = stand.driver.mark()
    timer = ("Supported: timer", "Session-Expires: 90;refresher=uac", "Min-SE: 90")
    refresh = (invite(*timer, sequence=2), expect(100, optional=True), expect(200), ack(2))
    agreed = expect(200, contains="Session-Expires: *90;refresher=uac")
    steps = (invite(*timer), RINGS, agreed, ack(), *refresh, bye(3), expect(200))
    with sipp(tmp_path, *steps, to=stand.direct) as far:
        answered(stand, mark)
        far.passed()
    assert ended(stand, mark).cause == 200


def test_a_session_timer_that_is_too_short_is_told_422(stand: Ground, tmp_path: Path) -> None:
    mark = stand.driver.mark()
    timer = ("Supported: timer", "Session-Expires: 10", "Min-SE: 10")
    steps = (invite(*timer), expect(100, optional=True), expect(422, contains="Min-SE: *90"), ack())
    with sipp(tmp_path, *steps, to=stand.direct) as far:
        far.passed()
    assert ended(stand, mark).cause == 422
    assert "CallAnswered" not in stand.driver.names(mark)


@pytest.mark.skipif("DESK_SOAK" not in os.environ, reason="RFC 4028 knows no timer below 90 s: make soak")
@pytest.mark.timeout(240)
@pytest.mark.parametrize("refresher", ["uas", "uac"])
def test_a_session_is_refreshed_by_us_where_we_are_to_and_ended_where_the_caller_does_not(
    stand: Ground, refresher: str
) -> None:
    mark = stand.driver.mark()
    timer = ("Supported: timer", f"Session-Expires: 90;refresher={refresher}", "Min-SE: 90")
    with Caller(stand.direct) as caller:
        caller.send(caller.request("INVITE", caller.sdp, *timer))
        stand.driver.do(commands.Answer(offered(stand, mark)))
        caller.answered()
        asks, within_s = ("INVITE", 50.0) if refresher == "uas" else ("BYE", 90.0)
        caller.sip.settimeout(within_s)
        request = caller.sip.recv(65535).decode()
        assert request.startswith(asks)
        if asks == "BYE":
            caller.send(agreed(request, 200, caller.port))
            assert ended(stand, mark).cause == 408
            return
        assert header(request, "session-expires").startswith("90;refresher=uac")
        caller.send(agreed(request, 200, caller.port, caller.sdp))
        assert caller.sip.recv(65535).startswith(b"ACK ")
        caller.bye()
    ended(stand, mark)


# ---- we call


PICKED_UP = (answer(200, sdp=SDP), expect("ACK"))
BYE_OF_OURS = (expect("BYE"), agree())


def hung_up(stand: Ground, mark: int) -> None:
    call_id = stand.driver.wait(events.CallAnswered, after=mark).call_id
    stand.driver.do(commands.HangUp(call_id))
    assert ended(stand, mark).by_us


@pytest.mark.parametrize("sdp", ["", SDP], ids=["without", "with"])
def test_183_with_and_without_sdp_comes_before_the_answer(stand: Ground, tmp_path: Path, sdp: str) -> None:
    steps = (expect("INVITE"), answer(183, sdp=sdp), pause(200), *PICKED_UP, *BYE_OF_OURS)
    with sipp(tmp_path, *steps) as far:
        mark = dialled(stand, far)
        progressed = stand.driver.wait(events.CallProgressed, after=mark, code=183)
        assert progressed.early_media is bool(sdp)
        hung_up(stand, mark)
        far.passed()


def test_early_media_and_then_busy(stand: Ground, tmp_path: Path) -> None:
    steps = (expect("INVITE"), answer(183, sdp=SDP), pause(200), answer(486), expect("ACK"))
    with sipp(tmp_path, *steps) as far:
        mark = dialled(stand, far)
        assert ended(stand, mark).cause == 486
        far.passed()


def test_two_phones_answer_and_one_is_talked_to(stand: Ground) -> None:
    """Forked by a proxy: the second 200 has another tag, and its dialogue is ended by us (RFC 3261 13.2.2.4)."""
    mark = stand.driver.mark()
    with Callee() as callee:
        stand.driver.do(commands.Dial(f"sip:first@{HOST}:{callee.port}", line="direct"))
        callee.take_invite()
        callee.send(callee.answer(200, tag="a"))
        callee.send(callee.answer(200, tag="b"))
        call_id = stand.driver.wait(events.CallAnswered, after=mark).call_id
        wait_until("the farewell to the second", lambda: "b" in callee.settle(), 10.0)
        assert callee.parted == {"b"}
        assert [call.call_id for call in stand.snapshot().calls] == [call_id]
        stand.driver.do(commands.HangUp(call_id))
        wait_until("the farewell to the first", lambda: "a" in callee.settle(), 10.0)
    ended(stand, mark)
    assert stand.driver.names(mark).count("CallAnswered") == 1


def moved_to(user: str) -> tuple[str, str]:
    return answer(302, contact=f"sip:{user}@[local_ip]:[local_port]"), expect("ACK")


def test_a_chain_of_redirections_is_followed_to_its_end(stand: Ground, tmp_path: Path) -> None:
    """302, 302, 200: PJSIP itself asserts on the second. Every target is a call of its own to sipp."""
    steps = (
        expect_one_of("INVITE", {"2": "INVITE sip:second@", "3": "INVITE sip:third@"}),
        *moved_to("second"),
        go_to("9"),
        label("2"),
        *moved_to("third"),
        go_to("9"),
        label("3"),
        answer(180),
        *PICKED_UP,
        *BYE_OF_OURS,
        label("9"),
    )
    with sipp(tmp_path, *steps, calls=3) as far:
        mark = dialled(stand, far)
        hung_up(stand, mark)
        far.passed()


def test_a_loop_of_redirections_is_left(stand: Ground, tmp_path: Path) -> None:
    steps = (expect("INVITE"), *moved_to("first"))
    with sipp(tmp_path, *steps) as far:
        mark = dialled(stand, far)
        assert ended(stand, mark).cause in range(300, 700)
        far.passed()


def test_a_re_invite_at_the_same_moment_is_tried_again(stand: Ground, tmp_path: Path) -> None:
    """Glare (RFC 3261 14.1): ours is answered 491, and comes again after a while."""
    mark = stand.driver.mark()
    glare = (expect("INVITE"), answer_within(491), expect("ACK"), expect("INVITE"), answer_within(200), expect("ACK"))
    with sipp(tmp_path, invite(), RINGS, expect(200), ack(), *glare, bye(2), expect(200), to=stand.direct) as far:
        call_id = answered(stand, mark)
        stand.driver.do(commands.Hold(call_id, on=True))
        stand.driver.wait(events.CallHeld, after=mark, call_id=call_id)
        far.passed()
    assert ended(stand, mark).cause == 200
