"""Manifests: whatever bytes a killed process or a dying disk left, reading them ends in a journal or in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.events import CallDialled, CallEnded, CallEvent, CallHeld, CallOffered, DigitsSent
from desk.domain.identity import CallId
from desk.domain.journal import Journal
from desk.domain.party import Direction, Party
from desk.recording.spool import lines as manifest_lines
from desk.recording.spool.lines import encode_line, line_of, opening
from desk.recording.spool.manifest import JournalError, has_end, read_journal
from tests.recording.scene import CALL, answered, at, ended, offered

WHOLE = b"".join(
    encode_line(line)
    for line in (
        opening(offered(), "S01", "1001"),
        manifest_lines.started(at(3), 16_000, 0),
        line_of(answered(), 0),
        line_of(CallHeld(CALL, at(9)), 6_000),
        manifest_lines.gap(at(11), 7_000, 400, "agent missing"),
        manifest_lines.failed(at(12), 8_000, "spool_full: No space left on device"),
        line_of(ended(), 57_000),
    )
    if line is not None
)


def read_or_refuse(untrusted_bytes: bytes) -> Journal | None:
    try:
        return read_journal(untrusted_bytes)
    except JournalError:
        return None


@given(st.binary())
def test_any_bytes_are_read_or_refused_as_no_journal(untrusted_bytes: bytes) -> None:
    read_or_refuse(untrusted_bytes)
    has_end(untrusted_bytes)


@given(st.binary(), st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)))
def test_a_manifest_with_any_part_of_it_damaged_is_read_or_refused(junk: bytes, start: int, end: int) -> None:
    read_or_refuse(WHOLE[: min(start, end)] + junk + WHOLE[max(start, end) :])


@pytest.mark.parametrize("depth", [10, 200_000])
def test_nesting_without_end_is_refused_as_no_journal(depth: int) -> None:
    with pytest.raises(JournalError):
        read_journal(b"[" * depth + b"\n")


@given(st.integers(0, len(WHOLE)))
def test_a_manifest_cut_off_anywhere_tells_all_that_stood_before_the_cut(cut: int) -> None:
    journal = read_or_refuse(WHOLE[:cut])
    first = WHOLE.index(b"\n")
    assert (journal is not None) == (cut >= first)
    assert has_end(WHOLE[:cut]) == (cut >= len(WHOLE) - 1)
    if journal is not None:
        assert journal.call_id == CALL
        assert journal.damaged_lines <= 1


def test_a_whole_manifest_tells_everything() -> None:
    journal = read_journal(WHOLE)
    assert [mark.text for mark in journal.marks] == [
        "0.000 answered",
        "6.000 held",
        "7.000 gap 400 ms agent missing",
        "8.000 failed spool_full: No space left on device",
    ]
    assert journal.failures == ("spool_full: No space left on device",)
    assert (journal.rate_hz, journal.damaged_lines) == (16_000, 0)


def test_a_line_nobody_knows_is_passed_over_and_counted() -> None:
    lines = WHOLE.splitlines(keepends=True)
    lines.insert(2, b'{"event":"danced","at":"2026-03-05T09:30:00.000000Z"}\n')
    lines.insert(3, b'{"event":"held","at":"yesterday"}\n')
    lines.insert(4, b'{"event":"held","at":"2026-03-05T09:30:00.000000Z","audio_ms":-5}\n')
    journal = read_journal(b"".join(lines))
    assert journal.damaged_lines == 3
    assert journal.ended_at == at(60)


texts = st.text(max_size=40)
parties = st.builds(Party, texts, texts, texts, st.booleans())


@given(parties, st.booleans(), texts)
def test_whatever_signalling_gave_comes_back_as_it_was(party: Party, incoming: bool, line: str) -> None:
    event: CallOffered | CallDialled = (CallOffered if incoming else CallDialled)(CALL, at(0), line, party)
    journal = read_journal(encode_line(opening(event, "S01", "1001")))
    assert (journal.party, journal.line) == (party, line)
    assert journal.direction is (Direction.INCOMING if incoming else Direction.OUTGOING)


@given(st.text(alphabet=st.characters(), max_size=20))
def test_no_text_of_a_peer_can_make_a_line_that_does_not_encode(text: str) -> None:
    events: list[CallEvent] = [CallEnded(CALL, at(1), 200, text), DigitsSent(CALL, at(1), text)]
    for event in events:
        line = line_of(event, None)
        assert line is not None
        assert encode_line(line).count(b"\n") == 1


def test_the_digits_of_any_key_press_are_only_counted() -> None:
    line = line_of(DigitsSent(CallId("c"), at(1), "9876543210"), 0)
    assert line is not None
    assert b"9876543210" not in encode_line(line)
    assert line.count == 10
