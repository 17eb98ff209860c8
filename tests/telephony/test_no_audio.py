"""Calls on which nothing is heard, with far sides by hand: each is marked in its manifest and told on the screen within
five seconds of its answer, by the manifest's own times."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.demo.processes import free_port
from desk.domain import commands, events
from desk.domain.identity import CallId
from desk.domain.journal import Journal
from desk.domain.reconcile import TOLERANCE_MS
from desk.domain.troubles import Trouble
from desk.recording.spool import folder as spool
from desk.recording.spool.interleave import FRAME_BYTES
from desk.wire import SpoolClosed
from tests.telephony.driver import Driver, phone
from tests.telephony.raw_answerer import RawAnswerer

PROMISE_S = 5.0


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    line = {"kind": "direct", "port": free_port(socket.SOCK_DGRAM), "registrar": "127.0.0.1"}
    folder: Path = tmp_path_factory.mktemp("near")
    with phone(folder, line, headset="fake", watch=True, spool=True) as driver:  # its microphone is silent
        yield driver


@pytest.fixture
def far() -> Iterator[RawAnswerer]:
    with RawAnswerer() as answerer:
        yield answerer


def up(driver: Driver, far: RawAnswerer, **answer: bytes) -> tuple[int, CallId]:
    mark = driver.mark()
    driver.do(commands.Dial(far.uri("far")))
    call_id = driver.wait(events.CallDialled, after=mark).call_id
    far.answer(far.request(b"INVITE"), 200, sdp=True, **answer)
    return mark, call_id


def hung_up(driver: Driver, far: RawAnswerer, call_id: CallId) -> Journal:
    driver.do(commands.HangUp(call_id))
    far.answer(far.request(b"BYE"), 200)
    driver.wait(SpoolClosed, call_id=call_id)
    return spool.read(driver.folder / "spool", call_id)


def said_within(driver: Driver, mark: int, call_id: CallId, trouble: Trouble) -> float:
    """Seconds from the answer to the trouble, by the phone's clock."""
    answered = driver.wait(events.CallAnswered, after=mark, call_id=call_id)
    raised = driver.wait(events.TroubleRaised, after=mark, matches=lambda m: m.wrong.trouble is trouble)
    return (raised.wrong.since - answered.at).total_seconds()


def test_a_far_side_that_sends_nothing_and_a_microphone_that_gives_nothing_are_marked_and_told(
    driver: Driver, far: RawAnswerer
) -> None:
    mark, call_id = up(driver, far)
    assert said_within(driver, mark, call_id, Trouble.NO_AUDIO) <= PROMISE_S
    assert said_within(driver, mark, call_id, Trouble.DEAD_MICROPHONE) <= PROMISE_S
    journal = hung_up(driver, far, call_id)
    at = {mark.name: mark.audio_ms / 1000 for mark in journal.marks}
    assert max(at["far_silent"], at["microphone_dead"]) <= PROMISE_S


def test_a_far_side_that_answers_inactive_is_a_call_without_audio_and_told(driver: Driver, far: RawAnswerer) -> None:
    mark, call_id = up(driver, far, way=b"inactive")
    assert said_within(driver, mark, call_id, Trouble.NO_AUDIO) <= PROMISE_S
    journal = hung_up(driver, far, call_id)
    at = {mark.name: mark.audio_ms / 1000 for mark in journal.marks}
    assert at["no_media"] <= PROMISE_S
    assert journal.answered_at is not None
    assert journal.ended_at is not None
    kept_s = spool.audio_bytes(driver.folder / "spool", call_id) // FRAME_BYTES / 16_000
    assert abs((journal.ended_at - journal.answered_at).total_seconds() - kept_s) <= TOLERANCE_MS / 1000


@pytest.mark.parametrize("media", [b"m=audio 0 RTP/AVP 8\r\n", b"m=audio 9 RTP/AVP 77\r\na=rtpmap:77 AMR-WB/16000\r\n"])
def test_where_no_audio_is_agreed_upon_the_call_is_ended_and_not_kept_up_in_silence(
    driver: Driver, far: RawAnswerer, media: bytes
) -> None:
    mark, call_id = up(driver, far, media=media)
    far.request(b"ACK")
    far.answer(far.request(b"BYE"), 200)
    ended = driver.wait(events.CallEnded, after=mark, call_id=call_id)
    assert ended.cause >= 400
    driver.wait(SpoolClosed, call_id=call_id)  # the end is told first and noted then
    assert spool.read(driver.folder / "spool", call_id).ended_at is not None
