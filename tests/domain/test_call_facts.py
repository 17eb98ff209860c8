"""Facts about a call for those who score it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from desk.domain.call_facts import facts_of
from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.identity import CallId, TicketId
from desk.domain.party import Direction
from desk.domain.sheets import Fact
from desk.domain.spans import span_text
from desk.domain.tickets import Kind, Priority, Stage, Ticket

BEGAN = datetime(2026, 11, 22, 8, tzinfo=UTC)
CALL = CallEntry(
    CallId("c"), "热线", Direction.INCOMING, "138", "138", "", "", BEGAN, "S01", "1001", Outcome.ANSWERED,
    BEGAN + timedelta(seconds=4), BEGAN + timedelta(seconds=64),
)  # fmt: skip
RECORDING = RecordingEntry(
    CallId("c"),
    RecordingKept.KEPT,
    length_ms=60_000,
    spans=(span_text(0, BEGAN + timedelta(seconds=3.9)),),
    agent_first_ms=1_600,
    caller_talk_ms=20_000,
    agent_talk_ms=22_000,
    both_talk_ms=2_000,
    longest_silence_ms=11_500,
    long_silences=("30.0 11.5",),
    hold_count=1,
    hold_ms=9_000,
)
TICKET = Ticket(
    TicketId("t"), "20261122-S01-1", Kind.REPAIR, "repair.water", Priority.NORMAL, Stage.REGISTERED, "漏水",
    BEGAN + timedelta(seconds=50), "1001", "S01",
)  # fmt: skip


def test_both_channels_and_the_log_make_figures() -> None:
    assert facts_of(CALL, RECORDING, [replace(TICKET, contact_number="138")]) == {
        Fact.GREETING_S: 1.5,
        Fact.LONGEST_SILENCE_S: 11.5,
        Fact.LONG_SILENCES: 1.0,
        Fact.HOLDS: 1.0,
        Fact.HOLD_S: 9.0,
        Fact.TALK_OVER_PERCENT: 5.0,
        Fact.AGENT_TALK_PERCENT: 55.0,
        Fact.LENGTH_S: 60.0,
        Fact.FORM_COMPLETE: 1.0,
        Fact.FOLLOW_UP_PROMISED: 1.0,
    }


def test_the_agents_greeting_is_waited_for_without_the_machines() -> None:
    marks = ("0.000 answered", "0.100 prompt_played greeting", "5.100 prompt_ended greeting")
    greeted = replace(RECORDING, marks=marks, agent_first_ms=6_800)
    assert facts_of(CALL, greeted, [])[Fact.GREETING_S] == 1.5


def test_what_nobody_measured_is_missing_and_not_nought() -> None:
    bare = RecordingEntry(CallId("c"), RecordingKept.MISSING, "disk full")
    assert set(facts_of(CALL, bare, [])) == {Fact.LENGTH_S, Fact.FORM_COMPLETE, Fact.FOLLOW_UP_PROMISED}
    assert set(facts_of(replace(CALL, answered_at=None, ended_at=None), None, [])) == {Fact.FOLLOW_UP_PROMISED}


def test_a_form_filed_after_the_call_was_not_complete_before_its_end() -> None:
    late = replace(TICKET, registered_at=BEGAN + timedelta(seconds=90))
    assert facts_of(CALL, RECORDING, [late])[Fact.FORM_COMPLETE] == 0.0


def test_a_closed_ticket_promises_nothing() -> None:
    closed = replace(TICKET, stage=Stage.CLOSED, contact_number="138")
    assert facts_of(CALL, RECORDING, [closed])[Fact.FOLLOW_UP_PROMISED] == 0.0


def test_a_recording_in_which_nobody_talked_has_no_shares() -> None:
    silent = replace(RECORDING, caller_talk_ms=0, agent_talk_ms=0, both_talk_ms=0)
    assert Fact.TALK_OVER_PERCENT not in facts_of(CALL, silent, [])
