"""Both voices through everything that is real: a virtual headset, miniaudio, PJSIP, the network, a telephone that is
not PJSIP. What was played on one side must be found, by content, on the other and in its channel of the recording."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.demo.baresip import Baresip
from desk.demo.kamailio import Kamailio
from desk.demo.processes import free_port, wait_until
from desk.demo.virtual_headset import EARPIECE, MICROPHONE, VirtualHeadset, virtual_headset
from desk.domain import commands, events
from desk.domain.identity import CallId
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble
from desk.wire import SpoolClosed
from tests.telephony.driver import Driver, phone
from tests.telephony.sounds import RATE_HZ, likeness, read_pcm, read_wav, speechlike, write_wav

SURE, ABSENT = 0.75, 0.4
CALLER, AGENT = speechlike(1, 3.0), speechlike(2, 3.0)


@pytest.fixture
def headset(tmp_path: Path) -> Iterator[VirtualHeadset]:
    with virtual_headset(tmp_path / "pulse") as ready:
        yield ready


def wait_present(driver: Driver, mark: int = 0) -> None:
    if mark or not driver.wait(PhoneSnapshot).headset.present:
        driver.wait(events.HeadsetChanged, after=mark, matches=lambda changed: changed.state.present)


def recorded_s(driver: Driver, call_id: CallId) -> float:
    file = driver.folder / f"{call_id}.caller"
    return file.stat().st_size / 2 / RATE_HZ if file.exists() else 0.0


def wait_recorded(driver: Driver, call_id: CallId, seconds: float) -> None:
    wait_until(f"{seconds:g} s of recording", lambda: recorded_s(driver, call_id) >= seconds, seconds * 2 + 10)


def test_each_voice_reaches_the_other_side_and_its_own_channel(tmp_path: Path, headset: VirtualHeadset) -> None:
    caller_wav, agent_wav = write_wav(tmp_path / "caller.wav", CALLER), write_wav(tmp_path / "agent.wav", AGENT)
    users = {"desk": "secret", "13800138000": "caller"}
    with (
        Kamailio(tmp_path / "kamailio", users, {"13800138000": "013800138000"}) as pbx,
        phone(
            tmp_path / "phone",
            {"kind": "registered", "user": "desk", "registrar": pbx.address, "port": 0},
            headset="sound",
            devices=(MICROPHONE, EARPIECE, ""),
            env=headset.env,
            password="secret",
        ) as driver,
        Baresip(tmp_path / "baresip", "13800138000", pbx.address, "caller", caller_wav, "张三") as telephone,
    ):
        wait_present(driver)
        telephone.dial(f"sip:desk@{pbx.address}")
        offered = driver.wait(events.CallOffered)
        assert (offered.party.number, offered.party.display_name) == ("013800138000", "张三")
        with headset.capture(tmp_path / "ear.wav"):
            driver.do(commands.Answer(offered.call_id))
            driver.wait(events.RecordingStarted)
            speaker = headset.speak(agent_wav)
            wait_recorded(driver, offered.call_id, 5.0)
            speaker.wait(10.0)
        telephone.hang_up()
        driver.wait(SpoolClosed)
        (counted,) = [entry for entry in driver.log_lines() if entry["message"] == "call audio"]
    heard = {
        "ear": read_wav(tmp_path / "ear.wav"),
        "far": read_wav(telephone.heard()),
        "left": read_pcm(driver.folder / f"{offered.call_id}.caller"),
        "right": read_pcm(driver.folder / f"{offered.call_id}.agent"),
    }
    found = {name: (likeness(sound, CALLER), likeness(sound, AGENT)) for name, sound in heard.items()}
    assert found["ear"][0] > SURE > ABSENT > found["ear"][1], found
    assert found["left"][0] > SURE > ABSENT > found["left"][1], found
    assert found["far"][1] > SURE > ABSENT > found["far"][0], found
    assert found["right"][1] > SURE > ABSENT > found["right"][0], found
    assert counted["microphone_lost"] + counted["earpiece_lost"] < 25, counted


def test_a_headset_pulled_out_in_a_call_is_told_and_back_when_it_is_back(
    tmp_path: Path, headset: VirtualHeadset
) -> None:
    port = free_port(socket.SOCK_DGRAM)
    caller_wav = write_wav(tmp_path / "caller.wav", speechlike(3, 20.0))
    with (
        phone(tmp_path / "phone", {"kind": "direct", "port": port}, headset="sound", env=headset.env) as driver,
        Baresip(tmp_path / "baresip", "caller", "127.0.0.1", sound=caller_wav) as telephone,
    ):
        wait_present(driver)
        telephone.dial(f"sip:desk@127.0.0.1:{port}")
        call_id = driver.wait(events.CallOffered).call_id
        driver.do(commands.Answer(call_id))
        driver.wait(events.RecordingStarted)
        mark = driver.mark()
        headset.unplug()
        assert driver.wait(events.TroubleRaised, after=mark).wrong.trouble is Trouble.HEADSET_VANISHED
        before = recorded_s(driver, call_id)
        wait_recorded(driver, call_id, before + 0.5)
        back = driver.mark()
        headset.plug_in()
        wait_present(driver, back)
        driver.wait(events.TroubleCleared, after=back)
        with headset.capture(tmp_path / "ear.wav"):
            wait_recorded(driver, call_id, recorded_s(driver, call_id) + 1.5)
        telephone.hang_up()
        driver.wait(SpoolClosed, call_id=call_id)
    ear = read_wav(tmp_path / "ear.wav")
    assert likeness(read_pcm(driver.folder / f"{call_id}.caller"), ear) > SURE


def test_without_a_sound_system_it_says_what_is_missing_and_calls_go_on(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    nowhere = {**os.environ, "PULSE_SERVER": f"unix:{tmp_path}/nowhere", "ALSA_CONFIG_PATH": "/dev/null"}
    with (
        phone(tmp_path / "phone", {"kind": "direct", "port": port}, headset="sound", env=nowhere) as driver,
        Baresip(tmp_path / "baresip", "caller", "127.0.0.1") as telephone,
    ):
        first = driver.wait(PhoneSnapshot).wrongs
        raised = first or (driver.wait(events.TroubleRaised).wrong,)
        assert {wrong.trouble for wrong in raised} <= {Trouble.NO_MICROPHONE, Trouble.NO_EARPIECE}
        telephone.dial(f"sip:desk@127.0.0.1:{port}")
        call_id = driver.wait(events.CallOffered).call_id
        driver.do(commands.Answer(call_id))
        driver.wait(events.CallAnswered)
        wait_recorded(driver, call_id, 0.2)
        driver.do(commands.HangUp(call_id))
        driver.wait(SpoolClosed, call_id=call_id)


def test_a_device_chosen_by_name_and_not_there_is_a_trouble_until_another_is_chosen(
    tmp_path: Path, headset: VirtualHeadset
) -> None:
    devices = ("No such microphone", EARPIECE, "")
    line = {"kind": "direct", "port": free_port(socket.SOCK_DGRAM)}
    with phone(tmp_path / "phone", line, headset="sound", devices=devices, env=headset.env) as driver:
        first = driver.wait(PhoneSnapshot).wrongs
        wrong = first[0] if first else driver.wait(events.TroubleRaised).wrong
        assert (wrong.trouble, wrong.detail) == (Trouble.NO_MICROPHONE, "No such microphone")
        driver.do(commands.ChooseHeadset(MICROPHONE, EARPIECE, EARPIECE))
        driver.wait(events.TroubleCleared)
        driver.do(commands.WatchLevels(on=True))
        speaker = headset.speak(write_wav(tmp_path / "agent.wav", AGENT))
        driver.wait(events.LevelsMeasured, matches=lambda levels: levels.microphone_dbfs > -30)
        speaker.wait(10.0)


def test_ringing_is_heard_on_the_ring_device_until_the_call_ends_and_leaks_no_connection(
    tmp_path: Path, headset: VirtualHeadset
) -> None:
    port = free_port(socket.SOCK_DGRAM)
    with (
        phone(tmp_path / "phone", {"kind": "direct", "port": port}, headset="sound", env=headset.env) as driver,
        Baresip(tmp_path / "baresip", "caller", "127.0.0.1") as telephone,
    ):
        wait_present(driver)
        quiet = wait_until("the headset's stream", headset.streams_on_earpiece, 5.0)
        clients = headset.clients()
        for _ in range(4):
            mark = driver.mark()
            telephone.dial(f"sip:desk@127.0.0.1:{port}")
            driver.wait(events.CallOffered, after=mark)
            wait_until("the ring", lambda: headset.streams_on_earpiece() == quiet + 1, 5.0)
            telephone.hang_up()
            driver.wait(events.CallEnded, after=mark)
            wait_until("silence", lambda: headset.streams_on_earpiece() == quiet, 5.0)
        wait_until("no more connections than before", lambda: headset.clients() <= clients, 5.0)


def test_a_phone_that_is_killed_leaves_the_recording_up_to_the_last_moment(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    folder = tmp_path / "phone"
    driver = Driver(
        folder, {"lines": [{"kind": "direct", "port": port, "bind": "127.0.0.1"}], "headset": "none"}, {}, None
    )
    try:
        with Baresip(tmp_path / "baresip", "caller", "127.0.0.1") as telephone:
            telephone.dial(f"sip:desk@127.0.0.1:{port}")
            call_id = driver.wait(events.CallOffered).call_id
            driver.do(commands.Answer(call_id))
            wait_recorded(driver, call_id, 0.5)
            os.kill(driver.child.pid, signal.SIGKILL)
            driver.child.process.wait()
            assert recorded_s(driver, call_id) >= 0.5
    finally:
        driver.stop()
    config = json.loads((folder / "phone.json").read_text())
    with phone(tmp_path / "again", config["lines"]) as again:
        assert again.wait(PhoneSnapshot).calls == ()
