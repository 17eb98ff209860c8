"""Injected mishaps are found by name, from the notes that they leave; and nothing is found where nothing was wrong."""

import pytest

from desk import i18n
from desk.domain.mishaps import Mishap, Seen, mishaps
from desk.support import words
from desk.support.notes import Note
from desk.support.seen import seen_of
from tests.support.making import at, call, note, span, talk


def trouble(second: float, name: str, *, on: bool = True) -> Note:
    return note(second, "trouble", trouble=name, on=on)


def failed_dial(cause: int) -> list[Note]:
    return [call(0, "dialled", line="line"), call(4, "ended", cause=cause, by_us=False, interrupted=False)]


MISHAPS: list[tuple[Mishap, list[Note]]] = [
    (
        Mishap.PHONE_RESTARTED,
        [note(-99, "process", what="started"), *talk()[:9], note(21, "process", what="started"), note(22, "phone")],
    ),
    (Mishap.PHONE_RESTARTED, [*talk()[:9], note(21, "restarted", "ui", process="phone", exit_code=-11)]),
    (Mishap.COMPUTER_SLEPT, [*talk(), note(20, "slept", slept_s=14.0)]),
    (Mishap.HEADSET_GONE, [*talk(silent_microphone=True, microphone_dbfs=-100.0), trouble(8, "headset_vanished")]),
    (Mishap.HEADSET_GONE, [*talk(), note(8, "headset", present=False)]),
    (Mishap.NO_MICROPHONE, [trouble(-50, "no_microphone"), *talk(silent_microphone=True)]),
    (Mishap.NO_EARPIECE, [trouble(-50, "no_earpiece"), *talk()]),
    (Mishap.NO_AUDIO_AGREED, talk(codec="", loss=100.0, sent_loss=None, mos=1.0, no_packets=True)),
    (Mishap.MICROPHONE_DEAD, talk(silent_microphone=True, microphone_dbfs=-100.0)),
    (Mishap.MUTED, [*talk(length_s=40), call(10, "muted"), call(38, "unmuted")]),
    (Mishap.FAR_SIDE_SILENT, talk(no_packets=True, mos=1.0, loss=100.0)),
    (Mishap.COMPUTER_LATE, talk(late_frames=12, mos=3.9)),
    (Mishap.NETWORK_LOSS, talk(loss=9.0, mos=3.1)),
    (Mishap.NETWORK_LOSS, talk(sent_loss=12.0, mos=2.9)),
    (Mishap.NETWORK_JITTER, talk(discarded=8.0, jitter_ms=60.0, mos=3.2)),
    (Mishap.NETWORK_DELAY, talk(round_trip_ms=900.0, mos=3.0)),
    (Mishap.EXCHANGE_CODEC, talk(codec="GSM", mos=3.5)),
    (Mishap.MICROPHONE_QUIET, talk(microphone_dbfs=-48.0, length_s=60)),
    (Mishap.PASSWORD_WRONG, [trouble(-9, "wrong_password"), note(-9, "line", status="deaf", code=401)]),
    (Mishap.PASSWORD_MISSING, [trouble(-9, "password_missing")]),
    (Mishap.SERVER_UNVERIFIED, [trouble(-9, "line_unverified"), note(-9, "line", status="deaf")]),
    (Mishap.PORT_BUSY, [trouble(-9, "port_busy")]),
    (Mishap.SEAT_TWICE, [trouble(-9, "seat_twice")]),
    (Mishap.LINE_GONE, [trouble(-9, "no_registrar"), *failed_dial(503)]),
    (Mishap.NO_SUCH_NUMBER, failed_dial(404)),
    (Mishap.FAR_BUSY, failed_dial(486)),
    (Mishap.NOT_ANSWERED, failed_dial(480)),
    (Mishap.NOT_ALLOWED, failed_dial(403)),
    (Mishap.FORMAT_REFUSED, failed_dial(488)),
    (Mishap.EXCHANGE_FAILED, failed_dial(503)),
    (Mishap.RANG_OUT, [call(0, "offered"), call(20, "ended", cause=487, by_us=False)]),
    (Mishap.ENDED_AT_ONCE, [call(0, "offered"), call(2, "answered"), call(3, "ended", cause=200, by_us=False)]),
    (Mishap.DISK_FULL, [*talk(), trouble(9, "spool_full")]),
    (Mishap.STORE_BROKEN, [trouble(-9, "store_broken")]),
    (Mishap.RECORDING_FAILED, [*talk(), call(9, "recording_failed")]),
    (Mishap.WINDOW_RESTARTED, [*talk(), note(60, "restarted", "ui", process="ui", exit_code=-6)]),
    (Mishap.WINDOW_STUCK, [*talk(), note(60, "stall", "ui", stall_ms=2400.0)]),
    (Mishap.BACKGROUND_RESTARTED, [*talk(), note(60, "restarted", "ui", process="sync", exit_code=1)]),
    (Mishap.CENTRE_REFUSED, [note(-9, "central", "sync", trouble="central_refused")]),
    (Mishap.CENTRE_AWAY, [note(-9, "central", "sync", trouble="central_unreachable")]),
    (Mishap.VAULT_AWAY, [note(-9, "recordings", "sync", trouble="vault_away")]),
    (Mishap.NOTHING, talk()),
    (Mishap.NOTHING, []),
]


def by_time(notes: list[Note]) -> list[Note]:
    return sorted(notes, key=lambda one: one.at)


@pytest.mark.parametrize(("mishap", "notes"), MISHAPS, ids=[f"{n}-{m.value}" for n, (m, _) in enumerate(MISHAPS)])
def test_the_mishap_is_found_by_name(mishap: Mishap, notes: list[Note]) -> None:
    assert mishaps(seen_of(by_time(notes)))[0] is mishap


def test_every_mishap_is_tried_here() -> None:
    assert {mishap for mishap, _notes in MISHAPS} == set(Mishap)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_mishap_has_a_sentence_and_says_what_to_do(language: str) -> None:
    i18n.speak(language)
    for mishap, notes in MISHAPS:
        seen = seen_of(by_time(notes))
        assert "{" not in words.sentence(mishap, seen)
        assert words.remedy(mishap)


def test_a_good_call_after_a_bad_one_is_the_one_that_is_meant() -> None:
    notes = [*talk(0, loss=20.0, mos=2.0), *talk(100, call_id="c2")]
    seen = seen_of(notes)
    assert seen.call is not None
    assert seen.call.call_id == "c2"
    assert mishaps(seen) == (Mishap.NOTHING,)
    assert mishaps(seen_of(notes, "c1"))[0] is Mishap.NETWORK_LOSS


def test_one_that_only_rings_now_is_not_the_one_that_is_meant() -> None:
    seen = seen_of([*talk(0, loss=20.0, mos=2.0), call(60, "offered", "c2")])
    assert seen.call is not None
    assert seen.call.call_id == "c1"


def test_a_headset_that_was_gone_before_the_call_is_not_what_spoilt_it() -> None:
    notes = [trouble(-100, "headset_vanished"), trouble(-60, "headset_vanished", on=False), *talk()]
    assert mishaps(seen_of(notes)) == (Mishap.NOTHING,)


def test_a_trouble_that_was_cleared_and_never_seen_raised_stood_from_the_beginning() -> None:
    notes = [note(-100, "phone", troubles=[]), trouble(-5, "no_registrar", on=False), *talk()]
    assert Mishap.LINE_GONE in mishaps(seen_of(notes))


def test_a_short_loss_in_a_long_call_is_not_told() -> None:
    notes = talk(0, 200)
    notes[5] = span(13, loss=30.0, mos=2.0)
    assert mishaps(seen_of(notes)) == (Mishap.NOTHING,)


def test_a_call_that_still_runs_is_told_of_too() -> None:
    seen = seen_of(talk(loss=9.0, mos=3.1)[:-1])
    assert seen.call is not None
    assert seen.call.running
    assert mishaps(seen)[0] is Mishap.NETWORK_LOSS


def test_a_process_that_ended_well_and_came_back_has_not_broken_down() -> None:
    notes = [
        note(-100, "process", "ui", what="started"),
        note(-50, "process", "ui", what="ended"),
        note(-40, "process", "ui", what="started"),
    ]
    assert seen_of(notes) == Seen(ids=())


def test_notes_of_another_version_do_no_harm() -> None:
    odd = [note(0, "trouble", trouble="unheard_of", on=True), note(1, "call"), note(2, "quality"), note(3, "hm", x=1)]
    assert mishaps(seen_of([*odd[:1], *odd[3:]])) == (Mishap.NOTHING,)
    assert at(3) == odd[3].at
