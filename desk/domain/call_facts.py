"""What a machine can say about a call for those who score it: from both channels, the log, and what was filed. Pure."""

from collections.abc import Sequence

from desk.domain.call_log import CallEntry, RecordingEntry
from desk.domain.heard import said_by_machine, total, without
from desk.domain.journal import Mark
from desk.domain.sheets import Fact
from desk.domain.spans import place_of
from desk.domain.tickets import OPEN_STAGES, Ticket


def facts_of(call: CallEntry, recording: RecordingEntry | None, tickets: Sequence[Ticket]) -> dict[Fact, float]:
    """Those that are known; one that cannot be told is missing, not 0."""
    found: dict[Fact, float] = {}
    if recording is not None:
        found |= _of_the_sound(call, recording)
    if call.answered_at is not None and call.ended_at is not None:
        found[Fact.LENGTH_S] = (call.ended_at - call.answered_at).total_seconds()
    if call.ended_at is not None:
        ended_at = call.ended_at
        found[Fact.FORM_COMPLETE] = float(any(ticket.registered_at <= ended_at for ticket in tickets))
    found[Fact.FOLLOW_UP_PROMISED] = float(any(_will_be_heard_of(ticket) for ticket in tickets))
    return found


def _of_the_sound(call: CallEntry, recording: RecordingEntry) -> dict[Fact, float]:
    found: dict[Fact, float] = {}
    answered_ms = (
        place_of(recording.spans, call.answered_at, recording.length_ms) if call.answered_at is not None else None
    )
    if recording.agent_first_ms is not None:
        waited = [(answered_ms or 0, recording.agent_first_ms)]
        machine = said_by_machine([Mark.read(text) for text in recording.marks], recording.length_ms)
        found[Fact.GREETING_S] = total(without(waited, machine)) / 1000
    if recording.longest_silence_ms is not None:
        found[Fact.LONGEST_SILENCE_S] = recording.longest_silence_ms / 1000
        found[Fact.LONG_SILENCES] = float(len(recording.long_silences))
    if recording.hold_count is not None:
        found[Fact.HOLDS] = float(recording.hold_count)
        found[Fact.HOLD_S] = (recording.hold_ms or 0) / 1000
    caller, agent, both = recording.caller_talk_ms, recording.agent_talk_ms, recording.both_talk_ms
    if caller is not None and agent is not None and both is not None:
        anybody = caller + agent - both
        if anybody > 0:
            found[Fact.TALK_OVER_PERCENT] = 100 * both / anybody
            found[Fact.AGENT_TALK_PERCENT] = 100 * agent / anybody
    return found


def _will_be_heard_of(ticket: Ticket) -> bool:
    return ticket.stage in OPEN_STAGES and bool(ticket.appointment_start or ticket.contact_number)
