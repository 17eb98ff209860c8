"""Far sides by hand, and what the standard lets them do to us: send us on and on, ring with and without a sound, answer
twice, offer at the same moment as we do, ask to be answered."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.demo.processes import free_port
from desk.domain import commands, events
from desk.domain.availability import Availability, Forward
from desk.domain.calls import Phase
from desk.domain.identity import CallId
from desk.telephony.pj.stack import MOST_REDIRECTIONS
from desk.wire import SpoolClosed
from tests.telephony.driver import Driver, phone
from tests.telephony.raw_answerer import RawAnswerer
from tests.telephony.raw_sip import RawCaller


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Driver, int]]:
    port = free_port(socket.SOCK_DGRAM)
    line = {"kind": "direct", "port": port, "registrar": "127.0.0.1"}
    with phone(tmp_path_factory.mktemp("near"), line) as driver:
        yield driver, port


@pytest.fixture
def driver(near: tuple[Driver, int]) -> Driver:
    return near[0]


@pytest.fixture
def far() -> Iterator[RawAnswerer]:
    with RawAnswerer() as answerer:
        yield answerer


def dialled(driver: Driver, far: RawAnswerer) -> tuple[int, CallId, bytes]:
    mark = driver.mark()
    driver.do(commands.Dial(far.uri("start")))
    call_id = driver.wait(events.CallDialled, after=mark).call_id
    return mark, call_id, far.request(b"INVITE")


def talked(driver: Driver, far: RawAnswerer) -> CallId:
    _, call_id, invite = dialled(driver, far)
    far.answer(invite, 200, sdp=True)
    far.request(b"ACK")
    driver.wait(events.RecordingStarted, call_id=call_id)
    return call_id


def seated(driver: Driver) -> None:
    mark = driver.mark()
    driver.do(commands.TakeSeat("1001"))
    driver.do(commands.DialCode(""))  # refused: what was asked before it is done
    driver.wait(events.CommandRefused, after=mark)


def hung_up(driver: Driver, far: RawAnswerer, call_id: CallId) -> None:
    driver.do(commands.HangUp(call_id))
    far.answer(far.request(b"BYE"), 200)
    driver.wait(SpoolClosed, call_id=call_id)


def moved(far: RawAnswerer, invite: bytes, to: str) -> None:
    far.answer(invite, 302, f"Contact: <{far.uri(to)}>".encode())
    far.request(b"ACK")


@pytest.mark.parametrize("hops", [1, 2, MOST_REDIRECTIONS])
def test_it_follows_where_it_is_sent_as_one_call(driver: Driver, far: RawAnswerer, hops: int) -> None:
    mark, call_id, invite = dialled(driver, far)
    for hop in range(hops):
        moved(far, invite, f"hop{hop}")
        invite = far.request(b"INVITE")
        assert far.user_of(invite) == f"hop{hop}"
    far.answer(invite, 200, sdp=True)
    far.request(b"ACK")
    driver.wait(events.RecordingStarted, call_id=call_id)
    hung_up(driver, far, call_id)
    said = driver.names(mark)
    assert said == ["CallDialled", "CallAnswered", "RecordingStarted", "CallEnded", "SpoolClosed"]


@pytest.mark.parametrize("way", [("start",), ("other", "start"), tuple(f"hop{at}" for at in range(9))])
def test_it_is_not_led_in_a_circle_nor_on_and_on(driver: Driver, far: RawAnswerer, way: tuple[str, ...]) -> None:
    mark, call_id, invite = dialled(driver, far)
    for to in way:
        moved(far, invite, to)
        try:
            invite = far.request(b"INVITE", 0.5)
        except TimeoutError:
            break
    ended = driver.wait(events.CallEnded, call_id=call_id)
    assert (ended.cause, ended.by_us) == (483, False)
    assert driver.names(mark).count("CallEnded") == 1


def test_a_call_that_is_being_sent_on_is_given_up_where_it_is(driver: Driver, far: RawAnswerer) -> None:
    mark, call_id, invite = dialled(driver, far)
    moved(far, invite, "other")
    invite = far.request(b"INVITE")
    far.answer(invite, 180)
    driver.wait(events.CallProgressed, after=mark, code=180)
    driver.do(commands.HangUp(call_id))
    far.answer(far.request(b"CANCEL"), 200)
    far.answer(invite, 487)
    assert driver.wait(events.CallEnded, call_id=call_id).cause == 487


@pytest.mark.parametrize("sdp", [False, True])
def test_progress_with_and_without_a_sound_comes_before_the_answer(driver: Driver, far: RawAnswerer, sdp: bool) -> None:
    mark, call_id, invite = dialled(driver, far)
    far.answer(invite, 100)
    far.answer(invite, 183, sdp=sdp)
    assert driver.wait(events.CallProgressed, after=mark, code=183).early_media is sdp
    far.answer(invite, 180)
    driver.wait(events.CallProgressed, after=mark, code=180)
    far.answer(invite, 200, sdp=True)
    far.request(b"ACK")
    driver.wait(events.RecordingStarted, call_id=call_id)
    hung_up(driver, far, call_id)


def test_the_second_of_two_who_answer_is_said_goodbye_and_the_first_is_kept(driver: Driver, far: RawAnswerer) -> None:
    _, call_id, invite = dialled(driver, far)
    far.answer(invite, 180, tag=b"one")
    far.answer(invite, 180, tag=b"two")
    far.answer(invite, 200, tag=b"one", sdp=True)
    far.request(b"ACK")
    far.answer(invite, 200, tag=b"two", sdp=True)
    goodbye = far.request(b"BYE")
    assert b"tag=two" in goodbye
    far.answer(goodbye, 200)
    driver.wait(events.RecordingStarted, call_id=call_id)
    hung_up(driver, far, call_id)


def test_a_hold_that_meets_an_offer_of_the_far_sides_is_tried_again(driver: Driver, far: RawAnswerer) -> None:
    call_id = talked(driver, far)
    driver.do(commands.Hold(call_id, on=True))
    far.answer(far.request(b"INVITE"), 491)
    again = far.request(b"INVITE")
    assert b"a=sendonly" in again
    far.answer(again, 200, sdp=True, way=b"recvonly")
    far.request(b"ACK")
    driver.do(commands.Hold(call_id, on=False))
    far.answer(far.request(b"INVITE"), 200, sdp=True)
    driver.wait(events.CallResumed, call_id=call_id)
    hung_up(driver, far, call_id)


def test_a_far_side_that_knows_no_transfer_keeps_its_call(driver: Driver, far: RawAnswerer) -> None:
    call_id = talked(driver, far)
    driver.do(commands.Transfer(call_id, "sip:8001@127.0.0.1"))
    far.answer(far.request(b"INVITE"), 200, sdp=True, way=b"recvonly")
    refer = far.request(b"REFER")
    assert b"<sip:8001@127.0.0.1>" in refer
    far.answer(refer, 501)
    assert driver.wait(events.TransferFailed, call_id=call_id).code == 501
    far.answer(far.request(b"INVITE"), 200, sdp=True)
    driver.wait(events.CallResumed, call_id=call_id)
    hung_up(driver, far, call_id)


def test_a_transfer_that_is_taken_back_before_it_was_sent_is_never_sent(driver: Driver, far: RawAnswerer) -> None:
    call_id = talked(driver, far)
    driver.do(commands.Transfer(call_id, "sip:8001@127.0.0.1"))
    hold = far.request(b"INVITE")  # the REFER waits for its answer
    driver.do(commands.Hold(call_id, on=False))
    assert driver.wait(events.TransferFailed, call_id=call_id).code == 487
    far.answer(hold, 200, sdp=True, way=b"recvonly")
    far.answer(far.request(b"INVITE"), 200, sdp=True)
    driver.wait(events.CallResumed, call_id=call_id)
    with pytest.raises(TimeoutError):
        far.request(b"REFER", 0.5)
    hung_up(driver, far, call_id)


def test_a_call_that_cannot_be_sent_leaves_the_call_in_hand_as_it_is(driver: Driver, far: RawAnswerer) -> None:
    call_id = talked(driver, far)
    mark = driver.mark()
    driver.do(commands.Dial("sip:8001@nowhere.invalid", consults=call_id))
    assert driver.wait(events.CommandRefused, after=mark).reason == "failed"
    assert [(call.call_id, call.phase) for call in driver.snapshot().calls] == [(call_id, Phase.UP)]
    assert driver.names(mark) == []
    hung_up(driver, far, call_id)


def test_calls_are_turned_away_sent_on_and_answered_by_themselves(near: tuple[Driver, int]) -> None:
    driver, port = near
    with RawCaller(port) as caller:
        for wanted, code in (
            (Availability(forwards={Forward.ALWAYS: "8001"}), 302),
            (Availability(do_not_disturb=True), 486),
        ):
            mark = driver.mark()
            driver.do(commands.SetAvailability(wanted))
            driver.wait(events.AvailabilityChanged, after=mark)
            caller.invite(b"<sip:10086@127.0.0.1>")
            answer = caller.wait_answer(code)
            assert (b"\r\nContact: <sip:8001@127.0.0.1>\r\n" in answer) is (code == 302)
            assert answer.count(b"\r\nContact:") <= 1
            assert driver.wait(events.CallEnded, after=mark).cause == code
        mark = driver.mark()
        driver.do(commands.SetAvailability(Availability()))
        driver.wait(events.AvailabilityChanged, after=mark)
    seated(driver)
    with RawCaller(port) as caller:
        caller.invite(b"<sip:8100@127.0.0.1>", b"Call-Info: <sip:intercom>;answer-after=0")
        offered = driver.wait(events.CallOffered, after=mark)
        assert offered.answers_in_s is not None
        caller.wait_answer(200)
        caller.cancel()  # it was too late
        driver.do(commands.HangUp(offered.call_id))
        driver.wait(SpoolClosed, call_id=offered.call_id, timeout_s=40.0)


@pytest.mark.parametrize(("peers", "believed"), [((), False), (("127.0.0.1",), True)])
def test_a_stranger_opens_no_microphone(tmp_path: Path, peers: tuple[str, ...], believed: bool) -> None:
    port = free_port()
    with (
        phone(tmp_path, {"kind": "direct", "port": port, "peers": list(peers)}) as driver,
        RawCaller(port) as caller,
    ):
        seated(driver)
        caller.invite(b"<sip:8100@127.0.0.1>", b"Call-Info: <sip:intercom>;answer-after=0")
        assert (driver.wait(events.CallOffered).answers_in_s is not None) is believed
        caller.cancel()


def test_what_was_set_holds_after_a_restart(tmp_path: Path) -> None:
    line = {"kind": "direct", "port": 0, "registrar": "127.0.0.1:9"}
    wanted = Availability(do_not_disturb=True, forwards={Forward.NIGHT: "8009"})
    with phone(tmp_path, line) as driver:
        driver.do(commands.SetAvailability(wanted))
        driver.wait(events.AvailabilityChanged)
    with phone(tmp_path, line) as driver:
        assert driver.messages[0].availability == wanted
