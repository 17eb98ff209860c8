"""The headset's commands in a phone that runs: comfort told back, a check that a call goes before."""

import socket
from pathlib import Path

from desk.demo.baresip import Baresip
from desk.demo.processes import free_port
from desk.domain import commands, events
from desk.domain.events import CheckStage, Verdict
from desk.domain.snapshots import PhoneSnapshot
from tests.telephony.driver import phone


def test_comfort_is_told_to_the_window(tmp_path: Path) -> None:
    line = {"kind": "direct", "port": 0}
    with phone(tmp_path / "phone", line, headset="fake") as driver:
        driver.do(commands.SetComfort(earpiece_db=-4.0, microphone_db=99.0, automatic_gain=True))
        state = driver.wait(events.HeadsetChanged, matches=lambda changed: changed.state.automatic_gain).state
        assert (state.earpiece_db, state.microphone_db) == (-4.0, 20.0)


def test_a_check_goes_through_its_stages_on_the_phones_own_clock(tmp_path: Path) -> None:
    with phone(tmp_path / "phone", {"kind": "direct", "port": 0}, headset="fake") as driver:
        driver.do(commands.CheckHeadset())
        for stage in (CheckStage.TONE, CheckStage.SPEAK, CheckStage.SILENCE):
            driver.wait(events.HeadsetChecked, stage=stage)
        done = driver.wait(events.HeadsetChecked, stage=CheckStage.DONE)
        assert done.verdict is Verdict.SILENT_MICROPHONE
        assert done.round_trip_ms is None


def test_a_call_breaks_a_check_off_and_none_begins_while_there_is_one(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    with (
        phone(tmp_path / "phone", {"kind": "direct", "port": port}, headset="fake") as driver,
        Baresip(tmp_path / "baresip", "caller", "127.0.0.1") as telephone,
    ):
        driver.wait(PhoneSnapshot)
        driver.do(commands.CheckHeadset())
        driver.wait(events.HeadsetChecked, stage=CheckStage.TONE)
        telephone.dial(f"sip:desk@127.0.0.1:{port}")
        call_id = driver.wait(events.CallOffered).call_id
        driver.wait(events.HeadsetChecked, stage=CheckStage.FAILED)
        driver.do(commands.CheckHeadset())
        refused = driver.wait(events.CommandRefused)
        assert (refused.command, refused.reason) == ("CheckHeadset", "not_now")
        driver.do(commands.HangUp(call_id))
        driver.wait(events.CallEnded, call_id=call_id)
        mark = driver.mark()
        driver.do(commands.CheckHeadset())
        driver.wait(events.HeadsetChecked, after=mark, stage=CheckStage.TONE)
        driver.do(commands.CheckHeadset(on=False))
        driver.wait(events.HeadsetChecked, after=mark, stage=CheckStage.FAILED)


def test_a_check_after_a_call_goes_through_as_well(tmp_path: Path) -> None:
    """PJSIP stops its clock a second after a call unless it is told not to."""
    port = free_port(socket.SOCK_DGRAM)
    with (
        phone(tmp_path / "phone", {"kind": "direct", "port": port}, headset="fake") as driver,
        Baresip(tmp_path / "baresip", "caller", "127.0.0.1") as telephone,
    ):
        driver.wait(PhoneSnapshot)
        telephone.dial(f"sip:desk@127.0.0.1:{port}")
        call_id = driver.wait(events.CallOffered).call_id
        driver.do(commands.Answer(call_id))
        driver.wait(events.CallAnswered, call_id=call_id)
        driver.do(commands.HangUp(call_id))
        driver.wait(events.CallEnded, call_id=call_id)
        mark = driver.mark()
        driver.do(commands.CheckHeadset())
        driver.wait(events.HeadsetChecked, after=mark, stage=CheckStage.DONE)
