"""What a machine can say about a call for those who score it: from both channels, the log, and what was filed in it. A
call is scored a week later, when its tickets are closed and their appointments are over: what was filed and promised is
read from the change log as it stood when the call ended. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.domain.call_log import CallEntry, RecordingEntry
from desk.domain.changes import Change, Patch, fold
from desk.domain.heard import said_by_machine, total, without
from desk.domain.journal import Mark
from desk.domain.promises import Promise
from desk.domain.sheets import Fact
from desk.domain.spans import place_of
from desk.domain.tickets import OPEN_STAGES, Ticket

_OPEN = frozenset(stage.value for stage in OPEN_STAGES)


@dataclass(frozen=True, slots=True)
class OnFile:
    """`tickets`: those taken from the call, as they are now. `changes`: what the log has of them. `promises`: to call
    back, given in the call, kept or not."""

    tickets: Sequence[Ticket] = ()
    changes: Sequence[Change] = ()
    promises: Sequence[Promise] = ()


def facts_of(call: CallEntry, recording: RecordingEntry | None, on_file: OnFile) -> dict[Fact, float]:
    """Those that are known; one that cannot be told is missing, not 0."""
    found: dict[Fact, float] = {}
    if recording is not None:
        found |= _of_the_sound(call, recording)
    if call.answered_at is not None and call.ended_at is not None:
        found[Fact.LENGTH_S] = (call.ended_at - call.answered_at).total_seconds()
    if call.ended_at is not None:
        found |= _of_the_file(call, call.ended_at, on_file)
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


def _of_the_file(call: CallEntry, ended_at: datetime, on_file: OnFile) -> dict[Fact, float]:
    """A call that chases a ticket of another one has no form to complete; where everything was answered at once,
    nothing is left to promise."""
    found: dict[Fact, float] = {}
    filed = [ticket for ticket in on_file.tickets if ticket.registered_at <= ended_at]
    if on_file.tickets or call.ticket_id is None:
        found[Fact.FORM_COMPLETE] = float(bool(filed))
    then = [_as_of(ended_at, (one for one in on_file.changes if one.entity_id == ticket.ticket_id)) for ticket in filed]
    promised = any(promise.made_at <= ended_at for promise in on_file.promises)
    if promised or any(row.get("appointment_start") for row in then):
        found[Fact.FOLLOW_UP_PROMISED] = 1.0
    elif any(row.get("stage") in _OPEN for row in then):
        found[Fact.FOLLOW_UP_PROMISED] = 0.0
    return found


def _as_of(at: datetime, changes: Iterable[Change]) -> Patch:
    """The row that stood at this time; nothing where it came to this seat without its history."""
    known = [change for change in changes if change.at <= at]
    return fold(known) if all(change.author for change in known) else {}
