"""Calls over a bad network, through everything that is real: PJSIP, UDP, a telephone that is not PJSIP, and between
them a relay that loses and delays exactly what it is told to. What the phone says of the call must be what was done to
it."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desk.compose.self_check import examine
from desk.compose.self_check_phone import speech_file
from desk.demo.baresip import Baresip
from desk.demo.processes import free_port, wait_until
from desk.demo.virtual_headset import EARPIECE, MICROPHONE, virtual_headset
from desk.domain import commands, events
from desk.domain.diagnosis import Diagnosis
from desk.domain.health import Level
from desk.domain.identity import CallId
from desk.domain.quality import Quality
from desk.domain.tally import Tally
from desk.domain.troubles import Trouble
from desk.health import call_heard
from desk.settings import Settings
from desk.telephony.health import call_found
from desk.telephony.health.test_call import CallTested
from desk.telephony.prompts.shelf import read_sound
from tests.telephony.driver import Driver, phone
from tests.telephony.lossy_relay import LossyRelay, every, lossy_relay, nothing, slow, uneven, untouched
from tests.telephony.sounds import speechlike, write_wav


@contextmanager
def called(tmp_path: Path, **config: object) -> Iterator[tuple[Driver, LossyRelay, Baresip]]:
    """A caller on the far side of the relay, about to call."""
    port = free_port(socket.SOCK_DGRAM)
    sound = write_wav(tmp_path / "caller.wav", speechlike(1, 60.0))
    say = tmp_path / "agent.pcm"
    say.write_bytes(speechlike(2, 3.0).tobytes())
    settings: dict[str, object] = {"headset": "fake", "say": str(say), "watch": True, **config}
    with (
        phone(tmp_path / "phone", {"port": port}, **settings) as driver,  # type: ignore[arg-type]
        lossy_relay(port) as relay,
        Baresip(tmp_path / "baresip", "13800138000", "127.0.0.1", sound=sound) as telephone,
    ):
        yield driver, relay, telephone


def answered(driver: Driver, relay: LossyRelay, telephone: Baresip) -> CallId:
    telephone.dial(f"sip:desk@127.0.0.1:{relay.port}")
    call_id = driver.wait(events.CallOffered).call_id
    driver.do(commands.Answer(call_id))
    driver.wait(events.RecordingStarted)
    return call_id


def measured(driver: Driver, after: int, spans: int) -> list[Quality]:
    """So many spans behind the first one, in which the old state still was."""

    def so_far() -> list[Quality]:
        return [m.quality for m in driver.messages[after:] if isinstance(m, events.QualityMeasured)]

    wait_until(f"{spans} spans", lambda: len(so_far()) > spans, 2.0 * spans + 15.0)
    return so_far()[1 : spans + 1]


def test_a_call_tells_what_the_network_does_to_it(tmp_path: Path) -> None:
    with called(tmp_path) as (driver, relay, telephone):
        call_id = answered(driver, relay, telephone)
        fine = measured(driver, 0, 2)
        assert all(q.codec == "G722" and q.loss < 2 and q.mos > 4.0 for q in fine), fine
        assert Tally.of(fine).diagnosis is Diagnosis.NONE

        relay.to_phone, mark = every(5), driver.mark()
        lossy = measured(driver, mark, 2)
        assert all(15 <= q.loss <= 25 and q.mos < 3.2 for q in lossy), lossy
        assert Tally.of(lossy).diagnosis is Diagnosis.NETWORK_LOSS

        relay.to_phone, mark = uneven(700.0, packets=50), driver.mark()
        bumpy = measured(driver, mark, 2)
        assert all(q.loss < 5 for q in bumpy), bumpy
        assert Tally.of(bumpy).diagnosis is Diagnosis.NETWORK_JITTER, bumpy

        relay.to_phone, mark = nothing, driver.mark()
        driver.wait(events.TroubleRaised, 12.0, mark, lambda raised: raised.wrong.trouble is Trouble.NO_AUDIO)
        assert measured(driver, mark, 2)[-1].no_packets
        relay.to_phone, mark = untouched, driver.mark()
        driver.wait(events.TroubleCleared, 5.0, mark, lambda cleared: cleared.wrong.trouble is Trouble.NO_AUDIO)
        driver.do(commands.HangUp(call_id))
        driver.wait(events.CallEnded)


def test_what_the_far_side_loses_and_how_long_it_takes_is_known_from_its_reports(tmp_path: Path) -> None:
    """From the first packet: PJSIP believes a round trip that grows report by report only."""
    lossy = every(4)
    with called(tmp_path) as (driver, relay, telephone):
        relay.to_phone, relay.to_caller = slow(250.0), lambda number: None if lossy(number) is None else 250.0
        call_id = answered(driver, relay, telephone)
        told = driver.wait(events.QualityMeasured, 30.0, matches=lambda m: m.quality.round_trip_ms is not None).quality
        assert told.round_trip_ms is not None
        assert told.sent_loss is not None
        assert 450 <= told.round_trip_ms <= 750
        assert 12 <= told.sent_loss <= 35
        assert told.loss < 5
        assert told.mos < 2.5
        assert Tally.of([told] * 2).diagnosis is Diagnosis.NETWORK_LOSS
        driver.do(commands.HangUp(call_id))
        driver.wait(events.CallEnded)


def test_a_microphone_without_a_sound_is_told_and_so_are_packets_without_one(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    with (
        virtual_headset(tmp_path / "pulse") as headset,
        phone(
            tmp_path / "phone",
            {"port": port},
            headset="sound",
            devices=(MICROPHONE, EARPIECE, ""),
            env={**os.environ, **headset.env},
            watch=True,
        ) as driver,
        Baresip(tmp_path / "baresip", "13800138000", "127.0.0.1") as telephone,
    ):
        telephone.dial(f"sip:desk@127.0.0.1:{port}")
        call_id = driver.wait(events.CallOffered).call_id
        driver.do(commands.Answer(call_id))
        driver.wait(events.RecordingStarted)
        driver.wait(events.TroubleRaised, 15.0, matches=lambda raised: raised.wrong.trouble is Trouble.DEAD_MICROPHONE)
        quality = driver.wait(events.QualityMeasured, 6.0, matches=lambda m: m.quality.silent_microphone).quality
        assert quality.silent_caller
        assert not quality.no_packets
        assert quality.loss < 5
        driver.wait(events.TroubleRaised, 6.0, matches=lambda raised: raised.wrong.trouble is Trouble.NO_AUDIO)
        unheard = driver.wait(events.QualityMeasured, 6.0, matches=lambda m: m.quality.never_heard).quality
        assert not unheard.no_packets
        assert Tally.of([quality] * 2).diagnosis is Diagnosis.MICROPHONE_DEAD
        mark = driver.mark()
        speaker = headset.speak(write_wav(tmp_path / "agent.wav", speechlike(2, 3.0)))
        driver.wait(events.TroubleCleared, 6.0, mark, lambda one: one.wrong.trouble is Trouble.DEAD_MICROPHONE)
        speaker.wait(10.0)
        telephone.hang_up()
        driver.wait(events.CallEnded)


@pytest.mark.timeout(180)
def test_a_seat_that_calls_itself_over_a_bad_network_blames_the_network(tmp_path: Path) -> None:
    """The night's check, and the doctor's call at a running seat: never the headset, nor the firewall."""
    port = free_port(socket.SOCK_DGRAM)
    pcm = tmp_path / "speech.pcm"
    pcm.write_bytes(read_sound(speech_file()))
    with (
        phone(tmp_path / "phone", {"port": port}, self_check=str(pcm), spool=True) as driver,
        lossy_relay(port) as relay,
    ):
        for rule, named in ((every(4), "loses sound"), (uneven(700.0, packets=50), "jitter")):
            relay.to_phone, relay.to_caller, mark = rule, untouched, driver.mark()
            driver.do(commands.CheckSelf(f"sip:desk@127.0.0.1:{relay.port}", ""))
            told = driver.wait(events.SelfChecked, 60.0, mark)
            assert (told.code, told.own) == (200, True), told
            shutil.rmtree(tmp_path / "self_check", ignore_errors=True)
            shutil.copytree(driver.folder / "aside", tmp_path / "self_check")
            found = {one.check: one for one in examine(Settings(data_dir=tmp_path), told)}
            assert found["self_check.quality"].level >= Level.WARNING, found
            assert named in found["self_check.quality"].why, found
            assert found["self_check.said"].level is Level.OK, found
            assert "firewall" not in found["self_check.heard"].remedy, found
            by_doctor = call_found.found(CallTested(told.code, told.reason, told.own, told.quality))
            assert named in by_doctor.why
            blamed = [one for one in (*found.values(), by_doctor) if one.level >= Level.WARNING]
            assert {one.remedy for one in blamed} == {call_heard.network_remedy()}, blamed
