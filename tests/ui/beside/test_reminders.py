"""The audible reminders: when, how often, and when not."""

from dataclasses import replace
from datetime import datetime, timedelta

from pytestqt.qtbot import QtBot

from desk.domain.calls import Call, Phase
from desk.domain.identity import CallId
from desk.settings import PhoneSettings
from desk.ui.beside.reminders import QUIET_DB, ReminderBell
from desk.ui.beside.reminders_presenter import RING_AGAIN_S, Reminder, Reminders
from desk.ui.hub import Hub
from tests.ui import seat

NOW = seat.NOW


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def held(name: str = "c1") -> Call:
    return replace(seat.call(name, Phase.HELD), held_at=NOW)


def told(reminders: Reminders, calls: list[Call], until_s: int) -> list[tuple[int, Reminder]]:
    found = ((second, reminders.due(calls, at(second))) for second in range(until_s))
    return [(second, due.reminder) for second, due in found if due]


def test_a_call_on_hold_too_long_is_told_and_told_again() -> None:
    assert told(Reminders(60, 12), [held()], 130) == [(s, Reminder.HELD) for s in (60, 90, 120)]


def test_a_call_that_rings_too_long_is_told_every_few_seconds() -> None:
    seconds = [s for s, _ in told(Reminders(60, 12), [seat.call(phase=Phase.RINGING)], 26)]
    assert seconds == [12, 12 + RING_AGAIN_S, 12 + 2 * RING_AGAIN_S]


def test_a_recording_that_was_paused_and_forgotten_is_told_after_a_minute() -> None:
    paused = replace(seat.call(), recording_paused=True)
    reminders = Reminders(60, 12)
    assert told(reminders, [paused], 101) == [(s, Reminder.PAUSED) for s in (60, 80, 100)]
    assert reminders.due([seat.call()], at(102)) is None
    assert reminders.due([paused], at(103)) is None  # paused anew


def test_zero_means_never() -> None:
    assert told(Reminders(0, 0), [held(), seat.call("c2", Phase.RINGING)], 300) == []


def test_taking_a_call_back_begins_anew() -> None:
    reminders = Reminders(60, 12)
    assert told(reminders, [held()], 61) == [(60, Reminder.HELD)]
    assert reminders.due([seat.call()], at(62)) is None
    again = replace(held(), held_at=at(63))
    assert reminders.due([again], at(122)) is None
    assert reminders.due([again], at(123)) is not None


def test_a_call_whose_handler_is_being_asked_makes_no_sound_until_that_talk_stops() -> None:
    consulting = replace(seat.call("c2"), consults=CallId("c1"))
    assert told(Reminders(60, 12), [held(), consulting], 100) == []
    both_wait = [held(), replace(consulting, phase=Phase.HELD, held_at=NOW)]
    assert told(Reminders(60, 12), both_wait, 70) == [(60, Reminder.HELD), (61, Reminder.HELD)]


def test_a_call_that_answers_by_itself_and_a_conference_make_no_sound() -> None:
    intercom = replace(seat.call(phase=Phase.RINGING), answers_in_s=30.0)
    assert told(Reminders(60, 12), [intercom, replace(held("c2"), in_conference=True)], 100) == []


def test_in_the_middle_of_a_talk_it_is_quiet() -> None:
    due = Reminders(60, 12).due([seat.call("c2"), seat.call("c1", Phase.RINGING)], at(12))
    assert due is not None
    assert due.quiet
    due = Reminders(60, 12).due([seat.call("c1", Phase.RINGING)], at(12))
    assert due is not None
    assert not due.quiet


def test_what_rings_comes_before_what_waits() -> None:
    due = Reminders(60, 12).due([held("a"), seat.call("b", Phase.RINGING)], at(90))
    assert due is not None
    assert (due.reminder, due.call_id) == (Reminder.RINGS, "b")


def test_the_bell_rings_on_the_device_that_rings(qtbot: QtBot) -> None:
    clock = [NOW]
    hub = Hub(command=lambda _c: None, profile_of=seat.profile_of, card_of=seat.card_of, clock=lambda: clock[0])
    heard: list[tuple[str, str, float]] = []
    bell = ReminderBell(hub, PhoneSettings(ring_too_long_s=12), lambda *sound: heard.append(sound))
    snapshot = seat.snapshot(seat.call(phase=Phase.RINGING))
    headset = replace(snapshot.headset, ring_device="扬声器", ring_in_use="扬声器", ring_db=-3.0)
    hub.receive(replace(snapshot, headset=headset))
    qtbot.waitUntil(lambda: bool(hub.state.calls))
    bell.look()
    assert heard == []
    clock[0] = at(12)
    bell.look()
    assert heard == [("rings", "扬声器", -3.0)]
    hub.receive(replace(snapshot, headset=headset, calls=(*snapshot.calls, seat.call("c2"))))
    qtbot.waitUntil(lambda: len(hub.state.calls) == 2)
    clock[0] = at(20)
    bell.look()
    assert heard[-1] == ("rings", "扬声器", -3.0 + QUIET_DB)
    assert hub.worker.close(5)
