"""The window is killed while both talk."""

import time

import pytest

from desk.demo.baresip import Baresip
from tests.end2end import continuity, kept
from tests.end2end.ground import Ground, Post, kill, speaking

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]


def test_window_killed_mid_call_costs_neither_a_syllable_nor_a_character(
    ground: Ground, resident: Baresip, post: Post
) -> None:
    with speaking(ground):
        call_id = post.talk(resident)
        post.type("lousz")
        kept.wait_typed(post.seat, "category", "lousz")
        time.sleep(1.0)  # of talk before
        post.note()
        kill(post.seat, "ui")
        post.after("call_shown", call_id=call_id)
        post.after("form_opened", call_id=call_id)
        post.after("restart_told", restarted="ui")
        post.in_front()
        post.type("x")
        kept.wait_typed(post.seat, "category", "louszx")
        time.sleep(1.0)  # of talk after
        post.hang_up(resident, call_id)
    file = kept.plain(post.seat, call_id)
    for channel, tape in enumerate((ground.caller_sound, ground.agent_sound)):
        way = continuity.way(file, tape, channel)
        assert way.is_whole, way
