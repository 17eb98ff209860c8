"""Which calls have the recording that they should have, and what is said of the others."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.identity import CallId
from desk.domain.journal import WhyMissing
from desk.domain.party import Direction
from desk.domain.reconcile import Fault, Finding, Reason, Verdict, figure_of, judge
from desk.domain.spans import span_text

T0 = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NOW = T0 + timedelta(hours=5)
CALL = CallId("01957000-0000-7000-8000-000000000001")


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


ANSWERED = CallEntry(
    CALL, "热线", Direction.INCOMING, "13800138000", "+8613800138000", "", "", T0, "S01", "1001",
    outcome=Outcome.ANSWERED, answered_at=at(5), ended_at=at(65),
)  # fmt: skip
WHOLE = RecordingEntry(CALL, RecordingKept.KEPT, length_ms=60_100, spans=(span_text(0, at(4.9)),))


def found(recording: RecordingEntry | None, call: CallEntry = ANSWERED, now: datetime = NOW) -> Finding:
    verdict = judge(call, recording, now)
    assert isinstance(verdict, Finding)
    return verdict


def test_a_whole_recording_is_as_long_as_the_call_within_half_a_second() -> None:
    for off_ms in (-500, 0, 500):
        assert judge(ANSWERED, replace(WHOLE, length_ms=60_100 + off_ms), NOW) is Verdict.RECORDED
    assert found(replace(WHOLE, length_ms=59_599)).fault is Fault.TOO_SHORT
    assert found(replace(WHOLE, length_ms=60_601)).fault is Fault.TOO_LONG


def test_nobody_expects_a_recording_of_a_call_that_was_not_answered_or_still_runs() -> None:
    assert judge(replace(ANSWERED, answered_at=None), None, NOW) is Verdict.NOT_WANTED
    assert judge(replace(ANSWERED, ended_at=None), None, NOW) is Verdict.NOT_WANTED


def test_a_recording_may_take_some_time_to_be_sealed_and_not_for_ever() -> None:
    assert judge(ANSWERED, None, at(65) + timedelta(minutes=14)) is Verdict.WAITS
    assert found(None).fault is Fault.NOT_SEALED
    assert found(None).reason is Reason.NONE


@pytest.mark.parametrize("why", sorted(set(WhyMissing) - {WhyMissing.NOT_ANSWERED, WhyMissing.UNREADABLE}, key=str))
def test_a_recording_that_is_missing_for_a_stated_reason_has_one(why: WhyMissing) -> None:
    missing = RecordingEntry(CALL, RecordingKept.MISSING, f"{why.value}: No space left on device")
    assert (found(missing).fault, found(missing).reason) == (Fault.MISSING, Reason.STATED)


@pytest.mark.parametrize("why", ["", "not answered", "manifest not readable", "something else"])
def test_an_answered_call_without_a_reason_that_fits_has_none(why: str) -> None:
    assert found(RecordingEntry(CALL, RecordingKept.MISSING, why)).reason is Reason.NONE


def test_a_recording_deleted_by_rule_is_no_fault() -> None:
    assert judge(ANSWERED, replace(WHOLE, deleted_at=NOW, length_ms=0), NOW) is Verdict.RECORDED


def test_a_sealed_recording_that_does_not_come_to_the_vault_is_a_fault_after_a_day() -> None:
    sealed = replace(WHOLE, seal_hash="5ea1")
    assert ANSWERED.ended_at is not None
    soon, late = ANSWERED.ended_at + timedelta(hours=23), ANSWERED.ended_at + timedelta(hours=50)
    assert judge(ANSWERED, sealed, soon) is Verdict.RECORDED
    finding = found(sealed, now=late)
    assert (finding.fault, finding.reason, finding.detail) == (Fault.NOT_VAULTED, Reason.NONE, "50")
    assert judge(ANSWERED, replace(sealed, vaulted_at=late), late) is Verdict.RECORDED
    assert judge(ANSWERED, WHOLE, late) is Verdict.RECORDED  # from before there were seals


def test_what_the_disk_did_not_take_at_the_end_is_a_reason() -> None:
    short = replace(WHOLE, length_ms=40_000, marks=("40.000 gap 20100 ms the disk took none",))
    assert (found(short).fault, found(short).reason) == (Fault.TOO_SHORT, Reason.NOT_TAKEN)


def test_an_interrupted_call_that_is_short_says_so() -> None:
    assert found(replace(WHOLE, length_ms=30_000, interrupted=True)).reason is Reason.INTERRUPTED


def test_a_clock_that_was_set_during_the_call_is_taken_off() -> None:
    later = replace(ANSWERED, ended_at=at(65 + 3600))
    assert found(WHOLE, later).fault is Fault.TOO_SHORT
    assert judge(later, replace(WHOLE, marks=("20.000 clock_changed +3600.0 s",)), NOW) is Verdict.RECORDED
    back = replace(ANSWERED, ended_at=at(65 - 7200))
    assert judge(back, replace(WHOLE, marks=("20.000 clock_changed -7200.0 s",)), NOW) is Verdict.RECORDED
    assert found(WHOLE, back).reason is Reason.CLOCK_CHANGED


def test_audio_that_stood_still_between_two_spans_is_not_missed() -> None:
    spans = (span_text(0, at(5)), span_text(20_000, at(45)))
    assert judge(ANSWERED, replace(WHOLE, length_ms=40_000, spans=spans), NOW) is Verdict.RECORDED


@pytest.mark.parametrize(
    ("caller", "agent", "marks", "fault", "reason"),
    [
        (True, False, ("1.000 far_silent",), Fault.CALLER_SILENT, Reason.NO_AUDIO_CAME),
        (True, False, ("1.000 no_media",), Fault.CALLER_SILENT, Reason.NO_AUDIO_CAME),
        (False, True, ("1.000 muted",), Fault.AGENT_SILENT, Reason.MUTED),
        (False, True, ("1.000 microphone_dead",), Fault.AGENT_SILENT, Reason.MICROPHONE_DEAD),
        (True, True, ("1.000 recording_paused",), Fault.BOTH_SILENT, Reason.PAUSED),
        (True, False, ("1.000 microphone_dead",), Fault.CALLER_SILENT, Reason.NONE),
        (True, False, (), Fault.CALLER_SILENT, Reason.NONE),
    ],
)
def test_a_silent_channel_is_a_fault_and_the_marks_say_why(
    caller: bool, agent: bool, marks: tuple[str, ...], fault: Fault, reason: Reason
) -> None:
    silent = replace(WHOLE, caller_silent=caller, agent_silent=agent, marks=marks)
    assert (found(silent).fault, found(silent).reason) == (fault, reason)


def test_a_call_that_was_over_at_once_need_not_have_been_spoken_on() -> None:
    call = replace(ANSWERED, ended_at=at(6))
    silent = replace(WHOLE, length_ms=1_100, caller_silent=True, agent_silent=False)
    assert found(silent, call).reason is Reason.VERY_SHORT


def test_who_hung_up_in_the_middle_of_a_prompt_need_not_have_spoken() -> None:
    call = replace(ANSWERED, ended_at=at(11))
    greeted = replace(
        WHOLE, length_ms=6_100, caller_silent=True, agent_silent=True, marks=("0.100 prompt_played greeting",)
    )
    assert found(greeted, call).reason is Reason.VERY_SHORT
    ended = ("0.100 prompt_played greeting", "2.000 prompt_ended greeting")
    assert found(replace(greeted, marks=ended), call).reason is Reason.NONE


def test_a_days_figure_counts_each_call_once() -> None:
    verdicts: list[Verdict | Finding] = [found(None), Verdict.WAITS, Verdict.NOT_WANTED]
    verdicts += [Verdict.RECORDED] * 311
    figure = figure_of(date(2026, 11, 21), verdicts)
    assert (figure.calls, figure.recorded, figure.with_reason, figure.without_reason) == (313, 311, 0, 1)


@given(st.lists(st.text(max_size=40), max_size=4), st.lists(st.text(max_size=40), max_size=4), st.text(max_size=20))
def test_nothing_that_stands_in_an_entry_breaks_the_reconciliation(
    marks: list[str], spans: list[str], why: str
) -> None:
    entry = replace(WHOLE, marks=tuple(marks), spans=tuple(spans))
    assert judge(ANSWERED, entry, NOW) is not None
    assert isinstance(judge(ANSWERED, replace(entry, kept=RecordingKept.MISSING, why=why), NOW), Finding)
