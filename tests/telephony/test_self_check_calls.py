"""The seat calls itself through a real registrar and proxy: what its recording holds, and that nobody hears of it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from desk.demo.baresip import Baresip
from desk.demo.kamailio import Kamailio
from desk.demo.processes import wait_until
from desk.demo.voices import read_wav
from desk.domain import commands, events
from desk.domain.events import LineStatus
from desk.domain.identity import CallId
from desk.recording.likeness import HEARD, RATE_HZ, Sound, likeness_at
from desk.recording.sealing.pcm import SpoolAudio
from desk.resources import resources_dir
from desk.wire import SpoolClosed
from tests.telephony.driver import Driver, phone
from tests.telephony.test_line import wait_status

SHOWN = "075588886666"
SPEECH = resources_dir() / "sounds" / "prompts" / "zh_CN" / "waiting.wav"


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[Driver]:
    pcm = tmp_path / "speech.pcm"
    pcm.write_bytes((read_wav(SPEECH)[0] * 32767).astype("<i2").tobytes())
    # An exchange that shows its seats' calls by another number, as many do.
    with Kamailio(tmp_path / "kamailio", {"8001": "secret-8001"}, {"8001": SHOWN}) as pbx:
        (tmp_path / "pbx").write_text(pbx.address)
        line = {"kind": "registered", "user": "8001", "registrar": pbx.address, "port": 0}
        with phone(tmp_path / "phone", line, password="secret-8001", self_check=str(pcm), spool=True) as running:
            wait_status(running, LineStatus.REGISTERED)
            yield running


def channels(folder: Path, call_id: CallId) -> tuple[Sound, Sound]:
    both = np.concatenate(list(SpoolAudio((folder,), call_id, RATE_HZ).blocks(RATE_HZ))) / 32768.0
    return both[:, 0], both[:, 1]


@pytest.mark.timeout(120)
def test_what_it_says_comes_back_through_the_exchange_and_stands_in_a_recording_of_its_own(driver: Driver) -> None:
    mark = driver.mark()
    driver.do(commands.CheckSelf("8001", ""))
    told = driver.wait(events.SelfChecked, timeout_s=40.0, after=mark)
    assert (told.code, told.own, told.number) == (200, True, SHOWN), told
    assert told.offered_ms is not None
    assert told.quality is not None
    assert told.quality.mos > 4.0
    heard, said = channels(driver.folder / "aside" / "spool", told.call_id)
    speech, _rate = read_wav(SPEECH)
    sure_said, said_at_s, said_from_s = likeness_at(said, speech)
    sure_heard, heard_at_s, heard_from_s = likeness_at(heard, speech)
    assert sure_said > 0.99
    assert sure_heard > HEARD
    late_s = (heard_at_s - heard_from_s) - (said_at_s - said_from_s)
    assert 0.0 < late_s < 1.5
    assert driver.names(mark) == ["SelfChecked"]
    assert list((driver.folder / "spool").iterdir()) == []


@pytest.mark.timeout(120)
def test_a_number_that_nobody_has_is_told_with_the_exchange_s_answer(driver: Driver) -> None:
    driver.do(commands.CheckSelf("8999", ""))
    told = driver.wait(events.SelfChecked, timeout_s=30.0)
    assert (told.code, told.own, told.call_id) == (480, False, "")


@pytest.mark.timeout(120)
def test_a_resident_who_calls_in_the_middle_of_it_rings_at_once_and_is_talked_to(
    driver: Driver, tmp_path: Path
) -> None:
    pbx = (tmp_path / "pbx").read_text()
    with Baresip(tmp_path / "resident", "13800138000", "127.0.0.1") as resident:
        driver.do(commands.CheckSelf("8001", ""))
        aside = driver.folder / "aside" / "spool"
        wait_until("both voices are recorded", lambda: list(aside.glob("*.pcm")), 20.0)
        mark = driver.mark()
        resident.dial(f"sip:8001@{pbx}")
        offered = driver.wait(events.CallOffered, after=mark)
        assert driver.wait(events.SelfChecked, after=mark).code == 0
        driver.do(commands.Answer(offered.call_id))
        driver.wait(events.RecordingStarted, call_id=offered.call_id)
        wait_until("their call is recorded", lambda: list((driver.folder / "spool").glob("*.pcm")), 10.0)
        driver.do(commands.HangUp(offered.call_id))
        driver.wait(SpoolClosed, call_id=offered.call_id)
