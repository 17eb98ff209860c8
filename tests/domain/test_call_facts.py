"""Facts about a call for those who score it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from desk.domain.call_facts import OnFile, facts_of
from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.changes import Change, FieldValue
from desk.domain.identity import CallId, ChangeId, TicketId
from desk.domain.party import Direction
from desk.domain.promises import Promise, PromiseState
from desk.domain.sheets import Fact
from desk.domain.spans import span_text
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.domain.times import to_text

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
    BEGAN + timedelta(seconds=50), "1001", "S01", call_id=CALL.call_id,
)  # fmt: skip
SOON = to_text(BEGAN + timedelta(days=1))


def changed(seconds: int, **patch: FieldValue) -> Change:
    """Of the ticket, so long after the call came in."""
    at = BEGAN + timedelta(seconds=seconds)
    return Change(ChangeId(f"{seconds:06}"), "ticket", TICKET.ticket_id, at, "1001", "S01", patch)


ON_FILE = OnFile([TICKET], [changed(50, stage="registered", appointment_start=SOON)])


def test_both_channels_and_the_log_make_figures() -> None:
    assert facts_of(CALL, RECORDING, ON_FILE) == {
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
    assert facts_of(CALL, greeted, OnFile())[Fact.GREETING_S] == 1.5


def test_what_nobody_measured_is_missing_and_not_nought() -> None:
    bare = RecordingEntry(CallId("c"), RecordingKept.MISSING, "disk full")
    assert set(facts_of(CALL, bare, OnFile())) == {Fact.LENGTH_S, Fact.FORM_COMPLETE}
    assert not facts_of(replace(CALL, answered_at=None, ended_at=None), None, ON_FILE)


def test_a_form_filed_after_the_call_was_not_complete_before_its_end() -> None:
    late = replace(TICKET, registered_at=BEGAN + timedelta(seconds=90))
    found = facts_of(CALL, RECORDING, OnFile([late], [changed(90, stage="registered", appointment_start=SOON)]))
    assert found[Fact.FORM_COMPLETE] == 0.0
    assert Fact.FOLLOW_UP_PROMISED not in found


def test_a_call_that_chases_an_older_ticket_has_no_form_to_complete() -> None:
    chasing = replace(CALL, ticket_id=TicketId("older"))
    assert Fact.FORM_COMPLETE not in facts_of(chasing, RECORDING, OnFile())
    assert facts_of(CALL, RECORDING, OnFile())[Fact.FORM_COMPLETE] == 0.0


def test_what_was_promised_stays_promised_when_its_ticket_is_closed() -> None:
    filed = changed(50, stage="registered", appointment_start=SOON, contact_number="138")
    closed = changed(9_000, stage="closed", appointment_start=None)
    on_file = OnFile([replace(TICKET, stage=Stage.CLOSED)], [filed, closed])
    assert facts_of(CALL, RECORDING, on_file)[Fact.FOLLOW_UP_PROMISED] == 1.0


def test_an_appointment_made_after_the_call_was_not_promised_in_it() -> None:
    filed = changed(50, stage="registered", contact_number="138")
    made = changed(9_000, appointment_start=SOON)
    assert facts_of(CALL, RECORDING, OnFile([TICKET], [made, filed]))[Fact.FOLLOW_UP_PROMISED] == 0.0


@pytest.mark.parametrize(("seconds", "told"), [(60, 1.0), (70, 0.0)])
def test_a_call_back_is_promised_where_it_was_given_before_the_end(seconds: int, told: float) -> None:
    at = BEGAN + timedelta(seconds=seconds)
    given = Promise("p", "1001", "1001", at, at + timedelta(hours=1), "", PromiseState.KEPT, call_id=CALL.call_id)
    on_file = OnFile([TICKET], [changed(50, stage="registered")], [given])
    assert facts_of(CALL, RECORDING, on_file)[Fact.FOLLOW_UP_PROMISED] == told


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param((("1001", "closed"),), id="answered at once"),
        pytest.param((("", "registered"),), id="came without its history"),
    ],
)
def test_where_nothing_was_left_open_or_nobody_knows_it_no_promise_is_judged(
    changes: tuple[tuple[str, str], ...],
) -> None:
    log = [replace(changed(50, stage=stage), author=author) for author, stage in changes]
    assert Fact.FOLLOW_UP_PROMISED not in facts_of(CALL, RECORDING, OnFile([TICKET], log))


def test_a_recording_in_which_nobody_talked_has_no_shares() -> None:
    silent = replace(RECORDING, caller_talk_ms=0, agent_talk_ms=0, both_talk_ms=0)
    assert Fact.TALK_OVER_PERCENT not in facts_of(CALL, silent, OnFile())
