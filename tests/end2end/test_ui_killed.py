"""The window is killed: while both talk, and while somebody else than the seat's own agent is away."""

import time

import pytest

from desk.demo.baresip import Baresip
from desk.demo.processes import wait_until
from tests.end2end import continuity, kept
from tests.end2end.ground import START_S, STEP_S, Ground, Post, is_turned_away, kill, running, speaking

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


def test_whoever_sat_here_sits_here_still_and_on_their_break(ground: Ground, resident: Baresip, post: Post) -> None:
    wait_until("the background service and the window", lambda: window_heard(post), START_S)
    post.note()
    post.press("ctrl+shift+o")
    post.after("signed_out")
    post.press("ctrl+a")
    post.type("1002")
    post.press("Return")
    post.after("agent_state", state="ready", agent="1002")
    post.press("shift+F9")
    post.type("73")  # do not disturb, lunch
    post.after("agent_state", state="lunch", agent="1002")
    post.note()
    kill(post.seat, "ui")
    post.after("agent_state", state="lunch", agent="1002", timeout_s=STEP_S)
    post.in_front()
    is_turned_away(resident, ground.line)
    post.press("ctrl+shift+o")
    post.after("signed_out")
    post.note()
    kill(post.seat, "ui")
    post.after("window_ready", timeout_s=START_S)
    post.in_front()
    post.press("Return")  # at the sign-in page, which offers the seat's own
    post.after("agent_state", state="ready", agent="1001")
    steps = [line.get("step") for line in post.seat.log_lines("ui")[post.noted["ui"] :]]
    assert steps.count("signed_in") == 1, "nobody was, by itself"


def window_heard(post: Post) -> bool:
    """Whether anybody is attached to the seat's background service, beside the socket that it listens on."""
    sync = running(post.seat, "sync")
    open_there = sync.net_connections("unix") if sync is not None else []
    return sum(str(one.laddr).endswith("sync.sock") for one in open_there) > 1
