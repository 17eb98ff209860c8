"""The phone, and then all of Desk at once, killed while both talk."""

import time

import pytest

from desk.domain.call_log import Outcome, RecordingKept
from tests.end2end import continuity, kept
from tests.end2end.ground import ROLES, Ground, Post, kill, speaking, wait_gone

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]
LOST_S = 0.5
ALONE_S = 4.0  # of talk without the launcher


def assert_recorded_until(post: Post, call_id: str, talked_s: float) -> None:
    """The call is in the log as interrupted, with all but the last moment of its recording, by content."""
    assert kept.wait_call(post.seat, call_id).outcome is Outcome.INTERRUPTED
    entry = kept.wait_recording(post.seat, call_id)
    assert entry.kept is RecordingKept.KEPT
    assert entry.interrupted
    file = kept.plain(post.seat, call_id)
    ground = post.ground
    for channel, tape in enumerate((ground.caller_sound, ground.agent_sound)):
        way = continuity.way(file, tape, channel)
        assert way.is_whole, way
        assert way.ends_s >= talked_s - LOST_S - 2 * continuity.PIECE_S, (way, talked_s)
    kept.vaulted(post.seat, call_id)
    assert kept.spooled(post.seat) == []


def test_phone_killed_mid_call_loses_half_a_second_of_it_and_comes_back(ground: Ground, post: Post) -> None:
    with ground.resident() as resident, speaking(ground):
        post.rings(resident)
        began_s = post.answer(resident)
        call_id = str(post.after("form_opened")["call_id"])
        time.sleep(3.0)
        post.note()
        talked_s = kill(post.seat, "phone") - began_s
        post.after("line registered", role="phone")
        post.after("call_ended", call_id=call_id)
        post.after("restart_told", restarted="phone")
    assert_recorded_until(post, call_id, talked_s)
    with ground.resident() as resident:
        post.hang_up(resident, post.talk(resident))


def test_power_cut_mid_call_leaves_draft_call_and_recording(ground: Ground, post: Post) -> None:
    with ground.resident() as resident, speaking(ground):
        post.rings(resident)
        began_s = post.answer(resident)
        call_id = str(post.after("form_opened")["call_id"])
        post.type("lousz")
        kept.wait_typed(post.seat, "category", "lousz")
        time.sleep(2.0)
        talked_s = kill(post.seat, "launcher") - began_s
        for role in ROLES:
            kill(post.seat, role)
    wait_gone(post.seat)
    kept.wait_typed(post.seat, "category", "lousz")
    post.start()
    assert_recorded_until(post, call_id, talked_s)
    post.press("F12", "Return")  # the draft is the first of the list
    post.after("form_opened", call_id=call_id)
    post.type("x")
    kept.wait_typed(post.seat, "category", "louszx")


def test_launcher_killed_mid_call_lets_the_call_end_and_a_new_one_takes_over(ground: Ground, post: Post) -> None:
    with ground.resident() as resident, speaking(ground):
        call_id = post.talk(resident)
        post.type("lousz")
        kept.wait_typed(post.seat, "category", "lousz")
        kill(post.seat, "launcher")
        time.sleep(ALONE_S)
        ended = len(resident.events)
        resident.hang_up()
        resident.wait_event("CALL_CLOSED", after=ended)
    wait_gone(post.seat)
    post.start()
    assert kept.wait_call(post.seat, call_id).outcome is Outcome.ANSWERED
    entry = kept.wait_recording(post.seat, call_id)
    assert not entry.interrupted
    way = continuity.way(kept.plain(post.seat, call_id), ground.agent_sound, 1)
    assert way.is_whole, way
    assert way.ends_s >= ALONE_S - 2 * continuity.PIECE_S, way
    kept.wait_typed(post.seat, "category", "lousz")
    with ground.resident() as resident:
        post.hang_up(resident, post.talk(resident))
