"""The recorder: what the phone said and heard is in the spool, whatever the frames and the disk are like."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from desk.demo.processes import wait_until
from desk.domain.events import (
    CallDialled,
    CallHeld,
    CallMuted,
    CallResumed,
    CallUnmuted,
    DigitsReceived,
    DigitsSent,
    RecordingStarted,
)
from desk.domain.identity import CallId
from desk.domain.party import Direction, Party
from desk.domain.troubles import Trouble
from desk.recording.spool import folder as spool
from desk.recording.spool import writer
from desk.recording.spool.interleave import FRAME_BYTES, deinterleave
from desk.recording.spool.recorder import SpoolRecorder
from tests.recording.scene import CALL, FRAME_SAMPLES, RATE, Failures, Seconds, answered, at, ended, frame, offered

Make = Callable[..., SpoolRecorder]


def test_caller_is_left_and_agent_is_right_sample_for_sample(make_recorder: Make, tmp_path: Path) -> None:
    recorder = make_recorder()
    recorder.note(offered())
    recorder.note(answered())
    recorder.start(CALL, RATE)
    for number in range(200):
        recorder.write(CALL, frame(number), frame(-number))
    recorder.stop(CALL)
    recorder.note(ended())
    left, right = deinterleave(spool.audio_file(tmp_path / "spool", CALL).read_bytes())
    assert left == b"".join(frame(number) for number in range(200))
    assert right == b"".join(frame(-number) for number in range(200))


def test_what_is_said_waits_a_tenth_of_a_second_at_the_most_to_be_written(
    make_recorder: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By how long the writer sleeps, and that a round leaves nothing behind: all of it is written while nothing else
    happens in the call."""
    sleeps: list[float | None] = []

    class Jobs(SimpleQueue[Any]):
        def get(self, block: bool = True, timeout: float | None = None) -> Any:
            if threading.current_thread().name == "spool-writer":  # and not the syncer
                sleeps.append(timeout)
            return super().get(block, timeout)

    monkeypatch.setattr(writer, "SimpleQueue", Jobs)
    recorder = make_recorder()
    recorder.note(offered())
    recorder.start(CALL, RATE)
    audio = spool.audio_file(tmp_path / "spool", CALL)
    for batches in range(1, 6):
        for _ in range(10):
            recorder.write(CALL, frame(1), frame(2))
        written = 10 * batches * FRAME_SAMPLES * FRAME_BYTES
        wait_until("the batch", lambda: audio.exists() and audio.stat().st_size == written, 10.0)  # noqa: B023
    in_call = [slept for slept in sleeps if slept is not None]
    assert sleeps[0] is None  # no call yet
    assert sleeps[1:] == in_call
    assert 0 < max(in_call) <= 0.1


def test_everything_is_on_disk_and_closed_when_the_end_has_been_noted(make_recorder: Make, tmp_path: Path) -> None:
    recorder = make_recorder()
    recorder.note(offered())
    assert spool.pending(tmp_path / "spool") == []
    recorder.note(ended(cause=487))
    assert spool.pending(tmp_path / "spool") == [CALL]
    assert not spool.audio_file(tmp_path / "spool", CALL).exists()


@pytest.mark.parametrize(
    ("when_it_came", "when_answered", "whose"),
    [("", "1001", "1001"), ("1002", "1001", "1001"), ("1001", "", "1001"), ("", "", "")],
)
def test_a_call_is_theirs_who_answered_it_though_it_rang_before_they_signed_in(
    make_recorder: Make, tmp_path: Path, when_it_came: str, when_answered: str, whose: str
) -> None:
    here = [when_it_came]
    recorder = make_recorder(agent=lambda: here[0])
    recorder.note(offered())
    here[0] = when_answered
    recorder.note(answered())
    here[0] = "1003"
    recorder.note(ended())
    assert spool.read(tmp_path / "spool", CALL).agent == whose


def test_a_call_that_nobody_answered_is_theirs_who_sat_here_when_it_came(make_recorder: Make, tmp_path: Path) -> None:
    here = ["1001"]
    recorder = make_recorder(agent=lambda: here[0])
    recorder.note(offered())
    here[0] = "1002"
    recorder.note(ended())
    assert spool.read(tmp_path / "spool", CALL).agent == "1001"


def test_the_manifest_tells_who_called_how_it_went_and_where_the_marks_are(make_recorder: Make, tmp_path: Path) -> None:
    recorder = make_recorder()
    recorder.note(offered())
    recorder.note(answered())
    recorder.start(CALL, RATE)
    recorder.note(RecordingStarted(CALL, at(3)))
    for event in (
        CallHeld(CALL, at(4)),
        CallResumed(CALL, at(5)),
        CallMuted(CALL, at(6)),
        CallUnmuted(CALL, at(7)),
        DigitsSent(CALL, at(8), "6217"),
        DigitsReceived(CALL, at(9), "12"),
    ):
        for _ in range(50):
            recorder.write(CALL, frame(1), frame(2))
        recorder.note(event)
    recorder.note(ended())
    journal = spool.read(tmp_path / "spool", CALL)
    assert (journal.line, journal.party, journal.direction) == (
        "热线",
        Party("13800138000", "王女士", "4001"),
        Direction.INCOMING,
    )
    assert (journal.seat, journal.agent, journal.rate_hz) == ("S01", "1001", RATE)
    assert (journal.offered_at, journal.answered_at, journal.ended_at) == (at(0), at(3), at(60))
    assert (journal.cause, journal.interrupted, journal.damaged_lines) == (200, False, 0)
    assert [mark.text for mark in journal.marks] == [
        "1.000 held",
        "2.000 resumed",
        "3.000 muted",
        "4.000 unmuted",
        "5.000 digits_sent 4",
        "6.000 digits_received 2",
    ]


def test_digits_themselves_are_nowhere_in_the_spool(make_recorder: Make, tmp_path: Path) -> None:
    recorder = make_recorder()
    recorder.note(offered())
    recorder.note(answered())
    recorder.note(DigitsSent(CALL, at(8), "62170034"))
    recorder.note(ended())
    assert b"62170034" not in spool.manifest_file(tmp_path / "spool", CALL).read_bytes()


def test_a_call_that_was_dialled_is_outgoing(make_recorder: Make, tmp_path: Path) -> None:
    recorder = make_recorder()
    recorder.note(CallDialled(CALL, at(0), "热线", Party("10086")))
    recorder.note(ended(cause=486))
    assert spool.read(tmp_path / "spool", CALL).direction is Direction.OUTGOING


def test_a_display_name_that_no_utf8_can_hold_costs_nothing(make_recorder: Make, tmp_path: Path) -> None:
    recorder = make_recorder()
    recorder.note(CallDialled(CALL, at(0), "热线", Party("1", "a\udc80b")))
    recorder.note(ended())
    assert spool.read(tmp_path / "spool", CALL).party.display_name == "a?b"


def test_a_missing_side_is_silence_and_one_gap_however_many_frames_it_was(make_recorder: Make, tmp_path: Path) -> None:
    recorder = make_recorder()
    recorder.note(offered())
    recorder.note(answered())
    recorder.start(CALL, RATE)
    for number in range(100):
        recorder.write(CALL, frame(7), frame(8) if not 20 <= number < 40 else b"")
    recorder.note(ended())
    _, right = deinterleave(spool.audio_file(tmp_path / "spool", CALL).read_bytes())
    assert right == frame(8) * 20 + frame(0) * 20 + frame(8) * 60
    assert [mark.text for mark in spool.read(tmp_path / "spool", CALL).marks] == ["0.400 gap 400 ms agent missing"]


def test_frames_that_did_not_come_leave_silence_of_their_length(make_recorder: Make, tmp_path: Path) -> None:
    seconds = Seconds()
    recorder = make_recorder(monotonic=seconds)
    recorder.note(offered())
    recorder.note(answered())
    recorder.start(CALL, RATE)
    for number in range(100):
        seconds.now_s += 0.02 if number != 50 else 2.02
        recorder.write(CALL, frame(7), frame(8))
    recorder.note(ended())
    left, _ = deinterleave(spool.audio_file(tmp_path / "spool", CALL).read_bytes())
    assert abs(len(left) // 2 - (RATE * 4)) <= 1  # 2 s of frames and 2 s that never came
    assert left[-50 * 2 * FRAME_SAMPLES :] == frame(7) * 50
    (mark,) = spool.read(tmp_path / "spool", CALL).marks
    assert (mark.audio_ms, mark.name) == (1000, "gap")
    assert mark.detail.endswith("no audio came")


def test_two_calls_at_once_do_not_mix(make_recorder: Make, tmp_path: Path) -> None:
    recorder = make_recorder()
    other = CallId("01957000-0000-7000-8000-000000000002")
    for call_id in (CALL, other):
        recorder.note(offered(call_id))
        recorder.note(answered(call_id))
        recorder.start(call_id, RATE)
    for _ in range(50):
        recorder.write(CALL, frame(1), frame(1))
        recorder.write(other, frame(2), frame(2))
    recorder.note(ended(CALL))
    recorder.note(ended(other))
    assert spool.audio_file(tmp_path / "spool", CALL).read_bytes() == frame(1) * 100
    assert spool.audio_file(tmp_path / "spool", other).read_bytes() == frame(2) * 100


def test_frames_before_audio_began_and_after_it_stopped_are_not_kept(make_recorder: Make, tmp_path: Path) -> None:
    recorder = make_recorder()
    recorder.write(CALL, frame(1), frame(1))
    recorder.note(offered())
    recorder.write(CALL, frame(1), frame(1))
    recorder.note(answered())
    recorder.start(CALL, RATE)
    recorder.write(CALL, frame(2), frame(2))
    recorder.stop(CALL)
    recorder.write(CALL, frame(3), frame(3))
    recorder.note(ended())
    assert spool.audio_file(tmp_path / "spool", CALL).read_bytes() == frame(2) * 2


def test_events_of_a_call_that_is_not_open_are_ignored(make_recorder: Make, tmp_path: Path) -> None:
    recorder = make_recorder()
    recorder.note(answered())
    recorder.note(ended())
    recorder.start(CALL, RATE)
    assert list((tmp_path / "spool").iterdir()) == []


def test_an_unwritable_spool_is_told_once_and_raises_nothing(
    make_recorder: Make, tmp_path: Path, failures: Failures
) -> None:
    (tmp_path / "in-the-way").write_text("a file where the folder should be")
    recorder = make_recorder(tmp_path / "in-the-way" / "spool")
    recorder.note(offered())
    recorder.note(answered())
    recorder.start(CALL, RATE)
    for _ in range(200):
        recorder.write(CALL, frame(1), frame(2))
    recorder.note(ended())
    assert [(call_id, wrong.trouble) for call_id, wrong in failures.failed] == [(CALL, Trouble.SPOOL_UNWRITABLE)]


def test_the_spool_is_readable_by_its_owner_only(make_recorder: Make, tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("Windows keeps rights in lists, not in modes")
    recorder = make_recorder()
    recorder.note(offered())
    recorder.note(ended())
    assert (tmp_path / "spool").stat().st_mode & 0o077 == 0
    assert spool.manifest_file(tmp_path / "spool", CALL).stat().st_mode & 0o077 == 0
