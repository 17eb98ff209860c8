"""What the seat's call of itself left is looked at for real: a spool as the phone writes it, listened to, popped up,
sealed and made a ticket of, in a place of its own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from desk.compose.seat_register import wanted_of
from desk.compose.self_check import clear, examine
from desk.compose.self_check_phone import speech_file
from desk.domain import events
from desk.domain.events import SelfChecked
from desk.domain.health import Finding, Level
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.domain.quality import Quality
from desk.recording.likeness import RATE_HZ, Sound
from desk.recording.spool.recorder import SpoolRecorder
from desk.settings import LineSettings, Settings
from desk.settings.values import SelfCheckSettings
from desk.telephony.prompts.shelf import read_sound

CALL = CallId("01a2035a-11e8-7873-ae6d-708e40aaac0b")
FINE = Quality(datetime(2026, 11, 22, tzinfo=UTC), "PCMA", 0.0, None, 1.0, None, 40.0, 0.0, 4.2)
LOSSY = replace(FINE, loss=20.0, mos=1.9)
TALKED = SelfChecked(CALL, 200, own=True, number="8001", offered_ms=12.0, quality=FINE)
Spool = Callable[[Sound, Sound], None]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def speech() -> Sound:
    return np.frombuffer(read_sound(speech_file()), "<i2") / 32768.0


@pytest.fixture
def spool(settings: Settings) -> Spool:
    """A call's spool with these two channels: caller, agent."""

    def write(heard: Sound, said: Sound) -> None:
        now = datetime.now(UTC)
        recorder = SpoolRecorder(
            settings.self_check_dir / "spool",
            lambda: now,
            seat="S01",
            agent=lambda: "S01",
            on_failed=lambda _call_id, wrong: pytest.fail(str(wrong)),
        )
        recorder.note(events.CallOffered(CALL, now, "热线", Party("8001")))
        recorder.note(events.CallAnswered(CALL, now))
        recorder.start(CALL, RATE_HZ)
        length = max(len(heard), len(said))
        caller, agent = ((np.pad(one, (0, length - len(one))) * 32767).astype("<i2").tobytes() for one in (heard, said))
        for at in range(0, length * 2 - 640, 640):
            recorder.write(CALL, caller[at : at + 640], agent[at : at + 640])
        recorder.stop(CALL)
        recorder.note(events.CallEnded(CALL, now, 200, by_us=True))
        recorder.close()

    return write


def late(speech: Sound, seconds: float) -> Sound:
    return np.concatenate([np.zeros(int(seconds * RATE_HZ)), speech * 0.5])


def by_name(findings: object) -> dict[str, Finding]:
    assert isinstance(findings, list)
    return {finding.check.removeprefix("self_check."): finding for finding in findings}


def test_a_call_that_went_well_is_ok_in_every_part(settings: Settings, spool: Spool, speech: Sound) -> None:
    spool(late(speech, 0.15), speech)
    found = by_name(examine(settings, TALKED))
    assert {name: finding.level for name, finding in found.items()} == dict.fromkeys(
        ("call", "quality", "said", "heard", "pop", "recording", "ticket"), Level.OK
    ), found
    assert found["heard"].figures["late_ms"] == pytest.approx(150, abs=25)
    assert sorted(one.name for one in settings.data_dir.iterdir()) == ["self_check"]  # and nothing of it anywhere else
    clear(settings)
    assert list(settings.data_dir.iterdir()) == []


def test_one_side_that_is_silent_is_named(settings: Settings, spool: Spool, speech: Sound) -> None:
    spool(np.zeros(len(speech)), speech)
    found = by_name(examine(settings, TALKED))
    assert (found["said"].level, found["heard"].level) == (Level.OK, Level.WRONG)


def test_channels_that_are_swapped_are_not_taken_for_right(settings: Settings, spool: Spool, speech: Sound) -> None:
    spool(speech, late(speech, 0.2))
    found = by_name(examine(settings, TALKED))
    assert found["heard"].level is not Level.OK


def test_another_voice_is_not_ours(settings: Settings, spool: Spool) -> None:
    other = np.frombuffer(read_sound(speech_file().with_name("recording_notice.wav")), "<i2") / 32768.0
    spool(other, other)
    found = by_name(examine(settings, TALKED))
    assert (found["said"].level, found["heard"].level) == (Level.WRONG, Level.WRONG)


def test_an_echo_pops_up_nobody_and_is_fine_otherwise(settings: Settings, spool: Spool, speech: Sound) -> None:
    spool(late(speech, 0.1), speech)
    found = by_name(examine(settings, SelfChecked(CALL, 200)))
    assert found["pop"].level is Level.UNCHECKED
    assert found["ticket"].level is Level.OK


def test_a_call_without_a_recording_says_so(settings: Settings) -> None:
    found = by_name(examine(settings, TALKED))
    assert found["recording"].level is Level.WRONG


@pytest.mark.parametrize(("code", "said"), [(408, "nobody answered"), (486, "486"), (404, "404")])
def test_a_call_that_did_not_come_back_is_wrong_and_nothing_else_is_asked(
    settings: Settings, code: int, said: str
) -> None:
    (finding,) = examine(settings, SelfChecked(CallId(""), code, "Busy Here"))
    assert finding.level is Level.WRONG
    assert said in finding.why
    assert finding.remedy


def test_a_bad_line_is_named(settings: Settings, spool: Spool, speech: Sound) -> None:
    spool(late(speech, 0.1), speech)
    found = by_name(examine(settings, replace(TALKED, quality=LOSSY)))
    assert found["quality"].level is Level.WRONG
    assert "network" in found["quality"].why


def test_a_voice_that_the_network_took_away_is_not_laid_on_the_firewall(
    settings: Settings, spool: Spool, speech: Sound
) -> None:
    spool(np.zeros(len(speech)), speech)
    found = by_name(examine(settings, replace(TALKED, quality=LOSSY)))
    assert (found["said"].level, found["heard"].level) == (Level.OK, Level.WRONG)
    assert "firewall" not in found["heard"].remedy


def test_a_call_that_comes_back_without_a_number_pops_up_nobody(
    settings: Settings, spool: Spool, speech: Sound
) -> None:
    spool(late(speech, 0.1), speech)
    found = by_name(examine(settings, replace(TALKED, number="")))
    assert found["pop"].level is Level.WARNING
    assert "P-Asserted-Identity" in found["pop"].remedy


def test_a_store_that_cannot_be_made_is_a_finding(settings: Settings, spool: Spool, speech: Sound) -> None:
    spool(late(speech, 0.1), speech)
    (settings.self_check_dir / "seat.db").mkdir()
    found = by_name(examine(settings, TALKED))
    assert found["sandbox"].level is Level.WRONG


def test_it_calls_its_own_line_unless_the_settings_name_another(tmp_path: Path) -> None:
    lines = (LineSettings(user="8001", registrar="pbx.example"), LineSettings(label="中继", user="desk"))
    by_itself = wanted_of(Settings(lines=lines, data_dir=tmp_path))
    assert (by_itself.target, by_itself.line, by_itself.own, by_itself.at) == ("sip:8001@pbx.example", "热线", True, "")
    named = SelfCheckSettings(at="04:00", number="*43", line="中继")
    told = wanted_of(Settings(lines=lines, data_dir=tmp_path, self_check=named))
    assert (told.target, told.line, told.own, told.at) == ("*43", "中继", False, "04:00")
