from hypothesis import given
from hypothesis import strategies as st

from desk import wire
from desk.domain.calls import Phase
from desk.domain.events import (
    CallAnswered,
    CallEnded,
    CallEvent,
    CallHeld,
    CallMuted,
    CallOffered,
    CallResumed,
    TroubleCleared,
    TroubleRaised,
)
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.domain.troubles import Trouble, Wrong
from desk.ui.seat_state import Attached, Detached, Part, SeatState

from . import seat
from .seat import NOW, call, offered, snapshot


def state() -> SeatState:
    return SeatState(lambda: NOW)


def test_a_call_that_rings_is_in_front_when_nothing_else_is() -> None:
    s = state()
    taken = s.take(offered())
    assert [turn.after.phase for turn in taken.turns] == [Phase.RINGING]
    assert s.front() == s.ringing() is not None


def test_a_waiting_call_stays_behind_the_talk() -> None:
    s = state()
    s.take(offered())
    s.take(CallAnswered(CallId("c1"), NOW))
    s.take(offered("c2", Party("110")))
    front = s.front()
    assert front is not None
    assert front.call_id == "c1"
    assert [c.call_id for c in s.others()] == ["c2"]
    ringing = s.ringing()
    assert ringing is not None
    assert ringing.call_id == "c2"


def test_a_snapshot_after_a_restart_brings_the_running_call_back() -> None:
    s = state()
    taken = s.take(snapshot(call()))
    assert [(t.before, t.after.phase) for t in taken.turns] == [(None, Phase.UP)]
    assert s.phone_here


def test_a_call_missing_from_the_phones_new_snapshot_was_interrupted() -> None:
    s = state()
    s.take(snapshot(call()))
    s.take(Detached("phone"))
    assert Trouble.PHONE_AWAY in s.wrongs
    taken = s.take(snapshot())
    assert [(t.after.phase, t.after.interrupted) for t in taken.turns] == [(Phase.ENDED, True)]
    assert Trouble.PHONE_AWAY not in s.wrongs


def test_a_snapshot_does_not_clear_what_the_phone_knows_nothing_of() -> None:
    s = state()
    s.take(wire.CentralState(True, trouble=Trouble.CENTRAL_UNREACHABLE.value))
    s.take(TroubleRaised(Wrong(Trouble.NO_REGISTRAR, NOW)))
    s.take(snapshot())
    assert set(s.wrongs) == {Trouble.CENTRAL_UNREACHABLE}
    s.take(wire.CentralState(True, connected=True))
    assert not s.wrongs


def test_troubles_come_and_go() -> None:
    s, wrong = state(), Wrong(Trouble.NO_MICROPHONE, NOW)
    assert s.take(TroubleRaised(wrong)).parts == {Part.TROUBLES}
    assert s.take(TroubleCleared(wrong)).parts == {Part.TROUBLES}
    assert not s.take(TroubleCleared(wrong)).parts
    s.take(Detached("sync"))
    s.take(Attached("sync"))
    assert not s.wrongs


def test_the_same_offer_twice_is_one_call() -> None:
    s = state()
    s.take(offered())
    assert not s.take(offered()).turns


EVENTS = st.one_of(
    st.builds(CallOffered, st.sampled_from("abc").map(CallId), st.just(NOW), st.just(""), st.just(seat.PARTY)),
    *(
        st.builds(kind, st.sampled_from("abc").map(CallId), st.just(NOW))
        for kind in (CallAnswered, CallHeld, CallResumed, CallMuted)
    ),
    st.builds(CallEnded, st.sampled_from("abc").map(CallId), st.just(NOW), st.just(200)),
)


@given(st.lists(EVENTS, max_size=30))
def test_whatever_comes_in_whatever_order_there_is_one_front_and_no_call_twice(messages: list[CallEvent]) -> None:
    s = state()
    for message in messages:
        s.take(message)
    running = [c for c in s.calls.values() if c.phase is not Phase.ENDED]
    front = s.front()
    assert (front is None) == (not running)
    assert len(s.others()) == max(0, len(running) - 1)
    assert front not in s.others()
