"""What sync says of the recordings, in the seat's state and on the recording's lamp."""

from dataclasses import replace
from datetime import timedelta

from desk import wire
from desk.domain.calls import RecordingState
from desk.domain.import_plan import ListsStand
from desk.domain.troubles import Trouble, Wrong
from desk.ui.lamps.recording import view
from desk.ui.seat_state import SeatState
from tests.ui import seat


def test_a_trouble_of_the_vault_and_calls_at_fault_stand_side_by_side_and_go_one_by_one() -> None:
    state = SeatState(lambda: seat.NOW)
    state.take(wire.RecordingsState(unvaulted=3, faulty=2, trouble="vault_away", detail="no route"))
    assert set(state.wrongs) == {Trouble.VAULT_AWAY, Trouble.RECORDINGS_FAULTY}
    assert state.wrongs[Trouble.VAULT_AWAY].detail == "no route"
    state.take(wire.RecordingsState(faulty=2, trouble="recordings_faulty"))
    assert set(state.wrongs) == {Trouble.RECORDINGS_FAULTY}
    state.take(wire.RecordingsState(unsealed=1, withheld=1, trouble="spool_away"))
    assert set(state.wrongs) == {Trouble.SPOOL_AWAY}
    state.take(wire.RecordingsState(unsealed=1, unvaulted=9, withheld=1, trouble="vault_refused", detail="no space"))
    assert set(state.wrongs) == {Trouble.SPOOL_AWAY, Trouble.VAULT_REFUSED}
    assert state.wrongs[Trouble.VAULT_REFUSED].detail == "no space"
    state.take(wire.RecordingsState())
    assert not state.wrongs


def test_retention_that_stands_is_a_trouble_of_its_own() -> None:
    state = SeatState(lambda: seat.NOW)
    state.take(wire.RecordingsState(faulty=2, trouble="recordings_faulty", retention="600 are due"))
    assert set(state.wrongs) == {Trouble.RECORDINGS_FAULTY, Trouble.RETENTION_STANDS}
    assert state.wrongs[Trouble.RETENTION_STANDS].detail == "600 are due"
    state.take(wire.RecordingsState())
    assert not state.wrongs


def test_a_list_of_residents_that_was_not_taken_is_a_trouble_until_one_is() -> None:
    state = SeatState(lambda: seat.NOW)
    state.take(ListsStand(remarks="3 remarks"))
    assert not state.wrongs
    state.take(ListsStand(trouble="row 7"))
    assert state.wrongs[Trouble.LIST_REFUSED].detail == "row 7"
    state.take(ListsStand())
    assert not state.wrongs


def test_a_trouble_that_stands_has_the_details_of_now_and_the_time_it_began() -> None:
    times = iter((seat.NOW, seat.NOW + timedelta(minutes=5)))
    state = SeatState(lambda: next(times))
    for detail in ("no route", "timed out"):
        state.take(wire.RecordingsState(unvaulted=3, trouble="vault_away", detail=detail))
    assert state.wrongs[Trouble.VAULT_AWAY] == Wrong(Trouble.VAULT_AWAY, seat.NOW, "timed out")


def test_the_lamp_says_what_is_paused_low_and_at_fault() -> None:
    talked = replace(seat.call(), recording=RecordingState.RUNNING)
    assert view([talked], ()).tone == "ok"
    assert view([talked], {Trouble.RECORDINGS_FAULTY}, 2).tone == "warn"
    assert view([], {Trouble.SPOOL_LOW}).tone == "warn"
    assert view([talked], {Trouble.SPOOL_SECOND}).tone == "warn"
    assert view([replace(talked, recording_paused=True)], ()).tone == "warn"
    assert view([replace(talked, recording_paused=True)], {Trouble.SPOOL_FULL}).tone == "bad"
