"""What a manifest keeps of how a call was heard: enough to be told after the phone process died, little enough to be
synced line by line."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from desk.domain.diagnosis import Diagnosis
from desk.domain.events import (
    CallEvent,
    CallTransferred,
    ConferenceJoined,
    FarHeld,
    PromptEnded,
    PromptPlayed,
    QualityMeasured,
    TransferFailed,
    TransferStarted,
)
from desk.domain.journal import Journal
from desk.domain.quality import Quality
from desk.domain.tally import Tally
from desk.recording.spool import lines as manifest_lines
from desk.recording.spool.heard_lines import EVERY_SPANS, HeardLines
from desk.recording.spool.lines import Line, encode_line, line_of, opening
from desk.recording.spool.manifest import read_journal
from tests.recording.scene import CALL, at, ended, offered

FINE = Quality(at(0), "PCMA", 0.0, None, 2.0, 30.0, 40.0, 0.0, 4.3, microphone_dbfs=-18.0)
BAD = replace(FINE, loss=20.0, mos=2.4)


def measured(number: int, quality: Quality) -> QualityMeasured:
    when = at(0) + timedelta(seconds=2 * number)
    return QualityMeasured(CALL, when, replace(quality, at=when))


def lines_of(qualities: list[Quality]) -> list[Line]:
    heard = HeardLines(lambda: at(1000))
    lines = [
        line for number, quality in enumerate(qualities) for line in heard.of(measured(number, quality), 2 * number)
    ]
    return [*lines, *heard.last(9)]


def journal_of(*lines: Line) -> Journal:
    return read_journal(b"".join(encode_line(line) for line in (opening(offered(), "S01", "1001"), *lines)))


def test_an_hour_of_a_good_call_is_a_few_lines() -> None:
    lines = lines_of([FINE] * 1800)
    assert len(lines) <= 1800 / EVERY_SPANS + 2
    assert {line.event for line in lines} == {"heard"}


def test_the_last_line_has_the_whole_call() -> None:
    qualities = [FINE, *[BAD] * 3, *[FINE] * 20]
    journal = journal_of(*lines_of(qualities))
    assert journal.heard == Tally.of(replace(q, at=at(0) + timedelta(seconds=2 * n)) for n, q in enumerate(qualities))
    assert journal.heard is not None
    assert (journal.heard.worst_at, journal.heard.worst_mos) == (at(0) + timedelta(seconds=2), 2.4)
    assert journal.heard.diagnosis is Diagnosis.NETWORK_LOSS


def test_a_phone_that_dies_leaves_the_worst_moment_and_all_but_half_a_minute() -> None:
    heard = HeardLines(lambda: at(1000))
    lines = [line for number in range(16) for line in heard.of(measured(number, FINE), 0)]
    lines += heard.of(measured(16, BAD), 0)
    journal = journal_of(*lines)  # no last line
    assert journal.heard is not None
    assert (journal.heard.spans, journal.heard.worst_mos) == (17, 2.4)


def test_where_sound_stops_and_comes_again_is_marked() -> None:
    silent, dead = replace(FINE, no_packets=True, mos=1.0), replace(FINE, silent_microphone=True)
    lines = lines_of([FINE, silent, silent, FINE, dead, dead, FINE])
    journal = journal_of(*lines)
    assert [(mark.audio_ms, mark.name) for mark in journal.marks] == [
        (2, "far_silent"),
        (6, "far_back"),
        (8, "microphone_dead"),
        (12, "microphone_back"),
    ]


def test_packets_without_a_sound_are_marked_as_a_far_side_that_is_not_heard() -> None:
    unheard = replace(FINE, never_heard=True)
    journal = journal_of(*lines_of([unheard, unheard, FINE]))
    assert [(mark.audio_ms, mark.name) for mark in journal.marks] == [(0, "far_silent"), (4, "far_back")]


def test_a_call_that_was_never_measured_says_nothing() -> None:
    assert lines_of([]) == []
    assert journal_of().heard is None


def test_damaged_figures_are_passed_over_and_the_ones_before_stand() -> None:
    good = manifest_lines.heard(at(1), 0, Tally.of([FINE]))
    naive = manifest_lines.heard(at(1), 0, replace(Tally.of([FINE] * 2), worst_at=datetime(2026, 3, 5)))  # noqa: DTZ001
    raw = encode_line(opening(offered(), "S01", "1001")) + encode_line(good) + encode_line(naive)
    raw += b'{"event":"heard","at":"2026-03-05T09:30:00.000000Z","heard":{"spans":"many"}}\n'
    journal = read_journal(raw)
    assert journal.heard is not None
    assert (journal.heard.spans, journal.damaged_lines) == (1, 2)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (FarHeld(CALL, at(1), on=True), "0.500 far_held"),
        (FarHeld(CALL, at(1), on=False), "0.500 far_resumed"),
        (TransferStarted(CALL, at(1), "803"), "0.500 transfer_started 803"),
        (TransferFailed(CALL, at(1), 486, "Busy Here"), "0.500 transfer_failed 486 Busy Here"),
        (CallTransferred(CALL, at(1), "803"), "0.500 transferred 803"),
        (ConferenceJoined(CALL, at(1)), "0.500 conference_joined"),
        (PromptPlayed(CALL, at(1), "greeting"), "0.500 prompt_played greeting"),
        (PromptEnded(CALL, at(1), "greeting"), "0.500 prompt_ended greeting"),
    ],
)
def test_what_happened_between_the_parties_is_marked(event: CallEvent, text: str) -> None:
    line = line_of(event, 500)
    assert line is not None
    journal = journal_of(line, manifest_lines.started(at(0), 16_000, 0))
    assert [mark.text for mark in journal.marks] == [text]
    assert journal.damaged_lines == 0
    assert journal.transferred_to == ("803" if isinstance(event, CallTransferred) else "")


def test_the_recorder_writes_them_beside_what_happens() -> None:
    line = line_of(ended(), 500)
    assert line is not None
    assert line_of(measured(0, FINE), 500) is None  # by `HeardLines` alone


def test_a_dip_is_marked_from_where_it_began_and_not_for_every_wobble() -> None:
    poor, middling = replace(FINE, loss=12.0, mos=2.9), replace(FINE, loss=6.0, mos=3.2)
    qualities = [FINE, poor, middling, poor, FINE]
    heard = HeardLines(lambda: at(1000))
    lines = [
        line
        for number, quality in enumerate(qualities)
        for line in heard.of(measured(number, quality), 2_000 * (number + 1))
    ]
    marks = [(mark.audio_ms, mark.name) for mark in journal_of(*lines).marks]
    assert marks == [(2_000, "quality_poor"), (8_000, "quality_back")]


def test_no_packets_at_all_are_not_called_poor_quality() -> None:
    silent = replace(FINE, no_packets=True, mos=1.0)
    assert [mark.name for mark in journal_of(*lines_of([FINE, silent, FINE])).marks] == ["far_silent", "far_back"]
