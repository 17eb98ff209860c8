"""The call's state machine: what a network says, in whatever order it says it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain import events
from desk.domain.calls import MOVES, RUNNING, TALKING, Call, Phase, RecordingState, advance, begin
from desk.domain.events import CallEvent
from desk.domain.identity import CallId
from desk.domain.party import Direction, Party
from desk.domain.quality import Quality

CALL = CallId("c1")
AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
PARTY = Party("013800138000")
LATER: tuple[CallEvent, ...] = (
    events.CallProgressed(CALL, AT, 183, True),
    events.CallAnswered(CALL, AT + timedelta(seconds=5)),
    events.CallHeld(CALL, AT),
    events.CallResumed(CALL, AT),
    events.CallMuted(CALL, AT),
    events.CallUnmuted(CALL, AT),
    events.DigitsSent(CALL, AT, "1"),
    events.DigitsReceived(CALL, AT, "2"),
    events.RecordingStarted(CALL, AT),
    events.RecordingFailed(CALL, AT, "disk full"),
    events.CallEnded(CALL, AT + timedelta(seconds=60), 200, "BYE"),
    events.FarHeld(CALL, AT, on=True),
    events.TransferStarted(CALL, AT, "8001"),
    events.TransferProgressed(CALL, AT, 180),
    events.TransferFailed(CALL, AT, 486, "Busy Here"),
    events.CallTransferred(CALL, AT, "8001"),
    events.ConferenceJoined(CALL, AT),
    events.ConferenceLeft(CALL, AT),
    events.PromptPlayed(CALL, AT, "greeting"),
    events.PromptEnded(CALL, AT, "greeting"),
    events.QualityMeasured(CALL, AT, Quality(AT, "PCMA", 0.0, None, 1.0, None, 40.0, 0.0, 4.4)),
    events.RecordingPaused(CALL, AT, on=True),
)
OPENINGS = (events.CallOffered(CALL, AT, "hotline", PARTY), events.CallDialled(CALL, AT, "hotline", PARTY))
stories = st.lists(st.sampled_from(LATER), max_size=25)


def told(opening: events.CallOffered | events.CallDialled, story: list[CallEvent]) -> Call:
    call = begin(opening)
    for event in story:
        call = advance(call, event) or call
    return call


def test_an_offered_call_rings_and_a_dialled_one_dials() -> None:
    assert begin(OPENINGS[0]) == Call(CALL, "hotline", Direction.INCOMING, PARTY, Phase.RINGING, AT)
    assert begin(OPENINGS[1]) == Call(CALL, "hotline", Direction.OUTGOING, PARTY, Phase.DIALLING, AT)


def test_every_event_but_the_openings_has_its_row_in_the_table() -> None:
    known = {cls for cls in vars(events).values() if isinstance(cls, type) and issubclass(cls, CallEvent)}
    every = known - {CallEvent, events.CallOffered, events.CallDialled}
    assert set(MOVES) == every == {type(event) for event in LATER}


def test_a_call_from_ring_to_hang_up() -> None:
    call = told(OPENINGS[0], [LATER[1], LATER[8], LATER[4], LATER[2], LATER[3], LATER[5], LATER[10]])
    assert call.phase is Phase.ENDED
    assert call.answered_at == AT + timedelta(seconds=5)
    assert call.ended_at == AT + timedelta(seconds=60)
    assert (call.cause, call.reason, call.muted) == (200, "BYE", False)
    assert call.recording is RecordingState.RUNNING


def test_what_does_not_fit_is_reported_as_such() -> None:
    ringing = begin(OPENINGS[0])
    assert advance(ringing, events.CallHeld(CALL, AT)) is None
    assert advance(ringing, events.CallProgressed(CALL, AT, 180)) is None


@pytest.mark.parametrize("opening", OPENINGS)
@given(story=stories)
def test_no_story_breaks_a_call(opening: events.CallOffered | events.CallDialled, story: list[CallEvent]) -> None:
    call = told(opening, story)
    assert (call.phase is Phase.ENDED) == (call.ended_at is not None)
    assert call.answered_at is not None or call.phase not in TALKING
    assert not call.muted or call.answered_at is not None
    assert call.party == PARTY


@given(stories, stories)
def test_an_ended_call_stays_as_it_ended(before: list[CallEvent], after: list[CallEvent]) -> None:
    ended = told(OPENINGS[0], [*before, LATER[10]])
    assert ended.phase not in RUNNING
    assert all(advance(ended, event) is None for event in after)


@given(stories)
def test_saying_it_twice_changes_nothing_more(story: list[CallEvent]) -> None:
    once = told(OPENINGS[0], story)
    twice = told(OPENINGS[0], [event for said in story for event in (said, said)])
    assert twice == once
