"""Whether a call runs, from what the phone says."""

from datetime import UTC, datetime

from desk.domain.calls import Call, Phase
from desk.domain.events import CallAnswered, CallDialled, CallEnded, CallOffered, HeadsetState
from desk.domain.identity import CallId
from desk.domain.party import Direction, Party
from desk.domain.snapshots import PhoneSnapshot
from desk.sync.running_calls import RunningCalls

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
ONE, OTHER = CallId("1"), CallId("2")


def snapshot(*calls: Call) -> PhoneSnapshot:
    return PhoneSnapshot((), HeadsetState(), calls)


def call(call_id: CallId, ended_at: datetime | None = None) -> Call:
    return Call(call_id, "hotline", Direction.INCOMING, Party("1001"), Phase.UP, AT, ended_at=ended_at)


def test_a_call_runs_from_its_first_ring_to_its_end() -> None:
    running = RunningCalls()
    running.hear(CallOffered(ONE, AT, "hotline", Party("1001")))
    running.hear(CallDialled(OTHER, AT, "hotline", Party("1002")))
    running.hear(CallAnswered(ONE, AT))
    told = [running.any]
    for call_id in (ONE, OTHER):
        running.hear(CallEnded(call_id, AT, 200))
        told.append(running.any)
    assert told == [True, True, False]


def test_a_phone_that_was_started_anew_says_what_runs() -> None:
    running = RunningCalls()
    running.hear(CallOffered(ONE, AT, "hotline", Party("1001")))
    told = []
    for whole in (snapshot(call(OTHER, ended_at=AT)), snapshot(call(OTHER))):
        running.hear(whole)
        told.append(running.any)
    assert told == [False, True]
